//! Caches, TLBs, store buffer and memory of a core model.

use serde::{Deserialize, Serialize};

/// Which line of a set leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    /// The least recently used.
    Lru,
    /// The one that came first.
    Fifo,
    /// Any: a fixed sequence of pseudo-random numbers.
    Random,
}

/// What a store that hits does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WritePolicy {
    /// Makes the line dirty; L2 gets it when it leaves.
    Back,
    /// Goes to L2 at once; the line stays clean.
    Through,
}

/// L1 instruction cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsnCache {
    /// Bytes.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Which copy of a set leaves.
    pub replacement: Replacement,
    /// Bytes of one beat of a line fill; each beat reads memory at its own cycle.
    pub beat_bytes: u8,
    /// Fetch the next line after each miss. It is a copy of that time, and gets as stale as any other.
    pub prefetch: bool,
}

/// L1 data cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCache {
    /// Bytes.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Which line of a set leaves.
    pub replacement: Replacement,
    /// What a store that hits does.
    pub write: WritePolicy,
    /// A store that misses fills the line first; else it goes to L2.
    pub write_allocate: bool,
    /// Extra cycles when another hart's L1D holds the line dirty.
    pub remote_dirty: u8,
    /// Cycles to take ownership of a line that others share.
    pub upgrade: u8,
}

/// Second-level cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level2 {
    /// Bytes of each.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Which line of a set leaves.
    pub replacement: Replacement,
    /// Cycles from an L1 miss to the first data.
    pub cycles: u64,
    /// Harts that share one, in the order of their numbers; 0: all of the machine.
    pub harts: u8,
    /// Extra cycles when the line is dirty in the L1D of a hart behind another L2.
    pub other_cluster: u8,
}

/// Memory behind L2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dram {
    /// Cycles of a line, beyond those of L2.
    pub cycles: u64,
    /// Cycles from the start of one line to that of the next: the bandwidth.
    pub interval: u64,
}

/// Translation buffers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlbSizes {
    /// Entries for fetches, fully associative.
    pub insn_entries: u16,
    /// Entries for loads and stores, fully associative.
    pub data_entries: u16,
    /// Entries of the second level for both, direct mapped; a power of two, or 0 for none.
    pub l2_entries: u16,
    /// Cycles of a hit in the second level.
    pub l2_cycles: u8,
    /// Cycles of each read of a page table.
    pub walk_level: u16,
}

/// Store buffer parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreBuffer {
    /// Entries.
    pub entries: u8,
    /// Cycles from issue until the oldest store may leave for L1D.
    pub drain_delay: u8,
    /// Stores of up to eight bytes that may leave in one cycle. A store of two registers counts as two.
    pub per_cycle: u8,
    /// Extra cycles of a load that takes its value from here.
    pub forward: u8,
}
