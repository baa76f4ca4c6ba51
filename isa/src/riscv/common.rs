//! The operations that most instructions of a program have, each compiled for itself where that is asked for.

use super::{Insn, Op, Riscv};
use crate::meaning::{Specialise, specialise};

/// What `S` makes of this instruction's operation.
pub(super) fn choose<S: Specialise<Riscv>>(insn: &Insn) -> S::Made {
    specialise!(S, insn;
        Lui, Auipc, Jal, Jalr, Beq, Bne, Blt, Bge, Bltu, Bgeu,
        Lb, Lh, Lw, Ld, Lbu, Lhu, Lwu, Sb, Sh, Sw, Sd,
        Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai, Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
        Addiw, Slliw, Srliw, Sraiw, Addw, Subw, Sllw, Srlw, Sraw, Mul, Mulw, AddUw, Sh1add, Sh2add, Sh3add, ZextH, SextB, SextH,
    )
}
