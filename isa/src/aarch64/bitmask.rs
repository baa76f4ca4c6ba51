//! Bitmask immediates of the logical instructions: a run of ones, rotated, repeated (Arm ARM, DecodeBitMasks).

/// The mask that N:immr:imms (13 bits) stands for; a 32-bit mask has zeroes above. `None` when reserved.
pub fn expand(code: u32, wide: bool) -> Option<u64> {
    let (n, immr, imms) = (code >> 12 & 1, code >> 6 & 63, code & 63);
    if !wide && n == 1 {
        return None;
    }
    let length = (n << 6 | (!imms & 63)).checked_ilog2()?;
    if length == 0 {
        return None;
    }
    let element = 1u32 << length;
    let levels = element - 1;
    let (s, r) = (imms & levels, immr & levels);
    if s == levels {
        return None;
    }
    let ones = (1u64 << (s + 1)) - 1;
    let kept = u64::MAX >> (64 - element);
    let mut mask = if r == 0 { ones } else { (ones >> r | ones << (element - r)) & kept };
    let mut width = element;
    while width < 64 {
        mask |= mask << width;
        width *= 2;
    }
    Some(if wide { mask } else { mask & 0xffff_ffff })
}

/// N:immr:imms of a mask, with the unused bits of immr zero; `None` when it is no such mask.
pub fn compress(mask: u64, wide: bool) -> Option<u32> {
    let mask = if wide {
        mask
    } else {
        let low = mask & 0xffff_ffff;
        low | low << 32
    };
    if mask == 0 || mask == u64::MAX {
        return None;
    }
    let mut element = 64u32;
    while element > 2 {
        let half = element / 2;
        let low = (1u64 << half) - 1;
        if mask & low != mask >> half & low {
            break;
        }
        element = half;
    }
    let kept = u64::MAX >> (64 - element);
    let ones = (mask & kept).count_ones();
    let run = (1u64 << ones) - 1;
    let rotated = |r: u32| if r == 0 { run } else { (run >> r | run << (element - r)) & kept };
    let immr = (0..element).find(|&r| rotated(r) == mask & kept)?;
    let imms = !(2 * element - 1) & 0x3f | (ones - 1);
    let n = u32::from(element == 64);
    Some(n << 12 | immr << 6 | imms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_expands_compresses_to_a_code_of_the_same_mask() {
        let mut masks = std::collections::BTreeSet::new();
        for wide in [false, true] {
            for code in 0..1 << 13 {
                if let Some(mask) = expand(code, wide) {
                    assert_eq!(compress(mask, wide).and_then(|c| expand(c, wide)), Some(mask), "{code:#x}");
                    masks.insert((wide, mask));
                }
            }
        }
        // The number of distinct masks is well known: 5334 of 64 bits, 1302 of 32 bits.
        assert_eq!(masks.len(), 5334 + 1302);
    }

    #[test]
    fn what_is_no_run_of_ones_has_no_code() {
        assert_eq!(compress(0, true), None);
        assert_eq!(compress(u64::MAX, true), None);
        assert_eq!(compress(0x5, true), None);
    }
}
