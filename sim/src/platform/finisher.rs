//! SiFive test finisher: the guest ends the run by one store. Source: QEMU `hw/misc/sifive_test.c` (behaviour) and the
//! device tree binding `sifive,test0`.

use super::Effect;

/// Bytes of address space.
pub const SIZE: u64 = 0x1000;
/// The run ends; the upper halfword is the exit code.
pub const FAIL: u16 = 0x3333;
/// The run ends with success.
pub const PASS: u16 = 0x5555;
/// The machine resets.
pub const RESET: u16 = 0x7777;

/// What a store of at least two bytes to this offset asks for; `None` for values without meaning.
pub fn written(offset: u64, value: u32) -> Option<Effect> {
    if offset != 0 {
        return None;
    }
    match value as u16 {
        PASS => Some(Effect::Shutdown { code: 0 }),
        FAIL => Some(Effect::Shutdown { code: value >> 16 }),
        RESET => Some(Effect::Reset),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_halfword_decides_and_the_upper_one_is_the_code_of_a_failure() {
        assert_eq!(written(0, 0x5555), Some(Effect::Shutdown { code: 0 }));
        assert_eq!(written(0, 7 << 16 | 0x3333), Some(Effect::Shutdown { code: 7 }));
        assert_eq!(written(0, 0x7777), Some(Effect::Reset));
        assert_eq!((written(0, 0x1234), written(4, 0x5555)), (None, None));
    }
}
