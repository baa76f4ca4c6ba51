//! RV64 instructions as words, for patchers.

pub const NOP: u32 = 0x13;
pub const T0: u32 = 5;
pub const T1: u32 = 6;
/// Four 2-byte nops, as the compiler leaves them.
pub const FOUR_C_NOPS: u64 = 0x0001_0001_0001_0001;

/// Distance split for auipc and a signed 12-bit offset.
fn split(from: u64, to: u64) -> (u32, u32) {
    let distance = to - from;
    let high = (distance + 0x800) & 0xFFFF_F000;
    (high as u32, (distance - high) as u32 & 0xFFF)
}

/// `auipc rd`, at `from`, the upper part of the way to `to`.
pub fn auipc(rd: u32, from: u64, to: u64) -> u32 {
    split(from, to).0 | (rd << 7u32) | 0x17
}

/// `jalr rd, (base)`, the lower part of that way: `base` holds what the auipc at `from` computed.
pub fn jalr(rd: u32, base: u32, from: u64, to: u64) -> u32 {
    (split(from, to).1 << 20u32) | (base << 15u32) | (rd << 7u32) | 0x67
}

/// `ld rd, offset(base)`.
pub fn ld(rd: u32, base: u32, offset: i64) -> u32 {
    (offset as u32) << 20u32 | base << 15u32 | 3 << 12u32 | rd << 7u32 | 0x03
}

/// `addi rd, rs, value`.
pub fn addi(rd: u32, rs: u32, value: i64) -> u32 {
    (value as u32) << 20u32 | rs << 15u32 | rd << 7u32 | 0x13
}

/// `jalr rd, 0(base)`.
pub fn jump(rd: u32, base: u32) -> u32 {
    base << 15u32 | rd << 7u32 | 0x67
}

/// `jal rd`, at `from`, to `to`.
pub fn jal(rd: u32, from: u64, to: u64) -> u32 {
    let d = (to - from) as u32;
    let sign = (d >> 20u32 & 1) << 31u32;
    sign | (d >> 1u32 & 0x3FF) << 21u32 | (d >> 11u32 & 1) << 20u32 | (d >> 12u32 & 0xFF) << 12u32 | (rd << 7u32) | 0x6F
}

/// Whether one jal at `from` reaches `to`: 1 MiB back, as far but 2 bytes forward.
pub fn jal_reaches(from: u64, to: u64) -> bool {
    to - from + 0x10_0000 < 0x20_0000
}
