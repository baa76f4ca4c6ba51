//! What takes a hart out of its code: interrupts, exceptions, and calls that firmware serves.

use super::end::End;
use super::hart::{Current, Hart, State};
use super::machine::Turn;
use super::observe::Act;
use crate::platform::{Board, Firmware};
use cmodx_isa::{Access, Fault, Isa};

impl<B: Board> Turn<'_, B> {
    /// Takes a pending interrupt; a waiting hart wakes.
    pub(super) fn interrupt(&mut self) {
        self.hart.check_interrupts = false;
        let waiting = matches!(self.hart.state, State::WaitingForInterrupt | State::WaitingForEvent);
        if waiting && B::Isa::wakes(&self.hart.arch) {
            self.hart.state = State::Running;
        }
        if self.hart.state == State::Running
            && let Some(trap) = B::Isa::interrupt(&self.hart.arch)
        {
            self.hart.stats.interrupts += 1;
            self.enter(trap, self.hart.pc);
        }
    }

    fn enter(&mut self, trap: <B::Isa as Isa>::Trap, pc: u64) {
        if let Some(oracle) = &mut self.shared.oracle {
            oracle.interrupt(self.hart.id, self.hart.now, pc);
        }
        if let Some(absences) = &mut self.shared.absences {
            absences.enter(self.hart.id, self.hart.now);
        }
        let translated = |hart: &Hart<B::Isa>| !B::Isa::translation_off(&hart.arch, Access::Load);
        let before = translated(self.hart);
        self.hart.pc = B::Isa::enter(&mut self.hart.arch, trap, pc);
        if before || translated(self.hart) {
            // What the TLB holds was permitted to the privilege before.
            self.hart.tlb.clear();
        }
        self.hart.look_at_protection(self.shared.ram.end());
        self.hart.now = self.hart.now.after(self.shared.model.trap.entry as u64);
        self.hart.synchronize_fetch();
        self.shared.tell(self.hart.id, Act::Context);
        self.hart.check_interrupts = true;
    }

    /// Asks the firmware whether it serves this trap.
    fn firmware(&mut self, trap: &<B::Isa as Isa>::Trap) -> Firmware {
        self.shared.drain(self.hart);
        self.shared.before_change(self.hart, self.hart.now);
        let now = self.shared.ticks(self.hart.now);
        let shared = &mut *self.shared;
        let (board, ram, effects) = (&mut shared.board, &mut shared.ram, &mut shared.effects);
        board.firmware(self.hart.id, now, &mut self.hart.arch, trap, ram, effects)
    }

    /// An exception of the instruction at `pc`; true when it was a call that firmware has served.
    pub(super) fn exception(&mut self, trap: <B::Isa as Isa>::Trap, pc: u64, length: u64) -> bool {
        match self.firmware(&trap) {
            Firmware::Stop(reason) => {
                self.shared.end = Some(End::Stopped { hart: self.hart.id, pc, reason });
                false
            }
            Firmware::Done => {
                self.hart.pc = pc.wrapping_add(length);
                self.hart.now = self.hart.now.after(self.shared.model.trap.firmware_call as u64);
                self.hart.stats.instructions += 1;
                self.hart.look_at_protection(self.shared.ram.end());
                self.shared.apply_effects(self.hart);
                self.shared.update_lines(self.hart);
                self.hart.current = Current::NONE;
                true
            }
            Firmware::NotACall => {
                self.enter(trap, pc);
                if self.hart.traps_endlessly() {
                    let reason = format!("traps without end: {trap}");
                    self.shared.end = Some(End::Stopped { hart: self.hart.id, pc, reason });
                }
                false
            }
        }
    }

    /// A fetch at the hart's pc failed.
    pub(super) fn fetch_fault(&mut self, fault: Fault) {
        if self.shared.ahead.call_all(self.hart.id) {
            return;
        }
        let trap = B::Isa::fault(fault);
        let pc = self.hart.pc;
        if let Firmware::Stop(reason) = self.firmware(&trap) {
            self.shared.end = Some(End::Stopped { hart: self.hart.id, pc, reason });
            return;
        }
        let before = self.hart.arch.clone();
        self.enter(trap, pc);
        if self.hart.traps_endlessly() || self.hart.pc == pc {
            self.shared.end = Some(End::Lost {
                hart: self.hart.id,
                cycle: self.hart.now,
                from: B::Isa::trapped_at(&before),
                handler: pc,
                trap: trap.to_string(),
            });
        }
    }
}
