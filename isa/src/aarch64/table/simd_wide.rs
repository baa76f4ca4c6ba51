//! Rows: Advanced SIMD, registers of different arrangements, and by element (Arm ARM C4.1.96).

macro_rules! simd_wide_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Adds to wider elements, signed.
SaddlV     "saddl"    ["0 . 0 01110 .. 1 ..... 0000 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Adds to wider elements, unsigned.
UaddlV     "uaddl"    ["0 . 1 01110 .. 1 ..... 0000 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Adds narrower elements, signed.
SaddwV     "saddw"    ["0 . 0 01110 .. 1 ..... 0001 00 ..... ....."] Simd(WideThree NoDouble) SimdAlu;
/// Adds narrower elements, unsigned.
UaddwV     "uaddw"    ["0 . 1 01110 .. 1 ..... 0001 00 ..... ....."] Simd(WideThree NoDouble) SimdAlu;
/// Subtracts to wider elements, signed.
SsublV     "ssubl"    ["0 . 0 01110 .. 1 ..... 0010 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Subtracts to wider elements, unsigned.
UsublV     "usubl"    ["0 . 1 01110 .. 1 ..... 0010 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Subtracts narrower elements, signed.
SsubwV     "ssubw"    ["0 . 0 01110 .. 1 ..... 0011 00 ..... ....."] Simd(WideThree NoDouble) SimdAlu;
/// Subtracts narrower elements, unsigned.
UsubwV     "usubw"    ["0 . 1 01110 .. 1 ..... 0011 00 ..... ....."] Simd(WideThree NoDouble) SimdAlu;
/// High half of the sum.
AddhnV     "addhn"    ["0 . 0 01110 .. 1 ..... 0100 00 ..... ....."] Simd(NarrowThree NoDouble) SimdAlu;
/// High half of the sum, rounded.
RaddhnV    "raddhn"   ["0 . 1 01110 .. 1 ..... 0100 00 ..... ....."] Simd(NarrowThree NoDouble) SimdAlu;
/// Absolute difference, wider, accumulated, signed.
SabalV     "sabal"    ["0 . 0 01110 .. 1 ..... 0101 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Absolute difference, wider, accumulated, unsigned.
UabalV     "uabal"    ["0 . 1 01110 .. 1 ..... 0101 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// High half of the difference.
SubhnV     "subhn"    ["0 . 0 01110 .. 1 ..... 0110 00 ..... ....."] Simd(NarrowThree NoDouble) SimdAlu;
/// High half of the difference, rounded.
RsubhnV    "rsubhn"   ["0 . 1 01110 .. 1 ..... 0110 00 ..... ....."] Simd(NarrowThree NoDouble) SimdAlu;
/// Absolute difference, wider, signed.
SabdlV     "sabdl"    ["0 . 0 01110 .. 1 ..... 0111 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Absolute difference, wider, unsigned.
UabdlV     "uabdl"    ["0 . 1 01110 .. 1 ..... 0111 00 ..... ....."] Simd(LongThree NoDouble) SimdAlu;
/// Product, wider, accumulated, signed.
SmlalV     "smlal"    ["0 . 0 01110 .. 1 ..... 1000 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Product, wider, accumulated, unsigned.
UmlalV     "umlal"    ["0 . 1 01110 .. 1 ..... 1000 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Product, wider, subtracted, signed.
SmlslV     "smlsl"    ["0 . 0 01110 .. 1 ..... 1010 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Product, wider, subtracted, unsigned.
UmlslV     "umlsl"    ["0 . 1 01110 .. 1 ..... 1010 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Product, wider, signed.
SmullV     "smull"    ["0 . 0 01110 .. 1 ..... 1100 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Product, wider, unsigned.
UmullV     "umull"    ["0 . 1 01110 .. 1 ..... 1100 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// Doubled product, accumulated, saturating.
SqdmlalV   "sqdmlal"  ["0 . 0 01110 .. 1 ..... 1001 00 ..... ....."] Simd(LongThree HalfWord) SimdMul;
/// Doubled product, subtracted, saturating.
SqdmlslV   "sqdmlsl"  ["0 . 0 01110 .. 1 ..... 1011 00 ..... ....."] Simd(LongThree HalfWord) SimdMul;
/// Doubled product, saturating.
SqdmullV   "sqdmull"  ["0 . 0 01110 .. 1 ..... 1101 00 ..... ....."] Simd(LongThree HalfWord) SimdMul;
/// Product of polynomials, wider.
PmullV     "pmull"    ["0 . 0 01110 00 1 ..... 1110 00 ..... ....."] Simd(LongThree NoDouble) SimdMul;
/// As `smlal`, by one element.
SmlalE     "smlal"    ["0 . 0 01111 .. .. .... 0010 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `sqdmlal`, by one element.
SqdmlalE   "sqdmlal"  ["0 . 0 01111 .. .. .... 0011 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `smlsl`, by one element.
SmlslE     "smlsl"    ["0 . 0 01111 .. .. .... 0110 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `sqdmlsl`, by one element.
SqdmlslE   "sqdmlsl"  ["0 . 0 01111 .. .. .... 0111 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `mul`, by one element.
MulE       "mul"      ["0 . 0 01111 .. .. .... 1000 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `smull`, by one element.
SmullE     "smull"    ["0 . 0 01111 .. .. .... 1010 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `sqdmull`, by one element.
SqdmullE   "sqdmull"  ["0 . 0 01111 .. .. .... 1011 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `sqdmulh`, by one element.
SqdmulhE   "sqdmulh"  ["0 . 0 01111 .. .. .... 1100 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `sqrdmulh`, by one element.
SqrdmulhE  "sqrdmulh" ["0 . 0 01111 .. .. .... 1101 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `mla`, by one element.
MlaE       "mla"      ["0 . 1 01111 .. .. .... 0000 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `umlal`, by one element.
UmlalE     "umlal"    ["0 . 1 01111 .. .. .... 0010 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `mls`, by one element.
MlsE       "mls"      ["0 . 1 01111 .. .. .... 0100 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `umlsl`, by one element.
UmlslE     "umlsl"    ["0 . 1 01111 .. .. .... 0110 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `umull`, by one element.
UmullE     "umull"    ["0 . 1 01111 .. .. .... 1010 . 0 ..... ....."] Simd(LongElement HalfWord) SimdMul;
/// As `fmla`, by one element.
FmlaE      "fmla"     ["0 . 0 01111 1. .. .... 0001 . 0 ..... ....."] Simd(Element Float) FpFma64;
/// As `fmls`, by one element.
FmlsE      "fmls"     ["0 . 0 01111 1. .. .... 0101 . 0 ..... ....."] Simd(Element Float) FpFma64;
/// As `fmul`, by one element.
FmulE      "fmul"     ["0 . 0 01111 1. .. .... 1001 . 0 ..... ....."] Simd(Element Float) FpMul64;
/// As `fmulx`, by one element.
FmulxE     "fmulx"    ["0 . 1 01111 1. .. .... 1001 . 0 ..... ....."] Simd(Element Float) FpMul64;
/// As `sqdmlal`, scalar, by one element.
SqdmlalSE  "sqdmlal"  ["01 0 11111 .. .. .... 0011 . 0 ..... ....."] Simd(ScalarLongElement HalfWord) SimdMul;
/// As `sqdmlsl`, scalar, by one element.
SqdmlslSE  "sqdmlsl"  ["01 0 11111 .. .. .... 0111 . 0 ..... ....."] Simd(ScalarLongElement HalfWord) SimdMul;
/// As `sqdmull`, scalar, by one element.
SqdmullSE  "sqdmull"  ["01 0 11111 .. .. .... 1011 . 0 ..... ....."] Simd(ScalarLongElement HalfWord) SimdMul;
/// As `sqdmulh`, scalar, by one element.
SqdmulhSE  "sqdmulh"  ["01 0 11111 .. .. .... 1100 . 0 ..... ....."] Simd(ScalarElement HalfWord) SimdMul;
/// As `sqrdmulh`, scalar, by one element.
SqrdmulhSE "sqrdmulh" ["01 0 11111 .. .. .... 1101 . 0 ..... ....."] Simd(ScalarElement HalfWord) SimdMul;
/// As `fmla`, scalar, by one element.
FmlaSE     "fmla"     ["01 0 11111 1. .. .... 0001 . 0 ..... ....."] Simd(ScalarElement Float) FpFma64;
/// As `fmls`, scalar, by one element.
FmlsSE     "fmls"     ["01 0 11111 1. .. .... 0101 . 0 ..... ....."] Simd(ScalarElement Float) FpFma64;
/// As `fmul`, scalar, by one element.
FmulSE     "fmul"     ["01 0 11111 1. .. .... 1001 . 0 ..... ....."] Simd(ScalarElement Float) FpMul64;
/// As `fmulx`, scalar, by one element.
FmulxSE    "fmulx"    ["01 1 11111 1. .. .... 1001 . 0 ..... ....."] Simd(ScalarElement Float) FpMul64;

    } } };
}
pub(super) use simd_wide_rows;
