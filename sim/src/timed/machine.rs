//! The machine: harts that act in the order of (cycle, hart).

use super::absence::{Absence, Absences};
use super::account::Account;
use super::copies::Copied;
use super::end::{End, Limits};
use super::error::MachineError;
use super::execute::Executing;
use super::fetch::Marks;
use super::hart::{Current, Hart, State, Stats};
use super::observe::Act;
use super::order::{self, Order};
use super::pipe_view::PipeView;
use super::pipeline::{Edge, Issued};
use super::probe::Probe;
use super::shared::{Drop, Shared, next_act};
use super::slots::{Slot, Slots};
use super::straight::must_wait;
use crate::core_model::CoreModel;
use crate::ids::{Cycle, HartId, HartSet};
use crate::loader::Image;
use crate::memory::Ram;
use crate::oracle::Oracle;
use crate::platform::Board;
use crate::trace::CommitLog;
use cmodx_isa::{Class, Flow, Isa};

/// A machine with `B`'s devices and harts of one core model.
#[derive(Clone)]
pub struct Machine<B: Board> {
    pub(super) harts: Vec<Hart<B::Isa>>,
    /// Their decoded instructions.
    slots: Vec<Slots<B>>,
    pub(super) shared: Shared<B>,
    /// When each hart acts next.
    pub(super) order: Order,
    pub(super) instructions: u64,
    /// How often harts have gone ahead of others in vain.
    taken_back: u64,
    /// Whether harts ask before each instruction who acts next.
    plain: bool,
}

/// Why a hart stopped acting for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Others come first.
    Turn,
    /// The run is over.
    Over,
}

impl<B: Board> Machine<B> {
    /// A machine with cold caches, the image loaded, and the harts that run at reset about to execute its entry point.
    pub fn new(model: &CoreModel, harts: usize, ram: u64, board: B, image: &Image) -> Result<Machine<B>, MachineError> {
        if !(1..=64).contains(&harts) {
            return Err(MachineError::Harts(harts));
        }
        if !model.fits(<B::Isa as Isa>::ARCH) {
            return Err(MachineError::WrongCore { core: model.name.clone(), arch: <B::Isa as Isa>::ARCH });
        }
        let mut memory = Ram::new(B::RAM, ram);
        if image.arch != <B::Isa as Isa>::ARCH {
            return Err(MachineError::WrongArch { found: image.arch, expected: <B::Isa as Isa>::ARCH });
        }
        image.check_ram(memory.base()..memory.end())?;
        for (at, bytes) in image.loaded(memory.base()..memory.end()) {
            memory.slice_mut(at, bytes.len() as u64).expect("checked to lie in RAM").copy_from_slice(bytes);
        }
        let running = board.running_at_reset();
        let mut shared = Shared::new(model, harts, board, memory);
        shared.stopped = HartSet(HartSet::first(harts).0 & !running.0);
        let harts: Vec<_> = (0..harts)
            .map(|i| {
                let id = HartId(i as u16);
                let state = if running.contains(id) { State::Running } else { State::Stopped };
                Hart::new(id, shared.board.at_reset(id), image.entry, state, model)
            })
            .collect();
        let order = Order::new(harts.len());
        let slots = harts.iter().map(|hart| Slots::new(hart.l1i.ways())).collect();
        let mut machine = Machine { harts, slots, shared, order, instructions: 0, taken_back: 0, plain: false };
        for hart in &mut machine.harts {
            machine.shared.set_up(hart);
            machine.shared.update_lines(hart);
        }
        for hart in &machine.harts {
            machine.order.set(hart.id, next_act(hart, &machine.shared));
        }
        Ok(machine)
    }

    /// Takes no shortcut from now on: each hart asks before each instruction who acts next, and its scoreboard when it can issue.
    /// Slower, with equal results.
    pub fn run_plainly(&mut self) {
        self.plain = true;
        self.forget_states();
        self.shared.states.number_none();
    }

    /// The machine without pipeline, predictor, data caches and store buffers: every instruction takes a cycle and nothing else
    /// takes time. Instruction caches keep their copies, as stale as they become; a fill reads its line at once, and stores
    /// need no cleaning to the point of unification.
    #[must_use]
    pub fn without_timing(mut self) -> Machine<B> {
        self.decode_anew();
        self.shared.timed = false;
        self.shared.model = self.shared.model.without_costs();
        self
    }

    /// HYPOTHETICAL: has all harts decode instructions that no manual has ([`cmodx_isa::Isa::decode_hypothetical`]).
    pub fn allow_hypothetical(&mut self) {
        for hart in &mut self.harts {
            hart.l1i.hypothetical = true;
        }
    }

    /// Watches passes through sites, from now on.
    pub fn watch(&mut self, oracle: Oracle) {
        self.shared.marks.watched = oracle.text();
        self.decode_anew();
        self.shared.oracle = Some(Box::new(oracle));
        self.shared.observed = true;
    }

    /// Forgets all decoded instructions: other ones are marked now.
    pub(super) fn decode_anew(&mut self) {
        self.slots = self.harts.iter().map(|hart| Slots::new(hart.l1i.ways())).collect();
    }

    /// What the oracle has seen.
    pub fn oracle(&self) -> Option<&Oracle> {
        self.shared.oracle.as_deref()
    }

    /// Takes the counters of each hart that comes by one of these addresses, before it executes what stands there.
    pub fn probe(&mut self, addresses: &[u64]) {
        self.shared.marks = Marks { probes: addresses.to_vec(), ..self.shared.marks.clone() };
        self.decode_anew();
    }

    /// What the probes have seen, in order.
    pub fn probes(&self) -> &[Probe] {
        &self.shared.probes
    }

    /// Counts what a hart's cycles go to, from now on.
    pub fn account(&mut self, account: Account) {
        self.shared.marks.probes.extend(account.ends());
        self.decode_anew();
        self.shared.account = Some(Box::new(account));
    }

    /// What has been counted.
    pub fn accounted(&self) -> Option<&Account> {
        self.shared.account.as_deref()
    }

    /// Notes what keeps harts from their code, from now on.
    pub fn watch_absences(&mut self) {
        self.shared.absences = Some(Absences::new(self.harts.len()));
    }

    /// What has kept harts from their code, in the order of the ends.
    pub fn absences(&self) -> &[Absence] {
        self.shared.absences.as_ref().map_or(&[], Absences::list)
    }

    /// Writes a commit log, from now on; to be called before the machine first runs.
    pub fn log_commits(&mut self) {
        self.shared.marks.all = true;
        self.decode_anew();
        self.shared.commits = Some(CommitLog::default());
    }

    /// The commit log since the last call.
    pub fn take_commits(&mut self) -> String {
        self.shared.commits.as_mut().map(CommitLog::take).unwrap_or_default()
    }

    /// The memory as it is now.
    pub fn ram(&self) -> &Ram {
        &self.shared.ram
    }

    /// Keeps where each instruction is in which cycle, from now on; without `rows` only what was waited for.
    pub fn view_pipeline(&mut self, rows: bool) {
        self.shared.marks.all = true;
        self.decode_anew();
        let front = self.shared.model.branch.mispredict as u64;
        let harts = self.harts.iter().map(|hart| (hart.now, (hart.stats.interrupts, hart.stats.icache_misses)));
        self.shared.view = Some(Box::new(PipeView::new(harts, front, rows)));
    }

    /// The pipeline's log in Kanata 0004, as Konata reads it; `None` when none was kept.
    pub fn kanata(&self) -> Option<String> {
        self.shared.view.as_ref().map(|view| view.kanata())
    }

    /// Cycles that all harts together have waited, by what for: `operand`, `unit`, `order`, `slot`, `stores`, `icache`,
    /// `interrupt`, `front`, `mispredict`, `held`, `taken`, `target`, `trap`. Empty unless the pipeline is viewed.
    pub fn waits(&self) -> Vec<(String, u64)> {
        let view = self.shared.view.as_ref();
        view.map(|view| view.waits().map(|(name, cycles)| (name.into(), cycles)).collect()).unwrap_or_default()
    }

    /// Console output since the last call.
    pub fn take_output(&mut self) -> Vec<u8> {
        self.shared.board.take_output()
    }

    /// What has been written to the console for errors since the last call.
    pub fn take_errors(&mut self) -> Vec<u8> {
        self.shared.board.take_errors()
    }

    /// Counters of a hart.
    pub fn stats(&self, hart: HartId) -> Stats {
        self.harts[hart.index()].stats
    }

    /// The clock of a hart.
    pub fn now(&self, hart: HartId) -> Cycle {
        self.harts[hart.index()].now
    }

    /// Address of the instruction that a hart executes next.
    pub fn pc(&self, hart: HartId) -> u64 {
        self.harts[hart.index()].pc
    }

    /// Instructions of all harts together.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// How often harts had gone ahead of others in vain, and were taken back: it costs the host time and changes no result.
    pub fn taken_back(&self) -> u64 {
        self.taken_back
    }

    /// Forgets the states of the pipelines: there are too many.
    #[cold]
    fn forget_states(&mut self) {
        for (hart, slots) in self.harts.iter_mut().zip(&mut self.slots) {
            hart.pipeline.settle(&self.shared.states);
            hart.excursion.settle(&self.shared.states);
            slots.forget_edges();
        }
        self.shared.states = Default::default();
    }

    /// Runs until the guest ends the run or a limit is reached.
    pub fn run(&mut self, limits: Limits) -> End {
        // A limit is reached in order.
        let mut in_order = false;
        loop {
            let (now, chosen) = self.order.first();
            if now == Cycle::NEVER {
                return End::Asleep;
            }
            let late = now.max(self.harts[chosen.index()].now) > limits.cycles;
            if late || self.instructions >= limits.instructions {
                if self.shared.ahead.harts.is_empty() {
                    return End::Limit;
                }
                in_order = true;
                self.take_back(self.shared.ahead.harts, now);
                continue;
            }
            let horizon = self.order.bound(chosen);
            let pause = self.turn(chosen, horizon, limits, in_order);
            self.order.set(chosen, next_act(&self.harts[chosen.index()], &self.shared));
            for other in self.shared.told().without(chosen).iter() {
                self.order.set(other, next_act(&self.harts[other.index()], &self.shared));
            }
            if let (Pause::Over, Some(end)) = (pause, self.shared.end.take()) {
                let (ahead, last) = (self.shared.ahead.harts, self.shared.acting);
                self.take_back(ahead, last);
                for other in ahead.iter() {
                    self.turn(other, order::bound(other, last, chosen), limits, true);
                }
                return end;
            }
            let has = |hart: HartId, drop| match drop {
                Drop::Line(line) => self.harts[hart.index()].l1i.has(line),
                Drop::All => true,
                Drop::Decoded(_) => false,
            };
            let back = self.shared.ahead.called(chosen, has);
            if !back.is_empty() {
                self.take_back(back, next_act(&self.harts[chosen.index()], &self.shared));
            }
        }
    }

    /// Lets a hart act until others come first, at the horizon.
    pub(super) fn turn(&mut self, chosen: HartId, horizon: Cycle, limits: Limits, in_order: bool) -> Pause {
        let before = self.harts[chosen.index()].stats.instructions;
        let (turn, slots) = self.about_to_act(chosen, horizon, limits, in_order);
        let pause = B::act(turn, slots);
        self.harts[chosen.index()].l1i.put_off_no_more();
        if self.shared.states.is_full() {
            self.forget_states();
        }
        self.instructions += self.harts[chosen.index()].stats.instructions - before;
        pause
    }

    /// The turn of a hart that comes first.
    pub(super) fn about_to_act(
        &mut self,
        chosen: HartId,
        horizon: Cycle,
        limits: Limits,
        in_order: bool,
    ) -> (Turn<'_, B>, &mut Slots<B>) {
        self.shared.begin_turn(chosen);
        let turn = Turn {
            hart: &mut self.harts[chosen.index()],
            shared: &mut self.shared,
            horizon,
            cycles: limits.cycles,
            budget: limits.instructions.saturating_sub(self.instructions),
            plain: self.plain,
            in_order,
            undone: 0,
            line: 0,
            done_behind: 0,
            block: 0,
            left: 0,
            second: 0,
        };
        (turn, &mut self.slots[chosen.index()])
    }

    /// Undoes what some harts have done ahead, because of an act at `until`.
    #[cold]
    fn take_back(&mut self, back: HartSet, until: Cycle) {
        self.taken_back += back.len() as u64;
        for id in back.iter() {
            let hart = &mut self.harts[id.index()];
            self.instructions -= hart.go_back(&mut self.shared.hierarchy, &mut self.shared.ram, until);
            self.shared.watch_excursion(id, true);
            self.order.set(id, next_act(hart, &self.shared));
        }
        for line in self.shared.ahead.are_back(back) {
            self.shared.hierarchy.contend(line);
        }
    }
}

/// A hart about to act until another one comes first.
pub struct Turn<'a, B: Board> {
    pub(super) hart: &'a mut Hart<B::Isa>,
    pub(super) shared: &'a mut Shared<B>,
    /// It may act at cycles before this one.
    pub(super) horizon: Cycle,
    pub(super) cycles: Cycle,
    pub(super) budget: u64,
    pub(super) plain: bool,
    /// Whether it does not act ahead of the others.
    pub(super) in_order: bool,
    /// 1 when the straight run ended before its last instruction was done.
    pub(super) undone: u64,
    /// Where the line starts that instructions come from.
    pub(super) line: u64,
    /// Instructions that the hart will have done behind the block that it does now.
    pub(super) done_behind: u64,
    /// The block.
    pub(super) block: u32,
    /// What of it the hart has not come to.
    pub(super) left: u32,
    /// Way of the second half of the instruction that was last put together from two lines.
    pub(super) second: usize,
}

impl<B: Board> Turn<'_, B> {
    /// Lets the hart act.
    #[inline(always)]
    pub fn act(self, slots: &mut Slots<B>) -> Pause {
        if self.shared.timed { self.act_in::<true>(slots) } else { self.act_in::<false>(slots) }
    }

    fn act_in<const TIMED: bool>(mut self, slots: &mut Slots<B>) -> Pause {
        self.obey_drops();
        let stop_at = self.hart.stats.instructions.saturating_add(self.budget);
        loop {
            let outside = self.outside();
            let unit = self.hart.next_unit();
            let running = self.hart.state == State::Running;
            let act = if running || self.hart.check_interrupts { self.hart.now } else { outside.max(self.hart.now) };
            let next = act.min(unit);
            self.look_at_sent();
            if next == Cycle::NEVER
                || next >= self.horizon
                || next > self.cycles
                || self.hart.stats.instructions >= stop_at
            {
                return Pause::Turn;
            }
            self.shared.acting = next;
            if unit <= act && unit != Cycle::NEVER {
                self.unit_step(unit);
            } else if outside <= act {
                self.receive(act);
            } else if self.hart.check_interrupts {
                self.interrupt();
            } else if running {
                if !self.hart.direct && self.shared.ahead.call_all(self.hart.id) {
                    // To translate takes time that is not taken twice.
                    return Pause::Turn;
                }
                let alone = self.undisturbed_until(self.next_unit());
                self.shared.alone = if self.plain { Cycle(0) } else { alone };
                self.shared.ordered = self.shared.alone;
                if TIMED {
                    self.straight(slots, stop_at);
                    if self.run_ahead(slots, stop_at) {
                        return Pause::Turn;
                    }
                } else {
                    self.untimed(slots, stop_at);
                }
            } else {
                return Pause::Turn;
            }
            if self.shared.end.is_some() {
                return Pause::Over;
            }
            if std::mem::take(&mut self.shared.marks.changed) {
                *slots = Slots::new(self.hart.l1i.ways());
            }
            if self.shared.ahead.halts() {
                return Pause::Turn;
            }
            if self.shared.model.coherence.dic || self.shared.observed {
                self.obey_drops();
            }
            if self.shared.states.is_full() {
                return Pause::Turn;
            }
        }
    }

    /// When a unit of the hart acts next whose act somebody could notice.
    #[inline(always)]
    pub(super) fn next_unit(&self) -> Cycle {
        self.next_heeded_store().min(self.hart.l1i.next_beat())
    }

    /// When a store leaves the buffer next, where others wait for it.
    #[inline(always)]
    pub(super) fn next_heeded_store(&self) -> Cycle {
        let eager = self.plain || self.shared.heeded || self.hart.stores.heeded;
        if eager { self.hart.stores.next() } else { Cycle::NEVER }
    }

    /// Until then nothing but instructions of the hart can happen, unless one of them causes it, where its units act next at `unit`.
    #[inline(always)]
    pub(super) fn undisturbed_until(&self, unit: Cycle) -> Cycle {
        self.horizon.min(self.outside()).min(unit).min(self.cycles.after(1))
    }

    /// When something reaches the hart from outside next.
    #[inline(always)]
    pub(super) fn outside(&self) -> Cycle {
        self.shared.inboxes[self.hart.id.index()].next().min(self.hart.timer_at)
    }

    /// The hart must not run past the messages that it has sent.
    #[inline(always)]
    pub(super) fn look_at_sent(&mut self) {
        if let Some((at, to)) = self.shared.sent {
            self.horizon = self.horizon.min(order::bound(self.hart.id, at, to));
        }
    }

    #[inline(always)]
    fn obey_drops(&mut self) {
        if !self.shared.inboxes[self.hart.id.index()].drops.is_empty() {
            self.drop_copies();
        }
    }

    #[inline(never)]
    fn drop_copies(&mut self) {
        let drops = &mut self.shared.inboxes[self.hart.id.index()].drops;
        for drop in drops.drain(..) {
            match drop {
                Drop::Line(line) => {
                    self.hart.l1i.drop_line(line);
                    if self.shared.model.coherence.dic {
                        self.hart.current = Current::NONE;
                    }
                }
                Drop::All => {
                    self.hart.l1i.drop_all();
                }
                Drop::Decoded(line) => self.hart.l1i.forget_line(line),
            }
        }
    }

    /// The store buffer or the instruction fill acts at `at`.
    pub(super) fn unit_step(&mut self, at: Cycle) {
        if self.hart.l1i.next_beat() == at {
            if self.hart.l1i.filling().is_some_and(|line| self.shared.fill_must_wait(self.hart.id, line)) {
                return;
            }
            self.tell_fill(false);
            let shared = &*self.shared;
            self.hart.l1i.fill_due(|line| shared.fetch_contents(line));
            // A prefetch may have chosen the line that the hart executes from.
            let l1i = &self.hart.l1i;
            if l1i.fills(self.hart.current.way) {
                self.hart.current = Current::NONE;
            }
        } else {
            self.shared.drain_step(self.hart);
        }
    }

    fn receive(&mut self, at: Cycle) {
        self.hart.now = self.hart.now.max(at);
        match self.shared.inboxes[self.hart.id.index()].receive(at) {
            Some(event) => self.shared.deliver(self.hart, event),
            None => self.shared.update_lines(self.hart),
        }
    }

    /// The instruction has not issued; the pipeline comes to where the hart stands now.
    fn issues_later(&mut self) -> bool {
        self.hart.pipeline.move_to(&mut self.shared.states, self.hart.now);
        false
    }

    /// What an instruction does to the pipeline, if nothing delays it, where that is in a numbered state; else the scoreboard is asked.
    fn edge(&mut self, slot: &Slot<B>) -> Option<Edge> {
        let pipeline = &mut self.hart.pipeline;
        let edge = if slot.marked { None } else { slot.edges.find(pipeline.state()) };
        if edge.is_none() && !slot.marked {
            return pipeline.learn(&mut self.shared.states, &slot.edges, slot.needs(), self.hart.now);
        }
        edge
    }

    /// Issues and executes one instruction, marked or not, or finds out what it must wait for; true when it was executed.
    pub(super) fn issue<const MARKED: bool>(&mut self, pc: u64, slot: &Slot<B>) -> bool {
        let (before, edge) = (self.hart.now, self.edge(slot));
        if edge.is_none() {
            self.hart.pipeline.settle(&self.shared.states);
        }
        if MARKED {
            self.before_issue(pc, slot);
        }
        let hart = &mut *self.hart;
        let mut issues = match edge {
            Some(edge) => Issued { at: before.after(edge.waits()), late: edge.late() },
            None => hart.pipeline.issue_at(slot.kind, &slot.sources, before),
        };
        let at = issues.at;
        if at > hart.now {
            hart.now = at;
            if at >= self.shared.alone && self.others_first(at) {
                return self.issues_later();
            }
        }
        self.shared.acting = at;
        if !self.catch_up(at) {
            return self.issues_later();
        }
        let hart = &mut *self.hart;
        if if slot.drains { !hart.stores.is_empty() } else { must_wait(&hart.stores, slot.class) } {
            hart.now = hart.now.max(hart.stores.next());
            let alone = hart.now < self.shared.alone && !MARKED;
            self.issues_later();
            // Nobody acts until then: the instruction is tried again, at most twice for each store that waits.
            return alone && self.issue::<MARKED>(pc, slot);
        }
        let copied = if MARKED { self.copied(pc, slot) } else { Copied::default() };
        let probes = self.shared.probes.len();
        if MARKED {
            self.before_marked(pc, slot, &copied);
        }
        let mut executing: Executing<'_, B> = Executing::new(self.hart, self.shared, pc).spanning(slot.class);
        let result =
            if MARKED { executing.execute_marked(slot) } else { B::Isa::execute(&mut executing, slot.insn, pc) };
        let (late, held) = (executing.late, executing.held);
        let hart = &mut *self.hart;
        match result {
            Ok(flow) => {
                let issued = at.max(hart.now);
                hart.stats.instructions += 1;
                // A load that had to wait for stores began when they were gone.
                issues.at = issued;
                let edge = edge.filter(|_| late == 0 && issued == at);
                if edge.is_none() {
                    hart.pipeline.settle(&self.shared.states);
                    hart.pipeline.issue(slot.kind, &slot.destinations, issues, late);
                }
                let next = pc.wrapping_add(slot.length as u64);
                hart.pc = match flow {
                    Flow::Next => next,
                    Flow::Jump(target) => target,
                };
                let mut cost = held;
                let mut lost = None;
                if slot.class.is_branch() {
                    let redirect = hart.transfer(slot.kind, slot.class, pc, next, flow);
                    cost += redirect.cycles;
                    if redirect.mispredicted {
                        hart.stats.mispredicts += 1;
                        cost += hart.pipeline.late_branch(issues.late);
                        lost = Some(cost - held);
                    }
                    if flow != Flow::Next {
                        hart.current = Current::NONE;
                        // Nothing behind a taken branch issues in its cycle.
                        cost = cost.max(1);
                    }
                } else if matches!(slot.class, Class::System | Class::TrapReturn) {
                    hart.check_interrupts = true;
                    hart.look_at_extensions();
                    self.shared.alone = Cycle(0);
                    if slot.class == Class::TrapReturn {
                        cost += self.shared.model.trap.exit as u64;
                        hart.synchronize_fetch();
                        self.shared.tell(hart.id, Act::Context);
                        if let Some(absences) = &mut self.shared.absences {
                            absences.leave(hart.id, issued.after(cost));
                        }
                    }
                }
                hart.now = issued.after(cost);
                match edge {
                    Some(edge) => {
                        hart.pipeline.enter_later(&mut self.shared.states, edge.to(), issued, cost);
                        hart.pipeline.stand_at(hart.now);
                    }
                    None => hart.pipeline.absorb(&mut self.shared.states, hart.now),
                }
                if MARKED {
                    self.viewed(pc, slot, issues, late, held, lost, copied, false);
                    self.after_marked(pc, slot, at, copied);
                }
                true
            }
            Err(_) if self.shared.ahead.was_refused() || self.shared.ahead.call_all(self.hart.id) => {
                self.shared.probes.truncate(probes);
                self.issues_later()
            }
            Err(trap) => {
                if MARKED {
                    self.after_marked(pc, slot, at, copied);
                }
                self.trap(trap, pc, slot);
                if MARKED {
                    self.viewed(pc, slot, issues, 0, held, None, copied, true);
                }
                self.issues_later()
            }
        }
    }
}
