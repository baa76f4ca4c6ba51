//! What each instruction does. The match names every row; the meaning stands in the file of its chapter.

mod atomic;
mod branch;
mod integer;
mod memory;
pub(super) mod system;

use super::insn::Insn;
use super::regs::Hart;
use super::sysreg;
use super::table::Op;
use super::trap::{Cause, Trap};
use crate::Flow;
use crate::context::{Context, Fence, Hint, Size};
use atomic::*;
use memory::*;

/// Traps unless CPACR_EL1 lets this level use floating point and Advanced SIMD.
#[inline(always)]
pub(super) fn check_fp(h: &Hart) -> Result<(), Trap> {
    const NEITHER_CONDITION_NOR_COPROCESSOR: u32 = 0x01e0_0000;
    match h.system.cpacr >> 20 & 3 {
        3 => Ok(()),
        1 if h.el > 0 => Ok(()),
        _ => Err(Trap::sync(Cause::FpTrapped, NEITHER_CONDITION_NOR_COPROCESSOR)),
    }
}

pub(super) fn execute<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Result<Flow, Trap> {
    let h = ctx.hart();
    if h.illegal {
        return Err(Trap::sync(Cause::IllegalState, 0));
    }
    match i.op {
        Op::Adr => integer::adr(h, i, pc),
        Op::Adrp => integer::adrp(h, i, pc),
        Op::AddImm => integer::add_imm(h, i),
        Op::AddsImm => integer::adds_imm(h, i),
        Op::SubImm => integer::sub_imm(h, i),
        Op::SubsImm => integer::subs_imm(h, i),
        Op::AndImm => integer::and_imm(h, i),
        Op::OrrImm => integer::orr_imm(h, i),
        Op::EorImm => integer::eor_imm(h, i),
        Op::AndsImm => integer::ands_imm(h, i),
        Op::Movn => integer::movn(h, i),
        Op::Movz => integer::movz(h, i),
        Op::Movk => integer::movk(h, i),
        Op::Sbfm => integer::sbfm(h, i),
        Op::Bfm => integer::bfm(h, i),
        Op::Ubfm => integer::ubfm(h, i),
        Op::Extr => integer::extr(h, i),
        Op::AndReg => integer::logical(h, i, |a, b| a & b),
        Op::BicReg => integer::logical(h, i, |a, b| a & !b),
        Op::OrrReg => integer::logical(h, i, |a, b| a | b),
        Op::OrnReg => integer::logical(h, i, |a, b| a | !b),
        Op::EorReg => integer::logical(h, i, |a, b| a ^ b),
        Op::EonReg => integer::logical(h, i, |a, b| a ^ !b),
        Op::AndsReg => integer::logical_flags(h, i, |a, b| a & b),
        Op::BicsReg => integer::logical_flags(h, i, |a, b| a & !b),
        Op::AddReg => integer::add_shifted(h, i),
        Op::AddsReg => integer::adds_shifted(h, i),
        Op::SubReg => integer::sub_shifted(h, i),
        Op::SubsReg => integer::subs_shifted(h, i),
        Op::AddExt => integer::add_extended(h, i),
        Op::AddsExt => integer::adds_extended(h, i),
        Op::SubExt => integer::sub_extended(h, i),
        Op::SubsExt => integer::subs_extended(h, i),
        Op::Adc => integer::add_carry(h, i, false, false),
        Op::Adcs => integer::add_carry(h, i, false, true),
        Op::Sbc => integer::add_carry(h, i, true, false),
        Op::Sbcs => integer::add_carry(h, i, true, true),
        Op::Rmif => integer::rmif(h, i),
        Op::Setf8 => integer::set_flags(h, i, 8),
        Op::Setf16 => integer::set_flags(h, i, 16),
        Op::CcmnReg => integer::conditional_compare(h, i, h.get(i.rm), false),
        Op::CcmpReg => integer::conditional_compare(h, i, h.get(i.rm), true),
        Op::CcmnImm => integer::conditional_compare(h, i, u64::from(i.rm), false),
        Op::CcmpImm => integer::conditional_compare(h, i, u64::from(i.rm), true),
        Op::Csel => integer::select(h, i, |x| x),
        Op::Csinc => integer::select(h, i, |x| x.wrapping_add(1)),
        Op::Csinv => integer::select(h, i, |x| !x),
        Op::Csneg => integer::select(h, i, u64::wrapping_neg),
        Op::UdivW => integer::udiv_w(h, i),
        Op::UdivX => integer::udiv_x(h, i),
        Op::SdivW => integer::sdiv_w(h, i),
        Op::SdivX => integer::sdiv_x(h, i),
        Op::Lslv => integer::shift(h, i, |x, by| x << by, |x, by| x << by),
        Op::Lsrv => integer::shift(h, i, |x, by| x >> by, |x, by| x >> by),
        Op::Asrv => integer::shift(h, i, |x, by| (x as i64 >> by) as u64, |x, by| (x as i32 >> by) as u32),
        Op::Rorv => integer::shift(h, i, u64::rotate_right, u32::rotate_right),
        Op::Crc32b => integer::crc(h, i, integer::CRC32, 1),
        Op::Crc32h => integer::crc(h, i, integer::CRC32, 2),
        Op::Crc32w => integer::crc(h, i, integer::CRC32, 4),
        Op::Crc32x => integer::crc(h, i, integer::CRC32, 8),
        Op::Crc32cb => integer::crc(h, i, integer::CRC32C, 1),
        Op::Crc32ch => integer::crc(h, i, integer::CRC32C, 2),
        Op::Crc32cw => integer::crc(h, i, integer::CRC32C, 4),
        Op::Crc32cx => integer::crc(h, i, integer::CRC32C, 8),
        Op::Rbit => integer::unary(h, i, u64::reverse_bits, u32::reverse_bits),
        Op::Rev16 => integer::unary(h, i, integer::rev16, |x| integer::rev16(u64::from(x)) as u32),
        Op::Rev32 => integer::unary(h, i, |x| x.swap_bytes().rotate_left(32), u32::swap_bytes),
        Op::RevW | Op::RevX => integer::unary(h, i, u64::swap_bytes, u32::swap_bytes),
        Op::Clz => integer::unary(h, i, |x| u64::from(x.leading_zeros()), u32::leading_zeros),
        Op::Cls => integer::unary(h, i, integer::cls_wide, integer::cls_narrow),
        Op::Madd => integer::madd(h, i),
        Op::Msub => integer::msub(h, i),
        Op::Smaddl => integer::smaddl(h, i),
        Op::Smsubl => integer::smsubl(h, i),
        Op::Umaddl => integer::umaddl(h, i),
        Op::Umsubl => integer::umsubl(h, i),
        Op::Smulh => integer::smulh(h, i),
        Op::Umulh => integer::umulh(h, i),
        Op::Cfinv => h.nzcv ^= super::regs::C,
        Op::Axflag => integer::axflag(h),
        Op::Xaflag => integer::xaflag(h),

        Op::B => return Ok(branch::relative(i, pc)),
        Op::Bl => return Ok(branch::link(h, i, pc)),
        Op::Bcond => return Ok(branch::conditional(i, pc, integer::holds(h.nzcv, i.option))),
        Op::Cbz => return Ok(branch::conditional(i, pc, branch::is_zero(h, i))),
        Op::Cbnz => return Ok(branch::conditional(i, pc, !branch::is_zero(h, i))),
        Op::Tbz => return Ok(branch::conditional(i, pc, h.get(i.rd) >> i.option & 1 == 0)),
        Op::Tbnz => return Ok(branch::conditional(i, pc, h.get(i.rd) >> i.option & 1 != 0)),
        Op::Br | Op::Ret => return Ok(Flow::Jump(h.get(i.rn))),
        Op::Blr => return Ok(branch::link_register(h, i, pc)),
        Op::Eret => return branch::exception_return(ctx),
        Op::Svc => return Err(Trap::sync(Cause::Svc, i.imm as u32)),
        Op::Hvc | Op::Smc if h.el == 0 => return Err(Trap::UNDEFINED),
        Op::Hvc => return Err(Trap::sync(Cause::Hvc, i.imm as u32)),
        Op::Smc => return Err(Trap::sync(Cause::Smc, i.imm as u32)),
        Op::Brk => return Err(Trap::sync(Cause::Breakpoint, i.imm as u32)),
        Op::Hlt => return Err(Trap::sync(Cause::Halt, i.imm as u32)),
        Op::Undefined | Op::Udf | Op::Drps | Op::Dcps1 | Op::Dcps2 | Op::Dcps3 => return Err(Trap::UNDEFINED),

        Op::Nop | Op::HintOther => {}
        Op::Yield => ctx.hint(Hint::Pause),
        Op::Wfe => system::wait_for_event(ctx)?,
        Op::Wfi => system::wait_for_interrupt(ctx)?,
        Op::Sev => system::send_event(ctx, Hint::SendEvent),
        Op::Sevl => system::send_event(ctx, Hint::SendEventLocal),
        // Pointer authentication in the hint space: FEAT_PAuth is not there.
        Op::Xpaclri
        | Op::Pacia1716
        | Op::Pacib1716
        | Op::Autia1716
        | Op::Autib1716
        | Op::Paciaz
        | Op::Paciasp
        | Op::Pacibz
        | Op::Pacibsp
        | Op::Autiaz
        | Op::Autiasp
        | Op::Autibz
        | Op::Autibsp => {}
        Op::Clrex => ctx.clear_reservation(),
        Op::Dsb => system::dsb(ctx, i),
        Op::Dmb => system::dmb(ctx, i),
        Op::Isb | Op::Sb => ctx.fence(Fence::Isb),
        Op::MsrImm => system::msr_imm(ctx, i)?,
        Op::Sys => system::sys(ctx, i)?,
        Op::Sysl => return Err(Trap::UNDEFINED),
        Op::Msr => sysreg::write(ctx, i)?,
        Op::Mrs => {
            let value = sysreg::read(ctx, i)?;
            ctx.hart().set(i.rd, value);
        }

        Op::StrbUnsigned | Op::StrbUnscaled => store(ctx, i, Size::Byte, offset)?,
        Op::StrbPost => store(ctx, i, Size::Byte, post)?,
        Op::StrbPre => store(ctx, i, Size::Byte, pre)?,
        Op::StrbRegister => store(ctx, i, Size::Byte, indexed)?,
        Op::LdrbUnsigned | Op::LdrbUnscaled => load(ctx, i, Size::Byte, Fill::Zero, offset)?,
        Op::LdrbPost => load(ctx, i, Size::Byte, Fill::Zero, post)?,
        Op::LdrbPre => load(ctx, i, Size::Byte, Fill::Zero, pre)?,
        Op::LdrbRegister => load(ctx, i, Size::Byte, Fill::Zero, indexed)?,
        Op::LdrsbXUnsigned | Op::LdrsbXUnscaled => load(ctx, i, Size::Byte, Fill::Sign64, offset)?,
        Op::LdrsbXPost => load(ctx, i, Size::Byte, Fill::Sign64, post)?,
        Op::LdrsbXPre => load(ctx, i, Size::Byte, Fill::Sign64, pre)?,
        Op::LdrsbXRegister => load(ctx, i, Size::Byte, Fill::Sign64, indexed)?,
        Op::LdrsbWUnsigned | Op::LdrsbWUnscaled => load(ctx, i, Size::Byte, Fill::Sign32, offset)?,
        Op::LdrsbWPost => load(ctx, i, Size::Byte, Fill::Sign32, post)?,
        Op::LdrsbWPre => load(ctx, i, Size::Byte, Fill::Sign32, pre)?,
        Op::LdrsbWRegister => load(ctx, i, Size::Byte, Fill::Sign32, indexed)?,
        Op::StrhUnsigned | Op::StrhUnscaled => store(ctx, i, Size::Half, offset)?,
        Op::StrhPost => store(ctx, i, Size::Half, post)?,
        Op::StrhPre => store(ctx, i, Size::Half, pre)?,
        Op::StrhRegister => store(ctx, i, Size::Half, indexed)?,
        Op::LdrhUnsigned | Op::LdrhUnscaled => load(ctx, i, Size::Half, Fill::Zero, offset)?,
        Op::LdrhPost => load(ctx, i, Size::Half, Fill::Zero, post)?,
        Op::LdrhPre => load(ctx, i, Size::Half, Fill::Zero, pre)?,
        Op::LdrhRegister => load(ctx, i, Size::Half, Fill::Zero, indexed)?,
        Op::LdrshXUnsigned | Op::LdrshXUnscaled => load(ctx, i, Size::Half, Fill::Sign64, offset)?,
        Op::LdrshXPost => load(ctx, i, Size::Half, Fill::Sign64, post)?,
        Op::LdrshXPre => load(ctx, i, Size::Half, Fill::Sign64, pre)?,
        Op::LdrshXRegister => load(ctx, i, Size::Half, Fill::Sign64, indexed)?,
        Op::LdrshWUnsigned | Op::LdrshWUnscaled => load(ctx, i, Size::Half, Fill::Sign32, offset)?,
        Op::LdrshWPost => load(ctx, i, Size::Half, Fill::Sign32, post)?,
        Op::LdrshWPre => load(ctx, i, Size::Half, Fill::Sign32, pre)?,
        Op::LdrshWRegister => load(ctx, i, Size::Half, Fill::Sign32, indexed)?,
        Op::StrWUnsigned | Op::StrWUnscaled => store(ctx, i, Size::Word, offset)?,
        Op::StrWPost => store(ctx, i, Size::Word, post)?,
        Op::StrWPre => store(ctx, i, Size::Word, pre)?,
        Op::StrWRegister => store(ctx, i, Size::Word, indexed)?,
        Op::LdrWUnsigned | Op::LdrWUnscaled => load(ctx, i, Size::Word, Fill::Zero, offset)?,
        Op::LdrWPost => load(ctx, i, Size::Word, Fill::Zero, post)?,
        Op::LdrWPre => load(ctx, i, Size::Word, Fill::Zero, pre)?,
        Op::LdrWRegister => load(ctx, i, Size::Word, Fill::Zero, indexed)?,
        Op::LdrswUnsigned | Op::LdrswUnscaled => load(ctx, i, Size::Word, Fill::Sign64, offset)?,
        Op::LdrswPost => load(ctx, i, Size::Word, Fill::Sign64, post)?,
        Op::LdrswPre => load(ctx, i, Size::Word, Fill::Sign64, pre)?,
        Op::LdrswRegister => load(ctx, i, Size::Word, Fill::Sign64, indexed)?,
        Op::StrXUnsigned | Op::StrXUnscaled => store(ctx, i, Size::Double, offset)?,
        Op::StrXPost => store(ctx, i, Size::Double, post)?,
        Op::StrXPre => store(ctx, i, Size::Double, pre)?,
        Op::StrXRegister => store(ctx, i, Size::Double, indexed)?,
        Op::LdrXUnsigned | Op::LdrXUnscaled => load(ctx, i, Size::Double, Fill::Zero, offset)?,
        Op::LdrXPost => load(ctx, i, Size::Double, Fill::Zero, post)?,
        Op::LdrXPre => load(ctx, i, Size::Double, Fill::Zero, pre)?,
        Op::LdrXRegister => load(ctx, i, Size::Double, Fill::Zero, indexed)?,
        Op::StrbUnpriv => unprivileged(ctx, i, |ctx, i| store(ctx, i, Size::Byte, offset))?,
        Op::LdrbUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Byte, Fill::Zero, offset))?,
        Op::LdrsbXUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Byte, Fill::Sign64, offset))?,
        Op::LdrsbWUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Byte, Fill::Sign32, offset))?,
        Op::StrhUnpriv => unprivileged(ctx, i, |ctx, i| store(ctx, i, Size::Half, offset))?,
        Op::LdrhUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Half, Fill::Zero, offset))?,
        Op::LdrshXUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Half, Fill::Sign64, offset))?,
        Op::LdrshWUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Half, Fill::Sign32, offset))?,
        Op::StrWUnpriv => unprivileged(ctx, i, |ctx, i| store(ctx, i, Size::Word, offset))?,
        Op::LdrWUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Word, Fill::Zero, offset))?,
        Op::LdrswUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Word, Fill::Sign64, offset))?,
        Op::StrXUnpriv => unprivileged(ctx, i, |ctx, i| store(ctx, i, Size::Double, offset))?,
        Op::LdrXUnpriv => unprivileged(ctx, i, |ctx, i| load(ctx, i, Size::Double, Fill::Zero, offset))?,
        Op::LdrWLiteral => load_literal(ctx, i, pc, Size::Word, Fill::Zero)?,
        Op::LdrXLiteral => load_literal(ctx, i, pc, Size::Double, Fill::Zero)?,
        Op::LdrswLiteral => load_literal(ctx, i, pc, Size::Word, Fill::Sign64)?,
        // Prefetches advise: nothing is fetched ahead.
        Op::PrfmLiteral | Op::PrfmUnsigned | Op::PrfmUnscaled | Op::PrfmRegister => {}
        Op::StpWOffset | Op::StpWNonTemporal => store_pair(ctx, i, Size::Word, offset)?,
        Op::LdpWOffset | Op::LdpWNonTemporal => load_pair(ctx, i, Size::Word, Fill::Zero, offset)?,
        Op::StpWPost => store_pair(ctx, i, Size::Word, post)?,
        Op::LdpWPost => load_pair(ctx, i, Size::Word, Fill::Zero, post)?,
        Op::StpWPre => store_pair(ctx, i, Size::Word, pre)?,
        Op::LdpWPre => load_pair(ctx, i, Size::Word, Fill::Zero, pre)?,
        Op::StpXOffset | Op::StpXNonTemporal => store_pair(ctx, i, Size::Double, offset)?,
        Op::LdpXOffset | Op::LdpXNonTemporal => load_pair(ctx, i, Size::Double, Fill::Zero, offset)?,
        Op::StpXPost => store_pair(ctx, i, Size::Double, post)?,
        Op::LdpXPost => load_pair(ctx, i, Size::Double, Fill::Zero, post)?,
        Op::StpXPre => store_pair(ctx, i, Size::Double, pre)?,
        Op::LdpXPre => load_pair(ctx, i, Size::Double, Fill::Zero, pre)?,
        Op::LdpswOffset => load_pair(ctx, i, Size::Word, Fill::Sign64, offset)?,
        Op::LdpswPost => load_pair(ctx, i, Size::Word, Fill::Sign64, post)?,
        Op::LdpswPre => load_pair(ctx, i, Size::Word, Fill::Sign64, pre)?,
        Op::Ldxr | Op::Ldaxr => load_exclusive(ctx, i)?,
        Op::Stxr | Op::Stlxr => store_exclusive(ctx, i)?,
        Op::Ldxp | Op::Ldaxp => load_exclusive_pair(ctx, i)?,
        Op::Stxp | Op::Stlxp => store_exclusive_pair(ctx, i)?,
        Op::Ldar | Op::Ldlar | Op::Ldapr => load_ordered(ctx, i)?,
        Op::Stlr | Op::Stllr => store_ordered(ctx, i)?,
        Op::Cas => compare_and_swap(ctx, i)?,
        Op::Casp => compare_and_swap_pair(ctx, i)?,
        Op::Ldadd => load_op(ctx, i, |old, x, _| old.wrapping_add(x))?,
        Op::Ldclr => load_op(ctx, i, |old, x, _| old & !x)?,
        Op::Ldeor => load_op(ctx, i, |old, x, _| old ^ x)?,
        Op::Ldset => load_op(ctx, i, |old, x, _| old | x)?,
        Op::Ldsmax => load_op(ctx, i, |old, x, size| if signed(old, size) > signed(x, size) { old } else { x })?,
        Op::Ldsmin => load_op(ctx, i, |old, x, size| if signed(old, size) < signed(x, size) { old } else { x })?,
        Op::Ldumax => load_op(ctx, i, |old, x, _| old.max(x))?,
        Op::Ldumin => load_op(ctx, i, |old, x, _| old.min(x))?,
        Op::Swp => swap_like(ctx, i, |_, x, _| x)?,
        Op::Stlurb => store_rcpc(ctx, i, Size::Byte)?,
        Op::Ldapurb => load_rcpc(ctx, i, Size::Byte, Fill::Zero)?,
        Op::LdapursbX => load_rcpc(ctx, i, Size::Byte, Fill::Sign64)?,
        Op::LdapursbW => load_rcpc(ctx, i, Size::Byte, Fill::Sign32)?,
        Op::Stlurh => store_rcpc(ctx, i, Size::Half)?,
        Op::Ldapurh => load_rcpc(ctx, i, Size::Half, Fill::Zero)?,
        Op::LdapurshX => load_rcpc(ctx, i, Size::Half, Fill::Sign64)?,
        Op::LdapurshW => load_rcpc(ctx, i, Size::Half, Fill::Sign32)?,
        Op::StlurW => store_rcpc(ctx, i, Size::Word)?,
        Op::LdapurW => load_rcpc(ctx, i, Size::Word, Fill::Zero)?,
        Op::Ldapursw => load_rcpc(ctx, i, Size::Word, Fill::Sign64)?,
        Op::StlurX => store_rcpc(ctx, i, Size::Double)?,
        Op::LdapurX => load_rcpc(ctx, i, Size::Double, Fill::Zero)?,
    }
    Ok(Flow::Next)
}
