//! The issue stage: an in-order scoreboard of one to several instructions a cycle.
//!
//! An instruction issues as soon as its operands can be forwarded to where it reads them, its units are free, what issues in
//! this cycle leaves room for it, and its result would not be written before that of an older one. When operands are there is
//! a matter of who made them and who takes them ([`crate::core_model::Forward`]); an ALU that reads its operands late (SiFive's
//! late ALU) executes late when they were not there at issue.
//!
//! Left out: divisions whose time depends on their operands, write-port conflicts.

mod table;

use crate::core_model::CoreModel;
use crate::ids::Cycle;
use cmodx_isa::{Operands, RegSet};

pub use table::Kind;
use table::{ADDRESS, Row, Table};

/// Most source and destination registers that the scoreboard follows for one instruction; further ones (structure loads of
/// four vectors with writeback, compare-and-swap pairs) are in order of number and left out.
const FOLLOWED: usize = 5;

/// Stands for no register in [`Registers`]; its ready time is always 0.
const NONE: u8 = 127;

/// Marks a register of [`Registers`] as one of the smaller group: a source that enters the unit elsewhere
/// ([`Operands::second`], the data of a store), a destination that is a moved base register.
const OTHER: u8 = 128;

/// Registers of an instruction as short lists, filled up with a register that is always ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers([u8; FOLLOWED]);

impl Registers {
    fn new(set: RegSet, other: RegSet) -> Registers {
        let mut list = [NONE; FOLLOWED];
        for (slot, register) in list.iter_mut().zip(set.iter()) {
            *slot = if other.0 >> register & 1 == 0 { register } else { register | OTHER };
        }
        Registers(list)
    }

    /// What an instruction of this kind reads.
    pub fn sources(kind: Kind, operands: &Operands) -> Registers {
        let data = RegSet(operands.reads.0 & !operands.address.0);
        Registers::new(operands.reads, if kind.has_data() { data } else { operands.second })
    }

    /// What it writes.
    pub fn destinations(operands: &Operands) -> Registers {
        Registers::new(operands.writes, operands.moved_base)
    }
}

/// When a register's value can be had: `base` plus the cycles for each consumer.
#[derive(Clone, Copy, Default)]
struct Result {
    base: u64,
    /// One byte a consumer.
    cycles: u64,
}

impl Result {
    #[inline(always)]
    fn ready(self, shift: u8) -> u64 {
        self.base + (self.cycles >> shift & 0xff)
    }
}

/// When an instruction issues, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The cycle.
    pub at: Cycle,
    /// It executes in the late stage, because an operand is not there at issue.
    pub late: bool,
}

/// Why an instruction does not issue earlier; the last reason to pass away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wait {
    /// It need not wait.
    Nothing,
    /// What issues in the same cycle already.
    Slot,
    /// An older result must be written first.
    Completion,
    /// Its unit is busy.
    Unit,
    /// This register, by its number in [`RegSet`].
    Register(u8),
}

/// The scoreboard of one hart.
#[derive(Clone)]
pub struct Pipeline {
    results: [Result; 128],
    cycle: Cycle,
    /// What issues in `cycle`: one byte a limit, which overflows into its highest bit when exceeded.
    used: u64,
    /// When each unit that can be busy for more than a cycle is free again.
    free: [Cycle; table::UNITS],
    last_completion: Cycle,
    table: Table,
}

impl Pipeline {
    /// An empty pipeline.
    pub fn new(model: &CoreModel) -> Pipeline {
        let table = Table::new(model);
        Pipeline {
            results: [Result::default(); 128],
            cycle: Cycle(0),
            used: table.empty,
            free: [Cycle(0); table::UNITS],
            last_completion: Cycle(0),
            table,
        }
    }

    fn row(&self, kind: Kind) -> &Row {
        &self.table.rows[kind.index()]
    }

    /// The earliest cycle, not before `from`, at which an instruction can issue.
    #[inline(always)]
    pub fn issue_at(&self, kind: Kind, sources: &Registers, from: Cycle) -> Issued {
        let row = self.row(kind);
        let mut at = from.0;
        for &source in &sources.0 {
            at = at.max(self.results[(source & NONE) as usize].ready(row.reads[(source >> 7) as usize]));
        }
        at = at.max(self.free[row.unit as usize].0).max(self.last_completion.0.saturating_sub(row.completes as u64));
        if at == self.cycle.0 && (self.used + row.needs) & table::OVERFLOW != 0 {
            at += 1;
        }
        Issued { at: Cycle(at), late: row.late && self.operand_is_late(sources, at) }
    }

    /// True when an operand is not there at issue, but only where the late stage reads it.
    #[inline(always)]
    fn operand_is_late(&self, sources: &Registers, at: u64) -> bool {
        sources.0.iter().any(|source| self.results[(source & NONE) as usize].ready(ADDRESS) > at)
    }

    /// When the latest instruction issued.
    #[inline(always)]
    pub fn latest(&self) -> Cycle {
        self.cycle
    }

    /// An instruction issues; its results come after its latency and `extra` cycles.
    #[inline(always)]
    pub fn issue(&mut self, kind: Kind, destinations: &Registers, issued: Issued, extra: u64) {
        let Issued { at, late } = issued;
        let row = &self.table.rows[kind.index()];
        if at != self.cycle {
            self.cycle = at;
            self.used = self.table.empty;
        }
        self.used += row.needs;
        let cycles = if late { row.late_cycles } else { row.cycles };
        for &destination in &destinations.0 {
            let moved = destination & OTHER != 0;
            self.results[(destination & NONE) as usize] = if moved {
                Result { base: at.0, cycles: self.table.moved_base }
            } else {
                Result { base: at.0 + extra, cycles }
            };
        }
        self.results[NONE as usize] = Result::default();
        if row.occupies > 1 {
            self.free[row.unit as usize] = at.after(row.occupies as u64);
        }
        if row.completes_in_order {
            self.last_completion = self.last_completion.max(at.after(row.completes as u64));
        }
    }

    /// Cycles by which a misprediction is found later because the branch executed late.
    #[inline(always)]
    pub fn late_branch(&self, issued: Issued) -> u64 {
        if issued.late { self.table.late_branch } else { 0 }
    }

    /// What [`Pipeline::issue_at`] waits for.
    pub fn why(&self, kind: Kind, sources: &Registers, from: Cycle) -> Wait {
        let row = self.row(kind);
        let at = self.issue_at(kind, sources, from).at.0;
        if at == from.0 {
            return Wait::Nothing;
        }
        for &source in &sources.0 {
            if self.results[(source & NONE) as usize].ready(row.reads[(source >> 7) as usize]) >= at {
                return Wait::Register(source & NONE);
            }
        }
        if self.free[row.unit as usize].0 >= at {
            Wait::Unit
        } else if self.last_completion.0.saturating_sub(row.completes as u64) >= at {
            Wait::Completion
        } else {
            Wait::Slot
        }
    }

    /// Cycles from issue until the result of this kind is written, without what a miss adds.
    pub fn completes(&self, kind: Kind) -> u64 {
        self.row(kind).written as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_isa::{AccessKind, Class};

    fn pipeline(model: &str) -> Pipeline {
        Pipeline::new(&CoreModel::built_in(model).unwrap())
    }

    /// Issues one instruction after the other, and gives the cycle of each.
    fn run(pipeline: &mut Pipeline, program: &[(Class, Operands)]) -> Vec<u64> {
        let mut now = Cycle(0);
        let mut cycles = Vec::new();
        for (class, operands) in program {
            let kind = Kind::of(*class, operands);
            let issued = pipeline.issue_at(kind, &Registers::sources(kind, operands), now);
            pipeline.issue(kind, &Registers::destinations(operands), issued, 0);
            now = issued.at;
            cycles.push(now.0);
        }
        cycles
    }

    fn op(class: Class, reads: &[u8], writes: u8) -> (Class, Operands) {
        let reads = reads.iter().fold(RegSet::EMPTY, |set, &r| set.with(RegSet::int(r)));
        let load = class == Class::Load;
        let operands = Operands {
            reads,
            address: if load { reads } else { RegSet::EMPTY },
            writes: RegSet::int(writes),
            access: if load { AccessKind::Load } else { AccessKind::None },
            ..Operands::default()
        };
        (class, operands)
    }

    #[test]
    fn dependent_adds_take_a_cycle_each_and_independent_ones_pair() {
        for model in ["sifive-u74", "spacemit-x60", "cortex-a55", "cortex-a53"] {
            let chain = [op(Class::Alu, &[5], 5); 4];
            assert_eq!(run(&mut pipeline(model), &chain), [0, 1, 2, 3], "{model}");
            let free = [op(Class::Alu, &[], 5), op(Class::Alu, &[], 6), op(Class::Alu, &[], 7)];
            assert_eq!(run(&mut pipeline(model), &free), [0, 0, 1], "{model}");
        }
    }

    #[test]
    fn the_late_alu_of_the_u74_hides_a_load_and_passes_the_delay_on_to_an_address() {
        // ld a; add b, a (late, in M2); add c, b (late too); ld d, (c) waits for the late result.
        let program =
            [op(Class::Load, &[10], 5), op(Class::Alu, &[5], 6), op(Class::Alu, &[6], 7), op(Class::Load, &[7], 8)];
        assert_eq!(run(&mut pipeline("sifive-u74"), &program), [0, 1, 2, 5]);
        // An add whose operand is there at issue executes early: the load behind it waits a cycle.
        let early = [op(Class::Alu, &[10], 7), op(Class::Load, &[7], 8)];
        assert_eq!(run(&mut pipeline("sifive-u74"), &early), [0, 1]);
    }

    #[test]
    fn a_waiting_instruction_names_what_it_waits_for() {
        let mut p = pipeline("sifive-u74");
        run(&mut p, &[op(Class::Load, &[10], 5)]);
        let why = |p: &Pipeline, (class, operands): (Class, Operands), from| {
            let kind = Kind::of(class, &operands);
            p.why(kind, &Registers::sources(kind, &operands), Cycle(from))
        };
        assert_eq!(why(&p, op(Class::Load, &[5], 6), 0), Wait::Register(5));
        assert_eq!(why(&p, op(Class::Load, &[11], 6), 0), Wait::Slot);
        assert_eq!(why(&p, op(Class::Load, &[11], 6), 1), Wait::Nothing);
        run(&mut p, &[op(Class::Div64, &[12], 7)]);
        assert_eq!(why(&p, op(Class::Div64, &[12], 8), 1), Wait::Unit);
        assert_eq!(why(&p, op(Class::Alu, &[12], 8), 1), Wait::Completion);
    }
}
