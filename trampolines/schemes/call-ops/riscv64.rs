//! call-ops on RV64: auipc written once, nop <-> jalr (Linux 6.16), a variant that flushes once for all sites, one without
//! compressed instructions, and two with the alignment that the scheme needs taken away.
//!
//! Sources: Linux commits b2137c3b6d7a (prepare for atomic patching), c217157bcd1d (CALL_OPS), ca358692de41 (data fence),
//! b21cdb9523e5 (direct calls).
//!
//! ```text
//! func-08:  literal: the ops                          8-byte aligned
//! func+00:  auipc t0, hi20(trampoline)                written once, before anyone runs the function
//! func+04:  nop  <->  jalr t0, lo12(trampoline)(t0)   4-byte aligned, 4 bytes: the only live-patched instruction; or the
//!                                                     jalr of a direct call near the trampoline
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
//! Direct calls: the auipc never changes, so that a jalr reaches what lies within 2 KiB of the address it computes. A direct
//! trampoline there is *near*: a site that one ops with such a direct call has to itself calls it straight. Any other is
//! *far*: the site calls our trampoline, which finds the target in the ops and goes there before it saves anything. With other
//! ops the list's tracer leaves the target in what the trampoline saved, and the trampoline goes there last. One jalr in the
//! place of another is as legal a replacement as a jalr in the place of a nop.
//!
//! `no-rvc`: tracees are compiled without compressed instructions, so that the compiler leaves 4 nops of 4 bytes, 2 of them before
//! the entry. Everything else is `flush-batched`.
//!
//! `align-4` and `align-2`: `flush-batched` with functions aligned to 4 and to 2 bytes. What is no longer aligned is stored in the
//! largest pieces that are, as Linux's copy into text does.
//! - align-4: half of the literals are stored as two words, and may be loaded half old and half new. Where all ops lie in one
//!   region of 4 GiB, as here, their upper words are equal and the mixture is one of the two: that is all that it claims. A kernel
//!   has static ops in its image and others on its heap, far apart: there it is not safe.
//! - align-2, a negative control: half of the jalrs are stored as two halfwords, low one first. Ziccif does not promise their fetch whole, and memory
//!   itself holds a mixture for a while: the low half of the jalr with the high half of the nop is `jalr t0, 0(ra)`, which
//!   returns to the caller without a body. Where the instruction lies across two cache lines the halves come from two copies, each
//!   of its own time, so that either mixture may stay until the next fence.i. Crossing pages adds no case of its own here: the
//!   guest runs without address translation, and a page's end is a line's end.
//!
//! Claims: safe live, also under preemption: every mixture of literal and instruction is a legal content. A thread
//! preempted between auipc and the second instruction goes on with a t0 that is always right.
//! Known to break: with 2-byte-aligned functions, where the 4-byte store is not fetched whole; on a machine whose SBI
//! answers remote_fence_i before it is done (the SBI text does not promise more), where step 2 orders nothing.
//!
//! Instruction counts, against Debian's Linux 7.2: the disabled site costs +2, as there. ops->func costs +40 with a tracer
//! of one instruction (trampoline 39), there +41: one instruction fewer, with the same 13 stores and 12 loads of registers.
//! A far direct call costs the same 4 instructions of trampoline, a near one none.

use super::{literal_value, nth, write_literal};
use crate::guest::console;
use crate::guest::encode::{self, NOP, T0};
use crate::guest::firmware;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::{self, Site};
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// What functions are aligned to.
#[cfg(scheme = "call_ops_align_4")]
const ALIGNED: u64 = 4;
#[cfg(scheme = "call_ops_align_2")]
const ALIGNED: u64 = 2;
#[cfg(not(any(scheme = "call_ops_align_4", scheme = "call_ops_align_2")))]
const ALIGNED: u64 = 8;

/// The two halves of a word as the compiler leaves it: one nop or two.
#[cfg(scheme = "call_ops_no_rvc")]
const LEFT: (u16, u16) = (NOP as u16, 0);
#[cfg(not(scheme = "call_ops_no_rvc"))]
const LEFT: (u16, u16) = (1, 1);

/// Fills the literals and the first instructions. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let trampoline = &raw const ftrace_trampoline as u64;
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            expect_nops(function);
            store_literal(function, ops::nop_ops() as u64);
            store(function, encode::auipc(T0, function, trampoline) as u64, 4);
            store(function + 4, NOP as u64, 4);
        }
        n += 1;
    }
}

unsafe fn expect_nops(function: u64) {
    let mut at = function - 8;
    while at < function + 8 {
        let left = if (at - function) & 2 == 0 { LEFT.0 } else { LEFT.1 };
        unsafe {
            if function & (ALIGNED - 1) != 0 || *(at as *const u16) != left {
                console::fail_with(text!("not a call site:"), function);
            }
        }
        at += 2;
    }
}

/// Stores into text, in pieces as large as the address is aligned, lowest first.
unsafe fn store(at: u64, value: u64, bytes: u64) {
    let mut piece = bytes;
    if ALIGNED < 8 {
        while at & (piece - 1) != 0 {
            piece = piece >> 1u64;
        }
    }
    let mut done = 0u64;
    while done < bytes {
        let to = at + done;
        let rest = value >> (done * 8);
        unsafe {
            if piece == 8 {
                volatile_store(to as *mut u64, rest);
            } else if piece == 4 {
                volatile_store(to as *mut u32, rest as u32);
            } else {
                volatile_store(to as *mut u16, rest as u16);
            }
        }
        done += piece;
    }
}

unsafe fn store_literal(function: u64, value: u64) {
    unsafe {
        if ALIGNED == 8 {
            write_literal(function, value);
        } else {
            store(function - 8, value, 8);
        }
    }
}

/// What the site must hold for this ops, or for none. A near direct call is one that the fixed auipc and a jalr reach.
unsafe fn instruction(function: u64, ops: *mut Ops) -> u32 {
    if ops as u64 == 0 {
        return NOP;
    }
    let trampoline = &raw const ftrace_trampoline as u64;
    let direct = unsafe { volatile_load(&raw const (*ops).direct_call) };
    let same_auipc = encode::auipc(T0, function, direct) == encode::auipc(T0, function, trampoline);
    let target = if direct != 0 && same_auipc && direct - function + 0x8000_0000 < 0x1_0000_0000 { direct } else { trampoline };
    encode::jalr(T0, T0, function, target)
}

unsafe fn write_instruction(function: u64, ops: *mut Ops) {
    unsafe {
        let word = instruction(function, ops);
        if ALIGNED >= 4 {
            volatile_store((function + 4) as *mut u32, word);
        } else {
            store(function + 4, word as u64, 4);
        }
    }
}

#[cfg(scheme = "call_ops_flush_per_site")]
pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            let function = (*(*update).site).function;
            store_literal(function, literal_value((*update).new));
            firmware::flush_icache_all();
            write_instruction(function, (*update).new);
            crate::guest::cpu::synchronize_fetches();
            n += 1;
        }
        firmware::flush_icache_all();
    }
}

#[cfg(not(scheme = "call_ops_flush_per_site"))]
pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut any_on = false;
        let mut any = false;
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth((*change).updates, n);
            let function = (*(*update).site).function;
            store_literal(function, literal_value((*update).new));
            let (old, new) = (instruction(function, (*update).old), instruction(function, (*update).new));
            any = any | (old != new);
            any_on = any_on | ((old != new) & (new != NOP));
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
            let update = nth((*change).updates, n);
            write_instruction((*(*update).site).function, (*update).new);
            n += 1;
        }
        firmware::flush_icache_all();
    }
}
