//! The public litmus tests agree with the verdicts of their architectures' axiomatic models.
//!
//! The tests are data that the project does not carry: the folder that `CMODX_LITMUS` names, or `shared/litmus` beside the
//! checkout. Without either the comparison says NOT RUN; the project's own tests (`litmus_own.rs`) cover every model all the same.

use cmodx_sim::relaxed::litmus::batch::{files, verdicts};
use cmodx_sim::relaxed::litmus::{Options, run_files};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder of this name; `None` when no public tests are at hand.
///
/// # Panics
/// When `CMODX_LITMUS` is set and holds no verdicts.
fn folder(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("CMODX_LITMUS").map(PathBuf::from);
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().expect("the workspace has a path");
    let beside = || workspace.ancestors().map(|at| at.join("shared/litmus")).find(|at| at.is_dir());
    let Some(base) = named.or_else(beside) else {
        // Straight to stderr: the test harness would swallow it.
        let _ = writeln!(std::io::stderr(), "NOT RUN: no public litmus tests at hand; CMODX_LITMUS names their folder");
        return None;
    };
    let folder = base.join(name);
    assert!(folder.join("verdicts.tsv").is_file(), "{} holds no verdicts.tsv", folder.display());
    Some(folder)
}

fn agree(name: &str, options: &Options, count: usize) {
    let Some(folder) = folder(name) else { return };
    let expected = verdicts(&folder.join("verdicts.tsv")).unwrap();
    assert_eq!(expected.len(), count, "verdicts in {}", folder.display());
    let paths = files(&[folder.to_string_lossy().into_owned()]).unwrap();
    assert_eq!(paths.len(), count, "tests in {}", folder.display());
    let batch = run_files(&paths, options).unwrap();
    let differences = batch.differences(&expected);
    let list: Vec<String> = differences.iter().map(|d| format!("{}: {}", d.test, d.what)).collect();
    assert!(list.is_empty(), "{} of {count} tests differ:\n{}", list.len(), list.join("\n"));
}

#[test]
fn aarch64_fetch_tests_agree_with_the_axiomatic_model() {
    agree("aarch64-ifetch", &Options::default(), 262);
}

#[test]
fn riscv_data_tests_agree_with_the_axiomatic_model_in_verdict_and_number_of_states() {
    agree("riscv", &Options { classic_fencei: true, ..Options::default() }, 147);
}
