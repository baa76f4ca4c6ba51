//! Structures that the kernel fills in, as 64-bit little-endian Linux lays them out.

/// Seconds and nanoseconds.
pub fn timespec(nanoseconds: u64) -> Vec<u8> {
    words(&[nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000])
}

/// Seconds and microseconds.
pub fn timeval(nanoseconds: u64) -> Vec<u8> {
    words(&[nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000 / 1000])
}

/// Doublewords.
pub fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// `struct stat` (asm-generic/stat.h) of a pipe, which is what the standard files are.
pub fn stat() -> Vec<u8> {
    const PIPE: u32 = 0o010600;
    const BLOCK: u64 = 4096;
    let mut bytes = words(&[1, 1]); // st_dev, st_ino
    for field in [PIPE, 1, 0, 0] {
        bytes.extend(field.to_le_bytes()); // st_mode, st_nlink, st_uid, st_gid
    }
    bytes.extend(words(&[0, 0, 0, BLOCK])); // st_rdev, padding, st_size, st_blksize and padding
    bytes.resize(128, 0);
    bytes
}

/// `struct new_utsname`: six fields of 65 bytes.
pub fn utsname(machine: &str) -> Vec<u8> {
    let fields = ["Linux", "cmodx", "6.1.0", "#1", machine, "(none)"];
    fields
        .iter()
        .flat_map(|field| {
            let mut bytes = field.as_bytes().to_vec();
            bytes.resize(65, 0);
            bytes
        })
        .collect()
}

/// `struct sysinfo` of a machine with so much memory, all of it free.
pub fn sysinfo(seconds: u64, memory: u64) -> Vec<u8> {
    let mut bytes = words(&[seconds, 0, 0, 0, memory, memory, 0, 0, 0, 0]);
    bytes.extend(words(&[1, 0, 0])); // procs and padding, totalhigh, freehigh
    bytes.extend(words(&[1])); // mem_unit and padding
    bytes
}
