//! Cost of barriers, cache maintenance, traps, firmware and interprocessor interrupts.

use serde::{Deserialize, Serialize};

/// Cost of barriers, beyond the waiting that they imply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceCost {
    /// Data barrier that orders earlier stores before later loads; the store buffer is empty.
    pub data: u16,
    /// Data barrier that orders no store before a load (FENCE W,W; FENCE R,RW; DMB ISHST, ISHLD): it waits for no store,
    /// because stores leave the buffer in order.
    pub ordered: u16,
    /// DSB with nothing outstanding.
    pub dsb: u16,
    /// ISB: refetch of the pipeline.
    pub isb: u16,
}

/// Cost of FENCE.I.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceICost {
    /// Fixed part: pipeline flush.
    pub flush: u16,
    /// For each valid line dropped.
    pub per_line: u16,
}

/// Cost of cache maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheOpCost {
    /// IC IVAU until it is complete everywhere.
    pub ic_ivau: u16,
    /// DC CVAU of a dirty line.
    pub dc_cvau: u16,
}

/// Cost of traps and of what crosses harts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrapCost {
    /// From the trapping instruction to the first of the handler.
    pub entry: u16,
    /// Return from a trap.
    pub exit: u16,
    /// Cycles spent in the firmware's handler of a call.
    pub firmware_call: u16,
    /// Cycles of the firmware's interrupt handler around a remote fence.
    pub firmware_ipi: u16,
    /// From the write that raises an interprocessor interrupt until the target sees it.
    pub ipi_latency: u16,
    /// Write of a register of the timer or of the interrupt controller (stimecmp, ICC_*, CNT*): pipeline flush.
    pub system_write: u16,
    /// Access to a device register.
    pub device: u16,
}
