//! call-ops on AArch64: mov x9, lr written once, nop <-> bl (Linux 6.3).
//!
//! Source: Linux commit baaf553d3bc3.
//!
//! ```text
//! func-08:  literal: the ops            8-byte aligned
//! func+00:  mov x9, x30                 written once, before anyone runs the function
//! func+04:  nop  <->  bl trampoline     the only live-patched instruction
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
//! Claims: safe live, also under preemption. Other PEs may execute the old instruction until their next context
//! synchronization: whoever needs more (freeing an ops) interrupts them.
//! Known to break: with kCFI, whose type hash wants the place of the literal.
//!
//! Instruction counts, against Debian's Linux 6.12: the disabled site costs +2, as there. ops->func costs +39 with a tracer
//! of one instruction (trampoline 38), there +41 (trampoline 39); the same 16 loads and 18 stores
//! of 8 bytes. A direct call takes 5 instructions of trampoline.

use super::{literal_value, nth, write_literal};
use crate::guest::console;
use crate::guest::cpu;
use crate::guest::ftrace::ops;
use crate::guest::ftrace::register::Change;
use crate::guest::ftrace::sites::Site;
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

const NOP: u32 = 0xD503_201F;
const TWO_NOPS: u64 = 0xD503_201F_D503_201F;
const MOV_X9_X30: u32 = 0xAA1E_03E9;

fn bl(at: u64) -> u32 {
    let distance = &raw const ftrace_trampoline as u64 - at;
    0x9400_0000 | ((distance >> 2u64) as u32 & 0x03FF_FFFF)
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
            publish_instruction(function);
        }
        n += 1;
    }
}

/// Makes a stored instruction visible to the fetches of all PEs (those in flight apart).
unsafe fn publish_instruction(at: u64) {
    unsafe {
        let ctr: u64;
        asm!("mrs {}, ctr_el0", out(reg) ctr, options(nomem, nostack));
        if ctr & (1 << 28) == 0 {
            asm!("dc cvau, {}", "dsb ish", in(reg) at);
        } else {
            asm!("dsb ishst");
        }
        if ctr & (1 << 29) == 0 {
            asm!("ic ivau, {}", "dsb ish", in(reg) at);
        }
        asm!("isb");
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
            volatile_store(at as *mut u32, if (*update).new as u64 == 0 { NOP } else { bl(at) });
            publish_instruction(at);
            n += 1;
        }
    }
}
