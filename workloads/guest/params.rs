//! What the host asks of this run. The host's side, with the meaning of each word, is `workloads/src/params.rs`.

use crate::mini_core::*;

/// The array that the host writes into the image.
#[unsafe(no_mangle)]
#[unsafe(link_section = ".params")]
static mut cmodx_params: [u64; 16] = [MAGIC, TOGGLE, 2, 100, 1, 0, 16, 3, 1, 0, 0, 1, 0, 0, 0, 0];

/// "CMDXPRM", version 2.
pub const MAGIC: u64 = 0x024d_5250_5844_4d43;
pub const OVERHEAD: u64 = 0;
pub const LATENCY: u64 = 1;
pub const TOGGLE: u64 = 2;
pub const CHECK: u64 = 3;

pub const MODE: u64 = 1;
pub const HARTS: u64 = 2;
pub const CALLS: u64 = 3;
pub const RELEVANT: u64 = 4;
pub const IRRELEVANT: u64 = 5;
pub const SITES: u64 = 6;
pub const ROUNDS: u64 = 7;
pub const SEED: u64 = 8;
pub const FLAGS: u64 = 9;
pub const PREEMPTION: u64 = 10;
pub const THREADS: u64 = 11;
pub const TICK: u64 = 12;
pub const TRACER: u64 = 13;

/// Preemption models.
pub const NONE: u64 = 0;
pub const VOLUNTARY: u64 = 1;
pub const FULL: u64 = 2;

/// Flag: wrong calls are counted and do not fail the run.
pub const WRONG_ALLOWED: u64 = 2;
/// Flag: fences of other harts by our own IPIs, not by the firmware (RISC-V).
pub const FENCE_BY_IPI: u64 = 4;
/// Flag: the check begins with sites traced.
pub const TRACED: u64 = 16;
/// Flag: harts take part in a stop in the interrupt handler, not in a thread.
pub const STOP_IN_INTERRUPT: u64 = 32;

/// Kinds of tracer: called by the trampoline; a direct call within reach of the site, out of reach, beside an ordinary tracer.
pub const OPS: u64 = 0;
pub const DIRECT_NEAR: u64 = 1;
pub const DIRECT_FAR: u64 = 2;
pub const DIRECT_LIST: u64 = 3;
/// A tracer that asks for all registers; one that sees calls begin and end.
pub const REGS: u64 = 4;
pub const GRAPH: u64 = 5;

/// One word; volatile, since the compiler saw other values than the host has put there.
pub fn get(word: u64) -> u64 {
    unsafe { volatile_load((&raw const cmodx_params as *const u64 as u64 + word * 8) as *const u64) }
}
