//! What a kernel's ftrace does: tracers register ops with a filter, each site is enabled when some ops wants it.

pub mod direct;
pub mod graph;
pub mod hash;
pub mod list;
pub mod ops;
pub mod reclaim;
pub mod register;
pub mod regs;
pub mod sites;
