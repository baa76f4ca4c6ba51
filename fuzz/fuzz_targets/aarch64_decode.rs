//! Words, decoded as A64.

#![no_main]

#[path = "../bodies/aarch64_decode.rs"]
mod aarch64_decode;

libfuzzer_sys::fuzz_target!(|data: &[u8]| aarch64_decode::check(data));
