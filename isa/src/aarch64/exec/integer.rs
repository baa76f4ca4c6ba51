//! Data processing on general registers (Arm ARM C6.2).

use super::super::flags::Flags;
use super::super::insn::Insn;
use super::super::regs::Hart;

/// Keeps the low 32 bits of a result when the operation is a 32-bit one.
#[inline(always)]
fn sized(wide: bool, value: u64) -> u64 {
    if wide { value } else { value as u32 as u64 }
}

/// AddWithCarry: the sum, and the flags.
#[inline(always)]
pub(super) fn add_with_carry(wide: bool, a: u64, b: u64, carry: bool) -> (u64, Flags) {
    if wide {
        let (partial, c1) = a.overflowing_add(b);
        let (sum, c2) = partial.overflowing_add(u64::from(carry));
        let overflow = (a ^ sum) & (b ^ sum);
        (sum, Flags::of_result(sum as i64, c1 | c2, (overflow as i64) < 0))
    } else {
        let (a, b) = (a as u32, b as u32);
        let (partial, c1) = a.overflowing_add(b);
        let (sum, c2) = partial.overflowing_add(u32::from(carry));
        let overflow = (a ^ sum) & (b ^ sum);
        (u64::from(sum), Flags::of_result(i64::from(sum as i32), c1 | c2, (overflow as i32) < 0))
    }
}

/// The difference, and the flags: those of [`add_with_carry`] of the first, the other one inverted, and 1.
#[inline(always)]
fn subtract(wide: bool, a: u64, b: u64) -> (u64, Flags) {
    if wide {
        let (difference, overflow) = (a as i64).overflowing_sub(b as i64);
        (difference as u64, Flags::of_result(difference, a >= b, overflow))
    } else {
        let (a, b) = (a as u32, b as u32);
        let (difference, overflow) = (a as i32).overflowing_sub(b as i32);
        (u64::from(difference as u32), Flags::of_result(i64::from(difference), a >= b, overflow))
    }
}

/// Flags of the result of a logical operation.
#[inline(always)]
fn logical_result(wide: bool, result: u64) -> Flags {
    Flags::of_result(if wide { result as i64 } else { i64::from(result as i32) }, false, false)
}

#[inline(always)]
pub(super) fn adr(h: &mut Hart, i: Insn, pc: u64) {
    h.set(i.rd, pc.wrapping_add(i.imm));
}

#[inline(always)]
pub(super) fn adrp(h: &mut Hart, i: Insn, pc: u64) {
    h.set(i.rd, (pc & !0xfff).wrapping_add(i.imm));
}

#[inline(always)]
pub(super) fn add_imm(h: &mut Hart, i: Insn) {
    let sum = h.get_sp(i.rn).wrapping_add(i.imm);
    h.set_sp(i.rd, sized(i.wide(), sum));
}

#[inline(always)]
pub(super) fn sub_imm(h: &mut Hart, i: Insn) {
    let difference = h.get_sp(i.rn).wrapping_sub(i.imm);
    h.set_sp(i.rd, sized(i.wide(), difference));
}

#[inline(always)]
pub(super) fn adds_imm(h: &mut Hart, i: Insn) {
    let (sum, flags) = add_with_carry(i.wide(), h.get_sp(i.rn), i.imm, false);
    h.flags = flags;
    h.set(i.rd, sum);
}

#[inline(always)]
pub(super) fn subs_imm(h: &mut Hart, i: Insn) {
    let (difference, flags) = subtract(i.wide(), h.get_sp(i.rn), i.imm);
    h.flags = flags;
    h.set(i.rd, difference);
}

#[inline(always)]
pub(super) fn and_imm(h: &mut Hart, i: Insn) {
    h.set_sp(i.rd, h.get(i.rn) & i.imm);
}

#[inline(always)]
pub(super) fn orr_imm(h: &mut Hart, i: Insn) {
    h.set_sp(i.rd, sized(i.wide(), h.get(i.rn) | i.imm));
}

#[inline(always)]
pub(super) fn eor_imm(h: &mut Hart, i: Insn) {
    h.set_sp(i.rd, sized(i.wide(), h.get(i.rn) ^ i.imm));
}

#[inline(always)]
pub(super) fn ands_imm(h: &mut Hart, i: Insn) {
    let result = h.get(i.rn) & i.imm;
    h.flags = logical_result(i.wide(), result);
    h.set(i.rd, result);
}

#[inline(always)]
pub(super) fn movn(h: &mut Hart, i: Insn) {
    h.set(i.rd, sized(i.wide(), !i.imm));
}

#[inline(always)]
pub(super) fn movz(h: &mut Hart, i: Insn) {
    h.set(i.rd, i.imm);
}

#[inline(always)]
pub(super) fn movk(h: &mut Hart, i: Insn) {
    let kept = h.get(i.rd) & !(0xffff << (16 * i.option));
    h.set(i.rd, sized(i.wide(), kept | i.imm));
}

/// The masks of a bit field move: those bits that come from the source after rotation, and those below its top.
fn field_masks(wide: bool, immr: u32, imms: u32) -> (u64, u64) {
    let (element, levels) = if wide { (64, 63) } else { (32, 31) };
    let ones = |n: u32| u64::MAX >> (63 - n);
    let kept = u64::MAX >> (64 - element);
    let run = ones(imms);
    let write = if immr == 0 { run } else { (run >> immr | run << (element - immr)) & kept };
    (write, ones(imms.wrapping_sub(immr) & levels))
}

/// UBFM: a field goes to the bottom (`imms` is not less than `immr`) or bits from the bottom go up.
#[inline(always)]
fn unsigned_field(wide: bool, source: u64, immr: u32, imms: u32) -> u64 {
    let ones = |n: u32| u64::MAX >> (63 - (n & 63));
    if imms >= immr {
        source >> immr & ones(imms - immr)
    } else {
        let width = if wide { 64 } else { 32 };
        (source & ones(imms)) << (width - immr)
    }
}

fn rotate(wide: bool, value: u64, by: u32) -> u64 {
    if wide { value.rotate_right(by) } else { u64::from((value as u32).rotate_right(by)) }
}

#[inline(always)]
pub(super) fn ubfm(h: &mut Hart, i: Insn) {
    let (immr, imms) = (i.imm as u32 & 63, i.imm as u32 >> 8);
    h.set(i.rd, unsigned_field(i.wide(), h.get(i.rn), immr, imms));
}

#[inline(always)]
pub(super) fn sbfm(h: &mut Hart, i: Insn) {
    let (immr, imms) = (i.imm as u32 & 63, i.imm as u32 >> 8);
    let field = unsigned_field(i.wide(), h.get(i.rn), immr, imms);
    // Its top bit is that of the result, or of the field where that has come.
    let above = if imms >= immr { 63 - (imms - immr) } else { immr - imms - 1 + if i.wide() { 0 } else { 32 } };
    h.set(i.rd, sized(i.wide(), ((field << above) as i64 >> above) as u64));
}

pub(super) fn bfm(h: &mut Hart, i: Insn) {
    let (immr, imms) = (i.imm as u32 & 63, i.imm as u32 >> 8);
    let (write, top) = field_masks(i.wide(), immr, imms);
    let old = h.get(i.rd);
    let moved = old & !write | rotate(i.wide(), h.get(i.rn), immr) & write;
    h.set(i.rd, sized(i.wide(), old & !top | moved & top));
}

pub(super) fn extr(h: &mut Hart, i: Insn) {
    let (high, low, by) = (h.get(i.rn), h.get(i.rm), i.imm as u32);
    let result = if i.wide() {
        ((u128::from(high) << 64 | u128::from(low)) >> by) as u64
    } else {
        u64::from(((high << 32 | low & 0xffff_ffff) >> by) as u32)
    };
    h.set(i.rd, result);
}

/// ShiftReg: Rm shifted by an immediate.
#[inline(always)]
fn shifted(h: &Hart, i: Insn) -> u64 {
    let (value, by) = (h.get(i.rm), i.imm as u32);
    match (i.option, i.wide()) {
        (0, true) => value << by,
        (0, false) => u64::from((value as u32) << by),
        (1, true) => value >> by,
        (1, false) => u64::from(value as u32 >> by),
        (2, true) => (value as i64 >> by) as u64,
        (2, false) => (value as i32 >> by) as u32 as u64,
        (_, wide) => rotate(wide, value, by),
    }
}

/// ExtendReg: Rm extended, then shifted.
#[inline(always)]
pub(super) fn extended(value: u64, option: u8, by: u64) -> u64 {
    let value = match option {
        0 => value as u8 as u64,
        1 => value as u16 as u64,
        2 => value as u32 as u64,
        4 => value as i8 as u64,
        5 => value as i16 as u64,
        6 => value as i32 as u64,
        _ => value,
    };
    value << by
}

#[inline(always)]
pub(super) fn logical(h: &mut Hart, i: Insn, operation: impl FnOnce(u64, u64) -> u64) {
    h.set(i.rd, sized(i.wide(), operation(h.get(i.rn), shifted(h, i))));
}

#[inline(always)]
pub(super) fn logical_flags(h: &mut Hart, i: Insn, operation: impl FnOnce(u64, u64) -> u64) {
    let result = sized(i.wide(), operation(h.get(i.rn), shifted(h, i)));
    h.flags = logical_result(i.wide(), result);
    h.set(i.rd, result);
}

#[inline(always)]
pub(super) fn add_shifted(h: &mut Hart, i: Insn) {
    h.set(i.rd, sized(i.wide(), h.get(i.rn).wrapping_add(shifted(h, i))));
}

#[inline(always)]
pub(super) fn sub_shifted(h: &mut Hart, i: Insn) {
    h.set(i.rd, sized(i.wide(), h.get(i.rn).wrapping_sub(shifted(h, i))));
}

#[inline(always)]
pub(super) fn adds_shifted(h: &mut Hart, i: Insn) {
    let (sum, flags) = add_with_carry(i.wide(), h.get(i.rn), shifted(h, i), false);
    h.flags = flags;
    h.set(i.rd, sum);
}

#[inline(always)]
pub(super) fn subs_shifted(h: &mut Hart, i: Insn) {
    let (difference, flags) = subtract(i.wide(), h.get(i.rn), shifted(h, i));
    h.flags = flags;
    h.set(i.rd, difference);
}

#[inline(always)]
pub(super) fn add_extended(h: &mut Hart, i: Insn) {
    let sum = h.get_sp(i.rn).wrapping_add(extended(h.get(i.rm), i.option, i.imm));
    h.set_sp(i.rd, sized(i.wide(), sum));
}

#[inline(always)]
pub(super) fn sub_extended(h: &mut Hart, i: Insn) {
    let difference = h.get_sp(i.rn).wrapping_sub(extended(h.get(i.rm), i.option, i.imm));
    h.set_sp(i.rd, sized(i.wide(), difference));
}

pub(super) fn adds_extended(h: &mut Hart, i: Insn) {
    let addend = extended(h.get(i.rm), i.option, i.imm);
    let (sum, flags) = add_with_carry(i.wide(), h.get_sp(i.rn), addend, false);
    h.flags = flags;
    h.set(i.rd, sum);
}

#[inline(always)]
pub(super) fn subs_extended(h: &mut Hart, i: Insn) {
    let addend = extended(h.get(i.rm), i.option, i.imm);
    let (difference, flags) = subtract(i.wide(), h.get_sp(i.rn), addend);
    h.flags = flags;
    h.set(i.rd, difference);
}

/// ADC, and SBC as the addition of the complement.
pub(super) fn add_carry(h: &mut Hart, i: Insn, invert: bool, set_flags: bool) {
    let addend = if invert { !h.get(i.rm) } else { h.get(i.rm) };
    let (sum, flags) = add_with_carry(i.wide(), h.get(i.rn), addend, h.flags.c());
    if set_flags {
        h.flags = flags;
    }
    h.set(i.rd, sum);
}

pub(super) fn rmif(h: &mut Hart, i: Insn) {
    let mask = i.rd & 15;
    let rotated = h.get(i.rn).rotate_right(i.imm as u32) as u8 & 15;
    h.flags = Flags::of(h.flags.nzcv() & !mask | rotated & mask);
}

/// SETF8 and SETF16: the flags as an addition of that width would set them; C stays.
pub(super) fn set_flags(h: &mut Hart, i: Insn, bits: u32) {
    let value = h.get(i.rn) as u32;
    let low = value << (32 - bits);
    let overflow = (low >> 31 ^ value >> bits) & 1;
    h.flags = Flags::of_result(i64::from(low as i32), h.flags.c(), overflow == 1);
}

/// CCMP and CCMN: `operand` is Rm or the immediate.
#[inline(always)]
pub(super) fn conditional_compare(h: &mut Hart, i: Insn, operand: u64, subtract: bool) {
    h.flags = if h.flags.hold(i.option) {
        let operand = if subtract { !operand } else { operand };
        add_with_carry(i.wide(), h.get(i.rn), operand, subtract).1
    } else {
        Flags::of(i.rd)
    };
}

#[inline(always)]
pub(super) fn select(h: &mut Hart, i: Insn, otherwise: impl FnOnce(u64) -> u64) {
    let value = if h.flags.hold(i.option) { h.get(i.rn) } else { otherwise(h.get(i.rm)) };
    h.set(i.rd, sized(i.wide(), value));
}

pub(super) fn udiv_w(h: &mut Hart, i: Insn) {
    let quotient = (h.get(i.rn) as u32).checked_div(h.get(i.rm) as u32).unwrap_or(0);
    h.set(i.rd, u64::from(quotient));
}

pub(super) fn udiv_x(h: &mut Hart, i: Insn) {
    h.set(i.rd, h.get(i.rn).checked_div(h.get(i.rm)).unwrap_or(0));
}

pub(super) fn sdiv_w(h: &mut Hart, i: Insn) {
    let (a, b) = (h.get(i.rn) as i32, h.get(i.rm) as i32);
    h.set(i.rd, u64::from(if b == 0 { 0 } else { a.wrapping_div(b) as u32 }));
}

pub(super) fn sdiv_x(h: &mut Hart, i: Insn) {
    let (a, b) = (h.get(i.rn) as i64, h.get(i.rm) as i64);
    h.set(i.rd, if b == 0 { 0 } else { a.wrapping_div(b) as u64 });
}

/// LSLV, LSRV, ASRV: the amount is taken modulo the width.
#[inline(always)]
pub(super) fn shift(h: &mut Hart, i: Insn, wide: fn(u64, u32) -> u64, narrow: fn(u32, u32) -> u32) {
    let (value, by) = (h.get(i.rn), h.get(i.rm) as u32);
    let result = if i.wide() { wide(value, by & 63) } else { u64::from(narrow(value as u32, by & 31)) };
    h.set(i.rd, result);
}

/// CRC32 (polynomial 0x04c11db7) and CRC32C (0x1edc6f41), reflected, of the low `bytes` of Rm.
pub(super) fn crc(h: &mut Hart, i: Insn, polynomial: u32, bytes: u32) {
    let mut crc = h.get(i.rn) as u32;
    let data = h.get(i.rm);
    for byte in 0..bytes {
        crc ^= (data >> (8 * byte)) as u8 as u32;
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { polynomial } else { 0 };
        }
    }
    h.set(i.rd, u64::from(crc));
}

/// The polynomial of CRC32, reflected.
pub(super) const CRC32: u32 = 0xedb8_8320;
/// The polynomial of CRC32C, reflected.
pub(super) const CRC32C: u32 = 0x82f6_3b78;

/// RBIT, REV, CLZ, CLS: one operand, one result.
#[inline(always)]
pub(super) fn unary(h: &mut Hart, i: Insn, wide: fn(u64) -> u64, narrow: fn(u32) -> u32) {
    let value = h.get(i.rn);
    let result = if i.wide() { wide(value) } else { u64::from(narrow(value as u32)) };
    h.set(i.rd, result);
}

pub(super) fn rev16(value: u64) -> u64 {
    (value & 0x00ff_00ff_00ff_00ff) << 8 | value >> 8 & 0x00ff_00ff_00ff_00ff
}

pub(super) fn cls_wide(value: u64) -> u64 {
    u64::from((value ^ (value as i64 >> 63) as u64).leading_zeros() - 1)
}

pub(super) fn cls_narrow(value: u32) -> u32 {
    (value ^ (value as i32 >> 31) as u32).leading_zeros() - 1
}

#[inline(always)]
pub(super) fn madd(h: &mut Hart, i: Insn) {
    let product = h.get(i.rn).wrapping_mul(h.get(i.rm));
    h.set(i.rd, sized(i.wide(), h.get(i.ra).wrapping_add(product)));
}

pub(super) fn msub(h: &mut Hart, i: Insn) {
    let product = h.get(i.rn).wrapping_mul(h.get(i.rm));
    h.set(i.rd, sized(i.wide(), h.get(i.ra).wrapping_sub(product)));
}

fn signed_product(h: &Hart, i: Insn) -> u64 {
    i64::from(h.get(i.rn) as i32).wrapping_mul(i64::from(h.get(i.rm) as i32)) as u64
}

fn unsigned_product(h: &Hart, i: Insn) -> u64 {
    u64::from(h.get(i.rn) as u32) * u64::from(h.get(i.rm) as u32)
}

pub(super) fn smaddl(h: &mut Hart, i: Insn) {
    h.set(i.rd, h.get(i.ra).wrapping_add(signed_product(h, i)));
}

pub(super) fn smsubl(h: &mut Hart, i: Insn) {
    h.set(i.rd, h.get(i.ra).wrapping_sub(signed_product(h, i)));
}

pub(super) fn umaddl(h: &mut Hart, i: Insn) {
    h.set(i.rd, h.get(i.ra).wrapping_add(unsigned_product(h, i)));
}

pub(super) fn umsubl(h: &mut Hart, i: Insn) {
    h.set(i.rd, h.get(i.ra).wrapping_sub(unsigned_product(h, i)));
}

pub(super) fn smulh(h: &mut Hart, i: Insn) {
    let product = i128::from(h.get(i.rn) as i64) * i128::from(h.get(i.rm) as i64);
    h.set(i.rd, (product >> 64) as u64);
}

pub(super) fn umulh(h: &mut Hart, i: Insn) {
    let product = u128::from(h.get(i.rn)) * u128::from(h.get(i.rm));
    h.set(i.rd, (product >> 64) as u64);
}

/// NZCV of four conditions.
fn flags(n: bool, z: bool, c: bool, v: bool) -> Flags {
    Flags::of(u8::from(n) << 3 | u8::from(z) << 2 | u8::from(c) << 1 | u8::from(v))
}

/// AXFLAG: flags of a floating-point comparison in the alternative format.
pub(super) fn axflag(h: &mut Hart) {
    let (z, c, v) = (h.flags.z(), h.flags.c(), h.flags.v());
    h.flags = flags(false, z || v, c && !v, false);
}

/// XAFLAG: the way back.
pub(super) fn xaflag(h: &mut Hart) {
    let (z, c) = (h.flags.z(), h.flags.c());
    h.flags = flags(!c && !z, z && c, c || z, !c && z);
}
