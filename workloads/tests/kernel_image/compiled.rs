//! Programs that GCC and binutils made: their idea of sites and relocations against ours.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use cmodx_workloads::kernel::{BuiltFor, Image, TableForm, survey};

const SOURCE: &str = "
int first(int x) { return x + 1; }
int second(int x) { return first(x) * 3; }
__attribute__((weak)) int third(int x) { return x; }
void _start(void) { second(third(1)); }
";

/// False when the check must be left out because oracles were declined; fails when the compiler is missing.
fn compiler_is_there(triple: &str) -> bool {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|v| v == "1") {
        // Straight to stderr: the test harness would swallow it.
        let _ = writeln!(std::io::stderr(), "NOT RUN: {triple}-gcc (CMODX_NO_ORACLES=1)");
        return false;
    }
    let there = Command::new(format!("{triple}-gcc")).arg("--version").output().is_ok_and(|o| o.status.success());
    let package = format!("gcc-{triple}");
    assert!(
        there,
        "{triple}-gcc not found: apt-get install {package}, or set CMODX_NO_ORACLES=1 to leave out the tests that need it"
    );
    true
}

/// Compiles the source for an instruction set and returns the file's image and, by `nm`, the addresses of its functions.
fn compile(triple: &str, sites: &str, link: &[&str]) -> (Image, Vec<u64>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, program) = (folder.path().join("sites.c"), folder.path().join("sites"));
    std::fs::write(&source, SOURCE).expect("a writable folder");
    let site_option = format!("-fpatchable-function-entry={sites}");
    let mut gcc = Command::new(format!("{triple}-gcc"));
    gcc.args(["-O1", "-nostdlib", "-fno-asynchronous-unwind-tables", "-falign-functions=8"]);
    run(gcc.arg(site_option).args(link).arg(&source).arg("-o").arg(&program));
    let symbols = run(Command::new(format!("{triple}-nm")).arg(&program));
    let mut functions: Vec<u64> = symbols
        .lines()
        .filter(|line| ["first", "second", "third", "_start"].iter().any(|f| line.split(' ').next_back() == Some(f)))
        .map(|line| u64::from_str_radix(&line[..16], 16).expect("an address of 16 digits"))
        .collect();
    functions.sort_unstable();
    assert_eq!(functions.len(), 4, "{symbols}");
    (Image::read(Path::new(&program)).expect("a program with sites"), functions)
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names in ASCII")
}

fn less_8(functions: &[u64]) -> Vec<u64> {
    functions.iter().map(|f| f - 8).collect()
}

#[test]
fn aarch64_sites_of_a_position_independent_program_stand_in_rela_addends() {
    if !compiler_is_there("aarch64-linux-gnu") {
        return;
    }
    let (image, functions) = compile("aarch64-linux-gnu", "4,2", &["-static-pie", "-fPIE"]);
    assert_eq!((image.sites.form, &image.sites.live), (TableForm::Rela, &less_8(&functions)));
    assert_eq!((survey(&image).built_for, survey(&image).zeroed), (BuiltFor::CallOps, 0));
}

#[test]
fn aarch64_sites_of_a_static_program_stand_in_place() {
    if !compiler_is_there("aarch64-linux-gnu") {
        return;
    }
    let (image, functions) = compile("aarch64-linux-gnu", "4,2", &["-static"]);
    assert_eq!((image.sites.form, &image.sites.live), (TableForm::Absolute, &less_8(&functions)));
}

#[test]
fn riscv_sites_stand_in_place_or_under_rela() {
    if !compiler_is_there("riscv64-linux-gnu") {
        return;
    }
    for (link, form) in [(&["-static"][..], TableForm::Absolute), (&["-static-pie", "-fPIE"][..], TableForm::Rela)] {
        let (image, functions) = compile("riscv64-linux-gnu", "8,4", link);
        assert_eq!((image.sites.form, &image.sites.live), (form, &less_8(&functions)));
        assert_eq!(survey(&image).built_for, BuiltFor::CallOps);
    }
}

#[test]
fn a_pair_of_nops_at_the_entry_is_told_from_call_ops() {
    if !compiler_is_there("riscv64-linux-gnu") {
        return;
    }
    let (image, functions) = compile("riscv64-linux-gnu", "4", &["-static"]);
    assert_eq!((survey(&image).built_for, &image.sites.live), (BuiltFor::Pair, &functions));
}
