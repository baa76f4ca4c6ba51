//! Architectural state of one hart.

use super::csr::{self, Csr};
use super::extension::Extensions;
use crate::trap::Access;

/// Privilege mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Privilege {
    /// U mode.
    User = 0,
    /// S mode.
    Supervisor = 1,
    /// M mode.
    Machine = 3,
}

impl Privilege {
    /// The mode that a two-bit field names; 2 is reserved.
    pub const fn from_bits(bits: u64) -> Option<Privilege> {
        match bits {
            0 => Some(Privilege::User),
            1 => Some(Privilege::Supervisor),
            3 => Some(Privilege::Machine),
            _ => None,
        }
    }
}

/// Registers of one hart. The pc is the machine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hart {
    /// Integer registers; `x[0]` is always 0.
    pub x: [u64; 32],
    /// Floating-point registers; single precision values stand NaN-boxed in the low half.
    pub f: [u64; 32],
    /// Current privilege mode.
    pub privilege: Privilege,
    /// Control and status registers.
    pub csr: Csr,
}

impl Hart {
    /// A hart after reset: M mode, all registers zero.
    pub fn new(hart_id: u64) -> Hart {
        Hart { x: [0; 32], f: [0; 32], privilege: Privilege::Machine, csr: Csr::new(hart_id) }
    }

    /// This hart with no other extensions than these.
    #[must_use]
    pub fn with_extensions(mut self, extensions: Extensions) -> Hart {
        (self.csr.extensions, self.csr.supported) = (extensions, extensions);
        self.csr.menvcfg &= self.csr.menvcfg_bits();
        self
    }

    /// A hart as M-mode firmware hands it to a kernel: S mode, a0 = hart id, translation and interrupts off, counters
    /// readable, PMP open, Sstc and the other S-mode features of menvcfg enabled.
    ///
    /// Interrupts are delegated as OpenSBI does it. Of the exceptions all are delegated but ECALL from S and M mode:
    /// those that OpenSBI keeps (illegal instruction, access faults, misaligned accesses) it passes to S mode itself
    /// when it cannot emulate them, and here no M-mode code runs to do so.
    pub fn supervisor(hart_id: u64) -> Hart {
        Hart::new(hart_id).handed_over()
    }

    /// This hart after reset as M-mode firmware hands it to a kernel (see [`Hart::supervisor`]).
    #[must_use]
    pub fn handed_over(self) -> Hart {
        let mut hart = self;
        let hart_id = hart.csr.mhartid;
        hart.privilege = Privilege::Supervisor;
        hart.x[10] = hart_id;
        let c = &mut hart.csr;
        c.medeleg = csr::MEDELEG_BITS & !(1 << super::Cause::ECALL_S.0);
        c.mideleg = csr::MIDELEG_BITS;
        c.mcounteren = 0xffff_ffff;
        c.menvcfg = c.menvcfg_bits() & !csr::MENVCFG_ADUE;
        c.mstatus |= csr::MSTATUS_FS_INITIAL;
        c.pmpcfg[0] = 0x1f;
        c.pmpaddr[0] = csr::PMPADDR;
        hart
    }

    /// The privilege that an access of this kind is made with: MPP for loads and stores while MPRV is set.
    #[inline]
    pub fn effective_privilege(&self, access: Access) -> Privilege {
        let status = self.csr.mstatus;
        if access == Access::Fetch || status & csr::MSTATUS_MPRV == 0 {
            return self.privilege;
        }
        Privilege::from_bits((status & csr::MSTATUS_MPP) >> csr::MSTATUS_MPP.trailing_zeros())
            .expect("mstatus.MPP holds a legal mode")
    }

    /// Reads integer register `n` (0-31).
    #[inline(always)]
    pub fn get(&self, n: u8) -> u64 {
        self.x[(n & 31) as usize]
    }

    /// Writes integer register `n` (0-31); a write to register 0 is dropped. A number from 32 on is one that is known not to be 0.
    #[inline(always)]
    pub fn set(&mut self, n: u8, value: u64) {
        self.x[(n & 31) as usize] = value;
        if n < 32 {
            self.x[0] = 0;
        }
    }
}
