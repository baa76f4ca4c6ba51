//! The harts and their records.

use crate::guest::thread::{self, Thread};
use crate::guest::{cpu, firmware, params, schedule, timer};
use crate::mini_core::*;

/// One hart's record, in whole cache lines. Only its own hart writes it, except where a field says otherwise.
#[repr(C)]
pub struct Hart {
    /// Number: 0 is the boot hart.
    pub id: u64,
    /// Hart id, or MPIDR affinity.
    pub physical: u64,
    /// Set by interrupts: go through the scheduler soon.
    pub need_resched: u64,
    /// What it runs when there is nothing to run.
    pub idle: *mut Thread,
    /// What it runs while the machine is stopped.
    pub stopper: *mut Thread,
    /// Number of the last stop it took part in.
    pub stopped: u64,
    /// Its run queue: first, last, and the lock of both. Any hart may append.
    pub first: *mut Thread,
    pub last: *mut Thread,
    pub queue_lock: u64,
    /// Times that it went through the scheduler.
    pub switches: u64,
    /// State of its random numbers: phases of the tick, choice of whom to migrate.
    pub random: u64,
    /// Number of the last IPI it was asked to answer; written by the asking hart.
    pub ipi_asked: u64,
    /// Number of the last IPI it has answered.
    pub ipi_seen: u64,
    /// Number of the last function call it was asked to make; written by the asking hart.
    pub call_asked: u64,
    /// Number of the last it has made.
    pub call_made: u64,
    /// 1 when it runs.
    pub online: u64,
    /// What happened on it.
    pub ticks: u64,
    pub preemptions: u64,
    pub migrations: u64,
    padding: [u64; 5],
}

pub const MAX: u64 = 64;
/// Bytes of a record.
const BYTES: u64 = 192;

#[repr(C, align(64))]
struct Harts([[u64; 24]; 64]);
#[unsafe(no_mangle)]
static mut harts: Harts = Harts([[0; 24]; 64]);
static mut COUNT: u64 = 1;

/// The hart that the running thread is on: for good only while it cannot be preempted.
#[inline(always)]
pub fn this() -> *mut Hart {
    cpu::this_hart()
}

/// Record of hart number `n`.
#[inline(always)]
pub fn number(n: u64) -> *mut Hart {
    (&raw mut harts as u64 + n * BYTES) as *mut Hart
}

/// Number of harts that run.
#[inline(always)]
pub fn count() -> u64 {
    unsafe { volatile_load(&raw const COUNT) }
}

unsafe extern "C" {
    fn secondary_start();
}

/// First Rust code of every hart; `physical` is its hart id or MPIDR.
#[unsafe(no_mangle)]
extern "C" fn hart_start(physical: u64) -> ! {
    let me = this();
    firmware::start_interrupts(me);
    cpu::start_counters();
    unsafe {
        if (*me).id == 0 {
            (*me).physical = firmware::physical_id(0, physical);
            cpu::store_release(&raw mut (*me).online, 1);
            crate::guest::main(physical);
        }
        cpu::store_release(&raw mut (*me).online, 1);
    }
    timer::start();
    cpu::enable_interrupts();
    schedule::idle(0)
}

/// Gives every hart that shall run its threads.
pub fn prepare(wanted: u64) {
    let mut n = 0u64;
    while n < wanted {
        let hart = number(n);
        unsafe {
            (*hart).id = n;
            (*hart).random = schedule::seed(n);
            let boot = thread::prepare_boot(n);
            (*hart).idle = if n == 0 { thread::create_idle(hart, schedule::idle) } else { boot };
            (*hart).stopper = thread::create_stopper(hart, crate::guest::stop_machine::stopper);
        }
        n += 1;
    }
}

/// Starts harts 1 to `wanted` - 1 and waits until they run.
pub fn start_others(wanted: u64, boot: u64) {
    let mut n = 1u64;
    while n < wanted {
        let hart = number(n);
        unsafe {
            (*hart).physical = firmware::physical_id(n, boot);
            cpu::fence();
            if !firmware::start_hart(hart, secondary_start as u64, thread::number(n) as u64) {
                crate::guest::console::fail_with(text!("cannot start hart"), n);
            }
            while cpu::load_acquire(&raw const (*hart).online) == 0 {
                cpu::relax()
            }
            COUNT = n + 1;
        }
        n += 1;
    }
}

/// Harts asked for, checked.
pub fn wanted() -> u64 {
    let wanted = params::get(params::HARTS);
    if wanted == 0 || wanted > MAX {
        crate::guest::console::fail_with(text!("parameter harts out of range:"), wanted);
    }
    wanted
}
