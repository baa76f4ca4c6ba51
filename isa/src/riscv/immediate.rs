//! Immediates: which bits of an instruction hold which bits of the value.

/// Most pieces that an immediate is cut into (C.J has eight).
const PIECES: usize = 8;

/// A piece of an immediate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// Lowest bit in the instruction.
    insn: u8,
    /// Lowest bit in the value.
    value: u8,
    /// Number of bits.
    width: u8,
}

/// Where an immediate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Immediate {
    pieces: [Piece; PIECES],
    count: u8,
    /// Number of the sign bit; 64 for an unsigned immediate.
    sign: u8,
}

impl Immediate {
    /// An unsigned immediate in the notation of the manual's encoding diagrams: `"31=11:5 11=4:0"` says that from bit 31
    /// of the instruction downwards stand bits 11 to 5 of the value, and from bit 11 downwards bits 4 to 0; `|` joins
    /// ranges that follow one another.
    ///
    /// # Panics
    /// At compile time, when the notation is wrong.
    pub const fn unsigned(notation: &str) -> Immediate {
        let text = notation.as_bytes();
        let mut immediate = Immediate { pieces: [Piece { insn: 0, value: 0, width: 0 }; PIECES], count: 0, sign: 64 };
        let mut i = 0;
        while i < text.len() {
            let mut at;
            (at, i) = number(text, i);
            assert!(i < text.len() && text[i] == b'=', "the place in the instruction ends with =");
            i += 1;
            loop {
                let high;
                (high, i) = number(text, i);
                let mut low = high;
                if i < text.len() && text[i] == b':' {
                    (low, i) = number(text, i + 1);
                }
                let width = high - low + 1;
                immediate.pieces[immediate.count as usize] = Piece { insn: at + 1 - width, value: low, width };
                immediate.count += 1;
                at = at.wrapping_sub(width);
                if i >= text.len() {
                    break;
                }
                i += 1;
                if text[i - 1] == b' ' {
                    break;
                }
                assert!(text[i - 1] == b'|', "ranges are joined by |");
            }
        }
        immediate
    }

    /// The same, signed: the highest bit named is the sign.
    ///
    /// # Panics
    /// At compile time, when the notation is wrong.
    pub const fn signed(notation: &str) -> Immediate {
        let mut immediate = Immediate::unsigned(notation);
        let (mut i, mut top) = (0, 0);
        while i < immediate.count as usize {
            let piece = immediate.pieces[i];
            let high = piece.value + piece.width - 1;
            if high > top {
                top = high;
            }
            i += 1;
        }
        immediate.sign = top;
        immediate
    }

    /// The value that an instruction holds.
    #[inline]
    pub const fn extract(&self, word: u32) -> i64 {
        let (mut value, mut i) = (0u64, 0);
        while i < self.count as usize {
            let piece = self.pieces[i];
            let mask = (1u64 << piece.width) - 1;
            value |= (word as u64 >> piece.insn & mask) << piece.value;
            i += 1;
        }
        if self.sign == 64 {
            return value as i64;
        }
        let unused = 63 - self.sign;
        (value << unused) as i64 >> unused
    }

    /// The bits of an instruction that hold this value; what does not fit is lost.
    pub const fn insert(&self, value: i64) -> u32 {
        let (mut word, mut i) = (0u32, 0);
        while i < self.count as usize {
            let piece = self.pieces[i];
            let mask = (1u64 << piece.width) - 1;
            word |= ((value as u64 >> piece.value & mask) as u32) << piece.insn;
            i += 1;
        }
        word
    }
}

/// Reads a decimal number; gives it and the place behind it.
const fn number(text: &[u8], mut i: usize) -> (u8, usize) {
    let (start, mut n) = (i, 0);
    while i < text.len() && text[i].is_ascii_digit() {
        n = n * 10 + (text[i] - b'0');
        i += 1;
    }
    assert!(i > start, "a bit number was expected");
    (n, i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scattered_immediate_is_gathered_and_scattered_again() {
        const BRANCH: Immediate = Immediate::signed("31=12|10:5 11=4:1|11");
        // beq x0, x0, -4
        let word = 0xfe00_0ee3;
        assert_eq!(BRANCH.extract(word), -4);
        assert_eq!(BRANCH.insert(-4), word & 0xfe00_0f80);
        for value in (-4096..4096).step_by(2) {
            assert_eq!(BRANCH.extract(BRANCH.insert(value)), value);
        }
    }
}
