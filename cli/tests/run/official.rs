//! The official RISC-V test suite, both environments. `.ci/riscv-tests FOLDER` builds it; `CMODX_RISCV_TESTS` names
//! `FOLDER/elf`.

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

#[test]
#[ignore = "needs the suite that `.ci/riscv-tests FOLDER` builds, in $CMODX_RISCV_TESTS"]
fn every_program_of_the_official_riscv_test_suite_passes_with_and_without_timing_on_one_hart_and_two() {
    let folder = std::env::var_os("CMODX_RISCV_TESTS").expect("CMODX_RISCV_TESTS names the folder with the programs");
    let folder = PathBuf::from(folder);
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
