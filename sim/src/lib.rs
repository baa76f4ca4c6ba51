//! Machines: memory, time, interleaving, verdicts.

pub mod core_model;
pub mod finding;
pub mod ids;
pub mod lines;
pub mod loader;
pub mod memory;
pub mod oracle;
pub mod platform;
pub mod refinement;
pub mod relaxed;
pub mod sanitizer;
pub mod timed;
pub mod trace;
pub mod user;
pub mod verdict;
