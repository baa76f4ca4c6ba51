//! Why a file cannot be surveyed.

use std::io;

use cmodx_isa::Arch;
use thiserror::Error;

/// Why a file is not a kernel that can be surveyed: one line, with the file and the place in it.
#[derive(Debug, Error)]
pub enum ImageError {
    /// The file cannot be read.
    #[error("{file}: {source}")]
    Io {
        /// File.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The first bytes are not an ELF file's.
    #[error("{file}: not an ELF file{hint}")]
    NotElf {
        /// File.
        file: String,
        /// What it is instead, if that can be told; else empty.
        hint: &'static str,
    },
    /// The file ends before something that it promises.
    #[error("{file}: truncated: {what} needs bytes {offset:#x}..{end:#x}, the file has {length:#x}")]
    Truncated {
        /// File.
        file: String,
        /// What is cut off.
        what: String,
        /// Where it begins, bytes from the start of the file.
        offset: u64,
        /// Where it ends.
        end: u64,
        /// Bytes that the file has.
        length: u64,
    },
    /// A 32-bit ELF file.
    #[error("{file}: a 32-bit ELF file; only 64-bit kernels are surveyed")]
    Class32 {
        /// File.
        file: String,
    },
    /// A big-endian ELF file.
    #[error("{file}: a big-endian ELF file; only little-endian kernels are surveyed")]
    BigEndian {
        /// File.
        file: String,
    },
    /// A kernel of another instruction set.
    #[error("{file}: built for {name} (e_machine {machine}); only RISC-V and AArch64 kernels are surveyed")]
    Machine {
        /// File.
        file: String,
        /// The header's number.
        machine: u16,
        /// Name of the instruction set.
        name: &'static str,
    },
    /// An object file or a core dump.
    #[error("{file}: not a linked program (e_type {kind}); a vmlinux is wanted")]
    NotLinked {
        /// File.
        file: String,
        /// The header's number.
        kind: u16,
    },
    /// A structure contradicts itself.
    #[error("{file}: malformed: {what}")]
    Malformed {
        /// File.
        file: String,
        /// What is wrong, with its place.
        what: String,
    },
    /// There is no code.
    #[error("{file}: no .text with contents; a file of debug information alone does not do")]
    NoText {
        /// File.
        file: String,
    },
    /// There are no symbols.
    #[error(
        "{file}: no symbol table; the unstripped vmlinux is wanted, as distributions have it in their debug packages"
    )]
    NoSymbols {
        /// File.
        file: String,
    },
    /// No site is recorded.
    #[error(
        "{file}: no table of ftrace sites, neither __start_mcount_loc..__stop_mcount_loc nor \
         __patchable_function_entries; was it built with CONFIG_DYNAMIC_FTRACE?"
    )]
    NoSiteTable {
        /// File.
        file: String,
    },
    /// The table of sites is not made of 8-byte entries.
    #[error("{file}: the table of ftrace sites at {address:#x} has {bytes} bytes, not a multiple of 8")]
    TableSize {
        /// File.
        file: String,
        /// Address of the table.
        address: u64,
        /// Its size.
        bytes: u64,
    },
    /// A site lies outside the code.
    #[error("{file}: ftrace site {value:#x} (table entry at {place:#x}) lies outside the code")]
    SiteOutsideCode {
        /// File.
        file: String,
        /// Address of the table's entry.
        place: u64,
        /// What it holds.
        value: u64,
    },
    /// A relocation of the table that has no business there.
    #[error("{file}: {arch} relocation type {kind} at {place:#x} in the table of ftrace sites is not a relative one")]
    Relocation {
        /// File.
        file: String,
        /// Instruction set.
        arch: Arch,
        /// The relocation's type.
        kind: u32,
        /// Where it applies.
        place: u64,
    },
}
