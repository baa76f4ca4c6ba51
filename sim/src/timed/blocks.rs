//! Straight code of a machine without timing, decoded into blocks.
//!
//! A block is what stands in one line from an address on, up to the first instruction that always goes elsewhere. Blocks hang on the copy
//! of their line as slots do ([`super::slots`]): when its bytes change, what differs is decoded anew when it is next executed. A block
//! remembers which ones came behind it, and looks whether their copies are still there when one of the cache has come, gone or changed.

use super::fetch::{InsnCache, Marks};
use super::hart::Hart;
use super::shared::Shared;
use super::slots::{self, SLOTS, belongs, ends, orders};
use super::untimed::{self, Untimed};
use crate::core_model::LINE;
use crate::platform::Board;
use cmodx_isa::Isa;

/// Lets a hart do the first instruction of a block and those behind it.
pub(super) type Run<B> = fn(&mut Hart<<B as Board>::Isa>, &mut Shared<B>, &Op<B>, Rest<'_, B>) -> Left;

/// What stands behind an instruction in its block.
pub(super) type Rest<'a, B> = std::slice::Iter<'a, Op<B>>;

/// How a hart has left a block: two words, which fit the host's registers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    /// Where it goes on.
    pub pc: u64,
    /// Instructions of the block that it has not done, twice, and 1 where a branch was taken.
    how: u64,
}

impl Left {
    /// Straight on, before the last so many instructions.
    #[inline(always)]
    pub fn before(undone: usize, pc: u64) -> Left {
        Left { pc, how: 2 * undone as u64 }
    }

    /// By a jump before the last so many instructions.
    #[inline(always)]
    pub fn jumped_to(undone: usize, pc: u64) -> Left {
        Left { pc, how: 2 * undone as u64 + 1 }
    }

    /// True after a taken branch.
    #[inline(always)]
    pub fn jumped(self) -> bool {
        self.how % 2 == 1
    }

    /// Instructions of the block that it has not done.
    #[inline(always)]
    pub fn undone(self) -> usize {
        (self.how / 2) as usize
    }
}

/// One instruction of a block.
#[derive(Clone)]
pub(super) struct Op<B: Board> {
    /// What to do with it, and with those behind it.
    pub run: Run<B>,
    /// The instruction.
    pub insn: <B::Isa as Isa>::Insn,
    /// Its bytes as fetched, the low half of an instruction of 8.
    word: u32,
    /// Where it starts: bytes from the start of its line.
    pub start: u8,
    /// Where it ends.
    pub end: u8,
}

impl<B: Board> Op<B> {
    fn new(insn: <B::Isa as Isa>::Insn, word: u32, start: usize) -> Op<B> {
        let end = start as u8 + B::Isa::insn_length(&insn);
        let run =
            if orders(B::Isa::class(&insn)) { untimed::orders::<B> } else { B::Isa::specialise::<Untimed<B>>(&insn) };
        Op { run, insn, word, start: start as u8, end }
    }

    /// Bytes of the instruction.
    fn length(&self) -> u64 {
        (self.end - self.start) as u64
    }
}

/// Which block came behind another one.
#[derive(Clone, Copy)]
struct Link {
    pc: u64,
    /// [`InsnCache::changes`] at that time.
    changes: u64,
    block: usize,
}

/// Instructions of one line that are done one after the other.
#[derive(Clone)]
pub(super) struct Block<B: Board> {
    /// The instructions; none where the first one needs more than its meaning.
    pub ops: Vec<Op<B>>,
    /// Where the copy of its line is.
    pub way: usize,
    /// Where the copy of the next line is, if its only instruction goes on there.
    pub second: Option<usize>,
    /// Contents of the line that it was decoded from; 0 when it must be asked for each time.
    fill: u64,
    /// What came behind it, the last one first when it was new.
    next: [Link; 4],
}

impl<B: Board> Block<B> {
    /// True when it is what the copy in its way holds.
    #[inline(always)]
    pub fn is_of(&self, copies: &InsnCache) -> bool {
        self.fill == copies.fill_of(self.way)
    }

    /// Its first instructions, so many at most.
    #[inline(always)]
    pub fn first(&self, room: u64) -> &[Op<B>] {
        usize::try_from(room).ok().and_then(|room| self.ops.get(..room)).unwrap_or(&self.ops)
    }

    /// Bytes of the instruction at an address.
    pub fn length_at(&self, pc: u64) -> u64 {
        self.ops.iter().find(|op| op.start as u64 == pc % LINE).map_or(0, Op::length)
    }

    /// Decodes what stands in a line from a slot on.
    fn decode(&mut self, copies: &InsnCache, way: usize, first: usize, marks: &Marks, hart: &<B::Isa as Isa>::Hart) {
        let line = copies.line(way).address();
        let mut done = 0;
        let mut at = first;
        while let Some(word) = slots::word::<B>(copies, way, at) {
            if marks.contains(line + 2 * at as u64) {
                break;
            }
            let hypothetical = slots::hypothetical::<B::Isa>(copies, way, 2 * at);
            if !self.keep(done, word, hypothetical.is_some(), 2 * at, hart) {
                let (insn, word) = hypothetical.unwrap_or_else(|| (B::Isa::decode(word), word));
                if !belongs(B::Isa::class(&insn)) || !B::Isa::has(hart, &insn) {
                    break;
                }
                let op = Op::new(insn, word, 2 * at);
                match self.ops.get_mut(done) {
                    Some(old) => *old = op,
                    None => self.ops.push(op),
                }
            }
            let op = &self.ops[done];
            done += 1;
            if ends(B::Isa::class(&op.insn)) {
                break;
            }
            at = op.end as usize / 2;
        }
        self.ops.truncate(done);
        (self.fill, self.second) = (copies.fill_of(way), None);
    }

    /// True when the instruction that it has in this place is made of the same bytes and the hart has it still.
    fn keep(&self, place: usize, word: u32, hypothetical: bool, start: usize, hart: &<B::Isa as Isa>::Hart) -> bool {
        self.ops.get(place).is_some_and(|op| {
            let same = op.start as usize == start && op.length() <= 4 && op.word == word;
            same && !hypothetical && B::Isa::has(hart, &op.insn)
        })
    }

    /// Makes it that of an instruction at the end of its line which goes on in the next one, whose copy is in way `second`.
    pub fn straddle(&mut self, word: u32, second: usize, marked: bool, hart: &<B::Isa as Isa>::Hart) {
        let start = 2 * (SLOTS - 1);
        if !self.keep(0, word, false, start, hart) || marked {
            let insn = B::Isa::decode(word);
            self.ops.clear();
            if belongs(B::Isa::class(&insn)) && !marked && B::Isa::has(hart, &insn) {
                self.ops.push(Op::new(insn, word, start));
            }
        }
        (self.fill, self.second) = (0, Some(second));
    }
}

/// The blocks of one hart.
#[derive(Clone)]
pub(super) struct Blocks<B: Board> {
    list: Vec<Block<B>>,
    /// Of each way of the instruction cache, which block starts at each slot, from 1 on; 0 where none does.
    starts: Vec<Option<Box<[u32; SLOTS]>>>,
}

impl<B: Board> Blocks<B> {
    /// No blocks.
    pub fn new(ways: usize) -> Blocks<B> {
        Blocks { list: Vec::new(), starts: vec![None; ways] }
    }

    /// A block by its number.
    #[inline(always)]
    pub fn block(&self, number: usize) -> &Block<B> {
        &self.list[number]
    }

    /// The same, to be changed.
    pub fn block_mut(&mut self, number: usize) -> &mut Block<B> {
        &mut self.list[number]
    }

    /// Number of the block at a slot of a way, decoded from the copy that is there now.
    #[inline(always)]
    pub fn at(
        &mut self,
        copies: &InsnCache,
        way: usize,
        slot: usize,
        marks: &Marks,
        hart: &<B::Isa as Isa>::Hart,
    ) -> usize {
        let number = self.place(way, slot);
        let block = &mut self.list[number];
        if block.fill != copies.fill_of(way) {
            block.decode(copies, way, slot, marks, hart);
        }
        number
    }

    /// Number of the block at a slot of a way, whatever it was decoded from.
    #[inline(always)]
    pub fn place(&mut self, way: usize, slot: usize) -> usize {
        let start = self.starts[way].as_ref().map_or(0, |starts| starts[slot % SLOTS]);
        if start != 0 { start as usize - 1 } else { self.add(way, slot) }
    }

    #[inline(never)]
    fn add(&mut self, way: usize, slot: usize) -> usize {
        let nowhere = Link { pc: u64::MAX, changes: 0, block: 0 };
        self.list.push(Block { ops: Vec::new(), way, second: None, fill: 0, next: [nowhere; 4] });
        self.starts[way].get_or_insert_with(|| Box::new([0; SLOTS]))[slot % SLOTS] = self.list.len() as u32;
        self.list.len() - 1
    }

    /// The block that came behind another one at this address, if no copy has changed since.
    #[inline(always)]
    pub fn behind(&self, number: usize, pc: u64, changes: u64) -> Option<usize> {
        let same = |link: &&Link| (link.pc, link.changes) == (pc, changes);
        self.list[number].next.iter().find(same).map(|link| link.block)
    }

    /// Which of the blocks that once came behind another one stands at this address, and its number.
    #[inline(always)]
    pub fn once_behind(&self, number: usize, pc: u64) -> Option<(usize, usize)> {
        let next = &self.list[number].next;
        let place = next.iter().position(|link| link.pc == pc)?;
        Some((place, next[place].block))
    }

    /// It does so still.
    #[inline(always)]
    pub fn still_behind(&mut self, number: usize, place: usize, changes: u64) {
        self.list[number].next[place].changes = changes;
    }

    /// Remembers what came behind a block, if it would be found there again.
    #[inline(always)]
    pub fn remember(&mut self, from: usize, pc: u64, copies: &InsnCache, to: usize) {
        if copies.is_valid(self.list[from].way) && copies.is_valid(self.list[to].way) {
            self.link(from, pc, copies.changes(), to);
        }
    }

    fn link(&mut self, from: usize, pc: u64, changes: u64, to: usize) {
        let next = &mut self.list[from].next;
        let place = next.iter().position(|link| link.pc == pc).unwrap_or_else(|| {
            next.rotate_right(1);
            0
        });
        next[place] = Link { pc, changes, block: to };
    }
}
