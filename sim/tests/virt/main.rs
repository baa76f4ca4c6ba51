//! The boards' devices and firmware against those of QEMU's `virt` machines: the same accesses, the same answers.
//!
//! One hart makes the accesses with interrupts masked, so nothing depends on time.

mod aarch64;
mod psci;
mod qemu;
mod riscv;
mod sbi;
mod script;
