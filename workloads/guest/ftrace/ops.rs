//! Tracer descriptors.
//!
//! Fields that the call path reads have the offsets of Linux 7.2 (as Debian built it), in slots of 256 bytes, so that a
//! list walk touches as many cache lines here as there: func and direct_call lie three lines apart.

use crate::guest::console;
use crate::guest::ftrace::hash::{self, OpsHash};

/// Called by trampoline and list function: patched address, return address of the traced call, ops, saved registers.
pub type TracerFn = extern "C" fn(ip: u64, parent: u64, ops: *mut Ops, registers: *mut u64);

/// A tracer's descriptor.
#[repr(C)]
pub struct Ops {
    /// The tracer (offsets.inc: OPS_FUNC).
    pub func: TracerFn,
    /// Next in the list of registered ops.
    pub next: *mut Ops,
    /// Bit 0: a stub that the list walk passes over.
    pub flags: u64,
    unused_1: [u64; 7],
    /// Which sites it wants.
    pub hash: *mut OpsHash,
    unused_2: [u64; 13],
    /// Where a direct call goes, or 0 (OPS_DIRECT_CALL).
    pub direct_call: u64,
    /// Filter's sites as indices, ascending: what registration goes through.
    pub sites: *const u64,
    pub site_count: u64,
    /// Calls seen, where the tracer counts.
    pub hits: u64,
    /// Which tracer must be called with this ops; [`DEAD`] after it was freed.
    pub kind: u64,
    unused_3: [u64; 3],
}

/// Kind of a freed ops.
pub const DEAD: u64 = 0xDEAD;
/// Flag of ops that the list walk passes over.
pub const STUB: u64 = 1;
/// Flag: allocated at run time, as a module does. Without an ops of its own a site then calls the list function, which
/// alone knows when such an ops may be freed (Linux: ftrace_ops_get_list_func and FTRACE_OPS_FL_DYNAMIC).
pub const DYNAMIC: u64 = 2;

const CAPACITY: u64 = 640;
#[repr(C, align(256))]
struct Slots([[u64; 32]; 640]);
static mut SLOTS: Slots = Slots([[0; 32]; 640]);
static mut USED: u64 = 0;

/// A new ops with this tracer that wants all sites.
pub fn allocate(func: TracerFn, kind: u64) -> *mut Ops {
    unsafe {
        if USED == CAPACITY {
            console::fail(text!("too many ops"));
        }
        let ops = (&raw mut SLOTS as u64 + USED * 256) as *mut Ops;
        USED += 1;
        prepare(ops, func, kind);
        ops
    }
}

/// Makes a new or freed ops ready for use.
pub unsafe fn prepare(ops: *mut Ops, func: TracerFn, kind: u64) {
    unsafe {
        (*ops).func = func;
        (*ops).next = &raw mut LIST_END as *mut Ops;
        (*ops).flags = 0;
        (*ops).direct_call = 0;
        (*ops).hits = 0;
        (*ops).kind = kind;
        if (*ops).hash as u64 == 0 {
            (*ops).hash = hash::allocate_ops_hash();
        }
    }
}

#[repr(C, align(256))]
pub struct Slot(pub [u64; 32]);
/// Ends the list: an ops, so that a walk never meets a null pointer.
pub static mut LIST_END: Slot = Slot([0; 32]);
static mut LIST_OPS: Slot = Slot([0; 32]);
static mut NOP_OPS: Slot = Slot([0; 32]);

/// The ops of a site with several tracers: its tracer is the list function.
pub fn list_ops() -> *mut Ops {
    &raw mut LIST_OPS as *mut Ops
}

/// The ops of a site without tracer: its tracer does nothing.
pub fn nop_ops() -> *mut Ops {
    &raw mut NOP_OPS as *mut Ops
}

pub fn list_end() -> *mut Ops {
    &raw mut LIST_END as *mut Ops
}

/// Fills in the three ops that are always there.
pub fn init() {
    unsafe {
        prepare(list_end(), nop_tracer, 0);
        (*list_end()).flags = STUB;
        prepare(nop_ops(), nop_tracer, 0);
        prepare(list_ops(), crate::guest::ftrace::list::list_func, 0);
    }
}

/// Does nothing.
pub extern "C" fn nop_tracer(_ip: u64, _parent: u64, _ops: *mut Ops, _registers: *mut u64) {}
