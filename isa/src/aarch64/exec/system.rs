//! Hints, barriers, exception generation, PSTATE fields, cache and TLB maintenance (Arm ARM C5, C6).

use super::super::hypervisor::hcr;
use super::super::insn::Insn;
use super::super::regs::Hart;
use super::super::state::ZERO_BLOCK;
use super::super::sysreg::{self, sctlr};
use super::super::trap::{Cause, Trap, status};
use crate::class::Class;
use crate::context::{AccessTypes, CacheOp, Context, Fence, Hint, TlbOp};
use crate::trap::{Access, Fault};

/// A field of PSTATE that MSR (immediate) writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PstateField {
    /// UAO.
    Uao,
    /// PAN.
    Pan,
    /// SPSel.
    SpSel,
    /// SSBS.
    Ssbs,
    /// DIT.
    Dit,
    /// DAIF, bits set.
    DaifSet,
    /// DAIF, bits cleared.
    DaifClr,
}

impl PstateField {
    /// The field that op1 and op2 of an encoding (packed as in bits 20-5) name; `None` when reserved.
    pub fn of(code: u64) -> Option<PstateField> {
        let boolean = code >> 3 & 0xf <= 1;
        match (code >> 11 & 7, code & 7) {
            (0, 3) if boolean => Some(PstateField::Uao),
            (0, 4) if boolean => Some(PstateField::Pan),
            (0, 5) => Some(PstateField::SpSel),
            (3, 1) if boolean => Some(PstateField::Ssbs),
            (3, 2) if boolean => Some(PstateField::Dit),
            (3, 6) => Some(PstateField::DaifSet),
            (3, 7) => Some(PstateField::DaifClr),
            _ => None,
        }
    }

    /// Its name in assembly text.
    pub const fn name(self) -> &'static str {
        match self {
            PstateField::Uao => "UAO",
            PstateField::Pan => "PAN",
            PstateField::SpSel => "SPSel",
            PstateField::Ssbs => "SSBS",
            PstateField::Dit => "DIT",
            PstateField::DaifSet => "DAIFSet",
            PstateField::DaifClr => "DAIFClr",
        }
    }
}

/// The exception of a system instruction that EL0 may not use, as ESR_EL1 describes it.
pub(in super::super) fn trapped(i: Insn, read: bool) -> Trap {
    let code = i.imm as u32;
    let (op0, op1, crn, crm, op2) = (code >> 14 & 3, code >> 11 & 7, code >> 7 & 15, code >> 3 & 15, code & 7);
    let iss = op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | u32::from(i.rd) << 5 | crm << 1 | u32::from(read);
    Trap::sync(Cause::SystemTrapped, iss)
}

#[inline(never)]
pub(super) fn msr_imm<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let value = (i.imm >> 3 & 0xf) as u8;
    let Some(field) = PstateField::of(i.imm) else {
        return Err(Trap::UNDEFINED);
    };
    let h = ctx.hart();
    match field {
        PstateField::Ssbs => h.ssbs = value & 1 != 0,
        PstateField::Dit => h.dit = value & 1 != 0,
        PstateField::DaifSet | PstateField::DaifClr => {
            if h.el == 0 && h.system.sctlr & sctlr::UMA == 0 {
                return Err(trapped(i, false));
            }
            if field == PstateField::DaifSet {
                h.daif |= value;
            } else {
                h.daif &= !value;
            }
        }
        _ if h.el == 0 => return Err(Trap::UNDEFINED),
        PstateField::SpSel => h.set_level(h.el, value & 1 != 0),
        PstateField::Uao => h.uao = value & 1 != 0,
        PstateField::Pan => {
            h.pan = value & 1 != 0;
            ctx.translation_changed();
        }
    }
    Ok(())
}

/// WFE: takes the event if there is one, else waits.
#[inline(never)]
pub(super) fn wait_for_event<C: Context<Hart = Hart>>(ctx: &mut C) -> Result<(), Trap> {
    let h = ctx.hart();
    if h.event {
        h.event = false;
        return Ok(());
    }
    if h.el == 0 && h.system.sctlr & sctlr::NTWE == 0 {
        return Err(Trap::sync(Cause::WaitTrapped, 0x01e0_0001));
    }
    if h.hypervisor_asks(hcr::TWE) {
        return Err(Trap::sync(Cause::WaitTrapped, 0x01e0_0001).to_el2());
    }
    ctx.hint(Hint::WaitForEvent);
    Ok(())
}

#[inline(never)]
pub(super) fn wait_for_interrupt<C: Context<Hart = Hart>>(ctx: &mut C) -> Result<(), Trap> {
    let h = ctx.hart();
    if h.el == 0 && h.system.sctlr & sctlr::NTWI == 0 {
        return Err(Trap::sync(Cause::WaitTrapped, 0x01e0_0000));
    }
    if h.hypervisor_asks(hcr::TWI) {
        return Err(Trap::sync(Cause::WaitTrapped, 0x01e0_0000).to_el2());
    }
    ctx.hint(Hint::WaitForInterrupt);
    Ok(())
}

#[inline(never)]
pub(super) fn send_event<C: Context<Hart = Hart>>(ctx: &mut C, hint: Hint) {
    ctx.hart().event = true;
    ctx.hint(hint);
}

/// What a DMB or DSB of this CRm waits for, and what waits for it. CRm 0, 4, 8, 12 name no type: SSBB, PSSBB and
/// reserved ones, which act on everything.
fn barrier_types(crm: u64) -> (AccessTypes, AccessTypes) {
    match crm & 3 {
        1 => (AccessTypes::READS, AccessTypes::ALL),
        2 => (AccessTypes::WRITES, AccessTypes::WRITES),
        _ => (AccessTypes::ALL, AccessTypes::ALL),
    }
}

#[inline]
pub(super) fn dmb<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) {
    let (before, after) = barrier_types(i.imm);
    ctx.fence(Fence::Data { before, after });
}

#[inline]
pub(super) fn dsb<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) {
    ctx.fence(Fence::Dsb(barrier_types(i.imm).0));
}

/// What a SYS encoding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum SysOp {
    /// Cache maintenance.
    Cache(CacheOp),
    /// Data cache maintenance by set and way: there are no sets and ways to name, and memory is kept coherent.
    SetWay,
    /// Address translation for this kind of access, with the rights of a level; the last: with PAN.
    Translate { access: Access, level: u8, pan: bool },
    /// TLB maintenance.
    Tlb { kind: TlbKind, broadcast: bool },
}

/// Which TLB entries are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum TlbKind {
    /// All.
    All,
    /// By address and ASID.
    Va,
    /// By ASID.
    Asid,
    /// By address, all ASIDs.
    VaAllAsid,
    /// By range of addresses, and ASID.
    Range,
    /// By range of addresses, all ASIDs.
    RangeAllAsid,
}

impl SysOp {
    /// Name in assembly text and meaning of a SYS encoding (packed as in bits 20-5); `None` when it has none here.
    #[inline]
    pub(in super::super) fn of(code: u16) -> Option<(&'static str, SysOp)> {
        let (op1, crn, crm, op2) = (code >> 11 & 7, code >> 7 & 15, code >> 3 & 15, code & 7);
        let at = |access, level, pan| SysOp::Translate { access, level, pan };
        Some(match (op1, crn, crm, op2) {
            (0, 7, 1, 0) => ("ic ialluis", SysOp::Cache(CacheOp::InvalidateAllInsnEverywhere)),
            (0, 7, 5, 0) => ("ic iallu", SysOp::Cache(CacheOp::InvalidateAllInsn)),
            (3, 7, 5, 1) => ("ic ivau", SysOp::Cache(CacheOp::InvalidateInsn)),
            (0, 7, 6, 1) => ("dc ivac", SysOp::Cache(CacheOp::Invalidate)),
            (0, 7, 6, 2) => ("dc isw", SysOp::SetWay),
            (0, 7, 10, 2) => ("dc csw", SysOp::SetWay),
            (0, 7, 14, 2) => ("dc cisw", SysOp::SetWay),
            (3, 7, 4, 1) => ("dc zva", SysOp::Cache(CacheOp::Zero)),
            (3, 7, 10, 1) => ("dc cvac", SysOp::Cache(CacheOp::CleanToPoC)),
            (3, 7, 11, 1) => ("dc cvau", SysOp::Cache(CacheOp::CleanToPoU)),
            (3, 7, 12, 1) => ("dc cvap", SysOp::Cache(CacheOp::CleanToPoC)),
            (3, 7, 14, 1) => ("dc civac", SysOp::Cache(CacheOp::CleanInvalidate)),
            (0, 7, 8, 0) => ("at s1e1r", at(Access::Load, 1, false)),
            (0, 7, 8, 1) => ("at s1e1w", at(Access::Store, 1, false)),
            (0, 7, 8, 2) => ("at s1e0r", at(Access::Load, 0, false)),
            (0, 7, 8, 3) => ("at s1e0w", at(Access::Store, 0, false)),
            (0, 7, 9, 0) => ("at s1e1rp", at(Access::Load, 1, true)),
            (0, 7, 9, 1) => ("at s1e1wp", at(Access::Store, 1, true)),
            (4, 7, 8, 0) => ("at s1e2r", at(Access::Load, 2, false)),
            (4, 7, 8, 1) => ("at s1e2w", at(Access::Store, 2, false)),
            (4, 7, 8, 4) => ("at s12e1r", at(Access::Load, 1, false)),
            (4, 7, 8, 5) => ("at s12e1w", at(Access::Store, 1, false)),
            (4, 7, 8, 6) => ("at s12e0r", at(Access::Load, 0, false)),
            (4, 7, 8, 7) => ("at s12e0w", at(Access::Store, 0, false)),
            (0, 8, ..) => return tlb_op(crm, op2),
            (4, 8, ..) => return tlb_op_of_el2(crm, op2),
            _ => return None,
        })
    }
}

/// TLBI of EL1: CRm says what is dropped and where (1, 2, 5, 6 elsewhere too; 2, 5, 6 ranges), op2 by what.
fn tlb_op(crm: u16, op2: u16) -> Option<(&'static str, SysOp)> {
    let (names, range, broadcast): ([&str; 6], bool, bool) = match crm {
        1 => (["vmalle1os", "vae1os", "aside1os", "vaae1os", "vale1os", "vaale1os"], false, true),
        3 => (["vmalle1is", "vae1is", "aside1is", "vaae1is", "vale1is", "vaale1is"], false, true),
        7 => (["vmalle1", "vae1", "aside1", "vaae1", "vale1", "vaale1"], false, false),
        2 => (["", "rvae1is", "", "rvaae1is", "rvale1is", "rvaale1is"], true, true),
        5 => (["", "rvae1os", "", "rvaae1os", "rvale1os", "rvaale1os"], true, true),
        6 => (["", "rvae1", "", "rvaae1", "rvale1", "rvaale1"], true, false),
        _ => return None,
    };
    let (slot, kind) = match (op2, range) {
        (0, false) => (0, TlbKind::All),
        (1, false) => (1, TlbKind::Va),
        (2, false) => (2, TlbKind::Asid),
        (3, false) => (3, TlbKind::VaAllAsid),
        (5, false) => (4, TlbKind::Va),
        (7, false) => (5, TlbKind::VaAllAsid),
        (1, true) => (1, TlbKind::Range),
        (3, true) => (3, TlbKind::RangeAllAsid),
        (5, true) => (4, TlbKind::Range),
        (7, true) => (5, TlbKind::RangeAllAsid),
        _ => return None,
    };
    Some((names[slot], SysOp::Tlb { kind, broadcast }))
}

/// TLBI of EL2: each drops everything, which is allowed.
fn tlb_op_of_el2(crm: u16, op2: u16) -> Option<(&'static str, SysOp)> {
    let name = match (crm, op2) {
        (0, 1) => "ipas2e1is",
        (0, 2) => "ripas2e1is",
        (0, 5) => "ipas2le1is",
        (0, 6) => "ripas2le1is",
        (1, 0) => "alle2os",
        (1, 1) => "vae2os",
        (1, 4) => "alle1os",
        (1, 5) => "vale2os",
        (1, 6) => "vmalls12e1os",
        (2, 1) => "rvae2is",
        (2, 5) => "rvale2is",
        (3, 0) => "alle2is",
        (3, 1) => "vae2is",
        (3, 4) => "alle1is",
        (3, 5) => "vale2is",
        (3, 6) => "vmalls12e1is",
        (4, 0) => "ipas2e1os",
        (4, 1) => "ipas2e1",
        (4, 2) => "ripas2e1",
        (4, 3) => "ripas2e1os",
        (4, 4) => "ipas2le1os",
        (4, 5) => "ipas2le1",
        (4, 6) => "ripas2le1",
        (4, 7) => "ripas2le1os",
        (5, 1) => "rvae2os",
        (5, 5) => "rvale2os",
        (6, 1) => "rvae2",
        (6, 5) => "rvale2",
        (7, 0) => "alle2",
        (7, 1) => "vae2",
        (7, 4) => "alle1",
        (7, 5) => "vale2",
        (7, 6) => "vmalls12e1",
        _ => return None,
    };
    let broadcast = !matches!((crm, op2), (6 | 7, _) | (4, 1 | 2 | 5 | 6));
    Some((name, SysOp::Tlb { kind: TlbKind::All, broadcast }))
}

/// Does EL2 ask to see this instruction of a lower level?
fn wanted_by_el2(h: &Hart, operation: SysOp) -> bool {
    h.hypervisor_asks(match operation {
        SysOp::Cache(CacheOp::Zero) => hcr::TDZ,
        SysOp::Cache(CacheOp::CleanToPoC | CacheOp::Invalidate | CacheOp::CleanInvalidate) => hcr::TPCP,
        SysOp::Cache(_) => hcr::TPU,
        SysOp::SetWay => hcr::TSW,
        SysOp::Tlb { .. } => hcr::TTLB,
        SysOp::Translate { .. } => 0,
    })
}

/// SYS: DC, IC, AT, TLBI.
#[inline(never)]
pub(super) fn sys<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    carry_out(ctx, i)
}

/// The same for who knows the encoding when it is compiled.
#[inline(always)]
pub(in super::super) fn carry_out<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    let Some((_, operation)) = SysOp::of(i.imm as u16) else {
        return Err(Trap::UNDEFINED);
    };
    let h = ctx.hart();
    let operand = h.get(i.rd);
    if h.el == 0 {
        match operation {
            SysOp::Cache(CacheOp::Zero) if h.system.sctlr & sctlr::DZE == 0 => return Err(trapped(i, false)),
            SysOp::Cache(CacheOp::Zero) => {}
            SysOp::Cache(_) if i.imm >> 11 & 7 == 3 => {
                if h.system.sctlr & sctlr::UCI == 0 {
                    return Err(trapped(i, false));
                }
            }
            _ => return Err(Trap::UNDEFINED),
        }
    }
    if i.imm >> 11 & 7 == 4 && h.at_el2().is_none() {
        return Err(Trap::UNDEFINED);
    }
    if h.system.el2.is_some() && wanted_by_el2(h, operation) {
        return Err(trapped(i, false).to_el2());
    }
    match operation {
        SysOp::Cache(CacheOp::Zero) => {
            ctx.cache_op(CacheOp::Zero, operand & !(ZERO_BLOCK - 1)).map_err(Trap::from_fault)?;
        }
        SysOp::Cache(op) => ctx.cache_op(op, operand).map_err(Trap::from_maintenance_fault)?,
        SysOp::SetWay => {}
        SysOp::Translate { access, level, pan } => translate_address(ctx, operand, access, level, pan),
        SysOp::Tlb { kind, broadcast } => invalidate_tlb(ctx, kind, broadcast, operand),
    }
    Ok(())
}

/// AT: the result goes to PAR_EL1.
fn translate_address<C: Context<Hart = Hart>>(ctx: &mut C, at: u64, access: Access, level: u8, pan: bool) {
    let h = ctx.hart();
    let (pan_before, el_before) = (h.pan, h.el);
    h.as_user = level == 0;
    h.set_level(level.max(1), h.spsel);
    h.pan &= pan;
    ctx.translation_changed();
    let result = ctx.probe(at, access);
    let h = ctx.hart();
    let translated = sysreg::translation_on(h);
    h.as_user = false;
    h.pan = pan_before;
    h.set_level(el_before, h.spsel);
    ctx.translation_changed();
    const NON_SECURE: u64 = 1 << 9;
    let par = match result {
        Ok(mapping) => {
            let attributes = if translated { 0xff } else { 0x00 };
            attributes << 56 | mapping.physical & 0x000f_ffff_ffff_f000 | 1 << 11 | NON_SECURE | 0b11 << 7
        }
        Err(Fault { kind, .. }) => 1 << 11 | u64::from(status(kind)) << 1 | 1,
    };
    ctx.hart().system.par = par;
}

fn invalidate_tlb<C: Context<Hart = Hart>>(ctx: &mut C, kind: TlbKind, broadcast: bool, operand: u64) {
    let asid = Some((operand >> 48) as u16);
    let page = ((operand << 20) as i64 >> 8) as u64;
    let mut op = |page, asid| ctx.tlb_op(TlbOp { page, asid, broadcast });
    match kind {
        TlbKind::All => op(None, None),
        TlbKind::Asid => op(None, asid),
        TlbKind::Va => op(Some(page), asid),
        TlbKind::VaAllAsid => op(Some(page), None),
        TlbKind::Range | TlbKind::RangeAllAsid => {
            let asid = if kind == TlbKind::Range { asid } else { None };
            // BaseADDR[36:0] in units of the granule, which is 4^(TG+5) bytes: TG 1, 2, 3 for 4, 16, 64 KB.
            let granule = match operand >> 46 & 3 {
                1 => 12,
                2 => 14,
                3 => 16,
                _ => return,
            };
            let base = ((operand << 27) as i64 >> 27 << granule) as u64;
            let (num, scale) = (operand >> 39 & 31, operand >> 44 & 3);
            let pages = (num + 1) << (5 * scale + 1);
            // Dropping more than asked for is allowed; a long range costs as much as all of the address space.
            const LONG: u64 = 512;
            if pages > LONG {
                op(None, asid);
            } else {
                (0..pages).for_each(|n| op(Some(base.wrapping_add(n << granule)), asid));
            }
        }
    }
}

/// Timing class of a SYS encoding.
pub(in super::super) fn class(code: u16) -> Class {
    match SysOp::of(code) {
        Some((_, SysOp::Cache(_) | SysOp::SetWay)) => Class::CacheOp,
        Some((_, SysOp::Tlb { .. })) => Class::TlbOp,
        Some((_, SysOp::Translate { .. })) => Class::System,
        None => Class::Exception,
    }
}

/// The exception of HVC: undefined at EL0 and where hypervisor calls are disabled.
pub(super) fn hypervisor_call(h: &Hart, i: Insn) -> Trap {
    if h.el == 0 || h.hypervisor_calls_disabled() {
        return Trap::UNDEFINED;
    }
    Trap::sync(Cause::Hvc, i.imm as u32)
}

/// The exception of SMC: undefined at EL0; EL2 can take it.
pub(super) fn secure_monitor_call(h: &Hart, i: Insn) -> Trap {
    let call = Trap::sync(Cause::Smc, i.imm as u32);
    match h.el {
        0 => Trap::UNDEFINED,
        _ if h.smc_is_trapped() => call.to_el2(),
        _ => call,
    }
}
