//! What the oracle reports: one pass through a site that ended where the scheme promises it never does.
//!
//! A finding is data. `reports` makes text, JSON and lanes of it.

use crate::ids::{Cycle, HartId};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// Old and new bytes in one pass through a site.
    TornFetch,
    /// A pass left the site for an address that the scheme does not allow.
    WrongTarget,
    /// A pass left the site as it may, but the call was wrong: the caller found that the tracer of that time had not seen it, or
    /// another one had.
    WrongCall,
}

impl FindingKind {
    /// The name used in reports and results.
    pub const fn name(self) -> &'static str {
        match self {
            FindingKind::TornFetch => "torn-fetch",
            FindingKind::WrongTarget => "wrong-target",
            FindingKind::WrongCall => "wrong-call",
        }
    }
}

/// The store that put a value into memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// Who stored.
    pub hart: HartId,
    /// When the store reached memory.
    pub cycle: Cycle,
    /// Address of the store instruction.
    pub pc: u64,
    /// Address stored to.
    pub at: u64,
    /// Bytes stored: 1, 2, 4 or 8.
    pub size: u8,
    /// Value stored.
    pub value: u64,
}

/// One instruction of the pass, as it was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchedInsn {
    /// Its address.
    pub pc: u64,
    /// Its bytes (low `length` bytes, little endian).
    pub bytes: u32,
    /// 2 or 4.
    pub length: u8,
    /// When it issued.
    pub cycle: Cycle,
    /// When the hart's line copy read these bytes from memory.
    pub copied: Cycle,
    /// Who had written these bytes; `None` for bytes loaded with the image.
    pub writer: Option<Writer>,
    /// What memory held at `cycle`, when it was something else: the fetch was stale.
    pub memory: Option<u32>,
}

/// One bad pass through a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What went wrong.
    pub kind: FindingKind,
    /// Address of the site.
    pub site: u64,
    /// Whose pass it was.
    pub hart: HartId,
    /// When the pass ended.
    pub cycle: Cycle,
    /// The instructions of the pass in order.
    pub fetched: Vec<FetchedInsn>,
    /// Where control went from the site.
    pub went_to: u64,
    /// Where the scheme lets it go.
    pub allowed: Vec<u64>,
    /// The last time this hart synchronized its fetches (fence.i, ISB, IC by anyone), if ever.
    pub last_sync: Option<Cycle>,
    /// Interrupts taken by this hart between the first and the last instruction of the pass, at these cycles.
    pub interrupted: Vec<Cycle>,
}
