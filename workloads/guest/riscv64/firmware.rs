//! SBI: the console, the other harts, IPIs, remote fences, the end. Chapter numbers are those of the SBI specification 2.0.

use crate::guest::hart::{self, Hart};
use crate::guest::{ipi, marks, params, thread};
use crate::mini_core::*;

const BASE: u64 = 0x10;
const LEGACY_PUTCHAR: u64 = 1;
const DBCN: u64 = 0x4442_434E;
const HSM: u64 = 0x48_534D;
const IPI: u64 = 0x73_5049;
const RFENCE: u64 = 0x5246_4E43;
const SRST: u64 = 0x5352_5354;
const TIME: u64 = 0x5449_4D45;

/// Nanoseconds of one tick of the timer: QEMU's `virt` counts 10 MHz.
pub const TIMER_NANOSECONDS: u64 = 100;

/// What a call returned.
struct Answer {
    error: u64,
    value: u64,
}

unsafe fn call(extension: u64, function: u64, a: u64, b: u64, c: u64) -> Answer {
    let error: u64;
    let value: u64;
    unsafe {
        asm!("ecall", inlateout("a0") a => error, inlateout("a1") b => value, in("a2") c, in("a6") function, in("a7") extension)
    }
    Answer { error, value }
}

/// Writes bytes: by the debug console (chapter 12) where there is one, else byte by byte (5.2).
pub fn write(bytes: *const u8, length: u64) {
    unsafe {
        let probe = call(BASE, 3, DBCN, 0, 0);
        if probe.error == 0 && probe.value != 0 {
            let mut done = 0u64;
            while done < length {
                let answer = call(DBCN, 0, length - done, bytes as u64 + done, 0);
                if answer.error != 0 || answer.value == 0 {
                    return;
                }
                done += answer.value;
            }
            return;
        }
        let mut n = 0u64;
        while n < length {
            call(LEGACY_PUTCHAR, 0, *((bytes as u64 + n) as *const u8) as u64, 0, 0);
            n += 1;
        }
    }
}

/// Nothing to prepare.
pub fn start_interrupts(_hart: *mut Hart) {}

/// Hart ids count from 0 without gaps; the boot hart is number 0 here whatever its id.
pub fn physical_id(number: u64, boot: u64) -> u64 {
    if number == 0 {
        boot
    } else if number <= boot {
        number - 1
    } else {
        number
    }
}

/// Starts a hart at `entry` with `argument` (chapter 9); true if the firmware agreed.
pub fn start_hart(hart: *mut Hart, entry: u64, argument: u64) -> bool {
    unsafe { call(HSM, 0, (*hart).physical, entry, argument).error == 0 }
}

/// Lets the timer interrupt this hart.
pub fn enable_timer() {
    unsafe { asm!("csrs sie, {}", in(reg) 32u64) }
}

/// The time, in ticks of the timer.
pub fn time() -> u64 {
    let value: u64;
    unsafe { asm!("rdtime {}", out(reg) value) }
    value
}

/// Takes back this hart's timer interrupt and asks for one at this time (chapter 6).
pub fn set_timer(at: u64) {
    unsafe { call(TIME, 0, at, 0, 0) };
}

/// The hart mask of all running harts but the caller.
fn others() -> u64 {
    let me = hart::this();
    let mut mask = 0u64;
    let mut n = 0u64;
    while n < hart::count() {
        let h = hart::number(n);
        if h != me {
            mask |= 1u64 << unsafe { (*h).physical };
        }
        n += 1;
    }
    mask
}

/// Interrupts all running harts but this one (chapter 7).
pub fn interrupt_others() {
    // The stores that the interrupted hart must see come before the request, which may be a store to a device.
    unsafe { asm!("fence w, o") }
    let mask = others();
    if mask != 0 {
        unsafe { call(IPI, 0, mask, 0, 0) };
    }
}

/// Interrupts one running hart.
pub fn interrupt(hart: *mut Hart) {
    unsafe {
        asm!("fence w, o");
        call(IPI, 0, 1u64 << (*hart).physical, 0, 0);
    }
}

/// Takes back the interrupt that is being handled.
pub fn end_interrupt() {
    unsafe { asm!("csrc sip, {}", in(reg) 2u64) }
}

/// Makes every hart fetch anew: FENCE.I here, then on all other running harts, by the firmware (chapter 8) or, where the run
/// asks for it, by an IPI of our own whose handler executes it. Linux has both ways and prefers IPIs of its own where
/// S mode can send them without the firmware.
///
/// `fence w, o`: earlier stores (the patch) before the request, which may reach the others through a device
/// (Linux commit ca358692de41). The IPI's completion is waited for. The firmware's text promises only that the request was
/// sent; whether it also waits is the board's affair.
pub fn flush_icache_all() {
    if params::get(params::FLAGS) & params::FENCE_BY_IPI != 0 {
        return ipi::on_each_hart(fence_i, 0);
    }
    thread::preempt_disable();
    unsafe {
        mark!(marks::CACHE);
        asm!("fence.i", "fence w, o");
        mark!(marks::CACHE_END);
    }
    let mask = others();
    if mask != 0 {
        unsafe {
            mark!(marks::ASK);
            call(RFENCE, 0, mask, 0, 0);
            mark!(marks::ASK_END);
        }
    }
    thread::preempt_enable();
}

extern "C" fn fence_i(_: u64) {
    unsafe { asm!("fence.i") }
}

/// The machine's test finisher (SiFive's, as QEMU has it).
const FINISHER: u64 = 0x10_0000;
/// Ends the machine with exit code 1.
const FINISHER_FAIL: u32 = 0x1_3333;

/// Ends the run: shutdown by firmware (chapter 10), or after a failure by the test finisher, since not every firmware makes
/// a failed shutdown an exit code.
pub fn power_off(failed: bool) -> ! {
    unsafe {
        if failed {
            volatile_store(FINISHER as *mut u32, FINISHER_FAIL);
        }
        call(SRST, 0, 0, failed as u64, 0);
        loop {
            asm!("wfi");
        }
    }
}
