//! Sites of global-op on RV64.

use crate::guest::encode::{self, FOUR_C_NOPS, NOP, T0};
use crate::guest::{console, firmware};
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

pub unsafe fn init(function: u64) {
    unsafe {
        // Aligned to 4 only: the nops are read in two halves.
        let nops =
            *(function as *const u32) == FOUR_C_NOPS as u32 && *((function + 4) as *const u32) == FOUR_C_NOPS as u32;
        if function & 3 != 0 || !nops {
            console::fail_with(text!("not a call site:"), function);
        }
        volatile_store(function as *mut u32, encode::auipc(T0, function, &raw const ftrace_trampoline as u64));
        volatile_store((function + 4) as *mut u32, NOP);
    }
}

/// Writes the second instruction.
pub unsafe fn write(function: u64, on: bool) {
    let call = encode::jalr(T0, T0, function, &raw const ftrace_trampoline as u64);
    unsafe { volatile_store((function + 4) as *mut u32, if on { call } else { NOP }) }
}

/// All are written: after this no hart executes an old one.
pub unsafe fn written() {
    firmware::flush_icache_all();
}
