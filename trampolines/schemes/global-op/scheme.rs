//! global-op: one ops and one func for all sites, in two variables that the trampoline loads one after the other.
//!
//! Idea: what ftrace does where sites have no ops of their own. All sites call one trampoline; it loads `function_trace_op`,
//! then what it calls. Linux patches the call inside the trampoline (`ftrace_call`), or on RISC-V 6.16 without CALL_OPS
//! loads it from `ftrace_call_dest`; here it is a variable on both ISAs. Func and ops are two loads: func of one ops with
//! another ops can happen.
//! Sources: kernel/trace/ftrace.c (ftrace_modify_all_code, update_ftrace_function, ftrace_sync_ipi); Mark Rutland, 7 March
//! 2024, Zenx_Q0UiwMbSAdP@FVFF77S0Q05N, who found the mismatch.
//!
//! ```text
//! RV64:     func+00:  auipc t0, hi20(trampoline)        written once       AArch64:  func+00:  mov x9, x30
//!           func+04:  nop  <->  jalr t0, lo12(t0)       live-patched                 func+04:  nop  <->  bl trampoline
//! ```
//! Sites as those of call-ops, without the literal (4 c.nop; 2 nops; functions aligned to 4): one instruction is patched live.
//!
//! Protocol, for a change that leads to another func:
//! 1. func = the list function, which takes whatever ops it is given for nothing.
//! 2. Wait. A hart that loaded the old func before 1 must have loaded its old ops, too, before 4.
//! 3. Sites on or off (RV64: then one fence.i everywhere).
//! 4. ops = the new one; wait. A hart that loaded the old ops before 4 must have called before 5.
//! 5. func = the new one.
//!
//! It waits as RCU-tasks-rude does: until every hart has been through its scheduler. Linux at 4 waits only until every hart
//! has taken an interrupt (ftrace_sync_ipi): that orders the loads of a hart that is elsewhere, and lets a hart that was
//! interrupted between its two loads go on with the old ops and the new func.
//!
//! Claims: safe as long as a thread leaves the processor at voluntary points only. Under full preemption a thread that lost
//! the processor between its two loads is in nobody's way and comes back with the old ops: waiting for harts does not help,
//! waiting for threads (RCU-tasks) would.
//! Known to break: as said; call-ops is immune, since func comes from the ops that is handed over.
//!
//! Instruction counts: the disabled site costs +2. A tracer allocated at run time goes through the list even alone, as
//! in Linux; one that is not costs about what it costs with call-ops.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod site;
#[cfg(target_arch = "riscv64")]
#[path = "riscv64.rs"]
mod site;

use crate::guest::cpu;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites::Site;
use crate::guest::rcu;
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = false;
pub const CLAIMS_SAFE: bool = true;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
/// The patched instruction is the second one.
pub const IP_FROM_FUNCTION: u64 = 4;
pub const RETURN_FROM_FUNCTION: u64 = 8;
/// Where the trampoline saves a0.
#[cfg(target_arch = "riscv64")]
pub const SAVED_ARGUMENTS: u64 = 48;
/// Where the trampoline saves x0.
#[cfg(target_arch = "aarch64")]
pub const SAVED_ARGUMENTS: u64 = 0;

/// What the trampoline hands to the tracer.
#[unsafe(no_mangle)]
static mut function_trace_op: u64 = 0;
/// What the trampoline calls.
#[unsafe(no_mangle)]
static mut function_trace_func: u64 = 0;

/// Gives all sites their first instructions. Nobody runs these functions yet.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    unsafe {
        while n < count {
            site::init((*((sites as u64 + n * 24) as *mut Site)).function);
            n += 1;
        }
        volatile_store(&raw mut function_trace_op, ops::nop_ops() as u64);
        volatile_store(&raw mut function_trace_func, (*ops::nop_ops()).func as u64);
    }
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        // With no ops left the tracer is one that does nothing: the last ops may be freed.
        let op = if (*change).op as u64 == 0 { ops::nop_ops() } else { (*change).op };
        let func = (*op).func as u64;
        let same = op as u64 == volatile_load(&raw const function_trace_op)
            && func == volatile_load(&raw const function_trace_func);
        if !same {
            volatile_store(&raw mut function_trace_func, (*ops::list_ops()).func as u64);
            cpu::fence_stores();
            rcu::synchronize_tasks_rude();
        }
        let mut n = 0u64;
        while n < (*change).count {
            let update = ((*change).updates as u64 + n * 24) as *const Update;
            site::write((*(*update).site).function, (*update).new as u64 != 0);
            n += 1;
        }
        if n != 0 {
            site::written();
        }
        if !same {
            volatile_store(&raw mut function_trace_op, op as u64);
            cpu::fence_stores();
            rcu::synchronize_tasks_rude();
            volatile_store(&raw mut function_trace_func, func);
        }
    }
}
