//! Exclusives and LSE atomics (Arm ARM C3.2.6, C3.2.12).
//!
//! An access is aligned to its size or lies within 16 aligned bytes (FEAT_LSE2); else it faults.

use super::super::insn::{ACQUIRE, Insn};
use super::super::regs::Hart;
use super::super::trap::Trap;
use super::memory::{base, check_atomic, order_of, size_of};
use crate::context::{Context, Size};
use crate::trap::{Access, Fault, FaultKind};

fn aligned<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, bytes: u64, access: Access) -> Result<u64, Trap> {
    let at = base(ctx, i)?;
    check_atomic(ctx.hart(), at, bytes, access)?;
    Ok(at)
}

#[inline(never)]
pub(super) fn load_exclusive<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, size.bytes(), Access::Load)?;
    let value = ctx.load_reserved(at, size, order_of(i)).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rd, value);
    Ok(())
}

#[inline(never)]
pub(super) fn store_exclusive<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, size.bytes(), Access::Store)?;
    let value = ctx.hart().get(i.rd) & size.mask();
    let stored = ctx.store_conditional(at, size, value, order_of(i)).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rm, u64::from(!stored));
    Ok(())
}

#[inline(never)]
pub(super) fn load_exclusive_pair<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, 2 * size.bytes(), Access::Load)?;
    let (first, second) = ctx.load_reserved_pair(at, size, order_of(i)).map_err(Trap::from_fault)?;
    let h = ctx.hart();
    h.set(i.rd, first);
    h.set(i.ra, second);
    Ok(())
}

#[inline(never)]
pub(super) fn store_exclusive_pair<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, 2 * size.bytes(), Access::Store)?;
    let h = ctx.hart();
    let values = (h.get(i.rd) & size.mask(), h.get(i.ra) & size.mask());
    let stored = ctx.store_conditional_pair(at, size, values, order_of(i)).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rm, u64::from(!stored));
    Ok(())
}

/// The exception of an atomic that failed: it is reported as a read when a read would have failed likewise.
#[cold]
fn refused<C: Context<Hart = Hart>>(ctx: &mut C, fault: Fault) -> Trap {
    let write_only = matches!(fault.kind, FaultKind::Permission(_)) && ctx.probe(fault.at, Access::Load).is_ok();
    let access = if write_only { Access::Store } else { Access::Load };
    Trap::from_fault(Fault { access, ..fault })
}

/// LDADD and its kin: `operation` makes the new value from the old one and Rs. Without a destination the load part
/// does not acquire.
#[inline(never)]
pub(super) fn load_op<C: Context<Hart = Hart>>(
    ctx: &mut C,
    mut i: Insn,
    operation: impl FnOnce(u64, u64, Size) -> u64,
) -> Result<(), Trap> {
    if i.rd == 31 {
        i.option &= !ACQUIRE;
    }
    swap_like(ctx, i, operation)
}

/// The same, acquiring in any case: SWP.
#[inline(never)]
pub(super) fn swap_like<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    operation: impl FnOnce(u64, u64, Size) -> u64,
) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, size.bytes(), Access::Load)?;
    let operand = ctx.hart().get(i.rm) & size.mask();
    let old = ctx.rmw(at, size, order_of(i), |old| Some(operation(old, operand, size) & size.mask()));
    let old = old.map_err(|fault| refused(ctx, fault))?;
    ctx.hart().set(i.rd, old);
    Ok(())
}

/// A value of this size as a signed number.
pub(super) fn signed(value: u64, size: Size) -> i64 {
    let unused = 64 - 8 * size.bytes() as u32;
    (value << unused) as i64 >> unused
}

#[inline(never)]
pub(super) fn compare_and_swap<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, size.bytes(), Access::Load)?;
    let h = ctx.hart();
    let (expected, new) = (h.get(i.rm) & size.mask(), h.get(i.rd) & size.mask());
    let old = ctx.rmw(at, size, order_of(i), |old| (old == expected).then_some(new));
    let old = old.map_err(|fault| refused(ctx, fault))?;
    ctx.hart().set(i.rm, old);
    Ok(())
}

#[inline(never)]
pub(super) fn compare_and_swap_pair<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let size = size_of(i);
    let at = aligned(ctx, i, 2 * size.bytes(), Access::Load)?;
    let h = ctx.hart();
    let pair = |n: u8| (h.get(n) & size.mask(), h.get(n | 1) & size.mask());
    let (expected, new) = (pair(i.rm), pair(i.rd));
    let old = ctx.rmw_pair(at, size, order_of(i), |old| (old == expected).then_some(new));
    let old = old.map_err(|fault| refused(ctx, fault))?;
    let h = ctx.hart();
    h.set(i.rm, old.0);
    h.set(i.rm | 1, old.1);
    Ok(())
}
