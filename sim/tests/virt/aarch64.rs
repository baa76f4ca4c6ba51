//! GIC, PL011 and generic timer.

use super::qemu;
use super::script::{Random, Step, assert_same, outcome, run_here};
use cmodx_isa::Size::{Byte, Double, Word};
use cmodx_isa::SystemReg;
use cmodx_sim::platform::aarch64_virt::{Aarch64Virt, Options};

const GICD: u64 = 0x800_0000;
const UART: u64 = 0x900_0000;
const GICR: u64 = 0x80a_0000;
/// SGI_base of the redistributor of hart 0, and of hart 1.
const SGI_BASE: [u64; 2] = [GICR + 0x1_0000, GICR + 0x3_0000];

const fn system(op0: u32, op1: u32, crn: u32, crm: u32, op2: u32) -> SystemReg {
    SystemReg(op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2)
}

const PMR: SystemReg = system(3, 0, 4, 6, 0);
const IAR: [SystemReg; 2] = [system(3, 0, 12, 8, 0), system(3, 0, 12, 12, 0)];
const EOIR: [SystemReg; 2] = [system(3, 0, 12, 8, 1), system(3, 0, 12, 12, 1)];
const HPPIR: [SystemReg; 2] = [system(3, 0, 12, 8, 2), system(3, 0, 12, 12, 2)];
const BPR: [SystemReg; 2] = [system(3, 0, 12, 8, 3), system(3, 0, 12, 12, 3)];
const APR: [SystemReg; 2] = [system(3, 0, 12, 8, 4), system(3, 0, 12, 9, 0)];
const DIR: SystemReg = system(3, 0, 12, 11, 1);
const RPR: SystemReg = system(3, 0, 12, 11, 3);
const SGIR: [SystemReg; 2] = [system(3, 0, 12, 11, 7), system(3, 0, 12, 11, 5)];
const CTLR: SystemReg = system(3, 0, 12, 12, 4);
const SRE: SystemReg = system(3, 0, 12, 12, 5);
const IGRPEN: [SystemReg; 2] = [system(3, 0, 12, 12, 6), system(3, 0, 12, 12, 7)];

fn compare(test: &str, steps: &[Step]) {
    let Some(printed) = qemu::aarch64::print(test, steps) else { return };
    let mut board = Aarch64Virt::new(2, Options::default());
    assert_same(steps, &run_here(&mut board, steps), &outcome(steps, &printed));
}

/// A priority in the five bits that exist.
fn priorities(random: &mut Random) -> u64 {
    random.next() & 0xf8f8_f8f8
}

#[test]
fn the_uart_answers_as_qemu_does() {
    let test = "the_uart_answers_as_qemu_does";
    let mut random = Random(0x5eed_0011);
    let mut steps: Vec<Step> = (0xfe0..0x1000).step_by(4).map(|offset| Step::Read(UART + offset, Word)).collect();
    let registers = [0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x38, 0x48];
    steps.extend(registers.map(|offset| Step::Read(UART + offset, Word)));
    for _ in 0..2000 {
        let offset = random.pick(&[0x00, 0x00, 0x24, 0x28, 0x2c, 0x38, 0x38, 0x44, 0x44]);
        let value = match offset {
            0x00 => random.next() & 0xff,
            0x24 => random.next() & 0xffff,
            0x28 => random.next() & 0x3f,
            // Not the break condition.
            0x2c => random.next() & 0xfe,
            _ => random.next() & 0x7ff,
        };
        steps.push(Step::Write(UART + offset, Word, value));
        steps.push(Step::Read(UART + random.pick(&[0x04, 0x18, 0x24, 0x28, 0x2c, 0x38, 0x3c, 0x40]), Word));
    }
    compare(test, &steps);
}

#[test]
fn distributor_and_redistributors_answer_as_qemus_do() {
    let test = "distributor_and_redistributors_answer_as_qemus_do";
    let mut random = Random(0x5eed_0012);
    let mut steps = vec![Step::Read(GICD + 0xffe8, Word), Step::Read(GICR + 0xffe8, Word)];
    for frame in [GICR, GICR + 0x2_0000] {
        // Of GICR_TYPER the affinity: the low half says that QEMU has LPIs, which are left out here.
        steps.extend([Step::Read(frame + 0xc, Word), Step::Read(frame + 0x14, Word)]);
        steps.extend([Step::Write(frame + 0x14, Word, 0), Step::Read(frame + 0x14, Word)]);
    }
    for _ in 0..6000 {
        // A frame, the words of a bitmap in it that hold interrupts, and the interrupts.
        let private = random.below(2) == 0;
        let frame = if private { random.pick(&SGI_BASE) } else { GICD };
        let word = if private { 0 } else { 1 + random.below(8) };
        let bitmap = frame + random.pick(&[0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380]) + 4 * word;
        let priority = frame + 0x400 + 32 * word + 4 * random.below(8);
        let config = frame + 0xc00 + 8 * word + if private { 4 } else { 4 * random.below(2) };
        let spi = 32 + random.below(256);
        let route = GICD + 0x6000 + 8 * spi;
        steps.push(match random.below(8) {
            0 => Step::Write(priority, Word, priorities(&mut random)),
            1 => Step::Write(priority + random.below(4), Byte, priorities(&mut random) & 0xff),
            // Trigger modes are even bits of pairs.
            2 if !private => Step::Write(config, Word, random.word() & 0xaaaa_aaaa),
            3 => Step::Write(route, Double, random.next() & 0xff_00ff_ffff),
            4 => Step::Write(GICD, Word, random.next() & 3),
            _ => Step::Write(bitmap, Word, random.word()),
        });
        steps.push(match random.below(6) {
            0 => Step::Read(priority, Word),
            1 => Step::Read(config, Word),
            2 => Step::Read(route, Double),
            3 => Step::Read(GICD, Word),
            _ => Step::Read(bitmap, Word),
        });
    }
    compare(test, &steps);
}

#[test]
fn interrupts_are_acknowledged_and_ended_as_by_qemu() {
    for seed in 1..=4 {
        compare("interrupts_are_acknowledged_and_ended_as_by_qemu", &life_of_interrupts(Random(seed << 16 | 0x5eed)));
    }
}

fn life_of_interrupts(mut random: Random) -> Vec<Step> {
    let mut steps = vec![Step::Get(SRE), Step::Get(CTLR), Step::Get(PMR), Step::Get(BPR[0]), Step::Get(BPR[1])];
    for frame in [GICR, GICR + 0x2_0000] {
        steps.push(Step::Write(frame + 0x14, Word, 0));
    }
    steps.extend([Step::Write(GICD, Word, 3), Step::Set(PMR, 0xf8)]);
    steps.extend([Step::Set(IGRPEN[0], 1), Step::Set(IGRPEN[1], 1)]);
    for base in SGI_BASE {
        steps.push(Step::Write(base + 0x80, Word, 0x0000_fff0));
        steps.push(Step::Write(base + 0x100, Word, 0x0000_ffff));
    }
    for _ in 0..20_000 {
        let group = random.below(4);
        let group = usize::from(group != 0);
        let sgi = random.below(16);
        let step = match random.below(32) {
            0..=6 => Step::Set(SGIR[group], sgi << 24 | random.below(4)),
            7 => Step::Set(SGIR[group], sgi << 24 | 1 << 40),
            8..=14 => Step::Get(IAR[group]),
            15..=20 => Step::Set(EOIR[group], sgi),
            21 => Step::Set(DIR, sgi),
            22 => Step::Set(PMR, random.pick(&[0xf8, 0xf8, 0xff, 0x80, 0x47, 0xc0, 0x10])),
            23 => Step::Set(BPR[group], random.below(8)),
            // Both groups alike: QEMU lets an interrupt of a disabled group hide one of the other group that is enabled.
            24 => {
                let enabled = u64::from(random.below(4) != 0);
                steps.push(Step::Set(IGRPEN[0], enabled));
                Step::Set(IGRPEN[1], enabled)
            }
            25 => Step::Set(CTLR, random.pick(&[0, 0, 1, 2, 3])),
            26 => Step::Write(GICD, Word, random.pick(&[3, 3, 3, 2, 1, 0])),
            27 => Step::Write(random.pick(&SGI_BASE) + 0x400 + 4 * random.below(4), Word, priorities(&mut random)),
            28 => Step::Write(random.pick(&SGI_BASE) + 0x80, Word, random.word() | 0x0000_f000),
            29 => Step::Write(SGI_BASE[0] + random.pick(&[0x100, 0x180]), Word, random.word() & 0xffff),
            30 => Step::Write(SGI_BASE[0] + random.pick(&[0x280, 0x380]), Word, random.word() & 0xffff),
            // Unwinds what has piled up.
            _ => Step::Set(APR[group], 0),
        };
        steps.push(step);
        steps.push(match random.below(8) {
            0 => Step::Get(RPR),
            1 => Step::Get(HPPIR[group]),
            2 => Step::Get(APR[group]),
            3 => Step::Get(BPR[group]),
            4 => Step::Get(random.pick(&[PMR, CTLR, IGRPEN[0], IGRPEN[1]])),
            5 => Step::Read(SGI_BASE[0] + 0x300, Word),
            6 => Step::Read(SGI_BASE[0] + 0x200, Word),
            _ => Step::Read(SGI_BASE[1] + 0x200, Word),
        });
    }
    steps
}

#[test]
fn timers_answer_as_qemus_do() {
    let test = "timers_answer_as_qemus_do";
    let mut random = Random(0x5eed_0014);
    let mut steps = vec![Step::Get(system(3, 3, 14, 0, 0))];
    for frame in [GICR, GICR + 0x2_0000] {
        steps.push(Step::Write(frame + 0x14, Word, 0));
    }
    for _ in 0..2000 {
        // Compare values in the past or never: what a timer says does not depend on the time.
        let timer = 2 + random.below(2) as u32;
        let (control, compare) = (system(3, 3, 14, timer, 1), system(3, 3, 14, timer, 2));
        steps.push(match random.below(2) {
            0 => Step::Set(control, random.below(8)),
            _ => Step::Set(compare, random.pick(&[0, u64::MAX])),
        });
        steps.push(Step::Get(random.pick(&[control, compare])));
        steps.push(Step::Read(SGI_BASE[0] + 0x200, Word));
    }
    compare(test, &steps);
}
