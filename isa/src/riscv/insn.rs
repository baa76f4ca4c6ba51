//! A decoded instruction, its timing class and its operands.

use super::compressed;
use super::format::{Bank, Operand, Slot};
use super::table::{self, for_each_insn};
use crate::{AccessKind, Class, Operands, RegSet};

macro_rules! op {
    ($($(#[$doc:meta])* $name:ident $mnemonic:literal $drawing:literal $format:ident $class:ident;)*) => {
        /// What an instruction is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Op {
            $($(#[$doc])* $name,)*
            /// No instruction has these bits.
            Illegal,
        }
    };
}

for_each_insn!(op);

/// A decoded instruction. A 16-bit instruction stands here as the 32-bit one that it abbreviates, with `len` 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Insn {
    /// Immediate, sign-extended and shifted to its place; the CSR number; pred and succ of a fence; the bits of an
    /// illegal instruction.
    pub imm: i64,
    /// What it is.
    pub op: Op,
    /// Destination register.
    pub rd: u8,
    /// First source register, or the five-bit immediate of a CSR instruction.
    pub rs1: u8,
    /// Second source register.
    pub rs2: u8,
    /// Third source register.
    pub rs3: u8,
    /// Of 32-bit instructions aq and rl (bits 1 and 0) or the rounding mode; of 16-bit ones the row of their table.
    pub aux: u8,
    /// Length in memory: 2 or 4; 8 of a hypothetical instruction ([`wide`](super::wide)).
    pub len: u8,
}

const _: () = assert!(size_of::<Insn>() == 16);

/// What compilers put behind a branch for SiFive's 7 series: operations for which LLVM 19 has a conditional pseudo
/// (RISCVInstrInfo.cpp, `getPredicatedOpcode`), and the `lui` of GCC 12 (riscv.md, `sfb_alu`).
#[rustfmt::skip]
const CONDITIONAL: &[Op] = &[
    Op::Add, Op::Sub, Op::Sll, Op::Srl, Op::Sra, Op::And, Op::Or, Op::Xor, Op::Andn, Op::Orn, Op::Xnor,
    Op::Addi, Op::Slli, Op::Srli, Op::Srai, Op::Andi, Op::Ori, Op::Xori, Op::Lui,
    Op::Addw, Op::Subw, Op::Sllw, Op::Srlw, Op::Sraw, Op::Addiw, Op::Slliw, Op::Srliw, Op::Sraiw,
];

impl Op {
    /// The timing classes that its instructions can have ([`Insn::class`]).
    pub(super) const fn classes(self) -> &'static [Class] {
        match self {
            Op::Illegal => &[Class::Exception],
            Op::Addi => &[Class::Alu, Class::Nop],
            Op::Jal => &[Class::Jump, Class::Call],
            Op::Jalr => &[Class::IndirectJump, Class::IndirectCall, Class::Return],
            op => std::slice::from_ref(&table::ROWS[op as usize].class),
        }
    }
}

impl Insn {
    /// The 32-bit instruction with all operands zero.
    pub const fn new(op: Op) -> Insn {
        Insn { imm: 0, op, rd: 0, rs1: 0, rs2: 0, rs3: 0, aux: 0, len: 4 }
    }

    /// Bits without meaning.
    pub const fn illegal(word: u32) -> Insn {
        let len = if word & 3 == 3 { 4 } else { 2 };
        let bits = if len == 2 { word as u16 as i64 } else { word as i64 };
        Insn { imm: bits, len, ..Insn::new(Op::Illegal) }
    }

    /// Timing class. For jumps it follows the manual's table of return-address stack hints; a `jalr` that pops and then
    /// pushes (rd and rs1 two different link registers) counts as an indirect call.
    pub fn class(&self) -> Class {
        let link = |register| matches!(register, 1 | 5);
        match self.op {
            Op::Illegal => Class::Exception,
            Op::Addi if self.rd == 0 && self.rs1 == 0 && self.imm == 0 => Class::Nop,
            Op::Jal if link(self.rd) => Class::Call,
            Op::Jalr if link(self.rd) => Class::IndirectCall,
            Op::Jalr if link(self.rs1) => Class::Return,
            op => table::ROWS[op as usize].class,
        }
    }

    /// Registers read and written, and the kind of memory access.
    pub fn operands(&self) -> Operands {
        let mut operands = Operands::default();
        if self.op == Op::Illegal {
            return operands;
        }
        let row = &table::ROWS[self.op as usize];
        operands.access = match row.class {
            Class::Load | Class::LoadExclusive => AccessKind::Load,
            Class::Store | Class::StoreExclusive => AccessKind::Store,
            Class::Atomic => AccessKind::Atomic,
            Class::CacheOp if self.op == Op::CboZero => AccessKind::Store,
            _ => AccessKind::None,
        };
        // FENCE: device output and writes before device input and reads.
        operands.store_load = self.op == Op::Fence && self.imm >> 4 & 5 != 0 && self.imm & 10 != 0;
        let has_address = operands.access != AccessKind::None
            || matches!(row.class, Class::IndirectJump | Class::CacheOp | Class::TlbOp);
        for operand in row.format.operands {
            match *operand {
                Operand::Reg(bank, slot, _) => {
                    let (number, written) = match slot {
                        Slot::Rd | Slot::RdRs1 => (self.rd, true),
                        Slot::Rs1 => (self.rs1, false),
                        Slot::Rs2 => (self.rs2, false),
                        Slot::Rs3 => (self.rs3, false),
                    };
                    let set = registers(bank, number);
                    if written {
                        operands.writes = operands.writes.with(set);
                    } else {
                        operands.reads = operands.reads.with(set);
                        if has_address && slot == Slot::Rs1 {
                            operands.address = operands.address.with(set);
                        }
                        // The addend of a fused multiply-add.
                        if slot == Slot::Rs3 && self.rs3 != self.rs1 && self.rs3 != self.rs2 {
                            operands.second = set;
                        }
                    }
                }
                Operand::ReadsRd(bank) => operands.reads = operands.reads.with(registers(bank, self.rd)),
                Operand::Order => (operands.acquire, operands.release) = (self.aux & 2 != 0, self.aux & 1 != 0),
                _ => {}
            }
        }
        operands
    }

    /// True of a conditional branch around nothing but `next`, where that is one of the [operations](CONDITIONAL).
    pub fn makes_conditional(&self, next: &Insn) -> bool {
        let distance = (self.len + next.len) as i64;
        self.class() == Class::Branch && self.imm == distance && next.rd != 0 && CONDITIONAL.contains(&next.op)
    }

    /// Its row among the 16-bit instructions.
    pub(super) fn compressed_row(&self) -> Option<&'static compressed::Row> {
        let row = compressed::ROWS.get(self.aux as usize)?;
        (self.len == 2 && self.op != Op::Illegal).then_some(row)
    }
}

/// The members of [`RegSet`] that this register number means.
fn registers(bank: Bank, number: u8) -> RegSet {
    match bank {
        Bank::Number => RegSet::EMPTY,
        Bank::Float => RegSet::fp(number),
        Bank::Int | Bank::Pair if number == 0 => RegSet::EMPTY,
        Bank::Int => RegSet::int(number),
        Bank::Pair => RegSet::int(number).with(RegSet::int(number | 1)),
    }
}
