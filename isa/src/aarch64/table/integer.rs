//! Rows: data processing, immediate and register (Arm ARM C4.1.86, C4.1.95).

macro_rules! integer_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Forms a pc-relative address.
Adr       "adr"     ["0 .. 10000 ................... ....."] Adr Alu;
/// Forms a pc-relative address to a 4 KB page.
Adrp      "adrp"    ["1 .. 10000 ................... ....."] Adrp Alu;

/// Adds an immediate.
AddImm    "add"     [". 0 0 100010 . ............ ..... ....."] AddImm Alu;
/// Adds an immediate and sets the flags.
AddsImm   "adds"    [". 0 1 100010 . ............ ..... ....."] AddImmFlags Alu;
/// Subtracts an immediate.
SubImm    "sub"     [". 1 0 100010 . ............ ..... ....."] AddImm Alu;
/// Subtracts an immediate and sets the flags.
SubsImm   "subs"    [". 1 1 100010 . ............ ..... ....."] AddImmFlags Alu;

/// Bitwise and with a bitmask.
AndImm    "and"     [". 00 100100 . ...... ...... ..... ....."] LogicalImm Alu;
/// Bitwise or with a bitmask.
OrrImm    "orr"     [". 01 100100 . ...... ...... ..... ....."] LogicalImm Alu;
/// Bitwise exclusive or with a bitmask.
EorImm    "eor"     [". 10 100100 . ...... ...... ..... ....."] LogicalImm Alu;
/// Bitwise and with a bitmask; sets the flags.
AndsImm   "ands"    [". 11 100100 . ...... ...... ..... ....."] LogicalImmFlags Alu;

/// Moves the complement of a shifted 16-bit immediate.
Movn      "movn"    [". 00 100101 .. ................ ....."] MoveWide Alu;
/// Moves a shifted 16-bit immediate.
Movz      "movz"    [". 10 100101 .. ................ ....."] MoveWide Alu;
/// Replaces 16 bits.
Movk      "movk"    [". 11 100101 .. ................ ....."] MoveWide Alu;

/// Moves a bit field, sign-extended.
Sbfm      "sbfm"    [". 00 100110 . ...... ...... ..... ....."] Bitfield Alu;
/// Moves a bit field into a register.
Bfm       "bfm"     [". 01 100110 . ...... ...... ..... ....."] Bitfield Alu;
/// Moves a bit field, zero-extended.
Ubfm      "ubfm"    [". 10 100110 . ...... ...... ..... ....."] Bitfield Alu;
/// Extracts a register from a pair.
Extr      "extr"    [". 00 100111 . 0 ..... ...... ..... ....."] Extract Alu;

/// Bitwise and.
AndReg    "and"     [". 00 01010 .. 0 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise and with the complement.
BicReg    "bic"     [". 00 01010 .. 1 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise or.
OrrReg    "orr"     [". 01 01010 .. 0 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise or with the complement.
OrnReg    "orn"     [". 01 01010 .. 1 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise exclusive or.
EorReg    "eor"     [". 10 01010 .. 0 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise exclusive or with the complement.
EonReg    "eon"     [". 10 01010 .. 1 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise and; sets the flags.
AndsReg   "ands"    [". 11 01010 .. 0 ..... ...... ..... ....."] Shifted AluShifted;
/// Bitwise and with the complement; sets the flags.
BicsReg   "bics"    [". 11 01010 .. 1 ..... ...... ..... ....."] Shifted AluShifted;

/// Adds a shifted register.
AddReg    "add"     [". 0 0 01011 .. 0 ..... ...... ..... ....."] AddShifted AluShifted;
/// Adds a shifted register and sets the flags.
AddsReg   "adds"    [". 0 1 01011 .. 0 ..... ...... ..... ....."] AddShifted AluShifted;
/// Subtracts a shifted register.
SubReg    "sub"     [". 1 0 01011 .. 0 ..... ...... ..... ....."] AddShifted AluShifted;
/// Subtracts a shifted register and sets the flags.
SubsReg   "subs"    [". 1 1 01011 .. 0 ..... ...... ..... ....."] AddShifted AluShifted;
/// Adds an extended register.
AddExt    "add"     [". 0 0 01011 00 1 ..... ... ... ..... ....."] Extended AluShifted;
/// Adds an extended register and sets the flags.
AddsExt   "adds"    [". 0 1 01011 00 1 ..... ... ... ..... ....."] ExtendedFlags AluShifted;
/// Subtracts an extended register.
SubExt    "sub"     [". 1 0 01011 00 1 ..... ... ... ..... ....."] Extended AluShifted;
/// Subtracts an extended register and sets the flags.
SubsExt   "subs"    [". 1 1 01011 00 1 ..... ... ... ..... ....."] ExtendedFlags AluShifted;

/// Adds with carry.
Adc       "adc"     [". 0 0 11010000 ..... 000000 ..... ....."] Reg3 Alu;
/// Adds with carry and sets the flags.
Adcs      "adcs"    [". 0 1 11010000 ..... 000000 ..... ....."] Reg3 Alu;
/// Subtracts with carry.
Sbc       "sbc"     [". 1 0 11010000 ..... 000000 ..... ....."] Reg3 Alu;
/// Subtracts with carry and sets the flags.
Sbcs      "sbcs"    [". 1 1 11010000 ..... 000000 ..... ....."] Reg3 Alu;
/// Rotates, then inserts bits into the flags.
Rmif      "rmif"    ["1 0 1 11010000 ...... 00001 ..... 0 ...."] Rmif Alu;
/// Sets the flags from an 8-bit value.
Setf8     "setf8"   ["0 0 1 11010000 000000 0 0010 ..... 0 1101"] SetFlags Alu;
/// Sets the flags from a 16-bit value.
Setf16    "setf16"  ["0 0 1 11010000 000000 1 0010 ..... 0 1101"] SetFlags Alu;

/// Compares the negated register, or sets the flags.
CcmnReg   "ccmn"    [". 0 1 11010010 ..... .... 0 0 ..... 0 ...."] CondCompareReg Alu;
/// Compares the register, or sets the flags.
CcmpReg   "ccmp"    [". 1 1 11010010 ..... .... 0 0 ..... 0 ...."] CondCompareReg Alu;
/// Compares the negated immediate, or sets the flags.
CcmnImm   "ccmn"    [". 0 1 11010010 ..... .... 1 0 ..... 0 ...."] CondCompareImm Alu;
/// Compares the immediate, or sets the flags.
CcmpImm   "ccmp"    [". 1 1 11010010 ..... .... 1 0 ..... 0 ...."] CondCompareImm Alu;
/// Selects.
Csel      "csel"    [". 0 0 11010100 ..... .... 0 0 ..... ....."] CondSelect Alu;
/// Selects, or increments.
Csinc     "csinc"   [". 0 0 11010100 ..... .... 0 1 ..... ....."] CondSelect Alu;
/// Selects, or complements.
Csinv     "csinv"   [". 1 0 11010100 ..... .... 0 0 ..... ....."] CondSelect Alu;
/// Selects, or negates.
Csneg     "csneg"   [". 1 0 11010100 ..... .... 0 1 ..... ....."] CondSelect Alu;

/// Unsigned division of 32-bit values.
UdivW     "udiv"    ["0 0 0 11010110 ..... 00001 0 ..... ....."] Reg3 Div32;
/// Unsigned division of 64-bit values.
UdivX     "udiv"    ["1 0 0 11010110 ..... 00001 0 ..... ....."] Reg3 Div64;
/// Signed division of 32-bit values.
SdivW     "sdiv"    ["0 0 0 11010110 ..... 00001 1 ..... ....."] Reg3 Div32;
/// Signed division of 64-bit values.
SdivX     "sdiv"    ["1 0 0 11010110 ..... 00001 1 ..... ....."] Reg3 Div64;
/// Shifts left by a register.
Lslv      "lsl"     [". 0 0 11010110 ..... 0010 00 ..... ....."] Reg3 Alu;
/// Shifts right by a register.
Lsrv      "lsr"     [". 0 0 11010110 ..... 0010 01 ..... ....."] Reg3 Alu;
/// Shifts right arithmetically by a register.
Asrv      "asr"     [". 0 0 11010110 ..... 0010 10 ..... ....."] Reg3 Alu;
/// Rotates right by a register.
Rorv      "ror"     [". 0 0 11010110 ..... 0010 11 ..... ....."] Reg3 Alu;
/// CRC-32 of a byte.
Crc32b    "crc32b"  ["0 0 0 11010110 ..... 010 0 00 ..... ....."] Reg3 Crypto;
/// CRC-32 of a halfword.
Crc32h    "crc32h"  ["0 0 0 11010110 ..... 010 0 01 ..... ....."] Reg3 Crypto;
/// CRC-32 of a word.
Crc32w    "crc32w"  ["0 0 0 11010110 ..... 010 0 10 ..... ....."] Reg3 Crypto;
/// CRC-32 of a doubleword.
Crc32x    "crc32x"  ["1 0 0 11010110 ..... 010 0 11 ..... ....."] CrcDouble Crypto;
/// CRC-32C of a byte.
Crc32cb   "crc32cb" ["0 0 0 11010110 ..... 010 1 00 ..... ....."] Reg3 Crypto;
/// CRC-32C of a halfword.
Crc32ch   "crc32ch" ["0 0 0 11010110 ..... 010 1 01 ..... ....."] Reg3 Crypto;
/// CRC-32C of a word.
Crc32cw   "crc32cw" ["0 0 0 11010110 ..... 010 1 10 ..... ....."] Reg3 Crypto;
/// CRC-32C of a doubleword.
Crc32cx   "crc32cx" ["1 0 0 11010110 ..... 010 1 11 ..... ....."] CrcDouble Crypto;

/// Reverses the bits.
Rbit      "rbit"    [". 1 0 11010110 00000 000000 ..... ....."] Reg2 Alu;
/// Reverses the bytes of each halfword.
Rev16     "rev16"   [". 1 0 11010110 00000 000001 ..... ....."] Reg2 Alu;
/// Reverses the bytes of a 32-bit register.
RevW      "rev"     ["0 1 0 11010110 00000 000010 ..... ....."] Reg2 Alu;
/// Reverses the bytes of each word.
Rev32     "rev32"   ["1 1 0 11010110 00000 000010 ..... ....."] Reg2 Alu;
/// Reverses the bytes of a 64-bit register.
RevX      "rev"     ["1 1 0 11010110 00000 000011 ..... ....."] Reg2 Alu;
/// Counts leading zeroes.
Clz       "clz"     [". 1 0 11010110 00000 000100 ..... ....."] Reg2 Alu;
/// Counts leading sign bits.
Cls       "cls"     [". 1 0 11010110 00000 000101 ..... ....."] Reg2 Alu;

/// Multiplies and adds.
Madd      "madd"    [". 00 11011 000 ..... 0 ..... ..... ....."] Reg4 MulAdd;
/// Multiplies and subtracts.
Msub      "msub"    [". 00 11011 000 ..... 1 ..... ..... ....."] Reg4 MulAdd;
/// Multiplies signed words and adds.
Smaddl    "smaddl"  ["1 00 11011 001 ..... 0 ..... ..... ....."] MulLong MulAdd;
/// Multiplies signed words and subtracts.
Smsubl    "smsubl"  ["1 00 11011 001 ..... 1 ..... ..... ....."] MulLong MulAdd;
/// High half of a signed product.
Smulh     "smulh"   ["1 00 11011 010 ..... 0 ----- ..... ....."] Reg3 Mul;
/// Multiplies unsigned words and adds.
Umaddl    "umaddl"  ["1 00 11011 101 ..... 0 ..... ..... ....."] MulLong MulAdd;
/// Multiplies unsigned words and subtracts.
Umsubl    "umsubl"  ["1 00 11011 101 ..... 1 ..... ..... ....."] MulLong MulAdd;
/// High half of an unsigned product.
Umulh     "umulh"   ["1 00 11011 110 ..... 0 ----- ..... ....."] Reg3 Mul;

    } } };
}
pub(super) use integer_rows;
