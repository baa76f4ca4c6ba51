//! pair64/bounce: two instructions are patched by one aligned store of 8 bytes, and every mixture of old and new is harmless.
//!
//! Idea: a call through a pointer needs an address, a load and a jump. The address is the same on and off and is written
//! once. The other two are patched together; if a hart sees only one of them changed, it must come to no harm.
//! Source: derived from option D of Björn Töpel's list of designs (LM 87il1oedx8.fsf, 14 March 2024), proposed by Brendan
//! Sweeney: `mv t1,ra; auipc; mv t3,zero <-> ld t3; nop <-> jalr ra,t3`. There a hart that executes the old mv and the new jalr
//! jumps to address 0, and a fault handler brings it back. Here the old first instruction computes the address of a return
//! instruction instead of 0, so that such a hart bounces: no fault, no handler; and t0 as link register saves the first mv.
//! The plain pair under the same store is `pair64/plain`.
//!
//! ```text
//! func-20:  literal: the ops                                   8-byte aligned
//! func-12:  literal: the trampoline, or a direct call's target
//! func-04:  jr t0                                              written once: where a mixture bounces
//! func+00:  auipc t1, 0                                        written once
//! func+04:  addi t1, t1, -4  <->  ld t1, -12(t1)               8-byte aligned, both patched by one store
//! func+08:  nop              <->  jalr t0, 0(t1)
//! func+12:  body
//! ```
//! The compiler leaves 16 c.nop, 10 of them before the entry (`-Z patchable-function-entry=16,10`); the patchable area is
//! aligned to 8, the function itself is at 4 modulo 8.
//!
//! What a hart may see, since Ziccif promises 4 aligned bytes at once and not 8, and since an interrupt may fall between:
//! addi, nop: off. ld, jalr: on. ld (new), nop (old): the load is lost, off. addi (old), jalr (new): to func-4 and back, off.
//! So the store of 8 bytes is not what makes it safe; two stores of 4 would do.
//!
//! Protocol: literals, one flush, instructions, one flush, as guest/riscv64/batched.rs explains step by step.
//!
//! Claims: safe live, also under preemption: t1 is one of two legal targets whichever instructions a thread executed before.
//! Known to break: with a function not at 4 modulo 8.
//!
//! Instruction counts: the disabled site costs +3, option D as proposed +4, Linux +2. ops->func costs +38 with a tracer of one
//! instruction (load and jalr in the place of addi and nop, trampoline 37 without the test for a direct call). A direct call
//! costs its target alone, at any distance.

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
/// The compiler's table names the start of the patchable area: two literals, the return, the function.
pub const FUNCTION_FROM_ENTRY: u64 = 20;
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
            batched::expect_nops(function - 20, 4);
            volatile_store((function - 4) as *mut u32, encode::jump(0, T0));
            volatile_store(function as *mut u32, encode::auipc(T1, 0, 0));
            write_literals(function, ops::nop_ops());
            write_pair(function, false);
        }
        n += 1;
    }
}

unsafe fn write_literals(function: u64, ops: *mut Ops) {
    unsafe {
        let direct = volatile_load(&raw const (*ops).direct_call);
        let target = if direct != 0 { direct } else { &raw const ftrace_trampoline as u64 };
        volatile_store((function - 20) as *mut u64, ops as u64);
        volatile_store((function - 12) as *mut u64, target);
    }
}

unsafe fn write_pair(function: u64, on: bool) {
    let first = if on { encode::ld(T1, T1, -12) } else { encode::addi(T1, T1, -4) };
    let second = if on { encode::jump(T0, T1) } else { NOP };
    unsafe { volatile_store((function + 4) as *mut u64, (second as u64) << 32u64 | first as u64) }
}

pub unsafe fn apply(change: *const Change) {
    unsafe { batched::apply(change, write_literals, write_pair) }
}
