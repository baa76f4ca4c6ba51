//! Builds guest programs with the Rust toolchain alone.
//!
//! The pinned `rustc` carries LLVM with both back ends and `rust-lld`, so it assembles, compiles and links guests for RV64
//! and AArch64 without any cross compiler: `.S` files go through a stub crate around `global_asm!`, Rust sources are
//! `#![no_core]`, and call sites come from `-Z patchable-function-entry`, as a kernel's come from its compiler.
//!
//! An [`Recipe`](image::Recipe) says what one guest image is made of; [`build_all`](image::build_all) makes many at once.
//! Objects are named by a hash of all that went into them, so an unchanged one is never made twice.

mod assembly;
mod error;
pub mod image;
mod toolchain;
mod unit;

pub use error::Error;
pub use toolchain::Toolchain;
