//! A hash that takes few cycles, for what the machine itself makes: nobody who wishes us ill chooses the keys.

use std::hash::Hasher;

/// Mixes each word into one with a multiplication.
#[derive(Clone, Default)]
pub struct Mix(u64);

impl Mix {
    /// Odd, and 2^64 over the golden ratio: Knuth, The Art of Computer Programming 3, section 6.4.
    pub const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(Mix::FACTOR);
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte as u64);
    }

    fn write_usize(&mut self, size: usize) {
        self.write_u64(size as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}
