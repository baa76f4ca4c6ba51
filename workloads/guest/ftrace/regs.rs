//! Tracers that ask for all registers: Linux's FTRACE_OPS_FL_SAVE_REGS, before arguments alone became the rule.
//!
//! An ops that has the site to itself gets a trampoline that saves every general register. It hangs on the hook of direct
//! calls: the scheme sends the site there where that is in reach, and otherwise branches to it before anything is saved, so
//! that other tracers pay nothing. It is the scheme's (`ftrace_regs_trampoline`), since it must find the ops. Beside
//! other ops such a tracer gets what the list has, the arguments alone: not modelled.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::{console, params, thread, tracees, tracers};
use crate::mini_core::*;

unsafe extern "C" {
    /// Address of the scheme's trampoline, or 0 (regs.S).
    static regs_trampoline: u64;
}

/// What all-register trampolines save: 31 registers, sp, pc.
#[cfg(target_arch = "aarch64")]
mod frame {
    pub const ARGUMENTS: u64 = 0;
    pub const RETURN_ADDRESS: u64 = 240;
    pub const PC: u64 = 256;
    /// Callee-saved registers that a checked call sets, from x19, and where x28 is, which holds the function.
    pub const KEPT: u64 = 152;
    pub const KEPT_COUNT: u64 = 9;
    pub const KEPT_VALUE: u64 = 0x5A0 + 19;
    pub const FUNCTION: u64 = 224;
}

/// What all-register trampolines save, in the order of Linux's pt_regs: epc, ra, sp, gp, tp, t0-t2, s0, s1, a0-a7, s2-s11,
/// t3-t6.
#[cfg(target_arch = "riscv64")]
mod frame {
    pub const ARGUMENTS: u64 = 80;
    pub const RETURN_ADDRESS: u64 = 8;
    pub const PC: u64 = 0;
    /// Callee-saved registers that a checked call sets, from s2, and where s11 is, which holds the function.
    pub const KEPT: u64 = 144;
    pub const KEPT_COUNT: u64 = 9;
    pub const KEPT_VALUE: u64 = 0x5A0 + 2;
    pub const FUNCTION: u64 = 216;
}

/// Whether this run's tracers ask for all registers; ends the run when the scheme has no trampoline for them.
pub fn wanted() -> bool {
    let wanted = params::get(params::TRACER) == params::REGS;
    if wanted && trampoline() == 0 {
        console::fail(text!("this scheme saves no full registers"));
    }
    wanted
}

fn trampoline() -> u64 {
    unsafe { volatile_load(&raw const regs_trampoline) }
}

/// Makes an ops ask for all registers.
pub unsafe fn ask(ops: *mut Ops) {
    unsafe { volatile_store(&raw mut (*ops).direct_call, trampoline()) }
}

/// Checks all that it is given, as kind A.
pub extern "C" fn checking_a(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    unsafe { check(tracers::KIND_A, ip, parent, ops, registers as u64) }
}

/// Checks all that it is given, as kind B.
pub extern "C" fn checking_b(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64) {
    unsafe { check(tracers::KIND_B, ip, parent, ops, registers as u64) }
}

/// A word of the saved registers.
unsafe fn saved(registers: u64, offset: u64) -> u64 {
    unsafe { *((registers + offset) as *const u64) }
}

unsafe fn check(kind: u64, ip: u64, parent: u64, ops: *mut Ops, registers: u64) {
    let me = thread::current();
    unsafe {
        let mut faults = 0u64;
        let found = volatile_load(&raw const (*ops).kind);
        if found == ops::DEAD {
            faults |= tracers::DEAD_OPS;
        } else if found != kind {
            faults |= tracers::WRONG_OPS;
        }
        let mut n = 0u64;
        while n < frame::KEPT_COUNT {
            if saved(registers, frame::KEPT + n * 8) != frame::KEPT_VALUE + n {
                faults |= tracers::WRONG_ARGUMENTS;
            }
            n += 1;
        }
        if saved(registers, frame::FUNCTION) != (*me).call.function || saved(registers, frame::PC) != ip + 4 {
            faults |= tracers::WRONG_IP;
        }
        if saved(registers, frame::RETURN_ADDRESS) != tracees::return_address() {
            faults |= tracers::WRONG_PARENT;
        }
        tracers::observe(me, kind, faults, ip, parent, registers + frame::ARGUMENTS);
    }
}
