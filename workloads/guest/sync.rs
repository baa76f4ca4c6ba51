//! Locks.

use crate::guest::cpu;
use crate::mini_core::*;

pub unsafe fn try_lock(lock: *mut u64) -> bool {
    unsafe { volatile_load(lock) == 0 && cpu::test_and_set(lock) == 0 }
}

pub unsafe fn unlock(lock: *mut u64) {
    unsafe { cpu::store_release(lock, 0) }
}
