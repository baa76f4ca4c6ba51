//! The data side: an L1D per hart kept coherent by MESI, one shared L2, memory. Tags only: the bytes are in RAM, which always
//! holds what coherent readers see.
//!
//! Where the core model does not clean stores to the point of unification by itself (CTR_EL0.IDC = 0), a line that some L1D
//! holds dirty has a second version: what the point of unification, and so an instruction fetch, still sees.
//!
//! Left out: bandwidth and queueing at L2 and memory, write-allocate alternatives, hardware data prefetch.

use super::cache::{Held, LineNumber, TagCache};
use crate::core_model::{CoreModel, LINE};
use crate::ids::HartId;
use crate::memory::Ram;
use std::collections::BTreeMap;

/// Caches of the data side, and the point of unification.
#[derive(Clone)]
pub struct Hierarchy {
    l1d: Vec<TagCache>,
    l2: TagCache,
    /// Old contents of lines that are dirty and not cleaned; empty where IDC = 1.
    unification: BTreeMap<LineNumber, [u8; LINE as usize]>,
    cleans_by_itself: bool,
    l2_cycles: u64,
    dram_cycles: u64,
    remote_dirty: u64,
    upgrade: u64,
}

impl Hierarchy {
    /// Cold caches.
    pub fn new(model: &CoreModel, harts: usize) -> Hierarchy {
        Hierarchy {
            l1d: vec![TagCache::new(model.l1d.size, model.l1d.ways); harts],
            l2: TagCache::new(model.l2.size, model.l2.ways),
            unification: BTreeMap::new(),
            cleans_by_itself: model.coherence.idc,
            l2_cycles: model.l2.cycles,
            dram_cycles: model.dram_cycles,
            remote_dirty: model.l1d.remote_dirty as u64,
            upgrade: model.l1d.upgrade as u64,
        }
    }

    /// A load: extra cycles over an L1D hit (0 for a hit).
    #[inline(always)]
    pub fn load(&mut self, hart: HartId, line: LineNumber) -> u64 {
        match self.l1d[hart.index()].touch(line) {
            Some(_) => 0,
            None => self.load_miss(hart, line),
        }
    }

    #[cold]
    fn load_miss(&mut self, hart: HartId, line: LineNumber) -> u64 {
        let (mut cycles, mut shared) = (self.l2_access(line), false);
        for other in 0..self.l1d.len() {
            if other != hart.index()
                && let Some(held) = self.l1d[other].peek(line)
            {
                shared = true;
                if held.dirty {
                    cycles += self.remote_dirty;
                    self.unification.remove(&line);
                }
                self.l1d[other].set_held(line, Held { owned: false, dirty: false });
            }
        }
        self.fill(hart, line, Held { owned: !shared, dirty: false });
        cycles
    }

    /// A store or atomic that leaves the store buffer: extra cycles over a hit on an owned line. `ram` still holds the old bytes.
    #[inline(always)]
    pub fn store(&mut self, hart: HartId, line: LineNumber, ram: &Ram) -> u64 {
        match self.l1d[hart.index()].touch(line) {
            Some(Held { owned: true, dirty: true }) => 0,
            held => self.take_ownership(hart, line, held, ram),
        }
    }

    #[cold]
    fn take_ownership(&mut self, hart: HartId, line: LineNumber, held: Option<Held>, ram: &Ram) -> u64 {
        let mut cycles = 0;
        if held.is_none() {
            cycles += self.l2_access(line);
        }
        if !held.is_some_and(|h| h.owned) {
            let (mut sharers, mut dirty) = (false, false);
            for other in 0..self.l1d.len() {
                if other != hart.index()
                    && let Some(theirs) = self.l1d[other].remove(line)
                {
                    sharers = true;
                    dirty |= theirs.dirty;
                }
            }
            if dirty {
                cycles += self.remote_dirty;
            } else if sharers && held.is_some() {
                cycles += self.upgrade;
            }
        }
        let mine = Held { owned: true, dirty: true };
        match held {
            Some(_) => self.l1d[hart.index()].set_held(line, mine),
            None => self.fill(hart, line, mine),
        }
        if !self.cleans_by_itself
            && let Some(old) = ram.slice(line.address(), LINE)
        {
            let old = old.try_into().expect("a line");
            self.unification.entry(line).or_insert(old);
        }
        cycles
    }

    fn fill(&mut self, hart: HartId, line: LineNumber, held: Held) {
        if let Some(evicted) = self.l1d[hart.index()].insert(line, held)
            && evicted.dirty
        {
            self.unification.remove(&evicted.line);
        }
    }

    fn l2_access(&mut self, line: LineNumber) -> u64 {
        if self.l2.touch(line).is_some() {
            return self.l2_cycles;
        }
        self.l2.insert(line, Held { owned: true, dirty: false });
        self.l2_cycles + self.dram_cycles
    }

    /// An instruction fill: cycles until its first beat can be read.
    pub fn fetch(&mut self, line: LineNumber) -> u64 {
        self.l2_access(line)
    }

    /// DC CVAU: makes the line's stores visible to instruction fills; true when there was something to clean.
    pub fn clean(&mut self, line: LineNumber) -> bool {
        let mut dirty = false;
        for l1d in &mut self.l1d {
            if let Some(held) = l1d.peek(line)
                && held.dirty
            {
                dirty = true;
                l1d.set_held(line, Held { owned: held.owned, dirty: false });
            }
        }
        self.unification.remove(&line);
        dirty
    }

    /// Cleans and drops the line from every L1D (DC CIVAC, CBO.FLUSH).
    pub fn clean_invalidate(&mut self, line: LineNumber) {
        self.clean(line);
        for l1d in &mut self.l1d {
            l1d.remove(line);
        }
    }

    /// What the point of unification holds of a dirty line, where it differs from RAM.
    pub fn unclean(&self, line: LineNumber) -> Option<&[u8; LINE as usize]> {
        self.unification.get(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_isa::Size;

    const A: HartId = HartId(0);
    const B: HartId = HartId(1);

    fn machine(name: &str) -> (Hierarchy, Ram, CoreModel) {
        let model = CoreModel::built_in(name).unwrap();
        (Hierarchy::new(&model, 2), Ram::new(0x8000_0000, 0x10000), model)
    }

    #[test]
    fn a_line_costs_memory_then_l2_then_nothing() {
        let (mut h, _, model) = machine("sifive-u74");
        let line = LineNumber::of(0x8000_0040);
        assert_eq!(h.load(A, line), model.l2.cycles + model.dram_cycles);
        assert_eq!(h.load(A, line), 0);
        assert_eq!(h.load(B, line), model.l2.cycles);
    }

    #[test]
    fn a_store_takes_the_line_from_the_others_and_a_dirty_line_costs_more() {
        let (mut h, ram, model) = machine("sifive-u74");
        let line = LineNumber::of(0x8000_0040);
        h.load(A, line);
        h.load(B, line);
        assert_eq!(h.store(A, line, &ram), model.l1d.upgrade as u64);
        assert_eq!(h.store(A, line, &ram), 0);
        assert_eq!(h.load(B, line), model.l2.cycles + model.l1d.remote_dirty as u64);
    }

    #[test]
    fn without_idc_the_point_of_unification_sees_a_store_after_the_clean_only() {
        let (mut h, mut ram, _) = machine("cortex-a55");
        let line = LineNumber::of(0x8000_0040);
        ram.write(0x8000_0040, Size::Word, 0x1111);
        h.store(A, line, &ram);
        ram.write(0x8000_0040, Size::Word, 0x2222);
        assert_eq!(h.unclean(line).unwrap()[..2], [0x11, 0x11]);
        assert!(h.clean(line));
        assert!(h.unclean(line).is_none());
        h.store(A, line, &ram);
        assert_eq!(h.unclean(line).unwrap()[..2], [0x22, 0x22]);
    }
}
