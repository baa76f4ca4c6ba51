//! The operations that most instructions of a program have, each compiled for itself where that is asked for.

use super::{Hart, Insn, Op, Riscv, Trap};
use crate::meaning::{Meaning, Only, Specialise, specialise};
use crate::{Class, Context, Flow};

/// The meaning of the instructions with one operation whose destination is not register 0.
struct Writes<const OP: u16>;

impl<const OP: u16> Meaning<Riscv> for Writes<OP>
where
    Only<OP>: Meaning<Riscv>,
{
    const CLASSES: &'static [Class] = Only::<OP>::CLASSES;

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, pc: u64) -> Result<Flow, Trap> {
        Only::<OP>::execute(ctx, &Insn { rd: insn.rd | 32, ..*insn }, pc)
    }
}

/// Makes of these operations functions that know that their destination is not register 0, where it is not.
macro_rules! writes {
    ($S:ident, $insn:expr; $($op:ident),*) => {
        if $insn.rd != 0 {
            match $insn.op {
                $(Op::$op => return $S::make::<Writes<{ Op::$op as u16 }>>(),)*
                _ => {}
            }
        }
    };
}

/// What `S` makes of this instruction's operation.
pub(super) fn choose<S: Specialise<Riscv>>(insn: &Insn) -> S::Made {
    writes!(S, insn;
        Lui, Auipc, Jal, Jalr, Lb, Lh, Lw, Ld, Lbu, Lhu, Lwu, Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai, Add, Sub, Sltu,
        Xor, Srl, Or, And, Addiw, Slliw, Srliw, Addw, Subw, Mul, Mulw);
    specialise!(S, insn;
        Lui, Auipc, Jal, Jalr, Beq, Bne, Blt, Bge, Bltu, Bgeu,
        Lb, Lh, Lw, Ld, Lbu, Lhu, Lwu, Sb, Sh, Sw, Sd,
        Addi, Slti, Sltiu, Xori, Ori, Andi, Slli, Srli, Srai, Add, Sub, Sll, Slt, Sltu, Xor, Srl, Sra, Or, And,
        Addiw, Slliw, Srliw, Sraiw, Addw, Subw, Sllw, Srlw, Sraw, Mul, Mulw, AddUw, Sh1add, Sh2add, Sh3add, ZextH, SextB, SextH,
        Fence, FenceI,
    )
}
