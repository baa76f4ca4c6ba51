//! The shortcuts of the timed machine change no cycle: with and without them, random programs on several harts that share lines,
//! interrupt each other and fence end in the same state at the same cycles.

use cmodx_isa::riscv::{Insn, Op, Reg, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::timed::{End, Limits, Machine, Stats};

const BASE: u64 = 0x8000_0000;
const HARTS: usize = 4;
const HANDLER: i64 = 0x800;
const DATA: i64 = 0x1_0000;
/// CLINT: one word a hart that raises its software interrupt.
const MSIP: i64 = 0x200_0000;
const MSTATUS: i64 = 0x300;
const MIE: i64 = 0x304;
const MTVEC: i64 = 0x305;
const MHARTID: i64 = 0xf14;

fn x(number: u8) -> Reg {
    Reg::new(number).unwrap()
}

/// A sequence of numbers that only depends on its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// QEMU's test finisher.
const FINISHER: i64 = 0x10_0000;
/// What ends the run when the finisher gets it.
const PASS: i64 = 0x5555;

/// x8: shared data; x9: this hart's msip; x18: the next hart's msip; x20: 1; x21: hart 2's msip. Then a loop of random instructions,
/// which hart 2 leaves after 150 rounds, and ends the run.
fn program(seed: u64) -> Vec<u8> {
    let mut code = vec![
        asm::auipc(x(8), DATA),
        asm::i(Op::Csrrs, x(9), Reg::ZERO, MHARTID),
        asm::addi(x(18), x(9), 1),
        asm::i(Op::Andi, x(18), x(18), HARTS as i64 - 1),
        asm::i(Op::Slli, x(9), x(9), 2),
        asm::i(Op::Slli, x(18), x(18), 2),
        asm::lui(x(19), MSIP),
        asm::r(Op::Add, x(9), x(9), x(19)),
        asm::r(Op::Add, x(18), x(18), x(19)),
        asm::lui(x(19), BASE as i32 as i64),
        asm::i(Op::Slli, x(19), x(19), 32),
        asm::i(Op::Srli, x(19), x(19), 32),
        asm::addi(x(19), x(19), HANDLER - 1),
        asm::addi(x(19), x(19), 1),
        asm::i(Op::Csrrw, Reg::ZERO, x(19), MTVEC),
        asm::addi(x(19), Reg::ZERO, 8),
        asm::i(Op::Csrrw, Reg::ZERO, x(19), MIE),
        asm::i(Op::Csrrs, Reg::ZERO, x(19), MSTATUS),
        asm::addi(x(20), Reg::ZERO, 1),
        asm::lui(x(21), MSIP),
        asm::addi(x(21), x(21), 8),
    ];
    let mut random = Random(seed);
    let start = code.len() as i64;
    for _ in 0..300 {
        code.push(instruction(&mut random));
    }
    // Branches near the end skip to here, not beyond the loop.
    code.extend([asm::nop(); 4]);
    code.extend([
        asm::addi(x(22), x(22), 1),
        asm::i(Op::Sltiu, x(23), x(22), 150),
        asm::s(Op::Bne, x(23), Reg::ZERO, 24),
        asm::s(Op::Bne, x(9), x(21), 20),
        asm::lui(x(24), FINISHER),
        asm::lui(x(25), PASS & !0xfff),
        asm::addi(x(25), x(25), PASS & 0xfff),
        asm::s(Op::Sw, x(24), x(25), 0),
    ]);
    let back = 4 * (start - code.len() as i64);
    code.push(asm::jal(Reg::ZERO, back));
    let mut bytes = Vec::new();
    let encode = |insn: &Insn| insn.encode().unwrap().to_le_bytes();
    bytes.extend(encode(&code.remove(0)));
    if seed % 2 == 1 {
        // One c.nop: from here on instructions cross lines.
        bytes.extend(1u16.to_le_bytes());
    }
    bytes.extend(code.iter().flat_map(encode));
    assert!(bytes.len() < HANDLER as usize, "{}", bytes.len());
    bytes.resize(HANDLER as usize, 0);
    let handler = [asm::s(Op::Sw, x(9), Reg::ZERO, 0), asm::addi(x(28), x(28), 1), Insn::new(Op::Mret)];
    bytes.extend(handler.iter().flat_map(encode));
    bytes
}

fn instruction(random: &mut Random) -> Insn {
    let mut register = || x(10 + random.below(7) as u8);
    let (a, b, c) = (register(), register(), register());
    let offset = 8 * random.below(64) as i64;
    match random.below(40) {
        0..=7 => asm::r(Op::Add, a, b, c),
        8..=10 => asm::r(Op::Xor, a, b, c),
        11 => asm::r(Op::Mul, a, b, c),
        12 => asm::r(Op::Divu, a, b, c),
        13..=18 => asm::ld(a, x(8), offset),
        19..=24 => asm::sd(a, x(8), offset),
        25 => asm::s(Op::Sb, x(8), a, offset + 3),
        26 => asm::i(Op::Lw, a, x(8), offset + 2),
        27..=32 => asm::s(Op::Bltu, a, b, 4 * (1 + random.below(4) as i64)),
        33 => asm::amo(Op::AmoaddD, a, b, x(8), 3),
        34 => asm::amo(Op::LrD, a, Reg::ZERO, x(8), 0),
        35 => asm::amo(Op::ScD, a, b, x(8), 0),
        36 => asm::fence_i(),
        37 => asm::s(Op::Sw, x(18), x(20), 0),
        38 => asm::i(Op::Csrrs, a, Reg::ZERO, 0xb00),
        _ => asm::addi(a, b, offset - 256),
    }
}

/// What can be seen of a machine after this many instructions, or at its end: of each hart its counters, clock and pc.
fn run(core: &CoreModel, seed: u64, plainly: bool, most: u64) -> (End, Vec<(Stats, u64, u64)>) {
    let image = Image::flat(cmodx_isa::Arch::Riscv64, BASE, program(seed));
    let board = RiscvVirt::new(HARTS, Options { firmware: false, ..Options::default() });
    let mut machine = Machine::new(core, HARTS, 1 << 20, board, &image).unwrap();
    if plainly {
        machine.run_plainly();
    }
    let end = machine.run(Limits { instructions: most, ..Limits::NONE });
    let harts = (0..HARTS as u16).map(HartId);
    (end, harts.map(|hart| (machine.stats(hart), machine.now(hart).0, machine.pc(hart))).collect())
}

#[test]
fn shortcuts_change_no_cycle_of_random_programs() {
    for name in ["sifive-u74", "spacemit-x60", "ideal"] {
        let incoherent = CoreModel::built_in(name).unwrap();
        let mut coherent = incoherent.clone();
        coherent.coherence.dic = true;
        for core in [&incoherent, &coherent] {
            for seed in 0..12 {
                // One run is cut short, the other ends itself.
                let (end, fast) = run(core, seed, false, 40_000 + seed);
                assert_eq!(
                    (end.clone(), &fast),
                    (End::Limit, &run(core, seed, true, 40_000 + seed).1),
                    "{name}, seed {seed}"
                );
                let whole = run(core, seed, false, u64::MAX);
                assert_eq!(whole.0, End::Exit { code: 0 });
                assert_eq!(whole, run(core, seed, true, u64::MAX), "{name}, seed {seed}, whole");
                let of_all = |count: fn(&Stats) -> u64| fast.iter().map(|(stats, ..)| count(stats)).sum::<u64>();
                assert!(of_all(|s| s.interrupts) > 0 && of_all(|s| s.mispredicts) > 0, "{name}, seed {seed}");
                assert_eq!(of_all(|s| s.exceptions), 0, "{name}, seed {seed}");
            }
        }
    }
}
