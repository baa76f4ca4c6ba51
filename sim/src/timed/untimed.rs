//! Instructions without timing: one after the other, a cycle each, until something else must act.
//!
//! A block of straight code ([`super::blocks`]) is counted before it is done, and no instruction of it looks at the clock. One that
//! makes somebody ask - it reaches a device, somebody hears of its store, it raises an exception - sets the clock back to where
//! it stands ([`Executing::standing`]).

use super::blocks::{self, Block, Blocks, Left, Op, Rest};
use super::cache::LineNumber;
use super::execute::Executing;
use super::hart::{Current, Hart};
use super::machine::Turn;
use super::observe::Act;
use super::shared::Shared;
use super::slots::{self, SLOTS, Slot, Slots};
use super::straight::{Kind, kind};
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::meaning::{Meaning, Specialise};
use cmodx_isa::{Class, Flow, Isa};
use std::marker::PhantomData;

/// Makes functions that do an instruction, and those behind it in its block.
pub(super) struct Untimed<B>(PhantomData<B>);

impl<B: Board> Specialise<B::Isa> for Untimed<B> {
    type Made = blocks::Run<B>;

    fn make<M: Meaning<B::Isa>>() -> blocks::Run<B> {
        match M::CLASSES {
            [] => whole::<B, M>,
            [class, ..] => match kind(*class) {
                Kind::Plain => computes::<B, M>,
                Kind::Branch => branches::<B, M>,
                Kind::Load | Kind::Store => accesses::<B, M>,
            },
        }
    }
}

/// Goes on behind an instruction.
#[inline(always)]
fn go_on<B: Board>(hart: &mut Hart<B::Isa>, shared: &mut Shared<B>, op: &Op<B>, mut rest: Rest<'_, B>) -> Left {
    match rest.next() {
        // The chain of calls is as long as a block at most, where the compiler does not make jumps of them.
        Some(next) => (next.run)(hart, shared, next, rest),
        None => end(hart, op),
    }
}

/// The block ends behind its last instruction.
#[inline(always)]
fn end<B: Board>(hart: &Hart<B::Isa>, op: &Op<B>) -> Left {
    Left::before(0, line(hart).wrapping_add(op.end as u64))
}

/// Where the line starts that the block of the hart stands in: its pc is that of the first instruction until the block is done.
#[inline(always)]
fn line<I: Isa>(hart: &Hart<I>) -> u64 {
    hart.pc & !(LINE - 1)
}

/// An instruction that only computes.
fn computes<B: Board, M: Meaning<B::Isa>>(
    hart: &mut Hart<B::Isa>,
    shared: &mut Shared<B>,
    op: &Op<B>,
    rest: Rest<'_, B>,
) -> Left {
    let pc = line(hart).wrapping_add(op.start as u64);
    let mut executing: Executing<'_, B, false> = Executing::new(hart, shared, pc);
    match M::execute(&mut executing, &op.insn, pc) {
        Ok(_) => go_on(hart, shared, op, rest),
        Err(trap) => raise(hart, trap, rest, pc),
    }
}

/// A branch. A taken one is the last one of its block that is done.
fn branches<B: Board, M: Meaning<B::Isa>>(
    hart: &mut Hart<B::Isa>,
    shared: &mut Shared<B>,
    op: &Op<B>,
    rest: Rest<'_, B>,
) -> Left {
    let pc = line(hart).wrapping_add(op.start as u64);
    let mut executing: Executing<'_, B, false> = Executing::new(hart, shared, pc);
    match M::execute(&mut executing, &op.insn, pc) {
        Ok(Flow::Next) => go_on(hart, shared, op, rest),
        // What always jumps ends its block.
        Ok(Flow::Jump(target)) if !matches!(M::CLASSES, [Class::Branch, ..]) => Left::jumped_to(0, target),
        Ok(Flow::Jump(target)) => Left::jumped_to(rest.len(), target),
        Err(trap) => raise(hart, trap, rest, pc),
    }
}

/// A load or a store, which is tried in RAM first.
fn accesses<B: Board, M: Meaning<B::Isa>>(
    hart: &mut Hart<B::Isa>,
    shared: &mut Shared<B>,
    op: &Op<B>,
    rest: Rest<'_, B>,
) -> Left {
    let pc = line(hart).wrapping_add(op.start as u64);
    let mut executing: Executing<'_, B, false, true> = Executing::new(hart, shared, pc);
    match M::execute(&mut executing, &op.insn, pc) {
        Ok(_) => go_on(hart, shared, op, rest),
        Err(_) => whole::<B, M>(hart, shared, op, rest),
    }
}

/// An instruction with all that it may need.
#[inline(never)]
fn whole<B: Board, M: Meaning<B::Isa>>(
    hart: &mut Hart<B::Isa>,
    shared: &mut Shared<B>,
    op: &Op<B>,
    rest: Rest<'_, B>,
) -> Left {
    let line = line(hart);
    let pc = line.wrapping_add(op.start as u64);
    let mut executing: Executing<'_, B, false> = Executing::new(hart, shared, pc);
    executing.counted = rest.len() as u64 + 1;
    match M::execute(&mut executing, &op.insn, pc) {
        Ok(Flow::Next) if shared.alone == Cycle(0) => Left::before(rest.len(), line.wrapping_add(op.end as u64)),
        Ok(Flow::Next) => go_on(hart, shared, op, rest),
        Ok(Flow::Jump(target)) => Left::jumped_to(rest.len(), target),
        Err(trap) => raise(hart, trap, rest, pc),
    }
}

/// A barrier or cache maintenance: others may hear when it takes place, and what was fetched may have to be fetched anew.
pub(super) fn orders<B: Board>(hart: &mut Hart<B::Isa>, shared: &mut Shared<B>, op: &Op<B>, rest: Rest<'_, B>) -> Left {
    let line = line(hart);
    let pc = line.wrapping_add(op.start as u64);
    let counted = rest.len() as u64 + 1;
    hart.count(counted.wrapping_neg());
    shared.acting = hart.now;
    let mut executing: Executing<'_, B, false> = Executing::new(hart, shared, pc);
    let result = B::Isa::execute(&mut executing, op.insn, pc);
    hart.count(counted);
    let leaves = shared.alone == Cycle(0) || hart.current == Current::NONE;
    match result {
        Ok(_) if leaves => Left::before(rest.len(), line.wrapping_add(op.end as u64)),
        Ok(_) => go_on(hart, shared, op, rest),
        Err(trap) => raise(hart, trap, rest, pc),
    }
}

/// The instruction at `pc` raises an exception.
#[cold]
fn raise<B: Board>(hart: &mut Hart<B::Isa>, trap: <B::Isa as Isa>::Trap, rest: Rest<'_, B>, pc: u64) -> Left {
    hart.raised = Some(trap);
    Left::before(rest.len() + 1, pc)
}

/// The hart is about to do a block: takes how control came to it; false where the first instruction must look at that.
#[inline(always)]
fn land<I: Isa>(hart: &mut Hart<I>) -> bool {
    !I::unusual(&hart.arch) || hart.takes_landing()
}

impl<B: Board> Turn<'_, B> {
    /// Instructions until something else may have to act.
    pub(super) fn untimed(&mut self, slots: &mut Slots<B>, stop_at: u64) {
        let mut before = None;
        loop {
            let pc = self.hart.pc;
            let current = self.hart.current;
            let found = if current.line == pc / LINE { Some(current.way) } else { self.untimed_line(pc) };
            let Some(way) = found else { return };
            let block = if self.plain || !self.hart.direct && B::Isa::unusual(&self.hart.arch) {
                None
            } else {
                let Some(block) = self.block_at(&mut slots.blocks, way, pc) else { return };
                Some(block).filter(|&block| !slots.blocks.block(block).ops.is_empty())
            };
            let Some(block) = block.filter(|_| land(self.hart)) else {
                before = None;
                if !self.step(slots, way, pc) || self.is_over(stop_at) {
                    return;
                }
                continue;
            };
            if let Some(from) = before.filter(|_| self.hart.direct) {
                slots.blocks.remember(from, pc, &self.hart.l1i, block);
            }
            before = Some(self.run_blocks(&mut slots.blocks, block, stop_at));
            if self.is_over(stop_at) {
                return;
            }
        }
    }

    /// True when something else may have to act, or the hart has done all that it may.
    #[inline(always)]
    fn is_over(&self, stop_at: u64) -> bool {
        self.hart.now >= self.shared.alone || self.hart.stats.instructions >= stop_at
    }

    /// Does a block and those that are known to come behind it; the last one done.
    #[inline(never)]
    fn run_blocks(&mut self, blocks: &mut Blocks<B>, mut number: usize, stop_at: u64) -> usize {
        // Where somebody asks meanwhile, `alone` is 0.
        let mut room = (self.shared.alone.0 - self.hart.now.0).min(stop_at - self.hart.stats.instructions);
        self.hart.unheard = self.hart.direct && !self.shared.heeded && !self.shared.observed;
        loop {
            let (hart, shared) = (&mut *self.hart, &mut *self.shared);
            let block = blocks.block(number);
            let ops = block.first(room);
            let mut rest = ops.iter();
            let Some(first) = rest.next() else { return number };
            hart.count(ops.len() as u64);
            room -= ops.len() as u64;
            let left = (first.run)(hart, shared, first, rest);
            hart.pc = left.pc;
            let undone = left.undone() as u64;
            if undone != 0 {
                hart.count(undone.wrapping_neg());
                room += undone;
                if !left.jumped() {
                    self.stand_before(blocks.block(number));
                    return number;
                }
            }
            if room == 0 || shared.alone == Cycle(0) {
                self.leave(left);
                return number;
            }
            let known = blocks.behind(number, left.pc, hart.l1i.changes());
            let found = if known.is_some() { known } else { self.find_behind(blocks, number, left) };
            let hart = &mut *self.hart;
            let Some(next) = found.filter(|_| land(hart)) else {
                self.leave(left);
                return number;
            };
            let block = blocks.block(next);
            if hart.current.line != left.pc / LINE {
                hart.current = Current { line: left.pc / LINE, way: block.way };
                hart.l1i.touch(block.way);
            }
            if let Some(second) = block.second {
                hart.l1i.touch(second);
            }
            number = next;
        }
    }

    /// The hart has left a block. A taken branch fetches anew: what has been dropped is gone.
    #[inline(always)]
    fn leave(&mut self, left: Left) {
        let hart = &mut *self.hart;
        if left.jumped() && !hart.l1i.is_valid(hart.current.way) {
            hart.current = Current::NONE;
        }
    }

    /// The block that once came behind the one that the hart has left, if it is what is fetched now. Its line is filled if need be.
    #[inline(never)]
    fn find_behind(&mut self, blocks: &mut Blocks<B>, number: usize, left: Left) -> Option<usize> {
        // Who observes marks instructions where their line is looked for.
        if !self.hart.direct || self.shared.observed {
            return None;
        }
        let (place, next) = blocks.once_behind(number, left.pc)?;
        self.leave(left);
        let block = blocks.block(next);
        let current = self.hart.current;
        let way = if current.line == left.pc / LINE { current.way } else { self.line_in(block.way, left.pc)? };
        if block.way != way {
            return None;
        }
        let (l1i, slot) = (&self.hart.l1i, slots::number(left.pc));
        if !block.is_of(l1i) {
            // At the end of the line it may have come to go on in the next one.
            let within = slot < SLOTS - 1;
            if within {
                blocks.at(l1i, way, slot, &self.shared.marks, &self.hart.arch);
            }
            if !within || blocks.block(next).ops.is_empty() {
                return None;
            }
        }
        if l1i.is_valid(way) {
            blocks.still_behind(number, place, l1i.changes());
        }
        Some(next)
    }

    /// The way of the line copy that holds `pc`, filled if need be: most likely this one, where it was. Only where addresses are not
    /// translated and nobody observes.
    #[inline(always)]
    fn line_in(&mut self, way: usize, pc: u64) -> Option<usize> {
        let (hart, shared) = (&mut *self.hart, &*self.shared);
        let line = LineNumber::of(pc);
        let there = hart.l1i.is_valid_of(way, line);
        if !there {
            if !hart.l1i.was_dropped(way, line) {
                let found = self.untimed_line(pc);
                if found.is_none() {
                    // It could not be fetched.
                    self.shared.alone = Cycle(0);
                }
                return found;
            }
            hart.l1i.refill(way, line, hart.now, shared.fetch_contents(line));
            hart.stats.icache_misses += 1;
        }
        hart.l1i.touch(way);
        hart.current = Current { line: pc / LINE, way };
        Some(way)
    }

    /// The hart has left a block before the instruction at its pc.
    #[cold]
    #[inline(never)]
    fn stand_before(&mut self, block: &Block<B>) {
        self.hart.put_landing();
        if let Some(trap) = self.hart.raised.take() {
            let pc = self.hart.pc;
            self.shared.acting = self.hart.now;
            self.exception(trap, pc, block.length_at(pc));
            self.shared.alone = Cycle(0);
        }
    }

    /// Number of the block at `pc`, whose line is in this way; `None` when it cannot be fetched.
    #[inline(always)]
    fn block_at(&mut self, blocks: &mut Blocks<B>, way: usize, pc: u64) -> Option<usize> {
        let slot = slots::number(pc);
        if slot == SLOTS - 1 && B::Isa::length(self.hart.l1i.halfword(way, LINE as usize - 2)) > 2 {
            return self.straddling_block(blocks, way, pc);
        }
        if self.shared.observed {
            self.mark_unsynchronized(way);
        }
        Some(blocks.at(&self.hart.l1i, way, slot, &self.shared.marks, &self.hart.arch))
    }

    #[inline(never)]
    fn straddling_block(&mut self, blocks: &mut Blocks<B>, way: usize, pc: u64) -> Option<usize> {
        let (word, second) = self.untimed_straddling(pc, way)?;
        let number = blocks.place(way, SLOTS - 1);
        let marked = self.marks_straddling(pc, way, second);
        blocks.block_mut(number).straddle(word, second, marked, &self.hart.arch);
        Some(number)
    }

    /// Does one instruction with all that any instruction may need; false when it was not done.
    fn step(&mut self, slots: &mut Slots<B>, way: usize, pc: u64) -> bool {
        let line = slots.line(way);
        let number = slots::number(pc);
        let known = line.slot(number).fill;
        let decoded = known == self.hart.l1i.fill_of(way)
            || !self.goes_on(known, way) && self.decode_from(line, way, pc, false)
            || self.straddle::<false>(line, way, pc);
        let done = decoded && self.untimed_issue(pc, line.slot(number));
        if !done {
            self.shared.alone = Cycle(0);
        }
        done
    }

    fn untimed_issue(&mut self, pc: u64, slot: &Slot<B>) -> bool {
        let copied = self.copied(pc, slot);
        if slot.marked {
            self.before_marked(pc, slot, &copied);
        }
        let at = self.hart.now;
        self.shared.acting = at;
        let way = self.hart.current.way;
        let mut executing: Executing<'_, B, false> = Executing::new(self.hart, self.shared, pc);
        let result =
            if slot.marked { executing.execute_marked(slot) } else { B::Isa::execute(&mut executing, slot.insn, pc) };
        let hart = &mut *self.hart;
        match result {
            Ok(flow) => {
                hart.stats.instructions += 1;
                hart.now = at.after(1);
                match flow {
                    Flow::Next => hart.pc = pc.wrapping_add(slot.length as u64),
                    Flow::Jump(target) => {
                        hart.pc = target;
                        // A taken branch fetches anew: what has been dropped is gone.
                        if !hart.l1i.is_valid(way) {
                            hart.current = Current::NONE;
                        }
                    }
                }
                if matches!(slot.class, Class::System | Class::TrapReturn) {
                    hart.check_interrupts = true;
                    hart.look_at_extensions();
                    self.shared.alone = Cycle(0);
                    if slot.class == Class::TrapReturn {
                        hart.synchronize_fetch();
                        self.shared.tell(hart.id, Act::Context);
                    }
                }
            }
            Err(trap) => self.trap(trap, pc, slot),
        }
        if slot.marked {
            self.after_marked(pc, slot, at, copied);
        }
        result.is_ok()
    }

    /// The way of the line copy that holds `pc`, filled if need be.
    fn untimed_line(&mut self, pc: u64) -> Option<usize> {
        let physical = if self.hart.direct { pc } else { self.fetch_address(pc)? };
        let way = match self.hart.l1i.lookup(LineNumber::of(physical)) {
            Some(way) => way,
            None => {
                let there = self.hart.direct && self.shared.ram.contains(pc & !(LINE - 1), LINE);
                let line = LineNumber::of(if there { pc } else { self.fetch_address(pc)? });
                self.hart.stats.icache_misses += 1;
                self.shared.watch_fill(line);
                self.hart.l1i.start_fill(line, self.hart.now);
                self.finish_fill();
                self.hart.l1i.lookup(line)?
            }
        };
        self.hart.current = Current { line: pc / LINE, way };
        Some(way)
    }

    /// The bytes of an instruction whose second half stands in the next line, and the way of that one.
    pub(super) fn untimed_straddling(&mut self, pc: u64, way: usize) -> Option<(u32, usize)> {
        let now = self.hart.now;
        let found = self.straddling(pc, way);
        if found.is_some() || self.hart.l1i.next_beat() == Cycle::NEVER {
            return found;
        }
        self.finish_fill();
        self.hart.now = now;
        self.straddling(pc, way)
    }

    /// Reads all beats of a fill at once.
    fn finish_fill(&mut self) {
        while self.hart.l1i.next_beat() != Cycle::NEVER {
            self.tell_fill(true);
            let shared = &*self.shared;
            self.hart.l1i.fill_all(|line| shared.fetch_contents(line));
        }
    }
}
