//! Zba, Zbb, Zbs, Zbc (bit manipulation) and Zicond.

use super::i::sign32;

/// The low 32 bits.
pub(super) fn low32(value: u64) -> u64 {
    value as u32 as u64
}

pub(super) fn rol(a: u64, b: u64) -> u64 {
    a.rotate_left(b as u32 & 63)
}

pub(super) fn ror(a: u64, b: u64) -> u64 {
    a.rotate_right(b as u32 & 63)
}

pub(super) fn rolw(a: u64, b: u64) -> u64 {
    sign32((a as u32).rotate_left(b as u32 & 31) as u64)
}

pub(super) fn rorw(a: u64, b: u64) -> u64 {
    sign32((a as u32).rotate_right(b as u32 & 31) as u64)
}

/// All ones in each byte that is not zero.
pub(super) fn orc_b(value: u64) -> u64 {
    u64::from_le_bytes(value.to_le_bytes().map(|byte| if byte == 0 { 0 } else { 0xff }))
}

/// The bit that the low six bits of `b` name.
pub(super) fn bit(b: u64) -> u64 {
    1 << (b & 63)
}

/// The product of polynomials over GF(2), 127 bits.
fn carry_less(a: u64, b: u64) -> u128 {
    (0..64).filter(|i| b >> i & 1 != 0).fold(0, |product, i| product ^ (a as u128) << i)
}

pub(super) fn clmul(a: u64, b: u64) -> u64 {
    carry_less(a, b) as u64
}

pub(super) fn clmulh(a: u64, b: u64) -> u64 {
    (carry_less(a, b) >> 64) as u64
}

pub(super) fn clmulr(a: u64, b: u64) -> u64 {
    (carry_less(a, b) >> 63) as u64
}
