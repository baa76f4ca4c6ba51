//! Programs that check themselves in the way of the public conformance tests for RISC-V: the same reset sequence, the same two
//! environments (physical memory; pages on demand), the same end through HTIF. Each runs on one hart and on several, with and
//! without timing, and under QEMU's `spike` machine, which serves HTIF too.

use super::compiler::{Program, Target, oracle};

/// Where the sources are.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/programs/riscv");

/// What QEMU's hart must have.
const QEMU_CPU: &str = "rv64,zba=on,zbb=on,zbc=on,zbs=on,svnapot=on,svinval=on";

/// Where a program's user mode lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Environment {
    /// Physical memory.
    Bare,
    /// Pages that a small kernel brings.
    Paged,
}

fn build(test: &str, name: &str, environment: Environment, defines: &[&str]) -> Option<Program> {
    let path = |file: &str| format!("{SOURCES}/{file}");
    let source = std::fs::read_to_string(path(&format!("{name}.S"))).expect("the source is there");
    let header = if environment == Environment::Paged { "paged.h" } else { "bare.h" };
    let mut options = vec![
        format!("-I{SOURCES}"),
        format!("-DENVIRONMENT=\"{header}\""),
        format!("-T{}", path("bare.ld")),
        "-Wl,--no-warn-rwx-segments".into(),
    ];
    if environment == Environment::Paged {
        options.extend([path("pager.S"), path("pager.c")]);
    }
    for option in [
        "-O1",
        "-ffreestanding",
        "-fno-builtin",
        "-march=rv64gc_zba_zbb_zbc_zbs",
        "-mabi=lp64d",
        "-mcmodel=medany",
        "-Wl,--build-id=none",
    ] {
        options.push(option.into());
    }
    options.extend(defines.iter().map(|define| (*define).to_string()));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    Program::assemble(test, Target::Riscv64, &source, &options)
}

/// Runs the program here with these numbers of harts.
fn passes_here(program: &Program, what: &str, harts: &[&str], more: &[&str]) {
    for timing in ["none", "in-order"] {
        for harts in harts {
            let base = ["--timing", timing, "--harts", harts, "--max-instructions", "20000000"];
            let (code, _, stderr) = program.run(&[&base, more].concat());
            assert_eq!(code, 0, "{what}, timing {timing}, {harts} harts: check {code} fails. {stderr}");
        }
    }
}

/// Runs the program under QEMU.
fn passes_under_qemu(test: &str, program: &Program, what: &str, harts: &str) {
    let path = program.path().display().to_string();
    let arguments =
        ["20", "qemu-system-riscv64", "-M", "spike", "-cpu", QEMU_CPU, "-smp", harts, "-nographic", "-bios"];
    let mut arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_string()).collect();
    arguments.extend(["none".into(), "-kernel".into(), path]);
    let Some(output) = oracle(test, "timeout", "qemu-system-misc", &arguments) else { return };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{what} under QEMU: {errors}");
}

fn passes(test: &str, name: &str, environment: Environment, defines: &[&str]) {
    let what = format!("{name} {environment:?} {defines:?}");
    let Some(program) = build(test, name, environment, defines) else { return };
    passes_here(&program, &what, &["1", "2", "4"], &[]);
    passes_under_qemu(test, &program, &what, "1");
}

#[test]
fn user_mode_computes_on_physical_memory_and_on_pages() {
    const TEST: &str = "user_mode_computes_on_physical_memory_and_on_pages";
    for name in ["user", "bits"] {
        passes(TEST, name, Environment::Bare, &[]);
        passes(TEST, name, Environment::Paged, &["-DLEVELS=8"]);
    }
    for levels in ["-DLEVELS=9", "-DLEVELS=10"] {
        passes(TEST, "user", Environment::Paged, &[levels]);
    }
}

#[test]
fn control_registers_obey_each_mode() {
    const TEST: &str = "control_registers_obey_each_mode";
    for mode in ["-DMODE=1", "-DMODE=3"] {
        passes(TEST, "csr", Environment::Bare, &[mode]);
    }
}

#[test]
fn jumps_find_halves_of_words_and_misa_turns_extensions_off() {
    const TEST: &str = "jumps_find_halves_of_words_and_misa_turns_extensions_off";
    for mode in ["-DMODE=1", "-DMODE=3"] {
        passes(TEST, "fetch", Environment::Bare, &[mode]);
    }
}

#[test]
fn traps_say_what_happened_and_where() {
    const TEST: &str = "traps_say_what_happened_and_where";
    for name in ["illegal", "traps", "calls", "wait"] {
        passes(TEST, name, Environment::Bare, &[]);
    }
}

#[test]
fn translation_sets_bits_finds_aliases_and_knows_large_pages() {
    const TEST: &str = "translation_sets_bits_finds_aliases_and_knows_large_pages";
    for defines in [&["-DLEVELS=8", "-DNAPOT"][..], &["-DLEVELS=9"], &["-DLEVELS=10"]] {
        passes(TEST, "paging", Environment::Bare, defines);
    }
}

/// QEMU 7.2 has triggers, counts host time and lacks Zicboz: by hand from the manual.
#[test]
fn counters_are_exact_and_blocks_are_zeroed() {
    const TEST: &str = "counters_are_exact_and_blocks_are_zeroed";
    for name in ["counts", "zero"] {
        let Some(program) = build(TEST, name, Environment::Bare, &[]) else { return };
        passes_here(&program, name, &["1", "2"], &[]);
    }
}

#[test]
fn harts_lock_count_and_interrupt_one_another() {
    const TEST: &str = "harts_lock_count_and_interrupt_one_another";
    for harts in ["1", "2", "4"] {
        let Some(program) = build(TEST, "multi", Environment::Bare, &[&format!("-DHARTS={harts}")]) else { return };
        passes_here(&program, &format!("multi with {harts} harts"), &[harts], &[]);
        passes_under_qemu(TEST, &program, "multi", harts);
    }
}

#[test]
fn a_store_to_code_is_seen_without_a_fence_on_a_coherent_hart_and_never_on_another() {
    const TEST: &str = "a_store_to_code_is_seen_without_a_fence_on_a_coherent_hart_and_never_on_another";
    let Some(program) = build(TEST, "visible", Environment::Bare, &[]) else { return };
    passes_here(&program, "visible", &["1", "2"], &["--coherence", "ziccid"]);
    passes_under_qemu(TEST, &program, "visible", "1");
    for options in [&[][..], &["--coherence", "ziccif"]] {
        for timing in ["none", "in-order"] {
            let base = ["--timing", timing, "--max-instructions", "3000000"];
            let (code, _, stderr) = program.run(&[&base, options].concat());
            assert_eq!((code, stderr.lines().count()), (2, 1), "{stderr}");
            assert!(stderr.contains("reached the limit of instructions"), "{stderr}");
        }
    }
}

/// Under QEMU the firmware is OpenSBI.
#[test]
fn a_hart_that_the_firmware_suspends_waits_for_its_timer() {
    const TEST: &str = "a_hart_that_the_firmware_suspends_waits_for_its_timer";
    let source = std::fs::read_to_string(format!("{SOURCES}/suspend.S")).expect("the source is there");
    let options = ["-Wl,-Ttext=0x80200000", "-Wl,-N", "-Wl,--build-id=none", "-Wl,--no-relax", "-mcmodel=medany"];
    let Some(program) = Program::assemble(TEST, Target::Riscv64, &source, &options) else { return };
    passes_here(&program, "suspend", &["1", "2"], &[]);
    let path = program.path().display().to_string();
    let arguments =
        ["20", "qemu-system-riscv64", "-M", "virt", "-display", "none", "-serial", "null", "-kernel", &path];
    let arguments = arguments.map(String::from);
    let Some(output) = oracle(TEST, "timeout", "qemu-system-misc opensbi", &arguments) else { return };
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn benchmarks_print_through_the_host_and_meet_at_barriers() {
    const TEST: &str = "benchmarks_print_through_the_host_and_meet_at_barriers";
    let source = std::fs::read_to_string(format!("{SOURCES}/proxy.c")).expect("the source is there");
    let script = format!("-T{SOURCES}/bare.ld");
    // On fewer elements an insertion sort takes fewer steps; the mean of the numbers is the same.
    for (harts, instructions) in [("1", 700_000..800_000), ("2", 180_000..220_000), ("4", 45_000..55_000)] {
        let define = format!("-DHARTS=\"{harts}\"");
        let options = ["-O2", "-ffreestanding", "-nostdlib", "-static", "-fno-pic", "-no-pie", "-mcmodel=medany"];
        let more = [define.as_str(), &script, "-Wl,--no-warn-rwx-segments", "-Wl,--build-id=none"];
        let options = [&options[..], &more].concat();
        let Some(program) = Program::compile(TEST, Target::Riscv64, "c", &source, &options) else { return };
        for timing in ["none", "in-order"] {
            let (code, stdout, stderr) = program.run(&["--timing", timing, "--harts", harts]);
            assert_eq!(code, 0, "{harts} harts, timing {timing}: {stderr}");
            let lines: Vec<_> = stdout.lines().collect();
            let [first, counted, mean] = lines.as_slice() else { panic!("{stdout}") };
            assert_eq!((*first, *mean), ("sorting", "mean: 8464057"));
            let counted: u64 = counted.trim_start_matches("instructions: ").parse().expect("a number");
            assert!(instructions.contains(&counted), "{counted} instructions with {harts} harts");
        }
    }
}

#[test]
fn a_handler_that_traps_into_itself_ends_the_run() {
    const TEST: &str = "a_handler_that_traps_into_itself_ends_the_run";
    let options = ["-Wl,-Ttext=0x80000000", "-Wl,-N", "-Wl,--build-id=none"];
    for (body, trap) in [("ebreak", "breakpoint"), (".word 0", "illegal instruction"), ("ld a0, (x0)", "load access")] {
        let source = format!(".globl _start\n_start: la t0, 1f\n csrw mtvec, t0\n .balign 4\n1: {body}\n");
        let Some(program) = Program::assemble(TEST, Target::Riscv64, &source, &options) else { return };
        for (timing, harts) in [("none", "1"), ("none", "2"), ("in-order", "1"), ("in-order", "2")] {
            let (code, _, stderr) = program.run(&["--timing", timing, "--harts", harts]);
            assert_eq!((code, stderr.lines().count()), (2, 1), "{body}: {stderr}");
            assert!(stderr.contains(&format!("traps without end: {trap}")), "{stderr}");
        }
    }
}

#[test]
fn extensions_that_are_off_are_illegal() {
    const TEST: &str = "extensions_that_are_off_are_illegal";
    let Some(program) = build(TEST, "bits", Environment::Bare, &[]) else { return };
    let run = |isa: &str| program.run(&["--isa", isa, "--timing", "none", "--max-instructions", "1000000"]);
    assert_eq!(run("rv64gc_zba_zbb_zbc_zbs").0, 0);
    // Check 2 is the first one of Zba, 3 of Zbb, 6 of Zbc; a trap that nobody expects adds 1337.
    for (isa, check) in [("rv64gc_zbb_zbc_zbs", 2), ("rv64gc_zba_zbc_zbs", 3), ("rv64gcb", 6)] {
        let (code, _, stderr) = run(isa);
        assert_eq!(code, ((check | 1337) >> 1).min(255), "{isa}: {stderr}");
    }
    for (isa, message) in [
        ("rv32imac", "does not start with rv64i or rv64g"),
        ("rv64gcv", "there is no extension \"v\" here"),
        ("rv64imad", "d needs f"),
    ] {
        let (code, stdout, stderr) = run(isa);
        assert!(code == 2 && stdout.is_empty() && stderr.contains(message), "{isa}: {code} {stderr}");
    }
}
