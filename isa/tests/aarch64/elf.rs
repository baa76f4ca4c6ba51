//! The smallest ELF file that a loader takes: one header, one segment each for code and data.

/// Writes a static AArch64 executable that starts at the first byte of the code.
pub fn executable(code_at: u64, code: &[u8], data_at: u64, data: &[u8]) -> Vec<u8> {
    const HEADER: usize = 64;
    const SEGMENT: usize = 56;
    const PAGE: usize = 4096;
    const EXECUTABLE: u32 = 5;
    const WRITABLE: u32 = 6;
    let code_offset = PAGE;
    let data_offset = code_offset + code.len().next_multiple_of(PAGE);
    let mut file = Vec::new();
    file.extend_from_slice(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    file.extend_from_slice(&2u16.to_le_bytes()); // ET_EXEC
    file.extend_from_slice(&183u16.to_le_bytes()); // EM_AARCH64
    file.extend_from_slice(&1u32.to_le_bytes());
    file.extend_from_slice(&code_at.to_le_bytes());
    file.extend_from_slice(&(HEADER as u64).to_le_bytes());
    file.extend_from_slice(&0u64.to_le_bytes()); // no sections
    file.extend_from_slice(&0u32.to_le_bytes()); // flags
    for half in [HEADER, SEGMENT, 2, 64, 0, 0] {
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
    file
}
