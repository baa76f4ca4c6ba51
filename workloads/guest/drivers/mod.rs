//! What a run does, by the mode parameter.

pub mod callers;
pub mod check;
pub mod latency;
pub mod overhead;
pub mod rounds;
pub mod toggle;
