//! A64: the instruction set of AArch64 state, at EL0 and EL1, and at EL2 as far as a kernel's boot touches it.
//!
//! What is there: all base integer instructions of Armv8.0, floating point and Advanced SIMD of single and double
//! precision (half precision as a format to convert from and to); FEAT_CRC32, FEAT_LSE, FEAT_LSE2, FEAT_LRCPC and LRCPC2,
//! FEAT_FlagM and FlagM2, FEAT_LOR (without LORegions), FEAT_PAN and PAN2, FEAT_UAO, FEAT_DIT, FEAT_SSBS, FEAT_SB,
//! FEAT_DGH, FEAT_BTI, FEAT_DPB, FEAT_HAFDBS, FEAT_HPDS, FEAT_TTCNP, FEAT_TLBIOS and TLBIRANGE, FEAT_PMUv3 (cycles,
//! instructions, software increments), FEAT_PAuth with QARMA5 where it is asked for
//! ([`Hart::set_pointer_authentication`]; else its hints do nothing), EL2 where it is asked for
//! ([`Hart::start_at_el2`]), FEAT_RDM, FEAT_DotProd, FEAT_AES, FEAT_PMULL, FEAT_SHA1, FEAT_SHA256. Hints of other extensions (CSDB, ESB, …) do nothing.
//!
//! What is not: stage 2 translation, virtual interrupts and FEAT_VHE, EL3, AArch32, arithmetic on half precision
//! (FEAT_FP16), FEAT_SHA512, FEAT_SHA3, FEAT_FCMA, FEAT_JSCVT, SVE and SME, FEAT_MTE, debug events, mixed endianness, trapped
//! floating-point exceptions. Their instructions are undefined.
//!
//! Where the architecture leaves a choice (UNPREDICTABLE, CONSTRAINED UNPREDICTABLE), what happens is listed in
//! [`unpredictable`].

mod alias;
pub mod asm;
pub mod bitmask;
mod common;
mod disasm;
mod disasm_vector;
mod exception;
mod exec;
mod features;
pub mod flags;
pub mod format;
mod fp;
pub mod hypervisor;
pub mod insn;
pub mod mmu;
mod operands;
mod pauth;
mod pmu;
pub mod regs;
mod shape;
pub mod state;
pub mod sysreg;
pub mod table;
pub mod trap;
pub mod unpredictable;

pub use insn::{EncodeError, Insn};
pub use regs::Hart;
pub use table::{Op, ROWS};
pub use trap::{Cause, Trap};

use crate::class::{Class, Operands};
use crate::context::{Context, Mapping, TableMemory};
use crate::meaning::Specialise;
use crate::trap::{Access, Fault};
use crate::{Arch, Flow, Isa};

/// The rows name the class of double precision; a single is cheaper.
fn of_operands(class: Class, insn: &Insn) -> Class {
    const SINGLE: u8 = 2;
    match class {
        Class::AluShifted if shifts_by_nothing(insn) => Class::Alu,
        // `mul` is `madd` with the zero register as addend.
        Class::MulAdd if insn.ra == 31 => {
            if insn.wide() {
                Class::Mul
            } else {
                Class::Mul32
            }
        }
        Class::Mul if !insn.wide() => Class::Mul32,
        Class::FpAdd64 if insn.size == SINGLE => Class::FpAdd32,
        Class::FpMul64 if insn.size == SINGLE => Class::FpMul32,
        Class::FpFma64 if insn.size == SINGLE => Class::FpFma32,
        Class::FpDiv64 if insn.size == SINGLE => Class::FpDiv32,
        other => other,
    }
}

/// Is it `add x0, x1, x2` or `mov x0, x1`, whose register operand is encoded as one that is shifted?
fn shifts_by_nothing(insn: &Insn) -> bool {
    const LSL: u8 = 0;
    insn.imm == 0 && insn.option == LSL && !extends(insn.op)
}

/// Does the instruction take an extended register, whose `option` 0 is no shift by nothing but UXTB?
fn extends(op: Op) -> bool {
    matches!(op, Op::AddExt | Op::AddsExt | Op::SubExt | Op::SubsExt)
}

/// The A64 instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aarch64;

impl Isa for Aarch64 {
    const ARCH: Arch = Arch::Aarch64;
    type Hart = Hart;
    type Insn = Insn;
    type Trap = Trap;

    fn reset(hart_id: u64) -> Hart {
        Hart::kernel(hart_id)
    }

    fn length(_first: u16) -> u8 {
        4
    }

    fn decode(word: u32) -> Insn {
        Insn::decode(word)
    }

    fn insn_length(_insn: &Insn) -> u8 {
        4
    }

    fn class(insn: &Insn) -> Class {
        match (insn.op, insn.op.row()) {
            (Op::Sys, _) => exec::system::class(insn.imm as u16),
            (_, Some(row)) => of_operands(row.class, insn),
            (_, None) => Class::Exception,
        }
    }

    fn operands(insn: &Insn) -> Operands {
        operands::operands(insn)
    }

    fn differs_in_constant(insn: &Insn, other: &Insn) -> bool {
        operands::differ_in_constant(insn, other)
    }

    fn disassemble(insn: &Insn, pc: u64) -> String {
        disasm::text(insn, pc)
    }

    #[inline]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, pc: u64) -> Result<Flow, Trap> {
        exec::execute(ctx, insn, pc)
    }

    fn specialise<S: Specialise<Self>>(insn: &Insn) -> S::Made {
        common::choose::<S>(insn)
    }

    #[inline(always)]
    fn unusual(hart: &Hart) -> bool {
        exec::unusual(hart)
    }

    #[inline(always)]
    fn take_landing(hart: &mut Hart) -> u8 {
        std::mem::take(&mut hart.btype)
    }

    #[inline(always)]
    fn put_landing(hart: &mut Hart, landing: u8) {
        hart.btype = landing;
    }

    fn fault(fault: Fault) -> Trap {
        Trap::from_fault(fault)
    }

    fn interrupt(hart: &Hart) -> Option<Trap> {
        exception::interrupt(hart)
    }

    fn wakes(hart: &Hart) -> bool {
        hart.irq || hart.fiq
    }

    fn count_events(hart: &mut Hart, cycles: u64, instructions: u64) -> Option<u64> {
        hart.system.pmu.look(cycles, instructions)
    }

    fn trapped_at(hart: &Hart) -> u64 {
        hart.at_el2().map_or(hart.system.elr, |el2| el2.elr)
    }

    fn enter(hart: &mut Hart, trap: Trap, pc: u64) -> u64 {
        exception::enter(hart, trap, pc)
    }

    #[inline]
    fn translation_off(hart: &Hart, _access: Access) -> bool {
        !sysreg::translation_on(hart)
    }

    fn translate<M: TableMemory>(hart: &Hart, memory: &mut M, at: u64, access: Access) -> Result<Mapping, Fault> {
        mmu::translate(hart, memory, at, access)
    }

    fn argument(hart: &Hart, n: usize) -> u64 {
        hart.x[..31].get(n).copied().unwrap_or(0)
    }

    fn set_argument(hart: &mut Hart, n: usize, value: u64) {
        if let Some(x) = hart.x[..31].get_mut(n) {
            *x = value;
        }
    }
}
