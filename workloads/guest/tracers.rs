//! The tracers.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::sites;
use crate::guest::thread::{self, Thread};
use crate::guest::tracees;
use crate::mini_core::*;
use crate::scheme;

/// Kinds of ops in the toggle and latency runs: each has its own tracer, so that a tracer called with another's ops is seen.
pub const KIND_A: u64 = 1;
pub const KIND_B: u64 = 2;

/// Called with an ops of another kind.
pub const WRONG_OPS: u64 = 1;
/// Called with an ops that was freed.
pub const DEAD_OPS: u64 = 2;
/// Called for another function than the one that runs.
pub const WRONG_IP: u64 = 4;
/// Called with another return address.
pub const WRONG_PARENT: u64 = 8;
/// The saved argument registers are not the call's.
pub const WRONG_ARGUMENTS: u64 = 16;

/// The tracer of the measured runs: does nothing.
pub extern "C" fn empty(_ip: u64, _parent: u64, _ops: *mut Ops, _registers: *mut u64) {}

/// Counts its calls.
pub extern "C" fn counting(_ip: u64, _parent: u64, ops: *mut Ops, _registers: *mut u64) {
    unsafe { (*ops).hits += 1 }
}

/// Checks all that it is given, as kind A.
pub extern "C" fn checking_a(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    check(KIND_A, ip, parent, ops, registers);
}

/// Checks all that it is given, as kind B.
pub extern "C" fn checking_b(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    check(KIND_B, ip, parent, ops, registers);
}

/// The tracer of an ops after it was freed.
pub extern "C" fn freed(_ip: u64, _parent: u64, _ops: *mut Ops, _registers: *mut u64) {
    let me = thread::current();
    unsafe {
        (*me).call.hits += 1;
        (*me).call.faults |= DEAD_OPS;
    }
}

#[inline(always)]
fn check(kind: u64, ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    let me = thread::current();
    unsafe {
        let mut faults = 0u64;
        let found = volatile_load(&raw const (*ops).kind);
        if found == ops::DEAD {
            faults |= DEAD_OPS;
        } else if found != kind {
            faults |= WRONG_OPS;
        }
        observe(me, kind, faults, ip, parent, registers as u64 + scheme::SAVED_ARGUMENTS);
    }
}

/// Notes a call of a tracer of this kind in which these `faults` were found already, and checks place and arguments.
#[inline(always)]
pub unsafe fn observe(me: *mut Thread, kind: u64, faults: u64, ip: u64, parent: u64, saved: u64) {
    let mut faults = faults;
    unsafe {
        if ip != sites::ip((*me).call.function) {
            faults |= WRONG_IP;
        }
        if parent != tracees::return_address() {
            faults |= WRONG_PARENT;
        }
        let passed = &raw const (*me).call.arguments as u64;
        let mut n = 0u64;
        while n < 64 {
            if *((saved + n) as *const u64) != *((passed + n) as *const u64) {
                faults |= WRONG_ARGUMENTS;
            }
            n += 8;
        }
        (*me).call.hits += 1;
        (*me).call.kinds |= 1u64 << (kind & 7);
        (*me).call.faults |= faults;
    }
}
