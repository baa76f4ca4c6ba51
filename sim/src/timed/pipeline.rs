//! The issue stage: an in-order scoreboard of one to several instructions a cycle.
//!
//! Left out for now: late ALUs, forwarding paths that differ by consumer, write-port conflicts.

use crate::core_model::{CoreModel, Issue};
use crate::ids::Cycle;
use cmodx_isa::{Class, RegSet};

/// Most source and destination registers that the scoreboard follows for one instruction; further ones (structure loads of
/// four vectors with writeback, compare-and-swap pairs) are in [`Registers::from`]'s order of number and left out.
const FOLLOWED: usize = 5;

/// Stands for no register in [`Registers`]; its ready time is always 0.
const NONE: u8 = 127;

/// Registers of an instruction as short lists, filled up with a register that is always ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registers([u8; FOLLOWED]);

impl From<RegSet> for Registers {
    fn from(set: RegSet) -> Registers {
        let mut list = [NONE; FOLLOWED];
        for (slot, register) in list.iter_mut().zip(set.iter()) {
            *slot = register;
        }
        Registers(list)
    }
}

/// Functional units that can be busy in a cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    all: u8,
    loads: u8,
    stores: u8,
    branches: u8,
    multiplies: u8,
}

/// The scoreboard of one hart.
#[derive(Clone)]
pub struct Pipeline {
    ready: [Cycle; 128],
    cycle: Cycle,
    used: Used,
    divider_free: Cycle,
    limits: Issue,
    latency: [u8; Class::COUNT],
}

impl Pipeline {
    /// An empty pipeline.
    pub fn new(model: &CoreModel) -> Pipeline {
        Pipeline {
            ready: [Cycle(0); 128],
            cycle: Cycle(0),
            used: Used::default(),
            divider_free: Cycle(0),
            limits: model.issue.clone(),
            latency: model.latencies(),
        }
    }

    /// The earliest cycle, not before `from`, at which an instruction can issue.
    #[inline(always)]
    pub fn issue_at(&self, class: Class, sources: &Registers, from: Cycle) -> Cycle {
        let mut at = from;
        for &register in &sources.0 {
            at = at.max(self.ready[register as usize]);
        }
        if matches!(class, Class::Div32 | Class::Div64 | Class::FpDiv32 | Class::FpDiv64) {
            at = at.max(self.divider_free);
        }
        if at == self.cycle && !self.fits(class) {
            at = at.after(1);
        }
        at
    }

    fn fits(&self, class: Class) -> bool {
        let (u, l) = (&self.used, &self.limits);
        u.all < l.width
            && match unit(class) {
                Unit::Any => true,
                Unit::Load => u.loads < l.loads && u.loads + u.stores < l.memory,
                Unit::Store => u.stores < l.stores && u.loads + u.stores < l.memory,
                Unit::Branch => u.branches < l.branches,
                Unit::Multiply => u.multiplies < l.multiplies,
                Unit::Alone => u.all == 0,
            }
    }

    /// An instruction issues at `at`; its results are ready after its latency and `extra` cycles.
    #[inline(always)]
    pub fn issue(&mut self, class: Class, destinations: &Registers, at: Cycle, extra: u64) {
        if at != self.cycle {
            self.cycle = at;
            self.used = Used::default();
        }
        self.used.all += 1;
        match unit(class) {
            Unit::Any => {}
            Unit::Load => self.used.loads += 1,
            Unit::Store => self.used.stores += 1,
            Unit::Branch => self.used.branches += 1,
            Unit::Multiply => self.used.multiplies += 1,
            Unit::Alone => self.used.all = self.limits.width,
        }
        let done = at.after(self.latency[class as usize] as u64 + extra);
        for &register in &destinations.0 {
            self.ready[register as usize] = done;
        }
        self.ready[NONE as usize] = Cycle(0);
        if matches!(class, Class::Div32 | Class::Div64 | Class::FpDiv32 | Class::FpDiv64) {
            self.divider_free = done;
        }
    }
}

/// What an instruction occupies in its issue cycle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Any,
    Load,
    Store,
    Branch,
    Multiply,
    /// Issues alone.
    Alone,
}

#[inline(always)]
fn unit(class: Class) -> Unit {
    match class {
        Class::Load | Class::LoadPair | Class::LoadExclusive => Unit::Load,
        Class::Store | Class::StorePair | Class::StoreExclusive => Unit::Store,
        Class::Branch | Class::Jump | Class::Call | Class::IndirectJump | Class::IndirectCall | Class::Return => {
            Unit::Branch
        }
        Class::Mul | Class::MulAdd | Class::Div32 | Class::Div64 => Unit::Multiply,
        Class::Atomic
        | Class::Fence
        | Class::Dsb
        | Class::FenceI
        | Class::Isb
        | Class::CacheOp
        | Class::TlbOp
        | Class::System
        | Class::Exception
        | Class::TrapReturn
        | Class::Hint
        | Class::SimdStruct => Unit::Alone,
        _ => Unit::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issues the same instruction `n` times and gives the cycle of the last.
    fn run(model: &str, class: Class, chain: bool, n: u64) -> u64 {
        let mut pipeline = Pipeline::new(&CoreModel::built_in(model).unwrap());
        let mut now = Cycle(0);
        for i in 0..n {
            let register = if chain { 5 } else { 5 + (i % 8) as u8 };
            let sources = Registers::from(if chain { RegSet::int(register) } else { RegSet::EMPTY });
            now = pipeline.issue_at(class, &sources, now);
            pipeline.issue(class, &Registers::from(RegSet::int(register)), now, 0);
        }
        now.0
    }

    #[test]
    fn dependent_adds_take_a_cycle_each_and_independent_ones_pair() {
        for model in ["sifive-u74", "cortex-a55"] {
            assert_eq!(run(model, Class::Alu, true, 4001), 4000, "{model}");
            assert_eq!(run(model, Class::Alu, false, 2001), 1000, "{model}");
        }
    }

    #[test]
    fn one_load_issues_a_cycle_and_a_chain_of_multiplications_waits() {
        assert_eq!(run("sifive-u74", Class::Load, false, 2001), 2000);
        assert_eq!(run("sifive-u74", Class::Mul, true, 1001), 3000);
    }
}
