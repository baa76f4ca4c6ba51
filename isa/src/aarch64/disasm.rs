//! Assembly text, as LLVM prints it, with the preferred aliases. Targets of branches and pc-relative operands are
//! absolute addresses.

use super::format::Format;
use super::insn::{ACQUIRE, Insn, RELEASE};
use super::sysreg;
use super::{alias, disasm_vector};

/// Names of the conditions.
pub(super) const CONDITIONS: [&str; 16] =
    ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];

const SHIFTS: [&str; 4] = ["lsl", "lsr", "asr", "ror"];
const EXTENDS: [&str; 8] = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];
const BARRIERS: [&str; 16] =
    ["", "oshld", "oshst", "osh", "", "nshld", "nshst", "nsh", "", "ishld", "ishst", "ish", "", "ld", "st", "sy"];

/// Register n of 32 or 64 bits, 31 as zero.
pub(super) fn reg(n: u8, wide: bool) -> String {
    match (n, wide) {
        (31, true) => "xzr".to_owned(),
        (31, false) => "wzr".to_owned(),
        (n, true) => format!("x{n}"),
        (n, false) => format!("w{n}"),
    }
}

/// The same, 31 as the stack pointer.
pub(super) fn reg_sp(n: u8, wide: bool) -> String {
    match (n, wide) {
        (31, true) => "sp".to_owned(),
        (31, false) => "wsp".to_owned(),
        _ => reg(n, wide),
    }
}

/// ", lsl #n" after a register operand.
pub(super) fn shift_suffix(i: &Insn) -> String {
    if i.option == 0 && i.imm == 0 { String::new() } else { format!(", {} #{}", SHIFTS[i.option as usize & 3], i.imm) }
}

/// The extended register of an addition with what is done to it; LSL where a stack pointer is involved.
pub(super) fn extended_operand(i: &Insn, rd_is_sp: bool) -> String {
    let rm = reg(i.rm, i.wide() && i.option & 3 == 3);
    let natural = if i.wide() { 3 } else { 2 };
    if i.option == natural && (rd_is_sp || i.rn == 31) {
        return if i.imm == 0 { rm } else { format!("{rm}, lsl #{}", i.imm) };
    }
    let amount = if i.imm == 0 { String::new() } else { format!(" #{}", i.imm) };
    format!("{rm}, {}{amount}", EXTENDS[i.option as usize & 7])
}

/// The immediate of an addition.
pub(super) fn add_immediate(i: &Insn) -> String {
    if i.option == 1 { format!("#{}, lsl #12", i.imm >> 12) } else { format!("#{}", i.imm) }
}

pub(super) fn address(i: &Insn) -> String {
    let rn = reg_sp(i.rn, true);
    if i.imm == 0 { format!("[{rn}]") } else { format!("[{rn}, #{}]", i.imm as i64) }
}

pub(super) fn address_pre(i: &Insn) -> String {
    format!("[{}, #{}]!", reg_sp(i.rn, true), i.imm as i64)
}

pub(super) fn address_post(i: &Insn) -> String {
    format!("[{}], #{}", reg_sp(i.rn, true), i.imm as i64)
}

pub(super) fn address_register(i: &Insn) -> String {
    let scaled = i.imm != 0 || i.ra & 4 != 0;
    let (rn, rm) = (reg_sp(i.rn, true), reg(i.rm, i.option & 1 == 1));
    match (i.option, scaled) {
        (3, false) => format!("[{rn}, {rm}]"),
        (3, true) => format!("[{rn}, {rm}, lsl #{}]", i.imm),
        (option, false) => format!("[{rn}, {rm}, {}]", EXTENDS[option as usize & 7]),
        (option, true) => format!("[{rn}, {rm}, {} #{}]", EXTENDS[option as usize & 7], i.imm),
    }
}

fn prefetch(rt: u8) -> String {
    let (kind, level, policy) = (rt >> 3, rt >> 1 & 3, rt & 1);
    if kind == 3 || level == 3 {
        return format!("#{rt}");
    }
    let policy = if policy == 0 { "keep" } else { "strm" };
    format!("{}l{}{policy}", ["pld", "pli", "pst"][kind as usize], level + 1)
}

/// Suffix of an atomic for its ordering and size.
pub(super) fn atomic_suffix(i: &Insn) -> String {
    let order = match (i.option & ACQUIRE != 0, i.option & RELEASE != 0) {
        (false, false) => "",
        (true, false) => "a",
        (false, true) => "l",
        (true, true) => "al",
    };
    format!("{order}{}", size_suffix(i))
}

fn size_suffix(i: &Insn) -> &'static str {
    ["b", "h", "", ""][i.size as usize & 3]
}

fn system_fields(code: u64) -> (u64, u64, u64, u64) {
    (code >> 11 & 7, code >> 7 & 15, code >> 3 & 15, code & 7)
}

/// Name of a system register, written as in the manual.
fn register_name(code: u64) -> String {
    let name = sysreg::name(code as u16);
    match name.as_str() {
        "spsel" => "SPSel".to_owned(),
        "currentel" => "CurrentEL".to_owned(),
        _ => name.to_uppercase(),
    }
}

/// Assembly text of an instruction at `pc`.
pub(super) fn text(i: &Insn, pc: u64) -> String {
    if let Some(text) = alias::text(i) {
        return text;
    }
    let Some(row) = i.op.row() else {
        return format!(".inst {:#010x}", i.imm);
    };
    let m = row.mnemonic;
    let wide = i.wide();
    let (rd, rn, rm, ra) = (reg(i.rd, wide), reg(i.rn, wide), reg(i.rm, wide), reg(i.ra, wide));
    let target = || format!("{:#x}", pc.wrapping_add(i.imm));
    let double = i.size == 3;
    let (rt, rt2) = (reg(i.rd, double), reg(i.ra, double));
    let base = format!("[{}]", reg_sp(i.rn, true));
    match row.format {
        Format::None => m.to_owned(),
        Format::Adr => format!("{m} {}, {}", reg(i.rd, true), target()),
        Format::Adrp => format!("{m} {}, {:#x}", reg(i.rd, true), (pc & !0xfff).wrapping_add(i.imm)),
        Format::AddImm => {
            format!("{m} {}, {}, {}", reg_sp(i.rd, wide), reg_sp(i.rn, wide), add_immediate(i))
        }
        Format::AddImmFlags => format!("{m} {rd}, {}, {}", reg_sp(i.rn, wide), add_immediate(i)),
        Format::LogicalImm => format!("{m} {}, {rn}, #{:#x}", reg_sp(i.rd, wide), i.imm),
        Format::LogicalImmFlags => format!("{m} {rd}, {rn}, #{:#x}", i.imm),
        Format::MoveWide => {
            let shift = 16 * i.option;
            let suffix = if shift == 0 { String::new() } else { format!(", lsl #{shift}") };
            format!("{m} {rd}, #{}{suffix}", i.imm >> shift)
        }
        Format::Bitfield => format!("{m} {rd}, {rn}, #{}, #{}", i.imm & 63, i.imm >> 8),
        Format::Extract => format!("{m} {rd}, {rn}, {rm}, #{}", i.imm),
        Format::Shifted | Format::AddShifted => format!("{m} {rd}, {rn}, {rm}{}", shift_suffix(i)),
        Format::Extended => {
            let operand = extended_operand(i, i.rd == 31);
            format!("{m} {}, {}, {operand}", reg_sp(i.rd, wide), reg_sp(i.rn, wide))
        }
        Format::ExtendedFlags => {
            format!("{m} {rd}, {}, {}", reg_sp(i.rn, wide), extended_operand(i, false))
        }
        Format::Reg3 => format!("{m} {rd}, {rn}, {rm}"),
        Format::CrcDouble => format!("{m} {}, {}, {}", reg(i.rd, false), reg(i.rn, false), reg(i.rm, true)),
        Format::Reg2 => format!("{m} {rd}, {rn}"),
        Format::Reg4 => format!("{m} {rd}, {rn}, {rm}, {ra}"),
        Format::MulLong => {
            let (wd, xa) = (reg(i.rd, true), reg(i.ra, true));
            format!("{m} {wd}, {}, {}, {xa}", reg(i.rn, false), reg(i.rm, false))
        }
        Format::Rmif => format!("{m} {}, #{}, #{}", reg(i.rn, true), i.imm, i.rd & 15),
        Format::SetFlags => format!("{m} {}", reg(i.rn, false)),
        Format::CondCompareReg => {
            format!("{m} {rn}, {rm}, #{}, {}", i.rd & 15, CONDITIONS[i.option as usize & 15])
        }
        Format::CondCompareImm => {
            format!("{m} {rn}, #{}, #{}, {}", i.rm, i.rd & 15, CONDITIONS[i.option as usize & 15])
        }
        Format::CondSelect => format!("{m} {rd}, {rn}, {rm}, {}", CONDITIONS[i.option as usize & 15]),
        Format::Branch26 => format!("{m} {}", target()),
        Format::BranchCond => format!("{m}.{} {}", CONDITIONS[i.option as usize & 15], target()),
        Format::CompareBranch => format!("{m} {rd}, {}", target()),
        Format::TestBranch => format!("{m} {}, #{}, {}", reg(i.rd, i.option >= 32), i.option, target()),
        Format::BranchReg => format!("{m} {}", reg(i.rn, true)),
        Format::Imm16Low => format!("{m} #{}", i.imm),
        Format::Imm16 => format!("{m} #{:#x}", i.imm),
        Format::Imm16Optional if i.imm == 0 => m.to_owned(),
        Format::Imm16Optional => format!("{m} #{:#x}", i.imm),
        Format::Hint => format!("{m} #{}", i.imm),
        Format::Clrex | Format::Isb if i.imm == 15 => m.to_owned(),
        Format::Clrex | Format::Isb => format!("{m} #{:#x}", i.imm),
        Format::Barrier => match BARRIERS[i.imm as usize & 15] {
            "" => format!("{m} #{:#x}", i.imm),
            name => format!("{m} {name}"),
        },
        Format::MsrImm => {
            let field = super::exec::system::PstateField::of(i.imm).map_or("?", |field| field.name());
            format!("{m} {field}, #{}", i.imm >> 3 & 15)
        }
        Format::Sys => {
            let (op1, crn, crm, op2) = system_fields(i.imm);
            let operand = if i.rd == 31 { String::new() } else { format!(", {}", reg(i.rd, true)) };
            format!("{m} #{op1}, c{crn}, c{crm}, #{op2}{operand}")
        }
        Format::Sysl => {
            let (op1, crn, crm, op2) = system_fields(i.imm);
            format!("{m} {}, #{op1}, c{crn}, c{crm}, #{op2}", reg(i.rd, true))
        }
        Format::Msr => format!("{m} {}, {}", register_name(i.imm), reg(i.rd, true)),
        Format::Mrs => format!("{m} {}, {}", reg(i.rd, true), register_name(i.imm)),
        Format::MemUnsigned | Format::MemUnscaled | Format::RcpcUnscaled => format!("{m} {rd}, {}", address(i)),
        Format::MemPost => format!("{m} {rd}, {}", address_post(i)),
        Format::MemPre => format!("{m} {rd}, {}", address_pre(i)),
        Format::MemRegister => format!("{m} {rd}, {}", address_register(i)),
        Format::Literal => format!("{m} {rd}, {}", target()),
        Format::PrfmLiteral => format!("{m} {}, {}", prefetch(i.rd), target()),
        Format::PrfmUnsigned | Format::PrfmUnscaled => format!("{m} {}, {}", prefetch(i.rd), address(i)),
        Format::PrfmRegister => format!("{m} {}, {}", prefetch(i.rd), address_register(i)),
        Format::PairOffset => format!("{m} {rd}, {ra}, {}", address(i)),
        Format::PairPost => format!("{m} {rd}, {ra}, {}", address_post(i)),
        Format::PairPre => format!("{m} {rd}, {ra}, {}", address_pre(i)),
        Format::StoreExclusive => format!("{m}{} {}, {rt}, {base}", size_suffix(i), reg(i.rm, false)),
        Format::LoadExclusive | Format::Ordered | Format::Rcpc => {
            format!("{m}{} {rt}, {base}", size_suffix(i))
        }
        Format::StoreExclusivePair => format!("{m} {}, {rt}, {rt2}, {base}", reg(i.rm, false)),
        Format::LoadExclusivePair => format!("{m} {rt}, {rt2}, {base}"),
        Format::Cas | Format::Atomic => {
            format!("{m}{} {}, {rt}, {base}", atomic_suffix(i), reg(i.rm, double))
        }
        Format::CasPair => {
            let pair = |n: u8| format!("{}, {}", reg(n, double), reg(n | 1, double));
            format!("{m}{} {}, {}, {base}", atomic_suffix(i), pair(i.rm), pair(i.rd))
        }
        Format::Sign => format!("{m} {}, {}", reg(i.rd, true), reg_sp(i.rn, true)),
        Format::SignZero => format!("{m} {}", reg(i.rd, true)),
        Format::SignGeneric => format!("{m} {}, {}, {}", reg(i.rd, true), reg(i.rn, true), reg_sp(i.rm, true)),
        Format::BranchSigned => format!("{m} {}, {}", reg(i.rn, true), reg_sp(i.rd, true)),
        Format::MemSigned => format!("{m} {rd}, {}", address(i)),
        Format::MemSignedPre => format!("{m} {rd}, {}", address_pre(i)),
        _ => disasm_vector::text(row, i, pc),
    }
}
