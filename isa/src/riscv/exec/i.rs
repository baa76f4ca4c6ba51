//! RV64I: base integer instructions.

use super::*;
use crate::riscv::Privilege;
use crate::riscv::csr::MENVCFG_FIOM;

/// The value itself.
pub(super) fn same(value: u64) -> u64 {
    value
}

/// Sign-extends from 8 bits.
pub(super) fn sign8(value: u64) -> u64 {
    value as i8 as u64
}

/// Sign-extends from 16 bits.
pub(super) fn sign16(value: u64) -> u64 {
    value as i16 as u64
}

/// Sign-extends from 32 bits.
pub(super) fn sign32(value: u64) -> u64 {
    value as i32 as u64
}

pub(super) fn jal<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, pc: u64) -> Outcome {
    let hart = ctx.hart();
    let flow = jump(hart, pc.wrapping_add(insn.imm as u64))?;
    hart.set(insn.rd, pc.wrapping_add(insn.len as u64));
    Ok(flow)
}

pub(super) fn jalr<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn, pc: u64) -> Outcome {
    let hart = ctx.hart();
    let flow = jump(hart, hart.get(insn.rs1).wrapping_add(insn.imm as u64) & !1)?;
    hart.set(insn.rd, pc.wrapping_add(insn.len as u64));
    Ok(flow)
}

pub(super) fn slt(a: u64, b: u64) -> u64 {
    ((a as i64) < b as i64) as u64
}

pub(super) fn sltu(a: u64, b: u64) -> u64 {
    (a < b) as u64
}

pub(super) fn sll(a: u64, b: u64) -> u64 {
    a << (b & 63)
}

pub(super) fn srl(a: u64, b: u64) -> u64 {
    a >> (b & 63)
}

pub(super) fn sra(a: u64, b: u64) -> u64 {
    (a as i64 >> (b & 63)) as u64
}

pub(super) fn addw(a: u64, b: u64) -> u64 {
    sign32(a.wrapping_add(b))
}

pub(super) fn subw(a: u64, b: u64) -> u64 {
    sign32(a.wrapping_sub(b))
}

pub(super) fn sllw(a: u64, b: u64) -> u64 {
    sign32(a << (b & 31))
}

pub(super) fn srlw(a: u64, b: u64) -> u64 {
    sign32((a as u32 >> (b & 31)) as u64)
}

pub(super) fn sraw(a: u64, b: u64) -> u64 {
    (a as i32 >> (b & 31)) as u64
}

/// Where FIOM holds, device accesses stand for accesses to memory too.
pub(super) fn fence<C: Context<Hart = Hart>>(ctx: &mut C, insn: Insn) -> Outcome {
    let hart = ctx.hart();
    let fiom = match hart.privilege {
        Privilege::Machine => 0,
        Privilege::Supervisor => hart.csr.menvcfg,
        Privilege::User => hart.csr.menvcfg | hart.csr.senvcfg,
    } & MENVCFG_FIOM
        != 0;
    let types = |bits: i64| {
        let [input, output, reads, writes] = [8, 4, 2, 1].map(|bit| bits & bit != 0);
        AccessTypes { input, output, reads: reads || fiom && input, writes: writes || fiom && output }
    };
    super::fence(ctx, Fence::Data { before: types(insn.imm >> 4), after: types(insn.imm) })
}
