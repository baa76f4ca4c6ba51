//! Extensions that QEMU 7.2 does not have, against the manual's words: Zfa, Zicond, Zicbom, Zicboz, Zawrs, Zacas, Zabha, Zcb.

use super::machine::{Machine, Region};
use super::random::Random;
use cmodx_isa::riscv::format::{Bank, Operand};
use cmodx_isa::riscv::{Cause, Hart, Insn, Op, Privilege, Trap, csr, table};

const CODE: u64 = 0x1000;
const DATA: u64 = 0x2000;

/// A hart in M mode with its floating-point unit on, this code, and 128 bytes of data.
fn machine(code: &[u8], data: [u64; 2]) -> Machine {
    let mut bytes = vec![0xff; 128];
    bytes[..8].copy_from_slice(&data[0].to_le_bytes());
    bytes[8..16].copy_from_slice(&data[1].to_le_bytes());
    let regions = vec![Region { at: CODE, bytes: code.to_vec() }, Region { at: DATA, bytes }];
    let mut hart = Hart::new(0);
    hart.csr.mstatus |= csr::MSTATUS_FS_INITIAL;
    Machine::new(hart, CODE, regions)
}

fn data(machine: &Machine, word: usize) -> u64 {
    u64::from_le_bytes(machine.regions[1].bytes[8 * word..8 * word + 8].try_into().expect("8 bytes"))
}

/// Executes one instruction after `prepare`.
fn run(insn: Insn, values: [u64; 2], prepare: impl FnOnce(&mut Hart)) -> (Machine, Result<(), Trap>) {
    let word = insn.encode().expect("operands that fit");
    let mut machine = machine(&word.to_le_bytes()[..insn.len as usize], values);
    prepare(&mut machine.hart);
    let result = machine.step();
    (machine, result)
}

/// x10 = op(x11, x12).
fn integer(op: Op, a: u64, b: u64) -> u64 {
    let insn = Insn { rd: 10, rs1: 11, rs2: 12, ..Insn::new(op) };
    let (machine, result) = run(insn, [0; 2], |hart| (hart.x[11], hart.x[12]) = (a, b));
    assert_eq!(result, Ok(()));
    machine.hart.x[10]
}

/// f10 and x10 after op on f11 and f12, and the flags.
fn float(op: Op, a: u64, b: u64, mode: u8) -> (u64, u64, u64) {
    let full = Insn { rd: 10, rs1: 11, rs2: 12, aux: mode, ..Insn::new(op) };
    // Some have one source, some no rounding mode.
    let forms = [full, Insn { rs2: 0, ..full }, Insn { aux: 0, ..full }];
    let insn = forms.into_iter().find(|insn| insn.encode().is_ok()).expect("one of the forms");
    let (machine, result) = run(insn, [0; 2], |hart| (hart.f[11], hart.f[12]) = (a, b));
    assert_eq!(result, Ok(()));
    (machine.hart.f[10], machine.hart.x[10], machine.hart.csr.fcsr)
}

#[test]
fn floating_point_is_illegal_while_its_unit_is_off() {
    for row in table::ROWS {
        let float = row.format.operands.iter().any(|operand| matches!(operand, Operand::Reg(Bank::Float, ..)));
        let mut insn = Insn { rs1: 11, ..Insn::new(row.op) };
        if insn.encode().is_err() {
            insn.rs1 = 0;
        }
        let word = insn.encode().expect("operands that fit");
        let mut machine = machine(&word.to_le_bytes(), [0; 2]);
        machine.hart.csr.mstatus &= !csr::MSTATUS_FS;
        machine.hart.x[11] = DATA;
        if float {
            assert_eq!(machine.step(), Err(Trap::illegal(word)), "{}", row.mnemonic);
        }
    }
}

#[test]
fn zicond_selects_by_the_condition() {
    assert_eq!([integer(Op::CzeroEqz, 7, 0), integer(Op::CzeroEqz, 7, 9)], [0, 7]);
    assert_eq!([integer(Op::CzeroNez, 7, 0), integer(Op::CzeroNez, 7, 9)], [7, 0]);
}

#[test]
fn zfa_rounds_as_the_host_rounds() {
    const INEXACT: u64 = 1;
    let mut random = Random(41);
    type Rounding = fn(f64) -> f64;
    let modes: [(u8, Rounding); 5] = [
        (0, f64::round_ties_even),
        (1, f64::trunc),
        (2, f64::floor),
        (3, f64::ceil),
        (4, f64::round), // ties away from zero
    ];
    for _ in 0..4000 {
        let value = f64::from_bits(random.next() & 0x800f_ffff_ffff_ffff | (1010 + random.below(60)) << 52);
        for (mode, round) in modes {
            let expected = round(value);
            let inexact = if expected == value { 0 } else { INEXACT };
            assert_eq!(float(Op::FroundD, value.to_bits(), 0, mode), (expected.to_bits(), 0, 0), "{value} mode {mode}");
            assert_eq!(float(Op::FroundnxD, value.to_bits(), 0, mode), (expected.to_bits(), 0, inexact));
            let single = value as f32;
            let boxed = |x: f32| x.to_bits() as u64 | 0xffff_ffff << 32;
            let expected = round(single as f64) as f32;
            assert_eq!(float(Op::FroundS, boxed(single), 0, mode), (boxed(expected), 0, 0));
        }
    }
}

#[test]
fn zfa_compares_quietly_and_propagates_nans() {
    const QUIET: u64 = 0x7ff8_0000_0000_0000;
    const SIGNALING: u64 = 0x7ff0_0000_0000_0001;
    const INVALID: u64 = 16;
    let one = 1f64.to_bits();
    for op in [Op::FleqD, Op::FltqD] {
        assert_eq!(float(op, QUIET, one, 0), (0, 0, 0));
        assert_eq!(float(op, SIGNALING, one, 0), (0, 0, INVALID));
    }
    assert_eq!(float(Op::FltqD, one, 2f64.to_bits(), 0), (0, 1, 0));
    assert_eq!(float(Op::FleqD, one, one, 0), (0, 1, 0));
    for op in [Op::FminmD, Op::FmaxmD] {
        assert_eq!(float(op, one, QUIET, 0), (QUIET, 0, 0));
        assert_eq!(float(op, SIGNALING, one, 0), (QUIET, 0, INVALID));
    }
    let (minus, plus) = ((-0f64).to_bits(), 0f64.to_bits());
    assert_eq!([float(Op::FminmD, plus, minus, 0).0, float(Op::FmaxmD, minus, plus, 0).0], [minus, plus]);
}

#[test]
fn zfa_constants_are_those_of_the_manual() {
    let constant = |op, number| {
        let insn = Insn { rd: 10, rs1: number, ..Insn::new(op) };
        run(insn, [0; 2], |_| {}).0.hart.f[10]
    };
    assert_eq!(constant(Op::FliD, 0), (-1f64).to_bits());
    assert_eq!(constant(Op::FliD, 1), f64::MIN_POSITIVE.to_bits());
    assert_eq!(constant(Op::FliS, 1), f32::MIN_POSITIVE.to_bits() as u64 | 0xffff_ffff << 32);
    assert_eq!(constant(Op::FliD, 9), 0.3125f64.to_bits());
    assert_eq!(constant(Op::FliS, 29), 65536f32.to_bits() as u64 | 0xffff_ffff << 32);
    assert_eq!([constant(Op::FliD, 30), constant(Op::FliD, 31)], [f64::INFINITY.to_bits(), 0x7ff8_0000_0000_0000]);
}

#[test]
fn zacas_swaps_only_what_it_expects() {
    let cas = |op, expected: u64, memory: u64| {
        let insn = Insn { rd: 10, rs1: 11, rs2: 12, ..Insn::new(op) };
        let (machine, result) = run(insn, [memory, 0], |hart| {
            (hart.x[10], hart.x[11], hart.x[12]) = (expected, DATA, 0x1122_3344_5566_7788);
        });
        assert_eq!(result, Ok(()));
        (machine.hart.x[10], data(&machine, 0))
    };
    // The register compares in the width of the access, and gets memory sign-extended.
    assert_eq!(
        cas(Op::AmocasW, 0xabc_8000_0001, 0xdddd_dddd_8000_0001),
        (0xffff_ffff_8000_0001, 0xdddd_dddd_5566_7788)
    );
    assert_eq!(cas(Op::AmocasW, 2, 0x8000_0001), (0xffff_ffff_8000_0001, 0x8000_0001));
    assert_eq!(cas(Op::AmocasD, 5, 5), (5, 0x1122_3344_5566_7788));
    assert_eq!(cas(Op::AmocasB, 0xff_80, 0x1280), (0xffff_ffff_ffff_ff80, 0x1288));
    assert_eq!(cas(Op::AmocasH, 0x1280, 0x1280), (0x1280, 0x7788));
}

#[test]
fn zacas_of_a_quadword_takes_even_pairs_and_zero_for_x0() {
    let cas = |rd, rs2, values| {
        let insn = Insn { rd, rs1: 11, rs2, ..Insn::new(Op::AmocasQ) };
        let (machine, result) = run(insn, values, |hart| {
            (hart.x[11], hart.x[12], hart.x[13], hart.x[14], hart.x[15]) = (DATA, 1, 2, 3, 4);
        });
        assert_eq!(result, Ok(()));
        let x = machine.hart.x;
        assert_eq!(x[0], 0);
        ([x[12], x[13]], [data(&machine, 0), data(&machine, 1)])
    };
    assert_eq!(cas(12, 14, [1, 2]), ([1, 2], [3, 4]));
    assert_eq!(cas(12, 14, [1, 9]), ([1, 9], [1, 9]));
    assert_eq!(cas(12, 0, [1, 2]), ([1, 2], [0, 0]));
    assert_eq!(cas(0, 14, [0, 0]), ([1, 2], [3, 4]));
    let odd = Insn { rd: 13, rs1: 11, rs2: 14, ..Insn::new(Op::AmocasQ) };
    assert!(odd.encode().is_err(), "odd pairs are reserved");
    let insn = Insn { rd: 12, rs1: 11, rs2: 14, ..Insn::new(Op::AmocasQ) };
    let (_, result) = run(insn, [0; 2], |hart| hart.x[11] = DATA + 8);
    assert_eq!(result, Err(Trap::new(Cause::STORE_MISALIGNED, DATA + 8)));
}

#[test]
fn zabha_touches_its_bytes_alone() {
    let amo = |op, value: u64| {
        let insn = Insn { rd: 10, rs1: 11, rs2: 12, ..Insn::new(op) };
        let (machine, result) = run(insn, [0x1111_1111_1111_80f0, 0], |hart| (hart.x[11], hart.x[12]) = (DATA, value));
        assert_eq!(result, Ok(()));
        (machine.hart.x[10] as i64, data(&machine, 0))
    };
    assert_eq!(amo(Op::AmoaddB, 0x120), (-16, 0x1111_1111_1111_8010));
    assert_eq!(amo(Op::AmoswapH, 0xabcd_1234), (-32528, 0x1111_1111_1111_1234));
    assert_eq!(amo(Op::AmominB, 5), (-16, 0x1111_1111_1111_80f0));
    assert_eq!(amo(Op::AmominuB, 5), (-16, 0x1111_1111_1111_8005));
    assert_eq!(amo(Op::AmomaxH, 5), (-32528, 0x1111_1111_1111_0005));
    assert_eq!(amo(Op::AmomaxuH, 5), (-32528, 0x1111_1111_1111_80f0));
    let insn = Insn { rd: 10, rs1: 11, rs2: 12, ..Insn::new(Op::AmoxorH) };
    let (_, result) = run(insn, [0; 2], |hart| hart.x[11] = DATA + 1);
    assert_eq!(result, Err(Trap::new(Cause::STORE_MISALIGNED, DATA + 1)));
}

#[test]
fn cache_blocks_are_open_to_a_mode_when_those_above_allow() {
    let outcome = |op, privilege, menvcfg, senvcfg| {
        let insn = Insn { rs1: 11, ..Insn::new(op) };
        let (machine, result) = run(insn, [1, 2], |hart| {
            *hart = Hart { privilege, ..Hart::supervisor(0) };
            (hart.csr.menvcfg, hart.csr.senvcfg, hart.x[11]) = (menvcfg, senvcfg, DATA + 17);
        });
        (result.is_ok(), data(&machine, 1))
    };
    use Privilege::{Machine as M, Supervisor as S, User as U};
    let (cbze, cbcfe, cbie) = (csr::MENVCFG_CBZE, csr::MENVCFG_CBCFE, csr::MENVCFG_CBIE);
    assert_eq!(outcome(Op::CboZero, M, 0, 0), (true, 0), "the whole block, whatever the address in it");
    assert_eq!(outcome(Op::CboZero, S, 0, cbze), (false, 2));
    assert_eq!(outcome(Op::CboZero, S, cbze, 0), (true, 0));
    assert_eq!(outcome(Op::CboZero, U, cbze, 0), (false, 2));
    assert_eq!(outcome(Op::CboZero, U, 0, cbze), (false, 2));
    assert_eq!(outcome(Op::CboZero, U, cbze, cbze), (true, 0));
    assert_eq!([outcome(Op::CboClean, S, cbcfe, 0), outcome(Op::CboFlush, U, cbcfe, 0)], [(true, 2), (false, 2)]);
    assert_eq!([outcome(Op::CboInval, S, cbie, 0), outcome(Op::CboInval, U, cbie, 0)], [(true, 2), (false, 2)]);
}

#[test]
fn waits_for_a_reservation_go_on() {
    for op in [Op::WrsNto, Op::WrsSto] {
        assert_eq!(run(Insn::new(op), [0; 2], |_| {}).1, Ok(()));
    }
}

#[test]
fn zcb_does_what_the_instructions_do_that_it_abbreviates() {
    // Halfwords from llvm-mc-19: x10 alone, or x10 and x11.
    let unary = |half: u16, value: u64| {
        let mut machine = machine(&half.to_le_bytes(), [0; 2]);
        (machine.hart.x[10], machine.hart.x[11]) = (value, 3);
        assert_eq!(machine.step(), Ok(()));
        assert_eq!(machine.pc, CODE + 2);
        machine.hart.x[10]
    };
    let value = 0x1122_3344_d566_f788;
    assert_eq!(unary(0x9d61, value), 0x88, "c.zext.b");
    assert_eq!(unary(0x9d65, value), 0xffff_ffff_ffff_ff88, "c.sext.b");
    assert_eq!(unary(0x9d69, value), 0xf788, "c.zext.h");
    assert_eq!(unary(0x9d6d, value), 0xffff_ffff_ffff_f788, "c.sext.h");
    assert_eq!(unary(0x9d71, value), 0xd566_f788, "c.zext.w");
    assert_eq!(unary(0x9d75, value), !value, "c.not");
    assert_eq!(unary(0x9d4d, value), value.wrapping_mul(3), "c.mul");

    let memory = |half: u16| {
        let mut machine = machine(&half.to_le_bytes(), [0xfedc_ba98_7654_3210, 0]);
        (machine.hart.x[10], machine.hart.x[11]) = (0xeeee, DATA);
        assert_eq!(machine.step(), Ok(()));
        (machine.hart.x[10], data(&machine, 0))
    };
    let whole = 0xfedc_ba98_7654_3210;
    assert_eq!(memory(0x81c8), (0x32, whole), "c.lbu a0, 1(a1)");
    assert_eq!(memory(0x81a8), (0x54, whole), "c.lbu a0, 2(a1)");
    assert_eq!(memory(0x85a8), (0x7654, whole), "c.lhu a0, 2(a1)");
    assert_eq!(memory(0x85e8), (0x7654, whole), "c.lh a0, 2(a1)");
    assert_eq!(memory(0x89e8), (0xeeee, 0xfedc_ba98_ee54_3210), "c.sb a0, 3(a1)");
    assert_eq!(memory(0x8da8), (0xeeee, 0xfedc_ba98_eeee_3210), "c.sh a0, 2(a1)");
}
