//! call-ops on RV64: auipc written once, nop <-> jalr (Linux 6.16), and a variant that flushes once for all sites.
//!
//! Sources: Linux commits b2137c3b6d7a (prepare for atomic patching), c217157bcd1d (CALL_OPS), ca358692de41 (data fence).
//!
//! ```text
//! func-08:  literal: the ops                          8-byte aligned
//! func+00:  auipc t0, hi20(trampoline)                written once, before anyone runs the function
//! func+04:  nop  <->  jalr t0, lo12(trampoline)(t0)   4-byte aligned, 4 bytes: the only live-patched instruction
//! func+08:  body
//! ```
//! The compiler leaves 8 c.nop, 4 of them before the entry (`-Z patchable-function-entry=8,4`, functions aligned to 8).
//!
//! Protocol of `flush-per-site`, as shipped. For each site:
//! 1. Store the literal: the new ops, or an ops that does nothing.
//! 2. fence.i; fence w,o; SBI remote_fence_i to all other harts. Needed once literal and jalr are both new: by the base
//!    fetch rules a hart may execute the new jalr and then load the old literal (litmus MP.FR+fence.w.w+reg-addr is
//!    allowed), so the literal must be everywhere before the jalr is written. `fence w,o` puts the store before the
//!    device store that sends the request.
//! 3. Store jalr or nop; fence.i of the patching hart alone, which may itself call sites.
//! Then once: fence.i; fence w,o; remote_fence_i. When that is done no hart executes an old instruction.
//!
//! Protocol of `flush-batched`, derived from the same rules: 1 for all sites, 2 once, 3 for all sites, then the last
//! flush. When no instruction changes from nop to jalr nothing can be called that was not called before, and 2 is left
//! out; when no instruction changes at all (retarget) there is no flush: the literal is data and data is coherent.
//!
//! Claims: safe live, also under preemption: every mixture of literal and instruction is a legal content. A thread
//! preempted between auipc and the second instruction goes on with a t0 that is always right.
//! Known to break: with 2-byte-aligned functions, where the 4-byte store is not fetched whole; on a machine whose SBI
//! answers remote_fence_i before it is done (the SBI text does not promise more), where step 2 orders nothing.
//!
//! Instruction counts, against Debian's Linux 7.2: the disabled site costs +2, as there. ops->func costs +40 with a tracer
//! of one instruction (trampoline 39), there +41: one instruction fewer, with the same 13 stores and 12 loads of registers.
//! A direct call costs the same 4 instructions of trampoline.

use super::{literal_value, nth, write_literal};
use crate::guest::console;
use crate::guest::cpu;
use crate::guest::firmware;
use crate::guest::ftrace::ops;
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::Site;
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

const FOUR_C_NOPS: u64 = 0x0001_0001_0001_0001;
const NOP: u32 = 0x13;
const T0: u32 = 5;

/// Distance from a function to the trampoline, split for auipc and a signed 12-bit offset.
fn distance(function: u64) -> (u32, u32) {
    let distance = &raw const ftrace_trampoline as u64 - function;
    let high = (distance + 0x800) & 0xFFFF_F000;
    (high as u32, (distance - high) as u32 & 0xFFF)
}

fn auipc(function: u64) -> u32 {
    distance(function).0 | (T0 << 7u32) | 0x17
}

fn jalr(function: u64) -> u32 {
    (distance(function).1 << 20u32) | (T0 << 15u32) | (T0 << 7u32) | 0x67
}

/// Fills the literals and the first instructions. Nobody runs these functions yet.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*((sites as u64 + n * 24) as *mut Site)).function;
            if function & 7 != 0
                || *((function - 8) as *const u64) != FOUR_C_NOPS
                || *(function as *const u64) != FOUR_C_NOPS
            {
                console::fail_with(text!("not a call site:"), function);
            }
            write_literal(function, ops::nop_ops() as u64);
            volatile_store(function as *mut u32, auipc(function));
            volatile_store((function + 4) as *mut u32, NOP);
        }
        n += 1;
    }
}

unsafe fn write_instruction(function: u64, on: bool) {
    unsafe { volatile_store((function + 4) as *mut u32, if on { jalr(function) } else { NOP }) }
}

#[cfg(scheme = "call_ops_flush_per_site")]
pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            let function = (*(*update).site).function;
            write_literal(function, literal_value((*update).new));
            firmware::flush_icache_all();
            write_instruction(function, (*update).new as u64 != 0);
            cpu::synchronize_fetches();
            n += 1;
        }
        firmware::flush_icache_all();
    }
}

#[cfg(not(scheme = "call_ops_flush_per_site"))]
pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut turned_on = false;
        let mut turned = false;
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            write_literal((*(*update).site).function, literal_value((*update).new));
            let was_on = (*update).old as u64 != 0;
            let is_on = (*update).new as u64 != 0;
            turned_on = turned_on | (is_on & !was_on);
            turned = turned | (is_on != was_on);
            n += 1;
        }
        if !turned {
            return;
        }
        if turned_on {
            firmware::flush_icache_all();
        }
        n = 0;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            write_instruction((*(*update).site).function, (*update).new as u64 != 0);
            n += 1;
        }
        firmware::flush_icache_all();
    }
}
