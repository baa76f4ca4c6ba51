//! Estimates and steps of the reciprocal and of the reciprocal square root (Arm ARM, FPRecipEstimate and its kin).

use super::*;

/// Reciprocal of a number in 256 … 511 (times 2^-9), in 256 … 511 (times 2^-8).
fn reciprocal(a: u64) -> u64 {
    ((1 << 19) / (a * 2 + 1)).div_ceil(2)
}

/// Reciprocal square root of a number in 128 … 511 (times 2^-9), in 256 … 511 (times 2^-8).
fn reciprocal_root(a: u64) -> u64 {
    let a = if a < 256 { a * 2 + 1 } else { (a >> 1 << 1) * 2 + 2 };
    let mut b = 512;
    while a * (b + 1) * (b + 1) < 1 << 28 {
        b += 1;
    }
    b.div_ceil(2)
}

/// URECPE.
pub(in super::super) fn unsigned_reciprocal(value: u64) -> u64 {
    if value >> 31 == 0 { 0xffff_ffff } else { reciprocal(value >> 23) << 23 }
}

/// URSQRTE.
pub(in super::super) fn unsigned_reciprocal_root(value: u64) -> u64 {
    if value >> 30 == 0 { 0xffff_ffff } else { reciprocal_root(value >> 23) << 23 }
}

impl Fpu {
    /// FRECPE.
    pub(in super::super) fn reciprocal_estimate(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        let value = self.input(size, value);
        if let Some(nan) = self.nans(size, &[value]) {
            return nan;
        }
        let sign = value & layout.sign();
        if layout.is_infinite(value) {
            return sign;
        }
        if layout.is_zero(value) {
            self.raise(DZC);
            return sign | layout.infinity();
        }
        let magnitude = layout.magnitude(value);
        let bias = (1u64 << (layout.exponent - 1)) - 1;
        // Below 2^(-bias - 1) the reciprocal is too large.
        if magnitude < layout.normal() >> 2 {
            self.raise(OFC | IXC);
            let to_infinity = match self.round() {
                Round::NearestTiesToEven | Round::NearestTiesToAway => true,
                Round::TowardPositive => sign == 0,
                Round::TowardNegative => sign != 0,
                Round::TowardZero => false,
            };
            return sign | if to_infinity { layout.infinity() } else { layout.infinity() - 1 };
        }
        let field = magnitude >> layout.fraction;
        if self.flush() && field >= 2 * bias - 1 {
            self.raise(UFC);
            return sign;
        }
        let mut fraction = (magnitude & (layout.normal() - 1)) << (52 - layout.fraction);
        let mut exponent = field as i64;
        if field == 0 {
            if fraction >> 51 == 0 {
                exponent = -1;
                fraction <<= 2;
            } else {
                fraction <<= 1;
            }
        }
        let scaled = 1 << 8 | fraction >> 44 & 0xff;
        let result_exponent = 2 * bias as i64 - 1 - exponent;
        let estimate = reciprocal(scaled) & 0xff;
        let mut result = estimate << 44;
        let mut result_field = result_exponent;
        if result_exponent == 0 {
            result = 1 << 51 | result >> 1;
        } else if result_exponent == -1 {
            result = 1 << 50 | result >> 2;
            result_field = 0;
        }
        sign | (result_field as u64) << layout.fraction | result >> (52 - layout.fraction)
    }

    /// FRSQRTE.
    pub(in super::super) fn reciprocal_root_estimate(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        let value = self.input(size, value);
        if let Some(nan) = self.nans(size, &[value]) {
            return nan;
        }
        if layout.is_zero(value) {
            self.raise(DZC);
            return value | layout.infinity();
        }
        if value & layout.sign() != 0 {
            return self.invalid(size);
        }
        if layout.is_infinite(value) {
            return 0;
        }
        let bias = (1i64 << (layout.exponent - 1)) - 1;
        let mut fraction = (value & (layout.normal() - 1)) << (52 - layout.fraction);
        let mut exponent = (value >> layout.fraction) as i64;
        if exponent == 0 {
            while fraction >> 51 == 0 {
                fraction <<= 1;
                exponent -= 1;
            }
            fraction <<= 1;
        }
        let fraction = fraction & ((1 << 52) - 1);
        let scaled = if exponent & 1 == 0 { 1 << 8 | fraction >> 44 & 0xff } else { 1 << 7 | fraction >> 45 & 0x7f };
        let result_exponent = (3 * bias - 1 - exponent) / 2;
        let estimate = reciprocal_root(scaled) & 0xff;
        (result_exponent as u64) << layout.fraction | estimate << (layout.fraction - 8)
    }

    /// FRECPX: the reciprocal of the exponent.
    pub(in super::super) fn reciprocal_exponent(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        let value = self.input(size, value);
        if let Some(nan) = self.nans(size, &[value]) {
            return nan;
        }
        let field = value & layout.infinity();
        let exponent = if field == 0 { layout.infinity() - layout.normal() } else { !field & layout.infinity() };
        value & layout.sign() | exponent
    }

    /// FRECPS: 2 - a * b, rounded once.
    pub(in super::super) fn reciprocal_step(&mut self, size: u8, a: u64, b: u64) -> u64 {
        self.step(size, a, b, false)
    }

    /// FRSQRTS: (3 - a * b) / 2, rounded once.
    pub(in super::super) fn reciprocal_root_step(&mut self, size: u8, a: u64, b: u64) -> u64 {
        self.step(size, a, b, true)
    }

    /// Two, or with `halved` three, less the product; then halved. Zero times infinity counts as zero.
    fn step(&mut self, size: u8, a: u64, b: u64, halved: bool) -> u64 {
        let layout = Layout::of(size);
        let (a, b) = (self.input(size, a) ^ layout.sign(), self.input(size, b));
        if let Some(nan) = self.nans(size, &[a, b]) {
            return nan;
        }
        let from = if halved { layout.power(0, true) } else { layout.power(1, false) };
        if layout.is_zero(a) && layout.is_infinite(b) || layout.is_infinite(a) && layout.is_zero(b) {
            return from;
        }
        if layout.is_infinite(a) || layout.is_infinite(b) {
            return (a ^ b) & layout.sign() | layout.infinity();
        }
        // (3 - a * b) / 2 = 1.5 - (a / 2) * b. Halving the larger factor is exact unless both are tiny, and then only
        // the sign of the product matters.
        let (mut large, small) = if layout.magnitude(a) < layout.magnitude(b) { (b, a) } else { (a, b) };
        if halved && layout.magnitude(large) >= 2 * layout.normal() {
            large -= layout.normal();
        }
        compute!(self, size, self.round(), fused(from, large, small))
    }
}
