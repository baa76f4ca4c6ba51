//! Verdicts: what a search for bad executions has shown.
//!
//! A [`Judge`] sees values alone: final registers and final memory. It knows nothing of how they came about, and shares no
//! code with what explores.

use std::fmt;

/// Says what is wrong with a final state.
pub trait Judge: Sync {
    /// The reason why the state is bad; `None` when it is good. `registers` holds the observed registers of each hart,
    /// `memory` the observed values of memory, both in the order in which the program lists them.
    fn wrong(&self, registers: &[Vec<u64>], memory: &[u128]) -> Option<String>;

    /// The reason why one hart alone has come to a bad end, whatever the others come to; `registers` are those observed of
    /// it. Exploration stops at the first list of messages that leads to one.
    fn wrong_end(&self, _hart: usize, _registers: &[u64]) -> Option<String> {
        None
    }
}

impl<F: Fn(&[Vec<u64>], &[u128]) -> Option<String> + Sync> Judge for F {
    fn wrong(&self, registers: &[Vec<u64>], memory: &[u128]) -> Option<String> {
        self(registers, memory)
    }
}

/// What was shown. `E` is an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<E> {
    /// No execution is bad: all were looked at.
    Safe,
    /// No execution that was looked at is bad; this bound left others out.
    SafeBounded {
        /// Which bound.
        bound: String,
    },
    /// This execution is bad.
    Unsafe {
        /// What is wrong.
        reason: String,
        /// The execution.
        execution: Box<E>,
    },
    /// Nothing can be said.
    Inconclusive {
        /// Why.
        reason: String,
    },
}

impl<E> Verdict<E> {
    /// The word used in results.
    pub const fn name(&self) -> &'static str {
        match self {
            Verdict::Safe => "safe (exhaustive)",
            Verdict::SafeBounded { .. } => "safe (bounded)",
            Verdict::Unsafe { .. } => "unsafe",
            Verdict::Inconclusive { .. } => "inconclusive",
        }
    }
}

impl<E> fmt::Display for Verdict<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Safe => f.write_str(self.name()),
            Verdict::SafeBounded { bound } => write!(f, "safe (bounded: {bound})"),
            Verdict::Unsafe { reason, .. } => write!(f, "unsafe: {reason}"),
            Verdict::Inconclusive { reason } => write!(f, "inconclusive ({reason})"),
        }
    }
}
