//! The two functions of the overhead measurements: empty, as in the Linux sample module samples/ftrace/ftrace-ops.c; and one that
//! nests.

use crate::mini_core::*;

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tracee_relevant() {}

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tracee_irrelevant() {}

/// Calls itself, through a pointer that the compiler cannot see through, so many times; returns that number.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn tracee_nested(depth: u64, again: u64) -> u64 {
    if depth == 0 {
        return 0;
    }
    let next: extern "C" fn(u64, u64) -> u64 = unsafe { transmute(again) };
    next(depth - 1, again) + 1
}
