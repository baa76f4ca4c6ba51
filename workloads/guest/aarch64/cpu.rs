//! What one AArch64 PE does for itself: identity, interrupts, counters, barriers, atomics.

use crate::guest::hart::Hart;
use crate::mini_core::*;

/// This hart's record; TPIDR_EL1 holds it, as it holds the per-CPU base in a kernel.
#[inline(always)]
pub fn this_hart() -> *mut Hart {
    let hart: *mut Hart;
    unsafe { asm!("mrs {}, tpidr_el1", out(reg) hart, options(nomem, nostack)) }
    hart
}

/// Lets IPIs in, from now on.
pub fn enable_ipis() {
    interrupts_on();
}

#[inline(always)]
pub fn interrupts_off() {
    unsafe { asm!("msr daifset, #2") }
}

#[inline(always)]
pub fn interrupts_on() {
    unsafe { asm!("msr daifclr, #2") }
}

/// Sleeps until an interrupt is pending, masked or not.
pub fn wait_for_interrupt() {
    unsafe { asm!("wfi") }
}

/// One turn of a waiting loop.
#[inline(always)]
pub fn relax() {
    unsafe { asm!("yield") }
}

/// Starts the cycle counter, and event counter 0 with INST_RETIRED (0x08).
pub fn start_counters() {
    unsafe {
        asm!(
            "msr pmccfiltr_el0, xzr",
            "msr pmevtyper0_el0, {event}",
            "msr pmcntenset_el0, {counters}",
            "msr pmcr_el0, {enable}",
            "isb",
            event = in(reg) 8u64,
            counters = in(reg) 0x8000_0001u64,
            enable = in(reg) 0x41u64,
        )
    }
}

#[inline(always)]
pub fn cycles() -> u64 {
    let value: u64;
    unsafe { asm!("isb", "mrs {}, pmccntr_el0", out(reg) value) }
    value
}

#[inline(always)]
pub fn instructions() -> u64 {
    let value: u64;
    unsafe { asm!("isb", "mrs {}, pmevcntr0_el0", out(reg) value) }
    value
}

/// Later fetches of this hart see what cache maintenance has completed.
#[inline(always)]
pub fn synchronize_fetches() {
    unsafe { asm!("isb") }
}

/// Orders all earlier accesses before all later ones.
#[inline(always)]
pub fn fence() {
    unsafe { asm!("dmb ish") }
}

/// Orders earlier stores before later ones.
#[inline(always)]
pub fn fence_stores() {
    unsafe { asm!("dmb ishst") }
}

#[inline(always)]
pub unsafe fn load_acquire(from: *const u64) -> u64 {
    let value: u64;
    unsafe { asm!("ldar {}, [{}]", out(reg) value, in(reg) from) }
    value
}

#[inline(always)]
pub unsafe fn store_release(to: *mut u64, value: u64) {
    unsafe { asm!("stlr {}, [{}]", in(reg) value, in(reg) to) }
}

/// Adds, and returns the sum. Exclusives, since not every core has LSE.
#[inline(always)]
pub unsafe fn add(to: *mut u64, value: u64) -> u64 {
    let sum: u64;
    unsafe {
        asm!(
            "2: ldaxr {sum}, [{to}]",
            "add {sum}, {sum}, {value}",
            "stlxr {failed:w}, {sum}, [{to}]",
            "cbnz {failed:w}, 2b",
            sum = out(reg) sum, failed = out(reg) _, to = in(reg) to, value = in(reg) value,
        )
    }
    sum
}

/// Stores 1 and returns what was there.
#[inline(always)]
pub unsafe fn test_and_set(to: *mut u64) -> u64 {
    let old: u64;
    unsafe {
        asm!(
            "2: ldaxr {old}, [{to}]",
            "stxr {failed:w}, {one}, [{to}]",
            "cbnz {failed:w}, 2b",
            old = out(reg) old, failed = out(reg) _, to = in(reg) to, one = in(reg) 1u64,
        )
    }
    old
}

#[inline(always)]
pub fn divide(a: u64, b: u64) -> u64 {
    let quotient: u64;
    unsafe { asm!("udiv {}, {}, {}", out(reg) quotient, in(reg) a, in(reg) b, options(nomem, nostack)) }
    quotient
}
