//! Words, decoded as RV64.

#![no_main]

#[path = "../bodies/riscv_decode.rs"]
mod riscv_decode;

libfuzzer_sys::fuzz_target!(|data: &[u8]| riscv_decode::check(data));
