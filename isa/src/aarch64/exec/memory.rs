//! Loads and stores of general registers (Arm ARM C3.2).
//!
//! Where the architecture leaves a choice (a base register that is also loaded, pairs of the same register), the
//! loaded value wins over the written-back address, and the second of a pair over the first.

use super::super::insn::{ACQUIRE, Insn, RCPC, RELEASE};
use super::super::regs::Hart;
use super::super::sysreg::sctlr;
use super::super::trap::{Cause, Trap};
use super::integer::extended;
use crate::context::{AccessOrder, Context, Size};
use crate::trap::{Access, Fault, FaultKind};

/// The address in Rn, after the check that a stack pointer is aligned.
#[inline(always)]
pub(super) fn base<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<u64, Trap> {
    let h = ctx.hart();
    let address = h.get_sp(i.rn);
    if i.rn == 31 && address & 15 != 0 && (C::TRIES || checks_stack(h)) {
        return Err(Trap::sync(Cause::SpAlignment, 0));
    }
    Ok(address)
}

fn checks_stack(h: &Hart) -> bool {
    h.sctlr() & if h.el == 0 { sctlr::SA0 } else { sctlr::SA } != 0
}

/// The fault of an access that is not aligned as it must be.
#[inline(always)]
pub(super) fn misaligned(at: u64, access: Access) -> Trap {
    Trap::from_fault(Fault { at, access, kind: FaultKind::Misaligned })
}

/// SCTLR_EL1.A asks that every access is aligned.
#[inline(always)]
pub(super) fn check_strict<C: Context<Hart = Hart>>(
    ctx: &mut C,
    at: u64,
    bytes: u64,
    access: Access,
) -> Result<(), Trap> {
    if !C::TRIES && at & (bytes - 1) != 0 && ctx.hart().sctlr() & sctlr::A != 0 {
        return Err(misaligned(at, access));
    }
    Ok(())
}

/// Where an access goes, and what the base register becomes.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) at: u64,
    pub(super) writeback: Option<u64>,
}

/// Base and immediate offset.
#[inline(always)]
pub(super) fn offset(_: &Hart, i: Insn, base: u64) -> Target {
    Target { at: base.wrapping_add(i.imm), writeback: None }
}

/// Base that moves first.
#[inline(always)]
pub(super) fn pre(_: &Hart, i: Insn, base: u64) -> Target {
    let at = base.wrapping_add(i.imm);
    Target { at, writeback: Some(at) }
}

/// Base that moves afterwards.
#[inline(always)]
pub(super) fn post(_: &Hart, i: Insn, base: u64) -> Target {
    Target { at: base, writeback: Some(base.wrapping_add(i.imm)) }
}

/// Base and index register.
#[inline(always)]
pub(super) fn indexed(h: &Hart, i: Insn, base: u64) -> Target {
    Target { at: base.wrapping_add(extended(h.get(i.rm), i.option, i.imm)), writeback: None }
}

#[inline(always)]
pub(super) fn write_back(h: &mut Hart, i: Insn, target: Target) {
    if let Some(base) = target.writeback {
        h.set_sp(i.rn, base);
    }
}

/// How a loaded value fills its register.
#[derive(Clone, Copy)]
pub(super) enum Fill {
    Zero,
    Sign32,
    Sign64,
}

#[inline(always)]
fn fill(value: u64, size: Size, how: Fill) -> u64 {
    let unused = 64 - 8 * size.bytes() as u32;
    let sign_extended = ((value << unused) as i64 >> unused) as u64;
    match how {
        Fill::Zero => value,
        Fill::Sign32 => sign_extended as u32 as u64,
        Fill::Sign64 => sign_extended,
    }
}

#[inline(always)]
pub(super) fn load<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    size: Size,
    how: Fill,
    address: impl FnOnce(&Hart, Insn, u64) -> Target,
) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, size.bytes(), Access::Load)?;
    let value = ctx.load(target.at, size, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
    let h = ctx.hart();
    write_back(h, i, target);
    h.set(i.rd, fill(value, size, how));
    Ok(())
}

#[inline(always)]
pub(super) fn store<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    size: Size,
    address: impl FnOnce(&Hart, Insn, u64) -> Target,
) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, size.bytes(), Access::Store)?;
    let value = ctx.hart().get(i.rd) & size.mask();
    ctx.store(target.at, size, value, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
    write_back(ctx.hart(), i, target);
    Ok(())
}

/// LDTR and STTR: at EL1 with the rights of EL0, unless UAO is set. The rights are part of the hart's state, so the access runs
/// with the level lowered for its duration.
pub(super) fn unprivileged<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    access: impl FnOnce(&mut C, Insn) -> Result<(), Trap>,
) -> Result<(), Trap> {
    let h = ctx.hart();
    if h.el != 1 || h.uao {
        return access(ctx, i);
    }
    h.as_user = true;
    ctx.translation_changed();
    let result = access(ctx, i);
    ctx.hart().as_user = false;
    ctx.translation_changed();
    result
}

pub(super) fn load_literal<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    pc: u64,
    size: Size,
    how: Fill,
) -> Result<(), Trap> {
    let at = pc.wrapping_add(i.imm);
    check_strict(ctx, at, size.bytes(), Access::Load)?;
    let value = ctx.load(at, size, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rd, fill(value, size, how));
    Ok(())
}

#[inline(always)]
pub(super) fn load_pair<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    size: Size,
    how: Fill,
    address: impl FnOnce(&Hart, Insn, u64) -> Target,
) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, size.bytes(), Access::Load)?;
    let (first, second) = ctx.load_pair(target.at, size, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
    let h = ctx.hart();
    write_back(h, i, target);
    h.set(i.rd, fill(first, size, how));
    h.set(i.ra, fill(second, size, how));
    Ok(())
}

#[inline(always)]
pub(super) fn store_pair<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    size: Size,
    address: impl FnOnce(&Hart, Insn, u64) -> Target,
) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, size.bytes(), Access::Store)?;
    let h = ctx.hart();
    let values = (h.get(i.rd) & size.mask(), h.get(i.ra) & size.mask());
    ctx.store_pair(target.at, size, values, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
    write_back(ctx.hart(), i, target);
    Ok(())
}

/// Size of an access whose instruction carries it.
#[inline(always)]
pub(super) fn size_of(i: Insn) -> Size {
    match i.size {
        0 => Size::Byte,
        1 => Size::Half,
        2 => Size::Word,
        _ => Size::Double,
    }
}

/// Ordering of an access whose instruction carries it.
#[inline(always)]
pub(super) fn order_of(i: Insn) -> AccessOrder {
    AccessOrder { acquire: i.option & ACQUIRE != 0, release: i.option & RELEASE != 0, pc: i.option & RCPC != 0 }
}

/// Does an access that is not aligned to its size lie within 16 aligned bytes, where FEAT_LSE2 keeps it atomic?
fn within_16(at: u64, bytes: u64) -> bool {
    (at & 15) + bytes <= 16
}

/// Exclusives and atomics are aligned, or lie within 16 aligned bytes.
#[inline(always)]
pub(super) fn check_atomic(h: &Hart, at: u64, bytes: u64, access: Access) -> Result<(), Trap> {
    if at & (bytes - 1) != 0 && (!within_16(at, bytes) || h.sctlr() & sctlr::A != 0) {
        return Err(misaligned(at, access));
    }
    Ok(())
}

/// So do ordered accesses, unless SCTLR_ELx.nAA asks for no check.
#[inline(always)]
fn check_ordered(h: &Hart, at: u64, bytes: u64, access: Access) -> Result<(), Trap> {
    if at & (bytes - 1) == 0 {
        return Ok(());
    }
    let sctlr = h.sctlr();
    let crosses = !within_16(at, bytes) && sctlr & sctlr::NAA == 0;
    if crosses || sctlr & sctlr::A != 0 { Err(misaligned(at, access)) } else { Ok(()) }
}

/// LDAR, LDLAR, LDAPR.
pub(super) fn load_ordered<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let (size, order) = (size_of(i), order_of(i));
    let at = base(ctx, i)?;
    check_ordered(ctx.hart(), at, size.bytes(), Access::Load)?;
    let value = ctx.load(at, size, order).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rd, value);
    Ok(())
}

/// STLR, STLLR.
pub(super) fn store_ordered<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let (size, order) = (size_of(i), order_of(i));
    let at = base(ctx, i)?;
    check_ordered(ctx.hart(), at, size.bytes(), Access::Store)?;
    let value = ctx.hart().get(i.rd) & size.mask();
    ctx.store(at, size, value, order).map_err(Trap::from_fault)
}

/// LDAPUR and its kin.
pub(super) fn load_rcpc<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, size: Size, how: Fill) -> Result<(), Trap> {
    let at = base(ctx, i)?.wrapping_add(i.imm);
    check_ordered(ctx.hart(), at, size.bytes(), Access::Load)?;
    let value = ctx.load(at, size, order_of(i)).map_err(Trap::from_fault)?;
    ctx.hart().set(i.rd, fill(value, size, how));
    Ok(())
}

/// STLUR and its kin.
pub(super) fn store_rcpc<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, size: Size) -> Result<(), Trap> {
    let at = base(ctx, i)?.wrapping_add(i.imm);
    check_ordered(ctx.hart(), at, size.bytes(), Access::Store)?;
    let value = ctx.hart().get(i.rd) & size.mask();
    ctx.store(at, size, value, order_of(i)).map_err(Trap::from_fault)
}
