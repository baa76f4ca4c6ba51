//! Verdicts of the relaxed world as records: schema, round trip, rendering, comparison.

use cmodx_reports::check::{Decision, case_of, execution_of};
use cmodx_reports::compare::{Options, compare};
use cmodx_reports::{JSON_SCHEMA, Results, Run};
use cmodx_sim::relaxed::model::Model;
use cmodx_workloads::check::{Answer, Arch, Case, Operation, Preemption, find_scheme};
use serde_json::Value;
use std::path::Path;

fn answer(id: &str, operation: Operation) -> Answer {
    let scheme = find_scheme(Arch::Riscv64, id).unwrap();
    let case = Case::new(scheme, operation, Preemption::None, Model::Ziccid);
    case.answer(&case.boot().unwrap()).unwrap()
}

fn results() -> Results {
    let answers = [
        (None, answer("pair-live", Operation::Disable)),
        (None, answer("pair-live", Operation::Retarget)),
        (Some("nothing".to_owned()), answer("pair-live", Operation::Disable)),
    ];
    Results::from_checks(Run::new("0.0.0"), &answers).unwrap()
}

#[test]
fn a_check_is_stored_read_rendered_and_compared() {
    let results = results();
    let text = results.to_jsonl();
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in text.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
        let known = &schema["$defs"][value["kind"].as_str().unwrap()]["properties"];
        for field in value.as_object().unwrap().keys() {
            assert!(known.get(field).is_some(), "{field} of {} is not in the schema", value["kind"]);
        }
    }
    let read = Results::parse_jsonl(text.as_bytes(), Path::new("some.jsonl")).unwrap();
    assert_eq!(read, results);

    let found = &read.counterexamples[0];
    let case = case_of(found).unwrap();
    assert_eq!((case.scheme.id, case.operation, case.model), ("pair-live", Operation::Disable, Model::Ziccid));
    assert_eq!(execution_of(found).unwrap().messages.len(), found.messages.len());
    let report = found.render("some.jsonl");
    for part in
        ["BUG: ", "scheme riscv64/pair-live", "stored by (", "replay:         cmodx replay some.jsonl", "Observation "]
    {
        assert!(report.contains(part), "no {part:?} in\n{report}");
    }
    assert!(found.lanes().starts_with("hart 0 (patcher)"));
    assert!(results.render_checks("some.jsonl", true).contains("UNSAFE disable"));
    assert!(results.render_html().unwrap().contains(&format!("id=\"{}\"", found.id)));
    assert!(results.against_claims().next().is_none() && results.silent_controls().is_empty());

    assert_eq!(compare(&results, &read, &Options::default()).exit_code(), 0);
    let with = |verdict: Decision, claims_safe: bool| {
        let mut other = results.clone();
        for check in other.checks.iter_mut().filter(|c| c.site.ablated.is_none()) {
            (check.verdict, check.claims_safe) = (verdict, claims_safe);
        }
        other
    };
    let exit = |a: &Results, b: &Results| compare(a, b, &Options::default()).exit_code();
    assert_eq!(exit(&with(Decision::Safe, true), &with(Decision::Unsafe, true)), 1, "safe -> unsafe fails");
    assert_eq!(exit(&with(Decision::Unsafe, true), &with(Decision::Safe, true)), 0, "unsafe -> safe is better");
    assert_eq!(exit(&with(Decision::Safe, true), &with(Decision::SafeBounded, true)), 1, "a weakened bound fails");
    assert_eq!(exit(&with(Decision::Safe, true), &with(Decision::Inconclusive, true)), 1);
    assert_eq!(exit(&with(Decision::Unsafe, false), &with(Decision::Safe, false)), 1, "a silent negative control");
    for silent in [Decision::Safe, Decision::SafeBounded] {
        assert_eq!(with(silent, false).silent_controls(), ["riscv64/pair-live, preemption none"]);
    }
    assert!(with(Decision::Inconclusive, false).silent_controls().is_empty(), "an open question is another answer");
    assert_eq!(with(Decision::Unsafe, true).against_claims().count(), 2);
}
