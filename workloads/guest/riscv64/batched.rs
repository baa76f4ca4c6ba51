//! The order of patching that schemes with literals share: data, one flush, instructions, one flush.
//!
//! 1. Store the literals of all sites.
//! 2. fence.i; fence w,o; SBI remote_fence_i. By the base fetch rules a hart may execute a new instruction and then load an
//!    old literal (litmus MP.FR+fence.w.w+reg-addr is allowed), so the literals must be everywhere before the first
//!    instruction is written. Left out when no site is turned on: nothing can then be called that was not before.
//! 3. Store the instructions of the sites that are turned on or off.
//! 4. fence.i; fence w,o; remote_fence_i. When that is done no hart executes an old instruction.
//!
//! When no site is turned on or off (retarget) there is no flush: literals are data, and data is coherent.

use crate::guest::firmware;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::{Change, Update};

/// Number `n` of the updates.
pub unsafe fn nth(change: *const Change, n: u64) -> *const Update {
    unsafe { ((*change).updates as u64 + n * 24) as *const Update }
}

/// Whether a site is turned on or off.
pub unsafe fn turned(update: *const Update) -> bool {
    unsafe { ((*update).old as u64 == 0) != ((*update).new as u64 == 0) }
}

/// What a literal must hold: an ops, also while the site is off, since a hart may be on its way to read it.
pub fn literal(ops: *mut Ops) -> *mut Ops {
    if ops as u64 == 0 { ops::nop_ops() } else { ops }
}

/// Makes a change. `data` writes the literals of a function's site for an ops, `instructions` turns the site on or off.
#[inline(always)]
pub unsafe fn apply(
    change: *const Change,
    data: unsafe fn(function: u64, ops: *mut Ops),
    instructions: unsafe fn(function: u64, on: bool),
) {
    unsafe {
        let mut any_on = false;
        let mut any = false;
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth(change, n);
            data((*(*update).site).function, literal((*update).new));
            any = any | turned(update);
            any_on = any_on | (turned(update) & ((*update).new as u64 != 0));
            n += 1;
        }
        if any_on {
            firmware::flush_icache_all();
        }
        if any {
            write_instructions(change, instructions);
            firmware::flush_icache_all();
        }
    }
}

/// Step 3 alone.
#[inline(always)]
pub unsafe fn write_instructions(change: *const Change, instructions: unsafe fn(function: u64, on: bool)) {
    let mut n = 0u64;
    unsafe {
        while n < (*change).count {
            let update = nth(change, n);
            if turned(update) {
                instructions((*(*update).site).function, (*update).new as u64 != 0);
            }
            n += 1;
        }
    }
}

/// Ends the run unless the `words` double words from `at` on are 2-byte nops, as the compiler leaves them, and `at` is
/// 8-byte aligned.
pub unsafe fn expect_nops(at: u64, words: u64) {
    let mut n = 0u64;
    while n < words {
        if at & 7 != 0 || unsafe { *((at + n * 8) as *const u64) } != crate::guest::encode::FOUR_C_NOPS {
            crate::guest::console::fail_with(text!("not a call site:"), at);
        }
        n += 1;
    }
}
