//! Pointer authentication (Arm ARM C3.1.9). In the hint space its instructions do nothing without FEAT_PAuth; the others
//! are undefined then.

use super::super::hypervisor::hcr;
use super::super::insn::Insn;
use super::super::pauth::{self, Key};
use super::super::regs::Hart;
use super::super::trap::{Cause, Trap};
use super::branch;
use super::memory::{Fill, Target, load as load_from};
use crate::Flow;
use crate::context::{Context, Size};

/// What a pointer is authenticated with, besides the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    Zero,
    /// Xd or SP.
    Register,
}

fn present(h: &Hart) -> Result<(), Trap> {
    if h.system.pauth { Ok(()) } else { Err(Trap::UNDEFINED) }
}

/// EL2 may ask to see what uses a code.
fn permitted(h: &Hart) -> Result<(), Trap> {
    match &h.system.el2 {
        Some(el2) if h.el < 2 && h.system.pauth && el2.hcr & hcr::API == 0 => {
            Err(Trap::sync(Cause::PauthTrapped, 0).to_el2())
        }
        _ => Ok(()),
    }
}

fn key_permitted(h: &Hart, key: Key) -> Result<(), Trap> {
    if pauth::enabled(h, key) { permitted(h) } else { Ok(()) }
}

fn change(h: &mut Hart, i: Insn, key: Option<Key>, f: impl FnOnce(&Hart, u64) -> u64) -> Result<(), Trap> {
    present(h)?;
    match key {
        Some(key) => key_permitted(h, key)?,
        None => permitted(h)?,
    }
    let result = f(h, h.get(i.rd));
    h.set(i.rd, result);
    Ok(())
}

#[inline(never)]
pub(super) fn sign(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, Some(key), |h, pointer| pauth::sign(h, pointer, h.get_sp(i.rn), key))
}

#[inline(never)]
pub(super) fn sign_zero(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, Some(key), |h, pointer| pauth::sign(h, pointer, 0, key))
}

#[inline(never)]
pub(super) fn authenticate(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, Some(key), |h, pointer| pauth::authenticate(h, pointer, h.get_sp(i.rn), key))
}

#[inline(never)]
pub(super) fn authenticate_zero(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, Some(key), |h, pointer| pauth::authenticate(h, pointer, 0, key))
}

#[inline(never)]
pub(super) fn strip(h: &mut Hart, i: Insn) -> Result<(), Trap> {
    change(h, i, None, pauth::strip)
}

/// PACGA: the upper half of the code.
#[inline(never)]
pub(super) fn generic(h: &mut Hart, i: Insn) -> Result<(), Trap> {
    const GENERIC: usize = 4;
    present(h)?;
    permitted(h)?;
    let code = pauth::compute(h.get(i.rn), h.get_sp(i.rm), h.system.keys[GENERIC]);
    h.set(i.rd, code & 0xffff_ffff_0000_0000);
    Ok(())
}

#[inline(never)]
pub(super) fn hint_sign(h: &mut Hart, n: usize, modifier: u64, key: Key) -> Result<(), Trap> {
    key_permitted(h, key)?;
    h.x[n] = pauth::sign(h, h.x[n], modifier, key);
    Ok(())
}

#[inline(never)]
pub(super) fn hint_authenticate(h: &mut Hart, n: usize, modifier: u64, key: Key) -> Result<(), Trap> {
    key_permitted(h, key)?;
    h.x[n] = pauth::authenticate(h, h.x[n], modifier, key);
    Ok(())
}

#[inline(never)]
pub(super) fn hint_strip(h: &mut Hart) -> Result<(), Trap> {
    if h.system.pauth {
        permitted(h)?;
        h.x[30] = pauth::strip(h, h.x[30]);
    }
    Ok(())
}

/// Where an authenticated pointer leads.
fn target(h: &Hart, pointer: u64, modifier: u64, key: Key) -> Result<Flow, Trap> {
    present(h)?;
    key_permitted(h, key)?;
    Ok(Flow::Jump(branch::target(h, pauth::authenticate(h, pointer, modifier, key))))
}

/// RETAA.
#[inline(never)]
pub(super) fn ret(h: &Hart, key: Key) -> Result<Flow, Trap> {
    target(h, h.x[30], h.stack_pointer(), key)
}

/// BLRAA.
#[inline(never)]
pub(super) fn call(h: &mut Hart, i: Insn, modifier: u64, key: Key, pc: u64) -> Result<Flow, Trap> {
    let flow = target(h, h.get(i.rn), modifier, key)?;
    h.x[30] = pc.wrapping_add(4);
    h.btype = branch::CALL;
    Ok(flow)
}

/// BRAA.
#[inline(never)]
pub(super) fn jump<C: Context<Hart = Hart>>(
    ctx: &mut C,
    i: Insn,
    modifier: Modifier,
    key: Key,
    pc: u64,
) -> Result<Flow, Trap> {
    let h = ctx.hart();
    let modifier = if modifier == Modifier::Zero { 0 } else { h.get_sp(i.rd) };
    let flow = target(h, h.get(i.rn), modifier, key)?;
    branch::set_jump_type(ctx, i.rn, pc);
    Ok(flow)
}

/// ERETAA: ELR_EL1 is authenticated with SP.
#[inline(never)]
pub(super) fn exception_return<C: Context<Hart = Hart>>(ctx: &mut C, key: Key) -> Result<Flow, Trap> {
    let h = ctx.hart();
    present(h)?;
    if h.el == 0 {
        return Err(Trap::UNDEFINED);
    }
    key_permitted(h, key)?;
    let modifier = h.stack_pointer();
    branch::exception_return(ctx, |h, saved| pauth::authenticate(h, saved, modifier, key))
}

/// LDRAA: the modifier is zero.
#[inline(never)]
pub(super) fn load<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, key: Key, moves: bool) -> Result<(), Trap> {
    present(ctx.hart())?;
    key_permitted(ctx.hart(), key)?;
    load_from(ctx, i, Size::Double, Fill::Zero, |h, i, base| {
        let at = pauth::authenticate(h, base, 0, key).wrapping_add(i.imm);
        Target { at, writeback: moves.then_some(at) }
    })
}
