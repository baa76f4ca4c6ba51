//! Zalrsc, Zaamo, Zabha and Zacas: atomics. All of them must be aligned.

use super::i::{sign8, sign16, sign32};
use super::*;
use crate::{Access, Fault, FaultKind};

/// Ordering from aq and rl.
fn order(insn: Insn) -> AccessOrder {
    AccessOrder::new(insn.aux & 2 != 0, insn.aux & 1 != 0)
}

/// The address in rs1, if it is aligned.
pub(super) fn address(hart: &Hart, insn: Insn, bytes: u64, access: Access) -> Result<u64, Fault> {
    let at = hart.get(insn.rs1);
    if at & (bytes - 1) == 0 { Ok(at) } else { Err(Fault { at, access, kind: FaultKind::Misaligned }) }
}

/// A value of memory as it goes into a register: sign-extended.
fn extend(value: u64, size: Size) -> u64 {
    match size {
        Byte => sign8(value),
        Half => sign16(value),
        Word => sign32(value),
        Double => value,
    }
}

pub(super) fn load_reserved<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let at = address(ctx.hart(), insn, size.bytes(), Access::Load)?;
    let value = ctx.load_reserved(at, size, order(insn))?;
    result(ctx, insn, extend(value, size))
}

pub(super) fn store_conditional<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let at = address(ctx.hart(), insn, size.bytes(), Access::Store)?;
    let value = ctx.hart().get(insn.rs2) & size.mask();
    let stored = ctx.store_conditional(at, size, value, order(insn))?;
    result(ctx, insn, !stored as u64)
}

/// Replaces memory by `operation(old, rs2)`. Values come to the operation sign-extended, which keeps unsigned order too.
#[inline(always)]
pub(super) fn amo<C: Context<Hart = Hart>>(
    ctx: &mut C,
    insn: Insn,
    size: Size,
    operation: impl Fn(u64, u64) -> u64,
) -> Outcome {
    let at = address(ctx.hart(), insn, size.bytes(), Access::Store)?;
    let value = extend(ctx.hart().get(insn.rs2), size);
    let old = ctx.rmw(at, size, order(insn), |old| Some(operation(extend(old, size), value) & size.mask()))?;
    result(ctx, insn, extend(old, size))
}

/// Minimum, signed.
pub(super) fn min(a: u64, b: u64) -> u64 {
    i64::min(a as i64, b as i64) as u64
}

/// Maximum, signed.
pub(super) fn max(a: u64, b: u64) -> u64 {
    i64::max(a as i64, b as i64) as u64
}

/// Replaces memory by rs2 if it holds what rd holds; rd gets what it held.
pub(super) fn compare_and_swap<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, size: Size) -> Outcome {
    let at = address(ctx.hart(), insn, size.bytes(), Access::Store)?;
    let hart = ctx.hart();
    let (expected, new) = (hart.get(insn.rd) & size.mask(), hart.get(insn.rs2) & size.mask());
    let old = ctx.rmw(at, size, order(insn), |old| (old == expected).then_some(new))?;
    result(ctx, insn, extend(old, size))
}

/// The same with two doublewords; the pair that starts with x0 is zero and drops what is written to it.
pub(super) fn compare_and_swap_pair<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let at = address(ctx.hart(), insn, 16, Access::Store)?;
    let hart = ctx.hart();
    let pair = |n: u8| if n == 0 { (0, 0) } else { (hart.get(n), hart.get(n | 1)) };
    let (expected, new) = (pair(insn.rd), pair(insn.rs2));
    let old = ctx.rmw_pair(at, Double, order(insn), |old| (old == expected).then_some(new))?;
    if insn.rd != 0 {
        let hart = ctx.hart();
        hart.set(insn.rd, old.0);
        hart.set(insn.rd | 1, old.1);
    }
    Ok(Flow::Next)
}
