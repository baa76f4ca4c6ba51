//! Encoder and decoder undo one another.

use super::random::Random;
use cmodx_isa::aarch64::{Aarch64, Insn, Op, ROWS};
use cmodx_isa::{Class, Isa, RegSet};

#[test]
fn every_row_decodes_to_itself_and_encodes_to_its_bits() {
    let mut random = Random(1);
    for (number, row) in ROWS.iter().enumerate() {
        assert_eq!(row.op as usize, number, "rows stand in the order of Op");
        let free = !(row.pattern.mask | row.pattern.ignored);
        let mut decoded = 0;
        for _ in 0..2000 {
            let word = row.pattern.bits | random.next() as u32 & free;
            let insn = Aarch64::decode(word);
            let special = ROWS.iter().take(number).any(|r| r.pattern.matches(word));
            if special || insn.op == Op::Undefined {
                continue;
            }
            assert_eq!(insn.op, row.op, "{word:#010x} is {}", row.mnemonic);
            let encoded = insn.encode();
            // Bits of immr above the element of a bitmask mean nothing: such a word encodes to its canonical form.
            assert!(
                encoded == word || is_bitmask(row.op) && Insn::decode(encoded).imm == insn.imm,
                "{word:#010x} encodes to {encoded:#010x}: {insn:?}"
            );
            decoded += 1;
        }
        assert!(decoded > 100 || free.count_ones() < 12, "{} is hardly reached: {decoded}", row.mnemonic);
    }
}

fn is_bitmask(op: Op) -> bool {
    matches!(op, Op::AndImm | Op::OrrImm | Op::EorImm | Op::AndsImm)
}

#[test]
fn reserved_words_keep_their_bits() {
    for word in [0xffff_ffff, 0x0001_0000, 0xd400_0000] {
        let insn = Aarch64::decode(word);
        assert_eq!((insn.op, insn.encode()), (Op::Undefined, word));
        assert_eq!(Aarch64::class(&insn), Class::Exception);
    }
}

#[test]
fn calls_and_returns_class_as_the_return_stack_sees_them() {
    let class = |word| Aarch64::class(&Aarch64::decode(word));
    assert_eq!(class(0x9400_0001), Class::Call);
    assert_eq!(class(0x1400_0001), Class::Jump);
    assert_eq!(class(0xd63f_0200), Class::IndirectCall);
    assert_eq!(class(0xd61f_0200), Class::IndirectJump);
    assert_eq!(class(0xd65f_03c0), Class::Return);
    assert_eq!(class(0xd503_201f), Class::Nop);
    assert_eq!(class(0xd50b_7520), Class::CacheOp);
    assert_eq!(class(0xd508_831f), Class::TlbOp);
}

#[test]
fn a_writeback_load_reads_and_writes_its_base() {
    // ldr x9, [x10], #8
    let operands = Aarch64::operands(&Aarch64::decode(0xf840_8549));
    assert_eq!(operands.address, RegSet::int(10));
    assert_eq!(operands.writes, RegSet::int(9).with(RegSet::int(10)));
    // stp x29, x30, [sp, #-16]!
    let operands = Aarch64::operands(&Aarch64::decode(0xa9bf_7bfd));
    assert_eq!(operands.reads, RegSet::int(29).with(RegSet::int(30)).with(RegSet::int(31)));
    assert_eq!((operands.address, operands.writes), (RegSet::int(31), RegSet::int(31)));
}
