//! pair on AArch64: adrp + blr, both patched: what a branch and link of 128 MiB spares AArch64.
//!
//! Idea: our construction, not taken from any kernel: the counterpart of RISC-V's auipc + jalr, to compare what patching two
//! instructions costs on both instruction sets. The trampoline lies at the start of a page of 4 KiB, so that adrp alone
//! makes its address, within 4 GiB; blr goes there.
//!
//! ```text
//! func+00:  mov x9, x30                       written once, before anyone runs the function
//! func+04:  nop  <->  adrp x16, trampoline
//! func+08:  nop  <->  blr x16
//! func+12:  body
//! ```
//! The compiler leaves 3 nops at the entry (`-Z patchable-function-entry=3,0`, functions aligned to 4). All sites call
//! one trampoline, which loads the ops and func from two variables, as `global-op` does.
//!
//! Protocol of `pair-stop`: stop_machine. Every hart comes in at a voluntary point, where no site is under way; the last
//! one writes the pairs and the two variables, in any order, since nobody is in between, and cleans and invalidates what it
//! wrote (dc cvau; dsb ish; ic ivau; dsb ish). adrp and blr are not on the architecture's list of instructions that may be
//! replaced while others execute them: every hart must have a context synchronization event after that, which is the isb
//! with which it leaves the stop.
//!
//! Protocol of `pair-live`, the negative control: each pair, first instruction first, with the same cache maintenance and
//! without the stop. The variables change with waits in between, so that what breaks is the pair.
//!
//! Claims: `pair-stop` is safe as long as threads leave the processor only at voluntary points. `pair-live` claims nothing.
//! Known to break: a hart that executes nop (old) and blr (new) jumps to what x16 happened to hold; adrp (old) and nop
//! (new) is harmless. `pair-stop`, too, under full preemption: it waits for harts, not for threads between the two.
//!
//! Instruction counts: the disabled site costs +3. There is no kernel to hold the rest against.

use crate::guest::console;
use crate::guest::encode::{self, MOV_X9_X30, NOP};
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites::Site;
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = false;
#[cfg(scheme = "adrp_pair_stop")]
pub const CLAIMS_SAFE: bool = true;
#[cfg(not(scheme = "adrp_pair_stop"))]
pub const CLAIMS_SAFE: bool = false;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
/// The pair begins behind the mov.
pub const IP_FROM_FUNCTION: u64 = 4;
pub const RETURN_FROM_FUNCTION: u64 = 12;
/// Where the trampoline saves x0.
pub const SAVED_ARGUMENTS: u64 = 0;

/// What the trampoline hands to the tracer.
#[unsafe(no_mangle)]
static mut function_trace_op: u64 = 0;
/// What the trampoline calls.
#[unsafe(no_mangle)]
static mut function_trace_func: u64 = 0;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

/// Register that the pair goes through: a call may change it on its way.
const X16: u32 = 16;

/// Writes the first instructions. Nobody runs these functions yet.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*((sites as u64 + n * 24) as *mut Site)).function;
            if function & 3 != 0 || !encode::is_nop(function) || !encode::is_nop(function + 4) || !encode::is_nop(function + 8) {
                console::fail_with(text!("not a call site:"), function);
            }
            volatile_store(function as *mut u32, MOV_X9_X30);
            encode::publish(function);
        }
        n += 1;
    }
    set_target(ops::nop_ops());
}

unsafe fn write_pairs(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = ((*change).updates as u64 + n * 24) as *const Update;
            let at = (*(*update).site).function + 4;
            let on = (*update).new as u64 != 0;
            let trampoline = &raw const ftrace_trampoline as u64;
            volatile_store(at as *mut u32, if on { encode::adrp(X16, at, trampoline) } else { NOP });
            volatile_store((at + 4) as *mut u32, if on { encode::blr(X16) } else { NOP });
            // The pair is aligned to 4 only: it may lie in two lines.
            encode::publish_range(at, at + 8);
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

/// What the trampoline must call: with no ops left, a tracer that does nothing, since the last ops may be freed.
unsafe fn target(change: *const Change) -> *mut Ops {
    let op = unsafe { (*change).op };
    if op as u64 == 0 { ops::nop_ops() } else { op }
}

#[cfg(scheme = "adrp_pair_stop")]
pub unsafe fn apply(change: *const Change) {
    extern "C" fn stopped(change: u64) {
        let change = change as *const Change;
        unsafe {
            write_pairs(change);
            set_target(target(change));
        }
    }
    crate::guest::stop_machine::run(stopped, change as u64);
}

#[cfg(not(scheme = "adrp_pair_stop"))]
pub unsafe fn apply(change: *const Change) {
    use crate::guest::ipi;
    unsafe {
        volatile_store(&raw mut function_trace_func, (*ops::list_ops()).func as u64);
        ipi::quiesce();
        write_pairs(change);
        volatile_store(&raw mut function_trace_op, target(change) as u64);
        ipi::quiesce();
        volatile_store(&raw mut function_trace_func, (*target(change)).func as u64);
    }
}
