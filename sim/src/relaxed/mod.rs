//! The relaxed world: no clock, everything that the architecture allows.
//!
//! Memory is a list of messages; a hart runs alone against a list and reads what its views let it read; an execution is
//! a list against which every hart can run to its end making exactly its own messages (Promising-ARM/RISC-V, Pulte et
//! al., PLDI 2019, extended with instruction fetch, DC and IC). The instructions are those of the timed world, decoded
//! and executed by the crate `cmodx-isa`; dependencies come from their operands.

pub mod arch;
mod barrier;
mod context;
pub mod execution;
pub mod explore;
pub mod fast_hash;
pub mod fetch;
pub mod litmus;
pub mod memory;
pub mod message;
pub mod model;
pub mod native;
pub mod program;
mod quiet;
pub mod run;
pub mod step;
pub mod tape;
pub mod thread;
pub mod view;
