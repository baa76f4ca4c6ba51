//! Sites of global-op on AArch64.

use crate::guest::console;
use crate::guest::encode::{self, MOV_X9_X30, NOP, TWO_NOPS};
use crate::mini_core::*;

unsafe extern "C" {
    static ftrace_trampoline: u8;
}

pub unsafe fn init(function: u64) {
    unsafe {
        // Aligned to 4 only: the two nops are read one by one.
        let nops = *(function as *const u32) == TWO_NOPS as u32 && *((function + 4) as *const u32) == TWO_NOPS as u32;
        if function & 3 != 0 || !nops {
            console::fail_with(text!("not a call site:"), function);
        }
        volatile_store(function as *mut u32, MOV_X9_X30);
        encode::publish(function);
    }
}

/// Writes the second instruction and makes it visible: no PE needs more, old and new may both be executed meanwhile.
pub unsafe fn write(function: u64, on: bool) {
    let at = function + 4;
    unsafe {
        volatile_store(at as *mut u32, if on { encode::bl(at, &raw const ftrace_trampoline as u64) } else { NOP });
        encode::publish(at);
    }
}

/// All are written.
pub unsafe fn written() {}
