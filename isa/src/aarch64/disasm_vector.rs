//! Assembly text of floating-point and Advanced SIMD instructions.

use super::disasm::{CONDITIONS, address, address_post, address_pre, address_register, reg, reg_sp};
use super::format::{Format, Shape};
use super::insn::Insn;
use super::table::{Op, Row};

/// A scalar of 2^size bytes.
fn scalar(n: u8, size: u8) -> String {
    format!("{}{n}", ["b", "h", "s", "d", "q"][size.min(4) as usize])
}

/// A vector of 2^bytes bytes in elements of 2^size.
fn vector(n: u8, size: u8, bytes: u8) -> String {
    format!("v{n}.{}{}", 1u32 << (bytes - size), ["b", "h", "s", "d", "q"][size.min(4) as usize])
}

fn element(n: u8, size: u8, index: u64) -> String {
    format!("v{n}.{}[{index}]", ["b", "h", "s", "d"][size as usize & 3])
}

fn number(size: u8, bits: u64) -> String {
    let value = if size == 2 { f64::from(f32::from_bits(bits as u32)) } else { f64::from_bits(bits) };
    format!("#{value:.8}")
}

/// Text of an instruction on vector registers.
pub(super) fn text(row: &Row, i: &Insn, pc: u64) -> String {
    let m = row.mnemonic;
    let (fd, fn_, fm, fa) = (scalar(i.rd, i.size), scalar(i.rn, i.size), scalar(i.rm, i.size), scalar(i.ra, i.size));
    let condition = CONDITIONS[i.option as usize & 15];
    let general = |n: u8| reg(n, i.option == 1);
    match row.format {
        Format::FpUnsigned | Format::FpUnscaled => format!("{m} {fd}, {}", address(i)),
        Format::FpPost => format!("{m} {fd}, {}", address_post(i)),
        Format::FpPre => format!("{m} {fd}, {}", address_pre(i)),
        Format::FpRegister => format!("{m} {fd}, {}", address_register(i)),
        Format::FpLiteral => format!("{m} {fd}, {:#x}", pc.wrapping_add(i.imm)),
        Format::FpPairOffset => format!("{m} {fd}, {fa}, {}", address(i)),
        Format::FpPairPost => format!("{m} {fd}, {fa}, {}", address_post(i)),
        Format::FpPairPre => format!("{m} {fd}, {fa}, {}", address_pre(i)),
        Format::FpReg2 => format!("{m} {fd}, {fn_}"),
        Format::FpReg3 => format!("{m} {fd}, {fn_}, {fm}"),
        Format::FpReg4 => format!("{m} {fd}, {fn_}, {fm}, {fa}"),
        Format::FpConvert => format!("{m} {}, {fn_}", scalar(i.rd, i.option)),
        Format::FpCompare => format!("{m} {fn_}, {fm}"),
        Format::FpCompareZero => format!("{m} {fn_}, #0.0"),
        Format::FpImm => format!("{m} {fd}, {}", number(i.size, i.imm)),
        Format::FpCondCompare => format!("{m} {fn_}, {fm}, #{}, {condition}", i.rd & 15),
        Format::FpSelect => format!("{m} {fd}, {fn_}, {fm}, {condition}"),
        Format::FpToInt => format!("{m} {}, {fn_}", general(i.rd)),
        Format::FpFromInt => format!("{m} {fd}, {}", general(i.rn)),
        Format::FpToTop => format!("{m} {}, v{}.d[1]", reg(i.rd, true), i.rn),
        Format::FpFromTop => format!("{m} v{}.d[1], {}", i.rd, reg(i.rn, true)),
        Format::FpToFixed => format!("{m} {}, {fn_}, #{}", general(i.rd), i.imm),
        Format::FpFromFixed => format!("{m} {fd}, {}, #{}", general(i.rn), i.imm),
        Format::Simd(shape, _) => simd(m, shape, i),
        _ => m.to_owned(),
    }
}

fn simd(m: &str, shape: Shape, i: &Insn) -> String {
    let same = |n: u8| if shape.is_scalar() { scalar(n, i.size) } else { vector(n, i.size, i.option) };
    // For shapes that mix widths: the narrow vector in the chosen half, the full vector of wide elements.
    let narrow = |n: u8| {
        if i.option == 2 { scalar(n, i.size) } else { vector(n, i.size, 3 + i.option) }
    };
    let wide = |n: u8| if i.option == 2 { scalar(n, i.size + 1) } else { vector(n, i.size + 1, 4) };
    let m = if shape.mixes_widths() && i.option == 1 { format!("{m}2") } else { m.to_owned() };
    let (rd, rn, rm) = (i.rd, i.rn, i.rm);
    match shape {
        Shape::Three | Shape::ScalarThree => format!("{m} {}, {}, {}", same(rd), same(rn), same(rm)),
        Shape::Two | Shape::ScalarTwo => format!("{m} {}, {}", same(rd), same(rn)),
        Shape::TwoZero | Shape::ScalarTwoZero => format!("{m} {}, {}, #0", same(rd), same(rn)),
        Shape::TwoZeroFloat | Shape::ScalarTwoZeroFloat => format!("{m} {}, {}, #0.0", same(rd), same(rn)),
        Shape::ScalarPair => format!("{m} {}, {}", scalar(rd, i.size), vector(rn, i.size, i.size + 1)),
        Shape::LongThree | Shape::ScalarLongThree => format!("{m} {}, {}, {}", wide(rd), narrow(rn), narrow(rm)),
        Shape::WideThree => format!("{m} {}, {}, {}", wide(rd), wide(rn), narrow(rm)),
        Shape::NarrowThree => format!("{m} {}, {}, {}", narrow(rd), wide(rn), wide(rm)),
        Shape::PairLong => format!("{m} {}, {}", vector(rd, i.size + 1, i.option), same(rn)),
        Shape::NarrowTwo | Shape::ScalarNarrowTwo => format!("{m} {}, {}", narrow(rd), wide(rn)),
        Shape::LongTwo => format!("{m} {}, {}", wide(rd), narrow(rn)),
        Shape::LongByWidth => format!("{m} {}, {}, #{}", wide(rd), narrow(rn), 8 << i.size),
        Shape::Across => format!("{m} {}, {}", scalar(rd, i.size), same(rn)),
        Shape::AcrossLong => format!("{m} {}, {}", scalar(rd, i.size + 1), same(rn)),
        Shape::Element | Shape::ScalarElement => {
            format!("{m} {}, {}, {}", same(rd), same(rn), element(rm, i.size, i.imm))
        }
        Shape::LongElement | Shape::ScalarLongElement => {
            format!("{m} {}, {}, {}", wide(rd), narrow(rn), element(rm, i.size, i.imm))
        }
        Shape::Dot => {
            let bytes = |n| vector(n, 0, i.option);
            format!("{m} {}, {}, {}", same(rd), bytes(rn), bytes(rm))
        }
        Shape::DotElement => format!("{m} {}, {}, v{rm}.4b[{}]", same(rd), vector(rn, 0, i.option), i.imm),
        Shape::HashWord => format!("{m} {}, {}, {}", scalar(rd, 4), scalar(rn, 2), same(rm)),
        Shape::Hash => format!("{m} {}, {}, {}", scalar(rd, 4), scalar(rn, 4), same(rm)),
        Shape::ShiftRight
        | Shape::ScalarShiftRight
        | Shape::ShiftLeft
        | Shape::ScalarShiftLeft
        | Shape::Fixed
        | Shape::ScalarFixed => format!("{m} {}, {}, #{}", same(rd), same(rn), i.imm),
        Shape::ShiftNarrow | Shape::ScalarShiftNarrow => format!("{m} {}, {}, #{}", narrow(rd), wide(rn), i.imm),
        Shape::ShiftLong => format!("{m} {}, {}, #{}", wide(rd), narrow(rn), i.imm),
        Shape::Immediate => immediate(&m, i),
        Shape::DupElement => format!("{m} {}, {}", same(rd), element(rn, i.size, i.imm)),
        Shape::DupGeneral => format!("{m} {}, {}", same(rd), reg(rn, i.size == 3)),
        Shape::DupScalar => format!("mov {}, {}", same(rd), element(rn, i.size, i.imm)),
        Shape::ToGeneral => {
            let name = if i.op == Op::Umov && i.size >= 2 { "mov" } else { &m };
            format!("{name} {}, {}", reg(rd, i.option == 4), element(rn, i.size, i.imm))
        }
        Shape::InsGeneral => format!("mov {}, {}", element(rd, i.size, i.imm), reg(rn, i.size == 3)),
        Shape::InsElement => {
            format!("mov {}, {}", element(rd, i.size, i.imm & 0xff), element(rn, i.size, i.imm >> 8))
        }
        Shape::Extract => format!("{m} {}, {}, {}, #{}", same(rd), same(rn), same(rm), i.imm),
        Shape::Table => {
            let list = list(rn, i.imm as u8 + 1, "16b");
            format!("{m} {}, {list}, {}", same(rd), same(rm))
        }
        _ => structures(&m, shape, i),
    }
}

/// Consecutive vector registers, in braces.
fn list(first: u8, count: u8, arrangement: &str) -> String {
    let names: Vec<String> = (0..count).map(|n| format!("v{}.{arrangement}", (first + n) & 31)).collect();
    format!("{{ {} }}", names.join(", "))
}

fn structures(m: &str, shape: Shape, i: &Insn) -> String {
    let count = super::exec::simd_memory::registers(i.op);
    let letter = ["b", "h", "s", "d"][i.size as usize & 3];
    let base = reg_sp(i.rn, true);
    let (list, bytes) = match shape {
        Shape::Lane | Shape::LanePost => {
            (format!("{}[{}]", list(i.rd, count, letter), i.imm), u32::from(count) << i.size)
        }
        _ => {
            let arrangement = format!("{}{letter}", 1u32 << (i.option - i.size));
            let element = if matches!(shape, Shape::Replicate | Shape::ReplicatePost) { i.size } else { i.option };
            (list(i.rd, count, &arrangement), u32::from(count) << element)
        }
    };
    if !shape.moves_base() {
        format!("{m} {list}, [{base}]")
    } else if i.rm == 31 {
        format!("{m} {list}, [{base}], #{bytes}")
    } else {
        format!("{m} {list}, [{base}], {}", reg(i.rm, true))
    }
}

fn immediate(m: &str, i: &Insn) -> String {
    let byte = (i.rm & 7) << 5 | i.rn;
    let word = vector(i.rd, 2, i.option);
    let half = vector(i.rd, 1, i.option);
    let shifted = |register: String, by: u32| {
        let suffix = if by == 0 { String::new() } else { format!(", lsl #{by}") };
        format!("{m} {register}, #{byte}{suffix}")
    };
    match i.op {
        Op::MoviWord0 | Op::OrrWord0 | Op::MvniWord0 | Op::BicWord0 => shifted(word, 0),
        Op::MoviWord8 | Op::OrrWord8 | Op::MvniWord8 | Op::BicWord8 => shifted(word, 8),
        Op::MoviWord16 | Op::OrrWord16 | Op::MvniWord16 | Op::BicWord16 => shifted(word, 16),
        Op::MoviWord24 | Op::OrrWord24 | Op::MvniWord24 | Op::BicWord24 => shifted(word, 24),
        Op::MoviHalf0 | Op::OrrHalf0 | Op::MvniHalf0 | Op::BicHalf0 => shifted(half, 0),
        Op::MoviHalf8 | Op::OrrHalf8 | Op::MvniHalf8 | Op::BicHalf8 => shifted(half, 8),
        Op::MoviOnes8 | Op::MvniOnes8 => format!("{m} {word}, #{byte}, msl #8"),
        Op::MoviOnes16 | Op::MvniOnes16 => format!("{m} {word}, #{byte}, msl #16"),
        Op::MoviByte => shifted(vector(i.rd, 0, i.option), 0),
        Op::MoviDouble if i.option == 3 => format!("{m} d{}, #{:#018x}", i.rd, i.imm),
        Op::MoviDouble => format!("{m} v{}.2d, #{:#018x}", i.rd, i.imm),
        Op::FmovSingles => format!("{m} {word}, {}", number(2, i.imm & 0xffff_ffff)),
        _ => format!("{m} v{}.2d, {}", i.rd, number(3, i.imm)),
    }
}
