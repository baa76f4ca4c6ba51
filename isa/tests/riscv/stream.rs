//! Random straight-line programs that stay within their data.

use super::random::Random;
use cmodx_isa::Class;
use cmodx_isa::riscv::format::{Bank, Operand, Slot};
use cmodx_isa::riscv::{Insn, Op, compressed, csr, table};

/// Registers that hold the middle of the data; the stream never changes them for long.
pub const POINTERS: [u8; 3] = [2, 8, 9];

/// What runs the streams besides this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oracle {
    Qemu,
    Spike,
}

/// Extensions that QEMU 7.2 does not have: Zfa, Zicond, Zicbom, Zicboz, Zawrs, Zacas, Zabha.
const QEMU_LACKS: &[&str] = &[
    "fli.",
    "fminm.",
    "fmaxm.",
    "fround",
    "fleq.",
    "fltq.",
    "fcvtmod.",
    "czero.",
    "cbo.",
    "wrs.",
    "amocas.",
    "amoswap.b",
    "amoswap.h",
    "amoadd.b",
    "amoadd.h",
    "amoxor.b",
    "amoxor.h",
    "amoand.b",
    "amoand.h",
    "amoor.b",
    "amoor.h",
    "amomin.b",
    "amomin.h",
    "amomax.b",
    "amomax.h",
    "amominu.b",
    "amominu.h",
    "amomaxu.b",
    "amomaxu.h",
];

/// Mnemonics of Zcb, which QEMU 7.2 does not have either.
const ZCB: &[&str] = &[
    "c.lbu", "c.lhu", "c.lh", "c.sb", "c.sh", "c.mul", "c.zext.b", "c.sext.b", "c.zext.h", "c.sext.h", "c.zext.w",
    "c.not",
];

/// Rows that a stream cannot hold, with the reason.
pub fn left_out(row: &table::Row, oracle: Oracle) -> Option<&'static str> {
    let lacks = |start: &&str| row.mnemonic.starts_with(*start);
    match row.class {
        Class::Exception | Class::TrapReturn | Class::TlbOp => Some("traps, or needs privilege"),
        _ if oracle == Oracle::Qemu && QEMU_LACKS.iter().any(lacks) => Some("QEMU 7.2 does not know it"),
        Class::Hint if row.op == Op::Wfi => Some("needs privilege"),
        Class::LoadExclusive | Class::StoreExclusive if oracle == Oracle::Spike => {
            Some("Spike ends reservations with its slices of time")
        }
        _ => None,
    }
}

/// The same of 16-bit rows.
pub fn short_left_out(row: &compressed::Row, oracle: Oracle) -> Option<&'static str> {
    match row.op {
        Op::Illegal => Some("reserved"),
        Op::Ebreak => Some("traps"),
        _ if oracle == Oracle::Qemu && ZCB.contains(&row.mnemonic) => Some("QEMU 7.2 does not know it"),
        _ => None,
    }
}

/// Instructions, and where control transfers in them go: by index, as lengths differ.
pub struct Stream {
    pub insns: Vec<Insn>,
    /// The group that a branch or jump goes to; 0 for all others.
    targets: Vec<usize>,
    /// Where each group starts: instructions that control must not enter in the middle.
    groups: Vec<usize>,
}

impl Stream {
    /// About `count` random instructions of every row that the oracle knows.
    pub fn new(random: &mut Random, count: usize, oracle: Oracle) -> Stream {
        let wide: Vec<&table::Row> = table::ROWS.iter().filter(|row| left_out(row, oracle).is_none()).collect();
        let short: Vec<usize> =
            (0..compressed::ROWS.len()).filter(|&n| short_left_out(&compressed::ROWS[n], oracle).is_none()).collect();
        let mut stream = Stream { insns: Vec::new(), targets: Vec::new(), groups: Vec::new() };
        while stream.insns.len() < count {
            if random.below(4) == 0 {
                let number = random.pick(&short);
                let row = &compressed::ROWS[number];
                let insn = Insn { len: 2, aux: number as u8, ..Insn::new(row.op) };
                let insn = with_operands(random, insn, row.format.operands);
                stream.add(random, insn);
            } else {
                let row = random.pick(&wide);
                let insn = with_operands(random, Insn::new(row.op), row.format.operands);
                stream.add(random, insn);
            }
        }
        // Where the last branches land.
        for _ in 0..8 {
            stream.groups.push(stream.insns.len());
            stream.push(Insn::new(Op::Addi), 0);
        }
        stream
    }

    fn push(&mut self, insn: Insn, target: usize) {
        self.insns.push(insn);
        self.targets.push(target);
    }

    /// Adds an instruction with what must stand around it.
    fn add(&mut self, random: &mut Random, mut insn: Insn) {
        let row = &table::ROWS[insn.op as usize];
        self.groups.push(self.insns.len());
        let ahead = self.groups.len() + random.below(5) as usize;
        match row.class {
            Class::Branch | Class::Jump => self.push(insn, ahead),
            Class::IndirectJump => {
                // auipc, addi: the address of an instruction ahead of the jump itself.
                let through = random.pick(&[10, 11, 12, 13, 14, 15]);
                let load_pc = Insn { rd: through, ..Insn::new(Op::Auipc) };
                let add = Insn { rd: through, rs1: through, ..Insn::new(Op::Addi) };
                self.push(load_pc, 0);
                self.push(add, ahead);
                insn.rs1 = through;
                insn.imm = 0;
                self.push(insn, 0);
            }
            Class::LoadExclusive => {
                self.push(insn, 0);
                let store = if insn.op == Op::LrW { Op::ScW } else { Op::ScD };
                // What a store-conditional of another size does is left to the implementation.
                let conditional = Insn { op: store, rd: register(random, true), rs2: register(random, false), ..insn };
                if random.below(4) == 0 {
                    self.push(Insn { rs1: insn.rs1, rs2: register(random, false), ..Insn::new(Op::Sb) }, 0);
                }
                self.push(conditional, 0);
            }
            Class::System => {
                // The rounding mode only by immediates that are none of the reserved modes.
                insn.imm = csr::FFLAGS as i64;
                if insn.op == Op::Csrrwi && random.below(2) == 0 {
                    insn.imm = csr::FRM as i64;
                    insn.rs1 %= 5;
                }
                self.push(insn, 0);
            }
            _ if is_float(row.class) => {
                // Fresh operands, as registers soon hold nothing but infinities and NaNs.
                for operand in row.format.operands {
                    if let Operand::Reg(Bank::Float, slot, _) = *operand
                        && slot != Slot::Rd
                        && random.below(2) == 0
                    {
                        let rd = match slot {
                            Slot::Rs1 => insn.rs1,
                            Slot::Rs2 => insn.rs2,
                            _ => insn.rs3,
                        };
                        let imm = 8 * random.below(512) as i64 - 2048;
                        self.push(Insn { rd, rs1: random.pick(&POINTERS), imm, ..Insn::new(Op::Fld) }, 0);
                    }
                }
                self.push(insn, 0);
                if random.below(2) == 0 {
                    // Reads the flags and clears them, lest those of one instruction hide in those of the others.
                    let rd = register(random, true);
                    self.push(Insn { rd, imm: csr::FFLAGS as i64, ..Insn::new(Op::Csrrwi) }, 0);
                }
            }
            _ if insn.op == Op::Ctzw => {
                // QEMU before 8.0 counts on beyond a word of zeroes; with a sign-extended word it cannot.
                insn.rs1 = register(random, true);
                self.push(Insn { rd: insn.rs1, rs1: insn.rs1, ..Insn::new(Op::Addiw) }, 0);
                self.push(insn, 0);
            }
            _ if insn.rd == 2 && row.op == Op::Addi && insn.len == 2 && insn.rs1 == 2 => {
                // c.addi16sp, and back again.
                insn.imm = insn.imm.clamp(-496, 496);
                self.push(insn, 0);
                self.push(Insn { imm: -insn.imm, ..insn }, 0);
            }
            _ => self.push(insn, 0),
        }
    }

    /// The first `count` instructions as bytes.
    pub fn assemble(&self, count: usize) -> Vec<u8> {
        let mut offsets = Vec::with_capacity(count + 1);
        let mut offset = 0i64;
        for insn in &self.insns {
            offsets.push(offset);
            offset += insn.len as i64;
        }
        let end = offsets.get(count).copied().unwrap_or(offset);
        let mut bytes = Vec::new();
        for (index, insn) in self.insns[..count].iter().enumerate() {
            let mut insn = *insn;
            let target = self.targets[index];
            if target != 0 {
                let from = if insn.op == Op::Addi { index - 1 } else { index };
                // A target beyond the part that is wanted becomes its end.
                let to = offsets[self.groups[target]].min(end);
                insn.imm = to - offsets[from];
            }
            let word = insn.encode().unwrap_or_else(|error| panic!("{error}"));
            bytes.extend_from_slice(&word.to_le_bytes()[..insn.len as usize]);
        }
        bytes
    }
}

/// True for arithmetic on floating-point numbers.
fn is_float(class: Class) -> bool {
    (Class::FpMove..=Class::FpDiv64).contains(&class)
}

/// A register: a destination is none of the pointers.
fn register(random: &mut Random, written: bool) -> u8 {
    loop {
        let number = random.below(32) as u8;
        if !written || !POINTERS.contains(&number) {
            return number;
        }
    }
}

/// The instruction with random operands that keep the stream within its data, and that do not make it another one.
fn with_operands(random: &mut Random, insn: Insn, operands: &[Operand]) -> Insn {
    loop {
        let mut filled = insn;
        fill(random, &mut filled, operands);
        if filled.encode().is_ok() {
            return filled;
        }
    }
}

/// Gives every operand a random value.
fn fill(random: &mut Random, insn: &mut Insn, operands: &[Operand]) {
    let class = table::ROWS[insn.op as usize].class;
    let memory = matches!(
        class,
        Class::Load | Class::Store | Class::Atomic | Class::LoadExclusive | Class::StoreExclusive | Class::CacheOp
    );
    for operand in operands {
        match *operand {
            Operand::Reg(_, Slot::Rs1, _) if memory => insn.rs1 = random.pick(&POINTERS),
            Operand::Popular(_, Slot::Rs1, _) if memory => insn.rs1 = random.pick(&POINTERS[1..]),
            Operand::Reg(bank, slot, _) => {
                let number = match bank {
                    Bank::Int => register(random, matches!(slot, Slot::Rd | Slot::RdRs1)),
                    Bank::Pair => 10 + 2 * random.below(11) as u8,
                    Bank::Float | Bank::Number => random.below(32) as u8,
                };
                put(insn, slot, number);
            }
            Operand::Popular(bank, slot, _) => {
                let written = bank == Bank::Int && matches!(slot, Slot::Rd | Slot::RdRs1);
                let number = if written { 10 + random.below(6) } else { 8 + random.below(8) };
                put(insn, slot, number as u8);
            }
            Operand::ReadsRd(_) => {}
            Operand::Implied(_, slot, number) => put(insn, slot, number),
            Operand::Imm(place) | Operand::NonZero(place) => insn.imm = place.extract(random.next() as u32),
            Operand::Constant(value) => insn.imm = value,
            Operand::Order => insn.aux = random.below(4) as u8,
            Operand::Rounding => insn.aux = random.pick(&[0, 1, 2, 3, 4, 7]),
        }
    }
}

fn put(insn: &mut Insn, slot: Slot, number: u8) {
    match slot {
        Slot::Rd => insn.rd = number,
        Slot::Rs1 => insn.rs1 = number,
        Slot::Rs2 => insn.rs2 = number,
        Slot::Rs3 => insn.rs3 = number,
        Slot::RdRs1 => (insn.rd, insn.rs1) = (number, number),
    }
}
