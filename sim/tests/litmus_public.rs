//! The public litmus tests agree with the verdicts of their architectures' axiomatic models.
//!
//! The tests are data beside the project: `../shared/litmus` seen from the workspace, or where `CMODX_LITMUS` says.

use cmodx_sim::relaxed::litmus::batch::{files, verdicts};
use cmodx_sim::relaxed::litmus::{Options, run_files};
use std::path::PathBuf;

/// The folder; `None` when it is absent and `CMODX_NO_ORACLES=1` allows that.
fn folder(name: &str) -> Option<PathBuf> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let beside = || {
        let mut at = workspace.canonicalize().expect("the workspace has a path");
        while at.pop() {
            if at.join("shared/litmus").is_dir() {
                return at.join("shared/litmus");
            }
        }
        workspace.join("../shared/litmus")
    };
    let base = std::env::var_os("CMODX_LITMUS").map_or_else(beside, PathBuf::from);
    let folder = base.join(name);
    if folder.join("verdicts.tsv").is_file() {
        return Some(folder);
    }
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|v| v == "1") {
        eprintln!("NOT RUN: {} is absent", folder.display());
        return None;
    }
    panic!(
        "{} holds no verdicts.tsv: set CMODX_LITMUS to the folder of public litmus tests, or CMODX_NO_ORACLES=1 to go on without",
        folder.display()
    );
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
