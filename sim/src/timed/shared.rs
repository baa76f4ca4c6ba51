//! What the harts of a machine share: memory, caches below L1I, devices, and the messages they send each other.

use super::absence::Absences;
use super::account::Account;
use super::adversary::Events;
use super::ahead::Ahead;
use super::cache::LineNumber;
use super::defect::Defect;
use super::end::End;
use super::fetch::Marks;
use super::hart::{Current, Hart, State};
use super::hierarchy::Hierarchy;
use super::observe::{Act, Observers};
use super::pipe_view::PipeView;
use super::pipeline::States;
use super::probe::Probe;
use super::store_buffer::Pending;
use crate::core_model::{CoreModel, LINE};
use crate::ids::{Cycle, HartId, HartSet};
use crate::memory::Ram;
use crate::oracle::Oracle;
use crate::platform::{Board, Effect, Ticks};
use crate::trace::CommitLog;
use cmodx_isa::{Isa, Size};

/// Something that reaches a hart from outside at a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its interrupt inputs may have changed.
    Lines,
    /// Firmware asks for FENCE.I.
    FenceI { from: HartId, wait: bool },
    /// Firmware asks for SFENCE.VMA.
    SfenceVma { from: HartId, wait: bool },
    /// Another hart has done the fence that this one waits for.
    Fenced,
    /// TLB maintenance of another hart.
    TlbClear,
    /// SEV, or the reservation was lost.
    Wake,
    /// Start executing here.
    Start { entry: u64, argument: u64 },
}

/// Instruction copies to be dropped before the hart's next fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drop {
    Line(LineNumber),
    All,
    /// Not the copy, but what is decoded of it.
    Decoded(LineNumber),
}

/// Messages to one hart.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// When the first one arrives.
    next: Cycle,
    /// Ascending by arrival; equal arrivals in the order of sending.
    events: Vec<(Cycle, Event)>,
    pub drops: Vec<Drop>,
}

impl Inbox {
    fn new() -> Inbox {
        Inbox { next: Cycle::NEVER, events: Vec::new(), drops: Vec::new() }
    }

    fn send(&mut self, at: Cycle, event: Event) {
        let position = self.events.partition_point(|(t, _)| *t <= at);
        self.events.insert(position, (at, event));
        self.next = self.events[0].0;
    }

    #[inline(always)]
    pub fn next(&self) -> Cycle {
        self.next
    }

    pub fn receive(&mut self, now: Cycle) -> Option<Event> {
        if self.events.is_empty() || self.next > now {
            return None;
        }
        let (_, event) = self.events.remove(0);
        self.next = self.events.first().map_or(Cycle::NEVER, |(at, _)| *at);
        Some(event)
    }
}

/// The shared part of a machine.
#[derive(Clone)]
pub struct Shared<B: Board> {
    pub ram: Ram,
    pub hierarchy: Hierarchy,
    pub board: B,
    pub model: CoreModel,
    /// Instructions cost what the model says; else a cycle each.
    pub timed: bool,
    pub inboxes: Vec<Inbox>,
    /// Lines reserved by LR or LDXR.
    pub reservations: Vec<Option<LineNumber>>,
    reserved: u32,
    /// Somebody must hear of every store at once: a reservation may be lost, or copies follow stores.
    pub heeded: bool,
    pub effects: Vec<Effect>,
    pub marks: Marks,
    pub oracle: Option<Box<Oracle>>,
    pub observers: Option<Box<Observers>>,
    /// Somebody wants to hear of stores: the oracle or an observer.
    pub observed: bool,
    /// What keeps harts from their code, if that is watched.
    pub absences: Option<Absences>,
    pub probes: Vec<Probe>,
    /// What an adversary has to hear of.
    pub events: Option<Events>,
    /// What a hart's cycles go to, if that is counted.
    pub account: Option<Box<Account>>,
    pub commits: Option<CommitLog>,
    pub view: Option<Box<PipeView>>,
    pub end: Option<End>,
    #[cfg(test)]
    pub defect: Option<Defect>,
    pub stopped: HartSet,
    watched: Option<u64>,
    /// The earliest message sent in this turn, and to whom: the sender must not run past it.
    pub sent: Option<(Cycle, HartId)>,
    /// Who was sent a message in this turn.
    told: HartSet,
    /// Before this cycle nothing but instructions of the acting hart can happen.
    pub ordered: Cycle,
    /// Before this cycle it may go on without asking: `ordered`, or later while it is ahead of others. Whatever changes that sets it
    /// back to 0.
    pub alone: Cycle,
    /// When the latest act that others can notice took place.
    pub acting: Cycle,
    /// States of the harts' pipelines.
    pub states: States,
    pub ahead: Ahead,
}

impl<B: Board> Shared<B> {
    pub fn new(model: &CoreModel, harts: usize, board: B, ram: Ram) -> Shared<B> {
        Shared {
            ram,
            hierarchy: Hierarchy::new(model, harts),
            watched: board.watched(),
            board,
            model: model.clone(),
            timed: true,
            inboxes: vec![Inbox::new(); harts],
            reservations: vec![None; harts],
            reserved: 0,
            heeded: model.coherence.dic,
            effects: Vec::new(),
            marks: Marks::default(),
            oracle: None,
            observers: None,
            observed: false,
            absences: None,
            probes: Vec::new(),
            events: None,
            account: None,
            commits: None,
            view: None,
            end: None,
            #[cfg(test)]
            defect: None,
            stopped: HartSet::default(),
            sent: None,
            told: HartSet::default(),
            ordered: Cycle(0),
            alone: Cycle(0),
            acting: Cycle(0),
            states: States::default(),
            ahead: Ahead::default(),
        }
    }

    /// Sends a hart a message that arrives at a cycle.
    pub fn send(&mut self, to: HartId, at: Cycle, event: Event) {
        self.inboxes[to.index()].send(at, event);
        self.sent = Some(self.sent.map_or((at, to), |sent| sent.min((at, to))));
        self.told.0 |= 1 << to.0;
        self.alone = Cycle(0);
        if event != Event::Wake {
            // Nothing that is private looks at the event register.
            self.ahead.call(to);
        }
    }

    /// Another hart is about to act.
    #[inline(always)]
    pub fn begin_turn(&mut self, hart: HartId) {
        self.ahead.begin_turn(hart);
        self.sent = None;
        self.told = HartSet::default();
    }

    /// Who was sent a message in this turn.
    #[inline(always)]
    pub fn told(&self) -> HartSet {
        self.told
    }

    /// Timer ticks at a cycle.
    pub fn ticks(&self, at: Cycle) -> Ticks {
        let hertz = self.model.clock_khz as u128 * 1000;
        (at.0 as u128 * B::TIMER_HZ as u128 / hertz) as Ticks
    }

    /// The first cycle at which the timer shows this many ticks.
    pub fn cycle_of(&self, ticks: Ticks) -> Cycle {
        let hertz = self.model.clock_khz as u128 * 1000;
        let cycle = (ticks as u128 * hertz).div_ceil(B::TIMER_HZ as u128);
        Cycle(u64::try_from(cycle).unwrap_or(u64::MAX))
    }

    /// A store reaches memory.
    #[inline(always)]
    pub fn commit(&mut self, hart: HartId, at: u64, size: Size, value: u64, pc: u64, now: Cycle) {
        if self.observed {
            self.tell_of_store(hart, at, size, value, pc, now);
        }
        self.ram.write(at, size, value);
        if (self.heeded && !self.ahead.acting) || self.watches(at, size.bytes()) {
            self.announce(hart, at, size, now);
        }
    }

    /// An adversary is about to decide who goes on.
    #[cold]
    pub fn note_event(&mut self, note: impl FnOnce(&mut Events)) {
        if let Some(events) = &mut self.events {
            note(events);
            self.alone = Cycle(0);
            self.sent = Some((Cycle(0), HartId(0)));
        }
    }

    #[cold]
    fn announce(&mut self, hart: HartId, at: u64, size: Size, now: Cycle) {
        self.alone = Cycle(0);
        let lines = [LineNumber::of(at), LineNumber::of(at + size.bytes() - 1)];
        for other in 0..self.reservations.len() {
            if other != hart.index() && self.reservations[other].is_some_and(|line| lines.contains(&line)) {
                self.reserve(HartId(other as u16), None);
                self.send(HartId(other as u16), now.after(1), Event::Wake);
            }
        }
        if self.model.coherence.dic {
            for inbox in &mut self.inboxes {
                inbox.drops.extend(lines.map(Drop::Line));
            }
        }
        if self.watches(at, size.bytes()) {
            self.board.watched_store(&mut self.ram, &mut self.effects);
        }
    }

    /// True when the board waits for stores to these bytes.
    #[inline(always)]
    pub fn watches(&self, at: u64, bytes: u64) -> bool {
        match self.watched {
            // From `bytes - 1` before to 7 behind.
            Some(watched) => at.wrapping_sub(watched).wrapping_add(bytes - 1) < bytes + 7,
            None => false,
        }
    }

    /// Sets or gives up the reservation of a hart.
    pub fn reserve(&mut self, hart: HartId, line: Option<LineNumber>) {
        let old = std::mem::replace(&mut self.reservations[hart.index()], line);
        self.reserved = self.reserved + line.is_some() as u32 - old.is_some() as u32;
        self.heeded = self.reserved != 0 || self.model.coherence.dic;
        if self.heeded {
            // Stores that wait must now go at their own cycles.
            self.alone = Cycle(0);
        }
    }

    /// True when another hart has reserved this line.
    pub fn is_reserved(&self, hart: HartId, line: LineNumber) -> bool {
        let others = self.reservations.iter().enumerate().filter(|(other, _)| *other != hart.index());
        self.reserved != 0 && others.into_iter().any(|(_, reserved)| *reserved == Some(line))
    }

    /// What an instruction fill reads of a line: zeroes where there is no RAM.
    pub fn fetch_contents(&self, line: LineNumber) -> &[u8; LINE as usize] {
        let ram = || self.ram.line(line.address()).unwrap_or(&[0; LINE as usize]);
        self.hierarchy.unclean(line).unwrap_or_else(ram)
    }

    /// Memory is about to change by an act of this hart at `now`: beats of a fill that have been put off come before. Who waits for all of
    /// his stores has them leave within one act: what is due later than that comes behind.
    #[inline(always)]
    pub fn before_change(&self, hart: &mut Hart<B::Isa>, now: Cycle) {
        if hart.l1i.is_put_off() {
            hart.l1i.read_before(now.min(self.acting), |line| self.fetch_contents(line));
        }
    }

    /// Carries out what the board asked for while `hart` acted.
    pub fn apply_effects(&mut self, hart: &mut Hart<B::Isa>) {
        if self.effects.is_empty() {
            return;
        }
        self.alone = Cycle(0);
        for effect in std::mem::take(&mut self.effects) {
            self.apply(hart, effect);
        }
    }

    fn apply(&mut self, hart: &mut Hart<B::Isa>, effect: Effect) {
        let arrival = hart.now.after(self.model.trap.ipi_latency as u64);
        match effect {
            Effect::LinesChanged { hart: target, .. } if target == hart.id => self.update_lines(hart),
            Effect::LinesChanged { hart: target, remote } => {
                let at = if remote { arrival } else { hart.now.after(1) };
                self.send(target, at, Event::Lines);
            }
            Effect::StartHart { hart: target, entry, argument } => {
                self.send(target, arrival, Event::Start { entry, argument });
            }
            Effect::StopHart => {
                hart.state = State::Stopped;
                self.stopped.0 |= 1 << hart.id.0;
            }
            Effect::SuspendHart { resume } => {
                if let Some((entry, argument)) = resume {
                    hart.arch = self.board.resumed(hart.id, &hart.arch, argument);
                    hart.pc = entry;
                    hart.tlb.clear();
                    hart.synchronize_fetch();
                    self.tell(hart.id, Act::Context);
                    self.set_up(hart);
                }
                hart.state = State::WaitingForInterrupt;
                hart.check_interrupts = true;
            }
            Effect::RemoteFenceI { harts, wait } => {
                if harts.contains(hart.id) {
                    self.fence_i(hart);
                }
                self.broadcast(hart, harts, wait, arrival, |from, wait| Event::FenceI { from, wait });
            }
            Effect::RemoteSfenceVma { harts, wait } => {
                if harts.contains(hart.id) {
                    hart.tlb.clear();
                }
                self.broadcast(hart, harts, wait, arrival, |from, wait| Event::SfenceVma { from, wait });
            }
            Effect::Shutdown { code } => self.end = Some(End::Exit { code }),
            Effect::Reset => self.end = Some(End::Reset),
        }
    }

    fn broadcast(
        &mut self,
        hart: &mut Hart<B::Isa>,
        harts: HartSet,
        wait: bool,
        arrival: Cycle,
        event: impl Fn(HartId, bool) -> Event,
    ) {
        let others = HartSet(harts.0 & HartSet::first(self.inboxes.len()).0 & !self.stopped.0).without(hart.id);
        for other in others.iter() {
            self.send(other, arrival, event(hart.id, wait));
        }
        if wait && !others.is_empty() {
            hart.state = State::WaitingForFences(others.len());
        }
    }

    /// What a hart that starts must know of its machine.
    pub fn set_up(&self, hart: &mut Hart<B::Isa>) {
        let coherence = &self.model.coherence;
        B::set_coherence(&mut hart.arch, coherence.idc, coherence.dic);
        hart.look_at_protection(self.ram.end());
        hart.look_at_extensions();
    }

    /// FENCE.I on this hart: drops its copies, charges the cost.
    pub fn fence_i(&mut self, hart: &mut Hart<B::Isa>) {
        let dropped = if self.has(Defect::FenceIKeepsCopies) { 0 } else { hart.l1i.drop_all() as u64 };
        self.tell(hart.id, Act::FenceI);
        let cost = &self.model.fence_i;
        hart.now = hart.now.after(cost.flush as u64 + cost.per_line as u64 * dropped);
        hart.synchronize_fetch();
    }

    /// Asks the board for the hart's interrupt inputs and its next timer.
    pub fn update_lines(&mut self, hart: &mut Hart<B::Isa>) {
        let now = self.ticks(hart.now);
        let overflow = B::Isa::count_events(&mut hart.arch, hart.now.0, hart.stats.instructions);
        self.board.update_lines(hart.id, now, &mut hart.arch);
        let timer = self.board.next_timer(hart.id).map_or(Cycle::NEVER, |t| self.cycle_of(t));
        hart.timer_at = timer.min(overflow.map_or(Cycle::NEVER, |cycles| hart.now.after(cycles)));
        hart.check_interrupts = true;
        self.alone = Cycle(0);
    }

    /// Something reaches the hart.
    pub fn deliver(&mut self, hart: &mut Hart<B::Isa>, event: Event) {
        match event {
            Event::Lines => self.update_lines(hart),
            Event::FenceI { from, wait } => {
                self.serve_fence(hart, from, wait, |shared, hart| shared.fence_i(hart));
            }
            Event::SfenceVma { from, wait } => {
                self.serve_fence(hart, from, wait, |_, hart| hart.tlb.clear());
            }
            Event::Fenced => {
                if let State::WaitingForFences(left) = hart.state {
                    hart.state = if left > 1 { State::WaitingForFences(left - 1) } else { State::Running };
                    hart.check_interrupts = true;
                }
            }
            Event::TlbClear => {
                hart.tlb.clear();
                hart.current = Current::NONE;
            }
            Event::Wake => {
                if hart.state == State::WaitingForEvent {
                    hart.state = State::Running;
                } else {
                    hart.event = true;
                }
            }
            Event::Start { entry, argument } => {
                if hart.state == State::Stopped {
                    hart.arch = self.board.started(hart.id, argument);
                    hart.pc = entry;
                    hart.state = State::Running;
                    self.stopped = self.stopped.without(hart.id);
                    hart.synchronize_fetch();
                    self.tell(hart.id, if hart.stats.instructions == 0 { Act::Start } else { Act::Context });
                    self.set_up(hart);
                    self.update_lines(hart);
                }
            }
        }
    }

    fn serve_fence(
        &mut self,
        hart: &mut Hart<B::Isa>,
        from: HartId,
        wait: bool,
        fence: impl FnOnce(&mut Self, &mut Hart<B::Isa>),
    ) {
        let trap = &self.model.trap;
        let before = trap.entry as u64 + trap.firmware_ipi as u64;
        let after = trap.exit as u64;
        if let Some(oracle) = &mut self.oracle {
            oracle.interrupt(hart.id, hart.now, hart.pc);
        }
        let began = hart.now;
        hart.now = hart.now.after(before);
        hart.current = Current::NONE;
        fence(self, hart);
        hart.stats.remote_fences += 1;
        if wait {
            let at = hart.now.after(1);
            self.send(from, at, Event::Fenced);
        }
        hart.now = hart.now.after(after);
        if let Some(absences) = &mut self.absences {
            absences.fence(hart.id, began, hart.now);
        }
    }

    /// The oldest waiting store of the hart goes one step, unless somebody must act before: then it is false.
    #[inline]
    pub fn drain_step(&mut self, hart: &mut Hart<B::Isa>) -> bool {
        if let Some(&store) = hart.stores.oldest() {
            if !self.ahead.is_nobody() && !self.may_leave(hart, &store) {
                return false;
            }
            self.leave(hart, &store);
        }
        true
    }

    /// The oldest waiting store of the hart gets its line, or reaches memory.
    #[inline(always)]
    fn leave(&mut self, hart: &mut Hart<B::Isa>, store: &Pending) {
        let at = hart.stores.next();
        if !hart.stores.is_writing() {
            let mut cycles = self.hierarchy.store(hart.id, LineNumber::of(store.at), &self.ram, at);
            let last = LineNumber::of(store.at + store.size.bytes() - 1);
            if last != LineNumber::of(store.at) {
                cycles += self.hierarchy.store(hart.id, last, &self.ram, at);
            }
            if cycles > 0 {
                return hart.stores.start_writing(at.after(cycles));
            }
        }
        self.reach_memory(hart, store, at);
        if let Some(other) = hart.stores.oldest().copied().filter(|_| store.joined) {
            self.reach_memory(hart, &other, at);
        }
        if !self.effects.is_empty() {
            self.apply_effects(hart);
        }
    }

    /// The oldest waiting store of the hart is this one, and reaches memory.
    #[inline(always)]
    fn reach_memory(&mut self, hart: &mut Hart<B::Isa>, store: &Pending, at: Cycle) {
        if self.ahead.acting {
            self.note_overwritten(hart, store);
        }
        self.before_change(hart, at);
        self.commit(hart.id, store.at, store.size, store.value, store.pc, at);
        hart.stores.pop(at);
    }

    /// Waits until all stores of the hart have reached memory, none of which must wait for others.
    pub fn drain(&mut self, hart: &mut Hart<B::Isa>) {
        self.alone = Cycle(0);
        // They have been asked about all together, and are not asked about again: the answer may have changed with the question.
        while let Some(&store) = hart.stores.oldest() {
            hart.now = hart.now.max(hart.stores.next());
            self.leave(hart, &store);
        }
    }
}

/// When a hart acts next.
pub fn next_act<B: Board>(hart: &Hart<B::Isa>, shared: &Shared<B>) -> Cycle {
    let outside = shared.inboxes[hart.id.index()].next().min(hart.timer_at);
    let own = match hart.state {
        State::Running => hart.now,
        State::Stopped => shared.inboxes[hart.id.index()].next(),
        _ if hart.check_interrupts => hart.now,
        _ => outside.max(hart.now),
    };
    own.min(hart.next_unit())
}

/// The cost of a page table walk reads memory through this.
pub struct Walker<'a> {
    pub ram: &'a mut Ram,
    pub reads: u64,
}

impl cmodx_isa::TableMemory for Walker<'_> {
    fn read_entry(&mut self, at: u64) -> Option<u64> {
        self.reads += 1;
        self.ram.read(at, Size::Double)
    }

    fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool {
        self.ram.read(at, Size::Double) == Some(expected) && self.ram.write(at, Size::Double, new)
    }
}
