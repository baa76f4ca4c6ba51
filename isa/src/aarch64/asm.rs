//! Instructions from operands, for tests and for tools that write guest code.
//!
//! Each function gives an [`Insn`]; [`Insn::try_encode`] gives its bits, or an error when an operand does not fit.

use super::insn::Insn;
use super::table::Op;

/// The zero register, or where the instruction says so the stack pointer.
pub const ZR_OR_SP: u8 = 31;
/// The link register, x30.
pub const LR: u8 = 30;

/// An instruction without operands.
const fn plain(op: Op) -> Insn {
    Insn { imm: 0, op, rd: 0, rn: 0, rm: 0, ra: 0, size: 0, option: 0 }
}

/// `nop`.
pub const fn nop() -> Insn {
    plain(Op::Nop)
}

/// `b`: branches over `offset` bytes.
pub const fn b(offset: i64) -> Insn {
    Insn { imm: offset as u64, ..plain(Op::B) }
}

/// `bl`: branches over `offset` bytes and links.
pub const fn bl(offset: i64) -> Insn {
    Insn { imm: offset as u64, ..plain(Op::Bl) }
}

/// `br`: branches to a register.
pub const fn br(rn: u8) -> Insn {
    Insn { rn, ..plain(Op::Br) }
}

/// `blr`: branches to a register and links.
pub const fn blr(rn: u8) -> Insn {
    Insn { rn, ..plain(Op::Blr) }
}

/// `ret` through a register.
pub const fn ret(rn: u8) -> Insn {
    Insn { rn, ..plain(Op::Ret) }
}

/// `bti c`, `bti j` or `bti jc`: the landing pad for calls, jumps or both.
pub const fn bti(calls: bool, jumps: bool) -> Insn {
    Insn { imm: 32 | (calls as u64) << 1 | (jumps as u64) << 2, ..plain(Op::HintOther) }
}

/// `mov` between 64-bit registers.
pub const fn mov(rd: u8, rm: u8) -> Insn {
    Insn { rd, rn: ZR_OR_SP, rm, size: 1, ..plain(Op::OrrReg) }
}

/// `movz`: `value` shifted left by 16 * `place`, in a 64-bit register.
pub const fn movz(rd: u8, value: u16, place: u8) -> Insn {
    Insn { rd, imm: (value as u64) << (16 * (place & 3)), size: 1, option: place, ..plain(Op::Movz) }
}

/// `movk`: replaces 16 bits of a 64-bit register.
pub const fn movk(rd: u8, value: u16, place: u8) -> Insn {
    Insn { op: Op::Movk, ..movz(rd, value, place) }
}

/// `add` of an immediate below 4096 to a 64-bit register or SP.
pub const fn add(rd: u8, rn: u8, imm: u16) -> Insn {
    Insn { rd, rn, imm: imm as u64, size: 1, ..plain(Op::AddImm) }
}

/// `adr`: an address `offset` bytes away.
pub const fn adr(rd: u8, offset: i64) -> Insn {
    Insn { rd, imm: offset as u64, ..plain(Op::Adr) }
}

/// `adrp`: a page `offset` bytes away, a multiple of 4096.
pub const fn adrp(rd: u8, offset: i64) -> Insn {
    Insn { rd, imm: offset as u64, ..plain(Op::Adrp) }
}

/// `ldr` of a doubleword `offset` bytes from the instruction.
pub const fn ldr_literal(rt: u8, offset: i64) -> Insn {
    Insn { rd: rt, imm: offset as u64, size: 1, ..plain(Op::LdrXLiteral) }
}

/// `ldr` of a doubleword at a base and an unsigned offset, a multiple of 8.
pub const fn ldr(rt: u8, rn: u8, offset: u16) -> Insn {
    Insn { rd: rt, rn, imm: offset as u64, size: 1, ..plain(Op::LdrXUnsigned) }
}

/// `str` of a doubleword to a base and an unsigned offset, a multiple of 8.
pub const fn str(rt: u8, rn: u8, offset: u16) -> Insn {
    Insn { op: Op::StrXUnsigned, ..ldr(rt, rn, offset) }
}

/// `brk`.
pub const fn brk(imm: u16) -> Insn {
    Insn { imm: imm as u64, ..plain(Op::Brk) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_with_the_manual() {
        let words = [
            (nop(), 0xd503_201f),
            (bl(0x100), 0x9400_0040),
            (b(-8), 0x17ff_fffe),
            (br(16), 0xd61f_0200),
            (ret(LR), 0xd65f_03c0),
            (bti(true, false), 0xd503_245f),
            (mov(9, LR), 0xaa1e_03e9),
            (movz(1, 0x1234, 1), 0xd2a2_4681),
            (movk(1, 0x5678, 0), 0xf28a_cf01),
            (add(29, ZR_OR_SP, 0), 0x9100_03fd),
            (ldr_literal(16, -8), 0x58ff_ffd0),
            (ldr(17, 16, 24), 0xf940_0e11),
            (str(0, ZR_OR_SP, 8), 0xf900_07e0),
            (adrp(0, 0x1000), 0xb000_0000),
            (brk(1), 0xd420_0020),
        ];
        for (insn, word) in words {
            assert_eq!(insn.try_encode(), Ok(word), "{insn:?}");
        }
    }

    #[test]
    fn a_branch_that_is_too_far_is_an_error() {
        assert!(bl(128 << 20).try_encode().is_err());
        assert!(bl((128 << 20) - 4).try_encode().is_ok());
        assert!(bl(2).try_encode().is_err());
        assert!(ldr(0, 1, 7).try_encode().is_err());
    }
}
