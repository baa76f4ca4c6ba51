//! Machines: memory, time, interleaving, verdicts.

pub mod finding;
pub mod ids;
pub mod lines;
pub mod loader;
pub mod platform;
