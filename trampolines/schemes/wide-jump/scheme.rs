//! wide-jump/hypothetical: HYPOTHETICAL. One made-up 64-bit instruction holds the whole address of what the site calls.
//!
//! Idea: what AArch64's bl is for kernels there, for any distance: one instruction that calls, one that does nothing, of equal
//! length, each fetched whole. Neither instruction exists. Both authors of RISC-V's ftrace have wished for something like it;
//! this scheme says what it would be worth.
//! Source: none; isa/src/riscv/wide.rs has the encodings. Only a machine that was told to decodes them; on every other one,
//! QEMU among them, the first site that is executed is an illegal instruction.
//!
//! ```text
//! func-08:  literal: the ops                              8-byte aligned
//! func+00:  wnop  <->  wjal t0, trampoline (48 bits)      8-byte aligned, 8 bytes: the only patched instruction
//! func+08:  body
//! ```
//! The compiler leaves 8 c.nop, 4 of them before the entry (`-Z patchable-function-entry=8,4`, functions aligned to 8), made
//! one wnop before anyone runs them: live, small instructions may not become one large one.
//!
//! Protocol:
//! 1. Store all literals.
//! 2. fence.i; fence w,o; SBI remote_fence_i, where any site is turned on: a hart that executes a new wjal must not load an old
//!    literal (as in call-ops).
//! 3. Store the instructions that change, each by one aligned store of 8 bytes. A site that one ops with a direct call has to
//!    itself calls its target, wherever it lies.
//! 4. fence.i; fence w,o; remote_fence_i. When that is done no hart executes an old instruction.
//!
//! Claims: safe live, also under preemption, if such a machine had Ziccif with an ILEN of 64: then the 8 aligned bytes
//! of an instruction are fetched at once. Known to break: where they are fetched by 4.
//! Timed as an indirect call of a target that the predictor must have seen before, since the core models know no other way to go so
//! far: an upper bound.
//!
//! Instruction counts: the disabled site costs +1 (of 8 bytes), Linux +2. ops->func costs +38 with a tracer of one instruction
//! (trampoline 37, without the test for a direct call). A direct call costs its target alone.

use crate::guest::batched;
use crate::guest::encode::T0;
use crate::guest::firmware;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::{self, Site};
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = true;
pub const PER_SITE_OPS: bool = true;
pub const CLAIMS_SAFE: bool = true;
/// The compiler's table names the start of the patchable area, which begins with the literal.
pub const FUNCTION_FROM_ENTRY: u64 = 8;
/// 4 bytes before the return address, as in the schemes whose call has 4 bytes.
pub const IP_FROM_FUNCTION: u64 = 4;
pub const RETURN_FROM_FUNCTION: u64 = 8;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

const WNOP: u64 = 0x3F;

/// What a site must hold for this ops, or for none.
unsafe fn instruction(ops: *mut Ops) -> u64 {
    if ops as u64 == 0 {
        return WNOP;
    }
    let direct = unsafe { volatile_load(&raw const (*ops).direct_call) };
    let target = if direct != 0 { direct } else { &raw const ftrace_trampoline as u64 };
    target << 16u64 | (T0 as u64) << 7u64 | 0x3F
}

/// Fills the literals and makes the entry one nop. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            batched::expect_nops(function - 8, 2);
            volatile_store((function - 8) as *mut u64, ops::nop_ops() as u64);
            volatile_store(function as *mut u64, WNOP);
        }
        n += 1;
    }
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut any_on = false;
        let mut any = false;
        let mut n = 0u64;
        while n < (*change).count {
            let update = batched::nth(change, n);
            let function = (*(*update).site).function;
            volatile_store((function - 8) as *mut u64, batched::literal((*update).new) as u64);
            let stands = volatile_load(function as *const u64);
            any = any | (stands != instruction((*update).new));
            any_on = any_on | (stands == WNOP);
            n += 1;
        }
        if !any {
            return;
        }
        if any_on {
            firmware::flush_icache_all();
        }
        n = 0;
        while n < (*change).count {
            let update = batched::nth(change, n);
            volatile_store((*(*update).site).function as *mut u64, instruction((*update).new));
            n += 1;
        }
        firmware::flush_icache_all();
    }
}
