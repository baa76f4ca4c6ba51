//! one-jal: nop <-> jal t0 at the function's entry; one trampoline for all sites, which always calls the list function.
//!
//! Idea: a single instruction needs no pair, no literal and no stop_machine, if the trampoline is near enough.
//! Source: the example of docs/adding-a-scheme.md; schemes with more than one trampoline within reach are `jal-islands`.
//!
//! ```text
//! func+00:  nop  <->  jal t0, trampoline     4-byte aligned
//! func+04:  body
//! ```
//!
//! Protocol: store each instruction, then fence.i everywhere. The fence.i is there so that `apply` may promise that calls
//! that begin later see the change; old and new instruction are both right while it is under way, since the list function
//! asks every registered ops whether it wants the site.
//!
//! Claims: safe under every preemption model, since there is nothing between two instructions to be preempted in.
//! Known to break: it does not build what it cannot reach: `init` ends the run when the trampoline is too far.

use crate::guest::console;
use crate::guest::firmware;
use crate::guest::ftrace::list;
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites::Site;
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = false;
pub const CLAIMS_SAFE: bool = true;
pub const FUNCTION_FROM_ENTRY: u64 = 0;
pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 4;
pub const SAVED_ARGUMENTS: u64 = 48;

/// What the trampoline calls.
#[unsafe(no_mangle)]
static mut one_jal_tracer: u64 = 0;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

const TWO_C_NOPS: u32 = 0x0001_0001;
const NOP: u32 = 0x13;
const T0: u32 = 5;
/// Bytes that `jal` reaches in either direction.
const REACH: u64 = 1 << 20;

/// Makes each site one 4-byte nop. Nobody runs these functions yet.
pub unsafe fn init(sites: *mut Site, count: u64) {
    let mut n = 0u64;
    while n < count {
        unsafe {
            let function = (*((sites as u64 + n * 24) as *mut Site)).function;
            if function & 3 != 0 || *(function as *const u32) != TWO_C_NOPS {
                console::fail_with(text!("not a call site:"), function);
            }
            let distance = &raw const ftrace_trampoline as u64 - function;
            if distance + REACH >= 2 * REACH {
                console::fail_with(text!("too far from the trampoline:"), function);
            }
            volatile_store(function as *mut u32, NOP);
        }
        n += 1;
    }
    unsafe { volatile_store(&raw mut one_jal_tracer, list::list_func as extern "C" fn(_, _, _, _) as u64) };
}

/// `jal t0, trampoline` for the site of this function.
fn call_from(function: u64) -> u32 {
    let distance = (&raw const ftrace_trampoline as u64 - function) as u32;
    let (sign, high, middle, low) =
        (distance >> 20u32 & 1, distance >> 12u32 & 0xFF, distance >> 11u32 & 1, distance >> 1u32 & 0x3FF);
    sign << 31u32 | low << 21u32 | middle << 20u32 | high << 12u32 | T0 << 7u32 | 0x6F
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = ((*change).updates as u64 + n * 24) as *const Update;
            let function = (*(*update).site).function;
            volatile_store(function as *mut u32, if (*update).new as u64 != 0 { call_from(function) } else { NOP });
            n += 1;
        }
    }
    firmware::flush_icache_all();
}
