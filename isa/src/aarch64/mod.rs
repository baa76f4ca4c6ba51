//! A64: the instruction set of AArch64 state.

pub mod regs;
pub mod state;
pub mod trap;

pub use regs::Hart;
pub use trap::{Cause, Trap};
