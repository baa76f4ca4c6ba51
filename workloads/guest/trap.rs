//! Exceptions and interrupts.
//!
//! The only interrupt is the IPI. An exception in a checked call (call.S) goes to the call's recovery point, so that a
//! scheme that breaks is counted and not fatal; any other ends the run with its cause.

use crate::guest::{console, firmware, hart, ipi};

/// Registers as trap.S saved them.
#[cfg(target_arch = "riscv64")]
#[repr(C)]
pub struct Frame {
    x: [u64; 2],
    sp: u64,
    rest: [u64; 29],
    pc: u64,
    status: u64,
}

/// Registers as trap.S saved them.
#[cfg(target_arch = "aarch64")]
#[repr(C)]
pub struct Frame {
    x: [u64; 31],
    sp: u64,
    pc: u64,
    status: u64,
}

#[cfg(target_arch = "riscv64")]
#[unsafe(no_mangle)]
extern "C" fn trap(frame: *mut Frame, cause: u64, address: u64) {
    const SOFTWARE_INTERRUPT: u64 = (1 << 63) | 1;
    if cause == SOFTWARE_INTERRUPT {
        firmware::end_interrupt();
        ipi::answer();
    } else {
        exception(frame, cause, address);
    }
}

#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
extern "C" fn trap(frame: *mut Frame, kind: u64) {
    if kind == 1 {
        firmware::end_interrupt();
        ipi::answer();
    } else {
        let syndrome: u64;
        let address: u64;
        unsafe { asm!("mrs {}, esr_el1", "mrs {}, far_el1", out(reg) syndrome, out(reg) address) }
        exception(frame, syndrome, address);
    }
}

fn exception(frame: *mut Frame, cause: u64, address: u64) {
    let me = hart::this();
    unsafe {
        if (*me).recover_pc == 0 {
            console::fail_trap(cause, (*frame).pc, address);
        }
        (*frame).pc = (*me).recover_pc;
        (*frame).sp = (*me).recover_sp;
        (*me).recover_pc = 0;
    }
}
