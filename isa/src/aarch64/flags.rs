//! Condition flags.

/// N, Z, C and V as numbers of which they follow: a comparison is made more often than it is asked for. Apart from each other, so that
/// nothing has to be shifted together.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Flags {
    /// N: the top bit of it is set.
    negative: u64,
    carry: bool,
    /// Z: it is zero.
    zero: u64,
    overflow: bool,
}

impl Flags {
    /// The flags of NZCV, shifted to bits 3 to 0.
    pub fn of(nzcv: u8) -> Flags {
        Flags {
            negative: u64::from(nzcv) << 60,
            carry: nzcv & 2 != 0,
            zero: u64::from(!nzcv & 4),
            overflow: nzcv & 1 != 0,
        }
    }

    /// NZCV, shifted to bits 3 to 0.
    #[inline(always)]
    pub fn nzcv(self) -> u8 {
        u8::from(self.n()) << 3 | u8::from(self.z()) << 2 | u8::from(self.c()) << 1 | u8::from(self.v())
    }

    /// Flags of a result of 64 bits, or of 32 extended by their sign.
    #[inline(always)]
    pub(super) fn of_result(result: i64, carry: bool, overflow: bool) -> Flags {
        Flags { negative: result as u64, carry, zero: result as u64, overflow }
    }

    /// The result is negative.
    #[inline(always)]
    pub fn n(self) -> bool {
        (self.negative as i64) < 0
    }

    /// The result is zero.
    #[inline(always)]
    pub fn z(self) -> bool {
        self.zero == 0
    }

    /// Carry, or no borrow.
    #[inline(always)]
    pub fn c(self) -> bool {
        self.carry
    }

    /// Signed overflow.
    #[inline(always)]
    pub fn v(self) -> bool {
        self.overflow
    }

    /// ConditionHolds.
    #[inline(always)]
    pub fn hold(self, condition: u8) -> bool {
        let base = match condition >> 1 & 7 {
            0 => self.z(),
            1 => self.c(),
            2 => self.n(),
            3 => self.v(),
            4 => self.c() && !self.z(),
            5 => self.n() == self.v(),
            6 => self.n() == self.v() && !self.z(),
            _ => return true,
        };
        base != (condition & 1 != 0)
    }
}

impl Default for Flags {
    fn default() -> Flags {
        Flags::of(0)
    }
}

impl PartialEq for Flags {
    fn eq(&self, other: &Flags) -> bool {
        self.nzcv() == other.nzcv()
    }
}

impl Eq for Flags {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_after_comparisons_are_those_of_the_numbers() {
        // Of 1 with 2, 2 with 2, and 2 with 1: eq, hs, lo, hi, ls, ge, lt, gt, le.
        let conditions = [0, 2, 3, 8, 9, 10, 11, 12, 13];
        let hold = |nzcv| conditions.map(|condition| Flags::of(nzcv).hold(condition));
        assert_eq!(hold(8), [false, false, true, false, true, false, true, false, true]);
        assert_eq!(hold(6), [true, true, false, false, true, true, false, false, true]);
        assert_eq!(hold(2), [false, true, false, true, false, true, false, true, false]);
    }

    #[test]
    fn flags_survive_the_way_to_nzcv_and_back() {
        for nzcv in 0..16 {
            assert_eq!(Flags::of(nzcv).nzcv(), nzcv);
        }
    }
}
