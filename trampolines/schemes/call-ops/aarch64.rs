//! call-ops on AArch64: mov x9, lr written once, nop <-> bl (Linux 6.3).
//!
//! Sources: Linux commits baaf553d3bc3, 2aa6ac03516d (direct calls).
//!
//! ```text
//! func-08:  literal: the ops            8-byte aligned
//! func+00:  mov x9, x30                 written once, before anyone runs the function
//! func+04:  nop  <->  bl trampoline     the only live-patched instruction; or bl direct trampoline
//! func+08:  body
//! ```
//! The compiler leaves 4 nops, 2 of them before the entry (`-Z patchable-function-entry=4,2`, functions aligned to 8).
//!
//! Protocol, for each site:
//! 1. Store the literal: the new ops, or an ops that does nothing. No cache maintenance: it is only ever loaded as data.
//! 2. dmb ishst: the literal before the instruction. A PE that executes the new bl loads the new literal (litmus
//!    MP.FR+dmb.st+po is forbidden, whatever CTR_EL0.DIC and IDC are). Linux gets this order from the two sections of
//!    its patching lock.
//! 3. Store bl or nop: both are on the architecture's list of instructions that may be replaced by one another while
//!    other PEs execute them.
//! 4. dc cvau; dsb ish; ic ivau; dsb ish; isb on the instruction's address (with CTR_EL0.IDC = 1 only dsb ishst instead
//!    of the first pair, with DIC = 1 neither ic nor its dsb). The hardware broadcasts ic; no interrupt is sent.
//!
//! Direct calls: a site that one ops with a direct call has to itself calls its target by bl where that is in reach, so that
//! no trampoline of ours runs. Out of reach it calls our trampoline, which finds the target in the ops and goes there before
//! it saves anything. With other ops the list's tracer leaves the target in what the trampoline saved, and the trampoline goes
//! there last (the late branch). bl to bl of another target is as legal a replacement as nop to bl.
//!
//! Claims: safe live, also under preemption. Other PEs may execute the old instruction until their next context
//! synchronization: whoever needs more (freeing an ops) interrupts them.
//! Known to break: with kCFI, whose type hash wants the place of the literal.
//!
//! Instruction counts, against Debian's Linux 6.12: the disabled site costs +2, as there. ops->func costs +39 with a tracer
//! of one instruction (trampoline 38), there +41 (trampoline 39); the same 16 loads and 18 stores
//! of 8 bytes. A direct call out of reach takes 5 instructions of trampoline (there 6, the first a landing pad), one in reach none.

use super::{literal_value, nth, write_literal};
use crate::guest::console;
use crate::guest::cpu;
use crate::guest::encode::{self, MOV_X9_X30, NOP, TWO_NOPS};
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::Site;
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// What the site must hold at `at`. A direct call within reach needs no trampoline but its own; its literal is as valid as
/// any other's, since a PE may still execute the old instruction.
unsafe fn instruction(at: u64, ops: *mut Ops) -> u32 {
    if ops as u64 == 0 {
        return NOP;
    }
    let direct = unsafe { volatile_load(&raw const (*ops).direct_call) };
    encode::bl(at, if direct != 0 && encode::bl_reaches(at, direct) { direct } else { &raw const ftrace_trampoline as u64 })
}

/// Fills the literals and the first instructions. Nobody runs these functions yet, but they may lie in a cache line that
/// was fetched.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*((sites as u64 + n * 24) as *mut Site)).function;
            if function & 7 != 0 || *((function - 8) as *const u64) != TWO_NOPS || *(function as *const u64) != TWO_NOPS
            {
                console::fail_with(text!("not a call site:"), function);
            }
            write_literal(function, ops::nop_ops() as u64);
            volatile_store(function as *mut u32, MOV_X9_X30);
            encode::publish(function);
        }
        n += 1;
    }
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            let at = (*(*update).site).function + 4;
            write_literal((*(*update).site).function, literal_value((*update).new));
            cpu::fence_stores();
            volatile_store(at as *mut u32, instruction(at, (*update).new));
            encode::publish(at);
            n += 1;
        }
    }
}
