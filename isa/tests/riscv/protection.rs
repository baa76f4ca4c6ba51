//! Random entries of physical memory protection, here and under QEMU.

use super::privileged::MODES;
use super::program::{CPU, SPARE, compare, x};
use cmodx_isa::riscv::{Op, asm, csr};

#[test]
fn pmp_entries_protect_as_in_qemu() {
    const TEST: &str = "pmp_entries_protect_as_in_qemu";
    const ENTRIES: u16 = 4;
    compare(TEST, CPU, 31, 3000, |random, program| {
        let mut text = String::new();
        let mut configuration = 0x1f << (8 * 7);
        for entry in 0..ENTRIES {
            // NAPOT ranges of all sizes, and bounds, all within some hundred bytes.
            let address = (SPARE + random.below(64) * 4) >> 2;
            let address = if random.below(2) == 0 { address | ((1 << random.below(6)) - 1) } else { address };
            let mode = random.below(4) << 3;
            // W without R is reserved.
            let rights = random.pick(&[0, 1, 3, 4, 5, 7]);
            configuration |= (mode | rights) << (8 * entry);
            program.set_csr(csr::PMPADDR0 + entry, address);
            text += &format!("{address:#x} {:#x}, ", mode | rights);
        }
        program.set_csr(csr::PMPADDR0 + 7, u64::MAX);
        program.set_csr(csr::PMPCFG0, configuration);
        program.log_csrs(&[csr::PMPCFG0, csr::PMPADDR0, csr::PMPADDR0 + 1]);
        let privilege = random.pick(&MODES);
        let (load, store) = random.pick(&[(Op::Lbu, Op::Sb), (Op::Lhu, Op::Sh), (Op::Lw, Op::Sw), (Op::Ld, Op::Sd)]);
        let size = match load {
            Op::Lbu => 1,
            Op::Lhu => 2,
            Op::Lw => 4,
            _ => 8,
        };
        let at = SPARE + random.below(256) / size * size;
        let reads = random.below(2) == 0;
        program.constant(7, at);
        program.constant(8, 0);
        program.enter(cmodx_isa::riscv::Privilege::Machine, 0, |p| {
            let mpp = (privilege as u64) << csr::MSTATUS_MPP.trailing_zeros();
            p.constant(6, csr::MSTATUS_MPP);
            p.constant(9, mpp | csr::MSTATUS_MPRV);
            p.add(asm::i(Op::Csrrc, x(0), x(6), csr::MSTATUS as i64));
            p.add(asm::i(Op::Csrrs, x(0), x(9), csr::MSTATUS as i64));
            p.add(if reads { asm::i(load, x(8), x(7), 0) } else { asm::s(store, x(7), x(8), 0) });
        });
        program.set_csr(csr::MSTATUS, 0);
        // A fetch, from a word that calls the environment.
        program.constant(7, at & !3);
        program.constant(6, asm::ecall().encode().expect("it has no operands").into());
        program.add(asm::s(Op::Sw, x(7), x(6), 0));
        program.enter_at(at & !3, privilege, 0);
        (format!("{text}{size} bytes at {at:#x}, read {reads}, in {privilege:?}"), false)
    });
}
