//! What a hart does ahead of the others, and how that is undone.
//!
//! Acts that harts can notice of each other take place in the order of (cycle, hart). Most acts nobody else can notice: computing,
//! branching, loads that hit L1D, stores that leave for a line which this L1D holds modified. Harts do these *ahead*, long before
//! others have come to the same cycle, so that turns are long and few.
//!
//! A turn has two parts. First the hart acts in order, until another one comes first. Then it notes where it stands ([`Excursion`])
//! and goes on alone, as long as each act is private; the first one that is not ends the turn, and waits until it comes first.
//!
//! A private act at cycle c stays true unless another hart acts at an earlier place in the order than (c, hart) and
//! - takes away, or changes, a line which this hart's L1D holds,
//! - reads a line which this L1D holds modified: there may be stores in it that have not happened yet,
//! - drops a line from this hart's instruction cache,
//! - or sends this hart a message, or does what cannot be foreseen, as firmware may.
//!
//! Whoever is about to do so in order finds out before it changes anything ([`Ahead`] knows who is ahead, and tags say who holds a line).
//! It then stops in front of the act, and those harts are taken back to where their excursions began, stores and all. They come
//! first now, and do again in order what they had done up to the act, nothing of which it concerns; then the act takes place. A message
//! needs not stop: it arrives later than it is sent.
//!
//! So results are exact whatever is guessed. What is guessed is which lines are worth it: one over which a hart was taken back counts
//! as *contended* (`hierarchy.rs`), is not used ahead, and takes nobody back, until one hart has used it many times with nobody
//! in between. How far a hart goes doubles when it has come to the end of an excursion, and halves when it was taken back.
//!
//! Never ahead: what reaches memory without L1D, translated addresses, coherent instruction caches, marked instructions, and the last
//! instructions before a limit of the run, which is reached in order. At such a limit the clock of a hart may or may not have gone on to
//! where its next instruction can issue.

use super::cache::{Held, LineNumber, UseOrder};
use super::fetch::Uses;
use super::hart::{Current, Hart, State, Stats};
use super::hierarchy::Hierarchy;
use super::machine::Turn;
use super::pipeline::{Pipeline, States};
use super::predict::Predictor;
use super::shared::{Drop, Shared};
use super::slots::Slots;
use super::store_buffer::{Pending, StoreBuffer};
use crate::ids::{Cycle, HartId, HartSet};
use crate::memory::Ram;
use crate::platform::Board;
use cmodx_isa::{Access, Fault, FaultKind, Isa, Size};

/// Fewest and most cycles that a hart goes ahead of where others may be.
const REACH: std::ops::RangeInclusive<u64> = 128..=4096;
/// More cycles than an instruction holds a hart that is ahead.
const COST: u64 = 1024;
/// An excursion of fewer instructions, those that were not taken back, was not worth the note of where it began.
const WORTH: u64 = 64;
/// Most turns without an excursion after some that were not worth it.
const PATIENCE: u32 = 255;

/// Who is ahead, and what stands in the way of the acting hart.
#[derive(Clone, Default)]
pub struct Ahead {
    /// Harts that have acted ahead of the others.
    pub harts: HartSet,
    /// The acting hart is one of them now.
    pub acting: bool,
    /// Nobody notices when its stores leave the buffer: those that waited when it went ahead. It issues no others.
    private: bool,
    /// A line of which that is known while it is ahead.
    known: Option<LineNumber>,
    /// An access was not made: it must come later.
    refused: bool,
    /// Harts to be taken back before anybody acts again, and the lines over which that is so.
    back: HartSet,
    lines: Vec<LineNumber>,
    /// What the acting hart is about to drop from the instruction caches of those who are ahead.
    asked: Option<Drop>,
    /// Who asked that last, and the harts which do not have it, as long as they have not acted since.
    answered: Option<(HartId, Drop, HartSet)>,
}

impl Ahead {
    /// Nobody's act needs a look at what others have done.
    #[inline(always)]
    pub fn is_nobody(&self) -> bool {
        self.harts.is_empty() && !self.acting
    }

    /// Something must be taken back, or asked, before the acting hart goes on.
    #[inline(always)]
    pub fn halts(&self) -> bool {
        !self.back.is_empty() || self.asked.is_some()
    }

    /// The access at `at` is not made now. No guest sees this fault: who makes the access asks [`Ahead::was_refused`].
    #[cold]
    pub fn refuse(&mut self, at: u64, access: Access) -> Fault {
        self.refused = true;
        Fault { at, access, kind: FaultKind::Unmapped }
    }

    /// True when the last instruction was not done because an access must come later.
    pub fn was_refused(&mut self) -> bool {
        std::mem::take(&mut self.refused)
    }

    /// Takes a hart back if it is ahead.
    pub fn call(&mut self, hart: HartId) {
        if self.harts.contains(hart) {
            self.back = self.back.with(hart);
        }
    }

    /// Takes all others back; true when there are any.
    #[cold]
    pub fn call_all(&mut self, but: HartId) -> bool {
        let others = self.harts.without(but);
        self.back.0 |= others.0;
        !others.is_empty()
    }

    /// Whether copies may be dropped everywhere; else it is asked who has them.
    pub fn may_drop(&mut self, by: HartId, drop: Drop) -> bool {
        let without = match self.answered.take() {
            Some((hart, asked, without)) if (hart, asked) == (by, drop) => without,
            _ => HartSet::default(),
        };
        let may = self.harts.without(by).0 & !without.0 == 0;
        self.asked = (!may).then_some(drop);
        may
    }

    /// A hart acts: it comes first, so what it has done is in order now.
    #[inline(always)]
    pub fn begin_turn(&mut self, hart: HartId) {
        self.harts = self.harts.without(hart);
        if let Some((.., without)) = &mut self.answered {
            *without = without.without(hart);
        }
    }

    /// Who is to be taken back now that `acting` has stopped, among them those of whose copies `has` says that they would be dropped.
    pub fn called(&mut self, acting: HartId, has: impl Fn(HartId, Drop) -> bool) -> HartSet {
        if let Some(drop) = self.asked.take() {
            let others = self.harts.without(acting);
            let with = others.filter(|hart| has(hart, drop));
            self.back.0 |= with.0;
            self.answered = Some((acting, drop, HartSet(others.0 & !with.0)));
        }
        self.back
    }

    /// These harts have been taken back; the lines over which that was.
    pub fn are_back(&mut self, harts: HartSet) -> Vec<LineNumber> {
        self.harts.0 &= !harts.0;
        self.back.0 &= !harts.0;
        std::mem::take(&mut self.lines)
    }
}

/// Where a hart stood before it went ahead, what it has overwritten since then, and how far it goes.
#[derive(Clone)]
pub struct Excursion<I: Isa> {
    arch: I::Hart,
    pc: u64,
    now: Cycle,
    pipeline: Pipeline,
    predictor: Predictor,
    current: Current,
    stores: StoreBuffer,
    stats: Stats,
    landing: (u8, u64),
    uses: Uses,
    data: UseOrder,
    overwritten: Vec<Overwritten>,
    reach: u64,
    /// Somebody who took it back acts at this cycle: it does not go beyond before that has happened.
    until: Cycle,
    /// Instructions of the last excursion, 0 if they were taken back, until it is known what follows from that.
    gained: Option<u64>,
    /// Turns that it stays in order, and how many it did after the last excursion.
    stays: u32,
    patience: u32,
}

/// Bytes of memory before a store reached them.
#[derive(Clone, Copy)]
struct Overwritten {
    at: u64,
    size: Size,
    value: u64,
}

impl<I: Isa> Excursion<I> {
    /// A hart that has not been ahead.
    pub fn new(arch: I::Hart, pipeline: Pipeline, predictor: Predictor, stores: StoreBuffer) -> Excursion<I> {
        Excursion {
            arch,
            pc: 0,
            now: Cycle(0),
            pipeline,
            predictor,
            current: Current::NONE,
            stores,
            stats: Stats::default(),
            landing: (0, 0),
            uses: Uses::default(),
            data: UseOrder::default(),
            overwritten: Vec::new(),
            reach: *REACH.start(),
            until: Cycle(0),
            gained: None,
            stays: 0,
            patience: 0,
        }
    }

    /// Stays in order for some turns after an excursion that was not worth it, for more each time: true in such a turn.
    fn stays(&mut self) -> bool {
        if let Some(gained) = self.gained.take() {
            self.patience = if gained < WORTH { (2 * self.patience + 1).min(PATIENCE) } else { 0 };
            self.stays = self.patience;
        }
        let stays = self.stays > 0;
        self.stays -= stays as u32;
        stays
    }

    /// States of pipelines are about to be forgotten.
    pub fn settle(&mut self, states: &States) {
        self.pipeline.settle(states);
    }
}

impl<I: Isa> Hart<I> {
    /// Notes where it stands.
    fn set_out(&mut self, hierarchy: &Hierarchy) {
        let from = &mut self.excursion;
        from.arch.clone_from(&self.arch);
        (from.pc, from.now, from.current, from.stats) = (self.pc, self.now, self.current, self.stats);
        from.landing = self.landing;
        from.pipeline.copy_from(&self.pipeline);
        from.predictor.copy_from(&self.predictor);
        from.stores.copy_from(&self.stores);
        self.l1i.note_uses(&mut from.uses);
        hierarchy.note_order(self.id, &mut from.data);
        from.overwritten.clear();
    }

    /// Undoes what it has done ahead, because of an act at `until`; the number of instructions.
    pub fn go_back(&mut self, hierarchy: &mut Hierarchy, ram: &mut Ram, until: Cycle) -> u64 {
        let from = &mut self.excursion;
        let undone = self.stats.instructions - from.stats.instructions;
        for &Overwritten { at, size, value } in from.overwritten.iter().rev() {
            ram.write(at, size, value);
        }
        std::mem::swap(&mut self.arch, &mut from.arch);
        (self.pc, self.now, self.current, self.stats) = (from.pc, from.now, from.current, from.stats);
        self.landing = from.landing;
        std::mem::swap(&mut self.pipeline, &mut from.pipeline);
        std::mem::swap(&mut self.predictor, &mut from.predictor);
        std::mem::swap(&mut self.stores, &mut from.stores);
        self.l1i.restore_uses(&from.uses);
        hierarchy.reorder(self.id, &from.data);
        from.reach = (from.reach / 2).max(*REACH.start());
        (from.until, from.gained) = (until, Some(0));
        undone
    }
}

impl<B: Board> Shared<B> {
    /// True when the act of a hart on a line must wait for others who have used it ahead: any of them when it changes the line or takes
    /// it away, else those who may have written it.
    #[inline(always)]
    pub fn must_wait_for_others(&mut self, hart: HartId, line: LineNumber, takes: bool) -> bool {
        !self.ahead.harts.is_empty() && self.calls(hart, line, takes)
    }

    #[inline(never)]
    fn calls(&mut self, hart: HartId, line: LineNumber, takes: bool) -> bool {
        let users = self.hierarchy.users(self.ahead.harts.without(hart), line, !takes);
        if !users.is_empty() {
            self.ahead.back.0 |= users.0;
            self.ahead.lines.push(line);
        }
        !users.is_empty()
    }

    /// True when nobody notices a store of these bytes: all of them are in lines that the hart's L1D holds modified.
    #[inline(always)]
    pub fn is_private_store(&mut self, hart: HartId, at: u64, bytes: u64) -> bool {
        let marked = self.is_marked(at, bytes);
        let (first, last) = (LineNumber::of(at), LineNumber::of(at + bytes - 1));
        !marked
            && !self.watches(at, bytes)
            && !self.is_code(at, bytes)
            && self.is_private(hart, first)
            && (first == last || self.is_private(hart, last))
    }

    /// The same as far as the line that was asked about last tells, where nobody observes and the board does not wait for these bytes.
    #[inline(always)]
    pub fn is_known_private_store(&self, at: u64, bytes: u64) -> bool {
        let (first, last) = (LineNumber::of(at), LineNumber::of(at + bytes - 1));
        self.ahead.known == Some(first) && first == last && !self.is_marked(at, bytes)
    }

    /// True when some of these bytes lie in the watched text.
    #[inline(always)]
    fn is_marked(&self, at: u64, bytes: u64) -> bool {
        at < self.marks.watched.end && self.marks.watched.start < at + bytes
    }

    #[inline(always)]
    fn is_private(&mut self, hart: HartId, line: LineNumber) -> bool {
        self.ahead.known == Some(line) || self.holds_privately(hart, line)
    }

    #[inline(never)]
    fn holds_privately(&mut self, hart: HartId, line: LineNumber) -> bool {
        let Held { owned, dirty, contended } = self.hierarchy.held(hart, line);
        let private = owned && dirty && !contended && !self.is_reserved(hart, line);
        if private {
            self.ahead.known = Some(line);
        }
        private
    }

    /// Whether the oldest store of the hart may go a step: if the hart is ahead when nobody notices, else when nobody has used its line
    /// ahead.
    #[inline(always)]
    pub fn may_leave(&mut self, hart: &Hart<B::Isa>, store: &Pending) -> bool {
        if self.ahead.acting { self.ahead.private } else { self.may_leave_in_order(hart, store) }
    }

    #[inline(never)]
    fn may_leave_in_order(&mut self, hart: &Hart<B::Isa>, store: &Pending) -> bool {
        let (id, at, bytes) = (hart.id, store.at, store.size.bytes());
        let lines = [LineNumber::of(at), LineNumber::of(at + bytes - 1)];
        let lines = &lines[..1 + (lines[0] != lines[1]) as usize];
        if self.watches(at, bytes) && self.ahead.call_all(id) {
            return false;
        }
        // A pair leaves as one.
        if self.must_wait_to_patch(id, at, if store.joined { 2 * bytes } else { bytes }) {
            return false;
        }
        for &line in lines {
            let held = self.hierarchy.held(id, line);
            if held.contended {
                self.hierarchy.used(id, line);
            }
            if (!held.owned || hart.stores.is_writing()) && self.must_wait_for_others(id, line, true) {
                return false;
            }
        }
        true
    }

    /// Notes what a store of a hart that is ahead is about to overwrite.
    pub fn note_overwritten(&self, hart: &mut Hart<B::Isa>, store: &Pending) {
        if let Some(value) = self.ram.read(store.at, store.size) {
            hart.excursion.overwritten.push(Overwritten { at: store.at, size: store.size, value });
        }
    }

    /// True when a store of the hart must wait for others before it reaches memory.
    pub fn stores_must_wait(&mut self, hart: &Hart<B::Isa>) -> bool {
        self.ahead.acting
            || !self.ahead.harts.is_empty() && hart.stores.iter().any(|store| !self.may_leave(hart, store))
    }

    /// The same for an instruction fill that reads what the point of unification holds of a line.
    pub fn fill_must_wait(&mut self, hart: HartId, line: LineNumber) -> bool {
        !self.ahead.harts.is_empty() && self.hierarchy.unclean(line).is_none() && self.calls(hart, line, false)
    }
}

impl<B: Board> Turn<'_, B> {
    /// The cycle before which the hart may act ahead.
    fn free(&self) -> Cycle {
        let near_limit = self.cycles <= self.horizon.after(REACH.end() + COST);
        let coherent = self.shared.model.coherence.dic;
        let counted = self.shared.account.is_some() || self.shared.observers.as_ref().is_some_and(|o| o.want_all());
        if self.plain || self.in_order || near_limit || coherent || counted || !self.hart.direct {
            return Cycle(0);
        }
        let Excursion { reach, until, .. } = self.hart.excursion;
        let awaited = if self.horizon <= until.after(1) { until } else { Cycle::NEVER };
        self.horizon.after(reach).min(awaited).min(self.outside()).min(self.hart.l1i.next_beat())
    }

    /// Acts ahead of the others as long as they do not notice. True when the turn is over.
    pub(super) fn run_ahead(&mut self, slots: &mut Slots<B>, stop_at: u64) -> bool {
        self.look_at_sent();
        let busy = self.hart.state == State::Running && !self.hart.check_interrupts && self.shared.end.is_none();
        if !busy || self.shared.ahead.halts() || self.hart.now < self.horizon {
            return false;
        }
        let free = self.free();
        if self.hart.now >= free || self.hart.stats.instructions >= stop_at {
            return false;
        }
        if self.hart.excursion.stays() {
            return false;
        }
        if self.hart.stores.heeded {
            return false;
        }
        // What others may have to see already goes first.
        while self.hart.stores.next() < self.horizon {
            self.shared.acting = self.hart.stores.next();
            if !self.shared.drain_step(self.hart) {
                return true;
            }
        }
        let (id, stores) = (self.hart.id, &self.hart.stores);
        self.shared.ahead.known = None;
        let private = |store: &Pending| self.shared.is_private_store(id, store.at, store.size.bytes());
        let private = !stores.is_writing() && stores.iter().all(private);
        self.shared.ahead.private = private;
        // A store that others may notice leaves in order: nothing that is done later comes before.
        let free = if private { free } else { free.min(self.hart.stores.next()) };
        if self.hart.now >= free {
            return false;
        }
        self.hart.set_out(&self.shared.hierarchy);
        self.shared.watch_excursion(self.hart.id, false);
        let before = self.hart.stats.instructions;
        self.shared.ahead.acting = true;
        loop {
            (self.shared.ordered, self.shared.alone) = (self.horizon, free);
            self.straight(slots, stop_at);
            self.shared.ahead.refused = false;
            // All of them have left at the end: what waits then is due later than what has been done.
            let waits = self.hart.stores.next() <= self.hart.now;
            if !self.catch_up(self.hart.now) || !waits || self.hart.now >= free {
                break;
            }
        }
        self.shared.ahead.acting = false;
        let done = self.hart.stats.instructions - before;
        if done == 0 {
            // What it has only begun it does again in order: stores that left, a line that was found.
            self.hart.go_back(&mut self.shared.hierarchy, &mut self.shared.ram, Cycle(0));
            self.shared.watch_excursion(self.hart.id, true);
            return true;
        }
        self.shared.ahead.harts = self.shared.ahead.harts.with(self.hart.id);
        let excursion = &mut self.hart.excursion;
        if self.hart.now >= free {
            excursion.reach = (2 * excursion.reach).min(*REACH.end());
        }
        excursion.gained = Some(done);
        true
    }
}
