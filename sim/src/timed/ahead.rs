//! Instructions that a hart does ahead of the others.
//!
//! What only computes and branches concerns nobody else, and nobody can interrupt it before a message has come across. So a hart goes
//! on with it while others are still to act at earlier cycles, and waits for them before its next access to memory. Acts that others
//! can notice keep the order of (cycle, hart); only the end of the run may find a hart ahead, which is then set back.

use super::hart::{Hart, State};
use super::machine::Turn;
use super::slots::{self, Slots};
use super::straight::At;
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::{Arch, Isa};

/// Most cycles that a hart goes ahead.
const MOST: u64 = 64;
/// More instructions than any core issues in a cycle.
const WIDTH: u64 = 8;

/// More cycles than a branch holds a hart.
const COST: u64 = 1024;

/// Where a hart was before an instruction that it has done ahead, or has tried to.
#[derive(Clone, Copy, Debug)]
pub struct Ahead {
    at: At,
    issued: Cycle,
    mispredicts: u64,
    done: bool,
}

impl<I: Isa> Hart<I> {
    /// Undoes what would have issued at `end` or later if the harts had acted in order; the number of instructions. Registers stay:
    /// the run is over.
    pub fn set_back(&mut self, end: Cycle) -> u64 {
        let Some(first) = self.ahead.iter().position(|ahead| ahead.issued >= end) else { return 0 };
        let undone = self.ahead[first..].iter().filter(|ahead| ahead.done).count() as u64;
        let Ahead { at, issued, mispredicts, .. } = self.ahead[first];
        self.pc = at.pc;
        self.now = if at.now < end { issued } else { at.now };
        self.stats.instructions -= undone;
        self.stats.mispredicts = mispredicts;
        self.ahead.truncate(first);
        undone
    }
}

impl<B: Board> Turn<'_, B> {
    /// Before this cycle nothing from outside can reach the hart, though others act at earlier cycles from its horizon on.
    fn free(&self) -> Cycle {
        // An Arm core drops instruction copies of another one at once.
        let alike = B::Isa::ARCH == Arch::Riscv64 && self.hart.direct;
        let listened_to = self.shared.heeded || self.hart.stores.heeded;
        let lookahead = (self.shared.model.trap.ipi_latency as u64).min(MOST);
        // The run must not reach a limit while a hart is ahead.
        let many = self.shared.inboxes.len() as u64 * lookahead * WIDTH;
        let done = self.hart.stats.instructions - self.done_before;
        let near_limit = self.budget <= many.saturating_add(done) || self.cycles <= self.horizon.after(MOST + COST);
        if !alike || listened_to || lookahead == 0 || near_limit {
            return Cycle(0);
        }
        let message = self.horizon.after(lookahead - 1);
        message.min(self.outside()).min(self.hart.l1i.next_beat())
    }

    /// Computes and branches while others come first.
    pub(super) fn run_ahead(&mut self, slots: &mut Slots<B>) {
        self.look_at_sent();
        let busy = self.hart.state == State::Running && !self.hart.check_interrupts && self.shared.end.is_none();
        if self.plain || !busy || self.hart.now < self.horizon {
            return;
        }
        let free = self.free();
        if self.hart.now >= free {
            return;
        }
        (self.shared.ordered, self.shared.alone) = (self.horizon, free);
        let mut at = At { pc: self.hart.pc, now: self.hart.now };
        let mut done = self.hart.stats.instructions;
        self.hart.pipeline.move_to(&mut self.shared.states, at.now);
        loop {
            let current = self.hart.current;
            let way = if current.line == at.pc / LINE {
                current.way
            } else {
                self.note(at, done);
                let Some(way) = self.find_line(at.pc) else { return };
                way
            };
            let fill = self.hart.l1i.fill_of(way);
            let line = slots.line(way);
            loop {
                let number = slots::number(at.pc);
                let slot = line.slot(number);
                if slot.fill != fill || !slot.private {
                    return self.note(at, done);
                }
                let (before, mispredicts) = (at, self.hart.stats.mispredicts);
                (self.line, self.done_behind) = (at.pc.wrapping_sub(2 * number as u64), done + slot.count as u64);
                self.hart.issued = Cycle::NEVER;
                self.block = 1 << number;
                at = (slot.run)(self, line, slot, self.block, at.now);
                let stopped = std::mem::take(&mut self.undone) == 1;
                done += !stopped as u64;
                // A branch says when it issued; behind others the hart stands where they did.
                let issued = if self.hart.issued == Cycle::NEVER { at.now } else { self.hart.issued };
                self.hart.ahead.push(Ahead { at: before, issued, mispredicts, done: !stopped });
                if stopped || at.now >= free {
                    return self.note(at, done);
                }
                if self.hart.current.line != at.pc / LINE {
                    break;
                }
            }
        }
    }
}
