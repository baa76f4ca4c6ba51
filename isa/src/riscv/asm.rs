//! Instructions from operands, for tests and for tools that write guest code.
//!
//! Each function gives an [`Insn`]; [`Insn::encode`] gives its bits, or an error when an operand does not fit.

use super::{Insn, Op, Reg};

/// An instruction with a destination and two sources.
pub const fn r(op: Op, rd: Reg, rs1: Reg, rs2: Reg) -> Insn {
    Insn { rd: rd.number(), rs1: rs1.number(), rs2: rs2.number(), ..Insn::new(op) }
}

/// An instruction with a destination, a source and an immediate: arithmetic, loads, `jalr`, CSR accesses (the number is
/// the immediate).
pub const fn i(op: Op, rd: Reg, rs1: Reg, imm: i64) -> Insn {
    Insn { rd: rd.number(), rs1: rs1.number(), imm, ..Insn::new(op) }
}

/// A store of `rs2` to `imm(rs1)`, or a branch over `imm` bytes that compares `rs1` with `rs2`.
pub const fn s(op: Op, rs1: Reg, rs2: Reg, imm: i64) -> Insn {
    Insn { rs1: rs1.number(), rs2: rs2.number(), imm, ..Insn::new(op) }
}

/// An atomic on the address in `rs1`; `order` is aq in bit 1 and rl in bit 0.
pub const fn amo(op: Op, rd: Reg, rs2: Reg, rs1: Reg, order: u8) -> Insn {
    Insn { aux: order, ..r(op, rd, rs1, rs2) }
}

/// Loads `value`, a multiple of 4096, into `rd`.
pub const fn lui(rd: Reg, value: i64) -> Insn {
    Insn { rd: rd.number(), imm: value, ..Insn::new(Op::Lui) }
}

/// Adds `offset`, a multiple of 4096, to the pc.
pub const fn auipc(rd: Reg, offset: i64) -> Insn {
    Insn { rd: rd.number(), imm: offset, ..Insn::new(Op::Auipc) }
}

/// Jumps over `offset` bytes and links.
pub const fn jal(rd: Reg, offset: i64) -> Insn {
    Insn { rd: rd.number(), imm: offset, ..Insn::new(Op::Jal) }
}

/// Jumps to `offset(rs1)` and links.
pub const fn jalr(rd: Reg, rs1: Reg, offset: i64) -> Insn {
    i(Op::Jalr, rd, rs1, offset)
}

/// `addi rd, rs1, imm`.
pub const fn addi(rd: Reg, rs1: Reg, imm: i64) -> Insn {
    i(Op::Addi, rd, rs1, imm)
}

/// The canonical no-operation, `addi x0, x0, 0`.
pub const fn nop() -> Insn {
    addi(Reg::ZERO, Reg::ZERO, 0)
}

/// Loads a doubleword from `offset(rs1)`.
pub const fn ld(rd: Reg, rs1: Reg, offset: i64) -> Insn {
    i(Op::Ld, rd, rs1, offset)
}

/// Stores a doubleword at `offset(rs1)`.
pub const fn sd(rs2: Reg, rs1: Reg, offset: i64) -> Insn {
    s(Op::Sd, rs1, rs2, offset)
}

/// EBREAK.
pub const fn ebreak() -> Insn {
    Insn::new(Op::Ebreak)
}

/// ECALL.
pub const fn ecall() -> Insn {
    Insn::new(Op::Ecall)
}

/// FENCE.I.
pub const fn fence_i() -> Insn {
    Insn::new(Op::FenceI)
}

/// A pair `auipc rd, high; jalr link, low(rd)` or `ld` reaches an offset when its parts are these: the upper part, a
/// multiple of 4096, and the signed lower 12 bits. `None` beyond -2^31-2^11 .. 2^31-2^11.
pub const fn split_offset(offset: i64) -> Option<(i64, i64)> {
    let low = offset << 52 >> 52;
    let high = offset.wrapping_sub(low);
    if high >= -(1 << 31) && high < 1 << 31 { Some((high, low)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_those_of_the_assembler() {
        // Words from riscv64-linux-gnu-as.
        let cases = [
            (nop(), 0x0000_0013),
            (auipc(Reg::T0, 0x12345 << 12), 0x1234_5297),
            (jalr(Reg::T0, Reg::T0, 0x7ff), 0x7ff2_82e7),
            (jalr(Reg::ZERO, Reg::RA, 0), 0x0000_8067),
            (jal(Reg::RA, -4), 0xffdf_f0ef),
            (ld(Reg::A0, Reg::SP, -8), 0xff81_3503),
            (sd(Reg::RA, Reg::SP, 8), 0x0011_3423),
            (ebreak(), 0x0010_0073),
            (fence_i(), 0x0000_100f),
        ];
        for (insn, word) in cases {
            assert_eq!(insn.encode(), Ok(word), "{insn:?}");
        }
    }

    #[test]
    fn an_operand_that_does_not_fit_is_an_error() {
        assert!(addi(Reg::A0, Reg::A0, 2048).encode().is_err());
        assert!(jal(Reg::RA, 1).encode().is_err());
        assert!(auipc(Reg::T0, 4).encode().is_err());
        assert!(auipc(Reg::T0, 1 << 31).encode().is_err());
    }

    #[test]
    fn a_split_offset_adds_up_again() {
        for offset in [0, 1, 2047, 2048, -2048, -2049, 0x7fff_f7ff, -0x8000_0800] {
            let (high, low) = split_offset(offset).expect("in reach");
            assert_eq!(high + low, offset);
            assert!(auipc(Reg::T0, high).encode().is_ok() && jalr(Reg::T0, Reg::T0, low).encode().is_ok());
        }
        assert_eq!(split_offset(0x7fff_f800), None);
        assert_eq!(split_offset(-0x8000_0801), None);
    }
}
