//! Rows: Advanced SIMD that came after Armv8.0, and cryptography (Arm ARM C4.1.96): FEAT_RDM, FEAT_DotProd, FEAT_AES,
//! FEAT_PMULL, FEAT_SHA1, FEAT_SHA256.

macro_rules! simd_later_rows {
    ([$next:ident $($rest:ident)*] $m:ident { $($acc:tt)* }) => { $next! { [$($rest)*] $m { $($acc)*

/// Doubles the product, rounds, adds its upper half, saturating, vector.
SqrdmlahV "sqrdmlah" ["0 . 1 01110 .. 0 ..... 1 0000 1 ..... ....."] Simd(Three HalfWord) SimdMul;
/// Doubles the product, rounds, subtracts its upper half, saturating, vector.
SqrdmlshV "sqrdmlsh" ["0 . 1 01110 .. 0 ..... 1 0001 1 ..... ....."] Simd(Three HalfWord) SimdMul;
/// As `sqrdmlah`, scalar.
SqrdmlahS "sqrdmlah" ["01 1 11110 .. 0 ..... 1 0000 1 ..... ....."] Simd(ScalarThree HalfWord) SimdMul;
/// As `sqrdmlsh`, scalar.
SqrdmlshS "sqrdmlsh" ["01 1 11110 .. 0 ..... 1 0001 1 ..... ....."] Simd(ScalarThree HalfWord) SimdMul;
/// As `sqrdmlah`, by one element.
SqrdmlahE "sqrdmlah" ["0 . 1 01111 .. .. .... 1101 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `sqrdmlsh`, by one element.
SqrdmlshE "sqrdmlsh" ["0 . 1 01111 .. .. .... 1111 . 0 ..... ....."] Simd(Element HalfWord) SimdMul;
/// As `sqrdmlah`, scalar, by one element.
SqrdmlahSE "sqrdmlah" ["01 1 11111 .. .. .... 1101 . 0 ..... ....."] Simd(ScalarElement HalfWord) SimdMul;
/// As `sqrdmlsh`, scalar, by one element.
SqrdmlshSE "sqrdmlsh" ["01 1 11111 .. .. .... 1111 . 0 ..... ....."] Simd(ScalarElement HalfWord) SimdMul;

/// Adds the products of four bytes, signed.
SdotV     "sdot"     ["0 . 0 01110 10 0 ..... 1 0010 1 ..... ....."] Simd(Dot Word) SimdMul;
/// Adds the products of four bytes, unsigned.
UdotV     "udot"     ["0 . 1 01110 10 0 ..... 1 0010 1 ..... ....."] Simd(Dot Word) SimdMul;
/// As `sdot`, by one group of four bytes.
SdotE     "sdot"     ["0 . 0 01111 10 .. .... 1110 . 0 ..... ....."] Simd(DotElement Word) SimdMul;
/// As `udot`, by one group of four bytes.
UdotE     "udot"     ["0 . 1 01111 10 .. .... 1110 . 0 ..... ....."] Simd(DotElement Word) SimdMul;

/// Multiplies polynomials of 64 bits.
PmullLong "pmull"    ["0 . 0 01110 11 1 ..... 1110 00 ..... ....."] Simd(LongThree Double) Crypto;
/// A round of AES encryption without the mixing of columns.
Aese      "aese"     ["0 1 0 01110 00 10100 00100 10 ..... ....."] Simd(Two Byte) Crypto;
/// A round of AES decryption without the mixing of columns.
Aesd      "aesd"     ["0 1 0 01110 00 10100 00101 10 ..... ....."] Simd(Two Byte) Crypto;
/// Mixes the columns of AES.
Aesmc     "aesmc"    ["0 1 0 01110 00 10100 00110 10 ..... ....."] Simd(Two Byte) Crypto;
/// Mixes the columns of AES back.
Aesimc    "aesimc"   ["0 1 0 01110 00 10100 00111 10 ..... ....."] Simd(Two Byte) Crypto;
/// Four rounds of SHA-1 that choose.
Sha1c     "sha1c"    ["01011110 00 0 ..... 0 000 00 ..... ....."] Simd(HashWord Word) Crypto;
/// Four rounds of SHA-1 by parity.
Sha1p     "sha1p"    ["01011110 00 0 ..... 0 001 00 ..... ....."] Simd(HashWord Word) Crypto;
/// Four rounds of SHA-1 by majority.
Sha1m     "sha1m"    ["01011110 00 0 ..... 0 010 00 ..... ....."] Simd(HashWord Word) Crypto;
/// First half of a step of SHA-1's schedule.
Sha1su0   "sha1su0"  ["01011110 00 0 ..... 0 011 00 ..... ....."] Simd(Three Word) Crypto;
/// Four rounds of SHA-256, first half of the state.
Sha256h   "sha256h"  ["01011110 00 0 ..... 0 100 00 ..... ....."] Simd(Hash Word) Crypto;
/// Four rounds of SHA-256, second half of the state.
Sha256h2  "sha256h2" ["01011110 00 0 ..... 0 101 00 ..... ....."] Simd(Hash Word) Crypto;
/// Second half of a step of SHA-256's schedule.
Sha256su1 "sha256su1" ["01011110 00 0 ..... 0 110 00 ..... ....."] Simd(Three Word) Crypto;
/// Rotates for SHA-1.
Sha1h     "sha1h"    ["01011110 00 10100 00000 10 ..... ....."] Simd(ScalarTwo Word) Crypto;
/// Second half of a step of SHA-1's schedule.
Sha1su1   "sha1su1"  ["01011110 00 10100 00001 10 ..... ....."] Simd(Two Word) Crypto;
/// First half of a step of SHA-256's schedule.
Sha256su0 "sha256su0" ["01011110 00 10100 00010 10 ..... ....."] Simd(Two Word) Crypto;

    } } };
}
pub(super) use simd_later_rows;
