//! Counters and the timer comparator: registers whose values belong to the machine.

use super::machine::{Machine, Region};
use cmodx_isa::riscv::{Cause, Hart, Insn, Op, Privilege, Trap, csr};

const CODE: u64 = 0x1000;

/// Runs `csrrw`, `csrrs` … one after another on a hart that `prepare` has set up; gives x10 after each.
fn run(insns: &[Insn], prepare: impl FnOnce(&mut Hart)) -> Vec<Result<u64, Trap>> {
    let words = insns.iter().map(|insn| insn.encode().expect("operands that fit"));
    let code = words.flat_map(u32::to_le_bytes).collect();
    let mut machine = Machine::new(Hart::new(0), CODE, vec![Region { at: CODE, bytes: code }]);
    prepare(&mut machine.hart);
    insns.iter().map(|_| machine.step().map(|()| machine.hart.x[10])).collect()
}

/// x10 = the register.
fn read(number: u16) -> Insn {
    Insn { rd: 10, imm: number as i64, ..Insn::new(Op::Csrrs) }
}

/// The register = x`source`.
fn write(number: u16, source: u8) -> Insn {
    Insn { rs1: source, imm: number as i64, ..Insn::new(Op::Csrrw) }
}

#[test]
fn minstret_counts_on_from_what_is_written() {
    // The instruction that writes is not counted.
    let insns = [write(csr::MINSTRET, 11), read(csr::MINSTRET), read(csr::INSTRET)];
    let values = run(&insns, |hart| hart.x[11] = 1000);
    assert_eq!(values[1..], [Ok(1000), Ok(1001)]);
}

#[test]
fn an_inhibited_counter_stands_still_and_goes_on_from_there() {
    let insns = [
        write(csr::MCOUNTINHIBIT, 11),
        read(csr::MINSTRET),
        read(csr::MINSTRET),
        write(csr::MINSTRET, 12),
        read(csr::MINSTRET),
        write(csr::MCOUNTINHIBIT, 0),
        read(csr::MINSTRET),
        read(csr::MINSTRET),
    ];
    let values = run(&insns, |hart| (hart.x[11], hart.x[12]) = (csr::INHIBIT_IR, 500));
    let values: Vec<u64> = values.into_iter().map(|value| value.expect("M mode may")).collect();
    assert_eq!([values[1], values[2]], [0, 0]);
    assert_eq!(values[4], 500);
    assert_eq!([values[6], values[7]], [501, 502]);
}

#[test]
fn event_counters_read_zero() {
    let values = run(&[write(csr::MHPMCOUNTER3, 11), read(csr::MHPMCOUNTER3), read(csr::MHPMEVENT31)], |hart| {
        hart.x[11] = 7;
    });
    assert_eq!(values[1..], [Ok(0), Ok(0)]);
}

#[test]
fn stimecmp_needs_sstc_enabled_and_the_time_counter_open_below_machine_mode() {
    let outcome = |privilege, menvcfg, mcounteren| {
        let values = run(&[write(csr::STIMECMP, 11), read(csr::STIMECMP)], |hart| {
            *hart = Hart { privilege, ..Hart::supervisor(0) };
            (hart.csr.menvcfg, hart.csr.mcounteren, hart.x[11]) = (menvcfg, mcounteren, 99);
        });
        values[1].map_err(|trap| trap.cause)
    };
    let illegal = Err(Cause::ILLEGAL_INSTRUCTION);
    use Privilege::{Machine as M, Supervisor as S, User as U};
    assert_eq!(outcome(M, 0, 0), Ok(99));
    assert_eq!(outcome(S, csr::MENVCFG_STCE, 2), Ok(99));
    assert_eq!([outcome(S, 0, 2), outcome(S, csr::MENVCFG_STCE, 0)], [illegal, illegal]);
    assert_eq!(outcome(U, csr::MENVCFG_STCE, 2), illegal);
}
