//! Environment calls, trap returns, WFI, SFENCE.VMA.

use super::*;
use crate::context::TlbOp;
use crate::riscv::Privilege;
use crate::riscv::csr::*;
use crate::riscv::extension::Extension;

pub(super) fn ecall<C: Context<Hart = Hart>>(ctx: &mut C) -> Outcome {
    let cause = match ctx.hart().privilege {
        Privilege::User => Cause::ECALL_U,
        Privilege::Supervisor => Cause::ECALL_S,
        Privilege::Machine => Cause::ECALL_M,
    };
    Err(Trap::new(cause, 0))
}

pub(super) fn mret<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = ctx.hart();
    if hart.privilege != Privilege::Machine {
        return Err(illegal(insn));
    }
    let status = hart.csr.mstatus;
    let to = Privilege::from_bits((status & MSTATUS_MPP) >> MSTATUS_MPP.trailing_zeros())
        .expect("mstatus.MPP holds a legal mode");
    let mie = if status & MSTATUS_MPIE != 0 { MSTATUS_MIE } else { 0 };
    hart.csr.mstatus = status & !(MSTATUS_MIE | MSTATUS_MPP) | mie | MSTATUS_MPIE;
    let target = hart.csr.mepc;
    Ok(trap_return(ctx, to, target))
}

pub(super) fn sret<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = ctx.hart();
    let status = hart.csr.mstatus;
    match hart.privilege {
        Privilege::User => return Err(illegal(insn)),
        Privilege::Supervisor if status & MSTATUS_TSR != 0 => return Err(illegal(insn)),
        _ => {}
    }
    let to = if status & MSTATUS_SPP != 0 { Privilege::Supervisor } else { Privilege::User };
    let sie = if status & MSTATUS_SPIE != 0 { MSTATUS_SIE } else { 0 };
    hart.csr.mstatus = status & !(MSTATUS_SIE | MSTATUS_SPP) | sie | MSTATUS_SPIE;
    let target = hart.csr.sepc;
    Ok(trap_return(ctx, to, target))
}

fn trap_return<C: Context<Hart = Hart>>(ctx: &mut C, to: Privilege, target: u64) -> Flow {
    let hart = ctx.hart();
    hart.privilege = to;
    if to != Privilege::Machine {
        hart.csr.mstatus &= !MSTATUS_MPRV;
    }
    let target = if hart.csr.extensions.has(Extension::C) { target } else { target & !3 };
    ctx.translation_changed();
    Flow::Jump(target)
}

pub(super) fn wfi<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = ctx.hart();
    match hart.privilege {
        Privilege::User => return Err(illegal(insn)),
        Privilege::Supervisor if hart.csr.mstatus & MSTATUS_TW != 0 => return Err(illegal(insn)),
        _ => {}
    }
    hint(ctx, Hint::WaitForInterrupt)
}

/// True when this hart may not manage translation: U mode, or S mode under TVM.
fn translation_is_trapped(hart: &Hart) -> bool {
    match hart.privilege {
        Privilege::User => true,
        Privilege::Supervisor => hart.csr.mstatus & MSTATUS_TVM != 0,
        Privilege::Machine => false,
    }
}

pub(super) fn sfence_vma<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = ctx.hart();
    if translation_is_trapped(hart) {
        return Err(illegal(insn));
    }
    let page = (insn.rs1 != 0).then(|| hart.get(insn.rs1));
    let asid = (insn.rs2 != 0).then(|| hart.get(insn.rs2) as u16);
    ctx.tlb_op(TlbOp { page, asid, broadcast: false });
    Ok(Flow::Next)
}

/// SFENCE.W.INVAL and SFENCE.INVAL.IR: nothing is left to order, as SINVAL.VMA here acts at once.
pub(super) fn inval_fence<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    if ctx.hart().privilege == Privilege::User { Err(illegal(insn)) } else { Ok(Flow::Next) }
}
