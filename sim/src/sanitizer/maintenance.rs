//! What a hart has synchronized with: the rules of each architecture.
//!
//! RISC-V (Zifencei): all that had reached memory when the hart last executed FENCE.I, itself or in the firmware for another hart.
//!
//! AArch64 (Arm ARM, B2.2.5 and D8.11 as DOMAIN facts of public sources give them; the manual itself was not read): a store, then DC CVAU of
//! its line where CTR_EL0.IDC = 0, completed by a DSB of who executed it, then IC of the line where DIC = 0, completed likewise, then a
//! context synchronization event of the hart that fetches. Who executed DC and IC does not matter. A hart that has executed an
//! instruction which was stored after the maintenance was complete needs no such event: fetches come in order (`MP.FF+cachesync+po` is
//! Forbidden in Arm's catalogue). So a new branch to new code may be followed.

use crate::ids::{Cycle, HartId};
use cmodx_isa::Arch;
use std::collections::BTreeMap;

/// A place in the order of acts.
pub type Moment = (Cycle, HartId);

/// What the machine's caches promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Instruction set.
    pub arch: Arch,
    /// No IC is needed.
    pub dic: bool,
    /// No DC is needed.
    pub idc: bool,
}

/// What a hart has not done since a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// FENCE.I.
    FenceI,
    /// DC CVAU of the line, completed by DSB.
    Clean,
    /// IC IVAU of the line, completed by DSB.
    Invalidate,
    /// A context synchronization event.
    Context,
}

/// Maintenance of a line that is complete since some moment, and the latest moment whose stores it, or any before it, covers.
#[derive(Clone, Copy, Debug)]
struct Done {
    complete: Moment,
    covers: Moment,
}

/// Finished maintenance of one line.
#[derive(Clone, Debug, Default)]
struct Line {
    cleaned: Vec<Done>,
    invalidated: Vec<Done>,
}

/// Maintenance that waits for a DSB.
#[derive(Clone, Copy, Debug)]
enum Begun {
    Clean(u64),
    Invalidate(Option<u64>),
    InvalidateOwn,
}

#[derive(Clone, Debug, Default)]
struct Hart {
    /// Its last FENCE.I, or context synchronization event.
    synchronized: Option<Moment>,
    /// The latest store that it has executed the result of: AArch64 fetches in order.
    seen: Option<Moment>,
    /// When it started with nothing fetched, if after the beginning.
    started: Option<Moment>,
    begun: Vec<(Begun, Moment)>,
    own: Vec<Done>,
}

/// All maintenance of a machine.
#[derive(Clone, Debug)]
pub struct Maintenance {
    rules: Rules,
    harts: Vec<Hart>,
    lines: BTreeMap<u64, Line>,
    everywhere: Vec<Done>,
}

/// The latest moment covered by what was complete at another one.
fn covered(done: &[Done], by: Moment) -> Option<Moment> {
    done[..done.partition_point(|d| d.complete <= by)].last().map(|d| d.covers)
}

/// More maintenance is complete; all before it was complete earlier.
fn add(done: &mut Vec<Done>, complete: Moment, covers: Moment) {
    let covers = done.last().map_or(covers, |last| covers.max(last.covers));
    done.push(Done { complete, covers });
}

/// Forgets what later maintenance has made useless to every hart: all have synchronized at `earliest` or later.
fn forget(done: &mut Vec<Done>, earliest: Option<Moment>) {
    const MANY: usize = 64;
    if done.len() >= MANY
        && let Some(last) = earliest.and_then(|earliest| done.iter().rposition(|d| d.complete <= earliest))
    {
        done.drain(..last);
    }
}

impl Maintenance {
    /// None yet.
    pub fn new(rules: Rules, harts: usize) -> Maintenance {
        Maintenance { rules, harts: vec![Hart::default(); harts], lines: BTreeMap::new(), everywhere: Vec::new() }
    }

    /// The rules.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The hart's last FENCE.I or context synchronization event.
    pub fn last(&self, hart: HartId) -> Option<Cycle> {
        self.harts[hart.index()].synchronized.map(|(cycle, _)| cycle)
    }

    /// FENCE.I, or a context synchronization event.
    pub fn synchronize(&mut self, hart: HartId, now: Cycle) {
        self.harts[hart.index()].synchronized = Some((now, hart));
    }

    /// The hart has executed what this store wrote: what it fetches next is no older.
    pub fn see(&mut self, hart: HartId, stored: Moment) {
        let seen = &mut self.harts[hart.index()].seen;
        *seen = (*seen).max(Some(stored));
    }

    /// The hart starts.
    pub fn start(&mut self, hart: HartId, now: Cycle) {
        self.harts[hart.index()].started = Some((now, hart));
    }

    /// DC by address.
    pub fn clean(&mut self, hart: HartId, now: Cycle, line: u64) {
        self.begin(hart, now, Begun::Clean(line));
    }

    /// IC by address, or of all.
    pub fn invalidate(&mut self, hart: HartId, now: Cycle, line: Option<u64>) {
        self.begin(hart, now, Begun::Invalidate(line));
    }

    /// IC of the hart's own copies.
    pub fn invalidate_own(&mut self, hart: HartId, now: Cycle) {
        self.begin(hart, now, Begun::InvalidateOwn);
    }

    fn begin(&mut self, hart: HartId, now: Cycle, begun: Begun) {
        self.harts[hart.index()].begun.push((begun, (now, hart)));
    }

    /// DSB: what the hart has begun is complete.
    pub fn complete(&mut self, hart: HartId, now: Cycle) {
        let complete = (now, hart);
        let earliest = self.harts.iter().filter_map(|hart| hart.synchronized).min();
        for (begun, issued) in std::mem::take(&mut self.harts[hart.index()].begun) {
            match begun {
                Begun::Clean(line) => {
                    let cleaned = &mut self.lines.entry(line).or_default().cleaned;
                    add(cleaned, complete, issued);
                    forget(cleaned, earliest);
                }
                Begun::Invalidate(Some(line)) => {
                    let idc = self.rules.idc;
                    let line = self.lines.entry(line).or_default();
                    let covers = if idc { Some(issued) } else { covered(&line.cleaned, issued) };
                    if let Some(covers) = covers {
                        add(&mut line.invalidated, complete, covers);
                    }
                    forget(&mut line.invalidated, earliest);
                }
                Begun::Invalidate(None) => add(&mut self.everywhere, complete, issued),
                Begun::InvalidateOwn => add(&mut self.harts[hart.index()].own, complete, issued),
            }
        }
    }

    /// The latest moment such that the hart has synchronized with all stores to the line up to it.
    pub fn bound(&self, hart: HartId, line: u64) -> Moment {
        let Hart { synchronized, seen, started, own, .. } = &self.harts[hart.index()];
        let by_maintenance =
            (*synchronized).max(*seen).and_then(|synchronized| self.maintained(synchronized, own, line));
        by_maintenance.max(*started).unwrap_or((Cycle(0), HartId(0)))
    }

    fn maintained(&self, synchronized: Moment, own: &[Done], line: u64) -> Option<Moment> {
        if self.rules.arch == Arch::Riscv64 {
            return Some(synchronized);
        }
        let nothing = Line::default();
        let line = self.lines.get(&line).unwrap_or(&nothing);
        let cleaned = |by| if self.rules.idc { Some(by) } else { covered(&line.cleaned, by) };
        if self.rules.dic {
            return cleaned(synchronized);
        }
        let all = |done| covered(done, synchronized).and_then(cleaned);
        covered(&line.invalidated, synchronized).max(all(&self.everywhere)).max(all(own))
    }

    /// What is missing between a store to the line, at this moment, and a fetch of the hart now.
    pub fn missing(&self, line: u64, stored: Moment) -> Missing {
        let Rules { arch, dic, idc } = self.rules;
        if arch == Arch::Riscv64 {
            return Missing::FenceI;
        }
        let nothing = Line::default();
        let line = self.lines.get(&line).unwrap_or(&nothing);
        let cleaned = |by: Option<Moment>| {
            line.cleaned.iter().any(|d| stored <= d.covers && by.is_none_or(|by| d.complete <= by))
        };
        let everywhere = |d: &Done| if idc { stored <= d.covers } else { cleaned(Some(d.covers)) };
        if !idc && !cleaned(None) {
            Missing::Clean
        } else if !dic
            && !line.invalidated.iter().any(|d| stored <= d.covers)
            && !self.everywhere.iter().any(everywhere)
        {
            Missing::Invalidate
        } else {
            Missing::Context
        }
    }
}
