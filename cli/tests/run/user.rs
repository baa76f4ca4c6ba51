//! Static Linux programs: the same output and exit code as under QEMU's user mode.

use super::compiler::{Program, Target, oracle};

/// Source, input, arguments.
struct Case {
    name: &'static str,
    source: &'static str,
    options: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case { name: "hello", source: include_str!("programs/hello.c"), options: &["-O2"] },
    Case { name: "arguments", source: include_str!("programs/arguments.c"), options: &["-O1"] },
    Case { name: "doubles", source: include_str!("programs/doubles.c"), options: &["-O2"] },
    Case { name: "memory", source: include_str!("programs/memory.c"), options: &["-O2"] },
    Case { name: "sort", source: include_str!("programs/sort.c"), options: &["-O2"] },
    Case { name: "strings", source: include_str!("programs/strings.c"), options: &["-O2"] },
    Case { name: "matrix", source: include_str!("programs/matrix.c"), options: &["-O3"] },
    Case { name: "checksum", source: include_str!("programs/checksum.c"), options: &["-O2"] },
    Case { name: "mappings", source: include_str!("programs/mappings.c"), options: &["-O2"] },
    Case { name: "standard_files", source: include_str!("programs/standard_files.c"), options: &["-O2"] },
    Case { name: "jumps", source: include_str!("programs/jumps.c"), options: &["-O2"] },
    Case { name: "abort", source: include_str!("programs/abort.c"), options: &["-O2"] },
    Case {
        name: "freestanding, position-independent",
        source: include_str!("programs/freestanding.c"),
        options: &["-O1", "-nostdlib", "-ffreestanding", "-static-pie", "-fpie", "-Wl,--no-dynamic-linker"],
    },
    Case {
        name: "freestanding",
        source: include_str!("programs/freestanding.c"),
        options: &["-O2", "-nostdlib", "-ffreestanding"],
    },
];

#[test]
fn programs_print_and_end_as_under_qemu() {
    let test = "programs_print_and_end_as_under_qemu";
    for target in Target::BOTH {
        for case in CASES {
            let linked = if case.options.contains(&"-static-pie") { &[][..] } else { &["-static"] };
            let options = [case.options, linked, &["-lm", "-w"]].concat();
            let Some(program) = Program::compile(test, target, "c", case.source, &options) else { return };
            let (qemu, path) = (target.qemu(), program.path().display().to_string());
            let Some(expected) = oracle(test, qemu, "qemu-user", &[path, "one".into(), "two words".into()]) else {
                return;
            };
            // As a shell tells of a signal.
            let by_signal = std::os::unix::process::ExitStatusExt::signal(&expected.status).map(|signal| 128 + signal);
            let code = expected.status.code().or(by_signal).expect("an end");
            for timing in ["none", "in-order"] {
                let (ours, stdout, stderr) = program.run_with(&["--user", "--timing", timing], &["one", "two words"]);
                let what = format!("{} for {target:?}, timing {timing}: {stderr}", case.name);
                assert_eq!(stdout, String::from_utf8_lossy(&expected.stdout), "{what}");
                assert_eq!(ours, code, "{what}");
            }
        }
    }
}

#[test]
fn an_unknown_call_is_named_with_its_place() {
    let test = "an_unknown_call_is_named_with_its_place";
    for (target, source) in [
        (Target::Riscv64, ".globl _start\n_start: nop\n li a7, 220\ncall: ecall\n"),
        (Target::Aarch64, ".globl _start\n_start: nop\n mov x8, #220\ncall: svc #0\n"),
    ] {
        let Some(program) = Program::assemble(test, target, source, &[]) else { return };
        let (code, stdout, stderr) = program.run(&["--user"]);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains("system call 220 is not among those that are served, at call"), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}

#[test]
fn faults_are_named_with_their_place() {
    let test = "faults_are_named_with_their_place";
    for (target, source, said) in [
        (Target::Riscv64, ".globl _start\n_start: nop\nbad: lw a0, 0(zero)\n", "load access fault at 0x0, at bad"),
        (Target::Riscv64, ".globl _start\n_start: jr zero\n", "instruction access fault at 0x0, at 0x0"),
        (Target::Riscv64, ".globl _start\n_start: nop\nbad: .word 0\n", "illegal instruction, bits 0x0, at bad"),
        (Target::Aarch64, ".globl _start\n_start: mov x1, #0\nbad: ldr x0, [x1]\n", ", at bad"),
    ] {
        let Some(program) = Program::assemble(test, target, source, &[]) else { return };
        let (code, _, stderr) = program.run(&["--user"]);
        assert_eq!(code, 2);
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn standard_input_is_the_file_given() {
    let test = "standard_input_is_the_file_given";
    let source = include_str!("programs/standard_files.c");
    let Some(program) = Program::compile(test, Target::Riscv64, "c", source, &["-static"]) else { return };
    let input = program.beside("input");
    std::fs::write(&input, "first line\nsecond\n").expect("the input can be written");
    let (code, stdout, stderr) = program.run(&["--user", "--input", input.to_str().expect("UTF-8")]);
    assert_eq!(code, 0);
    assert!(stdout.contains("read 18 bytes in 2 lines"), "{stdout}");
    assert!(stderr.contains("to standard error"), "{stderr}");
    // Without a file it is the command's own, in whatever pieces it comes.
    let mut command = assert_cmd::Command::cargo_bin("cmodx").expect("the binary is built");
    let output = command.args(["run", "--user"]).arg(program.path()).write_stdin("first line\nsecond\n").output();
    let stdout = String::from_utf8(output.expect("cmodx runs").stdout).expect("text");
    assert!(stdout.contains("read 18 bytes in 2 lines"), "{stdout}");
}

#[test]
fn time_and_random_numbers_are_equal_in_every_run() {
    let test = "time_and_random_numbers_are_equal_in_every_run";
    let source = r#"
        #include <stdio.h>
        #include <time.h>
        #include <sys/random.h>
        int main(void) {
            struct timespec t; unsigned long r; struct tm *g; time_t now = time(0);
            clock_gettime(CLOCK_MONOTONIC, &t);
            getrandom(&r, sizeof r, 0);
            g = gmtime(&now);
            printf("%d %ld %ld %lx\n", g->tm_year + 1900, (long)t.tv_sec, (long)t.tv_nsec, r);
        }"#;
    let Some(program) = Program::compile(test, Target::Aarch64, "c", source, &["-static"]) else { return };
    let first = program.run(&["--user"]);
    assert_eq!((first.0, program.run(&["--user"])), (0, first.clone()));
    assert!(first.1.starts_with("2024 0 "), "{}", first.1);
}
