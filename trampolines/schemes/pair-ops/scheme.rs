//! pair-ops: each site has its own ops pointer beside it; the call is still two instructions, both patched.
//!
//! Idea: the classic RISC-V pair (see `pair`), with a literal of 8 bytes before the function, so that the trampoline finds
//! the site's own ops from its return address and nobody pays for the tracers of other functions. It solves the cost of
//! the list and none of the trouble of patching two instructions.
//! Sources: Puranjay Mohan's RFC of March 2024 (20240306165904.108141-1-puranjay12@gmail.com) and its discussion; the
//! variants' names say how the pair is written. The RFC left open what to do about preempted threads.
//!
//! ```text
//! func-08:  literal: the ops                         8-byte aligned
//! func+00:  nop  <->  auipc t0, hi20(trampoline)     8-byte aligned
//! func+04:  nop  <->  jalr t0, lo12(trampoline)(t0)
//! func+08:  body
//! ```
//! The compiler leaves 8 c.nop, 4 of them before the entry (`-Z patchable-function-entry=8,4`, functions aligned to 8). The
//! c.nops are made two 4-byte nops before anyone runs them.
//!
//! Protocol of `pair-ops/stop`: stop_machine. Every hart comes in at a voluntary point, where no site is under way; the last
//! one writes literals and pairs, in any order, since nobody is in between. Then each hart executes fence.i for itself.
//! When only literals change (retarget) nothing is stopped: the literal is data, written by one store of 8 bytes, and
//! every hart has either the old ops or the new one.
//!
//! Protocol of `pair-ops/live`, the negative control: literals, one flush, pairs (first instruction first), one flush, as
//! guest/riscv64/batched.rs explains step by step.
//!
//! Protocol of `pair64/plain`: as live, but step 3 writes each pair by one aligned store of 8 bytes, so that memory never
//! holds half a pair. It does not help enough. Ziccif, as the profiles have it, promises that 4 aligned bytes are fetched
//! at once, not 8: a hart may fetch the first instruction before the store and the second one after it. And where the
//! fetch is wide enough, an interrupt between the two instructions does the same: the hart fetches the second one anew.
//!
//! Claims: `stop` is safe as long as threads leave the processor only at voluntary points. `live` and `pair64/plain` claim
//! nothing.
//! Known to break: a hart that executes nop (old) and jalr (new) jumps to what t0 happened to hold; auipc (old) and nop
//! (new) is harmless. `stop` too, under preemption: it waits for harts, not for threads.
//!
//! Instruction counts: the disabled site costs +2, as in Linux 6.3 to 7.2. ops->func costs +40 with a tracer of one
//! instruction (trampoline 39), as `call-ops`, whose trampoline it is: a direct call, which the RFC has not, costs 4.

use crate::guest::batched;
use crate::guest::encode::{self, NOP, T0};
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::{self, Site};
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
/// The trampoline takes ops with a direct call.
pub const DIRECT_CALLS: bool = true;
pub const PER_SITE_OPS: bool = true;
#[cfg(scheme = "pair_ops_stop")]
pub const CLAIMS_SAFE: bool = true;
#[cfg(not(scheme = "pair_ops_stop"))]
pub const CLAIMS_SAFE: bool = false;
/// The compiler's table names the start of the patchable area, which begins with the literal.
pub const FUNCTION_FROM_ENTRY: u64 = 8;
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 8;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// Fills the literals and makes the nops 4 bytes long. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            batched::expect_nops(function - 8, 2);
            write_literal(function, ops::nop_ops());
            write_pair(function, false);
        }
        n += 1;
    }
}

unsafe fn write_literal(function: u64, ops: *mut Ops) {
    unsafe { volatile_store((function - 8) as *mut u64, ops as u64) }
}

/// Both instructions of a site.
fn pair(function: u64, on: bool) -> (u32, u32) {
    let trampoline = &raw const ftrace_trampoline as u64;
    if on {
        (encode::auipc(T0, function, trampoline), encode::jalr(T0, T0, function, trampoline))
    } else {
        (NOP, NOP)
    }
}

#[cfg(not(scheme = "pair64_plain"))]
unsafe fn write_pair(function: u64, on: bool) {
    let (first, second) = pair(function, on);
    unsafe {
        volatile_store(function as *mut u32, first);
        volatile_store((function + 4) as *mut u32, second);
    }
}

#[cfg(scheme = "pair64_plain")]
unsafe fn write_pair(function: u64, on: bool) {
    let (first, second) = pair(function, on);
    unsafe { volatile_store(function as *mut u64, (second as u64) << 32u64 | first as u64) }
}

#[cfg(scheme = "pair_ops_stop")]
pub unsafe fn apply(change: *const Change) {
    extern "C" fn stopped(change: u64) {
        unsafe { batched::write_instructions(change as *const Change, write_pair) }
    }
    // The literals may be written while everybody runs: nobody reads those of sites that are off, and sites that are
    // turned off get an ops that does nothing while their pair still stands.
    unsafe {
        let mut any = false;
        let mut n = 0u64;
        while n < (*change).count {
            let update = batched::nth(change, n);
            write_literal((*(*update).site).function, batched::literal((*update).new));
            any = any | batched::turned(update);
            n += 1;
        }
        if any {
            crate::guest::stop_machine::run(stopped, change as u64);
        }
    }
}

#[cfg(not(scheme = "pair_ops_stop"))]
pub unsafe fn apply(change: *const Change) {
    unsafe { batched::apply(change, write_literal, write_pair) }
}
