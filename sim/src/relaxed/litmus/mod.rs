//! Litmus tests in herd's format, for AArch64 and RISC-V.

mod aarch64;
mod aarch64_memory;
pub mod batch;
mod build;
mod condition;
pub mod generate;
mod outcome;
mod parse;
mod riscv;
pub mod test;

pub use batch::{Batch, BatchError, run_files};
pub use build::{Bounds, assemble_block};
pub use outcome::{Observation, Options, Outcome, run};
pub use parse::parse;
pub use test::LitmusError;
