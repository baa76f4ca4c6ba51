//! From bits to [`Insn`] and back.
//!
//! Words go through two levels: the major opcode, funct3 and funct7 select a bucket, which holds one row or a few.
//! Halfwords select their row directly.

use super::{Insn, compressed, table};
use std::sync::LazyLock;

/// Opcode bits 6-2, funct3 and funct7.
const KEY: u32 = 0xfe00_707c;
/// Opcode bits 6-2.
const OPCODE: u32 = 0x7c;

/// Rows that can match the words of each bucket, in table order.
struct Index {
    /// Where bucket i starts in `rows`; it ends where the next one starts.
    starts: Vec<u16>,
    rows: Vec<u16>,
}

impl Index {
    fn new() -> Index {
        let mut index = Index { starts: vec![0], rows: Vec::new() };
        let matches = |row: u16, word: u32, key: u32| {
            let pattern = &table::ROWS[row as usize].pattern;
            (word ^ pattern.bits) & pattern.mask & key == 0
        };
        // Of each major opcode, which spares trying each row for each bucket.
        let opcodes: Vec<Vec<u16>> = (0..32)
            .map(|opcode| (0..table::ROWS.len() as u16).filter(|&row| matches(row, opcode << 2, OPCODE)).collect())
            .collect();
        for bucket in 0..1 << 15 {
            let word = (bucket & 31) << 2 | (bucket >> 5 & 7) << 12 | (bucket >> 8) << 25;
            let rows = opcodes[bucket as usize & 31].iter().copied();
            index.rows.extend(rows.filter(|&row| matches(row, word, KEY)));
            index.starts.push(u16::try_from(index.rows.len()).expect("the index holds at most 65535 entries"));
        }
        index
    }

    #[inline]
    fn bucket(&self, word: u32) -> &[u16] {
        let at = (word >> 2 & 31 | (word >> 12 & 7) << 5 | (word >> 25) << 8) as usize;
        &self.rows[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

static WORDS: LazyLock<Index> = LazyLock::new(Index::new);

/// The row of each halfword.
static HALVES: LazyLock<Vec<u8>> = LazyLock::new(compressed::rows_of_halfwords);

/// Decodes what was fetched; bits without meaning give [`Op::Illegal`](super::Op::Illegal).
pub(super) fn decode(word: u32) -> Insn {
    if word & 3 != 3 {
        return compressed::decode(word as u16, HALVES[word as usize & 0xffff]);
    }
    for &number in WORDS.bucket(word) {
        let row = &table::ROWS[number as usize];
        if row.pattern.matches(word) {
            let mut insn = Insn::new(row.op);
            if row.format.extract(word, &mut insn) {
                return insn;
            }
            break;
        }
    }
    Insn::illegal(word)
}

/// An operand that the encoding cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no encoding of {} holds these operands: {insn:?}", insn.mnemonic())]
pub struct EncodeError {
    /// The instruction.
    pub insn: Insn,
}

impl Insn {
    /// Its bits, ignored ones zero: what decodes to it again.
    ///
    /// # Errors
    /// When an operand does not fit, or an operand is set that the instruction does not have.
    pub fn encode(&self) -> Result<u32, EncodeError> {
        let word = self.bits();
        if decode(word) == *self { Ok(word) } else { Err(EncodeError { insn: *self }) }
    }

    /// Its bits, for operands that are known to fit.
    pub(super) fn bits(&self) -> u32 {
        if let Some(row) = self.compressed_row() {
            return row.pattern.bits | row.format.insert(self);
        }
        match table::ROWS.get(self.op as usize) {
            Some(row) => row.pattern.bits | row.format.insert(self),
            None => self.imm as u32,
        }
    }

    /// Its mnemonic, without suffixes.
    pub fn mnemonic(&self) -> &'static str {
        match (self.compressed_row(), table::ROWS.get(self.op as usize)) {
            (Some(row), _) => row.mnemonic,
            (None, Some(row)) => row.mnemonic,
            (None, None) => ".insn",
        }
    }
}
