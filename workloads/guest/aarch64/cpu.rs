//! What one AArch64 PE does for itself: identity, interrupts, counters, barriers, atomics.

use crate::guest::hart::Hart;
use crate::guest::marks;
use crate::guest::thread::Thread;
use crate::mini_core::*;

/// The running thread's record; SP_EL0 holds it, as in Linux.
#[inline(always)]
pub fn current_thread() -> *mut Thread {
    let thread: *mut Thread;
    unsafe { asm!("mrs {}, sp_el0", out(reg) thread, options(nomem, nostack)) }
    thread
}

/// This hart's record; TPIDR_EL1 holds it, as it holds the per-CPU base in a kernel.
#[inline(always)]
pub fn this_hart() -> *mut Hart {
    let hart: *mut Hart;
    unsafe { asm!("mrs {}, tpidr_el1", out(reg) hart, options(nomem, nostack)) }
    hart
}

/// Stack pointer of a thread that begins at `start` (thread_entry) with `entry(argument)`: what switch.S restores.
pub unsafe fn first_context(top: u64, start: u64, entry: u64, argument: u64) -> u64 {
    let sp = top - 96;
    unsafe {
        volatile_store((sp + 8) as *mut u64, start);
        volatile_store((sp + 16) as *mut u64, entry);
        volatile_store((sp + 24) as *mut u64, argument);
    }
    sp
}

/// Lets IPIs in, and the timer's interrupts where that is started.
pub fn enable_interrupts() {
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

/// Makes a stored instruction visible to the fetches of all PEs (those in flight apart).
pub unsafe fn publish_instruction(at: u64) {
    unsafe {
        let ctr: u64;
        mark!(marks::CACHE);
        asm!("mrs {}, ctr_el0", out(reg) ctr, options(nomem, nostack));
        if ctr & (1 << 28) == 0 {
            asm!("dc cvau, {}", "dsb ish", in(reg) at);
        } else {
            asm!("dsb ishst");
        }
        if ctr & (1 << 29) == 0 {
            asm!("ic ivau, {}", "dsb ish", in(reg) at);
        }
        asm!("isb");
        mark!(marks::CACHE_END);
    }
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
