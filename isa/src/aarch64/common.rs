//! The operations that most instructions of a program have, each compiled for itself where that is asked for.

use super::Aarch64;
use super::insn::Insn;
use super::table::Op;
use crate::meaning::{Specialise, specialise};

/// What `S` makes of this instruction's operation.
pub(super) fn choose<S: Specialise<Aarch64>>(insn: &Insn) -> S::Made {
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
