//! What the schemes claim, held against runs of the timed world.

mod subjects;

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::timed::Spent;
use cmodx_trampolines::catalogue::{Claim, Preemption, Scheme, find};
use cmodx_workloads::guest_run::{Guest, Observe};
use cmodx_workloads::measure::{Action, Overhead, Toggling};
use cmodx_workloads::params::{Mode, Params, STOP_IN_INTERRUPT, WRONG_ALLOWED};
use cmodx_workloads::toggling::Amount;
use cmodx_workloads::tracer::Tracer;
use cmodx_workloads::{latency, overhead, toggling};
use subjects::{core, ideal, with_sites};

/// Runs until wrong calls are seen, with a few seeds; else the last run.
fn toggle(scheme: &Scheme, core: &CoreModel, seeds: std::ops::Range<u64>) -> Vec<Toggling> {
    let run = |seed| {
        toggling::measure(scheme, core, Amount { harts: 4, sites: 48, rounds: 60, seed, ..Amount::PLAIN }).unwrap()
    };
    seeds.map(run).collect()
}

#[test]
fn schemes_that_claim_safety_survive_on_every_core_and_seed() {
    for scheme in with_sites().filter(|s| s.claim != Claim::NegativeControl) {
        for core in [core(scheme.arch), ideal()] {
            for run in toggle(scheme, &core, 1..4) {
                assert_eq!((run.wrong, run.bad_passes), (0, 0), "{} {} on {}", scheme.arch, scheme.id, core.name);
                assert_eq!(run.toggles, 180);
                assert!(run.traced > 100 && run.calls > 2 * run.traced / 3, "{run:?}");
            }
        }
    }
}

#[test]
fn a_site_costs_the_instructions_that_its_scheme_says() {
    let off = |id| row(id, Arch::Riscv64, &ideal(), (0, 0)).instructions / 200;
    let bare = off("none");
    let more: Vec<u64> =
        ["func-stub", "jal-islands", "jump-over", "wide-jump/hypothetical", "call-ops/no-rvc", "pair64/bounce"]
            .map(|id| off(id) - bare)
            .into();
    assert_eq!(more, [1, 1, 1, 1, 2, 3]);
    let on = |id| path(id, Arch::Riscv64, (1, 0));
    assert_eq!(["func-stub", "jal-islands", "jump-over", "wide-jump/hypothetical"].map(on), [42, 42, 41, 38]);
    assert_eq!(["call-ops/flush-batched", "call-ops/no-rvc", "pair64/bounce"].map(on), [40, 40, 38]);
}

#[test]
fn the_negative_control_fails_and_the_finding_says_where() {
    let scheme = find(Arch::Riscv64, "pair-live").unwrap();
    for core in [core(scheme.arch), ideal()] {
        let amount = Amount::PLAIN;
        let run = toggling::measure(scheme, &core, amount).unwrap();
        assert!(run.wrong > 0, "{} did not fail on {}", scheme.id, core.name);
        // The guest's own checks and the oracle are independent of each other.
        assert_eq!(run.bad_passes, run.wrong, "{}", core.name);
        for located in &run.findings {
            let finding = &located.finding;
            assert!(finding.fetched.len() >= 2 && located.disassembly.len() == finding.fetched.len());
            assert!(finding.fetched.iter().any(|f| f.writer.is_some_and(|w| w.hart.0 == 0 && w.cycle < finding.cycle)));
            assert!(!finding.allowed.contains(&finding.went_to));
            assert!(finding.hart.0 != 0, "only the others call");
        }
    }
}

#[test]
fn both_pairs_fail_live_on_aarch64_too() {
    let scheme = find(Arch::Aarch64, "pair-live").unwrap();
    let run = toggling::measure(scheme, &core(scheme.arch), Amount::PLAIN).unwrap();
    assert!(run.wrong > 0 && run.bad_passes > 0, "{run:?}");
}

/// A run under full preemption, of few sites: what counts is how often ops come and go.
fn registered_and_unregistered(arch: Arch, id: &str, seed: u64) -> Toggling {
    let amount = Amount { harts: 4, sites: 16, rounds: 15, seed, ..Amount::preempted(Preemption::Full) };
    toggling::measure(find(arch, id).unwrap(), &core(arch), amount).unwrap()
}

#[test]
fn func_and_ops_in_two_variables_are_mixed_up_once_threads_are_preempted_between_the_loads() {
    for arch in [Arch::Riscv64, Arch::Aarch64] {
        // A tracer is called with the ops of another kind, or with one that was freed.
        let mixed_up = |seed| registered_and_unregistered(arch, "global-op", seed).wrong_tracers > 0;
        assert!((1..=24).any(mixed_up), "{arch}: never seen");
        // Func and ops of one trampoline.
        assert!((1..4).all(|seed| registered_and_unregistered(arch, "dyn-tramp", seed).wrong == 0), "{arch}");
    }
}

/// The finding of every bad pass of some runs: scheme, distance of the patched instruction from the start of its line.
fn misfits(id: &str, core: &CoreModel, rounds: u64) -> Vec<u64> {
    let scheme = find(Arch::Riscv64, id).unwrap();
    let run = toggling::measure(scheme, core, Amount { rounds, ..Amount::PLAIN }).unwrap();
    assert_eq!(run.bad_passes == 0, run.wrong == 0, "{id} on {}: guest and oracle disagree", core.name);
    run.findings.iter().map(|f| (f.finding.site + scheme.layout.patched_offset as u64) % 64).collect()
}

#[test]
fn instructions_that_are_not_aligned_are_torn() {
    for core in [core(Arch::Riscv64), ideal()] {
        let torn = misfits("call-ops/align-2", &core, 60);
        assert!(!torn.is_empty(), "align-2 got away on {}", core.name);
        // A word that Ziccif protects is never torn; those across two lines are torn most.
        assert!(torn.iter().all(|at| at % 4 == 2) && torn.contains(&62), "{torn:?} on {}", core.name);
    }
}

#[test]
fn tracers_of_every_kind_survive_toggling() {
    let mut seen = 0;
    for scheme in with_sites().filter(|s| s.claim.holds_under(Preemption::None)) {
        for tracer in Tracer::of(scheme).into_iter().filter(|t| *t != Tracer::Ops) {
            let core = core(scheme.arch);
            let amount = Amount { harts: 4, sites: 48, rounds: 30, tracer, ..Amount::PLAIN };
            let run = toggling::measure(scheme, &core, amount).unwrap();
            let name = format!("{} {} {}", scheme.arch, scheme.id, tracer.name());
            assert_eq!((run.wrong, run.bad_passes, run.toggles), (0, 0, 90), "{name}");
            assert!(run.traced > 100, "{name}: {run:?}");
            seen += 1;
        }
    }
    assert!(seen >= 15, "call-ops and its variants take three kinds of direct calls, all registers and graph, {seen}");
}

#[test]
fn a_direct_call_costs_less_the_earlier_it_leaves() {
    let arch = Arch::Aarch64;
    let scheme = find(arch, "call-ops").unwrap();
    let cycles = |tracer| overhead::measure_call(scheme, &core(arch), tracer, 200).unwrap().cycles;
    let (near, far) = (cycles(Tracer::DirectNear), cycles(Tracer::DirectFar));
    let (list, two) = (cycles(Tracer::DirectList), row("call-ops", arch, &core(arch), (2, 0)).cycles);
    assert!(near < far && far < list, "{near} {far} {list}");
    // The list calls two tracers either way; the late branch and its target come on top.
    assert!(list > two, "{list} {two}");
}

#[test]
fn notes_of_returns_follow_threads_that_are_preempted_and_moved() {
    for (arch, id) in [(Arch::Riscv64, "call-ops/flush-batched"), (Arch::Aarch64, "call-ops")] {
        let preempted = Amount::preempted(Preemption::Full);
        let amount = Amount { harts: 4, sites: 16, rounds: 5, tracer: Tracer::Graph, ..preempted };
        let run = toggling::measure(find(arch, id).unwrap(), &core(arch), amount).unwrap();
        assert_eq!((run.wrong, run.bad_passes), (0, 0), "{arch}");
        assert!(run.traced > 100, "{arch}: {run:?}");
    }
}

#[test]
fn a_scheme_without_direct_calls_says_so() {
    let scheme = find(Arch::Riscv64, "pair-stop").unwrap();
    assert_eq!(Tracer::of(scheme), [Tracer::Ops]);
    let error = overhead::measure_call(scheme, &ideal(), Tracer::DirectFar, 10).unwrap_err();
    assert!(error.to_string().contains("this scheme has no direct calls"), "{error}");
}

/// Rounds with a tick, three threads on each hart, migration. Few sites: what counts is how often pairs change.
fn preempted(scheme: &Scheme, core: &CoreModel, preemption: Preemption, rounds: u64, seed: u64) -> Toggling {
    let amount = Amount { sites: 24, rounds, seed, ..Amount::preempted(preemption) };
    let run = toggling::measure(scheme, core, amount).unwrap();
    assert!(run.ticks > 100 && run.migrations > 10, "{run:?}");
    assert_eq!(run.preemptions > 100, preemption == Preemption::Full, "{run:?}");
    run
}

#[test]
fn schemes_survive_the_strongest_preemption_that_they_claim_to_survive() {
    for scheme in with_sites() {
        let claimed = |p: &Preemption| scheme.claim.holds_under(*p);
        if let Some(preemption) = Preemption::ALL.into_iter().rev().find(claimed) {
            let run = preempted(scheme, &core(scheme.arch), preemption, 4, 1);
            let name = format!("{} {} under {}", scheme.arch, scheme.id, preemption.name());
            assert_eq!((run.wrong, run.bad_passes), (0, 0), "{name}");
            assert!(run.traced > 100, "{name}: {run:?}");
        }
    }
}

/// The first run, by seed, that is as wanted. On the core that issues one instruction at a time: the U74 issues both nops of a
/// disabled pair together, and an interrupt hardly ever finds a thread between them.
fn find_seed(scheme: &str, preemption: Preemption, wanted: impl Fn(&Toggling) -> bool) -> Toggling {
    let scheme = find(Arch::Riscv64, scheme).unwrap();
    let mut runs = (1..=16).map(|seed| preempted(scheme, &ideal(), preemption, 12, seed));
    runs.find(wanted).unwrap_or_else(|| panic!("{} under {}: never seen", scheme.id, preemption.name()))
}

#[test]
fn stopping_the_machine_does_not_save_a_thread_that_was_preempted_inside_a_pair() {
    // It goes on at a jalr with whatever t0 holds, and the oracle sees the pass that the fault ends.
    let run = find_seed("pair-stop", Preemption::Full, |run| run.wrong_trapped > 0);
    assert!(run.bad_passes > 0, "{run:?}");
}

#[test]
fn a_stop_in_the_interrupt_handler_breaks_a_pair_that_nobody_preempts() {
    // Juhan Jin's schedule of July 2025: an interrupt between the two instructions, and the machine stopped in its handler.
    let scheme = find(Arch::Riscv64, "pair-stop").unwrap();
    let amount = Amount { sites: 24, rounds: 21, flags: STOP_IN_INTERRUPT, ..Amount::preempted(Preemption::None) };
    let mut runs = (1..=8).map(|seed| toggling::measure(scheme, &ideal(), Amount { seed, ..amount }).unwrap());
    let run = runs.find(|run| run.wrong_trapped > 0).expect("never seen");
    assert!(run.preemptions == 0 && run.bad_passes > 0, "{run:?}");
}

/// Of the controls and of what schemes do not claim: one of some runs by seed sees it fail.
#[test]
fn every_negative_control_is_caught() {
    let unclaimed = |scheme: &&Scheme| !scheme.claim.holds_under(Preemption::Full);
    for scheme in with_sites().filter(unclaimed) {
        let amount = Amount { sites: 100, rounds: 8, ..Amount::preempted(Preemption::Full) };
        let caught = |seed| {
            let run = toggling::measure(scheme, &ideal(), Amount { seed, ..amount }).unwrap();
            run.wrong + run.bad_passes > 0
        };
        assert!((1..=32).any(caught), "{} {}: not caught", scheme.arch, scheme.id);
    }
}

#[test]
fn threads_preempted_inside_a_pair_are_moved_out_of_it() {
    find_seed("pair-fixup", Preemption::Full, |run| {
        assert_eq!((run.wrong, run.bad_passes), (0, 0));
        run.frames_fixed > 0
    });
}

#[test]
#[ignore = "half a minute: a tear in a thousand rounds"]
fn eight_bytes_at_once_are_torn_by_an_interrupt_between_two_instructions() {
    let scheme = find(Arch::Riscv64, "pair64/plain").unwrap();
    let amount = Amount { rounds: 1000, ..Amount::PLAIN };
    let run = toggling::measure(scheme, &ideal(), amount).unwrap();
    assert!(run.wrong > 0 && run.bad_passes == run.wrong, "{run:?}");
    assert!(run.findings.iter().all(|f| !f.finding.interrupted.is_empty()), "{:?}", run.findings);
}

fn row(scheme: &str, arch: Arch, core: &CoreModel, row: (u32, u32)) -> Overhead {
    overhead::measure(find(arch, scheme).unwrap(), core, row, 200).unwrap()
}

/// Instructions a call, over the row 0|0 of the same guest.
fn path(scheme: &str, arch: Arch, tracers: (u32, u32)) -> u64 {
    let instructions = |tracers| row(scheme, arch, &ideal(), tracers).instructions;
    (instructions(tracers) - instructions((0, 0))) / 200
}

#[test]
fn instruction_counts_agree_in_kind_with_real_kernels() {
    for arch in [Arch::Riscv64, Arch::Aarch64] {
        let scheme = if arch == Arch::Riscv64 { "call-ops/flush-batched" } else { "call-ops" };
        // Debian's kernels: a site with nops costs 2 instructions over the bare body; ops->func 41 over the nops.
        let bare = row("none", arch, &ideal(), (0, 0)).instructions;
        let disabled = row(scheme, arch, &ideal(), (0, 0)).instructions;
        assert_eq!((disabled - bare) / 200, 2, "{arch}");
        let one = path(scheme, arch, (1, 0));
        assert!((36..=44).contains(&one), "{arch}: {one}");
        // List of two: +241 on riscv64 7.2, +188 on arm64 6.12; ours is leaner, in the same order of size.
        let two = path(scheme, arch, (2, 0));
        assert!((100..=250).contains(&two), "{arch}: {two}");
    }
}

#[test]
fn call_ops_is_flat_in_irrelevant_tracers_and_the_global_list_is_not() {
    let arch = Arch::Riscv64;
    let cycles = |scheme, tracers| row(scheme, arch, &core(arch), tracers).cycles;
    let flat = |tracers| row("call-ops/flush-batched", arch, &core(arch), tracers);
    let (alone, among) = (flat((1, 0)), flat((1, 100)));
    assert_eq!(alone.instructions, among.instructions);
    // What ran before taught the predictor other branches: two of them over all calls.
    let branches = 2 * (core(arch).branch.mispredict + core(arch).late.branch) as u64;
    assert!(alone.cycles.abs_diff(among.cycles) <= branches, "{} {}", alone.cycles, among.cycles);
    let (near, far) = (cycles("pair-stop", (1, 10)), cycles("pair-stop", (1, 100)));
    assert!(far > 5 * near, "{near} {far}");
}

#[test]
fn one_tracer_costs_three_times_less_with_an_ops_of_its_own() {
    // Linux commit c217157bcd1d on a SpacemiT K1: 122 ns over disabled without, 38 ns with call-ops, a ratio of 3.2. The bounds
    // were set after our ratio was known (3.1): they hold it where it is and validate nothing.
    let arch = Arch::Riscv64;
    let over_disabled = |scheme| {
        let cycles = |tracers| row(scheme, arch, &core(arch), tracers).cycles;
        cycles((1, 0)) - cycles((0, 0))
    };
    let (without, with) = (over_disabled("pair-stop"), over_disabled("call-ops/flush-batched"));
    assert!((5 * with / 2..4 * with).contains(&without), "{without} without, {with} with");
}

#[test]
fn the_list_gets_dearer_a_tracer_once_it_falls_out_of_the_data_cache() {
    let arch = Arch::Riscv64;
    let [ten, hundred, two_hundred] = [10, 100, 200].map(|n| row("call-ops/flush-batched", arch, &core(arch), (n, 0)));
    let (before, behind) = ((hundred.cycles - ten.cycles) / 90, (two_hundred.cycles - hundred.cycles) / 100);
    assert!(ten.dcache_misses == 0 && two_hundred.dcache_misses > 200 * 100, "{ten:?}, {two_hundred:?}");
    assert!(behind > 3 * before / 2, "slope {before} up to 100 tracers, {behind} beyond");
}

#[test]
fn one_flush_for_all_sites_beats_one_a_site() {
    let arch = Arch::Riscv64;
    let enable = |scheme| {
        let all = latency::measure(find(arch, scheme).unwrap(), &core(arch), 4, 200).unwrap();
        all.latencies.into_iter().find(|l| l.action == Action::Enable).unwrap().cycles
    };
    let (batched, per_site) = (enable("call-ops/flush-batched"), enable("call-ops/flush-per-site"));
    assert!(per_site > 3 * batched, "{per_site} {batched}");
}

#[test]
fn the_parts_of_a_call_add_up_and_hold_what_the_scheme_says() {
    // Four nops or so at the site, 39 instructions of trampoline, a tracer that returns at once.
    let call_ops = row("call-ops/flush-batched", Arch::Riscv64, &ideal(), (1, 0)).path;
    let per_call = |spent: Spent| (spent.instructions / 200, spent.instructions % 200);
    assert_eq!([call_ops.site, call_ops.trampoline, call_ops.list].map(per_call), [(2, 0), (39, 0), (0, 0)]);
    assert_eq!(per_call(call_ops.tracer), (1, 0));
    for core in [core(Arch::Riscv64), ideal()] {
        let listed = row("pair-stop", Arch::Riscv64, &core, (10, 0));
        let path = listed.path;
        let parts = [path.site, path.trampoline, path.list, path.tracer];
        assert!(parts.iter().all(|part| part.cycles > 0), "{path:?}");
        let sum = parts.iter().map(|part| part.cycles).sum::<u64>();
        // The rest is the caller's loop and the body: a few cycles a call.
        assert!(sum < listed.cycles && listed.cycles - sum < 200 * 30, "{sum} of {listed:?}");
        assert_eq!(per_call(path.tracer), (10, 0), "ten empty tracers");
        assert!(path.list.cycles > path.trampoline.cycles, "{path:?}");
    }
}

/// Every guest, on harts that are interrupted, preempted and moved while sites change: the simulator's shortcuts change nothing of
/// what it prints, its clocks among that, nor of what the oracle sees.
#[test]
fn shortcuts_change_nothing_of_any_guest() {
    for scheme in with_sites() {
        for core in [core(scheme.arch), ideal()] {
            let params = Params {
                mode: Mode::Toggle,
                harts: 4,
                calls: 100,
                sites: 16,
                rounds: 2,
                preemption: Preemption::Full,
                threads: 2,
                tick: 2_000,
                flags: WRONG_ALLOWED,
                ..Params::default()
            };
            let guest = Guest { scheme, core: &core, harts: 4, params };
            let seen = |plainly| {
                let outcome =
                    guest.run(&Observe { sites: usize::MAX, marks: true, plainly, ..Observe::default() }).unwrap();
                (
                    outcome.results,
                    outcome.measures,
                    outcome.marks,
                    outcome.absences,
                    outcome.findings,
                    outcome.bad_passes,
                )
            };
            assert_eq!(seen(false), seen(true), "{} {} on {}", scheme.arch, scheme.id, core.name);
        }
    }
}
