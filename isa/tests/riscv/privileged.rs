//! CSRs, privileged instructions, illegal words, delegation and interrupts in every mode, here and under QEMU's machine.

use super::program::{CPU, SPARE, compare, x};
use super::stream;
use cmodx_isa::riscv::{Insn, Op, Privilege, Riscv, asm, csr, table};
use cmodx_isa::{Class, Isa};

pub const MODES: [Privilege; 3] = [Privilege::User, Privilege::Supervisor, Privilege::Machine];

/// Registers whose values are compared. Left out: counters (they count different things), event counters and triggers
/// (QEMU has some), identity registers (QEMU's name QEMU), stimecmp (a device).
const REGISTERS: &[u16] = &[
    csr::FFLAGS,
    csr::FRM,
    csr::FCSR,
    csr::SSTATUS,
    csr::SIE,
    csr::STVEC,
    csr::SCOUNTEREN,
    csr::SENVCFG,
    csr::SSCRATCH,
    csr::SEPC,
    csr::SCAUSE,
    csr::STVAL,
    csr::SIP,
    csr::MSTATUS,
    csr::MISA,
    csr::MEDELEG,
    csr::MIDELEG,
    csr::MIE,
    csr::MCOUNTEREN,
    csr::MENVCFG,
    csr::MSCRATCH,
    csr::MEPC,
    csr::MCAUSE,
    csr::MTVAL,
    csr::MIP,
    csr::MHARTID,
    csr::MVENDORID,
    csr::MCONFIGPTR,
];

const CSR_OPS: [Op; 6] = [Op::Csrrw, Op::Csrrs, Op::Csrrc, Op::Csrrwi, Op::Csrrsi, Op::Csrrci];

/// Half of CBIE: QEMU 7.2 takes the reserved value 2.
const RESERVED_CBIE: u64 = 1 << 5;

/// Bits that may be written without changing how the test itself runs.
fn writable(number: u16) -> u64 {
    match number {
        // QEMU 7.2 takes reserved values of UXL and SXL, and has VS and fields of other extensions without them.
        csr::MSTATUS | csr::SSTATUS => {
            !(csr::MSTATUS_MPRV | csr::MSTATUS_MIE | csr::MSTATUS_SIE | 0xff << 32 | 3 << 9 | 3 << 15)
        }
        // Its registers of 32 bits have 64.
        csr::MCOUNTEREN | csr::SCOUNTEREN => 0xffff_ffff,
        // Features of QEMU that cannot be turned on or off there.
        csr::MENVCFG => !(csr::MENVCFG_ADUE | csr::MENVCFG_STCE | RESERVED_CBIE),
        csr::SENVCFG => !RESERVED_CBIE,
        csr::MISA => 0,
        csr::STVEC => 0,
        // QEMU 7.2 lets software set interrupts of the hypervisor extension even without it, and one of guests.
        csr::MIP | csr::SIP | csr::MIE | csr::SIE | csr::MIDELEG => csr::INTERRUPTS,
        // It keeps bit 0, which the manual has always zero.
        csr::MEPC | csr::SEPC => !1,
        // Calls of S mode reach M mode; QEMU 7.2 delegates exceptions of the hypervisor extension without having it.
        csr::MEDELEG => csr::MEDELEG_BITS & !(1 << 9),
        _ => u64::MAX,
    }
}

#[test]
fn csrs_take_and_give_the_values_that_qemu_does() {
    const TEST: &str = "csrs_take_and_give_the_values_that_qemu_does";
    compare(TEST, CPU, 11, 3000, |random, program| {
        let number = random.pick(REGISTERS);
        let value = random.value() & writable(number);
        // QEMU 7.2 lets nobody write misa: it is read.
        let op = if number == csr::MISA { Op::Csrrs } else { random.pick(&CSR_OPS) };
        let immediate = matches!(op, Op::Csrrwi | Op::Csrrsi | Op::Csrrci);
        // QEMU 7.2 takes setting or clearing no bits for not writing, which the manual has only of x0.
        let source = match immediate {
            true => (random.below(32) & writable(number)) as u8,
            false if value == 0 && op != Op::Csrrw => 0,
            false => random.pick(&[0, 5]),
        };
        let insn = Insn { rd: 6, rs1: source, imm: number as i64, ..Insn::new(op) };
        let mode = random.pick(&MODES);
        // Interrupts that may become pending are enabled only where they are not taken.
        let delegated = random.next() & csr::MIDELEG_BITS;
        let enabled = random.next() & if mode == Privilege::Machine { csr::INTERRUPTS } else { delegated };
        program.set_csr(csr::MIP, 0);
        program.set_csr(csr::MIDELEG, delegated);
        program.set_csr(csr::MIE, enabled);
        program.constant(5, value);
        program.constant(6, 0);
        program.enter(mode, csr::MSTATUS_FS_INITIAL, |p| {
            p.add(insn);
            if mode == Privilege::Machine {
                // Before the handler disables all interrupts.
                p.add(asm::i(Op::Csrrs, x(7), x(0), csr::MIE as i64));
            }
        });
        program.log(6);
        program.log(7);
        program.log_csrs(&[number]);
        program.set_csr(csr::MEDELEG, 0);
        (
            format!(
                "{} with x5 = {value:#x} in {mode:?}",
                Riscv::disassemble(&Riscv::decode(insn.encode().unwrap()), 0)
            ),
            false,
        )
    });
}

#[test]
fn every_csr_number_is_there_or_not_as_in_qemu() {
    const TEST: &str = "every_csr_number_is_there_or_not_as_in_qemu";
    let mut number = 0u16;
    compare(TEST, CPU, 12, 3 * 4096, |_, program| {
        let mode = MODES[number as usize % 3];
        let csr = number / 3;
        number += 1;
        // Reads without a result, so that values do not matter.
        let absent_there = match csr {
            // Event counters read zero here; QEMU is told to have none.
            csr::HPMCOUNTER3..=csr::HPMCOUNTER31 | csr::MHPMCOUNTER3..=csr::MHPMCOUNTER31 => true,
            csr::MHPMEVENT3..=csr::MHPMEVENT31 => true,
            csr::STIMECMP => true,
            // QEMU has every trigger register up to tinfo, or none.
            0x7a0..=0x7af => true,
            _ => false,
        };
        if !absent_there {
            program.enter(mode, csr::MSTATUS_FS_INITIAL, |p| p.add(asm::i(Op::Csrrs, x(0), x(0), csr as i64)));
        }
        (format!("csr {csr:#x} in {mode:?}"), false)
    });
}

#[test]
fn counters_are_readable_where_mcounteren_and_scounteren_allow() {
    const TEST: &str = "counters_are_readable_where_mcounteren_and_scounteren_allow";
    compare(TEST, CPU, 13, 400, |random, program| {
        let (machine, supervisor) = (random.below(8), random.below(8));
        let number = random.pick(&[csr::CYCLE, csr::TIME, csr::INSTRET]);
        let mode = random.pick(&MODES);
        program.set_csr(csr::MCOUNTEREN, machine);
        program.set_csr(csr::SCOUNTEREN, supervisor);
        program.enter(mode, 0, |p| p.add(asm::i(Op::Csrrs, x(0), x(0), number as i64)));
        (format!("csr {number:#x} in {mode:?}, mcounteren {machine}, scounteren {supervisor}"), false)
    });
}

#[test]
fn privileged_instructions_and_illegal_words_trap_as_in_qemu() {
    const TEST: &str = "privileged_instructions_and_illegal_words_trap_as_in_qemu";
    compare(TEST, CPU, 14, 20_000, |random, program| {
        let word = match random.below(4) {
            0 => random.pick(&[
                0x3020_0073, // mret
                0x1020_0073, // sret
                0x1200_0073, // sfence.vma
                0x1605_0073, // sinval.vma x10
                0x1800_0073, // sfence.w.inval
                0x1810_0073, // sfence.inval.ir
                0x0010_0073, // ebreak
                0x9002,      // c.ebreak
                0x0000_0073, // ecall
                0x0000_100f, // fence.i
                0x00b5_7553, // fadd.s with dynamic rounding
                0x1800_2573, // csrr a0, satp
            ]),
            1 => random.next() as u32 & 0xffff,
            _ => random.next() as u32 | 3,
        };
        let insn = Riscv::decode(word);
        let harmless = matches!(
            insn.op,
            Op::Illegal | Op::Mret | Op::Sret | Op::SfenceVma | Op::SinvalVma | Op::SfenceWInval | Op::SfenceInvalIr
        ) || matches!(insn.op, Op::Ebreak | Op::Ecall | Op::FenceI | Op::FaddS)
            || word == 0x1800_2573;
        // Legal words that are not of the list could do anything; other tests run them.
        let word = if harmless { word } else { 0 };
        // QEMU 7.2 lets U mode order invalidations, which the manual calls illegal.
        let modes = if matches!(insn.op, Op::SfenceWInval | Op::SfenceInvalIr) { &MODES[1..] } else { &MODES };
        let mode = random.pick(modes);
        let flags = [csr::MSTATUS_TVM, csr::MSTATUS_TSR, csr::MSTATUS_TW, csr::MSTATUS_FS_INITIAL, csr::MSTATUS_SPP];
        let flags = flags.iter().fold(0, |all, flag| if random.below(2) == 0 { all | flag } else { all });
        let status = flags | random.pick(&[0, csr::MSTATUS_SPIE, csr::MSTATUS_MPIE]);
        let delegated = random.next() & csr::MEDELEG_BITS & !(1 << 9);
        let frm = random.below(8);
        program.set_csr(csr::MEDELEG, delegated);
        program.set_csr(csr::MSTATUS, csr::MSTATUS_FS_INITIAL);
        program.set_csr(csr::FRM, frm);
        program.enter(mode, status, |p| {
            // Where SRET goes: to the call of the environment behind it.
            let skip = if word & 3 == 3 { 4 } else { 2 };
            p.set_landing(skip);
            p.word(word);
        });
        program.log_csrs(&[csr::MSTATUS]);
        // EBREAK may give its address or zero; for SINVAL.VMA QEMU 7.2 gives zero instead of the bits.
        let any_value = matches!(insn.op, Op::Ebreak | Op::SinvalVma);
        let text = Riscv::disassemble(&Riscv::decode(word), 0);
        (format!("{word:08x} {text} in {mode:?}, status {status:#x}, medeleg {delegated:#x}, frm {frm}"), any_value)
    });
}

#[test]
fn interrupts_come_in_the_order_and_to_the_mode_that_qemu_takes_them() {
    const TEST: &str = "interrupts_come_in_the_order_and_to_the_mode_that_qemu_takes_them";
    compare(TEST, &format!("{CPU},x-smaia=true,x-ssaia=true"), 15, 3000, |random, program| {
        let bits = csr::SSIP | csr::STIP | csr::SEIP;
        let (pending, enabled, delegated) = (random.next() & bits, random.next() & bits, random.next() & bits);
        let mode = random.pick(&MODES);
        let status = random.next() & (csr::MSTATUS_MPIE | csr::MSTATUS_SIE);
        program.set_csr(csr::MSTATUS, 0);
        program.set_csr(csr::MIDELEG, delegated);
        program.set_csr(csr::MIP, pending);
        program.set_csr(csr::MIE, enabled);
        program.enter(mode, status, |p| p.add(asm::nop()));
        program.log_csrs(&[csr::MIP, csr::SIP, csr::MSTATUS]);
        (format!("mip {pending:#x}, mie {enabled:#x}, mideleg {delegated:#x} in {mode:?}, status {status:#x}"), false)
    });
}

#[test]
fn accesses_that_are_not_aligned_or_find_nothing_trap_as_in_qemu() {
    const TEST: &str = "accesses_that_are_not_aligned_or_find_nothing_trap_as_in_qemu";
    let classes = [Class::Load, Class::Store, Class::Atomic, Class::LoadExclusive];
    let rows = table::ROWS.iter().filter(|row| classes.contains(&row.class));
    let rows: Vec<&table::Row> = rows.filter(|row| stream::left_out(row, stream::Oracle::Qemu).is_none()).collect();
    compare(TEST, CPU, 16, 6000, |random, program| {
        let row = random.pick(&rows);
        let insn = Insn { rd: 6, rs1: 7, rs2: 8, ..Insn::new(row.op) };
        // A load-reserved has no second source.
        let insn = if insn.encode().is_ok() { insn } else { Insn { rs2: 0, ..insn } };
        let insn = if insn.encode().is_ok() { insn } else { Insn { rd: 0, rs2: 8, ..insn } };
        let at = match random.below(4) {
            // QEMU 7.2 takes an AMO that fails for a load; here it is a store, as the manual says.
            _ if row.class == Class::Atomic => SPARE + random.below(8) * 8,
            // Behind the end of memory, where QEMU splits accesses that are not aligned.
            0 => 0x9000_0000 + random.below(512) * 8,
            _ => SPARE + random.below(64),
        };
        program.constant(6, 0);
        program.constant(7, at);
        program.constant(8, random.value());
        program.set_csr(csr::MEDELEG, 0);
        program.enter(random.pick(&MODES), csr::MSTATUS_FS_INITIAL, |p| p.add(insn));
        program.log(6);
        program.constant(7, SPARE);
        for word in 0..9 {
            program.add(asm::ld(x(6), x(7), 8 * word));
            program.log(6);
        }
        (format!("{} at {at:#x}", row.mnemonic), false)
    });
}
