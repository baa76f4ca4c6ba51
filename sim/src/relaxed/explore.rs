//! Exploration: every list of messages, and against each list every hart alone.
//!
//! Lists grow one message at a time, level by level; each list is kept in one form of those that differ only by the order
//! of neighbours that no hart sees both of, or whose order nobody can tell. A hart's run depends only on the messages that concern it, so runs are kept
//! by the list without the others. Levels are worked on in parallel, and what comes out does not depend on how.

use super::arch::RelaxedIsa;
use super::fast_hash::{FastHasher, FastMap, FastSet};
use super::memory::{Image, Sharing, Timeline, Touch};
use super::message::{Footprint, MAX_MESSAGES, Message, Time};
use super::model::Rules;
use super::native::{Request, Runtime};
use super::run::{End, HartPlan, RunResult, Runner};
use super::step::Setting;
use super::thread::Stop;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// What is explored.
#[derive(Clone, Debug)]
pub struct System<I: RelaxedIsa> {
    /// Initial memory.
    pub image: Image,
    /// The harts.
    pub harts: Vec<HartPlan<I>>,
    /// For each hart, where a store sends it an IPI.
    pub ipis: Vec<Option<Footprint>>,
    /// Runtime functions in place of their code.
    pub runtime: Option<Runtime>,
    /// Memory whose last value is part of the outcome.
    pub observed: Vec<Footprint>,
    /// Bytes in a cache line: a power of two, at least 4.
    pub line: u64,
    /// The rules.
    pub rules: Rules,
    /// A fetch that may see two instructions which must not replace each other while they are executed ends the hart.
    pub strict_fetch: bool,
    /// Every 4-byte RISC-V instruction is fetched in two halves, as if it stood at an address that is 2 modulo 4.
    pub split_words: bool,
    /// Every order of messages is explored, that of messages whose order nobody can tell too: to check that nothing is lost.
    pub every_order: bool,
    /// The longest list to explore, at most [`MAX_MESSAGES`].
    pub max_messages: usize,
    /// Most lists to explore.
    pub max_lists: u64,
    /// Most states of single harts, in all runs together; the level that reaches them is the last.
    pub max_total: u64,
    /// Most bytes of lists and of what is kept of runs.
    pub max_bytes: usize,
    /// Most lists of one length. Where there are more, as many are drawn by `seed`: random walks, each against all that
    /// every hart can do.
    pub width: usize,
    /// What to draw by.
    pub seed: u64,
}

/// How all harts together may end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// Observed registers, of each hart.
    pub registers: Vec<Vec<u64>>,
    /// Observed memory.
    pub memory: Vec<u128>,
}

/// A hart that stopped where it should not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incident {
    /// Number of the hart.
    pub hart: u8,
    /// How it stopped.
    pub end: End,
}

/// All that can happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explored {
    /// Each outcome, with the first shortest list that leads to it.
    pub outcomes: BTreeMap<Outcome, Vec<Message>>,
    /// Each end at which a hart is done, where bad ends were asked for.
    pub ends: BTreeSet<Incident>,
    /// Each incident, with the first shortest list that leads to it.
    pub incidents: BTreeMap<Incident, Vec<Message>>,
    /// Something was left out because of a bound.
    pub bounded: bool,
    /// That bound was the one on memory.
    pub out_of_memory: bool,
    /// Lists explored.
    pub lists: u64,
    /// States of single harts that were looked at.
    pub states: u64,
    /// Runs of single harts.
    pub runs: u64,
    /// Length of the longest list.
    pub longest: usize,
    /// Who touches what.
    pub sharing: Sharing,
    /// Requests sent (see [`super::native`]), by number.
    pub requests: BTreeSet<(u8, Request)>,
    /// Addresses of the barriers and cache operations that a hart which sends requests executed.
    pub barriers: BTreeSet<u64>,
}

/// Says whether a hart that is done has come to a bad end.
pub type BadEnd<'a> = dyn Fn(usize, &End) -> bool + Sync + 'a;

/// What one level found.
type Cache = Vec<FastMap<Vec<Message>, Arc<RunResult>>>;

impl<I: RelaxedIsa> System<I> {
    /// Explores everything.
    pub fn explore(&self) -> Explored {
        self.explore_until(None)
    }

    /// The same; ends where some hart comes to an end that `bad` names, or stops where it should not, after the lists of that
    /// length.
    pub fn explore_until(&self, bad: Option<&BadEnd<'_>>) -> Explored {
        self.explore_knowing(self.initial_sharing(), bad)
    }

    /// The same, with what is known already of who touches what.
    pub fn explore_knowing(&self, mut sharing: Sharing, bad: Option<&BadEnd<'_>>) -> Explored {
        let mut spent = (0, 0);
        let mut cache: Cache = vec![FastMap::default(); self.harts.len()];
        loop {
            let (mut explored, found) = self.explore_with(&sharing, bad, spent.0, &mut cache);
            explored.states += spent.0;
            explored.runs += spent.1;
            // What was found is of the list behind the last level: the levels up to there saw nothing of it.
            if found.is_empty() || explored.states > self.max_total {
                explored.bounded |= !found.is_empty();
                explored.sharing = sharing;
                return explored;
            }
            spent = (explored.states, explored.runs);
            self.learn(&mut sharing, &found, &mut cache);
        }
    }

    /// Adds what was found, and forgets the runs that may go differently now: those that touched it.
    fn learn(&self, sharing: &mut Sharing, found: &[(u64, Touch)], cache: &mut Cache) {
        let asker = self.runtime.as_ref().map(|r| r.asker as usize);
        let (mut changed, mut louder): (FastSet<u64>, FastSet<u64>) = Default::default();
        for (granule, touch) in found {
            let before = sharing.of(*granule).unwrap_or_default();
            sharing.add(*granule, *touch);
            let after = sharing.of(*granule).unwrap_or_default();
            let same = Touch { loud: after.loud, ..before } == after;
            if same { &mut louder } else { &mut changed }.insert(*granule);
        }
        for (hart, runs) in cache.iter_mut().enumerate() {
            // Whether a place is loud matters to who writes quietly alone.
            let writes_quietly = asker.is_none_or(|a| a == hart);
            let other = |g: &u64| changed.contains(g) || writes_quietly && louder.contains(g);
            runs.retain(|_, run| !run.touched.iter().any(other));
        }
    }

    fn initial_sharing(&self) -> Sharing {
        let mut sharing = Sharing::default();
        for at in &self.observed {
            at.granules().for_each(|g| {
                sharing.add(g, Touch { harts: 0, public: true, loud: true });
            });
        }
        for (hart, at) in self.ipis.iter().enumerate() {
            for granule in at.iter().flat_map(|at| at.granules()) {
                sharing.add(granule, Touch { harts: 1 << hart, public: true, loud: true });
            }
        }
        if let Some(runtime) = &self.runtime {
            let mut place = |at: Footprint, harts| {
                at.granules().for_each(|g| {
                    sharing.add(g, Touch { harts, public: true, loud: true });
                });
            };
            let all = (1 << runtime.harts) - 1;
            place(runtime.finished(), all);
            Request::ALL.iter().for_each(|request| place(runtime.request(*request), all));
            for hart in runtime.others() {
                let both = 1 << hart | 1 << runtime.asker;
                place(runtime.left(hart), both);
                Request::ALL.iter().for_each(|request| place(runtime.answer(hart, *request), both));
            }
        }
        sharing
    }

    /// What hart number `hart` runs against: `list` holds the messages that concern it.
    pub(super) fn setting<'a>(&'a self, sharing: &'a Sharing, hart: usize, list: &'a [Message]) -> Setting<'a> {
        Setting {
            arch: I::ARCH,
            rules: self.rules,
            image: &self.image,
            list,
            sharing,
            hart: hart as u8,
            ipis: &self.ipis,
            runtime: self.runtime.as_ref(),
            line: self.line,
            max_messages: self.max_messages.min(MAX_MESSAGES),
            strict_fetch: self.strict_fetch,
            split_words: self.split_words,
            every_order: self.every_order,
        }
    }

    /// The messages that concern a hart.
    pub(super) fn project(&self, sharing: &Sharing, hart: usize, list: &[Message]) -> Vec<Message> {
        list.iter().filter(|m| sharing.concerns(hart as u8, m, self.line)).copied().collect()
    }

    /// Explores as long as nothing new is found of who touches what; that, and all up to there.
    fn explore_with(
        &self,
        sharing: &Sharing,
        bad: Option<&BadEnd<'_>>,
        spent: u64,
        cache: &mut Cache,
    ) -> (Explored, Vec<(u64, Touch)>) {
        let mut explored = Explored::default();
        let mut level: Vec<Vec<Message>> = vec![Vec::new()];
        while !level.is_empty() {
            let projected: Vec<Vec<Vec<Message>>> =
                level.iter().map(|m| (0..self.harts.len()).map(|h| self.project(sharing, h, m)).collect()).collect();
            let found = self.fill(sharing, &projected, cache, &mut explored);
            if !found.is_empty() {
                return (explored, found);
            }
            let mut next: FastSet<Vec<Message>> = FastSet::default();
            for (list, keys) in level.iter().zip(&projected) {
                explored.lists += 1;
                explored.longest = explored.longest.max(list.len());
                let results: Vec<&RunResult> = keys.iter().zip(&*cache).map(|(k, c)| &*c[k]).collect();
                explored.bounded |= results.iter().any(|r| r.bounded);
                explored.out_of_memory |= results.iter().any(|r| r.out_of_memory);
                for result in &results {
                    explored.requests.extend(&result.requests);
                    explored.barriers.extend(&result.barriers);
                }
                self.conclude(list, &results, &mut explored, bad);
                if list.len() >= self.max_messages.min(MAX_MESSAGES) {
                    explored.bounded |= results.iter().any(|r| !r.next.is_empty());
                    continue;
                }
                for messages in results.iter().flat_map(|r| &r.next) {
                    let longer = |list: Vec<Message>, message| self.extended(sharing, &list, message);
                    next.insert(messages.iter().copied().fold(list.clone(), longer));
                }
            }
            let stopped = |i: &Incident| !matches!(i.end.stop, Stop::Unsupported(..));
            if bad.is_some() && explored.incidents.keys().any(stopped) {
                break;
            }
            if self.bytes(&next, cache) > self.max_bytes {
                // A longer list leaves out no message of this one: older runs are asked for again after a new beginning alone.
                for (hart, runs) in cache.iter_mut().enumerate() {
                    let used: FastSet<&Vec<Message>> = projected.iter().map(|keys| &keys[hart]).collect();
                    runs.retain(|key, _| used.contains(key));
                }
                if self.bytes(&next, cache) > self.max_bytes {
                    (explored.bounded, explored.out_of_memory) = (true, true);
                    break;
                }
            }
            if explored.lists + next.len() as u64 > self.max_lists || spent + explored.states > self.max_total {
                explored.bounded |= !next.is_empty();
                break;
            }
            level = next.into_iter().collect();
            if level.len() > self.width {
                explored.bounded = true;
                level.sort_unstable();
                level.sort_by_cached_key(|list| self.draw(list));
                level.truncate(self.width);
            }
            level.sort_unstable();
        }
        (explored, Vec::new())
    }

    /// About how many bytes these lists, their projections, and what is kept of runs take.
    fn bytes(&self, lists: &FastSet<Vec<Message>>, cache: &Cache) -> usize {
        const ENTRY: usize = 64;
        let list = |l: &Vec<Message>| ENTRY + l.len() * size_of::<Message>();
        let lists: usize = lists.iter().map(list).sum();
        let run = |(key, run): (&Vec<Message>, &Arc<RunResult>)| {
            let next: usize = run.next.iter().map(list).sum();
            list(key) + size_of::<RunResult>() + next + run.ends.len() * 2 * ENTRY + 8 * run.touched.len()
        };
        let runs: usize = cache.iter().flatten().map(run).sum();
        lists * (2 + self.harts.len()) + runs
    }

    /// A number for a list that depends on the seed.
    fn draw(&self, list: &[Message]) -> u64 {
        let mut hasher = FastHasher::default();
        self.seed.hash(&mut hasher);
        list.hash(&mut hasher);
        hasher.finish()
    }

    /// Makes the runs that are missing; what they found of who touches what.
    fn fill(
        &self,
        sharing: &Sharing,
        projected: &[Vec<Vec<Message>>],
        cache: &mut Cache,
        explored: &mut Explored,
    ) -> Vec<(u64, Touch)> {
        let mut missing: Vec<(usize, &Vec<Message>)> = Vec::new();
        let mut asked: Vec<FastSet<&Vec<Message>>> = vec![FastSet::default(); self.harts.len()];
        for (hart, key) in projected.iter().flat_map(|keys| keys.iter().enumerate()) {
            if !cache[hart].contains_key(key) && asked[hart].insert(key) {
                missing.push((hart, key));
            }
        }
        let run = |(hart, key): &(usize, &Vec<Message>)| {
            Runner::new(&self.harts[*hart], self.setting(sharing, *hart, key)).run()
        };
        const WORTH_SHARING: usize = 8;
        let results: Vec<RunResult> = if missing.len() < WORTH_SHARING {
            missing.iter().map(run).collect()
        } else {
            missing.par_iter().map(run).collect()
        };
        explored.runs += results.len() as u64;
        explored.states += results.iter().map(|r| r.states).sum::<u64>();
        let found = results.iter().flat_map(|r| r.found.iter().copied()).collect();
        for ((hart, key), result) in missing.into_iter().zip(results).filter(|(_, r)| r.found.is_empty()) {
            cache[hart].insert(key.clone(), Arc::new(result));
        }
        found
    }

    /// Takes the outcomes and incidents of a list.
    fn conclude(&self, list: &[Message], results: &[&RunResult], explored: &mut Explored, bad: Option<&BadEnd<'_>>) {
        let memory = Timeline { image: &self.image, list, own: &[] };
        for (hart, result) in results.iter().enumerate() {
            let others = results.iter().enumerate().all(|(h, r)| h == hart || r.keeps_promises);
            for end in result.ends.iter().filter(|e| others && e.stop != Stop::Bound) {
                let incident = Incident { hart: hart as u8, end: end.clone() };
                if end.stop == Stop::Done {
                    let Some(bad) = bad else { continue };
                    if !explored.ends.contains(&incident) {
                        explored.ends.insert(incident.clone());
                    }
                    if !bad(hart, end) {
                        continue;
                    }
                }
                explored.incidents.entry(incident).or_insert_with(|| list.to_vec());
            }
        }
        let done: Vec<Vec<&Vec<u64>>> = results
            .iter()
            .map(|r| r.ends.iter().filter(|e| e.stop == Stop::Done).map(|e| &e.registers).collect())
            .collect();
        if done.iter().any(Vec::is_empty) {
            return;
        }
        let last: Vec<u128> =
            self.observed.iter().map(|at| memory.value(*at, list.len() as Time).unwrap_or(0)).collect();
        let mut pick = vec![0; done.len()];
        loop {
            let registers = pick.iter().zip(&done).map(|(p, d)| d[*p].clone()).collect();
            let outcome = Outcome { registers, memory: last.clone() };
            explored.outcomes.entry(outcome).or_insert_with(|| list.to_vec());
            let Some(hart) = (0..pick.len()).rev().find(|h| pick[*h] + 1 < done[*h].len()) else { break };
            pick[hart] += 1;
            pick[hart + 1..].fill(0);
        }
    }

    /// The list with one message more, in its least form: messages that no hart sees both of stand in ascending order
    /// where they can.
    fn extended(&self, sharing: &Sharing, list: &[Message], message: Message) -> Vec<Message> {
        let sees = |hart: usize, m: &Message| sharing.concerns(hart as u8, m, self.line);
        let runtime = self.runtime.as_ref().filter(|_| !self.every_order);
        let answers = |other: &Message| runtime.is_some_and(|r| r.both_answers(other, &message));
        let both = |other: &Message| (0..self.harts.len()).any(|h| sees(h, other) && sees(h, &message));
        let bound = |other: &Message| both(other) && !answers(other);
        let after = list.iter().rposition(bound).map_or(0, |i| i + 1);
        let at = list[after..].iter().position(|m| *m > message).map_or(list.len(), |i| after + i);
        let mut longer = Vec::with_capacity(list.len() + 1);
        longer.extend_from_slice(&list[..at]);
        longer.push(message);
        longer.extend_from_slice(&list[at..]);
        longer
    }
}
