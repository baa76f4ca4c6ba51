//! Advanced SIMD on registers (Arm ARM C7.2): each instruction is what it does to one element, run over the elements that
//! its shape names.

use rustc_apfloat::Round;

use super::super::format::{Format, Shape};
use super::super::fp::{Fpu, QC};
use super::super::insn::Insn;
use super::super::regs::Hart;

/// All ones in 2^size bytes.
#[inline(always)]
pub(super) const fn mask(size: u8) -> u64 {
    u64::MAX >> (64 - (8 << size))
}

#[inline(always)]
fn lane(vector: u128, n: u32, size: u8) -> u64 {
    (vector >> (n << (3 + size))) as u64 & mask(size)
}

#[inline(always)]
fn put(value: u64, n: u32, size: u8) -> u128 {
    u128::from(value & mask(size)) << (n << (3 + size))
}

/// An element as a number.
#[inline(always)]
fn number(value: u64, size: u8, signed: bool) -> i128 {
    if signed {
        let unused = 64 - (8 << size);
        i128::from((value << unused) as i64 >> unused)
    } else {
        i128::from(value)
    }
}

fn shape_of(i: Insn) -> Shape {
    match i.op.row().map(|row| row.format) {
        Some(Format::Simd(shape, _)) => shape,
        _ => Shape::Three,
    }
}

/// Sizes of the elements of Vd, Vn, Vm; their number; the first one of the narrow vector.
struct Plan {
    d: u8,
    a: u8,
    b: u8,
    count: u32,
    target: u32,
    source_a: u32,
    source_b: u32,
    element: Option<u32>,
}

impl Plan {
    fn of(i: Insn) -> Plan {
        let shape = shape_of(i);
        let (size, wide) = (i.size, i.size + 1);
        let element = shape.by_element().then_some(i.imm as u32);
        if !shape.mixes_widths() {
            let count = 1 << (i.option - size);
            return Plan { d: size, a: size, b: size, count, target: 0, source_a: 0, source_b: 0, element };
        }
        let count = if i.option == 2 { 1 } else { 8 >> size };
        let half = if i.option == 1 { count } else { 0 };
        let plan = Plan { d: size, a: size, b: size, count, target: 0, source_a: 0, source_b: 0, element };
        match shape {
            Shape::WideThree => Plan { d: wide, a: wide, source_b: half, ..plan },
            Shape::NarrowThree | Shape::NarrowTwo | Shape::ScalarNarrowTwo => {
                Plan { a: wide, b: wide, target: half, ..plan }
            }
            Shape::ShiftNarrow | Shape::ScalarShiftNarrow => Plan { a: wide, b: wide, target: half, ..plan },
            _ => Plan { d: wide, source_a: half, source_b: half, ..plan },
        }
    }
}

/// Runs over the elements: the new one from the old one, and those of Vn and Vm.
#[inline(always)]
fn run(h: &mut Hart, i: Insn, plan: &Plan, mut f: impl FnMut(u64, u64, u64) -> u64) {
    let (old, a, b) = (h.v[i.rd as usize & 31], h.v[i.rn as usize & 31], h.v[i.rm as usize & 31]);
    let mut result = if plan.target == 0 { 0 } else { old & u128::from(u64::MAX) };
    for n in 0..plan.count {
        let d = lane(old, plan.target + n, plan.d);
        let x = lane(a, plan.source_a + n, plan.a);
        let y = lane(b, plan.element.unwrap_or(plan.source_b + n), plan.b);
        result |= put(f(d, x, y), plan.target + n, plan.d);
    }
    h.v[i.rd as usize & 31] = result;
}

/// On bits.
#[inline(never)]
pub(super) fn bits(h: &mut Hart, i: Insn, f: impl Fn(u64, u64, u64) -> u64) {
    run(h, i, &Plan::of(i), f);
}

/// On numbers; what does not fit is cut off.
#[inline(never)]
pub(super) fn numbers(h: &mut Hart, i: Insn, signed: bool, f: impl Fn(i128, i128, i128) -> i128) {
    let plan = Plan::of(i);
    let (sd, sa, sb) = (plan.d, plan.a, plan.b);
    run(h, i, &plan, |d, a, b| f(number(d, sd, signed), number(a, sa, signed), number(b, sb, signed)) as u64);
}

/// Whether the numbers that go in and come out are signed.
#[derive(Clone, Copy)]
pub(super) struct Signs {
    pub(super) old: bool,
    pub(super) operands: bool,
    pub(super) result: bool,
}

/// All signed.
pub(super) const SIGNED: Signs = Signs { old: true, operands: true, result: true };
/// All unsigned.
pub(super) const UNSIGNED: Signs = Signs { old: false, operands: false, result: false };
/// Signed operands, unsigned results.
pub(super) const TO_UNSIGNED: Signs = Signs { old: false, operands: true, result: false };
/// SUQADD: unsigned operands are added to signed ones.
pub(super) const ADD_UNSIGNED: Signs = Signs { old: true, operands: false, result: true };

fn saturate(value: i128, size: u8, signed: bool, saturated: &mut bool) -> i128 {
    let bits = 8u32 << size;
    let (low, high) = if signed { (-(1i128 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    let result = value.clamp(low, high);
    *saturated |= result != value;
    result
}

/// On numbers; what does not fit becomes the nearest number that does, and sets FPSR.QC.
#[inline(never)]
pub(super) fn saturating(h: &mut Hart, i: Insn, signs: Signs, f: impl Fn(i128, i128, i128) -> i128) {
    let plan = Plan::of(i);
    let (sd, sa, sb) = (plan.d, plan.a, plan.b);
    let mut saturated = false;
    run(h, i, &plan, |d, a, b| {
        let (a, b) = (number(a, sa, signs.operands), number(b, sb, signs.operands));
        saturate(f(number(d, sd, signs.old), a, b), sd, signs.result, &mut saturated) as u64
    });
    if saturated {
        h.fpsr |= QC;
    }
}

/// SQDMLAL and SQDMLSL: the doubled product saturates, then the sum.
#[inline(never)]
pub(super) fn doubled_product(h: &mut Hart, i: Insn, combine: impl Fn(i128, i128) -> i128) {
    let plan = Plan::of(i);
    let (sd, sa) = (plan.d, plan.a);
    let mut saturated = false;
    run(h, i, &plan, |d, a, b| {
        let product = saturate(2 * number(a, sa, true) * number(b, sa, true), sd, true, &mut saturated);
        saturate(combine(number(d, sd, true), product), sd, true, &mut saturated) as u64
    });
    if saturated {
        h.fpsr |= QC;
    }
}

/// On floating-point numbers.
#[inline(never)]
pub(super) fn floats(h: &mut Hart, i: Insn, mut f: impl FnMut(&mut Fpu, u8, u64, u64, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    run(h, i, &Plan::of(i), |d, a, b| f(&mut fpu, i.size, d, a, b));
    fpu.finish(h);
}

/// All ones for true.
pub(super) fn truth(value: bool) -> u64 {
    if value { u64::MAX } else { 0 }
}

/// SSHL and its kin: by the signed low byte of the amount, to the left or, negative, to the right.
pub(super) fn shift(value: i128, amount: i128, round: bool) -> i128 {
    let by = i32::from(amount as i8);
    match by {
        ..0 => shift_right(value, (-by) as u32, round),
        0..64 => value << by,
        // Beyond every element, with nothing left in it.
        _ => value.signum() << 100,
    }
}

/// A shift to the right, perhaps rounded to nearest.
pub(super) fn shift_right(value: i128, by: u32, round: bool) -> i128 {
    // No element has more than 64 bits: 66 places leave nothing but the sign.
    let by = by.min(66);
    if round && by > 0 { (value + (1 << (by - 1))) >> by } else { value >> by }
}

/// SRI, SLI: the bits that the shift leaves keep their old value.
#[inline(never)]
pub(super) fn shift_insert(h: &mut Hart, i: Insn, left: bool) {
    let (ones, by) = (mask(i.size), i.imm as u32);
    bits(h, i, |d, a, _| {
        if left {
            let moved = ones.checked_shl(by).unwrap_or(0) & ones;
            d & !moved | a << by & moved
        } else {
            let moved = ones.checked_shr(by).unwrap_or(0);
            d & !moved | a.checked_shr(by).unwrap_or(0)
        }
    });
}

/// SDOT and UDOT: four products of bytes to a word.
#[inline(never)]
pub(super) fn dot(h: &mut Hart, i: Insn, signed: bool) {
    let (old, a, b) = (h.v[i.rd as usize & 31], h.v[i.rn as usize & 31], h.v[i.rm as usize & 31]);
    let by_element = shape_of(i) == Shape::DotElement;
    let byte = |vector: u128, n: u32| number(lane(vector, n, 0), 0, signed);
    let mut result = 0;
    for n in 0..1u32 << (i.option - 2) {
        let group = if by_element { i.imm as u32 } else { n };
        let sum: i128 = (0..4).map(|k| byte(a, 4 * n + k) * byte(b, 4 * group + k)).sum();
        result |= put((i128::from(lane(old, n, 2)) + sum) as u64, n, 2);
    }
    h.v[i.rd as usize & 31] = result;
}

/// SQRDMLAH and SQRDMLSH: what is added to the upper half of a doubled product, before it is rounded.
#[inline(never)]
pub(super) fn rounded_product(h: &mut Hart, i: Insn, subtract: bool) {
    let width = 8 << i.size;
    saturating(h, i, SIGNED, |d, a, b| {
        let product = if subtract { -2 * a * b } else { 2 * a * b };
        ((d << width) + product + (1 << (width - 1))) >> width
    });
}

/// ADDP, SMAXP and their kin: of neighbours in the concatenation of Vn and Vm.
#[inline(never)]
pub(super) fn pairwise(h: &mut Hart, i: Insn, mut f: impl FnMut(u64, u64) -> u64) {
    let count = 1u32 << (i.option - i.size);
    let sources = [h.v[i.rn as usize & 31], h.v[i.rm as usize & 31]];
    let mut result = 0;
    for n in 0..count {
        let (which, at) = if 2 * n < count { (0, 2 * n) } else { (1, 2 * n - count) };
        let source = sources[which];
        result |= put(f(lane(source, at, i.size), lane(source, at + 1, i.size)), n, i.size);
    }
    h.v[i.rd as usize & 31] = result;
}

#[inline(never)]
pub(super) fn pairwise_numbers(h: &mut Hart, i: Insn, signed: bool, f: impl Fn(i128, i128) -> i128) {
    let size = i.size;
    pairwise(h, i, |a, b| f(number(a, size, signed), number(b, size, signed)) as u64);
}

#[inline(never)]
pub(super) fn pairwise_floats(h: &mut Hart, i: Insn, f: impl Fn(&mut Fpu, u8, u64, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    pairwise(h, i, |a, b| f(&mut fpu, i.size, a, b));
    fpu.finish(h);
}

/// FADDP and its kin, scalar: of the two elements of Vn.
#[inline(never)]
pub(super) fn scalar_pair(h: &mut Hart, i: Insn, f: impl Fn(&mut Fpu, u8, u64, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    let a = h.v[i.rn as usize & 31];
    let result = f(&mut fpu, i.size, lane(a, 0, i.size), lane(a, 1, i.size));
    fpu.finish(h);
    h.v[i.rd as usize & 31] = u128::from(result & mask(i.size));
}

/// ADDV, SMAXV, SADDLV: over all elements.
#[inline(never)]
pub(super) fn across(h: &mut Hart, i: Insn, signed: bool, f: impl Fn(i128, i128) -> i128) {
    let a = h.v[i.rn as usize & 31];
    let size = if shape_of(i) == Shape::AcrossLong { i.size + 1 } else { i.size };
    let elements = (0..1u32 << (i.option - i.size)).map(|n| number(lane(a, n, i.size), i.size, signed));
    let result = elements.reduce(f).unwrap_or(0);
    h.v[i.rd as usize & 31] = u128::from(result as u64 & mask(size));
}

/// FMAXV and its kin: of the halves' results, of four singles.
#[inline(never)]
pub(super) fn across_floats(h: &mut Hart, i: Insn, f: impl Fn(&mut Fpu, u8, u64, u64) -> u64) {
    let mut fpu = Fpu::new(h);
    let a = h.v[i.rn as usize & 31];
    let low = f(&mut fpu, i.size, lane(a, 0, i.size), lane(a, 1, i.size));
    let high = f(&mut fpu, i.size, lane(a, 2, i.size), lane(a, 3, i.size));
    let result = f(&mut fpu, i.size, low, high);
    fpu.finish(h);
    h.v[i.rd as usize & 31] = u128::from(result & mask(i.size));
}

/// SADDLP, SADALP: neighbours to a wider element.
#[inline(never)]
pub(super) fn pair_long(h: &mut Hart, i: Insn, signed: bool, accumulate: bool) {
    let (a, old) = (h.v[i.rn as usize & 31], h.v[i.rd as usize & 31]);
    let (size, wide) = (i.size, i.size + 1);
    let mut result = 0;
    for n in 0..1u32 << (i.option - wide) {
        let sum = number(lane(a, 2 * n, size), size, signed) + number(lane(a, 2 * n + 1, size), size, signed);
        let base = if accumulate { i128::from(lane(old, n, wide)) } else { 0 };
        result |= put((base + sum) as u64, n, wide);
    }
    h.v[i.rd as usize & 31] = result;
}

/// ADDHN and its kin: the upper half of each element of a sum or difference.
#[inline(never)]
pub(super) fn high_narrow(h: &mut Hart, i: Insn, round: bool, f: impl Fn(u64, u64) -> u64) {
    let width = 8u32 << i.size;
    let rounding = if round { 1u64 << (width - 1) } else { 0 };
    bits(h, i, |_, a, b| (f(a, b).wrapping_add(rounding) & mask(i.size + 1)) >> width);
}

/// Product of polynomials over {0, 1}.
pub(super) fn polynomial(a: u64, b: u64) -> u64 {
    (0..8).fold(0, |sum, bit| sum ^ if b >> bit & 1 == 1 { a << bit } else { 0 })
}

/// REV16, REV32, REV64: elements within containers of 2^container bytes.
#[inline(never)]
pub(super) fn reverse(h: &mut Hart, i: Insn, container: u8) {
    let a = h.v[i.rn as usize & 31];
    let flip = (1u32 << (container - i.size)) - 1;
    let count = 1u32 << (i.option - i.size);
    h.v[i.rd as usize & 31] = (0..count).fold(0, |result, n| result | put(lane(a, n ^ flip, i.size), n, i.size));
}

/// CLS and CLZ of an element.
pub(super) fn leading(value: u64, size: u8, sign: bool) -> u64 {
    let unused = 64 - (8u32 << size);
    let value = if sign {
        let extended = (value << unused) as i64 >> unused;
        (extended ^ extended >> 63) as u64
    } else {
        value
    };
    u64::from((value.leading_zeros() - unused) - u32::from(sign))
}

/// Vd repeated from 64 bits: the moves of an immediate.
#[inline(never)]
pub(super) fn immediate(h: &mut Hart, i: Insn, f: impl Fn(u128, u128) -> u128) {
    let both = u128::from(i.imm) << 64 | u128::from(i.imm);
    let register = &mut h.v[i.rd as usize & 31];
    let kept = if i.option == 4 { u128::MAX } else { u128::from(u64::MAX) };
    *register = f(*register, both) & kept;
}

fn repeat(value: u64, size: u8, bytes: u8) -> u128 {
    (0..1u32 << (bytes - size)).fold(0, |result, n| result | put(value, n, size))
}

/// DUP of an element or of a general register.
#[inline(never)]
pub(super) fn duplicate(h: &mut Hart, i: Insn, general: bool) {
    let value = if general { h.get(i.rn) } else { lane(h.v[i.rn as usize & 31], i.imm as u32, i.size) };
    h.v[i.rd as usize & 31] = repeat(value, i.size, i.option);
}

/// SMOV and UMOV.
#[inline(never)]
pub(super) fn to_general(h: &mut Hart, i: Insn, signed: bool) {
    let value = lane(h.v[i.rn as usize & 31], i.imm as u32, i.size);
    let value = number(value, i.size, signed) as u64;
    h.set(i.rd, if i.option == 4 { value } else { value & 0xffff_ffff });
}

/// INS: an element of Vd.
#[inline(never)]
pub(super) fn insert(h: &mut Hart, i: Insn, value: u64) {
    let at = (i.imm & 0xff) as u32;
    let register = &mut h.v[i.rd as usize & 31];
    *register = *register & !put(u64::MAX, at, i.size) | put(value, at, i.size);
}

/// The source element of INS (element).
pub(super) fn source_element(h: &Hart, i: Insn) -> u64 {
    lane(h.v[i.rn as usize & 31], (i.imm >> 8) as u32, i.size)
}

/// ZIP, UZP, TRN: each result element comes from this place in the concatenation of Vn and Vm.
#[inline(never)]
pub(super) fn permute(h: &mut Hart, i: Insn, place: impl Fn(u32, u32) -> u32) {
    let count = 1u32 << (i.option - i.size);
    let (a, b) = (h.v[i.rn as usize & 31], h.v[i.rm as usize & 31]);
    let element = |at: u32| if at < count { lane(a, at, i.size) } else { lane(b, at - count, i.size) };
    h.v[i.rd as usize & 31] = (0..count).fold(0, |result, n| result | put(element(place(n, count)), n, i.size));
}

/// EXT: bytes from Vn on into Vm.
#[inline(never)]
pub(super) fn extract(h: &mut Hart, i: Insn) {
    let from = i.imm as u32;
    permute(h, i, |n, _| n + from);
}

/// TBL and TBX.
#[inline(never)]
pub(super) fn table(h: &mut Hart, i: Insn, keep: bool) {
    let (indexes, old) = (h.v[i.rm as usize & 31], h.v[i.rd as usize & 31]);
    let limit = 16 * (i.imm + 1);
    let mut result = 0;
    for n in 0..1u32 << i.option {
        let index = lane(indexes, n, 0);
        let byte = if index < limit {
            lane(h.v[(i.rn as usize + index as usize / 16) & 31], index as u32 & 15, 0)
        } else if keep {
            lane(old, n, 0)
        } else {
            0
        };
        result |= put(byte, n, 0);
    }
    h.v[i.rd as usize & 31] = result;
}

/// An element as a signed number.
#[inline(always)]
pub(super) fn signed(value: u64, i: Insn) -> i64 {
    let unused = 64 - (8u32 << i.size);
    (value << unused) as i64 >> unused
}

/// SCVTF and UCVTF of elements; `imm` fraction bits.
#[inline(never)]
pub(super) fn from_integers(h: &mut Hart, i: Insn, signed: bool) {
    floats(h, i, |fpu, size, _, a, _| fpu.convert_fixed(size, number(a, size, signed), i.imm as u32));
}

/// FCVT* of elements to integers of their size; `imm` fraction bits.
#[inline(never)]
pub(super) fn to_integers(h: &mut Hart, i: Insn, signed: bool, round: Round) {
    floats(h, i, |fpu, size, _, a, _| fpu.round_to_fixed(size, a, 8 << size, signed, i.imm as u32, round));
}
