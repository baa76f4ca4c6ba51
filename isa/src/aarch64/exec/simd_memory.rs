//! Loads and stores of vector registers (Arm ARM C3.2.9, C3.2.10).

use super::super::format::{Format, Shape};
use super::super::insn::Insn;
use super::super::regs::Hart;
use super::super::table::Op;
use super::super::trap::Trap;
use super::memory::{Target, base, check_strict, write_back};
use crate::context::{AccessOrder, Context, Size};
use crate::trap::Access;

type Address = fn(&Hart, Insn, u64) -> Target;

fn size(log2: u8) -> Size {
    match log2 {
        0 => Size::Byte,
        1 => Size::Half,
        2 => Size::Word,
        _ => Size::Double,
    }
}

/// Reads 2^log2 bytes, up to 16.
#[inline(always)]
fn read<C: Context<Hart = Hart>>(ctx: &mut C, at: u64, log2: u8) -> Result<u128, Trap> {
    if log2 == 4 {
        let (low, high) = ctx.load_pair(at, Size::Double, AccessOrder::PLAIN).map_err(Trap::from_fault)?;
        return Ok(u128::from(high) << 64 | u128::from(low));
    }
    ctx.load(at, size(log2), AccessOrder::PLAIN).map(u128::from).map_err(Trap::from_fault)
}

#[inline(always)]
fn write<C: Context<Hart = Hart>>(ctx: &mut C, at: u64, log2: u8, value: u128) -> Result<(), Trap> {
    if log2 == 4 {
        let halves = (value as u64, (value >> 64) as u64);
        return ctx.store_pair(at, Size::Double, halves, AccessOrder::PLAIN).map_err(Trap::from_fault);
    }
    let size = size(log2);
    ctx.store(at, size, value as u64 & size.mask(), AccessOrder::PLAIN).map_err(Trap::from_fault)
}

/// LDR, LDUR.
#[inline(never)]
pub(super) fn load<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, address: Address) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, 1 << i.size, Access::Load)?;
    let value = read(ctx, target.at, i.size)?;
    let h = ctx.hart();
    write_back(h, i, target);
    h.v[i.rd as usize & 31] = value;
    Ok(())
}

/// STR, STUR.
#[inline(never)]
pub(super) fn store<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, address: Address) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, 1 << i.size, Access::Store)?;
    let value = ctx.hart().v[i.rd as usize & 31];
    write(ctx, target.at, i.size, value)?;
    write_back(ctx.hart(), i, target);
    Ok(())
}

#[inline(never)]
pub(super) fn load_literal<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Result<(), Trap> {
    let at = pc.wrapping_add(i.imm);
    check_strict(ctx, at, 1 << i.size, Access::Load)?;
    let value = read(ctx, at, i.size)?;
    ctx.hart().v[i.rd as usize & 31] = value;
    Ok(())
}

#[inline(never)]
pub(super) fn load_pair<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, address: Address) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, 1 << i.size, Access::Load)?;
    let first = read(ctx, target.at, i.size)?;
    let second = read(ctx, target.at.wrapping_add(1 << i.size), i.size)?;
    let h = ctx.hart();
    write_back(h, i, target);
    h.v[i.rd as usize & 31] = first;
    h.v[i.ra as usize & 31] = second;
    Ok(())
}

#[inline(never)]
pub(super) fn store_pair<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, address: Address) -> Result<(), Trap> {
    let base = base(ctx, i)?;
    let target = address(ctx.hart(), i, base);
    check_strict(ctx, target.at, 1 << i.size, Access::Store)?;
    let h = ctx.hart();
    let (first, second) = (h.v[i.rd as usize & 31], h.v[i.ra as usize & 31]);
    write(ctx, target.at, i.size, first)?;
    write(ctx, target.at.wrapping_add(1 << i.size), i.size, second)?;
    write_back(ctx.hart(), i, target);
    Ok(())
}

/// Number of vector registers that a structure load or store transfers.
pub(in super::super) fn registers(op: Op) -> u8 {
    use Op::*;
    match op {
        St1x4 | Ld1x4 | St1x4Post | Ld1x4Post => 4,
        St1x3 | Ld1x3 | St1x3Post | Ld1x3Post => 3,
        St1x2 | Ld1x2 | St1x2Post | Ld1x2Post => 2,
        // The others say it in their name: st4, ld2r.
        _ => op.row().and_then(|row| row.mnemonic.as_bytes().get(2).copied()).map_or(1, |digit| digit & 7),
    }
}

/// LD1 to LD4 and ST1 to ST4, one or all elements, and LD1R to LD4R.
#[inline(never)]
pub(super) fn structures<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, loads: bool) -> Result<(), Trap> {
    let Some(Format::Simd(shape, _)) = i.op.row().map(|row| row.format) else {
        return Err(Trap::UNDEFINED);
    };
    let at = base(ctx, i)?;
    let access = if loads { Access::Load } else { Access::Store };
    check_strict(ctx, at, 1 << i.size, access)?;
    let count = registers(i.op);
    let bytes = match shape {
        Shape::Lane | Shape::LanePost => lanes(ctx, i, at, count, loads)?,
        Shape::Replicate | Shape::ReplicatePost => replicate(ctx, i, at, count)?,
        _ if i.op.row().is_some_and(|row| row.mnemonic.ends_with('1')) => contiguous(ctx, i, at, count, loads)?,
        _ => interleaved(ctx, i, at, count, loads)?,
    };
    if shape.moves_base() {
        let h = ctx.hart();
        let step = if i.rm == 31 { bytes } else { h.get(i.rm) };
        h.set_sp(i.rn, at.wrapping_add(step));
    }
    Ok(())
}

fn register(i: Insn, n: u8) -> usize {
    (i.rd + n) as usize & 31
}

/// LD1 and ST1 of whole registers: memory in the order of the elements.
fn contiguous<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, at: u64, count: u8, loads: bool) -> Result<u64, Trap> {
    let mut here = at;
    for n in 0..count {
        if loads {
            let value = read(ctx, here, i.option)?;
            ctx.hart().v[register(i, n)] = value;
        } else {
            let value = ctx.hart().v[register(i, n)];
            write(ctx, here, i.option, value)?;
        }
        here = here.wrapping_add(1 << i.option);
    }
    Ok(here.wrapping_sub(at))
}

/// One element of a vector register in memory.
fn element<C: Context<Hart = Hart>>(
    ctx: &mut C,
    at: u64,
    register: usize,
    n: u64,
    log2: u8,
    loads: bool,
) -> Result<(), Trap> {
    let place = n << (3 + log2);
    if loads {
        let value = read(ctx, at, log2)?;
        let mask = u128::from(size(log2).mask()) << place;
        let vector = &mut ctx.hart().v[register];
        *vector = *vector & !mask | value << place;
        return Ok(());
    }
    let value = ctx.hart().v[register] >> place;
    write(ctx, at, log2, value)
}

fn interleaved<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, at: u64, count: u8, loads: bool) -> Result<u64, Trap> {
    let mut here = at;
    for n in 0..1u64 << (i.option - i.size) {
        for r in 0..count {
            element(ctx, here, register(i, r), n, i.size, loads)?;
            here = here.wrapping_add(1 << i.size);
        }
    }
    if loads && i.option == 3 {
        for r in 0..count {
            ctx.hart().v[register(i, r)] &= u128::from(u64::MAX);
        }
    }
    Ok(here.wrapping_sub(at))
}

fn lanes<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, at: u64, count: u8, loads: bool) -> Result<u64, Trap> {
    let mut here = at;
    for r in 0..count {
        element(ctx, here, register(i, r), i.imm, i.size, loads)?;
        here = here.wrapping_add(1 << i.size);
    }
    Ok(here.wrapping_sub(at))
}

fn replicate<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, at: u64, count: u8) -> Result<u64, Trap> {
    let mut here = at;
    for r in 0..count {
        let value = read(ctx, here, i.size)?;
        let elements = 1u32 << (i.option - i.size);
        let repeated = (0..elements).fold(0, |all, n| all | value << (n << (3 + i.size)));
        ctx.hart().v[register(i, r)] = repeated;
        here = here.wrapping_add(1 << i.size);
    }
    Ok(here.wrapping_sub(at))
}
