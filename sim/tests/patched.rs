//! Code that is patched while it runs, with and without timing: with and without shortcuts, machines whose copies go stale end in the
//! same state at the same cycles, with the same bytes in memory. Nor does the sanitizer change anything, which reports the same with and
//! without shortcuts; and every fetch reads what the architecture lets it read.

use cmodx_isa::Arch;
use cmodx_isa::riscv::{Insn, Op, Reg, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::sanitizer::Race;
use cmodx_sim::timed::{End, Limits, Machine, Stats};

const HARTS: usize = 2;
/// Where a program has its trap handler, the code that is patched, and its data.
const HANDLER: usize = 0x200;
const AREA: usize = 0x400;
const DATA: usize = 0x600;
const BYTES: usize = 0x1000;
/// Words of the patched code.
const WORDS: usize = 32;
/// The multiplier and the addend of the programs' own random numbers.
const RANDOM: [u64; 2] = [6_364_136_223_846_793_005, 1_442_695_040_888_963_407];

/// What can be seen of a machine: of each hart its counters, clock and pc; and the program's bytes. A limit leaves stores where they
/// are, so that with timing the bytes count only where nothing is stored any more.
type Seen = (Vec<(Stats, u64, u64)>, Vec<u8>);

/// How a machine runs.
#[derive(Clone, Copy, Debug)]
struct Mode {
    timed: bool,
    plainly: bool,
    most: u64,
    watch: Watch,
}

/// Who watches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    Nobody,
    Sanitizer,
    Refinement,
}

fn run<B: Board>(core: &CoreModel, board: B, image: &Image, base: u64, mode: Mode) -> (Seen, Vec<Race>) {
    let mut machine = Machine::new(core, HARTS, 1 << 20, board, image).unwrap();
    if !mode.timed {
        machine = machine.without_timing();
    }
    if mode.plainly {
        machine.run_plainly();
    }
    match mode.watch {
        Watch::Nobody => {}
        Watch::Sanitizer => machine.sanitize(),
        Watch::Refinement => machine.check_refinement(0..u64::MAX),
    }
    // Ends of slices fall anywhere in a block.
    for most in [mode.most / 3, mode.most] {
        assert_eq!(machine.run(Limits { instructions: most, ..Limits::NONE }), End::Limit);
    }
    let harts = (0..HARTS as u16).map(HartId);
    let harts = harts.map(|hart| (machine.stats(hart), machine.now(hart).0, machine.pc(hart))).collect();
    if let Some(refinement) = machine.refinement() {
        assert!(refinement.checked() > 100, "{} fetches of what was stored to", refinement.checked());
        assert_eq!(refinement.violations().first(), None, "{}, {mode:?}", core.name);
    }
    let races = machine.sanitizer().map(|s| s.races().copied().collect()).unwrap_or_default();
    ((harts, machine.ram().slice(base, BYTES as u64).unwrap().to_vec()), races)
}

/// Shortcuts change nothing of this program with and without timing; counters of all harts without timing.
fn same_with_shortcuts<B: Board>(
    core: &CoreModel,
    board: impl Fn() -> B,
    image: &Image,
    base: u64,
    seed: u64,
) -> Stats {
    let mut all = Stats::default();
    for timed in [true, false] {
        let mode = Mode { timed, plainly: false, most: 30_000 + seed, watch: Watch::Nobody };
        let (fast, _) = run(core, board(), image, base, mode);
        let (plain, _) = run(core, board(), image, base, Mode { plainly: true, ..mode });
        assert_eq!(fast.0, plain.0, "{}, seed {seed}, {mode:?}", core.name);
        assert!(timed || fast.1 == plain.1, "{}, seed {seed}: other bytes in memory", core.name);
        let mode = Mode { watch: Watch::Sanitizer, ..mode };
        let (sanitized, races) = run(core, board(), image, base, mode);
        assert_eq!(sanitized.0, fast.0, "{}, seed {seed}: sanitized", core.name);
        assert!(!races.is_empty(), "{}, seed {seed}: it runs what it stores", core.name);
        let same = run(core, board(), image, base, Mode { plainly: true, ..mode });
        let different = same.1.iter().zip(&races).find(|(a, b)| a != b);
        assert_eq!((different, same.1.len()), (None, races.len()), "{}, seed {seed}, {mode:?}: other races", core.name);
        let (checked, _) = run(core, board(), image, base, Mode { watch: Watch::Refinement, ..mode });
        assert_eq!(checked.0, fast.0, "{}, seed {seed}: checked", core.name);
        all.icache_misses = fast.0.iter().map(|(stats, ..)| stats.icache_misses).sum();
        all.exceptions = fast.0.iter().map(|(stats, ..)| stats.exceptions).sum();
    }
    all
}

fn x(number: u8) -> Reg {
    Reg::new(number).unwrap()
}

fn place(bytes: &mut [u8], at: usize, code: &[Insn]) {
    let code: Vec<u8> = code.iter().flat_map(|insn| insn.encode().unwrap().to_le_bytes()).collect();
    bytes[at..at + code.len()].copy_from_slice(&code);
}

const MISA: i64 = 0x301;
const MTVEC: i64 = 0x305;
const MEPC: i64 = 0x341;
const MHARTID: i64 = 0xf14;

/// Each round puts a word of a table into the code that it then calls, at random fences in between, at random turns M off or on. The
/// patched code begins at an odd or an even halfword; a trap ends the call.
fn riscv(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    let area = AREA as i64 + 2 * (seed as i64 & 1);
    let start = [
        asm::auipc(x(8), 0),
        asm::addi(x(9), x(8), area),
        asm::addi(x(19), x(8), HANDLER as i64),
        asm::i(Op::Csrrw, Reg::ZERO, x(19), MTVEC),
        asm::i(Op::Csrrs, x(5), Reg::ZERO, MHARTID),
        asm::addi(x(5), x(5), seed as i64),
        asm::ld(x(7), x(8), DATA as i64 - 16),
        asm::ld(x(28), x(8), DATA as i64 - 8),
        asm::lui(x(29), 0x1000),
    ];
    let rounds = [
        asm::r(Op::Mul, x(5), x(5), x(7)),
        asm::r(Op::Add, x(5), x(5), x(28)),
        // A word of the table ...
        asm::i(Op::Srli, x(6), x(5), 40),
        asm::i(Op::Andi, x(6), x(6), 0x3c),
        asm::r(Op::Add, x(6), x(6), x(8)),
        asm::i(Op::Lw, x(6), x(6), DATA as i64),
        // ... goes to one of the code.
        asm::i(Op::Srli, x(11), x(5), 50),
        asm::i(Op::Andi, x(11), x(11), 4 * (WORDS as i64 - 1)),
        asm::r(Op::Add, x(11), x(11), x(9)),
        asm::s(Op::Sw, x(11), x(6), 0),
        asm::i(Op::Srli, x(12), x(5), 61),
        asm::s(Op::Bne, x(12), Reg::ZERO, 8),
        asm::fence_i(),
        asm::i(Op::Srli, x(12), x(5), 33),
        asm::i(Op::Andi, x(12), x(12), 31),
        asm::s(Op::Bne, x(12), Reg::ZERO, 8),
        asm::i(Op::Csrrc, Reg::ZERO, x(29), MISA),
        asm::jalr(Reg::RA, x(9), 0),
        asm::i(Op::Csrrs, Reg::ZERO, x(29), MISA),
        asm::sd(x(10), x(8), DATA as i64 + 0x100),
    ];
    let mut code = start.to_vec();
    code.extend(rounds);
    code.push(asm::jal(Reg::ZERO, -4 * rounds.len() as i64));
    place(&mut bytes, 0, &code);
    let handler = [asm::i(Op::Csrrw, Reg::ZERO, Reg::RA, MEPC), asm::addi(x(10), x(10), 1), Insn::new(Op::Mret)];
    place(&mut bytes, HANDLER, &handler);
    let mut called = vec![asm::addi(x(10), x(10), 1); WORDS];
    // Branches near the end skip to here.
    called.extend([asm::nop(), asm::nop(), asm::jalr(Reg::ZERO, Reg::RA, 0)]);
    place(&mut bytes, area as usize, &called);
    bytes[DATA - 16..DATA - 8].copy_from_slice(&RANDOM[0].to_le_bytes());
    bytes[DATA - 8..DATA].copy_from_slice(&RANDOM[1].to_le_bytes());
    let table = [
        asm::addi(x(10), x(10), 5),
        asm::addi(x(10), x(10), -7),
        asm::i(Op::Xori, x(10), x(10), 0x55),
        asm::i(Op::Slli, x(10), x(10), 3),
        asm::r(Op::Mul, x(10), x(10), x(7)),
        asm::r(Op::Add, x(13), x(10), x(13)),
        asm::s(Op::Beq, Reg::ZERO, Reg::ZERO, 8),
        asm::s(Op::Blt, x(10), Reg::ZERO, 12),
        asm::ld(x(13), x(8), DATA as i64 + 0x108),
        asm::sd(x(10), x(8), DATA as i64 + 0x108),
        asm::s(Op::Sb, x(8), x(10), DATA as i64 + 0x10d),
        asm::i(Op::Srai, x(10), x(10), 1),
        asm::nop(),
        asm::fence_i(),
    ];
    place(&mut bytes, DATA, &table);
    // Two instructions of 16 bits each: c.addi a0, 1 and c.li a3, 3; c.nop and c.add a0, a3.
    let pairs: [u16; 4] = [0x0505, 0x468d, 0x0001, 0x9536];
    for (i, half) in pairs.iter().enumerate() {
        let at = DATA + 4 * table.len() + 2 * i;
        bytes[at..at + 2].copy_from_slice(&half.to_le_bytes());
    }
    bytes
}

#[test]
fn shortcuts_change_nothing_where_riscv_code_is_patched() {
    const BASE: u64 = 0x8000_0000;
    for name in ["sifive-u74", "ideal"] {
        let incoherent = CoreModel::built_in(name).unwrap();
        let mut coherent = incoherent.clone();
        coherent.coherence.dic = true;
        for core in [&incoherent, &coherent] {
            for seed in 0..6 {
                let image = Image::flat(Arch::Riscv64, BASE, riscv(seed));
                let board = || RiscvVirt::new(HARTS, riscv_virt::Options { firmware: false, ..Default::default() });
                let all = same_with_shortcuts(core, board, &image, BASE, seed);
                assert!(all.icache_misses > 20 && all.exceptions > 5, "{name}, seed {seed}: {all:?}");
            }
        }
    }
}

/// The same on AArch64: cache maintenance is at random left out.
fn aarch64(seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    let base: [u32; 10] = [
        0x1000_0008, // adr x8, .
        0x9110_0109, // add x9, x8, #0x400
        0xd538_00a5, // mrs x5, mpidr_el1
        0x9100_00a5 | (seed as u32) << 10,
        0xf942_f907, // ldr x7, [x8, #0x5f0]
        0xf942_fd1c, // ldr x28, [x8, #0x5f8]
        0x9118_011d, // add x29, x8, #0x600
        0xd503_201f,
        0xd503_201f,
        0xd503_201f,
    ];
    let rounds: [u32; 19] = [
        0x9b07_70a5, // madd x5, x5, x7, x28
        0xd368_aca6, // ubfx x6, x5, #40, #4
        0xb866_7ba6, // ldr w6, [x29, x6, lsl #2]
        0xd372_d8ab, // ubfx x11, x5, #50, #5
        0x8b0b_092b, // add x11, x9, x11, lsl #2
        0xb900_0166, // str w6, [x11]
        0xd37d_fcac, // lsr x12, x5, #61
        0xb500_00ac, // cbnz x12, over the maintenance
        0xd50b_7b2b, // dc cvau, x11
        0xd503_3b9f, // dsb ish
        0xd50b_752b, // ic ivau, x11
        0xd503_3b9f, // dsb ish
        0xd360_88ac, // ubfx x12, x5, #32, #3
        0xb500_004c, // cbnz x12, over isb
        0xd503_3fdf, // isb
        0xd63f_0120, // blr x9
        0xf940_83ad, // ldr x13, [x29, #0x100]
        0xca0a_01ad, // eor x13, x13, x10
        0xf900_83ad, // str x13, [x29, #0x100]
    ];
    let mut code = base.to_vec();
    code.extend(rounds);
    code.push(0x1400_0000 | (rounds.len() as u32).wrapping_neg() & 0x03ff_ffff);
    let mut called = vec![0x9100_054a; WORDS]; // add x10, x10, #1
    called.extend([0xd503_201f, 0xd503_201f, 0xd65f_03c0]);
    let table: [u32; 16] = [
        0x9100_154a, // add x10, x10, #5
        0xd100_1d4a, // sub x10, x10, #7
        0xd27c_054a, // eor x10, x10, #0x30
        0xd37d_f14a, // lsl x10, x10, #3
        0x9b07_7d4a, // mul x10, x10, x7
        0x8b0a_01ad, // add x13, x13, x10
        0x1400_0002, // b over one
        0x5400_0044, // b.mi over one
        0xf940_87ad, // ldr x13, [x29, #0x108]
        0xf900_87aa, // str x10, [x29, #0x108]
        0x3904_37aa, // strb w10, [x29, #0x10d]
        0x937f_fd4a, // asr x10, x10, #63
        0xd503_201f, // nop
        0xd503_3fdf, // isb
        0xeb0d_015f, // cmp x10, x13
        0x9a8d_114a, // csel x10, x10, x13, ne
    ];
    for (at, words) in [(0, &code[..]), (AREA, &called), (DATA, &table)] {
        let words: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes[at..at + words.len()].copy_from_slice(&words);
    }
    bytes[DATA - 16..DATA - 8].copy_from_slice(&RANDOM[0].to_le_bytes());
    bytes[DATA - 8..DATA].copy_from_slice(&RANDOM[1].to_le_bytes());
    bytes
}

#[test]
fn shortcuts_change_nothing_where_aarch64_code_is_patched() {
    const BASE: u64 = 0x4000_0000;
    for name in ["cortex-a55", "cortex-a53"] {
        let core = CoreModel::built_in(name).unwrap();
        for seed in 0..6 {
            let image = Image::flat(Arch::Aarch64, BASE, aarch64(seed));
            let board = || Aarch64Virt::new(HARTS, aarch64_virt::Options { firmware: true, ..Default::default() });
            let all = same_with_shortcuts(&core, board, &image, BASE, seed);
            assert!(all.icache_misses > 20 && all.exceptions == 0, "{name}, seed {seed}: {all:?}");
        }
    }
}

/// An exception of the first instruction behind an indirect call tells of the call in SPSR_EL1.BTYPE; one of the second does not.
#[test]
fn an_exception_at_the_place_that_control_comes_to_tells_how_it_came() {
    const BASE: u64 = 0x4000_0000;
    const VECTOR: usize = 0xa00;
    let code: [u32; 16] = [
        0x1000_0008, // adr x8, .
        0x9120_0109, // add x9, x8, #0x800
        0xd518_c009, // msr vbar_el1, x9
        0xd503_3fdf, // isb
        0x9118_010d, // add x13, x8, #0x600
        0xd280_0006, // mov x6, #0x0
        0x9110_0109, // add x9, x8, #0x400
        0xd280_0065, // mov x5, #0x3
        0xd63f_0120, // blr x9
        0x9100_412a, // add x10, x9, #0x10
        0xd63f_0140, // blr x10
        0x9100_812a, // add x10, x9, #0x20
        0xd63f_0140, // blr x10
        0xd100_04a5, // sub x5, x5, #0x1
        0xb5ff_ff45, // cbnz x5, back to the first blr
        0x1400_0000, // b .
    ];
    let called: [u32; 11] = [
        0xf940_00c7, // ldr x7, [x6]
        0xd65f_03c0, // ret
        0x0000_0000, // udf
        0x0000_0000, // udf
        0x0000_0000, // udf
        0xd65f_03c0, // ret
        0x0000_0000, // udf
        0x0000_0000, // udf
        0xd503_201f, // nop
        0xf940_00c7, // ldr x7, [x6]
        0xd65f_03c0, // ret
    ];
    let handler: [u32; 6] = [
        0xd538_400a, // mrs x10, spsr_el1
        0xf800_85aa, // str x10, [x13], #8
        0xd538_402b, // mrs x11, elr_el1
        0x9100_116b, // add x11, x11, #0x4
        0xd518_402b, // msr elr_el1, x11
        0xd69f_03e0, // eret
    ];
    let mut bytes = vec![0; BYTES];
    for (at, words) in [(0, &code[..]), (AREA, &called), (VECTOR, &handler)] {
        let words: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        bytes[at..at + words.len()].copy_from_slice(&words);
    }
    let image = Image::flat(Arch::Aarch64, BASE, bytes);
    let core = CoreModel::built_in("cortex-a55").unwrap();
    for (timed, plainly) in [(true, true), (true, false), (false, true), (false, false)] {
        let board = Aarch64Virt::new(HARTS, aarch64_virt::Options { firmware: false, ..Default::default() });
        let mode = Mode { timed, plainly, most: 2000, watch: Watch::Nobody };
        let ((harts, ram), _) = run(&core, board, &image, BASE, mode);
        assert_eq!(harts[0].0.exceptions, 9, "{timed} {plainly}");
        let status = ram[DATA..].as_chunks().0[..9].iter().map(|bytes| u64::from_le_bytes(*bytes));
        let types: Vec<u64> = status.map(|spsr| spsr >> 10 & 3).collect();
        // Of the load and the undefined word behind BLR, and of the load behind a NOP.
        assert_eq!(types, [2, 2, 0].repeat(3), "{timed} {plainly}");
    }
}

/// mul a0, a0, a0 in a loop of three, M off after the second time: the third raises an exception, wherever the code comes from.
#[test]
fn an_extension_turned_off_in_misa_takes_instructions_with_it_that_were_decoded_before() {
    const BASE: u64 = 0x8000_0000;
    let code = [
        asm::auipc(x(8), 0),
        asm::addi(x(19), x(8), HANDLER as i64),
        asm::i(Op::Csrrw, Reg::ZERO, x(19), MTVEC),
        asm::lui(x(29), 0x1000),
        asm::addi(x(10), Reg::ZERO, 3),
        asm::addi(x(11), Reg::ZERO, 2),
        // The loop: a multiplication and, the second time, M off.
        asm::r(Op::Mul, x(10), x(10), x(10)),
        asm::addi(x(11), x(11), -1),
        asm::s(Op::Bne, x(11), Reg::ZERO, -8),
        asm::i(Op::Csrrc, Reg::ZERO, x(29), MISA),
        asm::jal(Reg::ZERO, -16),
    ];
    let handler =
        [asm::sd(x(10), x(8), DATA as i64), asm::i(Op::Csrrs, x(12), Reg::ZERO, MEPC), asm::jal(Reg::ZERO, 0)];
    let mut bytes = vec![0; BYTES];
    place(&mut bytes, 0, &code);
    place(&mut bytes, HANDLER, &handler);
    let image = Image::flat(Arch::Riscv64, BASE, bytes);
    let core = CoreModel::built_in("sifive-u74").unwrap();
    for (timed, plainly) in [(true, true), (true, false), (false, true), (false, false)] {
        let board = RiscvVirt::new(HARTS, riscv_virt::Options { firmware: false, ..Default::default() });
        let mode = Mode { timed, plainly, most: 2000, watch: Watch::Nobody };
        let ((harts, ram), _) = run(&core, board, &image, BASE, mode);
        assert_eq!(harts.iter().map(|(stats, ..)| stats.exceptions).sum::<u64>(), HARTS as u64, "{timed} {plainly}");
        assert_eq!(ram[DATA..DATA + 8], 81u64.to_le_bytes(), "{timed} {plainly}: three to the fourth");
    }
}
