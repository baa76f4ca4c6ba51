//! Operand formats of Advanced SIMD: which registers there are, in which arrangement, and how wide the elements are.
//!
//! [`Insn::size`] is log2 of the bytes of an element (the narrower one where two sizes meet). [`Insn::option`] is log2 of
//! the bytes of the vector (3 or 4; for scalars the size of the element), or for shapes that widen or narrow: 0 the low
//! half, 1 the high half, 2 scalar. [`Insn::imm`] is an index, an amount or the expanded immediate.

use super::insn::Insn;
use super::table::Op;

/// The registers of an instruction, as arrangements. Vn stands for the first source, Vm for the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Vd, Vn, Vm alike.
    Three,
    /// The same of scalars.
    ScalarThree,
    /// Vd, Vn alike.
    Two,
    /// The same of scalars.
    ScalarTwo,
    /// Vd, Vn, zero.
    TwoZero,
    /// The same of scalars.
    ScalarTwoZero,
    /// Vd, Vn, zero as a floating-point number.
    TwoZeroFloat,
    /// The same of scalars.
    ScalarTwoZeroFloat,
    /// A scalar, the pair in Vn.
    ScalarPair,
    /// Wide Vd, Vn, Vm.
    LongThree,
    /// The same of scalars.
    ScalarLongThree,
    /// Wide Vd, wide Vn, Vm.
    WideThree,
    /// Vd, wide Vn, wide Vm.
    NarrowThree,
    /// Wide Vd of half as many elements, Vn.
    PairLong,
    /// Vd, wide Vn.
    NarrowTwo,
    /// The same of scalars.
    ScalarNarrowTwo,
    /// Wide Vd, Vn.
    LongTwo,
    /// Wide Vd, Vn, the width of an element.
    LongByWidth,
    /// A scalar, Vn.
    Across,
    /// A wide scalar, Vn.
    AcrossLong,
    /// Vd, Vn, an element of Vm.
    Element,
    /// The same of scalars.
    ScalarElement,
    /// Wide Vd, Vn, an element of Vm.
    LongElement,
    /// The same of scalars.
    ScalarLongElement,
    /// Vd of words, Vn and Vm of bytes, four to a word.
    Dot,
    /// Vd of words, Vn of bytes, a group of four bytes of Vm.
    DotElement,
    /// Qd, Sn, Vm.
    HashWord,
    /// Qd, Qn, Vm.
    Hash,
    /// Vd, Vn, an amount to the right.
    ShiftRight,
    /// The same of scalars.
    ScalarShiftRight,
    /// Vd, Vn, an amount to the left.
    ShiftLeft,
    /// The same of scalars.
    ScalarShiftLeft,
    /// Vd, wide Vn, an amount to the right.
    ShiftNarrow,
    /// The same of scalars.
    ScalarShiftNarrow,
    /// Wide Vd, Vn, an amount to the left.
    ShiftLong,
    /// Vd, Vn, a number of fraction bits.
    Fixed,
    /// The same of scalars.
    ScalarFixed,
    /// Vd, an immediate.
    Immediate,
    /// Vd, an element of Vn.
    DupElement,
    /// Vd, Rn.
    DupGeneral,
    /// A scalar, an element of Vn.
    DupScalar,
    /// Rd, an element of Vn.
    ToGeneral,
    /// An element of Vd, Rn.
    InsGeneral,
    /// An element of Vd, an element of Vn (its index in bits 15-8 of imm).
    InsElement,
    /// Vd, Vn, Vm, a number of bytes.
    Extract,
    /// Vd, one to four vectors from Vn on (imm + 1), Vm.
    Table,
    /// One to four vectors from Vt on, an address.
    Structures,
    /// The same; the base moves.
    StructuresPost,
    /// One to four vectors from Vt on, all elements of each, an address.
    Replicate,
    /// The same; the base moves.
    ReplicatePost,
    /// One to four vectors from Vt on, one element of each, an address.
    Lane,
    /// The same; the base moves.
    LanePost,
}

/// Which element sizes there are, and where they are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// Bits 23-22; doubles only in full vectors.
    All,
    /// Bits 23-22; not doubles.
    NoDouble,
    /// Bits 23-22; halfwords and words.
    HalfWord,
    /// Bits 23-22; bytes and halfwords.
    ByteHalf,
    /// Bytes.
    Byte,
    /// Words.
    Word,
    /// Doubles.
    Double,
    /// Bit 22: single or double; doubles only in full vectors.
    Float,
    /// Bit 22: half or single.
    FloatNarrow,
    /// Bits 23-22; not doubles, words only in full vectors.
    Across,
    /// The leading one of bits 22-19; doubles only in full vectors.
    ShiftAll,
    /// The leading one of bits 22-19; not doubles.
    ShiftNoDouble,
    /// The leading one of bits 22-19; doubles.
    ShiftDouble,
    /// The leading one of bits 22-19; words and doubles, these only in full vectors.
    ShiftFloat,
    /// The trailing one of bits 20-16.
    Imm5,
    /// Said by the instruction.
    Modified,
    /// Bits 11-10; doubles only in full vectors.
    NoShortDouble,
    /// Bits 11-10.
    Replicated,
    /// Bits 15-14, and 11-10.
    Laned,
}

const fn field(word: u32, low: u32, width: u32) -> u32 {
    word >> low & ((1 << width) - 1)
}

impl Shape {
    /// Elements of two widths meet, or the vector is one element: `option` is a half or "scalar".
    pub(super) const fn mixes_widths(self) -> bool {
        matches!(
            self,
            Shape::LongThree
                | Shape::ScalarLongThree
                | Shape::WideThree
                | Shape::NarrowThree
                | Shape::NarrowTwo
                | Shape::ScalarNarrowTwo
                | Shape::LongTwo
                | Shape::LongByWidth
                | Shape::LongElement
                | Shape::ScalarLongElement
                | Shape::ShiftNarrow
                | Shape::ScalarShiftNarrow
                | Shape::ShiftLong
        )
    }

    /// The operands are scalars.
    pub(super) const fn is_scalar(self) -> bool {
        matches!(
            self,
            Shape::ScalarThree
                | Shape::ScalarTwo
                | Shape::ScalarTwoZero
                | Shape::ScalarTwoZeroFloat
                | Shape::ScalarPair
                | Shape::ScalarLongThree
                | Shape::ScalarNarrowTwo
                | Shape::ScalarElement
                | Shape::ScalarLongElement
                | Shape::ScalarShiftRight
                | Shape::ScalarShiftLeft
                | Shape::ScalarShiftNarrow
                | Shape::ScalarFixed
                | Shape::DupScalar
        )
    }

    /// One operand is an element chosen by an index.
    pub(super) const fn by_element(self) -> bool {
        matches!(self, Shape::Element | Shape::ScalarElement | Shape::LongElement | Shape::ScalarLongElement)
    }

    /// Structure loads and stores that move their base.
    pub const fn moves_base(self) -> bool {
        matches!(self, Shape::StructuresPost | Shape::ReplicatePost | Shape::LanePost)
    }

    /// Structure loads and stores.
    pub(super) const fn is_structure(self) -> bool {
        self.moves_base() || matches!(self, Shape::Structures | Shape::Replicate | Shape::Lane)
    }

    /// Fills in what the shape says; false when the word is reserved.
    pub(super) fn read(self, sizes: Sizes, word: u32, i: &mut Insn) -> bool {
        let full = field(word, 30, 1) == 1;
        let scalar = self.is_scalar();
        let Some(size) = sizes.read(word) else { return false };
        i.size = size;
        i.option = match (self.mixes_widths(), scalar) {
            (false, false) => 3 + u8::from(full),
            (false, true) => size,
            (true, false) => u8::from(full),
            (true, true) => 2,
        };
        let doubles_need_full = matches!(sizes, Sizes::All | Sizes::Float | Sizes::ShiftAll | Sizes::ShiftFloat);
        if doubles_need_full && size == 3 && !full && !scalar && !self.is_structure() {
            return false;
        }
        let half_words = field(word, 16, 7);
        match self {
            Shape::ShiftRight
            | Shape::ScalarShiftRight
            | Shape::ShiftNarrow
            | Shape::ScalarShiftNarrow
            | Shape::Fixed
            | Shape::ScalarFixed => i.imm = u64::from((16 << size) - half_words),
            Shape::ShiftLeft | Shape::ScalarShiftLeft | Shape::ShiftLong => {
                i.imm = u64::from(half_words - (8 << size));
            }
            Shape::Element
            | Shape::ScalarElement
            | Shape::LongElement
            | Shape::ScalarLongElement
            | Shape::DotElement => {
                let (h, l, m) = (field(word, 11, 1), field(word, 21, 1), field(word, 20, 1));
                i.imm = u64::from(match size {
                    1 => {
                        i.rm &= 15;
                        h << 2 | l << 1 | m
                    }
                    2 => h << 1 | l,
                    _ if l == 1 => return false,
                    _ => h,
                });
            }
            Shape::DupElement | Shape::DupScalar => {
                i.imm = u64::from(field(word, 16, 5) >> (size + 1));
                return self == Shape::DupScalar || size < 3 || full;
            }
            Shape::DupGeneral => return size < 3 || full,
            Shape::ToGeneral => {
                i.imm = u64::from(field(word, 16, 5) >> (size + 1));
                return if i.op == Op::Umov { full == (size == 3) } else { size < 2 || size == 2 && full };
            }
            Shape::InsGeneral => i.imm = u64::from(field(word, 16, 5) >> (size + 1)),
            Shape::InsElement => {
                i.imm = u64::from(field(word, 16, 5) >> (size + 1) | field(word, 11, 4) >> size << 8);
            }
            Shape::Extract => {
                i.imm = u64::from(field(word, 11, 4));
                return full || i.imm < 8;
            }
            Shape::Table => i.imm = u64::from(field(word, 13, 2)),
            Shape::Immediate => i.imm = immediate(i.op, field(word, 16, 3) << 5 | field(word, 5, 5)),
            Shape::Across | Shape::AcrossLong if sizes == Sizes::Across => return size < 2 || full,
            Shape::Structures | Shape::StructuresPost => {
                return sizes != Sizes::NoShortDouble || size < 3 || full;
            }
            Shape::Lane | Shape::LanePost => {
                let place = field(word, 30, 1) << 3 | field(word, 12, 1) << 2 | field(word, 10, 2);
                i.imm = u64::from(place >> size);
            }
            _ => {}
        }
        true
    }

    /// The bits that hold what the shape says, as pairs of position and width with a value.
    pub(super) fn write(self, sizes: Sizes, i: &Insn, mut put: impl FnMut(u32, u32, u32)) {
        let size = u32::from(i.size);
        let imm = i.imm as u32;
        match sizes {
            Sizes::All | Sizes::NoDouble | Sizes::HalfWord | Sizes::ByteHalf | Sizes::Across => put(22, 2, size),
            Sizes::Float => put(22, 1, size.wrapping_sub(2)),
            Sizes::FloatNarrow => put(22, 1, size.wrapping_sub(1)),
            Sizes::NoShortDouble | Sizes::Replicated => put(10, 2, size),
            _ => {}
        }
        let full = if self.mixes_widths() { i.option == 1 } else { i.option == 4 };
        if !self.is_scalar() {
            put(30, 1, u32::from(full));
        }
        match self {
            Shape::ShiftRight
            | Shape::ScalarShiftRight
            | Shape::ShiftNarrow
            | Shape::ScalarShiftNarrow
            | Shape::Fixed
            | Shape::ScalarFixed => put(16, 7, (16 << size) - imm),
            Shape::ShiftLeft | Shape::ScalarShiftLeft | Shape::ShiftLong => put(16, 7, imm + (8 << size)),
            Shape::Element
            | Shape::ScalarElement
            | Shape::LongElement
            | Shape::ScalarLongElement
            | Shape::DotElement => match size {
                1 => {
                    put(11, 1, imm >> 2);
                    put(21, 1, imm >> 1);
                    put(20, 1, imm);
                }
                2 => {
                    put(11, 1, imm >> 1);
                    put(21, 1, imm);
                }
                _ => {
                    put(11, 1, imm);
                    put(21, 1, 0);
                }
            },
            Shape::DupElement | Shape::DupScalar | Shape::ToGeneral | Shape::InsGeneral => {
                put(16, 5, imm << (size + 1) | 1 << size);
            }
            Shape::DupGeneral => put(16, size + 1, 1 << size),
            Shape::InsElement => {
                put(16, 5, (imm & 0xff) << (size + 1) | 1 << size);
                put(11 + size, 4 - size, imm >> 8);
            }
            Shape::Extract => put(11, 4, imm),
            Shape::Table => put(13, 2, imm),
            Shape::Lane | Shape::LanePost => {
                let place = imm << size;
                put(30, 1, place >> 3);
                put(12, 1, place >> 2);
                put(10, 2, place & 3 | u32::from(size == 3));
                put(14, 2, size.min(2));
            }
            _ => {}
        }
    }
}

impl Sizes {
    /// The size that a word says; `None` when reserved.
    fn read(self, word: u32) -> Option<u8> {
        let plain = field(word, 22, 2) as u8;
        let leading = || field(word, 19, 4).checked_ilog2().map(|n| n as u8);
        match self {
            Sizes::All => Some(plain),
            Sizes::NoDouble | Sizes::Across => (plain < 3).then_some(plain),
            Sizes::HalfWord => (plain == 1 || plain == 2).then_some(plain),
            Sizes::ByteHalf => (plain < 2).then_some(plain),
            Sizes::Byte | Sizes::Modified => Some(0),
            Sizes::Word => Some(2),
            Sizes::Double => Some(3),
            Sizes::Float => Some(2 + field(word, 22, 1) as u8),
            Sizes::FloatNarrow => Some(1 + field(word, 22, 1) as u8),
            Sizes::ShiftAll => leading(),
            Sizes::ShiftNoDouble => leading().filter(|&size| size < 3),
            Sizes::ShiftDouble => leading().filter(|&size| size == 3),
            Sizes::ShiftFloat => leading().filter(|&size| size >= 2),
            Sizes::Imm5 => Some(field(word, 16, 5).trailing_zeros() as u8).filter(|&size| size < 4),
            Sizes::NoShortDouble | Sizes::Replicated => Some(field(word, 10, 2) as u8),
            Sizes::Laned => match (field(word, 14, 2), field(word, 10, 2), field(word, 12, 1)) {
                (0, ..) => Some(0),
                (1, low, _) if low & 1 == 0 => Some(1),
                (2, 0, _) => Some(2),
                (2, 1, 0) => Some(3),
                _ => None,
            },
        }
    }
}

/// AdvSIMDExpandImm: 64 bits, to be repeated. MVNI and BIC complement it themselves.
fn immediate(op: Op, byte: u32) -> u64 {
    let byte = u64::from(byte);
    let words = |word: u64| word << 32 | word;
    let halves = |half: u64| half * 0x0001_0001_0001_0001;
    match op {
        Op::MoviWord0 | Op::OrrWord0 | Op::MvniWord0 | Op::BicWord0 => words(byte),
        Op::MoviWord8 | Op::OrrWord8 | Op::MvniWord8 | Op::BicWord8 => words(byte << 8),
        Op::MoviWord16 | Op::OrrWord16 | Op::MvniWord16 | Op::BicWord16 => words(byte << 16),
        Op::MoviWord24 | Op::OrrWord24 | Op::MvniWord24 | Op::BicWord24 => words(byte << 24),
        Op::MoviHalf0 | Op::OrrHalf0 | Op::MvniHalf0 | Op::BicHalf0 => halves(byte),
        Op::MoviHalf8 | Op::OrrHalf8 | Op::MvniHalf8 | Op::BicHalf8 => halves(byte << 8),
        Op::MoviOnes8 | Op::MvniOnes8 => words(byte << 8 | 0xff),
        Op::MoviOnes16 | Op::MvniOnes16 => words(byte << 16 | 0xffff),
        Op::MoviByte => byte * 0x0101_0101_0101_0101,
        Op::MoviDouble => (0..8).fold(0, |mask, bit| mask | if byte >> bit & 1 == 1 { 0xff << (8 * bit) } else { 0 }),
        Op::FmovSingles => words(float_immediate(2, byte as u32)),
        _ => float_immediate(3, byte as u32),
    }
}

/// VFPExpandImm: a number of 8 bits in a format of this size.
pub(super) fn float_immediate(size: u8, byte: u32) -> u64 {
    let byte = u64::from(byte);
    let (sign, high, low) = (byte >> 7, byte >> 6 & 1, byte & 0x3f);
    if size == 2 {
        sign << 31 | (high ^ 1) << 30 | (0x1f * high) << 25 | low << 19
    } else {
        sign << 63 | (high ^ 1) << 62 | (0xff * high) << 54 | low << 48
    }
}

/// The 8 bits of a number that [`float_immediate`] gave.
pub(super) fn float_byte(size: u8, bits: u64) -> u32 {
    let byte = if size == 2 {
        bits >> 31 << 7 | (bits >> 29 & 1) << 6 | bits >> 19 & 0x3f
    } else {
        bits >> 63 << 7 | (bits >> 61 & 1) << 6 | bits >> 48 & 0x3f
    };
    byte as u32
}
