//! Assembly text, without aliases: what `llvm-objdump -d -M no-aliases` prints, with branch targets as addresses.

use super::format::{Bank, Operand, Slot};
use super::{Insn, Op, csr, float, regs, table};
use std::fmt::Write;

/// Rounding modes by number.
const ROUNDING: [&str; 8] = ["rne", "rtz", "rdn", "rup", "rmm", "5", "6", "dyn"];

/// Writes an instruction that stands at `pc`.
pub(super) fn disassemble(insn: &Insn, pc: u64) -> String {
    if insn.op == Op::Illegal {
        let digits = 2 * insn.len as usize;
        return format!(".insn {}, 0x{:0digits$x}", insn.len, insn.imm);
    }
    let format = match insn.compressed_row() {
        Some(row) => &row.format,
        None => &table::ROWS[insn.op as usize].format,
    };
    let mut text = insn.mnemonic().to_string();
    if format.operands.contains(&Operand::Order) {
        text.push_str([".", ".rl", ".aq", ".aqrl"][insn.aux as usize & 3].trim_end_matches('.'));
    }
    if format.syntax.is_empty() {
        return text;
    }
    text.push(' ');
    let mut rest = format.syntax;
    while !rest.is_empty() {
        let name_end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if name_end == 0 {
            let name_start = rest.find(|c: char| c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            text.push_str(&rest[..name_start]);
            rest = &rest[name_start..];
        } else {
            operand(&mut text, &rest[..name_end], insn, format.operands, pc);
            rest = &rest[name_end..];
        }
    }
    text
}

/// Writes one operand by its name in the syntax.
fn operand(text: &mut String, name: &str, insn: &Insn, operands: &[Operand], pc: u64) {
    let register = |slot: Slot, number: u8| {
        let float = operands.iter().any(|o| match *o {
            Operand::Reg(bank, s, _) | Operand::Popular(bank, s, _) | Operand::Implied(bank, s, _) => {
                s == slot && bank == Bank::Float
            }
            _ => false,
        });
        if float { regs::FLOAT[number as usize] } else { regs::INT[number as usize] }
    };
    let result = match name {
        "rd" => write!(text, "{}", register(Slot::Rd, insn.rd)),
        "rs1" => write!(text, "{}", register(Slot::Rs1, insn.rs1)),
        "rs2" => write!(text, "{}", register(Slot::Rs2, insn.rs2)),
        "rs3" => write!(text, "{}", register(Slot::Rs3, insn.rs3)),
        "imm" => write!(text, "{}", insn.imm),
        "upper" => write!(text, "{}", insn.imm >> 12 & 0xfffff),
        "zimm" => write!(text, "{}", insn.rs1),
        "target" => write!(text, "{:#x}", pc.wrapping_add(insn.imm as u64)),
        "csr" => match csr::name(insn.imm as u16) {
            Some(name) => write!(text, "{name}"),
            None => write!(text, "{}", insn.imm),
        },
        "pred" => write!(text, "{}", fence_set(insn.imm >> 4)),
        "succ" => write!(text, "{}", fence_set(insn.imm)),
        "rm" => write!(text, "{}", ROUNDING[insn.aux as usize & 7]),
        "constant" => write!(text, "{}", float::constant_name(insn.rs1)),
        other => write!(text, "{other}"),
    };
    result.expect("a String takes everything");
}

/// The letters of a fence's set.
fn fence_set(bits: i64) -> &'static str {
    const SETS: [&str; 16] =
        ["0", "w", "r", "rw", "o", "ow", "or", "orw", "i", "iw", "ir", "irw", "io", "iow", "ior", "iorw"];
    SETS[(bits & 15) as usize]
}
