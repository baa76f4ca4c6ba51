//! An assembler for the RISC-V instructions of litmus tests: every row of the instruction table, and the pseudo
//! instructions that tests use. Compressed instructions are written `c.…` and only where their row names the operands.

use super::parse::parse_number;
use cmodx_isa::riscv::{Insn, Op, asm, regs, table};

/// Resolves a label to an address.
pub(super) type Labels<'a> = &'a dyn Fn(&str) -> Option<u64>;

/// Number of a register, by its number or ABI name.
pub(super) fn register(name: &str) -> Option<u8> {
    let lower = name.to_ascii_lowercase();
    if let Some(n) = lower.strip_prefix('x').and_then(|n| n.parse::<u8>().ok()) {
        return (n < 32).then_some(n);
    }
    if lower == "fp" {
        return Some(8);
    }
    regs::INT.iter().position(|r| *r == lower).map(|n| n as u8)
}

/// The words of an instruction.
pub(super) fn assemble(text: &str, pc: u64, labels: Labels<'_>) -> Result<Vec<u32>, String> {
    let (mnemonic, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let mnemonic = mnemonic.to_ascii_lowercase();
    let operands: Vec<&str> = rest.split(',').map(str::trim).filter(|o| !o.is_empty()).collect();
    if let Some(words) = pseudo(&mnemonic, &operands, pc, labels)? {
        return Ok(words);
    }
    let (base, order) = ordering(&mnemonic);
    let row = table::ROWS.iter().find(|r| r.mnemonic == mnemonic || r.mnemonic == base);
    let row = row.ok_or_else(|| format!("instruction {mnemonic}"))?;
    let mut insn = Insn { aux: if row.mnemonic == mnemonic { 0 } else { order }, ..Insn::new(row.op) };
    fill(&mut insn, row.format.syntax, rest, pc, labels).map_err(|what| format!("{what} in {text:?}"))?;
    Ok(vec![insn.encode().map_err(|e| e.to_string())?])
}

/// Splits `.aq`, `.rl`, `.aqrl` off a mnemonic.
fn ordering(mnemonic: &str) -> (&str, u8) {
    for (suffix, order) in [(".aq.rl", 3), (".aqrl", 3), (".aq", 2), (".rl", 1)] {
        if let Some(base) = mnemonic.strip_suffix(suffix) {
            return (base, order);
        }
    }
    (mnemonic, 0)
}

fn reg(name: &str) -> Result<regs::Reg, String> {
    register(name).and_then(regs::Reg::new).ok_or_else(|| format!("register {name:?}"))
}

fn number(text: &str) -> Result<i64, String> {
    parse_number(text).and_then(|n| i64::try_from(n).ok()).ok_or_else(|| format!("number {text:?}"))
}

/// The distance to a label, to `.+n`, or as given.
fn target(text: &str, pc: u64, labels: Labels<'_>) -> Result<i64, String> {
    if let Some(distance) = text.strip_prefix('.') {
        let distance: String = distance.chars().filter(|c| !c.is_whitespace()).collect();
        return if distance.is_empty() { Ok(0) } else { number(&distance) };
    }
    if let Some(at) = labels(text) {
        return Ok(at.wrapping_sub(pc) as i64);
    }
    number(text).map_err(|_| format!("label {text:?}"))
}

fn pseudo(mnemonic: &str, operands: &[&str], pc: u64, labels: Labels<'_>) -> Result<Option<Vec<u32>>, String> {
    let encode = |insn: Insn| insn.encode().map_err(|e| e.to_string());
    let insn = match (mnemonic, operands) {
        ("nop", []) => asm::nop(),
        ("li", [rd, value]) => return load_immediate(reg(rd)?, number(value)?).map(Some),
        ("mv", [rd, rs]) => asm::addi(reg(rd)?, reg(rs)?, 0),
        ("not", [rd, rs]) => asm::i(Op::Xori, reg(rd)?, reg(rs)?, -1),
        ("neg", [rd, rs]) => asm::r(Op::Sub, reg(rd)?, regs::Reg::ZERO, reg(rs)?),
        ("sext.w", [rd, rs]) => asm::i(Op::Addiw, reg(rd)?, reg(rs)?, 0),
        ("seqz", [rd, rs]) => asm::i(Op::Sltiu, reg(rd)?, reg(rs)?, 1),
        ("snez", [rd, rs]) => asm::r(Op::Sltu, reg(rd)?, regs::Reg::ZERO, reg(rs)?),
        ("add" | "xor" | "and" | "or", [rd, rs, imm]) if register(imm).is_none() => {
            let op = match mnemonic {
                "add" => Op::Addi,
                "xor" => Op::Xori,
                "and" => Op::Andi,
                _ => Op::Ori,
            };
            asm::i(op, reg(rd)?, reg(rs)?, number(imm)?)
        }
        ("j", [to]) => asm::jal(regs::Reg::ZERO, target(to, pc, labels)?),
        ("jal", [to]) => asm::jal(regs::Reg::RA, target(to, pc, labels)?),
        ("jr", [rs]) => asm::jalr(regs::Reg::ZERO, reg(rs)?, 0),
        ("jalr", [rs]) if register(rs).is_some() => asm::jalr(regs::Reg::RA, reg(rs)?, 0),
        ("jalr", [rd, rs]) if register(rs).is_some() => asm::jalr(reg(rd)?, reg(rs)?, 0),
        ("jalr", [rd, rs, imm]) => asm::jalr(reg(rd)?, reg(rs)?, number(imm)?),
        ("ret", []) => asm::jalr(regs::Reg::ZERO, regs::Reg::RA, 0),
        ("beqz", [rs, to]) => asm::s(Op::Beq, reg(rs)?, regs::Reg::ZERO, target(to, pc, labels)?),
        ("bnez", [rs, to]) => asm::s(Op::Bne, reg(rs)?, regs::Reg::ZERO, target(to, pc, labels)?),
        ("fence", []) => Insn { imm: 0xff, ..Insn::new(Op::Fence) },
        ("fence.tso", []) => Insn { imm: 0, ..Insn::new(Op::FenceTso) },
        _ => return Ok(None),
    };
    Ok(Some(vec![encode(insn)?]))
}

fn load_immediate(rd: regs::Reg, value: i64) -> Result<Vec<u32>, String> {
    let encode = |insn: Insn| insn.encode().map_err(|e| e.to_string());
    if (-2048..2048).contains(&value) {
        return Ok(vec![encode(asm::addi(rd, regs::Reg::ZERO, value))?]);
    }
    let value = if (0..1 << 32).contains(&value) && value >= 1 << 31 { value - (1 << 32) } else { value };
    let (high, low) = asm::split_offset(value).ok_or_else(|| format!("constant {value} (32 bits at most)"))?;
    let upper = encode(asm::lui(rd, high))?;
    Ok(if low == 0 { vec![upper] } else { vec![upper, encode(asm::i(Op::Addiw, rd, rd, low))?] })
}

/// Reads operands as the syntax of the format says.
fn fill(insn: &mut Insn, syntax: &str, text: &str, pc: u64, labels: Labels<'_>) -> Result<(), String> {
    let mut rest = text.trim();
    let mut syntax = syntax;
    while let Some(first) = syntax.chars().next() {
        if first.is_whitespace() {
            syntax = &syntax[1..];
            continue;
        }
        if first.is_alphanumeric() {
            let end = syntax.find(|c: char| !c.is_alphanumeric()).unwrap_or(syntax.len());
            let (name, after) = syntax.split_at(end);
            let stop = after.trim_start().chars().next();
            let end = stop.and_then(|c| rest.find(c)).unwrap_or(rest.len());
            let operand = rest[..end].trim();
            put(insn, name, operand, pc, labels)?;
            rest = rest[end..].trim_start();
            syntax = after;
            continue;
        }
        // An address without offset: `(x6)` for `0(x6)` is read by the branch above; here `0(x6)` for `(x6)`.
        if first == '(' && rest.starts_with('0') {
            rest = rest[1..].trim_start();
        }
        rest = rest.strip_prefix(first).ok_or_else(|| format!("{first:?} is missing"))?.trim_start();
        syntax = &syntax[1..];
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("{rest:?} is left over")) }
}

fn put(insn: &mut Insn, name: &str, text: &str, pc: u64, labels: Labels<'_>) -> Result<(), String> {
    match name {
        "rd" => insn.rd = reg(text)?.number(),
        "rs1" => insn.rs1 = reg(text)?.number(),
        "rs2" => insn.rs2 = reg(text)?.number(),
        "imm" if text.is_empty() => insn.imm = 0,
        "imm" => insn.imm = number(text)?,
        "upper" => insn.imm = number(text)? << 12,
        "target" => insn.imm = target(text, pc, labels)?,
        "pred" => insn.imm |= fence_set(text)? << 4,
        "succ" => insn.imm |= fence_set(text)?,
        "csr" => insn.imm = csr(text)?,
        other => return Err(format!("operand {other} {text:?}")),
    }
    Ok(())
}

/// Number of a CSR: those of trap handlers by name.
fn csr(name: &str) -> Result<i64, String> {
    const NAMES: [(&str, i64); 10] = [
        ("sstatus", 0x100),
        ("sscratch", 0x140),
        ("sepc", 0x141),
        ("scause", 0x142),
        ("sip", 0x144),
        ("mstatus", 0x300),
        ("mscratch", 0x340),
        ("mepc", 0x341),
        ("mcause", 0x342),
        ("mip", 0x344),
    ];
    NAMES.iter().find(|(n, _)| *n == name).map_or_else(|| number(name), |(_, n)| Ok(*n))
}

fn fence_set(text: &str) -> Result<i64, String> {
    text.chars().try_fold(0, |set, c| match c {
        'i' => Ok(set | 8),
        'o' => Ok(set | 4),
        'r' => Ok(set | 2),
        'w' => Ok(set | 1),
        _ => Err(format!("fence set {text:?}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Vec<u32>, String> {
        assemble(text, 0x1000, &|name| (name == "here").then_some(0x1010))
    }

    #[test]
    fn words_are_those_of_the_gnu_assembler() {
        let cases = [
            ("sw x5,0(x6)", 0x0053_2023),
            ("ld a0, 8(s1)", 0x0084_b503),
            ("lw x5,(x6)", 0x0003_2283),
            ("fence rw,w", 0x0310_000f),
            ("fence.tso", 0x8330_000f),
            ("fence", 0x0ff0_000f),
            ("fence.i", 0x0000_100f),
            ("amoadd.w.aqrl x7,x5,(x6)", 0x0653_23af),
            ("lr.d.aq x5,0(x6)", 0x1403_32af),
            ("sc.w.rl x7,x5,(x6)", 0x1a53_23af),
            ("bne x5,x0,here", 0x0002_9863),
            ("j .+8", 0x0080_006f),
            ("jr x5", 0x0002_8067),
            ("li t1,-1", 0xfff0_0313),
            ("xor x7,x5,x5", 0x0052_c3b3),
            ("lui x5,0x12345", 0x1234_52b7),
        ];
        for (text, word) in cases {
            assert_eq!(words(text), Ok(vec![word]), "{text}");
        }
        assert_eq!(words("li t1,0x12345678"), Ok(vec![0x1234_5337, 0x6783_031b]));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for (text, what) in
            [("frob x1", "frob"), ("sw x5,0(x66)", "x66"), ("j nowhere", "nowhere"), ("lw x5,0(x6)x", "x")]
        {
            let error = words(text).unwrap_err();
            assert!(error.contains(what), "{text}: {error}");
        }
    }
}
