//! `cmodx trace`.

use crate::compiler::{Program, Target};

#[test]
fn the_pipeline_of_a_program_is_written_for_konata_and_its_waits_are_counted() {
    let source = include_str!("programs/checksum.c");
    let Some(program) = Program::compile("trace", Target::Riscv64, "c", source, &["-O2", "-static"]) else { return };
    let log = program.beside("out.kanata");
    let file = log.display().to_string();
    let options = ["--user", "--kanata", &file, "--waits", "--skip", "1000", "--max-instructions", "500"];
    let (code, stdout, stderr) = program.command("trace", &options);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.starts_with("500 instructions in "), "{stdout}");
    let text = std::fs::read_to_string(log).expect("the log");
    assert!(text.starts_with("Kanata\t0004\nC=\t"), "{}", &text[..40]);
    let retired = text.lines().filter(|line| line.starts_with("R\t") && line.ends_with("\t0")).count();
    // A system call is executed and counted, and raises an exception: it leaves the pipeline flushed.
    let calls = text.lines().filter(|line| line.starts_with("L\t") && line.ends_with(": ecall")).count();
    assert_eq!((calls, retired), (2, 498));
    // Without either there is nothing to show.
    assert_eq!(program.command("trace", &["--user"]).0, 2);
}
