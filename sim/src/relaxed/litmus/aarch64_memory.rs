//! Loads, stores and atomics, for the assembler of A64.

use super::aarch64::{Fields, Index, Operand, Word, encode};
use cmodx_isa::aarch64::format::Format;
use cmodx_isa::aarch64::insn::{ACQUIRE, RCPC, RELEASE};

pub(super) fn transfer(mnemonic: &str, operands: &[Operand]) -> Word {
    use Operand::{Memory, Number, Register};
    let unscaled = mnemonic.strip_prefix("ldr").map(|s| format!("ldur{s}"));
    let unscaled = unscaled.or(mnemonic.strip_prefix("str").map(|s| format!("stur{s}")));
    Some(match operands {
        [Register { n, wide }, Memory { base, index }] => {
            let fields = Fields { rd: *n, rn: *base, size: *wide as u8, ..Fields::default() };
            match index {
                Index::Offset(offset) => {
                    let fields = Fields { imm: *offset as u64, ..fields };
                    let rcpc = if mnemonic.starts_with("stl") { RELEASE } else { ACQUIRE | RCPC };
                    encode(mnemonic, Format::MemUnsigned, fields)
                        .or_else(|_| encode(mnemonic, Format::MemUnscaled, fields))
                        .or_else(|_| encode(unscaled.as_deref().unwrap_or(mnemonic), Format::MemUnscaled, fields))
                        .or_else(|_| encode(mnemonic, Format::RcpcUnscaled, Fields { option: rcpc, ..fields }))
                        .or_else(|what| if *offset == 0 { ordered(mnemonic, *n, *wide, *base) } else { Err(what) })
                }
                Index::Pre(offset) => encode(mnemonic, Format::MemPre, Fields { imm: *offset as u64, ..fields }),
                Index::Register { n, option, shift } => {
                    let imm = shift.unwrap_or(0) as u64;
                    let fields = Fields { rm: Some(*n), option: *option, imm, ..fields };
                    encode(mnemonic, Format::MemRegister, fields)
                }
            }
        }
        [Register { n, wide }, Memory { base, index: Index::Offset(0) }, Number(offset)] => {
            let fields = Fields { rd: *n, rn: *base, size: *wide as u8, imm: *offset as u64, ..Fields::default() };
            encode(mnemonic, Format::MemPost, fields)
        }
        [Register { n, wide }, Register { n: second, wide: same }, Memory { base, index }]
            if wide == same && matches!(mnemonic, "ldp" | "stp" | "ldnp" | "stnp" | "ldpsw") =>
        {
            let fields = Fields { rd: *n, rn: *base, ra: Some(*second), size: *wide as u8, ..Fields::default() };
            match index {
                Index::Offset(o) => encode(mnemonic, Format::PairOffset, Fields { imm: *o as u64, ..fields }),
                Index::Pre(o) => encode(mnemonic, Format::PairPre, Fields { imm: *o as u64, ..fields }),
                Index::Register { .. } => return None,
            }
        }
        _ => return None,
    })
}

/// Splits `b` or `h` off a mnemonic; the size of the access.
fn sized(mnemonic: &str, wide: bool) -> (&str, u8) {
    if let Some(base) = mnemonic.strip_suffix('b') {
        return (base, 0);
    }
    if let Some(base) = mnemonic.strip_suffix('h') {
        return (base, 1);
    }
    (mnemonic, 2 + wide as u8)
}

/// LDAR, STLR, LDAPR, LDXR and the like, and STADD and its kin.
fn ordered(mnemonic: &str, rt: u8, wide: bool, rn: u8) -> Result<u32, String> {
    let (base, size) = sized(mnemonic, wide);
    let fields = Fields { rd: rt, rn, size, ..Fields::default() };
    match base {
        "ldar" | "ldlar" => encode(base, Format::Ordered, Fields { option: ACQUIRE, ..fields }),
        "stlr" | "stllr" => encode(base, Format::Ordered, Fields { option: RELEASE, ..fields }),
        "ldapr" => encode(base, Format::Rcpc, Fields { option: ACQUIRE | RCPC, ..fields }),
        "ldxr" => encode(base, Format::LoadExclusive, fields),
        "ldaxr" => encode(base, Format::LoadExclusive, Fields { option: ACQUIRE, ..fields }),
        _ if mnemonic.starts_with("st") => {
            read_modify_write(&format!("ld{}", &base[2..]), rt, 31, Fields { rd: 31, ..fields })
        }
        _ => Err(format!("instruction {mnemonic}")),
    }
}

pub(super) fn atomic(mnemonic: &str, operands: &[Operand]) -> Word {
    use Operand::{Memory, Register};
    let (registers, base) = match operands {
        [registers @ .., Memory { base, index: Index::Offset(0) }] => (registers, *base),
        _ => return None,
    };
    let numbers: Option<Vec<(u8, bool)>> =
        registers.iter().map(|r| if let Register { n, wide } = r { Some((*n, *wide)) } else { None }).collect();
    let numbers = numbers?;
    let &(last, wide) = numbers.last()?;
    let (name, size) = sized(mnemonic, wide);
    let fields = Fields { rn: base, size, ..Fields::default() };
    Some(match (name, &numbers[..]) {
        ("stxr" | "stlxr", [(status, false), (rt, _)]) => {
            let option = if name == "stlxr" { RELEASE } else { 0 };
            encode(name, Format::StoreExclusive, Fields { rd: *rt, rm: Some(*status), option, ..fields })
        }
        ("ldxp" | "ldaxp", [(rt, _), (rt2, _)]) => {
            let option = if name == "ldaxp" { ACQUIRE } else { 0 };
            encode(name, Format::LoadExclusivePair, Fields { rd: *rt, ra: Some(*rt2), option, ..fields })
        }
        ("stxp" | "stlxp", [(status, false), (rt, _), (rt2, _)]) => {
            let option = if name == "stlxp" { RELEASE } else { 0 };
            let fields = Fields { rd: *rt, ra: Some(*rt2), rm: Some(*status), option, ..fields };
            encode(name, Format::StoreExclusivePair, fields)
        }
        (_, [(rs, first), _]) if *first == wide => read_modify_write(name, *rs, last, fields),
        _ => return None,
    })
}

/// CAS, SWP, LDADD and the like, with the ordering that ends their names.
fn read_modify_write(mnemonic: &str, rs: u8, rt: u8, fields: Fields) -> Result<u32, String> {
    let orders = [("al", ACQUIRE | RELEASE), ("a", ACQUIRE), ("l", RELEASE), ("", 0)];
    for (suffix, option) in orders {
        let Some(base) = mnemonic.strip_suffix(suffix) else { continue };
        for format in [Format::Atomic, Format::Cas] {
            let fields = Fields { rd: rt, rm: Some(rs), option, ..fields };
            if let Ok(word) = encode(base, format, fields) {
                return Ok(word);
            }
        }
    }
    Err(format!("instruction {mnemonic}"))
}
