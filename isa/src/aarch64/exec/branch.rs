//! Branches and exception return (Arm ARM C3.1).

use super::super::exception;
use super::super::insn::Insn;
use super::super::mmu;
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

/// BranchAddr: where a branch to a register ends. A tag in the top byte does not reach the pc.
#[inline(always)]
pub(super) fn target(h: &Hart, address: u64) -> u64 {
    const TBI: u64 = 3 << 37;
    if h.system.tcr & TBI == 0 { address } else { mmu::untagged(h, address) }
}

#[inline(always)]
pub(super) fn register(h: &Hart, i: Insn) -> Flow {
    Flow::Jump(target(h, h.get(i.rn)))
}

#[inline(always)]
pub(super) fn link_register(h: &mut Hart, i: Insn, pc: u64) -> Flow {
    let flow = register(h, i);
    h.x[30] = pc.wrapping_add(4);
    flow
}

/// ERET: also a context synchronization event, and it sets the event register and gives the reservation up.
pub(super) fn exception_return<C: Context<Hart = Hart>>(ctx: &mut C) -> Result<Flow, Trap> {
    let h = ctx.hart();
    if h.el == 0 {
        return Err(Trap::UNDEFINED);
    }
    let address = exception::leave(h);
    let target = target(h, address);
    h.event = true;
    ctx.clear_reservation();
    ctx.fence(Fence::Isb);
    ctx.translation_changed();
    Ok(Flow::Jump(target))
}
