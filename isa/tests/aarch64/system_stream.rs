//! Random streams of system instructions at EL1 and EL0, run here and under QEMU's virt machine: the same exceptions with the
//! same syndromes, and the same registers at the end.

use super::random::Random;
use super::system_mode::{assemble, here, qemu, records};
use cmodx_isa::Isa;
use cmodx_isa::aarch64::sysreg::code;
use cmodx_isa::aarch64::{Aarch64, Hart};

const SIZE: usize = 0x40000;
const INPUT: usize = 0x3f000;
/// Instructions of one run, so that the records of all exceptions find room.
const STREAM: usize = 5000;
const RECORDS: usize = 0x3e000;

/// Registers whose value every implementation keeps alike, when only their low 32 bits are written.
const KEPT: &[u16] = &[
    code(3, 0, 2, 0, 0),  // ttbr0_el1
    code(3, 0, 2, 0, 1),  // ttbr1_el1
    code(3, 0, 4, 0, 0),  // spsr_el1
    code(3, 0, 4, 0, 1),  // elr_el1
    code(3, 0, 5, 2, 0),  // esr_el1
    code(3, 0, 6, 0, 0),  // far_el1
    code(3, 0, 10, 2, 0), // mair_el1
    code(3, 0, 13, 0, 1), // contextidr_el1
    code(3, 0, 13, 0, 4), // tpidr_el1
    code(3, 3, 13, 0, 2), // tpidr_el0
    code(3, 3, 13, 0, 3), // tpidrro_el0
    code(3, 3, 4, 2, 0),  // nzcv
    code(3, 3, 4, 2, 1),  // daif
    code(3, 3, 4, 2, 5),  // dit
    code(3, 3, 4, 2, 6),  // ssbs
    code(3, 0, 4, 2, 3),  // pan
    code(3, 0, 4, 2, 4),  // uao
    code(3, 0, 9, 14, 1), // pmintenset_el1
    code(3, 0, 9, 14, 2), // pmintenclr_el1
    code(3, 3, 9, 12, 1), // pmcntenset_el0
    code(3, 3, 9, 12, 2), // pmcntenclr_el0
    code(3, 3, 9, 14, 0), // pmuserenr_el0
    code(3, 0, 4, 1, 0),  // sp_el0
];
/// Registers that are read alone, or whose bits differ from one implementation to the other: written at EL1, not read.
const WRITTEN: &[u16] = &[
    code(3, 0, 1, 0, 2),  // cpacr_el1
    code(3, 0, 2, 0, 2),  // tcr_el1
    code(3, 0, 10, 3, 0), // amair_el1
    code(3, 0, 14, 1, 0), // cntkctl_el1
    code(3, 2, 0, 0, 0),  // csselr_el1
    code(3, 3, 9, 12, 5), // pmselr_el0
];
/// Registers that EL0 may not reach, or only when a control register of EL1 lets it: read at EL0, so that they trap or not;
/// what they hold goes nowhere. Not identification registers, which QEMU lets trap (FEAT_IDST).
const TRIED_AT_EL0: &[u16] = &[
    code(3, 0, 1, 0, 0),   // sctlr_el1
    code(3, 0, 12, 0, 0),  // vbar_el1
    code(3, 0, 4, 2, 0),   // spsel
    code(3, 0, 4, 2, 2),   // currentel
    code(3, 3, 9, 12, 0),  // pmcr_el0
    code(3, 3, 9, 12, 6),  // pmceid0_el0
    code(3, 3, 9, 13, 0),  // pmccntr_el0
    code(3, 3, 14, 0, 1),  // cntpct_el0
    code(3, 3, 14, 0, 2),  // cntvct_el0
    code(3, 3, 14, 0, 0),  // cntfrq_el0
    code(3, 3, 14, 8, 0),  // pmevcntr0_el0
    code(3, 3, 14, 12, 1), // pmevtyper1_el0
    code(3, 0, 12, 12, 0), // icc_iar1_el1
    code(3, 4, 1, 1, 0),   // hcr_el2
    code(3, 6, 1, 1, 0),   // scr_el3
];
/// System instructions; the register is zero.
const OPERATIONS: &[u16] = &[
    code(1, 0, 7, 1, 0),  // ic ialluis
    code(1, 0, 7, 5, 0),  // ic iallu
    code(1, 0, 7, 6, 2),  // dc isw
    code(1, 0, 7, 10, 2), // dc csw
    code(1, 0, 8, 3, 0),  // tlbi vmalle1is
    code(1, 0, 8, 7, 1),  // tlbi vae1
    code(1, 0, 8, 7, 2),  // tlbi aside1
    code(1, 0, 8, 6, 1),  // tlbi rvae1
    code(1, 0, 8, 5, 3),  // tlbi rvaae1os
    code(1, 0, 8, 1, 7),  // tlbi vaale1os
    code(1, 4, 8, 7, 4),  // tlbi alle1
    code(1, 4, 7, 8, 0),  // at s1e2r
    code(1, 6, 8, 7, 0),  // tlbi alle3
    code(1, 7, 15, 0, 0), // nothing
];

/// Where the level of a slot is known, since SVC alone changes it.
struct Slots<'a> {
    random: &'a mut Random,
    user: bool,
    words: Vec<u32>,
}

impl Slots<'_> {
    /// x0 to x25; the handler has the others.
    fn register(&mut self) -> u32 {
        self.random.below(26) as u32
    }

    fn next(&mut self) {
        let rd = self.register();
        let bits = |code: u16| u32::from(code) << 5;
        let random = self.random.next() as u32;
        let word = match self.random.below(20) {
            0..4 => {
                // A new value: movz or movk of a word.
                let opcode = self.random.pick(&[0x5280_0000, 0x52a0_0000, 0x7280_0000, 0x72a0_0000]);
                opcode | (random & 0xffff) << 5 | rd
            }
            4..8 => 0xd500_0000 | bits(self.random.pick(KEPT)) | rd,
            8..10 => 0xd520_0000 | bits(self.random.pick(KEPT)) | rd,
            10 if self.user => 0xd520_0000 | bits(self.random.pick(TRIED_AT_EL0)) | 31,
            10 => 0xd500_0000 | bits(self.random.pick(WRITTEN)) | rd,
            11 if self.user => 0xd500_0000 | bits(self.random.pick(WRITTEN)) | rd,
            11 => 0xd500_0000 | bits(code(3, 0, 1, 0, 2)) | rd, // cpacr_el1
            12 => 0xd500_0000 | bits(self.random.pick(OPERATIONS)) | 31,
            // MSR to a field of PSTATE: DAIF, PAN, UAO, DIT, SSBS; CRm 0 or 1 where it is one bit.
            13 => {
                let (op1, op2, most) =
                    self.random.pick(&[(3, 6, 16), (3, 7, 16), (0, 4, 2), (0, 3, 2), (3, 2, 2), (3, 1, 2)]);
                0xd500_401f | op1 << 16 | (random % most) << 8 | op2 << 5
            }
            14 => self.random.pick(&[0x1e6e_1000, 0x9e67_0000, 0x0f00_e400, 0, 0xd53b_4400 | rd]), // FP, udf
            15 => 0xd420_0000 | (random & 0xffff) << 5,                                            // brk
            16 => self.random.pick(&[
                0xd503_3fdf,
                0xd503_3f9f,
                0xd503_3bbf,
                0xd503_201f,
                0xd503_203f,
                0xd503_20bf,
                0xd503_30ff,
            ]),
            17 => self.random.pick(&[random & 0xffff, 0xd4a0_0001, 0xd6bf_03e0, 0xd440_0020, 0xffff_ffff]),
            18 if self.user => self.random.pick(&[0xd69f_03e0, 0xd400_0002, 0xd400_0003]), // eret, hvc, smc
            18 => 0xd500_0000 | bits(code(3, 3, 4, 2, 1)) | rd,                            // daif
            _ => {
                let imm = self.random.below(3) as u32;
                self.user = if imm == 0 { self.user } else { imm == 2 };
                0xd400_0001 | imm << 5
            }
        };
        self.words.push(word);
    }
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => otherwise,
    }
}

#[test]
fn random_system_instructions_do_the_same_as_under_qemu() {
    const TEST: &str = "random_system_instructions_do_the_same_as_under_qemu";
    let wanted = from_environment("CMODX_DIFFERENTIAL_INSTRUCTIONS", 20_000) as usize;
    let mut random = Random(from_environment("CMODX_DIFFERENTIAL_SEED", 1));
    let Some(program) = assemble(TEST, "stream.s") else { return };
    let (mut done, mut exceptions) = (0, 0);
    while done < wanted {
        let mut slots = Slots { random: &mut random, user: false, words: Vec::new() };
        while slots.words.len() < STREAM {
            slots.next();
        }
        slots.words.push(0xd400_0061); // svc #3
        let words = slots.words;
        let mut code = program.clone();
        code.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        let mut data = vec![0; SIZE];
        for n in 0..26 {
            data[INPUT + 8 * n..][..8].copy_from_slice(&(random.next() & 0xffff_ffff).to_le_bytes());
        }
        let Some(theirs) = qemu(TEST, "max,pauth=off", &code, &data) else { return };
        let ours = here(Hart::kernel(0), &code, &data);
        let told = |bytes: &[u8]| records(&bytes[..RECORDS / 48 * 48]);
        let (a, b) = (told(&ours), told(&theirs));
        let start = program.len() as u64 + super::system_mode::CODE;
        if let Some(n) = (0..a.len()).find(|&n| a[n] != b[n]) {
            let at = |bytes: &[u8]| u64::from_le_bytes(bytes[48 * n + 16..][..8].try_into().expect("8 bytes"));
            let index = (at(&ours).min(at(&theirs)).wrapping_sub(start) / 4) as usize;
            let near = index.saturating_sub(12)..(index + 2).min(words.len());
            let texts: Vec<String> = near.map(|i| Aarch64::disassemble(&Aarch64::decode(words[i]), 0)).collect();
            panic!("record {n}:\nhere {}\nQEMU {}\n{}", a[n], b[n], texts.join("\n"));
        }
        let end = |bytes: &[u8]| bytes[RECORDS..RECORDS + 26 * 8].to_vec();
        assert!(end(&ours) == end(&theirs), "registers at the end differ");
        done += words.len();
        exceptions += a.iter().filter(|record| !record.contains("ELR 0x0 ")).count();
    }
    println!("{done} system instructions, {exceptions} exceptions");
}
