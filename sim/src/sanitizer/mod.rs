//! The CMODX sanitizer of the timed world: reports every fetch of a modified word that the fetching hart has not synchronized with,
//! even when the bytes happened to be right, as KCSAN does for data.
//!
//! # What is reported
//!
//! A hart executes an instruction, and some of its bytes were stored to since the hart last *synchronized* with them
//! ([`maintenance`] says what that takes on each architecture). It is a **race** unless the architecture lets these bytes be modified
//! while they are executed:
//!
//! - **RISC-V**: the store is another hart's, the instruction is one naturally aligned unit, which Ziccif fetches in one piece (the
//!   ziccif chapter of the unprivileged manual; Ziccid keeps that), and the store covers all of it. A hart that stores code and runs it without FENCE.I
//!   is a race always: that is no concurrent modification but a program that relies on what Zifencei does not promise.
//!   Two instructions, one behind the other, both of them stored to since the hart synchronized, are a race too, whatever one store
//!   or two did it: a fetch of one may be old and of the other new. The sequence is *torn* when it was so indeed.
//! - **AArch64**: all values that the instruction has had since then, the old one among them, are of {B, BL, BRK, HVC, ISB, NOP, SMC, SVC}, or conditional
//!   branches B.cond, whose condition and target may be mixed (Arm ARM B2.2.5, the list as older issues of the manual have it). Each such word
//!   may be modified for itself, sequences of them too, by any hart.
//!
//! A store counts from when it reaches memory; the hart's own from when it is issued.
//!
//! # What it does not see
//!
//! Stores of devices and of the firmware, among them system calls of `--user` that fill memory. More than the last 16 stores to a
//! word: older ones are taken to be of the same kind. Bytes that are written to a line before it is ever fetched, by several stores
//! to one word, count as stored by the last of them.

mod maintenance;
mod shadow;

pub use maintenance::{Missing, Rules};

use crate::core_model::LINE;
use crate::ids::{Cycle, HartId};
use crate::memory::Ram;
use crate::timed::observe::{Act, Event, Fetch, Observer};
use cmodx_isa::{Arch, Size};
use maintenance::Maintenance;
use shadow::{Shadow, Stored, Undo, words};
use std::collections::BTreeMap;

/// Pairs of a store and a fetch that are kept; what comes beyond is counted.
const KEPT: usize = 1024;

/// A store that has been issued and may not have reached memory.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Physical address.
    pub at: u64,
    /// Bytes.
    pub size: Size,
    /// What they become.
    pub value: u64,
    /// Address of the store instruction.
    pub pc: u64,
    /// When it reaches memory, at the earliest.
    pub cycle: Cycle,
}

impl Waiting {
    /// These bytes, which are `now`, when the store has reached them.
    fn over(&self, at: u64, bytes: u64, now: u32) -> u32 {
        let stored = self.at..self.at + self.size.bytes();
        (0..bytes).filter(|byte| stored.contains(&(at + byte))).fold(now, |now, byte| {
            let new = (self.value >> (8 * (at + byte - self.at)) & 0xff) as u32;
            now & !(0xff << (8 * byte)) | new << (8 * byte)
        })
    }
}

/// Why a fetch that has not been synchronized is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The hart runs what it stored itself.
    OwnStore,
    /// RISC-V: the instruction is not one aligned unit, or was not stored in one piece.
    NotOneUnit,
    /// RISC-V: so was the instruction before it.
    Sequence,
    /// AArch64: the old or the new instruction is not of those that may be changed live.
    NotListed,
}

impl Why {
    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Why::OwnStore => "own-store",
            Why::NotOneUnit => "not-one-unit",
            Why::Sequence => "sequence",
            Why::NotListed => "not-listed",
        }
    }
}

/// A store of a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RacingStore {
    /// Who stored.
    pub hart: HartId,
    /// When it reached memory; a store that has not, when it can at the earliest.
    pub cycle: Cycle,
    /// Address of the store instruction.
    pub pc: u64,
    /// Physical address stored to.
    pub at: u64,
    /// Bytes stored.
    pub size: u8,
}

/// An executed instruction that the hart has not synchronized with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RacingFetch {
    /// As it was fetched.
    pub fetch: Fetch,
    /// When it was executed.
    pub cycle: Cycle,
    /// What memory held before the store, of its first four bytes.
    pub old: u32,
    /// What it holds now, or will when the hart's own stores have reached it.
    pub new: u32,
    /// The latest store that the hart has not synchronized with.
    pub store: RacingStore,
}

impl RacingFetch {
    /// True when it was executed as it is in memory no more, or will not be when the hart's own stores have reached it.
    pub fn is_stale(&self) -> bool {
        self.fetch.word != self.new
    }
}

/// A store and a fetch without what must come between them: the first such pair of these two instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Race {
    /// Who fetched.
    pub hart: HartId,
    /// The fetch, and the store.
    pub fetch: RacingFetch,
    /// The instruction before it, where that is what makes it a race.
    pub before: Option<RacingFetch>,
    /// Why it is one.
    pub why: Why,
    /// What is missing.
    pub missing: Missing,
    /// When the hart last synchronized its fetches.
    pub last: Option<Cycle>,
    /// How often these two instructions raced.
    pub count: u64,
}

impl Race {
    /// True when the hart has executed old and new instructions of one sequence.
    pub fn is_torn(&self) -> bool {
        self.before.is_some_and(|before| before.is_stale() != self.fetch.is_stale())
    }
}

/// The sanitizer of one machine.
#[derive(Clone)]
pub struct Sanitizer {
    maintenance: Maintenance,
    shadow: Shadow,
    /// Of each hart, the last instruction that it executed unsynchronized.
    previous: Vec<Option<RacingFetch>>,
    undo: Vec<Undo>,
    /// By store and fetch.
    races: BTreeMap<(u64, u64), Race>,
    others: u64,
}

impl Sanitizer {
    /// Watches a machine with this memory from now on.
    pub fn new(rules: Rules, harts: usize, ram: &Ram) -> Sanitizer {
        Sanitizer {
            maintenance: Maintenance::new(rules, harts),
            shadow: Shadow::new(ram),
            previous: vec![None; harts],
            undo: vec![Undo::new(); harts],
            races: BTreeMap::new(),
            others: 0,
        }
    }

    /// The races found, each pair of store and fetch instruction once, by their addresses.
    pub fn races(&self) -> impl Iterator<Item = &Race> {
        self.races.values()
    }

    /// Races of further pairs, which are not kept.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// A store is about to reach memory, made ahead of other harts or not. True when somebody has decoded what it changes.
    #[inline(always)]
    pub fn stored(&mut self, hart: HartId, store: Waiting, ram: &Ram, ahead: bool) -> bool {
        let mut decoded = false;
        for word in words(store.at, store.size.bytes()) {
            let undo = if ahead { Some(&mut self.undo[hart.index()]) } else { None };
            decoded |= self.shadow.store(word, store, hart, ram, undo);
        }
        decoded
    }

    /// Forgets what a hart has stored ahead.
    pub fn undo(&mut self, hart: HartId) {
        self.shadow.undo(&mut self.undo[hart.index()]);
    }

    /// What a hart has stored ahead so far is not undone any more.
    pub fn keep(&mut self, hart: HartId) {
        self.undo[hart.index()].clear();
    }

    /// A line begins to be filled into an instruction cache.
    pub fn fill(&mut self, line: u64) {
        self.shadow.fill(line);
    }

    /// True when one of these bytes is of a line that was ever filled.
    #[inline(always)]
    pub fn is_code(&self, at: u64, bytes: u64) -> bool {
        self.shadow.is_filled(at) || at % LINE + bytes > LINE && self.shadow.is_filled(at + bytes - 1)
    }

    /// True when somebody has decoded one of these bytes without a mark.
    pub fn is_decoded(&self, at: u64, bytes: u64) -> bool {
        self.shadow.is_decoded(at, bytes)
    }

    /// Somebody decodes a line and marks these words of it.
    pub fn decode(&mut self, line: u64, marked: u16) {
        self.shadow.decode(line, !marked);
    }

    /// The words of a line that a hart, in whose store buffer these bytes wait, has not synchronized with.
    pub fn unsynchronized(&self, hart: HartId, line: u64, waiting: impl Iterator<Item = (u64, u64)>) -> u16 {
        let mut marked = 0;
        for word in waiting.flat_map(|(at, bytes)| words(at, bytes)).filter(|word| word & !(LINE - 1) == line) {
            marked |= 1 << (word % LINE / 4);
        }
        let mut stored = self.shadow.line(line).peekable();
        if stored.peek().is_none() {
            return marked;
        }
        let bound = self.maintenance.bound(hart, line);
        stored.filter(|(_, s)| (s.cycle, s.hart) > bound).fold(marked, |all, (word, _)| all | 1 << word)
    }

    /// A marked instruction was executed, while these stores of the hart wait. True when it had synchronized with all of it.
    pub fn fetched(
        &mut self,
        hart: HartId,
        cycle: Cycle,
        fetch: &Fetch,
        waiting: impl Iterator<Item = Waiting> + Clone,
        ram: &Ram,
    ) -> bool {
        let Some(seen) = self.look(hart, fetch, waiting.clone(), ram) else { return true };
        let memory = |at, bytes| {
            let now = ram.read(at, if bytes == 2 { Size::Half } else { Size::Word }).unwrap_or(0) as u32;
            let coming = waiting.clone().filter(|store| store.pc != fetch.pc);
            coming.fold(now, |now, store| store.over(at, bytes, now))
        };
        let parts = || fetch.parts().map(|(at, bytes)| (at, if bytes == 2 { 2 } else { 4 }));
        let new = together(parts().map(|(at, bytes)| (memory(at, bytes), bytes)));
        let old = together(parts().map(|(at, bytes)| (self.old(&seen, at, ram), bytes)));
        let this = RacingFetch { fetch: *fetch, cycle, old, new, store: seen.latest };
        let (copied, latest) = (fetch.copied[0], seen.latest);
        if self.maintenance.rules().arch == Arch::Aarch64 && !this.is_stale() && latest.cycle < copied {
            self.maintenance.see(hart, (latest.cycle, latest.hart));
        }
        let previous = self.previous[hart.index()].replace(this);
        let before = previous.filter(|p| p.fetch.pc.wrapping_add(p.fetch.length as u64) == fetch.pc);
        let why = match self.maintenance.rules().arch {
            Arch::Riscv64 if seen.own => Some(Why::OwnStore),
            Arch::Riscv64 if !seen.one_unit => Some(Why::NotOneUnit),
            Arch::Riscv64 => before.map(|_| Why::Sequence),
            Arch::Aarch64 => (!seen.listed).then_some(if seen.own { Why::OwnStore } else { Why::NotListed }),
        };
        let Some(why) = why else { return false };
        let key = (seen.latest.pc, fetch.pc);
        if let Some(race) = self.races.get_mut(&key) {
            race.count += 1;
        } else if self.races.len() < KEPT {
            let line = seen.latest.at & !(LINE - 1);
            let missing = self.maintenance.missing(line, (seen.latest.cycle, seen.latest.hart));
            let before = before.filter(|_| why == Why::Sequence);
            let last = self.maintenance.last(hart);
            self.races.insert(key, Race { hart, fetch: this, before, why, missing, last, count: 1 });
        } else {
            self.others += 1;
        }
        false
    }

    /// The stores to an instruction that the hart has not synchronized with.
    fn look(
        &self,
        hart: HartId,
        fetch: &Fetch,
        waiting: impl Iterator<Item = Waiting>,
        ram: &Ram,
    ) -> Option<Unsynchronized> {
        let mut seen: Option<Unsynchronized> = None;
        let aligned = fetch.second.is_none() && fetch.at.is_multiple_of(fetch.length as u64);
        let mut add = |store: RacingStore, listed: bool| {
            let whole = store.at <= fetch.at && fetch.at + fetch.length as u64 <= store.at + store.size as u64;
            let own = store.hart == hart;
            let s = seen.get_or_insert(Unsynchronized { latest: store, own, one_unit: aligned, listed: true });
            if (store.cycle, store.hart) > (s.latest.cycle, s.latest.hart) {
                s.latest = store;
            }
            (s.own, s.one_unit, s.listed) = (s.own | own, s.one_unit & whole, s.listed & listed);
        };
        for (at, bytes) in fetch.parts() {
            let touches = |range: &std::ops::Range<u64>| range.start < at + bytes && at < range.end;
            for word in words(at, bytes) {
                let bound = self.maintenance.bound(hart, word & !(LINE - 1));
                let mut value = ram.read(word, Size::Word).unwrap_or(0) as u32;
                for stored in self.shadow.stores(word).take_while(|s| (s.cycle, s.hart) > bound) {
                    let range = stored.bytes(word);
                    let listed = changes_live(stored.old) && changes_live(value);
                    value = stored.old;
                    if touches(&range) {
                        let Stored { hart, cycle, pc, size, .. } = *stored;
                        add(RacingStore { hart, cycle, pc, at: range.start, size }, listed);
                    }
                }
            }
        }
        for Waiting { at, size, value, pc, cycle } in waiting {
            let end = at + size.bytes();
            // An instruction that stores over itself was fetched before.
            if pc != fetch.pc && fetch.parts().any(|(part, bytes)| at < part + bytes && part < end) {
                let live =
                    |at, new| ram.read(at, Size::Word).is_some_and(|old| changes_live(old as u32)) && changes_live(new);
                let listed = match size {
                    Size::Word => live(at, value as u32),
                    Size::Double => live(at, value as u32) && live(at + 4, (value >> 32) as u32),
                    Size::Byte | Size::Half => false,
                };
                add(RacingStore { hart, cycle, pc, at, size: size.bytes() as u8 }, listed);
            }
        }
        seen
    }

    /// What stood in the bytes at an address before the latest store of those that were seen.
    fn old(&self, seen: &Unsynchronized, at: u64, ram: &Ram) -> u32 {
        let before = |word: u64| {
            let stored =
                self.shadow.stores(word).next().filter(|s| s.pc == seen.latest.pc && s.cycle == seen.latest.cycle);
            stored.map_or_else(|| ram.read(word, Size::Word).unwrap_or(0) as u32, |s| s.old)
        };
        let low = before(at & !3) as u64;
        let both = if at.is_multiple_of(4) { low } else { low | (before((at & !3) + 4) as u64) << 32 };
        (both >> (8 * (at % 4))) as u32
    }
}

impl Observer for Sanitizer {
    fn hear(&mut self, event: &Event) {
        let Event { hart, cycle, act } = *event;
        let riscv = self.maintenance.rules().arch == Arch::Riscv64;
        match act {
            Act::FenceI => self.maintenance.synchronize(hart, cycle),
            // A trap does not synchronize fetches on RISC-V.
            Act::Context if !riscv => self.maintenance.synchronize(hart, cycle),
            Act::Start => self.maintenance.start(hart, cycle),
            Act::Clean(line) => self.maintenance.clean(hart, cycle, line),
            Act::Invalidate(line) => self.maintenance.invalidate(hart, cycle, line),
            Act::InvalidateOwn => self.maintenance.invalidate_own(hart, cycle),
            Act::Complete => self.maintenance.complete(hart, cycle),
            // Asked about where they happen.
            Act::Context | Act::Write(_) | Act::Fill(_) | Act::Fetch(_) => {}
        }
    }
}

/// What is known of the stores to an instruction that a hart has not synchronized with.
struct Unsynchronized {
    latest: RacingStore,
    own: bool,
    /// The instruction is one aligned unit, and each of them covers it.
    one_unit: bool,
    /// All values that it had may be changed live on AArch64.
    listed: bool,
}

/// Parts of an instruction, low ones first, as its first four bytes.
fn together(parts: impl Iterator<Item = (u32, u64)>) -> u32 {
    let (all, _) = parts.fold((0u64, 0), |(all, shift), (part, bytes)| {
        (all | (part as u64 & ((1 << (8 * bytes)) - 1)) << shift, shift + 8 * bytes)
    });
    all as u32
}

/// AArch64 instructions that other harts may modify while they are executed, from and to each other.
fn changes_live(word: u32) -> bool {
    let branch = word & 0x7c00_0000 == 0x1400_0000;
    let conditional = word & 0xff00_0010 == 0x5400_0000;
    let exception = matches!(word & 0xffe0_001f, 0xd400_0001 | 0xd400_0002 | 0xd400_0003 | 0xd420_0000);
    let isb = word & 0xffff_f0ff == 0xd503_30df;
    branch || conditional || exception || isb || word == 0xd503_201f
}

#[cfg(test)]
mod tests {
    use super::changes_live;

    #[test]
    fn the_list_of_the_architecture_and_nothing_beside_it() {
        // b, bl, b.eq, brk #1, hvc #0, smc #0, svc #0, isb, nop.
        let listed = [
            0x1400_0001,
            0x9400_0001,
            0x5400_0020,
            0xd420_0020,
            0xd400_0002,
            0xd400_0003,
            0xd400_0001,
            0xd503_3fdf,
            0xd503_201f,
        ];
        assert!(listed.into_iter().all(changes_live));
        // mov x9, x30; br x16; cbz x0; tbz w0, #0; adrp x0; dsb ish; wfe; bc.eq; hlt; ret.
        let others = [
            0xaa1e_03e9,
            0xd61f_0200,
            0xb400_0000,
            0x3600_0000,
            0x9000_0000,
            0xd503_3b9f,
            0xd503_205f,
            0x5400_0030,
            0xd440_0000,
            0xd65f_03c0,
        ];
        assert!(!others.into_iter().any(changes_live));
    }
}
