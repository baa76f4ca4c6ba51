//! Decoded instructions: they hang on the copy of the line that they were fetched with.
//!
//! A slot belongs to one fill of one way of the instruction cache. When the way is filled anew its slots are out of date without
//! anything being done to them, so what a patch costs the host is one line decoded again.

use super::fetch::{InsnCache, Marks};
use super::machine::Turn;
use super::pipeline::{Kind, Registers};
use super::straight::{self, At, Timed, Untimed, deliberate};
use crate::core_model::LINE;
use crate::platform::Board;
use cmodx_isa::{Class, Isa};

/// Bytes of a line.
const BYTES: usize = LINE as usize;
/// Slots of a line: one a halfword, since RISC-V instructions start at any.
const SLOTS: usize = BYTES / 2;

/// In place of a fill: the second half comes from the next line, and must be asked for each time.
pub(super) const STRADDLES: u64 = u64::MAX;

/// Lets a hart do one instruction.
pub(super) type Run<B> = fn(&mut Turn<'_, B>, &Slot<B>, At) -> At;

/// A decoded instruction with what issue needs of it: one line of the host's cache.
#[repr(align(64))]
pub struct Slot<B: Board> {
    /// What to do with it.
    pub(super) run: Run<B>,
    /// The instruction.
    pub insn: <B::Isa as Isa>::Insn,
    /// Which fill it was decoded from; 0 when there is no instruction, [`STRADDLES`] when it has halves of two lines.
    pub fill: u64,
    /// Its bytes as fetched, the low half of an instruction of 8.
    pub word: u32,
    /// Bytes: 2 or 4; 8 of a hypothetical instruction.
    pub length: u8,
    /// Timing class.
    pub class: Class,
    /// What the issue stage takes it for.
    pub kind: Kind,
    /// True when the store buffer must be empty before it issues.
    pub drains: bool,
    /// True when it concerns nobody but its hart: it computes or branches.
    pub private: bool,
    /// True when somebody wants to hear of every execution ([`Marks`]).
    pub marked: bool,
    /// Registers read.
    pub sources: Registers,
    /// Registers written.
    pub destinations: Registers,
}

impl<B: Board> Clone for Slot<B> {
    fn clone(&self) -> Slot<B> {
        *self
    }
}

impl<B: Board> Copy for Slot<B> {}

impl<B: Board> Slot<B> {
    /// Decodes fetched bytes.
    pub fn decode(word: u32, fill: u64, marked: bool, timed: bool) -> Slot<B> {
        Slot::of(<B::Isa as Isa>::decode(word), word, fill, marked, timed)
    }

    /// An instruction and its (low) bytes.
    fn of(insn: <B::Isa as Isa>::Insn, word: u32, fill: u64, marked: bool, timed: bool) -> Slot<B> {
        let (class, operands) = (<B::Isa as Isa>::class(&insn), <B::Isa as Isa>::operands(&insn));
        let length = <B::Isa as Isa>::insn_length(&insn);
        let kind = Kind::of(class, &operands);
        let straight = is_straight(class) && !marked;
        let run = match (straight, timed) {
            (false, _) => deliberate::<B>,
            (true, true) => <B::Isa as Isa>::specialise::<Timed<B>>(&insn),
            (true, false) => <B::Isa as Isa>::specialise::<Untimed<B>>(&insn),
        };
        Slot {
            run,
            insn,
            fill,
            word: if length == 2 { word & 0xffff } else { word },
            length,
            class,
            kind,
            drains: operands.store_load
                || matches!(
                    class,
                    Class::Atomic | Class::StoreExclusive | Class::FenceI | Class::CacheOp | Class::TlbOp
                ),
            private: straight && matches!(straight::kind(class), straight::Kind::Plain | straight::Kind::Branch),
            marked,
            sources: Registers::sources(kind, &operands),
            destinations: Registers::destinations(&operands),
        }
    }
}

impl<B: Board> Slot<B> {
    /// Decodes these bytes unless the slot has done so for an earlier fill: then they are the same instruction.
    #[inline(always)]
    pub(super) fn become_word(&mut self, word: u32, fill: u64, marked: bool, timed: bool) {
        if self.word == word && self.marked == marked && self.fill != 0 {
            self.fill = fill;
        } else {
            *self = Slot::decode(word, fill, marked, timed);
        }
    }
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

/// The slots of one line.
pub(super) type Line<B> = [Slot<B>; SLOTS];

/// The slots of one hart, one line a way of its instruction cache; lines that were never executed take no room.
#[derive(Clone)]
pub struct Slots<B: Board> {
    ways: Vec<Option<Box<Line<B>>>>,
}

/// Number of the slot at an address.
#[inline(always)]
pub(super) fn number(pc: u64) -> usize {
    (pc % LINE) as usize / 2
}

impl<B: Board> Slots<B> {
    /// No slots.
    pub fn new(ways: usize) -> Slots<B> {
        Slots { ways: vec![None; ways] }
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
        line.insert(Box::new([Slot::decode(0, 0, false, true); SLOTS]))
    }
}

/// Makes the slot that of the instruction at `pc` in its copy; false when the instruction goes on in the next line.
#[inline(always)]
pub(super) fn renew<B: Board>(
    slot: &mut Slot<B>,
    copies: &InsnCache,
    way: usize,
    pc: u64,
    marks: &Marks,
    timed: bool,
) -> bool {
    let at = (pc % LINE) as usize & !1;
    let bytes = copies.bytes(way);
    let marked = marks.contains(copies.line(way).address() + at as u64);
    if copies.hypothetical
        && let Some((insn, word)) = hypothetical::<B::Isa>(bytes, at)
    {
        *slot = Slot::of(insn, word, copies.fill_of(way), marked, timed);
        return true;
    }
    let first = copies.halfword(way, at);
    let word = if <B::Isa as Isa>::length(first) == 2 {
        first as u32
    } else if at + 4 <= BYTES {
        u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
    } else {
        return false;
    };
    slot.become_word(word, copies.fill_of(way), marked, timed);
    true
}

/// HYPOTHETICAL: an instruction of 8 bytes at this place of a line, and the low half of its bytes.
#[cold]
fn hypothetical<I: Isa>(line: &[u8; BYTES], at: usize) -> Option<(I::Insn, u32)> {
    let bytes = u64::from_le_bytes(line.get(at..at + 8)?.try_into().expect("eight bytes"));
    Some((I::decode_hypothetical(bytes)?, bytes as u32))
}
