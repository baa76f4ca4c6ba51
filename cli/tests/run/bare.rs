//! Bare programs: each way to print and to end, where linkers put them, what is refused.

use super::compiler::{Program, Target};

const RISCV_SEMIHOSTING: &str = r#"
    .macro semihost number
        li a0, \number
        .balign 16
        .option push
        .option norvc
        slli x0, x0, 0x1f
        ebreak
        srai x0, x0, 7
        .option pop
    .endm
    .globl _start
_start:
    la a1, text
    semihost 4
    la a1, block
    semihost 0x18
1:  j 1b
    .section .rodata
text: .asciz "hello\n"
    .balign 8
block: .dword 0x20026, 7
"#;

const AARCH64_SEMIHOSTING: &str = r#"
    .globl _start
_start:
    adr x1, text
    mov x0, #4
    hlt #0xf000
    adr x1, block
    mov x0, #0x18
    hlt #0xf000
    b .
    .balign 8
block: .dword 0x20026, 7
text: .asciz "hello\n"
"#;

/// Prints `hi`, then ends with code 5 through `tohost`; the harts that are not the first wait for ever.
const HTIF: &str = r#"
    .globl _start, tohost, fromhost
_start:
    csrr t0, mhartid
1:  bnez t0, 1b
    la t0, tohost
    li t1, 0x0101000000000068
    sd t1, 0(t0)
2:  ld t1, 0(t0)
    bnez t1, 2b
    li t1, 0x0101000000000069
    sd t1, 0(t0)
    li t1, 5 << 1 | 1
    sw t1, 0(t0)
    sw zero, 4(t0)
3:  j 3b
    .section .tohost, "aw"
    .balign 64
tohost: .dword 0
    .balign 64
fromhost: .dword 0
"#;

/// Prints `A` and ends with code 9 through UART and finisher; fails with 1 in another mode than the one asked for.
fn finisher(supervisor: bool) -> String {
    let check = if supervisor {
        // An SBI call answers here; a trap into mtvec = 0 would not come back.
        "li a7, 0x10\n li a6, 0\n ecall\n bnez a0, fail"
    } else {
        "csrr t0, mstatus"
    };
    format!(
        ".globl _start
         _start: {check}
             li t0, 0x10000000
             li t1, 65
             sb t1, 0(t0)
             li t0, 0x100000
             li t1, 9 << 16 | 0x3333
             sw t1, 0(t0)
         1:  j 1b
         fail: li t0, 0x100000
             li t1, 1 << 16 | 0x3333
             sw t1, 0(t0)
         2:  j 2b"
    )
}

/// Prints `B` on the PL011 and ends through PSCI SYSTEM_OFF.
const PSCI: &str = "
    .globl _start
_start:
    mov x1, #0x09000000
    mov w0, #66
    str w0, [x1]
    mov w0, #0x0008
    movk w0, #0x8400, lsl #16
    hvc #0
    b .
";

#[test]
fn semihosting_prints_and_passes_the_exit_code_on() {
    let test = "semihosting_prints_and_passes_the_exit_code_on";
    for (target, source, text) in
        [(Target::Riscv64, RISCV_SEMIHOSTING, "0x80000000"), (Target::Aarch64, AARCH64_SEMIHOSTING, "0x40080000")]
    {
        let options = [format!("-Wl,-Ttext={text}")];
        let Some(program) = Program::assemble(test, target, source, &[&options[0]]) else { return };
        assert_eq!(program.run(&[]), (7, "hello\n".into(), String::new()), "{target:?}");
    }
}

#[test]
fn htif_prints_and_passes_the_exit_code_on_whatever_the_number_of_harts() {
    let test = "htif_prints_and_passes_the_exit_code_on_whatever_the_number_of_harts";
    let Some(program) = Program::assemble(test, Target::Riscv64, HTIF, &["-Wl,-Ttext=0x80000000"]) else { return };
    for harts in ["1", "3"] {
        assert_eq!(program.run(&["--harts", harts]), (5, "hi".into(), String::new()), "{harts} harts");
    }
}

#[test]
fn a_program_starts_in_m_mode_at_the_start_of_ram_and_in_s_mode_behind_the_firmware() {
    let test = "a_program_starts_in_m_mode_at_the_start_of_ram_and_in_s_mode_behind_the_firmware";
    for (supervisor, text) in [(false, "-Wl,-Ttext=0x80000000"), (true, "-Wl,-Ttext=0x80200000")] {
        let source = finisher(supervisor);
        let Some(program) = Program::assemble(test, Target::Riscv64, &source, &[text]) else { return };
        assert_eq!(program.run(&[]), (9, "A".into(), String::new()), "{text}");
    }
    let Some(program) = Program::assemble(test, Target::Riscv64, &finisher(false), &["-Wl,-Ttext=0x80200000"]) else {
        return;
    };
    assert_eq!(program.run(&["--firmware", "none"]).0, 9);
}

#[test]
fn pl011_and_psci_serve_an_aarch64_program() {
    let test = "pl011_and_psci_serve_an_aarch64_program";
    let Some(program) = Program::assemble(test, Target::Aarch64, PSCI, &["-Wl,-Ttext=0x40080000"]) else { return };
    assert_eq!(program.run(&[]), (0, "B".into(), String::new()));
}

#[test]
fn headers_and_notes_outside_ram_do_no_harm_and_neither_does_stripping() {
    let test = "headers_and_notes_outside_ram_do_no_harm_and_neither_does_stripping";
    // Debian's linker puts the build id into a segment at 0x10000, and the headers before the text.
    for options in [
        ["-Wl,-Ttext=0x80000000", "-Wl,--build-id"],
        ["-Wl,-Ttext=0x80000000", "-Wl,-s"],
        ["-Wl,-Ttext-segment=0x80000000", "-Wl,--build-id"],
        ["-Wl,-Ttext=0x80000000", "-Wl,-z,noseparate-code"],
    ] {
        let Some(program) = Program::assemble(test, Target::Riscv64, RISCV_SEMIHOSTING, &options) else { return };
        assert_eq!(program.run(&[]), (7, "hello\n".into(), String::new()), "{options:?}");
    }
}

#[test]
fn code_outside_ram_is_refused_with_its_place() {
    let test = "code_outside_ram_is_refused_with_its_place";
    let Some(program) = Program::assemble(test, Target::Riscv64, RISCV_SEMIHOSTING, &["-Wl,-Ttext=0x20000000"]) else {
        return;
    };
    let (code, stdout, stderr) = program.run(&[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("lies outside RAM, which is 0x80000000-0x88000000"), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_position_independent_program_runs_at_the_start_of_ram() {
    let test = "a_position_independent_program_runs_at_the_start_of_ram";
    let pie = ["-nostdlib", "-static-pie", "-fpie", "-Wl,--no-dynamic-linker"];
    for (target, source) in
        [(Target::Riscv64, RISCV_SEMIHOSTING.replace("la a1", "lla a1")), (Target::Aarch64, AARCH64_SEMIHOSTING.into())]
    {
        let Some(program) = Program::compile(test, target, "S", &source, &pie) else { return };
        assert_eq!(program.run(&[]), (7, "hello\n".into(), String::new()), "{target:?}");
    }
}

#[test]
fn the_limit_of_instructions_ends_a_run_with_code_2() {
    let test = "the_limit_of_instructions_ends_a_run_with_code_2";
    let endless = ".globl _start\n_start: j _start\n";
    let Some(program) = Program::assemble(test, Target::Riscv64, endless, &["-Wl,-Ttext=0x80000000"]) else { return };
    let (code, _, stderr) = program.run(&["--max-instructions", "1000", "--stats", "--harts", "2"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("limit of instructions"), "{stderr}");
    let counted: u64 =
        stderr.lines().filter_map(|line| line.split_once(" cycles, ")?.1.split(' ').next()?.parse::<u64>().ok()).sum();
    assert_eq!(counted, 1000, "{stderr}");
}

/// Calls a function, changes its first instruction, calls it again and ends well.
fn patches_itself(fence: &str) -> String {
    format!(
        ".globl _start
         _start: la a1, fn
             jalr a1
             li t0, 0x00700513
             sw t0, 0(a1)
             {fence}
             jalr a1
             li t0, 0x5555
             li t1, 0x100000
             sw t0, 0(t1)
         1:  j 1b
             .balign 64
         fn: .option norvc
             li a0, 3
             ret"
    )
}

#[test]
fn the_sanitizer_reports_what_runs_without_fence_i_and_keeps_it_as_a_record() {
    let test = "the_sanitizer_reports_what_runs_without_fence_i_and_keeps_it_as_a_record";
    let at = ["-Wl,-Ttext=0x80000000"];
    let Some(program) = Program::assemble(test, Target::Riscv64, &patches_itself(""), &at) else { return };
    let folder = tempfile::tempdir().unwrap();
    let races = folder.path().join("races.jsonl");
    assert_eq!(program.run(&[]).0, 0, "the program ends well");
    let (code, stdout, stderr) = program.run(&["--sanitize", "--races", races.to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("BUG: unsynchronized fetch in fn") && stderr.contains("missing:        FENCE.I on hart 0"));
    let kept = std::fs::read_to_string(&races).unwrap();
    assert!(kept.contains("\"kind\":\"race\"") && kept.contains("\"why\":\"own-store\""), "{kept}");
    let Some(program) = Program::assemble(test, Target::Riscv64, &patches_itself("fence.i"), &at) else { return };
    assert_eq!(program.run(&["--sanitize"]), (0, String::new(), String::new()));
}
