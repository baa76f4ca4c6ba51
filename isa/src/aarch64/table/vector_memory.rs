//! Rows: loads and stores of vector registers (Arm ARM C4.1.94).

macro_rules! vector_memory_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Stores 8 bits of a vector register: base and unsigned offset.
StrBUnsigned    "str"  ["00 111 1 01 00 ............ ..... ....."] FpUnsigned Store;
/// Loads 8 bits into a vector register: base and unsigned offset.
LdrBUnsigned    "ldr"  ["00 111 1 01 01 ............ ..... ....."] FpUnsigned Load;
/// Stores 16 bits of a vector register: base and unsigned offset.
StrHUnsigned    "str"  ["01 111 1 01 00 ............ ..... ....."] FpUnsigned Store;
/// Loads 16 bits into a vector register: base and unsigned offset.
LdrHUnsigned    "ldr"  ["01 111 1 01 01 ............ ..... ....."] FpUnsigned Load;
/// Stores 32 bits of a vector register: base and unsigned offset.
StrSUnsigned    "str"  ["10 111 1 01 00 ............ ..... ....."] FpUnsigned Store;
/// Loads 32 bits into a vector register: base and unsigned offset.
LdrSUnsigned    "ldr"  ["10 111 1 01 01 ............ ..... ....."] FpUnsigned Load;
/// Stores 64 bits of a vector register: base and unsigned offset.
StrDUnsigned    "str"  ["11 111 1 01 00 ............ ..... ....."] FpUnsigned Store;
/// Loads 64 bits into a vector register: base and unsigned offset.
LdrDUnsigned    "ldr"  ["11 111 1 01 01 ............ ..... ....."] FpUnsigned Load;
/// Stores a vector register: base and unsigned offset.
StrQUnsigned    "str"  ["00 111 1 01 10 ............ ..... ....."] FpUnsigned Store;
/// Loads a vector register: base and unsigned offset.
LdrQUnsigned    "ldr"  ["00 111 1 01 11 ............ ..... ....."] FpUnsigned Load;
/// Stores 8 bits of a vector register: base and signed offset.
StrBUnscaled    "stur" ["00 111 1 00 00 0 ......... 00 ..... ....."] FpUnscaled Store;
/// Loads 8 bits into a vector register: base and signed offset.
LdrBUnscaled    "ldur" ["00 111 1 00 01 0 ......... 00 ..... ....."] FpUnscaled Load;
/// Stores 16 bits of a vector register: base and signed offset.
StrHUnscaled    "stur" ["01 111 1 00 00 0 ......... 00 ..... ....."] FpUnscaled Store;
/// Loads 16 bits into a vector register: base and signed offset.
LdrHUnscaled    "ldur" ["01 111 1 00 01 0 ......... 00 ..... ....."] FpUnscaled Load;
/// Stores 32 bits of a vector register: base and signed offset.
StrSUnscaled    "stur" ["10 111 1 00 00 0 ......... 00 ..... ....."] FpUnscaled Store;
/// Loads 32 bits into a vector register: base and signed offset.
LdrSUnscaled    "ldur" ["10 111 1 00 01 0 ......... 00 ..... ....."] FpUnscaled Load;
/// Stores 64 bits of a vector register: base and signed offset.
StrDUnscaled    "stur" ["11 111 1 00 00 0 ......... 00 ..... ....."] FpUnscaled Store;
/// Loads 64 bits into a vector register: base and signed offset.
LdrDUnscaled    "ldur" ["11 111 1 00 01 0 ......... 00 ..... ....."] FpUnscaled Load;
/// Stores a vector register: base and signed offset.
StrQUnscaled    "stur" ["00 111 1 00 10 0 ......... 00 ..... ....."] FpUnscaled Store;
/// Loads a vector register: base and signed offset.
LdrQUnscaled    "ldur" ["00 111 1 00 11 0 ......... 00 ..... ....."] FpUnscaled Load;
/// Stores 8 bits of a vector register: base, which then moves.
StrBPost        "str"  ["00 111 1 00 00 0 ......... 01 ..... ....."] FpPost Store;
/// Loads 8 bits into a vector register: base, which then moves.
LdrBPost        "ldr"  ["00 111 1 00 01 0 ......... 01 ..... ....."] FpPost Load;
/// Stores 16 bits of a vector register: base, which then moves.
StrHPost        "str"  ["01 111 1 00 00 0 ......... 01 ..... ....."] FpPost Store;
/// Loads 16 bits into a vector register: base, which then moves.
LdrHPost        "ldr"  ["01 111 1 00 01 0 ......... 01 ..... ....."] FpPost Load;
/// Stores 32 bits of a vector register: base, which then moves.
StrSPost        "str"  ["10 111 1 00 00 0 ......... 01 ..... ....."] FpPost Store;
/// Loads 32 bits into a vector register: base, which then moves.
LdrSPost        "ldr"  ["10 111 1 00 01 0 ......... 01 ..... ....."] FpPost Load;
/// Stores 64 bits of a vector register: base, which then moves.
StrDPost        "str"  ["11 111 1 00 00 0 ......... 01 ..... ....."] FpPost Store;
/// Loads 64 bits into a vector register: base, which then moves.
LdrDPost        "ldr"  ["11 111 1 00 01 0 ......... 01 ..... ....."] FpPost Load;
/// Stores a vector register: base, which then moves.
StrQPost        "str"  ["00 111 1 00 10 0 ......... 01 ..... ....."] FpPost Store;
/// Loads a vector register: base, which then moves.
LdrQPost        "ldr"  ["00 111 1 00 11 0 ......... 01 ..... ....."] FpPost Load;
/// Stores 8 bits of a vector register: base, which moves first.
StrBPre         "str"  ["00 111 1 00 00 0 ......... 11 ..... ....."] FpPre Store;
/// Loads 8 bits into a vector register: base, which moves first.
LdrBPre         "ldr"  ["00 111 1 00 01 0 ......... 11 ..... ....."] FpPre Load;
/// Stores 16 bits of a vector register: base, which moves first.
StrHPre         "str"  ["01 111 1 00 00 0 ......... 11 ..... ....."] FpPre Store;
/// Loads 16 bits into a vector register: base, which moves first.
LdrHPre         "ldr"  ["01 111 1 00 01 0 ......... 11 ..... ....."] FpPre Load;
/// Stores 32 bits of a vector register: base, which moves first.
StrSPre         "str"  ["10 111 1 00 00 0 ......... 11 ..... ....."] FpPre Store;
/// Loads 32 bits into a vector register: base, which moves first.
LdrSPre         "ldr"  ["10 111 1 00 01 0 ......... 11 ..... ....."] FpPre Load;
/// Stores 64 bits of a vector register: base, which moves first.
StrDPre         "str"  ["11 111 1 00 00 0 ......... 11 ..... ....."] FpPre Store;
/// Loads 64 bits into a vector register: base, which moves first.
LdrDPre         "ldr"  ["11 111 1 00 01 0 ......... 11 ..... ....."] FpPre Load;
/// Stores a vector register: base, which moves first.
StrQPre         "str"  ["00 111 1 00 10 0 ......... 11 ..... ....."] FpPre Store;
/// Loads a vector register: base, which moves first.
LdrQPre         "ldr"  ["00 111 1 00 11 0 ......... 11 ..... ....."] FpPre Load;
/// Stores 8 bits of a vector register: base and index register.
StrBRegister    "str"  ["00 111 1 00 00 1 ..... .1. . 10 ..... ....."] FpRegister Store;
/// Loads 8 bits into a vector register: base and index register.
LdrBRegister    "ldr"  ["00 111 1 00 01 1 ..... .1. . 10 ..... ....."] FpRegister Load;
/// Stores 16 bits of a vector register: base and index register.
StrHRegister    "str"  ["01 111 1 00 00 1 ..... .1. . 10 ..... ....."] FpRegister Store;
/// Loads 16 bits into a vector register: base and index register.
LdrHRegister    "ldr"  ["01 111 1 00 01 1 ..... .1. . 10 ..... ....."] FpRegister Load;
/// Stores 32 bits of a vector register: base and index register.
StrSRegister    "str"  ["10 111 1 00 00 1 ..... .1. . 10 ..... ....."] FpRegister Store;
/// Loads 32 bits into a vector register: base and index register.
LdrSRegister    "ldr"  ["10 111 1 00 01 1 ..... .1. . 10 ..... ....."] FpRegister Load;
/// Stores 64 bits of a vector register: base and index register.
StrDRegister    "str"  ["11 111 1 00 00 1 ..... .1. . 10 ..... ....."] FpRegister Store;
/// Loads 64 bits into a vector register: base and index register.
LdrDRegister    "ldr"  ["11 111 1 00 01 1 ..... .1. . 10 ..... ....."] FpRegister Load;
/// Stores a vector register: base and index register.
StrQRegister    "str"  ["00 111 1 00 10 1 ..... .1. . 10 ..... ....."] FpRegister Store;
/// Loads a vector register: base and index register.
LdrQRegister    "ldr"  ["00 111 1 00 11 1 ..... .1. . 10 ..... ....."] FpRegister Load;
/// Loads 32 bits into a vector register, pc-relative.
LdrSLiteral     "ldr"  ["00 011 1 00 ................... ....."] FpLiteral Load;
/// Loads 64 bits into a vector register, pc-relative.
LdrDLiteral     "ldr"  ["01 011 1 00 ................... ....."] FpLiteral Load;
/// Loads a vector register, pc-relative.
LdrQLiteral     "ldr"  ["10 011 1 00 ................... ....."] FpLiteral Load;
/// Stores 32 bits of two vector registers, not to be cached.
StpSNonTemporal "stnp" ["00 101 1 000 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 32 bits into two vector registers, not to be cached.
LdpSNonTemporal "ldnp" ["00 101 1 000 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 64 bits of two vector registers, not to be cached.
StpDNonTemporal "stnp" ["01 101 1 000 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 64 bits into two vector registers, not to be cached.
LdpDNonTemporal "ldnp" ["01 101 1 000 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 128 bits of two vector registers, not to be cached.
StpQNonTemporal "stnp" ["10 101 1 000 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 128 bits into two vector registers, not to be cached.
LdpQNonTemporal "ldnp" ["10 101 1 000 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 32 bits of two vector registers: base, which then moves.
StpSPost        "stp"  ["00 101 1 001 0 ....... ..... ..... ....."] FpPairPost StorePair;
/// Loads 32 bits into two vector registers: base, which then moves.
LdpSPost        "ldp"  ["00 101 1 001 1 ....... ..... ..... ....."] FpPairPost LoadPair;
/// Stores 64 bits of two vector registers: base, which then moves.
StpDPost        "stp"  ["01 101 1 001 0 ....... ..... ..... ....."] FpPairPost StorePair;
/// Loads 64 bits into two vector registers: base, which then moves.
LdpDPost        "ldp"  ["01 101 1 001 1 ....... ..... ..... ....."] FpPairPost LoadPair;
/// Stores 128 bits of two vector registers: base, which then moves.
StpQPost        "stp"  ["10 101 1 001 0 ....... ..... ..... ....."] FpPairPost StorePair;
/// Loads 128 bits into two vector registers: base, which then moves.
LdpQPost        "ldp"  ["10 101 1 001 1 ....... ..... ..... ....."] FpPairPost LoadPair;
/// Stores 32 bits of two vector registers: base and offset.
StpSOffset      "stp"  ["00 101 1 010 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 32 bits into two vector registers: base and offset.
LdpSOffset      "ldp"  ["00 101 1 010 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 64 bits of two vector registers: base and offset.
StpDOffset      "stp"  ["01 101 1 010 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 64 bits into two vector registers: base and offset.
LdpDOffset      "ldp"  ["01 101 1 010 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 128 bits of two vector registers: base and offset.
StpQOffset      "stp"  ["10 101 1 010 0 ....... ..... ..... ....."] FpPairOffset StorePair;
/// Loads 128 bits into two vector registers: base and offset.
LdpQOffset      "ldp"  ["10 101 1 010 1 ....... ..... ..... ....."] FpPairOffset LoadPair;
/// Stores 32 bits of two vector registers: base, which moves first.
StpSPre         "stp"  ["00 101 1 011 0 ....... ..... ..... ....."] FpPairPre StorePair;
/// Loads 32 bits into two vector registers: base, which moves first.
LdpSPre         "ldp"  ["00 101 1 011 1 ....... ..... ..... ....."] FpPairPre LoadPair;
/// Stores 64 bits of two vector registers: base, which moves first.
StpDPre         "stp"  ["01 101 1 011 0 ....... ..... ..... ....."] FpPairPre StorePair;
/// Loads 64 bits into two vector registers: base, which moves first.
LdpDPre         "ldp"  ["01 101 1 011 1 ....... ..... ..... ....."] FpPairPre LoadPair;
/// Stores 128 bits of two vector registers: base, which moves first.
StpQPre         "stp"  ["10 101 1 011 0 ....... ..... ..... ....."] FpPairPre StorePair;
/// Loads 128 bits into two vector registers: base, which moves first.
LdpQPre         "ldp"  ["10 101 1 011 1 ....... ..... ..... ....."] FpPairPre LoadPair;

    } } };
}
pub(super) use vector_memory_rows;
