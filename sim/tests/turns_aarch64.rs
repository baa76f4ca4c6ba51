//! The shortcuts of the timed machine change no cycle on AArch64 either: random straight code with loads, stores, pairs, floating
//! point, divisions and branches ends at the same cycle with and without them, and with the same bytes in memory.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::aarch64_virt::{Aarch64Virt, Options};
use cmodx_sim::timed::{End, Limits, Machine, Stats};

const BASE: u64 = 0x4000_0000;
const DATA: u64 = 0x1_0000;
const BYTES: u64 = 0x3_0000;

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

fn run(core: &CoreModel, seed: u64, plainly: bool) -> (Stats, u64, u64, Vec<u8>) {
    let image = Image::flat(Arch::Aarch64, BASE, program(seed));
    let board = Aarch64Virt::new(1, Options { firmware: true, ..Options::default() });
    let mut machine = Machine::new(core, 1, 1 << 20, board, &image).unwrap();
    if plainly {
        machine.run_plainly();
    }
    assert_eq!(machine.run(Limits { instructions: 60_000, ..Limits::NONE }), End::Limit);
    let hart = HartId(0);
    let data = machine.ram().slice(BASE + DATA, BYTES - DATA).unwrap().to_vec();
    (machine.stats(hart), machine.now(hart).0, machine.pc(hart), data)
}

#[test]
fn shortcuts_change_no_cycle_of_random_code() {
    for name in ["cortex-a55", "cortex-a53"] {
        let core = CoreModel::built_in(name).unwrap();
        for seed in 0..12 {
            let fast = run(&core, seed, false);
            assert!(fast.0.mispredicts > 0 && fast.0.dcache_misses > 0, "{name}, seed {seed}: {:?}", fast.0);
            assert_eq!(fast.0.exceptions, 0, "{name}, seed {seed}");
            assert_eq!(fast, run(&core, seed, true), "{name}, seed {seed}");
        }
    }
}
