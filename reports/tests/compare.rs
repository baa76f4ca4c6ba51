//! What a comparison calls better, worse and incomparable, and when it fails.

#![allow(dead_code, reason = "each test file uses its part of the samples")]

mod sample;

use cmodx_reports::Results;
use cmodx_reports::compare::{Allowance, Class, Comparison, Limit, Options, compare};
use cmodx_reports::records::Outcome;

const ROW: &str = "riscv64/call-ops/flush-batched/sifive-u74/overhead/1-0";

fn changed(change: impl FnOnce(&mut Results)) -> Results {
    let mut results = sample::results();
    change(&mut results);
    results
}

fn row<'a>(results: &'a mut Results, id: &str) -> &'a mut cmodx_reports::records::Overhead {
    results.overheads.iter_mut().find(|row| row.id == id).unwrap()
}

fn against_sample(new: &Results, options: &Options) -> Comparison {
    compare(&sample::results(), new, options)
}

fn limits(limits: &[&str]) -> Options {
    Options { fail_over: limits.iter().map(|limit| limit.parse().unwrap()).collect(), ..Options::default() }
}

#[test]
fn equal_results_pass_and_show_nothing() {
    let comparison = against_sample(&sample::results(), &Options::default());
    assert_eq!(comparison.exit_code(), 0);
    assert!(comparison.text().ends_with(" equal, 0 incomparable\n"), "{}", comparison.text());
    assert_eq!(comparison.text().lines().count(), 1);
}

#[test]
fn one_cycle_more_is_a_regression_and_one_less_an_improvement() {
    let slower = changed(|results| row(results, ROW).cycles += 1);
    let comparison = against_sample(&slower, &Options::default());
    assert_eq!((comparison.exit_code(), comparison.count(Class::Regressed)), (1, 1));
    assert_eq!(comparison.changes[0].id, ROW);
    let faster = changed(|results| row(results, ROW).cycles -= 1);
    let comparison = against_sample(&faster, &Options::default());
    assert_eq!((comparison.exit_code(), comparison.count(Class::Improved)), (0, 1));
}

#[test]
fn a_limit_lets_pass_what_it_allows_and_no_more() {
    let slower = changed(|results| row(results, ROW).cycles += 52_000);
    for (limit, code) in [
        ("cycles=1%", 0),
        ("cycles=0.9%", 1),
        ("overhead.cycles=52000", 0),
        ("cycles=51999", 1),
        ("latency.cycles=9%", 1),
    ] {
        let comparison = against_sample(&slower, &limits(&[limit]));
        assert_eq!(comparison.exit_code(), code, "{limit}");
        assert_eq!(comparison.changes[0].class, Class::Regressed, "shown all the same");
    }
}

#[test]
fn limits_are_read_or_refused() {
    let parse = |text: &str| text.parse::<Limit>();
    assert_eq!(parse("cycles=2.5%").unwrap().allowance, Allowance::Ppm(25_000));
    assert_eq!(parse("size.total_bytes=64").unwrap().allowance, Allowance::Absolute(64));
    for text in ["cycles", "cycles=", "cycles=%", "cycles=-1", "cycles=1.%", "cycles=x%", "cycles=1.23456%"] {
        assert!(parse(text).unwrap_err().to_string().contains("is no limit"), "{text}");
    }
    assert!(
        parse("joules=1").unwrap_err().to_string().starts_with("\"joules\" is no metric; these are: overhead.cycles,")
    );
}

#[test]
fn a_verdict_that_turns_unsafe_fails_whatever_is_allowed() {
    let broken = changed(|results| {
        let verdict = results.verdicts.iter_mut().find(|v| v.setup.scheme == "pair-stop").unwrap();
        verdict.verdict = Outcome::Unsafe;
        verdict.setup.guest = "another".into();
        row(results, ROW).cycles *= 2;
    });
    let comparison = against_sample(&broken, &Options { allow_incomparable: true, ..limits(&["cycles=1000%"]) });
    assert_eq!(comparison.exit_code(), 1);
    assert_eq!(comparison.changes[0].metric, "verdict");
    assert!(comparison.summary().contains("worst survived -> unsafe"), "{}", comparison.summary());
}

#[test]
fn a_mended_scheme_improves_and_a_blind_judge_regresses() {
    let turn = |claims_safe| {
        changed(|results| {
            let verdict = results.verdicts.iter_mut().find(|v| v.setup.scheme == "pair-live").unwrap();
            verdict.verdict = Outcome::Survived;
            verdict.claims_safe = claims_safe;
        })
    };
    assert_eq!(against_sample(&turn(true), &Options::default()).changes[0].class, Class::Improved);
    let blind = against_sample(&turn(false), &Options::default());
    assert_eq!((blind.changes[0].class, blind.exit_code()), (Class::Regressed, 1));
}

#[test]
fn surviving_less_is_weaker_and_fails() {
    let weaker = changed(|results| results.verdicts.iter_mut().for_each(|verdict| verdict.toggles /= 2));
    let comparison = against_sample(&weaker, &Options::default());
    assert_eq!(comparison.exit_code(), 1);
    assert_eq!(comparison.count(Class::Regressed), 4, "every survivor; the unsafe one stays unsafe");
}

#[test]
fn another_guest_is_incomparable_unless_allowed() {
    let other = changed(|results| {
        row(results, ROW).setup.guest = "b".repeat(64);
        row(results, ROW).cycles -= 100;
    });
    let comparison = against_sample(&other, &Options::default());
    assert_eq!((comparison.exit_code(), comparison.count(Class::Incomparable)), (2, 1));
    assert!(comparison.text().contains("-> bbbbbbbb"), "both hashes are shown");
    let comparison = against_sample(&other, &Options { allow_incomparable: true, ..Options::default() });
    assert_eq!((comparison.exit_code(), comparison.count(Class::Improved)), (0, 1));
}

#[test]
fn other_numbers_of_calls_never_compare() {
    let fewer = changed(|results| row(results, ROW).calls /= 2);
    let comparison = against_sample(&fewer, &Options { allow_incomparable: true, ..Options::default() });
    assert_eq!(comparison.count(Class::Incomparable), 1);
}

#[test]
fn what_is_in_one_file_only_is_new_or_removed() {
    let without = changed(|results| results.overheads.retain(|row| row.id != ROW));
    let (old, new) = (sample::results(), without);
    assert_eq!(compare(&old, &new, &Options::default()).count(Class::Removed), 1);
    assert_eq!(compare(&new, &old, &Options::default()).count(Class::New), 1);
}

#[test]
fn files_with_nothing_in_common_cannot_be_compared() {
    let comparison = against_sample(&Results::empty(sample::run()), &Options::default());
    assert_eq!(comparison.exit_code(), 2);
    assert!(comparison.summary().ends_with("no measurement is in both"));
}

#[test]
fn growth_from_nothing_is_worse_than_any_percentage() {
    let new = changed(|results| {
        row(results, ROW).cycles *= 10;
        let quiet = "riscv64/pair-stop/sifive-u74/overhead/0-0";
        row(results, quiet).dcache_misses = 1;
    });
    let comparison = against_sample(&new, &Options::default());
    assert_eq!((comparison.changes[0].old, comparison.changes[0].new), (Some(0), Some(1)));
    assert!(comparison.summary().contains("worst overhead.dcache_misses from 0"));
}

#[test]
fn the_worst_stands_first_and_the_report_is_as_agreed() {
    let new = changed(|results| {
        row(results, ROW).cycles += 1_300_000;
        row(results, "riscv64/pair-stop/sifive-u74/overhead/1-0").cycles += 999;
        row(results, "riscv64/pair-stop/sifive-u74/overhead/2-0").cycles -= 40_000;
        row(results, "riscv64/pair-stop/sifive-u74/overhead/10-0").setup.config = "c".repeat(64);
        results.sizes[0].total_bytes += 64;
        results.latencies.pop();
        let verdict = results.verdicts.iter_mut().find(|v| v.setup.scheme == "pair-stop").unwrap();
        verdict.verdict = Outcome::Unsafe;
        verdict.counterexample = Some("0badcafe".into());
    });
    let comparison = against_sample(&new, &Options::default());
    let regressed: Vec<Option<i64>> =
        comparison.changes.iter().filter(|c| c.class == Class::Regressed).skip(1).map(|c| c.ppm).collect();
    assert!(regressed.is_sorted_by(|a, b| a >= b), "{regressed:?}");
    sample::golden("compare.txt", &comparison.text());
    sample::golden("compare.md", &comparison.markdown());
    assert_eq!(serde_json::from_str::<serde_json::Value>(&comparison.json()).unwrap()["common"], comparison.common);
}
