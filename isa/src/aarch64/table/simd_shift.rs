//! Rows: Advanced SIMD, immediates and shifts by immediates (Arm ARM C4.1.96).

macro_rules! simd_shift_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Moves an immediate to a vector: cmode 0000.
MoviWord0   "movi"     ["0 . 0 0111100000 ... 0000 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 0001.
OrrWord0    "orr"      ["0 . 0 0111100000 ... 0001 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 0010.
MoviWord8   "movi"     ["0 . 0 0111100000 ... 0010 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 0011.
OrrWord8    "orr"      ["0 . 0 0111100000 ... 0011 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 0100.
MoviWord16  "movi"     ["0 . 0 0111100000 ... 0100 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 0101.
OrrWord16   "orr"      ["0 . 0 0111100000 ... 0101 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 0110.
MoviWord24  "movi"     ["0 . 0 0111100000 ... 0110 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 0111.
OrrWord24   "orr"      ["0 . 0 0111100000 ... 0111 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 1000.
MoviHalf0   "movi"     ["0 . 0 0111100000 ... 1000 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 1001.
OrrHalf0    "orr"      ["0 . 0 0111100000 ... 1001 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 1010.
MoviHalf8   "movi"     ["0 . 0 0111100000 ... 1010 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Bitwise or with an immediate: cmode 1011.
OrrHalf8    "orr"      ["0 . 0 0111100000 ... 1011 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to a vector: cmode 1100.
MoviOnes8   "movi"     ["0 . 0 0111100000 ... 1100 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Moves an immediate to a vector: cmode 1101.
MoviOnes16  "movi"     ["0 . 0 0111100000 ... 1101 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Moves the complement of an immediate to a vector: cmode 0000.
MvniWord0   "mvni"     ["0 . 1 0111100000 ... 0000 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 0001.
BicWord0    "bic"      ["0 . 1 0111100000 ... 0001 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 0010.
MvniWord8   "mvni"     ["0 . 1 0111100000 ... 0010 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 0011.
BicWord8    "bic"      ["0 . 1 0111100000 ... 0011 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 0100.
MvniWord16  "mvni"     ["0 . 1 0111100000 ... 0100 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 0101.
BicWord16   "bic"      ["0 . 1 0111100000 ... 0101 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 0110.
MvniWord24  "mvni"     ["0 . 1 0111100000 ... 0110 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 0111.
BicWord24   "bic"      ["0 . 1 0111100000 ... 0111 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 1000.
MvniHalf0   "mvni"     ["0 . 1 0111100000 ... 1000 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 1001.
BicHalf0    "bic"      ["0 . 1 0111100000 ... 1001 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 1010.
MvniHalf8   "mvni"     ["0 . 1 0111100000 ... 1010 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Clears the bits of an immediate: cmode 1011.
BicHalf8    "bic"      ["0 . 1 0111100000 ... 1011 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 1100.
MvniOnes8   "mvni"     ["0 . 1 0111100000 ... 1100 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves the complement of an immediate to a vector: cmode 1101.
MvniOnes16  "mvni"     ["0 . 1 0111100000 ... 1101 0 1 ..... ....."] Simd(Immediate Modified) SimdLogic;
/// Moves an immediate to all bytes.
MoviByte    "movi"     ["0 . 0 0111100000 ... 1110 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Moves a mask of bytes.
MoviDouble  "movi"     ["0 . 1 0111100000 ... 1110 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Moves an immediate to all singles.
FmovSingles "fmov"     ["0 . 0 0111100000 ... 1111 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Moves an immediate to both doubles.
FmovDoubles "fmov"     ["0 1 1 0111100000 ... 1111 0 1 ..... ....."] Simd(Immediate Modified) SimdPermute;
/// Shifts right, signed, by an immediate.
SshrI       "sshr"     ["0 . 0 011110 .... ... 00000 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right, unsigned, by an immediate.
UshrI       "ushr"     ["0 . 1 011110 .... ... 00000 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right and accumulates, signed, by an immediate.
SsraI       "ssra"     ["0 . 0 011110 .... ... 00010 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right and accumulates, unsigned, by an immediate.
UsraI       "usra"     ["0 . 1 011110 .... ... 00010 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right with rounding, signed, by an immediate.
SrshrI      "srshr"    ["0 . 0 011110 .... ... 00100 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right with rounding, unsigned, by an immediate.
UrshrI      "urshr"    ["0 . 1 011110 .... ... 00100 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right with rounding and accumulates, signed, by an immediate.
SrsraI      "srsra"    ["0 . 0 011110 .... ... 00110 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right with rounding and accumulates, unsigned, by an immediate.
UrsraI      "ursra"    ["0 . 1 011110 .... ... 00110 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts right and inserts, by an immediate.
SriI        "sri"      ["0 . 1 011110 .... ... 01000 1 ..... ....."] Simd(ShiftRight ShiftAll) SimdAlu;
/// Shifts left, by an immediate.
ShlI        "shl"      ["0 . 0 011110 .... ... 01010 1 ..... ....."] Simd(ShiftLeft ShiftAll) SimdAlu;
/// Shifts left and inserts, by an immediate.
SliI        "sli"      ["0 . 1 011110 .... ... 01010 1 ..... ....."] Simd(ShiftLeft ShiftAll) SimdAlu;
/// Shifts left, saturating, signed to unsigned, by an immediate.
SqshluI     "sqshlu"   ["0 . 1 011110 .... ... 01100 1 ..... ....."] Simd(ShiftLeft ShiftAll) SimdAlu;
/// Shifts left, saturating, signed, by an immediate.
SqshlI      "sqshl"    ["0 . 0 011110 .... ... 01110 1 ..... ....."] Simd(ShiftLeft ShiftAll) SimdAlu;
/// Shifts left, saturating, unsigned, by an immediate.
UqshlI      "uqshl"    ["0 . 1 011110 .... ... 01110 1 ..... ....."] Simd(ShiftLeft ShiftAll) SimdAlu;
/// Shifts right and narrows, by an immediate.
ShrnI       "shrn"     ["0 . 0 011110 .... ... 10000 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right and narrows, saturating, signed to unsigned, by an immediate.
SqshrunI    "sqshrun"  ["0 . 1 011110 .... ... 10000 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, by an immediate.
RshrnI      "rshrn"    ["0 . 0 011110 .... ... 10001 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, signed to unsigned, by an immediate.
SqrshrunI   "sqrshrun" ["0 . 1 011110 .... ... 10001 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right and narrows, saturating, signed, by an immediate.
SqshrnI     "sqshrn"   ["0 . 0 011110 .... ... 10010 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right and narrows, saturating, unsigned, by an immediate.
UqshrnI     "uqshrn"   ["0 . 1 011110 .... ... 10010 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, signed, by an immediate.
SqrshrnI    "sqrshrn"  ["0 . 0 011110 .... ... 10011 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, unsigned, by an immediate.
UqrshrnI    "uqrshrn"  ["0 . 1 011110 .... ... 10011 1 ..... ....."] Simd(ShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts left into wider elements, signed, by an immediate.
SshllI      "sshll"    ["0 . 0 011110 .... ... 10100 1 ..... ....."] Simd(ShiftLong ShiftNoDouble) SimdAlu;
/// Shifts left into wider elements, unsigned, by an immediate.
UshllI      "ushll"    ["0 . 1 011110 .... ... 10100 1 ..... ....."] Simd(ShiftLong ShiftNoDouble) SimdAlu;
/// Converts from fixed-point numbers, signed, by an immediate.
ScvtfI      "scvtf"    ["0 . 0 011110 .... ... 11100 1 ..... ....."] Simd(Fixed ShiftFloat) FpConvert;
/// Converts from fixed-point numbers, unsigned, by an immediate.
UcvtfI      "ucvtf"    ["0 . 1 011110 .... ... 11100 1 ..... ....."] Simd(Fixed ShiftFloat) FpConvert;
/// Converts to fixed-point numbers, by an immediate.
FcvtzsI     "fcvtzs"   ["0 . 0 011110 .... ... 11111 1 ..... ....."] Simd(Fixed ShiftFloat) FpConvert;
/// Converts to fixed-point numbers, unsigned, by an immediate.
FcvtzuI     "fcvtzu"   ["0 . 1 011110 .... ... 11111 1 ..... ....."] Simd(Fixed ShiftFloat) FpConvert;
/// Shifts right, signed, scalar, by an immediate.
SshrSI      "sshr"     ["01 0 111110 .... ... 00000 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right, unsigned, scalar, by an immediate.
UshrSI      "ushr"     ["01 1 111110 .... ... 00000 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right and accumulates, signed, scalar, by an immediate.
SsraSI      "ssra"     ["01 0 111110 .... ... 00010 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right and accumulates, unsigned, scalar, by an immediate.
UsraSI      "usra"     ["01 1 111110 .... ... 00010 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right with rounding, signed, scalar, by an immediate.
SrshrSI     "srshr"    ["01 0 111110 .... ... 00100 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right with rounding, unsigned, scalar, by an immediate.
UrshrSI     "urshr"    ["01 1 111110 .... ... 00100 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right with rounding and accumulates, signed, scalar, by an immediate.
SrsraSI     "srsra"    ["01 0 111110 .... ... 00110 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right with rounding and accumulates, unsigned, scalar, by an immediate.
UrsraSI     "ursra"    ["01 1 111110 .... ... 00110 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts right and inserts, scalar, by an immediate.
SriSI       "sri"      ["01 1 111110 .... ... 01000 1 ..... ....."] Simd(ScalarShiftRight ShiftDouble) SimdAlu;
/// Shifts left, scalar, by an immediate.
ShlSI       "shl"      ["01 0 111110 .... ... 01010 1 ..... ....."] Simd(ScalarShiftLeft ShiftDouble) SimdAlu;
/// Shifts left and inserts, scalar, by an immediate.
SliSI       "sli"      ["01 1 111110 .... ... 01010 1 ..... ....."] Simd(ScalarShiftLeft ShiftDouble) SimdAlu;
/// Shifts left, saturating, signed to unsigned, scalar, by an immediate.
SqshluSI    "sqshlu"   ["01 1 111110 .... ... 01100 1 ..... ....."] Simd(ScalarShiftLeft ShiftAll) SimdAlu;
/// Shifts left, saturating, signed, scalar, by an immediate.
SqshlSI     "sqshl"    ["01 0 111110 .... ... 01110 1 ..... ....."] Simd(ScalarShiftLeft ShiftAll) SimdAlu;
/// Shifts left, saturating, unsigned, scalar, by an immediate.
UqshlSI     "uqshl"    ["01 1 111110 .... ... 01110 1 ..... ....."] Simd(ScalarShiftLeft ShiftAll) SimdAlu;
/// Shifts right and narrows, saturating, signed to unsigned, scalar, by an immediate.
SqshrunSI   "sqshrun"  ["01 1 111110 .... ... 10000 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, signed to unsigned, scalar, by an immediate.
SqrshrunSI  "sqrshrun" ["01 1 111110 .... ... 10001 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right and narrows, saturating, signed, scalar, by an immediate.
SqshrnSI    "sqshrn"   ["01 0 111110 .... ... 10010 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right and narrows, saturating, unsigned, scalar, by an immediate.
UqshrnSI    "uqshrn"   ["01 1 111110 .... ... 10010 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, signed, scalar, by an immediate.
SqrshrnSI   "sqrshrn"  ["01 0 111110 .... ... 10011 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Shifts right with rounding and narrows, saturating, unsigned, scalar, by an immediate.
UqrshrnSI   "uqrshrn"  ["01 1 111110 .... ... 10011 1 ..... ....."] Simd(ScalarShiftNarrow ShiftNoDouble) SimdAlu;
/// Converts from fixed-point numbers, signed, scalar, by an immediate.
ScvtfSI     "scvtf"    ["01 0 111110 .... ... 11100 1 ..... ....."] Simd(ScalarFixed ShiftFloat) FpConvert;
/// Converts from fixed-point numbers, unsigned, scalar, by an immediate.
UcvtfSI     "ucvtf"    ["01 1 111110 .... ... 11100 1 ..... ....."] Simd(ScalarFixed ShiftFloat) FpConvert;
/// Converts to fixed-point numbers, scalar, by an immediate.
FcvtzsSI    "fcvtzs"   ["01 0 111110 .... ... 11111 1 ..... ....."] Simd(ScalarFixed ShiftFloat) FpConvert;
/// Converts to fixed-point numbers, unsigned, scalar, by an immediate.
FcvtzuSI    "fcvtzu"   ["01 1 111110 .... ... 11111 1 ..... ....."] Simd(ScalarFixed ShiftFloat) FpConvert;

    } } };
}
pub(super) use simd_shift_rows;
