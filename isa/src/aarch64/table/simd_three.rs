//! Rows: Advanced SIMD, three registers of one arrangement (Arm ARM C4.1.96).

macro_rules! simd_three_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Adds and halves, signed, vector.
ShaddV    "shadd"    ["0 . 0 01110 .. 1 ..... 00000 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Adds and halves, unsigned, vector.
UhaddV    "uhadd"    ["0 . 1 01110 .. 1 ..... 00000 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Adds, saturating, signed, vector.
SqaddV    "sqadd"    ["0 . 0 01110 .. 1 ..... 00001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Adds, saturating, unsigned, vector.
UqaddV    "uqadd"    ["0 . 1 01110 .. 1 ..... 00001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Adds and halves with rounding, signed, vector.
SrhaddV   "srhadd"   ["0 . 0 01110 .. 1 ..... 00010 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Adds and halves with rounding, unsigned, vector.
UrhaddV   "urhadd"   ["0 . 1 01110 .. 1 ..... 00010 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Subtracts and halves, signed, vector.
ShsubV    "shsub"    ["0 . 0 01110 .. 1 ..... 00100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Subtracts and halves, unsigned, vector.
UhsubV    "uhsub"    ["0 . 1 01110 .. 1 ..... 00100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Subtracts, saturating, signed, vector.
SqsubV    "sqsub"    ["0 . 0 01110 .. 1 ..... 00101 1 ..... ....."] Simd(Three All) SimdAlu;
/// Subtracts, saturating, unsigned, vector.
UqsubV    "uqsub"    ["0 . 1 01110 .. 1 ..... 00101 1 ..... ....."] Simd(Three All) SimdAlu;
/// Greater, signed, vector.
CmgtV     "cmgt"     ["0 . 0 01110 .. 1 ..... 00110 1 ..... ....."] Simd(Three All) SimdAlu;
/// Greater, unsigned, vector.
CmhiV     "cmhi"     ["0 . 1 01110 .. 1 ..... 00110 1 ..... ....."] Simd(Three All) SimdAlu;
/// Greater or equal, signed, vector.
CmgeV     "cmge"     ["0 . 0 01110 .. 1 ..... 00111 1 ..... ....."] Simd(Three All) SimdAlu;
/// Greater or equal, unsigned, vector.
CmhsV     "cmhs"     ["0 . 1 01110 .. 1 ..... 00111 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register, signed, vector.
SshlV     "sshl"     ["0 . 0 01110 .. 1 ..... 01000 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register, unsigned, vector.
UshlV     "ushl"     ["0 . 1 01110 .. 1 ..... 01000 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts left, saturating, signed, vector.
SqshlV    "sqshl"    ["0 . 0 01110 .. 1 ..... 01001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts left, saturating, unsigned, vector.
UqshlV    "uqshl"    ["0 . 1 01110 .. 1 ..... 01001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register with rounding, signed, vector.
SrshlV    "srshl"    ["0 . 0 01110 .. 1 ..... 01010 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register with rounding, unsigned, vector.
UrshlV    "urshl"    ["0 . 1 01110 .. 1 ..... 01010 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register, saturating, with rounding, signed, vector.
SqrshlV   "sqrshl"   ["0 . 0 01110 .. 1 ..... 01011 1 ..... ....."] Simd(Three All) SimdAlu;
/// Shifts by a register, saturating, with rounding, unsigned, vector.
UqrshlV   "uqrshl"   ["0 . 1 01110 .. 1 ..... 01011 1 ..... ....."] Simd(Three All) SimdAlu;
/// Maximum, signed, vector.
SmaxV     "smax"     ["0 . 0 01110 .. 1 ..... 01100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Maximum, unsigned, vector.
UmaxV     "umax"     ["0 . 1 01110 .. 1 ..... 01100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Minimum, signed, vector.
SminV     "smin"     ["0 . 0 01110 .. 1 ..... 01101 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Minimum, unsigned, vector.
UminV     "umin"     ["0 . 1 01110 .. 1 ..... 01101 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Absolute difference, signed, vector.
SabdV     "sabd"     ["0 . 0 01110 .. 1 ..... 01110 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Absolute difference, unsigned, vector.
UabdV     "uabd"     ["0 . 1 01110 .. 1 ..... 01110 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Absolute difference, accumulated, signed, vector.
SabaV     "saba"     ["0 . 0 01110 .. 1 ..... 01111 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Absolute difference, accumulated, unsigned, vector.
UabaV     "uaba"     ["0 . 1 01110 .. 1 ..... 01111 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Adds, vector.
AddV      "add"      ["0 . 0 01110 .. 1 ..... 10000 1 ..... ....."] Simd(Three All) SimdAlu;
/// Subtracts, vector.
SubV      "sub"      ["0 . 1 01110 .. 1 ..... 10000 1 ..... ....."] Simd(Three All) SimdAlu;
/// Any common bit, vector.
CmtstV    "cmtst"    ["0 . 0 01110 .. 1 ..... 10001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Equal, vector.
CmeqV     "cmeq"     ["0 . 1 01110 .. 1 ..... 10001 1 ..... ....."] Simd(Three All) SimdAlu;
/// Multiplies and adds, vector.
MlaV      "mla"      ["0 . 0 01110 .. 1 ..... 10010 1 ..... ....."] Simd(Three NoDouble) SimdMul;
/// Multiplies and subtracts, vector.
MlsV      "mls"      ["0 . 1 01110 .. 1 ..... 10010 1 ..... ....."] Simd(Three NoDouble) SimdMul;
/// Multiplies, vector.
MulV      "mul"      ["0 . 0 01110 .. 1 ..... 10011 1 ..... ....."] Simd(Three NoDouble) SimdMul;
/// Multiplies polynomials, vector.
PmulV     "pmul"     ["0 . 1 01110 00 1 ..... 10011 1 ..... ....."] Simd(Three Byte) SimdMul;
/// Maximum of neighbours, signed, vector.
SmaxpV    "smaxp"    ["0 . 0 01110 .. 1 ..... 10100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Maximum of neighbours, unsigned, vector.
UmaxpV    "umaxp"    ["0 . 1 01110 .. 1 ..... 10100 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Minimum of neighbours, signed, vector.
SminpV    "sminp"    ["0 . 0 01110 .. 1 ..... 10101 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// Minimum of neighbours, unsigned, vector.
UminpV    "uminp"    ["0 . 1 01110 .. 1 ..... 10101 1 ..... ....."] Simd(Three NoDouble) SimdAlu;
/// High half of the doubled product, saturating, vector.
SqdmulhV  "sqdmulh"  ["0 . 0 01110 .. 1 ..... 10110 1 ..... ....."] Simd(Three HalfWord) SimdMul;
/// High half of the doubled product, saturating, with rounding, vector.
SqrdmulhV "sqrdmulh" ["0 . 1 01110 .. 1 ..... 10110 1 ..... ....."] Simd(Three HalfWord) SimdMul;
/// Adds neighbours, vector.
AddpV     "addp"     ["0 . 0 01110 .. 1 ..... 10111 1 ..... ....."] Simd(Three All) SimdAlu;
/// Bitwise `and`, vector.
AndV      "and"      ["0 . 0 01110 00 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdLogic;
/// Bitwise `bic`, vector.
BicV      "bic"      ["0 . 0 01110 01 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdLogic;
/// Bitwise `orr`, vector.
OrrV      "orr"      ["0 . 0 01110 10 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdLogic;
/// Bitwise `orn`, vector.
OrnV      "orn"      ["0 . 0 01110 11 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdLogic;
/// Bitwise `eor`, vector.
EorV      "eor"      ["0 . 1 01110 00 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdLogic;
/// Bitwise `bsl`, vector.
BslV      "bsl"      ["0 . 1 01110 01 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdPermute;
/// Bitwise `bit`, vector.
BitV      "bit"      ["0 . 1 01110 10 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdPermute;
/// Bitwise `bif`, vector.
BifV      "bif"      ["0 . 1 01110 11 1 ..... 00011 1 ..... ....."] Simd(Three Byte) SimdPermute;
/// Maximum; a number rather than a quiet NaN, floating-point vector.
FmaxnmV   "fmaxnm"   ["0 . 0 01110 0. 1 ..... 11000 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Minimum; a number rather than a quiet NaN, floating-point vector.
FminnmV   "fminnm"   ["0 . 0 01110 1. 1 ..... 11000 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Maximum number of neighbours, floating-point vector.
FmaxnmpV  "fmaxnmp"  ["0 . 1 01110 0. 1 ..... 11000 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Minimum number of neighbours, floating-point vector.
FminnmpV  "fminnmp"  ["0 . 1 01110 1. 1 ..... 11000 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Multiplies and adds, rounding once, floating-point vector.
FmlaV     "fmla"     ["0 . 0 01110 0. 1 ..... 11001 1 ..... ....."] Simd(Three Float) FpFma64;
/// Multiplies and subtracts, rounding once, floating-point vector.
FmlsV     "fmls"     ["0 . 0 01110 1. 1 ..... 11001 1 ..... ....."] Simd(Three Float) FpFma64;
/// Adds, floating-point vector.
FaddV     "fadd"     ["0 . 0 01110 0. 1 ..... 11010 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Subtracts, floating-point vector.
FsubV     "fsub"     ["0 . 0 01110 1. 1 ..... 11010 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Adds neighbours, floating-point vector.
FaddpV    "faddp"    ["0 . 1 01110 0. 1 ..... 11010 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Absolute difference, floating-point vector.
FabdV     "fabd"     ["0 . 1 01110 1. 1 ..... 11010 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Multiplies; zero times infinity is two, floating-point vector.
FmulxV    "fmulx"    ["0 . 0 01110 0. 1 ..... 11011 1 ..... ....."] Simd(Three Float) FpMul64;
/// Multiplies, floating-point vector.
FmulV     "fmul"     ["0 . 1 01110 0. 1 ..... 11011 1 ..... ....."] Simd(Three Float) FpMul64;
/// Equal, floating-point vector.
FcmeqV    "fcmeq"    ["0 . 0 01110 0. 1 ..... 11100 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Greater or equal, floating-point vector.
FcmgeV    "fcmge"    ["0 . 1 01110 0. 1 ..... 11100 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Greater, floating-point vector.
FcmgtV    "fcmgt"    ["0 . 1 01110 1. 1 ..... 11100 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Greater or equal in magnitude, floating-point vector.
FacgeV    "facge"    ["0 . 1 01110 0. 1 ..... 11101 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Greater in magnitude, floating-point vector.
FacgtV    "facgt"    ["0 . 1 01110 1. 1 ..... 11101 1 ..... ....."] Simd(Three Float) FpAdd64;
/// Maximum, floating-point vector.
FmaxV     "fmax"     ["0 . 0 01110 0. 1 ..... 11110 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Minimum, floating-point vector.
FminV     "fmin"     ["0 . 0 01110 1. 1 ..... 11110 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Maximum of neighbours, floating-point vector.
FmaxpV    "fmaxp"    ["0 . 1 01110 0. 1 ..... 11110 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Minimum of neighbours, floating-point vector.
FminpV    "fminp"    ["0 . 1 01110 1. 1 ..... 11110 1 ..... ....."] Simd(Three Float) FpMinMax;
/// Step of the reciprocal, floating-point vector.
FrecpsV   "frecps"   ["0 . 0 01110 0. 1 ..... 11111 1 ..... ....."] Simd(Three Float) FpFma64;
/// Step of the reciprocal square root, floating-point vector.
FrsqrtsV  "frsqrts"  ["0 . 0 01110 1. 1 ..... 11111 1 ..... ....."] Simd(Three Float) FpFma64;
/// Divides, floating-point vector.
FdivV     "fdiv"     ["0 . 1 01110 0. 1 ..... 11111 1 ..... ....."] Simd(Three Float) FpDiv64;

    } } };
}
pub(super) use simd_three_rows;
