//! The tick.

use crate::guest::hart;
use crate::guest::{cpu, firmware, params, schedule};
use crate::mini_core::*;

/// Starts this hart's tick, if the run has one.
pub fn start() {
    if params::get(params::TICK) != 0 {
        firmware::enable_timer();
        arm();
    }
}

/// The next tick: half the interval to one and a half from now, by the hart's random numbers, so that no two harts and no
/// two seeds keep in step.
fn arm() {
    let hart = hart::this();
    unsafe {
        (*hart).random = schedule::random((*hart).random);
        let interval = cpu::divide(params::get(params::TICK), firmware::TIMER_NANOSECONDS) + 1;
        let part = (((*hart).random >> 40u64) * interval) >> 24u64;
        firmware::set_timer(firmware::time() + (interval >> 1u64) + part);
    }
}

/// The hard part of a tick: the next one, the end of a time slice, migration. Interrupts are off.
pub fn tick() {
    let hart = hart::this();
    unsafe {
        (*hart).ticks += 1;
        volatile_store(&raw mut (*hart).need_resched, 1);
    }
    arm();
    schedule::migrate();
}
