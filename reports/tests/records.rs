//! Results files: what is written can be read, and what is not whole is refused.

#![allow(dead_code, reason = "each test file uses its part of the samples")]

mod sample;

use cmodx_reports::{Error, JSON_SCHEMA, Results, Run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn parse(text: &str) -> Result<Results, Error> {
    Results::parse_jsonl(text.as_bytes(), Path::new("some.jsonl"))
}

fn refusal(text: &str) -> String {
    parse(text).expect_err("must be refused").to_string()
}

#[test]
fn what_is_written_is_read_back_equal() {
    let results = sample::results();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.jsonl");
    results.write_jsonl(&path).unwrap();
    assert_eq!(Results::read_jsonl(&path).unwrap(), results);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    sample::golden("results.jsonl", &fs::read_to_string(&path).unwrap());
}

#[test]
fn the_order_of_measurements_does_not_matter() {
    let (mut overheads, mut latencies) = (sample::overheads(), sample::latencies());
    overheads.reverse();
    latencies.reverse();
    let shuffled =
        Results::from_measurements(sample::run(), &overheads, &latencies, &sample::sizes(), &sample::togglings());
    let mut calls = sample::calls();
    calls.reverse();
    let shuffled = shuffled.and_then(|results| results.with_calls(&calls));
    assert_eq!(shuffled.unwrap().to_jsonl(), sample::results().to_jsonl());
}

#[test]
fn lines_are_sorted_by_kind_and_id_and_counted() {
    let text = sample::results().to_jsonl();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys: Vec<(&str, &str)> = lines[1..lines.len() - 1]
        .iter()
        .map(|line| (line["kind"].as_str().unwrap(), line["id"].as_str().unwrap()))
        .collect();
    assert!(keys.is_sorted());
    assert_eq!(lines.last().unwrap()["lines"], lines.len());
    assert!(keys.contains(&("overhead", "riscv64/call-ops/flush-batched/sifive-u74/overhead/1-0")));
    assert!(keys.contains(&("latency", "riscv64/pair-stop/sifive-u74x8/latency/enable-10000")));
}

#[test]
fn derived_quantities_follow_from_the_measured_ones() {
    let results = sample::results();
    let row = |id: &str| results.overheads.iter().find(|row| row.id == id).unwrap();
    let one = row("riscv64/call-ops/flush-batched/sifive-u74/overhead/1-0");
    let off = row("riscv64/call-ops/flush-batched/sifive-u74/overhead/0-0");
    let none = row("riscv64/none/sifive-u74/overhead/0-0");
    assert_eq!((one.calls, one.cycles, one.cycles_per_call_milli), (100_000, 5_200_037, 52_000));
    assert_eq!(one.overhead_milli, Some((one.cycles_per_call_milli - off.cycles_per_call_milli) as i64));
    assert_eq!(one.over_none_milli, Some((one.cycles_per_call_milli - none.cycles_per_call_milli) as i64));
    let size = results.sizes.iter().find(|row| row.id == "riscv64/pair-stop/size/riscv64-7.2").unwrap();
    assert_eq!(size.over_none_ppm, Some(29_034), "(8 + 1) * 43,709 + 17 bytes of 310 * 43,709");
}

#[test]
fn a_measurement_made_twice_is_refused() {
    let twice = [sample::sizes(), sample::sizes()].concat();
    let refused = Results::from_measurements(Run::new("0"), &[], &[], &twice, &[]).unwrap_err();
    assert!(matches!(refused, Error::DuplicateId { kind: "size", .. }), "{refused}");
}

#[test]
fn a_row_without_calls_is_refused() {
    let mut rows = sample::overheads();
    rows[0].calls = 0;
    let refused = Results::from_measurements(Run::new("0"), &rows, &[], &[], &[]).unwrap_err();
    assert_eq!(refused.to_string(), "riscv64/none/sifive-u74/overhead/0-0: no calls were made");
}

#[test]
fn findings_are_named_after_their_facts() {
    let ids = |results: &Results| results.findings.iter().map(|f| f.id.clone()).collect::<Vec<_>>();
    let mut other = sample::togglings();
    let mut longer = sample::togglings();
    for run in &mut other {
        run.findings.iter_mut().for_each(|f| f.finding.cycle.0 += 1);
    }
    longer.iter_mut().for_each(|run| run.calls += 1);
    let of = |runs: &[_]| Results::from_measurements(sample::run(), &[], &[], &[], runs).unwrap();
    let first = of(&sample::togglings());
    assert_eq!(first.verdicts.iter().filter_map(|v| v.counterexample.clone()).collect::<Vec<_>>(), ids(&first));
    assert_ne!(ids(&first), ids(&of(&other)), "another fact, another id");
    assert_eq!(ids(&first), ids(&of(&longer)), "the length of the run is no fact of the finding");
}

#[test]
fn every_line_satisfies_the_published_schema_and_has_no_field_outside_it() {
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut results = sample::results();
    results.run.host = Some([("cpu".to_string(), "any".to_string())].into());
    for line in results.to_jsonl().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
        let known = &schema["$defs"][value["kind"].as_str().unwrap()]["properties"];
        for field in value.as_object().unwrap().keys() {
            assert!(known.get(field).is_some(), "{field} of {} is not in the schema", value["kind"]);
        }
    }
}

#[test]
fn the_schema_refuses_what_is_no_record() {
    let validator = jsonschema::validator_for(&serde_json::from_str(JSON_SCHEMA).unwrap()).unwrap();
    let line = sample::results().to_jsonl().lines().find(|l| l.contains("\"overhead\"")).unwrap().to_string();
    let sound: Value = serde_json::from_str(&line).unwrap();
    assert!(validator.is_valid(&sound));
    for (field, value) in [("cycles", Value::from(1.5)), ("calls", 0.into()), ("harts", "2".into())] {
        let mut broken = sound.clone();
        broken[field] = value;
        assert!(!validator.is_valid(&broken), "{field}");
    }
    let mut incomplete = sound.clone();
    incomplete.as_object_mut().unwrap().remove("config");
    assert!(!validator.is_valid(&incomplete));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let text = sample::results().to_jsonl();
    // The last newline alone may go: the end line is still whole.
    for length in (0..text.len() - 1).step_by(997).chain(text.len() - 40..text.len() - 1) {
        assert!(parse(&text[..length]).is_err(), "cut at {length} of {}", text.len());
    }
    assert!(parse(text.trim_end()).is_ok());
}

#[test]
fn refusals_name_the_file_and_the_line() {
    let whole = Results::empty(sample::run()).to_jsonl();
    let (run, end) = whole.split_once('\n').unwrap();
    assert_eq!(refusal(&format!("{run}\n")), "some.jsonl: cut short: 1 lines and no `end` line");
    assert_eq!(
        refusal(&format!("{run}\n{{\"kind\":\n{end}")).split(": ").take(2).collect::<Vec<_>>(),
        ["some.jsonl:2", "not JSON"]
    );
    assert!(refusal(&format!("{run}\n\u{0}\n{end}")).starts_with("some.jsonl:2: not JSON"));
    assert_eq!(
        refusal(&whole.replace("\"lines\":2", "\"lines\":3")),
        "some.jsonl: the `end` line counts 3 lines, the file has 2"
    );
    assert_eq!(
        refusal(&whole.replace("results/1", "results/2")),
        "some.jsonl:1: schema is \"cmodx-results/2\"; this version reads \"cmodx-results/1\""
    );
    assert!(refusal(&whole.replace("results/1", "results/10")).contains("\"cmodx-results/10\""));
    assert!(refusal("{\"benchmarks\":[]}").starts_with("some.jsonl:1: no record: it has no `kind`"));
    assert!(
        refusal(&format!("{run}\n{{\"kind\":\"size\",\"id\":\"a\"}}\n{end}"))
            .starts_with("some.jsonl:2: not a valid `size` record")
    );
    assert!(refusal("").starts_with("some.jsonl:1: not JSON"));
    assert!(refusal(&format!("{whole}{run}\n")).starts_with("some.jsonl:3: a line after"));
}

#[test]
fn kinds_and_fields_of_a_later_minor_version_are_ignored() {
    let text = sample::results().to_jsonl();
    let lines = text.lines().count();
    let later = text
        .replacen("\n", "\n{\"kind\":\"disturbance\",\"id\":\"x\",\"cycles\":1}\n", 1)
        .replace("cmodx-results/1", "cmodx-results/1.4")
        .replace("\"calls\":", "\"phase\":\"of the moon\",\"calls\":")
        .replace(&format!("\"lines\":{lines}"), &format!("\"lines\":{}", lines + 1));
    let read = parse(&later).unwrap();
    assert_eq!(read.overheads, sample::results().overheads);
    let validator = jsonschema::validator_for(&serde_json::from_str(JSON_SCHEMA).unwrap()).unwrap();
    for line in later.lines() {
        assert!(validator.is_valid(&serde_json::from_str(line).unwrap()), "{line}");
    }
}

#[test]
fn a_path_that_cannot_be_written_is_named_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let results = sample::results();
    let missing = folder.path().join("no-such-folder/results.jsonl");
    let refused = results.write_jsonl(&missing).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("{}: cannot write: ", missing.display())), "{refused}");
    let refused = results.write_jsonl(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("directory"), "{refused}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_one_clear_error_and_a_device_is_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let full = Path::new("/dev/full");
    let refused = sample::results().write_jsonl(full).unwrap_err().to_string();
    assert!(refused.starts_with("/dev/full: cannot write: No space left on device"), "{refused}");
    assert!(fs::metadata(full).unwrap().file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    sample::results().write_jsonl(&link).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(Results::read_jsonl(&file).unwrap(), sample::results());
}
