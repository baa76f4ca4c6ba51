//! Cryptography (Arm ARM C7.2, functions AESMixColumns, SHA256hash and their kin; FIPS 197, FIPS 180-4).

use super::super::insn::Insn;
use super::super::regs::Hart;

/// Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
const fn times(a: u8, b: u8) -> u8 {
    let (mut product, mut a, mut bit) = (0, a, 0);
    while bit < 8 {
        if b >> bit & 1 == 1 {
            product ^= a;
        }
        a = a << 1 ^ if a >> 7 == 1 { 0x1b } else { 0 };
        bit += 1;
    }
    product
}

/// The substitution of AES: the inverse in the field, then an affine map.
const SUBSTITUTION: [u8; 256] = {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        // The inverse is the 254th power.
        let (mut inverse, mut power, mut exponent) = (1u8, n as u8, 254u8);
        while exponent > 0 {
            if exponent & 1 == 1 {
                inverse = times(inverse, power);
            }
            power = times(power, power);
            exponent >>= 1;
        }
        let i = inverse;
        table[n] = i ^ i.rotate_left(1) ^ i.rotate_left(2) ^ i.rotate_left(3) ^ i.rotate_left(4) ^ 0x63;
        n += 1;
    }
    table
};

const SUBSTITUTION_BACK: [u8; 256] = {
    let mut back = [0; 256];
    let mut n = 0;
    while n < 256 {
        back[SUBSTITUTION[n] as usize] = n as u8;
        n += 1;
    }
    back
};

fn bytes(f: impl Fn(usize) -> u8) -> u128 {
    u128::from_le_bytes(std::array::from_fn(f))
}

/// AESE and AESD: the key is added, rows are shifted, bytes are substituted.
#[inline(never)]
pub(super) fn aes_round(h: &mut Hart, i: Insn, encrypts: bool) {
    let state = (h.v[i.rd as usize & 31] ^ h.v[i.rn as usize & 31]).to_le_bytes();
    h.v[i.rd as usize & 31] = bytes(|n| {
        let (row, column) = (n % 4, n / 4);
        let from = if encrypts { column + row } else { column + 4 - row } % 4;
        let byte = state[row + 4 * from] as usize;
        if encrypts { SUBSTITUTION[byte] } else { SUBSTITUTION_BACK[byte] }
    });
}

/// AESMC and AESIMC: each column times a circulant matrix of this first row.
#[inline(never)]
pub(super) fn aes_mix(h: &mut Hart, i: Insn, row: [u8; 4]) {
    let state = h.v[i.rn as usize & 31].to_le_bytes();
    h.v[i.rd as usize & 31] = bytes(|n| {
        let (to, column) = (n % 4, n / 4 * 4);
        (0..4).fold(0, |sum, from| sum ^ times(state[column + from], row[(from + 4 - to) % 4]))
    });
}

/// PMULL of doubles: the product of polynomials over {0, 1}.
#[inline(never)]
pub(super) fn polynomial_long(h: &mut Hart, i: Insn) {
    let half = 64 * u32::from(i.option == 1);
    let (a, b) = ((h.v[i.rn as usize & 31] >> half) as u64, (h.v[i.rm as usize & 31] >> half) as u64);
    h.v[i.rd as usize & 31] =
        (0..64).fold(0, |sum, bit| sum ^ if b >> bit & 1 == 1 { u128::from(a) << bit } else { 0 });
}

fn words(vector: u128) -> [u32; 4] {
    std::array::from_fn(|n| (vector >> (32 * n)) as u32)
}

fn vector(words: [u32; 4]) -> u128 {
    words.iter().rev().fold(0, |all, &word| all << 32 | u128::from(word))
}

pub(super) fn choose(x: u32, y: u32, z: u32) -> u32 {
    (y ^ z) & x ^ z
}

pub(super) fn parity(x: u32, y: u32, z: u32) -> u32 {
    x ^ y ^ z
}

pub(super) fn majority(x: u32, y: u32, z: u32) -> u32 {
    x & y | (x | y) & z
}

/// SHA1C, SHA1P, SHA1M: four rounds.
#[inline(never)]
pub(super) fn sha1_rounds(h: &mut Hart, i: Insn, f: impl Fn(u32, u32, u32) -> u32) {
    let mut x = words(h.v[i.rd as usize & 31]);
    let mut y = h.v[i.rn as usize & 31] as u32;
    for w in words(h.v[i.rm as usize & 31]) {
        y = y.wrapping_add(x[0].rotate_left(5)).wrapping_add(f(x[1], x[2], x[3])).wrapping_add(w);
        x[1] = x[1].rotate_left(30);
        (x, y) = ([y, x[0], x[1], x[2]], x[3]);
    }
    h.v[i.rd as usize & 31] = vector(x);
}

/// SHA1H.
pub(super) fn sha1_rotate(h: &mut Hart, i: Insn) {
    h.v[i.rd as usize & 31] = u128::from((h.v[i.rn as usize & 31] as u32).rotate_left(30));
}

/// SHA1SU0.
#[inline(never)]
pub(super) fn sha1_schedule_first(h: &mut Hart, i: Insn) {
    let (d, n, m) = (h.v[i.rd as usize & 31], h.v[i.rn as usize & 31], h.v[i.rm as usize & 31]);
    h.v[i.rd as usize & 31] = (n << 64 | d >> 64) ^ d ^ m;
}

/// SHA1SU1.
#[inline(never)]
pub(super) fn sha1_schedule_second(h: &mut Hart, i: Insn) {
    let t = words(h.v[i.rd as usize & 31] ^ h.v[i.rn as usize & 31] >> 32);
    let mut result = t.map(|word| word.rotate_left(1));
    result[3] ^= t[0].rotate_left(2);
    h.v[i.rd as usize & 31] = vector(result);
}

/// SHA256H and SHA256H2: four rounds; the half of the state that stands in Vd.
#[inline(never)]
pub(super) fn sha256_rounds(h: &mut Hart, i: Insn, first: bool) {
    let (d, n) = (words(h.v[i.rd as usize & 31]), words(h.v[i.rn as usize & 31]));
    let (mut x, mut y) = if first { (d, n) } else { (n, d) };
    for w in words(h.v[i.rm as usize & 31]) {
        let sigma1 = y[0].rotate_right(6) ^ y[0].rotate_right(11) ^ y[0].rotate_right(25);
        let sigma0 = x[0].rotate_right(2) ^ x[0].rotate_right(13) ^ x[0].rotate_right(22);
        let t = y[3].wrapping_add(sigma1).wrapping_add(choose(y[0], y[1], y[2])).wrapping_add(w);
        let up = t.wrapping_add(x[3]);
        let down = t.wrapping_add(sigma0).wrapping_add(majority(x[0], x[1], x[2]));
        (x, y) = ([down, x[0], x[1], x[2]], [up, y[0], y[1], y[2]]);
    }
    h.v[i.rd as usize & 31] = vector(if first { x } else { y });
}

/// SHA256SU0.
#[inline(never)]
pub(super) fn sha256_schedule_first(h: &mut Hart, i: Insn) {
    let (d, n) = (words(h.v[i.rd as usize & 31]), words(h.v[i.rn as usize & 31]));
    let next = [d[1], d[2], d[3], n[0]];
    h.v[i.rd as usize & 31] = vector(std::array::from_fn(|e| {
        let t = next[e];
        d[e].wrapping_add(t.rotate_right(7) ^ t.rotate_right(18) ^ t >> 3)
    }));
}

/// SHA256SU1.
#[inline(never)]
pub(super) fn sha256_schedule_second(h: &mut Hart, i: Insn) {
    let (d, n, m) = (words(h.v[i.rd as usize & 31]), words(h.v[i.rn as usize & 31]), words(h.v[i.rm as usize & 31]));
    let next = [n[1], n[2], n[3], m[0]];
    let mut result = [0u32; 4];
    for e in 0..4 {
        let t = if e < 2 { m[e + 2] } else { result[e - 2] };
        let sigma = t.rotate_right(17) ^ t.rotate_right(19) ^ t >> 10;
        result[e] = sigma.wrapping_add(d[e]).wrapping_add(next[e]);
    }
    h.v[i.rd as usize & 31] = vector(result);
}
