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

/// One thread that writes code and runs it behind DSB and ISB: allowed unless CTR_EL0 promises DIC.
fn own_code(header: &str, cell: &str) -> String {
    format!(
        "AArch64 T\n{header}\n{{\n0:X0=instr:\"MOV W10,#2\"; 0:X1=P0:f;\n}}\n P0 ;\n STR W0,[X1] ;\n {cell} ;\n ISB ;\n f: MOV W10,#1 ;\nexists (0:X10=1)\n"
    )
}

#[test]
fn the_cache_type_of_a_test_chooses_the_model_unless_the_caller_does() {
    let positive = |header: &str, model: Option<Model>| {
        let outcome = run(&own_code(header, "DSB ISH"), "", &Options { model, ..Options::default() }).unwrap();
        (outcome.model, outcome.positive > 0)
    };
    assert_eq!(positive("", None), (Model::Dic0Idc0, true));
    assert_eq!(positive("CacheType=IDC", None), (Model::Dic0Idc1, true));
    assert_eq!(positive("CacheType=IDC|DIC", None), (Model::Dic1Idc1, false));
    assert_eq!(positive("CacheType=IDC|DIC", Some(Model::Dic0Idc0)), (Model::Dic0Idc0, true));
    assert_eq!(positive("", Some(Model::Ziccid)), (Model::Dic0Idc0, true), "a model of another architecture");
}

#[test]
fn what_is_not_supported_is_an_error_with_line_and_construct() {
    let cases = [
        (own_code("", "FROB X1"), 8, "frob"),
        (own_code("", "B nowhere"), 8, "nowhere"),
        (own_code("CacheType=DIC", "ISB"), 1, "DIC"),
        (own_code("CacheType=L3", "ISB"), 2, "L3"),
        (own_code("", "ISB").replace("AArch64", "PPC"), 1, "PPC"),
        (own_code("", "ISB").replace("0:X1=P0:f", "0:X1=P0:g"), 4, "g"),
        (own_code("", "ISB").replace("0:X1=P0:f", "0:X77=1"), 4, "X77"),
        (own_code("", "ISB").replace("0:X1=P0:f", "0:X1=P0:f; int a[3]"), 4, "a[3]"),
        (own_code("", "ISB").replace("0:X10=1", "0:X10=1 /\\"), 11, "\")\""),
        (own_code("", "ISB").replace("0:X10=1", "1:X10=1"), 11, "P1"),
        (own_code("", "ISB").replace("exists", "filter"), 11, "filter"),
        (own_code("", "SVC #0"), 11, "Fault"),
        (own_code("", "ISB | NOP"), 8, "2 cells"),
        ("RISCV T\n{ }\n P0 ;\n nop ;\n".to_owned(), 2, "condition"),
        ("RISCV T\n{ \n P0 ;\n".to_owned(), 2, "'}'"),
        (String::new(), 1, "'{'"),
    ];
    for (source, line, what) in cases {
        let error = run(&source, "", &Options::default()).unwrap_err();
        assert!(error.line == line && error.what.contains(what), "{error}, not line {line} with {what:?}:\n{source}");
    }
}

#[test]
fn a_result_reads_as_herd_prints_it() {
    let outcome = run(&own_code("", "DSB ISH"), "", &Options::default()).unwrap();
    let expected = "Test T Allowed\nStates 2\n0:X10=1;\n0:X10=2;\nOk\nWitnesses\nPositive: 1 Negative: 1\n\
                    Condition exists (0:X10=1)\nObservation T Sometimes 1 1\n";
    assert_eq!(outcome.render(), expected);
}
