//! Rows: pairs, literals, prefetch, exclusives, ordered accesses, atomics (Arm ARM C4.1.94).

macro_rules! memory_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Loads a word, pc-relative.
LdrWLiteral     "ldr"      ["00 011 0 00 ................... ....."] Literal Load;
/// Loads a doubleword, pc-relative.
LdrXLiteral     "ldr"      ["01 011 0 00 ................... ....."] Literal Load;
/// Loads a word, sign-extended, pc-relative.
LdrswLiteral    "ldrsw"    ["10 011 0 00 ................... ....."] Literal Load;
/// Prefetches, pc-relative.
PrfmLiteral     "prfm"     ["11 011 0 00 ................... ....."] PrfmLiteral Nop;
/// Prefetches: base and unsigned offset.
PrfmUnsigned    "prfm"     ["11 111 0 01 10 ............ ..... ....."] PrfmUnsigned Nop;
/// Prefetches: base and signed offset.
PrfmUnscaled    "prfum"    ["11 111 0 00 10 0 ......... 00 ..... ....."] PrfmUnscaled Nop;
/// Prefetches: base and index register.
PrfmRegister    "prfm"     ["11 111 0 00 10 1 ..... .1. . 10 ..... ....."] PrfmRegister Nop;
/// Stores two words, not to be cached.
StpWNonTemporal "stnp"     ["00 101 0 000 0 ....... ..... ..... ....."] PairOffset StorePair;
/// Loads two words, not to be cached.
LdpWNonTemporal "ldnp"     ["00 101 0 000 1 ....... ..... ..... ....."] PairOffset LoadPair;
/// Stores two doublewords, not to be cached.
StpXNonTemporal "stnp"     ["10 101 0 000 0 ....... ..... ..... ....."] PairOffset StorePair;
/// Loads two doublewords, not to be cached.
LdpXNonTemporal "ldnp"     ["10 101 0 000 1 ....... ..... ..... ....."] PairOffset LoadPair;
/// Stores two words: base, which then moves.
StpWPost        "stp"      ["00 101 0 001 0 ....... ..... ..... ....."] PairPost StorePair;
/// Loads two words: base, which then moves.
LdpWPost        "ldp"      ["00 101 0 001 1 ....... ..... ..... ....."] PairPost LoadPair;
/// Loads two words, sign-extended: base, which then moves.
LdpswPost       "ldpsw"    ["01 101 0 001 1 ....... ..... ..... ....."] PairPost LoadPair;
/// Stores two doublewords: base, which then moves.
StpXPost        "stp"      ["10 101 0 001 0 ....... ..... ..... ....."] PairPost StorePair;
/// Loads two doublewords: base, which then moves.
LdpXPost        "ldp"      ["10 101 0 001 1 ....... ..... ..... ....."] PairPost LoadPair;
/// Stores two words: base and offset.
StpWOffset      "stp"      ["00 101 0 010 0 ....... ..... ..... ....."] PairOffset StorePair;
/// Loads two words: base and offset.
LdpWOffset      "ldp"      ["00 101 0 010 1 ....... ..... ..... ....."] PairOffset LoadPair;
/// Loads two words, sign-extended: base and offset.
LdpswOffset     "ldpsw"    ["01 101 0 010 1 ....... ..... ..... ....."] PairOffset LoadPair;
/// Stores two doublewords: base and offset.
StpXOffset      "stp"      ["10 101 0 010 0 ....... ..... ..... ....."] PairOffset StorePair;
/// Loads two doublewords: base and offset.
LdpXOffset      "ldp"      ["10 101 0 010 1 ....... ..... ..... ....."] PairOffset LoadPair;
/// Stores two words: base, which moves first.
StpWPre         "stp"      ["00 101 0 011 0 ....... ..... ..... ....."] PairPre StorePair;
/// Loads two words: base, which moves first.
LdpWPre         "ldp"      ["00 101 0 011 1 ....... ..... ..... ....."] PairPre LoadPair;
/// Loads two words, sign-extended: base, which moves first.
LdpswPre        "ldpsw"    ["01 101 0 011 1 ....... ..... ..... ....."] PairPre LoadPair;
/// Stores two doublewords: base, which moves first.
StpXPre         "stp"      ["10 101 0 011 0 ....... ..... ..... ....."] PairPre StorePair;
/// Loads two doublewords: base, which moves first.
LdpXPre         "ldp"      ["10 101 0 011 1 ....... ..... ..... ....."] PairPre LoadPair;
/// Stores exclusively.
Stxr            "stxr"     [".. 001000 000 ..... 0 ----- ..... ....."] StoreExclusive StoreExclusive;
/// Stores exclusively, release.
Stlxr           "stlxr"    [".. 001000 000 ..... 1 ----- ..... ....."] StoreExclusive StoreExclusive;
/// Loads exclusively.
Ldxr            "ldxr"     [".. 001000 010 ----- 0 ----- ..... ....."] LoadExclusive LoadExclusive;
/// Loads exclusively, acquire.
Ldaxr           "ldaxr"    [".. 001000 010 ----- 1 ----- ..... ....."] LoadExclusive LoadExclusive;
/// Stores a pair exclusively.
Stxp            "stxp"     ["1. 001000 001 ..... 0 ..... ..... ....."] StoreExclusivePair StoreExclusive;
/// Stores a pair exclusively, release.
Stlxp           "stlxp"    ["1. 001000 001 ..... 1 ..... ..... ....."] StoreExclusivePair StoreExclusive;
/// Loads a pair exclusively.
Ldxp            "ldxp"     ["1. 001000 011 ----- 0 ..... ..... ....."] LoadExclusivePair LoadExclusive;
/// Loads a pair exclusively, acquire.
Ldaxp           "ldaxp"    ["1. 001000 011 ----- 1 ..... ..... ....."] LoadExclusivePair LoadExclusive;
/// Stores, LORelease.
Stllr           "stllr"    [".. 001000 100 ----- 0 ----- ..... ....."] Ordered Store;
/// Stores, release.
Stlr            "stlr"     [".. 001000 100 ----- 1 ----- ..... ....."] Ordered Store;
/// Loads, LOAcquire.
Ldlar           "ldlar"    [".. 001000 110 ----- 0 ----- ..... ....."] Ordered Load;
/// Loads, acquire.
Ldar            "ldar"     [".. 001000 110 ----- 1 ----- ..... ....."] Ordered Load;
/// Compares and swaps a pair.
Casp            "casp"     ["0. 001000 0 . 1 ..... . 11111 ..... ....."] CasPair Atomic;
/// Compares and swaps.
Cas             "cas"      [".. 001000 1 . 1 ..... . 11111 ..... ....."] Cas Atomic;
/// Loads, adds, stores, in one step.
Ldadd           "ldadd"    [".. 111 0 00 . . 1 ..... 0 000 00 ..... ....."] Atomic Atomic;
/// Loads, clears bits, stores, in one step.
Ldclr           "ldclr"    [".. 111 0 00 . . 1 ..... 0 001 00 ..... ....."] Atomic Atomic;
/// Loads, exclusive-ors, stores, in one step.
Ldeor           "ldeor"    [".. 111 0 00 . . 1 ..... 0 010 00 ..... ....."] Atomic Atomic;
/// Loads, sets bits, stores, in one step.
Ldset           "ldset"    [".. 111 0 00 . . 1 ..... 0 011 00 ..... ....."] Atomic Atomic;
/// Loads, takes the signed maximum, stores, in one step.
Ldsmax          "ldsmax"   [".. 111 0 00 . . 1 ..... 0 100 00 ..... ....."] Atomic Atomic;
/// Loads, takes the signed minimum, stores, in one step.
Ldsmin          "ldsmin"   [".. 111 0 00 . . 1 ..... 0 101 00 ..... ....."] Atomic Atomic;
/// Loads, takes the unsigned maximum, stores, in one step.
Ldumax          "ldumax"   [".. 111 0 00 . . 1 ..... 0 110 00 ..... ....."] Atomic Atomic;
/// Loads, takes the unsigned minimum, stores, in one step.
Ldumin          "ldumin"   [".. 111 0 00 . . 1 ..... 0 111 00 ..... ....."] Atomic Atomic;
/// Swaps memory and a register.
Swp             "swp"      [".. 111 0 00 . . 1 ..... 1 000 00 ..... ....."] Atomic Atomic;
/// Loads, acquire RCpc.
Ldapr           "ldapr"    [".. 111 0 00 1 0 1 11111 1 100 00 ..... ....."] Rcpc Load;
/// Stores a byte, release: base and signed offset.
Stlurb          "stlurb"   ["00 011001 00 0 ......... 00 ..... ....."] RcpcUnscaled Store;
/// Loads a byte, acquire RCpc: base and signed offset.
Ldapurb         "ldapurb"  ["00 011001 01 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Loads a byte, sign-extended to 64 bits, acquire RCpc: base and signed offset.
LdapursbX       "ldapursb" ["00 011001 10 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Loads a byte, sign-extended to 32 bits, acquire RCpc: base and signed offset.
LdapursbW       "ldapursb" ["00 011001 11 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Stores a halfword, release: base and signed offset.
Stlurh          "stlurh"   ["01 011001 00 0 ......... 00 ..... ....."] RcpcUnscaled Store;
/// Loads a halfword, acquire RCpc: base and signed offset.
Ldapurh         "ldapurh"  ["01 011001 01 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Loads a halfword, sign-extended to 64 bits, acquire RCpc: base and signed offset.
LdapurshX       "ldapursh" ["01 011001 10 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Loads a halfword, sign-extended to 32 bits, acquire RCpc: base and signed offset.
LdapurshW       "ldapursh" ["01 011001 11 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Stores a word, release: base and signed offset.
StlurW          "stlur"    ["10 011001 00 0 ......... 00 ..... ....."] RcpcUnscaled Store;
/// Loads a word, acquire RCpc: base and signed offset.
LdapurW         "ldapur"   ["10 011001 01 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Loads a word, sign-extended, acquire RCpc: base and signed offset.
Ldapursw        "ldapursw" ["10 011001 10 0 ......... 00 ..... ....."] RcpcUnscaled Load;
/// Stores a doubleword, release: base and signed offset.
StlurX          "stlur"    ["11 011001 00 0 ......... 00 ..... ....."] RcpcUnscaled Store;
/// Loads a doubleword, acquire RCpc: base and signed offset.
LdapurX         "ldapur"   ["11 011001 01 0 ......... 00 ..... ....."] RcpcUnscaled Load;

    } } };
}
pub(super) use memory_rows;
