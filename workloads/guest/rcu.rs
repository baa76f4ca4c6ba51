//! Grace periods of the two kinds that ftrace waits for.

use crate::guest::{cpu, firmware, hart, marks, schedule, thread};

/// RCU-tasks: waits until every thread has passed a voluntary point, was not running anything, or has ended. A preempted
/// thread is waited for, wherever it is: afterwards nobody is in code, or holds a pointer, that could not be reached when
/// this began.
///
/// Linux's scan of the task list: each thread that is on a run queue is held out until its quiescent states have moved.
/// Idle threads and stoppers run no traced code. From a thread that is in none either.
#[inline(never)]
pub fn synchronize_tasks() {
    let me = thread::current();
    // Stores before the grace period are seen by whoever passes a point in it.
    cpu::fence();
    let count = thread::callers();
    unsafe {
        mark!(marks::WAIT);
        let mut n = 0u64;
        while n < count {
            let thread = thread::caller(n);
            (*thread).held_at = cpu::load_acquire(&raw const (*thread).passes);
            n += 1;
        }
        n = 0;
        while n < count {
            let thread = thread::caller(n);
            while thread != me
                && cpu::load_acquire(&raw const (*thread).state) == thread::RUNNABLE
                && cpu::load_acquire(&raw const (*thread).passes) == (*thread).held_at
            {
                schedule::voluntary_point();
                cpu::relax();
            }
            n += 1;
        }
        mark!(marks::WAIT_END);
    }
    cpu::fence();
}

/// RCU-tasks-rude: waits until every hart has gone through its scheduler. A thread that was preempted before is not waited
/// for: under `full` it may still be anywhere.
#[inline(never)]
pub fn synchronize_tasks_rude() {
    let mut n = 0u64;
    cpu::fence();
    unsafe {
        mark!(marks::WAIT);
        let me = hart::this();
        while n < hart::count() {
            let hart = hart::number(n);
            let before = cpu::load_acquire(&raw const (*hart).switches);
            if hart == me {
                schedule::yield_now();
            } else {
                firmware::interrupt(hart);
                while cpu::load_acquire(&raw const (*hart).switches) == before {
                    schedule::voluntary_point();
                    cpu::relax();
                }
            }
            n += 1;
        }
        mark!(marks::WAIT_END);
    }
    cpu::fence();
}
