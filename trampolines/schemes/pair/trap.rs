//! pair-trap: a breakpoint stands at the site while its two instructions change, and its handler makes the call.
//!
//! Idea: what x86 does with int3. One aligned 4-byte store closes the site; whoever comes traps and is sent where the site
//! will lead. Behind the breakpoint the second instruction is changed once nobody can be between the two any more.
//! Sources: option (a) of the discussion of the 2024 RFC (Mark Rutland's answer to LM
//! 20240306165904.108141-1-puranjay12@gmail.com: an exception first, several passes, synchronize_rcu_tasks; not in a stop);
//! Linux's arch/x86/kernel/alternative.c (smp_text_poke_batch_finish) for the phases, which needs no grace period because
//! x86 has one instruction there.
//!
//! ```text
//!           before     1        2..3     3        4
//! func+00:  nop        ebreak   ebreak   ebreak   auipc t0, …
//! func+04:  nop        nop      nop      jalr …   jalr t0, …       and the same with both columns swapped
//! ```
//!
//! Protocol, for all sites of a change together:
//! 1. The two variables of the trampoline, as pair-live sets them, RCU-tasks between the steps.
//! 2. The vector of sites is published (release), then ebreak is stored over every first instruction. fence.i; fence w,o;
//!    remote fence.i: from now on every pass traps. Until then a hart may execute the old first instruction and the second,
//!    which is still old too.
//! 3. RCU-tasks: threads that were preempted between the two have gone on over the old second instruction. Then all second
//!    instructions, and a flush: needed because a hart that fetches the new first instruction (step 4) must not still hold
//!    the old second one (litmus MP.FF is allowed).
//! 4. All first instructions, and a flush: no hart traps any more.
//! 5. The vector is withdrawn. An interrupt of every hart, since handlers run with interrupts off: when all have taken one,
//!    no handler reads the vector, which the next change will overwrite.
//!
//! The handler sends the call where the new contents would: to the trampoline with t0 as jalr would leave it, or to the
//! body. A hart that trapped before the flush of step 4 and asks after step 5 finds no vector: it executes fence.i and tries
//! again.
//!
//! Three flushes and at least one grace period a change, whatever the number of sites; stores are 3 a site.
//! Claims: safe live, under every preemption model.
//! Known to break: with sites in code that runs inside the breakpoint handler; with 2-byte-aligned functions (Ziccif).
//! Where the SBI answers remote_fence_i before it is done, steps 2 to 4 order nothing.

use super::{T0, set_target_live, trampoline, write_first, write_second};
use crate::guest::ftrace::register::{Change, Update};
use crate::guest::ftrace::sites;
use crate::guest::trap::{self, Frame};
use crate::guest::{cpu, firmware, ipi, rcu};
use crate::mini_core::*;

/// ebreak, in 4 bytes.
const EBREAK: u32 = 0x0010_0073;

/// The change under way, or 0.
static mut VECTOR: u64 = 0;

pub fn init() {
    trap::on_breakpoint(trapped);
}

pub unsafe fn apply(change: *const Change) {
    unsafe {
        set_target_live((*change).op);
        if (*change).count == 0 {
            return;
        }
        cpu::store_release(&raw mut VECTOR, change as u64);
        cpu::fence_stores();
        for_each(change, close);
        firmware::flush_icache_all();
        rcu::synchronize_tasks();
        for_each(change, second);
        firmware::flush_icache_all();
        for_each(change, first);
        firmware::flush_icache_all();
        cpu::store_release(&raw mut VECTOR, 0);
        ipi::synchronize();
    }
}

unsafe fn for_each(change: *const Change, write: unsafe fn(u64, bool)) {
    unsafe {
        let mut n = 0u64;
        while n < (*change).count {
            let update = ((*change).updates as u64 + n * 24) as *const Update;
            write((*(*update).site).function, (*update).new as u64 != 0);
            n += 1;
        }
    }
}

unsafe fn close(function: u64, _: bool) {
    unsafe { volatile_store(function as *mut u32, EBREAK) }
}

unsafe fn first(function: u64, on: bool) {
    unsafe { write_first(function, on) }
}

unsafe fn second(function: u64, on: bool) {
    unsafe { write_second(function, on) }
}

/// The breakpoint handler.
unsafe fn trapped(frame: *mut Frame) -> bool {
    unsafe {
        let function = (*frame).pc;
        let change = cpu::load_acquire(&raw const VECTOR) as *const Change;
        if change as u64 != 0 {
            let update = super::find(change, function);
            if update as u64 != 0 {
                if (*update).new as u64 != 0 {
                    trap::set_register(frame, T0 as u64, function + 8);
                    (*frame).pc = trampoline();
                } else {
                    (*frame).pc = function + 8;
                }
                return true;
            }
        }
        if sites::is_function(function) {
            cpu::synchronize_fetches();
            return true;
        }
        false
    }
}
