//! pair: auipc+jalr <-> nop+nop at the function's entry, one trampoline for all sites and one ops at a time.
//!
//! Idea: the classic RISC-V call site. Two instructions build the whole address, so both change when a site is turned on
//! or off. Trampoline and tracer are found through two global variables: the ops and its func, or the list ops and the
//! list function when several ops are registered, whatever sites they want, or one that was allocated at run time.
//! Sources: Linux commits 6724a76cff85 (two-instruction site), c97bf629963e (the last hart in patches); `pair-live` is
//! the same without stop_machine.
//!
//! ```text
//! func+00:  nop  <->  auipc t0, hi20(trampoline)     4-byte aligned
//! func+04:  nop  <->  jalr t0, lo12(trampoline)(t0)
//! func+08:  body
//! ```
//! The compiler leaves 4 c.nop (`-Z patchable-function-entry=4,0`), made two 4-byte nops before anyone runs them: live,
//! two 2-byte instructions may not become one of 4 bytes.
//!
//! Protocol of `pair-stop`: stop_machine. Every hart comes in at a voluntary point, where no site, trampoline or tracer
//! is under way, and spins with interrupts off. The last one in writes the pairs and the two variables (in any order:
//! nobody is in between). Then each hart executes fence.i for itself, since fence.i is local and a remote one would wait
//! for harts that do not listen.
//!
//! Protocol of `pair-live`, the negative control: the same bytes while everybody runs.
//! 1. The variables, safely, so that what breaks is the pair alone: func = list function (it ignores the ops it gets);
//!    wait until every thread has passed a voluntary point, so that nobody still pairs the old func with what comes next;
//!    the ops; wait again, so that nobody pairs the old ops with the new func; func.
//! 2. Each pair, first instruction first.
//! 3. fence.i; fence w,o; SBI remote_fence_i.
//!
//! `pair-trap` (trap.rs) and `pair-fixup` (fixup.rs) make the same pair safe under preemption.
//!
//! Claims: pair-stop is safe as long as threads leave the processor only at voluntary points. pair-live claims nothing.
//! Known to break: pair-live, when a hart executes nop (old) and jalr (new), jumping to what t0 happened to hold.
//! pair-stop under preemption, or when an interrupt falls between the two instructions and the stop begins in it:
//! stop_machine waits for harts, not for threads.
//!
//! Instruction counts: the disabled site costs +2, as in Linux. ops->func costs +40 with a tracer of one instruction
//! (trampoline 39). Linux before 6.16 patched a call of the tracer (auipc, jalr) into the trampoline under the same
//! stop_machine; this loads the tracer from a variable (auipc, ld, jalr), one instruction and one load more, so that
//! pair-live has nothing to patch but its sites. There is no test for a direct call: such schemes have none.

#[cfg(scheme = "pair_fixup")]
mod fixup;
#[cfg(scheme = "pair_trap")]
mod trap;

#[cfg(scheme = "pair_fixup")]
pub use fixup::apply;
#[cfg(scheme = "pair_trap")]
pub use trap::apply;

use crate::guest::console;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites::Site;
use crate::guest::encode::{self, FOUR_C_NOPS, NOP, T0};
use crate::guest::rcu;
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
/// The trampoline takes ops with a direct call.
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = false;
#[cfg(not(scheme = "pair_live"))]
pub const CLAIMS_SAFE: bool = true;
#[cfg(scheme = "pair_live")]
pub const CLAIMS_SAFE: bool = false;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 8;
pub const SAVED_ARGUMENTS: u64 = 48;

/// What the trampoline hands to the tracer.
#[unsafe(no_mangle)]
static mut function_trace_op: u64 = 0;
/// What the trampoline calls.
#[unsafe(no_mangle)]
static mut function_trace_func: u64 = 0;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}


/// Makes the nops 4 bytes long. Nobody runs these functions yet.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*((sites as u64 + n * 24) as *mut Site)).function;
            let halves = function as *const u32;
            let second = (function + 4) as *const u32;
            if function & 3 != 0 || *halves != FOUR_C_NOPS as u32 || *second != FOUR_C_NOPS as u32 {
                console::fail_with(text!("not a call site:"), function);
            }
            write_pair(function, false);
        }
        n += 1;
    }
    set_target(ops::nop_ops());
    #[cfg(scheme = "pair_trap")]
    trap::init();
}

/// Address of the trampoline.
fn trampoline() -> u64 {
    &raw const ftrace_trampoline as u64
}

unsafe fn write_first(function: u64, on: bool) {
    let insn = if on { encode::auipc(T0, function, trampoline()) } else { NOP };
    unsafe { volatile_store(function as *mut u32, insn) }
}

unsafe fn write_second(function: u64, on: bool) {
    let insn = if on { encode::jalr(T0, T0, function, trampoline()) } else { NOP };
    unsafe { volatile_store((function + 4) as *mut u32, insn) }
}

/// Writes both instructions of a site, the first one first.
unsafe fn write_pair(function: u64, on: bool) {
    unsafe {
        write_first(function, on);
        write_second(function, on);
    }
}

/// The update of this function's site, or null. Updates ascend by address.
unsafe fn find(change: *const Change, function: u64) -> *const Update {
    unsafe {
        let mut low = 0u64;
        let mut high = (*change).count;
        while low < high {
            let middle = (low + high) >> 1u64;
            let update = ((*change).updates as u64 + middle * 24) as *const Update;
            let at = (*(*update).site).function;
            if at == function {
                return update;
            }
            if at < function {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        0 as *const Update
    }
}

unsafe fn write_pairs(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = ((*change).updates as u64 + n * 24) as *const Update;
            write_pair((*(*update).site).function, (*update).new as u64 != 0);
            n += 1;
        }
    }
}

/// Sets both variables, while nobody is in the trampoline.
fn set_target(op: *mut Ops) {
    unsafe {
        volatile_store(&raw mut function_trace_op, op as u64);
        volatile_store(&raw mut function_trace_func, (*op).func as u64);
    }
}

#[cfg(scheme = "pair_stop")]
pub unsafe fn apply(change: *const Change) {
    extern "C" fn stopped(change: u64) {
        let change = change as *const Change;
        unsafe {
            write_pairs(change);
            if (*change).op as u64 != 0 {
                set_target((*change).op);
            }
        }
    }
    crate::guest::stop_machine::run(stopped, change as u64);
}

/// Sets both variables while anybody may be in the trampoline, between loading one and the other.
unsafe fn set_target_live(op: *mut Ops) {
    unsafe {
        // With no ops left the variables keep the last one until the next: a thread may be on its way to it.
        let same = op as u64 == volatile_load(&raw const function_trace_op)
            && (*op).func as u64 == volatile_load(&raw const function_trace_func);
        if op as u64 != 0 && !same {
            volatile_store(&raw mut function_trace_func, (*ops::list_ops()).func as u64);
            rcu::synchronize_tasks();
            volatile_store(&raw mut function_trace_op, op as u64);
            rcu::synchronize_tasks();
            volatile_store(&raw mut function_trace_func, (*op).func as u64);
        }
    }
}

#[cfg(scheme = "pair_live")]
pub unsafe fn apply(change: *const Change) {
    unsafe {
        set_target_live((*change).op);
        write_pairs(change);
        crate::guest::firmware::flush_icache_all();
    }
}
