//! Conversions between formats, and between numbers and integers or fixed-point values.

use super::*;

fn narrowed<F: FloatConvert<T>, T: Float>(value: u64, round: Round) -> StatusAnd<u64> {
    float::<F>(value).convert_r(round, &mut false).map(|f| f.to_bits() as u64)
}

fn converted(from: u8, to: u8, value: u64, round: Round) -> StatusAnd<u64> {
    match (from, to) {
        (1, 2) => narrowed::<Half, Single>(value, round),
        (1, 3) => narrowed::<Half, Double>(value, round),
        (2, 1) => narrowed::<Single, Half>(value, round),
        (2, 3) => narrowed::<Single, Double>(value, round),
        (3, 1) => narrowed::<Double, Half>(value, round),
        (3, 2) => narrowed::<Double, Single>(value, round),
        _ => StatusAnd { status: Status::OK, value },
    }
}

impl Fpu {
    /// FPConvert.
    pub(in super::super) fn convert(&mut self, from: u8, to: u8, value: u64) -> u64 {
        self.convert_rounded(from, to, value, self.round())
    }

    /// FCVTXN: a double to a single, to odd.
    pub(in super::super) fn convert_to_odd(&mut self, value: u64) -> u64 {
        let before = std::mem::take(&mut self.raised);
        let result = self.convert_rounded(3, 2, value, Round::TowardZero);
        let odd = u64::from(self.raised & IXC != 0);
        self.raised |= before;
        result | odd
    }

    fn convert_rounded(&mut self, from: u8, to: u8, value: u64, round: Round) -> u64 {
        let (source, target) = (Layout::of(from), Layout::of(to));
        let value = self.input(from, value);
        let sign = if value & source.sign() != 0 { target.sign() } else { 0 };
        let alternative_source = from == 1 && self.alternative_half();
        let alternative_target = to == 1 && self.alternative_half();
        if alternative_source && value & source.infinity() == source.infinity() {
            // One binade more instead of infinity and NaN: half the number is a normal one.
            let half = converted(from, to, value - source.normal(), round).value;
            return half + target.normal();
        }
        if source.is_nan(value) {
            if alternative_target {
                self.raise(IOC);
                return sign;
            }
            if source.is_signalling(value) {
                self.raise(IOC);
            }
            if self.default_nan() {
                return target.default_nan();
            }
            let payload = value & (source.quiet() - 1);
            let aligned = if target.fraction > source.fraction {
                payload << (target.fraction - source.fraction)
            } else {
                payload >> (source.fraction - target.fraction)
            };
            return sign | target.default_nan() | aligned;
        }
        if alternative_target {
            return self.convert_to_alternative_half(from, value, sign, round);
        }
        let rounded = converted(from, to, value, round);
        self.result(to, rounded, || widen(from, value))
    }

    /// The format without infinity: what is too large saturates and is invalid.
    fn convert_to_alternative_half(&mut self, from: u8, value: u64, sign: u64, round: Round) -> u64 {
        const LARGEST: u64 = 0x7fff;
        let (source, target) = (Layout::of(from), Layout::of(1));
        let magnitude = source.magnitude(value);
        if magnitude < source.power(15, false) {
            let rounded = converted(from, 1, value, round);
            return self.result(1, rounded, || widen(from, value));
        }
        let halved = if source.is_infinite(value) { value } else { value - source.normal() };
        let StatusAnd { value: half, status } = converted(from, 1, halved, round);
        if magnitude >= source.power(17, false) || target.is_infinite(half) || status.contains(Status::OVERFLOW) {
            self.raise(IOC);
            return sign | LARGEST;
        }
        if status.contains(Status::INEXACT) {
            self.raise(IXC);
        }
        half + target.normal()
    }

    /// FPToFixed: to an integer of `bits` bits after a multiplication by 2^`fraction`, saturating.
    pub(in super::super) fn round_to_fixed(
        &mut self,
        size: u8,
        value: u64,
        bits: u32,
        signed: bool,
        fraction: u32,
        round: Round,
    ) -> u64 {
        let layout = Layout::of(size);
        let value = self.input(size, value);
        let (low, high) =
            if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
        let mask = u64::MAX >> (64 - bits);
        if layout.is_nan(value) {
            self.raise(IOC);
            return 0;
        }
        let negative = value & layout.sign() != 0;
        let bias = (1i64 << (layout.exponent - 1)) - 1;
        let field = (layout.magnitude(value) >> layout.fraction) as i64;
        let below = value & (layout.normal() - 1);
        let significand = u128::from(if field == 0 { below } else { below | layout.normal() });
        // |value| * 2^fraction = significand * 2^shift
        let shift = field.max(1) - bias - i64::from(layout.fraction) + i64::from(fraction);
        let (magnitude, rest) = if layout.is_infinite(value) || shift > 66 && significand != 0 {
            (1i128 << 120, 0)
        } else if shift >= 0 {
            ((significand << shift.min(66)) as i128, 0)
        } else {
            // The bits that go, as less than, equal to or more than a half.
            let away = (-shift).min(100) as u32;
            let lost = significand & ((1u128 << away) - 1);
            let half = 1u128 << (away - 1);
            let rest = if lost == 0 { 0 } else { 2 + lost.cmp(&half) as i32 };
            ((significand >> away) as i128, rest)
        };
        let up = match round {
            Round::NearestTiesToEven => rest == 3 || rest == 2 && magnitude & 1 == 1,
            Round::NearestTiesToAway => rest >= 2,
            Round::TowardPositive => rest != 0 && !negative,
            Round::TowardNegative => rest != 0 && negative,
            Round::TowardZero => false,
        };
        let magnitude = magnitude + i128::from(up);
        let exact = if negative { -magnitude } else { magnitude };
        let saturated = exact.clamp(low, high);
        if saturated != exact {
            self.raise(IOC);
        } else if rest != 0 {
            self.raise(IXC);
        }
        saturated as u64 & mask
    }

    /// FixedToFP: an integer divided by 2^`fraction`.
    pub(in super::super) fn convert_fixed(&mut self, size: u8, value: i128, fraction: u32) -> u64 {
        fn scaled<F: Float>(value: i128, fraction: u32, round: Round) -> StatusAnd<u64> {
            F::from_i128_r(value, round).map(|f| bits(f.scalbn(-(fraction as i32))))
        }
        if value == 0 {
            return 0;
        }
        let rounded = match size {
            2 => scaled::<Single>(value, fraction, self.round()),
            _ => scaled::<Double>(value, fraction, self.round()),
        };
        if rounded.status.contains(Status::INEXACT) {
            self.raise(IXC);
        }
        rounded.value
    }
}
