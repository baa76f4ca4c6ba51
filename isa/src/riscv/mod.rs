//! RV64: RV64GC with privileged modes and what kernels and compilers use beyond it.
//!
//! Present: I, M, A (Zalrsc, Zaamo), F, D, C, Zicsr, Zifencei, Zicntr, Zihpm (all event counters read zero), Zihintpause,
//! Zba, Zbb, Zbs, Zbc, Zicond, Zicbom, Zicboz, Zawrs, Zacas, Zabha, Zfa, Zcb; M, S and U mode with delegation and 16 PMP
//! entries; Sv39, Sv48, Sv57, Svnapot, Svpbmt, Svinval, Svade, Svadu, Sstc. Prefetches (Zicbop) and non-temporal hints
//! (Zihintntl) are encoded in instructions without effect and have none here.
//!
//! Absent: V, H, Zfh, cryptography, Zimop, Zcmop, Zcmp, Zcmt, pointer masking, control-flow integrity, debug mode and
//! triggers (tselect and tdata1-3 read zero), Smepmp, Sscofpmf, Smstateen.
//!
//! To read: [`table`] and [`mod@format`] say what instructions look like, [`compressed`] what the short ones stand for,
//! `exec` what they do; [`csr`] holds the state that system instructions reach, `mmu` and `pmp` guard memory.
//!
//! Who builds the machine says which [`extension`]s it has; the guest turns M, A, F, D and C off and on in misa.

pub mod asm;
mod common;
pub mod compressed;
pub mod csr;
mod decode;
mod disasm;
mod exec;
pub mod extension;
mod float;
pub mod format;
mod hart;
pub mod immediate;
mod insn;
mod interrupt;
mod mmu;
mod pmp;
pub mod regs;
pub mod table;
mod trap;
pub mod wide;

pub use csr::Csr;
pub use decode::EncodeError;
pub use extension::{Extension, Extensions};
pub use hart::{Hart, Privilege};
pub use insn::{Insn, Op};
pub use regs::Reg;
pub use trap::{Cause, Trap};

use crate::context::{Context, Mapping, TableMemory};
use crate::meaning::Specialise;
use crate::trap::{Access, Fault};
use crate::{Arch, Class, Flow, Isa, Operands};

/// The instruction set RV64.
#[derive(Clone, Copy, Debug)]
pub struct Riscv;

impl Isa for Riscv {
    const ARCH: Arch = Arch::Riscv64;
    type Hart = Hart;
    type Insn = Insn;
    type Trap = Trap;

    fn reset(hart_id: u64) -> Hart {
        Hart::new(hart_id)
    }

    fn length(first: u16) -> u8 {
        if first & 3 == 3 { 4 } else { 2 }
    }

    fn decode(word: u32) -> Insn {
        decode::decode(word)
    }

    fn decode_hypothetical(bytes: u64) -> Option<Insn> {
        wide::decode(bytes)
    }

    fn insn_length(insn: &Insn) -> u8 {
        insn.len
    }

    fn class(insn: &Insn) -> Class {
        insn.class()
    }

    fn operands(insn: &Insn) -> Operands {
        insn.operands()
    }

    fn differs_in_constant(insn: &Insn, other: &Insn) -> bool {
        Insn { imm: other.imm, ..*insn } == *other && insn.op != Op::Fence
    }

    fn makes_conditional(branch: &Insn, next: &Insn) -> bool {
        branch.makes_conditional(next)
    }

    fn disassemble(insn: &Insn, pc: u64) -> String {
        if insn.len == 8 {
            return wide::disassemble(insn);
        }
        disasm::disassemble(insn, pc)
    }

    #[inline]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, pc: u64) -> Result<Flow, Trap> {
        exec::execute(ctx, insn, pc)
    }

    fn specialise<S: Specialise<Self>>(insn: &Insn) -> S::Made {
        common::choose::<S>(insn)
    }

    fn has(hart: &Hart, insn: &Insn) -> bool {
        exec::available(hart, insn)
    }

    fn extensions(hart: &Hart) -> u64 {
        hart.csr.extensions.bits()
    }

    fn fault(fault: Fault) -> Trap {
        fault.into()
    }

    fn interrupt(hart: &Hart) -> Option<Trap> {
        interrupt::pending(hart)
    }

    fn wakes(hart: &Hart) -> bool {
        hart.csr.mip & hart.csr.mie != 0
    }

    fn trapped_at(hart: &Hart) -> u64 {
        if hart.privilege == Privilege::Machine { hart.csr.mepc } else { hart.csr.sepc }
    }

    fn enter(hart: &mut Hart, trap: Trap, pc: u64) -> u64 {
        interrupt::enter(hart, trap, pc)
    }

    #[inline]
    fn translation_off(hart: &Hart, access: Access) -> bool {
        mmu::off(hart, access)
    }

    fn translate<M: TableMemory>(hart: &Hart, memory: &mut M, at: u64, access: Access) -> Result<Mapping, Fault> {
        mmu::translate(hart, memory, at, access)
    }

    fn permits_physical(hart: &Hart, at: u64, bytes: u64, access: Access) -> bool {
        pmp::allows(hart, hart.effective_privilege(access), at, bytes, access)
    }

    fn argument(hart: &Hart, n: usize) -> u64 {
        hart.x[10 + (n & 7)]
    }

    fn set_argument(hart: &mut Hart, n: usize, value: u64) {
        hart.x[10 + (n & 7)] = value;
    }
}
