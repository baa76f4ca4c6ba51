//! The records: what was checked, and what was found.

use crate::records::{Hex, Place};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// No execution is bad: all were looked at.
    Safe,
    /// No execution that was looked at is bad.
    SafeBounded,
    /// One is.
    Unsafe,
    /// Nothing can be said.
    Inconclusive,
}

impl Decision {
    /// The words used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Decision::Safe => "safe",
            Decision::SafeBounded => "safe (bounded)",
            Decision::Unsafe => "UNSAFE",
            Decision::Inconclusive => "inconclusive",
        }
    }
}

/// What is checked: enough to do it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Instruction set.
    pub arch: String,
    /// Scheme.
    pub scheme: String,
    /// What the patcher does: `enable`, `retarget`, `disable`, `free`, `own-call`, `enable-matched`.
    pub operation: String,
    /// Where threads leave the processor: `none`, `voluntary`, `full`.
    pub preemption: String,
    /// What the architecture promises.
    pub model: String,
    /// Harts that call, besides the patcher.
    pub callers: u32,
    /// Sites that are patched together.
    pub sites: u32,
    /// SBI's remote FENCE.I returns when all harts have executed it, and not as soon as it is sent.
    pub fence_completes: bool,
    /// What was left out of the protocol, in words; none for all of it.
    pub ablated: Option<String>,
    /// SHA-256 of the guest's loaded bytes.
    pub guest: String,
}

/// How much was explored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explored {
    /// Lists of messages.
    pub lists: u64,
    /// Runs of single harts.
    pub runs: u64,
    /// States of single harts.
    pub states: u64,
    /// Messages of the longest list.
    pub longest: u64,
    /// Distinct ends of single harts that are bad.
    pub bad: u64,
    /// Distinct ends of single harts that are not.
    pub good: u64,
}

/// A verdict of the relaxed world on a scheme's own bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `<arch>/<scheme>/check/<operation>/<preemption>/<model>`, and behind it what was left out.
    pub id: String,
    /// What was checked.
    #[serde(flatten)]
    pub site: Site,
    /// The scheme says that it is safe under this preemption.
    pub claims_safe: bool,
    /// The verdict.
    pub verdict: Decision,
    /// What is wrong, why nothing can be said, or which bound was reached.
    pub reason: Option<String>,
    /// Every execution was looked at, up to the first bad ones.
    pub complete: bool,
    /// How much was explored.
    #[serde(flatten)]
    pub explored: Explored,
    /// Id of the counterexample.
    pub counterexample: Option<String>,
}

impl Check {
    /// A reading of the RISC-V text under which nothing orders a fetch before what follows it. A scheme that breaks under it
    /// alone is safe under a stronger reading.
    pub fn weak_reading(&self) -> bool {
        matches!(self.site.model.as_str(), "ziccif" | "fencei-fetch")
    }

    /// True for a verdict that goes against what the scheme says of itself.
    pub fn against_claim(&self) -> bool {
        self.verdict == Decision::Unsafe && self.claims_safe && !self.weak_reading() && self.site.ablated.is_none()
    }
}

/// A message: what one hart did that others can see, in the order of memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Whose.
    pub hart: u16,
    /// `write`, `clean` or `invalidate`.
    pub what: String,
    /// Where; none for all instruction copies.
    pub at: Option<Place>,
    /// Bytes written.
    pub size: u8,
    /// Value written.
    pub value: Option<Hex>,
    /// The instruction that made it.
    pub pc: Place,
    /// Its source line.
    pub line: Option<String>,
    /// Its text; empty for what stands in place of code.
    pub text: String,
}

/// A step of a hart that touched what others can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Where.
    pub pc: Place,
    /// Source line.
    pub line: Option<String>,
    /// The instruction; empty for interrupts and what stands in place of code.
    pub text: String,
    /// Message fetched from; 0 for the bytes as prepared. None when no byte of it is ever written.
    pub fetched: Option<u16>,
    /// Message read from.
    pub read: Option<u16>,
    /// Messages made.
    pub made: Vec<u16>,
    /// Message that was taken as interrupt or request.
    pub took: Option<u16>,
    /// What was done in place of code.
    pub did: Vec<String>,
}

/// What one hart did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// `patcher` or `caller`.
    pub role: String,
    /// Steps in all, those that nobody can notice too.
    pub steps: u64,
    /// Those that touched what others can see.
    pub events: Vec<Event>,
    /// How it ended; empty where that does not matter.
    pub end: String,
}

/// An execution that shows that a scheme is not safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterexample {
    /// First 8 hex digits of the SHA-256 of what was checked and how it went.
    pub id: String,
    /// Id of the check.
    pub check: String,
    /// What was checked.
    #[serde(flatten)]
    pub site: Site,
    /// What is wrong.
    pub reason: String,
    /// Whose call went wrong.
    pub hart: u16,
    /// All messages.
    pub messages: Vec<Sent>,
    /// What each hart did.
    pub lanes: Vec<Lane>,
    /// It needs a fetch that reads a write which comes after a later store of its own hart: allowed by the model, and
    /// shown by no published run of hardware.
    pub unobserved: bool,
    /// How much was explored.
    pub explored: Explored,
    /// Requests of which parts were left out: number and part.
    pub without: Vec<(u8, String)>,
    /// Bytes that were replaced: address and bytes in memory order.
    pub changed: Vec<(Hex, String)>,
    /// 4-byte instructions were fetched in halves.
    pub split_words: bool,
    /// The execution, choice by choice, for the replay.
    pub execution: Value,
}
