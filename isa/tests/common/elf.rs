//! The smallest ELF file that a loader takes: one header, one segment each for code and data, symbols if wanted.

use cmodx_isa::Arch;

/// Writes a static executable that starts at the first byte of the code, with global symbols: names and addresses.
pub fn executable(
    arch: Arch,
    (code_at, code): (u64, &[u8]),
    (data_at, data): (u64, &[u8]),
    symbols: &[(&str, u64)],
) -> Vec<u8> {
    let (machine, flags) = match arch {
        Arch::Riscv64 => (243u16, 5u32), // EM_RISCV; RVC, double-float ABI
        Arch::Aarch64 => (183, 0),       // EM_AARCH64
    };
    const SECTION: usize = 64;
    // One section for nothing, one for all strings, one for the symbols.
    const SECTION_NAMES: &str = "\0.strtab\0.symtab\0";
    const HEADER: usize = 64;
    const SEGMENT: usize = 56;
    const PAGE: usize = 4096;
    const EXECUTABLE: u32 = 5;
    const WRITABLE: u32 = 6;
    let code_offset = PAGE;
    let data_offset = code_offset + code.len().next_multiple_of(PAGE);
    let sections_offset = data_offset + data.len().next_multiple_of(PAGE);
    let sections = if symbols.is_empty() { 0 } else { 3 };
    let mut file = Vec::new();
    file.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    file.extend_from_slice(&2u16.to_le_bytes()); // ET_EXEC
    file.extend_from_slice(&machine.to_le_bytes());
    file.extend_from_slice(&1u32.to_le_bytes());
    file.extend_from_slice(&code_at.to_le_bytes());
    file.extend_from_slice(&(HEADER as u64).to_le_bytes());
    file.extend_from_slice(&(if sections == 0 { 0 } else { sections_offset as u64 }).to_le_bytes());
    file.extend_from_slice(&flags.to_le_bytes());
    for half in [HEADER, SEGMENT, 2, SECTION, sections, usize::from(sections != 0)] {
        file.extend_from_slice(&(half as u16).to_le_bytes());
    }
    for (flags, offset, at, bytes) in [(EXECUTABLE, code_offset, code_at, code), (WRITABLE, data_offset, data_at, data)]
    {
        file.extend_from_slice(&1u32.to_le_bytes()); // PT_LOAD
        file.extend_from_slice(&flags.to_le_bytes());
        for word in [offset as u64, at, at, bytes.len() as u64, bytes.len() as u64, PAGE as u64] {
            file.extend_from_slice(&word.to_le_bytes());
        }
    }
    file.resize(code_offset, 0);
    file.extend_from_slice(code);
    file.resize(data_offset, 0);
    file.extend_from_slice(data);
    if symbols.is_empty() {
        return file;
    }
    let mut strings = SECTION_NAMES.to_string();
    let mut table = vec![0; 24];
    for (name, address) in symbols {
        table.extend_from_slice(&(strings.len() as u32).to_le_bytes());
        table.extend_from_slice(&[0x10, 0, 0xf1, 0xff]); // global, absolute
        table.extend_from_slice(&address.to_le_bytes());
        table.extend_from_slice(&0u64.to_le_bytes());
        strings.push_str(name);
        strings.push('\0');
    }
    let strings_offset = sections_offset + sections * SECTION;
    let table_offset = strings_offset + strings.len().next_multiple_of(8);
    file.resize(sections_offset + SECTION, 0);
    // Name, type, flags, address, offset, size, link, info, alignment, size of an entry.
    let strtab = [strings_offset, strings.len(), 0, 1, 0];
    let symtab = [table_offset, table.len(), 1 | 1 << 32, 8, 24];
    for (name, kind, rest) in [(1u32, 3u32, strtab), (9, 2, symtab)] {
        file.extend_from_slice(&name.to_le_bytes());
        file.extend_from_slice(&kind.to_le_bytes());
        file.extend_from_slice(&[0; 16]);
        for word in rest {
            file.extend_from_slice(&(word as u64).to_le_bytes());
        }
    }
    file.extend_from_slice(strings.as_bytes());
    file.resize(table_offset, 0);
    file.extend_from_slice(&table);
    file
}
