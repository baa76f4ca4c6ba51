//! A decoded instruction.

/// What an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum Op {
    /// No instruction has these bits.
    Illegal,
}

/// A decoded instruction. A 16-bit instruction stands here as the 32-bit one that it abbreviates, with `len` 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Insn {
    /// Immediate, sign-extended and shifted to its place; the CSR number; the bits of an illegal instruction.
    pub imm: i64,
    /// What it is.
    pub op: Op,
    /// Destination register.
    pub rd: u8,
    /// First source register.
    pub rs1: u8,
    /// Second source register.
    pub rs2: u8,
    /// Third source register.
    pub rs3: u8,
    /// Of 32-bit instructions aq and rl (bits 1 and 0) or the rounding mode; of 16-bit ones the row of their table.
    pub aux: u8,
    /// Length in memory: 2 or 4.
    pub len: u8,
}

const _: () = assert!(size_of::<Insn>() == 16);

impl Insn {
    /// Bits without meaning.
    pub const fn illegal(word: u32) -> Insn {
        let len = if word & 3 == 3 { 4 } else { 2 };
        let bits = if len == 2 { word as u16 as i64 } else { word as i64 };
        Insn { imm: bits, op: Op::Illegal, rd: 0, rs1: 0, rs2: 0, rs3: 0, aux: 0, len }
    }
}
