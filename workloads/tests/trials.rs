//! Whole guests against an adversary: what claims to be safe survives it, what does not is found out, and a seed is a run.

#[allow(dead_code, reason = "shared with other tests")]
mod subjects;

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::timed::Strategy;
use cmodx_trampolines::catalogue::{Preemption, Scheme, find};
use cmodx_workloads::measure::{Toggling, Trial};
use cmodx_workloads::trial::Subject;
use rayon::prelude::*;
use subjects::{ideal, with_sites};

fn subject(scheme: &'static Scheme, preemption: Preemption) -> Subject {
    Subject { scheme, core: ideal(), harts: 4, preemption }
}

fn trial(strategy: Strategy, seed: u64) -> Trial {
    Trial { strategy, seed, sites: 2, rounds: 1 }
}

fn pct(subject: &Subject) -> Strategy {
    Strategy::Pct { depth: 3, stores: subject.stores(trial(Strategy::Random, 0)).unwrap() }
}

fn went_wrong(toggling: &Toggling) -> bool {
    toggling.wrong > 0 || toggling.bad_passes > 0 || toggling.lost.is_some()
}

#[test]
fn schemes_that_claim_to_be_safe_survive_the_adversary() {
    let subjects: Vec<Subject> = with_sites()
        .flat_map(|scheme| Preemption::ALL.map(|preemption| subject(scheme, preemption)))
        .filter(|subject| subject.scheme.claim.holds_under(subject.preemption))
        .collect();
    assert!(subjects.len() > 30, "{}", subjects.len());
    subjects.into_par_iter().for_each(|subject| {
        let pct = pct(&subject);
        for seed in 0..3 {
            for strategy in [Strategy::Random, pct] {
                let toggling = subject.run(trial(strategy, seed)).unwrap();
                let name = (subject.scheme.arch, subject.scheme.id, subject.preemption);
                assert!(!went_wrong(&toggling), "{name:?}, seed {seed}, {strategy:?}: {toggling:?}");
                assert_eq!(toggling.toggles, 3);
                assert!(toggling.calls > 0 && toggling.traced > 0, "{name:?}: nothing was seen");
            }
        }
    });
}

#[test]
fn the_adversary_finds_out_who_tears_instructions_or_forgets_preempted_threads() {
    let broken = [
        (Arch::Riscv64, "pair-live", Preemption::None),
        (Arch::Riscv64, "pair-ops/live", Preemption::None),
        (Arch::Riscv64, "pair64/plain", Preemption::None),
        (Arch::Riscv64, "pair-stop", Preemption::Full),
        (Arch::Riscv64, "pair-ops/stop", Preemption::Full),
        (Arch::Aarch64, "pair-live", Preemption::None),
        (Arch::Aarch64, "pair-stop", Preemption::Full),
    ];
    broken.into_par_iter().for_each(|(arch, id, preemption)| {
        let subject = subject(find(arch, id).unwrap(), preemption);
        let pct = pct(&subject);
        for strategy in [Strategy::Random, pct] {
            let found = (0..100).find(|&seed| went_wrong(&subject.run(trial(strategy, seed)).unwrap()));
            assert!(found.is_some(), "{arch} {id}: {strategy:?} finds nothing in 100 seeds");
        }
    });
}

#[test]
fn a_seed_brings_the_same_run_again_and_another_one_another_run() {
    for (arch, id) in [(Arch::Riscv64, "pair-live"), (Arch::Aarch64, "call-ops")] {
        let subject = subject(find(arch, id).unwrap(), Preemption::Full);
        let run = |seed| subject.run(trial(Strategy::Random, seed)).unwrap();
        assert_eq!(run(3), run(3), "{arch} {id}");
        let calls: std::collections::BTreeSet<u64> = (0..5).map(|seed| run(seed).calls).collect();
        assert!(calls.len() > 1, "{arch} {id}: {calls:?}");
    }
}

#[test]
fn nothing_that_the_adversary_does_shows_a_fetch_what_the_architecture_forbids() {
    let cases = [
        (Arch::Riscv64, "call-ops/flush-batched", "sifive-u74"),
        (Arch::Aarch64, "dyn-tramp", "cortex-a55"),
        (Arch::Aarch64, "pair-live", "ideal"),
    ];
    cases.into_par_iter().for_each(|(arch, id, core)| {
        let core = CoreModel::built_in(core).unwrap();
        let subject = Subject { core, ..subject(find(arch, id).unwrap(), Preemption::Full) };
        let refinement = subject.refinement(trial(Strategy::Random, 0)).unwrap().expect("asked for");
        assert_eq!(refinement.violations().first(), None, "{arch} {id}");
        assert!(refinement.checked() > 100, "{arch} {id}: {}", refinement.checked());
    });
}
