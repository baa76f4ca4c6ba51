//! Random page tables, walked here and by QEMU: the same data, faults, and accessed and dirty bits.

use super::program::{CPU, SPARE, compare, x};
use super::random::Random;
use cmodx_isa::riscv::{Insn, Op, Privilege, asm, csr};

/// One table for each level, the root first.
const TABLES: u64 = SPARE + 0x1_0000;
/// What leaves map: a call of the environment, and data behind it.
const TARGET: u64 = SPARE + 0x10_0000;

const VALID: u64 = 1;
const ACCESSED_DIRTY: u64 = 0xc0;
const POINTER_FLAGS: u64 = 0xce;

/// The entry of one level.
fn entry(random: &mut Random, pointer: Option<u64>, level: u32) -> u64 {
    let mut entry = match pointer {
        Some(table) => table >> 2 | VALID,
        None => {
            let size = 1u64 << (12 + 9 * level);
            // Readable, writable and so on, most of the time.
            let flags = (random.next() | random.next()) & 0xfe | random.below(8).min(1);
            // What is no leaf after all points to a table, which must lie in memory (see below).
            let flags = if level >= 3 && flags & 0xe == 0 { flags | 2 } else { flags };
            (TARGET & !(size - 1)) >> 2 | flags
        }
    };
    match random.below(24) {
        // A pointer to where no memory is gives a page fault in QEMU 7.2, though the manual says access fault.
        0 if pointer.is_some() => entry ^= 1 << 14, // an empty table
        // Not to where the program itself lies.
        0 => entry ^= 1 << 10 << random.pick(&[0, 1, 2, 3, 14, 15, 17, 20, 25, 30, 40, 43]),
        1 => entry |= 1 << 61,
        2 => entry |= 2 << 61,
        // QEMU 7.2 sets A and D before it sees that the size is reserved.
        3 if pointer.is_none() => entry |= 1 << 63 | ACCESSED_DIRTY,
        3 => entry |= 1 << 63,
        4 if pointer.is_none() && level == 0 => entry = entry & !(15 << 10) | 1 << 63 | 8 << 10,
        5 if pointer.is_some() => entry |= 1 << random.below(8) & POINTER_FLAGS,
        6 => entry |= random.below(4) << 8,
        _ => {}
    }
    entry
}

fn walks(test: &str, mode: u64, levels: u32, seed: u64) {
    compare(test, CPU, seed, 3000, |random, program| {
        program.updates_tables = true;
        let leaf = if random.below(2) == 0 { 0 } else { random.below(levels as u64) as u32 };
        // Below the leaf the address is the target's, above it random.
        let low = (1u64 << (12 + 9 * leaf)) - 1;
        let bits = 12 + 9 * levels;
        let offset = random.below(3) * 8;
        let at = random.next() & !low | TARGET & low;
        let mut at = ((at + offset) << (64 - bits)) as i64 >> (64 - bits);
        if random.below(16) == 0 {
            at ^= 1 << 63;
        }
        let at = at as u64;
        program.constant(5, TARGET);
        program.constant(6, u64::from(asm::ecall().encode().expect("it has no operands")) | 0x1234_5678 << 32);
        program.add(asm::sd(x(6), x(5), 0));
        let mut text = format!("{at:#x}, mode {mode}");
        for level in (leaf..levels).rev() {
            let table = TABLES + 4096 * u64::from(levels - 1 - level);
            let pointer = (level > leaf).then_some(table + 4096);
            let entry = entry(random, pointer, level);
            program.constant(5, table + (at >> (12 + 9 * level) & 511) * 8);
            program.constant(6, entry);
            program.add(asm::sd(x(6), x(5), 0));
            text += &format!(", level {level}: {entry:#x}");
        }
        // x5 stays the place of the leaf.
        program.constant(7, at);
        program.constant(8, 0x1111_1111_1111_1111);
        program.set_csr(csr::SATP, mode << 60 | TABLES >> 12);
        // QEMU 7.2 allows memory types whether this is set or not.
        program.constant(6, csr::MENVCFG_PBMTE);
        program.add(asm::i(Op::Csrrs, x(0), x(6), csr::MENVCFG as i64));
        program.add(Insn::new(Op::SfenceVma));
        let user = random.below(2) == 0;
        let view = random.next() & (csr::MSTATUS_SUM | csr::MSTATUS_MXR);
        let privilege = if user { Privilege::User } else { Privilege::Supervisor };
        let access = random.below(3);
        text += &format!(", access {access} in {privilege:?}, mstatus {view:#x}");
        if access == 0 {
            program.enter_at(at, privilege, view);
        } else {
            program.enter(Privilege::Machine, view, |p| {
                // Data with the privilege in MPP.
                let mpp = (privilege as u64) << csr::MSTATUS_MPP.trailing_zeros();
                p.constant(6, csr::MSTATUS_MPP);
                p.constant(9, mpp | csr::MSTATUS_MPRV);
                p.add(asm::i(Op::Csrrc, x(0), x(6), csr::MSTATUS as i64));
                p.add(asm::i(Op::Csrrs, x(0), x(9), csr::MSTATUS as i64));
                p.add(if access == 1 { asm::ld(x(8), x(7), 0) } else { asm::sd(x(8), x(7), 0) });
            });
        }
        program.set_csr(csr::MSTATUS, 0);
        program.log(8);
        program.add(asm::ld(x(6), x(5), 0));
        program.log(6);
        for n in 0..3 {
            program.constant(5, TARGET + 8 * n);
            program.add(asm::ld(x(6), x(5), 0));
            program.log(6);
        }
        (text, false)
    });
}

#[test]
fn sv39_walks_as_in_qemu() {
    walks("sv39_walks_as_in_qemu", 8, 3, 21);
}

#[test]
fn sv48_walks_as_in_qemu() {
    walks("sv48_walks_as_in_qemu", 9, 4, 22);
}

#[test]
fn sv57_walks_as_in_qemu() {
    walks("sv57_walks_as_in_qemu", 10, 5, 23);
}
