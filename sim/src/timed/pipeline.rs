//! The issue stage: an in-order scoreboard of one to several instructions a cycle.
//!
//! An instruction issues as soon as its operands can be forwarded to where it reads them, its units are free, what issues in
//! this cycle leaves room for it, and its result would not be written before that of an older one. When operands are there is
//! a matter of who made them and who takes them ([`crate::core_model::Forward`]); an ALU that reads its operands late (SiFive's
//! late ALU) executes late when they were not there at issue.
//!
//! Left out: divisions whose time depends on their operands, write-port conflicts.

mod states;
mod table;

use crate::core_model::CoreModel;
use crate::ids::Cycle;
use cmodx_isa::{Operands, RegSet};

use states::{Delay, FAR, FRESH, Relative, later, sooner};
pub use states::{Edge, Edges, State, States};
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

/// What the issue stage needs to know of an instruction.
#[derive(Clone, Copy)]
pub struct Needs<'a> {
    /// What it takes it for.
    pub kind: Kind,
    /// Registers read.
    pub sources: &'a Registers,
    /// Registers written.
    pub destinations: &'a Registers,
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
    /// The state that it is in, seen from `since`; 0 when the fields above hold it. Else no result is awaited there.
    state: State,
    since: Cycle,
    /// Registers whose results may be awaited.
    awaited: u128,
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
            state: 0,
            since: Cycle(0),
            awaited: 0,
        }
    }

    /// The state seen from where the hart stands, 0 if it has none.
    #[inline(always)]
    pub fn state(&self) -> State {
        self.state
    }

    /// An instruction has brought it to this state.
    #[inline(always)]
    pub fn enter(&mut self, state: State) {
        self.state = state;
    }

    /// An instruction has brought it to this state at `issued`, and the hart stands some cycles later.
    #[inline(always)]
    pub fn enter_later(&mut self, states: &mut States, state: State, issued: Cycle, cycles: u64) {
        match states.later(state, cycles) {
            Some(later) => self.state = later,
            None => {
                (self.state, self.since) = (state, issued);
                self.settle(states);
            }
        }
    }

    /// The cycle from which the state is seen: the one at which the hart stands.
    #[inline(always)]
    pub fn stand_at(&mut self, now: Cycle) {
        self.since = now;
    }

    /// The hart has come to stand at `now` without an instruction.
    #[inline(always)]
    pub fn move_to(&mut self, states: &mut States, now: Cycle) {
        if self.state != 0 && self.since != now {
            let later = now.0.checked_sub(self.since.0).and_then(|cycles| states.later(self.state, cycles));
            match later {
                Some(state) => self.state = state,
                None => self.settle(states),
            }
        }
        self.since = now;
    }

    /// Leaves the numbered states: the scoreboard holds what is awaited.
    pub fn settle(&mut self, states: &States) {
        if self.state == 0 {
            return;
        }
        let state = states.get(self.state);
        let Relative { used, free, completion, .. } = state;
        (self.cycle, self.used) = if *used == FRESH { (Cycle::NEVER, *used) } else { (self.since, *used) };
        for (cycle, more) in self.free.iter_mut().zip(free) {
            *cycle = self.since.after(*more as u64);
        }
        self.last_completion = self.since.after(*completion as u64);
        for (register, cycles) in state.awaited() {
            self.results[register as usize] = Result { base: self.since.0, cycles };
            self.awaited |= 1 << register;
        }
        self.state = 0;
    }

    /// Enters the numbered state that the scoreboard is in, seen from `now`, if it is one.
    pub fn absorb(&mut self, states: &mut States, now: Cycle) {
        let Some(relative) = self.relative(now) else { return };
        let Some(state) = states.number(relative) else { return };
        self.forget();
        (self.state, self.since) = (state, now);
    }

    /// Becomes what another scoreboard of the same model is.
    pub fn copy_from(&mut self, other: &Pipeline) {
        if other.state == 0 {
            (self.results, self.awaited) = (other.results, other.awaited);
        } else {
            self.forget();
        }
        (self.cycle, self.used, self.free) = (other.cycle, other.used, other.free);
        (self.last_completion, self.state, self.since) = (other.last_completion, other.state, other.since);
    }

    /// Awaits nothing any more.
    fn forget(&mut self) {
        while self.awaited != 0 {
            self.results[self.awaited.trailing_zeros() as usize] = Result::default();
            self.awaited &= self.awaited - 1;
        }
    }

    /// The scoreboard seen from `now`; `None` when too much is too far ahead.
    fn relative(&mut self, now: Cycle) -> Option<Relative> {
        let near = |cycle: Cycle| {
            let cycles = cycle.0.saturating_sub(now.0);
            (cycles <= FAR).then_some(cycles as u8)
        };
        let mut free = [0; table::UNITS];
        for (cycles, free) in free.iter_mut().zip(self.free) {
            *cycles = near(free)?;
        }
        let used = if self.cycle == now { self.used } else { FRESH };
        let mut relative = Relative::new(used, free, near(self.last_completion)?);
        let mut awaited = self.awaited;
        while awaited != 0 {
            let register = awaited.trailing_zeros() as u8;
            awaited &= awaited - 1;
            let Result { base, cycles } = self.results[register as usize];
            let ready = match base.checked_sub(now.0) {
                None | Some(0) => sooner(cycles, now.0 - base),
                Some(more) => later(cycles, more)?,
            };
            if ready == 0 {
                self.results[register as usize] = Result::default();
                self.awaited &= !(1 << register);
            } else {
                relative.awaits(register, ready)?;
            }
        }
        Some(relative)
    }

    /// An instruction whose results come some cycles late issues where the hart stands at `now`.
    pub fn be_late(&mut self, states: &mut States, slot: Needs<'_>, edge: Edge, now: Cycle, late: u64) {
        let Registers([first, second, rest @ ..]) = *slot.destinations;
        let key =
            (rest == [NONE; FOLLOWED - 2]).then(|| Delay::new(edge.to(), slot.kind, [first, second], late)).flatten();
        if let Some(state) = key.and_then(|key| states.delayed(key)) {
            self.state = state;
            return;
        }
        self.since = now;
        self.settle(states);
        let issued = self.issue_at(slot.kind, slot.sources, now);
        self.issue(slot.kind, slot.destinations, issued, late);
        self.absorb(states, issued.at);
        if let Some(key) = key.filter(|_| self.state != 0) {
            states.remember(key, self.state);
        }
    }

    /// What an instruction does to the state, seen from where the hart stands at `now`, when nothing delays it; `None` when that
    /// leads to none.
    #[cold]
    #[inline(never)]
    pub fn learn(&mut self, states: &mut States, edges: &Edges, slot: Needs<'_>, now: Cycle) -> Option<Edge> {
        let from = self.state;
        if from == 0 {
            return None;
        }
        self.since = now;
        self.settle(states);
        let issued = self.issue_at(slot.kind, slot.sources, now);
        self.issue(slot.kind, slot.destinations, issued, 0);
        self.absorb(states, issued.at);
        let to = self.state;
        if to == 0 {
            self.forget();
        }
        (self.state, self.since) = (from, now);
        let edge = (to != 0).then(|| Edge::new(from, to, issued.at.0 - now.0, issued.late))?;
        edges.add(edge);
        Some(edge)
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

    /// An instruction issues; its results come after its latency and `extra` cycles.
    #[inline(always)]
    pub fn issue(&mut self, kind: Kind, destinations: &Registers, issued: Issued, extra: u64) {
        let Issued { at, late } = issued;
        let row = &self.table.rows[kind.index()];
        if at != self.cycle {
            self.cycle = at;
            self.used = self.table.empty;
        }
        self.used += row.takes;
        let cycles = if late { row.late_cycles } else { row.cycles };
        for &destination in &destinations.0 {
            let moved = destination & OTHER != 0;
            self.awaited |= 1 << (destination & NONE);
            self.results[(destination & NONE) as usize] = if moved {
                Result { base: at.0, cycles: self.table.moved_base }
            } else {
                Result { base: at.0 + extra, cycles }
            };
        }
        self.results[NONE as usize] = Result::default();
        self.awaited &= !(1 << NONE);
        if row.occupies > 1 {
            self.free[row.unit as usize] = at.after(row.occupies as u64);
        }
        if row.completes_in_order {
            self.last_completion = self.last_completion.max(at.after(row.completes as u64));
        }
    }

    /// Cycles by which a misprediction is found later because the branch executed late.
    #[inline(always)]
    pub fn late_branch(&self, late: bool) -> u64 {
        if late { self.table.late_branch } else { 0 }
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
    fn a_conditional_pair_of_the_u74_issues_alone_and_when_its_operands_are_there() {
        let mut p = pipeline("sifive-u74");
        let mut issue = |kind, (_, operands): (Class, Operands), from| {
            let issued = p.issue_at(kind, &Registers::sources(kind, &operands), Cycle(from));
            p.issue(kind, &Registers::destinations(&operands), issued, 0);
            (issued.at.0, issued.late)
        };
        let (alu, load) = (op(Class::Alu, &[11], 12), op(Class::Load, &[10], 5));
        let of = |(class, operands): (Class, Operands)| Kind::of(class, &operands);
        let pair = (Class::Branch, Operands { reads: RegSet::int(5).with(RegSet::int(6)), ..Operands::default() });
        assert_eq!(issue(of(load), load, 0), (0, false));
        // A branch of its own would issue late behind the load. The pair reads at issue, and takes two slots of a cycle.
        assert_eq!(issue(of(alu), alu, 3), (3, false));
        assert_eq!(issue(Kind::CONDITIONAL, pair, 3), (4, false));
        // The operation is the one instruction that issues beside its branch.
        assert_eq!(issue(of(alu), alu, 4), (4, false));
        assert_eq!(issue(of(alu), alu, 4), (5, false));
        let load = op(Class::Load, &[10], 6);
        assert_eq!(issue(of(load), load, 6), (6, false));
        assert_eq!(issue(Kind::CONDITIONAL, pair, 6), (9, false));
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
