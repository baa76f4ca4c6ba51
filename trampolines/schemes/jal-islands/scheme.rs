//! jal-islands: one nop <-> jal in the function, to the nearest of several islands spread through the text.
//!
//! Idea: one jal is the shortest call there is; it reaches 1 MiB. Islands, each two instructions that lead on to the
//! trampoline, stand in the text so that every site has one within reach.
//! Source: option B of Björn Töpel's list of designs (LM 87il1oedx8.fsf, 14 March 2024), which notes against it that someone
//! must place the dispatchers and remember which site uses which. How many a real kernel needs: `cmodx kernel survey`.
//!
//! ```text
//! func-08:  literal: the ops                       8-byte aligned
//! func+00:  nop  <->  jal t0, island               8-byte aligned: the only live-patched instruction
//! func+04:  body
//!
//! island:   auipc t1, hi20(trampoline)             linked, never patched
//!           jr lo12(trampoline)(t1)
//! ```
//! The compiler leaves 6 c.nop, 4 of them before the entry (`-Z patchable-function-entry=6,4`, functions aligned to 8).
//! This guest has two islands, one before all other text and one behind it; a site uses the nearer one.
//!
//! Protocol: literals, one flush, instructions, one flush, as guest/riscv64/batched.rs explains step by step.
//!
//! Claims: safe live, also under preemption: one instruction changes, old and new one are legal with any literal.
//! Known to break: with functions that are not 4-byte aligned, where the store is not fetched whole. Modules need islands of
//! their own. `init` ends the run when a site reaches no island.
//!
//! Instruction counts: the disabled site costs +1, where Linux pays +2. ops->func costs +42 with a tracer of one instruction:
//! jal, the island's 2 and the trampoline's 39. A direct call takes the island's 2 and 4 of trampoline.

use crate::guest::batched;
use crate::guest::encode::{self, NOP, T0};
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
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 4;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;

unsafe extern "C" {
    static island_before: u8;
    static island_behind: u8;
}

/// The nearer island.
fn island(function: u64) -> u64 {
    let before = &raw const island_before as u64;
    let behind = &raw const island_behind as u64;
    if function - before < behind - function { before } else { behind }
}

/// Fills the literals and makes the entry one nop. Nobody runs these functions yet.
pub unsafe fn init(_sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*sites::number(n)).function;
            batched::expect_nops(function - 8, 1);
            if !encode::jal_reaches(function, island(function)) {
                crate::guest::console::fail_with(text!("no island within reach of"), function);
            }
            write_literal(function, ops::nop_ops());
            write_call(function, false);
        }
        n += 1;
    }
}

unsafe fn write_literal(function: u64, ops: *mut Ops) {
    unsafe { volatile_store((function - 8) as *mut u64, ops as u64) }
}

unsafe fn write_call(function: u64, on: bool) {
    let word = if on { encode::jal(T0, function, island(function)) } else { NOP };
    unsafe { volatile_store(function as *mut u32, word) }
}

pub unsafe fn apply(change: *const Change) {
    unsafe { batched::apply(change, write_literal, write_call) }
}
