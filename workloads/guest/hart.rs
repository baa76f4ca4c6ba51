//! The harts and their records.

use crate::guest::{cpu, firmware, params};
use crate::mini_core::*;

/// One hart's record. Only its own hart writes it, except where a field says otherwise. A record fills whole cache lines.
#[repr(C)]
pub struct Hart {
    /// Number: 0 is the boot hart (offsets.inc: HART_ID).
    pub id: u64,
    /// Stack pointer and pc to go on with after a fault; pc 0 when a fault is fatal (HART_RECOVER_SP, HART_RECOVER_PC).
    pub recover_sp: u64,
    pub recover_pc: u64,
    /// Hart id, or MPIDR affinity.
    pub physical: u64,
    /// Set by the IPI handler: go through [`crate::guest::ipi::voluntary_point`] soon.
    pub need_resched: u64,
    /// Above 0 while a tracer must not be preempted.
    pub preempt_count: u64,
    /// Bits of the contexts in which the list function runs.
    pub recursion: u64,
    /// Voluntary points passed.
    pub passes: u64,
    /// 1 while it sleeps and runs no traced code.
    pub idle: u64,
    /// Number of the last IPI it was asked to answer; written by the asking hart.
    pub ipi_asked: u64,
    /// Number of the last IPI it has answered.
    pub ipi_seen: u64,
    /// 1 when it runs.
    pub online: u64,
    /// The checked call under way (HART_FUNCTION, HART_ARGUMENTS).
    pub call: CallRecord,
    /// Totals of the calls that it has checked.
    pub tally: Tally,
    padding: [u64; 7],
}

/// The call that is being made, and what tracers saw of it.
#[repr(C)]
pub struct CallRecord {
    /// Address of the called function.
    pub function: u64,
    pub arguments: [u64; 8],
    /// Times that a tracer was called.
    pub hits: u64,
    /// Bit n: a tracer of kind n was called.
    pub kinds: u64,
    /// Bits of what the tracers found wrong (tracers.rs).
    pub faults: u64,
}

/// Totals of checked calls.
#[repr(C)]
pub struct Tally {
    pub calls: u64,
    /// Calls that a tracer saw.
    pub traced: u64,
    /// Calls with anything wrong; the rest says what, a call may count several times.
    pub wrong: u64,
    pub trapped: u64,
    pub registers: u64,
    pub results: u64,
    pub tracers: u64,
    pub untimely: u64,
    /// 1 when it makes no more calls.
    pub finished: u64,
}

pub const MAX: u64 = 64;

#[repr(C, align(64))]
struct Harts([[u64; 40]; 64]);
#[unsafe(no_mangle)]
static mut harts: Harts = Harts([[0; 40]; 64]);
#[repr(C, align(4096))]
struct Stacks([[u64; 2048]; 64]);
#[unsafe(no_mangle)]
static mut stacks: Stacks = Stacks([[0; 2048]; 64]);
static mut COUNT: u64 = 1;

#[inline(always)]
pub fn this() -> *mut Hart {
    cpu::this_hart()
}

/// Record of hart number `n`.
#[inline(always)]
pub fn number(n: u64) -> *mut Hart {
    (&raw mut harts as u64 + n * 320) as *mut Hart
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
    cpu::enable_ipis();
    crate::guest::secondary()
}

/// Starts harts 1 to `wanted` - 1 and waits until they run.
pub fn start_others(wanted: u64, boot: u64) {
    let mut n = 1u64;
    while n < wanted {
        let hart = number(n);
        unsafe {
            (*hart).id = n;
            (*hart).physical = firmware::physical_id(n, boot);
            cpu::fence();
            if !firmware::start_hart(hart, secondary_start as u64) {
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
