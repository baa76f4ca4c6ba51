//! Rows: loads and stores of one general register (Arm ARM C4.1.94).

macro_rules! single_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Stores a byte: base and unsigned offset.
StrbUnsigned   "strb"   ["00 111 0 01 00 ............ ..... ....."] MemUnsigned Store;
/// Loads a byte: base and unsigned offset.
LdrbUnsigned   "ldrb"   ["00 111 0 01 01 ............ ..... ....."] MemUnsigned Load;
/// Loads a byte, sign-extended to 64 bits: base and unsigned offset.
LdrsbXUnsigned "ldrsb"  ["00 111 0 01 10 ............ ..... ....."] MemUnsigned Load;
/// Loads a byte, sign-extended to 32 bits: base and unsigned offset.
LdrsbWUnsigned "ldrsb"  ["00 111 0 01 11 ............ ..... ....."] MemUnsigned Load;
/// Stores a halfword: base and unsigned offset.
StrhUnsigned   "strh"   ["01 111 0 01 00 ............ ..... ....."] MemUnsigned Store;
/// Loads a halfword: base and unsigned offset.
LdrhUnsigned   "ldrh"   ["01 111 0 01 01 ............ ..... ....."] MemUnsigned Load;
/// Loads a halfword, sign-extended to 64 bits: base and unsigned offset.
LdrshXUnsigned "ldrsh"  ["01 111 0 01 10 ............ ..... ....."] MemUnsigned Load;
/// Loads a halfword, sign-extended to 32 bits: base and unsigned offset.
LdrshWUnsigned "ldrsh"  ["01 111 0 01 11 ............ ..... ....."] MemUnsigned Load;
/// Stores a word: base and unsigned offset.
StrWUnsigned   "str"    ["10 111 0 01 00 ............ ..... ....."] MemUnsigned Store;
/// Loads a word: base and unsigned offset.
LdrWUnsigned   "ldr"    ["10 111 0 01 01 ............ ..... ....."] MemUnsigned Load;
/// Loads a word, sign-extended: base and unsigned offset.
LdrswUnsigned  "ldrsw"  ["10 111 0 01 10 ............ ..... ....."] MemUnsigned Load;
/// Stores a doubleword: base and unsigned offset.
StrXUnsigned   "str"    ["11 111 0 01 00 ............ ..... ....."] MemUnsigned Store;
/// Loads a doubleword: base and unsigned offset.
LdrXUnsigned   "ldr"    ["11 111 0 01 01 ............ ..... ....."] MemUnsigned Load;
/// Stores a byte: base and signed offset.
StrbUnscaled   "sturb"  ["00 111 0 00 00 0 ......... 00 ..... ....."] MemUnscaled Store;
/// Loads a byte: base and signed offset.
LdrbUnscaled   "ldurb"  ["00 111 0 00 01 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Loads a byte, sign-extended to 64 bits: base and signed offset.
LdrsbXUnscaled "ldursb" ["00 111 0 00 10 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Loads a byte, sign-extended to 32 bits: base and signed offset.
LdrsbWUnscaled "ldursb" ["00 111 0 00 11 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Stores a halfword: base and signed offset.
StrhUnscaled   "sturh"  ["01 111 0 00 00 0 ......... 00 ..... ....."] MemUnscaled Store;
/// Loads a halfword: base and signed offset.
LdrhUnscaled   "ldurh"  ["01 111 0 00 01 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Loads a halfword, sign-extended to 64 bits: base and signed offset.
LdrshXUnscaled "ldursh" ["01 111 0 00 10 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Loads a halfword, sign-extended to 32 bits: base and signed offset.
LdrshWUnscaled "ldursh" ["01 111 0 00 11 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Stores a word: base and signed offset.
StrWUnscaled   "stur"   ["10 111 0 00 00 0 ......... 00 ..... ....."] MemUnscaled Store;
/// Loads a word: base and signed offset.
LdrWUnscaled   "ldur"   ["10 111 0 00 01 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Loads a word, sign-extended: base and signed offset.
LdrswUnscaled  "ldursw" ["10 111 0 00 10 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Stores a doubleword: base and signed offset.
StrXUnscaled   "stur"   ["11 111 0 00 00 0 ......... 00 ..... ....."] MemUnscaled Store;
/// Loads a doubleword: base and signed offset.
LdrXUnscaled   "ldur"   ["11 111 0 00 01 0 ......... 00 ..... ....."] MemUnscaled Load;
/// Stores a byte: base, which then moves.
StrbPost       "strb"   ["00 111 0 00 00 0 ......... 01 ..... ....."] MemPost Store;
/// Loads a byte: base, which then moves.
LdrbPost       "ldrb"   ["00 111 0 00 01 0 ......... 01 ..... ....."] MemPost Load;
/// Loads a byte, sign-extended to 64 bits: base, which then moves.
LdrsbXPost     "ldrsb"  ["00 111 0 00 10 0 ......... 01 ..... ....."] MemPost Load;
/// Loads a byte, sign-extended to 32 bits: base, which then moves.
LdrsbWPost     "ldrsb"  ["00 111 0 00 11 0 ......... 01 ..... ....."] MemPost Load;
/// Stores a halfword: base, which then moves.
StrhPost       "strh"   ["01 111 0 00 00 0 ......... 01 ..... ....."] MemPost Store;
/// Loads a halfword: base, which then moves.
LdrhPost       "ldrh"   ["01 111 0 00 01 0 ......... 01 ..... ....."] MemPost Load;
/// Loads a halfword, sign-extended to 64 bits: base, which then moves.
LdrshXPost     "ldrsh"  ["01 111 0 00 10 0 ......... 01 ..... ....."] MemPost Load;
/// Loads a halfword, sign-extended to 32 bits: base, which then moves.
LdrshWPost     "ldrsh"  ["01 111 0 00 11 0 ......... 01 ..... ....."] MemPost Load;
/// Stores a word: base, which then moves.
StrWPost       "str"    ["10 111 0 00 00 0 ......... 01 ..... ....."] MemPost Store;
/// Loads a word: base, which then moves.
LdrWPost       "ldr"    ["10 111 0 00 01 0 ......... 01 ..... ....."] MemPost Load;
/// Loads a word, sign-extended: base, which then moves.
LdrswPost      "ldrsw"  ["10 111 0 00 10 0 ......... 01 ..... ....."] MemPost Load;
/// Stores a doubleword: base, which then moves.
StrXPost       "str"    ["11 111 0 00 00 0 ......... 01 ..... ....."] MemPost Store;
/// Loads a doubleword: base, which then moves.
LdrXPost       "ldr"    ["11 111 0 00 01 0 ......... 01 ..... ....."] MemPost Load;
/// Stores a byte: base, which moves first.
StrbPre        "strb"   ["00 111 0 00 00 0 ......... 11 ..... ....."] MemPre Store;
/// Loads a byte: base, which moves first.
LdrbPre        "ldrb"   ["00 111 0 00 01 0 ......... 11 ..... ....."] MemPre Load;
/// Loads a byte, sign-extended to 64 bits: base, which moves first.
LdrsbXPre      "ldrsb"  ["00 111 0 00 10 0 ......... 11 ..... ....."] MemPre Load;
/// Loads a byte, sign-extended to 32 bits: base, which moves first.
LdrsbWPre      "ldrsb"  ["00 111 0 00 11 0 ......... 11 ..... ....."] MemPre Load;
/// Stores a halfword: base, which moves first.
StrhPre        "strh"   ["01 111 0 00 00 0 ......... 11 ..... ....."] MemPre Store;
/// Loads a halfword: base, which moves first.
LdrhPre        "ldrh"   ["01 111 0 00 01 0 ......... 11 ..... ....."] MemPre Load;
/// Loads a halfword, sign-extended to 64 bits: base, which moves first.
LdrshXPre      "ldrsh"  ["01 111 0 00 10 0 ......... 11 ..... ....."] MemPre Load;
/// Loads a halfword, sign-extended to 32 bits: base, which moves first.
LdrshWPre      "ldrsh"  ["01 111 0 00 11 0 ......... 11 ..... ....."] MemPre Load;
/// Stores a word: base, which moves first.
StrWPre        "str"    ["10 111 0 00 00 0 ......... 11 ..... ....."] MemPre Store;
/// Loads a word: base, which moves first.
LdrWPre        "ldr"    ["10 111 0 00 01 0 ......... 11 ..... ....."] MemPre Load;
/// Loads a word, sign-extended: base, which moves first.
LdrswPre       "ldrsw"  ["10 111 0 00 10 0 ......... 11 ..... ....."] MemPre Load;
/// Stores a doubleword: base, which moves first.
StrXPre        "str"    ["11 111 0 00 00 0 ......... 11 ..... ....."] MemPre Store;
/// Loads a doubleword: base, which moves first.
LdrXPre        "ldr"    ["11 111 0 00 01 0 ......... 11 ..... ....."] MemPre Load;
/// Stores a byte: base and index register.
StrbRegister   "strb"   ["00 111 0 00 00 1 ..... .1. . 10 ..... ....."] MemRegister Store;
/// Loads a byte: base and index register.
LdrbRegister   "ldrb"   ["00 111 0 00 01 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Loads a byte, sign-extended to 64 bits: base and index register.
LdrsbXRegister "ldrsb"  ["00 111 0 00 10 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Loads a byte, sign-extended to 32 bits: base and index register.
LdrsbWRegister "ldrsb"  ["00 111 0 00 11 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Stores a halfword: base and index register.
StrhRegister   "strh"   ["01 111 0 00 00 1 ..... .1. . 10 ..... ....."] MemRegister Store;
/// Loads a halfword: base and index register.
LdrhRegister   "ldrh"   ["01 111 0 00 01 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Loads a halfword, sign-extended to 64 bits: base and index register.
LdrshXRegister "ldrsh"  ["01 111 0 00 10 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Loads a halfword, sign-extended to 32 bits: base and index register.
LdrshWRegister "ldrsh"  ["01 111 0 00 11 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Stores a word: base and index register.
StrWRegister   "str"    ["10 111 0 00 00 1 ..... .1. . 10 ..... ....."] MemRegister Store;
/// Loads a word: base and index register.
LdrWRegister   "ldr"    ["10 111 0 00 01 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Loads a word, sign-extended: base and index register.
LdrswRegister  "ldrsw"  ["10 111 0 00 10 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Stores a doubleword: base and index register.
StrXRegister   "str"    ["11 111 0 00 00 1 ..... .1. . 10 ..... ....."] MemRegister Store;
/// Loads a doubleword: base and index register.
LdrXRegister   "ldr"    ["11 111 0 00 01 1 ..... .1. . 10 ..... ....."] MemRegister Load;
/// Stores a byte as EL0 would.
StrbUnpriv     "sttrb"  ["00 111 0 00 00 0 ......... 10 ..... ....."] MemUnscaled Store;
/// Loads a byte as EL0 would.
LdrbUnpriv     "ldtrb"  ["00 111 0 00 01 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Loads a byte, sign-extended to 64 bits as EL0 would.
LdrsbXUnpriv   "ldtrsb" ["00 111 0 00 10 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Loads a byte, sign-extended to 32 bits as EL0 would.
LdrsbWUnpriv   "ldtrsb" ["00 111 0 00 11 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Stores a halfword as EL0 would.
StrhUnpriv     "sttrh"  ["01 111 0 00 00 0 ......... 10 ..... ....."] MemUnscaled Store;
/// Loads a halfword as EL0 would.
LdrhUnpriv     "ldtrh"  ["01 111 0 00 01 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Loads a halfword, sign-extended to 64 bits as EL0 would.
LdrshXUnpriv   "ldtrsh" ["01 111 0 00 10 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Loads a halfword, sign-extended to 32 bits as EL0 would.
LdrshWUnpriv   "ldtrsh" ["01 111 0 00 11 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Stores a word as EL0 would.
StrWUnpriv     "sttr"   ["10 111 0 00 00 0 ......... 10 ..... ....."] MemUnscaled Store;
/// Loads a word as EL0 would.
LdrWUnpriv     "ldtr"   ["10 111 0 00 01 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Loads a word, sign-extended as EL0 would.
LdrswUnpriv    "ldtrsw" ["10 111 0 00 10 0 ......... 10 ..... ....."] MemUnscaled Load;
/// Stores a doubleword as EL0 would.
StrXUnpriv     "sttr"   ["11 111 0 00 00 0 ......... 10 ..... ....."] MemUnscaled Store;
/// Loads a doubleword as EL0 would.
LdrXUnpriv     "ldtr"   ["11 111 0 00 01 0 ......... 10 ..... ....."] MemUnscaled Load;

    } } };
}
pub(super) use single_rows;
