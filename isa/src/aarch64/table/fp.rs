//! Rows: scalar floating point (Arm ARM C4.1.96).

macro_rules! fp_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Copies a floating-point register.
FmovReg      "fmov"   ["000 11110 0. 1 000000 10000 ..... ....."] FpReg2 FpMove;
/// Absolute value of a floating-point register.
Fabs         "fabs"   ["000 11110 0. 1 000001 10000 ..... ....."] FpReg2 FpMove;
/// Changes the sign of a floating-point register.
Fneg         "fneg"   ["000 11110 0. 1 000010 10000 ..... ....."] FpReg2 FpMove;
/// Square root of a floating-point register.
Fsqrt        "fsqrt"  ["000 11110 0. 1 000011 10000 ..... ....."] FpReg2 FpDiv64;
/// Converts S to D.
FcvtSD       "fcvt"   ["000 11110 00 1 000101 10000 ..... ....."] FpConvert FpConvert;
/// Converts S to H.
FcvtSH       "fcvt"   ["000 11110 00 1 000111 10000 ..... ....."] FpConvert FpConvert;
/// Converts D to S.
FcvtDS       "fcvt"   ["000 11110 01 1 000100 10000 ..... ....."] FpConvert FpConvert;
/// Converts D to H.
FcvtDH       "fcvt"   ["000 11110 01 1 000111 10000 ..... ....."] FpConvert FpConvert;
/// Converts H to S.
FcvtHS       "fcvt"   ["000 11110 11 1 000100 10000 ..... ....."] FpConvert FpConvert;
/// Converts H to D.
FcvtHD       "fcvt"   ["000 11110 11 1 000101 10000 ..... ....."] FpConvert FpConvert;
/// Rounds to an integral number to nearest, ties to even.
Frintn       "frintn" ["000 11110 0. 1 001000 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number up.
Frintp       "frintp" ["000 11110 0. 1 001001 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number down.
Frintm       "frintm" ["000 11110 0. 1 001010 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number toward zero.
Frintz       "frintz" ["000 11110 0. 1 001011 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number to nearest, ties away.
Frinta       "frinta" ["000 11110 0. 1 001100 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number as FPCR says, and tells whether it was exact.
Frintx       "frintx" ["000 11110 0. 1 001110 10000 ..... ....."] FpReg2 FpConvert;
/// Rounds to an integral number as FPCR says.
Frinti       "frinti" ["000 11110 0. 1 001111 10000 ..... ....."] FpReg2 FpConvert;
/// Compares.
Fcmp         "fcmp"   ["000 11110 0. 1 ..... 00 1000 ..... 00 000"] FpCompare FpCompare;
/// Compares with zero.
FcmpZero     "fcmp"   ["000 11110 0. 1 ----- 00 1000 ..... 01 000"] FpCompareZero FpCompare;
/// Compares; quiet NaNs are invalid too.
Fcmpe        "fcmpe"  ["000 11110 0. 1 ..... 00 1000 ..... 10 000"] FpCompare FpCompare;
/// Compares with zero; quiet NaNs are invalid too.
FcmpeZero    "fcmpe"  ["000 11110 0. 1 ----- 00 1000 ..... 11 000"] FpCompareZero FpCompare;
/// Moves an immediate.
FmovImm      "fmov"   ["000 11110 0. 1 ........ 100 00000 ....."] FpImm FpCopy;
/// Compares, or sets the flags.
Fccmp        "fccmp"  ["000 11110 0. 1 ..... .... 01 ..... 0 ...."] FpCondCompare FpCompare;
/// Compares, quiet NaNs being invalid too, or sets the flags.
Fccmpe       "fccmpe" ["000 11110 0. 1 ..... .... 01 ..... 1 ...."] FpCondCompare FpCompare;
/// Selects a floating-point register.
Fcsel        "fcsel"  ["000 11110 0. 1 ..... .... 11 ..... ....."] FpSelect FpMove;
/// Multiplies.
Fmul         "fmul"   ["000 11110 0. 1 ..... 0000 10 ..... ....."] FpReg3 FpMul64;
/// Divides.
Fdiv         "fdiv"   ["000 11110 0. 1 ..... 0001 10 ..... ....."] FpReg3 FpDiv64;
/// Adds.
Fadd         "fadd"   ["000 11110 0. 1 ..... 0010 10 ..... ....."] FpReg3 FpAdd64;
/// Subtracts.
Fsub         "fsub"   ["000 11110 0. 1 ..... 0011 10 ..... ....."] FpReg3 FpAdd64;
/// Maximum.
Fmax         "fmax"   ["000 11110 0. 1 ..... 0100 10 ..... ....."] FpReg3 FpMinMax;
/// Minimum.
Fmin         "fmin"   ["000 11110 0. 1 ..... 0101 10 ..... ....."] FpReg3 FpMinMax;
/// Maximum; a number rather than a quiet NaN.
Fmaxnm       "fmaxnm" ["000 11110 0. 1 ..... 0110 10 ..... ....."] FpReg3 FpMinMax;
/// Minimum; a number rather than a quiet NaN.
Fminnm       "fminnm" ["000 11110 0. 1 ..... 0111 10 ..... ....."] FpReg3 FpMinMax;
/// Multiplies and changes the sign.
Fnmul        "fnmul"  ["000 11110 0. 1 ..... 1000 10 ..... ....."] FpReg3 FpMul64;
/// Multiplies and adds, rounding once.
Fmadd        "fmadd"  ["000 11111 0. 0 ..... 0 ..... ..... ....."] FpReg4 FpFma64;
/// Multiplies, changes the sign and adds.
Fmsub        "fmsub"  ["000 11111 0. 0 ..... 1 ..... ..... ....."] FpReg4 FpFma64;
/// Multiplies, adds and changes the sign.
Fnmadd       "fnmadd" ["000 11111 0. 1 ..... 0 ..... ..... ....."] FpReg4 FpFma64;
/// Multiplies and subtracts.
Fnmsub       "fnmsub" ["000 11111 0. 1 ..... 1 ..... ..... ....."] FpReg4 FpFma64;
/// Converts to a signed integer, rounding to nearest even.
Fcvtns       "fcvtns" [". 00 11110 0. 1 00 000 000000 ..... ....."] FpToInt FpToInt;
/// Converts to an unsigned integer, rounding to nearest even.
Fcvtnu       "fcvtnu" [". 00 11110 0. 1 00 001 000000 ..... ....."] FpToInt FpToInt;
/// Converts to a signed integer, rounding up.
Fcvtps       "fcvtps" [". 00 11110 0. 1 01 000 000000 ..... ....."] FpToInt FpToInt;
/// Converts to an unsigned integer, rounding up.
Fcvtpu       "fcvtpu" [". 00 11110 0. 1 01 001 000000 ..... ....."] FpToInt FpToInt;
/// Converts to a signed integer, rounding down.
Fcvtms       "fcvtms" [". 00 11110 0. 1 10 000 000000 ..... ....."] FpToInt FpToInt;
/// Converts to an unsigned integer, rounding down.
Fcvtmu       "fcvtmu" [". 00 11110 0. 1 10 001 000000 ..... ....."] FpToInt FpToInt;
/// Converts to a signed integer, rounding toward zero.
Fcvtzs       "fcvtzs" [". 00 11110 0. 1 11 000 000000 ..... ....."] FpToInt FpToInt;
/// Converts to an unsigned integer, rounding toward zero.
Fcvtzu       "fcvtzu" [". 00 11110 0. 1 11 001 000000 ..... ....."] FpToInt FpToInt;
/// Converts to a signed integer, rounding to nearest, ties away.
Fcvtas       "fcvtas" [". 00 11110 0. 1 00 100 000000 ..... ....."] FpToInt FpToInt;
/// Converts to an unsigned integer, rounding to nearest, ties away.
Fcvtau       "fcvtau" [". 00 11110 0. 1 00 101 000000 ..... ....."] FpToInt FpToInt;
/// Converts from a signed integer.
Scvtf        "scvtf"  [". 00 11110 0. 1 00 010 000000 ..... ....."] FpFromInt FpFromInt;
/// Converts from an unsigned integer.
Ucvtf        "ucvtf"  [". 00 11110 0. 1 00 011 000000 ..... ....."] FpFromInt FpFromInt;
/// Moves 32 bits to a general register.
FmovToW      "fmov"   ["0 00 11110 00 1 00 110 000000 ..... ....."] FpToInt FpCopy;
/// Moves 32 bits from a general register.
FmovFromW    "fmov"   ["0 00 11110 00 1 00 111 000000 ..... ....."] FpFromInt FpCopy;
/// Moves 64 bits to a general register.
FmovToX      "fmov"   ["1 00 11110 01 1 00 110 000000 ..... ....."] FpToInt FpCopy;
/// Moves 64 bits from a general register.
FmovFromX    "fmov"   ["1 00 11110 01 1 00 111 000000 ..... ....."] FpFromInt FpCopy;
/// Moves the upper 64 bits to a general register.
FmovToXTop   "fmov"   ["1 00 11110 10 1 01 110 000000 ..... ....."] FpToTop FpCopy;
/// Moves the upper 64 bits from a general register.
FmovFromXTop "fmov"   ["1 00 11110 10 1 01 111 000000 ..... ....."] FpFromTop FpCopy;
/// Converts from a signed fixed-point number.
ScvtfFixed   "scvtf"  [". 00 11110 0. 0 00 010 ...... ..... ....."] FpFromFixed FpFromInt;
/// Converts from an unsigned fixed-point number.
UcvtfFixed   "ucvtf"  [". 00 11110 0. 0 00 011 ...... ..... ....."] FpFromFixed FpFromInt;
/// Converts to a signed fixed-point number.
FcvtzsFixed  "fcvtzs" [". 00 11110 0. 0 11 000 ...... ..... ....."] FpToFixed FpToInt;
/// Converts to an unsigned fixed-point number.
FcvtzuFixed  "fcvtzu" [". 00 11110 0. 0 11 001 ...... ..... ....."] FpToFixed FpToInt;

    } } };
}
pub(super) use fp_rows;
