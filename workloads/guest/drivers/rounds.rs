//! Rounds of enable, retarget, disable by hart 0 while the other harts call; the toggle and latency runs are made of them.

use crate::guest::drivers::callers;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::{direct, graph, reclaim, register, regs};
use crate::guest::thread::Tally;
use crate::guest::{console, cpu, hart, ipi, marks, params, tracees, tracers, trap};
use crate::scheme;

/// Runs all rounds and prints the totals; with `timed`, prints what each change cost hart 0.
pub fn run(timed: bool) {
    let rounds = params::get(params::ROUNDS);
    unsafe {
        // Two sets of ops, used in turn: a freed one stays freed for a round, so that a late call of it is seen.
        let a0 = ops::allocate(tracers::checking_a, tracers::KIND_A);
        let a1 = ops::allocate(tracers::freed, ops::DEAD);
        let b0 = ops::allocate(tracers::checking_b, tracers::KIND_B);
        let b1 = ops::allocate(tracers::freed, ops::DEAD);
        if scheme::HAS_SITES {
            register::set_filter(a0, tracees::site_indices(), tracees::used());
            register::share_filter(a1, a0);
            register::share_filter(b0, a0);
            register::share_filter(b1, a0);
            if direct::wanted() && direct::shared() {
                // An ordinary tracer that stays: every direct call goes through the list.
                let other = ops::allocate(tracers::empty, 0);
                register::share_filter(other, a0);
                register::register(other);
            }
        }
        callers::start(!scheme::HAS_SITES);
        let mut toggles = 0u64;
        let mut round = 0u64;
        while round < rounds {
            let odd = round & 1 != 0;
            let a = if odd { a1 } else { a0 };
            let b = if odd { b1 } else { b0 };
            let phase = round * callers::PHASES;
            if scheme::HAS_SITES {
                revive(a, tracers::checking_a, tracers::KIND_A);
                revive(b, tracers::checking_b, tracers::KIND_B);
                let enable = change(phase, 0 as *mut Ops, a);
                settle();
                let retarget = change(phase + 2, a, b);
                settle();
                free(a);
                let disable = change(phase + 4, b, 0 as *mut Ops);
                settle();
                free(b);
                toggles += 3;
                if timed {
                    enable.print(text!("enable.cycles"), text!("enable.instructions"), round);
                    retarget.print(text!("retarget.cycles"), text!("retarget.instructions"), round);
                    disable.print(text!("disable.cycles"), text!("disable.instructions"), round);
                }
            } else {
                settle();
            }
            round += 1;
        }
        callers::stop();
        console::result(text!("toggles"), toggles);
    }
    print_totals();
}

/// What a change cost hart 0.
struct Cost {
    cycles: u64,
    instructions: u64,
}

impl Cost {
    fn print(self, cycles: *const u8, instructions: *const u8, round: u64) {
        console::measure_nth(cycles, round, self.cycles);
        console::measure_nth(instructions, round, self.instructions);
    }
}

/// Goes from settled phase `phase` to the next settled one: unregisters `from`, registers `to`, or replaces one by the other.
unsafe fn change(phase: u64, from: *mut Ops, to: *mut Ops) -> Cost {
    callers::enter_phase(phase + 1);
    let instructions = cpu::instructions();
    let cycles = cpu::cycles();
    unsafe {
        mark!(marks::CHANGE);
        if from as u64 == 0 {
            register::register(to);
        } else if to as u64 == 0 {
            register::unregister(from);
        } else {
            register::replace(from, to);
        }
        mark!(marks::CHANGE_END);
    }
    let cost = Cost { cycles: cpu::cycles() - cycles, instructions: cpu::instructions() - instructions };
    // Where the scheme leaves other harts with instructions fetched before (AArch64), an interrupt ends that. Only
    // then is a call bound to see the change.
    ipi::synchronize();
    callers::enter_phase(phase + 2);
    cost
}

/// Lets every caller finish the call it is in, which began in another phase, and one more.
fn settle() {
    ipi::quiesce();
    ipi::quiesce();
}

/// Makes an ops that was freed usable again.
unsafe fn revive(ops: *mut Ops, func: ops::TracerFn, kind: u64) {
    unsafe {
        ops::prepare(ops, func, kind);
        if direct::wanted() {
            direct::aim_at_check(ops, kind);
        } else if regs::wanted() {
            (*ops).func = if kind == tracers::KIND_A { regs::checking_a } else { regs::checking_b };
            regs::ask(ops);
        } else if graph::wanted() {
            (*ops).func = if kind == tracers::KIND_A { graph::enter_a } else { graph::enter_b };
        }
    }
}

/// Frees an ops that is no longer registered.
unsafe fn free(ops: *mut Ops) {
    reclaim::ops_later(ops);
    reclaim::run();
    if direct::wanted() {
        unsafe { direct::aim_at_check(ops, ops::DEAD) }
    }
}

/// Totals over all callers, and what happened to them meanwhile. What a scheme claims to be zero is a result; where wrong
/// calls are allowed, their number is not the same everywhere.
fn print_totals() {
    let mut sums = Tally { calls: 0, traced: 0, wrong: 0, trapped: 0, registers: 0, results: 0, tracers: 0, untimely: 0 };
    callers::totals(&raw mut sums);
    console::measure(text!("calls"), sums.calls);
    console::measure(text!("traced"), sums.traced);
    let claims_safe = scheme::CLAIMS_SAFE && params::get(params::FLAGS) & params::WRONG_ALLOWED == 0;
    if claims_safe {
        console::result(text!("wrong"), sums.wrong);
    } else {
        console::measure(text!("wrong"), sums.wrong);
    }
    console::measure(text!("wrong.trapped"), sums.trapped);
    console::measure(text!("wrong.registers"), sums.registers);
    console::measure(text!("wrong.results"), sums.results);
    console::measure(text!("wrong.tracers"), sums.tracers);
    console::measure(text!("wrong.untimely"), sums.untimely);
    let mut ticks = 0u64;
    let mut preemptions = 0u64;
    let mut migrations = 0u64;
    let mut n = 0u64;
    while n < hart::count() {
        let hart = hart::number(n);
        unsafe {
            ticks += (*hart).ticks;
            preemptions += (*hart).preemptions;
            migrations += (*hart).migrations;
        }
        n += 1;
    }
    console::measure(text!("ticks"), ticks);
    console::measure(text!("preemptions"), preemptions);
    console::measure(text!("migrations"), migrations);
    console::measure(text!("frames.fixed"), trap::fixed());
    if claims_safe && sums.wrong != 0 {
        console::fail_with(text!("wrong calls:"), sums.wrong);
    }
}
