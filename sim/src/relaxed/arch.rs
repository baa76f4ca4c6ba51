//! What the relaxed world needs to know of an instruction set beyond [`Isa`].

use super::model::Model;
use super::program::Current;
use super::view::{FLAGS, OTHER, REGISTER_VIEWS};
use cmodx_isa::aarch64::flags::Flags;
use cmodx_isa::aarch64::format::Format;
use cmodx_isa::aarch64::{self, Aarch64};
use cmodx_isa::riscv::{self, Riscv};
use cmodx_isa::{Isa, RegSet, SystemReg};

/// General registers and flags of a hart: what almost every instruction changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Registers {
    /// RISC-V x0-x31; AArch64 x0-x30 and the stack pointer in use.
    pub x: [u64; 32],
    /// AArch64 NZCV, and PSTATE.BTYPE above it.
    pub flags: u8,
}

/// An instruction set that the relaxed world can run.
pub trait RelaxedIsa: Isa<Hart: PartialEq + Sync> {
    /// The general registers of a hart.
    fn registers(hart: &Self::Hart) -> Registers;

    /// Sets the general registers.
    fn set_registers(hart: &mut Self::Hart, registers: &Registers);

    /// The register that an access with write-back moves: it depends on the address alone, not on what was loaded.
    fn moved_base(insn: &Self::Insn) -> Option<u8>;

    /// True for an atomic whose stored value does not depend on the loaded one.
    fn stores_operand_alone(insn: &Self::Insn) -> bool;

    /// Makes a hart take IPIs, with mtvec or VBAR_EL1 at this value.
    fn take_interrupts(hart: &mut Self::Hart, vector: u64);

    /// A hart of a kernel that takes interrupts and exceptions at this vector.
    fn kernel(number: u64, vector: u64, current: Current) -> Self::Hart;

    /// Makes the hart's identification registers say what the model promises.
    fn promise(_hart: &mut Self::Hart, _model: Model, _line: u64) {}

    /// Sets or clears the level of the interrupt line that an IPI raises.
    fn set_ipi(hart: &mut Self::Hart, pending: bool);

    /// True when both these words may replace each other while other harts execute them.
    fn may_change_live(old: u32, new: u32, at: u64) -> bool;

    /// True for a write to a system register that sends an IPI, with the harts (a mask) it goes to.
    fn sends_ipi(register: SystemReg, value: u64) -> Option<u64>;

    /// What a read of a system register of the interrupt controller gives.
    fn interrupt_register(register: SystemReg) -> Option<u64>;

    /// True when the instruction may be fetched in parts of two bytes.
    const HALFWORDS: bool;
}

/// Indices of the views of a set of registers.
pub fn views_of(set: RegSet) -> impl Iterator<Item = usize> {
    set.iter().map(|n| match n {
        0..32 => n as usize,
        RegSet::FLAGS => FLAGS,
        _ => OTHER,
    })
}

const _: () = assert!(FLAGS < REGISTER_VIEWS && OTHER < REGISTER_VIEWS);

impl RelaxedIsa for Riscv {
    const HALFWORDS: bool = true;

    fn registers(hart: &riscv::Hart) -> Registers {
        Registers { x: hart.x, flags: 0 }
    }

    fn set_registers(hart: &mut riscv::Hart, registers: &Registers) {
        hart.x = registers.x;
    }

    fn moved_base(_insn: &riscv::Insn) -> Option<u8> {
        None
    }

    fn stores_operand_alone(insn: &riscv::Insn) -> bool {
        matches!(insn.op, riscv::Op::AmoswapW | riscv::Op::AmoswapD)
    }

    fn take_interrupts(hart: &mut riscv::Hart, vector: u64) {
        const MIE: u64 = 1 << 3;
        const MSIE: u64 = 1 << 3;
        hart.csr.mtvec = vector;
        hart.csr.mie |= MSIE;
        hart.csr.mstatus |= MIE;
    }

    fn kernel(number: u64, vector: u64, current: Current) -> riscv::Hart {
        const SIE: u64 = 1 << 1;
        const SSIE: u64 = 1 << 1;
        let mut hart = riscv::Hart::supervisor(number);
        hart.csr.stvec = vector;
        hart.csr.mie |= SSIE;
        hart.csr.mstatus |= SIE;
        hart.x[4] = current.thread;
        hart
    }

    fn set_ipi(hart: &mut riscv::Hart, pending: bool) {
        const SSIP: u64 = 1 << 1;
        const MSIP: u64 = 1 << 3;
        let bits = if hart.privilege == riscv::Privilege::Machine { MSIP } else { SSIP };
        if pending {
            hart.csr.mip |= bits;
        } else {
            hart.csr.mip &= !(SSIP | MSIP);
        }
    }

    /// What an aligned fetch reads in one piece may change: words, and halfwords of length 2 within one word.
    fn may_change_live(old: u32, new: u32, at: u64) -> bool {
        let whole = |word: u32| at.is_multiple_of(4) || word & 3 != 3;
        whole(old) && whole(new)
    }

    fn sends_ipi(_register: SystemReg, _value: u64) -> Option<u64> {
        None
    }

    fn interrupt_register(_register: SystemReg) -> Option<u64> {
        None
    }
}

/// ICC_SGI1R_EL1 as bits 20-5 of MSR.
const ICC_SGI1R: u32 = 3 << 14 | 12 << 7 | 11 << 3 | 5;
/// ICC_IAR1_EL1.
const ICC_IAR1: u32 = 3 << 14 | 12 << 7 | 12 << 3;
/// ICC_EOIR1_EL1.
const ICC_EOIR1: u32 = 3 << 14 | 12 << 7 | 12 << 3 | 1;

impl RelaxedIsa for Aarch64 {
    const HALFWORDS: bool = false;

    fn registers(hart: &aarch64::Hart) -> Registers {
        Registers { x: hart.x, flags: hart.flags.nzcv() | hart.btype << 4 }
    }

    fn set_registers(hart: &mut aarch64::Hart, registers: &Registers) {
        hart.x = registers.x;
        (hart.flags, hart.btype) = (Flags::of(registers.flags), registers.flags >> 4);
    }

    fn moved_base(insn: &aarch64::Insn) -> Option<u8> {
        let format = insn.op.row()?.format;
        matches!(format, Format::MemPost | Format::MemPre | Format::PairPost | Format::PairPre).then_some(insn.rn)
    }

    fn stores_operand_alone(insn: &aarch64::Insn) -> bool {
        insn.op == aarch64::Op::Swp
    }

    fn take_interrupts(hart: &mut aarch64::Hart, vector: u64) {
        hart.system.vbar = vector;
        hart.daif &= !aarch64::regs::DAIF_I;
    }

    fn kernel(number: u64, vector: u64, current: Current) -> aarch64::Hart {
        let mut hart = Aarch64::reset(number);
        Self::take_interrupts(&mut hart, vector);
        hart.system.tpidr_el1 = current.hart;
        hart.set_stack_pointer_of(0, current.thread);
        hart
    }

    fn promise(hart: &mut aarch64::Hart, model: Model, line: u64) {
        hart.set_coherence(model != Model::Dic0Idc0, model == Model::Dic1Idc1);
        hart.set_line_size(line, line);
    }

    fn set_ipi(hart: &mut aarch64::Hart, pending: bool) {
        hart.irq = pending;
    }

    /// The list of the architecture (Arm ARM B2.2.5): B, BL, BRK, HVC, ISB, NOP, SMC, SVC, and as the newer instruction
    /// also conditional branches.
    fn may_change_live(old: u32, new: u32, _at: u64) -> bool {
        use aarch64::Op::*;
        let op = |word| aarch64::Insn::decode(word).op;
        let listed = |op| matches!(op, B | Bl | Brk | Hvc | Isb | Nop | Smc | Svc);
        listed(op(old)) && (listed(op(new)) || matches!(op(new), Bcond | Cbz | Cbnz | Tbz | Tbnz))
    }

    /// Affinity 0 of the target list, of the first sixteen harts.
    fn sends_ipi(register: SystemReg, value: u64) -> Option<u64> {
        (register == SystemReg(ICC_SGI1R)).then_some(value & 0xffff)
    }

    fn interrupt_register(register: SystemReg) -> Option<u64> {
        (register == SystemReg(ICC_IAR1) || register == SystemReg(ICC_EOIR1)).then_some(0)
    }
}
