//! `--scheme-dir`: a scheme that the catalogue does not know goes through the same experiments.

use assert_cmd::Command;
use std::path::Path;

/// The example that docs/adding-a-scheme.md walks through.
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/one-jal");

/// A small bench of this folder: exit code, stdout, stderr.
fn bench(folder: &Path) -> (Option<i32>, String, String) {
    let args = "bench --no-host -q --core ideal --calls 10 --harts 2 --sites 10 --rounds 3 --json --scheme-dir";
    let output =
        Command::cargo_bin("cmodx").expect("the binary").args(args.split(' ')).arg(folder).output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_scheme_of_ones_own_is_measured_like_the_catalogues_and_compared_with_the_baseline() {
    let (code, results, errors) = bench(Path::new(EXAMPLE));
    assert_eq!(code, Some(0), "{errors}");
    for (kind, id) in [
        ("overhead", "riscv64/none/ideal/overhead/0-0"),
        ("overhead", "riscv64/one-jal/ideal/overhead/1-200"),
        ("latency", "riscv64/one-jal/idealx2/latency/retarget-10"),
        ("size", "riscv64/one-jal/size/riscv64-7.2"),
        ("verdict", "riscv64/one-jal/idealx2/verdict/toggling"),
    ] {
        let start = format!("{{\"kind\":\"{kind}\",\"id\":\"{id}\"");
        assert!(results.lines().any(|line| line.starts_with(&start)), "no {start} in\n{results}");
    }
    assert!(!results.contains("call-ops"), "{results}");
}

#[test]
fn a_broken_scheme_that_claims_safety_ends_as_a_finding_with_hart_site_and_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in ["scheme.toml", "scheme.rs", "trampoline-riscv64.S"] {
        let text = std::fs::read_to_string(Path::new(EXAMPLE).join(file)).expect("the example");
        let without_flush = text.replace("    firmware::flush_icache_all();\n", "");
        assert_eq!(without_flush != text, file == "scheme.rs");
        std::fs::write(folder.path().join(file), without_flush).expect("it can be written");
    }
    let (code, results, errors) = bench(folder.path());
    assert_eq!(code, Some(1), "{errors}");
    let records: Vec<serde_json::Value> =
        results.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let verdict = records.iter().find(|r| r["id"] == "riscv64/one-jal/idealx2/verdict/toggling").expect("a verdict");
    assert_eq!((&verdict["verdict"], &verdict["claims_safe"]), (&"unsafe".into(), &true.into()));
    // A call that went on in an old nop, though memory held the jal by then.
    let stale = records.iter().find(|r| r["finding"] == "wrong-call" && r["fetched"][0]["bytes"] == "13000000");
    let stale = stale.expect("a finding");
    assert_eq!(stale["hart"], 1, "{stale}");
    let fetched = &stale["fetched"][0];
    assert_eq!(fetched["pc"]["address"], stale["site"]["address"], "{stale}");
    assert!(fetched["memory"].as_str().is_some_and(|held| held != "13000000"), "{stale}");
}

#[test]
fn a_folder_that_gives_no_scheme_is_named_with_the_reason() {
    let copy = |change: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().expect("a folder");
        for file in ["scheme.toml", "scheme.rs", "trampoline-riscv64.S"] {
            std::fs::copy(Path::new(EXAMPLE).join(file), folder.path().join(file)).expect("the example");
        }
        change(folder.path());
        let (code, results, errors) = bench(folder.path());
        assert_eq!((code, results.as_str()), (Some(2), ""), "{errors}");
        errors
    };
    let edit = |folder: &Path, file: &str, from: &str, to: &str| {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).expect("the file");
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(path, text.replacen(from, to, 1)).expect("it can be written");
    };
    /// What is done to the example, and what the error must name.
    type Case<'a> = (&'a dyn Fn(&Path), &'a [&'a str]);
    let cases: [Case<'_>; 8] = [
        (&|f| std::fs::remove_file(f.join("scheme.toml")).expect("removed"), &["scheme.toml"]),
        (&|f| std::fs::remove_file(f.join("scheme.rs")).expect("removed"), &["scheme.rs", "a scheme is a folder"]),
        (&|f| edit(f, "scheme.toml", "[riscv64]", "[riscv32]"), &["scheme.toml", "riscv32"]),
        (&|f| edit(f, "scheme.toml", "one-jal", "none"), &["scheme.toml", "already"]),
        (&|f| edit(f, "scheme.toml", "function_align = 4", "function_align = 3"), &["scheme.toml", "power of two"]),
        (&|f| edit(f, "scheme.rs", "const NOP", "konst NOP"), &["cannot build", "scheme.rs"]),
        (&|f| edit(f, "trampoline-riscv64.S", "mv      a3, sp", "mw      a3, sp"), &["trampoline-riscv64.S", "mw"]),
        (&|f| edit(f, "scheme.toml", "ftrace_trampoline", "nowhere"), &["nowhere"]),
    ];
    for (change, expected) in cases {
        let errors = copy(change);
        assert!(errors.starts_with("error: "), "{errors}");
        for part in expected {
            assert!(errors.contains(part), "`{part}` is not in: {errors}");
        }
    }
}
