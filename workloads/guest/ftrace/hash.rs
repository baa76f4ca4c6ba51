//! Sets of sites: what the filter and notrace hashes of an ops are.

use crate::guest::console;
use crate::mini_core::*;

/// The two hashes of an ops; an empty filter means all sites.
#[repr(C)]
pub struct OpsHash {
    pub notrace: *mut Hash,
    pub filter: *mut Hash,
}

/// A hash table of addresses, chained.
#[repr(C)]
pub struct Hash {
    pub size_bits: u64,
    pub buckets: *mut *mut Entry,
    pub count: u64,
}

/// An address in a hash.
#[repr(C)]
pub struct Entry {
    pub next: *mut Entry,
    pub ip: u64,
}

static mut EMPTY: Hash = Hash { size_bits: 0, buckets: 0 as *mut *mut Entry, count: 0 };

const ARENA_WORDS: u64 = 1_048_576;
static mut ARENA: [u64; 1_048_576] = [0; 1_048_576];
static mut ARENA_USED: u64 = 0;

/// Zeroed memory for the rest of the run.
pub fn allocate(words: u64) -> u64 {
    unsafe {
        if ARENA_USED + words > ARENA_WORDS {
            console::fail(text!("out of memory"));
        }
        let at = &raw mut ARENA as u64 + ARENA_USED * 8;
        ARENA_USED += words;
        at
    }
}

pub fn allocate_ops_hash() -> *mut OpsHash {
    let hash = allocate(2) as *mut OpsHash;
    unsafe {
        (*hash).notrace = &raw mut EMPTY;
        (*hash).filter = &raw mut EMPTY;
    }
    hash
}

/// A hash with room for `count` addresses: two to a bucket, at most 4096 buckets, as ftrace sizes its own.
pub fn with_room_for(count: u64) -> *mut Hash {
    let mut bits = 0u64;
    while bits < 12 && (2u64 << bits) < count {
        bits += 1;
    }
    let hash = allocate(3) as *mut Hash;
    unsafe {
        (*hash).size_bits = bits;
        (*hash).buckets = allocate(1u64 << bits) as *mut *mut Entry;
        (*hash).count = 0;
    }
    hash
}

pub unsafe fn insert(hash: *mut Hash, ip: u64) {
    unsafe {
        let entry = allocate(2) as *mut Entry;
        let bucket = bucket(hash, ip);
        (*entry).ip = ip;
        (*entry).next = *bucket;
        *bucket = entry;
        (*hash).count += 1;
    }
}

/// Multiplicative hashing: the top bits of the product with 2^64 divided by the golden ratio.
#[inline(always)]
unsafe fn bucket(hash: *mut Hash, ip: u64) -> *mut *mut Entry {
    unsafe {
        let bits = (*hash).size_bits;
        let key = if bits > 0 { (ip * 0x61C8_8646_80B5_83EB) >> (64 - bits) } else { 0 };
        ((*hash).buckets as u64 + key * 8) as *mut *mut Entry
    }
}

/// Whether the address is in the hash.
pub unsafe fn contains(hash: *mut Hash, ip: u64) -> bool {
    unsafe {
        if (*hash).count == 0 {
            return false;
        }
        let mut entry = *bucket(hash, ip);
        while entry as u64 != 0 {
            if (*entry).ip == ip {
                return true;
            }
            entry = (*entry).next;
        }
        false
    }
}

/// Whether an ops with these hashes wants a call from this address.
#[inline(always)]
pub unsafe fn wants(hash: *mut OpsHash, ip: u64) -> bool {
    unsafe {
        let filter = volatile_load(&raw const (*hash).filter);
        let notrace = volatile_load(&raw const (*hash).notrace);
        ((*filter).count == 0 || contains(filter, ip)) && ((*notrace).count == 0 || !contains(notrace, ip))
    }
}
