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
    /// Which contents these are: the fill of the cache that first had them here.
    fill: u64,
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
    /// Of each way, when it was used last.
    used: Vec<u64>,
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
        let empty = Copy { line: INVALID, bytes: [0; BYTES], copied: [Cycle(0); BEATS], fill: 0 };
        InsnCache {
            tags: vec![INVALID; lines],
            used: vec![0; lines],
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
        self.used[way] = self.clock;
        Some(way)
    }

    /// Starts a fill whose first beat can be read at `first`; the cycle of its last beat. The victim is the least recently
    /// used copy of the set, or one that was dropped; of those, one of the same line, which costs the host least.
    pub fn start_fill(&mut self, line: LineNumber, first: Cycle) -> Cycle {
        let age = |&way: &usize| match self.tags[way] {
            INVALID if self.copies[way].line == line => (0, 0),
            INVALID => (1, self.used[way]),
            _ => (2, self.used[way]),
        };
        let way = self.set(line).min_by_key(age).expect("a set has ways");
        self.valid -= (self.tags[way] != INVALID) as u32;
        self.tags[way] = INVALID;
        let copy = &mut self.copies[way];
        if copy.line != line {
            copy.line = line;
            self.fills += 1;
            copy.fill = self.fills;
        }
        self.fill = Some(Fill { line, way, beat: 0, next: first });
        self.next_beat = first;
        first.after((BYTES / self.beat_bytes) as u64 - 1)
    }

    /// True while the copy in this way has not been dropped.
    #[inline(always)]
    pub fn is_valid(&self, way: usize) -> bool {
        self.tags[way] != INVALID
    }

    /// A number of the contents of the copy in this way: where it is the same as before, the bytes are.
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
        if replace(&mut copy.bytes[from..to], &contents(fill.line)[from..to]) {
            self.fills += 1;
            copy.fill = self.fills;
        }
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
        if replace(&mut copy.bytes[from..], &contents(fill.line)[from..]) {
            self.fills += 1;
            copy.fill = self.fills;
        }
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
        self.used[fill.way] = self.clock;
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

/// Copies bytes; true when they were others before.
fn replace(old: &mut [u8], new: &[u8]) -> bool {
    let changes = old != new;
    if changes {
        old.copy_from_slice(new);
    }
    changes
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
    #[test]
    fn contents_keep_their_number_while_every_byte_stays() {
        let mut cache = cache();
        let line = LineNumber::of(0x8000_0000);
        let fill = |cache: &mut InsnCache, byte: u8, beats: usize| {
            cache.drop_line(line);
            cache.start_fill(line, Cycle(0));
            for _ in 0..beats {
                cache.fill_beat(|_| [byte; BYTES]);
            }
        };
        fill(&mut cache, 1, 4);
        let way = cache.lookup(line).unwrap();
        let first = cache.fill_of(way);
        fill(&mut cache, 1, 4);
        assert_eq!((cache.lookup(line), cache.fill_of(way)), (Some(way), first));
        // A fill that is dropped leaves its first beat behind; the next one brings the same bytes as are there then.
        fill(&mut cache, 2, 1);
        let mut mixed = [1; BYTES];
        mixed[..16].fill(2);
        cache.drop_line(line);
        cache.start_fill(line, Cycle(0));
        cache.fill_all(|_| mixed);
        assert_eq!((cache.lookup(line), cache.halfword(way, 0)), (Some(way), 0x0202));
        assert_ne!(cache.fill_of(way), first);
    }
}
