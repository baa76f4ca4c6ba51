//! Our own litmus tests: each says in its line `Expect=` what every model of its architecture makes of it.

use cmodx_sim::relaxed::litmus::{Options, run};
use cmodx_sim::relaxed::model::{Model, Rule};
use std::path::PathBuf;

/// A test of this folder, with the models that it names and whether they allow its condition.
struct Own {
    name: String,
    source: String,
    expected: Vec<(Model, bool)>,
}

fn own() -> Vec<Own> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/litmus");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let source = std::fs::read_to_string(&path).unwrap();
        let line = source.lines().find_map(|l| l.strip_prefix("Expect=")).expect("a test says what it expects");
        let expected = line.split_whitespace().map(|word| {
            let (model, verdict) = word.split_once(':').unwrap();
            assert!(matches!(verdict, "Allow" | "Forbid"), "{word}");
            (model.parse().unwrap(), verdict == "Allow")
        });
        let expected = expected.collect();
        Own { name: path.file_stem().unwrap().to_string_lossy().into_owned(), source, expected }
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_model_makes_of_every_test_what_the_test_says() {
    let mut wrong = Vec::new();
    let tests = own();
    assert!(tests.len() > 60, "{} tests", tests.len());
    for test in &tests {
        let arch = test.expected[0].0.arch();
        let models: Vec<Model> = Model::ALL.into_iter().filter(|m| m.arch() == arch).collect();
        let named: Vec<Model> = models.iter().copied().filter(|m| test.expected.iter().any(|e| e.0 == *m)).collect();
        assert_eq!(models, named, "{} names every model", test.name);
        for &(model, allowed) in &test.expected {
            let outcome = run(&test.source, &test.name, &Options { model: Some(model), ..Options::default() });
            let outcome = outcome.unwrap_or_else(|e| panic!("{}: {e}", test.name));
            assert!(!outcome.bounded && !outcome.states.is_empty(), "{} under {model}", test.name);
            if (outcome.positive > 0) != allowed {
                wrong.push(format!("{} under {model}: expected {allowed}\n{}", test.name, outcome.render()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The tests that turn when a rule is taken out of (or put into) a model.
fn turned_by(rule: Rule, tests: &[Own]) -> Vec<String> {
    let mut turned = Vec::new();
    for test in tests {
        for &(model, allowed) in &test.expected {
            let options = Options { model: Some(model), flipped: Some(rule), ..Options::default() };
            let outcome = run(&test.source, &test.name, &options).unwrap_or_else(|e| panic!("{}: {e}", test.name));
            if (outcome.positive > 0) != allowed {
                turned.push(format!("{} under {model}", test.name));
            }
        }
    }
    turned
}

#[test]
fn every_rule_matters_to_some_test() {
    let tests = own();
    // Litmus tests have no interrupts; the tests of protocols see what the rule for them is for.
    let rules = Rule::ALL.iter().filter(|r| **r != Rule::Interrupt);
    let idle: Vec<&Rule> = rules.filter(|r| turned_by(**r, &tests).is_empty()).collect();
    assert!(idle.is_empty(), "no test turns without {idle:?}");
}
