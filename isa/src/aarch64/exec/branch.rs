//! Branches and exception return (Arm ARM C3.1).

use super::super::exception;
use super::super::insn::Insn;
use super::super::mmu;
use super::super::regs::Hart;
use super::super::sysreg::{self, sctlr};
use super::super::table::Op;
use super::super::trap::{Cause, Trap};
use crate::Flow;
use crate::context::{Context, Fence};
use crate::trap::Access;

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
    if h.system.tcr & TBI == 0 && h.el != 2 { address } else { mmu::untagged(h, address) }
}

#[inline(always)]
pub(super) fn register(h: &Hart, i: Insn) -> Flow {
    Flow::Jump(target(h, h.get(i.rn)))
}

/// BR: where it goes and how control comes there.
#[inline(always)]
pub(super) fn jump<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Flow {
    let h = ctx.hart();
    let flow = register(h, i);
    set_jump_type(ctx, i.rn, pc);
    flow
}

/// BTYPE after a jump through Xn.
#[inline(always)]
pub(super) fn set_jump_type<C: Context<Hart = Hart>>(ctx: &mut C, rn: u8, pc: u64) {
    let h = ctx.hart();
    h.btype = 1;
    if !matches!(rn, 16 | 17) && sysreg::translation_on(h) && in_guarded_page(ctx, pc) {
        ctx.hart().btype = 3;
    }
}

/// BTYPE after a call through a register.
pub(super) const CALL: u8 = 2;

#[inline(never)]
fn in_guarded_page<C: Context<Hart = Hart>>(ctx: &mut C, pc: u64) -> bool {
    ctx.probe(pc, Access::Fetch).is_ok_and(|mapping| mapping.guarded)
}

/// FEAT_BTI: after an indirect branch into a guarded page comes an instruction that allows to be its target (Arm ARM
/// D8.4.6, and the pages of BTI and PACIASP).
pub(super) fn check_landing<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Result<(), Trap> {
    const BTI_C: u64 = 34;
    const BTI_J: u64 = 36;
    const BTI_JC: u64 = 38;
    let h = ctx.hart();
    let btype = h.btype;
    let allowed = match i.op {
        Op::HintOther => match i.imm {
            BTI_C => btype != 3,
            BTI_J => btype != CALL,
            BTI_JC => true,
            _ => btype == 0,
        },
        Op::Paciasp | Op::Pacibsp => {
            let strict = if h.el == 0 { sctlr::BT0 } else { sctlr::BT1 };
            btype != 3 || h.sctlr() & strict == 0
        }
        Op::Brk | Op::Hlt => true,
        _ => btype == 0,
    };
    if allowed || !sysreg::translation_on(h) || !in_guarded_page(ctx, pc) {
        return Ok(());
    }
    Err(Trap::sync(Cause::BranchTarget, u32::from(btype)))
}

#[inline(always)]
pub(super) fn link_register(h: &mut Hart, i: Insn, pc: u64) -> Flow {
    let flow = register(h, i);
    h.btype = CALL;
    h.x[30] = pc.wrapping_add(4);
    flow
}

/// ERET: also a context synchronization event, and it sets the event register and gives the reservation up.
/// `authenticate` looks at the address, at the level that is left.
pub(super) fn exception_return<C: Context<Hart = Hart>>(
    ctx: &mut C,
    authenticate: impl FnOnce(&Hart, u64) -> u64,
) -> Result<Flow, Trap> {
    let h = ctx.hart();
    if h.el == 0 {
        return Err(Trap::UNDEFINED);
    }
    let saved = h.at_el2().map_or(h.system.elr, |el2| el2.elr);
    let address = authenticate(h, saved);
    exception::leave(h);
    let target = target(h, address);
    h.event = true;
    ctx.clear_reservation();
    ctx.fence(Fence::Isb);
    ctx.translation_changed();
    Ok(Flow::Jump(target))
}
