//! Safety: a scheme's own site, trampoline and patcher in the relaxed world.
//!
//! The bytes are those of the guest image that is measured. The guest boots in the timed world and prepares; memory as it
//! is then is where the relaxed world begins: one hart makes a change as the runtime does it (`register`, `unregister`,
//! `replace`, and through them the scheme's `apply`), the others call a traced function, and a judge looks at what each
//! call came to. What stands in place of real code is listed by [`harness::replaced`].

pub mod ablate;
pub mod boot;
pub mod harness;
pub mod judge;
pub mod located;
pub mod matrix;

pub use cmodx_isa::Arch;
pub use cmodx_trampolines::catalogue::{Preemption, Scheme, find as find_scheme};
pub use harness::{Case, Limits, Operation};
pub use matrix::Answer;

/// Values of the relaxed world that answers carry.
pub mod relaxed {
    pub use cmodx_sim::relaxed::execution::{Action, ExecutedStep, Execution, HartExecution};
    pub use cmodx_sim::relaxed::message::{Message, Payload};
    pub use cmodx_sim::relaxed::model::Model;
    pub use cmodx_sim::relaxed::native::{Part, Request};
    pub use cmodx_sim::verdict::Verdict;
}
