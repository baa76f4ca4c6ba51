//! Failed memory accesses, before an instruction set makes an exception of them.

/// What an access wanted to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Fetch an instruction.
    Fetch,
    /// Read data.
    Load,
    /// Write data; also every atomic read-modify-write.
    Store,
}

/// Why an access failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Nothing answers at the physical address (RISC-V access fault, Arm external abort).
    Unmapped,
    /// The physical memory protection or attribute forbids it (RISC-V PMP or PMA).
    Protected,
    /// The address is not aligned as this access must be.
    Misaligned,
    /// No valid translation at this level of the walk.
    Translation(u8),
    /// The access flag is clear at this level.
    AccessFlag(u8),
    /// The translation at this level forbids the access.
    Permission(u8),
    /// An address in the walk or its result is too large, at this level.
    AddressSize(u8),
    /// Nothing answered where the table of this level should be.
    Walk(u8),
}

/// A memory access that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Virtual address of the access.
    pub at: u64,
    /// What was wanted.
    pub access: Access,
    /// Why it failed.
    pub kind: FaultKind,
}
