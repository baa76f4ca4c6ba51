//! Why a machine cannot be built.

use crate::loader::ElfError;

/// A machine that cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The number of harts.
    #[error("a machine has 1 to 64 harts, not {0}")]
    Harts(usize),
    /// The core model is for the other instruction set.
    #[error("core model {core} is not for {arch}")]
    WrongCore {
        /// Its name.
        core: String,
        /// The board's instruction set.
        arch: cmodx_isa::Arch,
    },
    /// The image is for the other instruction set.
    #[error("the program is for {found}, the machine for {expected}")]
    WrongArch {
        /// The image's.
        found: cmodx_isa::Arch,
        /// The board's.
        expected: cmodx_isa::Arch,
    },
    /// The image does not fit into RAM.
    #[error(transparent)]
    Image(#[from] ElfError),
}
