//! The timed world: one concrete machine with a clock.
//!
//! Harts act in the order of (cycle, hart): whatever one does at a cycle is seen by everyone who acts later. A hart's acts are
//! its instructions, the stores that leave its store buffer and the beats of its instruction fills, each at its own cycle. So
//! the interleaving is exact and equal from run to run.

mod absence;
mod account;
mod adversary;
mod ahead;
mod blocks;
pub mod cache;
mod copies;
mod defect;
mod end;
mod error;
mod execute;
pub mod fetch;
mod hart;
pub mod hierarchy;
mod machine;
mod marked;
mod mix;
pub mod observe;
mod order;
mod pipe_view;
pub mod pipeline;
pub mod predict;
mod probe;
mod shared;
mod slots;
pub mod store_buffer;
mod straight;
mod tlb;
mod trap;
mod tried;
mod unification;
mod untimed;

pub use absence::{Absence, Instead};
pub use account::{Account, Spent};
pub use adversary::{Adversary, Strategy};
pub use end::{End, Limits};
pub use error::MachineError;
pub use hart::Stats;
pub use machine::{Machine, Pause, Turn};
pub use probe::Probe;
pub use slots::Slots;
