//! Instructions that somebody wants to hear of: probes, the oracle, the commit log.

use super::copies::Copied;
use super::execute::Executing;
use super::hart::Hart;
use super::machine::Turn;
use super::pipe_view::Stages;
use super::pipeline::{Issued, Kind};
use super::probe::Probe;
use super::slots::Slot;
use crate::ids::Cycle;
use crate::oracle::Executed;
use crate::platform::Board;
use crate::trace::{Recording, Retired, Traced};
use cmodx_isa::{Access, Class, Flow, Isa, Size};

impl<B: Board> Turn<'_, B> {
    /// The instruction at `pc` raises an exception.
    pub(super) fn trap(&mut self, trap: <B::Isa as Isa>::Trap, pc: u64, slot: &Slot<B>) {
        let before = retired(self.hart, pc, slot);
        let served = self.exception(trap, pc, slot.length as u64);
        if let Some(log) = self.shared.commits.as_mut().filter(|_| served) {
            log.call::<B::Isa>(&self.hart.arch, before);
        }
    }

    /// An instruction stands before issue.
    #[cold]
    pub(super) fn before_issue(&mut self, pc: u64, slot: &Slot<B>) {
        let Some(view) = &mut self.shared.view else { return };
        let hart = &*self.hart;
        let wait = hart.pipeline.why(slot.kind, &slot.sources, hart.now);
        let ready = hart.pipeline.issue_at(slot.kind, &slot.sources, hart.now).at;
        view.attempt(hart.id, pc, hart.now, ready, wait, (hart.stats.interrupts, hart.stats.icache_misses));
    }

    /// An instruction has issued and is on its way through the pipeline.
    #[cold]
    #[expect(clippy::too_many_arguments, reason = "what issue knows of one instruction, handed on in one place")]
    pub(super) fn viewed(
        &mut self,
        pc: u64,
        slot: &Slot<B>,
        issued: Issued,
        extra: u64,
        held: u64,
        mispredicted: Option<u64>,
        copied: Copied,
        trapped: bool,
    ) {
        let stale = self.is_stale(pc, slot).then_some(copied.cycle);
        let Some(view) = &mut self.shared.view else { return };
        let hart = &*self.hart;
        view.executed(&Stages {
            hart: hart.id,
            pc,
            arch: B::Isa::ARCH,
            class: slot.class,
            text: B::Isa::disassemble(&slot.insn, pc),
            at: issued.at,
            late: issued.late,
            conditional: slot.kind == Kind::CONDITIONAL,
            completes: hart.pipeline.completes(slot.kind),
            extra,
            held,
            mispredicted,
            next: hart.now,
            stale,
            destinations: B::Isa::operands(&slot.insn).writes.0,
            events: (hart.stats.interrupts, hart.stats.icache_misses),
            trapped,
        });
    }

    /// True when memory holds other bytes than the instruction was made of. Only where addresses are not translated.
    fn is_stale(&self, pc: u64, slot: &Slot<B>) -> bool {
        if !B::Isa::translation_off(&self.hart.arch, Access::Fetch) {
            return false;
        }
        let halfword = |at| self.shared.ram.read(at, Size::Half).unwrap_or(0) as u32;
        let now = if slot.length == 2 { halfword(pc) } else { halfword(pc) | halfword(pc.wrapping_add(2)) << 16 };
        now != slot.word
    }

    #[cold]
    pub(super) fn before_marked(&mut self, pc: u64, slot: &Slot<B>, from: &Copied) {
        self.shared.note_event(|events| events.passed += 1);
        if self.shared.observers.is_some() && synchronizes(slot.class) {
            self.tell_fetch(pc, slot, self.hart.now, from);
        }
        if self.shared.marks.probes.contains(&pc) {
            let (hart, cycle, stats) = (self.hart.id, self.hart.now, self.hart.stats);
            self.shared.probes.push(Probe { at: pc, hart, cycle, stats });
        }
        let Some(account) = &mut self.shared.account else { return };
        if account.issued(self.hart.id, pc, self.hart.now) {
            (self.shared.marks.all, self.shared.marks.changed) = (account.open(), true);
            self.shared.alone = Cycle(0);
        }
    }

    #[cold]
    pub(super) fn after_marked(&mut self, pc: u64, slot: &Slot<B>, cycle: Cycle, from: Copied) {
        if self.shared.observers.is_some() && !synchronizes(slot.class) {
            self.tell_fetch(pc, slot, cycle, &from);
        }
        let copied = from.cycle;
        let next = self.hart.pc;
        let last_sync = self.hart.last_sync;
        if let Some(oracle) = &mut self.shared.oracle {
            let (bytes, length) = (slot.word, slot.length);
            let executed = Executed { hart: self.hart.id, pc, bytes, length, cycle, copied, next, last_sync };
            oracle.executed(&executed, &self.shared.ram);
        }
    }
}

/// True for what changes what fetches may see: it was itself fetched before. Others may have to be tried again, and are told of when
/// they were done.
fn synchronizes(class: Class) -> bool {
    matches!(class, Class::FenceI | Class::Isb | Class::TrapReturn)
}

/// The instruction at `pc` as the commit log names it, before it changes the privilege.
fn retired<B: Board>(hart: &Hart<B::Isa>, pc: u64, slot: &Slot<B>) -> Retired {
    Retired { hart: hart.id.0, level: B::Isa::level(&hart.arch), pc, word: slot.word, length: slot.length }
}

impl<B: Board, const TIMED: bool> Executing<'_, B, TIMED> {
    /// Executes an instruction that somebody wants to hear of.
    #[cold]
    #[inline(never)]
    pub(super) fn execute_marked(&mut self, slot: &Slot<B>) -> Result<Flow, <B::Isa as Isa>::Trap> {
        let pc = self.pc;
        let Some(mut log) = self.shared.commits.take() else { return B::Isa::execute(self, slot.insn, pc) };
        let retired = retired(self.hart, pc, slot);
        let mut recording = Recording::new(self);
        let result = B::Isa::execute(&mut recording, slot.insn, pc);
        if result.is_ok() {
            log.instruction::<B::Isa, _>(&mut recording, &slot.insn, retired);
        }
        self.shared.commits = Some(log);
        result
    }
}
