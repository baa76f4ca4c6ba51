//! Where the operands of an encoding stand.
//!
//! Four register fields have one place in all of A64 and are always read and written: Rd or Rt (bits 4-0), Rn (9-5), Ra
//! or Rt2 (14-10), Rm or Rs (20-16). What a format says here is the rest: immediates, sizes, conditions.

use super::bitmask;
use super::insn::{ACQUIRE, Insn, RCPC, RELEASE};
use super::shape;
pub use super::shape::{Shape, Sizes};

/// Operand format of a row. After the name: what [`Insn::imm`], [`Insn::size`] and [`Insn::option`] hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// No operands.
    None,
    /// imm: offset from the pc.
    Adr,
    /// imm: offset from the page of the pc.
    Adrp,
    /// imm: the value; size: 64-bit; option: shifted by 12. Rd and Rn may be SP.
    AddImm,
    /// The same, Rd is not SP.
    AddImmFlags,
    /// imm: the mask, repeated to the operand's width; size: 64-bit. Rd may be SP.
    LogicalImm,
    /// The same, Rd is not SP.
    LogicalImmFlags,
    /// imm: the value in its place; size: 64-bit; option: shift / 16.
    MoveWide,
    /// imm: immr, and imms in bits 15-8; size: 64-bit.
    Bitfield,
    /// imm: lsb; size: 64-bit.
    Extract,
    /// imm: amount; size: 64-bit; option: LSL, LSR, ASR, ROR.
    Shifted,
    /// The same without ROR.
    AddShifted,
    /// imm: amount; size: 64-bit; option: UXTB … SXTX. Rd and Rn may be SP.
    Extended,
    /// The same, Rd is not SP.
    ExtendedFlags,
    /// size: 64-bit. Rd, Rn, Rm.
    Reg3,
    /// Wd, Wn, Xm.
    CrcDouble,
    /// size: 64-bit. Rd, Rn.
    Reg2,
    /// size: 64-bit. Rd, Rn, Rm, Ra.
    Reg4,
    /// Xd, Wn, Wm, Xa.
    MulLong,
    /// imm: rotation; Rd: mask. Xn.
    Rmif,
    /// Wn.
    SetFlags,
    /// size: 64-bit; option: condition; Rd: flags. Rn, Rm.
    CondCompareReg,
    /// size: 64-bit; option: condition; Rd: flags; Rm: the immediate. Rn.
    CondCompareImm,
    /// size: 64-bit; option: condition. Rd, Rn, Rm.
    CondSelect,
    /// imm: offset.
    Branch26,
    /// imm: offset; option: condition.
    BranchCond,
    /// imm: offset; size: 64-bit. Rt.
    CompareBranch,
    /// imm: offset; option: bit number. Rt.
    TestBranch,
    /// Xn.
    BranchReg,
    /// imm: bits 20-5.
    Imm16,
    /// The same, not written when zero.
    Imm16Optional,
    /// imm: bits 15-0.
    Imm16Low,
    /// imm: CRm:op2.
    Hint,
    /// imm: CRm.
    Clrex,
    /// imm: CRm.
    Barrier,
    /// imm: CRm.
    Isb,
    /// imm: op0:op1:CRn:CRm:op2.
    MsrImm,
    /// imm: op0:op1:CRn:CRm:op2. Xt.
    Sys,
    /// The same with a result.
    Sysl,
    /// imm: op0:op1:CRn:CRm:op2; option: index of the register in the table, or 255. Xt.
    Msr,
    /// The same, read.
    Mrs,
    /// imm: offset; size: Rt is 64-bit.
    MemUnsigned,
    /// imm: offset; size: Rt is 64-bit.
    MemUnscaled,
    /// imm: offset; size: Rt is 64-bit.
    MemPost,
    /// imm: offset; size: Rt is 64-bit.
    MemPre,
    /// imm: amount; size: Rt is 64-bit; option: UXTW, LSL, SXTW, SXTX; Ra: bits 14-10.
    MemRegister,
    /// imm: offset; size: Rt is 64-bit.
    Literal,
    /// imm: offset; Rt: prefetch operation.
    PrfmLiteral,
    /// imm: offset; Rt: prefetch operation.
    PrfmUnsigned,
    /// imm: offset; Rt: prefetch operation.
    PrfmUnscaled,
    /// As MemRegister; Rt: prefetch operation.
    PrfmRegister,
    /// imm: offset; size: Rt is 64-bit.
    PairOffset,
    /// imm: offset; size: Rt is 64-bit.
    PairPost,
    /// imm: offset; size: Rt is 64-bit.
    PairPre,
    /// size: log2 of the bytes; option: ordering. Ws, Rt, Xn.
    StoreExclusive,
    /// size: log2 of the bytes; option: ordering. Rt, Xn.
    LoadExclusive,
    /// size: log2 of the bytes of one; option: ordering. Ws, Rt, Rt2, Xn.
    StoreExclusivePair,
    /// size: log2 of the bytes of one; option: ordering. Rt, Rt2, Xn.
    LoadExclusivePair,
    /// size: log2 of the bytes; option: ordering. Rt, Xn.
    Ordered,
    /// size: log2 of the bytes of one; option: ordering. Rs, Rt, Xn.
    CasPair,
    /// size: log2 of the bytes; option: ordering. Rs, Rt, Xn.
    Cas,
    /// size: log2 of the bytes; option: ordering. Rs, Rt, Xn.
    Atomic,
    /// size: log2 of the bytes; option: ordering. Rt, Xn.
    Rcpc,
    /// imm: offset; size: Rt is 64-bit; option: ordering. Rt, Xn.
    RcpcUnscaled,
    /// imm: offset; size: log2 of the bytes. Vt.
    FpUnsigned,
    /// imm: offset; size: log2 of the bytes. Vt.
    FpUnscaled,
    /// imm: offset; size: log2 of the bytes. Vt.
    FpPost,
    /// imm: offset; size: log2 of the bytes. Vt.
    FpPre,
    /// imm: amount; size: log2 of the bytes; option: UXTW, LSL, SXTW, SXTX. Vt.
    FpRegister,
    /// imm: offset; size: log2 of the bytes. Vt.
    FpLiteral,
    /// imm: offset; size: log2 of the bytes. Vt, Vt2.
    FpPairOffset,
    /// imm: offset; size: log2 of the bytes. Vt, Vt2.
    FpPairPost,
    /// imm: offset; size: log2 of the bytes. Vt, Vt2.
    FpPairPre,
    /// size: 2 single, 3 double, as in all that follow. Fd, Fn.
    FpReg2,
    /// Fd, Fn, Fm.
    FpReg3,
    /// Fd, Fn, Fm, Fa.
    FpReg4,
    /// option: size of Fd. Fd, Fn.
    FpConvert,
    /// Fn, Fm.
    FpCompare,
    /// Fn.
    FpCompareZero,
    /// imm: the number's bits. Fd.
    FpImm,
    /// option: condition; Rd: flags. Fn, Fm.
    FpCondCompare,
    /// option: condition. Fd, Fn, Fm.
    FpSelect,
    /// option: Rd is 64-bit. Rd, Fn.
    FpToInt,
    /// option: Rn is 64-bit. Fd, Rn.
    FpFromInt,
    /// Xd, the upper half of Vn.
    FpToTop,
    /// The upper half of Vd, Xn.
    FpFromTop,
    /// imm: fraction bits; option: Rd is 64-bit. Rd, Fn.
    FpToFixed,
    /// imm: fraction bits; option: Rn is 64-bit. Fd, Rn.
    FpFromFixed,
    /// Xd, Xn or SP.
    Sign,
    /// Xd.
    SignZero,
    /// Xd, Xn, Xm or SP.
    SignGeneric,
    /// Xn, the modifier in Xd or SP.
    BranchSigned,
    /// imm: offset. Xt, Xn or SP.
    MemSigned,
    /// The same; the base moves.
    MemSignedPre,
    /// Advanced SIMD.
    Simd(Shape, Sizes),
}

impl Format {
    /// Registers 0 to 31 of the transfer or of the operation are vector registers: CPACR_EL1 may forbid it.
    pub fn uses_vectors(self) -> bool {
        matches!(
            self,
            Format::FpUnsigned
                | Format::FpUnscaled
                | Format::FpPost
                | Format::FpPre
                | Format::FpRegister
                | Format::FpLiteral
                | Format::FpPairOffset
                | Format::FpPairPost
                | Format::FpPairPre
                | Format::FpReg2
                | Format::FpReg3
                | Format::FpReg4
                | Format::FpConvert
                | Format::FpCompare
                | Format::FpCompareZero
                | Format::FpImm
                | Format::FpCondCompare
                | Format::FpSelect
                | Format::FpToInt
                | Format::FpFromInt
                | Format::FpToTop
                | Format::FpFromTop
                | Format::FpToFixed
                | Format::FpFromFixed
                | Format::Simd(..)
        )
    }
}

/// Bits `low` to `low + width - 1`.
const fn field(word: u32, low: u32, width: u32) -> u32 {
    word >> low & ((1 << width) - 1)
}

/// The same as a signed number.
const fn signed(word: u32, low: u32, width: u32) -> i64 {
    ((word << (32 - low - width)) as i32 >> (32 - width)) as i64
}

/// True when the transfer register of an integer load or store is 64 bits wide (bits 31-30 size, 23-22 opc).
const fn wide_transfer(word: u32) -> u8 {
    (field(word, 30, 2) == 3 || field(word, 22, 2) == 2) as u8
}

/// [`Insn::option`] of an access with an acquire and a release bit.
const fn ordering(acquire: u32, release: u32) -> u8 {
    const { assert!(ACQUIRE == 1 && RELEASE == 2) };
    (acquire | release << 1) as u8
}

/// log2 of the bytes of a vector register that is loaded or stored (bits 31-30 size, 23 the top bit of opc).
const fn vector_scale(word: u32) -> u32 {
    field(word, 30, 2) + 4 * field(word, 23, 1)
}

/// Size of a floating-point operand by its type field: 0 single, 1 double, 3 half.
const fn float_size(word: u32) -> u8 {
    [2, 3, 0, 1][field(word, 22, 2) as usize]
}

/// Size in bytes, as a power of two, of one register of a pair.
const fn pair_scale(word: u32) -> u32 {
    2 + field(word, 31, 1)
}

impl Format {
    /// Fills in what the format says; false when the word is reserved.
    pub(super) fn read(self, word: u32, insn: &mut Insn) -> bool {
        let sf = field(word, 31, 1) as u8;
        match self {
            Format::None | Format::MulLong | Format::SetFlags | Format::BranchReg => {}
            Format::Adr => insn.imm = (signed(word, 5, 19) << 2) as u64 | u64::from(field(word, 29, 2)),
            Format::Adrp => {
                insn.imm = ((signed(word, 5, 19) << 2 | i64::from(field(word, 29, 2))) << 12) as u64;
            }
            Format::AddImm | Format::AddImmFlags => {
                insn.size = sf;
                insn.option = field(word, 22, 1) as u8;
                insn.imm = u64::from(field(word, 10, 12)) << (12 * insn.option);
            }
            Format::LogicalImm | Format::LogicalImmFlags => {
                insn.size = sf;
                match bitmask::expand(field(word, 10, 13), sf == 1) {
                    Some(mask) => insn.imm = mask,
                    None => return false,
                }
            }
            Format::MoveWide => {
                insn.size = sf;
                insn.option = field(word, 21, 2) as u8;
                insn.imm = u64::from(field(word, 5, 16)) << (16 * insn.option);
                return sf == 1 || insn.option < 2;
            }
            Format::Bitfield => {
                insn.size = sf;
                insn.imm = u64::from(field(word, 16, 6) | field(word, 10, 6) << 8);
                return field(word, 22, 1) as u8 == sf && (sf == 1 || word & (1 << 21 | 1 << 15) == 0);
            }
            Format::Extract => {
                insn.size = sf;
                insn.imm = u64::from(field(word, 10, 6));
                return field(word, 22, 1) as u8 == sf && (sf == 1 || insn.imm < 32);
            }
            Format::Shifted | Format::AddShifted => {
                insn.size = sf;
                insn.option = field(word, 22, 2) as u8;
                insn.imm = u64::from(field(word, 10, 6));
                return (sf == 1 || insn.imm < 32) && !(self == Format::AddShifted && insn.option == 3);
            }
            Format::Extended | Format::ExtendedFlags => {
                insn.size = sf;
                insn.option = field(word, 13, 3) as u8;
                insn.imm = u64::from(field(word, 10, 3));
                return insn.imm <= 4;
            }
            Format::Reg3 | Format::Reg2 | Format::Reg4 | Format::CrcDouble => insn.size = sf,
            Format::Rmif => insn.imm = u64::from(field(word, 15, 6)),
            Format::CondCompareReg | Format::CondCompareImm | Format::CondSelect => {
                insn.size = sf;
                insn.option = field(word, 12, 4) as u8;
            }
            Format::Branch26 => insn.imm = (signed(word, 0, 26) << 2) as u64,
            Format::BranchCond => {
                insn.imm = (signed(word, 5, 19) << 2) as u64;
                insn.option = field(word, 0, 4) as u8;
            }
            Format::CompareBranch => {
                insn.size = sf;
                insn.imm = (signed(word, 5, 19) << 2) as u64;
            }
            Format::TestBranch => {
                insn.option = sf << 5 | field(word, 19, 5) as u8;
                insn.imm = (signed(word, 5, 14) << 2) as u64;
            }
            Format::Imm16 | Format::Imm16Optional => insn.imm = u64::from(field(word, 5, 16)),
            Format::Imm16Low => insn.imm = u64::from(field(word, 0, 16)),
            Format::Hint => insn.imm = u64::from(field(word, 5, 7)),
            Format::Clrex | Format::Barrier | Format::Isb => insn.imm = u64::from(field(word, 8, 4)),
            Format::MsrImm => {
                insn.imm = u64::from(field(word, 5, 16));
                return super::exec::system::PstateField::of(insn.imm).is_some();
            }
            Format::Sys | Format::Sysl => insn.imm = u64::from(field(word, 5, 16)),
            Format::Msr | Format::Mrs => {
                insn.imm = u64::from(field(word, 5, 16));
                insn.option = super::sysreg::index(insn.imm as u16);
            }
            Format::MemUnsigned => {
                insn.size = wide_transfer(word);
                insn.imm = u64::from(field(word, 10, 12)) << field(word, 30, 2);
            }
            Format::PrfmUnsigned => insn.imm = u64::from(field(word, 10, 12)) << 3,
            Format::MemUnscaled | Format::MemPost | Format::MemPre | Format::PrfmUnscaled => {
                insn.size = wide_transfer(word);
                insn.imm = signed(word, 12, 9) as u64;
            }
            Format::MemRegister | Format::PrfmRegister => {
                insn.size = wide_transfer(word);
                insn.option = field(word, 13, 3) as u8;
                insn.imm = u64::from(field(word, 12, 1) * field(word, 30, 2));
            }
            Format::Literal | Format::PrfmLiteral => {
                insn.size = (field(word, 30, 2) != 0) as u8;
                insn.imm = (signed(word, 5, 19) << 2) as u64;
            }
            Format::PairOffset | Format::PairPost | Format::PairPre => {
                insn.size = (field(word, 30, 2) != 0) as u8;
                insn.imm = (signed(word, 15, 7) << pair_scale(word)) as u64;
            }
            Format::StoreExclusive | Format::StoreExclusivePair => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = field(word, 15, 1) as u8 * RELEASE;
            }
            Format::LoadExclusive | Format::LoadExclusivePair => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = field(word, 15, 1) as u8 * ACQUIRE;
            }
            Format::Ordered => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = if field(word, 22, 1) == 1 { ACQUIRE } else { RELEASE };
            }
            Format::CasPair => {
                insn.size = 2 + field(word, 30, 1) as u8;
                insn.option = ordering(field(word, 22, 1), field(word, 15, 1));
                return insn.rm & 1 == 0 && insn.rd & 1 == 0;
            }
            Format::Cas => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = ordering(field(word, 22, 1), field(word, 15, 1));
            }
            Format::Atomic => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = ordering(field(word, 23, 1), field(word, 22, 1));
            }
            Format::Rcpc => {
                insn.size = field(word, 30, 2) as u8;
                insn.option = ACQUIRE | RCPC;
            }
            Format::RcpcUnscaled => {
                insn.size = wide_transfer(word);
                insn.imm = signed(word, 12, 9) as u64;
                insn.option = if field(word, 22, 2) == 0 { RELEASE } else { ACQUIRE | RCPC };
            }
            Format::Sign | Format::SignZero | Format::SignGeneric | Format::BranchSigned => {}
            Format::MemSigned | Format::MemSignedPre => {
                insn.size = 1;
                insn.imm = (signed(word, 12, 9) & 0x1ff | signed(word, 22, 1) << 9) as u64;
                insn.imm <<= 3;
            }
            Format::FpUnsigned => {
                insn.size = vector_scale(word) as u8;
                insn.imm = u64::from(field(word, 10, 12)) << insn.size;
            }
            Format::FpUnscaled | Format::FpPost | Format::FpPre => {
                insn.size = vector_scale(word) as u8;
                insn.imm = signed(word, 12, 9) as u64;
            }
            Format::FpRegister => {
                insn.size = vector_scale(word) as u8;
                insn.option = field(word, 13, 3) as u8;
                insn.imm = u64::from(field(word, 12, 1)) * u64::from(insn.size);
            }
            Format::FpLiteral => {
                insn.size = 2 + field(word, 30, 2) as u8;
                insn.imm = (signed(word, 5, 19) << 2) as u64;
            }
            Format::FpPairOffset | Format::FpPairPost | Format::FpPairPre => {
                insn.size = 2 + field(word, 30, 2) as u8;
                insn.imm = (signed(word, 15, 7) << insn.size) as u64;
            }
            Format::FpReg2 | Format::FpReg3 | Format::FpReg4 | Format::FpCompare | Format::FpCompareZero => {
                insn.size = float_size(word);
            }
            Format::FpConvert => {
                insn.size = float_size(word);
                insn.option = [2, 3, 0, 1][field(word, 15, 2) as usize];
            }
            Format::FpImm => {
                insn.size = float_size(word);
                insn.imm = shape::float_immediate(insn.size, field(word, 13, 8));
            }
            Format::FpCondCompare | Format::FpSelect => {
                insn.size = float_size(word);
                insn.option = field(word, 12, 4) as u8;
            }
            Format::FpToInt | Format::FpFromInt => {
                insn.size = float_size(word);
                insn.option = sf;
            }
            Format::FpToTop | Format::FpFromTop => {}
            Format::FpToFixed | Format::FpFromFixed => {
                insn.size = float_size(word);
                insn.option = sf;
                insn.imm = u64::from(64 - field(word, 10, 6));
                return sf == 1 || insn.imm <= 32;
            }
            Format::Simd(shape, sizes) => return shape.read(sizes, word, insn),
        }
        true
    }

    /// The bits of the word that hold what the format says: their mask and their value.
    pub(super) fn write(self, insn: &Insn) -> (u32, u32) {
        let mut bits = Bits { mask: 0, value: 0 };
        let imm = insn.imm as u32;
        let sf = u32::from(insn.size & 1);
        let option = u32::from(insn.option);
        match self {
            Format::None | Format::MulLong | Format::SetFlags | Format::BranchReg => &mut bits,
            Format::Adr => bits.put(5, 19, imm >> 2).put(29, 2, imm),
            Format::Adrp => bits.put(5, 19, (insn.imm >> 14) as u32).put(29, 2, (insn.imm >> 12) as u32),
            Format::AddImm | Format::AddImmFlags => {
                bits.put(31, 1, sf).put(22, 1, option).put(10, 12, imm >> (12 * option))
            }
            Format::LogicalImm | Format::LogicalImmFlags => {
                bits.put(31, 1, sf).put(10, 13, bitmask::compress(insn.imm, sf == 1).unwrap_or(0))
            }
            Format::MoveWide => bits.put(31, 1, sf).put(21, 2, option).put(5, 16, (insn.imm >> (16 * option)) as u32),
            Format::Bitfield => bits.put(31, 1, sf).put(22, 1, sf).put(16, 6, imm).put(10, 6, imm >> 8),
            Format::Extract => bits.put(31, 1, sf).put(22, 1, sf).put(10, 6, imm),
            Format::Shifted | Format::AddShifted => bits.put(31, 1, sf).put(22, 2, option).put(10, 6, imm),
            Format::Extended | Format::ExtendedFlags => bits.put(31, 1, sf).put(13, 3, option).put(10, 3, imm),
            Format::Reg3 | Format::Reg2 | Format::Reg4 | Format::CrcDouble => bits.put(31, 1, sf),
            Format::Rmif => bits.put(15, 6, imm),
            Format::CondCompareReg | Format::CondCompareImm | Format::CondSelect => {
                bits.put(31, 1, sf).put(12, 4, option)
            }
            Format::Branch26 => bits.put(0, 26, imm >> 2),
            Format::BranchCond => bits.put(5, 19, imm >> 2).put(0, 4, option),
            Format::CompareBranch => bits.put(31, 1, sf).put(5, 19, imm >> 2),
            Format::TestBranch => bits.put(31, 1, option >> 5).put(19, 5, option).put(5, 14, imm >> 2),
            Format::Imm16 | Format::Imm16Optional => bits.put(5, 16, imm),
            Format::Imm16Low => bits.put(0, 16, imm),
            Format::Hint => bits.put(5, 7, imm),
            Format::Clrex | Format::Barrier | Format::Isb => bits.put(8, 4, imm),
            Format::MsrImm | Format::Sys | Format::Sysl | Format::Msr | Format::Mrs => bits.put(5, 16, imm),
            Format::MemUnsigned => {
                let scale = insn.op.row().map_or(0, |row| row.pattern.bits >> 30);
                bits.put(10, 12, imm >> scale)
            }
            Format::PrfmUnsigned => bits.put(10, 12, imm >> 3),
            Format::MemUnscaled
            | Format::MemPost
            | Format::MemPre
            | Format::PrfmUnscaled
            | Format::FpUnscaled
            | Format::FpPost
            | Format::FpPre
            | Format::RcpcUnscaled => bits.put(12, 9, imm),
            Format::Sign | Format::SignZero | Format::SignGeneric | Format::BranchSigned => &mut bits,
            Format::MemSigned | Format::MemSignedPre => bits.put(12, 9, imm >> 3).put(22, 1, imm >> 12),
            Format::FpUnsigned => bits.put(10, 12, imm >> insn.size),
            Format::FpRegister => bits.put(13, 3, option).put(12, 1, u32::from(imm != 0 || insn.ra & 4 != 0)),
            Format::FpLiteral => bits.put(5, 19, imm >> 2),
            Format::FpPairOffset | Format::FpPairPost | Format::FpPairPre => bits.put(15, 7, imm >> insn.size),
            Format::FpReg2 | Format::FpReg3 | Format::FpReg4 | Format::FpCompare | Format::FpCompareZero => {
                bits.put(22, 1, sf)
            }
            Format::FpConvert | Format::FpToTop | Format::FpFromTop => &mut bits,
            Format::FpImm => bits.put(22, 1, sf).put(13, 8, shape::float_byte(insn.size, insn.imm)),
            Format::FpCondCompare | Format::FpSelect => bits.put(22, 1, sf).put(12, 4, option),
            Format::FpToInt | Format::FpFromInt => bits.put(22, 1, sf).put(31, 1, option),
            Format::FpToFixed | Format::FpFromFixed => {
                bits.put(22, 1, sf).put(31, 1, option).put(10, 6, 64u32.wrapping_sub(imm))
            }
            Format::Simd(shape, sizes) => {
                shape.write(sizes, insn, |low, width, value| {
                    bits.put(low, width, value);
                });
                &mut bits
            }
            Format::MemRegister | Format::PrfmRegister => {
                bits.put(13, 3, option).put(12, 1, u32::from(imm != 0 || insn.ra & 4 != 0))
            }
            Format::Literal | Format::PrfmLiteral => bits.put(5, 19, imm >> 2),
            Format::PairOffset | Format::PairPost | Format::PairPre => {
                let scale = insn.op.row().map_or(0, |row| pair_scale(row.pattern.bits));
                bits.put(15, 7, imm >> scale)
            }
            Format::StoreExclusive | Format::LoadExclusive | Format::Ordered | Format::Rcpc => {
                bits.put(30, 2, u32::from(insn.size))
            }
            Format::StoreExclusivePair | Format::LoadExclusivePair => bits.put(30, 1, sf),
            Format::CasPair | Format::Cas => {
                let acquire = u32::from(insn.option & ACQUIRE != 0);
                let release = u32::from(insn.option & RELEASE != 0);
                match self {
                    Format::CasPair => bits.put(30, 1, sf),
                    _ => bits.put(30, 2, u32::from(insn.size)),
                }
                .put(22, 1, acquire)
                .put(15, 1, release)
            }
            Format::Atomic => bits
                .put(30, 2, u32::from(insn.size))
                .put(23, 1, u32::from(insn.option & ACQUIRE != 0))
                .put(22, 1, u32::from(insn.option & RELEASE != 0)),
        };
        (bits.mask, bits.value)
    }
}

/// Fields of a word under construction.
struct Bits {
    mask: u32,
    value: u32,
}

impl Bits {
    fn put(&mut self, low: u32, width: u32, value: u32) -> &mut Bits {
        let mask = ((1u32 << width) - 1) << low;
        self.mask |= mask;
        self.value = self.value & !mask | value << low & mask;
        self
    }
}
