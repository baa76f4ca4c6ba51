//! An adversary: it chooses whose turn it is and what instruction caches keep, at random, within what the architectures allow.
//!
//! By itself the machine shows one interleaving, that of (cycle, hart). Against an adversary one hart acts at a time while the others
//! are *held*, as by firmware or a hypervisor; what a held hart has stored may stay in its store buffer; and an instruction cache may
//! lose its copies, or one line of the watched text, prefetch one, or have it cleaned to the point of unification, at any time. No
//! architecture forbids any of that, so whatever happens is something that code must survive. The same seed brings the same run.
//!
//! Turns end where it matters: at instructions of the watched text and at stores to it. Strategies:
//! - [`Strategy::Random`]: any hart, for 1 to 4096 instructions (each power of two as likely as any other) or up to such a place.
//! - [`Strategy::Pct`]: harts have random priorities, and the highest one that can act does, until one of `depth` - 1 *changes* sends it
//!   below all others (Burckhardt, Kothari, Musuvathi, Nagarakatte: *A Randomized Scheduler with Probabilistic Guarantees of Finding
//!   Bugs*, ASPLOS 2010). Two things differ from the paper, so that its bound holds for neither: changes are not drawn from all steps
//!   but from the first instructions of watched text behind a store to it; and a hart that has acted for long goes below
//!   the others too, since it waits for one of them as a rule.
//!
//! Left out: loads out of order and copies that are older than the last one; what those can do `cmodx check` decides in the relaxed world.

use super::cache::LineNumber;
use super::end::{End, Limits};
use super::hart::{Current, State};
use super::machine::{Machine, Pause};
use super::shared::next_act;
use crate::ids::{Cycle, HartId, HartSet};
use crate::platform::Board;

/// Instructions after which a hart lets others go first: it may be waiting for one of them.
const PATIENCE: u64 = 3000;
/// Instructions of watched text behind a store to it at which a change may come.
const NEAR: u64 = 16;
/// The longest turn of [`Strategy::Random`], as a power of two.
const LONGEST: u64 = 12;

/// Who comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Anybody.
    Random,
    /// By priorities that change seldom.
    Pct {
        /// Steps that have to come in one order for the faults that are looked for.
        depth: u32,
        /// Stores to the watched text that the run is expected to have.
        stores: u64,
    },
}

/// What happens to the watched text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Events {
    /// Stores that change it.
    pub stores: u64,
    /// Instructions of it that are executed, since the last of these stores.
    pub passed: u64,
}

/// The adversary of one run.
#[derive(Clone, Debug)]
pub struct Adversary {
    strategy: Strategy,
    numbers: Numbers,
    /// Of each hart; the highest one goes first.
    priorities: Vec<i64>,
    /// The lowest one given.
    lowest: i64,
    /// Where the acting hart goes below all others; ascending.
    changes: Vec<Events>,
    acting: Option<HartId>,
    /// Instructions that the acting hart has left.
    left: u64,
    seen: Events,
    /// Held harts whose stores stay where they are.
    frozen: HartSet,
}

impl Adversary {
    /// The adversary of a machine with so many harts; each seed is another one.
    pub fn new(strategy: Strategy, seed: u64, harts: usize) -> Adversary {
        let mut numbers = Numbers(seed);
        let mut priorities: Vec<i64> = (0..harts as i64).collect();
        for last in (1..harts).rev() {
            priorities.swap(last, numbers.below(last as u64 + 1) as usize);
        }
        let mut changes = Vec::new();
        if let Strategy::Pct { depth, stores } = strategy {
            let mut change = || Events { stores: numbers.below(stores + 1), passed: numbers.below(NEAR) };
            changes = (1..depth).map(|_| change()).collect();
            changes.sort_unstable();
        }
        Adversary {
            strategy,
            numbers,
            priorities,
            lowest: 0,
            changes,
            acting: None,
            left: 0,
            seen: Events::default(),
            frozen: HartSet::default(),
        }
    }

    /// Stores to the watched text so far.
    pub fn stores(&self) -> u64 {
        self.seen.stores
    }

    /// This has happened in a turn of so many instructions.
    fn saw(&mut self, events: Events, instructions: u64) {
        if events.stores > 0 {
            self.seen = Events { stores: self.seen.stores + events.stores, passed: 0 };
        }
        self.seen.passed += events.passed;
        self.left = self.left.saturating_sub(instructions);
        let ends = match self.strategy {
            Strategy::Random => events != Events::default() && self.numbers.one_in(2),
            Strategy::Pct { .. } => {
                let come = self.changes.partition_point(|at| *at <= self.seen);
                self.changes.drain(..come);
                come > 0
            }
        };
        if ends {
            self.left = 0;
        }
    }

    /// Who acts next, of those that can; true when that is another one, or the same one anew.
    fn choose(&mut self, ready: HartSet) -> (Option<HartId>, bool) {
        let mut candidates = ready.iter();
        if let Some(acting) = self.acting.filter(|_| self.left == 0) {
            self.lowest -= 1;
            self.priorities[acting.index()] = self.lowest;
        }
        let chosen = match self.strategy {
            Strategy::Random if self.left > 0 && self.acting.is_some_and(|acting| ready.contains(acting)) => {
                self.acting
            }
            Strategy::Random => match ready.len() as u64 {
                0 => None,
                several => candidates.nth(self.numbers.below(several) as usize),
            },
            Strategy::Pct { .. } => candidates.max_by_key(|hart| self.priorities[hart.index()]),
        };
        let anew = self.left == 0 || chosen != self.acting;
        if anew {
            self.left = match self.strategy {
                Strategy::Random => 1 << self.numbers.below(LONGEST + 1),
                Strategy::Pct { .. } => PATIENCE,
            };
        }
        self.acting = chosen;
        (chosen, anew)
    }
}

impl<B: Board> Machine<B> {
    /// Runs as [`Machine::run`] does, with the turns that `adversary` gives.
    pub fn run_against(&mut self, adversary: &mut Adversary, limits: Limits) -> End {
        self.shared.events = Some(Events::default());
        let mut clock = Cycle(0);
        loop {
            if self.instructions >= limits.instructions || clock > limits.cycles {
                return End::Limit;
            }
            let can_act = |hart: &&super::hart::Hart<B::Isa>| {
                hart.state == State::Running || hart.check_interrupts && hart.state != State::Stopped
            };
            let ready = HartSet(self.harts.iter().filter(can_act).map(|hart| 1 << hart.id.0).sum());
            let before = adversary.acting;
            let (chosen, anew) = adversary.choose(ready);
            if anew {
                if let Some(held) = before.filter(|held| Some(*held) != chosen && adversary.numbers.one_in(2)) {
                    adversary.frozen.0 |= 1 << held.0;
                }
                if let Some(chosen) = chosen {
                    self.resume(chosen, clock);
                    if adversary.numbers.one_in(3) {
                        let hart = &mut self.harts[chosen.index()];
                        hart.l1i.drop_all();
                        hart.current = Current::NONE;
                    }
                    adversary.frozen = adversary.frozen.without(chosen);
                }
                if adversary.numbers.one_in(4) {
                    self.disturb(&mut adversary.numbers, clock, limits);
                }
            }
            for hart in &self.harts {
                let at = match () {
                    () if Some(hart.id) == chosen || !ready.contains(hart.id) => next_act(hart, &self.shared),
                    () if adversary.frozen.contains(hart.id) => Cycle::NEVER,
                    () => hart.next_unit(),
                };
                self.order.set(hart.id, at);
            }
            let (now, first) = self.order.first();
            if now == Cycle::NEVER {
                return End::Asleep;
            }
            clock = clock.max(now);
            let instructions = self.instructions;
            let horizon = self.order.bound(first);
            if Some(first) == chosen || !ready.contains(first) {
                let last = limits.instructions.min(instructions + adversary.left);
                let pause = self.turn(first, horizon, Limits { instructions: last, ..limits }, true);
                if let (Pause::Over, Some(end)) = (pause, self.shared.end.take()) {
                    return end;
                }
            } else {
                // A store or a fill of a hart that is held.
                self.about_to_act(first, horizon, limits, true).0.unit_step(now);
            }
            let events = self.shared.events.replace(Events::default()).unwrap_or_default();
            adversary.saw(events, self.instructions - instructions);
            if Some(first) == chosen {
                clock = clock.max(self.shared.acting);
            }
        }
    }

    /// A hart goes on that was held until now.
    fn resume(&mut self, hart: HartId, now: Cycle) {
        let hart = &mut self.harts[hart.index()];
        hart.now = hart.now.max(now);
        hart.stores.hold(now);
        hart.l1i.hold(now);
    }

    /// Has instruction caches lose, prefetch and clean lines of the watched text.
    fn disturb(&mut self, numbers: &mut Numbers, now: Cycle, limits: Limits) {
        let Some(oracle) = self.shared.oracle.as_deref().filter(|oracle| !oracle.sites().is_empty()) else { return };
        let sites: Vec<u64> = oracle.sites().iter().map(|site| site.start).collect();
        for _ in 0..4 {
            let line = LineNumber::of(sites[numbers.below(sites.len() as u64) as usize]);
            let hart = HartId(numbers.below(self.harts.len() as u64) as u16);
            let turn = self.about_to_act(hart, now, limits, true).0;
            match numbers.below(4) {
                0 => {
                    turn.shared.hierarchy.clean(line);
                }
                1 => turn.hart.l1i.drop_line(line),
                2 => turn.hart.current = Current::NONE,
                _ if !turn.hart.l1i.has(line) => turn.prefetch_at_once(line, now),
                _ => {}
            }
        }
    }
}

/// Pseudo-random numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
#[derive(Clone, Debug)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `n`, which is far below 2^64.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(strategy: Strategy, seed: u64) -> Vec<u16> {
        let mut adversary = Adversary::new(strategy, seed, 3);
        let choose = |adversary: &mut Adversary| {
            let chosen = adversary.choose(HartSet(0b111)).0.expect("three can act");
            adversary.saw(Events { stores: 0, passed: 1 }, 100);
            chosen.0
        };
        (0..200).map(|_| choose(&mut adversary)).collect()
    }

    #[test]
    fn a_seed_is_a_schedule_and_another_seed_another_one() {
        for strategy in [Strategy::Random, Strategy::Pct { depth: 3, stores: 0 }] {
            assert_eq!(turns(strategy, 7), turns(strategy, 7));
            let schedules: std::collections::BTreeSet<_> = (0..20).map(|seed| turns(strategy, seed)).collect();
            assert!(schedules.len() > 15, "{strategy:?}: {} schedules of 20 seeds", schedules.len());
        }
    }

    #[test]
    fn priorities_change_where_they_were_drawn_to_and_where_patience_ends() {
        for seed in 0..50 {
            let turns = turns(Strategy::Pct { depth: 3, stores: 0 }, seed);
            let switches = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
            // Two drawn changes, and one for each 3,000 of 20,000 instructions.
            assert!((2..=8).contains(&switches), "{switches}: {turns:?}");
        }
    }

    #[test]
    fn who_cannot_act_is_not_chosen() {
        let mut adversary = Adversary::new(Strategy::Random, 1, 4);
        for _ in 0..100 {
            assert_eq!(adversary.choose(HartSet(0b100)).0, Some(HartId(2)));
            adversary.saw(Events { stores: 1, passed: 0 }, 10);
        }
        assert_eq!(adversary.choose(HartSet(0)).0, None);
    }
}
