//! Preferred aliases of the architecture: `mov`, `cmp`, `lsl`, `cset`, …

use super::disasm::{CONDITIONS, add_immediate, atomic_suffix, extended_operand, reg, reg_sp, shift_suffix};
use super::exec::system::{SysOp, TlbKind};
use super::insn::{ACQUIRE, Insn};
use super::table::Op;
use crate::context::CacheOp;

/// Text of the alias that is preferred for this instruction, if there is one.
pub(super) fn text(i: &Insn) -> Option<String> {
    let wide = i.wide();
    let (rd, rn, rm) = (reg(i.rd, wide), reg(i.rn, wide), reg(i.rm, wide));
    let rn_sp = reg_sp(i.rn, wide);
    Some(match i.op {
        Op::AddImm if i.imm == 0 && i.option == 0 && (i.rd == 31 || i.rn == 31) => {
            format!("mov {}, {rn_sp}", reg_sp(i.rd, wide))
        }
        Op::AddsImm if i.rd == 31 => format!("cmn {rn_sp}, {}", add_immediate(i)),
        Op::SubsImm if i.rd == 31 => format!("cmp {rn_sp}, {}", add_immediate(i)),
        Op::AddsExt if i.rd == 31 => format!("cmn {rn_sp}, {}", extended_operand(i, false)),
        Op::SubsExt if i.rd == 31 => format!("cmp {rn_sp}, {}", extended_operand(i, false)),
        Op::AddsReg if i.rd == 31 => format!("cmn {rn}, {rm}{}", shift_suffix(i)),
        Op::SubsReg if i.rd == 31 => format!("cmp {rn}, {rm}{}", shift_suffix(i)),
        Op::SubReg if i.rn == 31 => format!("neg {rd}, {rm}{}", shift_suffix(i)),
        Op::SubsReg if i.rn == 31 => format!("negs {rd}, {rm}{}", shift_suffix(i)),
        Op::Sbc if i.rn == 31 => format!("ngc {rd}, {rm}"),
        Op::Sbcs if i.rn == 31 => format!("ngcs {rd}, {rm}"),
        Op::AndsImm if i.rd == 31 => format!("tst {rn}, #{:#x}", i.imm),
        Op::AndsReg if i.rd == 31 => format!("tst {rn}, {rm}{}", shift_suffix(i)),
        Op::OrrReg if i.rn == 31 && i.imm == 0 && i.option == 0 => format!("mov {rd}, {rm}"),
        Op::OrnReg if i.rn == 31 => format!("mvn {rd}, {rm}{}", shift_suffix(i)),
        Op::OrrImm if i.rn == 31 && !moves_wide(i.imm, wide) => {
            format!("mov {}, #{}", reg_sp(i.rd, wide), as_signed(i.imm, wide))
        }
        Op::Movz if moves_zeroed(i.imm, i.option) => format!("mov {rd}, #{}", as_signed(i.imm, wide)),
        Op::Movn => {
            let value = cut(!i.imm, wide);
            if fits_zeroed(value, wide) || !moves_zeroed(i.imm, i.option) {
                return None;
            }
            format!("mov {rd}, #{}", as_signed(value, wide))
        }
        Op::Sbfm | Op::Ubfm => field_move(i),
        Op::Bfm => field_insert(i),
        Op::Extr if i.rn == i.rm => format!("ror {rd}, {rn}, #{}", i.imm),
        Op::Madd if i.ra == 31 => format!("mul {rd}, {rn}, {rm}"),
        Op::Msub if i.ra == 31 => format!("mneg {rd}, {rn}, {rm}"),
        Op::Smaddl | Op::Smsubl | Op::Umaddl | Op::Umsubl if i.ra == 31 => {
            let name = match i.op {
                Op::Smaddl => "smull",
                Op::Smsubl => "smnegl",
                Op::Umaddl => "umull",
                _ => "umnegl",
            };
            format!("{name} {}, {}, {}", reg(i.rd, true), reg(i.rn, false), reg(i.rm, false))
        }
        Op::Csinc | Op::Csinv | Op::Csneg if i.rn == i.rm && i.option < 14 => {
            let condition = CONDITIONS[i.option as usize ^ 1];
            match (i.op, i.rn) {
                (Op::Csinc, 31) => format!("cset {rd}, {condition}"),
                (Op::Csinv, 31) => format!("csetm {rd}, {condition}"),
                (Op::Csinc, _) => format!("cinc {rd}, {rn}, {condition}"),
                (Op::Csinv, _) => format!("cinv {rd}, {rn}, {condition}"),
                _ => format!("cneg {rd}, {rn}, {condition}"),
            }
        }
        Op::OrrV if i.rn == i.rm => format!("mov v{}.{b}, v{}.{b}", i.rd, i.rn, b = bytes(i)),
        Op::NotV => format!("mvn v{}.{b}, v{}.{b}", i.rd, i.rn, b = bytes(i)),
        Op::Ret if i.rn == 30 => "ret".to_owned(),
        Op::HintOther => hint(i.imm)?.to_owned(),
        Op::Dsb if i.imm == 0 => "ssbb".to_owned(),
        Op::Dsb if i.imm == 4 => "pssbb".to_owned(),
        Op::Sys => system(i)?,
        Op::Ldadd | Op::Ldclr | Op::Ldeor | Op::Ldset | Op::Ldsmax | Op::Ldsmin | Op::Ldumax | Op::Ldumin
            if i.rd == 31 && i.option & ACQUIRE == 0 =>
        {
            let name = i.op.row()?.mnemonic.strip_prefix("ld")?;
            let operand = reg(i.rm, i.size == 3);
            format!("st{name}{} {operand}, [{}]", atomic_suffix(i), reg_sp(i.rn, true))
        }
        _ => return None,
    })
}

/// Arrangement of a vector of bytes.
fn bytes(i: &Insn) -> &'static str {
    if i.option == 4 { "16b" } else { "8b" }
}

fn cut(value: u64, wide: bool) -> u64 {
    if wide { value } else { value & 0xffff_ffff }
}

fn as_signed(value: u64, wide: bool) -> i64 {
    if wide { value as i64 } else { i64::from(value as i32) }
}

/// MOVZ is written `mov` unless it moves zero with a shift.
fn moves_zeroed(value: u64, shift: u8) -> bool {
    value != 0 || shift == 0
}

/// Some MOVZ gives this value.
fn fits_zeroed(value: u64, wide: bool) -> bool {
    let places = if wide { 4 } else { 2 };
    (0..places).any(|n| value & !(0xffff << (16 * n)) == 0)
}

/// Some MOVZ or MOVN gives this value.
fn moves_wide(value: u64, wide: bool) -> bool {
    fits_zeroed(value, wide) || fits_zeroed(cut(!value, wide), wide)
}

/// SBFM and UBFM are always written as an alias.
fn field_move(i: &Insn) -> String {
    let wide = i.wide();
    let signed = i.op == Op::Sbfm;
    let (immr, imms) = (i.imm & 63, i.imm >> 8);
    let top = if wide { 63 } else { 31 };
    let (rd, rn) = (reg(i.rd, wide), reg(i.rn, wide));
    let narrow = reg(i.rn, false);
    match (immr, imms) {
        (0, 7) if signed => return format!("sxtb {rd}, {narrow}"),
        (0, 15) if signed => return format!("sxth {rd}, {narrow}"),
        (0, 31) if signed && wide => return format!("sxtw {rd}, {narrow}"),
        (0, 7) if !wide => return format!("uxtb {rd}, {narrow}"),
        (0, 15) if !wide => return format!("uxth {rd}, {narrow}"),
        _ => {}
    }
    let prefix = if signed { "s" } else { "u" };
    if imms == top {
        format!("{} {rd}, {rn}, #{immr}", if signed { "asr" } else { "lsr" })
    } else if !signed && imms + 1 == immr {
        format!("lsl {rd}, {rn}, #{}", top - imms)
    } else if immr > imms {
        format!("{prefix}bfiz {rd}, {rn}, #{}, #{}", top + 1 - immr, imms + 1)
    } else {
        format!("{prefix}bfx {rd}, {rn}, #{immr}, #{}", imms - immr + 1)
    }
}

/// BFM is always written as an alias.
fn field_insert(i: &Insn) -> String {
    let wide = i.wide();
    let (immr, imms) = (i.imm & 63, i.imm >> 8);
    let width = if wide { 64 } else { 32 };
    let (rd, rn) = (reg(i.rd, wide), reg(i.rn, wide));
    let lsb = (width - immr) % width;
    if i.rn == 31 && (immr == 0 || imms < immr) {
        format!("bfc {rd}, #{lsb}, #{}", imms + 1)
    } else if imms < immr {
        format!("bfi {rd}, {rn}, #{lsb}, #{}", imms + 1)
    } else {
        format!("bfxil {rd}, {rn}, #{immr}, #{}", imms - immr + 1)
    }
}

fn hint(number: u64) -> Option<&'static str> {
    Some(match number {
        6 => "dgh",
        16 => "esb",
        17 => "psb csync",
        18 => "tsb csync",
        20 => "csdb",
        22 => "clrbhb",
        32 => "bti",
        34 => "bti c",
        36 => "bti j",
        38 => "bti jc",
        _ => return None,
    })
}

fn system(i: &Insn) -> Option<String> {
    let (name, operation) = SysOp::of(i.imm as u16)?;
    let on_everything = matches!(
        operation,
        SysOp::Cache(CacheOp::InvalidateAllInsn | CacheOp::InvalidateAllInsnEverywhere)
            | SysOp::Tlb { kind: TlbKind::All, .. }
    );
    let name = if let SysOp::Tlb { .. } = operation { format!("tlbi {name}") } else { name.to_owned() };
    match (on_everything, i.rd) {
        (true, 31) => Some(name),
        (true, _) => None,
        (false, rt) => Some(format!("{name}, {}", reg(rt, true))),
    }
}
