//! Encodings drawn as bits, as the manuals draw them, and checked at compile time.
//!
//! `0` and `1` are fixed bits, `.` is a bit that an operand covers, `-` is a bit that the instruction ignores; spaces
//! are for the reader.

/// The fixed bits of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Which bits are fixed.
    pub mask: u32,
    /// Their values.
    pub bits: u32,
    /// Bits that are ignored (drawn as `-`).
    pub ignored: u32,
}

impl Pattern {
    /// Reads a drawing of `width` bits (16 or 32).
    ///
    /// # Panics
    /// At compile time, when the drawing has another number of bits or another character.
    pub const fn parse(drawing: &str, width: u32) -> Pattern {
        let text = drawing.as_bytes();
        let (mut mask, mut bits, mut ignored, mut seen) = (0u32, 0u32, 0u32, 0u32);
        let mut i = 0;
        while i < text.len() {
            let c = text[i];
            i += 1;
            if c == b' ' {
                continue;
            }
            assert!(seen < width, "the pattern has too many bits");
            let bit = 1u32 << (width - 1 - seen);
            seen += 1;
            match c {
                b'0' => mask |= bit,
                b'1' => {
                    mask |= bit;
                    bits |= bit;
                }
                b'-' => ignored |= bit,
                b'.' => {}
                _ => panic!("a pattern is made of 0, 1, . and -"),
            }
        }
        assert!(seen == width, "the pattern has too few bits");
        Pattern { mask, bits, ignored }
    }

    /// True when the word has the fixed bits of this pattern.
    pub const fn matches(&self, word: u32) -> bool {
        word & self.mask == self.bits
    }

    /// True when some word matches both patterns.
    pub const fn overlaps(&self, other: &Pattern) -> bool {
        let common = self.mask & other.mask;
        self.bits & common == other.bits & common
    }

    /// True when every word that matches `self` also matches `other`: a special case of it, to be tried first.
    pub const fn refines(&self, other: &Pattern) -> bool {
        self.mask & other.mask == other.mask && self.bits & other.mask == other.bits && self.mask != other.mask
    }
}

/// Proves at compile time that no two rows of a table claim one word, unless the earlier row is a special case of the
/// later one.
///
/// # Panics
/// At compile time, when two patterns overlap.
pub const fn assert_disjoint(table: &[Pattern]) {
    let mut i = 0;
    while i < table.len() {
        let mut j = i + 1;
        while j < table.len() {
            if table[i].overlaps(&table[j]) && !table[i].refines(&table[j]) {
                panic!("two patterns overlap");
            }
            j += 1;
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_gives_mask_and_bits() {
        let p = Pattern::parse("............ ..... 000 ..... 1100111", 32);
        assert_eq!((p.mask, p.bits), (0x707f, 0x67));
        assert!(p.matches(0x0002_82e7) && !p.matches(0x0000_0013));
    }

    #[test]
    fn overlap_is_seen_and_a_special_case_is_told_apart() {
        let general = Pattern::parse("........ .... 0001", 16);
        let special = Pattern::parse("........ 0000 0001", 16);
        assert!(general.overlaps(&special));
        assert!(special.refines(&general) && !general.refines(&special));
    }
}
