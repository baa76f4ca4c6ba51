//! dyn-tramp: a trampoline for every ops, made at run time from a template.
//!
//! Idea: what x86 has (create_trampoline, arch_ftrace_update_trampoline): an ops that has sites to itself gets a copy of the
//! trampoline with its func and its own address inside, and its sites call that copy. No site needs a literal, and func
//! and ops are constants of one trampoline: they cannot be mixed up. The price: every trampoline must be in reach of its
//! sites, is code that is written at run time, and may be freed only when nobody can be in it.
//! Sources: Linux arch/x86/kernel/ftrace.c; kernel/trace/ftrace.c (ftrace_shutdown: RCU-tasks before the trampoline is
//! freed). On RISC-V and AArch64 no kernel does this: the sites are our construction.
//!
//! ```text
//! RV64:     func+00:  nop  <->  jal t0, trampoline               4-byte aligned; in reach of 1 MiB
//! AArch64:  func+00:  mov x9, x30                                written once
//!           func+04:  nop  <->  bl trampoline                    in reach of 128 MiB
//! ```
//! The compiler leaves 2 c.nop, or 2 nops, functions aligned to 4. On RV64 one jal reaches 1 MiB, which is the whole text
//! here; of Debian's Linux 7.2 it is 9 % of the sites, so that a kernel would need islands.
//!
//! There is room for 16 copies, enough for all ops that have sites to themselves in these runs. An ops that finds no room
//! goes through the common trampoline, whose tracer is the list function, as sites of several ops do.
//!
//! Protocol:
//! 1. An ops that comes to have a site: find room, copy the template, put in func and ops. Nobody can be there.
//! 2. Make it visible before any site leads there. AArch64: dc cvau; dsb; ic ivau; dsb on its lines; a PE that then executes
//!    the new bl executes the new trampoline (litmus MP.FF+cachesync+po). RV64: fence.i everywhere; new code behind a new
//!    jump is not ordered otherwise (litmus MP.FF+jump is allowed).
//! 3. Sites: one instruction each, nop, call, or call of another trampoline; AArch64: cache maintenance each; RV64: one
//!    fence.i everywhere.
//! 4. An ops that has no site left: every hart takes an interrupt, so that none executes an old site instruction; then a
//!    grace period of RCU-tasks, so that no thread is in the trampoline or on its way to its tracer.
//! 5. Fill the copy with breakpoints, and its ops and func with addresses that fault: they are data, so that a late visitor
//!    meets them even with old instructions in its cache. The room is free.
//!
//! Claims: safe live, also under preemption.
//! Known to break: without the grace period, or with one that waits for harts while threads may be preempted.
//!
//! Instruction counts: the disabled site costs +1 on RV64 and +2 on AArch64. A tracer costs 3 to 4 instructions less than
//! with call-ops: nothing is looked up. Enabling and disabling cost a grace period more.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod site;
#[cfg(target_arch = "riscv64")]
#[path = "riscv64.rs"]
mod site;

pub use site::{IP_FROM_FUNCTION, RETURN_FROM_FUNCTION, SAVED_ARGUMENTS};

use crate::guest::console;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites::Site;
use crate::guest::{ipi, rcu};
use crate::mini_core::*;

pub const HAS_SITES: bool = true;
pub const DIRECT_CALLS: bool = false;
pub const PER_SITE_OPS: bool = true;
pub const CLAIMS_SAFE: bool = true;
pub const FUNCTION_FROM_ENTRY: u64 = 0;

unsafe extern "C" {
    /// The template, and the trampoline of sites with several ops.
    static ftrace_trampoline: u8;
    static ftrace_trampoline_ops: u8;
    static ftrace_trampoline_func: u8;
    static ftrace_trampoline_end: u8;
    /// Room for copies.
    static dyn_tramps: u8;
}

/// Copies that there is room for, and bytes of each (trampoline-ARCH.S).
const ROOMS: u64 = 16;
const ROOM_BYTES: u64 = 192;

/// Where nothing is mapped.
const POISON: u64 = 0x0BAD_0000;

/// Who has a room: its ops, 0 for nobody, and the number of sites that lead there.
#[repr(C)]
struct Tenant {
    ops: u64,
    sites: u64,
}
static mut TENANTS: [[u64; 2]; 16] = [[0; 2]; 16];
/// The room that was asked for last: the next site most often has the same ops.
static mut LAST: u64 = 0;

fn tenant(room: u64) -> *mut Tenant {
    (&raw mut TENANTS as u64 + room * 16) as *mut Tenant
}

fn address(room: u64) -> u64 {
    &raw const dyn_tramps as u64 + room * ROOM_BYTES
}

fn common() -> u64 {
    &raw const ftrace_trampoline as u64
}

/// The room of this ops, or `ROOMS`. Of 0: a free one.
unsafe fn room_of(ops: u64) -> u64 {
    unsafe {
        if (*tenant(LAST)).ops == ops {
            return LAST;
        }
        let mut room = 0u64;
        while room < ROOMS && (*tenant(room)).ops != ops {
            room += 1;
        }
        if room < ROOMS {
            LAST = room;
        }
        room
    }
}

/// Gives all sites their first contents, and the common trampoline its tracer.
pub unsafe fn init(sites: *mut Site, count: u64) {
    unsafe {
        if &raw const ftrace_trampoline_end as u64 - common() > ROOM_BYTES {
            console::fail(text!("the trampoline does not fit its room"));
        }
        let mut room = 0u64;
        while room < ROOMS {
            poison(room);
            room += 1;
        }
        set_target(common(), ops::list_ops());
        let mut n = 0u64;
        while n < count {
            site::init((*((sites as u64 + n * 24) as *mut Site)).function);
            n += 1;
        }
    }
}

/// Puts func and ops into the trampoline at `at`.
unsafe fn set_target(at: u64, ops: *mut Ops) {
    unsafe { set_words(at, ops as u64, (*ops).func as u64) }
}

unsafe fn set_words(at: u64, ops: u64, func: u64) {
    unsafe {
        volatile_store((at + (&raw const ftrace_trampoline_ops as u64 - common())) as *mut u64, ops);
        volatile_store((at + (&raw const ftrace_trampoline_func as u64 - common())) as *mut u64, func);
    }
}

/// Makes the trampoline of this ops in a free room; false when there is none.
unsafe fn make(ops: *mut Ops) -> bool {
    unsafe {
        let room = room_of(0);
        if room == ROOMS {
            return false;
        }
        let at = address(room);
        let mut n = 0u64;
        while n < &raw const ftrace_trampoline_end as u64 - common() {
            volatile_store((at + n) as *mut u64, *((common() + n) as *const u64));
            n += 8;
        }
        set_target(at, ops);
        site::publish_code(at, at + ROOM_BYTES);
        (*tenant(room)).ops = ops as u64;
        (*tenant(room)).sites = 0;
        true
    }
}

/// Fills a room with what faults.
unsafe fn poison(room: u64) {
    let at = address(room);
    let mut n = 0u64;
    unsafe {
        while n < ROOM_BYTES {
            volatile_store((at + n) as *mut u32, site::BREAKPOINT);
            n += 4;
        }
        set_words(at, POISON, POISON);
        site::publish_code(at, at + ROOM_BYTES);
    }
}

/// Makes the trampolines that the new ops of this change lack.
unsafe fn make_missing(change: *const Change) {
    let mut made = false;
    let mut full = false;
    let mut n = 0u64;
    unsafe {
        while n < (*change).count && !full {
            let new = (*nth(change, n)).new;
            if new as u64 != 0 && new != ops::list_ops() && room_of(new as u64) == ROOMS {
                full = !make(new);
                made = true;
            }
            n += 1;
        }
        if made {
            site::before_sites();
        }
    }
}

/// Frees the trampolines that no site leads to any more.
unsafe fn free_unused() {
    unsafe {
        let mut waited = false;
        let mut room = 0u64;
        while room < ROOMS {
            if (*tenant(room)).ops != 0 && (*tenant(room)).sites == 0 {
                if !waited {
                    ipi::synchronize();
                    rcu::synchronize_tasks();
                    waited = true;
                }
                poison(room);
                (*tenant(room)).ops = 0;
            }
            room += 1;
        }
    }
}

unsafe fn nth(change: *const Change, n: u64) -> *const Update {
    unsafe { ((*change).updates as u64 + n * 24) as *const Update }
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        make_missing(change);
        let mut n = 0u64;
        while n < (*change).count {
            let update = nth(change, n);
            let function = (*(*update).site).function;
            let (old, new) = ((*update).old as u64, (*update).new as u64);
            // The old ops may have got its room after this site was sent to the common trampoline: what the site says counts.
            let room = if old != 0 { room_of(old) } else { ROOMS };
            if room != ROOMS && site::leads_to(function, address(room)) {
                (*tenant(room)).sites -= 1;
            }
            let room = if new != 0 { room_of(new) } else { ROOMS };
            if room != ROOMS {
                (*tenant(room)).sites += 1;
            }
            let target = if room != ROOMS { address(room) } else { common() };
            site::write(function, if new != 0 { target } else { 0 });
            n += 1;
        }
        if n != 0 {
            site::after_sites();
        }
        free_unused();
    }
}
