//! func-stub: each function has a dispatcher of its own right before it; one nop <-> jal in the function, which always reaches.
//!
//! Idea: one jal is the shortest call there is, and its only fault is its reach of 1 MiB. So every function gets a stub within
//! reach that knows the long way. The stub is written once; what is patched live is one aligned instruction.
//! Source: option C of Björn Töpel's list of designs (LM 87il1oedx8.fsf, 14 March 2024), which notes against it the size of the
//! text and that addresses in stubs confuse stack traces. There the stub loads the function's data; here the common
//! trampoline does, so that the stub is 8 bytes.
//!
//! ```text
//! func-16:  literal: the ops                       8-byte aligned
//! func-08:  auipc t1, hi20(trampoline)             the stub, written once
//! func-04:  jr lo12(trampoline)(t1)
//! func+00:  nop  <->  jal t0, func-8               8-byte aligned: the only live-patched instruction
//! func+04:  body
//! ```
//! The compiler leaves 10 c.nop, 8 of them before the entry (`-Z patchable-function-entry=10,8`, functions aligned to 8).
//!
//! Protocol: literals, one flush, instructions, one flush, as guest/riscv64/batched.rs explains step by step.
//!
//! Claims: safe live, also under preemption: one instruction changes, old and new one are legal with any literal, and
//! a thread preempted in the stub goes on with a t1 that is always right.
//! Known to break: with functions that are not 4-byte aligned, where the store is not fetched whole; with kCFI, which wants
//! the bytes before the function.
//!
//! Instruction counts: the disabled site costs +1, where Linux pays +2. ops->func costs +42 with a tracer of one instruction:
//! jal, the stub's 2 and the trampoline's 39. A direct call takes the stub's 2 and 4 of trampoline. The stub's jr is one
//! more indirect jump for the predictor; jal t0 and jr t0 stay a pair for the return-address stack.

use crate::guest::batched;
use crate::guest::encode::{self, NOP, T0, T1};
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::{self, Site};
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = true;
pub const PER_SITE_OPS: bool = true;
pub const CLAIMS_SAFE: bool = true;
/// The compiler's table names the start of the patchable area: literal, stub, function.
pub const FUNCTION_FROM_ENTRY: u64 = 16;
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 4;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// Fills literals and stubs and makes the entry one nop. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let trampoline = &raw const ftrace_trampoline as u64;
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            let stub = function - 8;
            batched::expect_nops(function - 16, 2);
            write_literal(function, ops::nop_ops());
            volatile_store(stub as *mut u32, encode::auipc(T1, stub, trampoline));
            volatile_store((stub + 4) as *mut u32, encode::jalr(0, T1, stub, trampoline));
            write_call(function, false);
        }
        n += 1;
    }
}

unsafe fn write_literal(function: u64, ops: *mut Ops) {
    unsafe { volatile_store((function - 16) as *mut u64, ops as u64) }
}

unsafe fn write_call(function: u64, on: bool) {
    unsafe { volatile_store(function as *mut u32, if on { encode::jal(T0, function, function - 8) } else { NOP }) }
}

pub unsafe fn apply(change: *const Change) {
    unsafe { batched::apply(change, write_literal, write_call) }
}
