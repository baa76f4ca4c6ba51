//! The official RISC-V test suite, both environments. `.ci/riscv-tests FOLDER` builds it; `CMODX_RISCV_TESTS` names
//! `FOLDER/elf`, `CMODX_SPIKE` the program Spike.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Each suite, its environment, and how many programs it has at the commit that `.ci/riscv-tests` builds.
const SUITES: [(&str, usize); 16] = [
    ("rv64ui-p", 52),
    ("rv64ui-v", 52),
    ("rv64um-p", 13),
    ("rv64um-v", 13),
    ("rv64ua-p", 19),
    ("rv64ua-v", 19),
    ("rv64uf-p", 11),
    ("rv64uf-v", 11),
    ("rv64ud-p", 12),
    ("rv64ud-v", 12),
    ("rv64uc-p", 1),
    ("rv64uc-v", 1),
    ("rv64mi-p", 16),
    ("rv64si-p", 7),
    ("rv64ssvnapot-p", 1),
    ("rv64mzicbo-p", 1),
];

/// The programs of a suite, by name.
fn programs(folder: &Path, suite: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut programs: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    programs.retain(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(&format!("{suite}-")))
    });
    programs.sort();
    programs
}

/// The folder with the programs.
fn folder() -> PathBuf {
    std::env::var_os("CMODX_RISCV_TESTS").expect("CMODX_RISCV_TESTS names the folder with the programs").into()
}

#[test]
#[ignore = "needs the suite that `.ci/riscv-tests FOLDER` builds, in $CMODX_RISCV_TESTS"]
fn every_program_of_the_official_riscv_test_suite_passes_with_and_without_timing_on_one_hart_and_two() {
    let folder = folder();
    let mut failures = Vec::new();
    for (suite, count) in SUITES {
        let programs = programs(&folder, suite);
        assert_eq!(programs.len(), count, "programs of {suite}");
        for program in &programs {
            for arguments in [["--timing", "none"], ["--timing", "in-order"], ["--harts", "2"]] {
                let mut command = Command::new(env!("CARGO_BIN_EXE_cmodx"));
                command.arg("run").args(arguments).args(["--max-instructions", "10000000"]).arg(program);
                let output = command.output().expect("cmodx can be run");
                if output.status.code() != Some(0) {
                    let error = String::from_utf8_lossy(&output.stderr).into_owned();
                    failures.push(format!("{} {arguments:?}: {:?} {error}", program.display(), output.status.code()));
                }
            }
        }
        println!("{suite}: {count} programs run");
    }
    assert!(failures.is_empty(), "{} of them fail:\n{}", failures.len(), failures.join("\n"));
}

/// What Spike must have.
const SPIKE_ISA: &str = "--isa=rv64gc_zicboz_svnapot_zicntr_zicclsm_svadu";

/// Instructions of Spike's boot ROM.
const BOOT: usize = 5;

/// Where the two part, and why.
const EXPLAINED: [(&str, &str); 4] = [
    ("rv64mi-p-breakpoint", "Spike has four triggers, this has none; the program asks how many"),
    ("rv64mi-p-mcsr", "Spike's marchid is 5"),
    ("rv64mzicbo-p-zero", "Spike logs each byte that cbo.zero clears"),
    ("rv64ua-v-lrsc", "Spike ends reservations with its slices of time"),
];

/// The instructions of a commit log, without what writes of CSRs are logged for instructions that don't name them.
fn commits(log: &str) -> Vec<String> {
    let commit = |line: &&str| line.strip_prefix("core   0: ").is_some_and(|rest| rest.get(1..4) == Some(" 0x"));
    let fields = |line: &str| {
        let mut fields = Vec::new();
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            if word.starts_with('c') && word.contains('_') {
                words.next();
            } else {
                fields.push(word);
            }
        }
        fields.join(" ")
    };
    log.lines().filter(commit).map(fields).collect()
}

#[test]
#[ignore = "needs the suite in $CMODX_RISCV_TESTS, and Spike, named by $CMODX_SPIKE"]
fn the_official_riscv_test_suite_goes_step_by_step_through_the_states_that_it_has_under_spike() {
    let spike = std::env::var_os("CMODX_SPIKE").expect("CMODX_SPIKE names the program");
    let log = tempfile::NamedTempFile::new().expect("a temporary file");
    let log_option = format!("--log={}", log.path().display());
    let (mut compared, mut parted) = (0, Vec::new());
    for program in SUITES.iter().flat_map(|(suite, _)| programs(&folder(), suite)) {
        let name = program.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8").to_owned();
        let run = |command: &mut Command| command.arg(&program).output().expect("the program can be run");
        // Its exit code is no matter here: it fails a test that asks for one trigger only.
        run(Command::new(&spike).args([SPIKE_ISA, "-l", "--log-commits", &log_option]));
        let theirs = commits(&std::fs::read_to_string(log.path()).expect("Spike's log"));
        let mut cmodx = Command::new(env!("CARGO_BIN_EXE_cmodx"));
        let output = run(cmodx.args(["run", "--trace", "commit", "--timing", "none"]));
        let ours = commits(&String::from_utf8_lossy(&output.stderr));
        let theirs = &theirs[BOOT..];
        assert!(!ours.is_empty() && theirs.len() >= ours.len(), "{name}: {} here, {} there", ours.len(), theirs.len());
        compared += ours.len();
        let Some(at) = (0..ours.len()).find(|&n| ours[n] != theirs[n]) else { continue };
        println!("{name} parts at instruction {at}:\n  here  {}\n  Spike {:.120}", ours[at], theirs[at]);
        parted.push(name);
    }
    println!("{compared} instructions compared");
    parted.sort();
    assert_eq!(parted, EXPLAINED.map(|(name, _)| name));
}
