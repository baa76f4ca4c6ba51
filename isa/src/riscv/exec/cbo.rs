//! Zicbom and Zicboz: cache blocks. What modes below M may do stands in menvcfg and senvcfg.

use super::*;
use crate::riscv::Privilege;
use crate::riscv::csr::{MENVCFG_CBCFE, MENVCFG_CBIE, MENVCFG_CBZE};

/// What this mode is granted of a field: each mode below M needs the register above it.
fn granted(hart: &Hart, field: u64) -> impl Iterator<Item = u64> {
    let (machine, supervisor) = (hart.csr.menvcfg & field, hart.csr.senvcfg & field);
    let grants = match hart.privilege {
        Privilege::Machine => [None, None],
        Privilege::Supervisor => [Some(machine), None],
        Privilege::User => [Some(machine), Some(supervisor)],
    };
    grants.into_iter().flatten()
}

fn block<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, op: CacheOp) -> Outcome {
    let at = ctx.hart().get(insn.rs1);
    ctx.cache_op(op, at)?;
    Ok(Flow::Next)
}

/// CBO.CLEAN and CBO.FLUSH.
pub(super) fn clean<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, op: CacheOp) -> Outcome {
    if granted(ctx.hart(), MENVCFG_CBCFE).any(|grant| grant == 0) {
        return Err(illegal(insn));
    }
    block(ctx, insn, op)
}

/// CBO.INVAL, which a register above can turn into a flush.
pub(super) fn invalidate<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    if granted(ctx.hart(), MENVCFG_CBIE).any(|grant| grant == 0) {
        return Err(illegal(insn));
    }
    let full = granted(ctx.hart(), MENVCFG_CBIE).all(|grant| grant == MENVCFG_CBIE);
    block(ctx, insn, if full { CacheOp::Invalidate } else { CacheOp::CleanInvalidate })
}

pub(super) fn zero<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    if granted(ctx.hart(), MENVCFG_CBZE).any(|grant| grant == 0) {
        return Err(illegal(insn));
    }
    block(ctx, insn, CacheOp::Zero)
}
