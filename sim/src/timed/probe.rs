//! Counters taken where a hart comes by.

use super::hart::Stats;
use crate::ids::{Cycle, HartId};

/// What a hart had counted when it executed a probed instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Address of the probe.
    pub at: u64,
    /// Who came by.
    pub hart: HartId,
    /// When.
    pub cycle: Cycle,
    /// Its counters, without the probed instruction.
    pub stats: Stats,
}
