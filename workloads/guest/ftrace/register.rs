//! Registration: which ops each site calls, and telling the scheme what changes.
//!
//! A site that one ops wants calls that ops; a site that several want calls the list ops. Schemes with one ops for all
//! sites (`PER_SITE_OPS` false) enable and disable sites alike, and call the only registered ops, if it is not allocated
//! at run time, or the list.
//! Any thread may register: one at a time, by a mutex (Linux: ftrace_lock); text is changed under another (text_mutex).

use crate::guest::ftrace::hash;
use crate::guest::ftrace::ops::{self, Ops};
use crate::guest::ftrace::sites::{self, Site};
use crate::guest::{cpu, marks, sync};
use crate::mini_core::*;
use crate::scheme;

/// A site that must change.
#[repr(C)]
pub struct Update {
    /// Which.
    pub site: *const Site,
    /// What it called so far, or null.
    pub old: *mut Ops,
    /// What it calls from now on, or null.
    pub new: *mut Ops,
}

/// Everything that changes at once.
#[repr(C)]
pub struct Change {
    pub updates: *const Update,
    pub count: u64,
    /// For schemes with one ops for all sites: the only registered ops if it is static, the list ops, or null when there
    /// is none.
    pub op: *mut Ops,
}

static mut FTRACE_LOCK: u64 = 0;
static mut TEXT_MUTEX: u64 = 0;
static mut FIRST: u64 = 0;
static mut UPDATES: [[u64; 3]; 45_056] = [[0; 3]; 45_056];
static mut UPDATE_COUNT: u64 = 0;

/// Head of the list of registered ops.
#[inline(always)]
pub fn first() -> *mut Ops {
    let first = unsafe { volatile_load(&raw const FIRST) } as *mut Ops;
    if first as u64 == 0 { ops::list_end() } else { first }
}

/// Sets the filter: these sites, by index, ascending. The array must stay as it is while the ops is registered.
pub unsafe fn set_filter(ops: *mut Ops, indices: *const u64, count: u64) {
    unsafe {
        let filter = hash::with_room_for(count);
        let mut n = 0u64;
        while n < count {
            hash::insert(filter, sites::ip((*sites::number(index(indices, n))).function));
            n += 1;
        }
        (*(*ops).hash).filter = filter;
        (*ops).sites = indices;
        (*ops).site_count = count;
    }
}

/// Gives an ops the filter of another.
pub unsafe fn share_filter(ops: *mut Ops, of: *mut Ops) {
    unsafe {
        (*(*ops).hash).filter = (*(*of).hash).filter;
        (*ops).sites = (*of).sites;
        (*ops).site_count = (*of).site_count;
    }
}

unsafe fn index(indices: *const u64, n: u64) -> u64 {
    unsafe { *((indices as u64 + n * 8) as *const u64) }
}

/// Registers an ops: when this returns, its tracer is called.
pub unsafe fn register(ops: *mut Ops) {
    unsafe {
        sync::lock_mutex(&raw mut FTRACE_LOCK);
        (*ops).next = first();
        cpu::store_release(&raw mut FIRST, ops as u64);
        UPDATE_COUNT = 0;
        let mut n = 0u64;
        while n < (*ops).site_count {
            let site = sites::number(index((*ops).sites, n));
            (*site).count += 1;
            aim(site, if (*site).count == 1 { ops } else { ops::list_ops() });
            n += 1;
        }
        apply();
        sync::unlock(&raw mut FTRACE_LOCK);
    }
}

/// Unregisters an ops: when this returns, no call that begins later reaches its tracer.
pub unsafe fn unregister(ops: *mut Ops) {
    unsafe {
        sync::lock_mutex(&raw mut FTRACE_LOCK);
        let before = link_to(ops);
        UPDATE_COUNT = 0;
        // The list keeps the ops until the sites have changed: a hart on its way to the list function still finds it.
        let next = (*ops).next;
        if !scheme::PER_SITE_OPS {
            // One change stops all tracing or moves it from the list to what is left: the list must be right first.
            volatile_store(before, next as u64);
        }
        let mut n = 0u64;
        while n < (*ops).site_count {
            let site = sites::number(index((*ops).sites, n));
            (*site).count -= 1;
            let new = if (*site).count == 0 {
                0 as *mut Ops
            } else if (*site).count == 1 {
                other_that_wants(site, ops)
            } else {
                ops::list_ops()
            };
            aim(site, new);
            n += 1;
        }
        apply();
        if scheme::PER_SITE_OPS {
            volatile_store(before, next as u64);
        }
        sync::unlock(&raw mut FTRACE_LOCK);
    }
}

/// Puts `new`, with the same filter, in the place of `old`: when this returns, calls reach the new tracer.
pub unsafe fn replace(old: *mut Ops, new: *mut Ops) {
    unsafe {
        sync::lock_mutex(&raw mut FTRACE_LOCK);
        let before = link_to(old);
        (*new).next = (*old).next;
        // One store: a walk of the list meets one of the two.
        cpu::store_release(before, new as u64);
        UPDATE_COUNT = 0;
        let mut n = 0u64;
        while n < (*new).site_count {
            let site = sites::number(index((*new).sites, n));
            aim(site, if (*site).count == 1 { new } else { ops::list_ops() });
            n += 1;
        }
        apply();
        sync::unlock(&raw mut FTRACE_LOCK);
    }
}

/// The word that points to this ops in the list.
unsafe fn link_to(ops: *mut Ops) -> *mut u64 {
    unsafe {
        let mut link = &raw mut FIRST;
        while *link != ops as u64 {
            if *link == ops::list_end() as u64 || *link == 0 {
                crate::guest::console::fail(text!("ops is not registered"));
            }
            link = &raw mut (*(*link as *mut Ops)).next as *mut u64;
        }
        link
    }
}

/// The registered ops that wants this site, `except` apart.
unsafe fn other_that_wants(site: *const Site, except: *mut Ops) -> *mut Ops {
    unsafe {
        let mut op = first();
        while op != ops::list_end() {
            if op != except && hash::wants((*op).hash, sites::ip((*site).function)) {
                return op;
            }
            op = (*op).next;
        }
        crate::guest::console::fail(text!("no ops wants a site that one ops wants"));
    }
}

/// Notes what a site must call, if that is a change that its scheme has to make.
unsafe fn aim(site: *mut Site, new: *mut Ops) {
    unsafe {
        let old = (*site).ops;
        (*site).ops = new;
        let same = if scheme::PER_SITE_OPS { old == new } else { (old as u64 == 0) == (new as u64 == 0) };
        if same {
            return;
        }
        let update = (&raw mut UPDATES as u64 + UPDATE_COUNT * 24) as *mut Update;
        (*update).site = site;
        (*update).old = old;
        (*update).new = new;
        UPDATE_COUNT += 1;
    }
}

unsafe fn apply() {
    unsafe {
        let op = first();
        let op = if op == ops::list_end() {
            0 as *mut Ops
        } else if (*op).next == ops::list_end() && (*op).flags & ops::DYNAMIC == 0 {
            op
        } else {
            ops::list_ops()
        };
        let change = Change { updates: &raw const UPDATES as *const Update, count: UPDATE_COUNT, op };
        sync::lock_mutex(&raw mut TEXT_MUTEX);
        mark!(marks::APPLY);
        scheme::apply(&raw const change);
        mark!(marks::APPLY_END);
        sync::unlock(&raw mut TEXT_MUTEX);
    }
}
