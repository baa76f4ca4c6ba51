//! What one RV64 hart does for itself: identity, interrupts, counters, fences, atomics.

use crate::guest::hart::Hart;
use crate::guest::marks;
use crate::guest::thread::Thread;
use crate::mini_core::*;

/// The running thread's record; tp holds it, as in Linux.
#[inline(always)]
pub fn current_thread() -> *mut Thread {
    let thread: *mut Thread;
    unsafe { asm!("mv {}, tp", out(reg) thread, options(nomem, nostack)) }
    thread
}

/// This hart's record; the running thread's names it.
#[inline(always)]
pub fn this_hart() -> *mut Hart {
    let hart: *mut Hart;
    unsafe { asm!("ld {}, 0(tp)", out(reg) hart, options(nostack)) }
    hart
}

/// Stack pointer of a thread that begins at `start` (thread_entry) with `entry(argument)`: what switch.S restores.
pub unsafe fn first_context(top: u64, start: u64, entry: u64, argument: u64) -> u64 {
    let sp = top - 112;
    unsafe {
        volatile_store(sp as *mut u64, start);
        volatile_store((sp + 8) as *mut u64, entry);
        volatile_store((sp + 16) as *mut u64, argument);
    }
    sp
}

/// Lets IPIs in, and the timer's interrupts where that is started.
pub fn enable_interrupts() {
    unsafe { asm!("csrs sie, {}", "csrsi sstatus, 2", in(reg) 2u64) }
}

#[inline(always)]
pub fn interrupts_off() {
    unsafe { asm!("csrci sstatus, 2") }
}

#[inline(always)]
pub fn interrupts_on() {
    unsafe { asm!("csrsi sstatus, 2") }
}

/// Sleeps until an interrupt is pending, enabled or not.
pub fn wait_for_interrupt() {
    unsafe { asm!("wfi") }
}

/// One turn of a waiting loop: the PAUSE hint (Zihintpause), which other cores execute as an empty fence.
#[inline(always)]
pub fn relax() {
    unsafe { asm!(".insn 0x0100000f") }
}

/// Makes the counters readable. The firmware has let S mode read them.
pub fn start_counters() {}

#[inline(always)]
pub fn cycles() -> u64 {
    let value: u64;
    unsafe { asm!("rdcycle {}", out(reg) value) }
    value
}

#[inline(always)]
pub fn instructions() -> u64 {
    let value: u64;
    unsafe { asm!("rdinstret {}", out(reg) value) }
    value
}

/// Later fetches of this hart see what it and its fences have seen.
#[inline(always)]
pub fn synchronize_fetches() {
    unsafe {
        mark!(marks::CACHE);
        asm!("fence.i");
        mark!(marks::CACHE_END);
    }
}

/// For text that nobody else may be fetching: this hart's later fetches see the stored instruction. The others need a
/// fence of their own before they go there.
pub unsafe fn publish_instruction(_at: u64) {
    synchronize_fetches();
}

/// Orders all earlier accesses before all later ones.
#[inline(always)]
pub fn fence() {
    unsafe { asm!("fence rw, rw") }
}

/// Orders earlier stores before later ones.
#[inline(always)]
pub fn fence_stores() {
    unsafe { asm!("fence w, w") }
}

#[inline(always)]
pub unsafe fn load_acquire(from: *const u64) -> u64 {
    let value: u64;
    unsafe { asm!("ld {}, 0({})", "fence r, rw", out(reg) value, in(reg) from) }
    value
}

#[inline(always)]
pub unsafe fn store_release(to: *mut u64, value: u64) {
    unsafe { asm!("fence rw, w", "sd {}, 0({})", in(reg) value, in(reg) to) }
}

/// Adds, and returns the sum.
#[inline(always)]
pub unsafe fn add(to: *mut u64, value: u64) -> u64 {
    let old: u64;
    unsafe { asm!("amoadd.d.aqrl {}, {}, ({})", out(reg) old, in(reg) value, in(reg) to) }
    old + value
}

/// Stores 1 and returns what was there.
#[inline(always)]
pub unsafe fn test_and_set(to: *mut u64) -> u64 {
    let old: u64;
    unsafe { asm!("amoswap.d.aq {}, {}, ({})", out(reg) old, in(reg) 1u64, in(reg) to) }
    old
}

#[inline(always)]
pub fn divide(a: u64, b: u64) -> u64 {
    let quotient: u64;
    unsafe { asm!("divu {}, {}, {}", out(reg) quotient, in(reg) a, in(reg) b, options(nomem, nostack)) }
    quotient
}
