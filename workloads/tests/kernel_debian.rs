//! Real kernels: what the survey counts in the four that the embedded tables come from.
//!
//! These tests want `CMODX_KERNELS` to name a folder with `riscv64-6.12.vmlinux`, `riscv64-7.2.vmlinux`,
//! `arm64-6.12.vmlinux` and `arm64-7.2.vmlinux`, taken from the packages that `data/README.md` names (debug information
//! may be stripped, symbols not). `BLESS=1` writes the tables anew instead of comparing them.

use std::path::PathBuf;

use cmodx_workloads::kernel::survey::Percentiles;
use cmodx_workloads::kernel::{BuiltFor, Image, Share, Survey, TableForm, embedded, function_table, survey};

fn image(name: &str) -> Image {
    let folder = std::env::var_os("CMODX_KERNELS").expect("CMODX_KERNELS names the folder with the kernels");
    Image::read(&PathBuf::from(folder).join(format!("{name}.vmlinux"))).expect("a kernel that can be surveyed")
}

/// A share as its percentage is printed.
fn percent(share: Share, digits: usize) -> String {
    format!("{:.digits$}", share.percent())
}

fn mebibytes(s: &Survey) -> String {
    format!("{:.1}", s.reach.as_ref().expect("ftrace_caller").farthest as f64 / f64::from(1 << 20))
}

/// Rows that every kernel has: live, zeroed, entry, patched, .text, then percentages of nops, literals and padding.
fn rows(s: &Survey) -> (u64, u64, i64, Option<u64>, u64, [String; 3]) {
    let text = [s.entry_nops, s.literals, s.padding].map(|share| percent(share, 3));
    (s.live, s.zeroed, s.entry_offset, s.patched_offset, s.text_bytes, text)
}

fn sizes(p50: u64, p90: u64, p99: u64) -> Percentiles {
    Percentiles { p50, p90, p99 }
}

#[test]
#[ignore = "needs Debian's kernels in $CMODX_KERNELS"]
fn riscv_6_12_has_pairs_at_any_alignment() {
    let s = survey(&image("riscv64-6.12"));
    assert_eq!((s.built_for, s.table), (BuiltFor::Pair, TableForm::Absolute));
    let text = ["2.760", "0.000", "0.035"].map(String::from);
    assert_eq!(rows(&s), (39_507, 0, 0, Some(0), 10_963_320, text));
    let crossing = [percent(s.cross_8, 0), percent(s.cross_64, 1), percent(s.misaligned_4, 1)];
    assert_eq!(crossing, ["74", "9.4", "47.7"]);
    assert_eq!((s.literal_in_other_line, mebibytes(&s).as_str()), (None, "12.3"));
    assert_eq!(percent(s.reach.as_ref().expect("ftrace_caller").within_jal, 1), "11.9");
    assert_eq!(s.function_size, sizes(134, 550, 2252));
}

#[test]
#[ignore = "needs Debian's kernels in $CMODX_KERNELS"]
fn riscv_7_2_has_call_ops() {
    let s = survey(&image("riscv64-7.2"));
    assert_eq!((s.built_for, s.table), (BuiltFor::CallOps, TableForm::Absolute));
    let text = ["2.310", "2.310", "1.050"].map(String::from);
    assert_eq!(rows(&s), (43_709, 248, -8, Some(4), 14_490_106, text));
    assert_eq!([s.cross_8, s.cross_64, s.misaligned_4].map(|share| share.count), [0; 3]);
    assert_eq!(percent(s.literal_in_other_line.expect("literals"), 1), "12.4");
    assert_eq!(mebibytes(&s), "14.3");
    assert_eq!(percent(s.reach.as_ref().expect("ftrace_caller").within_jal, 1), "8.9");
    assert_eq!(s.function_size, sizes(144, 650, 2566));
}

#[test]
#[ignore = "needs Debian's kernels in $CMODX_KERNELS"]
fn aarch64_6_12_has_call_ops_under_relr() {
    let s = survey(&image("arm64-6.12"));
    assert_eq!((s.built_for, s.table), (BuiltFor::CallOps, TableForm::Relr));
    let text = ["2.304", "2.304", "1.484"].map(String::from);
    assert_eq!(rows(&s), (43_880, 336, -8, Some(4), 14_557_184, text));
    assert_eq!([s.cross_8, s.cross_64, s.misaligned_4].map(|share| share.count), [0; 3]);
    assert_eq!(percent(s.literal_in_other_line.expect("literals"), 1), "0.6");
    assert_eq!(mebibytes(&s), "24.9");
    assert_eq!(percent(s.reach.as_ref().expect("ftrace_caller").within_jal, 1), "8.9");
    assert_eq!(s.function_size, sizes(168, 632, 2224));
}

#[test]
#[ignore = "needs Debian's kernels in $CMODX_KERNELS"]
fn aarch64_7_2_has_call_ops_under_relr() {
    let s = survey(&image("arm64-7.2"));
    assert_eq!((s.built_for, s.table), (BuiltFor::CallOps, TableForm::Relr));
    let text = ["2.087", "2.087", "1.380"].map(String::from);
    assert_eq!(rows(&s), (48_440, 351, -8, Some(4), 17_727_488, text));
    assert_eq!([s.cross_8, s.cross_64, s.misaligned_4].map(|share| share.count), [0; 3]);
    assert_eq!(percent(s.literal_in_other_line.expect("literals"), 1), "0.7");
    assert_eq!(mebibytes(&s), "30.8");
    assert_eq!(percent(s.reach.as_ref().expect("ftrace_caller").within_jal, 1), "8.5");
    assert_eq!(s.function_size, sizes(172, 692, 2572));
}

#[test]
#[ignore = "needs Debian's kernels in $CMODX_KERNELS"]
fn embedded_tables_are_what_the_kernels_hold() {
    for embedded in embedded() {
        let mut table = function_table(&image(&embedded.name)).expect("a known scheme");
        table.name.clone_from(&embedded.name);
        if std::env::var_os("BLESS").is_some() {
            let path = format!("{}/data/{}.functions", env!("CARGO_MANIFEST_DIR"), table.name);
            std::fs::write(path, table.encode()).expect("a writable table");
        } else {
            assert!(table == embedded, "{} differs", embedded.name);
        }
    }
}
