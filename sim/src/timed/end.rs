//! How a run ends, and how long it may take.

use crate::ids::{Cycle, HartId};

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The guest ended it.
    Exit {
        /// Its exit code: 0 for success.
        code: u32,
    },
    /// The guest asked for a reset.
    Reset,
    /// A limit was reached.
    Limit,
    /// Every hart waits for something that cannot come.
    Asleep,
    /// A hart has trapped where nothing stands behind the trap.
    Stopped {
        /// Which one.
        hart: HartId,
        /// Address of its instruction.
        pc: u64,
        /// Why, in words.
        reason: String,
    },
    /// A hart faults on the first instruction of its own trap handler.
    Lost {
        /// Which one.
        hart: HartId,
        /// When.
        cycle: Cycle,
        /// Where it was before it trapped the last time.
        from: u64,
        /// Address of the trap handler that cannot be fetched.
        handler: u64,
        /// The exception, in words.
        trap: String,
    },
}

/// How long a run may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instructions of all harts together.
    pub instructions: u64,
    /// Clock.
    pub cycles: Cycle,
}

impl Limits {
    /// No limits.
    pub const NONE: Limits = Limits { instructions: u64::MAX, cycles: Cycle::NEVER };
}
