//! The sanitizer and the refinement check on whole guests: every scheme's own code and patcher.

mod subjects;

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Claim, Preemption, Scheme};
use cmodx_workloads::guest_run::{Guest, Observe, Outcome};
use cmodx_workloads::params::{Mode, Params, WRONG_ALLOWED};
use cmodx_workloads::races::{Missing, Race, Why};
use subjects::{core, ideal, with_sites};

fn toggle(scheme: &Scheme, core: &CoreModel, preemption: Preemption, rounds: u64, observe: Observe) -> Outcome {
    let preempted = preemption != Preemption::None;
    let params = Params {
        mode: Mode::Toggle,
        harts: 4,
        sites: 16,
        rounds,
        preemption,
        threads: if preempted { 2 } else { 1 },
        tick: if preempted { 3_000 } else { 0 },
        flags: WRONG_ALLOWED,
        ..Params::default()
    };
    let guest = Guest { scheme, core, harts: 4, params };
    guest.run(&observe).unwrap_or_else(|e| panic!("{e}"))
}

fn sanitized(scheme: &Scheme, core: &CoreModel, preemption: Preemption, rounds: u64) -> Outcome {
    toggle(scheme, core, preemption, rounds, Observe { sanitize: true, ..Observe::default() })
}

#[test]
fn safe_schemes_do_not_race_under_any_preemption_on_any_core() {
    for scheme in with_sites().filter(|s| s.claim != Claim::NegativeControl) {
        for core in [core(scheme.arch), ideal()] {
            for preemption in Preemption::ALL {
                let outcome = sanitized(scheme, &core, preemption, 2);
                let name = format!("{} {} on {}, {}", scheme.arch, scheme.id, core.name, preemption.name());
                let races = &outcome.races;
                if scheme.id == "pair64/bounce" {
                    // It changes two instructions under other harts, and every mixture of old and new ends well: that it is
                    // safe is in what the instructions do, which the sanitizer does not look at.
                    assert!(races.iter().all(|race| race.why == Why::Sequence), "{name}: {races:?}");
                } else if (scheme.arch, scheme.id) == (Arch::Aarch64, "dyn-tramp") {
                    // A trampoline's room that was poisoned is used again, and now and then a hart gets there without a context
                    // synchronization event since. Nothing else is let through.
                    let entered = |race: &Race| outcome.image.describe(race.fetch.fetch.pc).starts_with("dyn_tramps");
                    let known = |race: &Race| (race.why, race.missing) == (Why::NotListed, Missing::Context);
                    assert!(races.iter().all(|race| known(race) && entered(race)), "{name}: {races:?}");
                } else {
                    assert!(races.is_empty(), "{name}: {races:?}");
                }
            }
        }
    }
}

#[test]
fn negative_controls_race_on_every_core() {
    for scheme in with_sites().filter(|s| s.claim == Claim::NegativeControl) {
        for core in [core(scheme.arch), ideal()] {
            let outcome = sanitized(scheme, &core, Preemption::None, 6);
            let races = &outcome.races;
            let why = match (scheme.arch, scheme.id) {
                (Arch::Riscv64, "call-ops/align-2") => Why::NotOneUnit,
                (Arch::Riscv64, _) => Why::Sequence,
                (Arch::Aarch64, _) => Why::NotListed,
            };
            assert!(!races.is_empty(), "{} {} on {} got away", scheme.arch, scheme.id, core.name);
            for race in races {
                let fetch = outcome.image.describe(race.fetch.fetch.pc);
                let store = outcome.image.describe(race.fetch.store.pc);
                assert_eq!(race.why, why, "{fetch}");
                // The patcher's own routine, and a call by another hart.
                assert!(store.contains("apply") && race.fetch.store.hart.0 == 0 && race.hart.0 != 0, "{store}");
            }
        }
    }
}

#[test]
fn every_fetch_of_every_scheme_sees_what_the_architecture_lets_it_see() {
    let observe = Observe { refinement: true, ..Observe::default() };
    for scheme in with_sites() {
        let mut cores = vec![core(scheme.arch), ideal()];
        let variants: &[(bool, bool)] = match scheme.arch {
            Arch::Riscv64 => &[(true, true)],
            Arch::Aarch64 => &[(true, false), (true, true)],
        };
        for &(idc, dic) in variants {
            let mut core = core(scheme.arch);
            (core.coherence.idc, core.coherence.dic) = (idc, dic);
            cores.push(core);
        }
        for core in cores {
            let outcome = toggle(scheme, &core, Preemption::Full, 1, observe.clone());
            let refinement = outcome.refinement.as_ref().expect("asked for");
            let name = format!("{} {} on {} {:?}", scheme.arch, scheme.id, core.name, core.coherence);
            assert_eq!(refinement.violations().first(), None, "{name}");
            assert!(refinement.checked() > 100, "{name}: {}", refinement.checked());
        }
    }
}
