//! F and D: floating point in both precisions, and Zfa. The arithmetic is in [`float`](crate::riscv::float).

use super::*;
use crate::riscv::csr::MSTATUS_FS;
use crate::riscv::float::{self, Comparison, Extreme, Flagged, Format, Operation};
use rustc_apfloat::Round;

/// The hart, if its floating-point unit is on.
fn on<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Result<&mut Hart, Trap> {
    let hart = ctx.hart();
    if hart.csr.mstatus & MSTATUS_FS == 0 { Err(illegal(insn)) } else { Ok(hart) }
}

impl Hart {
    /// The value of format `F` in a floating-point register.
    fn float<F: Format>(&self, n: u8) -> u64 {
        F::unbox(self.f[(n & 31) as usize])
    }

    /// Writes a floating-point register.
    fn set_float<F: Format>(&mut self, n: u8, bits: u64) {
        self.f[(n & 31) as usize] = F::boxed(bits);
        self.csr.mstatus |= MSTATUS_FS;
    }

    /// Adds to the accrued flags.
    fn raise(&mut self, flags: u64) {
        if flags != 0 {
            self.csr.set_fcsr(self.csr.fcsr | flags);
        }
    }

    /// The rounding mode that the instruction names, or the one of frm.
    fn rounding(&self, insn: Insn) -> Result<Round, Trap> {
        let mode = if insn.aux == 7 { (self.csr.fcsr >> 5) as u8 } else { insn.aux };
        float::rounding(mode).ok_or_else(|| illegal(insn))
    }
}

/// A result for a floating-point register.
fn to_float<F: Format>(hart: &mut Hart, insn: Insn, (bits, flags): Flagged) -> Outcome {
    hart.raise(flags);
    hart.set_float::<F>(insn.rd, bits);
    Ok(Flow::Next)
}

/// A result for an integer register.
fn to_int(hart: &mut Hart, insn: Insn, (value, flags): Flagged) -> Outcome {
    hart.raise(flags);
    hart.set(insn.rd, value);
    Ok(Flow::Next)
}

pub(super) fn load<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let at = on(ctx, insn)?.get(insn.rs1).wrapping_add(insn.imm as u64);
    let value = ctx.load(at, size, AccessOrder::PLAIN)?;
    ctx.hart().set_float::<F>(insn.rd, value);
    Ok(Flow::Next)
}

pub(super) fn store<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let hart = on(ctx, insn)?;
    let (at, value) = (hart.get(insn.rs1).wrapping_add(insn.imm as u64), hart.f[(insn.rs2 & 31) as usize]);
    ctx.store(at, size, value & size.mask(), AccessOrder::PLAIN)?;
    Ok(Flow::Next)
}

pub(super) fn arithmetic<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, operation: Operation) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    let operands = [hart.float::<F>(insn.rs1), hart.float::<F>(insn.rs2), 0];
    to_float::<F>(hart, insn, float::arithmetic::<F>(operation, operands, round))
}

/// The fused operations.
#[derive(Clone, Copy)]
pub(super) enum Fused {
    /// rs1 × rs2 + rs3.
    MultiplyAdd,
    /// rs1 × rs2 - rs3.
    MultiplySubtract,
    /// -(rs1 × rs2) + rs3.
    NegateMultiplyAdd,
    /// -(rs1 × rs2) - rs3.
    NegateMultiplySubtract,
}

pub(super) fn fused<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, fused: Fused) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    let (product, addend) = match fused {
        Fused::MultiplyAdd => (0, 0),
        Fused::MultiplySubtract => (0, float::sign::<F>()),
        Fused::NegateMultiplyAdd => (float::sign::<F>(), 0),
        Fused::NegateMultiplySubtract => (float::sign::<F>(), float::sign::<F>()),
    };
    let operands = [hart.float::<F>(insn.rs1) ^ product, hart.float::<F>(insn.rs2), hart.float::<F>(insn.rs3) ^ addend];
    to_float::<F>(hart, insn, float::arithmetic::<F>(Operation::MultiplyAdd, operands, round))
}

pub(super) fn sqrt<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    to_float::<F>(hart, insn, float::square_root::<F>(hart.float::<F>(insn.rs1), round))
}

/// Magnitude of rs1, sign from both.
pub(super) fn inject_sign<F: Format, C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    sign: impl Fn(u64, u64) -> u64,
) -> Outcome {
    let hart = on(ctx, insn)?;
    let (a, b, mask) = (hart.float::<F>(insn.rs1), hart.float::<F>(insn.rs2), float::sign::<F>());
    to_float::<F>(hart, insn, (a & !mask | sign(a, b) & mask, 0))
}

pub(super) fn extreme<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, extreme: Extreme) -> Outcome {
    let hart = on(ctx, insn)?;
    let (a, b) = (hart.float::<F>(insn.rs1), hart.float::<F>(insn.rs2));
    to_float::<F>(hart, insn, float::extreme::<F>(extreme, a, b))
}

pub(super) fn compare<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, comparison: Comparison) -> Outcome {
    let hart = on(ctx, insn)?;
    let (a, b) = (hart.float::<F>(insn.rs1), hart.float::<F>(insn.rs2));
    to_int(hart, insn, float::compare::<F>(comparison, a, b))
}

pub(super) fn classify<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    to_int(hart, insn, (float::classify::<F>(hart.float::<F>(insn.rs1)), 0))
}

/// Floating point to an integer of `width` bits.
pub(super) fn to_integer<F: Format, C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    width: usize,
    signed: bool,
) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    to_int(hart, insn, float::to_integer::<F>(hart.float::<F>(insn.rs1), width, signed, round))
}

/// An integer, read from rs1 by `read`, to floating point.
pub(super) fn from_integer<F: Format, C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    read: impl Fn(u64) -> i128,
) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    to_float::<F>(hart, insn, float::from_integer::<F>(read(hart.get(insn.rs1)), round))
}

pub(super) fn single_to_double<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    let value = hart.float::<float::Single>(insn.rs1);
    to_float::<float::Double>(hart, insn, float::convert::<float::Single, float::Double>(value, round))
}

pub(super) fn double_to_single<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    let value = hart.float::<float::Double>(insn.rs1);
    to_float::<float::Single>(hart, insn, float::convert::<float::Double, float::Single>(value, round))
}

/// Bits of a floating-point register to an integer register, whatever they are boxed as.
pub(super) fn bits_to_int<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, extend: fn(u64) -> u64) -> Outcome {
    let hart = on(ctx, insn)?;
    let bits = hart.f[(insn.rs1 & 31) as usize];
    to_int(hart, insn, (extend(bits), 0))
}

/// Bits of an integer register to a floating-point register.
pub(super) fn bits_from_int<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    let bits = hart.get(insn.rs1) & u64::MAX >> (64 - F::BITS);
    to_float::<F>(hart, insn, (bits, 0))
}

/// FROUND and FROUNDNX.
pub(super) fn to_integral<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, exact: bool) -> Outcome {
    let hart = on(ctx, insn)?;
    let round = hart.rounding(insn)?;
    to_float::<F>(hart, insn, float::to_integral::<F>(hart.float::<F>(insn.rs1), round, exact))
}

/// FCVTMOD.W.D.
pub(super) fn to_word_modular<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    to_int(hart, insn, float::to_word_modular(hart.float::<float::Double>(insn.rs1)))
}

/// FLI: one of 32 constants, by its number in rs1's place.
pub(super) fn constant<F: Format, C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = on(ctx, insn)?;
    to_float::<F>(hart, insn, (float::constant::<F>(insn.rs1), 0))
}
