//! Scalar floating point (Arm ARM C7.2).

use rustc_apfloat::Round;

use super::super::flags::Flags;
use super::super::fp::{Fpu, Layout};
use super::super::insn::Insn;
use super::super::regs::Hart;
use super::simd::mask;

/// The low 2^size bytes of a vector register.
#[inline(always)]
pub(super) fn get(h: &Hart, n: u8, size: u8) -> u64 {
    h.v[n as usize & 31] as u64 & mask(size)
}

/// Writes a scalar: the rest of the register becomes zero.
#[inline(always)]
pub(super) fn set(h: &mut Hart, n: u8, value: u64) {
    h.v[n as usize & 31] = u128::from(value);
}

#[inline(never)]
pub(super) fn unary(h: &mut Hart, i: Insn, f: impl FnOnce(&mut Fpu, u8, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    let result = f(&mut fpu, i.size, get(h, i.rn, i.size));
    fpu.finish(h);
    set(h, i.rd, result);
}

#[inline(never)]
pub(super) fn binary(h: &mut Hart, i: Insn, f: impl FnOnce(&mut Fpu, u8, u64, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    let result = f(&mut fpu, i.size, get(h, i.rn, i.size), get(h, i.rm, i.size));
    fpu.finish(h);
    set(h, i.rd, result);
}

/// FNMUL: the product with its sign changed, even of a NaN.
pub(super) fn negated_product(fpu: &mut Fpu, size: u8, a: u64, b: u64) -> u64 {
    fpu.mul(size, a, b) ^ Layout::of(size).sign()
}

/// FMADD and its kin: the addend and the product may change their signs first.
#[inline(never)]
pub(super) fn fused(h: &mut Hart, i: Insn, negate_addend: bool, negate_product: bool) {
    let sign = Layout::of(i.size).sign();
    let change = |value: u64, negate: bool| if negate { value ^ sign } else { value };
    let mut fpu = Fpu::new(h);
    let addend = change(get(h, i.ra, i.size), negate_addend);
    let factor = change(get(h, i.rn, i.size), negate_product);
    let result = fpu.mul_add(i.size, addend, factor, get(h, i.rm, i.size));
    fpu.finish(h);
    set(h, i.rd, result);
}

#[inline(never)]
pub(super) fn compare(h: &mut Hart, i: Insn, with: u64, signal_quiet: bool) {
    let mut fpu = Fpu::new(h);
    h.flags = Flags::of(fpu.compare(i.size, get(h, i.rn, i.size), with, signal_quiet));
    fpu.finish(h);
}

#[inline(never)]
pub(super) fn conditional_compare(h: &mut Hart, i: Insn, signal_quiet: bool) {
    if h.flags.hold(i.option) {
        compare(h, i, get(h, i.rm, i.size), signal_quiet);
    } else {
        h.flags = Flags::of(i.rd);
    }
}

#[inline(never)]
pub(super) fn select(h: &mut Hart, i: Insn) {
    let from = if h.flags.hold(i.option) { i.rn } else { i.rm };
    let value = get(h, from, i.size);
    set(h, i.rd, value);
}

/// FCVT*: to an integer or fixed-point number in a general register.
#[inline(never)]
pub(super) fn to_integer(h: &mut Hart, i: Insn, signed: bool, round: Round) {
    let bits = if i.option == 1 { 64 } else { 32 };
    let mut fpu = Fpu::new(h);
    let result = fpu.round_to_fixed(i.size, get(h, i.rn, i.size), bits, signed, i.imm as u32, round);
    fpu.finish(h);
    h.set(i.rd, result);
}

/// SCVTF and UCVTF from a general register.
#[inline(never)]
pub(super) fn from_integer(h: &mut Hart, i: Insn, signed: bool) {
    let value = h.get(i.rn);
    let value = match (i.option == 1, signed) {
        (true, true) => i128::from(value as i64),
        (true, false) => i128::from(value),
        (false, true) => i128::from(value as i32),
        (false, false) => i128::from(value as u32),
    };
    let mut fpu = Fpu::new(h);
    let result = fpu.convert_fixed(i.size, value, i.imm as u32);
    fpu.finish(h);
    set(h, i.rd, result);
}
