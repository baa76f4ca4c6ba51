//! The issue stage: an in-order scoreboard of one to several instructions a cycle.
//!
//! Left out for now: late ALUs, forwarding paths that differ by consumer, write-port conflicts.

use crate::core_model::{CoreModel, Issue};
use crate::ids::Cycle;
use cmodx_isa::{Class, RegSet};

/// Most source and destination registers that the scoreboard follows for one instruction; further ones (structure loads of
/// four vectors with writeback, compare-and-swap pairs) are left out, in the order of number.
const FOLLOWED: usize = 5;

/// Stands for no register in [`Sources`]; it is always ready.
const READY: u8 = 127;
/// Stands for no register in [`Destinations`]; nobody reads it.
const UNUSED: u8 = 126;

/// Registers that an instruction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources([u8; FOLLOWED]);

/// Registers that an instruction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destinations([u8; FOLLOWED]);

/// The first registers of a set, filled up.
fn list(set: RegSet, filler: u8) -> [u8; FOLLOWED] {
    let mut list = [filler; FOLLOWED];
    for (slot, register) in list.iter_mut().zip(set.iter()) {
        *slot = register;
    }
    list
}

impl From<RegSet> for Sources {
    fn from(set: RegSet) -> Sources {
        Sources(list(set, READY))
    }
}

impl From<RegSet> for Destinations {
    fn from(set: RegSet) -> Destinations {
        Destinations(list(set, UNUSED))
    }
}

/// Places of a cycle that are taken: a lane of a word for each kind, so that one addition takes all that an instruction needs and
/// one comparison tells whether they were free. A lane starts at what its limit leaves below [`FULL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Places(u64);

/// The bit of each lane that says that its limit is exceeded.
const FULL: u64 = 0x80_8080_8080_8080;
/// Instructions of any kind.
const ALL: u64 = 1;
const MEMORY: u64 = 1 << 8;
const LOAD: u64 = 1 << 16;
const STORE: u64 = 1 << 24;
const BRANCH: u64 = 1 << 32;
const MULTIPLY: u64 = 1 << 40;

impl Places {
    /// The beginning of a cycle.
    fn free(limits: &Issue) -> Places {
        let lanes = [limits.width, limits.memory, limits.loads, limits.stores, limits.branches, limits.multiplies];
        Places(lanes.into_iter().rev().fold(0, |word, limit| word << 8 | (0x7f - limit.min(0x7f)) as u64))
    }
}

/// The places that an instruction needs; none when it issues alone.
#[inline(always)]
const fn needs(class: Class) -> Option<u64> {
    match unit(class) {
        Unit::Any => Some(ALL),
        Unit::Load => Some(ALL + MEMORY + LOAD),
        Unit::Store => Some(ALL + MEMORY + STORE),
        Unit::Branch => Some(ALL + BRANCH),
        Unit::Multiply => Some(ALL + MULTIPLY),
        Unit::Alone => None,
    }
}

/// The scoreboard of one hart.
#[derive(Clone)]
pub struct Pipeline {
    /// Indexed by any byte, so that no bound need be checked.
    ready: [Cycle; 256],
    cycle: Cycle,
    /// Places taken in `cycle`.
    taken: Places,
    /// Places taken in a cycle in which nothing has issued.
    free: Places,
    divider_free: Cycle,
    latency: [u8; Class::COUNT],
}

impl Pipeline {
    /// An empty pipeline.
    pub fn new(model: &CoreModel) -> Pipeline {
        Pipeline {
            ready: [Cycle(0); 256],
            cycle: Cycle(0),
            taken: Places::free(&model.issue),
            free: Places::free(&model.issue),
            divider_free: Cycle(0),
            latency: model.latencies(),
        }
    }

    /// The earliest cycle, not before `from`, at which an instruction can issue.
    #[inline(always)]
    pub fn issue_at(&self, class: Class, sources: &Sources, from: Cycle) -> Cycle {
        let [a, b, c, more @ ..] = &sources.0;
        let ready = |&register: &u8| self.ready[register as usize];
        let mut at = ready(a).max(ready(b)).max(ready(c));
        if more[0] != READY {
            at = more.iter().map(ready).fold(at, Cycle::max);
        }
        // Last, since all else is known before it is.
        at = at.max(from);
        if matches!(class, Class::Div32 | Class::Div64 | Class::FpDiv32 | Class::FpDiv64) {
            at = at.max(self.divider_free);
        }
        if at == self.cycle && !self.fits(class) {
            at = at.after(1);
        }
        at
    }

    #[inline(always)]
    fn fits(&self, class: Class) -> bool {
        match needs(class) {
            Some(places) => (self.taken.0 + places) & FULL == 0,
            None => self.taken == self.free,
        }
    }

    /// When the latest instruction issued.
    #[inline(always)]
    pub fn latest(&self) -> Cycle {
        self.cycle
    }

    /// An instruction issues at `at`; its results are ready after its latency and `extra` cycles.
    #[inline(always)]
    pub fn issue(&mut self, class: Class, destinations: &Destinations, at: Cycle, extra: u64) {
        if at != self.cycle {
            self.cycle = at;
            self.taken = self.free;
        }
        match needs(class) {
            Some(places) => self.taken.0 += places,
            // Whatever comes next finds no place.
            None => self.taken.0 |= 0x7f,
        }
        let done = at.after(self.latency[class as usize] as u64 + extra);
        let [a, b, more @ ..] = &destinations.0;
        self.ready[*a as usize] = done;
        self.ready[*b as usize] = done;
        if more[0] != UNUSED {
            for &register in more {
                self.ready[register as usize] = done;
            }
        }
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
const fn unit(class: Class) -> Unit {
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
            let sources = Sources::from(if chain { RegSet::int(register) } else { RegSet::EMPTY });
            now = pipeline.issue_at(class, &sources, now);
            pipeline.issue(class, &Destinations::from(RegSet::int(register)), now, 0);
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
