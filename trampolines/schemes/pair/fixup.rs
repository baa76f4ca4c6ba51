//! pair-fixup: the pair under stop_machine, and whoever was preempted inside a pair is moved out of it.
//!
//! Idea: stop_machine waits for harts, not for threads; so look where the threads are. A thread that will go on at the
//! second instruction of a pair that has just changed is sent back to the first one.
//! Source: option (b) of the discussion of the 2024 RFC (Mark Rutland's answer to LM
//! 20240306165904.108141-1-puranjay12@gmail.com), which names the difficulty: nested exceptions leave several register
//! frames of one thread. Nobody has built it for Linux.
//!
//! Layout: that of pair-stop (scheme.rs).
//!
//! Protocol:
//! 1. The two variables, as pair-live sets them: threads preempted in the trampoline hold old values, so the stop alone
//!    does not keep a func from meeting another's ops. RCU-tasks between the steps.
//! 2. stop_machine. The last hart in writes all pairs. No order among these stores: nobody executes until the stop ends.
//! 3. Still in the stop: every register frame on every thread's stack, the nested ones too. Where the saved pc is the
//!    second instruction of a changed pair, it becomes the first. Running the first again is harmless: what it did before
//!    was nothing (nop) or a new value of t0, which the call may spoil. Threads that stopped voluntarily are in no pair,
//!    but frames below them may be.
//! 4. fence.i on each hart as it leaves the stop: no hart executes an old instruction afterwards. Needed on each since
//!    fence.i is local; a thread that migrates later finds every hart clean.
//!
//! Claims: safe under every preemption model.
//! Known to break: where a register frame is kept that the walk does not know (a debugger's, a hypervisor's); with
//! functions whose second instruction is a jump's target (none: a pair is entered at its start).
//! Cost: the stop lasts as long as the walk of all frames, each looked up among the changed sites.

use super::{set_target_live, write_pairs};
use crate::guest::ftrace::register::Change;
use crate::guest::trap::{self, Frame};
use crate::guest::{stop_machine, thread};
use crate::mini_core::*;

pub unsafe fn apply(change: *const Change) {
    unsafe {
        set_target_live((*change).op);
        if (*change).count != 0 {
            stop_machine::run(stopped, change as u64);
        }
    }
}

extern "C" fn stopped(change: u64) {
    unsafe {
        write_pairs(change as *const Change);
        thread::for_each_frame(leave_pair, change);
    }
}

/// Sends a frame back to the start of the changed pair that it is in, if it is in one.
unsafe fn leave_pair(frame: *mut Frame, change: u64) {
    unsafe {
        let function = (*frame).pc - 4;
        if super::find(change as *const Change, function) as u64 != 0 {
            (*frame).pc = function;
            trap::note_fixed();
        }
    }
}
