//! Threads: their records, stacks and saved register frames.
//!
//! The record of the running thread is found through a register of its own (tp, or SP_EL0), as `current` is in Linux. What
//! belongs to a checked call stands in it and not in the hart's record, so that it moves with the thread.
//!
//! Thread n below 64 is what hart n boots with: the driver on hart 0, the idle thread elsewhere. The next 64 are the harts'
//! stoppers, then comes hart 0's idle thread, then the callers.

use crate::guest::hart::{self, Hart};
use crate::guest::trap::Frame;
use crate::guest::{console, cpu};
use crate::mini_core::*;

/// One thread's record, in whole cache lines.
#[repr(C)]
pub struct Thread {
    /// Where it runs, or will when its turn comes (offsets.inc: THREAD_HART).
    pub hart: *mut Hart,
    /// Number (THREAD_ID): also that of its stack.
    pub id: u64,
    /// Stack pointer while it does not run (THREAD_SP); what switch.S saved lies there.
    pub sp: u64,
    /// Stack pointer and pc to go on with after a fault; pc 0 when a fault is fatal (THREAD_RECOVER_SP, THREAD_RECOVER_PC).
    pub recover_sp: u64,
    pub recover_pc: u64,
    /// Above 0 while it must not be preempted.
    pub preempt_count: u64,
    /// Bits of the contexts in which the list function runs.
    pub recursion: u64,
    /// Innermost of the register frames that traps have saved on its stack, or null; each names the next outer one.
    pub frame: *mut Frame,
    /// [`RUNNABLE`] or [`ENDED`].
    pub state: u64,
    /// Next in a run queue.
    pub next: *mut Thread,
    /// Voluntary points passed: quiescent states of RCU-tasks.
    pub passes: u64,
    /// State of its random numbers.
    pub random: u64,
    /// The checked call under way (THREAD_FUNCTION, THREAD_ARGUMENTS).
    pub call: CallRecord,
    /// Totals of the calls that it has checked.
    pub tally: Tally,
    /// Value of `passes` when the grace period under way began; written by who waits for it.
    pub held_at: u64,
    /// The call that the soft part of a tick has interrupted.
    pub interrupted: CallRecord,
    padding: [u64; 3],
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
}

/// State: running or in a run queue.
pub const RUNNABLE: u64 = 0;
/// State: never runs again.
pub const ENDED: u64 = 1;

/// Bytes of a record.
const BYTES: u64 = 384;
/// Most threads of a run.
const CAPACITY: u64 = 578;
const FIRST_STOPPER: u64 = 64;
const FIRST_IDLE: u64 = 128;
/// Number of the first caller.
pub const FIRST_CALLER: u64 = 129;
/// Most callers of a run.
pub const MAX_CALLERS: u64 = CAPACITY - FIRST_CALLER;

#[repr(C, align(64))]
struct Threads([[u64; 48]; 578]);
#[unsafe(no_mangle)]
static mut threads: Threads = Threads([[0; 48]; 578]);
#[repr(C, align(4096))]
struct Stacks([[u64; 2048]; 578]);
#[unsafe(no_mangle)]
static mut stacks: Stacks = Stacks([[0; 2048]; 578]);
static mut CALLERS: u64 = 0;

const STACK_SHIFT: u64 = 14;

unsafe extern "C" {
    fn thread_entry();
}

/// The running thread.
#[inline(always)]
pub fn current() -> *mut Thread {
    cpu::current_thread()
}

/// Record of thread number `n`.
#[inline(always)]
pub fn number(n: u64) -> *mut Thread {
    (&raw mut threads as u64 + n * BYTES) as *mut Thread
}

/// Caller number `n`, from 0.
pub fn caller(n: u64) -> *mut Thread {
    number(FIRST_CALLER + n)
}

/// Number of callers created so far.
pub fn callers() -> u64 {
    unsafe { volatile_load(&raw const CALLERS) }
}

/// Forbids preemption of the running thread until [`preempt_enable`]; nests.
#[inline(always)]
pub fn preempt_disable() {
    let me = current();
    unsafe { volatile_store(&raw mut (*me).preempt_count, (*me).preempt_count + 1) }
}

/// Allows it again. Whoever wanted to preempt meanwhile does so at the next interrupt.
#[inline(always)]
pub fn preempt_enable() {
    let me = current();
    unsafe { volatile_store(&raw mut (*me).preempt_count, (*me).preempt_count - 1) }
}

/// Prepares a thread that begins with `entry(argument)`, interrupts off.
unsafe fn create(id: u64, hart: *mut Hart, entry: extern "C" fn(u64) -> !, argument: u64) -> *mut Thread {
    let thread = number(id);
    unsafe {
        (*thread).id = id;
        (*thread).hart = hart;
        let top = &raw mut stacks as u64 + ((id + 1) << STACK_SHIFT);
        (*thread).sp = cpu::first_context(top, thread_entry as u64, entry as u64, argument);
    }
    thread
}

/// The stopper of a hart.
pub unsafe fn create_stopper(hart: *mut Hart, entry: extern "C" fn(u64) -> !) -> *mut Thread {
    unsafe { create(FIRST_STOPPER + (*hart).id, hart, entry, 0) }
}

/// The idle thread of hart 0, whose boot thread has work to do.
pub unsafe fn create_idle(hart: *mut Hart, entry: extern "C" fn(u64) -> !) -> *mut Thread {
    unsafe { create(FIRST_IDLE, hart, entry, 0) }
}

/// One more caller; it does not run before it is put into a run queue.
pub unsafe fn create_caller(hart: *mut Hart, entry: extern "C" fn(u64) -> !, argument: u64) -> *mut Thread {
    unsafe {
        if CALLERS == MAX_CALLERS {
            console::fail(text!("too many threads"));
        }
        let thread = create(FIRST_CALLER + CALLERS, hart, entry, argument);
        cpu::store_release(&raw mut CALLERS, CALLERS + 1);
        thread
    }
}

/// Calls `visit(frame, argument)` for every register frame saved on any thread's stack, innermost first. The machine must
/// be stopped.
#[inline(never)]
pub unsafe fn for_each_frame(visit: unsafe fn(*mut Frame, u64), argument: u64) {
    let mut n = 0u64;
    while n < FIRST_CALLER + callers() {
        unsafe {
            let mut frame = (*number(n)).frame;
            while frame as u64 != 0 {
                visit(frame, argument);
                frame = (*frame).outer;
            }
        }
        n += 1;
    }
}

/// The record that hart `n` boots with.
pub unsafe fn prepare_boot(n: u64) -> *mut Thread {
    let thread = number(n);
    unsafe {
        (*thread).id = n;
        (*thread).hart = hart::number(n);
    }
    thread
}
