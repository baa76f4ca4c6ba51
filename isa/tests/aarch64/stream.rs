//! Random programs that stay within their data.

use super::random::Random;
use cmodx_isa::aarch64::format::Format;
use cmodx_isa::aarch64::sysreg::code;
use cmodx_isa::aarch64::table::Row;
use cmodx_isa::aarch64::{Aarch64, Insn, Op, ROWS};
use cmodx_isa::{AccessKind, Class, Isa, RegSet};

/// Registers that hold the middle of the data, besides SP.
pub const POINTERS: [u8; 3] = [20, 21, 22];
/// Holds a small number before an access with an index.
pub const INDEX: u8 = 23;
/// Gathers what FPSR says, from time to time.
pub const STATUS: u8 = 19;
/// FPSR on its way there.
const SCRATCH: u8 = 18;
/// Always holds the middle of the data: the pointers are restored from it.
pub const MIDDLE: u8 = 24;
/// Holds the target of an indirect branch.
pub const TARGET: u8 = 25;

const SP: u8 = 31;

/// Rows that a stream cannot hold, with the reason.
pub fn left_out(row: &Row) -> Option<&'static str> {
    if needs_pauth(row) {
        return Some("undefined without FEAT_PAuth; see pauth.rs");
    }
    match (row.class, row.op) {
        (Class::Exception | Class::TrapReturn, _) => Some("traps, or needs privilege"),
        (_, Op::Wfe | Op::Wfi) => Some("may wait for ever"),
        (_, Op::MsrImm) => Some("needs privilege"),
        (_, Op::Sysl) => Some("has no meaning"),
        _ => None,
    }
}

/// Pointer authentication outside the hint space.
fn needs_pauth(row: &Row) -> bool {
    use Format::*;
    matches!(row.format, Sign | SignZero | SignGeneric | BranchSigned | MemSigned | MemSignedPre)
        || matches!(row.mnemonic, "braaz" | "brabz" | "blraaz" | "blrabz" | "retaa" | "retab" | "eretaa" | "eretab")
}

/// Instructions, and where control transfers in them go.
pub struct Stream {
    pub insns: Vec<Insn>,
    /// The group that a branch goes to or an `adr` points to; 0 for all others.
    targets: Vec<usize>,
    /// Where each group starts: instructions that control must not enter in the middle.
    groups: Vec<usize>,
}

impl Stream {
    /// About `count` random instructions of every row.
    pub fn new(random: &mut Random, count: usize) -> Stream {
        let rows: Vec<&Row> = ROWS.iter().filter(|row| left_out(row).is_none()).collect();
        let mut stream = Stream { insns: Vec::new(), targets: Vec::new(), groups: Vec::new() };
        while stream.insns.len() < count {
            let row = random.pick(&rows);
            let word = row.pattern.bits | random.next() as u32 & !(row.pattern.mask | row.pattern.ignored);
            let mut insn = Aarch64::decode(word);
            if insn.op == row.op && tame(random, row, &mut insn) {
                stream.add(random, row, insn);
            }
        }
        // Where the last branches land.
        for _ in 0..8 {
            stream.groups.push(stream.insns.len());
            stream.push(Aarch64::decode(NOP), 0);
        }
        stream
    }

    fn push(&mut self, insn: Insn, target: usize) {
        self.insns.push(insn);
        self.targets.push(target);
    }

    /// Adds an instruction with what must stand around it.
    fn add(&mut self, random: &mut Random, row: &Row, insn: Insn) {
        self.groups.push(self.insns.len());
        let ahead = self.groups.len() + random.below(5) as usize;
        match row.class {
            Class::Branch | Class::Jump | Class::Call => self.push(insn, ahead),
            Class::IndirectJump | Class::IndirectCall | Class::Return => {
                self.push(Insn { rd: TARGET, ..Aarch64::decode(ADR) }, ahead);
                self.push(Insn { rn: TARGET, ..insn }, 0);
            }
            Class::LoadExclusive | Class::StoreExclusive => self.add_exclusive(random, row, insn),
            _ => {
                if indexed(row.format) {
                    self.push(index_value(random, &insn), 0);
                }
                let moves_base = insn.rn == SP || POINTERS.contains(&insn.rn);
                self.push(insn, 0);
                let written = Aarch64::operands(&insn).writes;
                if moves_base && written.0 & RegSet::int(insn.rn).0 != 0 && touches_memory(row) {
                    // add Xn|SP, x24, #0
                    self.push(Insn { rd: insn.rn, rn: MIDDLE, ..Aarch64::decode(ADD_ZERO) }, 0);
                }
                if row.format.uses_vectors() && random.below(4) == 0 {
                    self.gather_status();
                }
            }
        }
    }

    /// The flags of FPSR go into a checksum, and start anew.
    fn gather_status(&mut self) {
        self.push(Insn { rd: SCRATCH, ..Aarch64::decode(MRS_FPSR) }, 0);
        self.push(Insn { rd: STATUS, rn: STATUS, rm: SCRATCH, ..Aarch64::decode(CRC32X) }, 0);
        self.push(Aarch64::decode(MSR_FPSR_XZR), 0);
    }

    /// A load-exclusive, sometimes a store between, and the store-exclusive of the same size.
    fn add_exclusive(&mut self, random: &mut Random, row: &Row, insn: Insn) {
        let pair = matches!(row.format, Format::LoadExclusivePair | Format::StoreExclusivePair);
        let ops = if pair { [Op::Ldxp, Op::Stxp] } else { [Op::Ldxr, Op::Stxr] };
        let loads = matches!(row.format, Format::LoadExclusive | Format::LoadExclusivePair);
        let other = |op: Op| {
            let word = ROWS[op as usize].pattern.bits;
            Insn { rn: insn.rn, size: insn.size, rm: 31, ra: 31, ..Aarch64::decode(word) }
        };
        let load = if loads { insn } else { Insn { rd: 1, ra: 2, ..other(ops[0]) } };
        let store = if loads { Insn { rm: 3, rd: 4, ra: 5, ..other(ops[1]) } } else { insn };
        self.push(load, 0);
        if random.below(4) == 0 {
            self.push(Insn { rd: 6, rn: insn.rn, ..Aarch64::decode(STRB) }, 0);
        }
        self.push(store, 0);
    }

    /// The first `count` instructions as bytes.
    pub fn assemble(&self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, insn) in self.insns[..count].iter().enumerate() {
            let mut insn = *insn;
            if self.targets[index] != 0 {
                // A target beyond the part that is wanted becomes its end.
                let to = self.groups[self.targets[index]].min(count);
                insn.imm = 4 * (to - index) as u64;
            }
            bytes.extend_from_slice(&insn.encode().to_le_bytes());
        }
        bytes
    }
}

const MRS_FPSR: u32 = 0xd53b_4420;
const MSR_FPSR_XZR: u32 = 0xd51b_443f;
const CRC32X: u32 = 0x9ac0_4c00;
const NOP: u32 = 0xd503_201f;
const ADR: u32 = 0x1000_0000;
const ADD_ZERO: u32 = 0x9100_0000;
const STRB: u32 = 0x3900_0000;
const MOVZ: u32 = 0xd280_0000;
const MOVN: u32 = 0x9280_0000;

fn indexed(format: Format) -> bool {
    matches!(format, Format::MemRegister | Format::FpRegister)
}

fn touches_memory(row: &Row) -> bool {
    matches!(
        row.class,
        Class::Load
            | Class::LoadPair
            | Class::Store
            | Class::StorePair
            | Class::Atomic
            | Class::LoadExclusive
            | Class::StoreExclusive
            | Class::SimdStruct
    )
}

/// A small number for the index register; negative where the instruction extends it with its sign.
fn index_value(random: &mut Random, insn: &Insn) -> Insn {
    const UXTW: u8 = 2;
    if insn.option != UXTW && random.below(2) == 0 {
        Insn { rd: INDEX, imm: random.below(0x200), ..Aarch64::decode(MOVN) }
    } else {
        Insn { rd: INDEX, imm: random.below(0x800), ..Aarch64::decode(MOVZ) }
    }
}

/// Changes operands so that the instruction stays within the data and is defined; false when it cannot be used.
fn tame(random: &mut Random, row: &Row, insn: &mut Insn) -> bool {
    let literal = matches!(row.format, Format::Literal | Format::FpLiteral);
    if touches_memory(row) && !literal {
        insn.rn = random.pick(&[POINTERS[0], POINTERS[1], POINTERS[2], SP]);
    }
    match row.format {
        Format::MemRegister | Format::FpRegister => insn.rm = INDEX,
        // The epilogue is longer than this.
        Format::Literal | Format::FpLiteral => insn.imm = 4 * random.below(8),
        // Ordered accesses are aligned.
        Format::RcpcUnscaled => insn.imm &= !7,
        Format::Msr | Format::Mrs => {
            let nzcv = code(3, 3, 4, 2, 0);
            let fpsr = code(3, 3, 4, 4, 1);
            insn.imm = u64::from(random.pick(&[nzcv, fpsr]));
            // QEMU keeps AArch32's flags in FPSR too: only zero is the same everywhere.
            if row.op == Op::Msr && insn.imm == u64::from(fpsr) {
                insn.rd = 31;
            }
            *insn = Aarch64::decode(insn.encode());
        }
        Format::Sys => {
            insn.imm = u64::from(random.pick(&[code(1, 3, 7, 11, 1), code(1, 3, 7, 5, 1), code(1, 3, 7, 14, 1)]));
            insn.rd = random.pick(&POINTERS);
        }
        _ => {}
    }
    let operands = Aarch64::operands(insn);
    let reserved = [INDEX, MIDDLE, TARGET, STATUS, SCRATCH]
        .iter()
        .chain(&POINTERS)
        .fold(RegSet::int(SP), |all, &n| all.with(RegSet::int(n)));
    let integer_writeback = matches!(row.format, Format::MemPost | Format::MemPre | Format::PairPost | Format::PairPre);
    let vector_writeback = match row.format {
        Format::FpPost | Format::FpPre | Format::FpPairPost | Format::FpPairPre => true,
        Format::Simd(shape, _) => shape.moves_base(),
        _ => false,
    };
    let writeback = integer_writeback || vector_writeback;
    let written = operands.writes.0 & !if writeback { RegSet::int(insn.rn).0 } else { 0 };
    if written & reserved.0 != 0 {
        return false;
    }
    // What a base register that is also transferred becomes, and a pair loaded twice, is left to the implementation.
    if integer_writeback && (insn.rd == insn.rn || insn.ra == insn.rn) {
        return false;
    }
    if row.class == Class::LoadPair || row.format == Format::LoadExclusivePair {
        return insn.rd != insn.ra;
    }
    if row.class == Class::StoreExclusive {
        let pair = row.format == Format::StoreExclusivePair;
        return insn.rm != insn.rd && insn.rm != insn.rn && !(pair && insn.rm == insn.ra);
    }
    operands.access != AccessKind::Atomic || insn.rn != SP || insn.rm != SP
}
