//! Instructions without timing: one after the other, a cycle each, until something else must act.

use super::cache::LineNumber;
use super::execute::Executing;
use super::hart::Current;
use super::machine::Turn;
use super::slots::Slot;
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::{Class, Flow, Isa};

impl<B: Board> Turn<'_, B> {
    /// Executes one instruction with all that any instruction may need; false when it trapped.
    pub(super) fn untimed_issue(&mut self, pc: u64, slot: &Slot<B>) -> bool {
        let copied = self.copied(pc, slot);
        if slot.marked {
            self.before_marked(pc);
        }
        let at = self.hart.now;
        let way = self.hart.current.way;
        let mut executing: Executing<'_, B, false> =
            Executing { hart: self.hart, shared: self.shared, pc, late: 0, held: 0 };
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
    pub(super) fn untimed_line(&mut self, pc: u64) -> Option<usize> {
        let physical = if self.hart.direct { pc } else { self.fetch_address(pc)? };
        let way = match self.hart.l1i.lookup(LineNumber::of(physical)) {
            Some(way) => way,
            None => {
                let line = LineNumber::of(self.fetch_address(pc)?);
                self.hart.stats.icache_misses += 1;
                self.hart.l1i.start_fill(line, self.hart.now);
                self.finish_fill();
                self.hart.l1i.lookup(line)?
            }
        };
        self.hart.current = Current { line: pc / LINE, way };
        Some(way)
    }

    /// The bytes of an instruction whose second half stands in the next line.
    pub(super) fn untimed_straddling(&mut self, pc: u64, way: usize) -> Option<u32> {
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
            let shared = &*self.shared;
            self.hart.l1i.fill_beat(|line| shared.fetch_contents(line));
        }
    }
}
