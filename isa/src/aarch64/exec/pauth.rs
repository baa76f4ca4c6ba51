//! Pointer authentication (Arm ARM C3.1.9). In the hint space its instructions do nothing without FEAT_PAuth; the others
//! are undefined then.

use super::super::insn::Insn;
use super::super::pauth::{self, Key};
use super::super::regs::Hart;
use super::super::trap::Trap;
use super::branch;
use super::memory::{Fill, Target, base, load as load_from};
use crate::Flow;
use crate::context::{Context, Size};

fn present(h: &Hart) -> Result<(), Trap> {
    if h.system.pauth { Ok(()) } else { Err(Trap::UNDEFINED) }
}

fn change(h: &mut Hart, i: Insn, f: impl FnOnce(&Hart, u64) -> u64) -> Result<(), Trap> {
    present(h)?;
    let result = f(h, h.get(i.rd));
    h.set(i.rd, result);
    Ok(())
}

#[inline(never)]
pub(super) fn sign(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, |h, pointer| pauth::sign(h, pointer, h.get_sp(i.rn), key))
}

#[inline(never)]
pub(super) fn sign_zero(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, |h, pointer| pauth::sign(h, pointer, 0, key))
}

#[inline(never)]
pub(super) fn authenticate(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, |h, pointer| pauth::authenticate(h, pointer, h.get_sp(i.rn), key))
}

#[inline(never)]
pub(super) fn authenticate_zero(h: &mut Hart, i: Insn, key: Key) -> Result<(), Trap> {
    change(h, i, |h, pointer| pauth::authenticate(h, pointer, 0, key))
}

#[inline(never)]
pub(super) fn strip(h: &mut Hart, i: Insn) -> Result<(), Trap> {
    change(h, i, pauth::strip)
}

/// PACGA: the upper half of the code.
#[inline(never)]
pub(super) fn generic(h: &mut Hart, i: Insn) -> Result<(), Trap> {
    const GENERIC: usize = 4;
    present(h)?;
    let code = pauth::compute(h.get(i.rn), h.get_sp(i.rm), h.system.keys[GENERIC]);
    h.set(i.rd, code & 0xffff_ffff_0000_0000);
    Ok(())
}

#[inline(never)]
pub(super) fn hint_sign(h: &mut Hart, n: usize, modifier: u64, key: Key) {
    h.x[n] = pauth::sign(h, h.x[n], modifier, key);
}

#[inline(never)]
pub(super) fn hint_authenticate(h: &mut Hart, n: usize, modifier: u64, key: Key) {
    h.x[n] = pauth::authenticate(h, h.x[n], modifier, key);
}

#[inline(never)]
pub(super) fn hint_strip(h: &mut Hart) {
    if h.system.pauth {
        h.x[30] = pauth::strip(h, h.x[30]);
    }
}

/// BRAA, BLRAA, RETAA: a call when `link` gives its own address.
#[inline(never)]
pub(super) fn branch(h: &mut Hart, pointer: u64, modifier: u64, key: Key, link: Option<u64>) -> Result<Flow, Trap> {
    present(h)?;
    let target = branch::target(h, pauth::authenticate(h, pointer, modifier, key));
    if let Some(pc) = link {
        h.x[30] = pc.wrapping_add(4);
    }
    Ok(Flow::Jump(target))
}

/// ERETAA: ELR_EL1 is authenticated with SP.
#[inline(never)]
pub(super) fn exception_return<C: Context<Hart = Hart>>(ctx: &mut C, key: Key) -> Result<Flow, Trap> {
    let h = ctx.hart();
    present(h)?;
    let saved = h.system.elr;
    let target = pauth::authenticate(h, saved, h.stack_pointer(), key);
    h.system.elr = target;
    let flow = branch::exception_return(ctx);
    ctx.hart().system.elr = saved;
    flow
}

/// LDRAA: the modifier is zero.
#[inline(never)]
pub(super) fn load<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, key: Key, moves: bool) -> Result<(), Trap> {
    present(ctx.hart())?;
    load_from(ctx, i, Size::Double, Fill::Zero, |h, i| {
        let at = pauth::authenticate(h, base(h, i)?, 0, key).wrapping_add(i.imm);
        Ok(Target { at, writeback: moves.then_some(at) })
    })
}
