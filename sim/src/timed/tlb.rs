//! Translations that a hart remembers: a first level each for fetches and for data, fully associative, where the oldest entry
//! leaves; a second level for both, direct mapped.
//!
//! Entries cover 4 KiB; larger pages take several. Left out: the true replacement order of any core, address space tags.

use crate::core_model::TlbSizes;
use cmodx_isa::{Access, Mapping};

/// Bytes of the unit that an entry covers.
const PAGE: u64 = 4096;
/// Hints that find a page of the first level without a search.
const HINTS: usize = 64;

/// A page and where it is.
type Entry = Option<(u64, Mapping)>;

/// One table of the first level.
#[derive(Clone)]
struct First {
    entries: Vec<Entry>,
    /// For pages by their low bits, the entry that was found last.
    hints: [u16; HINTS],
    oldest: usize,
}

impl First {
    fn new(entries: u16) -> First {
        First { entries: vec![None; entries as usize], hints: [0; HINTS], oldest: 0 }
    }

    #[inline(always)]
    fn find(&mut self, page: u64) -> Option<Mapping> {
        let hint = page as usize % HINTS;
        match self.entries[self.hints[hint] as usize] {
            Some((p, mapping)) if p == page => Some(mapping),
            _ => self.search(page, hint),
        }
    }

    fn search(&mut self, page: u64, hint: usize) -> Option<Mapping> {
        let index = self.entries.iter().position(|e| e.is_some_and(|(p, _)| p == page))?;
        self.hints[hint] = index as u16;
        self.entries[index].map(|(_, mapping)| mapping)
    }

    fn insert(&mut self, page: u64, mapping: Mapping) {
        let known = self.entries.iter().position(|e| e.is_some_and(|(p, _)| p == page));
        let index = known.unwrap_or(self.oldest);
        if known.is_none() {
            self.oldest = (self.oldest + 1) % self.entries.len();
        }
        self.entries[index] = Some((page, mapping));
        self.hints[page as usize % HINTS] = index as u16;
    }
}

/// The tables of one hart.
#[derive(Clone)]
pub struct Tlb {
    insn: First,
    data: First,
    second: Vec<Entry>,
    second_cycles: u64,
}

impl Tlb {
    /// Empty tables.
    pub fn new(sizes: &TlbSizes) -> Tlb {
        Tlb {
            insn: First::new(sizes.insn_entries),
            data: First::new(sizes.data_entries),
            second: vec![None; sizes.l2_entries as usize],
            second_cycles: sizes.l2_cycles as u64,
        }
    }

    fn first(&mut self, access: Access) -> &mut First {
        if access == Access::Fetch { &mut self.insn } else { &mut self.data }
    }

    /// The mapping of the page that holds a virtual address, and the cycles that it took to find it; its `physical` is that of
    /// the page's start.
    #[inline(always)]
    pub fn find(&mut self, at: u64, access: Access) -> Option<(Mapping, u64)> {
        let page = at / PAGE;
        match self.first(access).find(page) {
            Some(mapping) => Some((mapping, 0)),
            None => self.find_second(page, access),
        }
    }

    fn find_second(&mut self, page: u64, access: Access) -> Option<(Mapping, u64)> {
        if self.second.is_empty() {
            return None;
        }
        let (_, mapping) = self.second[page as usize % self.second.len()].filter(|(p, _)| *p == page)?;
        self.first(access).insert(page, mapping);
        Some((mapping, self.second_cycles))
    }

    /// Remembers what a walk for `at` gave.
    pub fn insert(&mut self, at: u64, access: Access, mapping: Mapping) {
        let page = at / PAGE;
        let start = Mapping { physical: mapping.physical & !(PAGE - 1), ..mapping };
        self.first(access).insert(page, start);
        if !self.second.is_empty() {
            let index = page as usize % self.second.len();
            self.second[index] = Some((page, start));
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.insn.entries.fill(None);
        self.data.entries.fill(None);
        self.second.fill(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(physical: u64) -> Mapping {
        Mapping { physical, page: PAGE, read: true, write: true, execute: true, global: false, guarded: false }
    }

    #[test]
    fn the_second_level_finds_what_left_the_first_and_costs_its_cycles() {
        let sizes = TlbSizes { insn_entries: 2, data_entries: 2, l2_entries: 64, l2_cycles: 3, walk_level: 9 };
        let mut tlb = Tlb::new(&sizes);
        for page in 0..3 {
            tlb.insert(page * PAGE, Access::Load, mapping(page * PAGE + 0x10));
        }
        assert_eq!(tlb.find(2 * PAGE + 5, Access::Store), Some((mapping(2 * PAGE), 0)));
        assert_eq!(tlb.find(5, Access::Load), Some((mapping(0), 3)), "the oldest of two entries left");
        assert_eq!(tlb.find(5, Access::Load), Some((mapping(0), 0)));
        assert_eq!(tlb.find(5, Access::Fetch), Some((mapping(0), 3)), "fetches have a table of their own");
        tlb.clear();
        assert_eq!(tlb.find(5, Access::Load), None);
    }
}
