//! Translations that a hart remembers: a small direct-mapped table over 4 KiB pages.
//!
//! Left out for now: separate instruction and data TLBs with the core's own sizes.

use cmodx_isa::Mapping;

/// Entries.
const ENTRIES: usize = 256;
/// Bytes of the unit that an entry covers; larger pages take several entries.
const PAGE: u64 = 4096;

/// The table of one hart.
#[derive(Clone)]
pub struct Tlb {
    entries: Vec<Option<(u64, Mapping)>>,
}

impl Tlb {
    /// An empty table.
    pub fn new() -> Tlb {
        Tlb { entries: vec![None; ENTRIES] }
    }

    fn index(page: u64) -> usize {
        (page ^ page >> 8) as usize % ENTRIES
    }

    /// The mapping of the page that holds a virtual address; its `physical` is that of the page's start.
    pub fn find(&self, at: u64) -> Option<Mapping> {
        let page = at / PAGE;
        self.entries[Self::index(page)].filter(|(p, _)| *p == page).map(|(_, m)| m)
    }

    /// Remembers what a walk for `at` gave.
    pub fn insert(&mut self, at: u64, mapping: Mapping) {
        let page = at / PAGE;
        let start = Mapping { physical: mapping.physical & !(PAGE - 1), ..mapping };
        self.entries[Self::index(page)] = Some((page, start));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.entries.fill(None);
    }
}
