//! Branches and exception return (Arm ARM C3.1).

use super::super::exception;
use super::super::insn::Insn;
use super::super::regs::Hart;
use super::super::trap::Trap;
use crate::Flow;
use crate::context::{Context, Fence};

#[inline(always)]
pub(super) fn relative(i: Insn, pc: u64) -> Flow {
    Flow::Jump(pc.wrapping_add(i.imm))
}

#[inline(always)]
pub(super) fn conditional(i: Insn, pc: u64, taken: bool) -> Flow {
    if taken { relative(i, pc) } else { Flow::Next }
}

/// CBZ: Rt is zero in its width.
#[inline(always)]
pub(super) fn is_zero(h: &Hart, i: Insn) -> bool {
    let value = h.get(i.rd);
    if i.wide() { value == 0 } else { value as u32 == 0 }
}

#[inline(always)]
pub(super) fn link(h: &mut Hart, i: Insn, pc: u64) -> Flow {
    h.x[30] = pc.wrapping_add(4);
    relative(i, pc)
}

#[inline(always)]
pub(super) fn link_register(h: &mut Hart, i: Insn, pc: u64) -> Flow {
    let target = h.get(i.rn);
    h.x[30] = pc.wrapping_add(4);
    Flow::Jump(target)
}

/// ERET: also a context synchronization event, and it sets the event register and gives the reservation up.
pub(super) fn exception_return<C: Context<Hart = Hart>>(ctx: &mut C) -> Result<Flow, Trap> {
    let h = ctx.hart();
    if h.el == 0 {
        return Err(Trap::UNDEFINED);
    }
    let target = exception::leave(h);
    h.event = true;
    ctx.clear_reservation();
    ctx.fence(Fence::Isb);
    ctx.translation_changed();
    Ok(Flow::Jump(target))
}
