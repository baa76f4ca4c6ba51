//! Interrupts between harts, voluntary points and quiescence: what a kernel without preemption builds on.

use crate::guest::{cpu, firmware, hart, stop_machine};
use crate::mini_core::*;

/// The handler: notes that something is wanted, and that the interrupt has been taken.
pub fn answer() {
    let me = hart::this();
    unsafe {
        volatile_store(&raw mut (*me).need_resched, 1);
        let asked = cpu::load_acquire(&raw const (*me).ipi_asked);
        cpu::store_release(&raw mut (*me).ipi_seen, asked);
    }
}

/// Waits until every other hart has taken an interrupt after this call began. Taking one is a context synchronization
/// event, so afterwards no hart of the machine executes an instruction that it fetched before.
pub fn synchronize() {
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
}

/// Waits until every other hart has passed a voluntary point or was asleep: no call that began before this one is still
/// under way, in a trampoline or a tracer.
pub fn quiesce() {
    let me = hart::this();
    let mut n = 0u64;
    cpu::fence();
    while n < hart::count() {
        let hart = hart::number(n);
        unsafe {
            let before = cpu::load_acquire(&raw const (*hart).passes);
            while hart != me
                && cpu::load_acquire(&raw const (*hart).idle) == 0
                && cpu::load_acquire(&raw const (*hart).passes) == before
            {
                cpu::relax()
            }
        }
        n += 1;
    }
}

/// Sleeps until `*word` differs from `old`; answers stop_machine meanwhile.
pub unsafe fn sleep_while(word: *const u64, old: u64) {
    let me = hart::this();
    unsafe {
        cpu::store_release(&raw mut (*me).idle, 1);
        while cpu::load_acquire(word) == old {
            cpu::interrupts_off();
            // Asleep with interrupts masked: one that comes after the test still ends the sleep.
            if volatile_load(&raw const (*me).need_resched) == 0 && cpu::load_acquire(word) == old {
                cpu::wait_for_interrupt();
            }
            cpu::interrupts_on();
            voluntary_point();
        }
        volatile_store(&raw mut (*me).idle, 0);
        // Not asleep in anyone's eyes before it calls anything.
        cpu::fence();
    }
}

/// Changes a word that harts sleep on, and wakes them.
pub unsafe fn wake(word: *mut u64, value: u64) {
    unsafe { cpu::store_release(word, value) };
    firmware::interrupt_others();
}

/// A point between calls, where no traced code and no trampoline is on the stack.
#[inline(always)]
pub fn voluntary_point() {
    let me = hart::this();
    unsafe {
        cpu::store_release(&raw mut (*me).passes, (*me).passes + 1);
        if volatile_load(&raw const (*me).need_resched) != 0 {
            volatile_store(&raw mut (*me).need_resched, 0);
            stop_machine::enter_if_wanted();
        }
    }
}
