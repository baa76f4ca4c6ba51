//! Verdicts of the relaxed world, and the executions that prove them: records, conversion, rendering.

mod convert;
mod facts;
pub(crate) mod render;
pub(crate) mod table;

pub use convert::{CaseError, case_of, check_id, execution_of};
pub use facts::{Check, Counterexample, Decision, Event, Explored, Lane, Sent, Site};
