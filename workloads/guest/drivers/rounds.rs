//! Rounds of enable, retarget, disable by hart 0 while the other harts call; the toggle and latency runs are made of them.

use crate::guest::drivers::callers;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register;
use crate::guest::{console, cpu, hart, ipi, params, tracees, tracers};
use crate::mini_core::*;
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
        if from as u64 == 0 {
            register::register(to);
        } else if to as u64 == 0 {
            register::unregister(from);
        } else {
            register::replace(from, to);
        }
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

unsafe fn revive(ops: *mut Ops, func: ops::TracerFn, kind: u64) {
    unsafe {
        (*ops).func = func;
        (*ops).kind = kind;
    }
}

/// Marks an ops as freed; nobody may hold it any more.
unsafe fn free(ops: *mut Ops) {
    unsafe {
        volatile_store(&raw mut (*ops).kind, ops::DEAD);
        volatile_store(&raw mut (*ops).func as *mut u64, tracers::freed as u64);
    }
}

/// Totals over all callers. What a scheme claims to be zero is a result; a negative control's number of wrong calls is not
/// the same everywhere.
fn print_totals() {
    let mut sums: [u64; 8] = [0; 8];
    let at = &raw mut sums as u64;
    let mut n = 1u64;
    unsafe {
        while n < hart::count() {
            let tally = &raw const (*hart::number(n)).tally as u64;
            let mut i = 0u64;
            while i < 64 {
                *((at + i) as *mut u64) += *((tally + i) as *const u64);
                i += 8;
            }
            n += 1;
        }
        console::measure(text!("calls"), *(at as *const u64));
        console::measure(text!("traced"), *((at + 8) as *const u64));
        let wrong = *((at + 16) as *const u64);
        if scheme::CLAIMS_SAFE {
            console::result(text!("wrong"), wrong);
        } else {
            console::measure(text!("wrong"), wrong);
        }
        console::measure(text!("wrong.trapped"), *((at + 24) as *const u64));
        console::measure(text!("wrong.registers"), *((at + 32) as *const u64));
        console::measure(text!("wrong.results"), *((at + 40) as *const u64));
        console::measure(text!("wrong.tracers"), *((at + 48) as *const u64));
        console::measure(text!("wrong.untimely"), *((at + 56) as *const u64));
        if scheme::CLAIMS_SAFE && wrong != 0 {
            console::fail_with(text!("wrong calls:"), wrong);
        }
    }
}
