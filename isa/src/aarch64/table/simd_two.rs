//! Rows: Advanced SIMD, two registers, and across a vector (Arm ARM C4.1.96).

macro_rules! simd_two_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Reverses elements within doublewords, vector.
Rev64V     "rev64"   ["0 . 0 01110 .. 10000 00000 10 ..... ....."] Simd(Two NoDouble) SimdPermute;
/// Reverses bytes within halfwords, vector.
Rev16V     "rev16"   ["0 . 0 01110 00 10000 00001 10 ..... ....."] Simd(Two Byte) SimdPermute;
/// Reverses elements within words, vector.
Rev32V     "rev32"   ["0 . 1 01110 .. 10000 00000 10 ..... ....."] Simd(Two ByteHalf) SimdPermute;
/// Adds neighbours to wider elements, signed, vector.
SaddlpV    "saddlp"  ["0 . 0 01110 .. 10000 00010 10 ..... ....."] Simd(PairLong NoDouble) SimdAlu;
/// Adds neighbours to wider elements, unsigned, vector.
UaddlpV    "uaddlp"  ["0 . 1 01110 .. 10000 00010 10 ..... ....."] Simd(PairLong NoDouble) SimdAlu;
/// Adds neighbours and accumulates, signed, vector.
SadalpV    "sadalp"  ["0 . 0 01110 .. 10000 00110 10 ..... ....."] Simd(PairLong NoDouble) SimdAlu;
/// Adds neighbours and accumulates, unsigned, vector.
UadalpV    "uadalp"  ["0 . 1 01110 .. 10000 00110 10 ..... ....."] Simd(PairLong NoDouble) SimdAlu;
/// Accumulates unsigned values, saturating, signed, vector.
SuqaddV    "suqadd"  ["0 . 0 01110 .. 10000 00011 10 ..... ....."] Simd(Two All) SimdAlu;
/// Accumulates signed values, saturating, unsigned, vector.
UsqaddV    "usqadd"  ["0 . 1 01110 .. 10000 00011 10 ..... ....."] Simd(Two All) SimdAlu;
/// Counts leading sign bits, vector.
ClsV       "cls"     ["0 . 0 01110 .. 10000 00100 10 ..... ....."] Simd(Two NoDouble) SimdPermute;
/// Counts leading zeroes, vector.
ClzV       "clz"     ["0 . 1 01110 .. 10000 00100 10 ..... ....."] Simd(Two NoDouble) SimdPermute;
/// Counts ones, vector.
CntV       "cnt"     ["0 . 0 01110 00 10000 00101 10 ..... ....."] Simd(Two Byte) SimdPermute;
/// Bitwise complement, vector.
NotV       "not"     ["0 . 1 01110 00 10000 00101 10 ..... ....."] Simd(Two Byte) SimdLogic;
/// Reverses the bits of bytes, vector.
RbitV      "rbit"    ["0 . 1 01110 01 10000 00101 10 ..... ....."] Simd(Two Byte) SimdPermute;
/// Absolute value, saturating, vector.
SqabsV     "sqabs"   ["0 . 0 01110 .. 10000 00111 10 ..... ....."] Simd(Two All) SimdAlu;
/// Negates, saturating, vector.
SqnegV     "sqneg"   ["0 . 1 01110 .. 10000 00111 10 ..... ....."] Simd(Two All) SimdAlu;
/// Greater than zero, vector.
CmgtZeroV  "cmgt"    ["0 . 0 01110 .. 10000 01000 10 ..... ....."] Simd(TwoZero All) SimdAlu;
/// Equal to zero, vector.
CmeqZeroV  "cmeq"    ["0 . 0 01110 .. 10000 01001 10 ..... ....."] Simd(TwoZero All) SimdAlu;
/// Less than zero, vector.
CmltZeroV  "cmlt"    ["0 . 0 01110 .. 10000 01010 10 ..... ....."] Simd(TwoZero All) SimdAlu;
/// Greater than or equal to zero, vector.
CmgeZeroV  "cmge"    ["0 . 1 01110 .. 10000 01000 10 ..... ....."] Simd(TwoZero All) SimdAlu;
/// Less than or equal to zero, vector.
CmleZeroV  "cmle"    ["0 . 1 01110 .. 10000 01001 10 ..... ....."] Simd(TwoZero All) SimdAlu;
/// Absolute value, vector.
AbsV       "abs"     ["0 . 0 01110 .. 10000 01011 10 ..... ....."] Simd(Two All) SimdAlu;
/// Negates, vector.
NegV       "neg"     ["0 . 1 01110 .. 10000 01011 10 ..... ....."] Simd(Two All) SimdAlu;
/// Keeps the low half, vector.
XtnV       "xtn"     ["0 . 0 01110 .. 10000 10010 10 ..... ....."] Simd(NarrowTwo NoDouble) SimdAlu;
/// Narrows, saturating, signed to unsigned, vector.
SqxtunV    "sqxtun"  ["0 . 1 01110 .. 10000 10010 10 ..... ....."] Simd(NarrowTwo NoDouble) SimdAlu;
/// Narrows, saturating, signed, vector.
SqxtnV     "sqxtn"   ["0 . 0 01110 .. 10000 10100 10 ..... ....."] Simd(NarrowTwo NoDouble) SimdAlu;
/// Narrows, saturating, unsigned, vector.
UqxtnV     "uqxtn"   ["0 . 1 01110 .. 10000 10100 10 ..... ....."] Simd(NarrowTwo NoDouble) SimdAlu;
/// Shifts left by the width into wider elements, vector.
ShllV      "shll"    ["0 . 1 01110 .. 10000 10011 10 ..... ....."] Simd(LongByWidth NoDouble) SimdAlu;
/// Converts to the narrower format, vector.
FcvtnV     "fcvtn"   ["0 . 0 01110 0. 10000 10110 10 ..... ....."] Simd(NarrowTwo FloatNarrow) FpConvert;
/// Converts to the wider format, vector.
FcvtlV     "fcvtl"   ["0 . 0 01110 0. 10000 10111 10 ..... ....."] Simd(LongTwo FloatNarrow) FpConvert;
/// Converts to the narrower format, to odd, vector.
FcvtxnV    "fcvtxn"  ["0 . 1 01110 01 10000 10110 10 ..... ....."] Simd(NarrowTwo FloatNarrow) FpConvert;
/// Rounds to an integral number to nearest even, vector.
FrintnV    "frintn"  ["0 . 0 01110 0. 10000 11000 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number up, vector.
FrintpV    "frintp"  ["0 . 0 01110 1. 10000 11000 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number down, vector.
FrintmV    "frintm"  ["0 . 0 01110 0. 10000 11001 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number toward zero, vector.
FrintzV    "frintz"  ["0 . 0 01110 1. 10000 11001 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number to nearest, ties away, vector.
FrintaV    "frinta"  ["0 . 1 01110 0. 10000 11000 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number as FPCR says, telling whether it was exact, vector.
FrintxV    "frintx"  ["0 . 1 01110 0. 10000 11001 10 ..... ....."] Simd(Two Float) FpConvert;
/// Rounds to an integral number as FPCR says, vector.
FrintiV    "frinti"  ["0 . 1 01110 1. 10000 11001 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to signed integers, rounding to nearest even, vector.
FcvtnsV    "fcvtns"  ["0 . 0 01110 0. 10000 11010 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to signed integers, rounding up, vector.
FcvtpsV    "fcvtps"  ["0 . 0 01110 1. 10000 11010 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to signed integers, rounding down, vector.
FcvtmsV    "fcvtms"  ["0 . 0 01110 0. 10000 11011 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to signed integers, rounding toward zero, vector.
FcvtzsV    "fcvtzs"  ["0 . 0 01110 1. 10000 11011 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to signed integers, rounding to nearest, ties away, vector.
FcvtasV    "fcvtas"  ["0 . 0 01110 0. 10000 11100 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to unsigned integers, rounding to nearest even, vector.
FcvtnuV    "fcvtnu"  ["0 . 1 01110 0. 10000 11010 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to unsigned integers, rounding up, vector.
FcvtpuV    "fcvtpu"  ["0 . 1 01110 1. 10000 11010 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to unsigned integers, rounding down, vector.
FcvtmuV    "fcvtmu"  ["0 . 1 01110 0. 10000 11011 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to unsigned integers, rounding toward zero, vector.
FcvtzuV    "fcvtzu"  ["0 . 1 01110 1. 10000 11011 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts to unsigned integers, rounding to nearest, ties away, vector.
FcvtauV    "fcvtau"  ["0 . 1 01110 0. 10000 11100 10 ..... ....."] Simd(Two Float) FpConvert;
/// Estimates the reciprocal, unsigned, vector.
UrecpeV    "urecpe"  ["0 . 0 01110 10 10000 11100 10 ..... ....."] Simd(Two Float) FpMul64;
/// Estimates the reciprocal square root, unsigned, vector.
UrsqrteV   "ursqrte" ["0 . 1 01110 10 10000 11100 10 ..... ....."] Simd(Two Float) FpMul64;
/// Converts from signed integers, vector.
ScvtfV     "scvtf"   ["0 . 0 01110 0. 10000 11101 10 ..... ....."] Simd(Two Float) FpConvert;
/// Converts from unsigned integers, vector.
UcvtfV     "ucvtf"   ["0 . 1 01110 0. 10000 11101 10 ..... ....."] Simd(Two Float) FpConvert;
/// Estimates the reciprocal, vector.
FrecpeV    "frecpe"  ["0 . 0 01110 1. 10000 11101 10 ..... ....."] Simd(Two Float) FpMul64;
/// Estimates the reciprocal square root, vector.
FrsqrteV   "frsqrte" ["0 . 1 01110 1. 10000 11101 10 ..... ....."] Simd(Two Float) FpMul64;
/// Greater than zero, floating point, vector.
FcmgtZeroV "fcmgt"   ["0 . 0 01110 1. 10000 01100 10 ..... ....."] Simd(TwoZeroFloat Float) FpMove;
/// Equal to zero, floating point, vector.
FcmeqZeroV "fcmeq"   ["0 . 0 01110 1. 10000 01101 10 ..... ....."] Simd(TwoZeroFloat Float) FpMove;
/// Less than zero, floating point, vector.
FcmltZeroV "fcmlt"   ["0 . 0 01110 1. 10000 01110 10 ..... ....."] Simd(TwoZeroFloat Float) FpMove;
/// Greater than or equal to zero, floating point, vector.
FcmgeZeroV "fcmge"   ["0 . 1 01110 1. 10000 01100 10 ..... ....."] Simd(TwoZeroFloat Float) FpMove;
/// Less than or equal to zero, floating point, vector.
FcmleZeroV "fcmle"   ["0 . 1 01110 1. 10000 01101 10 ..... ....."] Simd(TwoZeroFloat Float) FpMove;
/// Absolute value, floating point, vector.
FabsV      "fabs"    ["0 . 0 01110 1. 10000 01111 10 ..... ....."] Simd(Two Float) FpMove;
/// Changes the sign, vector.
FnegV      "fneg"    ["0 . 1 01110 1. 10000 01111 10 ..... ....."] Simd(Two Float) FpMove;
/// Square root, vector.
FsqrtV     "fsqrt"   ["0 . 1 01110 1. 10000 11111 10 ..... ....."] Simd(Two Float) FpDiv64;
/// Sum of all, wider, signed.
SaddlvV    "saddlv"  ["0 . 0 01110 .. 11000 00011 10 ..... ....."] Simd(AcrossLong Across) SimdAlu;
/// Sum of all, wider, unsigned.
UaddlvV    "uaddlv"  ["0 . 1 01110 .. 11000 00011 10 ..... ....."] Simd(AcrossLong Across) SimdAlu;
/// Largest, signed.
SmaxvV     "smaxv"   ["0 . 0 01110 .. 11000 01010 10 ..... ....."] Simd(Across Across) SimdAlu;
/// Smallest, signed.
SminvV     "sminv"   ["0 . 0 01110 .. 11000 11010 10 ..... ....."] Simd(Across Across) SimdAlu;
/// Sum of all.
AddvV      "addv"    ["0 . 0 01110 .. 11000 11011 10 ..... ....."] Simd(Across Across) SimdAlu;
/// Largest, unsigned.
UmaxvV     "umaxv"   ["0 . 1 01110 .. 11000 01010 10 ..... ....."] Simd(Across Across) SimdAlu;
/// Smallest, unsigned.
UminvV     "uminv"   ["0 . 1 01110 .. 11000 11010 10 ..... ....."] Simd(Across Across) SimdAlu;
/// Largest number, floating point.
FmaxnmvV   "fmaxnmv" ["0 1 1 01110 00 11000 01100 10 ..... ....."] Simd(Across Float) FpMinMax;
/// Smallest number, floating point.
FminnmvV   "fminnmv" ["0 1 1 01110 10 11000 01100 10 ..... ....."] Simd(Across Float) FpMinMax;
/// Largest, floating point.
FmaxvV     "fmaxv"   ["0 1 1 01110 00 11000 01111 10 ..... ....."] Simd(Across Float) FpMinMax;
/// Smallest, floating point.
FminvV     "fminv"   ["0 1 1 01110 10 11000 01111 10 ..... ....."] Simd(Across Float) FpMinMax;

    } } };
}
pub(super) use simd_two_rows;
