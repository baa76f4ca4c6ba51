//! Decoded instructions: they hang on the copy of the line that they were fetched with.
//!
//! A slot belongs to one fill of one way of the instruction cache. When the way is filled anew its slots are out of date without
//! anything being done to them, so what a patch costs the host is one line decoded again.

use super::blocks::Blocks;
use super::fetch::{InsnCache, Marks};
use super::machine::Turn;
use super::pipeline::{Edges, Kind, Needs, Registers};
use super::straight::{At, Timed, deliberate};
use crate::core_model::LINE;
use crate::ids::Cycle;
use crate::platform::Board;
use cmodx_isa::{Class, Isa, Operands};

/// Bytes of a line.
const BYTES: usize = LINE as usize;
/// Slots of a line: one a halfword, since RISC-V instructions start at any.
pub(super) const SLOTS: usize = BYTES / 2;

/// In place of a fill: the second half comes from the next line, and must be asked for each time.
pub(super) const STRADDLES: u64 = u64::MAX;

/// Lets a hart do the instruction of a slot, and those behind it in its block: the first and the others are bits of a word.
pub(super) type Run<B> = fn(&mut Turn<'_, B>, &Line<B>, &Slot<B>, u32, Cycle) -> At;

/// A decoded instruction with what issue needs of it.
#[derive(Clone)]
#[repr(align(32))]
pub struct Slot<B: Board> {
    /// What to do with it.
    pub(super) run: Run<B>,
    /// The instruction.
    pub insn: <B::Isa as Isa>::Insn,
    /// Which fill it was decoded from; 0 when there is no instruction, [`STRADDLES`] when it has halves of two lines.
    pub fill: u64,
    /// What it does to the pipeline.
    pub(super) edges: Edges,
    /// The instructions that can be done one after the other from here on, this one first: a bit for each slot of the line.
    pub(super) block: u32,
    /// How many they are.
    pub(super) count: u8,
    /// Its bytes as fetched, the low half of an instruction of 8.
    pub word: u32,
    /// Bytes: 2 or 4; 8 of a hypothetical instruction.
    pub length: u8,
    /// Where it ends: bytes from the start of its line.
    pub(super) end: u8,
    /// Timing class.
    pub class: Class,
    /// What the issue stage takes it for.
    pub kind: Kind,
    /// True when the store buffer must be empty before it issues.
    pub drains: bool,
    /// True when somebody wants to hear of every execution ([`Marks`]).
    pub marked: bool,
    /// True when its hart has it.
    available: bool,
    /// Registers read.
    pub sources: Registers,
    /// Registers written.
    pub destinations: Registers,
}

impl<B: Board> Slot<B> {
    /// Makes it that of other bytes.
    #[inline(never)]
    fn replace(&mut self, word: u32, fill: u64, as_: As<'_, B>) {
        let insn = <B::Isa as Isa>::decode(word);
        if self.takes_constant_of(&insn, &as_) {
            (self.insn, self.word, self.fill) = (insn, word, fill);
            return;
        }
        self.replace_all(insn, word, fill, as_);
    }

    /// Makes it that of an instruction which differs in more than a constant.
    #[inline(never)]
    fn replace_all(&mut self, insn: <B::Isa as Isa>::Insn, word: u32, fill: u64, as_: As<'_, B>) {
        let old = std::mem::replace(self, Slot::of(insn, word, fill, as_));
        if (self.kind, self.sources, self.destinations) == (old.kind, old.sources, old.destinations) {
            // Other operations on the same registers do the same to the pipeline.
            self.edges = old.edges;
        }
    }

    /// True when it differs from that of another instruction in a constant at most.
    fn takes_constant_of(&self, insn: &<B::Isa as Isa>::Insn, as_: &As<'_, B>) -> bool {
        let has = |hart| <B::Isa as Isa>::has(hart, insn);
        as_.timed
            && !as_.marked
            && self.available
            && is_straight(self.class)
            && self.class == <B::Isa as Isa>::class(insn)
            && !self.class.is_branch()
            && <B::Isa as Isa>::differs_in_constant(&self.insn, insn)
            && as_.hart.is_some_and(has)
    }

    /// An instruction and its (low) bytes.
    fn of(insn: <B::Isa as Isa>::Insn, word: u32, fill: u64, as_: As<'_, B>) -> Slot<B> {
        let As { marked, timed, hart } = as_;
        let available = hart.is_some_and(|hart| <B::Isa as Isa>::has(hart, &insn));
        let class = <B::Isa as Isa>::class(&insn);
        // Nobody asks for them without timing.
        let operands = if timed { <B::Isa as Isa>::operands(&insn) } else { Operands::default() };
        let length = <B::Isa as Isa>::insn_length(&insn);
        let kind = Kind::of(class, &operands);
        let in_block = belongs(class) && !marked && available;
        let run = if in_block && timed { <B::Isa as Isa>::specialise::<Timed<B>>(&insn) } else { deliberate::<B> };
        Slot {
            run,
            insn,
            fill,
            edges: Edges::default(),
            block: 0,
            count: 0,
            word: if length == 2 { word & 0xffff } else { word },
            length,
            end: 0,
            class,
            kind,
            drains: operands.store_load
                || matches!(
                    class,
                    Class::Atomic | Class::StoreExclusive | Class::FenceI | Class::CacheOp | Class::TlbOp
                ),
            marked,
            available,
            sources: Registers::sources(kind, &operands),
            destinations: Registers::destinations(&operands),
        }
    }
}

impl<B: Board> Slot<B> {
    /// What the issue stage needs to know of it.
    #[inline(always)]
    pub(super) fn needs(&self) -> Needs<'_> {
        Needs { kind: self.kind, sources: &self.sources, destinations: &self.destinations }
    }

    /// Makes a block of it alone.
    fn stand_alone(&mut self, number: usize) {
        (self.block, self.count) = (1 << number, 1);
        self.end = 2 * number as u8 + self.length;
    }

    /// True when it can be done as part of a block.
    fn belongs(&self) -> bool {
        belongs(self.class) && !self.marked && self.available
    }
}

/// For whom fetched bytes are decoded, and whether their execution is timed.
pub(super) struct As<'a, B: Board> {
    pub marked: bool,
    pub timed: bool,
    pub hart: Option<&'a <B::Isa as Isa>::Hart>,
}

/// True for what does nothing but compute, load, store and branch.
fn is_straight(class: Class) -> bool {
    !matches!(
        class,
        Class::Atomic
            | Class::LoadExclusive
            | Class::StoreExclusive
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
            | Class::SimdStruct
    )
}

/// True for barriers and cache maintenance.
pub(super) fn orders(class: Class) -> bool {
    matches!(class, Class::Fence | Class::Dsb | Class::Isb | Class::FenceI | Class::CacheOp)
}

/// True for what blocks consist of: nothing else needs to be asked about it than whether the hart has it.
pub(super) fn belongs(class: Class) -> bool {
    is_straight(class) || orders(class)
}

/// True for what ends a block: control always goes elsewhere, or what stands behind it must be fetched anew.
pub(super) fn ends(class: Class) -> bool {
    class.is_branch() && class != Class::Branch || matches!(class, Class::Isb | Class::FenceI)
}

/// The slots of one line.
#[derive(Clone)]
pub struct Line<B: Board>([Slot<B>; SLOTS]);

impl<B: Board> Line<B> {
    /// A slot by its number.
    #[inline(always)]
    pub(super) fn slot(&self, number: usize) -> &Slot<B> {
        &self.0[number % SLOTS]
    }

    /// True when the slot at the end of the line is that of these bytes, which go on in the next line.
    #[inline(always)]
    pub(super) fn straddles(&self, number: usize, word: u32, marked: bool, hart: &<B::Isa as Isa>::Hart) -> bool {
        let slot = &self.0[number];
        let same = (slot.fill, slot.word, slot.marked) == (STRADDLES, word, marked);
        same && slot.available == <B::Isa as Isa>::has(hart, &slot.insn)
    }

    /// Makes a slot that of these bytes, unless it is already: of an earlier fill they are the same instruction.
    #[inline(always)]
    pub(super) fn decode(&mut self, number: usize, word: u32, fill: u64, as_: As<'_, B>) {
        let slot = &mut self.0[number];
        let same = slot.word == word && slot.length <= 4 && slot.marked == as_.marked && slot.fill != 0;
        if same && as_.hart.is_some_and(|hart| slot.available == <B::Isa as Isa>::has(hart, &slot.insn)) {
            slot.fill = fill;
        } else {
            slot.replace(word, fill, as_);
        }
        slot.stand_alone(number);
    }

    /// Makes a branch and the operation that it goes around a pair, where both are in this line.
    fn pair(&mut self, copies: &InsnCache, way: usize, at: usize) {
        let slot = &mut self.0[at];
        if slot.class != Class::Branch {
            return;
        }
        let next = word::<B>(copies, way, at + slot.length as usize / 2).map(<B::Isa as Isa>::decode);
        let next = next.filter(|next| <B::Isa as Isa>::makes_conditional(&slot.insn, next));
        let mut operands = <B::Isa as Isa>::operands(&slot.insn);
        let kind = match next.map(|next| <B::Isa as Isa>::operands(&next)) {
            Some(Operands { reads, writes, .. }) => {
                // What it writes it also keeps.
                operands.reads = operands.reads.with(reads).with(writes);
                Kind::CONDITIONAL
            }
            None => Kind::of(slot.class, &operands),
        };
        let sources = Registers::sources(kind, &operands);
        if (kind, sources) != (slot.kind, slot.sources) {
            (slot.kind, slot.sources, slot.edges) = (kind, sources, Edges::default());
        }
    }

    /// Decodes from the instruction at `pc` on to the first one that ends a block; false when already this one goes on in the next
    /// line.
    pub(super) fn decode_block(
        &mut self,
        copies: &InsnCache,
        way: usize,
        pc: u64,
        marks: &Marks,
        timed: bool,
        hart: &<B::Isa as Isa>::Hart,
    ) -> bool {
        let first = number(pc);
        let quiet = marks.are_none();
        let (mut block, mut count) = (0, 0);
        let mut at = first;
        while let Some(word) = word::<B>(copies, way, at) {
            let marked = !quiet && marks.contains(copies.line(way).address() + 2 * at as u64);
            let (fill, as_) = (copies.fill_of(way), As { marked, timed, hart: Some(hart) });
            match hypothetical::<B::Isa>(copies, way, 2 * at) {
                Some((insn, word)) => {
                    self.0[at] = Slot::of(insn, word, fill, as_);
                    self.0[at].stand_alone(at);
                }
                None => self.decode(at, word, fill, as_),
            }
            if copies.short_forward {
                self.pair(copies, way, at);
            }
            let slot = &self.0[at];
            if at == first || slot.belongs() {
                block |= 1 << at;
                count += 1;
            }
            if !slot.belongs() || ends(slot.class) {
                break;
            }
            at += slot.length as usize / 2;
        }
        // Each of them begins a block that ends with this one.
        let mut rest: u32 = block;
        while rest != 0 {
            let slot = &mut self.0[rest.trailing_zeros() as usize % SLOTS];
            (slot.block, slot.count) = (rest, count);
            rest &= rest - 1;
            count -= 1;
        }
        block != 0
    }
}

/// The slots of one hart, one line a way of its instruction cache; lines that were never executed take no room.
#[derive(Clone)]
pub struct Slots<B: Board> {
    ways: Vec<Option<Box<Line<B>>>>,
    /// Of a machine without timing.
    pub(super) blocks: Blocks<B>,
}

/// Number of the slot at an address.
#[inline(always)]
pub(super) fn number(pc: u64) -> usize {
    (pc % LINE) as usize / 2
}

impl<B: Board> Slots<B> {
    /// No slots.
    pub fn new(ways: usize) -> Slots<B> {
        Slots { ways: vec![None; ways], blocks: Blocks::new(ways) }
    }

    /// The slots of a way, which may belong to an earlier fill.
    #[inline(always)]
    pub(super) fn line(&mut self, way: usize) -> &mut Line<B> {
        match &mut self.ways[way] {
            Some(line) => line,
            none => Self::first_use(none),
        }
    }

    #[cold]
    fn first_use(line: &mut Option<Box<Line<B>>>) -> &mut Line<B> {
        let none = Slot::of(<B::Isa as Isa>::decode(0), 0, 0, As { marked: false, timed: true, hart: None });
        line.insert(Box::new(Line(std::array::from_fn(|_| none.clone()))))
    }

    /// Forgets what each does to the pipeline.
    pub(super) fn forget_edges(&mut self) {
        for slot in self.ways.iter_mut().flatten().flat_map(|line| &mut line.0) {
            slot.edges = Edges::default();
        }
    }
}

/// The bytes of the instruction in this slot of a copy; `None` when it goes on in the next line, or is there.
#[inline(always)]
pub(super) fn word<B: Board>(copies: &InsnCache, way: usize, at: usize) -> Option<u32> {
    let bytes = copies.bytes(way).get(2 * at..)?;
    let first = u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?);
    if <B::Isa as Isa>::length(first) == 2 {
        Some(first as u32)
    } else {
        bytes.get(..4).map(|word| u32::from_le_bytes(word.try_into().expect("four bytes")))
    }
}

/// HYPOTHETICAL: an instruction of 8 bytes at this place of a line, and the low half of its bytes.
#[inline(always)]
pub(super) fn hypothetical<I: Isa>(copies: &InsnCache, way: usize, at: usize) -> Option<(I::Insn, u32)> {
    if !copies.hypothetical {
        return None;
    }
    let bytes = u64::from_le_bytes(copies.bytes(way).get(at..at + 8)?.try_into().expect("eight bytes"));
    Some((I::decode_hypothetical(bytes)?, bytes as u32))
}
