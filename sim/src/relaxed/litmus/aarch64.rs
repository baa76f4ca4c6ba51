//! An assembler for the A64 instructions of litmus tests.
//!
//! A mnemonic and the kinds of its operands choose rows of the instruction table; the row whose word decodes to the
//! operands again is taken, so that what the table cannot say is refused.

use super::aarch64_memory::{atomic, transfer};
use super::parse::parse_number;
use super::riscv::Labels;
use cmodx_isa::aarch64::format::Format;
use cmodx_isa::aarch64::{Insn, ROWS, bitmask};

/// An operand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Register {
        n: u8,
        wide: bool,
    },
    Number(i64),
    /// Base, and what is added to it.
    Memory {
        base: u8,
        index: Index,
    },
    /// A shift or extension of the operand before it.
    Modifier(String, i64),
    Word(String),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Index {
    Offset(i64),
    Pre(i64),
    Register { n: u8, option: u8, shift: Option<i64> },
}

/// Number of a register and whether it is the 64-bit one: X0-X30, W0-W30, XZR, WZR, SP.
pub(super) fn register(name: &str) -> Option<(u8, bool)> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "xzr" | "sp" => return Some((31, true)),
        "wzr" | "wsp" => return Some((31, false)),
        "lr" => return Some((30, true)),
        _ => {}
    }
    let wide = lower.starts_with('x');
    let n = lower.strip_prefix(['x', 'w'])?.parse::<u8>().ok()?;
    (n < 31).then_some((n, wide))
}

/// What is put into the word; registers that the format does not use stay `None`.
#[derive(Clone, Copy, Default)]
pub(super) struct Fields {
    pub(super) rd: u8,
    pub(super) rn: u8,
    pub(super) rm: Option<u8>,
    pub(super) ra: Option<u8>,
    pub(super) imm: u64,
    pub(super) size: u8,
    pub(super) option: u8,
}

/// The word of the row with this mnemonic and format that holds the fields.
pub(super) fn encode(mnemonic: &str, format: Format, f: Fields) -> Result<u32, String> {
    for row in ROWS.iter().filter(|r| r.mnemonic == mnemonic && r.format == format) {
        // Register fields that an encoding ignores hold ones; where an index register is scaled by 0, Ra has a meaning.
        let unused = if format == Format::MemRegister { 0 } else { 31 };
        let (rm, ra) = (f.rm.unwrap_or(31), f.ra.unwrap_or(unused));
        let insn = Insn { imm: f.imm, op: row.op, rd: f.rd, rn: f.rn, rm, ra, size: f.size, option: f.option };
        let word = insn.encode();
        let back = Insn::decode(word);
        // A register left at 0 may stand where the format has no register.
        let registers = (f.rd == 0 || f.rd == back.rd) && (f.rn == 0 || f.rn == back.rn);
        let same = (back.op, back.imm, back.size, back.option) == (row.op, f.imm, f.size, f.option);
        if same && registers && f.rm.is_none_or(|rm| rm == back.rm) && f.ra.is_none_or(|ra| ra == back.ra) {
            return Ok(word);
        }
    }
    Err(format!("instruction {mnemonic} with these operands"))
}

/// Splits at commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth) = (Vec::new(), 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(text[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    pieces.push(text[start..].trim());
    pieces.retain(|p| !p.is_empty());
    pieces
}

fn number(text: &str) -> Option<i64> {
    parse_number(text.trim().trim_start_matches('#')).and_then(|n| i64::try_from(n).ok())
}

const SHIFTS: [&str; 4] = ["lsl", "lsr", "asr", "ror"];
const EXTENDS: [&str; 8] = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];

fn modifier(text: &str) -> Option<Operand> {
    let (name, amount) = text.split_once(['#', ' ']).unwrap_or((text, ""));
    let name = name.trim().to_ascii_lowercase();
    let known = SHIFTS.contains(&name.as_str()) || EXTENDS.contains(&name.as_str());
    let amount = amount.trim();
    let amount = if amount.is_empty() { Some(0) } else { number(amount) };
    if known { amount.map(|a| Operand::Modifier(name, a)) } else { None }
}

fn operand(text: &str) -> Result<Operand, String> {
    if let Some(inner) = text.strip_prefix('[') {
        return memory(inner).ok_or_else(|| format!("address {text}"));
    }
    if let Some((n, wide)) = register(text) {
        return Ok(Operand::Register { n, wide });
    }
    if let Some(n) = number(text) {
        return Ok(Operand::Number(n));
    }
    Ok(modifier(text).unwrap_or_else(|| Operand::Word(text.to_owned())))
}

fn memory(text: &str) -> Option<Operand> {
    let (inner, pre) = match text.strip_suffix("]!") {
        Some(inner) => (inner, true),
        None => (text.strip_suffix(']')?, false),
    };
    let parts = split(inner);
    let (base, true) = register(parts.first()?)? else { return None };
    let index = match parts[1..] {
        [] if !pre => Index::Offset(0),
        [offset] if number(offset).is_some() => {
            let offset = number(offset)?;
            if pre { Index::Pre(offset) } else { Index::Offset(offset) }
        }
        [index] if !pre => {
            let (n, true) = register(index)? else { return None };
            Index::Register { n, option: 3, shift: None }
        }
        [index, how] if !pre => {
            let (n, wide) = register(index)?;
            let Operand::Modifier(name, amount) = modifier(how)? else { return None };
            let option = if name == "lsl" { 3 } else { EXTENDS.iter().position(|e| *e == name)? as u8 };
            if option & 2 == 0 || wide != (option & 1 == 1) {
                return None;
            }
            let given = how.contains('#') || how.trim().contains(' ');
            Index::Register { n, option, shift: given.then_some(amount) }
        }
        _ => return None,
    };
    Some(Operand::Memory { base, index })
}

/// The distance to a label, to `.+n`, or as given.
fn target(text: &str, pc: u64, labels: Labels<'_>) -> Result<u64, String> {
    if let Some(distance) = text.strip_prefix('.') {
        let distance: String = distance.chars().filter(|c| !c.is_whitespace()).collect();
        let distance = if distance.is_empty() { Some(0) } else { number(&distance) };
        return distance.map(|d| d as u64).ok_or_else(|| format!("label {text:?}"));
    }
    let at = labels(text).map(|at| at.wrapping_sub(pc));
    at.or(number(text).map(|n| n as u64)).ok_or_else(|| format!("label {text:?}"))
}

/// The word of an instruction.
pub(super) fn assemble(text: &str, pc: u64, labels: Labels<'_>) -> Result<Vec<u32>, String> {
    let (mnemonic, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mnemonic = mnemonic.to_ascii_lowercase();
    let operands = split(rest).into_iter().map(operand).collect::<Result<Vec<_>, _>>()?;
    let word = control(&mnemonic, &operands, pc, labels)
        .or_else(|| arithmetic(&mnemonic, &operands))
        .or_else(|| transfer(&mnemonic, &operands))
        .or_else(|| atomic(&mnemonic, &operands))
        .unwrap_or_else(|| Err(format!("instruction {mnemonic} with these operands")));
    word.map(|w| vec![w]).map_err(|what| format!("{what} in {text:?}"))
}

pub(super) type Word = Option<Result<u32, String>>;

const CONDITIONS: [&str; 18] =
    ["eq", "ne", "hs", "lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv", "cs", "cc"];
const BARRIERS: [&str; 16] =
    ["", "oshld", "oshst", "osh", "", "nshld", "nshst", "nsh", "", "ishld", "ishst", "ish", "", "ld", "st", "sy"];

fn condition(name: &str) -> Option<u8> {
    let n = CONDITIONS.iter().position(|c| *c == name)? as u8;
    Some(if n >= 16 { n - 14 } else { n })
}

fn control(mnemonic: &str, operands: &[Operand], pc: u64, labels: Labels<'_>) -> Word {
    use Operand::{Number, Register, Word};
    let to = |text: &str| target(text, pc, labels);
    let branch = |text: &str, format, fields: Fields| {
        to(text).and_then(|imm| encode(mnemonic, format, Fields { imm, ..fields }))
    };
    let plain = Fields::default();
    Some(match (mnemonic, operands) {
        ("b" | "bl", [Word(label)]) => branch(label, Format::Branch26, plain),
        ("b" | "bl", [Number(n)]) => encode(mnemonic, Format::Branch26, Fields { imm: *n as u64, ..plain }),
        ("cbz" | "cbnz", [Register { n, wide }, Word(label)]) => {
            branch(label, Format::CompareBranch, Fields { rd: *n, size: *wide as u8, ..plain })
        }
        ("tbz" | "tbnz", [Register { n, .. }, Number(bit), Word(label)]) => {
            branch(label, Format::TestBranch, Fields { rd: *n, option: *bit as u8, ..plain })
        }
        ("br" | "blr", [Register { n, wide: true }]) => encode(mnemonic, Format::BranchReg, Fields { rn: *n, ..plain }),
        ("ret", []) => encode(mnemonic, Format::BranchReg, Fields { rn: 30, ..plain }),
        ("ret", [Register { n, wide: true }]) => encode(mnemonic, Format::BranchReg, Fields { rn: *n, ..plain }),
        ("nop" | "eret" | "wfe" | "wfi" | "sev" | "sevl" | "yield" | "sb", []) => encode(mnemonic, Format::None, plain),
        ("isb", []) => encode(mnemonic, Format::Isb, Fields { imm: 15, ..plain }),
        ("isb", [Word(kind)]) if kind.eq_ignore_ascii_case("sy") => {
            encode(mnemonic, Format::Isb, Fields { imm: 15, ..plain })
        }
        ("clrex", []) => encode(mnemonic, Format::Clrex, Fields { imm: 15, ..plain }),
        ("dmb" | "dsb", [Word(kind)]) => {
            let kind = kind.to_ascii_lowercase();
            let crm = BARRIERS.iter().position(|b| !b.is_empty() && **b == kind);
            let crm = crm.ok_or_else(|| format!("barrier {kind}"));
            crm.and_then(|crm| encode(mnemonic, Format::Barrier, Fields { imm: crm as u64, ..plain }))
        }
        ("dc" | "ic", [Word(op), Register { n, wide: true }]) => system(mnemonic, op, *n),
        ("ic", [Word(op)]) => system(mnemonic, op, 31),
        ("svc" | "hvc" | "smc" | "brk", [Number(n)]) => {
            encode(mnemonic, Format::Imm16, Fields { imm: *n as u64, ..plain })
        }
        ("adr", [Register { n, wide: true }, Word(label)]) => branch(label, Format::Adr, Fields { rd: *n, ..plain }),
        (_, [Word(label)]) if mnemonic.starts_with("b.") => {
            let cond = condition(&mnemonic[2..]).ok_or_else(|| format!("condition {mnemonic}"));
            cond.and_then(|option| {
                to(label).and_then(|imm| encode("b", Format::BranchCond, Fields { imm, option, ..plain }))
            })
        }
        _ => return None,
    })
}

/// DC and IC by name.
fn system(mnemonic: &str, op: &str, rt: u8) -> Result<u32, String> {
    let code: u64 = match (mnemonic, op.to_ascii_lowercase().as_str()) {
        ("ic", "ialluis") => 7 << 7 | 1 << 3,
        ("ic", "iallu") => 7 << 7 | 5 << 3,
        ("ic", "ivau") => 3 << 11 | 7 << 7 | 5 << 3 | 1,
        ("dc", "cvac") => 3 << 11 | 7 << 7 | 10 << 3 | 1,
        ("dc", "cvau") => 3 << 11 | 7 << 7 | 11 << 3 | 1,
        ("dc", "civac") => 3 << 11 | 7 << 7 | 14 << 3 | 1,
        _ => return Err(format!("operation {mnemonic} {op}")),
    };
    encode("sys", Format::Sys, Fields { rd: rt, imm: 1 << 14 | code, ..Fields::default() })
}

fn arithmetic(mnemonic: &str, operands: &[Operand]) -> Word {
    use Operand::{Modifier, Number, Register};
    let zero = Register { n: 31, wide: true };
    let plain = Fields::default();
    Some(match (mnemonic, operands) {
        ("mov", [Register { n, wide }, Number(value)]) => move_immediate(*n, *wide, *value),
        ("mov", [Register { n, wide }, Register { n: from, wide: same }]) if wide == same => {
            encode("orr", Format::Shifted, Fields { rd: *n, rn: 31, rm: Some(*from), size: *wide as u8, ..plain })
        }
        ("movz" | "movk" | "movn", [Register { n, wide }, Number(value), rest @ ..]) => {
            let shift = match rest {
                [] => 0,
                [Modifier(name, amount)] if name == "lsl" && amount % 16 == 0 => *amount as u32,
                _ => return None,
            };
            let imm = (*value as u64) << shift;
            encode(
                mnemonic,
                Format::MoveWide,
                Fields { rd: *n, size: *wide as u8, option: shift as u8 / 16, imm, ..plain },
            )
        }
        ("cmp" | "cmn", [a @ Register { wide, .. }, rest @ ..]) => {
            let name = if mnemonic == "cmp" { "subs" } else { "adds" };
            return arithmetic(name, &[&[Register { n: 31, wide: *wide }, a.clone()], rest].concat());
        }
        ("tst", [a @ Register { wide, .. }, rest @ ..]) => {
            return arithmetic("ands", &[&[Register { n: 31, wide: *wide }, a.clone()], rest].concat());
        }
        ("neg" | "mvn", [d, rest @ ..]) => {
            let name = if mnemonic == "neg" { "sub" } else { "orn" };
            return arithmetic(name, &[&[d.clone(), zero], rest].concat());
        }
        (_, [Register { n: rd, wide }, Register { n: rn, .. }, Number(value)]) => {
            let fields = Fields { rd: *rd, rn: *rn, size: *wide as u8, imm: *value as u64, ..plain };
            let formats = [Format::AddImm, Format::AddImmFlags, Format::LogicalImm, Format::LogicalImmFlags];
            let has = |f: &Format| ROWS.iter().any(|r| r.mnemonic == mnemonic && r.format == *f);
            let format = formats.into_iter().find(has)?;
            let logical = matches!(format, Format::LogicalImm | Format::LogicalImmFlags);
            if logical && bitmask::compress(*value as u64, *wide).is_none() {
                return Some(Err(format!("bitmask {value}")));
            }
            encode(mnemonic, format, fields)
        }
        (_, [Register { n: rd, wide }, Register { n: rn, wide: w2 }, Register { n: rm, wide: w3 }, rest @ ..]) => {
            let mut fields = Fields { rd: *rd, rn: *rn, rm: Some(*rm), size: *wide as u8, ..plain };
            let has = |f: Format| ROWS.iter().any(|r| r.mnemonic == mnemonic && r.format == f);
            if let [Modifier(name, amount)] = rest
                && let Some(option) = EXTENDS.iter().position(|e| e == name)
            {
                fields.option = option as u8;
                fields.imm = *amount as u64;
                let format = [Format::Extended, Format::ExtendedFlags].into_iter().find(|f| has(*f))?;
                return Some(encode(mnemonic, format, fields));
            }
            if wide != w2 || wide != w3 {
                return None;
            }
            match rest {
                [] => {}
                [Modifier(name, amount)] => {
                    fields.option = SHIFTS.iter().position(|s| s == name)? as u8;
                    fields.imm = *amount as u64;
                }
                [Operand::Word(cond)] if has(Format::CondSelect) => {
                    fields.option = condition(&cond.to_ascii_lowercase())?;
                    return Some(encode(mnemonic, Format::CondSelect, fields));
                }
                _ => return None,
            }
            let format = [Format::Shifted, Format::AddShifted, Format::Reg3].into_iter().find(|f| has(*f))?;
            encode(mnemonic, format, fields)
        }
        _ => return None,
    })
}

fn move_immediate(rd: u8, wide: bool, value: i64) -> Result<u32, String> {
    let mask = if wide { u64::MAX } else { u32::MAX as u64 };
    let fits = |value: u64| (0..if wide { 4 } else { 2 }).find(|i| value & !(0xffff << (16 * i)) == 0);
    let value = value as u64 & mask;
    let base = Fields { rd, size: wide as u8, ..Fields::default() };
    if let Some(i) = fits(value) {
        return encode("movz", Format::MoveWide, Fields { imm: value, option: i as u8, ..base });
    }
    if let Some(i) = fits(!value & mask) {
        return encode("movn", Format::MoveWide, Fields { imm: !value & mask, option: i as u8, ..base });
    }
    encode("orr", Format::LogicalImm, Fields { rn: 31, imm: value, ..base })
        .map_err(|_| format!("constant {value:#x} (one instruction must hold it)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Result<u32, String> {
        assemble(text, 0x1000, &|name| (name == "here").then_some(0x1010)).map(|w| w[0])
    }

    #[test]
    fn words_are_those_of_llvm() {
        let cases: [(&str, u32); 41] = [
            ("STR W0,[X1]", 0xb900_0020),
            ("LDR X2, [X3]", 0xf940_0062),
            ("LDR W0,[X1,X2]", 0xb862_6820),
            ("STR W2,[X3,W1,SXTW]", 0xb821_c862),
            ("LDR W4,[X3,W1,SXTW #2]", 0xb861_d864),
            ("LDR W0,[X1],#4", 0xb840_4420),
            ("STR X0,[X1,#-8]!", 0xf81f_8c20),
            ("LDR W0,[X1,#-4]", 0xb85f_c020),
            ("LDRB W0,[X1]", 0x3940_0020),
            ("LDP X0,X1,[SP,#16]", 0xa941_07e0),
            ("MOV X8,X9", 0xaa09_03e8),
            ("MOV W0,#1", 0x5280_0020),
            ("MOV X0,#-1", 0x9280_0000),
            ("EOR W1,W0,W0", 0x4a00_0001),
            ("AND X2,X0,#128", 0x9279_0002),
            ("ADD X2,X3,W1,SXTW", 0x8b21_c062),
            ("CMP W0,#1", 0x7100_041f),
            ("CSEL X0,X1,X2,EQ", 0x9a82_0020),
            ("B .+20", 0x1400_0005),
            ("BL here", 0x9400_0004),
            ("B.NE here", 0x5400_0081),
            ("CBNZ W0,here", 0x3500_0080),
            ("TBZ X1,#33,here", 0xb608_0081),
            ("BLR X5", 0xd63f_00a0),
            ("RET", 0xd65f_03c0),
            ("DMB ISHLD", 0xd503_39bf),
            ("DSB ISH", 0xd503_3b9f),
            ("ISB", 0xd503_3fdf),
            ("DC CVAU,X1", 0xd50b_7b21),
            ("IC IVAU, X1", 0xd50b_7521),
            ("IC IALLUIS", 0xd508_711f),
            ("LDAR W0,[X1]", 0x88df_fc20),
            ("STLR X0,[X1]", 0xc89f_fc20),
            ("LDAPR W0,[X1]", 0xb8bf_c020),
            ("LDXR W0,[X1]", 0x885f_7c20),
            ("STLXR W2,X0,[X1]", 0xc802_fc20),
            ("CASAL W0,W1,[X2]", 0x88e0_fc41),
            ("SWPL X0,X1,[X2]", 0xf860_8041),
            ("LDADDA W0,W1,[X2]", 0xb8a0_0041),
            ("STADD W0,[X2]", 0xb820_005f),
            ("NOP", 0xd503_201f),
        ];
        for (text, expected) in cases {
            let got = word(text);
            assert_eq!(got, Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for (text, what) in
            [("FROB X1", "frob"), ("B nowhere", "nowhere"), ("DSB HERE", "here"), ("LDR W0,[W1]", "[W1]")]
        {
            let error = word(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}
