//! The L1 instruction cache of one hart: *copies* of lines.
//!
//! A copy holds the bytes as they were when each beat of its fill read the point of unification. Nothing but the rules of the
//! architecture and replacement makes it go away: a store by anyone leaves it as it is unless the core model is coherent. An
//! instruction is decoded once per copy ([`super::slots`]), so what makes the interpreter fast and what makes a fetch stale is one
//! thing.
//!
//! Left out: next-line prefetch, wrong-path fetches, critical beat first.

use super::cache::LineNumber;
use crate::core_model::{CoreModel, LINE};
use crate::ids::Cycle;

/// Bytes of a line.
const BYTES: usize = LINE as usize;
/// Most beats of a fill.
const BEATS: usize = BYTES / 4;

/// Addresses whose execution is reported: the watched text and the probes.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Physical addresses from and to (exclusive) between which all instructions are marked.
    pub watched: std::ops::Range<u64>,
    /// Single instructions.
    pub probes: Vec<u64>,
    /// All there are.
    pub all: bool,
}

impl Marks {
    /// True when the instruction at this physical address is marked.
    pub fn contains(&self, at: u64) -> bool {
        self.all || self.watched.contains(&at) || self.probes.contains(&at)
    }
}

/// A copy of a line.
#[derive(Clone)]
struct Copy {
    line: LineNumber,
    bytes: [u8; BYTES],
    /// When each beat was read.
    copied: [Cycle; BEATS],
    /// Which fill of the cache it came with.
    fill: u64,
    used: u64,
}

/// A fill under way.
#[derive(Clone, Copy, Debug)]
struct Fill {
    line: LineNumber,
    way: usize,
    beat: usize,
    next: Cycle,
}

/// The tag of a way without a valid copy.
const INVALID: LineNumber = LineNumber(u64::MAX);

/// The instruction cache of one hart.
#[derive(Clone)]
pub struct InsnCache {
    /// Of each way, which line it holds.
    tags: Vec<LineNumber>,
    copies: Vec<Copy>,
    associativity: usize,
    set_mask: u64,
    beat_bytes: usize,
    fill: Option<Fill>,
    /// When the next beat of the fill reads memory.
    next_beat: Cycle,
    clock: u64,
    fills: u64,
    valid: u32,
    /// Ways that may be valid, some of them more than once.
    filled: Vec<u32>,
}

impl InsnCache {
    /// A cold cache.
    pub fn new(model: &CoreModel) -> InsnCache {
        let lines = model.l1i.size as usize / BYTES;
        let empty = Copy { line: INVALID, bytes: [0; BYTES], copied: [Cycle(0); BEATS], fill: 0, used: 0 };
        InsnCache {
            tags: vec![INVALID; lines],
            copies: vec![empty; lines],
            associativity: model.l1i.ways as usize,
            set_mask: (lines / model.l1i.ways as usize) as u64 - 1,
            beat_bytes: model.l1i.beat_bytes as usize,
            fill: None,
            next_beat: Cycle::NEVER,
            clock: 0,
            fills: 0,
            valid: 0,
            filled: Vec::new(),
        }
    }

    /// Copies that it can hold.
    pub fn ways(&self) -> usize {
        self.tags.len()
    }

    #[inline(always)]
    fn set(&self, line: LineNumber) -> std::ops::Range<usize> {
        let start = (line.0 & self.set_mask) as usize * self.associativity;
        start..start + self.associativity
    }

    #[inline(always)]
    fn find(&self, line: LineNumber) -> Option<usize> {
        let set = self.set(line);
        let start = set.start;
        self.tags[set].iter().position(|&tag| tag == line).map(|way| start + way)
    }

    /// Looks for a valid copy of the line; its way.
    #[inline(always)]
    pub fn lookup(&mut self, line: LineNumber) -> Option<usize> {
        let way = self.find(line)?;
        self.clock += 1;
        self.copies[way].used = self.clock;
        Some(way)
    }

    /// Starts a fill whose first beat can be read at `first`; the cycle of its last beat. The victim is the least recently
    /// used copy of the set.
    pub fn start_fill(&mut self, line: LineNumber, first: Cycle) -> Cycle {
        let age = |&way: &usize| (self.tags[way] != INVALID, self.copies[way].used);
        let way = self.set(line).min_by_key(age).expect("a set has ways");
        self.valid -= (self.tags[way] != INVALID) as u32;
        self.tags[way] = INVALID;
        self.fills += 1;
        self.copies[way].fill = self.fills;
        self.copies[way].line = line;
        self.fill = Some(Fill { line, way, beat: 0, next: first });
        self.next_beat = first;
        first.after((BYTES / self.beat_bytes) as u64 - 1)
    }

    /// True while the copy in this way has not been dropped.
    #[inline(always)]
    pub fn is_valid(&self, way: usize) -> bool {
        self.tags[way] != INVALID
    }

    /// Which fill the copy in this way came with: no two copies have the same.
    #[inline(always)]
    pub fn fill_of(&self, way: usize) -> u64 {
        self.copies[way].fill
    }

    /// When the next beat of a fill reads memory.
    #[inline(always)]
    pub fn next_beat(&self) -> Cycle {
        self.next_beat
    }

    /// Reads one beat from what the point of unification holds of the line; with the last one the copy becomes valid.
    pub fn fill_beat(&mut self, contents: impl FnOnce(LineNumber) -> [u8; BYTES]) {
        let Some(fill) = &mut self.fill else { return };
        let copy = &mut self.copies[fill.way];
        let from = fill.beat * self.beat_bytes;
        let to = from + self.beat_bytes;
        copy.bytes[from..to].copy_from_slice(&contents(fill.line)[from..to]);
        copy.copied[fill.beat] = fill.next;
        fill.beat += 1;
        fill.next = fill.next.after(1);
        self.next_beat = fill.next;
        if to == BYTES {
            self.complete();
        }
    }

    /// Reads all beats at once, each at its own cycle: for when nobody writes in between.
    pub fn fill_all(&mut self, contents: impl FnOnce(LineNumber) -> [u8; BYTES]) {
        let Some(fill) = &mut self.fill else { return };
        let copy = &mut self.copies[fill.way];
        let from = fill.beat * self.beat_bytes;
        copy.bytes[from..].copy_from_slice(&contents(fill.line)[from..]);
        for beat in fill.beat..BYTES / self.beat_bytes {
            copy.copied[beat] = fill.next;
            fill.next = fill.next.after(1);
        }
        self.complete();
    }

    /// The copy that is being filled becomes valid.
    fn complete(&mut self) {
        let Some(fill) = self.fill else { return };
        self.tags[fill.way] = fill.line;
        self.clock += 1;
        self.copies[fill.way].used = self.clock;
        self.valid += 1;
        if self.filled.len() >= 2 * self.tags.len() {
            // All of them, each once.
            self.filled.clear();
            self.filled.extend((0..self.tags.len() as u32).filter(|&way| self.tags[way as usize] != INVALID));
        } else {
            self.filled.push(fill.way as u32);
        }
        self.end_fill();
    }

    fn end_fill(&mut self) {
        self.fill = None;
        self.next_beat = Cycle::NEVER;
    }

    /// The line whose copy is in this way, valid or not.
    pub fn line(&self, way: usize) -> LineNumber {
        self.copies[way].line
    }

    /// The bytes of the copy in this way.
    pub fn bytes(&self, way: usize) -> &[u8; BYTES] {
        &self.copies[way].bytes
    }

    /// The halfword at this byte offset of a way.
    #[inline(always)]
    pub fn halfword(&self, way: usize, offset: usize) -> u16 {
        let bytes = &self.copies[way].bytes;
        u16::from_le_bytes([bytes[offset], bytes[offset + 1]])
    }

    /// When the byte at this offset of a way was copied.
    pub fn copied(&self, way: usize, offset: usize) -> Cycle {
        self.copies[way].copied[offset / self.beat_bytes]
    }

    /// Drops one line, and a fill of it that is under way.
    pub fn drop_line(&mut self, line: LineNumber) {
        if let Some(way) = self.find(line) {
            self.tags[way] = INVALID;
            self.valid -= 1;
        }
        if self.fill.is_some_and(|fill| fill.line == line) {
            self.end_fill();
        }
    }

    /// Drops everything; the number of valid copies that went.
    pub fn drop_all(&mut self) -> u32 {
        let dropped = std::mem::take(&mut self.valid);
        for way in self.filled.drain(..) {
            self.tags[way as usize] = INVALID;
        }
        self.end_fill();
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> InsnCache {
        InsnCache::new(&CoreModel::built_in("sifive-u74").unwrap())
    }

    #[test]
    fn each_beat_holds_what_was_there_when_it_was_read() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0000);
        assert_eq!(cache.start_fill(line, Cycle(100)), Cycle(103));
        for beat in 0..4u8 {
            assert_eq!((cache.lookup(line), cache.next_beat()), (None, Cycle(100 + beat as u64)));
            cache.fill_beat(|_| [beat; BYTES]);
        }
        let way = cache.lookup(line).unwrap();
        let seen = |offset| (cache.halfword(way, offset), cache.copied(way, offset));
        assert_eq!(seen(14), (0x0000, Cycle(100)));
        assert_eq!(seen(16), (0x0101, Cycle(101)));
        assert_eq!(seen(62), (0x0303, Cycle(103)));
    }

    #[test]
    fn a_dropped_line_is_filled_anew_and_a_dropped_fill_never_becomes_valid() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0040);
        cache.start_fill(line, Cycle(0));
        cache.fill_beat(|_| [0; BYTES]);
        cache.drop_line(line);
        assert_eq!((cache.next_beat(), cache.lookup(line)), (Cycle::NEVER, None));
        cache.start_fill(line, Cycle(10));
        for _ in 0..4 {
            cache.fill_beat(|_| [1; BYTES]);
        }
        assert!(cache.lookup(line).is_some());
        assert_eq!(cache.drop_all(), 1);
        assert_eq!(cache.lookup(line), None);
    }
}
