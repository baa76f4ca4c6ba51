//! Function graph: a tracer that sees a call begin and end, by taking the place of its return address.
//!
//! The entry handler, called as any tracer is, notes the return address on a stack of its own and puts that of
//! `graph_return_trampoline` (graph.S) where the trampoline restores it from. The function returns there; the return handler
//! takes the note back and tells where to go on. As in Linux (kernel/trace/fgraph.c, ftrace_graph_func), without the
//! clock, and with one handler: what Linux pays for looking through several is not here. The return-address stack of the core
//! mispredicts at each end of a call, as in Linux on both ISAs.
//!
//! Notes belong to the thread that calls, wherever it runs: functions nest, and so do they, and those of calls from interrupts
//! lie behind those of the interrupted ones.

use crate::guest::ftrace::ops::Ops;
use crate::guest::ftrace::sites;
use crate::guest::thread::{self, Thread};
use crate::guest::{console, params, tracers};
use crate::mini_core::*;
use crate::scheme;

unsafe extern "C" {
    fn graph_return_trampoline();
}

/// What is noted of a call that has begun.
#[repr(C)]
struct Note {
    /// Where its caller waits.
    parent: u64,
    /// The address that tracers get.
    ip: u64,
    /// The ops that saw it begin; it may be gone when the call ends.
    kind: u64,
    unused: u64,
}

/// Deepest nesting that is traced; deeper calls go unseen, as in Linux (FTRACE_RETFUNC_DEPTH is 50 there).
pub const DEPTH: u64 = 50;

/// The notes of a thread.
#[repr(C)]
struct Notes {
    /// Calls that have begun and not ended.
    depth: u64,
    /// Calls that have ended, of the checked call under way.
    returns: u64,
    unused: [u64; 6],
}

/// For each thread a head, then 50 notes.
#[repr(C, align(64))]
struct Stacks([[u64; 208]; 578]);
static mut STACKS: Stacks = Stacks([[0; 208]; 578]);
/// Calls that ended, of the measured runs.
static mut RETURNS: u64 = 0;

/// Whether this run's tracers are entry and return handlers.
pub fn wanted() -> bool {
    params::get(params::TRACER) == params::GRAPH
}

fn notes_of(thread: *mut Thread) -> *mut Notes {
    (&raw mut STACKS as u64 + unsafe { (*thread).id } * 1664) as *mut Notes
}

fn note(notes: *mut Notes, n: u64) -> *mut Note {
    (notes as u64 + 64 + n * 32) as *mut Note
}

/// Where the trampoline keeps the return address, of what it saved.
#[cfg(target_arch = "aarch64")]
fn return_slot(arguments: u64) -> *mut u64 {
    (arguments + 88) as *mut u64
}

/// The same: ra, before the arguments.
#[cfg(target_arch = "riscv64")]
fn return_slot(arguments: u64) -> *mut u64 {
    (arguments - 40) as *mut u64
}

/// Notes the call and takes the place of its return address, unless it is nested too deeply.
#[inline(always)]
unsafe fn begin(ip: u64, parent: u64, kind: u64, registers: *mut u64) {
    unsafe {
        let notes = notes_of(thread::current());
        let n = volatile_load(&raw const (*notes).depth);
        if n == DEPTH {
            return;
        }
        // The place is taken first: an interrupt in which calls are traced puts its notes behind it.
        volatile_store(&raw mut (*notes).depth, n + 1);
        let note = note(notes, n);
        (*note).parent = parent;
        (*note).ip = ip;
        (*note).kind = kind;
        *return_slot(registers as u64 + scheme::SAVED_ARGUMENTS) = graph_return_trampoline as u64;
    }
}

/// Entry handler of the measured runs.
pub extern "C" fn enter(ip: u64, parent: u64, _ops: *mut Ops, registers: *mut u64) {
    unsafe { begin(ip, parent, 0, registers) }
}

/// Entry handler that checks, as kind A.
pub extern "C" fn enter_a(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    tracers::checking_a(ip, parent, ops, registers);
    unsafe { begin(ip, parent, tracers::KIND_A, registers) }
}

/// Entry handler that checks, as kind B.
pub extern "C" fn enter_b(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    tracers::checking_b(ip, parent, ops, registers);
    unsafe { begin(ip, parent, tracers::KIND_B, registers) }
}

/// Return handler (graph.S calls it): where to go on.
#[unsafe(no_mangle)]
extern "C" fn graph_return() -> u64 {
    unsafe {
        let me = thread::current();
        let notes = notes_of(me);
        let n = volatile_load(&raw const (*notes).depth);
        if n == 0 {
            console::fail(text!("a call returned that never began"));
        }
        let note = note(notes, n - 1);
        let parent = (*note).parent;
        if (*note).kind == 0 {
            RETURNS += 1;
        } else {
            finish(me, notes, note);
        }
        // The place is given back last.
        volatile_store(&raw mut (*notes).depth, n - 1);
        parent
    }
}

/// Checks the end of a checked call: it must be the one that is under way, and its tracer have seen it begin.
unsafe fn finish(me: *mut Thread, notes: *mut Notes, note: *const Note) {
    unsafe {
        (*notes).returns += 1;
        if (*note).ip != sites::ip((*me).call.function) {
            (*me).call.faults |= tracers::WRONG_IP;
        }
        if (*me).call.kinds & (1u64 << (*note).kind) == 0 {
            (*me).call.faults |= tracers::WRONG_OPS;
        }
    }
}

/// Calls of the measured runs that ended.
pub fn returns() -> u64 {
    unsafe { volatile_load(&raw const RETURNS) }
}

/// What a checked call finds before it begins.
#[repr(C)]
pub struct Mark {
    depth: u64,
    returns: u64,
}

/// Notes where this thread's notes stand.
pub fn mark() -> Mark {
    unsafe {
        let notes = notes_of(thread::current());
        let mark = Mark { depth: (*notes).depth, returns: (*notes).returns };
        (*notes).returns = 0;
        mark
    }
}

/// Whether each of the `hits` calls that were seen to begin since the mark has been seen to end; puts things back as the mark has
/// them, since a call that trapped never ends.
pub fn all_ended(mark: Mark, hits: u64) -> bool {
    unsafe {
        let notes = notes_of(thread::current());
        let ended = (*notes).depth == mark.depth && (*notes).returns == hits;
        (*notes).depth = mark.depth;
        (*notes).returns = mark.returns;
        ended
    }
}
