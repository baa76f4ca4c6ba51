//! Instructions without timing: one after the other, a cycle each, until something else must act.

use super::cache::LineNumber;
use super::execute::Executing;
use super::fetch::Slot;
use super::hart::Current;
use super::machine::Turn;
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::{Class, Flow, Isa};

impl<B: Board> Turn<'_, B> {
    /// Executes one instruction; false when it trapped or could not be fetched.
    #[inline(always)]
    pub(super) fn untimed_instruction(&mut self) -> bool {
        let pc = self.hart.pc;
        let Some(way) = self.untimed_way(pc) else { return false };
        let (slot, copied) = match self.hart.l1i.slot(way, (pc % LINE) as usize, &self.shared.marks) {
            Some((slot, place)) => {
                let slot = *slot;
                (slot, if slot.marked { self.hart.l1i.copied(place) } else { Cycle(0) })
            }
            None => match self.untimed_straddling(pc, way) {
                Some(found) => found,
                None => return false,
            },
        };
        if slot.marked {
            self.before_marked(pc);
        }
        let at = self.hart.now;
        let mut executing: Executing<'_, B, false> =
            Executing { hart: self.hart, shared: self.shared, pc, late: 0, held: 0 };
        let result =
            if slot.marked { executing.execute_marked(&slot) } else { B::Isa::execute(&mut executing, slot.insn, pc) };
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
                            hart.current = None;
                        }
                    }
                }
                if matches!(slot.class, Class::System | Class::TrapReturn) {
                    hart.check_interrupts = true;
                    self.shared.alone = Cycle(0);
                    if slot.class == Class::TrapReturn {
                        hart.synchronize_fetch();
                    }
                }
            }
            Err(trap) => self.trap(trap, pc, &slot),
        }
        if slot.marked {
            self.after_marked(pc, &slot, at, copied);
        }
        result.is_ok()
    }

    /// The way of the line copy that holds `pc`, filled if need be.
    #[inline(always)]
    fn untimed_way(&mut self, pc: u64) -> Option<usize> {
        match self.hart.current {
            Some(current) if current.line == pc / LINE => Some(current.way),
            _ => self.untimed_line(pc),
        }
    }

    fn untimed_line(&mut self, pc: u64) -> Option<usize> {
        let line = LineNumber::of(self.fetch_address(pc)?);
        let way = match self.hart.l1i.lookup(line) {
            Some(way) => way,
            None => {
                self.hart.stats.icache_misses += 1;
                self.hart.l1i.start_fill(line, self.hart.now);
                self.finish_fill();
                self.hart.l1i.lookup(line)?
            }
        };
        self.hart.current = Some(Current { line: pc / LINE, way });
        Some(way)
    }

    /// An instruction whose second half stands in the next line.
    #[cold]
    fn untimed_straddling(&mut self, pc: u64, way: usize) -> Option<(Slot<B::Isa>, Cycle)> {
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
