//! The L1 instruction cache of one hart: *copies* of lines, with the decoded slots hanging on the copy.
//!
//! A copy holds the bytes as they were when each beat of its fill read the point of unification. Nothing but the rules of the
//! architecture and replacement makes it go away: a store by anyone leaves it as it is unless the core model is coherent. An
//! instruction is decoded once per copy, so what makes the interpreter fast and what makes a fetch stale is one thing.
//!
//! Left out: next-line prefetch, wrong-path fetches, critical beat first.

use super::cache::LineNumber;
use super::pipeline::Registers;
use crate::core_model::{CoreModel, LINE};
use crate::ids::Cycle;
use cmodx_isa::{Class, Isa};

/// Bytes of a line.
const BYTES: usize = LINE as usize;
/// Decoded slots of a line: one a halfword, since RISC-V instructions start at any.
const SLOTS: usize = BYTES / 2;

/// A decoded instruction with what issue needs of it.
#[derive(Clone, Copy, Debug)]
pub struct Slot<I: Isa> {
    /// The instruction.
    pub insn: I::Insn,
    /// Its bytes as fetched.
    pub word: u32,
    /// Bytes: 2 or 4.
    pub length: u8,
    /// Timing class.
    pub class: Class,
    /// True when the store buffer must be empty before it issues.
    pub drains: bool,
    /// True when somebody wants to hear of every execution ([`Marks`]).
    pub marked: bool,
    /// Registers read.
    pub sources: Registers,
    /// Registers written.
    pub destinations: Registers,
}

impl<I: Isa> Slot<I> {
    /// Decodes fetched bytes.
    pub fn decode(word: u32) -> Slot<I> {
        let insn = I::decode(word);
        let (class, operands) = (I::class(&insn), I::operands(&insn));
        let length = I::insn_length(&insn);
        Slot {
            insn,
            word: if length == 2 { word & 0xffff } else { word },
            length,
            class,
            drains: matches!(
                class,
                Class::Atomic
                    | Class::StoreExclusive
                    | Class::Fence
                    | Class::Dsb
                    | Class::FenceI
                    | Class::CacheOp
                    | Class::TlbOp
            ),
            marked: false,
            sources: operands.reads.into(),
            destinations: operands.writes.into(),
        }
    }
}

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
struct Copy<I: Isa> {
    line: LineNumber,
    valid: bool,
    bytes: [u8; BYTES],
    /// When each halfword's beat was read.
    copied: [Cycle; SLOTS],
    decoded: u32,
    slots: Vec<Option<Slot<I>>>,
    used: u64,
}

/// A fill under way.
#[derive(Clone, Copy, Debug)]
struct Fill {
    way: usize,
    beat: usize,
    next: Cycle,
}

/// Where an instruction stands in the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    way: usize,
    halfword: usize,
}

/// The instruction cache of one hart.
#[derive(Clone)]
pub struct InsnCache<I: Isa> {
    copies: Vec<Copy<I>>,
    associativity: usize,
    set_mask: u64,
    beat_bytes: usize,
    fill: Option<Fill>,
    clock: u64,
    valid: u32,
}

impl<I: Isa> InsnCache<I> {
    /// A cold cache.
    pub fn new(model: &CoreModel) -> InsnCache<I> {
        let lines = model.l1i.size as usize / BYTES;
        let empty = Copy {
            line: LineNumber(0),
            valid: false,
            bytes: [0; BYTES],
            copied: [Cycle(0); SLOTS],
            decoded: 0,
            slots: Vec::new(),
            used: 0,
        };
        InsnCache {
            copies: vec![empty; lines],
            associativity: model.l1i.ways as usize,
            set_mask: (lines / model.l1i.ways as usize) as u64 - 1,
            beat_bytes: model.l1i.beat_bytes as usize,
            fill: None,
            clock: 0,
            valid: 0,
        }
    }

    fn set(&self, line: LineNumber) -> std::ops::Range<usize> {
        let start = (line.0 & self.set_mask) as usize * self.associativity;
        start..start + self.associativity
    }

    fn find(&self, line: LineNumber) -> Option<usize> {
        self.set(line).find(|&way| self.copies[way].valid && self.copies[way].line == line)
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
        let way = self.set(line).min_by_key(|&w| (self.copies[w].valid, self.copies[w].used)).expect("a set has ways");
        let copy = &mut self.copies[way];
        self.valid -= copy.valid as u32;
        copy.valid = false;
        copy.line = line;
        copy.decoded = 0;
        self.fill = Some(Fill { way, beat: 0, next: first });
        first.after((BYTES / self.beat_bytes) as u64 - 1)
    }

    /// True while the copy in this way has not been dropped.
    #[inline(always)]
    pub fn is_valid(&self, way: usize) -> bool {
        self.copies[way].valid
    }

    /// When the next beat of a fill reads memory.
    #[inline(always)]
    pub fn next_beat(&self) -> Cycle {
        match &self.fill {
            Some(fill) => fill.next,
            None => Cycle::NEVER,
        }
    }

    /// Reads one beat from what the point of unification holds of the line; with the last one the copy becomes valid.
    pub fn fill_beat(&mut self, contents: impl FnOnce(LineNumber) -> [u8; BYTES]) {
        let Some(fill) = &mut self.fill else { return };
        let copy = &mut self.copies[fill.way];
        let from = fill.beat * self.beat_bytes;
        let to = from + self.beat_bytes;
        copy.bytes[from..to].copy_from_slice(&contents(copy.line)[from..to]);
        copy.copied[from / 2..to / 2].fill(fill.next);
        fill.beat += 1;
        fill.next = fill.next.after(1);
        if to == BYTES {
            copy.valid = true;
            self.clock += 1;
            copy.used = self.clock;
            self.valid += 1;
            self.fill = None;
        }
    }

    /// The instruction at this byte offset of a way, decoded; `None` when it goes on in the next line.
    #[inline(always)]
    pub fn slot(&mut self, way: usize, offset: usize, marks: &Marks) -> Option<(&Slot<I>, Place)> {
        let halfword = offset / 2;
        if self.copies[way].decoded & 1 << halfword == 0 && !self.decode(way, halfword, marks) {
            return None;
        }
        let slot = self.copies[way].slots[halfword].as_ref().expect("a decoded slot");
        Some((slot, Place { way, halfword }))
    }

    #[cold]
    fn decode(&mut self, way: usize, halfword: usize, marks: &Marks) -> bool {
        let copy = &mut self.copies[way];
        let at = halfword * 2;
        let first = u16::from_le_bytes([copy.bytes[at], copy.bytes[at + 1]]);
        let word = if I::length(first) == 2 {
            first as u32
        } else if at + 4 <= BYTES {
            u32::from_le_bytes(copy.bytes[at..at + 4].try_into().expect("four bytes"))
        } else {
            return false;
        };
        if copy.slots.is_empty() {
            copy.slots = vec![None; SLOTS];
        }
        let mut slot = Slot::decode(word);
        slot.marked = marks.contains(copy.line.address() + at as u64);
        copy.slots[halfword] = Some(slot);
        copy.decoded |= 1 << halfword;
        true
    }

    /// The halfword at this byte offset of a way, and when it was copied.
    pub fn halfword(&self, way: usize, offset: usize) -> (u16, Cycle) {
        let copy = &self.copies[way];
        (u16::from_le_bytes([copy.bytes[offset], copy.bytes[offset + 1]]), copy.copied[offset / 2])
    }

    /// When the bytes of this place were copied.
    pub fn copied(&self, place: Place) -> Cycle {
        self.copies[place.way].copied[place.halfword]
    }

    /// Drops one line, and a fill of it that is under way.
    pub fn drop_line(&mut self, line: LineNumber) {
        if let Some(way) = self.find(line) {
            self.copies[way].valid = false;
            self.valid -= 1;
        }
        if self.fill.as_ref().is_some_and(|f| self.copies[f.way].line == line) {
            self.fill = None;
        }
    }

    /// Drops everything; the number of valid copies that went.
    pub fn drop_all(&mut self) -> u32 {
        let dropped = std::mem::take(&mut self.valid);
        if dropped > 0 {
            for copy in &mut self.copies {
                copy.valid = false;
            }
        }
        self.fill = None;
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_isa::riscv::Riscv;

    fn cache() -> InsnCache<Riscv> {
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
        assert_eq!(cache.halfword(way, 14), (0x0000, Cycle(100)));
        assert_eq!(cache.halfword(way, 16), (0x0101, Cycle(101)));
        assert_eq!(cache.halfword(way, 62), (0x0303, Cycle(103)));
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
