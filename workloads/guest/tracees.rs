//! The traced functions as the drivers see them: numbered, each with arguments and the result it must give.
//!
//! Numbers go first through the corpus (tracees/corpus.rs), then through the generated functions.

use crate::guest::ftrace::{hash, sites};
use crate::guest::{console, params, thread};
use crate::scheme;

unsafe extern "C" {
    pub fn tracee_relevant();
    pub fn tracee_irrelevant();
    pub fn tracee_nested(depth: u64, again: u64) -> u64;
    static corpus_tracees: u64;
    static corpus_count: u64;
    static generated_tracees: u64;
    static generated_count: u64;
    fn checked_call() -> Outcome;
    static checked_call_return: u8;
}

/// What `checked_call` returns.
#[repr(C)]
pub struct Outcome {
    pub result: u64,
    /// 0, or 1 when a callee-saved register or the stack pointer changed, or 2 when the call trapped.
    pub status: u64,
}

/// Results of the first [`used`] tracees, from calls before anything was traced.
static mut RESULTS: u64 = 0;

/// Prepares the tracees that this run uses: calls each once, untraced, for the result that it must always give.
pub fn init() {
    let count = params::get(params::SITES);
    if count == 0 || count > unsafe { corpus_count + generated_count } {
        console::fail_with(text!("parameter sites out of range:"), count);
    }
    unsafe {
        RESULTS = hash::allocate(count);
        let mut n = 0u64;
        while n < count {
            let outcome = call(n);
            if outcome.status != 0 {
                console::fail_with(text!("an untraced call failed:"), function(n));
            }
            *((RESULTS + n * 8) as *mut u64) = outcome.result;
            n += 1;
        }
    }
}

/// Number of tracees that this run uses.
pub fn used() -> u64 {
    params::get(params::SITES)
}

/// Address of tracee `n`.
pub fn function(n: u64) -> u64 {
    unsafe {
        let table = if n < corpus_count {
            &raw const corpus_tracees as u64 + n * 8
        } else {
            &raw const generated_tracees as u64 + (n - corpus_count) * 8
        };
        *(table as *const u64)
    }
}

/// Result that tracee `n` must give.
pub fn result(n: u64) -> u64 {
    unsafe { *((RESULTS + n * 8) as *const u64) }
}

/// Where a checked call returns to: what its tracers get as parent.
pub fn return_address() -> u64 {
    &raw const checked_call_return as u64
}

/// Calls tracee `n` with its arguments, checked.
pub fn call(n: u64) -> Outcome {
    let me = thread::current();
    unsafe {
        (*me).call.function = function(n);
        let arguments = &raw mut (*me).call.arguments as u64;
        let mut i = 0u64;
        let mut value = n;
        while i < 8 {
            value = value * 0x5851_F42D_4C95_7F2D + 0x1405_7B7E_F767_814F;
            *((arguments + i * 8) as *mut u64) = value >> 20u64;
            i += 1;
        }
        (*me).call.hits = 0;
        (*me).call.kinds = 0;
        (*me).call.faults = 0;
        checked_call()
    }
}

/// The sites of the tracees that this run uses, as indices, ascending.
pub fn site_indices() -> *const u64 {
    let total = sites::count();
    let indices = hash::allocate(used());
    let marks = hash::allocate(total);
    if !scheme::HAS_SITES {
        return indices as *const u64;
    }
    unsafe {
        let mut n = 0u64;
        while n < used() {
            *((marks + sites::of_function(function(n)) * 8) as *mut u64) = 1;
            n += 1;
        }
        let mut next = indices;
        n = 0;
        while n < total {
            if *((marks + n * 8) as *const u64) != 0 {
                *(next as *mut u64) = n;
                next += 8;
            }
            n += 1;
        }
    }
    indices as *const u64
}
