//! call-ops: each site has its own ops pointer beside it; only one instruction is ever patched while the site is live.
//!
//! Idea: the site's ops stands as a literal of 8 bytes before the function. The trampoline finds it from its return
//! address, and takes both func and the ops argument from that one value: func of one ops with another ops cannot happen.
//! Literal and instruction may change independently at any time; whatever mixture a hart meets is a legal one.
//!
//! Each ISA's layout, protocol, claims and instruction counts stand in its own file.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "riscv64")]
mod riscv64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::{apply, init};
#[cfg(target_arch = "riscv64")]
pub use riscv64::{apply, init};

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::Update;
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
/// The trampoline takes ops with a direct call.
pub const DIRECT_CALLS: bool = true;
pub const PER_SITE_OPS: bool = true;
#[cfg(not(scheme = "call_ops_align_2"))]
pub const CLAIMS_SAFE: bool = true;
#[cfg(scheme = "call_ops_align_2")]
pub const CLAIMS_SAFE: bool = false;
/// The compiler's table names the start of the patchable area, which begins with the literal.
pub const FUNCTION_FROM_ENTRY: u64 = 8;
/// The patched instruction is the second one.
pub const IP_FROM_FUNCTION: u64 = 4;
pub const RETURN_FROM_FUNCTION: u64 = 8;
/// Where the trampoline saves a0.
#[cfg(target_arch = "riscv64")]
pub const SAVED_ARGUMENTS: u64 = 48;
/// Where the trampoline saves x0.
#[cfg(target_arch = "aarch64")]
pub const SAVED_ARGUMENTS: u64 = 0;

/// Update number `n`.
unsafe fn nth(updates: *const Update, n: u64) -> *const Update {
    (updates as u64 + n * 24) as *const Update
}

/// What the literal of a site must hold: an ops, also while the site is off, since a hart may be on its way to read it.
unsafe fn literal_value(ops: *mut Ops) -> u64 {
    if ops as u64 == 0 { ops::nop_ops() as u64 } else { ops as u64 }
}

unsafe fn write_literal(function: u64, value: u64) {
    unsafe { volatile_store((function - 8) as *mut u64, value) }
}
