//! Straight on: instructions one after the other, until something else must act.
//!
//! Each decoded slot carries the function that does it, made for its operation where that is a common one. Where a hart stands
//! between two instructions is kept in registers of the host; [`Hart`](super::hart::Hart) hears of it when somebody could ask.
//!
//! Stores leave the store buffer at their own cycles. Nobody can tell whether they have while the hart only computes and branches,
//! so they are caught up with before its next access to memory and before its turn ends.

use super::execute::Executing;
use super::hart::Current;
use super::machine::Turn;
use super::pipeline::{Edge, Issued};
use super::slots::{self, As, Line, Slot, Slots, orders};
use super::store_buffer::StoreBuffer;
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::meaning::{Meaning, Specialise};
use cmodx_isa::{Class, Flow, Isa};
use std::marker::PhantomData;

/// Where a hart stands: the next instruction, and the cycle before which it does not issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub pc: u64,
    pub now: Cycle,
}

/// Makes functions that do an instruction and charge its time.
pub struct Timed<B>(PhantomData<B>);

impl<B: Board> Specialise<B::Isa> for Timed<B> {
    type Made = slots::Run<B>;

    fn make<M: Meaning<B::Isa>>() -> slots::Run<B> {
        match M::CLASSES {
            [class, ..] if orders(*class) => ordered::<B, M>,
            _ => timed::<B, M>,
        }
    }
}

/// What an instruction of a straight run can do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Computes.
    Plain,
    Load,
    Store,
    /// May go elsewhere.
    Branch,
}

#[inline(always)]
pub(super) const fn kind(class: Class) -> Kind {
    match class {
        Class::Load | Class::LoadPair => Kind::Load,
        Class::Store | Class::StorePair => Kind::Store,
        class if class.is_branch() => Kind::Branch,
        _ => Kind::Plain,
    }
}

/// The kind of a slot whose instruction has this meaning: all classes of a meaning are of one kind.
#[inline(always)]
fn kind_of<B: Board, M: Meaning<B::Isa>>(slot: &Slot<B>) -> Kind {
    if M::CLASSES.is_empty() { kind(slot.class) } else { kind(M::CLASSES[0]) }
}

/// Where the first instruction of a block stands, whose line starts there.
#[inline(always)]
fn pc(line: u64, block: u32) -> u64 {
    line.wrapping_add(2 * block.trailing_zeros() as u64)
}

/// The block without its first instruction.
#[inline(always)]
fn behind(block: u32) -> u32 {
    block & block.wrapping_sub(1)
}

/// Where an instruction ends.
#[inline(always)]
fn end<B: Board>(turn: &Turn<'_, B>, slot: &Slot<B>) -> u64 {
    turn.line.wrapping_add(slot.end as u64)
}

/// Goes on behind the first instruction of the block, with the next one if there is one.
#[inline(always)]
fn go_on<B: Board>(turn: &mut Turn<'_, B>, line: &Line<B>, slot: &Slot<B>, block: u32, now: Cycle) -> At {
    let rest = behind(block);
    if rest == 0 {
        return At { pc: end(turn, slot), now };
    }
    // The chain of calls is as long as a block at most, where the compiler does not make jumps of them.
    let next = line.slot(rest.trailing_zeros() as usize);
    (next.run)(turn, line, next, rest, now)
}

/// The same, unless something else may have to act now.
#[inline(always)]
fn go_on_alone<B: Board>(turn: &mut Turn<'_, B>, line: &Line<B>, slot: &Slot<B>, block: u32, now: Cycle) -> At {
    if now >= turn.shared.alone {
        turn.left = behind(block);
        return At { pc: end(turn, slot), now };
    }
    go_on(turn, line, slot, block, now)
}

fn timed<B: Board, M: Meaning<B::Isa>>(
    turn: &mut Turn<'_, B>,
    line: &Line<B>,
    slot: &Slot<B>,
    block: u32,
    now: Cycle,
) -> At {
    // Code for each class that there can be, so that what follows from a class is known when it is compiled.
    match *M::CLASSES {
        [] if orders(slot.class) => ordered::<B, M>(turn, line, slot, block, now),
        [only] => timed_as::<B, M>(turn, line, slot, block, now, only),
        [first, ..] if slot.class == first => timed_as::<B, M>(turn, line, slot, block, now, first),
        [_, second, ..] if slot.class == second => timed_as::<B, M>(turn, line, slot, block, now, second),
        _ => timed_as::<B, M>(turn, line, slot, block, now, slot.class),
    }
}

#[inline(always)]
fn timed_as<B: Board, M: Meaning<B::Isa>>(
    turn: &mut Turn<'_, B>,
    line: &Line<B>,
    slot: &Slot<B>,
    block: u32,
    now: Cycle,
    class: Class,
) -> At {
    let kind = kind_of::<B, M>(slot);
    let edge = match slot.edges.find(turn.hart.pipeline.state()) {
        Some(edge) => edge,
        None => return unknown(turn, line, slot, block, now),
    };
    let issued = Cycle(now.0 + edge.waits());
    if issued >= turn.shared.alone {
        return not_alone(turn, line, slot, block, now, issued);
    }
    let memory = matches!(kind, Kind::Load | Kind::Store);
    if memory {
        turn.hart.now = issued;
        turn.shared.acting = issued;
        turn.count_done(slot);
        if turn.hart.stores.next() <= issued && !turn.catch_up(issued) {
            return turn.stop_in_state(block, now, issued);
        }
    }
    if kind == Kind::Store && must_wait(&turn.hart.stores, class) {
        let later = issued.max(turn.hart.stores.next());
        return turn.stop_in_state(block, now, later);
    }
    if memory {
        if M::CLASSES.is_empty() {
            return accesses::<B, M>(turn, line, slot, block, now, edge);
        }
        let mut trying: Executing<'_, B, true, true> = Executing::new(turn.hart, turn.shared, pc(turn.line, block));
        let pc = trying.pc;
        if M::execute(&mut trying, &slot.insn, pc).is_err() {
            return accesses::<B, M>(turn, line, slot, block, now, edge);
        }
        turn.hart.pipeline.enter(edge.to());
        return go_on_alone(turn, line, slot, block, issued);
    }
    let pc = pc(turn.line, block);
    let mut executing: Executing<'_, B> = Executing::new(turn.hart, turn.shared, pc);
    let flow = match M::execute(&mut executing, &slot.insn, pc) {
        Ok(flow) => flow,
        Err(trap) => return turn.raised(trap, slot, block, now, issued),
    };
    if kind == Kind::Plain {
        turn.hart.pipeline.enter(edge.to());
        return go_on(turn, line, slot, block, issued);
    }
    let next = end(turn, slot);
    let hart = &mut *turn.hart;
    let redirect = hart.transfer(slot.kind, class, pc, next, flow);
    let mut lost = redirect.cycles;
    if redirect.mispredicted {
        hart.stats.mispredicts += 1;
        lost += hart.pipeline.late_branch(edge.late());
    }
    let pc = match flow {
        Flow::Next => next,
        Flow::Jump(target) => {
            hart.current = Current::NONE;
            // Nothing behind a taken branch issues in its cycle.
            lost = lost.max(1);
            target
        }
    };
    if flow == Flow::Next && lost == 0 {
        hart.pipeline.enter(edge.to());
        return go_on(turn, line, slot, block, issued);
    }
    hart.pipeline.enter_later(&mut turn.shared.states, edge.to(), issued, lost);
    let now = Cycle(issued.0 + lost);
    if flow == Flow::Next {
        return go_on_alone(turn, line, slot, block, now);
    }
    turn.left = behind(block);
    At { pc, now }
}

/// Does a load or a store that needs more than a line which is there: the hart has come to the cycle at which it issues.
#[inline(never)]
fn accesses<B: Board, M: Meaning<B::Isa>>(
    turn: &mut Turn<'_, B>,
    line: &Line<B>,
    slot: &Slot<B>,
    block: u32,
    now: Cycle,
    edge: Edge,
) -> At {
    let issued = now.after(edge.waits());
    let pc = pc(turn.line, block);
    let mut executing: Executing<'_, B> = Executing::new(turn.hart, turn.shared, pc).spanning(slot.class);
    if let Err(trap) = M::execute(&mut executing, &slot.insn, pc) {
        return turn.raised(trap, slot, block, now, issued);
    }
    let (late, held) = (executing.late, executing.held);
    if late | held != 0 || turn.hart.now != issued {
        let now = turn.delayed(slot, edge, now, late, held);
        return go_on_alone(turn, line, slot, block, now);
    }
    turn.hart.pipeline.enter(edge.to());
    go_on_alone(turn, line, slot, block, issued)
}

/// Does an instruction of which it is not known what it does to the state of the pipeline. This, and what comes next, stands in the
/// place of the function that calls it, which then needs no frame.
#[cold]
#[inline(never)]
fn unknown<B: Board>(turn: &mut Turn<'_, B>, line: &Line<B>, slot: &Slot<B>, block: u32, now: Cycle) -> At {
    match turn.hart.pipeline.learn(&mut turn.shared.states, &slot.edges, slot.needs(), now) {
        Some(_) => (slot.run)(turn, line, slot, block, now),
        None => scored(turn, line, slot, block, now),
    }
}

/// Does an instruction that would issue at a cycle from which on somebody else may act, unless that somebody comes first.
#[cold]
#[inline(never)]
fn not_alone<B: Board>(
    turn: &mut Turn<'_, B>,
    line: &Line<B>,
    slot: &Slot<B>,
    block: u32,
    now: Cycle,
    issued: Cycle,
) -> At {
    if turn.must_stop(block, now, issued) {
        return turn.stop_in_state(block, now, issued);
    }
    scored(turn, line, slot, block, now)
}

/// Does an instruction by the scoreboard.
#[cold]
#[inline(never)]
fn scored<B: Board>(turn: &mut Turn<'_, B>, line: &Line<B>, slot: &Slot<B>, block: u32, now: Cycle) -> At {
    let (kind, pc) = (kind(slot.class), pc(turn.line, block));
    turn.hart.pipeline.stand_at(now);
    turn.hart.pipeline.settle(&turn.shared.states);
    let issues = turn.hart.pipeline.issue_at(slot.kind, &slot.sources, now);
    let issued = issues.at;
    if issued >= turn.shared.alone && turn.must_stop(block, now, issued) {
        return turn.stop(block, issued);
    }
    let memory = matches!(kind, Kind::Load | Kind::Store);
    if memory {
        turn.hart.now = issued;
        turn.shared.acting = issued;
        turn.count_done(slot);
        if !turn.catch_up(issued) {
            return turn.stop(block, issued);
        }
    }
    if kind == Kind::Store && must_wait(&turn.hart.stores, slot.class) {
        let now = issued.max(turn.hart.stores.next());
        return turn.stop(block, now);
    }
    let mut executing: Executing<'_, B> = Executing::new(turn.hart, turn.shared, pc).spanning(slot.class);
    let flow = match B::Isa::execute(&mut executing, slot.insn, pc) {
        Ok(flow) => flow,
        Err(trap) => return turn.trapped(trap, slot, block, issued),
    };
    let (late, held) = if memory { (executing.late, executing.held) } else { (0, 0) };
    let hart = &mut *turn.hart;
    // A load that had to wait for stores began when they were gone.
    let issues = if memory { Issued { at: issued.max(hart.now), ..issues } } else { issues };
    hart.pipeline.issue(slot.kind, &slot.destinations, issues, late);
    let next = pc.wrapping_add(slot.length as u64);
    let at = match (kind, flow) {
        (Kind::Branch, flow) => {
            let redirect = hart.transfer(slot.kind, slot.class, pc, next, flow);
            let mut lost = redirect.cycles;
            if redirect.mispredicted {
                hart.stats.mispredicts += 1;
                lost += hart.pipeline.late_branch(issues.late);
            }
            match flow {
                Flow::Next => At { pc: next, now: issued.after(lost) },
                Flow::Jump(target) => {
                    hart.current = Current::NONE;
                    At { pc: target, now: issued.after(lost.max(1)) }
                }
            }
        }
        _ => At { pc: next, now: issues.at.after(held) },
    };
    hart.pipeline.absorb(&mut turn.shared.states, at.now);
    if turn.shared.states.is_full() {
        // Who began this turn forgets them.
        turn.shared.alone = Cycle(0);
    }
    if flow != Flow::Next {
        turn.left = behind(block);
        return at;
    }
    go_on_alone(turn, line, slot, block, at.now)
}

/// Does a barrier or cache maintenance: stores may have to leave before, and what was fetched may have to be fetched anew.
fn ordered<B: Board, M: Meaning<B::Isa>>(
    turn: &mut Turn<'_, B>,
    line: &Line<B>,
    slot: &Slot<B>,
    block: u32,
    mut now: Cycle,
) -> At {
    let (edge, issued) = loop {
        let edge = match slot.edges.find(turn.hart.pipeline.state()) {
            Some(edge) if !turn.shared.ahead.acting => edge,
            _ => return deliberate(turn, line, slot, block, now),
        };
        let issued = Cycle(now.0 + edge.waits());
        if issued >= turn.shared.alone {
            return deliberate(turn, line, slot, block, now);
        }
        turn.count_done(slot);
        let later = match turn.let_go(issued, slot.drains) {
            Ok(later) if later == issued => break (edge, issued),
            Ok(later) if later < turn.shared.alone => later,
            Ok(later) | Err(later) => return turn.stop_in_state(block, now, later),
        };
        // Nobody acts before the last store has left: the instruction is tried again then.
        turn.hart.pipeline.stand_at(now);
        turn.hart.pipeline.move_to(&mut turn.shared.states, later);
        now = later;
    };
    let pc = pc(turn.line, block);
    turn.hart.pc = pc;
    let mut executing: Executing<'_, B> = Executing::new(turn.hart, turn.shared, pc);
    if let Err(trap) = M::execute(&mut executing, &slot.insn, pc) {
        return turn.raised(trap, slot, block, now, issued);
    }
    let (late, held) = (executing.late, executing.held);
    let hart = &mut *turn.hart;
    let now = if late == 0 && hart.now == issued {
        hart.pipeline.enter_later(&mut turn.shared.states, edge.to(), issued, held);
        issued.after(held)
    } else {
        turn.delayed(slot, edge, now, late, held)
    };
    if turn.hart.current == Current::NONE {
        turn.left = behind(block);
        return At { pc: end(turn, slot), now };
    }
    go_on_alone(turn, line, slot, block, now)
}

/// Does an instruction with all that any instruction may need.
pub(super) fn deliberate<B: Board>(turn: &mut Turn<'_, B>, _: &Line<B>, slot: &Slot<B>, block: u32, now: Cycle) -> At {
    if turn.shared.ahead.acting || block != turn.block && now >= turn.shared.alone {
        return turn.stop(block, now);
    }
    let pc = pc(turn.line, block);
    (turn.hart.pc, turn.hart.now) = (pc, now);
    turn.left = behind(block);
    turn.count_done(slot);
    turn.hart.put_landing();
    turn.hart.pipeline.stand_at(now);
    let before = turn.hart.stats.instructions;
    let issued = if slot.marked { turn.issue::<true>(pc, slot) } else { turn.issue::<false>(pc, slot) };
    if !issued {
        turn.shared.alone = Cycle(0);
        turn.undone = before + 1 - turn.hart.stats.instructions;
    }
    At { pc: turn.hart.pc, now: turn.hart.now }
}

/// True when the store buffer has no room for an instruction of this class.
#[inline(always)]
pub(super) fn must_wait(stores: &StoreBuffer, class: Class) -> bool {
    match class {
        Class::Store => stores.is_full_for(1),
        Class::StorePair => stores.is_full_for(2),
        Class::SimdStruct => stores.is_full_for(8),
        _ => false,
    }
}

impl<B: Board> Turn<'_, B> {
    /// Instructions until something else may have to act.
    #[inline(always)]
    pub(super) fn straight(&mut self, slots: &mut Slots<B>, stop_at: u64) {
        let mut at = At { pc: self.hart.pc, now: self.hart.now };
        let mut done = self.hart.stats.instructions;
        self.hart.pipeline.move_to(&mut self.shared.states, at.now);
        let Current { line, mut way } = self.hart.current;
        if line != at.pc / LINE {
            (way, at.now) = match self.enter_line(at, done) {
                Some(entered) => entered,
                None => return,
            };
        }
        loop {
            let fill = self.hart.l1i.fill_of(way);
            let line = slots.line(way);
            loop {
                let first = slots::number(at.pc);
                self.line = at.pc.wrapping_sub(2 * first as u64);
                let known = line.slot(first).fill;
                if known != fill && (self.goes_on(known, way) || !self.decode_from(line, way, at.pc, true)) {
                    self.note(at, done);
                    if !self.straddle::<true>(line, way, at.pc) {
                        return;
                    }
                    at.now = self.hart.now;
                }
                let slot = line.slot(first);
                self.done_behind = done + slot.count as u64;
                self.left = 0;
                let long = u32::BITS as u64;
                if B::Isa::unusual(&self.hart.arch) && !self.lands(done, slot) {
                    self.block = 1 << first;
                    at = deliberate(self, line, slot, self.block, at.now);
                    done += 1;
                } else if stop_at - done < long {
                    self.block = 1 << first;
                    at = (slot.run)(self, line, slot, self.block, at.now);
                    done += 1;
                } else {
                    self.block = slot.block;
                    at = (slot.run)(self, line, slot, slot.block, at.now);
                    done = self.done_behind;
                    if self.left != 0 {
                        done -= line.slot(self.left.trailing_zeros() as usize).count as u64;
                    }
                }
                if at.now >= self.shared.alone || done >= stop_at {
                    let undone = std::mem::take(&mut self.undone);
                    return self.note(at, done - undone);
                }
                if self.hart.current.line != at.pc / LINE {
                    break;
                }
            }
            (way, at.now) = match self.enter_line(at, done) {
                Some(entered) => entered,
                None => return,
            };
        }
    }

    /// The way of the copy of a line that control comes to, and when it is there; `None` when somebody must act before.
    #[inline(always)]
    fn enter_line(&mut self, at: At, done: u64) -> Option<(usize, Cycle)> {
        if let Some(way) = self.line_of(at.pc) {
            return Some((way, at.now));
        }
        self.note(at, done);
        let way = self.fetch_line(at.pc)?;
        let now = self.hart.now;
        self.hart.pipeline.move_to(&mut self.shared.states, now);
        Some((way, now))
    }

    /// Where the hart stands now, and how many instructions it has done.
    #[inline(always)]
    pub(super) fn note(&mut self, at: At, done: u64) {
        (self.hart.pc, self.hart.now) = (at.pc, at.now);
        self.hart.pipeline.stand_at(at.now);
        self.hart.stats.instructions = done;
        self.hart.put_landing();
    }

    /// The hart is in an unusual state: true when the next instruction, behind so many, need not look at that.
    #[inline(always)]
    fn lands(&mut self, done: u64, slot: &Slot<B>) -> bool {
        self.hart.stats.instructions = done;
        !slot.marked && self.hart.takes_landing()
    }

    /// Decodes the block at `pc`; false when the first instruction goes on in the next line.
    #[inline(never)]
    pub(super) fn decode_from(&mut self, line: &mut Line<B>, way: usize, pc: u64, timed: bool) -> bool {
        if self.shared.observed {
            self.mark_unsynchronized(way);
        }
        line.decode_block(&self.hart.l1i, way, pc, &self.shared.marks, timed, &self.hart.arch)
    }

    /// True when the last slot of the line, decoded as `fill` says, is of an instruction that goes on in the next line still.
    #[inline(always)]
    pub(super) fn goes_on(&self, fill: u64, way: usize) -> bool {
        fill == slots::STRADDLES && B::Isa::length(self.hart.l1i.halfword(way, LINE as usize - 2)) > 2
    }

    /// Decodes an instruction that goes on in the next line; false when it cannot be fetched now.
    #[inline(never)]
    pub(super) fn straddle<const TIMED: bool>(&mut self, line: &mut Line<B>, way: usize, pc: u64) -> bool {
        let word = if TIMED { self.straddling(pc, way) } else { self.untimed_straddling(pc, way) };
        let Some((word, second)) = word else { return false };
        self.second = second;
        let (marked, number) = (self.marks_straddling(pc, way, second), slots::number(pc));
        if !line.straddles(number, word, marked, &self.hart.arch) {
            line.decode(number, word, slots::STRADDLES, As { marked, timed: TIMED, hart: Some(&self.hart.arch) });
        }
        self.hart.pipeline.move_to(&mut self.shared.states, self.hart.now);
        true
    }

    /// The instruction issues after somebody else's act, or after one of the hart's other units.
    #[cold]
    pub(super) fn others_first(&self, issued: Cycle) -> bool {
        issued >= self.horizon || self.next_unit() <= issued || self.outside() <= issued
    }

    /// Tells the hart how many instructions it has done before this one of the block.
    #[inline(always)]
    fn count_done(&mut self, slot: &Slot<B>) {
        self.hart.stats.instructions = self.done_behind - slot.count as u64;
    }

    /// Whether the straight run ends before the first instruction of the block, which would issue at `issued` where the hart
    /// stands at `now`: somebody comes first, or the one before it should have been the last.
    #[cold]
    fn must_stop(&self, block: u32, now: Cycle, issued: Cycle) -> bool {
        let begins = block == self.block;
        !begins && now >= self.shared.alone || issued > now && self.others_first(issued)
    }

    /// The straight run ends before the first instruction of the block, which is tried again at `now`.
    #[cold]
    fn stop(&mut self, block: u32, now: Cycle) -> At {
        self.shared.alone = Cycle(0);
        self.undone = 1;
        self.left = behind(block);
        At { pc: pc(self.line, block), now }
    }

    /// The same, where the pipeline is in a numbered state, seen from `now`; it is tried again at `later`.
    #[cold]
    fn stop_in_state(&mut self, block: u32, now: Cycle, later: Cycle) -> At {
        self.hart.pipeline.stand_at(now);
        self.hart.pipeline.move_to(&mut self.shared.states, later);
        self.stop(block, later)
    }

    /// An access to memory has been made that was delayed, or delays what comes; where the hart stands then.
    #[inline(never)]
    fn delayed(&mut self, slot: &Slot<B>, edge: Edge, now: Cycle, late: u64, held: u64) -> Cycle {
        let (hart, states) = (&mut *self.hart, &mut self.shared.states);
        // A load that had to wait for stores began when they were gone.
        let issued = now.after(edge.waits());
        if held == 0 && hart.now <= issued {
            hart.pipeline.be_late(states, slot.needs(), edge, now, late);
            return issued;
        }
        hart.pipeline.stand_at(now);
        hart.pipeline.settle(states);
        let issues = hart.pipeline.issue_at(slot.kind, &slot.sources, now);
        let issued = issues.at.max(hart.now);
        hart.pipeline.issue(slot.kind, &slot.destinations, Issued { at: issued, ..issues }, late);
        let now = issued.after(held);
        hart.pipeline.absorb(states, now);
        now
    }

    /// Lets go what leaves the store buffer up to this cycle; false when somebody must act before.
    #[inline(never)]
    pub(super) fn catch_up(&mut self, until: Cycle) -> bool {
        while self.hart.stores.next() <= until {
            if !self.shared.drain_step(self.hart) {
                return false;
            }
        }
        true
    }

    /// Lets go what leaves the store buffer before an instruction that could issue at this cycle, or all that is there; when that is
    /// done, or from when on somebody must act before.
    #[inline(always)]
    fn let_go(&mut self, issued: Cycle, all: bool) -> Result<Cycle, Cycle> {
        let mut at = issued;
        loop {
            (self.hart.now, self.shared.acting) = (at, at);
            if self.hart.stores.next() <= at && !self.catch_up(at) {
                return Err(at);
            }
            if !all || self.hart.stores.is_empty() {
                return Ok(at);
            }
            at = at.max(self.hart.stores.next());
            if at >= self.shared.alone {
                return Err(at);
            }
        }
    }

    /// The first instruction of the block raises an exception at `issued`; the state of the pipeline is seen from `now`.
    #[cold]
    fn raised(&mut self, trap: <B::Isa as Isa>::Trap, slot: &Slot<B>, block: u32, now: Cycle, issued: Cycle) -> At {
        self.hart.pipeline.stand_at(now);
        self.hart.pipeline.move_to(&mut self.shared.states, issued);
        self.trapped(trap, slot, block, issued)
    }

    /// The first instruction of the block raises an exception at `now`.
    #[cold]
    fn trapped(&mut self, trap: <B::Isa as Isa>::Trap, slot: &Slot<B>, block: u32, now: Cycle) -> At {
        let late = now >= self.shared.ordered && self.others_first(now);
        if self.shared.ahead.was_refused() || late || self.shared.ahead.call_all(self.hart.id) {
            return self.stop(block, now);
        }
        let pc = pc(self.line, block);
        self.count_done(slot);
        self.hart.put_landing();
        self.left = behind(block);
        self.shared.acting = now;
        self.hart.pc = pc;
        self.hart.now = self.hart.now.max(now);
        if !self.catch_up(now) {
            return self.stop(block, now);
        }
        let before = self.hart.stats.instructions;
        self.trap(trap, pc, slot);
        self.shared.alone = Cycle(0);
        self.undone = before + 1 - self.hart.stats.instructions;
        self.hart.pipeline.move_to(&mut self.shared.states, self.hart.now);
        At { pc: self.hart.pc, now: self.hart.now }
    }
}
