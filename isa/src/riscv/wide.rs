//! HYPOTHETICAL. Two 8-byte instructions that exist in no manual and on no machine: a jump that holds a 48-bit target, and a
//! nop of the same length. They are what a call site would want; how much it would gain is what they are here to tell.
//!
//! ```text
//! 63                              16 15  12 11   7 6     0
//! target[47:0]                       0000   rd     0111111    wjal rd, target    rd = pc + 8; pc = target
//! 0                                  0000   00000  0111111    wnop
//! ```
//! The low seven bits are those that the unprivileged manual sets aside for instructions of 64 bits (chapter "Expanded
//! Instruction-Length Encoding"). The target is absolute, sign-extended, and even. A machine decodes them only when it was
//! told to, where all 8 bytes lie in one line of its instruction cache; on every other machine the low word is illegal, as
//! [`decode`](super::Riscv) says.

use super::{Insn, Op, regs};

/// Opcode of 64-bit instructions.
const OPCODE: u64 = 0b011_1111;

/// The nop.
pub const WNOP: u64 = OPCODE;

/// `wjal rd, target`; `None` when the target is odd or needs more than 48 bits, or when the bytes would be a nop.
pub fn wjal(rd: u8, target: u64) -> Option<u64> {
    let bytes = target << 16 | (rd as u64 & 31) << 7 | OPCODE;
    let fits = (bytes as i64 >> 16) as u64 == target;
    (fits && target & 1 == 0 && bytes != WNOP).then_some(bytes)
}

/// The instruction, written with those that the instruction set has: `jalr rd, target(zero)` and `addi zero, zero, 0`.
pub(super) fn decode(bytes: u64) -> Option<Insn> {
    if bytes & 0x1_f07f != OPCODE {
        return None;
    }
    let rd = (bytes >> 7 & 31) as u8;
    let imm = bytes as i64 >> 16;
    let op = if bytes == WNOP { Op::Addi } else { Op::Jalr };
    Some(Insn { imm, rd, len: 8, ..Insn::new(op) })
}

/// Assembly text, which says what it is.
pub(super) fn disassemble(insn: &Insn) -> String {
    match insn.op {
        Op::Jalr => format!("wjal {}, 0x{:x} (hypothetical)", regs::INT[insn.rd as usize], insn.imm),
        _ => "wnop (hypothetical)".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Isa;
    use crate::riscv::Riscv;

    #[test]
    fn a_wide_jump_holds_its_target_and_says_that_it_is_hypothetical() {
        for target in [0x8020_0280, 0x7fff_ffff_fffe, 0xffff_8000_0000_0000] {
            let insn = decode(wjal(5, target).unwrap()).unwrap();
            assert_eq!((insn.op, insn.rd, insn.rs1, insn.len, insn.imm as u64), (Op::Jalr, 5, 0, 8, target));
        }
        assert_eq!([wjal(5, 1 << 47), wjal(5, 0x8020_0281), wjal(0, 0)], [None; 3]);
        let nop = decode(WNOP).unwrap();
        assert_eq!((nop.op, nop.rd, nop.len), (Op::Addi, 0, 8));
        let text = Riscv::disassemble(&decode(wjal(5, 0x8020_0280).unwrap()).unwrap(), 0);
        assert_eq!(text, "wjal t0, 0x80200280 (hypothetical)");
    }

    #[test]
    fn without_being_told_a_machine_finds_both_illegal() {
        for bytes in [WNOP, wjal(5, 0x8020_0280).unwrap(), wjal(1, 0xffff_8000_0000_0000).unwrap()] {
            assert_eq!(Riscv::decode(bytes as u32).op, Op::Illegal);
        }
        // Other instructions of 64 bits are none here either.
        assert_eq!(decode(WNOP | 1 << 12), None);
        assert_eq!(decode(0x13), None);
    }
}
