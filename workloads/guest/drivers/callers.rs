//! Threads that call traced functions while the driver patches, and check every call.
//!
//! The driver publishes a phase number before and after each change. A caller reads it before and after the call; a call
//! within one settled phase must have been seen by exactly the tracer of that phase, a call beside a change by the old or
//! the new one.

use crate::guest::ftrace::graph;
use crate::guest::thread::{self, CallRecord, Tally, Thread};
use crate::guest::{console, cpu, hart, marks, params, schedule, tracees};
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

static mut STOP: u64 = 0;
static mut PHASE: u64 = 0;
/// True when nothing is ever traced, whatever the phase (schemes without sites).
static mut NEVER_TRACED: u64 = 0;

/// Publishes a phase.
pub fn enter_phase(phase: u64) {
    unsafe { cpu::store_release(&raw mut PHASE, phase) }
}

/// Starts the callers: as many threads as asked for on each hart but the driver's.
pub fn start(never_traced: bool) {
    let harts = hart::count() - 1;
    let each = params::get(params::THREADS);
    let preemption = params::get(params::PREEMPTION);
    if each == 0 || each * harts > thread::MAX_CALLERS {
        console::fail_with(text!("parameter threads out of range:"), each);
    }
    if preemption > params::FULL {
        console::fail_with(text!("unknown preemption model"), preemption);
    }
    if each > 1 && params::get(params::TICK) == 0 {
        console::fail(text!("several threads on a hart need a tick"));
    }
    unsafe {
        NEVER_TRACED = never_traced as u64;
        let mut n = 0u64;
        while n < each * harts {
            let hart = hart::number(1 + n - cpu::divide(n, harts) * harts);
            schedule::start(thread::create_caller(hart, life, n + 1));
            n += 1;
        }
    }
}

/// Lets the callers finish, and waits until they have.
pub fn stop() {
    unsafe { cpu::store_release(&raw mut STOP, 1) };
    let mut n = 0u64;
    while n < thread::callers() {
        while unsafe { cpu::load_acquire(&raw const (*thread::caller(n)).state) } != thread::ENDED {
            schedule::voluntary_point();
            cpu::relax()
        }
        n += 1;
    }
}

/// One caller's life: calls until the stop and at least as often as asked.
extern "C" fn life(number: u64) -> ! {
    let me = thread::current();
    cpu::interrupts_on();
    unsafe {
        let least = params::get(params::CALLS);
        (*me).random = schedule::seed(number);
        while volatile_load(&raw const STOP) == 0 || (*me).tally.calls < least {
            random_call(me);
            schedule::voluntary_point();
        }
    }
    schedule::exit()
}

/// Calls a tracee chosen at random.
unsafe fn random_call(me: *mut Thread) {
    unsafe {
        let random = schedule::random((*me).random);
        (*me).random = random;
        one_call(me, ((random >> 32u64) * tracees::used()) >> 32u64);
    }
}

/// A call from an interrupt handler, in the middle of another call of the same thread.
pub fn nested_call() {
    let me = thread::current();
    unsafe {
        let (sp, pc) = ((*me).recover_sp, (*me).recover_pc);
        // The guard knows contexts: a tracer that was interrupted does not keep this call from its own.
        let recursion = (*me).recursion;
        (*me).recursion = 0;
        copy_record(&raw mut (*me).interrupted, &raw const (*me).call);
        random_call(me);
        copy_record(&raw mut (*me).call, &raw const (*me).interrupted);
        (*me).recursion = recursion;
        (*me).recover_sp = sp;
        (*me).recover_pc = pc;
    }
}

/// Word by word: a compiler's copy may use vector registers, which nobody saves.
unsafe fn copy_record(to: *mut CallRecord, from: *const CallRecord) {
    let mut n = 0u64;
    while n < 96 {
        unsafe { volatile_store((to as u64 + n) as *mut u64, volatile_load((from as u64 + n) as *const u64)) };
        n += 8;
    }
}

/// Calls tracee `n` and adds what happened to the tally.
unsafe fn one_call(me: *mut Thread, n: u64) {
    unsafe {
        let (preempt_count, recursion) = ((*me).preempt_count, (*me).recursion);
        let before = cpu::load_acquire(&raw const PHASE);
        let mark = graph::mark();
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
            (*me).recursion = recursion;
            (*me).preempt_count = preempt_count;
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
        if !graph::all_ended(mark, if graph::wanted() { (*call).hits } else { 0 }) && outcome.status != 2 {
            (*tally).tracers += 1;
            wrong = true;
        }
        if (*call).faults != 0 {
            (*tally).tracers += 1;
            wrong = true;
        }
        if wrong {
            mark!(marks::WRONG_CALL);
            (*tally).wrong += 1;
        }
    }
}

/// Totals of all callers.
pub fn totals(into: *mut Tally) {
    let mut n = 0u64;
    while n < thread::callers() {
        unsafe {
            let tally = &raw const (*thread::caller(n)).tally as u64;
            let mut i = 0u64;
            while i < 64 {
                let sum = (into as u64 + i) as *mut u64;
                volatile_store(sum, volatile_load(sum) + *((tally + i) as *const u64));
                i += 8;
            }
        }
        n += 1;
    }
}
