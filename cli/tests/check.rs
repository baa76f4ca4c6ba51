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
    assert_eq!(records(&one), records(&two));
    let replayed = cmodx(&["replay", &one, "--lanes"]);
    assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
    assert!(text(&replayed).contains("BUG: ") && text(&replayed).contains("hart 0 (patcher)"));
    let timed = text(&cmodx(&["replay", &one, "--timed"]));
    assert!(
        timed.contains("In the timed world the same pass goes wrong") && timed.matches("BUG: ").count() == 2,
        "{timed}"
    );
    let broken = std::fs::read_to_string(&one).unwrap().replace("\"choices\":[[", "\"choices\":[[7],[");
    std::fs::write(&two, broken).unwrap();
    assert_eq!(cmodx(&["replay", &two]).status.code(), Some(2), "a step that is not possible");
}

/// All lines of a results file but the first, which holds the arguments.
fn records(path: &str) -> String {
    std::fs::read_to_string(path).unwrap().split_once('\n').unwrap().1.to_owned()
}

#[test]
fn shards_that_are_merged_are_the_whole_and_a_checkpoint_is_gone_on_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let check = |more: &[&str], to: &str| {
        let fixed = ["check", "--scheme", "pair-live", "--arch", "riscv64", "--operation", "disable"];
        let rest = ["--preemption", "none", "--no-host", "--quiet", "-o", to];
        cmodx(&[&fixed[..], &rest[..], more].concat())
    };
    let (whole, one, two, merged) = (file("whole"), file("one"), file("two"), file("merged"));
    check(&[], &whole);
    check(&["--shard", "1/2"], &one);
    check(&["--shard", "2/2"], &two);
    assert!(records(&one) != records(&two) && records(&one).lines().count() > 1);
    assert_eq!(cmodx(&["merge", &one, &two, "-o", &merged]).status.code(), Some(0));
    assert_eq!(records(&merged), records(&whole));
    assert_eq!(cmodx(&["merge", &one, &one, "-o", &merged]).status.code(), Some(2), "the same records twice");

    let (kept, again) = (file("kept"), file("again"));
    check(&["--checkpoint", &kept], &again);
    assert_eq!(records(&again), records(&whole));
    let before = std::fs::read(&kept).unwrap();
    check(&["--checkpoint", &kept], &again);
    assert_eq!(records(&again), records(&whole));
    assert_eq!(std::fs::read(&kept).unwrap(), before, "nothing was left to be done");
    let other = check(&["--checkpoint", &kept, "--fence-sent"], &again);
    assert_eq!(other.status.code(), Some(2), "a checkpoint of other arguments");
}

#[test]
fn a_seed_that_finds_a_fault_ends_the_walks_and_its_execution_is_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("found.jsonl").to_str().unwrap().to_owned();
    let walk = |seeds: &str, more: &[&str]| {
        let fixed = ["check", "--scheme", "pair-live", "--arch", "riscv64", "--operation", "disable", "--callers", "3"];
        let rest = ["--preemption", "none", "--model", "ziccid", "--no-host", "--quiet", "--seeds", seeds, "-o", &to];
        cmodx(&[&fixed[..], &rest[..], more].concat());
        let text = std::fs::read_to_string(&to).unwrap();
        text.lines().filter(|l| l.contains("\"kind\":\"check\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(walk("3..6", &["--keep-going"]).len(), 3);
    let found = walk("3..6", &[]);
    assert!(found.len() == 1 && found[0].contains("/seed-3") && found[0].contains("\"unsafe\""), "{found:?}");
    assert_eq!(cmodx(&["replay", &to]).status.code(), Some(1));
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

#[test]
fn a_run_against_the_adversary_is_found_sharded_resumed_and_replayed_by_its_seed() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let check = |more: &[&str], to: &str| {
        let fixed = ["check", "--scheme", "pair-live", "--arch", "aarch64", "--strategy", "turns", "--keep-going"];
        let rest = ["--preemption", "none", "--seeds", "0..12", "--no-host", "--quiet", "-o", to];
        cmodx(&[&fixed[..], &rest[..], more].concat())
    };
    let (whole, again, one, two, merged) = (file("whole"), file("again"), file("one"), file("two"), file("merged"));
    let found = check(&["--jobs", "1"], &whole);
    assert_eq!(found.status.code(), Some(0), "a negative control that fails is no finding: {found:?}");
    assert!(text(&found).contains("not safe here, fails as it should"), "{}", text(&found));
    check(&["--jobs", "2", "--checkpoint", &file("kept")], &again);
    assert_eq!(records(&again), records(&whole));
    check(&["--shard", "1/2"], &one);
    check(&["--shard", "2/2"], &two);
    assert_eq!(cmodx(&["merge", &one, &two, "-o", &merged]).status.code(), Some(0));
    assert_eq!(records(&merged), records(&whole));

    let unsafe_run = |line: &&str| line.starts_with("{\"kind\":\"verdict\"") && line.contains("\"verdict\":\"unsafe\"");
    let records = records(&whole);
    let line = records.lines().find(unsafe_run).expect("some seed finds the torn pair");
    let id = line.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
    let replayed = cmodx(&["replay", &whole, id]);
    assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
    assert!(text(&replayed).contains(&format!("{id}: unsafe")), "{}", text(&replayed));
    let other = std::fs::read_to_string(&whole).unwrap().replace("\"seed\":", "\"seed\":1");
    std::fs::write(&again, other).unwrap();
    let replayed = cmodx(&["replay", &again, id]);
    assert_eq!(replayed.status.code(), Some(2), "another seed is another run: {replayed:?}");
}
