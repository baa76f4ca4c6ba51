//! Those who watch what decides which bytes a fetch may see: the CMODX sanitizer and the refinement check.
//!
//! The machine tells them of each act ([`Act`]) where it takes place, in the order of (cycle, hart). Two kinds of acts need more than
//! to be told of, since harts keep decoded instructions and go ahead of each other:
//! - An instruction is told of when it is *marked*. Under the refinement check all are, and no hart goes ahead. The sanitizer wants
//!   those whose bytes were stored to since the hart synchronized; a store to bytes that somebody has decoded without a mark makes all
//!   harts decode them anew.
//! - A store to a line that was ever filled into an instruction cache is not made ahead, and where its bytes were decoded it takes back
//!   who is ahead. Other stores may be made ahead; what the sanitizer noted of them is undone with them.

use super::cache::LineNumber;
use super::copies::Copied;
use super::hart::Hart;
use super::machine::{Machine, Turn};
use super::shared::{Drop, Shared};
use super::slots::Slot;
use crate::core_model::LINE;
use crate::ids::{Cycle, HartId};
use crate::platform::Board;
use crate::refinement::Refinement;
use crate::sanitizer::{Rules, Sanitizer, Waiting};
use cmodx_isa::{Isa, Size};

/// A store that reaches memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// Physical address.
    pub at: u64,
    /// Bytes.
    pub size: Size,
    /// What they become.
    pub value: u64,
    /// What the words that have some of them were, from the first on.
    pub old: [u32; 3],
    /// Address of the store instruction.
    pub pc: u64,
}

/// Beats of an instruction fill that read the point of unification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Physical address of the line.
    pub line: u64,
    /// Where in the line the first of these beats starts.
    pub offset: u8,
    /// Bytes of a beat.
    pub beat: u8,
    /// How many beats: the first at the act's cycle, each of the others a cycle later.
    pub beats: u8,
    /// They read what was there before this act, when the line became dirty in some L1D; `None` where they read memory.
    pub since: Option<(Cycle, HartId)>,
}

/// An instruction that was executed, as it was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Its virtual address.
    pub pc: u64,
    /// Its physical address.
    pub at: u64,
    /// Physical address of its second half, where that stands in another line.
    pub second: Option<u64>,
    /// Its bytes, low ones first; of an instruction of 8 the low half.
    pub word: u32,
    /// Bytes: 2, 4 or 8.
    pub length: u8,
    /// When its line copy read its first byte, and its last.
    pub copied: [Cycle; 2],
}

impl Fetch {
    /// Its parts that stand together in memory: address and bytes.
    pub fn parts(&self) -> impl Iterator<Item = (u64, u64)> {
        let length = self.length as u64;
        let first = if self.second.is_some() { 2 } else { length };
        std::iter::once((self.at, first)).chain(self.second.map(|second| (second, length - 2)))
    }
}

/// An act that decides which bytes a fetch may see. Lines are physical addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A store reaches memory.
    Write(Write),
    /// Beats of an instruction fill.
    Fill(Fill),
    /// An instruction is executed.
    Fetch(Fetch),
    /// FENCE.I, its own or for another hart.
    FenceI,
    /// A context synchronization event of AArch64: ISB, exception entry, exception return.
    Context,
    /// The hart starts for the first time, with nothing fetched.
    Start,
    /// DC CVAU and stronger ones.
    Clean(u64),
    /// IC IVAU; IC IALLUIS for `None`.
    Invalidate(Option<u64>),
    /// IC IALLU: all of the hart's own copies.
    InvalidateOwn,
    /// DSB.
    Complete,
}

/// An act, whose and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who acts.
    pub hart: HartId,
    /// When.
    pub cycle: Cycle,
    /// What.
    pub act: Act,
}

/// Who can hear of events, in their order.
pub trait Observer {
    /// One more event.
    fn hear(&mut self, event: &Event);
}

impl Observer for Vec<Event> {
    fn hear(&mut self, event: &Event) {
        self.push(*event);
    }
}

/// Who listens.
#[derive(Clone, Default)]
pub struct Observers {
    /// The sanitizer.
    pub sanitizer: Option<Sanitizer>,
    /// The refinement check.
    pub refinement: Option<Refinement>,
    /// A plain list of all events.
    pub trace: Option<Vec<Event>>,
}

impl Observers {
    /// True when every instruction is to be told of, in order.
    pub fn want_all(&self) -> bool {
        self.refinement.is_some() || self.trace.is_some()
    }

    fn hear(&mut self, event: &Event) {
        if let Some(sanitizer) = &mut self.sanitizer {
            sanitizer.hear(event);
        }
        if let Some(refinement) = &mut self.refinement {
            refinement.hear(event);
        }
        if let Some(trace) = &mut self.trace {
            trace.hear(event);
        }
    }
}

impl<B: Board> Machine<B> {
    /// Reports fetches of modified code that harts have not synchronized with, from now on ([`crate::sanitizer`]).
    pub fn sanitize(&mut self) {
        let (coherence, harts) = (&self.shared.model.coherence, self.harts.len());
        let rules = Rules { arch: <B::Isa as Isa>::ARCH, dic: coherence.dic, idc: coherence.idc };
        let mut sanitizer = Sanitizer::new(rules, harts, &self.shared.ram);
        self.harts.iter().flat_map(|hart| hart.l1i.lines()).for_each(|line| sanitizer.fill(line.address()));
        self.observe(|observers| observers.sanitizer = Some(sanitizer));
    }

    /// What the sanitizer has found.
    pub fn sanitizer(&self) -> Option<&Sanitizer> {
        self.shared.observers.as_ref()?.sanitizer.as_ref()
    }

    /// Checks from now on that each fetch of code in this range of physical addresses sees what the architecture lets it see
    /// ([`crate::refinement`]); to be called before the machine first runs.
    pub fn check_refinement(&mut self, code: std::ops::Range<u64>) {
        let (coherence, harts) = (&self.shared.model.coherence, self.harts.len());
        let refinement = Refinement::new(<B::Isa as Isa>::ARCH, coherence.dic, coherence.idc, harts, code);
        self.observe(|observers| observers.refinement = Some(refinement));
    }

    /// What the refinement check has found.
    pub fn refinement(&self) -> Option<&Refinement> {
        self.shared.observers.as_ref()?.refinement.as_ref()
    }

    /// Keeps all acts that decide which bytes fetches see, from now on.
    pub fn keep_events(&mut self) {
        self.observe(|observers| observers.trace = Some(Vec::new()));
    }

    /// The acts since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.shared.observers.as_mut().and_then(|o| o.trace.as_mut()).map(std::mem::take).unwrap_or_default()
    }

    /// Breaks the machine.
    #[cfg(test)]
    pub(super) fn break_it(&mut self, defect: super::defect::Defect) {
        self.shared.defect = Some(defect);
    }

    fn observe(&mut self, add: impl FnOnce(&mut Observers)) {
        let observers = self.shared.observers.get_or_insert_default();
        add(observers);
        self.shared.marks.all |= observers.want_all();
        self.shared.observed = true;
        self.decode_anew();
    }
}

impl<B: Board> Shared<B> {
    /// Tells those who observe of an act at this cycle.
    #[inline(always)]
    pub fn tell_at(&mut self, hart: HartId, cycle: Cycle, act: Act) {
        if self.observed {
            self.hear(&Event { hart, cycle, act });
        }
    }

    /// The same of an act that takes place now.
    #[inline(always)]
    pub fn tell(&mut self, hart: HartId, act: Act) {
        self.tell_at(hart, self.acting, act);
    }

    #[inline(never)]
    fn hear(&mut self, event: &Event) {
        if let Some(observers) = &mut self.observers {
            observers.hear(event);
        }
    }

    fn sanitizer(&self) -> Option<&Sanitizer> {
        self.observers.as_ref().and_then(|observers| observers.sanitizer.as_ref())
    }

    fn sanitizer_mut(&mut self) -> Option<&mut Sanitizer> {
        self.observers.as_mut().and_then(|observers| observers.sanitizer.as_mut())
    }

    /// A store is about to change memory.
    #[inline(never)]
    pub fn tell_of_store(&mut self, hart: HartId, at: u64, size: Size, value: u64, pc: u64, now: Cycle) {
        if let Some(oracle) = &mut self.oracle
            && oracle.store(hart, now, pc, at, size, value)
        {
            self.note_event(|events| events.stores += 1);
        }
        let Some(observers) = &mut self.observers else { return };
        if observers.want_all() {
            let word = |n: u64| self.ram.read((at & !3) + 4 * n, Size::Word).unwrap_or(0) as u32;
            let old = [0, 1, 2].map(word);
            let act = Act::Write(Write { at, size, value, old, pc });
            let event = Event { hart, cycle: now, act };
            observers.refinement.iter_mut().for_each(|refinement| refinement.hear(&event));
            observers.trace.iter_mut().for_each(|trace| trace.hear(&event));
        }
        let ahead = self.ahead.acting;
        let store = Waiting { at, size, value, pc, cycle: now };
        if observers.sanitizer.as_mut().is_some_and(|s| s.stored(hart, store, &self.ram, ahead)) {
            self.alone = Cycle(0);
            for line in [LineNumber::of(at), LineNumber::of(at + size.bytes() - 1)] {
                self.inboxes.iter_mut().for_each(|inbox| inbox.drops.push(Drop::Decoded(line)));
            }
        }
    }

    /// True when these bytes lie in a line that was ever filled into an instruction cache, and somebody must know.
    #[inline(always)]
    pub fn is_code(&self, at: u64, bytes: u64) -> bool {
        self.observed && self.sanitizer().is_some_and(|sanitizer| sanitizer.is_code(at, bytes))
    }

    /// True when a store to these bytes must wait until those are taken back who have executed what it changes.
    #[inline(always)]
    pub fn must_wait_to_patch(&mut self, hart: HartId, at: u64, bytes: u64) -> bool {
        self.observed
            && !self.ahead.harts.is_empty()
            && self.sanitizer().is_some_and(|sanitizer| sanitizer.is_decoded(at, bytes))
            && self.ahead.call_all(hart)
    }

    /// A store of the hart itself, which goes on before it has reached memory.
    #[inline(never)]
    pub fn watch_store(&mut self, hart: &mut Hart<B::Isa>, at: u64, bytes: u64) {
        if !self.is_code(at, bytes) {
            return;
        }
        hart.stores.heeded = true;
        self.alone = Cycle(0);
        for line in [LineNumber::of(at), LineNumber::of(at + bytes - 1)] {
            self.inboxes[hart.id.index()].drops.push(Drop::Decoded(line));
        }
    }

    /// A hart goes ahead, or what it has done ahead is undone.
    pub fn watch_excursion(&mut self, hart: HartId, undone: bool) {
        if let Some(sanitizer) = self.sanitizer_mut() {
            if undone {
                sanitizer.undo(hart);
            }
            sanitizer.keep(hart);
        }
    }

    /// A line begins to be filled into an instruction cache.
    #[inline(always)]
    pub fn watch_fill(&mut self, line: LineNumber) {
        if self.observed
            && let Some(sanitizer) = self.sanitizer_mut()
        {
            sanitizer.fill(line.address());
        }
    }
}

impl<B: Board> Turn<'_, B> {
    /// Tells of the next beat of the fill under way, or of all that are left.
    #[inline(always)]
    pub(super) fn tell_fill(&mut self, all: bool) {
        if self.shared.observed {
            self.tell_of_fill(all);
        }
    }

    #[inline(never)]
    fn tell_of_fill(&mut self, all: bool) {
        let Some((line, offset, beat, cycle)) = self.hart.l1i.due() else { return };
        let since = self.shared.hierarchy.unclean_since(line);
        let beats = if all { (LINE - offset as u64) / beat as u64 } else { 1 } as u8;
        let fill = Fill { line: line.address(), offset, beat, beats, since };
        self.shared.tell_at(self.hart.id, cycle, Act::Fill(fill));
    }

    /// Has those instructions of a line marked that the sanitizer wants to hear of, when they are decoded next.
    #[inline(never)]
    pub(super) fn mark_unsynchronized(&mut self, way: usize) {
        let line = self.hart.l1i.line(way).address();
        let marks = self.unsynchronized(line, true);
        self.shared.marks.halfwords = (line, marks);
    }

    /// The halfwords of a line at which instructions begin that may have bytes which the hart has not synchronized with.
    pub(super) fn unsynchronized(&mut self, line: u64, decodes: bool) -> u32 {
        let (hart, shared) = (&*self.hart, &mut *self.shared);
        let Some(sanitizer) = shared.sanitizer_mut() else { return 0 };
        let waiting = hart.stores.iter().map(|s| (s.at, s.size.bytes()));
        let words = sanitizer.unsynchronized(hart.id, line, waiting);
        if decodes {
            sanitizer.decode(line, words);
        }
        (0..16u32).filter(|word| words >> word & 1 == 1).fold(0, |all, word| {
            // An instruction may begin up to six bytes before a word and have bytes of it.
            let first = (2 * word).saturating_sub(3);
            all | ((1u64 << (2 * word + 2)) - (1u64 << first)) as u32
        })
    }

    /// True when an instruction at the end of the line in one way, which goes on in another, is marked.
    pub(super) fn marks_straddling(&mut self, pc: u64, way: usize, second: usize) -> bool {
        let [first, second] = [way, second].map(|way| self.hart.l1i.line(way).address());
        let mut of = |line| if self.shared.observed { self.unsynchronized(line, true) } else { 0 };
        of(first) >> 31 & 1 == 1 || of(second) & 1 == 1 || self.shared.marks.contains(pc)
    }

    /// Tells of an instruction that was executed.
    #[cold]
    pub(super) fn tell_fetch(&mut self, pc: u64, slot: &Slot<B>, cycle: Cycle, from: &Copied) {
        let (hart, shared) = (&*self.hart, &mut *self.shared);
        let Copied { at, second, cycle: first, last } = *from;
        let fetch = Fetch { pc, at, second, word: slot.word, length: slot.length, copied: [first, last] };
        shared.tell_at(hart.id, cycle, Act::Fetch(fetch));
        let Some(sanitizer) = shared.observers.as_mut().and_then(|observers| observers.sanitizer.as_mut()) else {
            return;
        };
        let waiting =
            hart.stores.iter().map(|s| Waiting { at: s.at, size: s.size, value: s.value, pc: s.pc, cycle: s.ready });
        if !sanitizer.fetched(hart.id, cycle, &fetch, waiting, &shared.ram) {
            return;
        }
        // It has synchronized: this is marked no more, unless for a neighbour.
        for (at, _) in fetch.parts() {
            let line = LineNumber::of(at);
            let marks = self.unsynchronized(line.address(), false);
            if marks >> (at % LINE / 2) & 1 == 0 {
                self.shared.inboxes[self.hart.id.index()].drops.push(Drop::Decoded(line));
                self.shared.alone = Cycle(0);
            }
        }
    }
}
