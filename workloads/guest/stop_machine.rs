//! stop_machine, as Linux has it.
//!
//! Each hart has a stopper, a thread that comes before all others. The IPI only asks for it: it runs when the scheduler
//! does, which under `full` may be between any two instructions of a thread, else where threads give up the hart. In the
//! stop interrupts are off. The last stopper to arrive runs the function while the others spin (Linux commit c97bf629963e: a
//! remote fence.i would find nobody listening), then every hart synchronizes its own fetches.

use crate::guest::hart::{self, Hart};
use crate::guest::{cpu, firmware, marks, schedule, sync};
use crate::mini_core::*;

/// A function to run while the machine is stopped.
pub type Function = extern "C" fn(argument: u64);

static mut LOCK: u64 = 0;
static mut FUNCTION: u64 = 0;
static mut ARGUMENT: u64 = 0;
static mut ARRIVED: u64 = 0;
static mut LEFT: u64 = 0;
/// Number of the stop in progress, or of the last one; harts remember the last one they took part in.
static mut WANTED: u64 = 0;
static mut FINISHED: u64 = 0;

/// Runs `function(argument)` on one hart while all others spin. From a thread that may sleep.
#[inline(always)]
pub fn run(function: Function, argument: u64) {
    stop_machine_run(function, argument);
}

/// The same. A symbol of its own keeps both arguments where the calling convention has them: the relaxed world takes them
/// from there.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn stop_machine_run(function: Function, argument: u64) {
    unsafe {
        sync::lock_mutex(&raw mut LOCK);
        FUNCTION = function as u64;
        ARGUMENT = argument;
        ARRIVED = 0;
        LEFT = 0;
        mark!(marks::WAIT);
        cpu::store_release(&raw mut WANTED, WANTED + 1);
        firmware::interrupt_others();
        while cpu::load_acquire(&raw const LEFT) != hart::count() {
            schedule::yield_now();
        }
        mark!(marks::WAIT_END);
        sync::unlock(&raw mut LOCK);
    }
}

/// True when a hart whose last stop was this one must take part in another.
#[inline(always)]
pub fn wants(stopped: u64) -> bool {
    unsafe { cpu::load_acquire(&raw const WANTED) != stopped }
}

/// A hart's stopper: takes part in each stop. Its interrupts are always off.
pub extern "C" fn stopper(_: u64) -> ! {
    let hart = hart::this();
    loop {
        take_part(hart);
        schedule::schedule();
    }
}

/// Takes part in a stop, if one is wanted that this hart has not been in. Interrupts are off.
pub fn take_part(hart: *mut Hart) {
    unsafe {
        if wants((*hart).stopped) {
            (*hart).stopped = WANTED;
            stop();
        }
    }
}

/// Arrives, waits for the work to be done or does it, synchronizes, leaves.
unsafe fn stop() {
    unsafe {
        mark!(marks::STOP);
        let mine = WANTED;
        if cpu::add(&raw mut ARRIVED, 1) == hart::count() {
            let function: Function = transmute(FUNCTION);
            mark!(marks::STOPPED_WORK);
            function(ARGUMENT);
            mark!(marks::STOPPED_WORK_END);
            cpu::store_release(&raw mut FINISHED, mine);
        } else {
            while cpu::load_acquire(&raw const FINISHED) != mine {
                cpu::relax()
            }
        }
        cpu::synchronize_fetches();
        cpu::add(&raw mut LEFT, 1);
        mark!(marks::STOP_END);
    }
}
