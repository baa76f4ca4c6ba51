//! `cmodx check` and `cmodx replay`.

use std::process::{Command, Output};

fn cmodx(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cmodx")).args(args).output().expect("cmodx runs")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn a_counterexample_is_found_kept_and_replayed_and_the_same_on_one_thread_and_two() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let check = |jobs: &str, to: &str| {
        let fixed = ["check", "--scheme", "pair-live", "--operation", "disable", "--preemption", "none"];
        let rest = ["--model", "ziccid", "--no-host", "--quiet", "--jobs", jobs, "-o", to];
        cmodx(&[&fixed[..], &rest[..]].concat())
    };
    let (one, two) = (file("one.jsonl"), file("two.jsonl"));
    let found = check("1", &one);
    assert_eq!(found.status.code(), Some(0), "a negative control that fails is no finding: {found:?}");
    assert!(text(&found).contains("Observation riscv64/pair-live/check/disable/none/ziccid"), "{}", text(&found));
    check("2", &two);
    let records = |path: &str| {
        let text = std::fs::read_to_string(path).unwrap();
        // The first line holds the arguments.
        text.split_once('\n').unwrap().1.to_owned()
    };
    assert_eq!(records(&one), records(&two));
    let replayed = cmodx(&["replay", &one, "--lanes"]);
    assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
    assert!(text(&replayed).contains("BUG: ") && text(&replayed).contains("hart 0 (patcher)"));
    let broken = std::fs::read_to_string(&one).unwrap().replace("\"choices\":[[", "\"choices\":[[7],[");
    std::fs::write(&two, broken).unwrap();
    assert_eq!(cmodx(&["replay", &two]).status.code(), Some(2), "a step that is not possible");
}

#[test]
fn what_is_not_there_is_named() {
    for args in [
        &["check", "--scheme", "no-such-scheme"][..],
        &["check", "--operation", "no-such-operation"],
        &["check", "--preemption", "no-such-preemption"],
        &["replay", "no-such-file.jsonl"],
    ] {
        let output = cmodx(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-"), "{args:?}");
    }
}
