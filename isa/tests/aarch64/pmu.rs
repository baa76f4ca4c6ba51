//! The performance monitors count what the machine counts, when they are told to, and EL0 sees them when it may.

use super::machine::Machine;
use cmodx_isa::Isa;
use cmodx_isa::aarch64::sysreg::code;
use cmodx_isa::aarch64::{Aarch64, Cause, Hart, Trap};

const PMCR: u16 = code(3, 3, 9, 12, 0);
const PMCNTENSET: u16 = code(3, 3, 9, 12, 1);
const PMCNTENCLR: u16 = code(3, 3, 9, 12, 2);
const PMSELR: u16 = code(3, 3, 9, 12, 5);
const PMCCNTR: u16 = code(3, 3, 9, 13, 0);
const PMXEVTYPER: u16 = code(3, 3, 9, 13, 1);
const PMXEVCNTR: u16 = code(3, 3, 9, 13, 2);
const PMUSERENR: u16 = code(3, 3, 9, 14, 0);
const PMEVCNTR2: u16 = code(3, 3, 14, 8, 2);

fn machine() -> Machine {
    Machine::new(Hart::kernel(0), 0, Vec::new())
}

fn write(machine: &mut Machine, register: u16, value: u64) -> Result<(), Trap> {
    machine.hart.x[0] = value;
    let insn = Aarch64::decode(0xd500_0000 | u32::from(register) << 5);
    Aarch64::execute(machine, insn, 0).map(|_| ())
}

fn read(machine: &mut Machine, register: u16) -> Result<u64, Trap> {
    let insn = Aarch64::decode(0xd520_0000 | u32::from(register) << 5);
    Aarch64::execute(machine, insn, 0).map(|_| machine.hart.x[0])
}

#[test]
fn the_cycle_counter_counts_only_while_it_is_enabled() {
    let mut m = machine();
    m.retired = 1000;
    write(&mut m, PMCNTENSET, 1 << 31).unwrap();
    assert_eq!(read(&mut m, PMCCNTR), Ok(0), "PMCR_EL0.E is clear");
    write(&mut m, PMCR, 1 | 1 << 6).unwrap();
    m.retired += 50;
    assert_eq!(read(&mut m, PMCCNTR), Ok(50));
    write(&mut m, PMCNTENCLR, 1 << 31).unwrap();
    m.retired += 50;
    assert_eq!(read(&mut m, PMCCNTR), Ok(50));
    write(&mut m, PMCNTENSET, 1 << 31).unwrap();
    m.retired += 7;
    assert_eq!(read(&mut m, PMCCNTR), Ok(57));
    write(&mut m, PMCCNTR, 5).unwrap();
    m.retired += 1;
    assert_eq!(read(&mut m, PMCCNTR), Ok(6));
    write(&mut m, PMCR, 1 | 1 << 2 | 1 << 6).unwrap();
    assert_eq!(read(&mut m, PMCCNTR), Ok(0), "PMCR_EL0.C resets it");
    assert_eq!(read(&mut m, PMCR).map(|value| value >> 11 & 31), Ok(6), "six event counters");
}

#[test]
fn an_event_counter_counts_instructions_in_32_bits() {
    const INST_RETIRED: u64 = 8;
    let mut m = machine();
    write(&mut m, PMSELR, 2).unwrap();
    write(&mut m, PMXEVTYPER, INST_RETIRED).unwrap();
    write(&mut m, PMCNTENSET, 1 << 2).unwrap();
    write(&mut m, PMCR, 1).unwrap();
    m.retired += 9;
    assert_eq!(read(&mut m, PMXEVCNTR), Ok(9));
    write(&mut m, PMEVCNTR2, 0xffff_ffff).unwrap();
    m.retired += 2;
    assert_eq!(read(&mut m, PMEVCNTR2), Ok(1));
}

#[test]
fn el0_reads_the_cycle_counter_when_pmuserenr_lets_it() {
    let mut m = machine();
    m.hart.set_level(0, true);
    let refused = read(&mut m, PMCCNTR).expect_err("EL0 may not");
    assert!(matches!(refused, Trap::Sync { cause: Cause::SystemTrapped, .. }));
    m.hart.set_level(1, true);
    write(&mut m, PMUSERENR, 1 << 2).unwrap();
    m.hart.set_level(0, true);
    assert_eq!(read(&mut m, PMCCNTR), Ok(0));
    assert!(write(&mut m, PMCCNTR, 1).is_err(), "CR allows reading alone");
}

#[test]
fn an_overflow_is_told_and_interrupts_when_asked() {
    const PMOVSCLR: u16 = code(3, 3, 9, 12, 3);
    const PMINTENSET: u16 = code(3, 0, 9, 14, 1);
    const PMOVSSET: u16 = code(3, 3, 9, 14, 3);
    const PMEVTYPER1: u16 = code(3, 3, 14, 12, 1);
    const PMEVCNTR1: u16 = code(3, 3, 14, 8, 1);
    const INST_RETIRED: u64 = 8;
    let mut m = machine();
    write(&mut m, PMEVTYPER1, INST_RETIRED).unwrap();
    write(&mut m, PMEVCNTR1, 0xffff_ff00).unwrap();
    write(&mut m, PMCCNTR, u64::MAX - 999).unwrap();
    write(&mut m, PMCNTENSET, 1 << 31 | 2).unwrap();
    write(&mut m, PMCR, 1 | 1 << 6).unwrap();
    m.retired += 255;
    assert_eq!(read(&mut m, PMOVSSET), Ok(0));
    m.retired += 1;
    assert_eq!(read(&mut m, PMOVSSET), Ok(2));
    assert!(!m.hart.counter_interrupt());
    write(&mut m, PMINTENSET, 1 << 31 | 2).unwrap();
    assert!(m.hart.counter_interrupt());
    write(&mut m, PMOVSCLR, 2).unwrap();
    assert!(!m.hart.counter_interrupt());
    // 744 cycles are left, and the other counter has 2^32 instructions to go.
    let now = m.retired;
    assert_eq!(Aarch64::count_events(&mut m.hart, now, now), Some(744));
    assert_eq!(Aarch64::count_events(&mut m.hart, now + 743, now + 743), Some(1));
    assert!(!m.hart.counter_interrupt());
    assert_eq!(Aarch64::count_events(&mut m.hart, now + 744, now + 744), Some((u64::from(u32::MAX) + 1 - 744) / 4));
    assert!(m.hart.counter_interrupt());
    m.retired += 800;
    assert_eq!(read(&mut m, PMOVSCLR), Ok(1 << 31));
    assert_eq!((read(&mut m, PMCCNTR), read(&mut m, PMEVCNTR1)), (Ok(56), Ok(800)));
    // With LC clear the cycle counter overflows at 32 bits.
    write(&mut m, PMOVSCLR, 1 << 31).unwrap();
    write(&mut m, PMCCNTR, 0x1_ffff_ffff).unwrap();
    write(&mut m, PMCR, 1).unwrap();
    m.retired += 1;
    assert_eq!(read(&mut m, PMOVSSET), Ok(1 << 31));
}
