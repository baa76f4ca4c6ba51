//! Everything that an instruction does outside the registers of its hart.
//!
//! `execute` is generic over [`Context`]: the timed world charges cycles for each call, the relaxed world chooses what
//! each load returns. Addresses are virtual; the context translates, with the registers that [`Context::hart`] gives.

use crate::trap::{Access, Fault};

/// Size of one access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Size {
    /// 1 byte.
    Byte = 0,
    /// 2 bytes.
    Half = 1,
    /// 4 bytes.
    Word = 2,
    /// 8 bytes.
    Double = 3,
}

impl Size {
    /// Number of bytes: 1, 2, 4 or 8.
    pub const fn bytes(self) -> u64 {
        1 << self as u8
    }

    /// All ones in the low `bytes()` bytes.
    pub const fn mask(self) -> u64 {
        u64::MAX >> (64 - 8 * self.bytes())
    }
}

/// Ordering that an access carries itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccessOrder {
    /// Later accesses come after it (aq; LDAR, LDAPR).
    pub acquire: bool,
    /// Earlier accesses come before it (rl; STLR).
    pub release: bool,
    /// A weaker acquire that may pass an earlier release (RCpc: LDAPR).
    pub pc: bool,
}

impl AccessOrder {
    /// No ordering of its own.
    pub const PLAIN: AccessOrder = AccessOrder { acquire: false, release: false, pc: false };
    /// Acquire.
    pub const ACQUIRE: AccessOrder = AccessOrder { acquire: true, release: false, pc: false };
    /// Release.
    pub const RELEASE: AccessOrder = AccessOrder { acquire: false, release: true, pc: false };

    /// Acquire and release as two flags.
    pub const fn new(acquire: bool, release: bool) -> AccessOrder {
        AccessOrder { acquire, release, pc: false }
    }
}

/// Which accesses a data barrier orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessTypes {
    /// Device input (RISC-V i).
    pub input: bool,
    /// Device output (RISC-V o).
    pub output: bool,
    /// Reads.
    pub reads: bool,
    /// Writes.
    pub writes: bool,
}

impl AccessTypes {
    /// All of them.
    pub const ALL: AccessTypes = AccessTypes { input: true, output: true, reads: true, writes: true };
    /// Reads of memory and devices.
    pub const READS: AccessTypes = AccessTypes { input: true, output: false, reads: true, writes: false };
    /// Writes of memory and devices.
    pub const WRITES: AccessTypes = AccessTypes { input: false, output: true, reads: false, writes: true };
}

/// A barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// RISC-V FENCE and Arm DMB: accesses of the first kind before those of the second.
    Data {
        /// What must come before.
        before: AccessTypes,
        /// What must come after.
        after: AccessTypes,
    },
    /// RISC-V FENCE.TSO.
    Tso,
    /// RISC-V FENCE.I.
    FenceI,
    /// Arm DSB: waits until the accesses of this kind, and all cache maintenance, are complete.
    Dsb(AccessTypes),
    /// Arm ISB, and every other context synchronization event.
    Isb,
}

/// Cache maintenance on the line that holds an address (or on everything).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheOp {
    /// DC CVAU: cleans data to the point of unification.
    CleanToPoU,
    /// DC CVAC, CBO.CLEAN: cleans data to the point of coherency.
    CleanToPoC,
    /// DC IVAC, CBO.INVAL: drops data without cleaning (this model keeps memory coherent and so cleans).
    Invalidate,
    /// DC CIVAC, CBO.FLUSH: cleans and drops data.
    CleanInvalidate,
    /// DC ZVA, CBO.ZERO: writes zeroes to the block.
    Zero,
    /// IC IVAU: drops instruction copies of the line in every hart.
    InvalidateInsn,
    /// IC IALLU: drops all instruction copies of this hart.
    InvalidateAllInsn,
    /// IC IALLUIS: drops all instruction copies of every hart.
    InvalidateAllInsnEverywhere,
}

/// TLB maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlbOp {
    /// Only this virtual page, or all.
    pub page: Option<u64>,
    /// Only this address space, or all.
    pub asid: Option<u16>,
    /// In every hart (Arm *IS forms) or in this one.
    pub broadcast: bool,
}

/// Instructions that only advise, or that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// WFI: may wait until an interrupt is pending.
    WaitForInterrupt,
    /// WFE, WRS.NTO, WRS.STO: may wait until an event or a change of the reserved location.
    WaitForEvent,
    /// SEV: an event for every hart.
    SendEvent,
    /// SEVL: an event for this hart.
    SendEventLocal,
    /// PAUSE, YIELD.
    Pause,
}

/// Counters that the machine keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Cycles of this hart's clock.
    Cycles,
    /// Instructions retired by this hart, those before the one that reads it.
    Instructions,
    /// Ticks of the platform's timer (mtime, CNTPCT).
    Time,
}

/// A register that belongs to a device of the platform but is reached by a system instruction (GICv3 CPU interface,
/// generic timer; stimecmp): the CSR number, or op0:op1:CRn:CRm:op2 packed as in bits 20-5 of MRS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemReg(pub u32);

/// Where a virtual page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Physical address that corresponds to the virtual address asked for.
    pub physical: u64,
    /// Size in bytes of the page or block that maps it: a power of two, at least 4096.
    pub page: u64,
    /// May be read, written, executed in the state (privilege, SUM, PAN, …) that the walk was made with.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be fetched from.
    pub execute: bool,
    /// Valid in every address space.
    pub global: bool,
    /// Indirect branches into it must land on instructions that allow them (FEAT_BTI).
    pub guarded: bool,
}

/// Physical memory as a page table walk sees it.
pub trait TableMemory {
    /// Reads an entry of 8 bytes; `None` when nothing answers.
    fn read_entry(&mut self, at: u64) -> Option<u64>;
    /// Replaces an entry if it still has the expected value (hardware update of A and D, AF and DBM). False when it changed.
    fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool;
}

/// What `execute` needs of the world around it.
pub trait Context {
    /// Architectural state of the hart ([`crate::Isa::Hart`]).
    type Hart;

    /// An instruction that fails here has done nothing, and is executed in another context then: so one that seldom fails may fail
    /// without reason, and one whose access is not aligned does.
    const TRIES: bool = false;

    /// The hart that executes.
    fn hart(&mut self) -> &mut Self::Hart;

    /// Reads `size` bytes, zero-extended. Any alignment; a split access may be taken for an access that is not aligned.
    fn load(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault>;

    /// Writes the low `size` bytes of `value`.
    fn store(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<(), Fault>;

    /// Reads two neighbours, lower address first. Each is single-copy atomic for itself; a pair of doubles aligned to 16
    /// bytes is atomic as a whole (FEAT_LSE2).
    #[inline(always)]
    fn load_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault> {
        Ok((self.load(at, size, order)?, self.load(at.wrapping_add(size.bytes()), size, order)?))
    }

    /// Writes two neighbours, lower address first.
    #[inline(always)]
    fn store_pair(&mut self, at: u64, size: Size, values: (u64, u64), order: AccessOrder) -> Result<(), Fault> {
        self.store(at, size, values.0, order)?;
        self.store(at.wrapping_add(size.bytes()), size, values.1, order)
    }

    /// Atomic read-modify-write: `update` gives the new value, or `None` to leave memory alone. Returns the old value,
    /// zero-extended. The caller has checked alignment.
    fn rmw(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce(u64) -> Option<u64>,
    ) -> Result<u64, Fault>;

    /// The same on two neighbours of `size` (CASP, AMOCAS.Q).
    fn rmw_pair(
        &mut self,
        at: u64,
        size: Size,
        order: AccessOrder,
        update: impl FnOnce((u64, u64)) -> Option<(u64, u64)>,
    ) -> Result<(u64, u64), Fault>;

    /// Reads and reserves (LR, LDXR).
    fn load_reserved(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<u64, Fault>;

    /// Writes if the reservation holds; true when it wrote. The reservation is gone afterwards.
    fn store_conditional(&mut self, at: u64, size: Size, value: u64, order: AccessOrder) -> Result<bool, Fault>;

    /// Reads two neighbours and reserves both (LDXP).
    fn load_reserved_pair(&mut self, at: u64, size: Size, order: AccessOrder) -> Result<(u64, u64), Fault>;

    /// Writes two neighbours if the reservation holds (STXP).
    fn store_conditional_pair(
        &mut self,
        at: u64,
        size: Size,
        values: (u64, u64),
        order: AccessOrder,
    ) -> Result<bool, Fault>;

    /// Gives the reservation up (CLREX, exception return).
    fn clear_reservation(&mut self);

    /// A barrier.
    fn fence(&mut self, fence: Fence);

    /// Cache maintenance; `at` is virtual and ignored by the operations on everything.
    fn cache_op(&mut self, op: CacheOp, at: u64) -> Result<(), Fault>;

    /// TLB maintenance.
    fn tlb_op(&mut self, op: TlbOp);

    /// A hint or a wait.
    fn hint(&mut self, hint: Hint);

    /// Reads a counter.
    fn counter(&mut self, counter: Counter) -> u64;

    /// Reads a register of a device; `None` when the platform has no such register (the instruction is then undefined).
    fn read_system(&mut self, register: SystemReg) -> Option<u64>;

    /// Writes a register of a device; false when the platform has no such register.
    fn write_system(&mut self, register: SystemReg, value: u64) -> bool;

    /// Translates without accessing (AT, prefetch checks).
    fn probe(&mut self, at: u64, access: Access) -> Result<Mapping, Fault>;

    /// The hart's translation or protection registers changed (satp, SCTLR, TTBR, TCR, privilege): cached decisions made
    /// with the old ones no longer hold, though TLB entries stay until maintenance.
    fn translation_changed(&mut self);
}
