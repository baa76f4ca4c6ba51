//! The data side: an L1D per hart kept coherent by MESI, an L2 for each cluster of harts, memory. Tags only: the bytes are in RAM, which always
//! holds what coherent readers see.
//!
//! Where the core model does not clean stores to the point of unification by itself (CTR_EL0.IDC = 0), a line that some L1D
//! holds dirty has a second version: what the point of unification, and so an instruction fetch, still sees.
//!
//! Left out: bandwidth and queueing at L2, hardware data prefetch, a third level.

use super::cache::{Held, LineNumber, TagCache, UseOrder};
use super::unification::{Old, Unification};
use crate::core_model::{CoreModel, LINE, WritePolicy};
use crate::ids::{Cycle, HartId, HartSet};
use crate::memory::Ram;
use std::collections::BTreeMap;

/// Caches of the data side, and the point of unification.
#[derive(Clone)]
pub struct Hierarchy {
    l1d: Vec<TagCache>,
    /// One a cluster.
    l2: Vec<TagCache>,
    /// The cluster of each hart.
    clusters: Vec<usize>,
    /// Old contents of lines that are dirty and not cleaned, and since when; empty where IDC = 1.
    unification: Unification,
    cleans_by_itself: bool,
    writes_back: bool,
    write_allocate: bool,
    l2_cycles: u64,
    dram_cycles: u64,
    dram_interval: u64,
    /// When memory can start on the next line.
    dram_free: Cycle,
    remote_dirty: u64,
    other_cluster: u64,
    upgrade: u64,
    /// Lines over which harts have come into each other's way, who used them last, and how often since then.
    contended: BTreeMap<LineNumber, (HartId, u8)>,
}

/// After so many uses by one hart a line is contended no more.
const CALM: u8 = 64;

/// What the other harts held of a line.
#[derive(Clone, Copy, Default)]
struct Others {
    any: bool,
    dirty: bool,
    /// The dirty one is behind another L2.
    far: bool,
}

impl Hierarchy {
    /// Cold caches.
    pub fn new(model: &CoreModel, harts: usize) -> Hierarchy {
        let (l1d, l2) = (&model.l1d, &model.l2);
        let cluster = if l2.harts == 0 { harts } else { l2.harts as usize };
        Hierarchy {
            l1d: vec![TagCache::new(l1d.size, l1d.ways, l1d.replacement); harts],
            l2: vec![TagCache::new(l2.size, l2.ways, l2.replacement); harts.div_ceil(cluster)],
            clusters: (0..harts).map(|hart| hart / cluster).collect(),
            unification: Unification::default(),
            cleans_by_itself: model.coherence.idc || l1d.write == WritePolicy::Through,
            writes_back: l1d.write == WritePolicy::Back,
            write_allocate: l1d.write_allocate,
            l2_cycles: l2.cycles,
            dram_cycles: model.dram.cycles,
            dram_interval: model.dram.interval,
            dram_free: Cycle(0),
            remote_dirty: l1d.remote_dirty as u64,
            other_cluster: l2.other_cluster as u64,
            upgrade: l1d.upgrade as u64,
            contended: BTreeMap::new(),
        }
    }

    /// A load that hits, of a line over which nobody contends.
    #[inline(always)]
    pub fn hits_calmly(&mut self, hart: HartId, line: LineNumber) -> bool {
        self.l1d[hart.index()].touch(line).is_some_and(|held| !held.contended)
    }

    /// What the hart's L1D holds of a line.
    pub fn held(&mut self, hart: HartId, line: LineNumber) -> Held {
        self.l1d[hart.index()].peek(line).unwrap_or_default()
    }

    /// Those of some harts who use the line and contend with nobody over it; or only those who have written it.
    pub fn users(&mut self, harts: HartSet, line: LineNumber, writers: bool) -> HartSet {
        let uses = |held: Held| !held.contended && (held.dirty || !writers);
        harts.filter(|hart| self.l1d[hart.index()].peek(line).is_some_and(uses))
    }

    /// From now on harts contend over this line.
    pub fn contend(&mut self, line: LineNumber) {
        self.contended.insert(line, (HartId(0), 0));
        self.mark(line, true);
    }

    fn mark(&mut self, line: LineNumber, contended: bool) {
        for l1d in &mut self.l1d {
            l1d.change(line, |held| Held { contended, ..held });
        }
    }

    /// A hart uses a line over which harts may contend.
    pub fn used(&mut self, hart: HartId, line: LineNumber) {
        let Some((last, times)) = self.contended.get_mut(&line) else { return };
        *times = if *last == hart { *times + 1 } else { 0 };
        *last = hart;
        if *times == CALM {
            self.contended.remove(&line);
            self.mark(line, false);
        }
    }

    /// Notes the order in which lines of this hart's L1D are to leave.
    pub fn note_order(&self, hart: HartId, order: &mut UseOrder) {
        self.l1d[hart.index()].note_order(order);
    }

    /// Brings them back into this order.
    pub fn reorder(&mut self, hart: HartId, order: &UseOrder) {
        self.l1d[hart.index()].reorder(order);
    }

    /// A load at `now`: extra cycles over an L1D hit (0 for a hit).
    #[inline(always)]
    pub fn load(&mut self, hart: HartId, line: LineNumber, now: Cycle) -> u64 {
        match self.l1d[hart.index()].touch(line) {
            Some(_) => 0,
            None => self.load_miss(hart, line, now),
        }
    }

    #[cold]
    fn load_miss(&mut self, hart: HartId, line: LineNumber, now: Cycle) -> u64 {
        let mut others = Others::default();
        for other in 0..self.l1d.len() {
            if other != hart.index()
                && let Some(held) = self.l1d[other].change(line, |held| Held { owned: false, dirty: false, ..held })
            {
                self.note(&mut others, hart, other, held);
            }
        }
        if others.dirty {
            self.unification.remove(line);
        }
        let cycles = self.below(hart, line, now, others);
        self.fill(hart, line, !others.any, false);
        cycles
    }

    /// A store or atomic that leaves the store buffer at `now`: extra cycles over a hit on an owned line. `ram` still holds
    /// the old bytes.
    #[inline(always)]
    pub fn store(&mut self, hart: HartId, line: LineNumber, ram: &Ram, now: Cycle) -> u64 {
        match self.l1d[hart.index()].touch(line) {
            Some(Held { owned: true, dirty: true, .. }) => 0,
            held => self.take_ownership(hart, line, held, ram, now),
        }
    }

    #[cold]
    fn take_ownership(&mut self, hart: HartId, line: LineNumber, held: Option<Held>, ram: &Ram, now: Cycle) -> u64 {
        let mut others = Others::default();
        if !held.is_some_and(|h| h.owned) {
            for other in 0..self.l1d.len() {
                if other != hart.index()
                    && let Some(theirs) = self.l1d[other].remove(line)
                {
                    self.note(&mut others, hart, other, theirs);
                }
            }
            self.forget_in_other_clusters(hart, line);
        }
        let cycles = match held {
            None => self.below(hart, line, now, others),
            Some(_) if others.any => self.upgrade + if others.far { self.other_cluster } else { 0 },
            Some(_) => 0,
        };
        match held {
            Some(_) => {
                let dirty = self.writes_back;
                self.l1d[hart.index()].change(line, |held| Held { owned: true, dirty, ..held });
            }
            None if self.write_allocate => self.fill(hart, line, true, self.writes_back),
            None => {}
        }
        if self.cleans_by_itself || held.is_none() && !self.write_allocate {
            self.unification.remove(line);
        } else if let Some(old) = ram.slice(line.address(), LINE) {
            let old = old.try_into().expect("a line");
            self.unification.keep(line, Old { bytes: old, since: (now, hart) });
        }
        cycles
    }

    fn note(&self, others: &mut Others, hart: HartId, other: usize, held: Held) {
        others.any = true;
        others.dirty |= held.dirty;
        others.far |= held.dirty && self.clusters[other] != self.clusters[hart.index()];
    }

    fn forget_in_other_clusters(&mut self, hart: HartId, line: LineNumber) {
        let own = self.clusters[hart.index()];
        for (i, l2) in self.l2.iter_mut().enumerate() {
            if i != own {
                l2.remove(line);
            }
        }
    }

    fn fill(&mut self, hart: HartId, line: LineNumber, owned: bool, dirty: bool) {
        let held = Held { owned, dirty, contended: self.contended.contains_key(&line) };
        if let Some(evicted) = self.l1d[hart.index()].insert(line, held)
            && evicted.dirty
        {
            self.unification.remove(evicted.line);
        }
    }

    /// A line from below L1: from the L1D where it is dirty, from L2, from another cluster's L2, or from memory.
    fn below(&mut self, hart: HartId, line: LineNumber, now: Cycle, others: Others) -> u64 {
        let own = self.clusters[hart.index()];
        let here = self.l2[own].touch(line).is_some();
        if !here {
            self.l2[own].insert(line, Held { owned: true, ..Held::default() });
        }
        if others.dirty {
            return self.l2_cycles + self.remote_dirty + if others.far { self.other_cluster } else { 0 };
        }
        if here {
            return self.l2_cycles;
        }
        let elsewhere = (0..self.l2.len()).any(|i| i != own && self.l2[i].peek(line).is_some());
        if elsewhere { self.l2_cycles + self.other_cluster } else { self.l2_cycles + self.dram(now) }
    }

    /// Cycles of a line from memory that is asked for at `now`: its own, and those until memory is done with the lines before.
    fn dram(&mut self, now: Cycle) -> u64 {
        let start = now.after(self.l2_cycles).max(self.dram_free);
        self.dram_free = start.after(self.dram_interval);
        start.0 - now.after(self.l2_cycles).0 + self.dram_cycles
    }

    /// An instruction fill that is asked for at `now`: cycles until its first beat can be read.
    #[inline(always)]
    pub fn fetch(&mut self, hart: HartId, line: LineNumber, now: Cycle) -> u64 {
        if self.fetch_calmly(hart, line) { self.l2_cycles } else { self.below(hart, line, now, Others::default()) }
    }

    /// The same where L2 has the line; with nothing done where it has not.
    #[inline(always)]
    pub fn fetch_calmly(&mut self, hart: HartId, line: LineNumber) -> bool {
        let l2 = match &mut self.l2[..] {
            [only] => only,
            several => &mut several[self.clusters[hart.index()]],
        };
        l2.touch(line).is_some()
    }

    /// Cycles until the first beat of a fill from L2 can be read.
    #[inline(always)]
    pub fn l2_cycles(&self) -> u64 {
        self.l2_cycles
    }

    /// DC CVAU: makes the line's stores visible to instruction fills; true when there was something to clean.
    pub fn clean(&mut self, line: LineNumber) -> bool {
        let mut dirty = false;
        for l1d in &mut self.l1d {
            let held = l1d.change(line, |held| Held { dirty: false, ..held });
            dirty |= held.is_some_and(|held| held.dirty);
        }
        self.unification.remove(line);
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
        self.unification.get(line).map(|old| &old.bytes)
    }

    /// When, and by whom, the line became dirty of which the point of unification still holds the old bytes.
    pub fn unclean_since(&self, line: LineNumber) -> Option<(Cycle, HartId)> {
        self.unification.get(line).map(|old| old.since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_isa::Size;

    const A: HartId = HartId(0);
    const B: HartId = HartId(1);
    const NOW: Cycle = Cycle(0);

    fn machine(name: &str) -> (Hierarchy, Ram, CoreModel) {
        let model = CoreModel::built_in(name).unwrap();
        (Hierarchy::new(&model, 2), Ram::new(0x8000_0000, 0x10000), model)
    }

    #[test]
    fn a_line_costs_memory_then_l2_then_nothing() {
        let (mut h, _, model) = machine("sifive-u74");
        let line = LineNumber::of(0x8000_0040);
        assert_eq!(h.load(A, line, NOW), model.l2.cycles + model.dram.cycles);
        assert_eq!(h.load(A, line, NOW), 0);
        assert_eq!(h.load(B, line, NOW), model.l2.cycles);
    }

    #[test]
    fn a_store_takes_the_line_from_the_others_and_a_dirty_line_costs_more() {
        let (mut h, ram, model) = machine("sifive-u74");
        let line = LineNumber::of(0x8000_0040);
        h.load(A, line, NOW);
        h.load(B, line, NOW);
        assert_eq!(h.store(A, line, &ram, NOW), model.l1d.upgrade as u64);
        assert_eq!(h.store(A, line, &ram, NOW), 0);
        assert_eq!(h.load(B, line, NOW), model.l2.cycles + model.l1d.remote_dirty as u64);
    }

    #[test]
    fn a_dirty_line_behind_another_l2_costs_the_way_there() {
        let model = CoreModel::built_in("spacemit-x60").unwrap();
        let (mut h, ram) = (Hierarchy::new(&model, 5), Ram::new(0x8000_0000, 0x10000));
        let line = LineNumber::of(0x8000_0040);
        h.store(A, line, &ram, NOW);
        let near = model.l2.cycles + model.l1d.remote_dirty as u64;
        assert_eq!(h.load(HartId(3), line, NOW), near);
        h.store(A, line, &ram, NOW);
        assert_eq!(h.load(HartId(4), line, NOW), near + model.l2.other_cluster as u64);
        // Clean by now, and in both L2s.
        assert_eq!(h.load(HartId(2), line, NOW), model.l2.cycles);
    }

    #[test]
    fn memory_starts_one_line_an_interval() {
        let (mut h, _, model) = machine("sifive-u74");
        let cold = model.l2.cycles + model.dram.cycles;
        let lines = [0x8000_0000u64, 0x8000_1000, 0x8000_2000].map(LineNumber::of);
        let cycles = lines.map(|line| h.load(A, line, NOW));
        assert_eq!(cycles, [cold, cold + model.dram.interval, cold + 2 * model.dram.interval]);
        assert_eq!(h.load(A, LineNumber::of(0x8000_3000), Cycle(10_000)), cold);
    }

    #[test]
    fn written_through_a_line_is_never_dirty_and_unallocated_it_stays_away() {
        let mut model = CoreModel::built_in("cortex-a55").unwrap();
        model.l1d.write = WritePolicy::Through;
        model.l1d.write_allocate = false;
        let (mut h, mut ram) = (Hierarchy::new(&model, 2), Ram::new(0x8000_0000, 0x10000));
        let line = LineNumber::of(0x8000_0040);
        ram.write(0x8000_0040, Size::Word, 0x1111);
        assert!(h.store(A, line, &ram, NOW) > 0);
        assert_eq!(h.load(A, line, NOW), model.l2.cycles, "the store left it to L2");
        h.store(A, line, &ram, NOW);
        assert!(h.unclean(line).is_none() && !h.clean(line));
    }

    #[test]
    fn without_idc_the_point_of_unification_sees_a_store_after_the_clean_only() {
        let (mut h, mut ram, _) = machine("cortex-a55");
        let line = LineNumber::of(0x8000_0040);
        ram.write(0x8000_0040, Size::Word, 0x1111);
        h.store(A, line, &ram, NOW);
        ram.write(0x8000_0040, Size::Word, 0x2222);
        assert_eq!(h.unclean(line).unwrap()[..2], [0x11, 0x11]);
        assert!(h.clean(line));
        assert!(h.unclean(line).is_none());
        h.store(A, line, &ram, NOW);
        assert_eq!(h.unclean(line).unwrap()[..2], [0x22, 0x22]);
    }
}
