//! The layout model against figures that were worked out apart from it, from the same four Debian kernels.

use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::{SCHEMES, find};
use cmodx_workloads::kernel::{
    Function, FunctionTable, Layout, embedded, growth_percent, lay_out, predict, size_table,
};

fn table(name: &str) -> FunctionTable {
    embedded().into_iter().find(|t| t.name == name).expect("an embedded table of that name")
}

fn assert_growth(name: &str, layout: Layout, expected: f64) {
    let size = lay_out(&table(name), &layout);
    let growth = growth_percent(size.total_bytes, size.baseline_bytes);
    assert!((growth - expected).abs() <= 0.005, "{name} {}: {growth:.4} % instead of {expected} %", layout.id);
}

fn scheme(arch: Arch, id: &str) -> Layout {
    Layout::of_scheme(find(arch, id).expect("a scheme of the catalogue"))
}

fn variant(arch: Arch, id: &str) -> Layout {
    Layout::variants(arch).into_iter().find(|l| l.id == id).expect("a variant of the model")
}

#[test]
fn riscv_growth_is_what_was_measured_on_the_bodies_of_7_2() {
    let name = "riscv64-7.2";
    assert_growth(name, variant(Arch::Riscv64, "site/natural"), 2.46);
    assert_growth(name, scheme(Arch::Riscv64, "pair-stop"), 2.79);
    assert_growth(name, scheme(Arch::Riscv64, "call-ops/flush-per-site"), 5.96);
}

#[test]
fn aarch64_growth_is_what_was_measured_on_the_bodies_of_6_12() {
    let name = "arm64-6.12";
    assert_growth(name, variant(Arch::Aarch64, "site/natural"), 2.47);
    assert_growth(name, scheme(Arch::Aarch64, "call-ops"), 5.33);
    assert_growth(name, variant(Arch::Aarch64, "call-ops/align-8-alone"), 4.56);
}

#[test]
fn shipped_call_ops_layouts_predict_the_exact_padding_of_97_percent_of_sites() {
    for (name, arch, id) in [
        ("riscv64-7.2", Arch::Riscv64, "call-ops/flush-per-site"),
        ("arm64-6.12", Arch::Aarch64, "call-ops"),
        ("arm64-7.2", Arch::Aarch64, "call-ops"),
    ] {
        let p = predict(&table(name), &scheme(arch, id));
        let percent = p.percent();
        assert_eq!(percent.round(), 97.0, "{name}: {} of {} sites", p.count, p.of);
    }
}

#[test]
fn without_the_compiler_s_preference_aarch64_padding_stays_unexplained() {
    let call_ops = scheme(Arch::Aarch64, "call-ops");
    let plain = Layout { alignment: call_ops.alignment.without_preference(), ..call_ops };
    let p = predict(&table("arm64-6.12"), &plain);
    assert!(p.count * 100 < p.of * 75, "align 8 alone predicts {} of {} sites", p.count, p.of);
}

#[test]
fn the_old_riscv_kernel_has_its_functions_at_natural_alignment() {
    let p = predict(&table("riscv64-6.12"), &variant(Arch::Riscv64, "site/natural"));
    assert!(p.count * 100 > p.of * 97, "{} of {} sites", p.count, p.of);
}

#[test]
fn parts_add_up_to_the_total_for_every_scheme_of_every_table() {
    for table in embedded() {
        for scheme in SCHEMES.iter().filter(|s| s.arch == table.arch && s.compressed()) {
            let size = lay_out(&table, &Layout::of_scheme(scheme));
            let parts = size.body_bytes + size.site_bytes + size.literal_bytes + size.padding_bytes;
            assert_eq!(parts, size.total_bytes, "{} {}", table.name, scheme.id);
            assert_eq!(size.site_bytes, size.sites * u64::from(scheme.layout.site_bytes));
            assert_eq!(size.literal_bytes, size.sites * u64::from(scheme.layout.literal_bytes));
            if scheme.id == "none" {
                assert_eq!(size.total_bytes, size.baseline_bytes, "{}", table.name);
            } else {
                assert!(size.total_bytes > size.baseline_bytes, "{} {}", table.name, scheme.id);
            }
        }
    }
}

#[test]
fn laying_out_by_hand_gives_the_same_bytes() {
    let f = |offset, size, site_offset| Function { offset, size, site_offset };
    let table = FunctionTable {
        name: "by-hand".into(),
        arch: Arch::Aarch64,
        text_bytes: 400,
        functions: vec![f(8, 28, Some(4)), f(40, 8, None), f(64, 52, Some(4)), f(400, 8, None)],
    };
    // Without ftrace: 20 bytes, 12 skipped to 32, 8 bytes; 24 to the next 32 are too many, so 44 bytes at 40.
    let none = lay_out(&table, &Layout::none(Arch::Aarch64));
    assert_eq!((none.body_bytes, none.padding_bytes, none.total_bytes), (72, 12, 84));
    // Call-ops: literal at 0, function 8 to 36; 28 are too many, so 8 bytes at 40; 16 are too many, so the literal at
    // 48 and the function 56 to 108. The function behind .text counts for nothing.
    let call_ops = lay_out(&table, &scheme(Arch::Aarch64, "call-ops"));
    assert_eq!((call_ops.functions, call_ops.sites), (3, 2));
    assert_eq!((call_ops.site_bytes, call_ops.literal_bytes, call_ops.padding_bytes), (16, 16, 4));
    assert_eq!((call_ops.total_bytes, call_ops.baseline_bytes), (108, 84));
}

#[test]
fn overlapping_symbols_are_laid_out_once() {
    let f = |offset, size| Function { offset, size, site_offset: None };
    let functions = vec![f(0, 100), f(40, 20), f(60, 40)];
    let table = FunctionTable { name: "overlap".into(), arch: Arch::Riscv64, text_bytes: 100, functions };
    assert_eq!(lay_out(&table, &Layout::none(Arch::Riscv64)).total_bytes, 100);
}

#[test]
fn the_size_table_holds_every_scheme_of_every_kernel() {
    let rows = size_table();
    for table in embedded() {
        let of_table: Vec<_> = rows.iter().filter(|r| r.functions_of == table.name).collect();
        let schemes = SCHEMES.iter().filter(|s| s.arch == table.arch && s.compressed());
        for (scheme, row) in schemes.zip(&of_table) {
            assert_eq!((row.scheme.as_str(), row.arch), (scheme.id, table.arch));
        }
        assert_eq!(
            of_table.first().map(|r| r.scheme.as_str()),
            Some("none"),
            "{}: the baseline comes first",
            table.name
        );
    }
    let again = size_table();
    assert_eq!(rows, again);
}
