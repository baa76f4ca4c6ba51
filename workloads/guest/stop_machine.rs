//! stop_machine, as kernels without preemption have it.
//!
//! The IPI only asks; each hart comes in at its next voluntary point, with interrupts off, so that no hart is inside a
//! traced call. The last to arrive runs the function while the others spin (Linux commit c97bf629963e: a remote fence.i
//! would find nobody listening), then every hart synchronizes its own fetches.

use crate::guest::{cpu, firmware, hart};
use crate::mini_core::*;

/// A function to run while the machine is stopped.
pub type Function = extern "C" fn(argument: u64);

static mut FUNCTION: u64 = 0;
static mut ARGUMENT: u64 = 0;
static mut ARRIVED: u64 = 0;
static mut LEFT: u64 = 0;
/// Number of the stop in progress, or of the last one; harts remember the last one they took part in.
static mut WANTED: u64 = 0;
static mut FINISHED: u64 = 0;

/// Runs `function(argument)` on one hart while all others spin. One at a time, from hart 0.
pub fn run(function: Function, argument: u64) {
    unsafe {
        FUNCTION = function as u64;
        ARGUMENT = argument;
        ARRIVED = 0;
        LEFT = 0;
        cpu::store_release(&raw mut WANTED, WANTED + 1);
        firmware::interrupt_others();
        cpu::interrupts_off();
        stopper();
        cpu::interrupts_on();
        while cpu::load_acquire(&raw const LEFT) != hart::count() {
            cpu::relax()
        }
    }
}

/// Takes part in a stop if one is wanted that has not finished.
pub fn enter_if_wanted() {
    unsafe {
        cpu::interrupts_off();
        if cpu::load_acquire(&raw const WANTED) != cpu::load_acquire(&raw const FINISHED) {
            stopper();
        }
        cpu::interrupts_on();
    }
}

/// Arrives, waits for the work to be done or does it, synchronizes, leaves.
unsafe fn stopper() {
    unsafe {
        let mine = WANTED;
        if cpu::add(&raw mut ARRIVED, 1) == hart::count() {
            let function: Function = transmute(FUNCTION);
            function(ARGUMENT);
            cpu::store_release(&raw mut FINISHED, mine);
        } else {
            while cpu::load_acquire(&raw const FINISHED) != mine {
                cpu::relax()
            }
        }
        cpu::synchronize_fetches();
        cpu::add(&raw mut LEFT, 1);
    }
}
