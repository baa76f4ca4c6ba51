//! A second of each decoder's fuzz target (`fuzz/`), with fixed seeds.

#[path = "../../fuzz/bodies/aarch64_decode.rs"]
mod aarch64_decode;
#[path = "common/random.rs"]
#[allow(dead_code, reason = "the comparisons with QEMU use all of it")]
mod random;
#[path = "../../fuzz/bodies/riscv_decode.rs"]
mod riscv_decode;

use random::Random;
use std::time::{Duration, Instant};

/// Runs the target on inputs of words until a second has passed: random words, and rows of the table with a bit wrong.
fn one_second(check: fn(&[u8]), rows: &[(u32, u32)]) {
    let mut random = Random(1);
    let started = Instant::now();
    let mut words = 0;
    while started.elapsed() < Duration::from_secs(1) {
        let mut input = Vec::new();
        for _ in 0..64 {
            let noise = random.next() as u32;
            let (mask, bits) = random.pick(rows);
            let word = match random.below(4) {
                0 => noise,
                1 => (noise & !mask | bits) ^ 1 << random.below(32),
                _ => noise & !mask | bits,
            };
            input.extend(word.to_le_bytes());
        }
        words += 64;
        check(&input);
    }
    println!("{words} words");
    assert!(words > 10_000, "a second is enough for more than {words} words");
}

#[test]
fn riscv_decode_holds_for_a_second() {
    let wide = cmodx_isa::riscv::table::ROWS.iter().map(|row| (row.pattern.mask, row.pattern.bits));
    let short = cmodx_isa::riscv::compressed::ROWS.iter().map(|row| (row.pattern.mask, row.pattern.bits));
    one_second(riscv_decode::check, &wide.chain(short).collect::<Vec<_>>());
}

#[test]
fn aarch64_decode_holds_for_a_second() {
    let rows = cmodx_isa::aarch64::table::ROWS.iter().map(|row| (row.pattern.mask, row.pattern.bits));
    one_second(aarch64_decode::check, &rows.collect::<Vec<_>>());
}
