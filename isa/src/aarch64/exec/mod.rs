//! What each instruction does. The match names every row; the meaning stands in the file of its chapter.

mod atomic;
mod branch;
mod crypto;
mod fp;
mod integer;
mod memory;
mod pauth;
mod simd;
pub(super) mod simd_memory;
pub(super) mod system;

use rustc_apfloat::Round;

use super::Aarch64;
use super::fp::{Fpu, Layout, Relation, unsigned_reciprocal, unsigned_reciprocal_root};
use super::hypervisor;
use super::insn::Insn;
use super::pauth::Key;
use super::regs::Hart;
use super::sysreg;
use super::table::Op;
use super::trap::{Cause, Trap};
use crate::Flow;
use crate::class::Class;
use crate::context::{Context, Fence, Hint, Size};
use crate::meaning::{Meaning, Only};
use atomic::*;
use memory::*;
use pauth::Modifier;

/// Traps unless CPACR_EL1 lets this level use floating point and Advanced SIMD.
#[inline(always)]
pub(super) fn check_fp(h: &Hart) -> Result<(), Trap> {
    const NEITHER_CONDITION_NOR_COPROCESSOR: u32 = 0x01e0_0000;
    let fpen = h.system.cpacr >> 20 & 3;
    if fpen == 3 && h.system.el2.is_none() {
        return Ok(());
    }
    let trap = Trap::sync(Cause::FpTrapped, NEITHER_CONDITION_NOR_COPROCESSOR);
    match fpen {
        _ if h.el == 2 => {}
        3 => {}
        1 if h.el > 0 => {}
        _ => return Err(trap),
    }
    match &h.system.el2 {
        Some(el2) if el2.cptr & hypervisor::CPTR_TFP != 0 => Err(trap.to_el2()),
        _ => Ok(()),
    }
}

/// The rows on vector registers stand together, from the first load to the last row.
#[inline(always)]
fn uses_vectors(op: Op) -> bool {
    (Op::StrBUnsigned as u16..Op::Undefined as u16).contains(&(op as u16))
}

/// Executes in a state that seldom is: PSTATE.IL set, or BTYPE after an indirect branch. An instruction that traps leaves
/// BTYPE for SPSR_ELx.
#[inline(never)]
fn execute_unusual<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn, pc: u64) -> Result<Flow, Trap> {
    if ctx.hart().illegal {
        return Err(Trap::sync(Cause::IllegalState, 0));
    }
    branch::check_landing(ctx, i, pc)?;
    let btype = std::mem::take(&mut ctx.hart().btype);
    let result = execute(ctx, i, pc);
    if result.is_err() {
        ctx.hart().btype = btype;
    }
    result
}

/// Makes of the table of meanings the function that looks at the operation, and a [`Meaning`] of each operation alone.
macro_rules! meanings {
    ($ctx:ident, $h:ident, $i:ident, $pc:ident; $($(Op::$op:ident)|+ => $meaning:expr,)*) => {
        pub(super) fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $i: Insn, $pc: u64) -> Result<Flow, Trap> {
            let $h = $ctx.hart();
            if $h.illegal || $h.btype != 0 {
                return execute_unusual($ctx, $i, $pc);
            }
            if uses_vectors($i.op) {
                check_fp($h)?;
            }
            match $i.op {
                $($(Op::$op)|+ => $meaning,)*
            }
            Ok(Flow::Next)
        }

        $($(impl Meaning<Aarch64> for Only<{ Op::$op as u16 }> {
            const CLASSES: &'static [Class] = Op::$op.classes();

            #[inline(always)]
            #[allow(unreachable_code, unused_variables, clippy::match_single_binding, clippy::unused_unit)]
            fn execute<C: Context<Hart = Hart>>($ctx: &mut C, $i: &Insn, $pc: u64) -> Result<Flow, Trap> {
                let $i = *$i;
                let $h = $ctx.hart();
                if $h.illegal || $h.btype != 0 {
                    return execute_unusual($ctx, $i, $pc);
                }
                if uses_vectors(Op::$op) {
                    check_fp($h)?;
                }
                match $i.op {
                    _ => $meaning,
                }
                Ok(Flow::Next)
            }
        })+)*
    };
}

// One arm a line, so that it reads as a table.
meanings! {
    ctx, h, i, pc;
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
        Op::Ret => return Ok(branch::register(h, i)),
        Op::Br => return Ok(branch::jump(ctx, i, pc)),
        Op::Blr => return Ok(branch::link_register(h, i, pc)),
        Op::Eret => return branch::exception_return(ctx, |_, address| address),
        Op::Svc => return Err(Trap::sync(Cause::Svc, i.imm as u32)),
        Op::Hvc => return Err(system::hypervisor_call(h, i)),
        Op::Smc => return Err(system::secure_monitor_call(h, i)),
        Op::Brk => return Err(Trap::sync(Cause::Breakpoint, i.imm as u32)),
        Op::Hlt => return Err(Trap::sync(Cause::Halt, i.imm as u32)),
        Op::Undefined | Op::Udf | Op::Drps | Op::Dcps1 | Op::Dcps2 | Op::Dcps3 => return Err(Trap::UNDEFINED),

        Op::Nop | Op::HintOther => (),
        Op::Yield => ctx.hint(Hint::Pause),
        Op::Wfe => system::wait_for_event(ctx)?,
        Op::Wfi => system::wait_for_interrupt(ctx)?,
        Op::Sev => system::send_event(ctx, Hint::SendEvent),
        Op::Sevl => system::send_event(ctx, Hint::SendEventLocal),
        Op::Pacia => pauth::sign(h, i, Key::Ia)?,
        Op::Paciza => pauth::sign_zero(h, i, Key::Ia)?,
        Op::Pacib => pauth::sign(h, i, Key::Ib)?,
        Op::Pacizb => pauth::sign_zero(h, i, Key::Ib)?,
        Op::Pacda => pauth::sign(h, i, Key::Da)?,
        Op::Pacdza => pauth::sign_zero(h, i, Key::Da)?,
        Op::Pacdb => pauth::sign(h, i, Key::Db)?,
        Op::Pacdzb => pauth::sign_zero(h, i, Key::Db)?,
        Op::Autia => pauth::authenticate(h, i, Key::Ia)?,
        Op::Autiza => pauth::authenticate_zero(h, i, Key::Ia)?,
        Op::Autib => pauth::authenticate(h, i, Key::Ib)?,
        Op::Autizb => pauth::authenticate_zero(h, i, Key::Ib)?,
        Op::Autda => pauth::authenticate(h, i, Key::Da)?,
        Op::Autdza => pauth::authenticate_zero(h, i, Key::Da)?,
        Op::Autdb => pauth::authenticate(h, i, Key::Db)?,
        Op::Autdzb => pauth::authenticate_zero(h, i, Key::Db)?,
        Op::Xpaci | Op::Xpacd => pauth::strip(h, i)?,
        Op::Pacga => pauth::generic(h, i)?,
        Op::Xpaclri => pauth::hint_strip(h)?,
        Op::Pacia1716 => pauth::hint_sign(h, 17, h.x[16], Key::Ia)?,
        Op::Autia1716 => pauth::hint_authenticate(h, 17, h.x[16], Key::Ia)?,
        Op::Paciaz => pauth::hint_sign(h, 30, 0, Key::Ia)?,
        Op::Autiaz => pauth::hint_authenticate(h, 30, 0, Key::Ia)?,
        Op::Paciasp => pauth::hint_sign(h, 30, h.stack_pointer(), Key::Ia)?,
        Op::Autiasp => pauth::hint_authenticate(h, 30, h.stack_pointer(), Key::Ia)?,
        Op::Braa => return pauth::jump(ctx, i, Modifier::Register, Key::Ia, pc),
        Op::Braaz => return pauth::jump(ctx, i, Modifier::Zero, Key::Ia, pc),
        Op::Blraa => return pauth::call(h, i, h.get_sp(i.rd), Key::Ia, pc),
        Op::Blraaz => return pauth::call(h, i, 0, Key::Ia, pc),
        Op::Retaa => return pauth::ret(h, Key::Ia),
        Op::Eretaa => return pauth::exception_return(ctx, Key::Ia),
        Op::Pacib1716 => pauth::hint_sign(h, 17, h.x[16], Key::Ib)?,
        Op::Autib1716 => pauth::hint_authenticate(h, 17, h.x[16], Key::Ib)?,
        Op::Pacibz => pauth::hint_sign(h, 30, 0, Key::Ib)?,
        Op::Autibz => pauth::hint_authenticate(h, 30, 0, Key::Ib)?,
        Op::Pacibsp => pauth::hint_sign(h, 30, h.stack_pointer(), Key::Ib)?,
        Op::Autibsp => pauth::hint_authenticate(h, 30, h.stack_pointer(), Key::Ib)?,
        Op::Brab => return pauth::jump(ctx, i, Modifier::Register, Key::Ib, pc),
        Op::Brabz => return pauth::jump(ctx, i, Modifier::Zero, Key::Ib, pc),
        Op::Blrab => return pauth::call(h, i, h.get_sp(i.rd), Key::Ib, pc),
        Op::Blrabz => return pauth::call(h, i, 0, Key::Ib, pc),
        Op::Retab => return pauth::ret(h, Key::Ib),
        Op::Eretab => return pauth::exception_return(ctx, Key::Ib),
        Op::Ldraa => pauth::load(ctx, i, Key::Da, false)?,
        Op::LdraaPre => pauth::load(ctx, i, Key::Da, true)?,
        Op::Ldrab => pauth::load(ctx, i, Key::Db, false)?,
        Op::LdrabPre => pauth::load(ctx, i, Key::Db, true)?,
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
        },

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
        Op::PrfmLiteral | Op::PrfmUnsigned | Op::PrfmUnscaled | Op::PrfmRegister => (),
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

        Op::LdrBUnsigned | Op::LdrHUnsigned | Op::LdrSUnsigned | Op::LdrDUnsigned | Op::LdrQUnsigned | Op::LdrBUnscaled
        | Op::LdrHUnscaled | Op::LdrSUnscaled | Op::LdrDUnscaled
        | Op::LdrQUnscaled => simd_memory::load(ctx, i, offset)?,
        Op::StrBUnsigned | Op::StrHUnsigned | Op::StrSUnsigned | Op::StrDUnsigned | Op::StrQUnsigned | Op::StrBUnscaled
        | Op::StrHUnscaled | Op::StrSUnscaled | Op::StrDUnscaled
        | Op::StrQUnscaled => simd_memory::store(ctx, i, offset)?,
        Op::LdrBPost | Op::LdrHPost | Op::LdrSPost | Op::LdrDPost | Op::LdrQPost => simd_memory::load(ctx, i, post)?,
        Op::StrBPost | Op::StrHPost | Op::StrSPost | Op::StrDPost | Op::StrQPost => simd_memory::store(ctx, i, post)?,
        Op::LdrBPre | Op::LdrHPre | Op::LdrSPre | Op::LdrDPre | Op::LdrQPre => simd_memory::load(ctx, i, pre)?,
        Op::StrBPre | Op::StrHPre | Op::StrSPre | Op::StrDPre | Op::StrQPre => simd_memory::store(ctx, i, pre)?,
        Op::LdrBRegister | Op::LdrHRegister | Op::LdrSRegister | Op::LdrDRegister | Op::LdrQRegister => simd_memory::load(ctx, i, indexed)?,
        Op::StrBRegister | Op::StrHRegister | Op::StrSRegister | Op::StrDRegister | Op::StrQRegister => simd_memory::store(ctx, i, indexed)?,
        Op::LdpSOffset | Op::LdpDOffset | Op::LdpQOffset | Op::LdpSNonTemporal | Op::LdpDNonTemporal
        | Op::LdpQNonTemporal => simd_memory::load_pair(ctx, i, offset)?,
        Op::StpSOffset | Op::StpDOffset | Op::StpQOffset | Op::StpSNonTemporal | Op::StpDNonTemporal
        | Op::StpQNonTemporal => simd_memory::store_pair(ctx, i, offset)?,
        Op::LdpSPost | Op::LdpDPost | Op::LdpQPost => simd_memory::load_pair(ctx, i, post)?,
        Op::StpSPost | Op::StpDPost | Op::StpQPost => simd_memory::store_pair(ctx, i, post)?,
        Op::LdpSPre | Op::LdpDPre | Op::LdpQPre => simd_memory::load_pair(ctx, i, pre)?,
        Op::StpSPre | Op::StpDPre | Op::StpQPre => simd_memory::store_pair(ctx, i, pre)?,
        Op::LdrSLiteral | Op::LdrDLiteral | Op::LdrQLiteral => simd_memory::load_literal(ctx, i, pc)?,
        Op::FmovReg => fp::unary(h, i, |_, _, x| x),
        Op::Fabs => fp::unary(h, i, |_, size, x| x & !Layout::of(size).sign()),
        Op::Fneg => fp::unary(h, i, |_, size, x| x ^ Layout::of(size).sign()),
        Op::Fsqrt => fp::unary(h, i, Fpu::sqrt),
        Op::FcvtSD | Op::FcvtSH | Op::FcvtDS | Op::FcvtDH | Op::FcvtHS | Op::FcvtHD => fp::unary(h, i, |fpu, size, x| fpu.convert(size, i.option, x)),
        Op::Frintn => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, Round::NearestTiesToEven, false)),
        Op::Frintp => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, Round::TowardPositive, false)),
        Op::Frintm => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, Round::TowardNegative, false)),
        Op::Frintz => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, Round::TowardZero, false)),
        Op::Frinta => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, Round::NearestTiesToAway, false)),
        Op::Frintx => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, fpu.round(), true)),
        Op::Frinti => fp::unary(h, i, |fpu, size, x| fpu.round_to_integral(size, x, fpu.round(), false)),
        Op::Fcmp => fp::compare(h, i, fp::get(h, i.rm, i.size), false),
        Op::Fcmpe => fp::compare(h, i, fp::get(h, i.rm, i.size), true),
        Op::FcmpZero => fp::compare(h, i, 0, false),
        Op::FcmpeZero => fp::compare(h, i, 0, true),
        Op::FmovImm => fp::set(h, i.rd, i.imm),
        Op::Fccmp => fp::conditional_compare(h, i, false),
        Op::Fccmpe => fp::conditional_compare(h, i, true),
        Op::Fcsel => fp::select(h, i),
        Op::Fmul => fp::binary(h, i, Fpu::mul),
        Op::Fdiv => fp::binary(h, i, Fpu::div),
        Op::Fadd => fp::binary(h, i, Fpu::add),
        Op::Fsub => fp::binary(h, i, Fpu::sub),
        Op::Fnmul => fp::binary(h, i, fp::negated_product),
        Op::Fmax => fp::binary(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, true)),
        Op::Fmin => fp::binary(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, false)),
        Op::Fmaxnm => fp::binary(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, true)),
        Op::Fminnm => fp::binary(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, false)),
        Op::Fmadd => fp::fused(h, i, false, false),
        Op::Fmsub => fp::fused(h, i, false, true),
        Op::Fnmadd => fp::fused(h, i, true, true),
        Op::Fnmsub => fp::fused(h, i, true, false),
        Op::Fcvtns => fp::to_integer(h, i, true, Round::NearestTiesToEven),
        Op::Fcvtnu => fp::to_integer(h, i, false, Round::NearestTiesToEven),
        Op::Fcvtps => fp::to_integer(h, i, true, Round::TowardPositive),
        Op::Fcvtpu => fp::to_integer(h, i, false, Round::TowardPositive),
        Op::Fcvtms => fp::to_integer(h, i, true, Round::TowardNegative),
        Op::Fcvtmu => fp::to_integer(h, i, false, Round::TowardNegative),
        Op::Fcvtzs | Op::FcvtzsFixed => fp::to_integer(h, i, true, Round::TowardZero),
        Op::Fcvtzu | Op::FcvtzuFixed => fp::to_integer(h, i, false, Round::TowardZero),
        Op::Fcvtas => fp::to_integer(h, i, true, Round::NearestTiesToAway),
        Op::Fcvtau => fp::to_integer(h, i, false, Round::NearestTiesToAway),
        Op::Scvtf | Op::ScvtfFixed => fp::from_integer(h, i, true),
        Op::Ucvtf | Op::UcvtfFixed => fp::from_integer(h, i, false),
        Op::FmovToW | Op::FmovToX => h.set(i.rd, fp::get(h, i.rn, i.size)),
        Op::FmovFromW | Op::FmovFromX => fp::set(h, i.rd, h.get(i.rn) & simd::mask(i.size)),
        Op::FmovToXTop => h.set(i.rd, (h.v[i.rn as usize & 31] >> 64) as u64),
        Op::FmovFromXTop => h.v[i.rd as usize & 31] = h.v[i.rd as usize & 31] & u128::from(u64::MAX) | u128::from(h.get(i.rn)) << 64,
        Op::ShaddV => simd::numbers(h, i, true, |_, a, b| (a + b) >> 1),
        Op::SrhaddV => simd::numbers(h, i, true, |_, a, b| (a + b + 1) >> 1),
        Op::ShsubV => simd::numbers(h, i, true, |_, a, b| (a - b) >> 1),
        Op::SmaxV => simd::numbers(h, i, true, |_, a, b| a.max(b)),
        Op::SminV => simd::numbers(h, i, true, |_, a, b| a.min(b)),
        Op::SabdV | Op::SabdlV => simd::numbers(h, i, true, |_, a, b| (a - b).abs()),
        Op::SabaV | Op::SabalV => simd::numbers(h, i, true, |d, a, b| d + (a - b).abs()),
        Op::SshlV | Op::SshlS => simd::numbers(h, i, true, |_, a, b| simd::shift(a, b, false)),
        Op::SrshlV | Op::SrshlS => simd::numbers(h, i, true, |_, a, b| simd::shift(a, b, true)),
        Op::SmaxpV => simd::pairwise_numbers(h, i, true, i128::max),
        Op::SminpV => simd::pairwise_numbers(h, i, true, i128::min),
        Op::SaddlV | Op::SaddwV => simd::numbers(h, i, true, |_, a, b| a + b),
        Op::SsublV | Op::SsubwV => simd::numbers(h, i, true, |_, a, b| a - b),
        Op::SmlalV | Op::SmlalE => simd::numbers(h, i, true, |d, a, b| d + a * b),
        Op::SmlslV | Op::SmlslE => simd::numbers(h, i, true, |d, a, b| d - a * b),
        Op::SmullV | Op::SmullE => simd::numbers(h, i, true, |_, a, b| a * b),
        Op::SaddlpV => simd::pair_long(h, i, true, false),
        Op::SadalpV => simd::pair_long(h, i, true, true),
        Op::SaddlvV => simd::across(h, i, true, |a, b| a + b),
        Op::SmaxvV => simd::across(h, i, true, i128::max),
        Op::SminvV => simd::across(h, i, true, i128::min),
        Op::SqaddV | Op::SqaddS => simd::saturating(h, i, simd::SIGNED, |_, a, b| a + b),
        Op::SqsubV | Op::SqsubS => simd::saturating(h, i, simd::SIGNED, |_, a, b| a - b),
        Op::SqshlV | Op::SqshlS => simd::saturating(h, i, simd::SIGNED, |_, a, b| simd::shift(a, b, false)),
        Op::SqrshlV | Op::SqrshlS => simd::saturating(h, i, simd::SIGNED, |_, a, b| simd::shift(a, b, true)),
        Op::SshrI | Op::SshrSI => simd::numbers(h, i, true, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::SsraI | Op::SsraSI => simd::numbers(h, i, true, |d, a, _| d + simd::shift_right(a, i.imm as u32, false)),
        Op::SrshrI | Op::SrshrSI => simd::numbers(h, i, true, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::SrsraI | Op::SrsraSI => simd::numbers(h, i, true, |d, a, _| d + simd::shift_right(a, i.imm as u32, true)),
        Op::SqshlI | Op::SqshlSI => simd::saturating(h, i, simd::SIGNED, |_, a, _| a << i.imm),
        Op::SshllI => simd::numbers(h, i, true, |_, a, _| a << i.imm),
        Op::SqshrnI | Op::SqshrnSI => simd::saturating(h, i, simd::SIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::SqrshrnI | Op::SqrshrnSI => simd::saturating(h, i, simd::SIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::SqxtnV | Op::SqxtnS => simd::saturating(h, i, simd::SIGNED, |_, a, _| a),
        Op::ScvtfV | Op::ScvtfS | Op::ScvtfI | Op::ScvtfSI => simd::from_integers(h, i, true),
        Op::UhaddV => simd::numbers(h, i, false, |_, a, b| (a + b) >> 1),
        Op::UrhaddV => simd::numbers(h, i, false, |_, a, b| (a + b + 1) >> 1),
        Op::UhsubV => simd::numbers(h, i, false, |_, a, b| (a - b) >> 1),
        Op::UmaxV => simd::numbers(h, i, false, |_, a, b| a.max(b)),
        Op::UminV => simd::numbers(h, i, false, |_, a, b| a.min(b)),
        Op::UabdV | Op::UabdlV => simd::numbers(h, i, false, |_, a, b| (a - b).abs()),
        Op::UabaV | Op::UabalV => simd::numbers(h, i, false, |d, a, b| d + (a - b).abs()),
        Op::UshlV | Op::UshlS => simd::numbers(h, i, false, |_, a, b| simd::shift(a, b, false)),
        Op::UrshlV | Op::UrshlS => simd::numbers(h, i, false, |_, a, b| simd::shift(a, b, true)),
        Op::UmaxpV => simd::pairwise_numbers(h, i, false, i128::max),
        Op::UminpV => simd::pairwise_numbers(h, i, false, i128::min),
        Op::UaddlV | Op::UaddwV => simd::numbers(h, i, false, |_, a, b| a + b),
        Op::UsublV | Op::UsubwV => simd::numbers(h, i, false, |_, a, b| a - b),
        Op::UmlalV | Op::UmlalE => simd::numbers(h, i, false, |d, a, b| d + a * b),
        Op::UmlslV | Op::UmlslE => simd::numbers(h, i, false, |d, a, b| d - a * b),
        Op::UmullV | Op::UmullE => simd::numbers(h, i, false, |_, a, b| a * b),
        Op::UaddlpV => simd::pair_long(h, i, false, false),
        Op::UadalpV => simd::pair_long(h, i, false, true),
        Op::UaddlvV => simd::across(h, i, false, |a, b| a + b),
        Op::UmaxvV => simd::across(h, i, false, i128::max),
        Op::UminvV => simd::across(h, i, false, i128::min),
        Op::UqaddV | Op::UqaddS => simd::saturating(h, i, simd::UNSIGNED, |_, a, b| a + b),
        Op::UqsubV | Op::UqsubS => simd::saturating(h, i, simd::UNSIGNED, |_, a, b| a - b),
        Op::UqshlV | Op::UqshlS => simd::saturating(h, i, simd::UNSIGNED, |_, a, b| simd::shift(a, b, false)),
        Op::UqrshlV | Op::UqrshlS => simd::saturating(h, i, simd::UNSIGNED, |_, a, b| simd::shift(a, b, true)),
        Op::UshrI | Op::UshrSI => simd::numbers(h, i, false, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::UsraI | Op::UsraSI => simd::numbers(h, i, false, |d, a, _| d + simd::shift_right(a, i.imm as u32, false)),
        Op::UrshrI | Op::UrshrSI => simd::numbers(h, i, false, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::UrsraI | Op::UrsraSI => simd::numbers(h, i, false, |d, a, _| d + simd::shift_right(a, i.imm as u32, true)),
        Op::UqshlI | Op::UqshlSI => simd::saturating(h, i, simd::UNSIGNED, |_, a, _| a << i.imm),
        Op::UshllI => simd::numbers(h, i, false, |_, a, _| a << i.imm),
        Op::UqshrnI | Op::UqshrnSI => simd::saturating(h, i, simd::UNSIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::UqrshrnI | Op::UqrshrnSI => simd::saturating(h, i, simd::UNSIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::UqxtnV | Op::UqxtnS => simd::saturating(h, i, simd::UNSIGNED, |_, a, _| a),
        Op::UcvtfV | Op::UcvtfS | Op::UcvtfI | Op::UcvtfSI => simd::from_integers(h, i, false),
        Op::AddV | Op::AddS => simd::bits(h, i, |_, a, b| a.wrapping_add(b)),
        Op::SubV | Op::SubS => simd::bits(h, i, |_, a, b| a.wrapping_sub(b)),
        Op::CmgtV | Op::CmgtS => simd::bits(h, i, |_, a, b| simd::truth(simd::signed(a, i) > simd::signed(b, i))),
        Op::CmgeV | Op::CmgeS => simd::bits(h, i, |_, a, b| simd::truth(simd::signed(a, i) >= simd::signed(b, i))),
        Op::CmhiV | Op::CmhiS => simd::bits(h, i, |_, a, b| simd::truth(a > b)),
        Op::CmhsV | Op::CmhsS => simd::bits(h, i, |_, a, b| simd::truth(a >= b)),
        Op::CmtstV | Op::CmtstS => simd::bits(h, i, |_, a, b| simd::truth(a & b != 0)),
        Op::CmeqV | Op::CmeqS => simd::bits(h, i, |_, a, b| simd::truth(a == b)),
        Op::CmgtZeroV | Op::CmgtZeroS => simd::bits(h, i, |_, a, _| simd::truth(simd::signed(a, i) > 0)),
        Op::CmgeZeroV | Op::CmgeZeroS => simd::bits(h, i, |_, a, _| simd::truth(simd::signed(a, i) >= 0)),
        Op::CmeqZeroV | Op::CmeqZeroS => simd::bits(h, i, |_, a, _| simd::truth(simd::signed(a, i) == 0)),
        Op::CmleZeroV | Op::CmleZeroS => simd::bits(h, i, |_, a, _| simd::truth(simd::signed(a, i) <= 0)),
        Op::CmltZeroV | Op::CmltZeroS => simd::bits(h, i, |_, a, _| simd::truth(simd::signed(a, i) < 0)),
        Op::MlaV | Op::MlaE => simd::bits(h, i, |d, a, b| d.wrapping_add(a.wrapping_mul(b))),
        Op::MlsV | Op::MlsE => simd::bits(h, i, |d, a, b| d.wrapping_sub(a.wrapping_mul(b))),
        Op::MulV | Op::MulE => simd::bits(h, i, |_, a, b| a.wrapping_mul(b)),
        Op::PmulV | Op::PmullV => simd::bits(h, i, |_, a, b| simd::polynomial(a, b)),
        Op::SqdmulhV | Op::SqdmulhS | Op::SqdmulhE | Op::SqdmulhSE => simd::saturating(h, i, simd::SIGNED, |_, a, b| (2 * a * b) >> (8 << i.size)),
        Op::SqrdmulhV | Op::SqrdmulhS | Op::SqrdmulhE | Op::SqrdmulhSE => simd::saturating(h, i, simd::SIGNED, |_, a, b| (2 * a * b + (1 << ((8 << i.size) - 1))) >> (8 << i.size)),
        Op::SqdmullV | Op::SqdmullS | Op::SqdmullE | Op::SqdmullSE => simd::saturating(h, i, simd::SIGNED, |_, a, b| 2 * a * b),
        Op::SqdmlalV | Op::SqdmlalS | Op::SqdmlalE | Op::SqdmlalSE => simd::doubled_product(h, i, |d, product| d + product),
        Op::SqdmlslV | Op::SqdmlslS | Op::SqdmlslE | Op::SqdmlslSE => simd::doubled_product(h, i, |d, product| d - product),
        Op::AddpV => simd::pairwise(h, i, u64::wrapping_add),
        Op::AddpS => simd::scalar_pair(h, i, |_, _, a, b| a.wrapping_add(b)),
        Op::AddvV => simd::across(h, i, false, |a, b| a + b),
        Op::AndV => simd::bits(h, i, |_, a, b| a & b),
        Op::BicV => simd::bits(h, i, |_, a, b| a & !b),
        Op::OrrV => simd::bits(h, i, |_, a, b| a | b),
        Op::OrnV => simd::bits(h, i, |_, a, b| a | !b),
        Op::EorV => simd::bits(h, i, |_, a, b| a ^ b),
        Op::BslV => simd::bits(h, i, |d, a, b| d & a | !d & b),
        Op::BitV => simd::bits(h, i, |d, a, b| d & !b | a & b),
        Op::BifV => simd::bits(h, i, |d, a, b| d & b | a & !b),
        Op::AddhnV => simd::high_narrow(h, i, false, u64::wrapping_add),
        Op::RaddhnV => simd::high_narrow(h, i, true, u64::wrapping_add),
        Op::SubhnV => simd::high_narrow(h, i, false, u64::wrapping_sub),
        Op::RsubhnV => simd::high_narrow(h, i, true, u64::wrapping_sub),
        Op::Rev64V => simd::reverse(h, i, 3),
        Op::Rev32V => simd::reverse(h, i, 2),
        Op::Rev16V => simd::reverse(h, i, 1),
        Op::SuqaddV | Op::SuqaddS => simd::saturating(h, i, simd::ADD_UNSIGNED, |d, a, _| d + a),
        Op::UsqaddV | Op::UsqaddS => simd::saturating(h, i, simd::TO_UNSIGNED, |d, a, _| d + a),
        Op::ClsV => simd::bits(h, i, |_, a, _| simd::leading(a, i.size, true)),
        Op::ClzV => simd::bits(h, i, |_, a, _| simd::leading(a, i.size, false)),
        Op::CntV => simd::bits(h, i, |_, a, _| u64::from(a.count_ones())),
        Op::NotV => simd::bits(h, i, |_, a, _| !a),
        Op::RbitV => simd::bits(h, i, |_, a, _| a.reverse_bits() >> 56),
        Op::SqabsV | Op::SqabsS => simd::saturating(h, i, simd::SIGNED, |_, a, _| a.abs()),
        Op::SqnegV | Op::SqnegS => simd::saturating(h, i, simd::SIGNED, |_, a, _| -a),
        Op::AbsV | Op::AbsS => simd::numbers(h, i, true, |_, a, _| a.abs()),
        Op::NegV | Op::NegS => simd::numbers(h, i, true, |_, a, _| -a),
        Op::XtnV => simd::bits(h, i, |_, a, _| a),
        Op::SqxtunV | Op::SqxtunS => simd::saturating(h, i, simd::TO_UNSIGNED, |_, a, _| a),
        Op::ShllV => simd::bits(h, i, |_, a, _| a << (8 << i.size)),
        Op::SriI | Op::SriSI => simd::shift_insert(h, i, false),
        Op::SliI | Op::SliSI => simd::shift_insert(h, i, true),
        Op::ShlI | Op::ShlSI => simd::bits(h, i, |_, a, _| a << i.imm),
        Op::SqshluI | Op::SqshluSI => simd::saturating(h, i, simd::TO_UNSIGNED, |_, a, _| a << i.imm),
        Op::ShrnI => simd::numbers(h, i, false, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::RshrnI => simd::numbers(h, i, false, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::SqshrunI | Op::SqshrunSI => simd::saturating(h, i, simd::TO_UNSIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, false)),
        Op::SqrshrunI | Op::SqrshrunSI => simd::saturating(h, i, simd::TO_UNSIGNED, |_, a, _| simd::shift_right(a, i.imm as u32, true)),
        Op::FaddV => simd::floats(h, i, |fpu, size, _, a, b| fpu.add(size, a, b)),
        Op::FsubV => simd::floats(h, i, |fpu, size, _, a, b| fpu.sub(size, a, b)),
        Op::FdivV => simd::floats(h, i, |fpu, size, _, a, b| fpu.div(size, a, b)),
        Op::FmulV | Op::FmulE | Op::FmulSE => simd::floats(h, i, |fpu, size, _, a, b| fpu.mul(size, a, b)),
        Op::FmulxV | Op::FmulxS | Op::FmulxE | Op::FmulxSE => simd::floats(h, i, |fpu, size, _, a, b| fpu.mul_extended(size, a, b)),
        Op::FrecpsV | Op::FrecpsS => simd::floats(h, i, |fpu, size, _, a, b| fpu.reciprocal_step(size, a, b)),
        Op::FrsqrtsV | Op::FrsqrtsS => simd::floats(h, i, |fpu, size, _, a, b| fpu.reciprocal_root_step(size, a, b)),
        Op::FmlaV | Op::FmlaE | Op::FmlaSE => simd::floats(h, i, |fpu, size, d, a, b| fpu.mul_add(size, d, a, b)),
        Op::FmlsV | Op::FmlsE | Op::FmlsSE => simd::floats(h, i, |fpu, size, d, a, b| fpu.mul_add(size, d, a ^ Layout::of(size).sign(), b)),
        Op::FabdV | Op::FabdS => simd::floats(h, i, |fpu, size, _, a, b| fpu.sub(size, a, b) & !Layout::of(size).sign()),
        Op::FmaxV => simd::floats(h, i, |fpu, size, _, a, b| fpu.extreme(size, a, b, true)),
        Op::FmaxpV => simd::pairwise_floats(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, true)),
        Op::FmaxpS => simd::scalar_pair(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, true)),
        Op::FmaxvV => simd::across_floats(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, true)),
        Op::FminV => simd::floats(h, i, |fpu, size, _, a, b| fpu.extreme(size, a, b, false)),
        Op::FminpV => simd::pairwise_floats(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, false)),
        Op::FminpS => simd::scalar_pair(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, false)),
        Op::FminvV => simd::across_floats(h, i, |fpu, size, a, b| fpu.extreme(size, a, b, false)),
        Op::FmaxnmV => simd::floats(h, i, |fpu, size, _, a, b| fpu.extreme_number(size, a, b, true)),
        Op::FmaxnmpV => simd::pairwise_floats(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, true)),
        Op::FmaxnmpS => simd::scalar_pair(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, true)),
        Op::FmaxnmvV => simd::across_floats(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, true)),
        Op::FminnmV => simd::floats(h, i, |fpu, size, _, a, b| fpu.extreme_number(size, a, b, false)),
        Op::FminnmpV => simd::pairwise_floats(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, false)),
        Op::FminnmpS => simd::scalar_pair(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, false)),
        Op::FminnmvV => simd::across_floats(h, i, |fpu, size, a, b| fpu.extreme_number(size, a, b, false)),
        Op::FaddpV => simd::pairwise_floats(h, i, Fpu::add),
        Op::FaddpS => simd::scalar_pair(h, i, Fpu::add),
        Op::FcmeqV | Op::FcmeqS => simd::floats(h, i, |fpu, size, _, a, b| simd::truth(fpu.holds(size, a, b, Relation::Equal))),
        Op::FcmeqZeroV | Op::FcmeqZeroS => simd::floats(h, i, |fpu, size, _, a, _| simd::truth(fpu.holds(size, a, 0, Relation::Equal))),
        Op::FcmgeV | Op::FcmgeS => simd::floats(h, i, |fpu, size, _, a, b| simd::truth(fpu.holds(size, a, b, Relation::GreaterEqual))),
        Op::FcmgeZeroV | Op::FcmgeZeroS => simd::floats(h, i, |fpu, size, _, a, _| simd::truth(fpu.holds(size, a, 0, Relation::GreaterEqual))),
        Op::FcmgtV | Op::FcmgtS => simd::floats(h, i, |fpu, size, _, a, b| simd::truth(fpu.holds(size, a, b, Relation::Greater))),
        Op::FcmgtZeroV | Op::FcmgtZeroS => simd::floats(h, i, |fpu, size, _, a, _| simd::truth(fpu.holds(size, a, 0, Relation::Greater))),
        Op::FcmleZeroV | Op::FcmleZeroS => simd::floats(h, i, |fpu, size, _, a, _| simd::truth(fpu.holds(size, 0, a, Relation::GreaterEqual))),
        Op::FcmltZeroV | Op::FcmltZeroS => simd::floats(h, i, |fpu, size, _, a, _| simd::truth(fpu.holds(size, 0, a, Relation::Greater))),
        Op::FacgeV | Op::FacgeS => simd::floats(h, i, |fpu, size, _, a, b| {
            simd::truth(fpu.holds_in_magnitude(size, a, b, Relation::GreaterEqual))
        }),
        Op::FacgtV | Op::FacgtS => simd::floats(h, i, |fpu, size, _, a, b| simd::truth(fpu.holds_in_magnitude(size, a, b, Relation::Greater))),
        Op::FabsV => simd::floats(h, i, |_, size, _, a, _| a & !Layout::of(size).sign()),
        Op::FnegV => simd::floats(h, i, |_, size, _, a, _| a ^ Layout::of(size).sign()),
        Op::FsqrtV => simd::floats(h, i, |fpu, size, _, a, _| fpu.sqrt(size, a)),
        Op::FrintnV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, Round::NearestTiesToEven, false)),
        Op::FrintpV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, Round::TowardPositive, false)),
        Op::FrintmV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, Round::TowardNegative, false)),
        Op::FrintzV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, Round::TowardZero, false)),
        Op::FrintaV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, Round::NearestTiesToAway, false)),
        Op::FrintxV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, fpu.round(), true)),
        Op::FrintiV => simd::floats(h, i, |fpu, size, _, a, _| fpu.round_to_integral(size, a, fpu.round(), false)),
        Op::FcvtnsV | Op::FcvtnsS => simd::to_integers(h, i, true, Round::NearestTiesToEven),
        Op::FcvtnuV | Op::FcvtnuS => simd::to_integers(h, i, false, Round::NearestTiesToEven),
        Op::FcvtpsV | Op::FcvtpsS => simd::to_integers(h, i, true, Round::TowardPositive),
        Op::FcvtpuV | Op::FcvtpuS => simd::to_integers(h, i, false, Round::TowardPositive),
        Op::FcvtmsV | Op::FcvtmsS => simd::to_integers(h, i, true, Round::TowardNegative),
        Op::FcvtmuV | Op::FcvtmuS => simd::to_integers(h, i, false, Round::TowardNegative),
        Op::FcvtzsV | Op::FcvtzsS | Op::FcvtzsI | Op::FcvtzsSI => simd::to_integers(h, i, true, Round::TowardZero),
        Op::FcvtzuV | Op::FcvtzuS | Op::FcvtzuI | Op::FcvtzuSI => simd::to_integers(h, i, false, Round::TowardZero),
        Op::FcvtasV | Op::FcvtasS => simd::to_integers(h, i, true, Round::NearestTiesToAway),
        Op::FcvtauV | Op::FcvtauS => simd::to_integers(h, i, false, Round::NearestTiesToAway),
        Op::FcvtnV => simd::floats(h, i, |fpu, size, _, a, _| fpu.convert(size + 1, size, a)),
        Op::FcvtlV => simd::floats(h, i, |fpu, size, _, a, _| fpu.convert(size, size + 1, a)),
        Op::FcvtxnV | Op::FcvtxnS => simd::floats(h, i, |fpu, _, _, a, _| fpu.convert_to_odd(a)),
        Op::UrecpeV => simd::bits(h, i, |_, a, _| unsigned_reciprocal(a)),
        Op::UrsqrteV => simd::bits(h, i, |_, a, _| unsigned_reciprocal_root(a)),
        Op::FrecpeV | Op::FrecpeS => simd::floats(h, i, |fpu, size, _, a, _| fpu.reciprocal_estimate(size, a)),
        Op::FrsqrteV | Op::FrsqrteS => simd::floats(h, i, |fpu, size, _, a, _| fpu.reciprocal_root_estimate(size, a)),
        Op::FrecpxS => simd::floats(h, i, |fpu, size, _, a, _| fpu.reciprocal_exponent(size, a)),
        Op::MoviWord0 | Op::MoviWord8 | Op::MoviWord16 | Op::MoviWord24 | Op::MoviHalf0 | Op::MoviHalf8 | Op::MoviOnes8
        | Op::MoviOnes16 | Op::MoviByte | Op::MoviDouble | Op::FmovSingles
        | Op::FmovDoubles => simd::immediate(h, i, |_, imm| imm),
        Op::MvniWord0 | Op::MvniWord8 | Op::MvniWord16 | Op::MvniWord24 | Op::MvniHalf0 | Op::MvniHalf8 | Op::MvniOnes8
        | Op::MvniOnes16 => simd::immediate(h, i, |_, imm| !imm),
        Op::OrrWord0 | Op::OrrWord8 | Op::OrrWord16 | Op::OrrWord24 | Op::OrrHalf0 | Op::OrrHalf8 => simd::immediate(h, i, |d, imm| d | imm),
        Op::BicWord0 | Op::BicWord8 | Op::BicWord16 | Op::BicWord24 | Op::BicHalf0 | Op::BicHalf8 => simd::immediate(h, i, |d, imm| d & !imm),
        Op::DupElement | Op::DupScalar => simd::duplicate(h, i, false),
        Op::DupGeneral => simd::duplicate(h, i, true),
        Op::Smov => simd::to_general(h, i, true),
        Op::Umov => simd::to_general(h, i, false),
        Op::InsGeneral => simd::insert(h, i, h.get(i.rn)),
        Op::InsElement => simd::insert(h, i, simd::source_element(h, i)),
        Op::Zip1 => simd::permute(h, i, |n, count| n / 2 + n % 2 * count),
        Op::Zip2 => simd::permute(h, i, |n, count| (n + count) / 2 + n % 2 * count),
        Op::Uzp1 => simd::permute(h, i, |n, _| 2 * n),
        Op::Uzp2 => simd::permute(h, i, |n, _| 2 * n + 1),
        Op::Trn1 => simd::permute(h, i, |n, count| n / 2 * 2 + n % 2 * count),
        Op::Trn2 => simd::permute(h, i, |n, count| n / 2 * 2 + 1 + n % 2 * count),
        Op::Ext => simd::extract(h, i),
        Op::Tbl => simd::table(h, i, false),
        Op::Tbx => simd::table(h, i, true),
        Op::SqrdmlahV | Op::SqrdmlahS | Op::SqrdmlahE | Op::SqrdmlahSE => simd::rounded_product(h, i, false),
        Op::SqrdmlshV | Op::SqrdmlshS | Op::SqrdmlshE | Op::SqrdmlshSE => simd::rounded_product(h, i, true),
        Op::SdotV | Op::SdotE => simd::dot(h, i, true),
        Op::UdotV | Op::UdotE => simd::dot(h, i, false),
        Op::PmullLong => crypto::polynomial_long(h, i),
        Op::Aese => crypto::aes_round(h, i, true),
        Op::Aesd => crypto::aes_round(h, i, false),
        Op::Aesmc => crypto::aes_mix(h, i, [2, 3, 1, 1]),
        Op::Aesimc => crypto::aes_mix(h, i, [14, 11, 13, 9]),
        Op::Sha1c => crypto::sha1_rounds(h, i, crypto::choose),
        Op::Sha1p => crypto::sha1_rounds(h, i, crypto::parity),
        Op::Sha1m => crypto::sha1_rounds(h, i, crypto::majority),
        Op::Sha1h => crypto::sha1_rotate(h, i),
        Op::Sha1su0 => crypto::sha1_schedule_first(h, i),
        Op::Sha1su1 => crypto::sha1_schedule_second(h, i),
        Op::Sha256h => crypto::sha256_rounds(h, i, true),
        Op::Sha256h2 => crypto::sha256_rounds(h, i, false),
        Op::Sha256su0 => crypto::sha256_schedule_first(h, i),
        Op::Sha256su1 => crypto::sha256_schedule_second(h, i),
        Op::St4 | Op::St1x4 | Op::St3 | Op::St1x3 | Op::St1x1 | Op::St2 | Op::St1x2 | Op::St1Single | Op::St2Single
        | Op::St3Single | Op::St4Single | Op::St4Post | Op::St1x4Post | Op::St3Post | Op::St1x3Post | Op::St1x1Post
        | Op::St2Post | Op::St1x2Post | Op::St1SinglePost | Op::St2SinglePost | Op::St3SinglePost
        | Op::St4SinglePost => simd_memory::structures(ctx, i, false)?,
        Op::Ld4 | Op::Ld1x4 | Op::Ld3 | Op::Ld1x3 | Op::Ld1x1 | Op::Ld2 | Op::Ld1x2 | Op::Ld1Single | Op::Ld1r
        | Op::Ld2Single | Op::Ld2r | Op::Ld3Single | Op::Ld3r | Op::Ld4Single | Op::Ld4r | Op::Ld4Post | Op::Ld1x4Post
        | Op::Ld3Post | Op::Ld1x3Post | Op::Ld1x1Post | Op::Ld2Post | Op::Ld1x2Post | Op::Ld1SinglePost | Op::Ld1rPost
        | Op::Ld2SinglePost | Op::Ld2rPost | Op::Ld3SinglePost | Op::Ld3rPost | Op::Ld4SinglePost
        | Op::Ld4rPost => simd_memory::structures(ctx, i, true)?,
}

#[cfg(test)]
mod tests {
    use super::super::table::ROWS;
    use super::*;

    #[test]
    fn every_row_on_vector_registers_is_checked_for_permission() {
        for row in ROWS {
            assert_eq!(uses_vectors(row.op), row.format.uses_vectors(), "{:?}", row.op);
        }
    }
}
