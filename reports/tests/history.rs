//! A history: what goes in comes out in the order of commits, and a bad file is named.

#![allow(dead_code, reason = "each test file uses its part of the samples")]

mod sample;

use cmodx_reports::{Error, Results, history};
use std::fs;
use std::path::Path;

/// Results of the n-th commit: disabled calls get dearer with the 4th, calls with one tracer cheaper with the 7th.
fn commit(n: u64) -> Results {
    let mut overheads = sample::overheads();
    for row in &mut overheads {
        row.cycles += if n >= 4 && row.relevant == 0 { 100_000 } else { 0 };
        row.cycles -= if n >= 7 && (row.relevant, row.irrelevant) == (1, 0) { 250_000 } else { 0 };
    }
    let mut run = sample::run();
    let mixed = (n as u32 + 1).wrapping_mul(0x9e37_79b9);
    run.commit = Some(format!("{mixed:08x}{n:032x}"));
    run.commit_time = Some(1_763_820_000 + n * 86_400);
    // A few rows keep the golden page short.
    overheads.retain(|row| row.setup.scheme.starts_with("call-ops") && row.relevant + row.irrelevant < 2);
    Results::from_measurements(run, &overheads, &sample::latencies(), &sample::sizes(), &[]).unwrap()
}

fn filled(folder: &Path, count: u64) {
    // The newest first: the order of writing does not matter.
    for n in (0..count).rev() {
        history::save(folder, &commit(n)).unwrap();
    }
}

#[test]
fn results_come_back_in_the_order_of_their_commits() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder.path().join("new/folder"), 9);
    let loaded = history::load(&folder.path().join("new/folder"), None).unwrap();
    assert_eq!(loaded.entries, (0..9).map(commit).collect::<Vec<_>>());
    assert_eq!(loaded.left_out, 0);
}

#[test]
fn one_file_per_commit_named_after_time_and_commit() {
    let folder = tempfile::tempdir().unwrap();
    let first = history::save(folder.path(), &sample::results()).unwrap();
    assert_eq!(first.file_name().unwrap(), "1763820000-3fa91c07d2b8.jsonl");
    assert_eq!(history::save(folder.path(), &sample::results()).unwrap(), first);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_line_of_commits_gives_order_and_choice() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 4);
    let name = |n| commit(n).run.commit.unwrap();
    let line = [name(1), "f".repeat(40), name(3), name(0)];
    let loaded = history::load(folder.path(), Some(&line)).unwrap();
    let names: Vec<String> = loaded.entries.into_iter().map(|entry| entry.run.commit.unwrap()).collect();
    assert_eq!(names, [name(0), name(3), name(1)], "oldest first");
    assert_eq!(loaded.left_out, 1);
}

#[test]
fn results_of_no_commit_are_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let changes: [fn(&mut Results); 3] =
        [|r| r.run.dirty = true, |r| r.run.commit = None, |r| r.run.commit_time = None];
    for change in changes {
        let mut results = sample::results();
        change(&mut results);
        assert!(matches!(history::save(folder.path(), &results), Err(Error::NotACommit { .. })));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_bad_file_is_named_with_its_line_and_other_files_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 2);
    fs::write(folder.path().join("README"), "not results").unwrap();
    fs::write(folder.path().join(".1-a.jsonl.77.tmp"), "half").unwrap();
    assert_eq!(history::load(folder.path(), None).unwrap().entries.len(), 2);
    let bad = folder.path().join("1-bad.jsonl");
    let whole = Results::empty(sample::run()).to_jsonl();
    fs::write(&bad, whole.replacen('\n', "\n{]\n", 1)).unwrap();
    let refused = history::load(folder.path(), None).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{}:2: not JSON", bad.display())), "{refused}");
}

#[test]
fn a_folder_without_results_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(history::load(folder.path(), None), Err(Error::NoHistory { .. })));
    let refused = history::load(&folder.path().join("none"), None).unwrap_err();
    assert!(matches!(refused, Error::Read { .. }), "{refused}");
}

#[test]
fn every_step_is_found_and_names_its_commit() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 9);
    let loaded = history::load(folder.path(), None).unwrap();
    assert_eq!(loaded.steps().iter().map(|(at, _)| *at).collect::<Vec<_>>(), [4, 7]);
    let html = loaded.render_html().unwrap();
    for n in [4, 7] {
        let name = commit(n).run.commit.unwrap();
        assert!(html.contains(&format!("<summary><b>commit {}", &name[..12])), "{name} has a table");
        assert!(html.contains(&format!(">\n{}\n</text>", &name[..8])), "{name} has a label");
    }
    assert_eq!(html, loaded.render_html().unwrap(), "twice the same");
    sample::golden("history.html", &html);
    sample::golden("history.txt", &loaded.text());
}

#[test]
fn a_single_commit_is_a_history_too() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 1);
    let html = history::load(folder.path(), None).unwrap().render_html().unwrap();
    assert!(html.contains("No commit changed anything."));
}
