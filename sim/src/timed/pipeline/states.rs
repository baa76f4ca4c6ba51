//! States of the scoreboard that come again and again, by number.
//!
//! Seen from the cycle at which the next instruction may issue, a scoreboard is a handful of registers that are not there yet, units
//! that are busy, and what issues in that cycle already. From one state an instruction always leads to the same other one after the
//! same number of cycles, unless a cache or a TLB delays it. So its slot keeps that as an [`Edges`], and nothing is computed twice.

use super::Kind;
use super::table::UNITS;
use crate::timed::mix::Mix;
use std::cell::Cell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// Number of a state; 0 stands for none: the scoreboard itself holds it.
pub type State = u32;

/// More states than this are forgotten together.
const MOST: usize = 1 << 16;

/// What is further ahead than this many cycles makes no state: there would be too many, and they do not come again.
pub(super) const FAR: u64 = 80;

/// In place of what issues in the cycle already: nothing does.
pub(super) const FRESH: u64 = u64::MAX;

/// Waits that are looked up rather than computed.
const WAITS: usize = 16;

/// Most registers that a state awaits.
const AWAITED: usize = 8;

/// The state in which nothing is awaited.
const CALM: State = 1;

/// A scoreboard, seen from a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Relative {
    /// What issues in this cycle already, or [`FRESH`].
    pub used: u64,
    /// Cycles until each unit is free.
    pub free: [u8; UNITS],
    /// Cycles until the last completion.
    pub completion: u8,
    /// How many registers are not there yet.
    count: u8,
    /// Which ones, and cycles until each consumer can have them.
    registers: [u8; AWAITED],
    ready: [u64; AWAITED],
}

impl Relative {
    /// Awaits no register.
    pub fn new(used: u64, free: [u8; UNITS], completion: u8) -> Relative {
        Relative { used, free, completion, count: 0, registers: [0; AWAITED], ready: [0; AWAITED] }
    }

    /// Awaits one more; `None` when that is too many.
    pub fn awaits(&mut self, register: u8, ready: u64) -> Option<()> {
        let place = self.count as usize;
        *self.registers.get_mut(place)? = register;
        self.ready[place] = ready;
        self.count += 1;
        Some(())
    }

    /// What it awaits: registers, and cycles until each consumer can have them.
    pub fn awaited(&self) -> impl Iterator<Item = (u8, u64)> + '_ {
        self.registers.into_iter().zip(self.ready).take(self.count as usize)
    }

    /// Nothing is awaited.
    fn is_calm(&self) -> bool {
        self.used == FRESH && self.free == [0; UNITS] && self.completion == 0 && self.count == 0
    }

    /// Cycles until nothing is awaited any more.
    fn longest(&self) -> u8 {
        let ready = self.ready.into_iter().flat_map(u64::to_le_bytes);
        let started = (self.used != FRESH) as u8;
        ready.chain(self.free).fold(self.completion.max(started), u8::max)
    }

    /// The same, some cycles later.
    fn later(&self, cycles: u64) -> Relative {
        let less = |byte: u8| byte.saturating_sub(cycles.min(255) as u8);
        let used = if cycles == 0 { self.used } else { FRESH };
        let mut later = Relative::new(used, self.free.map(less), less(self.completion));
        for (register, ready) in self.awaited() {
            let ready = sooner(ready, cycles);
            if ready != 0 {
                later.awaits(register, ready).expect("not more than before");
            }
        }
        later
    }
}

/// Each byte less by some cycles, or 0.
pub(super) fn sooner(bytes: u64, cycles: u64) -> u64 {
    u64::from_le_bytes(bytes.to_le_bytes().map(|byte| byte.saturating_sub(cycles.min(255) as u8)))
}

/// Each byte more by some cycles; `None` when one gets too large.
pub(super) fn later(bytes: u64, cycles: u64) -> Option<u64> {
    let mut sum = bytes.to_le_bytes();
    for byte in &mut sum {
        *byte = u8::try_from(*byte as u64 + cycles).ok()?;
    }
    Some(u64::from_le_bytes(sum))
}

/// Results that come late: the state that they would have left in time, what gives them, which they are, and how late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delay(u64);

impl Delay {
    /// Of nothing.
    const NONE: Delay = Delay(u64::MAX);

    pub(super) fn new(to: State, kind: Kind, registers: [u8; 2], late: u64) -> Option<Delay> {
        let late = u16::try_from(late).ok()?;
        let [first, second] = registers.map(u64::from);
        let kind = kind.index() as u64;
        Some(Delay((to as u64) << 40 | kind << 32 | first << 24 | second << 16 | late as u64))
    }

    fn place(self) -> usize {
        (self.0.wrapping_mul(Mix::FACTOR) >> (64 - DELAY_BITS)) as usize
    }
}

/// Bits of the number of a late result that is remembered.
const DELAY_BITS: u32 = 11;

/// The states that have come up on a machine.
#[derive(Clone)]
pub struct States {
    numbers: HashMap<Relative, State, BuildHasherDefault<Mix>>,
    /// By number, from 1 on; and of each, after how many cycles nothing is awaited any more.
    list: Vec<(Relative, u8)>,
    /// Of each state, what it becomes after some cycles; 0 where that was not asked for yet.
    waits: Vec<[State; WAITS]>,
    /// What late results have led to.
    delays: Vec<(Delay, State)>,
    /// None come up.
    none: bool,
}

impl Default for States {
    fn default() -> States {
        let calm = (Relative::new(FRESH, [0; UNITS], 0), 0);
        States {
            numbers: HashMap::default(),
            list: vec![calm; CALM as usize + 1],
            waits: vec![[0; WAITS]; CALM as usize + 1],
            delays: vec![(Delay::NONE, 0); 1 << DELAY_BITS],
            none: false,
        }
    }
}

impl States {
    /// True when they are to be forgotten; until then no new ones come up.
    pub fn is_full(&self) -> bool {
        self.list.len() > MOST
    }

    /// No more states come up: each scoreboard holds what is awaited itself.
    pub fn number_none(&mut self) {
        self.none = true;
    }

    pub(super) fn get(&self, state: State) -> &Relative {
        &self.list[state as usize].0
    }

    /// The number of a state.
    pub(super) fn number(&mut self, state: Relative) -> Option<State> {
        if self.none {
            return None;
        }
        if state.is_calm() {
            return Some(CALM);
        }
        if let Some(&number) = self.numbers.get(&state) {
            return Some(number);
        }
        if self.is_full() {
            return None;
        }
        let number = self.list.len() as State;
        self.list.push((state, state.longest()));
        self.waits.push([0; WAITS]);
        self.numbers.insert(state, number);
        Some(number)
    }

    /// What late results lead to, if that is remembered.
    pub(super) fn delayed(&self, delay: Delay) -> Option<State> {
        let (known, state) = self.delays[delay.place()];
        (known == delay).then_some(state)
    }

    /// Remembers what late results have led to.
    pub(super) fn remember(&mut self, delay: Delay, state: State) {
        self.delays[delay.place()] = (delay, state);
    }

    /// What a state is some cycles later.
    #[inline(always)]
    pub fn later(&mut self, state: State, cycles: u64) -> Option<State> {
        match self.waits[state as usize].get(cycles as usize) {
            Some(&known) if known != 0 => Some(known),
            None if cycles >= self.list[state as usize].1 as u64 => Some(CALM),
            _ => self.wait(state, cycles),
        }
    }

    #[cold]
    fn wait(&mut self, state: State, cycles: u64) -> Option<State> {
        let (now, longest) = &self.list[state as usize];
        let later = if cycles >= *longest as u64 { CALM } else { self.number(now.later(cycles))? };
        if let Some(known) = self.waits[state as usize].get_mut(cycles as usize) {
            *known = later;
        }
        Some(later)
    }
}

/// What an instruction does to a state of the scoreboard when nothing delays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge(u64);

impl Edge {
    const STATE_BITS: u32 = 24;
    const STATE: u64 = (1 << Edge::STATE_BITS) - 1;
    /// From no state.
    const NONE: Edge = Edge(u64::MAX);

    pub(super) fn new(from: State, to: State, waits: u64, late: bool) -> Edge {
        let (from, to) = (from as u64, to as u64);
        Edge(from | to << Edge::STATE_BITS | (waits << 1 | late as u64) << (2 * Edge::STATE_BITS))
    }

    #[inline(always)]
    fn is_from(self, state: State) -> bool {
        self.0 & Edge::STATE == state as u64
    }

    /// The state after it.
    #[inline(always)]
    pub fn to(self) -> State {
        (self.0 >> Edge::STATE_BITS & Edge::STATE) as State
    }

    /// Cycles until the instruction issues.
    #[inline(always)]
    pub fn waits(self) -> u64 {
        self.0 >> (2 * Edge::STATE_BITS + 1)
    }

    /// It executes in the late stage.
    #[inline(always)]
    pub fn late(self) -> bool {
        self.0 >> (2 * Edge::STATE_BITS) & 1 != 0
    }
}

/// What the instruction of a slot does to the states that it has met.
#[derive(Clone, Debug)]
pub struct Edges([Cell<Edge>; 4]);

impl Default for Edges {
    /// It has met none.
    fn default() -> Edges {
        Edges([const { Cell::new(Edge::NONE) }; 4])
    }
}

impl Edges {
    /// What it does to this one.
    #[inline(always)]
    pub fn find(&self, state: State) -> Option<Edge> {
        self.0.iter().map(Cell::get).find(|edge| edge.is_from(state))
    }

    pub(super) fn add(&self, edge: Edge) {
        for i in (1..self.0.len()).rev() {
            self.0[i].set(self.0[i - 1].get());
        }
        self.0[0].set(edge);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(register: u8, cycles: u8) -> Relative {
        let mut state = Relative::new(FRESH, [0; UNITS], 0);
        state.awaits(register, u64::from_le_bytes([cycles; 8])).unwrap();
        state
    }

    #[test]
    fn a_state_has_one_number_and_time_brings_it_to_the_one_where_nothing_is_awaited() {
        let mut states = States::default();
        let three = states.number(waiting(5, 3)).unwrap();
        let two = states.number(waiting(5, 2)).unwrap();
        assert_eq!(states.number(waiting(5, 3)), Some(three));
        assert_eq!((states.later(three, 1), states.later(three, 1)), (Some(two), Some(two)));
        assert_eq!(states.number(Relative::new(FRESH, [0; UNITS], 0)), Some(CALM));
        assert_eq!((states.later(three, 3), states.later(two, 40)), (Some(CALM), Some(CALM)));
    }

    #[test]
    fn too_many_states_are_said_to_be_too_many_and_no_more_come_up() {
        let mut states = States::default();
        let mut n = 0;
        while !states.is_full() {
            assert_eq!(states.number(Relative::new(n, [0; UNITS], 0)), Some(CALM + 1 + n as State));
            n += 1;
        }
        assert_eq!(states.number(waiting(1, 1)), None);
    }

    #[test]
    fn a_slot_finds_what_it_does_to_the_last_four_states_that_it_met() {
        let edges = Edges::default();
        for from in 1..=5 {
            assert_eq!(edges.find(from), None);
            edges.add(Edge::new(from, from + 10, from as u64 * 3, from % 2 == 0));
        }
        assert_eq!(edges.find(1), None);
        for from in 2..=5 {
            let edge = edges.find(from).unwrap();
            assert_eq!((edge.to(), edge.waits(), edge.late()), (from + 10, from as u64 * 3, from % 2 == 0));
        }
    }

    #[test]
    fn late_results_are_told_apart_by_all_that_decides_where_they_lead() {
        let mut states = States::default();
        let delay = |to, register, late| {
            Delay::new(to, Kind::of(cmodx_isa::Class::Load, &Default::default()), [register, 127], late).unwrap()
        };
        states.remember(delay(1, 5, 20), 7);
        assert_eq!(states.delayed(delay(1, 5, 20)), Some(7));
        for other in [delay(2, 5, 20), delay(1, 6, 20), delay(1, 5, 21)] {
            assert_eq!(states.delayed(other), None);
        }
    }
}
