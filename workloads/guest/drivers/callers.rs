//! Harts that call traced functions while hart 0 patches, and check every call.
//!
//! Hart 0 publishes a phase number before and after each change. A caller reads it before and after the call; a call
//! within one settled phase must have been seen by exactly the tracer of that phase, a call beside a change by the old or
//! the new one.

use crate::guest::{cpu, hart, ipi, params, tracees};
use crate::mini_core::*;

/// Phases of one round, by number modulo 6: untraced, enabling, traced by A, retargeting, traced by B, disabling.
pub const PHASES: u64 = 6;
pub const UNTRACED: u64 = 0;

/// May a call in this phase go unseen (bit 0), be seen by A (bit 1), by B (bit 2)?
#[inline(always)]
fn allowed(phase: u64) -> u64 {
    // One octal digit a phase, phase 0 lowest.
    const ALLOWED: u64 = 0o546231;
    (ALLOWED >> ((phase - cpu::divide(phase, PHASES) * PHASES) * 3)) & 7
}

/// Changes when the callers shall start.
static mut START: u64 = 0;
static mut STOP: u64 = 0;
static mut PHASE: u64 = 0;
/// True when nothing is ever traced, whatever the phase (schemes without sites).
static mut NEVER_TRACED: u64 = 0;

/// Publishes a phase.
pub fn enter_phase(phase: u64) {
    unsafe { cpu::store_release(&raw mut PHASE, phase) }
}

/// Wakes the callers.
pub fn start(never_traced: bool) {
    unsafe {
        NEVER_TRACED = never_traced as u64;
        ipi::wake(&raw mut START, 1);
    }
}

/// Lets the callers finish, and waits until they have.
pub fn stop() {
    unsafe { cpu::store_release(&raw mut STOP, 1) };
    let mut n = 1u64;
    while n < hart::count() {
        while unsafe { cpu::load_acquire(&raw const (*hart::number(n)).tally.finished) } == 0 {
            cpu::relax()
        }
        n += 1;
    }
}

/// One caller's life: sleeps until the start, calls until the stop and at least as often as asked, sleeps for ever.
pub fn wait_and_call() {
    let me = hart::this();
    unsafe {
        ipi::sleep_while(&raw const START, 0);
        let least = params::get(params::CALLS);
        let sites = tracees::used();
        let mut random = (params::get(params::SEED) + (*me).id) * 0x9E37_79B9_7F4A_7C15 | 1;
        while volatile_load(&raw const STOP) == 0 || (*me).tally.calls < least {
            random ^= random << 13u64;
            random ^= random >> 7u64;
            random ^= random << 17u64;
            one_call(((random >> 32u64) * sites) >> 32u64);
            ipi::voluntary_point();
        }
        cpu::store_release(&raw mut (*me).tally.finished, 1);
        ipi::sleep_while(&raw const STOP, 1);
    }
}

/// Calls tracee `n` and adds what happened to the tally.
unsafe fn one_call(n: u64) {
    let me = hart::this();
    unsafe {
        let before = cpu::load_acquire(&raw const PHASE);
        let outcome = tracees::call(n);
        cpu::fence();
        let after = cpu::load_acquire(&raw const PHASE);
        let mut permitted = 0u64;
        let mut phase = before;
        while phase <= after && permitted != 7 {
            permitted |= allowed(phase);
            phase += 1;
        }
        if NEVER_TRACED != 0 {
            permitted = 1;
        }
        let tally = &raw mut (*me).tally;
        let call = &raw const (*me).call;
        let mut wrong = false;
        (*tally).calls += 1;
        if (*call).hits != 0 {
            (*tally).traced += 1;
        }
        if outcome.status == 2 {
            (*tally).trapped += 1;
            wrong = true;
            // The call was cut short, perhaps inside the list function.
            (*me).recursion = 0;
            (*me).preempt_count = 0;
        } else {
            if outcome.status != 0 {
                (*tally).registers += 1;
                wrong = true;
            }
            if outcome.result != tracees::result(n) {
                (*tally).results += 1;
                wrong = true;
            }
            let seen = if (*call).hits == 0 { 1 } else { (*call).kinds };
            if (*call).hits > 1 || seen & !permitted != 0 {
                (*tally).untimely += 1;
                wrong = true;
            }
        }
        if (*call).faults != 0 {
            (*tally).tracers += 1;
            wrong = true;
        }
        if wrong {
            (*tally).wrong += 1;
        }
    }
}
