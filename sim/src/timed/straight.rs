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
use super::pipeline::Issued;
use super::slots::{self, Line, Slot, Slots};
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

/// Makes functions that do an instruction, for a cycle.
pub struct Untimed<B>(PhantomData<B>);

impl<B: Board> Specialise<B::Isa> for Timed<B> {
    type Made = slots::Run<B>;

    fn make<M: Meaning<B::Isa>>() -> slots::Run<B> {
        timed::<B, M>
    }
}

impl<B: Board> Specialise<B::Isa> for Untimed<B> {
    type Made = slots::Run<B>;

    fn make<M: Meaning<B::Isa>>() -> slots::Run<B> {
        untimed::<B, M>
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

fn timed<B: Board, M: Meaning<B::Isa>>(turn: &mut Turn<'_, B>, slot: &Slot<B>, at: At) -> At {
    // Code for each class that there can be, so that what follows from a class is known when it is compiled.
    match *M::CLASSES {
        [only] => timed_as::<B, M>(turn, slot, at, only),
        [first, ..] if slot.class == first => timed_as::<B, M>(turn, slot, at, first),
        [_, second, ..] if slot.class == second => timed_as::<B, M>(turn, slot, at, second),
        _ => timed_as::<B, M>(turn, slot, at, slot.class),
    }
}

#[inline(always)]
fn timed_as<B: Board, M: Meaning<B::Isa>>(turn: &mut Turn<'_, B>, slot: &Slot<B>, at: At, class: Class) -> At {
    let kind = kind_of::<B, M>(slot);
    let pc = at.pc;
    let issues = turn.hart.pipeline.issue_at(slot.kind, &slot.sources, at.now);
    let issued = issues.at;
    if issued > at.now && issued >= turn.shared.alone && turn.others_first(issued) {
        return turn.stop(At { pc, now: issued });
    }
    let memory = matches!(kind, Kind::Load | Kind::Store);
    if memory {
        turn.hart.now = issued;
        turn.shared.acting = issued;
        if turn.hart.stores.next() <= issued {
            turn.catch_up(issued);
        }
    }
    if kind == Kind::Store && must_wait(&turn.hart.stores, class) {
        let now = issued.max(turn.hart.stores.next());
        return turn.stop(At { pc, now });
    }
    let mut executing: Executing<'_, B> = Executing { hart: turn.hart, shared: turn.shared, pc, late: 0, held: 0 };
    let flow = match M::execute(&mut executing, &slot.insn, pc) {
        Ok(flow) => flow,
        Err(trap) => return turn.trapped(trap, slot, At { pc, now: issued }),
    };
    let (late, held) = if memory { (executing.late, executing.held) } else { (0, 0) };
    let hart = &mut *turn.hart;
    // A load that had to wait for stores began when they were gone.
    let issues = if memory { Issued { at: issued.max(hart.now), ..issues } } else { issues };
    hart.pipeline.issue(slot.kind, &slot.destinations, issues, late);
    let next = pc.wrapping_add(slot.length as u64);
    match kind {
        Kind::Plain => At { pc: next, now: issued },
        Kind::Load | Kind::Store => At { pc: next, now: issued.max(hart.now).after(held) },
        Kind::Branch => {
            let redirect = hart.predictor.transfer(class, pc, next, flow);
            let mut lost = redirect.cycles;
            if redirect.mispredicted {
                hart.stats.mispredicts += 1;
                lost += hart.pipeline.late_branch(issues);
            }
            match flow {
                Flow::Next => At { pc: next, now: issued.after(lost) },
                Flow::Jump(target) => {
                    hart.current = Current::NONE;
                    // Nothing behind a taken branch issues in its cycle.
                    At { pc: target, now: issued.after(lost.max(1)) }
                }
            }
        }
    }
}

fn untimed<B: Board, M: Meaning<B::Isa>>(turn: &mut Turn<'_, B>, slot: &Slot<B>, at: At) -> At {
    let kind = kind_of::<B, M>(slot);
    let pc = at.pc;
    if matches!(kind, Kind::Load | Kind::Store) {
        turn.hart.now = at.now;
    }
    let mut executing: Executing<'_, B, false> =
        Executing { hart: turn.hart, shared: turn.shared, pc, late: 0, held: 0 };
    let flow = match M::execute(&mut executing, &slot.insn, pc) {
        Ok(flow) => flow,
        Err(trap) => return turn.trapped(trap, slot, at),
    };
    let hart = &mut *turn.hart;
    let now = Cycle(at.now.0 + 1);
    match flow {
        Flow::Jump(target) if kind == Kind::Branch => {
            // A taken branch fetches anew: what has been dropped is gone.
            if !hart.l1i.is_valid(hart.current.way) {
                hart.current = Current::NONE;
            }
            At { pc: target, now }
        }
        _ => At { pc: pc.wrapping_add(slot.length as u64), now },
    }
}

/// Does an instruction with all that any instruction may need.
pub(super) fn deliberate<B: Board>(turn: &mut Turn<'_, B>, slot: &Slot<B>, at: At) -> At {
    (turn.hart.pc, turn.hart.now) = (at.pc, at.now);
    let before = turn.hart.stats.instructions;
    let done = if turn.shared.timed { turn.issue(at.pc, slot) } else { turn.untimed_issue(at.pc, slot) };
    if !done {
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
    pub(super) fn straight<const TIMED: bool>(&mut self, slots: &mut Slots<B>, stop_at: u64) {
        let mut at = At { pc: self.hart.pc, now: self.hart.now };
        let mut done = self.hart.stats.instructions;
        loop {
            let current = self.hart.current;
            let way = if current.line == at.pc / LINE {
                current.way
            } else {
                self.note(at, done);
                let found = if TIMED { self.find_line(at.pc) } else { self.untimed_line(at.pc) };
                let Some(way) = found else { return };
                at.now = self.hart.now;
                way
            };
            let fill = self.hart.l1i.fill_of(way);
            let line = slots.line(way);
            loop {
                let slot = &line[slots::number(at.pc)];
                self.hart.stats.instructions = done;
                if slot.fill == fill {
                    at = (slot.run)(self, slot, at);
                } else {
                    match self.unusual::<TIMED>(line, way, at) {
                        Some(next) => at = next,
                        None => return,
                    }
                }
                done += 1;
                if at.now >= self.shared.alone || done >= stop_at {
                    let undone = std::mem::take(&mut self.undone);
                    return self.note(at, done - undone);
                }
                if self.hart.current.line != at.pc / LINE {
                    break;
                }
            }
        }
    }

    /// Where the hart stands now, and how many instructions it has done.
    #[inline(always)]
    pub(super) fn note(&mut self, at: At, done: u64) {
        (self.hart.pc, self.hart.now) = (at.pc, at.now);
        self.hart.stats.instructions = done;
    }

    /// An instruction that is not decoded yet, or that goes on in the next line. None when it cannot be fetched now.
    #[inline(never)]
    fn unusual<const TIMED: bool>(&mut self, line: &mut Line<B>, way: usize, at: At) -> Option<At> {
        let pc = at.pc;
        let slot = &mut line[slots::number(pc)];
        if !slots::renew(slot, &self.hart.l1i, way, pc, &self.shared.marks, TIMED) {
            (self.hart.pc, self.hart.now) = (at.pc, at.now);
            let word = if TIMED { self.straddling(pc, way)? } else { self.untimed_straddling(pc, way)? };
            slot.become_word(word, slots::STRADDLES, self.shared.marks.contains(pc), TIMED);
            let at = At { pc, now: self.hart.now };
            return Some((slot.run)(self, slot, at));
        }
        Some((slot.run)(self, slot, at))
    }

    /// The instruction issues after somebody else's act, or after one of the hart's other units.
    #[cold]
    pub(super) fn others_first(&self, issued: Cycle) -> bool {
        issued >= self.horizon || self.next_unit() <= issued || self.outside() <= issued
    }

    /// The straight run ends before this instruction.
    #[cold]
    fn stop(&mut self, at: At) -> At {
        self.shared.alone = Cycle(0);
        self.undone = 1;
        at
    }

    /// Lets go what leaves the store buffer up to this cycle.
    #[inline(never)]
    pub(super) fn catch_up(&mut self, until: Cycle) {
        while self.hart.stores.next() <= until {
            self.shared.drain_step(self.hart);
        }
    }

    /// The instruction raises an exception at `at`.
    #[cold]
    fn trapped(&mut self, trap: <B::Isa as Isa>::Trap, slot: &Slot<B>, at: At) -> At {
        if at.now >= self.shared.ordered && self.others_first(at.now) {
            return self.stop(at);
        }
        self.shared.acting = at.now;
        self.hart.pc = at.pc;
        self.hart.now = self.hart.now.max(at.now);
        self.catch_up(at.now);
        let before = self.hart.stats.instructions;
        self.trap(trap, at.pc, slot);
        self.shared.alone = Cycle(0);
        self.undone = before + 1 - self.hart.stats.instructions;
        At { pc: self.hart.pc, now: self.hart.now }
    }
}
