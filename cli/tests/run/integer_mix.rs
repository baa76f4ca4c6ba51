//! A mix of integer work as embedded benchmarks have it, on the SiFive U74 model: how many instructions a cycle.

use crate::compiler::{Program, Target};

/// Counters of `--stats`: cycles, instructions.
fn counters(stderr: &str) -> (u64, u64) {
    let line = stderr.lines().find(|line| line.starts_with("hart 0:")).expect("the counters of hart 0");
    let before = |word: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|w| w.trim_end_matches(',') == word).expect("the counter");
        words[at - 1].parse::<u64>().expect("a number")
    };
    (before("cycles"), before("instructions"))
}

/// A dual-issue in-order core with a late ALU is expected to reach about 1.2 to 1.5 instructions a cycle on such code; without
/// the late ALU each load holds what needs it for two more cycles.
#[test]
fn the_u74_does_integer_work_at_the_rate_of_its_kind_and_owes_it_to_the_late_alu() {
    let test = "integer mix";
    let source = include_str!("programs/integer_mix.c");
    let Some(program) = Program::compile(test, Target::Riscv64, "c", source, &["-O2", "-static"]) else { return };
    let run = |core: &str| {
        let (code, stdout, stderr) = program.run(&["--user", "--stats", "--core", core]);
        assert_eq!((code, stdout.as_str()), (0, "integer mix 076b\n"), "{stderr}");
        let (cycles, instructions) = counters(&stderr);
        println!("{core}: {instructions} instructions in {cycles} cycles");
        instructions as f64 / cycles as f64
    };
    let with = run("sifive-u74");
    assert!((1.1..=1.6).contains(&with), "{with:.3} instructions a cycle");
    let model = include_str!("../../../sim/cores/sifive-u74.toml").replace("[late]", "[unused]");
    let (before, after) = model.split_once("[unused]").expect("a late ALU");
    let rest = after.split_once("\n[").expect("a table behind it").1;
    let path = program.beside("no-late-alu.toml");
    std::fs::write(&path, format!("{before}[{rest}")).expect("a core model can be written");
    let without = run(&path.display().to_string());
    assert!(without < with * 0.95, "{without:.3} without the late ALU, {with:.3} with it");
}
