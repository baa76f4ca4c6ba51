//! The 16-bit instructions (C and Zcb), one row each: name, encoding, operands, assembly, and the instruction that it
//! abbreviates.
//!
//! Decoding gives that instruction with length 2; `aux` keeps the row, so that encoder and disassembler find back.
//! Rows that stand for `Illegal` are the reserved corners of the row that follows them.

use super::format::{Bank, Format, Operand, Slot};
use super::immediate::Immediate;
use super::{Insn, Op};
use crate::pattern::{Pattern, assert_disjoint};

/// One 16-bit instruction.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its mnemonic.
    pub mnemonic: &'static str,
    /// Its encoding.
    pub pattern: Pattern,
    /// Its operands.
    pub format: Format,
    /// What it abbreviates.
    pub op: Op,
}

const fn int(slot: Slot, low: u8) -> Operand {
    Operand::Reg(Bank::Int, slot, low)
}

const fn popular(slot: Slot, low: u8) -> Operand {
    Operand::Popular(Bank::Int, slot, low)
}

const fn implied(slot: Slot, register: u8) -> Operand {
    Operand::Implied(Bank::Int, slot, register)
}

const fn unsigned(notation: &str) -> Operand {
    Operand::Imm(Immediate::unsigned(notation))
}

const fn signed(notation: &str) -> Operand {
    Operand::Imm(Immediate::signed(notation))
}

const RD: Operand = int(Slot::Rd, 7);
const RS1: Operand = int(Slot::Rs1, 7);
const RD_RS1: Operand = int(Slot::RdRs1, 7);
const RS2: Operand = int(Slot::Rs2, 2);
const FD: Operand = Operand::Reg(Bank::Float, Slot::Rd, 7);
const FS2: Operand = Operand::Reg(Bank::Float, Slot::Rs2, 2);
const FD_SHORT: Operand = Operand::Popular(Bank::Float, Slot::Rd, 2);
const FS2_SHORT: Operand = Operand::Popular(Bank::Float, Slot::Rs2, 2);
const RD_SHORT: Operand = popular(Slot::Rd, 2);
const RS2_SHORT: Operand = popular(Slot::Rs2, 2);
const RS1_SHORT: Operand = popular(Slot::Rs1, 7);
const RD_RS1_SHORT: Operand = popular(Slot::RdRs1, 7);
const RD_ZERO: Operand = implied(Slot::Rd, 0);
const RD_RA: Operand = implied(Slot::Rd, 1);
const RS1_ZERO: Operand = implied(Slot::Rs1, 0);
const RS2_ZERO: Operand = implied(Slot::Rs2, 0);
const RS1_SP: Operand = implied(Slot::Rs1, 2);
const RD_RS1_SP: Operand = implied(Slot::RdRs1, 2);
const NO_OFFSET: Operand = Operand::Constant(0);

const ADDI4SPN: Operand = Operand::NonZero(Immediate::unsigned("12=5:4|9:6|2|3"));
const ADDI16SP: Operand = Operand::NonZero(Immediate::signed("12=9 6=4|6|8:7|5"));
const LUI: Operand = Operand::NonZero(Immediate::signed("12=17 6=16:12"));
const IMM: Operand = signed("12=5 6=4:0");
const SHAMT: Operand = unsigned("12=5 6=4:0");
const BYTE: Operand = unsigned("6=0|1");
const HALF: Operand = unsigned("5=1");
const BYTE_MASK: Operand = Operand::Constant(0xff);
const ALL_ONES: Operand = Operand::Constant(-1);
const WORD: Operand = unsigned("12=5:3 6=2|6");
const DOUBLE: Operand = unsigned("12=5:3 6=7:6");
const WORD_SP: Operand = unsigned("12=5 6=4:2|7:6");
const DOUBLE_SP: Operand = unsigned("12=5 6=4:3|8:6");
const STORE_WORD_SP: Operand = unsigned("12=5:2|7:6");
const STORE_DOUBLE_SP: Operand = unsigned("12=5:3|8:6");
const JUMP: Operand = signed("12=11|4|9:8|10|6|7|3:1|5");
const BRANCH: Operand = signed("12=8|4:3 6=7:6|2:1|5");

macro_rules! rows {
    ($($mnemonic:literal $drawing:literal [$($operand:expr),*] $syntax:literal $op:ident;)*) => {
        &[$(Row {
            mnemonic: $mnemonic,
            pattern: Pattern::parse($drawing, 16),
            format: Format { operands: &[$($operand),*], syntax: $syntax },
            op: Op::$op,
        }),*]
    };
}

/// The table.
#[rustfmt::skip]
pub const ROWS: &[Row] = rows! {
    "c.addi4spn" "000 ........ ... 00"     [RD_SHORT, RS1_SP, ADDI4SPN]       "rd, rs1, imm"   Addi;
    "c.fld"      "001 ... ... .. ... 00"   [FD_SHORT, RS1_SHORT, DOUBLE]      "rd, imm(rs1)"   Fld;
    "c.lw"       "010 ... ... .. ... 00"   [RD_SHORT, RS1_SHORT, WORD]        "rd, imm(rs1)"   Lw;
    "c.ld"       "011 ... ... .. ... 00"   [RD_SHORT, RS1_SHORT, DOUBLE]      "rd, imm(rs1)"   Ld;
    "c.lbu"      "100 000 ... .. ... 00"   [RD_SHORT, RS1_SHORT, BYTE]        "rd, imm(rs1)"   Lbu;
    "c.lhu"      "100 001 ... 0. ... 00"   [RD_SHORT, RS1_SHORT, HALF]        "rd, imm(rs1)"   Lhu;
    "c.lh"       "100 001 ... 1. ... 00"   [RD_SHORT, RS1_SHORT, HALF]        "rd, imm(rs1)"   Lh;
    "c.sb"       "100 010 ... .. ... 00"   [RS1_SHORT, RS2_SHORT, BYTE]       "rs2, imm(rs1)"  Sb;
    "c.sh"       "100 011 ... 0. ... 00"   [RS1_SHORT, RS2_SHORT, HALF]       "rs2, imm(rs1)"  Sh;
    "c.fsd"      "101 ... ... .. ... 00"   [RS1_SHORT, FS2_SHORT, DOUBLE]     "rs2, imm(rs1)"  Fsd;
    "c.sw"       "110 ... ... .. ... 00"   [RS1_SHORT, RS2_SHORT, WORD]       "rs2, imm(rs1)"  Sw;
    "c.sd"       "111 ... ... .. ... 00"   [RS1_SHORT, RS2_SHORT, DOUBLE]     "rs2, imm(rs1)"  Sd;

    "c.nop"      "000 0 00000 00000 01"    [RD_ZERO, RS1_ZERO, NO_OFFSET]     ""               Addi;
    "c.nop"      "000 . 00000 ..... 01"    [RD_ZERO, RS1_ZERO, IMM]           "imm"            Addi;
    "c.addi"     "000 . ..... ..... 01"    [RD_RS1, IMM]                      "rd, imm"        Addi;
    ""           "001 . 00000 ..... 01"    []                                 ""               Illegal;
    "c.addiw"    "001 . ..... ..... 01"    [RD_RS1, IMM]                      "rd, imm"        Addiw;
    "c.li"       "010 . ..... ..... 01"    [RD, RS1_ZERO, IMM]                "rd, imm"        Addi;
    "c.addi16sp" "011 . 00010 ..... 01"    [RD_RS1_SP, ADDI16SP]              "rd, imm"        Addi;
    "c.lui"      "011 . ..... ..... 01"    [RD, LUI]                          "rd, upper"      Lui;
    "c.srli"     "100 . 00 ... ..... 01"   [RD_RS1_SHORT, SHAMT]              "rd, imm"        Srli;
    "c.srai"     "100 . 01 ... ..... 01"   [RD_RS1_SHORT, SHAMT]              "rd, imm"        Srai;
    "c.andi"     "100 . 10 ... ..... 01"   [RD_RS1_SHORT, IMM]                "rd, imm"        Andi;
    "c.sub"      "100 0 11 ... 00 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Sub;
    "c.xor"      "100 0 11 ... 01 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Xor;
    "c.or"       "100 0 11 ... 10 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Or;
    "c.and"      "100 0 11 ... 11 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        And;
    "c.subw"     "100 1 11 ... 00 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Subw;
    "c.addw"     "100 1 11 ... 01 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Addw;
    "c.mul"      "100 1 11 ... 10 ... 01"  [RD_RS1_SHORT, RS2_SHORT]          "rd, rs2"        Mul;
    "c.zext.b"   "100 1 11 ... 11 000 01"  [RD_RS1_SHORT, BYTE_MASK]          "rd"             Andi;
    "c.sext.b"   "100 1 11 ... 11 001 01"  [RD_RS1_SHORT]                     "rd"             SextB;
    "c.zext.h"   "100 1 11 ... 11 010 01"  [RD_RS1_SHORT]                     "rd"             ZextH;
    "c.sext.h"   "100 1 11 ... 11 011 01"  [RD_RS1_SHORT]                     "rd"             SextH;
    "c.zext.w"   "100 1 11 ... 11 100 01"  [RD_RS1_SHORT, RS2_ZERO]           "rd"             AddUw;
    "c.not"      "100 1 11 ... 11 101 01"  [RD_RS1_SHORT, ALL_ONES]           "rd"             Xori;
    "c.j"        "101 ........... 01"      [RD_ZERO, JUMP]                    "target"         Jal;
    "c.beqz"     "110 ... ... ..... 01"    [RS1_SHORT, RS2_ZERO, BRANCH]      "rs1, target"    Beq;
    "c.bnez"     "111 ... ... ..... 01"    [RS1_SHORT, RS2_ZERO, BRANCH]      "rs1, target"    Bne;

    "c.slli"     "000 . ..... ..... 10"    [RD_RS1, SHAMT]                    "rd, imm"        Slli;
    "c.fldsp"    "001 . ..... ..... 10"    [FD, RS1_SP, DOUBLE_SP]            "rd, imm(rs1)"   Fld;
    ""           "010 . 00000 ..... 10"    []                                 ""               Illegal;
    "c.lwsp"     "010 . ..... ..... 10"    [RD, RS1_SP, WORD_SP]              "rd, imm(rs1)"   Lw;
    ""           "011 . 00000 ..... 10"    []                                 ""               Illegal;
    "c.ldsp"     "011 . ..... ..... 10"    [RD, RS1_SP, DOUBLE_SP]            "rd, imm(rs1)"   Ld;
    ""           "100 0 00000 00000 10"    []                                 ""               Illegal;
    "c.jr"       "100 0 ..... 00000 10"    [RD_ZERO, RS1, NO_OFFSET]          "rs1"            Jalr;
    "c.mv"       "100 0 ..... ..... 10"    [RD, RS1_ZERO, RS2]                "rd, rs2"        Add;
    "c.ebreak"   "100 1 00000 00000 10"    []                                 ""               Ebreak;
    "c.jalr"     "100 1 ..... 00000 10"    [RD_RA, RS1, NO_OFFSET]            "rs1"            Jalr;
    "c.add"      "100 1 ..... ..... 10"    [RD_RS1, RS2]                      "rd, rs2"        Add;
    "c.fsdsp"    "101 ...... ..... 10"     [RS1_SP, FS2, STORE_DOUBLE_SP]     "rs2, imm(rs1)"  Fsd;
    "c.swsp"     "110 ...... ..... 10"     [RS1_SP, RS2, STORE_WORD_SP]       "rs2, imm(rs1)"  Sw;
    "c.sdsp"     "111 ...... ..... 10"     [RS1_SP, RS2, STORE_DOUBLE_SP]     "rs2, imm(rs1)"  Sd;
};

#[allow(long_running_const_eval)]
const _: () = {
    assert!(ROWS.len() < NO_ROW as usize, "the row fits in Insn::aux");
    let mut patterns = [ROWS[0].pattern; ROWS.len()];
    let mut i = 0;
    while i < ROWS.len() {
        patterns[i] = ROWS[i].pattern;
        i += 1;
    }
    assert_disjoint(&patterns);
};

/// In place of a row where none matches.
const NO_ROW: u8 = u8::MAX;

/// Of each halfword the number of the row that it matches.
pub(super) fn rows_of_halfwords() -> Vec<u8> {
    /// Quadrant and funct3.
    const KEY: u32 = 0xe003;
    let near = |half: u16| {
        let rows = ROWS.iter().enumerate();
        rows.filter(|(_, row)| (half as u32 ^ row.pattern.bits) & row.pattern.mask & KEY == 0).collect()
    };
    // Of each quadrant and funct3, which spares trying each row for each halfword.
    let near: Vec<Vec<_>> = (0..32).map(|key| near((key >> 2) << 13 | key & 3)).collect();
    let row_of = |half: u16| {
        let mut rows = near[((half >> 13) << 2 | half & 3) as usize].iter();
        rows.find(|(_, row)| row.pattern.matches(half as u32)).map_or(NO_ROW, |(number, _)| *number as u8)
    };
    (0..=u16::MAX).map(row_of).collect()
}

/// Decodes a halfword that matches this row.
pub(super) fn decode(half: u16, number: u8) -> Insn {
    if let Some(row) = ROWS.get(number as usize)
        && row.op != Op::Illegal
    {
        let mut insn = Insn { len: 2, aux: number, ..Insn::new(row.op) };
        if row.format.extract(half as u32, &mut insn) {
            return insn;
        }
    }
    Insn::illegal(half as u32)
}
