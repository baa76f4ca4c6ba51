//! Pointer authentication (FEAT_PAuth with QARMA5; Arm ARM D8.8, and Avanzi, "The QARMA Block Cipher Family", 2017).
//!
//! Cells are numbered as in the paper: cell 0 is the most significant nibble.

use super::regs::Hart;
use super::sysreg::sctlr;

/// The keys, as numbered in [`super::state::SystemState::keys`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// APIAKey.
    Ia,
    /// APIBKey.
    Ib,
    /// APDAKey.
    Da,
    /// APDBKey.
    Db,
}

const ROUND_CONSTANTS: [u64; 5] =
    [0, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89, 0x4528_21e6_38d0_1377];
const ALPHA: u64 = 0xc0ac_29b7_c97c_50dd;
/// The S-box sigma 2.
const SUBSTITUTION: [u8; 16] = [11, 6, 8, 15, 12, 0, 9, 14, 3, 7, 4, 5, 13, 2, 1, 10];
/// The cell permutation tau.
const SHUFFLE: [u8; 16] = [0, 11, 6, 13, 10, 1, 12, 7, 5, 14, 3, 8, 15, 4, 9, 2];
/// The tweak permutation h.
const TWEAK_SHUFFLE: [u8; 16] = [6, 5, 14, 15, 0, 1, 2, 3, 7, 12, 13, 4, 8, 9, 10, 11];
/// The cells of the tweak that the shift register omega steps.
const STEPPED: [bool; 16] = {
    let mut stepped = [false; 16];
    let mut n = 0;
    while n < 7 {
        stepped[[0, 1, 3, 4, 8, 11, 13][n]] = true;
        n += 1;
    }
    stepped
};

const fn inverse(table: [u8; 16]) -> [u8; 16] {
    let mut back = [0; 16];
    let mut n = 0;
    while n < 16 {
        back[table[n] as usize] = n as u8;
        n += 1;
    }
    back
}

const SUBSTITUTION_BACK: [u8; 16] = inverse(SUBSTITUTION);
const SHUFFLE_BACK: [u8; 16] = inverse(SHUFFLE);

fn cell(state: u64, n: usize) -> u8 {
    (state >> (60 - 4 * n)) as u8 & 15
}

fn from_cells(cells: impl Fn(usize) -> u8) -> u64 {
    (0..16).fold(0, |state, n| state << 4 | u64::from(cells(n)))
}

fn permute(state: u64, places: &[u8; 16]) -> u64 {
    from_cells(|n| cell(state, places[n] as usize))
}

fn substitute(state: u64, table: &[u8; 16]) -> u64 {
    from_cells(|n| table[cell(state, n) as usize])
}

/// Multiplies each column by the circulant matrix (0, rho, rho^2, rho), where rho rotates a cell.
fn mix(state: u64) -> u64 {
    let rotated = |cell: u8, by: u32| (cell << by | cell >> (4 - by)) & 15;
    from_cells(|n| {
        let (row, column) = (n / 4, n % 4);
        let at = |down: usize| cell(state, (row + down) % 4 * 4 + column);
        rotated(at(1), 1) ^ rotated(at(2), 2) ^ rotated(at(3), 1)
    })
}

fn tweak_forward(tweak: u64) -> u64 {
    let step = |c: u8| ((c ^ c >> 1) & 1) << 3 | c >> 1;
    from_cells(|n| {
        let c = cell(tweak, TWEAK_SHUFFLE[n] as usize);
        if STEPPED[n] { step(c) } else { c }
    })
}

fn tweak_back(tweak: u64) -> u64 {
    let step = |c: u8| (c << 1) & 15 | (c ^ c >> 3) & 1;
    const BACK: [u8; 16] = inverse(TWEAK_SHUFFLE);
    from_cells(|n| {
        let from = BACK[n] as usize;
        let c = cell(tweak, from);
        if STEPPED[from] { step(c) } else { c }
    })
}

/// ComputePAC: QARMA-64 of five rounds. The key is low half, high half.
pub(super) fn compute(data: u64, modifier: u64, key: [u64; 2]) -> u64 {
    let [core, whitening] = key;
    let whitening_back = whitening.rotate_right(1) ^ whitening >> 63;
    let mut tweak = modifier;
    let mut state = data ^ whitening;
    for (round, constant) in ROUND_CONSTANTS.iter().enumerate() {
        state ^= core ^ tweak ^ constant;
        if round > 0 {
            state = mix(permute(state, &SHUFFLE));
        }
        state = substitute(state, &SUBSTITUTION);
        tweak = tweak_forward(tweak);
    }
    // The reflector between the two halves.
    state ^= whitening_back ^ tweak;
    state = substitute(mix(permute(state, &SHUFFLE)), &SUBSTITUTION);
    state = mix(permute(state, &SHUFFLE)) ^ core;
    state = substitute(permute(state, &SHUFFLE_BACK), &SUBSTITUTION_BACK);
    state = permute(mix(state), &SHUFFLE_BACK);
    state ^= whitening ^ tweak;
    for (round, constant) in ROUND_CONSTANTS.iter().enumerate().rev() {
        state = substitute(state, &SUBSTITUTION_BACK);
        if round > 0 {
            state = permute(mix(state), &SHUFFLE_BACK);
        }
        tweak = tweak_back(tweak);
        state ^= constant ^ core ^ tweak ^ ALPHA;
    }
    state ^ whitening_back
}

/// What of a pointer is address: the half it belongs to decides.
struct Layout {
    tagged: bool,
    bottom: u32,
}

impl Layout {
    fn of(h: &Hart, upper: bool) -> Layout {
        if let Some(el2) = h.at_el2() {
            let tagged = el2.tcr >> 20 & 1 == 1;
            return Layout { tagged, bottom: 64 - (el2.tcr & 63).clamp(16, 39) as u32 };
        }
        let tcr = h.system.tcr;
        let (offset, tagged) = if upper { (tcr >> 16 & 63, 38) } else { (tcr & 63, 37) };
        Layout { tagged: tcr >> tagged & 1 == 1, bottom: 64 - offset.clamp(16, 39) as u32 }
    }

    /// First bit above the field.
    fn top(&self) -> u32 {
        if self.tagged { 56 } else { 64 }
    }

    /// Bits of the field, with bit 55.
    fn field(&self) -> u64 {
        u64::MAX >> (64 - self.top()) & u64::MAX << self.bottom
    }

    /// The pointer with its field filled with copies of one bit.
    fn extended(&self, pointer: u64, upper: bool) -> u64 {
        if upper { pointer | self.field() } else { pointer & !self.field() }
    }
}

const HALF: u64 = 1 << 55;

/// AddPAC.
fn add(h: &Hart, pointer: u64, modifier: u64, key: Key) -> u64 {
    let any_tagged = h.at_el2().map_or(h.system.tcr & 3 << 37, |el2| el2.tcr & 1 << 20) != 0;
    let upper = pointer >> if any_tagged { 55 } else { 63 } & 1 == 1;
    let layout = Layout::of(h, upper);
    let mut code = compute(layout.extended(pointer, upper), modifier, h.system.keys[key as usize]);
    // A pointer that is not canonical gets a code that will not authenticate.
    let extension = pointer & layout.field();
    if extension != 0 && extension != layout.field() {
        code ^= 1 << (layout.top() - 2);
    }
    let kept = pointer & !layout.field() | if upper { HALF } else { 0 };
    kept | code & layout.field() & !HALF
}

/// Strip: XPACI, XPACD.
pub(super) fn strip(h: &Hart, pointer: u64) -> u64 {
    let upper = pointer & HALF != 0;
    Layout::of(h, upper).extended(pointer, upper)
}

/// Auth: the pointer, or one whose top bits make its use fault.
fn check(h: &Hart, pointer: u64, modifier: u64, key: Key) -> u64 {
    let upper = pointer & HALF != 0;
    let layout = Layout::of(h, upper);
    let original = layout.extended(pointer, upper);
    let code = compute(original, modifier, h.system.keys[key as usize]);
    if (code ^ pointer) & layout.field() & !HALF == 0 {
        return original;
    }
    let low = layout.top() - 3;
    let error = if matches!(key, Key::Ia | Key::Da) { 0b01 } else { 0b10 };
    original & !(3 << low) | error << low
}

/// The key signs and authenticates at this level.
pub(super) fn enabled(h: &Hart, key: Key) -> bool {
    h.system.pauth && h.sctlr() & sctlr::PAUTH[key as usize] != 0
}

/// PACIA and its kin: unchanged when the key is not enabled.
pub(super) fn sign(h: &Hart, pointer: u64, modifier: u64, key: Key) -> u64 {
    if enabled(h, key) { add(h, pointer, modifier, key) } else { pointer }
}

/// AUTIA and its kin: unchanged when the key is not enabled.
pub(super) fn authenticate(h: &Hart, pointer: u64, modifier: u64, key: Key) -> u64 {
    if enabled(h, key) { check(h, pointer, modifier, key) } else { pointer }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_authenticates_and_what_is_changed_does_not() {
        let mut h = Hart::kernel(0);
        h.system.pauth = true;
        h.system.sctlr |= sctlr::PAUTH.iter().fold(0, |all, bit| all | bit);
        h.system.tcr = 25 | 25 << 16;
        h.system.keys[0] = [1, 2];
        let pointer = 0xffff_ff80_1234_5678;
        let signed = sign(&h, pointer, 7, Key::Ia);
        assert_ne!(signed, pointer);
        assert_eq!(authenticate(&h, signed, 7, Key::Ia), pointer);
        assert_eq!(authenticate(&h, signed, 8, Key::Ia), pointer & !(3 << 61) | 1 << 61);
        assert_eq!(strip(&h, signed), pointer);
    }
}
