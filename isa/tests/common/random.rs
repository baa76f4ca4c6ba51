//! Deterministic random numbers.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// A value for a register: often an edge of some format.
    pub fn value(&mut self) -> u64 {
        const EDGES: [u64; 24] = [
            0,
            1,
            u64::MAX,
            i64::MIN as u64,
            i64::MAX as u64,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff_8000_0000,
            0xffff_ffff,
            // double: 1, -0, infinities, quiet and signalling NaN, smallest subnormal and normal, largest
            0x3ff0_0000_0000_0000,
            0x7ff0_0000_0000_0000,
            0xfff0_0000_0000_0000,
            0x7ff8_0000_0000_0000,
            0x7ff0_0000_0000_0001,
            0x0010_0000_0000_0000,
            0x7fef_ffff_ffff_ffff,
            // single, NaN-boxed: the same
            0xffff_ffff_3f80_0000,
            0xffff_ffff_7f80_0000,
            0xffff_ffff_ff80_0000,
            0xffff_ffff_7fc0_0000,
            0xffff_ffff_7f80_0001,
            0xffff_ffff_0080_0000,
            0xffff_ffff_0000_0001,
            0xffff_ffff_7f7f_ffff,
        ];
        let random = self.next();
        match self.below(8) {
            0 | 1 => self.pick(&EDGES),
            2 => random & 0xff,
            3 => random as i32 as u64,
            4 => 1 << (random & 63),
            // singles and doubles whose exponents are close enough to meet
            5 => 0xffff_ffff_0000_0000 | (random & 0x807f_ffff) | (118 + (random >> 32) % 20) << 23,
            6 => random & 0x800f_ffff_ffff_ffff | (1013 + (random >> 53) % 20) << 52,
            _ => random,
        }
    }
}
