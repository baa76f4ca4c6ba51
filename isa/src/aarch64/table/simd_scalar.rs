//! Rows: Advanced SIMD scalars, copies, permutations (Arm ARM C4.1.96).

macro_rules! simd_scalar_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Adds, saturating, signed, scalar.
SqaddS     "sqadd"    ["01 0 11110 .. 1 ..... 00001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Adds, saturating, unsigned, scalar.
UqaddS     "uqadd"    ["01 1 11110 .. 1 ..... 00001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Subtracts, saturating, signed, scalar.
SqsubS     "sqsub"    ["01 0 11110 .. 1 ..... 00101 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Subtracts, saturating, unsigned, scalar.
UqsubS     "uqsub"    ["01 1 11110 .. 1 ..... 00101 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Greater, signed, scalar.
CmgtS      "cmgt"     ["01 0 11110 11 1 ..... 00110 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Greater, unsigned, scalar.
CmhiS      "cmhi"     ["01 1 11110 11 1 ..... 00110 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Greater or equal, signed, scalar.
CmgeS      "cmge"     ["01 0 11110 11 1 ..... 00111 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Greater or equal, unsigned, scalar.
CmhsS      "cmhs"     ["01 1 11110 11 1 ..... 00111 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register, signed, scalar.
SshlS      "sshl"     ["01 0 11110 11 1 ..... 01000 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register, unsigned, scalar.
UshlS      "ushl"     ["01 1 11110 11 1 ..... 01000 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts left, saturating, signed, scalar.
SqshlS     "sqshl"    ["01 0 11110 .. 1 ..... 01001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts left, saturating, unsigned, scalar.
UqshlS     "uqshl"    ["01 1 11110 .. 1 ..... 01001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register with rounding, signed, scalar.
SrshlS     "srshl"    ["01 0 11110 11 1 ..... 01010 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register with rounding, unsigned, scalar.
UrshlS     "urshl"    ["01 1 11110 11 1 ..... 01010 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register, saturating, with rounding, signed, scalar.
SqrshlS    "sqrshl"   ["01 0 11110 .. 1 ..... 01011 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Shifts by a register, saturating, with rounding, unsigned, scalar.
UqrshlS    "uqrshl"   ["01 1 11110 .. 1 ..... 01011 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Adds, scalar.
AddS       "add"      ["01 0 11110 11 1 ..... 10000 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Subtracts, scalar.
SubS       "sub"      ["01 1 11110 11 1 ..... 10000 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Any common bit, scalar.
CmtstS     "cmtst"    ["01 0 11110 11 1 ..... 10001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// Equal, scalar.
CmeqS      "cmeq"     ["01 1 11110 11 1 ..... 10001 1 ..... ....."] Simd(ScalarThree All) SimdAlu;
/// High half of the doubled product, saturating, scalar.
SqdmulhS   "sqdmulh"  ["01 0 11110 .. 1 ..... 10110 1 ..... ....."] Simd(ScalarThree HalfWord) SimdMul;
/// High half of the doubled product, saturating, with rounding, scalar.
SqrdmulhS  "sqrdmulh" ["01 1 11110 .. 1 ..... 10110 1 ..... ....."] Simd(ScalarThree HalfWord) SimdMul;
/// Absolute difference, scalar.
FabdS      "fabd"     ["01 1 11110 1. 1 ..... 11010 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Multiplies; zero times infinity is two, scalar.
FmulxS     "fmulx"    ["01 0 11110 0. 1 ..... 11011 1 ..... ....."] Simd(ScalarThree Float) FpMul64;
/// Equal, scalar.
FcmeqS     "fcmeq"    ["01 0 11110 0. 1 ..... 11100 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Greater or equal, scalar.
FcmgeS     "fcmge"    ["01 1 11110 0. 1 ..... 11100 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Greater, scalar.
FcmgtS     "fcmgt"    ["01 1 11110 1. 1 ..... 11100 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Greater or equal in magnitude, scalar.
FacgeS     "facge"    ["01 1 11110 0. 1 ..... 11101 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Greater in magnitude, scalar.
FacgtS     "facgt"    ["01 1 11110 1. 1 ..... 11101 1 ..... ....."] Simd(ScalarThree Float) FpAdd64;
/// Step of the reciprocal, scalar.
FrecpsS    "frecps"   ["01 0 11110 0. 1 ..... 11111 1 ..... ....."] Simd(ScalarThree Float) FpFma64;
/// Step of the reciprocal square root, scalar.
FrsqrtsS   "frsqrts"  ["01 0 11110 1. 1 ..... 11111 1 ..... ....."] Simd(ScalarThree Float) FpFma64;
/// Accumulates unsigned values, saturating, signed, scalar.
SuqaddS    "suqadd"   ["01 0 11110 .. 10000 00011 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Accumulates signed values, saturating, unsigned, scalar.
UsqaddS    "usqadd"   ["01 1 11110 .. 10000 00011 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Absolute value, saturating, scalar.
SqabsS     "sqabs"    ["01 0 11110 .. 10000 00111 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Negates, saturating, scalar.
SqnegS     "sqneg"    ["01 1 11110 .. 10000 00111 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Greater than zero, scalar.
CmgtZeroS  "cmgt"     ["01 0 11110 11 10000 01000 10 ..... ....."] Simd(ScalarTwoZero All) SimdAlu;
/// Equal to zero, scalar.
CmeqZeroS  "cmeq"     ["01 0 11110 11 10000 01001 10 ..... ....."] Simd(ScalarTwoZero All) SimdAlu;
/// Less than zero, scalar.
CmltZeroS  "cmlt"     ["01 0 11110 11 10000 01010 10 ..... ....."] Simd(ScalarTwoZero All) SimdAlu;
/// Greater than or equal to zero, scalar.
CmgeZeroS  "cmge"     ["01 1 11110 11 10000 01000 10 ..... ....."] Simd(ScalarTwoZero All) SimdAlu;
/// Less than or equal to zero, scalar.
CmleZeroS  "cmle"     ["01 1 11110 11 10000 01001 10 ..... ....."] Simd(ScalarTwoZero All) SimdAlu;
/// Absolute value, scalar.
AbsS       "abs"      ["01 0 11110 11 10000 01011 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Negates, scalar.
NegS       "neg"      ["01 1 11110 11 10000 01011 10 ..... ....."] Simd(ScalarTwo All) SimdAlu;
/// Narrows, saturating, signed to unsigned, scalar.
SqxtunS    "sqxtun"   ["01 1 11110 .. 10000 10010 10 ..... ....."] Simd(ScalarNarrowTwo NoDouble) SimdAlu;
/// Narrows, saturating, signed, scalar.
SqxtnS     "sqxtn"    ["01 0 11110 .. 10000 10100 10 ..... ....."] Simd(ScalarNarrowTwo NoDouble) SimdAlu;
/// Narrows, saturating, unsigned, scalar.
UqxtnS     "uqxtn"    ["01 1 11110 .. 10000 10100 10 ..... ....."] Simd(ScalarNarrowTwo NoDouble) SimdAlu;
/// Converts to the narrower format, to odd, scalar.
FcvtxnS    "fcvtxn"   ["01 1 11110 01 10000 10110 10 ..... ....."] Simd(ScalarNarrowTwo FloatNarrow) FpConvert;
/// Converts to signed integers, rounding to nearest even, scalar.
FcvtnsS    "fcvtns"   ["01 0 11110 0. 10000 11010 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to signed integers, rounding up, scalar.
FcvtpsS    "fcvtps"   ["01 0 11110 1. 10000 11010 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to signed integers, rounding down, scalar.
FcvtmsS    "fcvtms"   ["01 0 11110 0. 10000 11011 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to signed integers, rounding toward zero, scalar.
FcvtzsS    "fcvtzs"   ["01 0 11110 1. 10000 11011 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to signed integers, rounding to nearest, ties away, scalar.
FcvtasS    "fcvtas"   ["01 0 11110 0. 10000 11100 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to unsigned integers, rounding to nearest even, scalar.
FcvtnuS    "fcvtnu"   ["01 1 11110 0. 10000 11010 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to unsigned integers, rounding up, scalar.
FcvtpuS    "fcvtpu"   ["01 1 11110 1. 10000 11010 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to unsigned integers, rounding down, scalar.
FcvtmuS    "fcvtmu"   ["01 1 11110 0. 10000 11011 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to unsigned integers, rounding toward zero, scalar.
FcvtzuS    "fcvtzu"   ["01 1 11110 1. 10000 11011 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts to unsigned integers, rounding to nearest, ties away, scalar.
FcvtauS    "fcvtau"   ["01 1 11110 0. 10000 11100 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts from signed integers, scalar.
ScvtfS     "scvtf"    ["01 0 11110 0. 10000 11101 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Converts from unsigned integers, scalar.
UcvtfS     "ucvtf"    ["01 1 11110 0. 10000 11101 10 ..... ....."] Simd(ScalarTwo Float) FpConvert;
/// Estimates the reciprocal, scalar.
FrecpeS    "frecpe"   ["01 0 11110 1. 10000 11101 10 ..... ....."] Simd(ScalarTwo Float) FpMul64;
/// Estimates the reciprocal square root, scalar.
FrsqrteS   "frsqrte"  ["01 1 11110 1. 10000 11101 10 ..... ....."] Simd(ScalarTwo Float) FpMul64;
/// Greater than zero, floating point, scalar.
FcmgtZeroS "fcmgt"    ["01 0 11110 1. 10000 01100 10 ..... ....."] Simd(ScalarTwoZeroFloat Float) FpMove;
/// Equal to zero, floating point, scalar.
FcmeqZeroS "fcmeq"    ["01 0 11110 1. 10000 01101 10 ..... ....."] Simd(ScalarTwoZeroFloat Float) FpMove;
/// Less than zero, floating point, scalar.
FcmltZeroS "fcmlt"    ["01 0 11110 1. 10000 01110 10 ..... ....."] Simd(ScalarTwoZeroFloat Float) FpMove;
/// Greater than or equal to zero, floating point, scalar.
FcmgeZeroS "fcmge"    ["01 1 11110 1. 10000 01100 10 ..... ....."] Simd(ScalarTwoZeroFloat Float) FpMove;
/// Less than or equal to zero, floating point, scalar.
FcmleZeroS "fcmle"    ["01 1 11110 1. 10000 01101 10 ..... ....."] Simd(ScalarTwoZeroFloat Float) FpMove;
/// Reciprocal of the exponent, scalar.
FrecpxS    "frecpx"   ["01 0 11110 1. 10000 11111 10 ..... ....."] Simd(ScalarTwo Float) FpMul64;
/// Adds neighbours, scalar.
AddpS      "addp"     ["01 0 11110 11 11000 11011 10 ..... ....."] Simd(ScalarPair All) SimdAlu;
/// Maximum number of neighbours, scalar.
FmaxnmpS   "fmaxnmp"  ["01 1 11110 0. 11000 01100 10 ..... ....."] Simd(ScalarPair Float) FpMinMax;
/// Minimum number of neighbours, scalar.
FminnmpS   "fminnmp"  ["01 1 11110 1. 11000 01100 10 ..... ....."] Simd(ScalarPair Float) FpMinMax;
/// Adds neighbours, scalar.
FaddpS     "faddp"    ["01 1 11110 0. 11000 01101 10 ..... ....."] Simd(ScalarPair Float) FpAdd64;
/// Maximum of neighbours, scalar.
FmaxpS     "fmaxp"    ["01 1 11110 0. 11000 01111 10 ..... ....."] Simd(ScalarPair Float) FpMinMax;
/// Minimum of neighbours, scalar.
FminpS     "fminp"    ["01 1 11110 1. 11000 01111 10 ..... ....."] Simd(ScalarPair Float) FpMinMax;
/// Doubled product, accumulated, saturating, scalar.
SqdmlalS   "sqdmlal"  ["01 0 11110 .. 1 ..... 1001 00 ..... ....."] Simd(ScalarLongThree HalfWord) SimdMul;
/// Doubled product, subtracted, saturating, scalar.
SqdmlslS   "sqdmlsl"  ["01 0 11110 .. 1 ..... 1011 00 ..... ....."] Simd(ScalarLongThree HalfWord) SimdMul;
/// Doubled product, saturating, scalar.
SqdmullS   "sqdmull"  ["01 0 11110 .. 1 ..... 1101 00 ..... ....."] Simd(ScalarLongThree HalfWord) SimdMul;
/// Copies an element to all.
DupElement "dup"      ["0 . 0 01110000 ..... 0 0000 1 ..... ....."] Simd(DupElement Imm5) SimdAlu;
/// Copies a general register to all elements.
DupGeneral "dup"      ["0 . 0 01110000 ..... 0 0001 1 ..... ....."] Simd(DupGeneral Imm5) SimdAlu;
/// Moves an element to a general register, sign-extended.
Smov       "smov"     ["0 . 0 01110000 ..... 0 0101 1 ..... ....."] Simd(ToGeneral Imm5) SimdPermute;
/// Moves an element to a general register.
Umov       "umov"     ["0 . 0 01110000 ..... 0 0111 1 ..... ....."] Simd(ToGeneral Imm5) SimdPermute;
/// Moves a general register to an element.
InsGeneral "ins"      ["0 1 0 01110000 ..... 0 0011 1 ..... ....."] Simd(InsGeneral Imm5) SimdPermute;
/// Moves an element to an element.
InsElement "ins"      ["0 1 1 01110000 ..... 0 .... 1 ..... ....."] Simd(InsElement Imm5) SimdPermute;
/// Moves an element to a scalar.
DupScalar  "dup"      ["01 0 11110000 ..... 0 0000 1 ..... ....."] Simd(DupScalar Imm5) SimdAlu;
/// Even elements of two vectors.
Uzp1       "uzp1"     ["0 . 001110 .. 0 ..... 0 001 10 ..... ....."] Simd(Three All) SimdPermute;
/// Even elements, interleaved.
Trn1       "trn1"     ["0 . 001110 .. 0 ..... 0 010 10 ..... ....."] Simd(Three All) SimdPermute;
/// Low halves, interleaved.
Zip1       "zip1"     ["0 . 001110 .. 0 ..... 0 011 10 ..... ....."] Simd(Three All) SimdPermute;
/// Odd elements of two vectors.
Uzp2       "uzp2"     ["0 . 001110 .. 0 ..... 0 101 10 ..... ....."] Simd(Three All) SimdPermute;
/// Odd elements, interleaved.
Trn2       "trn2"     ["0 . 001110 .. 0 ..... 0 110 10 ..... ....."] Simd(Three All) SimdPermute;
/// High halves, interleaved.
Zip2       "zip2"     ["0 . 001110 .. 0 ..... 0 111 10 ..... ....."] Simd(Three All) SimdPermute;
/// Extracts a vector from a pair.
Ext        "ext"      ["0 . 101110 00 0 ..... 0 .... 0 ..... ....."] Simd(Extract Byte) SimdPermute;
/// Looks bytes up; zero when out of range.
Tbl        "tbl"      ["0 . 001110 00 0 ..... 0 .. 0 00 ..... ....."] Simd(Table Byte) SimdPermute;
/// Looks bytes up; unchanged when out of range.
Tbx        "tbx"      ["0 . 001110 00 0 ..... 0 .. 1 00 ..... ....."] Simd(Table Byte) SimdPermute;

    } } };
}
pub(super) use simd_scalar_rows;
