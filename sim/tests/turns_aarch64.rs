//! The shortcuts of the timed machine change no cycle on AArch64 either: random straight code with loads, stores, pairs, floating
//! point, divisions and branches ends at the same cycle with and without them, and with the same bytes in memory. So do four harts
//! which, often or hardly ever, use each other's data, patch what they all call, and drop each other's instruction copies.

use cmodx_isa::Arch;
use cmodx_sim::core_model::{CoreModel, Replacement};
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::aarch64_virt::{Aarch64Virt, Options};
use cmodx_sim::timed::{End, Limits, Machine, Stats};

const BASE: u64 = 0x4000_0000;
const DATA: u64 = 0x1_0000;
const BYTES: u64 = 0x3_2000;
/// What harts patch and call.
const PATCHED: u64 = 0x2000;
const HARTS: usize = 4;

/// A sequence of numbers that only depends on its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as u32
    }
}

/// One instruction on x0 to x7, d0 to d7 and the data at x28.
fn instruction(random: &mut Random) -> u32 {
    let (d, n, m) = (random.below(8), random.below(8), random.below(8));
    let three = m << 16 | n << 5 | d;
    let data = 28 << 5 | d;
    match random.below(26) {
        0..=3 => 0x8b00_0000 | three,                                              // add
        4 => 0xcb00_0c00 | three,                                                  // sub, shifted by 3
        5 | 6 => 0xeb00_0000 | three,                                              // subs
        7 => 0x9b00_0000 | random.below(8) << 10 | three,                          // madd
        8 => 0x9ac0_0800 | three,                                                  // udiv
        9 => 0x9a80_0000 | random.below(16) << 12 | three,                         // csel
        10..=12 => 0xf940_0000 | random.below(4096) << 10 | data,                  // ldr x
        13..=15 => 0xf900_0000 | random.below(4096) << 10 | data,                  // str x
        16 => 0xa940_0000 | random.below(32) << 15 | random.below(8) << 10 | data, // ldp
        17 => 0xa900_0000 | random.below(32) << 15 | random.below(8) << 10 | data, // stp
        18 => 0x3940_0000 | random.below(4096) << 10 | data,                       // ldrb
        19 => 0xf840_0400 | 8 << 12 | 27 << 5 | d,                                 // ldr x, [x27], #8
        20 => 0x1e60_2800 | three,                                                 // fadd d
        21 => 0x1e60_0800 | three,                                                 // fmul d
        22 => 0xfd40_0000 | random.below(512) << 10 | data,                        // ldr d
        23 => 0x9e67_0000 | n << 5 | d,                                            // fmov d, x
        _ => 0x5400_0000 | (1 + random.below(3)) << 5 | random.below(14),          // b.cond
    }
}

fn program(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut code = vec![
        0xd2a0_0600, // mov x0, #0x300000
        0xd518_1040, // msr cpacr_el1, x0
        0xd503_3fdf, // isb
        0x1007_ffbc, // adr x28, data
    ];
    let start = code.len();
    code.push(0xaa1c_03fb); // mov x27, x28
    code.extend(std::iter::repeat_with(|| instruction(&mut random)).take(400));
    code.extend([0xd503_201f; 3]);
    let back = start as i64 - code.len() as i64;
    code.push(0x1400_0000 | back as u32 & 0x03ff_ffff);
    let mut bytes: Vec<u8> = code.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    bytes.resize(BYTES as usize, 0);
    bytes
}

/// `adr` of what stands so far from it.
fn adr(d: u32, offset: i64) -> u32 {
    0x1000_0000 | (offset as u32 & 3) << 29 | (((offset >> 2) as u32 % (1 << 19)) << 5) | d
}

/// One instruction that other harts may notice: on the data of all at x26, on the next hart's at x22, on the code at x25.
fn shared(random: &mut Random) -> u32 {
    let (d, n) = (random.below(8), random.below(8));
    let offset = random.below(64) << 10;
    match random.below(36) {
        0..=4 => 0xf940_0000 | offset | 26 << 5 | d,                        // ldr x
        5..=9 => 0xf900_0000 | offset | 26 << 5 | d,                        // str x
        10 => 0xf940_0000 | offset | 22 << 5 | d,                           // ldr x
        11 => 0xf900_0000 | offset | 22 << 5 | d,                           // str x
        12 => 0xa940_0000 | random.below(32) << 15 | n << 10 | 22 << 5 | d, // ldp
        13 => 0xa900_0000 | random.below(32) << 15 | n << 10 | 26 << 5 | d, // stp
        14 => 0xad40_0000 | random.below(16) << 15 | n << 10 | 26 << 5 | d, // ldp q
        15 => 0xad00_0000 | random.below(16) << 15 | n << 10 | 22 << 5 | d, // stp q
        16 => 0xf820_0000 | n << 16 | 26 << 5 | d,                          // ldadd
        17 => 0xf820_0000 | n << 16 | 22 << 5 | d,                          // ldadd
        18 => 0xc85f_7c00 | 26 << 5 | d,                                    // ldxr
        19 => 0xc800_7c00 | 8 << 16 | 26 << 5 | d,                          // stxr w8
        20 => 0xc85f_7c00 | 22 << 5 | d,                                    // ldxr
        21 => 0xc800_7c00 | 8 << 16 | 28 << 5 | d,                          // stxr w8
        22 => 0xb900_0000 | 25 << 5 | 23,                                   // str w23, [x25]
        23 => 0xb900_0000 | 25 << 5 | 24,                                   // str w24, [x25]
        24 => 0xd50b_7b20 | 25,                                             // dc cvau, x25
        25 => 0xd503_3b9f,                                                  // dsb ish
        26 | 27 => 0xd50b_7520 | 25,                                        // ic ivau, x25
        28 => 0xd503_3fdf,                                                  // isb
        29 | 30 => 0xd63f_0000 | 25 << 5,                                   // blr x25
        31 => 0xd503_3bbf,                                                  // dmb ish
        32 => 0xd50b_7e20 | 22,                                             // dc civac, x22
        33 => 0xd50b_7b20 | 28,                                             // dc cvau, x28
        34 => 0xd508_711f,                                                  // ic ialluis
        _ => 0xd503_209f,                                                   // sev
    }
}

/// One instruction that only this hart notices, mostly.
fn private(random: &mut Random) -> u32 {
    let (d, n) = (random.below(8), random.below(8));
    let offset = random.below(64) << 10;
    match random.below(12) {
        0 | 1 => 0xf940_0000 | offset | 28 << 5 | d,                       // ldr x
        2 | 3 => 0xf900_0000 | offset | 28 << 5 | d,                       // str x
        4 => 0xad40_0000 | random.below(16) << 15 | n << 10 | 28 << 5 | d, // ldp q
        5 => 0xad00_0000 | random.below(16) << 15 | n << 10 | 28 << 5 | d, // stp q
        6 => 0xa900_0000 | random.below(32) << 15 | n << 10 | 28 << 5 | d, // stp
        7 => 0x4c40_2000 | 28 << 5 | d,                                    // ld1 of four vectors
        8 => 0x5400_0000 | (1 + random.below(3)) << 5 | random.below(14),  // b.cond
        9 => 0xf840_0000 | (8 * random.below(30) + 4) << 12 | 28 << 5 | d, // ldur x, across lines at times
        _ => 0xeb00_0000 | n << 16 | n << 5 | d,                           // subs
    }
}

/// The same for four harts: x28 is this hart's data, x22 the next hart's.
fn program_of_four(seed: u64) -> Vec<u8> {
    let sharing = [1, 5, 40, 400][(seed % 4) as usize];
    let mut random = Random(seed);
    let mut code = vec![
        0xd2a0_0600,                                      // mov x0, #0x300000
        0xd518_1040,                                      // msr cpacr_el1, x0
        0xd503_3fdf,                                      // isb
        adr(28, DATA as i64 - 12),                        // adr x28, data
        adr(25, PATCHED as i64 - 16),                     // adr x25, patched
        0xd538_00b5,                                      // mrs x21, mpidr_el1
        0x9240_0400 | 21 << 5 | 21,                       // and x21, x21, #3
        0x9100_0400 | 21 << 5 | 20,                       // add x20, x21, #1
        0x9240_0400 | 20 << 5 | 20,                       // and x20, x20, #3
        0x9140_0000 | 0x20 << 10 | 28 << 5 | 26,          // add x26, x28, #0x20000
        0x8b00_0000 | 20 << 16 | 15 << 10 | 28 << 5 | 22, // add x22, x28, x20, lsl #15
        0x8b00_0000 | 21 << 16 | 15 << 10 | 28 << 5 | 28, // add x28, x28, x21, lsl #15
        0x5280_0000 | 0x0463 << 5 | 23,                   // mov w23, #0x0463
        0x72a0_0000 | 0x9100 << 5 | 23,                   // movk w23, #0x9100, lsl #16: add x3, x3, #1
        0x5280_0000 | 0x08a5 << 5 | 24,                   // mov w24, #0x08a5
        0x72a0_0000 | 0x9100 << 5 | 24,                   // movk w24, #0x9100, lsl #16: add x5, x5, #2
    ];
    let start = code.len();
    code.extend((0..400).map(|_| if random.below(sharing) == 0 { shared(&mut random) } else { private(&mut random) }));
    code.extend([0xd503_201f; 3]);
    let back = start as i64 - code.len() as i64;
    code.push(0x1400_0000 | back as u32 & 0x03ff_ffff);
    code.resize(PATCHED as usize / 4, 0);
    code.extend([0x9100_0463, 0xd65f_03c0]); // add x3, x3, #1; ret
    let mut bytes: Vec<u8> = code.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    bytes.resize(BYTES as usize, 0);
    bytes
}

/// What can be seen: of each hart its counters, clock and pc; memory; and how often harts were taken back.
type Seen = (Vec<(Stats, u64, u64)>, Vec<u8>, u64);

fn run(core: &CoreModel, bytes: Vec<u8>, harts: usize, plainly: bool, most: u64) -> Seen {
    let image = Image::flat(Arch::Aarch64, BASE, bytes);
    let board = Aarch64Virt::new(harts, Options { firmware: harts == 1, ..Options::default() });
    let mut machine = Machine::new(core, harts, 1 << 20, board, &image).unwrap();
    if plainly {
        machine.run_plainly();
    }
    assert_eq!(machine.run(Limits { instructions: most, ..Limits::NONE }), End::Limit);
    let harts = (0..harts as u16).map(HartId);
    let seen = harts.map(|hart| (machine.stats(hart), machine.now(hart).0, machine.pc(hart))).collect();
    (seen, machine.ram().slice(BASE, 1 << 20).unwrap().to_vec(), machine.taken_back())
}

#[test]
fn shortcuts_change_no_cycle_of_random_code() {
    for name in ["cortex-a55", "cortex-a53"] {
        let core = CoreModel::built_in(name).unwrap();
        for seed in 0..12 {
            let (fast, memory, _) = run(&core, program(seed), 1, false, 60_000);
            let stats = fast[0].0;
            assert!(stats.mispredicts > 0 && stats.dcache_misses > 0, "{name}, seed {seed}: {stats:?}");
            assert_eq!(stats.exceptions, 0, "{name}, seed {seed}");
            let (plain, same_memory, _) = run(&core, program(seed), 1, true, 60_000);
            assert_eq!(fast, plain, "{name}, seed {seed}");
            assert!(memory == same_memory, "{name}, seed {seed}: memory");
        }
    }
}

/// The core as it is built in, with caches that replace by use, and with IDC = 1.
fn kinds(name: &str) -> [(&'static str, CoreModel); 3] {
    let core = CoreModel::built_in(name).unwrap();
    let (mut by_use, mut clean) = (core.clone(), core.clone());
    (by_use.l1d.replacement, by_use.l1i.replacement) = (Replacement::Lru, Replacement::Lru);
    clean.coherence.idc = true;
    [("as built in", core), ("by use", by_use), ("IDC", clean)]
}

/// Seeds whose programs once ended otherwise where harts went ahead.
const ONCE_WRONG: [u64; 12] = [28, 44, 56, 80, 84, 92, 100, 140, 200, 204, 205, 232];

#[test]
fn shortcuts_change_no_cycle_of_four_harts_that_share_and_patch() {
    for name in ["cortex-a55", "cortex-a53"] {
        for (kind, core) in kinds(name) {
            let mut taken_back = 0;
            for seed in (0..16).chain(ONCE_WRONG) {
                let bytes = program_of_four(seed);
                let most = 30_000 + 97 * seed;
                let (fast, memory, back) = run(&core, bytes.clone(), HARTS, false, most);
                let (plain, same_memory, never) = run(&core, bytes, HARTS, true, most);
                assert_eq!(fast, plain, "{name}, {kind}, seed {seed}");
                assert!(memory == same_memory, "{name}, {kind}, seed {seed}: memory");
                assert!(fast.iter().all(|(stats, ..)| stats.exceptions == 0), "{name}, seed {seed}: {fast:?}");
                assert_eq!(never, 0);
                taken_back += back;
            }
            assert!(taken_back > 100, "{name}, {kind}: harts were taken back {taken_back} times");
        }
    }
}

#[test]
#[ignore = "a campaign of minutes: CMODX_SEEDS programs a core, 1000 unless told"]
fn shortcuts_change_no_cycle_of_many_programs_of_four_harts() {
    let seeds = std::env::var("CMODX_SEEDS").map_or(1000, |seeds| seeds.parse().expect("a number of seeds"));
    for (name, (kind, core)) in
        ["cortex-a55", "cortex-a53"].into_iter().flat_map(|name| kinds(name).map(|kind| (name, kind)))
    {
        for seed in 0..seeds {
            let bytes = program_of_four(seed);
            let differs = |most| {
                let (fast, memory, _) = run(&core, bytes.clone(), HARTS, false, most);
                let (plain, same_memory, _) = run(&core, bytes.clone(), HARTS, true, most);
                (fast, memory) != (plain, same_memory)
            };
            // Where a run is cut short a clock may or may not have gone on already: what differs goes on differing.
            let all = [30_000, 30_500, 31_000].into_iter().all(differs);
            assert!(!all, "{name}, {kind}, seed {seed}");
        }
    }
}
