//! Who stored to each word of memory last, and which words harts have decoded.

use super::Waiting;
use crate::core_model::LINE;
use crate::ids::{Cycle, HartId};
use crate::memory::Ram;
use cmodx_isa::Size;
use std::collections::BTreeMap;

/// Bytes of a page of the shadow.
const PAGE: u64 = 4096;
/// Words of a line.
const WORDS: u64 = LINE / 4;
/// Earlier stores to a word of code that are kept.
const KEPT: usize = 16;

/// A store to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// When it reached memory.
    pub cycle: Cycle,
    /// Address of the store instruction.
    pub pc: u64,
    /// What the word held before.
    pub old: u32,
    /// Who stored.
    pub hart: HartId,
    /// Where the stored bytes begin, from the start of the word.
    pub offset: i8,
    /// How many they are.
    pub size: u8,
}

impl Stored {
    /// In place of a store: there was none.
    const NONE: Stored = Stored { cycle: Cycle(0), pc: 0, old: 0, hart: HartId(u16::MAX), offset: 0, size: 0 };

    fn is_none(&self) -> bool {
        self.size == 0
    }

    /// The bytes stored, of a store to the word at this address.
    pub fn bytes(&self, word: u64) -> std::ops::Range<u64> {
        let start = word.wrapping_add_signed(self.offset as i64);
        start..start + self.size as u64
    }
}

#[derive(Clone)]
struct Page {
    words: Vec<Stored>,
    /// Of each line, whether it was ever filled into an instruction cache.
    filled: u64,
    /// Of each line, the words that somebody has decoded, as they are, without a mark.
    decoded: [u16; (PAGE / LINE) as usize],
}

/// What is known of all memory.
#[derive(Clone)]
pub struct Shadow {
    base: u64,
    pages: Vec<Option<Box<Page>>>,
    /// The stores before the last one to words of lines that were filled, oldest first.
    before: BTreeMap<u64, Vec<Stored>>,
}

fn line_in_page(at: u64) -> usize {
    (at % PAGE / LINE) as usize
}

fn word_in_line(at: u64) -> u64 {
    at % LINE / 4
}

impl Shadow {
    /// Of memory where nothing was stored.
    pub fn new(ram: &Ram) -> Shadow {
        let pages = (ram.end() - ram.base()).div_ceil(PAGE) as usize;
        Shadow { base: ram.base(), pages: vec![None; pages], before: BTreeMap::new() }
    }

    #[inline(always)]
    fn page(&self, at: u64) -> Option<&Page> {
        self.pages.get((at.wrapping_sub(self.base) / PAGE) as usize)?.as_deref()
    }

    #[inline(always)]
    fn page_mut(&mut self, at: u64) -> Option<&mut Page> {
        let page = self.pages.get_mut((at.wrapping_sub(self.base) / PAGE) as usize)?;
        Some(match page {
            Some(page) => page,
            none => Self::first_use(none),
        })
    }

    #[cold]
    fn first_use(page: &mut Option<Box<Page>>) -> &mut Page {
        let words = vec![Stored::NONE; (PAGE / 4) as usize];
        page.insert(Box::new(Page { words, filled: 0, decoded: [0; (PAGE / LINE) as usize] }))
    }

    /// A store is about to change this word; what is forgotten with that goes to `undo`. True when somebody has decoded the word.
    #[inline(always)]
    pub fn store(&mut self, word: u64, store: Waiting, hart: HartId, ram: &Ram, undo: Option<&mut Undo>) -> bool {
        let Waiting { at, size, pc, cycle, .. } = store;
        let Some(page) = self.page_mut(word) else { return false };
        let (line, bit) = (line_in_page(word), 1 << word_in_line(word));
        let slot = &mut page.words[(word % PAGE / 4) as usize];
        let last = *slot;
        let old = ram.read(word, Size::Word).unwrap_or(0) as u32;
        let (offset, size) = (at.wrapping_sub(word) as i8, size.bytes() as u8);
        *slot = Stored { cycle, pc, old, hart, offset, size };
        if page.filled >> line & 1 == 1 {
            let decoded = page.decoded[line] & bit != 0;
            page.decoded[line] &= !bit;
            if !last.is_none() {
                let before = self.before.entry(word).or_default();
                if before.len() == KEPT {
                    before.remove(0);
                }
                before.push(last);
            }
            return decoded;
        }
        if !last.is_none() && (last.offset, last.size) != (offset, size) && slot.bytes(word).count() < 4 {
            // Made of parts: the last store stands for all of it.
            (slot.offset, slot.size) = (0, 4);
        }
        if let Some(undo) = undo {
            undo.push((word, last));
        }
        false
    }

    /// Undoes stores that harts had made ahead.
    pub fn undo(&mut self, undo: &mut Undo) {
        for (word, last) in undo.drain(..).rev() {
            if let Some(page) = self.page_mut(word) {
                page.words[(word % PAGE / 4) as usize] = last;
            }
        }
    }

    /// The stores to a word, latest first.
    pub fn stores(&self, word: u64) -> impl Iterator<Item = &Stored> {
        let last = self.page(word).map(|page| &page.words[(word % PAGE / 4) as usize]).filter(|s| !s.is_none());
        last.into_iter().chain(self.before.get(&word).into_iter().flat_map(|before| before.iter().rev()))
    }

    /// The words of a line to which something was stored, with the last store.
    pub fn line(&self, line: u64) -> impl Iterator<Item = (u64, &Stored)> {
        let first = (line % PAGE / 4) as usize;
        let words = self.page(line).map_or(&[][..], |page| &page.words[first..first + WORDS as usize]);
        (0..).zip(words).filter(|(_, stored)| !stored.is_none())
    }

    /// A line begins to be filled into an instruction cache.
    pub fn fill(&mut self, line: u64) {
        if let Some(page) = self.page_mut(line) {
            page.filled |= 1 << line_in_page(line);
        }
    }

    /// Somebody has decoded these words of a line without a mark.
    pub fn decode(&mut self, line: u64, words: u16) {
        if let Some(page) = self.page_mut(line) {
            page.decoded[line_in_page(line)] |= words;
        }
    }

    /// True when the line was ever filled.
    #[inline(always)]
    pub fn is_filled(&self, at: u64) -> bool {
        self.page(at).is_some_and(|page| page.filled >> line_in_page(at) & 1 == 1)
    }

    /// True when somebody has decoded one of these bytes without a mark.
    pub fn is_decoded(&self, at: u64, bytes: u64) -> bool {
        let decoded = |word: u64| {
            self.page(word).is_some_and(|page| page.decoded[line_in_page(word)] >> word_in_line(word) & 1 == 1)
        };
        words(at, bytes).any(decoded)
    }
}

/// What stores of a hart that is ahead have replaced.
pub type Undo = Vec<(u64, Stored)>;

/// The words that have some of these bytes.
pub fn words(at: u64, bytes: u64) -> impl Iterator<Item = u64> {
    ((at & !3)..at + bytes).step_by(4)
}
