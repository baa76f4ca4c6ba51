//! Verdicts on the schemes' own bytes.

use cmodx_isa::Arch;
use cmodx_sim::relaxed::model::Model;
use cmodx_sim::relaxed::program::Examined;
use cmodx_sim::verdict::Verdict;
use cmodx_trampolines::catalogue::find;
use cmodx_workloads::check::ablate::{Ablated, ablate};
use cmodx_workloads::check::judge::CallJudge;
use cmodx_workloads::check::{Answer, Case, Operation, Preemption};

fn case(arch: Arch, id: &str, operation: Operation, preemption: Preemption, model: Model) -> Case {
    Case::new(find(arch, id).expect("a scheme"), operation, preemption, model)
}

fn answer(arch: Arch, id: &str, operation: Operation, preemption: Preemption, model: Model) -> Answer {
    let case = case(arch, id, operation, preemption, model);
    let answer = case.answer(&case.boot().unwrap()).unwrap();
    let e = &answer.examined;
    println!("{}: {}; {} lists, {} states, longest {}", case.name(), e.verdict, e.lists, e.states, e.longest);
    answer
}

fn reason(examined: &Examined) -> &str {
    match &examined.verdict {
        Verdict::Unsafe { reason, .. } => reason,
        other => panic!("not unsafe but {other}"),
    }
}

#[test]
fn call_ops_is_safe_whatever_the_preemption() {
    for preemption in Preemption::ALL {
        for operation in Operation::SAFETY {
            let riscv = answer(Arch::Riscv64, "call-ops/flush-batched", operation, preemption, Model::IrDecodeW);
            assert_eq!(riscv.examined.verdict, Verdict::Safe, "{}", riscv.case.name());
            let arm = answer(Arch::Aarch64, "call-ops", operation, preemption, Model::Dic0Idc0);
            assert_eq!(arm.examined.verdict, Verdict::Safe, "{}", arm.case.name());
        }
    }
}

#[test]
fn a_pair_patched_live_is_unsafe_and_the_execution_that_shows_it_can_be_replayed() {
    for operation in [Operation::Enable, Operation::Disable] {
        let answer = answer(Arch::Riscv64, "pair-live", operation, Preemption::None, Model::Ziccid);
        assert!(reason(&answer.examined).contains("exception"));
        let located = answer.counterexample.as_ref().unwrap();
        let boot = answer.case.boot().unwrap();
        let stored = serde_json::to_string(&located.execution).unwrap();
        let read = serde_json::from_str(&stored).unwrap();
        answer.case.replay(&boot, &read).unwrap().unwrap();
        let other = case(Arch::Riscv64, "pair-stop", operation, Preemption::None, Model::Ziccid);
        let elsewhere = other.replay(&other.boot().unwrap(), &read).unwrap();
        assert!(elsewhere.is_err(), "another scheme does something else");
        let named = |at: &u64| located.places[at].symbol.is_some() && located.places[at].line.is_some();
        let writer = located.execution.harts[0].steps.iter().find(|s| s.text.contains("sw")).unwrap();
        assert!(named(&writer.pc), "the store has a name and a line");
    }
}

#[test]
fn stop_machine_saves_a_pair_until_threads_are_preempted() {
    for preemption in [Preemption::None, Preemption::Voluntary] {
        let answer = answer(Arch::Riscv64, "pair-stop", Operation::Enable, preemption, Model::IrDecodeW);
        assert_eq!(answer.examined.verdict, Verdict::Safe);
    }
    let full = answer(Arch::Riscv64, "pair-stop", Operation::Enable, Preemption::Full, Model::Ziccid);
    assert!(reason(&full.examined).contains("exception"));
}

#[test]
fn stop_machine_saves_a_pair_of_arm_until_threads_are_preempted() {
    for operation in [Operation::Enable, Operation::Disable] {
        let answer = answer(Arch::Aarch64, "pair-stop", operation, Preemption::None, Model::Dic0Idc0);
        assert_eq!(answer.examined.verdict, Verdict::Safe);
    }
    let full = answer(Arch::Aarch64, "pair-stop", Operation::Enable, Preemption::Full, Model::Dic1Idc1);
    assert!(reason(&full.examined).contains("exception"));
}

#[test]
fn whoever_was_preempted_inside_a_pair_is_moved_out_of_it() {
    for operation in Operation::SAFETY {
        let answer = answer(Arch::Riscv64, "pair-fixup", operation, Preemption::Full, Model::IrDecodeW);
        assert_eq!(answer.examined.verdict, Verdict::Safe);
        assert!(answer.examined.good_ends > 2, "threads go on behind the stop");
    }
    // The same without the walk of saved frames.
    let mut case = case(Arch::Riscv64, "pair-fixup", Operation::Enable, Preemption::Full, Model::IrDecodeW);
    let boot = case.boot().unwrap();
    let walk = boot.function(case.scheme, "guest::thread::for_each_frame").unwrap();
    const RET: u32 = 0x0000_8067;
    case.changed.push((walk, RET.to_le_bytes().to_vec()));
    assert!(reason(&case.answer(&boot).unwrap().examined).contains("exception"));
}

#[test]
fn instructions_that_are_not_aligned_are_torn() {
    let answer = answer(Arch::Riscv64, "call-ops/align-2", Operation::Disable, Preemption::None, Model::Ziccid);
    reason(&answer.examined);
}

#[test]
fn a_trampoline_made_at_run_time_is_safe_unless_fetches_may_come_after_answers() {
    for operation in [Operation::Retarget, Operation::Free] {
        let riscv = answer(Arch::Riscv64, "dyn-tramp", operation, Preemption::Full, Model::IrDecodeW);
        assert_eq!(riscv.examined.verdict, Verdict::Safe);
        let arm = answer(Arch::Aarch64, "dyn-tramp", operation, Preemption::Full, Model::Dic0Idc0);
        assert_eq!(arm.examined.verdict, Verdict::Safe);
    }
    let weak = answer(Arch::Riscv64, "dyn-tramp", Operation::Disable, Preemption::None, Model::FenceiFetch);
    reason(&weak.examined);
}

#[test]
fn where_nothing_orders_a_fetch_before_what_follows_stop_machine_orders_too_little() {
    let weakest = answer(Arch::Riscv64, "pair-stop", Operation::Disable, Preemption::None, Model::Ziccif);
    reason(&weakest.examined);
}

#[test]
fn an_answer_does_not_depend_on_the_number_of_threads() {
    for (id, operation, model) in [
        ("pair-live", Operation::Enable, Model::IrDecodeW),
        ("call-ops/flush-batched", Operation::Disable, Model::IrDecodeW),
        ("pair-fixup", Operation::Own, Model::IrDecodeW),
        ("dyn-tramp", Operation::Own, Model::FenceiFetch),
    ] {
        let case = case(Arch::Riscv64, id, operation, Preemption::Full, model);
        let boot = case.boot().unwrap();
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| case.answer(&boot).unwrap().examined)
        };
        let alone = on(1);
        assert_eq!(alone, on(2));
        assert_eq!(alone, on(8));
    }
}

#[test]
fn orders_that_nobody_can_tell_apart_change_no_answer() {
    let model = Model::IrDecodeW;
    let mut lists = [0, 0];
    for (id, operation, preemption, model) in [
        ("pair-stop", Operation::Retarget, Preemption::Voluntary, model),
        ("pair-stop", Operation::Free, Preemption::None, Model::Ziccif),
        ("pair64/plain", Operation::Free, Preemption::Full, model),
        ("global-op", Operation::Enable, Preemption::None, Model::Ziccid),
        ("call-ops/flush-batched", Operation::Enable, Preemption::Full, model),
    ] {
        let case = case(Arch::Riscv64, id, operation, preemption, model);
        let mut program = case.program(&case.boot().unwrap()).unwrap();
        let judge = CallJudge { operation };
        let few = program.examine(&judge);
        program.every_order = true;
        let all = program.examine(&judge);
        lists[0] += few.lists;
        lists[1] += all.lists;
        let said = |e: &Examined| match &e.verdict {
            Verdict::Unsafe { reason, execution } => (reason.clone(), execution.messages.len()),
            other => (other.to_string(), 0),
        };
        assert_eq!(said(&few), said(&all), "{}", case.name());
        assert_eq!((few.bad_ends, few.good_ends), (all.bad_ends, all.good_ends), "{}", case.name());
    }
    assert!(2 * lists[0] < lists[1], "{} lists in place of {}", lists[0], lists[1]);
}

#[test]
fn where_the_states_do_not_suffice_the_answer_says_how_far_it_went() {
    let mut case = case(Arch::Riscv64, "call-ops/flush-batched", Operation::Enable, Preemption::None, Model::IrDecodeW);
    case.limits.bounds.total = 20_000;
    let boot = case.boot().unwrap();
    let bounded = case.answer(&boot).unwrap().examined;
    let Verdict::SafeBounded { bound } = &bounded.verdict else { panic!("{}", bounded.verdict) };
    assert!(bound.starts_with("20000 states: all lists of "), "{bound}");
    assert_eq!(case.answer(&boot).unwrap().examined, bounded);
}

fn ablated(id: &str, arch: Arch, operation: Operation, model: Model) -> Vec<Ablated> {
    let whole = answer(arch, id, operation, Preemption::None, model);
    let parts = ablate(&whole, &whole.case.boot().unwrap()).unwrap();
    assert!(!parts.is_empty(), "{} is not safe as a whole", whole.case.name());
    for part in &parts {
        println!("  without {}: {}", part.part, part.answer.examined.verdict);
    }
    parts
}

fn needed(parts: &[Ablated], what: &str) -> bool {
    let of_it: Vec<&Ablated> = parts.iter().filter(|p| p.part.contains(what)).collect();
    assert!(!of_it.is_empty(), "nothing named {what} was left out");
    of_it.iter().any(|p| p.needed)
}

#[test]
fn the_broadcast_between_literal_and_jalr_keeps_them_together_where_fetches_are_not_in_order() {
    let between = "request 1, remote fence.i: the whole";
    let scheme = "call-ops/flush-batched";
    let default = ablated(scheme, Arch::Riscv64, Operation::Matched, Model::IrDecodeW);
    assert!(needed(&default, between));
    // Where nothing orders a fetch before an answer, the broadcast does not suffice either.
    let weakest = answer(Arch::Riscv64, scheme, Operation::Matched, Preemption::None, Model::Ziccif);
    reason(&weakest.examined);
    let strong = ablated(scheme, Arch::Riscv64, Operation::Matched, Model::Ziccid);
    assert!(!needed(&strong, between));
}

#[test]
fn the_literal_of_arm_needs_the_order_of_stores_alone() {
    for model in [Model::Dic0Idc0, Model::Dic1Idc1] {
        let parts = ablated("call-ops", Arch::Aarch64, Operation::Matched, model);
        assert!(needed(&parts, "dmb"), "{model}");
    }
}

#[test]
fn a_patcher_that_runs_what_it_patched_needs_its_own_fence_i() {
    let parts = ablated("pair-stop", Arch::Riscv64, Operation::Own, Model::IrDecodeW);
    assert!(needed(&parts, "stop_machine: what the others do"), "the patcher's own fence.i is part of it");
    let parts = ablated("call-ops/flush-batched", Arch::Riscv64, Operation::Own, Model::IrDecodeW);
    assert!(needed(&parts, "fence.i at"));
}
