//! Interrupts between harts.

use crate::guest::{cpu, firmware, hart, marks, params, rcu, stop_machine, sync, thread};
use crate::mini_core::*;

/// A function for [`on_each_hart`].
pub type Function = extern "C" fn(argument: u64);

static mut CALL_LOCK: u64 = 0;
static mut CALL_FUNCTION: u64 = 0;
static mut CALL_ARGUMENT: u64 = 0;

/// The handler: notes that something is wanted, makes the call that is asked for, notes that the interrupt has been taken.
pub fn answer() {
    let me = hart::this();
    unsafe {
        volatile_store(&raw mut (*me).need_resched, 1);
        if params::get(params::FLAGS) & params::STOP_IN_INTERRUPT != 0 {
            stop_machine::take_part(me);
        }
        let call = cpu::load_acquire(&raw const (*me).call_asked);
        if call != (*me).call_made {
            let function: Function = transmute(CALL_FUNCTION);
            function(CALL_ARGUMENT);
            cpu::store_release(&raw mut (*me).call_made, call);
        }
        let asked = cpu::load_acquire(&raw const (*me).ipi_asked);
        cpu::store_release(&raw mut (*me).ipi_seen, asked);
    }
}

/// Waits until every other hart has taken an interrupt after this call began. Taking one is a context synchronization
/// event, so afterwards no hart of the machine executes an instruction that it fetched before.
#[inline(never)]
pub fn synchronize() {
    thread::preempt_disable();
    unsafe { mark!(marks::ASK) }
    let me = hart::this();
    let mut n = 0u64;
    while n < hart::count() {
        let hart = hart::number(n);
        unsafe { cpu::store_release(&raw mut (*hart).ipi_asked, (*hart).ipi_asked + 1) };
        n += 1;
    }
    firmware::interrupt_others();
    n = 0;
    while n < hart::count() {
        let hart = hart::number(n);
        while hart != me && unsafe { cpu::load_acquire(&raw const (*hart).ipi_seen) != (*hart).ipi_asked } {
            cpu::relax()
        }
        n += 1;
    }
    unsafe { mark!(marks::ASK_END) }
    thread::preempt_enable();
}

/// Runs `function(argument)` on every hart, on the others in the interrupt handler, and waits until all have (Linux:
/// on_each_cpu with wait). Interrupts are on; not while the machine is stopped.
#[inline(never)]
pub fn on_each_hart(function: Function, argument: u64) {
    unsafe {
        sync::lock_mutex(&raw mut CALL_LOCK);
        thread::preempt_disable();
        mark!(marks::ASK);
        let me = hart::this();
        CALL_FUNCTION = function as u64;
        CALL_ARGUMENT = argument;
        let mut n = 0u64;
        while n < hart::count() {
            let hart = hart::number(n);
            if hart != me {
                cpu::store_release(&raw mut (*hart).call_asked, (*hart).call_asked + 1);
            }
            n += 1;
        }
        firmware::interrupt_others();
        function(argument);
        n = 0;
        while n < hart::count() {
            let hart = hart::number(n);
            while cpu::load_acquire(&raw const (*hart).call_made) != (*hart).call_asked {
                cpu::relax()
            }
            n += 1;
        }
        mark!(marks::ASK_END);
        thread::preempt_enable();
        sync::unlock(&raw mut CALL_LOCK);
    }
}

/// Waits until no call that began before this one is still under way, in a trampoline or a tracer.
pub fn quiesce() {
    rcu::synchronize_tasks();
}
