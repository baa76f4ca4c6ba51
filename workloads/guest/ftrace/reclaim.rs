//! Freeing what a call may still hold: ops, and the text of trampolines made at run time.
//!
//! As Linux's ftrace_shutdown: nothing is freed before every hart has gone through its scheduler (RCU-tasks-rude) and every
//! thread through a voluntary point (RCU-tasks). What is freed is poisoned, so that a late user is caught: an ops has the
//! tracer that reports it and a link to nowhere, text is undefined instructions.

use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::{console, cpu, rcu, tracers};
use crate::mini_core::*;

/// What waits for a grace period: an ops (0 bytes) or so many bytes of text.
#[repr(C)]
struct Waiting {
    address: u64,
    bytes: u64,
}

const CAPACITY: u64 = 640;
static mut WAITING: [[u64; 2]; 640] = [[0; 2]; 640];
static mut COUNT: u64 = 0;

/// An address where nothing is, on the machines of both instruction sets.
const NOWHERE: u64 = 0x0B00_0000;

fn later(address: u64, bytes: u64) {
    unsafe {
        if COUNT == CAPACITY {
            console::fail(text!("too much waits to be freed"));
        }
        let waiting = (&raw mut WAITING as u64 + COUNT * 16) as *mut Waiting;
        (*waiting).address = address;
        (*waiting).bytes = bytes;
        COUNT += 1;
    }
}

/// Has an ops freed that is no longer registered.
pub fn ops_later(ops: *mut Ops) {
    later(ops as u64, 0);
}

/// Has text freed that no site or ops leads to any more; whole words of 4 bytes.
pub fn text_later(address: u64, bytes: u64) {
    later(address, bytes);
}

/// Waits for both grace periods and frees what was handed over before.
pub fn run() {
    rcu::synchronize_tasks_rude();
    rcu::synchronize_tasks();
    unsafe {
        let mut n = 0u64;
        while n < COUNT {
            let waiting = (&raw mut WAITING as u64 + n * 16) as *mut Waiting;
            if (*waiting).bytes == 0 {
                let ops = (*waiting).address as *mut Ops;
                volatile_store(&raw mut (*ops).func as *mut u64, tracers::freed as u64);
                volatile_store(&raw mut (*ops).next as *mut u64, NOWHERE);
                volatile_store(&raw mut (*ops).kind, ops::DEAD);
            } else {
                // All zeros are an undefined instruction on both.
                let mut at = (*waiting).address;
                while at < (*waiting).address + (*waiting).bytes {
                    volatile_store(at as *mut u32, 0);
                    cpu::publish_instruction(at);
                    at += 4;
                }
            }
            n += 1;
        }
        COUNT = 0;
    }
}
