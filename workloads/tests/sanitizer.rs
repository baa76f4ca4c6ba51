//! The sanitizer and the refinement check on whole guests: every scheme's own code and patcher.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Claim, Preemption, SCHEMES, Scheme};
use cmodx_workloads::guest_run::{Guest, Observe, Outcome};
use cmodx_workloads::params::{Mode, Params, WRONG_ALLOWED};

fn core(arch: Arch) -> CoreModel {
    CoreModel::built_in(if arch == Arch::Riscv64 { "sifive-u74" } else { "cortex-a55" }).unwrap()
}

fn ideal() -> CoreModel {
    CoreModel::built_in("ideal").unwrap()
}

fn with_sites() -> impl Iterator<Item = &'static Scheme> {
    SCHEMES.iter().filter(|s| s.layout.patchable.is_some())
}

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

const SANITIZE: Observe = Observe {
    sites: 0,
    probes: Vec::new(),
    marks: false,
    path: None,
    plainly: false,
    sanitize: true,
    refinement: false,
};

#[test]
fn safe_schemes_race_under_no_preemption_on_any_core() {
    for scheme in with_sites().filter(|s| s.claim != Claim::NegativeControl) {
        for core in [core(scheme.arch), ideal()] {
            for preemption in Preemption::ALL {
                let outcome = toggle(scheme, &core, preemption, 6, SANITIZE);
                for race in &outcome.races {
                    let name = |pc| outcome.image.describe(pc);
                    println!(
                        "RACE {} {} {} {}: {:?} {:?} x{} store {} h{} fetch {} h{} stale {} torn {}",
                        scheme.arch,
                        scheme.id,
                        core.name,
                        preemption.name(),
                        race.why,
                        race.missing,
                        race.count,
                        name(race.fetch.store.pc),
                        race.fetch.store.hart,
                        name(race.fetch.fetch.pc),
                        race.hart,
                        race.fetch.is_stale(),
                        race.is_torn()
                    );
                }
            }
        }
    }
}

#[test]
fn negative_controls_that_change_code_live_race() {
    for scheme in with_sites().filter(|s| s.claim == Claim::NegativeControl) {
        for core in [core(scheme.arch), ideal()] {
            let outcome = toggle(scheme, &core, Preemption::None, 6, SANITIZE);
            println!("CONTROL {} {} {}: {}", scheme.arch, scheme.id, core.name, outcome.races.len());
            for race in outcome.races.iter().take(3) {
                let name = |pc| outcome.image.describe(pc);
                println!(
                    "  {:?} {:?} x{} store {} h{} fetch {} h{} stale {} torn {}",
                    race.why,
                    race.missing,
                    race.count,
                    name(race.fetch.store.pc),
                    race.fetch.store.hart,
                    name(race.fetch.fetch.pc),
                    race.hart,
                    race.fetch.is_stale(),
                    race.is_torn()
                );
            }
        }
    }
}

#[test]
fn every_fetch_of_every_scheme_sees_what_the_architecture_lets_it_see() {
    let observe = Observe { refinement: true, ..Observe::default() };
    for scheme in with_sites() {
        let mut cores = vec![core(scheme.arch), ideal()];
        if scheme.arch == Arch::Aarch64 {
            for (idc, dic) in [(true, false), (true, true)] {
                let mut core = core(scheme.arch);
                (core.coherence.idc, core.coherence.dic) = (idc, dic);
                cores.push(core);
            }
        } else {
            let mut core = core(scheme.arch);
            core.coherence.dic = true;
            cores.push(core);
        }
        for core in cores {
            let outcome = toggle(scheme, &core, Preemption::Full, 2, observe.clone());
            let refinement = outcome.refinement.as_ref().expect("asked for");
            println!("{} {} {}: {} checked", scheme.arch, scheme.id, core.name, refinement.checked());
            assert_eq!(refinement.violations(), [], "{} {} on {}", scheme.arch, scheme.id, core.name);
            assert!(refinement.checked() > 100, "{}", refinement.checked());
        }
    }
}
