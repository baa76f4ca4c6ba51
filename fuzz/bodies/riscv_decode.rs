//! Whatever the bytes: RV64's decoder, encoder and disassembler agree with one another and do not panic.

use cmodx_isa::Isa;
use cmodx_isa::riscv::{Op, Riscv, compressed, table};

/// Takes each four bytes for an instruction.
pub fn check(data: &[u8]) {
    for (number, bytes) in data.chunks_exact(4).enumerate() {
        let word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let insn = Riscv::decode(word);
        let short = word & 3 != 3;
        assert_eq!(insn.len, if short { 2 } else { 4 }, "{word:#010x}: {insn:?}");
        let fetched = if short { word & 0xffff } else { word };
        let encoded = insn.encode().unwrap_or_else(|error| panic!("{word:#010x}: {error}"));
        let ignored = match insn.op {
            Op::Illegal => 0,
            _ if short => compressed::ROWS[insn.aux as usize].pattern.ignored,
            op => table::ROWS[op as usize].pattern.ignored,
        };
        assert_eq!(encoded, fetched & !ignored, "{insn:?}");
        assert_eq!(Riscv::decode(encoded), insn);
        let _ = (Riscv::class(&insn), Riscv::operands(&insn));
        assert!(!Riscv::disassemble(&insn, number as u64 * 4).is_empty(), "{insn:?}");
    }
}
