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
    m.hart.el = 0;
    let refused = read(&mut m, PMCCNTR).expect_err("EL0 may not");
    assert!(matches!(refused, Trap::Sync { cause: Cause::SystemTrapped, .. }));
    m.hart.el = 1;
    write(&mut m, PMUSERENR, 1 << 2).unwrap();
    m.hart.el = 0;
    assert_eq!(read(&mut m, PMCCNTR), Ok(0));
    assert!(write(&mut m, PMCCNTR, 1).is_err(), "CR allows reading alone");
}
