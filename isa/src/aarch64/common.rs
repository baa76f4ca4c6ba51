//! The operations that most instructions of a program have, each compiled for itself where that is asked for.

use super::Aarch64;
use super::exec::system;
use super::insn::Insn;
use super::regs::Hart;
use super::table::Op;
use crate::meaning::{Meaning, Only, Specialise, specialise};
use crate::{Class, Context, Flow, Isa};
use std::marker::PhantomData;

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

/// The meaning of the cache maintenance with this encoding, packed as in bits 20-5.
struct Maintains<const CODE: u16>;

impl<const CODE: u16> Meaning<Aarch64> for Maintains<CODE> {
    const CLASSES: &'static [Class] = &[Class::CacheOp];

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, _: u64) -> Result<Flow, <Aarch64 as Isa>::Trap> {
        system::carry_out(ctx, Insn { imm: CODE as u64, ..*insn })?;
        Ok(Flow::Next)
    }
}

/// `dc cvau`: op0 1, op1 3, CRn 7, CRm 11, op2 1.
const CLEAN: u16 = 1 << 14 | 3 << 11 | 7 << 7 | 11 << 3 | 1;
/// `ic ivau`: op0 1, op1 3, CRn 7, CRm 5, op2 1.
const INVALIDATE: u16 = 1 << 14 | 3 << 11 | 7 << 7 | 5 << 3 | 1;

/// The meaning of the instructions whose immediate is 0: their register is not shifted.
struct Unshifted<O>(PhantomData<O>);

impl<O: Meaning<Aarch64>> Meaning<Aarch64> for Unshifted<O> {
    const CLASSES: &'static [Class] = O::CLASSES;

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, pc: u64) -> Result<Flow, <Aarch64 as Isa>::Trap> {
        O::execute(ctx, &Insn { imm: 0, ..*insn }, pc)
    }
}

/// Bit of [`Registers`]: `rd`.
const D: u8 = 1;
/// Bit of [`Registers`]: `rn`.
const N: u8 = 2;
/// Bit of [`Registers`]: `rm`.
const M: u8 = 4;
/// Bit of [`Registers`]: `ra`.
const A: u8 = 8;

/// The meaning of the instructions of which these fields are number 31, and others of the same operation that name registers are not.
struct Registers<O, const NAMED: u8, const ARE_31: u8>(PhantomData<O>);

impl<O: Meaning<Aarch64>, const NAMED: u8, const ARE_31: u8> Registers<O, NAMED, ARE_31> {
    /// A number that the compiler knows to be 31 or not to be.
    #[inline(always)]
    fn known(number: u8, field: u8) -> u8 {
        if NAMED & field == 0 {
            number
        } else if ARE_31 & field != 0 {
            31
        } else {
            // Registers are found by the low bits.
            number | 32
        }
    }
}

impl<O: Meaning<Aarch64>, const NAMED: u8, const ARE_31: u8> Meaning<Aarch64> for Registers<O, NAMED, ARE_31> {
    const CLASSES: &'static [Class] = O::CLASSES;

    #[inline(always)]
    fn execute<C: Context<Hart = Hart>>(ctx: &mut C, insn: &Insn, pc: u64) -> Result<Flow, <Aarch64 as Isa>::Trap> {
        let (rd, rn) = (Self::known(insn.rd, D), Self::known(insn.rn, N));
        let (rm, ra) = (Self::known(insn.rm, M), Self::known(insn.ra, A));
        O::execute(ctx, &Insn { rd, rn, rm, ra, ..*insn }, pc)
    }
}

/// Which of these fields are number 31.
fn are_31(insn: &Insn, named: u8) -> u8 {
    let fields = [(D, insn.rd), (N, insn.rn), (M, insn.rm), (A, insn.ra)];
    fields.into_iter().filter(|(_, number)| *number == 31).fold(0, |all, (field, _)| all | field) & named
}

/// True of the instructions of which [`Pinned`] is the meaning, with option 0.
fn pinned(insn: &Insn, op: Op, size: u8) -> bool {
    (insn.op, insn.size, insn.option) == (op, size, 0)
}

/// Makes of these operations functions that know which of the fields that name registers are number 31, where that is one of the
/// patterns listed.
macro_rules! registers {
    ($S:ident, $insn:expr; $named:expr, $patterns:tt; $($op:ident)*) => {
        $(registers!(@ $S, $insn, $insn.op == Op::$op; $named, $patterns; Only<{ Op::$op as u16 }>);)*
    };
    ($S:ident, $insn:expr, pinned; $named:expr, $patterns:tt; $($op:ident)*) => {
        $(
            registers!(@ $S, $insn, pinned($insn, Op::$op, 0); $named, $patterns; Pinned<{ Op::$op as u16 }, 0, 0>);
            registers!(@ $S, $insn, pinned($insn, Op::$op, 1); $named, $patterns; Pinned<{ Op::$op as u16 }, 1, 0>);
        )*
    };
    ($S:ident, $insn:expr, unshifted; $named:expr, $patterns:tt; $($op:ident)*) => {
        $(
            registers!(@ $S, $insn, $insn.imm == 0 && pinned($insn, Op::$op, 0);
                $named, $patterns; Unshifted<Pinned<{ Op::$op as u16 }, 0, 0>>);
            registers!(@ $S, $insn, $insn.imm == 0 && pinned($insn, Op::$op, 1);
                $named, $patterns; Unshifted<Pinned<{ Op::$op as u16 }, 1, 0>>);
        )*
    };
    ($S:ident, $insn:expr, chosen $options:tt; $named:expr, $patterns:tt; $($op:ident)*) => {
        $(registers!(@@ $S, $insn, $options; $named, $patterns; $op);)*
    };
    (@@ $S:ident, $insn:expr, ($($option:literal)*); $named:expr, $patterns:tt; $op:ident) => {
        $(registers!(@ $S, $insn, ($insn.op, $insn.option) == (Op::$op, $option); $named, $patterns; Chosen<{ Op::$op as u16 }, $option>);)*
    };
    (@ $S:ident, $insn:expr, $is:expr; $named:expr, ($($pattern:expr),*); $meaning:ty) => {
        if $is {
            let are_31 = are_31($insn, $named);
            $(if are_31 == $pattern {
                return $S::make::<Registers<$meaning, { $named }, { $pattern }>>();
            })*
        }
    };
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
    // Moves, comparisons, negations, products, tests of bits are those whose one register is the zero register.
    registers!(S, insn, unshifted; D | N | M, (0, N); OrrReg SubReg);
    registers!(S, insn, unshifted; D | N | M, (0); AddReg AndReg EorReg);
    registers!(S, insn, unshifted; D | N | M, (0, D); SubsReg AndsReg);
    registers!(S, insn, pinned; D | N | M, (0, N); OrrReg SubReg);
    registers!(S, insn, pinned; D | N | M, (0); AddReg AndReg EorReg);
    registers!(S, insn, pinned; D | N | M, (0, D); SubsReg AndsReg);
    registers!(S, insn, pinned; D, (0, D); SubsImm);
    registers!(S, insn; D | N, (0, D); AndsImm);
    registers!(S, insn; N, (0); AndImm EorImm);
    registers!(S, insn; D | N, (0); Ubfm Sbfm);
    registers!(S, insn; D, (0); Movz Movn Movk Adrp Cbz Cbnz Tbz Tbnz);
    registers!(S, insn; D | N | M, (0); Lslv Lsrv);
    registers!(S, insn; D | N | M | A, (0, A); Madd);
    registers!(S, insn; N, (0); Ret Blr Br);
    // The base is the stack pointer, or another one.
    registers!(S, insn; D | N, (0, N);
        LdrbUnsigned LdrhUnsigned LdrWUnsigned LdrXUnsigned StrbUnsigned StrhUnsigned StrWUnsigned StrXUnsigned LdrswUnsigned
        LdrXUnscaled StrXUnscaled LdrXPost StrXPre);
    registers!(S, insn; D | N, (0); LdrbPost LdrbPre LdrWPost LdrshWPost LdrshWUnsigned LdrhPost StrbPost StrWPost StrXPost StrhPost);
    registers!(S, insn, chosen (3 6); D | N | M, (0);
        LdrbRegister StrbRegister LdrhRegister LdrWRegister StrWRegister LdrXRegister StrXRegister);
    registers!(S, insn, chosen (0 1 2 3 8 9 10 11 12 13); D | N | M, (0); Csel);
    registers!(S, insn, chosen (0 1 2 3 8 9 10 11 12 13); D | N | M, (N | M); Csinc);
    registers!(S, insn; D | N | A, (0, N); LdpXOffset StpXOffset LdpXPost StpXPre);
    // Conditions: any but VS, VC and those that always hold.
    chosen!(S, insn; Bcond Csel Csinc; (0 1 2 3 4 5 8 9 10 11 12 13));
    // Index registers of 64 bits, and signed ones of 32.
    chosen!(S, insn; LdrbRegister StrbRegister LdrhRegister LdrWRegister StrWRegister LdrXRegister StrXRegister; (3 6));
    match (insn.op, insn.imm as u16) {
        (Op::Sys, CLEAN) => return S::make::<Maintains<CLEAN>>(),
        (Op::Sys, INVALIDATE) => return S::make::<Maintains<INVALIDATE>>(),
        _ => {}
    }
    pinned!(S, insn; AddReg, SubReg, SubsReg, AndReg, OrrReg, EorReg, AndsReg, AddImm, SubImm, SubsImm);
    specialise!(S, insn;
        Adr, Adrp, AddImm, AddsImm, SubImm, SubsImm, AndImm, OrrImm, EorImm, AndsImm, Movn, Movz, Movk, Sbfm, Bfm, Ubfm,
        AndReg, BicReg, OrrReg, EorReg, AndsReg, AddReg, AddsReg, SubReg, SubsReg, AddExt, SubExt, SubsExt, CcmpReg, CcmpImm,
        Csel, Csinc, Csinv, Csneg, Lslv, Lsrv, Asrv, Madd, Msub, Smaddl, Umaddl, Umulh, UdivX, B, Bl, Bcond, Cbz, Cbnz, Tbz, Tbnz, Br, Ret, Blr, Nop, Dsb, Dmb, Isb, Sys,
        StrbUnsigned, LdrbUnsigned, StrhUnsigned, LdrhUnsigned, LdrshWUnsigned, StrWUnsigned, LdrWUnsigned, LdrswUnsigned,
        StrXUnsigned, LdrXUnsigned, LdrXUnscaled, StrXUnscaled, LdrWUnscaled, StrWUnscaled,
        LdrXPost, StrXPre, LdrWPost, StrWPost, LdrbPost, StrbPost, LdrbPre, StrXPost, LdrXPre,
        LdrXRegister, StrXRegister, LdrWRegister, StrWRegister, LdrbRegister, StrbRegister, LdrhRegister, LdrXLiteral,
        LdrshWPost, LdrhPost, StrhRegister, StrhPost, LdrswRegister, StrhUnscaled, StpWOffset, LdpWOffset,
        StpXOffset, LdpXOffset, StpXPre, LdpXPost, LdpXPre, StpXPost,
    )
}
