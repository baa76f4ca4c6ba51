//! Bare AArch64 programs that need more of the board than a console: the same output as under QEMU.

use super::compiler::{Program, Target, oracle};

/// Where the programs stand, and what they include.
const OPTIONS: [&str; 2] = ["-Wl,-Ttext=0x40080000", concat!("-I", env!("CARGO_MANIFEST_DIR"), "/tests/run/programs")];

/// Runs a program under QEMU's `virt` machine; what it prints.
fn qemu(test: &str, program: &Program, machine: &str) -> Option<String> {
    let path = program.path().display().to_string();
    let options = ["-M", machine, "-cpu", "max", "-smp", "2", "-m", "128", "-semihosting"];
    let quiet = ["-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", &path];
    // A program that does not end is no reason to wait for ever.
    let limit = ["-s", "KILL", "20", "qemu-system-aarch64"];
    let arguments: Vec<String> = limit.iter().chain(&options).chain(&quiet).map(|part| (*part).to_string()).collect();
    oracle(test, "qemu-system-aarch64", "qemu-system-arm", &["--version".into()])?;
    let output = oracle(test, "timeout", "coreutils", &arguments)?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_program_that_starts_at_el2_prints_as_under_qemu() {
    let test = "a_program_that_starts_at_el2_prints_as_under_qemu";
    let source = include_str!("programs/el2.S");
    let Some(program) = Program::assemble(test, Target::Aarch64, source, &OPTIONS) else { return };
    let Some(expected) = qemu(test, &program, "virt,gic-version=3,virtualization=on") else { return };
    assert_eq!(expected.lines().count(), 11, "{expected}");
    for timing in ["none", "in-order"] {
        let options = ["--el", "2", "--harts", "2", "--timing", timing, "--max-instructions", "1000000"];
        let (code, stdout, stderr) = program.run(&options);
        assert_eq!((code, stdout.as_str()), (0, expected.as_str()), "{stderr}");
    }
}

#[test]
fn counters_that_overflow_interrupt_as_under_qemu() {
    let test = "counters_that_overflow_interrupt_as_under_qemu";
    let source = include_str!("programs/counters.S");
    let Some(program) = Program::assemble(test, Target::Aarch64, source, &OPTIONS) else { return };
    let Some(expected) = qemu(test, &program, "virt,gic-version=3") else { return };
    assert_eq!(expected.lines().count(), 6, "{expected}");
    for timing in ["none", "in-order"] {
        let (code, stdout, stderr) = program.run(&["--timing", timing, "--max-instructions", "1000000"]);
        assert_eq!((code, stdout.as_str()), (0, expected.as_str()), "{stderr}");
    }
}

#[test]
fn pointers_are_signed_and_authenticated_as_under_qemu_when_that_is_asked_for() {
    let test = "pointers_are_signed_and_authenticated_as_under_qemu_when_that_is_asked_for";
    let source = include_str!("programs/pauth.S");
    let Some(program) = Program::assemble(test, Target::Aarch64, source, &OPTIONS) else { return };
    let Some(expected) = qemu(test, &program, "virt,gic-version=3") else { return };
    assert_eq!(expected.lines().count(), 6, "{expected}");
    let (code, stdout, stderr) = program.run(&["--pauth", "--max-instructions", "1000000"]);
    assert_eq!((code, stdout.as_str()), (0, expected.as_str()), "{stderr}");
    // Without it there are no keys.
    let (code, stdout, _) = program.run(&["--max-instructions", "1000000"]);
    assert_eq!((code, stdout.as_str()), (2, "0000000000000000\n"));
}

#[test]
fn semihosting_prints_characters_and_passes_any_exit_code_on() {
    let test = "semihosting_prints_characters_and_passes_any_exit_code_on";
    for (call, status) in [(0x18, 0), (0x20, 0), (0x20, 7), (0x20, 255), (0x18, 42)] {
        let source = format!(
            ".globl _start
             _start: adr x1, text
                 mov x0, #3
                 hlt #0xf000
                 add x1, x1, #1
                 mov x0, #4
                 hlt #0xf000
                 adr x1, block
                 mov x0, #{call}
                 hlt #0xf000
                 b .
                 .balign 8
             block: .dword 0x20026, {status}
             text: .asciz \"Hello\\n\""
        );
        let Some(program) = Program::assemble(test, Target::Aarch64, &source, &OPTIONS) else {
            return;
        };
        for timing in ["none", "in-order"] {
            assert_eq!(program.run(&["--timing", timing]), (status, "Hello\n".into(), String::new()), "{call:#x}");
        }
    }
}

/// One hart writes pairs of equal numbers, the other one ends with 1 when it has read two that differ, and with 0 when it has
/// read many that are equal.
fn pairs_seen_half_written(test: &str, store: &str) -> Option<i32> {
    let source = format!(
        ".globl _start
         _start: movz x0, #0xc400, lsl #16
             movk x0, #3
             mov x1, #1
             adr x2, writer
             mov x3, #0
             hvc #0
             adr x10, data
             mov w11, #20000
         1:  ldp x1, x2, [x10]
             cmp x1, x2
             b.ne 2f
             subs w11, w11, #1
             b.ne 1b
             // Too early to tell while nothing has been written.
             cbz x1, 1b
         2:  cset x2, ne
             adr x1, block
             str x2, [x1, #8]
             mov x0, #0x20
             hlt #0xf000
             b .
         writer:
             adr x10, data
             mov x1, #0
         3:  add x1, x1, #1
             {store}
             b 3b
             .balign 8
         block: .quad 0x20026, 0
             .balign 64
         data: .quad 0, 0
        "
    );
    let program = Program::assemble(test, Target::Aarch64, &source, &OPTIONS)?;
    let (code, _, stderr) = program.run(&["--harts", "2", "--max-instructions", "10000000"]);
    assert!(code < 2, "{stderr}");
    Some(code)
}

#[test]
fn a_pair_of_doubles_within_16_bytes_is_never_seen_half_written() {
    let test = "a_pair_of_doubles_within_16_bytes_is_never_seen_half_written";
    let Some(whole) = pairs_seen_half_written(test, "stp x1, x1, [x10]") else { return };
    assert_eq!(whole, 0);
    // Two stores promise nothing: it can be seen.
    let apart = "str x1, [x10]\n nop\n nop\n nop\n nop\n nop\n str x1, [x10, #8]";
    assert_eq!(pairs_seen_half_written(test, apart), Some(1));
}
