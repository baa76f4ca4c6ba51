//! Encoder and decoder undo one another.

use super::random::Random;
use cmodx_isa::riscv::{Hart, Insn, Op, Privilege, Riscv, compressed, csr, table};
use cmodx_isa::{Class, Isa};

#[test]
fn every_row_decodes_to_itself_and_encodes_to_its_bits() {
    let mut random = Random(1);
    for (number, row) in table::ROWS.iter().enumerate() {
        assert_eq!(row.op as usize, number, "rows stand in the order of Op");
        let free = !(row.pattern.mask | row.pattern.ignored);
        let mut decoded = 0;
        for _ in 0..2000 {
            let word = row.pattern.bits | random.next() as u32 & free;
            let insn = Riscv::decode(word);
            let special = table::ROWS.iter().take(number).any(|r| r.pattern.matches(word));
            if special || insn.op == Op::Illegal {
                continue;
            }
            assert_eq!(insn.op, row.op, "{word:#010x} is {}", row.mnemonic);
            assert_eq!(insn.encode(), Ok(word), "{insn:?}");
            decoded += 1;
        }
        assert!(decoded > 1000 || free.count_ones() < 12, "{} is hardly reached: {decoded}", row.mnemonic);
    }
}

#[test]
fn ignored_bits_change_nothing() {
    let mut random = Random(2);
    for row in table::ROWS.iter().filter(|row| row.pattern.ignored != 0) {
        for _ in 0..100 {
            let noise = random.next() as u32 & row.pattern.ignored;
            assert_eq!(Riscv::decode(row.pattern.bits | noise), Insn::new(row.op), "{}", row.mnemonic);
        }
    }
}

#[test]
fn every_halfword_encodes_to_its_bits_and_every_row_is_reached() {
    let mut reached = vec![false; compressed::ROWS.len()];
    for half in 0..=u16::MAX {
        if half & 3 == 3 {
            continue;
        }
        let insn = Riscv::decode(half as u32 | 0xabcd_0000);
        assert_eq!(insn.len, 2);
        assert_eq!(insn.encode(), Ok(half as u32), "{insn:?}");
        if insn.op != Op::Illegal {
            reached[insn.aux as usize] = true;
        }
    }
    for (row, reached) in compressed::ROWS.iter().zip(reached) {
        assert!(reached || row.op == Op::Illegal, "{} is never decoded", row.mnemonic);
    }
}

#[test]
fn jumps_class_as_the_return_address_stack_sees_them() {
    let class = |word| Riscv::class(&Riscv::decode(word));
    assert_eq!(class(0x0000_8067), Class::Return, "jalr x0, 0(ra)");
    assert_eq!(class(0x0002_8067), Class::Return, "jalr x0, 0(t0)");
    assert_eq!(class(0x8082), Class::Return, "c.jr ra");
    assert_eq!(class(0x0003_0067), Class::IndirectJump, "jalr x0, 0(t1)");
    assert_eq!(class(0x0000_80e7), Class::IndirectCall, "jalr ra, 0(ra)");
    assert_eq!(class(0x0002_82e7), Class::IndirectCall, "jalr t0, 0(t0)");
    assert_eq!(class(0x9282), Class::IndirectCall, "c.jalr t0");
    assert_eq!(class(0x0000_00ef), Class::Call, "jal ra");
    assert_eq!(class(0x0000_006f), Class::Jump, "jal x0");
    assert_eq!(class(0x0000_0013), Class::Nop, "addi x0, x0, 0");
    assert_eq!(class(0x0001), Class::Nop, "c.nop");
    assert_eq!(class(0x0100_000f), Class::Hint, "pause");
}

#[test]
fn operands_name_registers_and_mark_those_that_form_addresses() {
    let operands = |word| Riscv::operands(&Riscv::decode(word));
    let int = cmodx_isa::RegSet::int;
    // sd ra, 8(sp)
    let store = operands(0x0011_3423);
    assert_eq!((store.reads, store.address, store.writes), (int(1).with(int(2)), int(2), Default::default()));
    // amoadd.w.aqrl a1, a1, (a2)
    let amo = operands(0x06b6_25af);
    assert_eq!((amo.reads, amo.address, amo.writes), (int(11).with(int(12)), int(12), int(11)));
    assert!(amo.acquire && amo.release);
    // c.add a0, a1 reads both, writes the first
    let add = operands(0x952e);
    assert_eq!((add.reads, add.writes), (int(10).with(int(11)), int(10)));
    // csrrwi x0, mscratch, 5: the immediate is no register
    let csr = operands(0x3402_d073);
    assert_eq!((csr.reads, csr.writes), Default::default());
    // jalr t0, 0(t1)
    let jump = operands(0x0003_02e7);
    assert_eq!((jump.address, jump.writes), (int(6), int(5)));
}

#[test]
fn no_word_and_no_state_makes_execution_panic() {
    let mut random = Random(5);
    let started = std::time::Instant::now();
    let mut count = 0;
    while started.elapsed().as_millis() < 1000 {
        let row = random.pick(table::ROWS);
        let mut word = row.pattern.bits | random.next() as u32 & !row.pattern.mask;
        match random.below(4) {
            0 => word ^= 1 << random.below(32),
            1 => word = random.next() as u32,
            _ => {}
        }
        let insn = Riscv::decode(word);
        assert!(matches!(insn.len, 2 | 4));
        let _ = (Riscv::class(&insn), Riscv::operands(&insn), Riscv::disassemble(&insn, random.next()));
        let mut hart = if random.below(2) == 0 { Hart::new(0) } else { Hart::supervisor(0) };
        hart.privilege = random.pick(&[Privilege::User, Privilege::Supervisor, Privilege::Machine]);
        hart.csr.mstatus |= random.next() & csr::MSTATUS_WRITE & !csr::MSTATUS_MPP;
        hart.csr.fcsr = random.below(256);
        for n in 1..32 {
            (hart.x[n], hart.f[n]) = (random.value(), random.value());
        }
        let pc = random.next() & !1;
        let memory = vec![super::machine::Region { at: 0, bytes: vec![0; 64] }];
        let mut machine = super::machine::Machine::new(hart, pc, memory);
        if let Err(trap) = Riscv::execute(&mut machine, insn, pc) {
            let _ = trap.to_string();
            Riscv::enter(&mut machine.hart, trap, pc);
        }
        assert_eq!(machine.hart.x[0], 0, "{word:#010x}");
        count += 1;
    }
    println!("{count} words executed");
    assert!(count > 1000);
}
