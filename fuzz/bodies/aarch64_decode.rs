//! Whatever the bytes: A64's decoder, encoder and disassembler agree with one another and do not panic.

use cmodx_isa::Isa;
use cmodx_isa::aarch64::Aarch64;

/// Takes each four bytes for an instruction.
pub fn check(data: &[u8]) {
    for (number, bytes) in data.chunks_exact(4).enumerate() {
        let word = u32::from_le_bytes(bytes.try_into().expect("four bytes"));
        let insn = Aarch64::decode(word);
        // Some words are other ways to write an instruction; its own encoding means the same.
        let encoded = insn.encode();
        let again = Aarch64::decode(encoded);
        assert_eq!(again.op, insn.op, "{word:#010x} encodes to {encoded:#010x}");
        assert_eq!(again.encode(), encoded, "{word:#010x}");
        let pc = number as u64 * 4;
        let text = Aarch64::disassemble(&insn, pc);
        assert!(!text.is_empty(), "{insn:?}");
        assert_eq!(text, Aarch64::disassemble(&again, pc), "{word:#010x} encodes to {encoded:#010x}");
        let _ = (Aarch64::class(&insn), Aarch64::operands(&insn));
    }
}
