//! Bakes in which commit the tool is built from.

use std::process::Command;

fn git(args: &[&str]) -> Option<String> {
    let output = Command::new("git").args(args).output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_string())
}

fn main() {
    for path in ["Cargo.toml", "Cargo.lock", "isa", "sim", "trampolines", "workloads", "reports", "cli"] {
        println!("cargo::rerun-if-changed=../{path}");
    }
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={log}");
    }
    if let (Some(commit), Some(time)) = (git(&["rev-parse", "HEAD"]), git(&["log", "-1", "--format=%ct"])) {
        let dirty = git(&["status", "--porcelain", "--untracked-files=no"]).is_none_or(|s| !s.is_empty());
        println!("cargo::rustc-env=CMODX_COMMIT={commit}");
        println!("cargo::rustc-env=CMODX_COMMIT_TIME={time}");
        println!("cargo::rustc-env=CMODX_DIRTY={dirty}");
    }
}
