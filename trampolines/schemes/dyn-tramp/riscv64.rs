//! Sites of dyn-tramp on RV64.

use crate::guest::encode::{self, FOUR_C_NOPS, NOP, T0};
use crate::guest::{console, firmware};
use crate::mini_core::*;

pub const IP_FROM_FUNCTION: u64 = 0;
pub const RETURN_FROM_FUNCTION: u64 = 4;
/// Where the trampoline saves a0.
pub const SAVED_ARGUMENTS: u64 = 48;
/// `ebreak`.
pub const BREAKPOINT: u32 = 0x0010_0073;

unsafe extern "C" {
    static ftrace_trampoline: u8;
    static dyn_tramps_end: u8;
}

/// Makes the two 2-byte nops one of 4 bytes. Nobody runs these functions yet.
pub unsafe fn init(function: u64) {
    unsafe {
        if function & 3 != 0 || *(function as *const u32) != FOUR_C_NOPS as u32 {
            console::fail_with(text!("not a call site:"), function);
        }
        // All trampolines lie between these two.
        let (first, last) = (&raw const ftrace_trampoline as u64, &raw const dyn_tramps_end as u64);
        if !encode::jal_reaches(function, first) || !encode::jal_reaches(function, last) {
            console::fail_with(text!("no jal reaches the trampolines from"), function);
        }
        volatile_store(function as *mut u32, NOP);
    }
}

/// New trampolines become visible all together, before sites lead there; nobody must see a poisoned one.
pub unsafe fn publish_code(_start: u64, _end: u64) {}

/// Trampolines were made: from here on every hart fetches them.
pub unsafe fn before_sites() {
    firmware::flush_icache_all();
}

/// Whether the site calls the trampoline at `target`.
pub unsafe fn leads_to(function: u64, target: u64) -> bool {
    unsafe { volatile_load(function as *const u32) == encode::jal(T0, function, target) }
}

/// Sends the site to the trampoline at `target`, or nowhere for 0.
pub unsafe fn write(function: u64, target: u64) {
    unsafe { volatile_store(function as *mut u32, if target != 0 { encode::jal(T0, function, target) } else { NOP }) }
}

/// All sites are written: after this no hart executes an old one.
pub unsafe fn after_sites() {
    firmware::flush_icache_all();
}
