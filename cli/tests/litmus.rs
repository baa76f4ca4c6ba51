//! `cmodx litmus` on tests that it generates itself: the verdicts are those published for the shape of call-ops,
//! "new instruction seen, old literal loaded" (MP.FR), which RISC-V's base rules allow and Ziccid and Arm forbid.

use assert_cmd::Command;

fn cmodx(args: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("cmodx").unwrap().args(args).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_shape_of_call_ops_is_allowed_or_forbidden_as_the_architectures_say() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().to_str().unwrap();
    for arch in ["riscv64", "aarch64"] {
        let (code, _) = cmodx(&["litmus", "generate", "--arch", arch, "--shape", "MP.FR", "-o", folder]);
        assert_eq!(code, 0);
        let (fence, models) = if arch == "riscv64" {
            ("fence", &[("ziccif", "Sometimes"), ("ir-decode-w", "Sometimes"), ("ziccid", "Never")][..])
        } else {
            ("dmb", &[("dic0-idc0", "Never"), ("dic0-idc1", "Never"), ("dic1-idc1", "Never")][..])
        };
        let test = format!("{folder}/MP.FR+{fence}+po.litmus");
        for (model, word) in models {
            let (code, text) = cmodx(&["litmus", &test, "--model", model]);
            assert_eq!(code, 0);
            let observation = format!("Observation MP.FR+{fence}+po {word} ");
            assert!(text.contains(&observation), "{arch} {model}: {text}");
        }
    }
}

#[test]
fn a_verdict_that_differs_from_the_expected_one_is_a_finding() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    cmodx(&["litmus", "generate", "--arch", "riscv64", "--shape", "SM", "-o", &path("tests")]);
    for (verdict, code) in [("Allow", 0), ("Forbid", 1)] {
        std::fs::write(path("kinds"), format!("SM+po\t{verdict}\n")).unwrap();
        let (got, text) = cmodx(&["litmus", &path("tests/SM+po.litmus"), "--kinds", &path("kinds")]);
        assert_eq!(got, code, "{text}");
    }
}
