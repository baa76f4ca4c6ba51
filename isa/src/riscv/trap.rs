//! Exceptions and interrupts (privileged manual, tables of mcause and scause values).

use crate::trap::{Access, Fault, FaultKind};
use std::fmt;

/// What mcause or scause holds: bit 63 set for an interrupt, the number below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(pub u64);

/// Bit 63 of a cause.
const INTERRUPT: u64 = 1 << 63;

impl Cause {
    /// A jump or taken branch to an address that is not a multiple of the shortest instruction's length.
    pub const FETCH_MISALIGNED: Cause = Cause(0);
    /// A fetch that PMP, PMA or an empty bus refused.
    pub const FETCH_ACCESS: Cause = Cause(1);
    /// An instruction that does not exist or is not allowed here.
    pub const ILLEGAL_INSTRUCTION: Cause = Cause(2);
    /// EBREAK.
    pub const BREAKPOINT: Cause = Cause(3);
    /// A load (LR included) that must be aligned and is not.
    pub const LOAD_MISALIGNED: Cause = Cause(4);
    /// A load that PMP, PMA or an empty bus refused.
    pub const LOAD_ACCESS: Cause = Cause(5);
    /// A store, SC or AMO that must be aligned and is not.
    pub const STORE_MISALIGNED: Cause = Cause(6);
    /// A store, SC or AMO that PMP, PMA or an empty bus refused.
    pub const STORE_ACCESS: Cause = Cause(7);
    /// ECALL from U mode.
    pub const ECALL_U: Cause = Cause(8);
    /// ECALL from S mode: a call of the SBI.
    pub const ECALL_S: Cause = Cause(9);
    /// ECALL from M mode.
    pub const ECALL_M: Cause = Cause(11);
    /// No valid or permitting translation for a fetch.
    pub const FETCH_PAGE_FAULT: Cause = Cause(12);
    /// No valid or permitting translation for a load.
    pub const LOAD_PAGE_FAULT: Cause = Cause(13);
    /// No valid or permitting translation for a store, SC or AMO.
    pub const STORE_PAGE_FAULT: Cause = Cause(15);

    /// Supervisor software interrupt.
    pub const SUPERVISOR_SOFTWARE: Cause = Cause(INTERRUPT | 1);
    /// Machine software interrupt.
    pub const MACHINE_SOFTWARE: Cause = Cause(INTERRUPT | 3);
    /// Supervisor timer interrupt.
    pub const SUPERVISOR_TIMER: Cause = Cause(INTERRUPT | 5);
    /// Machine timer interrupt.
    pub const MACHINE_TIMER: Cause = Cause(INTERRUPT | 7);
    /// Supervisor external interrupt.
    pub const SUPERVISOR_EXTERNAL: Cause = Cause(INTERRUPT | 9);
    /// Machine external interrupt.
    pub const MACHINE_EXTERNAL: Cause = Cause(INTERRUPT | 11);

    /// The interrupt with this number: its bit in mip and mie.
    pub const fn interrupt(number: u32) -> Cause {
        Cause(INTERRUPT | number as u64)
    }

    /// True for an interrupt, false for an exception.
    pub const fn is_interrupt(self) -> bool {
        self.0 & INTERRUPT != 0
    }

    /// The number without the interrupt bit: the index into medeleg or mideleg.
    pub const fn number(self) -> u64 {
        self.0 & !INTERRUPT
    }

    /// The manual's words for it.
    pub const fn name(self) -> &'static str {
        match self {
            Cause::FETCH_MISALIGNED => "instruction address misaligned",
            Cause::FETCH_ACCESS => "instruction access fault",
            Cause::ILLEGAL_INSTRUCTION => "illegal instruction",
            Cause::BREAKPOINT => "breakpoint",
            Cause::LOAD_MISALIGNED => "load address misaligned",
            Cause::LOAD_ACCESS => "load access fault",
            Cause::STORE_MISALIGNED => "store/AMO address misaligned",
            Cause::STORE_ACCESS => "store/AMO access fault",
            Cause::ECALL_U => "environment call from U-mode",
            Cause::ECALL_S => "environment call from S-mode",
            Cause::ECALL_M => "environment call from M-mode",
            Cause::FETCH_PAGE_FAULT => "instruction page fault",
            Cause::LOAD_PAGE_FAULT => "load page fault",
            Cause::STORE_PAGE_FAULT => "store/AMO page fault",
            Cause::SUPERVISOR_SOFTWARE => "supervisor software interrupt",
            Cause::MACHINE_SOFTWARE => "machine software interrupt",
            Cause::SUPERVISOR_TIMER => "supervisor timer interrupt",
            Cause::MACHINE_TIMER => "machine timer interrupt",
            Cause::SUPERVISOR_EXTERNAL => "supervisor external interrupt",
            Cause::MACHINE_EXTERNAL => "machine external interrupt",
            _ => "reserved cause",
        }
    }
}

/// An exception or interrupt with the value that goes to mtval or stval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What happened.
    pub cause: Cause,
    /// The faulting address, the bits of the illegal instruction, or zero.
    pub tval: u64,
}

impl Trap {
    /// A trap of this cause with this value.
    pub const fn new(cause: Cause, tval: u64) -> Trap {
        Trap { cause, tval }
    }

    /// An instruction that does not exist or is not allowed here; `word` are its bits.
    pub const fn illegal(word: u32) -> Trap {
        Trap::new(Cause::ILLEGAL_INSTRUCTION, word as u64)
    }

    /// The interrupt with this number: its bit in mip and mie.
    pub const fn interrupt(number: u32) -> Trap {
        Trap::new(Cause::interrupt(number), 0)
    }
}

impl From<Fault> for Trap {
    fn from(fault: Fault) -> Trap {
        let [misaligned, access, page] = match fault.access {
            Access::Fetch => [Cause::FETCH_MISALIGNED, Cause::FETCH_ACCESS, Cause::FETCH_PAGE_FAULT],
            Access::Load => [Cause::LOAD_MISALIGNED, Cause::LOAD_ACCESS, Cause::LOAD_PAGE_FAULT],
            Access::Store => [Cause::STORE_MISALIGNED, Cause::STORE_ACCESS, Cause::STORE_PAGE_FAULT],
        };
        let cause = match fault.kind {
            FaultKind::Misaligned => misaligned,
            FaultKind::Unmapped | FaultKind::Protected | FaultKind::Walk(_) => access,
            FaultKind::Translation(_)
            | FaultKind::AccessFlag(_)
            | FaultKind::Permission(_)
            | FaultKind::AddressSize(_) => page,
        };
        Trap::new(cause, fault.at)
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause.name())?;
        if self.cause.name() == "reserved cause" {
            write!(f, " {}", self.cause.number())?;
        }
        match self.cause {
            c if c.is_interrupt() => Ok(()),
            Cause::ECALL_U | Cause::ECALL_S | Cause::ECALL_M => Ok(()),
            Cause::ILLEGAL_INSTRUCTION => write!(f, ", bits {:#x}", self.tval),
            _ => write!(f, " at {:#x}", self.tval),
        }
    }
}
