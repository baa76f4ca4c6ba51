//! A decoded instruction; decoding and encoding by the table.

use std::sync::LazyLock;

use super::table::{Op, ROWS};

/// Bit of [`Insn::option`]: the access acquires.
pub const ACQUIRE: u8 = 1;
/// Bit of [`Insn::option`]: the access releases.
pub const RELEASE: u8 = 2;
/// Bit of [`Insn::option`]: the weaker acquire of LDAPR.
pub const RCPC: u8 = 4;

/// A decoded instruction. What `imm`, `size` and `option` mean, [`super::format::Format`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insn {
    /// Immediate, decoded fully: offsets are in bytes, bitmasks are masks. The word itself when undefined.
    pub imm: u64,
    /// Which instruction.
    pub op: Op,
    /// Rd or Rt: bits 4-0.
    pub rd: u8,
    /// Rn: bits 9-5.
    pub rn: u8,
    /// Rm or Rs: bits 20-16.
    pub rm: u8,
    /// Ra or Rt2: bits 14-10.
    pub ra: u8,
    /// Width or size of the operands.
    pub size: u8,
    /// Condition, shift, extension, ordering.
    pub option: u8,
}

const _: () = assert!(size_of::<Insn>() == 16);

/// An instruction whose operands do not fit its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{:?} cannot hold its immediate {:#x}", .0.op, .0.imm)]
pub struct EncodeError(pub Insn);

/// Number of leading bits of a word that choose the bucket of rows to try.
const BUCKET_BITS: u32 = 11;

/// For each value of the leading bits, the rows that may match, in table order.
struct Index {
    /// Start in `rows` of each bucket, and the end of the last.
    starts: Vec<u16>,
    /// Mask and bits of a pattern, and its row.
    rows: Vec<(u32, u32, u16)>,
}

impl Index {
    fn build() -> Index {
        let low = 32 - BUCKET_BITS;
        let mut buckets = vec![Vec::new(); 1 << BUCKET_BITS];
        for (n, row) in ROWS.iter().enumerate() {
            let (fixed, free) = (row.pattern.bits >> low, !row.pattern.mask >> low);
            // Each choice of the free bits, the one with all of them first.
            let mut choice = free;
            loop {
                buckets[(fixed | choice) as usize].push((row.pattern.mask, row.pattern.bits, n as u16));
                if choice == 0 {
                    break;
                }
                choice = (choice - 1) & free;
            }
        }
        let mut index = Index { starts: vec![0], rows: Vec::new() };
        for bucket in buckets {
            index.rows.extend(bucket);
            index.starts.push(u16::try_from(index.rows.len()).expect("the decode index fits 16 bits"));
        }
        index
    }
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::build);

impl Insn {
    /// The instruction that a word without meaning decodes to.
    pub const fn undefined(word: u32) -> Insn {
        Insn { imm: word as u64, op: Op::Undefined, rd: 0, rn: 0, rm: 0, ra: 0, size: 0, option: 0 }
    }

    /// Decodes a word.
    pub fn decode(word: u32) -> Insn {
        let index = &*INDEX;
        let bucket = (word >> (32 - BUCKET_BITS)) as usize;
        let rows = &index.rows[index.starts[bucket] as usize..index.starts[bucket + 1] as usize];
        let Some(&(_, _, n)) = rows.iter().find(|(mask, bits, _)| word & mask == *bits) else {
            return Insn::undefined(word);
        };
        let row = &ROWS[n as usize];
        let register = |low: u32| (word >> low & 31) as u8;
        let mut insn = Insn {
            imm: 0,
            op: row.op,
            rd: register(0),
            rn: register(5),
            rm: register(16),
            ra: register(10),
            size: 0,
            option: 0,
        };
        if row.format.read(word, &mut insn) { insn } else { Insn::undefined(word) }
    }

    /// The word that decodes to this instruction.
    pub fn encode(&self) -> u32 {
        let Some(row) = self.op.row() else {
            return self.imm as u32;
        };
        let registers = u32::from(self.rd & 31)
            | u32::from(self.rn & 31) << 5
            | u32::from(self.ra & 31) << 10
            | u32::from(self.rm & 31) << 16;
        let (mask, value) = row.format.write(self);
        let word = registers & !mask | value;
        row.pattern.bits | word & !row.pattern.mask
    }

    /// The same, checked: an immediate that is too large, not aligned, or cannot be encoded is an error.
    ///
    /// # Errors
    /// When the word would decode to another immediate or size.
    pub fn try_encode(&self) -> Result<u32, EncodeError> {
        let word = self.encode();
        let there = Insn::decode(word);
        let same = |insn: &Insn| (insn.op, insn.imm, insn.size, insn.option);
        if same(&there) == same(self) { Ok(word) } else { Err(EncodeError(*self)) }
    }

    /// The operands are 64 bits wide (formats with that in `size`).
    #[inline(always)]
    pub const fn wide(&self) -> bool {
        self.size != 0
    }
}
