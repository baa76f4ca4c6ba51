//! A file, loaded as a program.

#![no_main]

#[path = "../bodies/elf_loader.rs"]
mod elf_loader;

libfuzzer_sys::fuzz_target!(|data: &[u8]| elf_loader::check(data));
