//! Floating-point operations on one element, as FPCR asks, with their flags in FPSR (Arm ARM, shared pseudocode FP*).
//!
//! `rustc_apfloat` rounds; what Arm decides for itself stands here: which NaN comes out, flushing of subnormals,
//! underflow detected before rounding, default NaNs, the alternative half precision, saturating conversions, estimates.
//! Sizes are log2 of the bytes: 1 half (conversions only), 2 single, 3 double.

/// Rounds an operation in the format of a size and raises its flags.
macro_rules! compute {
    ($fpu:expr, $size:expr, $round:expr, $operation:ident($($operand:expr),*)) => {{
        let (size, round) = ($size, $round);
        let rounded = match size {
            2 => $operation::<Single>($(float($operand)),*, round).map(bits),
            _ => $operation::<Double>($(float($operand)),*, round).map(bits),
        };
        $fpu.result(size, rounded, || $operation::<Quad>($(widen(size, $operand)),*, Round::TowardZero).value)
    }};
}

mod convert;
mod estimate;

pub(super) use estimate::{unsigned_reciprocal, unsigned_reciprocal_root};

use rustc_apfloat::ieee::{Double, Half, Quad, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};

use super::regs::Hart;

/// FPSR: invalid operation.
const IOC: u32 = 1;
/// FPSR: division by zero.
const DZC: u32 = 1 << 1;
/// FPSR: overflow.
const OFC: u32 = 1 << 2;
/// FPSR: underflow.
const UFC: u32 = 1 << 3;
/// FPSR: inexact.
const IXC: u32 = 1 << 4;
/// FPSR: a subnormal input was flushed.
const IDC: u32 = 1 << 7;
/// FPSR: an integer operation saturated.
pub(super) const QC: u32 = 1 << 27;

/// Rounding modes as instructions and FPCR.RMode encode them; 4 is to nearest, ties away from zero.
pub(super) const ROUNDS: [Round; 5] = [
    Round::NearestTiesToEven,
    Round::TowardPositive,
    Round::TowardNegative,
    Round::TowardZero,
    Round::NearestTiesToAway,
];

/// Where the parts of a format stand.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) fraction: u32,
    pub(super) exponent: u32,
}

impl Layout {
    pub(super) const fn of(size: u8) -> Layout {
        match size {
            1 => Layout { fraction: 10, exponent: 5 },
            2 => Layout { fraction: 23, exponent: 8 },
            _ => Layout { fraction: 52, exponent: 11 },
        }
    }

    pub(super) const fn sign(self) -> u64 {
        1 << (self.fraction + self.exponent)
    }

    pub(super) const fn infinity(self) -> u64 {
        ((1 << self.exponent) - 1) << self.fraction
    }

    const fn quiet(self) -> u64 {
        1 << (self.fraction - 1)
    }

    const fn default_nan(self) -> u64 {
        self.infinity() | self.quiet()
    }

    /// The smallest normal number, which is also the unit of the exponent.
    const fn normal(self) -> u64 {
        1 << self.fraction
    }

    const fn magnitude(self, value: u64) -> u64 {
        value & (self.sign() - 1)
    }

    pub(super) const fn is_nan(self, value: u64) -> bool {
        self.magnitude(value) > self.infinity()
    }

    const fn is_signalling(self, value: u64) -> bool {
        self.is_nan(value) && value & self.quiet() == 0
    }

    const fn is_infinite(self, value: u64) -> bool {
        self.magnitude(value) == self.infinity()
    }

    const fn is_zero(self, value: u64) -> bool {
        self.magnitude(value) == 0
    }

    /// The bits of 1.5, 2 and their like: 1.0 times a power of two, with the fraction's top bit.
    pub(super) const fn power(self, exponent: i64, half_more: bool) -> u64 {
        let bias = (1 << (self.exponent - 1)) - 1;
        ((bias + exponent) as u64) << self.fraction | if half_more { self.quiet() } else { 0 }
    }
}

/// FPCR, and the flags that have been raised.
pub(super) struct Fpu {
    fpcr: u32,
    raised: u32,
}

fn float<F: Float>(bits: u64) -> F {
    F::from_bits(u128::from(bits))
}

fn bits<F: Float>(value: F) -> u64 {
    value.to_bits() as u64
}

/// The same number in a format that holds every other.
fn widen(size: u8, bits: u64) -> Quad {
    match size {
        1 => float::<Half>(bits).convert(&mut false).value,
        2 => float::<Single>(bits).convert(&mut false).value,
        _ => float::<Double>(bits).convert(&mut false).value,
    }
}

fn sum<F: Float>(a: F, b: F, round: Round) -> StatusAnd<F> {
    a.add_r(b, round)
}

fn product<F: Float>(a: F, b: F, round: Round) -> StatusAnd<F> {
    a.mul_r(b, round)
}

fn quotient<F: Float>(a: F, b: F, round: Round) -> StatusAnd<F> {
    a.div_r(b, round)
}

fn fused<F: Float>(addend: F, a: F, b: F, round: Round) -> StatusAnd<F> {
    a.mul_add_r(b, addend, round)
}

impl Fpu {
    /// With the control bits of this hart.
    pub(super) fn new(h: &Hart) -> Fpu {
        Fpu { fpcr: h.fpcr, raised: 0 }
    }

    /// Gives the flags to the hart.
    pub(super) fn finish(self, h: &mut Hart) {
        h.fpsr |= self.raised;
    }

    fn default_nan(&self) -> bool {
        self.fpcr >> 25 & 1 == 1
    }

    fn flush(&self) -> bool {
        self.fpcr >> 24 & 1 == 1
    }

    fn alternative_half(&self) -> bool {
        self.fpcr >> 26 & 1 == 1
    }

    /// The rounding mode of FPCR.
    pub(super) fn round(&self) -> Round {
        ROUNDS[(self.fpcr >> 22 & 3) as usize]
    }

    fn raise(&mut self, flags: u32) {
        self.raised |= flags;
    }

    /// An operand: a subnormal becomes zero when FPCR.FZ asks for it.
    fn input(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        let magnitude = layout.magnitude(value);
        if size != 1 && self.flush() && magnitude != 0 && magnitude < layout.normal() {
            self.raise(IDC);
            return value & layout.sign();
        }
        value
    }

    /// FPProcessNaN: the NaN that comes out for this one.
    fn nan(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        if layout.is_signalling(value) {
            self.raise(IOC);
        }
        if self.default_nan() { layout.default_nan() } else { value | layout.quiet() }
    }

    /// FPProcessNaNs: signalling ones first, in the order of the operands.
    fn nans(&mut self, size: u8, operands: &[u64]) -> Option<u64> {
        let layout = Layout::of(size);
        let signalling = operands.iter().find(|&&x| layout.is_signalling(x));
        let chosen = signalling.or_else(|| operands.iter().find(|&&x| layout.is_nan(x)))?;
        Some(self.nan(size, *chosen))
    }

    fn invalid(&mut self, size: u8) -> u64 {
        self.raise(IOC);
        Layout::of(size).default_nan()
    }

    /// Raises the flags of a rounded result. `exact` gives the result in a format so wide that comparing it with the ends
    /// of the range tells the truth: Arm detects underflow before rounding, and overflow also when rounding toward zero
    /// ends at the largest number, neither of which the library reports.
    fn result(&mut self, size: u8, rounded: StatusAnd<u64>, exact: impl FnOnce() -> Quad) -> u64 {
        let layout = Layout::of(size);
        let StatusAnd { status, value } = rounded;
        if status.contains(Status::INVALID_OP) {
            return self.invalid(size);
        }
        let magnitude = layout.magnitude(value);
        let inexact = status.contains(Status::INEXACT);
        let power = |exponent: i64| Quad::from_u128(1).value.scalbn(exponent as i32);
        let bias = (1i64 << (layout.exponent - 1)) - 1;
        let mut tiny = status.contains(Status::UNDERFLOW) || magnitude != 0 && magnitude < layout.normal();
        let mut overflow = status.contains(Status::OVERFLOW);
        if inexact && magnitude == layout.normal() {
            tiny = exact().abs() < power(1 - bias);
        } else if inexact && magnitude == layout.infinity() - 1 {
            overflow = exact().abs() >= power(bias + 1);
        }
        if tiny && size != 1 && self.flush() {
            self.raise(UFC);
            return value & layout.sign();
        }
        let divided = status.contains(Status::DIV_BY_ZERO);
        for (raised, flag) in [(divided, DZC), (overflow, OFC), (inexact, IXC), (tiny && inexact, UFC)] {
            if raised {
                self.raise(flag);
            }
        }
        value
    }

    /// Operands, or the NaN that comes out.
    fn operands(&mut self, size: u8, a: u64, b: u64) -> Result<(u64, u64), u64> {
        let (a, b) = (self.input(size, a), self.input(size, b));
        match self.nans(size, &[a, b]) {
            Some(nan) => Err(nan),
            None => Ok((a, b)),
        }
    }

    pub(super) fn add(&mut self, size: u8, a: u64, b: u64) -> u64 {
        match self.operands(size, a, b) {
            Ok((a, b)) => compute!(self, size, self.round(), sum(a, b)),
            Err(nan) => nan,
        }
    }

    /// The sign of `b` is changed after NaNs have been looked at.
    pub(super) fn sub(&mut self, size: u8, a: u64, b: u64) -> u64 {
        let sign = Layout::of(size).sign();
        match self.operands(size, a, b) {
            Ok((a, b)) => compute!(self, size, self.round(), sum(a, b ^ sign)),
            Err(nan) => nan,
        }
    }

    pub(super) fn mul(&mut self, size: u8, a: u64, b: u64) -> u64 {
        match self.operands(size, a, b) {
            Ok((a, b)) => compute!(self, size, self.round(), product(a, b)),
            Err(nan) => nan,
        }
    }

    pub(super) fn div(&mut self, size: u8, a: u64, b: u64) -> u64 {
        match self.operands(size, a, b) {
            Ok((a, b)) => compute!(self, size, self.round(), quotient(a, b)),
            Err(nan) => nan,
        }
    }

    /// FMULX: zero times infinity is two.
    pub(super) fn mul_extended(&mut self, size: u8, a: u64, b: u64) -> u64 {
        let layout = Layout::of(size);
        let (x, y) = (self.input(size, a), self.input(size, b));
        if layout.is_zero(x) && layout.is_infinite(y) || layout.is_infinite(x) && layout.is_zero(y) {
            return (x ^ y) & layout.sign() | layout.power(1, false);
        }
        self.mul(size, a, b)
    }

    /// FPMulAdd: addend + a * b, rounded once.
    pub(super) fn mul_add(&mut self, size: u8, addend: u64, a: u64, b: u64) -> u64 {
        let layout = Layout::of(size);
        let (addend, a, b) = (self.input(size, addend), self.input(size, a), self.input(size, b));
        let nothing = layout.is_zero(a) && layout.is_infinite(b) || layout.is_infinite(a) && layout.is_zero(b);
        let nan = self.nans(size, &[addend, a, b]);
        if nothing && layout.is_nan(addend) && !layout.is_signalling(addend) {
            return self.invalid(size);
        }
        if let Some(nan) = nan {
            return nan;
        }
        compute!(self, size, self.round(), fused(addend, a, b))
    }

    /// FMAX and FMIN: NaNs come out, and minus zero is less than zero.
    pub(super) fn extreme(&mut self, size: u8, a: u64, b: u64, largest: bool) -> u64 {
        let (a, b) = (self.input(size, a), self.input(size, b));
        if let Some(nan) = self.nans(size, &[a, b]) {
            return nan;
        }
        if (ordered(size, a) > ordered(size, b)) == largest { a } else { b }
    }

    /// FMAXNM and FMINNM: a quiet NaN gives way to a number.
    pub(super) fn extreme_number(&mut self, size: u8, a: u64, b: u64, largest: bool) -> u64 {
        let layout = Layout::of(size);
        let quiet = |x| layout.is_nan(x) && !layout.is_signalling(x);
        let worst = layout.infinity() | if largest { layout.sign() } else { 0 };
        match (quiet(a), quiet(b)) {
            (true, false) => self.extreme(size, worst, b, largest),
            (false, true) => self.extreme(size, a, worst, largest),
            _ => self.extreme(size, a, b, largest),
        }
    }

    /// FPCompare: NZCV.
    pub(super) fn compare(&mut self, size: u8, a: u64, b: u64, signal_quiet: bool) -> u8 {
        let layout = Layout::of(size);
        let (a, b) = (self.input(size, a), self.input(size, b));
        if layout.is_nan(a) || layout.is_nan(b) {
            if signal_quiet || layout.is_signalling(a) || layout.is_signalling(b) {
                self.raise(IOC);
            }
            return 0b0011;
        }
        match number(size, a).cmp(&number(size, b)) {
            std::cmp::Ordering::Less => 0b1000,
            std::cmp::Ordering::Equal => 0b0110,
            std::cmp::Ordering::Greater => 0b0010,
        }
    }

    /// Vector comparison `a > b`, `a >= b`, `a == b`; false for NaNs.
    pub(super) fn holds(&mut self, size: u8, a: u64, b: u64, relation: Relation) -> bool {
        let flags = self.compare(size, a, b, relation != Relation::Equal);
        match relation {
            Relation::Greater => flags == 0b0010,
            Relation::GreaterEqual => matches!(flags, 0b0010 | 0b0110),
            Relation::Equal => flags == 0b0110,
        }
    }

    /// FACGE and FACGT.
    pub(super) fn holds_in_magnitude(&mut self, size: u8, a: u64, b: u64, relation: Relation) -> bool {
        let layout = Layout::of(size);
        self.holds(size, layout.magnitude(a), layout.magnitude(b), relation)
    }

    pub(super) fn sqrt(&mut self, size: u8, value: u64) -> u64 {
        let layout = Layout::of(size);
        let value = self.input(size, value);
        if let Some(nan) = self.nans(size, &[value]) {
            return nan;
        }
        if layout.is_zero(value) {
            return value;
        }
        if value & layout.sign() != 0 {
            return self.invalid(size);
        }
        if layout.is_infinite(value) {
            return value;
        }
        let (root, inexact) = square_root(layout, value, self.round());
        if inexact {
            self.raise(IXC);
        }
        root
    }

    /// FPRoundInt; `exact` raises inexact (FRINTX).
    pub(super) fn round_to_integral(&mut self, size: u8, value: u64, round: Round, exact: bool) -> u64 {
        let value = self.input(size, value);
        if let Some(nan) = self.nans(size, &[value]) {
            return nan;
        }
        if Layout::of(size).is_infinite(value) {
            return value;
        }
        let rounded = match size {
            2 => bits(float::<Single>(value).round_to_integral(round).value),
            _ => bits(float::<Double>(value).round_to_integral(round).value),
        };
        if exact && rounded != value {
            self.raise(IXC);
        }
        rounded
    }
}

/// A comparison of vector elements.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Greater,
    GreaterEqual,
    Equal,
}

/// A number in an order that tells minus zero from zero.
fn ordered(size: u8, value: u64) -> i64 {
    let layout = Layout::of(size);
    let magnitude = layout.magnitude(value) as i64;
    if value & layout.sign() != 0 { -1 - magnitude } else { magnitude }
}

/// A number in the order of values.
fn number(size: u8, value: u64) -> i64 {
    let layout = Layout::of(size);
    let magnitude = layout.magnitude(value) as i64;
    if value & layout.sign() != 0 { -magnitude } else { magnitude }
}

/// Square root of a positive finite number, and whether it was rounded.
fn square_root(layout: Layout, value: u64, round: Round) -> (u64, bool) {
    let bias = (1i64 << (layout.exponent - 1)) - 1;
    let field = (value >> layout.fraction) as i64;
    let fraction = value & (layout.normal() - 1);
    let (mut significand, mut exponent) =
        if field == 0 { (fraction, 1 - bias) } else { (fraction | layout.normal(), field - bias) };
    while significand < layout.normal() {
        significand <<= 1;
        exponent -= 1;
    }
    // value = significand * 2^(exponent - fraction); the root gets two bits more than the fraction.
    let odd = exponent & 1;
    let scaled = u128::from(significand) << (layout.fraction + 4 + odd as u32);
    let root = scaled.isqrt();
    let sticky = root * root != scaled;
    let (kept, rest) = ((root >> 2) as u64, (root & 3) as u64 * 2 + u64::from(sticky));
    let up = match round {
        Round::NearestTiesToEven => rest > 4 || rest == 4 && kept & 1 == 1,
        Round::NearestTiesToAway => rest >= 4,
        Round::TowardPositive => rest != 0,
        Round::TowardNegative | Round::TowardZero => false,
    };
    let result_exponent = ((exponent - odd) / 2 + bias - 1) as u64;
    ((result_exponent << layout.fraction) + kept + u64::from(up), rest != 0)
}
