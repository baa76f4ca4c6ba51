//! Where a hart's instructions come from: copies of lines in its instruction cache, and fills where there are none.

use super::cache::LineNumber;
use super::execute::Executing;
use super::hart::Current;
use super::machine::Turn;
use super::slots::{self, Slot};
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::{Access, Fault, FaultKind};

/// Bytes that a next-line prefetch does not leave.
const PAGE: u64 = 4096;

/// Where an instruction was copied from.
#[derive(Clone, Copy, Default)]
pub(super) struct Copied {
    /// Its physical address.
    pub at: u64,
    /// Physical address of its second half, where that is in another line.
    pub second: Option<u64>,
    /// When the copy read its first byte from memory.
    pub cycle: Cycle,
    /// The same of its last byte: another beat may have brought it.
    pub last: Cycle,
}

impl<B: Board> Turn<'_, B> {
    /// Where the instruction at `pc`, which is about to execute, comes from.
    pub(super) fn copied(&self, pc: u64, slot: &Slot<B>) -> Copied {
        let (l1i, way, offset) = (&self.hart.l1i, self.hart.current.way, (pc % LINE) as usize);
        let straddles = slot.fill == slots::STRADDLES;
        let last =
            if straddles { l1i.copied(self.second, 0) } else { l1i.copied(way, offset + slot.length as usize - 1) };
        let second = straddles.then(|| l1i.line(self.second).address());
        Copied { at: l1i.line(way).address() + pc % LINE, second, cycle: l1i.copied(way, offset), last }
    }

    /// The way of the line copy that holds `pc`, where that can be told at once.
    #[inline(always)]
    pub(super) fn line_of(&mut self, pc: u64) -> Option<usize> {
        if !self.hart.direct {
            return None;
        }
        let way = self.hart.l1i.lookup(LineNumber::of(pc))?;
        self.hart.current = Current { line: pc / LINE, way };
        Some(way)
    }

    /// The same where the address is translated, or the line is filled.
    #[inline(never)]
    pub(super) fn fetch_line(&mut self, pc: u64) -> Option<usize> {
        if !self.hart.direct {
            let physical = self.fetch_address(pc)?;
            if let Some(way) = self.hart.l1i.lookup(LineNumber::of(physical)) {
                self.hart.current = Current { line: pc / LINE, way };
                return Some(way);
            }
        }
        self.miss(pc)
    }

    #[inline(always)]
    fn miss(&mut self, pc: u64) -> Option<usize> {
        self.hart.current = Current::NONE;
        if self.ahead_of_others() {
            return None;
        }
        let plain = self.hart.direct && self.shared.ram.line(pc & !(LINE - 1)).is_some();
        let line = LineNumber::of(if plain { pc } else { self.fetch_address(pc)? });
        if plain && let Some(way) = self.refill(line) {
            self.hart.current = Current { line: pc / LINE, way };
            return Some(way);
        }
        if !self.start_fill(line) {
            return None;
        }
        let last = self.hart.now;
        if self.shared.alone != Cycle(0) && self.hart.l1i.filling() == Some(line) {
            // Beats of a fill that this one has ended stand in nobody's way any more.
            self.shared.ordered = self.undisturbed_until(self.next_heeded_store());
            self.shared.alone = self.shared.ordered;
        }
        let alone = last < self.shared.ordered && self.hart.stores.next() > last;
        if self.plain || !alone || self.shared.fill_must_wait(self.hart.id, line) {
            return None;
        }
        self.tell_fill(true);
        let shared = &*self.shared;
        self.hart.l1i.fill_all(|line| shared.fetch_contents(line));
        let way = self.hart.l1i.lookup(line)?;
        self.hart.current = Current { line: pc / LINE, way };
        self.put_prefetch_off();
        // A prefetch behind it reads its beats at its own cycles.
        self.shared.alone = self.shared.alone.min(self.hart.l1i.next_beat());
        Some(way)
    }

    /// Fills a line at once that was here before, where L2 has it and the next one too, nobody hears of it and nobody acts meanwhile.
    /// With nothing done where that is not so, but that L2 may know of the line's use, which is then asked for at once.
    #[inline(always)]
    fn refill(&mut self, line: LineNumber) -> Option<usize> {
        let (hart, shared) = (&*self.hart, &*self.shared);
        let heard = shared.heeded || hart.stores.heeded || shared.observed || shared.observers.is_some();
        if heard || self.plain || self.in_order || !shared.ahead.is_nobody() || shared.alone == Cycle(0) {
            return None;
        }
        let (way, until) = (hart.l1i.hint(line), self.undisturbed_until(Cycle::NEVER));
        let first = hart.now.after(shared.hierarchy.l2_cycles());
        let last = hart.l1i.last_from(first);
        if last >= until || hart.stores.next() <= last || !hart.l1i.was_dropped(way, line) {
            return None;
        }
        let next = LineNumber(line.0 + 1);
        let prefetches = shared.model.l1i.prefetch && !next.address().is_multiple_of(PAGE) && !hart.l1i.holds(next);
        let (hart, shared) = (&mut *self.hart, &mut *self.shared);
        let hierarchy = &mut shared.hierarchy;
        if !hierarchy.fetch_calmly(hart.id, line) || prefetches && !hierarchy.fetch_calmly(hart.id, next) {
            return None;
        }
        hart.stats.icache_misses += 1;
        hart.now = last;
        hart.l1i.refill(way, line, first, shared.fetch_contents(line));
        hart.l1i.touch(way);
        (shared.ordered, shared.alone) = (until, until);
        if prefetches {
            let end = hart.l1i.start_fill(next, last.after(1));
            if end < until && shared.hierarchy.unclean(next).is_none() && !hart.l1i.fills(way) {
                hart.l1i.put_off();
            }
            shared.alone = until.min(hart.l1i.next_beat());
        }
        Some(way)
    }

    /// Lets the beats of a prefetch wait for the last one, where nobody else acts before.
    fn put_prefetch_off(&mut self) {
        let (l1i, shared) = (&mut self.hart.l1i, &*self.shared);
        let Some(line) = l1i.filling() else { return };
        let alone =
            !self.in_order && l1i.last_beat_of(line).is_some_and(|last| last < self.horizon.min(shared.ordered));
        let calm =
            !shared.heeded && shared.ahead.is_nobody() && self.hart.direct && shared.hierarchy.unclean(line).is_none();
        // Who observes hears of each beat at its cycle.
        if alone && calm && shared.observers.is_none() && !l1i.fills(self.hart.current.way) {
            l1i.put_off();
        }
    }

    /// Fills a line that is not there from what memory holds now, unless another one is on its way.
    pub(super) fn prefetch_at_once(mut self, line: LineNumber, now: Cycle) {
        if self.hart.l1i.filling().is_some() {
            return;
        }
        self.shared.watch_fill(line);
        self.hart.l1i.start_fill(line, now);
        self.tell_fill(true);
        let shared = &*self.shared;
        self.hart.l1i.fill_all(|line| shared.fetch_contents(line));
        self.hart.current = Current::NONE;
    }

    /// True when the hart must wait for others before it fetches from what they share.
    fn ahead_of_others(&mut self) -> bool {
        self.shared.acting = self.hart.now;
        self.hart.now >= self.shared.ordered && self.others_first(self.hart.now)
    }

    /// The hart waits for a line; false when somebody must act before it asks for it.
    #[inline(always)]
    fn start_fill(&mut self, line: LineNumber) -> bool {
        // What stores have asked L2 and memory for comes before it.
        if self.hart.stores.next() <= self.hart.now && !self.catch_up(self.hart.now) {
            return false;
        }
        self.hart.stats.icache_misses += 1;
        self.hart.now = self.fill_line(line);
        true
    }

    /// Starts to fill a line that is not there, and to prefetch the next one of the page behind it; when its last beat comes. A
    /// line on its way already is waited for.
    #[inline(always)]
    fn fill_line(&mut self, line: LineNumber) -> Cycle {
        let (id, now) = (self.hart.id, self.hart.now);
        if let Some(last) = self.hart.l1i.last_beat_of(line) {
            return last;
        }
        self.shared.watch_fill(line);
        let hierarchy = &mut self.shared.hierarchy;
        let last = self.hart.l1i.start_fill(line, now.after(hierarchy.fetch(id, line, now)));
        let next = LineNumber(line.0 + 1);
        let same_page = !next.address().is_multiple_of(PAGE);
        if self.shared.model.l1i.prefetch && same_page && !self.hart.l1i.holds(next) {
            let first = now.after(hierarchy.fetch(id, next, now)).max(last.after(1));
            self.hart.l1i.prefetch(next, first);
            self.shared.watch_fill(next);
        }
        last
    }

    /// Physical address of a fetch; a fault is taken at once.
    pub(super) fn fetch_address(&mut self, at: u64) -> Option<u64> {
        let mut executing: Executing<'_, B> = Executing::new(self.hart, self.shared, at);
        let translated = executing.translate(at, 2, Access::Fetch);
        let held = executing.held;
        self.hart.now = self.hart.now.after(held);
        let fault = match translated {
            Ok(physical) if self.shared.ram.contains(physical & !(LINE - 1), LINE) => return Some(physical),
            Ok(_) => Fault { at, access: Access::Fetch, kind: FaultKind::Unmapped },
            Err(fault) => fault,
        };
        self.fetch_fault(fault);
        None
    }

    /// The bytes of an instruction whose second half stands in the next line: two copies, each from its own time.
    /// With them the way of the second one.
    pub(super) fn straddling(&mut self, pc: u64, way: usize) -> Option<(u32, usize)> {
        let low = self.hart.l1i.halfword(way, (pc % LINE) as usize);
        let next = pc.wrapping_add(2);
        let physical = if self.hart.direct { next } else { self.fetch_address(next)? };
        let Some(second) = self.hart.l1i.lookup(LineNumber::of(physical)) else {
            if self.ahead_of_others() {
                return None;
            }
            let line = LineNumber::of(self.fetch_address(next)?);
            self.start_fill(line);
            return None;
        };
        let high = self.hart.l1i.halfword(second, 0);
        Some(((high as u32) << 16 | low as u32, second))
    }
}
