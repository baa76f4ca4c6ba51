//! jump-over: the function begins with a jump over the call; the call goes where a pointer in the function says.
//!
//! Idea: the whole call stands in the function all the time. While the site is off, its first instruction jumps over it; to
//! turn it on, that one instruction becomes the call's first. The target is data, so that it may be anywhere: a direct call
//! is in reach wherever it lies.
//! Source: option E of Björn Töpel's list of designs (LM 87il1oedx8.fsf, 14 March 2024): Andy Chiu's older series, with an
//! 8-byte aligned pointer in the function, load and jump, and `j ACTUAL_FUNC` first. That series itself was not read; the
//! second pointer, to the site's ops, is ours, so that this scheme, too, serves each site its own.
//!
//! ```text
//! func+00:  j func+32  <->  auipc t1, 0            8-byte aligned: the only live-patched instruction
//! func+04:  ld t1, 16(t1)                          written once, as all that follows
//! func+08:  jalr t0, 0(t1)
//! func+12:  j func+32
//! func+16:  literal: the trampoline, or the target of a direct call
//! func+24:  literal: the ops
//! func+32:  body
//! ```
//! The compiler leaves 16 c.nop (`-Z patchable-function-entry=16,0`, functions aligned to 8).
//!
//! Protocol: literals, one flush, instructions, one flush, as guest/riscv64/batched.rs explains step by step. The ops is stored
//! before the target; either order would do: the trampoline with any live ops is legal, and so is a direct call alone.
//!
//! Claims: safe live, also under preemption: one instruction changes, and whoever executed the old auipc finds load and jump
//! behind it for ever. Known to break: with functions that are not 4-byte aligned; the pointers need 8.
//!
//! Instruction counts: the disabled site costs +1, but a taken jump, and 32 bytes of text that the cache holds for nothing.
//! ops->func costs +41 with a tracer of one instruction (auipc, load, jump over the pointers, trampoline 37 without the test for a
//! direct call). A direct call costs 4 and its target: no trampoline, at any distance.

use crate::guest::batched;
use crate::guest::encode::{self, T0, T1};
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::{self, Site};
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = true;
pub const PER_SITE_OPS: bool = true;
pub const CLAIMS_SAFE: bool = true;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
/// The jalr: what stands before the return address.
pub const IP_FROM_FUNCTION: u64 = 8;
pub const RETURN_FROM_FUNCTION: u64 = 12;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// Writes the whole site, off. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            batched::expect_nops(function, 4);
            write_first(function, false);
            volatile_store((function + 4) as *mut u32, encode::ld(T1, T1, 16));
            volatile_store((function + 8) as *mut u32, encode::jump(T0, T1));
            volatile_store((function + 12) as *mut u32, encode::jal(0, function + 12, function + 32));
            write_literals(function, ops::nop_ops());
        }
        n += 1;
    }
}

unsafe fn write_literals(function: u64, ops: *mut Ops) {
    unsafe {
        let direct = volatile_load(&raw const (*ops).direct_call);
        let target = if direct != 0 { direct } else { &raw const ftrace_trampoline as u64 };
        volatile_store((function + 24) as *mut u64, ops as u64);
        volatile_store((function + 16) as *mut u64, target);
    }
}

unsafe fn write_first(function: u64, on: bool) {
    let word = if on { encode::auipc(T1, 0, 0) } else { encode::jal(0, function, function + 32) };
    unsafe { volatile_store(function as *mut u32, word) }
}

pub unsafe fn apply(change: *const Change) {
    unsafe { batched::apply(change, write_literals, write_first) }
}
