//! Generated litmus tests: all of them run, stronger models allow less, and known rows come out as they must.

use cmodx_isa::Arch;
use cmodx_sim::relaxed::litmus::generate::{Generated, generate, shapes};
use cmodx_sim::relaxed::litmus::{Options, run};
use cmodx_sim::relaxed::model::Model;
use rayon::prelude::*;

fn allowed(test: &Generated, model: Model) -> bool {
    let outcome = run(&test.text, "", &Options { model: Some(model), ..Options::default() });
    let outcome = outcome.unwrap_or_else(|e| panic!("{}: {e}\n{}", test.name, test.text));
    assert!(!outcome.bounded && outcome.name == test.name && !outcome.states.is_empty(), "{}", test.name);
    outcome.positive > 0
}

/// Pairs of models of which the first allows all that the second allows.
const WEAKER: [(Model, Model); 6] = [
    (Model::Ziccif, Model::IrDecodeW),
    (Model::IrDecodeW, Model::IrDecode),
    (Model::Ziccif, Model::FenceiFetch),
    (Model::Ziccif, Model::Ziccid),
    (Model::Dic0Idc0, Model::Dic0Idc1),
    (Model::Dic0Idc1, Model::Dic1Idc1),
];

#[test]
fn a_stronger_model_allows_nothing_that_a_weaker_one_forbids() {
    let mut tests = 0;
    for arch in [Arch::Riscv64, Arch::Aarch64] {
        // Three slots of eight orderings make the largest families: those of Arm are thinned out.
        let all: Vec<Generated> = shapes().flat_map(|s| generate(arch, s).unwrap()).collect();
        let step = if all.len() > 600 { all.len().div_ceil(600) } else { 1 };
        let chosen: Vec<&Generated> = all.iter().step_by(step).collect();
        tests += chosen.len();
        let wrong: Vec<String> = chosen
            .par_iter()
            .flat_map_iter(|test| {
                WEAKER.iter().filter(|(weak, _)| weak.arch() == arch).filter_map(|&(weak, strong)| {
                    let bad = allowed(test, strong) && !allowed(test, weak);
                    bad.then(|| format!("{}: {strong} allows it, {weak} does not", test.name))
                })
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(tests > 500, "{tests} tests");
}

#[test]
fn rows_of_the_public_catalogues_come_out_as_they_stand_there() {
    use Model::{Dic0Idc0, Dic0Idc1, Dic1Idc1, FenceiFetch, IrDecode, IrDecodeW, Ziccid, Ziccif};
    const RISCV: [Model; 5] = [Ziccif, Ziccid, IrDecodeW, IrDecode, FenceiFetch];
    const ARM: [Model; 3] = [Dic0Idc0, Dic0Idc1, Dic1Idc1];
    // Allowed (A) or forbidden (F) under each of these models.
    let rows: [(&str, &[Model], &str); 23] = [
        ("MP.FR+fence+po", &RISCV, "AFAFA"),
        ("MP.FR+fence+fence.i", &RISCV, "AFAFF"),
        ("MP.RF+fence+fence.i", &RISCV, "FFFFF"),
        ("MP.RF+fence+po", &RISCV, "AAAAA"),
        ("MP.FF+fence+po", &RISCV, "AFAAA"),
        ("MP.FF+fence+fence.i", &RISCV, "AFAAF"),
        ("CoFF+po", &RISCV, "AFAAA"),
        ("CoFF+fence.i", &RISCV, "AFAAF"),
        ("CoRF+po", &RISCV, "AAAAA"),
        ("CoRF+fence.i", &RISCV, "FFFFF"),
        ("CoFW+po", &RISCV, "AFFFA"),
        ("SM+po", &RISCV, "AAAAA"),
        ("SM+fence.i", &RISCV, "FFFFF"),
        ("WRC.F+po+fence.i", &RISCV, "AFFFA"),
        ("ISA2.F+fence+fence+fence.i", &RISCV, "FFFFF"),
        ("MP.FR+dmb+po", &ARM, "FFF"),
        ("MP.FF+dmb+po", &ARM, "AAF"),
        ("CoFF+po", &ARM, "AAF"),
        ("SM+isb", &ARM, "AAA"),
        ("SM+dsb-isb", &ARM, "AAF"),
        ("SM+cachesync-isb", &ARM, "FFF"),
        ("MP.RF+cachesync+isb", &ARM, "AAA"),
        ("MP.RF+cachesync+dsb-isb", &ARM, "FFF"),
    ];
    let mut wrong = Vec::new();
    for (name, models, verdicts) in rows {
        let family = generate(models[0].arch(), name.split('+').next().unwrap()).unwrap();
        let test = family.iter().find(|t| t.name == name).unwrap_or_else(|| panic!("no test {name}"));
        for (model, verdict) in models.iter().zip(verdicts.chars()) {
            if allowed(test, *model) != (verdict == 'A') {
                wrong.push(format!("{name} under {model}: {verdict} expected"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_unique_and_no_shape_is_made_up() {
    for arch in [Arch::Riscv64, Arch::Aarch64] {
        let mut names: Vec<String> = shapes().flat_map(|s| generate(arch, s).unwrap()).map(|t| t.name).collect();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        println!("{arch}: {count} tests");
    }
    assert!(generate(Arch::Riscv64, "MP.XX").is_none());
}
