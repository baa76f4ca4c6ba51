//! Does the timed machine show what the architecture forbids? For each fetch: the store that it read from is at or above the floor
//! that the relaxed world's model computes (docs/relaxed.md, *fetch has a floor*).
//!
//! The checker hears of all acts ([`Act`]) in the order in which they take place and knows nothing of the machine otherwise. What a
//! fetch read comes from the machine: which beat of which fill its copy has the bytes of, and the bytes; they must be those of the
//! last store before that beat. The floor comes from the acts alone:
//!
//! - RISC-V: the last store before the hart's last FENCE.I. With Ziccid also the last store before those that its earlier fetches read.
//! - AArch64: let v be the hart's last context synchronization event, or a store that an earlier fetch of it read, whichever is later. DIC = 1: the last
//!   store before v. DIC = 0, IDC = 1: the last store before the last IC of the line that was complete at v. IDC = 0: the last store
//!   before the last DC of the line that was complete before that IC. Complete: who executed it has executed a DSB since.
//!
//! The model's views are what a hart *knows* to have come before; here they are all that did, which the machine promises too, as stores reach its
//! memory one after the other. So this floor is never below the model's, and a fetch that is below it is a bug of the machine
//! or a promise of the machine that is broken.
//!
//! Each event costs one binary search in what is known of its word or line.

use crate::core_model::LINE;
use crate::ids::{Cycle, HartId};
use crate::timed::observe::{Act, Event, Fetch, Fill, Observer, Write};
use cmodx_isa::Arch;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// Violations that are kept; the others are counted.
const KEPT: usize = 16;

/// A place in the order of events, from 1 on.
type Time = u64;

/// A value of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Who stored it, when; `None` for what was there at first.
    pub stored: Option<(HartId, Cycle)>,
    /// The word since then.
    pub value: u32,
    time: Time,
}

/// What is wrong with a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It read a value older than the floor.
    TooOld {
        /// What it read.
        read: Version,
        /// What it could read at the earliest.
        floor: Version,
    },
    /// Its bytes are not those of the store that its copy has read from.
    OtherBytes {
        /// What it should have read.
        read: Version,
    },
    /// No fill has read memory in that cycle.
    NoFill,
}

/// A fetch that the model forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Who fetched.
    pub hart: HartId,
    /// When.
    pub cycle: Cycle,
    /// What.
    pub fetch: Fetch,
    /// Physical address of the word that is wrong.
    pub word: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Maintenance of a line: complete at a time, for all stores up to another one.
#[derive(Clone, Copy, Debug)]
struct Done {
    complete: Time,
    covers: Time,
}

/// The latest time covered by what was complete at another one. What is covered never shrinks.
fn covered(done: &[Done], by: Time) -> Option<Time> {
    done[..done.partition_point(|d| d.complete <= by)].last().map(|d| d.covers)
}

fn push(done: &mut Vec<Done>, complete: Time, covers: Time) {
    let covers = done.last().map_or(covers, |last| covers.max(last.covers));
    done.push(Done { complete, covers });
}

/// A beat that a copy has: when it read, and the state of memory that it saw.
#[derive(Clone, Copy, Debug)]
struct Beat {
    cycle: Cycle,
    time: Time,
    since: Option<(Cycle, HartId)>,
}

/// Lines of the machine's instruction caches, by words: beats of older fills than the last so many cannot be executed from.
const BEATS: usize = 4;

#[derive(Clone, Copy, Debug)]
enum Begun {
    Clean(u64),
    Invalidate(Option<u64>),
    InvalidateOwn,
}

#[derive(Clone, Debug, Default)]
struct Hart {
    /// Its last FENCE.I or context synchronization event.
    synchronized: Time,
    /// The latest store that a fetch has read.
    fetched: Time,
    begun: Vec<(Begun, Time)>,
    /// IC IALLU.
    own: Vec<Done>,
    /// By word, the last beats that read it.
    beats: HashMap<u64, Vec<Beat>>,
}

#[derive(Clone, Debug, Default)]
struct Line {
    cleaned: Vec<Done>,
    invalidated: Vec<Done>,
}

/// The checker of one machine.
#[derive(Clone, Debug)]
pub struct Refinement {
    arch: Arch,
    dic: bool,
    idc: bool,
    code: Range<u64>,
    now: Time,
    /// By word, from the first value on.
    words: BTreeMap<u64, Vec<Version>>,
    lines: BTreeMap<u64, Line>,
    everywhere: Vec<Done>,
    harts: Vec<Hart>,
    violations: Vec<Violation>,
    wrong: u64,
    checked: u64,
}

impl Refinement {
    /// Checks fetches of these physical addresses of a machine with cold caches.
    pub fn new(arch: Arch, dic: bool, idc: bool, harts: usize, code: Range<u64>) -> Refinement {
        Refinement {
            arch,
            dic,
            idc,
            code,
            now: 0,
            words: BTreeMap::new(),
            lines: BTreeMap::new(),
            everywhere: Vec::new(),
            harts: vec![Hart::default(); harts],
            violations: Vec::new(),
            wrong: 0,
            checked: 0,
        }
    }

    /// The first fetches that the model forbids.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// How many there were.
    pub fn wrong(&self) -> u64 {
        self.wrong
    }

    /// Fetches of words that had been stored to.
    pub fn checked(&self) -> u64 {
        self.checked
    }

    fn write(&mut self, hart: HartId, cycle: Cycle, write: &Write) {
        let (at, bytes) = (write.at, write.size.bytes());
        if at >= self.code.end || at + bytes <= self.code.start {
            return;
        }
        for (word, before) in ((at & !3)..at + bytes).step_by(4).zip(write.old) {
            let versions = self.words.entry(word).or_default();
            if versions.last().is_none_or(|last| last.value != before) {
                // There at first; or firmware has put it there.
                let time = if versions.is_empty() { 0 } else { self.now - 1 };
                versions.push(Version { stored: None, value: before, time });
            }
            // Bytes of the word that the store does not cover stay as they are.
            let value = (0..bytes).filter(|byte| (at + byte) & !3 == word).fold(before, |value, byte| {
                let (to, from) = (8 * ((at + byte) % 4), 8 * byte);
                value & !(0xff << to) | ((write.value >> from & 0xff) as u32) << to
            });
            versions.push(Version { stored: Some((hart, cycle)), value, time: self.now });
        }
    }

    fn fill(&mut self, hart: HartId, cycle: Cycle, fill: &Fill) {
        let beats = &mut self.harts[hart.index()].beats;
        for n in 0..fill.beats as u64 {
            let start = fill.line + fill.offset as u64 + n * fill.beat as u64;
            if start >= self.code.end || start + fill.beat as u64 <= self.code.start {
                continue;
            }
            let beat = Beat { cycle: cycle.after(n), time: self.now, since: fill.since };
            for word in (start..start + fill.beat as u64).step_by(4) {
                let known = beats.entry(word).or_default();
                if known.len() == BEATS {
                    known.remove(0);
                }
                known.push(beat);
            }
        }
    }

    fn complete(&mut self, hart: HartId) {
        let complete = self.now;
        for (begun, issued) in std::mem::take(&mut self.harts[hart.index()].begun) {
            match begun {
                Begun::Clean(line) => push(&mut self.lines.entry(line).or_default().cleaned, complete, issued),
                Begun::Invalidate(Some(line)) => {
                    let idc = self.idc;
                    let line = self.lines.entry(line).or_default();
                    if let Some(covers) = if idc { Some(issued) } else { covered(&line.cleaned, issued) } {
                        push(&mut line.invalidated, complete, covers);
                    }
                }
                Begun::Invalidate(None) => push(&mut self.everywhere, complete, issued),
                Begun::InvalidateOwn => push(&mut self.harts[hart.index()].own, complete, issued),
            }
        }
    }

    /// Stores to the line up to this time are seen by the hart's fetches.
    fn floor(&self, hart: HartId, line: u64) -> Time {
        let Hart { synchronized, fetched, own, .. } = &self.harts[hart.index()];
        if self.arch == Arch::Riscv64 {
            return if self.dic { *synchronized.max(fetched) } else { *synchronized };
        }
        let view = *synchronized.max(fetched);
        if self.dic {
            return view;
        }
        let nothing = Line::default();
        let line = self.lines.get(&line).unwrap_or(&nothing);
        let cleaned = |by| if self.idc { Some(by) } else { covered(&line.cleaned, by) };
        let all = covered(&self.everywhere, view).and_then(cleaned);
        let own = covered(own, view).and_then(cleaned);
        covered(&line.invalidated, view).max(all).max(own).unwrap_or(0)
    }

    fn fetch(&mut self, hart: HartId, cycle: Cycle, fetch: &Fetch) {
        let mut shift = 0;
        for (at, bytes) in fetch.parts() {
            for word in ((at & !3)..at + bytes).step_by(4) {
                let within = word.max(at)..(word + 4).min(at + bytes);
                let length = within.end - within.start;
                let mask = if length == 4 { u32::MAX } else { (1 << (8 * length)) - 1 };
                let seen = (shift < 32).then(|| (fetch.word >> shift) & mask);
                let read = |value: u32| value >> (8 * (within.start - word)) & mask;
                let copied = fetch.copied[(shift > 0) as usize];
                shift += 8 * length as u32;
                if !self.code.contains(&word) {
                    continue;
                }
                let Some(fault) = self.judge(hart, word, copied, |value| seen.is_none_or(|seen| seen == read(value)))
                else {
                    continue;
                };
                self.wrong += 1;
                if self.violations.len() < KEPT {
                    self.violations.push(Violation { hart, cycle, fetch: *fetch, word, fault });
                }
            }
        }
    }

    /// What is wrong with a fetch of a word from a copy of this cycle.
    fn judge(&mut self, hart: HartId, word: u64, copied: Cycle, fits: impl Fn(u32) -> bool) -> Option<Fault> {
        let versions = self.words.get(&word)?;
        self.checked += 1;
        let beats = self.harts[hart.index()].beats.get(&word);
        let Some(beat) = beats.and_then(|beats| beats.iter().rfind(|beat| beat.cycle == copied)) else {
            return Some(Fault::NoFill);
        };
        let earlier = |version: &Version| match (version.stored, beat.since) {
            (Some((hart, cycle)), Some(since)) => (cycle, hart) < since,
            // In no L1D that would hold it back.
            _ => version.time < beat.time,
        };
        let source = versions.partition_point(earlier) - 1;
        let read = versions[source];
        if !fits(read.value) {
            return Some(Fault::OtherBytes { read });
        }
        let floor = self.floor(hart, word & !(LINE - 1));
        let floor = versions.partition_point(|version| version.time <= floor) - 1;
        let floor = versions[floor];
        let fetched = &mut self.harts[hart.index()].fetched;
        *fetched = read.time.max(*fetched);
        (read.time < floor.time).then_some(Fault::TooOld { read, floor })
    }
}

impl Observer for Refinement {
    fn hear(&mut self, event: &Event) {
        self.now += 1;
        let (now, hart) = (self.now, event.hart);
        let mut begin = |begun| self.harts[hart.index()].begun.push((begun, now));
        match &event.act {
            Act::Write(write) => self.write(hart, event.cycle, write),
            Act::Fill(fill) => self.fill(hart, event.cycle, fill),
            Act::Fetch(fetch) => self.fetch(hart, event.cycle, fetch),
            Act::FenceI => self.harts[hart.index()].synchronized = now,
            Act::Context if self.arch == Arch::Aarch64 => self.harts[hart.index()].synchronized = now,
            // Its cache is cold: what it fetches it reads from now on.
            Act::Context | Act::Start => {}
            Act::Clean(line) => begin(Begun::Clean(*line)),
            Act::Invalidate(line) => begin(Begun::Invalidate(*line)),
            Act::InvalidateOwn => begin(Begun::InvalidateOwn),
            Act::Complete => self.complete(hart),
        }
    }
}
