//! Static Linux programs for AArch64 as gcc's defaults and Rust make them.

use super::compiler::{Program, Target, oracle};

/// What the C library chooses by the capabilities, and what a program reads of the identification registers.
const CAPABILITIES: &str = r#"
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#define READ(name) ({ unsigned long v; __asm__("mrs %0, " #name : "=r"(v)); v; })

int main(void) {
    unsigned long caps = getauxval(AT_HWCAP);
    unsigned long isar0 = READ(id_aa64isar0_el1), isar1 = READ(id_aa64isar1_el1), pfr0 = READ(id_aa64pfr0_el1);
    char from[3000], to[3000];
    for (int i = 0; i < 3000; i++) from[i] = i * 7;
    memcpy(to, from, sizeof to);
    memmove(to + 5, to, 2900);
    memset(to, 0, 700);
    printf("%d %d %d %zu\n", to[704], to[2000], memchr(to, 35, 3000) != 0, strlen(to + 705));
    // Capability, field of a register that says the same.
    printf("crc32 %d\n", !!(caps & 1 << 7) == (isar0 >> 16 & 15) > 0);
    printf("atomics %d\n", !!(caps & 1 << 8) == (isar0 >> 20 & 15) > 0);
    printf("lrcpc %d\n", !!(caps & 1 << 15) == (isar1 >> 20 & 15) > 0);
    printf("sb %d\n", !!(caps & 1 << 29) == (isar1 >> 36 & 15) > 0);
    printf("aes %d\n", !!(caps & 1 << 3) == (isar0 >> 4 & 15) > 0);
    printf("fp %d\n", !!(caps & 1) == ((pfr0 >> 16 & 15) != 15));
    return READ(midr_el1) == 0;
}"#;

#[test]
fn programs_of_gccs_defaults_print_and_end_as_under_qemu() {
    let test = "programs_of_gccs_defaults_print_and_end_as_under_qemu";
    let strings = include_str!("programs/strings.c");
    let doubles = include_str!("programs/doubles.c");
    let cases = [
        ("static", CAPABILITIES, vec!["-O2", "-static"]),
        ("static, position-independent", CAPABILITIES, vec!["-O2", "-static-pie"]),
        ("strings, position-independent", strings, vec!["-O3", "-static-pie", "-w"]),
        ("doubles, newer core", doubles, vec!["-O2", "-static", "-march=armv8.4-a+nofp16", "-lm", "-w"]),
        ("branch protection", strings, vec!["-O2", "-static", "-mbranch-protection=standard", "-w"]),
    ];
    for (name, source, options) in cases {
        let Some(program) = Program::compile(test, Target::Aarch64, "c", source, &options) else { return };
        let path = program.path().display().to_string();
        let Some(expected) = oracle(test, "qemu-aarch64", "qemu-user", &[path]) else { return };
        for timing in ["none", "in-order"] {
            let (code, stdout, stderr) = program.run(&["--user", "--timing", timing]);
            assert_eq!(stdout, String::from_utf8_lossy(&expected.stdout), "{name}, {timing}: {stderr}");
            assert_eq!(Some(code), expected.status.code(), "{name}, {timing}: {stderr}");
        }
    }
}

/// Collections, formatting, floating point, sorting, panics caught and not.
const RUST: &str = r#"
use std::collections::{BTreeMap, HashMap};

fn main() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for n in 0..10_000u64 {
        *counts.entry(format!("{:x}", n * n % 977 >> 4)).or_default() += n;
    }
    let hashed: HashMap<_, _> = counts.iter().map(|(k, v)| (*v, k.len())).collect();
    let mut values: Vec<f64> = counts.values().map(|&v| (v as f64).sqrt().sin()).collect();
    values.sort_by(|a, b| a.total_cmp(b));
    println!("{} {} {:.9} {:?}", counts.len(), hashed.len(), values.iter().sum::<f64>(), counts.iter().next());
    println!("{:?}", "a,b,,c".split(',').map(str::len).collect::<Vec<_>>());
    std::process::exit((values.len() % 100) as i32);
}"#;

#[test]
#[ignore = "needs a Rust target: rustup target add aarch64-unknown-linux-musl"]
fn a_static_rust_program_prints_and_ends_as_under_qemu() {
    let test = "a_static_rust_program_prints_and_ends_as_under_qemu";
    let Some(holder) = Program::assemble(test, Target::Aarch64, ".globl _start\n_start: nop\n", &[]) else { return };
    let source = holder.beside("program.rs");
    std::fs::write(&source, RUST).expect("room for the source");
    let (source, elf) = (source.display().to_string(), holder.path().display().to_string());
    let options = ["--target", "aarch64-unknown-linux-musl", "-O", "-C", "linker=rust-lld", &source, "-o", &elf];
    let arguments: Vec<String> = options.iter().map(|part| (*part).to_string()).collect();
    let Some(compiled) = oracle(test, "rustc", "rustc", &arguments) else { return };
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let Some(expected) = oracle(test, "qemu-aarch64", "qemu-user", &[elf]) else { return };
    for timing in ["none", "in-order"] {
        let (code, stdout, stderr) = holder.run(&["--user", "--timing", timing]);
        assert_eq!(stdout, String::from_utf8_lossy(&expected.stdout), "{timing}: {stderr}");
        assert_eq!(Some(code), expected.status.code(), "{timing}: {stderr}");
    }
}
