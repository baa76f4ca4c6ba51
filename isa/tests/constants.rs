//! What the decoder of patched code relies on: [`Isa::differs_in_constant`].

use cmodx_isa::Isa;
use cmodx_isa::aarch64::Aarch64;
use cmodx_isa::meaning::{Meaning, Specialise};
use cmodx_isa::riscv::Riscv;

/// Names meanings.
struct Name;

impl<I: Isa> Specialise<I> for Name {
    type Made = &'static str;

    fn make<M: Meaning<I>>() -> &'static str {
        std::any::type_name::<M>()
    }
}

/// Compares pairs of instructions whose words differ in up to three bits.
fn check<I: Isa>() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let (pairs, mut found) = (2_000_000, 0);
    for _ in 0..pairs {
        let (word, bits) = (random() as u32, random());
        let other = word ^ (1 << (bits % 32) | 1 << (bits >> 8 & 31) | 1 << (bits >> 16 & 31));
        let (one, two) = (I::decode(word), I::decode(other));
        if I::differs_in_constant(&one, &two) {
            assert_eq!(I::operands(&one), I::operands(&two), "{word:#010x} {other:#010x}");
            if I::class(&one) == I::class(&two) {
                let [one, two] = [one, two].map(|insn| I::specialise::<Name>(&insn));
                assert_eq!(one, two, "{word:#010x} {other:#010x}");
            }
            found += 1;
        }
    }
    assert!(found > pairs / 500, "{found} of {pairs}");
}

#[test]
fn riscv_instructions_that_differ_in_a_constant_have_the_same_operands_and_meaning() {
    check::<Riscv>();
}

#[test]
fn aarch64_instructions_that_differ_in_a_constant_have_the_same_operands_and_meaning() {
    check::<Aarch64>();
}
