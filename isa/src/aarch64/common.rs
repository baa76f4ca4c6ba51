//! The operations that most instructions of a program have, each compiled for itself where that is asked for.

use super::Aarch64;
use super::insn::Insn;
use super::regs::Hart;
use super::table::Op;
use crate::meaning::{Meaning, Only, Specialise, specialise};
use crate::{Class, Context, Flow, Isa};

/// The meaning of the instructions with one operation, one size and one option.
struct Pinned<const OP: u16, const SIZE: u8, const OPTION: u8>;

impl<const OP: u16, const SIZE: u8, const OPTION: u8> Meaning<Aarch64> for Pinned<OP, SIZE, OPTION>
where
    Only<OP>: Meaning<Aarch64>,
{
    const CLASSES: &'static [Class] = Only::<OP>::CLASSES;

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, pc: u64) -> Result<Flow, <Aarch64 as Isa>::Trap> {
        Only::<OP>::execute(ctx, &Insn { size: SIZE, option: OPTION, ..*insn }, pc)
    }
}

/// The meaning of the instructions with one operation and one option.
struct Chosen<const OP: u16, const OPTION: u8>;

impl<const OP: u16, const OPTION: u8> Meaning<Aarch64> for Chosen<OP, OPTION>
where
    Only<OP>: Meaning<Aarch64>,
{
    const CLASSES: &'static [Class] = Only::<OP>::CLASSES;

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, pc: u64) -> Result<Flow, <Aarch64 as Isa>::Trap> {
        Only::<OP>::execute(ctx, &Insn { option: OPTION, ..*insn }, pc)
    }
}

/// Makes of these operations functions that know their width, and of those with a shifted register that it is shifted to the left,
/// by nothing most of the time: where the instruction is such a one.
macro_rules! pinned {
    ($S:ident, $insn:expr; $($op:ident),*) => {
        match ($insn.op, $insn.size, $insn.option) {
            $(
                (Op::$op, 0, 0) => return $S::make::<Pinned<{ Op::$op as u16 }, 0, 0>>(),
                (Op::$op, 1, 0) => return $S::make::<Pinned<{ Op::$op as u16 }, 1, 0>>(),
            )*
            _ => {}
        }
    };
}

/// Makes of these operations functions that know their option where it is one of those listed.
macro_rules! chosen {
    ($S:ident, $insn:expr; $($op:ident)*; $options:tt) => {
        $(chosen!(@ $S, $insn; $op; $options);)*
    };
    (@ $S:ident, $insn:expr; $op:ident; ($($option:literal)*)) => {
        match ($insn.op, $insn.option) {
            $((Op::$op, $option) => return $S::make::<Chosen<{ Op::$op as u16 }, $option>>(),)*
            _ => {}
        }
    };
}

/// What `S` makes of this instruction's operation.
pub(super) fn choose<S: Specialise<Aarch64>>(insn: &Insn) -> S::Made {
    // Conditions: any but VS, VC and those that always hold.
    chosen!(S, insn; Bcond Csel Csinc; (0 1 2 3 4 5 8 9 10 11 12 13));
    // Index registers of 64 bits, and signed ones of 32.
    chosen!(S, insn; LdrbRegister StrbRegister LdrhRegister LdrWRegister StrWRegister LdrXRegister StrXRegister; (3 6));
    pinned!(S, insn; AddReg, SubReg, SubsReg, AndReg, OrrReg, EorReg, AndsReg, AddImm, SubImm, SubsImm);
    specialise!(S, insn;
        Adr, Adrp, AddImm, AddsImm, SubImm, SubsImm, AndImm, OrrImm, EorImm, AndsImm, Movn, Movz, Movk, Sbfm, Bfm, Ubfm,
        AndReg, BicReg, OrrReg, EorReg, AndsReg, AddReg, AddsReg, SubReg, SubsReg, AddExt, CcmpReg, CcmpImm,
        Csel, Csinc, Csinv, Csneg, Lslv, Lsrv, Asrv, Madd, Msub, Smaddl, Umaddl, Umulh, UdivX, B, Bl, Bcond, Cbz, Cbnz, Tbz, Tbnz, Br, Ret, Blr, Nop,
        StrbUnsigned, LdrbUnsigned, StrhUnsigned, LdrhUnsigned, LdrshWUnsigned, StrWUnsigned, LdrWUnsigned, LdrswUnsigned,
        StrXUnsigned, LdrXUnsigned, LdrXUnscaled, StrXUnscaled, LdrWUnscaled, StrWUnscaled,
        LdrXPost, StrXPre, LdrWPost, StrWPost, LdrbPost, StrbPost, LdrbPre, StrXPost, LdrXPre,
        LdrXRegister, StrXRegister, LdrWRegister, StrWRegister, LdrbRegister, StrbRegister, LdrhRegister, LdrXLiteral,
        LdrshWPost, LdrhPost, StrhRegister, StrhPost, LdrswRegister, StrhUnscaled, StpWOffset, LdpWOffset,
        StpXOffset, LdpXOffset, StpXPre, LdpXPost, LdpXPre, StpXPost,
    )
}
