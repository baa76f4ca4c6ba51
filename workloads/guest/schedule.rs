//! The scheduler: a run queue for each hart, preemption by three models, migration.
//!
//! - `none`: an interrupt never switches threads; a thread gives up its hart between calls (Linux: cond_resched).
//! - `voluntary`: also in functions that say so (`might_resched`, which the corpus calls through its helper).
//! - `full`: also at the end of any interrupt, while the thread's preempt count is 0.
//!
//! A queue is first in, first out; the stopper comes before all. Only the hart itself takes from its queue, with interrupts
//! off, so whoever finds a thread in a queue finds its context saved. A tick may move the first waiting thread to another
//! hart, both chosen by the hart's random numbers.
//!
//! Migration brings no fence.i, as for Linux's kernel threads: a change of kernel text is flushed on all harts by who makes
//! it. (Linux's deferred fence.i of switch_mm, and the one of a thread that set PR_RISCV_SET_ICACHE_FLUSH_CTX, are about
//! user mappings.) Hart 0 runs the driver, which stays there; nobody is moved to it.

use crate::guest::hart::{self, Hart};
use crate::guest::stop_machine;
use crate::guest::thread::{self, Thread};
use crate::guest::{cpu, firmware, params, sync};
use crate::mini_core::*;

unsafe extern "C" {
    fn switch_to(from: *mut Thread, to: *mut Thread);
}

/// Start of a sequence of random numbers that no other `n` has in this run.
pub fn seed(n: u64) -> u64 {
    (params::get(params::SEED) + n) * 0x9E37_79B9_7F4A_7C15 | 1
}

/// The next number of an xorshift sequence.
#[inline(always)]
pub fn random(state: u64) -> u64 {
    let mut x = state;
    x ^= x << 13u64;
    x ^= x >> 7u64;
    x ^ (x << 17u64)
}

/// True when an interrupt may switch threads.
#[inline(always)]
pub fn fully_preemptible() -> bool {
    params::get(params::PREEMPTION) == params::FULL
}

unsafe fn lock_queue(hart: *mut Hart) {
    unsafe {
        while sync::try_lock(&raw mut (*hart).queue_lock) == false {
            cpu::relax();
        }
    }
}

/// Appends a thread to a run queue. Interrupts are off.
unsafe fn append(hart: *mut Hart, thread: *mut Thread) {
    unsafe {
        lock_queue(hart);
        (*thread).next = 0 as *mut Thread;
        if (*hart).first as u64 == 0 {
            volatile_store(&raw mut (*hart).first as *mut u64, thread as u64);
        } else {
            (*(*hart).last).next = thread;
        }
        (*hart).last = thread;
        sync::unlock(&raw mut (*hart).queue_lock);
    }
}

/// Takes the first thread of this hart's run queue, or null. Interrupts are off.
unsafe fn take(hart: *mut Hart) -> *mut Thread {
    unsafe {
        if volatile_load(&raw const (*hart).first as *const u64) == 0 {
            return 0 as *mut Thread;
        }
        lock_queue(hart);
        let thread = (*hart).first;
        (*hart).first = (*thread).next;
        sync::unlock(&raw mut (*hart).queue_lock);
        thread
    }
}

/// Makes a thread run on a hart, in its turn. Interrupts are off.
unsafe fn place(hart: *mut Hart, thread: *mut Thread) {
    unsafe {
        (*thread).hart = hart;
        append(hart, thread);
        firmware::interrupt(hart);
    }
}

/// Makes a new thread run.
pub unsafe fn start(thread: *mut Thread) {
    unsafe {
        cpu::interrupts_off();
        place((*thread).hart, thread);
        cpu::interrupts_on();
    }
}

/// Goes on with the next thread of this hart. Interrupts are off, before and after.
pub fn schedule() {
    switch(false);
}

fn switch(preempted: bool) {
    let me = thread::current();
    unsafe {
        let hart = (*me).hart;
        volatile_store(&raw mut (*hart).need_resched, 0);
        cpu::store_release(&raw mut (*hart).switches, (*hart).switches + 1);
        if me != (*hart).idle && me != (*hart).stopper && (*me).state == thread::RUNNABLE {
            append(hart, me);
        }
        let next = if stop_machine::wants((*hart).stopped) {
            (*hart).stopper
        } else {
            let first = take(hart);
            if first as u64 == 0 { (*hart).idle } else { first }
        };
        if next != me {
            (*hart).preemptions += preempted as u64;
            switch_to(me, next);
        }
    }
}

/// Gives up the hart for a turn.
pub fn yield_now() {
    cpu::interrupts_off();
    schedule();
    cpu::interrupts_on();
}

/// Ends the running thread.
pub fn exit() -> ! {
    let me = thread::current();
    unsafe {
        cpu::interrupts_off();
        cpu::store_release(&raw mut (*me).state, thread::ENDED);
        schedule();
        loop {}
    }
}

/// A point between calls, where no traced code and no trampoline is on the stack: a quiescent state, and a place to give
/// up the hart in every model.
#[inline(always)]
pub fn voluntary_point() {
    let me = thread::current();
    unsafe {
        cpu::store_release(&raw mut (*me).passes, (*me).passes + 1);
        if volatile_load(&raw const (*(*me).hart).need_resched) != 0 {
            yield_now();
        }
    }
}

/// A point in a function's body where it may sleep (Linux: might_resched): under `voluntary` a switch. No quiescent state:
/// its caller may be a trampoline that waits for the body's return.
#[unsafe(no_mangle)]
extern "C" fn might_resched() {
    if params::get(params::PREEMPTION) == params::VOLUNTARY {
        let me = thread::current();
        unsafe {
            if (*me).preempt_count == 0 && volatile_load(&raw const (*(*me).hart).need_resched) != 0 {
                yield_now();
            }
        }
    }
}

/// The end of an interrupt or exception, with interrupts off: `full` switches here.
#[inline(always)]
pub fn preempt_if_wanted() {
    if fully_preemptible() {
        let me = thread::current();
        unsafe {
            while (*me).preempt_count == 0 && volatile_load(&raw const (*(*me).hart).need_resched) != 0 {
                let hart = (*me).hart;
                if me == (*hart).idle || me == (*hart).stopper {
                    return;
                }
                switch(true);
            }
        }
    }
}

/// Of a tick: one in four moves the first waiting thread to another hart. Interrupts are off.
pub fn migrate() {
    let hart = hart::this();
    unsafe {
        let others = hart::count() - 1;
        if (*hart).id == 0 || others < 2 {
            return;
        }
        let chosen = random((*hart).random);
        (*hart).random = chosen;
        if (chosen >> 60u64) & 3 != 0 {
            return;
        }
        let target = hart::number(1 + (((chosen >> 32u64) & 0xFFF_FFFF) * others >> 28u64));
        if target == hart {
            return;
        }
        let thread = take(hart);
        if thread as u64 != 0 {
            (*hart).migrations += 1;
            place(target, thread);
        }
    }
}

/// What a hart does when there is nothing to do.
pub extern "C" fn idle(_: u64) -> ! {
    let hart = hart::this();
    loop {
        unsafe {
            cpu::interrupts_off();
            // Asleep with interrupts masked: one that comes after the test still ends the sleep.
            if volatile_load(&raw const (*hart).need_resched) == 0
                && volatile_load(&raw const (*hart).first as *const u64) == 0
            {
                cpu::wait_for_interrupt();
            }
            schedule();
            cpu::interrupts_on();
        }
    }
}
