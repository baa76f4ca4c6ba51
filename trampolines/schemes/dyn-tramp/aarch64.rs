//! Sites of dyn-tramp on AArch64.

use crate::guest::console;
use crate::guest::encode::{self, MOV_X9_X30, NOP};
use crate::mini_core::*;

/// The patched instruction is the second one.
pub const IP_FROM_FUNCTION: u64 = 4;
pub const RETURN_FROM_FUNCTION: u64 = 8;
/// Where the trampoline saves x0.
pub const SAVED_ARGUMENTS: u64 = 0;
/// `brk #0`.
pub const BREAKPOINT: u32 = 0xD420_0000;

pub unsafe fn init(function: u64) {
    unsafe {
        if function & 3 != 0 || !encode::is_nop(function) || !encode::is_nop(function + 4) {
            console::fail_with(text!("not a call site:"), function);
        }
        volatile_store(function as *mut u32, MOV_X9_X30);
        encode::publish(function);
    }
}

/// Makes a new or poisoned trampoline visible.
pub unsafe fn publish_code(start: u64, end: u64) {
    unsafe { encode::publish_range(start, end) }
}

/// New trampolines are visible already.
pub unsafe fn before_sites() {}

/// Whether the site calls the trampoline at `target`.
pub unsafe fn leads_to(function: u64, target: u64) -> bool {
    unsafe { volatile_load((function + 4) as *const u32) == encode::bl(function + 4, target) }
}

/// Sends the site to the trampoline at `target`, or nowhere for 0.
pub unsafe fn write(function: u64, target: u64) {
    let at = function + 4;
    unsafe {
        volatile_store(at as *mut u32, if target != 0 { encode::bl(at, target) } else { NOP });
        encode::publish(at);
    }
}

/// Sites are visible already.
pub unsafe fn after_sites() {}
