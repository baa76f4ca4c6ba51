//! Locks.

use crate::guest::{cpu, schedule};
use crate::mini_core::*;

pub unsafe fn try_lock(lock: *mut u64) -> bool {
    unsafe { volatile_load(lock) == 0 && cpu::test_and_set(lock) == 0 }
}

pub unsafe fn unlock(lock: *mut u64) {
    unsafe { cpu::store_release(lock, 0) }
}

/// Takes a lock whose holders may sleep: who waits gives up the hart.
pub unsafe fn lock_mutex(lock: *mut u64) {
    unsafe {
        while try_lock(lock) == false {
            schedule::yield_now();
        }
    }
}
