//! Operand formats: where an instruction's operands stand and how assembly shows them.

use super::Insn;
use super::immediate::Immediate;

/// A register operand's place in [`Insn`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `rd`.
    Rd,
    /// `rs1`.
    Rs1,
    /// `rs2`.
    Rs2,
    /// `rs3`.
    Rs3,
    /// `rd` and `rs1`, the same register.
    RdRs1,
}

/// Which registers a number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bank {
    /// x0-x31.
    Int,
    /// f0-f31.
    Float,
    /// An even-numbered register and the next one (AMOCAS.Q); x0 stands for zero.
    Pair,
    /// Not a register: a five-bit number that stands in a register's place.
    Number,
}

/// One operand: its bits and where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A register number of five bits from this bit upwards.
    Reg(Bank, Slot, u8),
    /// A register number of three bits from this bit upwards: registers 8 to 15.
    Popular(Bank, Slot, u8),
    /// A register that the instruction implies.
    Implied(Bank, Slot, u8),
    /// rd is read as well as written.
    ReadsRd(Bank),
    /// The immediate.
    Imm(Immediate),
    /// The immediate, of which zero is reserved.
    NonZero(Immediate),
    /// The immediate that the instruction implies.
    Constant(i64),
    /// aq and rl, bits 26 and 25.
    Order,
    /// Rounding mode, bits 14-12; 5 and 6 are reserved.
    Rounding,
}

/// How the operands of an instruction are laid out and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The operands.
    pub operands: &'static [Operand],
    /// Assembly: names of operands among punctuation. `target` is the immediate relative to the pc.
    pub syntax: &'static str,
}

impl Format {
    /// Fills the operands of `insn` in from the bits; false when a reserved value stands among them.
    #[inline]
    pub fn extract(&self, word: u32, insn: &mut Insn) -> bool {
        for operand in self.operands {
            match *operand {
                Operand::Reg(_, slot, low) => insn.put(slot, (word >> low & 31) as u8),
                Operand::Popular(_, slot, low) => insn.put(slot, (word >> low & 7) as u8 + 8),
                Operand::Implied(_, slot, register) => insn.put(slot, register),
                Operand::ReadsRd(_) => {}
                Operand::Imm(ref place) => insn.imm = place.extract(word),
                Operand::NonZero(ref place) => {
                    insn.imm = place.extract(word);
                    if insn.imm == 0 {
                        return false;
                    }
                }
                Operand::Constant(value) => insn.imm = value,
                Operand::Order => insn.aux = (word >> 25 & 3) as u8,
                Operand::Rounding => {
                    insn.aux = (word >> 12 & 7) as u8;
                    if matches!(insn.aux, 5 | 6) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// The bits that hold the operands of `insn`; what does not fit is lost.
    pub fn insert(&self, insn: &Insn) -> u32 {
        self.operands.iter().fold(0, |word, operand| {
            word | match *operand {
                Operand::Reg(_, slot, low) => (insn.at(slot) as u32 & 31) << low,
                Operand::Popular(_, slot, low) => (insn.at(slot) as u32 & 7) << low,
                Operand::Implied(..) | Operand::ReadsRd(_) | Operand::Constant(_) => 0,
                Operand::Imm(ref place) | Operand::NonZero(ref place) => place.insert(insn.imm),
                Operand::Order => (insn.aux as u32 & 3) << 25,
                Operand::Rounding => (insn.aux as u32 & 7) << 12,
            }
        })
    }
}

impl Insn {
    #[inline(always)]
    fn put(&mut self, slot: Slot, register: u8) {
        match slot {
            Slot::Rd => self.rd = register,
            Slot::Rs1 => self.rs1 = register,
            Slot::Rs2 => self.rs2 = register,
            Slot::Rs3 => self.rs3 = register,
            Slot::RdRs1 => (self.rd, self.rs1) = (register, register),
        }
    }

    fn at(&self, slot: Slot) -> u8 {
        match slot {
            Slot::Rd | Slot::RdRs1 => self.rd,
            Slot::Rs1 => self.rs1,
            Slot::Rs2 => self.rs2,
            Slot::Rs3 => self.rs3,
        }
    }
}

/// Names one format a line: name, operands, assembly.
macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident [$($operand:expr),*] $syntax:literal;)*) => {
        $($(#[$doc])* pub const $name: Format = Format { operands: &[$($operand),*], syntax: $syntax };)*
    };
}

const RD: Operand = Operand::Reg(Bank::Int, Slot::Rd, 7);
const RS1: Operand = Operand::Reg(Bank::Int, Slot::Rs1, 15);
const RS2: Operand = Operand::Reg(Bank::Int, Slot::Rs2, 20);
const RD_PAIR: Operand = Operand::Reg(Bank::Pair, Slot::Rd, 7);
const RS2_PAIR: Operand = Operand::Reg(Bank::Pair, Slot::Rs2, 20);
const FD: Operand = Operand::Reg(Bank::Float, Slot::Rd, 7);
const FS1: Operand = Operand::Reg(Bank::Float, Slot::Rs1, 15);
const FS2: Operand = Operand::Reg(Bank::Float, Slot::Rs2, 20);
const FS3: Operand = Operand::Reg(Bank::Float, Slot::Rs3, 27);
const RM: Operand = Operand::Rounding;
const IMM_I: Operand = Operand::Imm(Immediate::signed("31=11:0"));
const IMM_S: Operand = Operand::Imm(Immediate::signed("31=11:5 11=4:0"));
const IMM_B: Operand = Operand::Imm(Immediate::signed("31=12|10:5 11=4:1|11"));
const IMM_U: Operand = Operand::Imm(Immediate::signed("31=31:12"));
const IMM_J: Operand = Operand::Imm(Immediate::signed("31=20|10:1|11|19:12"));
const SHAMT: Operand = Operand::Imm(Immediate::unsigned("25=5:0"));
const SHAMT_W: Operand = Operand::Imm(Immediate::unsigned("24=4:0"));
const FUNCT12: Operand = Operand::Imm(Immediate::unsigned("31=11:0"));
const ZIMM: Operand = Operand::Reg(Bank::Number, Slot::Rs1, 15);

formats! {
    /// Two sources, one destination.
    R [RD, RS1, RS2] "rd, rs1, rs2";
    /// One source, one destination.
    UNARY [RD, RS1] "rd, rs1";
    /// A source and an immediate.
    I [RD, RS1, IMM_I] "rd, rs1, imm";
    /// Shift of 64 bits by an immediate.
    SHIFT [RD, RS1, SHAMT] "rd, rs1, imm";
    /// Shift of 32 bits by an immediate.
    SHIFT_W [RD, RS1, SHAMT_W] "rd, rs1, imm";
    /// Load, and jump through a register.
    LOAD [RD, RS1, IMM_I] "rd, imm(rs1)";
    /// Store.
    STORE [RS1, RS2, IMM_S] "rs2, imm(rs1)";
    /// Conditional branch.
    BRANCH [RS1, RS2, IMM_B] "rs1, rs2, target";
    /// Upper immediate.
    UPPER [RD, IMM_U] "rd, upper";
    /// Jump.
    JUMP [RD, IMM_J] "rd, target";
    /// Fence with its two sets.
    FENCE [FUNCT12] "pred, succ";
    /// No operands.
    NONE [] "";
    /// CSR and register.
    CSR [RD, RS1, FUNCT12] "rd, csr, rs1";
    /// CSR and five-bit immediate.
    CSR_IMM [RD, ZIMM, FUNCT12] "rd, csr, zimm";
    /// Atomic read-modify-write and store-conditional.
    AMO [RD, RS1, RS2, Operand::Order] "rd, rs2, (rs1)";
    /// Load-reserved.
    LR [RD, RS1, Operand::Order] "rd, (rs1)";
    /// Address and address space.
    SFENCE [RS1, RS2] "rs1, rs2";
    /// Floating-point load.
    FLOAD [FD, RS1, IMM_I] "rd, imm(rs1)";
    /// Floating-point store.
    FSTORE [RS1, FS2, IMM_S] "rs2, imm(rs1)";
    /// Fused multiply-add.
    FUSED [FD, FS1, FS2, FS3, RM] "rd, rs1, rs2, rs3, rm";
    /// Floating-point arithmetic with two sources.
    FLOAT [FD, FS1, FS2, RM] "rd, rs1, rs2, rm";
    /// The same with one source.
    FLOAT_UNARY [FD, FS1, RM] "rd, rs1, rm";
    /// Floating-point operation that does not round.
    FLOAT_EXACT [FD, FS1, FS2] "rd, rs1, rs2";
    /// Comparison.
    COMPARE [RD, FS1, FS2] "rd, rs1, rs2";
    /// Floating point to integer.
    TO_INT [RD, FS1, RM] "rd, rs1, rm";
    /// Integer to floating point.
    FROM_INT [FD, RS1, RM] "rd, rs1, rm";
    /// Bits to integer, classification.
    BITS_TO_INT [RD, FS1] "rd, rs1";
    /// Bits from integer.
    BITS_FROM_INT [FD, RS1] "rd, rs1";
    /// Floating-point constant.
    CONSTANT [FD, ZIMM] "rd, constant";
    /// Conversion that rounds toward zero, whatever frm says.
    TO_INT_ZERO [RD, FS1] "rd, rs1, rtz";
    /// Cache block.
    BLOCK [RS1] "(rs1)";
    /// Compare and swap.
    CAS [RD, Operand::ReadsRd(Bank::Int), RS1, RS2, Operand::Order] "rd, rs2, (rs1)";
    /// Compare and swap of register pairs.
    CAS_PAIR [RD_PAIR, Operand::ReadsRd(Bank::Pair), RS1, RS2_PAIR, Operand::Order] "rd, rs2, (rs1)";
}
