//! Direct calls: a trampoline of the tracer's own takes the place of a tracer's function (Linux commit 2aa6ac03516d on arm64).
//!
//! Where the site's call goes depends on what else wants the site:
//!
//! | ops on the function | its trampoline | the site calls | path |
//! |---|---|---|---|
//! | one, with a direct call | within reach of the site | the direct trampoline | straight there |
//! | one, with a direct call | out of reach | the scheme's trampoline | `Ops::direct_call`, before any register is saved |
//! | it and others | any | the scheme's trampoline | list function; [`call_direct`] leaves the target for the late branch |
//!
//! Which of the first two it is, the scheme decides when it writes the site. A function has one direct call at most.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::sites;
use crate::guest::{console, params, thread, tracers};
use crate::mini_core::*;
use crate::scheme;

unsafe extern "C" {
    // direct.S: trampolines that check what they are given, as kind A, kind B, or as one that must not be reached.
    fn direct_near_a();
    fn direct_near_b();
    fn direct_near_freed();
    fn direct_far_a();
    fn direct_far_b();
    fn direct_far_freed();
    fn direct_near_probe();
    fn direct_far_probe();
}

/// Calls that reached a probe (direct.S).
#[unsafe(no_mangle)]
static mut direct_hits: u64 = 0;

/// For the host: nonzero when the scheme takes ops with a direct call.
#[unsafe(no_mangle)]
static takes_direct_calls: u64 = scheme::DIRECT_CALLS as u64;

/// Where a tracer asks the trampoline to go on, behind the arguments that it saved: Linux's `direct_tramp`.
#[cfg(target_arch = "aarch64")]
fn late_target(arguments: u64) -> *mut u64 {
    (arguments + 72) as *mut u64
}

/// The same: t1's slot, before the arguments.
#[cfg(target_arch = "riscv64")]
fn late_target(arguments: u64) -> *mut u64 {
    (arguments - 16) as *mut u64
}

/// Whether this run's tracers are direct calls; ends the run when the scheme does not take them.
pub fn wanted() -> bool {
    let tracer = params::get(params::TRACER);
    let wanted = tracer >= params::DIRECT_NEAR && tracer <= params::DIRECT_LIST;
    if wanted && !scheme::DIRECT_CALLS {
        console::fail(text!("this scheme has no direct calls"));
    }
    wanted
}

/// Whether an ordinary tracer shares every site with the direct call.
pub fn shared() -> bool {
    params::get(params::TRACER) == params::DIRECT_LIST
}

/// The func of an ops with a direct call, which only the list calls: it is called once all others have been.
pub extern "C" fn call_direct(_ip: u64, _parent: u64, ops: *mut Ops, registers: *mut u64) {
    unsafe { *late_target(registers as u64 + scheme::SAVED_ARGUMENTS) = volatile_load(&raw const (*ops).direct_call) }
}

/// Gives an ops the direct call that counts (measured runs).
pub unsafe fn aim_at_probe(ops: *mut Ops) {
    let near = params::get(params::TRACER) == params::DIRECT_NEAR;
    unsafe { aim(ops, if near { direct_near_probe as u64 } else { direct_far_probe as u64 }) }
}

/// Gives an ops the direct call that checks, for its kind; a freed one leads where calls are counted as wrong.
pub unsafe fn aim_at_check(ops: *mut Ops, kind: u64) {
    let near = params::get(params::TRACER) == params::DIRECT_NEAR;
    let target = if kind == tracers::KIND_A {
        if near { direct_near_a as u64 } else { direct_far_a as u64 }
    } else if kind == tracers::KIND_B {
        if near { direct_near_b as u64 } else { direct_far_b as u64 }
    } else {
        if near { direct_near_freed as u64 } else { direct_far_freed as u64 }
    };
    unsafe { aim(ops, target) }
}

unsafe fn aim(ops: *mut Ops, target: u64) {
    unsafe {
        if (*ops).kind != ops::DEAD {
            (*ops).func = call_direct;
        }
        volatile_store(&raw mut (*ops).direct_call, target);
    }
}

/// Calls counted by the probes.
pub fn hits() -> u64 {
    unsafe { volatile_load(&raw const direct_hits) }
}

/// What a checking trampoline calls: where the traced function goes on, return address of the traced call, kind, the eight
/// arguments.
#[unsafe(no_mangle)]
extern "C" fn direct_check(goes_on: u64, parent: u64, kind: u64, arguments: u64) {
    let faults = if kind == ops::DEAD { tracers::DEAD_OPS } else { 0 };
    let ip = sites::ip(goes_on - scheme::RETURN_FROM_FUNCTION);
    unsafe { tracers::observe(thread::current(), kind, faults, ip, parent, arguments) }
}
