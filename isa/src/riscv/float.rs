//! Floating-point arithmetic of F and D on bit patterns, with the rounding modes and flags of IEEE 754-2019.
//!
//! The arithmetic is `rustc_apfloat`'s; square root, the canonical NaN and the flags of NaN operands are this module's.
//! Two flags of the crate need help. It reports underflow when the result as rounded to the subnormal grid is subnormal;
//! RISC-V detects tininess *after rounding* to full precision with unbounded exponent. And it reports no overflow when
//! the largest finite number stands for more than that. Where that can make a difference (a result that is exactly the
//! smallest normal or the largest finite number) the operation is made again in a format of the same precision and a
//! wider exponent, whose exponent tells.

use rustc_apfloat::ieee::{DoubleS, IeeeFloat, Semantics, SingleS};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};

/// Inexact.
pub const NX: u64 = 1;
/// Underflow.
pub const UF: u64 = 2;
/// Overflow.
pub const OF: u64 = 4;
/// Division by zero.
pub const DZ: u64 = 8;
/// Invalid operation.
pub const NV: u64 = 16;

/// A result and the flags that it raises.
pub(super) type Flagged = (u64, u64);

/// A floating-point format in 64-bit registers.
pub(super) trait Format: 'static {
    /// The format.
    type S: Semantics;
    /// The same precision with a wider exponent.
    type Wide: Semantics;
    /// Number of bits.
    const BITS: u32;
    /// Precision: bits of the significand with the leading one.
    const PRECISION: u32;
    /// The quiet NaN that every operation gives.
    const NAN: u64;

    /// The value in a register; what is not boxed as it must be is the canonical NaN.
    fn unbox(register: u64) -> u64;
    /// The register that holds a value.
    fn boxed(bits: u64) -> u64;
}

/// Single precision.
pub(super) struct Single;
/// Double precision.
pub(super) struct Double;

/// Single precision with an exponent of 15 bits.
pub(super) struct WideSingle;
/// Double precision with an exponent of 15 bits.
pub(super) struct WideDouble;

impl Semantics for WideSingle {
    const BITS: usize = 1 + 15 + 23;
    const EXP_BITS: usize = 15;
}

impl Semantics for WideDouble {
    const BITS: usize = 1 + 15 + 52;
    const EXP_BITS: usize = 15;
}

impl Format for Single {
    type S = SingleS;
    type Wide = WideSingle;
    const BITS: u32 = 32;
    const PRECISION: u32 = 24;
    const NAN: u64 = 0x7fc0_0000;

    fn unbox(register: u64) -> u64 {
        if register >> 32 == 0xffff_ffff { register & 0xffff_ffff } else { Self::NAN }
    }

    fn boxed(bits: u64) -> u64 {
        bits | 0xffff_ffff << 32
    }
}

impl Format for Double {
    type S = DoubleS;
    type Wide = WideDouble;
    const BITS: u32 = 64;
    const PRECISION: u32 = 53;
    const NAN: u64 = 0x7ff8_0000_0000_0000;

    fn unbox(register: u64) -> u64 {
        register
    }

    fn boxed(bits: u64) -> u64 {
        bits
    }
}

/// A number of format `F`.
type Number<F> = IeeeFloat<<F as Format>::S>;

fn number<F: Format>(bits: u64) -> Number<F> {
    Number::<F>::from_bits(bits as u128)
}

/// The sign bit of a format.
pub(super) const fn sign<F: Format>() -> u64 {
    1 << (F::BITS - 1)
}

/// Bits of the exponent field, in place: those of infinity.
const fn infinity<F: Format>() -> u64 {
    sign::<F>() - (1 << (F::PRECISION - 1))
}

fn is_nan<F: Format>(bits: u64) -> bool {
    bits & (sign::<F>() - 1) > infinity::<F>()
}

fn is_signaling<F: Format>(bits: u64) -> bool {
    is_nan::<F>(bits) && bits >> (F::PRECISION - 2) & 1 == 0
}

/// The rounding mode with this number of frm.
pub(super) fn rounding(mode: u8) -> Option<Round> {
    match mode {
        0 => Some(Round::NearestTiesToEven),
        1 => Some(Round::TowardZero),
        2 => Some(Round::TowardNegative),
        3 => Some(Round::TowardPositive),
        4 => Some(Round::NearestTiesToAway),
        _ => None,
    }
}

fn flags(status: Status) -> u64 {
    [
        (Status::INEXACT, NX),
        (Status::UNDERFLOW, UF),
        (Status::OVERFLOW, OF),
        (Status::DIV_BY_ZERO, DZ),
        (Status::INVALID_OP, NV),
    ]
    .iter()
    .filter(|(bit, _)| status.contains(*bit))
    .fold(0, |flags, (_, flag)| flags | flag)
}

/// Bits and flags of a result, NaNs made canonical. `wide` makes the operation again with a wider exponent.
fn finish<F: Format>(result: StatusAnd<Number<F>>, wide: impl Fn() -> IeeeFloat<F::Wide>) -> Flagged {
    let StatusAnd { status, value } = result;
    let mut flags = flags(status);
    if value.is_nan() {
        return (F::NAN, flags);
    }
    if flags & NX != 0 && value.is_smallest_normalized() && wide().ilogb() < <F::S as Semantics>::MIN_EXP {
        flags |= UF;
    } else if flags & NX != 0 && value.is_largest() && wide().ilogb() > <F::S as Semantics>::MAX_EXP {
        flags |= OF;
    }
    (value.to_bits() as u64, flags)
}

/// Operations that round once.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    /// a + b.
    Add,
    /// a - b.
    Subtract,
    /// a * b.
    Multiply,
    /// a / b.
    Divide,
    /// a * b + c.
    MultiplyAdd,
}

fn apply<S: Semantics>(operation: Operation, [a, b, c]: [IeeeFloat<S>; 3], round: Round) -> StatusAnd<IeeeFloat<S>> {
    match operation {
        Operation::Add => a.add_r(b, round),
        Operation::Subtract => a.sub_r(b, round),
        Operation::Multiply => a.mul_r(b, round),
        Operation::Divide => a.div_r(b, round),
        Operation::MultiplyAdd => a.mul_add_r(b, c, round),
    }
}

/// Makes the operation on values of format `F`; an operand that it does not have is zero.
pub(super) fn arithmetic<F: Format>(operation: Operation, operands: [u64; 3], round: Round) -> Flagged {
    let numbers = operands.map(number::<F>);
    let (bits, flags) = finish::<F>(apply(operation, numbers, round), || {
        let mut inexact = false;
        apply(operation, numbers.map(|n| n.convert(&mut inexact).value), round).value
    });
    let signaling = operands.iter().any(|&operand| is_signaling::<F>(operand));
    (bits, if signaling { flags | NV } else { flags })
}

/// Square root. The significand's root is an integer square root with a sticky bit, rounded once.
pub(super) fn square_root<F: Format>(bits: u64, round: Round) -> Flagged {
    let value = number::<F>(bits);
    if is_nan::<F>(bits) {
        return (F::NAN, if is_signaling::<F>(bits) { NV } else { 0 });
    }
    if value.is_zero() || value.is_pos_infinity() {
        return (bits, 0);
    }
    if value.is_negative() {
        return (F::NAN, NV);
    }
    // value = significand * 2^exponent, with an even exponent and about 2 * PRECISION + 4 bits.
    let fraction_bits = F::PRECISION - 1;
    let field = bits >> fraction_bits;
    let fraction = bits & ((1 << fraction_bits) - 1);
    let (mut significand, mut exponent) = match field {
        0 => (fraction as u128, <F::S as Semantics>::MIN_EXP - fraction_bits as i32),
        _ => {
            let exponent = field as i32 - 1 + <F::S as Semantics>::MIN_EXP - fraction_bits as i32;
            ((fraction | 1 << fraction_bits) as u128, exponent)
        }
    };
    let mut shift = significand.leading_zeros() as i32 - (128 - 2 * F::PRECISION as i32 - 6);
    shift += (exponent - shift) & 1;
    significand <<= shift;
    exponent -= shift;
    let root = significand.isqrt();
    let sticky = (root * root != significand) as u128;
    let rounded = Number::<F>::from_u128_r(root << 1 | sticky, round);
    (rounded.value.scalbn(exponent / 2 - 1).to_bits() as u64, flags(rounded.status))
}

/// From one format to another.
pub(super) fn convert<From: Format, To: Format>(bits: u64, round: Round) -> Flagged
where
    Number<From>: FloatConvert<Number<To>> + FloatConvert<IeeeFloat<To::Wide>>,
{
    if is_nan::<From>(bits) {
        return (To::NAN, if is_signaling::<From>(bits) { NV } else { 0 });
    }
    let value = number::<From>(bits);
    let mut inexact = false;
    let result: StatusAnd<Number<To>> = value.convert_r(round, &mut inexact);
    finish::<To>(result, || value.convert_r(round, &mut false).value)
}

/// To an integer of `width` bits, sign-extended to a register; what does not fit becomes the nearest that does.
pub(super) fn to_integer<F: Format>(bits: u64, width: usize, signed: bool, round: Round) -> Flagged {
    let value = number::<F>(bits);
    let mut exact = false;
    let (result, status) = if is_nan::<F>(bits) {
        let largest = u64::MAX >> (64 - width) >> signed as u32;
        (largest, Status::INVALID_OP)
    } else if signed {
        let StatusAnd { status, value } = value.to_i128_r(width, round, &mut exact);
        (value as u64, status)
    } else {
        let StatusAnd { status, value } = value.to_u128_r(width, round, &mut exact);
        (value as u64, status)
    };
    (if width == 32 { result as i32 as u64 } else { result }, flags(status))
}

/// From an integer.
pub(super) fn from_integer<F: Format>(value: i128, round: Round) -> Flagged {
    let StatusAnd { status, value } = Number::<F>::from_i128_r(value, round);
    (value.to_bits() as u64, flags(status))
}

/// How two values compare. A quiet comparison is invalid only for signaling NaNs, another one for every NaN.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// a == b, quietly.
    Equal,
    /// a < b.
    Less,
    /// a <= b.
    LessOrEqual,
    /// a < b, quietly.
    QuietLess,
    /// a <= b, quietly.
    QuietLessOrEqual,
}

/// Compares: 1 or 0, which it is with NaNs.
pub(super) fn compare<F: Format>(comparison: Comparison, a: u64, b: u64) -> Flagged {
    if is_nan::<F>(a) || is_nan::<F>(b) {
        let quiet = !matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
        let invalid = !quiet || is_signaling::<F>(a) || is_signaling::<F>(b);
        return (0, if invalid { NV } else { 0 });
    }
    let zeroes = (a | b) & (sign::<F>() - 1) == 0;
    let (a, b) = if zeroes { (0, 0) } else { (order::<F>(a), order::<F>(b)) };
    let holds = match comparison {
        Comparison::Equal => a == b,
        Comparison::Less | Comparison::QuietLess => a < b,
        Comparison::LessOrEqual | Comparison::QuietLessOrEqual => a <= b,
    };
    (holds as u64, 0)
}

/// The place of a number on the line of all: -0 is -1, +0 is 0.
fn order<F: Format>(bits: u64) -> i64 {
    let magnitude = (bits & (sign::<F>() - 1)) as i64;
    if bits & sign::<F>() != 0 { -1 - magnitude } else { magnitude }
}

/// Minimum and maximum, where -0 is less than +0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extreme {
    /// The lesser; of a NaN and a number the number.
    Minimum,
    /// The greater; of a NaN and a number the number.
    Maximum,
    /// The lesser, or NaN if one is.
    MinimumOrNan,
    /// The greater, or NaN if one is.
    MaximumOrNan,
}

/// Minimum or maximum. Two NaNs give the canonical one.
pub(super) fn extreme<F: Format>(extreme: Extreme, a: u64, b: u64) -> Flagged {
    let flags = if is_signaling::<F>(a) || is_signaling::<F>(b) { NV } else { 0 };
    let maximum = matches!(extreme, Extreme::Maximum | Extreme::MaximumOrNan);
    let propagate = matches!(extreme, Extreme::MinimumOrNan | Extreme::MaximumOrNan);
    let value = match (is_nan::<F>(a), is_nan::<F>(b)) {
        (false, false) if (order::<F>(a) < order::<F>(b)) != maximum => a,
        (false, false) => b,
        (true, false) if !propagate => b,
        (false, true) if !propagate => a,
        _ => F::NAN,
    };
    (value, flags)
}

/// FCLASS: one bit of ten.
pub(super) fn classify<F: Format>(bits: u64) -> u64 {
    let value = number::<F>(bits);
    let bit = match (is_nan::<F>(bits), value.is_negative()) {
        (true, _) => 8 + !is_signaling::<F>(bits) as u32,
        (false, true) if value.is_infinite() => 0,
        (false, true) if value.is_zero() => 3,
        (false, true) => 1 + value.is_denormal() as u32,
        (false, false) if value.is_infinite() => 7,
        (false, false) if value.is_zero() => 4,
        (false, false) => 6 - value.is_denormal() as u32,
    };
    1 << bit
}

/// Rounds to an integer in the same format; `exact` raises the inexact flag.
pub(super) fn to_integral<F: Format>(bits: u64, round: Round, exact: bool) -> Flagged {
    if is_nan::<F>(bits) {
        return (F::NAN, if is_signaling::<F>(bits) { NV } else { 0 });
    }
    let StatusAnd { status, value } = number::<F>(bits).round_to_integral(round);
    (value.to_bits() as u64, if exact { flags(status) & NX } else { 0 })
}

/// The constants of FLI, as doubles; number 1, the smallest normal of the format, and 31, the NaN, depend on it.
const CONSTANTS: [f64; 32] = [
    -1.0,
    0.0,
    1.0 / 65536.0,
    1.0 / 32768.0,
    1.0 / 256.0,
    1.0 / 128.0,
    0.0625,
    0.125,
    0.25,
    0.3125,
    0.375,
    0.4375,
    0.5,
    0.625,
    0.75,
    0.875,
    1.0,
    1.25,
    1.5,
    1.75,
    2.0,
    2.5,
    3.0,
    4.0,
    8.0,
    16.0,
    128.0,
    256.0,
    32768.0,
    65536.0,
    f64::INFINITY,
    f64::NAN,
];

/// The constant of FLI with this number, 0-31.
pub(super) fn constant<F: Format>(number: u8) -> u64 {
    match number & 31 {
        1 => 1 << (F::PRECISION - 1),
        31 => F::NAN,
        n => {
            let bits = CONSTANTS[n as usize].to_bits();
            if F::BITS == 64 { bits } else { f32::to_bits(f64::from_bits(bits) as f32) as u64 }
        }
    }
}

/// The text of that constant in assembly.
pub(super) fn constant_name(number: u8) -> String {
    match number & 31 {
        1 => "min".to_string(),
        30 => "inf".to_string(),
        31 => "nan".to_string(),
        n => format!("{:?}", CONSTANTS[n as usize]),
    }
}

/// FCVTMOD.W.D: the integer part modulo 2^32, with the flags of a conversion toward zero.
pub(super) fn to_word_modular(bits: u64) -> Flagged {
    let (_, flags) = to_integer::<Double>(bits, 32, true, Round::TowardZero);
    let value = number::<Double>(bits);
    if !value.is_finite() {
        return (0, NV);
    }
    let exponent = (bits >> 52 & 0x7ff) as i32 - 1075;
    let significand = bits & ((1 << 52) - 1) | 1 << 52;
    let magnitude = match exponent {
        0..=31 => significand << exponent,
        -63..=-1 => significand >> -exponent,
        _ => 0,
    } as u32;
    let word = if value.is_negative() { magnitude.wrapping_neg() } else { magnitude };
    (word as i32 as u64, flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tininess_is_detected_after_rounding() {
        // (2^-126 * (1 - 2^-24)) rounds to 2^-126 on the subnormal grid; with unbounded exponent it stays below.
        let below_one = 0x3f7f_ffff; // 1 - 2^-24
        let smallest = 0x0080_0000;
        let even = Round::NearestTiesToEven;
        assert_eq!(arithmetic::<Single>(Operation::Multiply, [smallest, below_one, 0], even), (smallest, NX | UF));
        // 2^-126 * (1 - 2^-48): rounds up to 2^-126 in either view.
        let up = arithmetic::<Single>(Operation::MultiplyAdd, [smallest, 0x3f80_0000, 0x8000_0001], even);
        assert_eq!(up, (smallest - 1, 0), "exact");
    }

    #[test]
    fn overflow_is_raised_for_the_largest_number_too() {
        let (largest, half_ulp) = (0x7f7f_ffff, 0x7300_0000 - 1);
        let add = |a, b, round| arithmetic::<Single>(Operation::Add, [a, b, 0], round);
        assert_eq!(add(largest, largest, Round::TowardZero), (largest, NX | OF));
        assert_eq!(add(largest, half_ulp, Round::TowardZero), (largest, NX), "below the next power of two");
        assert_eq!(add(largest, half_ulp, Round::TowardPositive), (0x7f80_0000, NX | OF));
        assert_eq!(convert::<Double, Single>(f64::MIN.to_bits(), Round::TowardPositive), (0xff7f_ffff, NX | OF));
    }

    #[test]
    fn square_roots_round_as_the_host_does_to_nearest() {
        let mut state = 1u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let bits = state & 0x7fff_ffff_ffff_ffff;
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let (root, flags) = square_root::<Double>(bits, Round::NearestTiesToEven);
                assert_eq!(root, value.sqrt().to_bits());
                assert_eq!(flags & !NX, 0);
            }
            let (root, _) = square_root::<Single>(bits >> 33, Round::NearestTiesToEven);
            let value = f32::from_bits((bits >> 33) as u32);
            if value.is_finite() {
                assert_eq!(root, value.sqrt().to_bits() as u64);
            }
        }
        assert_eq!(square_root::<Double>(0x4010_0000_0000_0000, Round::TowardPositive), (0x4000_0000_0000_0000, 0));
        assert_eq!(square_root::<Double>(1, Round::TowardZero).0, f64::from_bits(1).sqrt().to_bits());
    }

    #[test]
    fn modular_conversion_keeps_the_low_bits() {
        let modular = |x: f64| to_word_modular(x.to_bits());
        assert_eq!(modular(4294967297.5), (1, NV));
        assert_eq!(modular(-1.5), (u64::MAX, NX));
        assert_eq!(modular(2147483648.0), (0xffff_ffff_8000_0000, NV));
        assert_eq!(modular(f64::INFINITY), (0, NV));
        assert_eq!(modular(1e300), (0, NV));
        assert_eq!(modular(0.25), (0, NX));
    }
}
