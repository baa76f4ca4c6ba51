//! Exceptions and interrupts of a PE, with what ESR_ELx and FAR_ELx take from them (Arm ARM D1.3, D24.2.40).

use std::fmt;

use crate::trap::{Access, Fault, FaultKind};

/// Why a synchronous exception is taken. Aborts do not say here whether they come from a lower exception level: that is
/// decided on entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// An encoding without meaning, or not allowed here (EC 0x00).
    Undefined,
    /// WFI or WFE trapped by SCTLR_EL1.nTWI or nTWE (EC 0x01).
    WaitTrapped,
    /// Floating point or Advanced SIMD trapped by CPACR_EL1.FPEN (EC 0x07).
    FpTrapped,
    /// Pointer authentication trapped by HCR_EL2.API (EC 0x09).
    PauthTrapped,
    /// The target of an indirect branch is no landing pad (EC 0x0d).
    BranchTarget,
    /// An instruction was about to execute with PSTATE.IL set (EC 0x0e).
    IllegalState,
    /// SVC (EC 0x15).
    Svc,
    /// HVC (EC 0x16).
    Hvc,
    /// SMC (EC 0x17).
    Smc,
    /// MSR, MRS or a system instruction that EL0 may not use (EC 0x18).
    SystemTrapped,
    /// A fetch failed (EC 0x20, 0x21).
    InstructionAbort,
    /// The pc is not aligned (EC 0x22).
    PcAlignment,
    /// A data access failed (EC 0x24, 0x25).
    DataAbort,
    /// The stack pointer is not aligned (EC 0x26).
    SpAlignment,
    /// BRK (EC 0x3c).
    Breakpoint,
    /// HLT: external halting debug is not there, so on entry it becomes an undefined instruction; a machine that offers
    /// semihosting looks at it first.
    Halt,
    /// An authenticated instruction found a bad pointer (FEAT_FPAC, EC 0x1c).
    PointerAuthentication,
}

impl Cause {
    /// Exception class, as taken from a lower exception level.
    pub const fn class(self) -> u8 {
        match self {
            Cause::Undefined | Cause::Halt => 0x00,
            Cause::WaitTrapped => 0x01,
            Cause::FpTrapped => 0x07,
            Cause::PauthTrapped => 0x09,
            Cause::BranchTarget => 0x0d,
            Cause::IllegalState => 0x0e,
            Cause::Svc => 0x15,
            Cause::Hvc => 0x16,
            Cause::Smc => 0x17,
            Cause::SystemTrapped => 0x18,
            Cause::PointerAuthentication => 0x1c,
            Cause::InstructionAbort => 0x20,
            Cause::PcAlignment => 0x22,
            Cause::DataAbort => 0x24,
            Cause::SpAlignment => 0x26,
            Cause::Breakpoint => 0x3c,
        }
    }

    /// True when the preferred return address is the instruction that follows.
    pub const fn returns_after(self) -> bool {
        matches!(self, Cause::Svc | Cause::Hvc | Cause::Smc)
    }

    const fn text(self) -> &'static str {
        match self {
            Cause::Undefined => "undefined instruction",
            Cause::WaitTrapped => "trapped wait",
            Cause::FpTrapped => "trapped floating-point instruction",
            Cause::PauthTrapped => "trapped pointer authentication",
            Cause::BranchTarget => "branch target exception",
            Cause::IllegalState => "illegal execution state",
            Cause::Svc => "svc",
            Cause::Hvc => "hvc",
            Cause::Smc => "smc",
            Cause::SystemTrapped => "trapped system instruction",
            Cause::InstructionAbort => "instruction abort",
            Cause::PcAlignment => "pc alignment fault",
            Cause::DataAbort => "data abort",
            Cause::SpAlignment => "sp alignment fault",
            Cause::Breakpoint => "brk",
            Cause::Halt => "hlt",
            Cause::PointerAuthentication => "pointer authentication failure",
        }
    }
}

/// An exception or interrupt of a PE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trap {
    /// Raised by the instruction itself.
    Sync {
        /// Why.
        cause: Cause,
        /// Instruction specific syndrome, bits 24-0 of ESR_ELx.
        iss: u32,
        /// The address for FAR_ELx; zero where the architecture leaves FAR alone.
        far: u64,
    },
    /// Of the instruction itself too, taken to EL2 because EL2 asks for it.
    Hypervisor {
        /// Why.
        cause: Cause,
        /// Instruction specific syndrome, bits 24-0 of ESR_EL2.
        iss: u32,
    },
    /// Interrupt.
    Irq,
    /// Fast interrupt.
    Fiq,
    /// Asynchronous error.
    SError,
}

/// ISS bit 6 of a data abort: the access was a write.
const WRITE_NOT_READ: u32 = 1 << 6;
/// ISS bit 8 of a data abort: cache maintenance or address translation.
const CACHE_MAINTENANCE: u32 = 1 << 8;

impl Trap {
    /// An encoding without meaning.
    pub const UNDEFINED: Trap = Trap::sync(Cause::Undefined, 0);

    /// A synchronous exception without an address.
    pub const fn sync(cause: Cause, iss: u32) -> Trap {
        Trap::Sync { cause, iss, far: 0 }
    }

    /// The immediate of an HVC.
    pub const fn hvc(&self) -> Option<u16> {
        self.immediate(Cause::Hvc)
    }

    /// The immediate of an SMC.
    pub const fn smc(&self) -> Option<u16> {
        self.immediate(Cause::Smc)
    }

    /// The immediate of an SVC.
    pub const fn svc(&self) -> Option<u16> {
        self.immediate(Cause::Svc)
    }

    /// The immediate of a BRK.
    pub const fn brk(&self) -> Option<u16> {
        self.immediate(Cause::Breakpoint)
    }

    /// The immediate of an HLT.
    pub const fn hlt(&self) -> Option<u16> {
        self.immediate(Cause::Halt)
    }

    /// True for HLT #0xf000, the semihosting call of A64.
    pub const fn is_semihosting(&self) -> bool {
        matches!(self.hlt(), Some(0xf000))
    }

    const fn immediate(&self, wanted: Cause) -> Option<u16> {
        match self {
            Trap::Sync { cause, iss, .. } if *cause as u8 == wanted as u8 => Some(*iss as u16),
            _ => None,
        }
    }

    /// The exception of a failed access.
    // Inline, so that it is known where it is dropped that nothing was done.
    #[inline(always)]
    pub const fn from_fault(fault: Fault) -> Trap {
        if let (Access::Fetch, FaultKind::Misaligned) = (fault.access, fault.kind) {
            return Trap::Sync { cause: Cause::PcAlignment, iss: 0, far: fault.at };
        }
        let (cause, write) = match fault.access {
            Access::Fetch => (Cause::InstructionAbort, 0),
            Access::Load => (Cause::DataAbort, 0),
            Access::Store => (Cause::DataAbort, WRITE_NOT_READ),
        };
        Trap::Sync { cause, iss: status(fault.kind) | write, far: fault.at }
    }

    /// The exception of cache maintenance by address that failed: always reported as a write.
    pub const fn from_maintenance_fault(fault: Fault) -> Trap {
        let iss = status(fault.kind) | CACHE_MAINTENANCE | WRITE_NOT_READ;
        Trap::Sync { cause: Cause::DataAbort, iss, far: fault.at }
    }
}

/// Fault status code (IFSC, DFSC).
pub(super) const fn status(kind: FaultKind) -> u32 {
    let (code, level) = match kind {
        FaultKind::AddressSize(level) => (0b000000, level),
        FaultKind::Translation(level) => (0b000100, level),
        FaultKind::AccessFlag(level) => (0b001000, level),
        FaultKind::Permission(level) => (0b001100, level),
        FaultKind::Unmapped | FaultKind::Protected => (0b010000, 0),
        FaultKind::Walk(level) => (0b010100, level),
        FaultKind::Misaligned => (0b100001, 0),
    };
    code | (level as u32 & 3)
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Trap::Irq => f.write_str("irq"),
            Trap::Fiq => f.write_str("fiq"),
            Trap::SError => f.write_str("serror"),
            Trap::Hypervisor { cause, .. } => write!(f, "{} (to EL2)", cause.text()),
            Trap::Sync { cause, iss, far } => match cause {
                Cause::Svc | Cause::Hvc | Cause::Smc | Cause::Breakpoint | Cause::Halt => {
                    write!(f, "{} #{iss:#x}", cause.text())
                }
                Cause::InstructionAbort | Cause::DataAbort | Cause::PcAlignment => {
                    write!(f, "{} at {far:#x} (status {:#04x})", cause.text(), iss & 0x3f)
                }
                _ => f.write_str(cause.text()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firmware_calls_are_told_apart_by_their_immediate() {
        assert_eq!(Trap::sync(Cause::Hvc, 0).hvc(), Some(0));
        assert_eq!(Trap::sync(Cause::Hvc, 0).smc(), None);
        assert!(Trap::sync(Cause::Halt, 0xf000).is_semihosting());
    }

    #[test]
    fn a_store_that_finds_no_page_is_a_data_abort_with_write_set() {
        let fault = Fault { at: 0x1234, access: Access::Store, kind: FaultKind::Translation(3) };
        assert_eq!(Trap::from_fault(fault), Trap::Sync { cause: Cause::DataAbort, iss: 0x47, far: 0x1234 });
    }
}
