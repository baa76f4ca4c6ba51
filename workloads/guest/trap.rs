//! Exceptions and interrupts.
//!
//! Interrupts are IPIs and ticks. A tick that falls into a checked call also has a soft part: with interrupts on again, it
//! makes a checked call of its own, as interrupt handlers call traced functions. It may be interrupted, and under `full`
//! preempted there: that is harsher than Linux, whose softirqs are not preempted, and stands for exception handlers, which
//! are. So a thread's stack may hold several register frames; its record names the innermost, each frame the next.
//!
//! An exception in a checked call (call.S) goes to the call's recovery point, so that a scheme that breaks is counted and
//! not fatal; any other ends the run with its cause.

use crate::guest::drivers::callers;
use crate::guest::{console, cpu, firmware, ipi, schedule, thread, timer};
use crate::mini_core::*;

/// Registers as trap.S saved them.
#[cfg(target_arch = "riscv64")]
#[repr(C)]
pub struct Frame {
    /// x0, x1.
    x: [u64; 2],
    pub sp: u64,
    /// x3 to x31.
    rest: [u64; 29],
    pub pc: u64,
    status: u64,
    /// The frame that was innermost before.
    pub outer: *mut Frame,
}

/// sstatus.SPIE: the interrupted code had interrupts on.
#[cfg(target_arch = "riscv64")]
unsafe fn interruptible(frame: *const Frame) -> bool {
    unsafe { (*frame).status & 0x20 != 0 }
}

/// PSTATE.I clear: the interrupted code had interrupts on.
#[cfg(target_arch = "aarch64")]
unsafe fn interruptible(frame: *const Frame) -> bool {
    unsafe { (*frame).status & 0x80 == 0 }
}

/// Registers as trap.S saved them.
#[cfg(target_arch = "aarch64")]
#[repr(C)]
pub struct Frame {
    /// x0 to x30.
    x: [u64; 31],
    pub sp: u64,
    pub pc: u64,
    status: u64,
    /// The frame that was innermost before.
    pub outer: *mut Frame,
}

/// Sets a general register of the interrupted code, by number.
pub unsafe fn set_register(frame: *mut Frame, n: u64, value: u64) {
    unsafe { *((frame as u64 + n * 8) as *mut u64) = value }
}

static mut FIXED: u64 = 0;

/// Notes that a scheme has moved the interrupted code of a frame. While the machine is stopped.
pub fn note_fixed() {
    unsafe { FIXED += 1 }
}

/// Frames that a scheme has moved.
pub fn fixed() -> u64 {
    unsafe { FIXED }
}

/// What a scheme does about breakpoints: true when the interrupted code goes on with the frame as it is now.
pub type BreakpointHook = unsafe fn(frame: *mut Frame) -> bool;

static mut BREAKPOINT_HOOK: u64 = 0;

/// Has breakpoints handled, from now on, with interrupts off. For `init`.
pub fn on_breakpoint(hook: BreakpointHook) {
    unsafe { BREAKPOINT_HOOK = hook as u64 }
}

#[cfg(target_arch = "riscv64")]
#[unsafe(no_mangle)]
extern "C" fn trap(frame: *mut Frame, cause: u64, address: u64) {
    const SOFTWARE_INTERRUPT: u64 = (1 << 63) | 1;
    const TIMER_INTERRUPT: u64 = (1 << 63) | 5;
    const BREAKPOINT: u64 = 3;
    enter(frame);
    if cause == SOFTWARE_INTERRUPT {
        firmware::end_interrupt();
        ipi::answer();
    } else if cause == TIMER_INTERRUPT {
        tick(frame);
    } else if cause != BREAKPOINT || !breakpoint(frame) {
        exception(frame, cause, address);
    }
    leave(frame);
}

#[cfg(target_arch = "aarch64")]
#[unsafe(no_mangle)]
extern "C" fn trap(frame: *mut Frame, kind: u64) {
    /// Exception class of BRK.
    const BREAKPOINT: u64 = 0x3C;
    enter(frame);
    if kind == 1 {
        let number = firmware::begin_interrupt();
        if number == firmware::IPI {
            firmware::end_interrupt(number);
            ipi::answer();
        } else if number == firmware::TIMER {
            timer::tick();
            firmware::end_interrupt(number);
            soft_part(frame);
        }
    } else {
        let syndrome: u64;
        let address: u64;
        unsafe { asm!("mrs {}, esr_el1", "mrs {}, far_el1", out(reg) syndrome, out(reg) address) }
        if syndrome >> 26u64 != BREAKPOINT || !breakpoint(frame) {
            exception(frame, syndrome, address);
        }
    }
    leave(frame);
}

#[cfg(target_arch = "riscv64")]
fn tick(frame: *mut Frame) {
    // Setting the next deadline takes the interrupt back.
    timer::tick();
    soft_part(frame);
}

fn enter(frame: *mut Frame) {
    let me = thread::current();
    unsafe {
        (*frame).outer = (*me).frame;
        (*me).frame = frame;
    }
}

fn leave(frame: *mut Frame) {
    unsafe {
        if interruptible(frame) {
            schedule::preempt_if_wanted();
        }
        (*thread::current()).frame = (*frame).outer;
    }
}

/// Of a tick: a checked call with interrupts on, where the interrupted code is in one itself and not in a soft part.
fn soft_part(frame: *mut Frame) {
    let me = thread::current();
    unsafe {
        if (*frame).outer as u64 != 0 || (*me).recover_pc == 0 {
            return;
        }
        let preemptible = schedule::fully_preemptible();
        if !preemptible {
            thread::preempt_disable();
        }
        cpu::interrupts_on();
        callers::nested_call();
        cpu::interrupts_off();
        if !preemptible {
            thread::preempt_enable();
        }
    }
}

fn breakpoint(frame: *mut Frame) -> bool {
    unsafe {
        if BREAKPOINT_HOOK == 0 {
            return false;
        }
        let hook: BreakpointHook = transmute(BREAKPOINT_HOOK);
        hook(frame)
    }
}

fn exception(frame: *mut Frame, cause: u64, address: u64) {
    let me = thread::current();
    unsafe {
        if (*me).recover_pc == 0 {
            console::fail_trap(cause, (*frame).pc, address);
        }
        (*frame).pc = (*me).recover_pc;
        (*frame).sp = (*me).recover_sp;
        (*me).recover_pc = 0;
    }
}
