//! System registers as stored, and their values after reset.

use super::hypervisor::Hypervisor;

/// Size in bytes of the block that DC ZVA clears, as DCZID_EL0 reports it.
pub const ZERO_BLOCK: u64 = 64;

/// Number of event counters of the PMU.
pub const EVENT_COUNTERS: usize = 6;

/// One counter of the PMU. The machine's counters never stop: a counter that runs is an offset to one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PmuCounter {
    /// PMEVTYPER<n>_EL0 or PMCCFILTR_EL0.
    pub kind: u64,
    /// The value when stopped; what to add to the machine's counter when running.
    pub base: u64,
    /// It counts now.
    pub running: bool,
    /// Its value when overflow was last looked for.
    pub seen: u64,
}

/// Performance monitors (FEAT_PMUv3, 64-bit cycle counter).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pmu {
    /// PMCR_EL0, writable bits.
    pub control: u64,
    /// PMCNTENSET_EL0.
    pub enabled: u64,
    /// PMINTENSET_EL1.
    pub interrupts: u64,
    /// PMOVSSET_EL0, as of the last look at the counters.
    pub overflow: u64,
    /// PMSELR_EL0.SEL.
    pub select: u64,
    /// PMUSERENR_EL0.
    pub user: u64,
    /// PMCCNTR_EL0.
    pub cycles: PmuCounter,
    /// PMEVCNTR<n>_EL0.
    pub events: [PmuCounter; EVENT_COUNTERS],
}

/// System registers, named as in the manual without the level.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemState {
    /// MIDR_EL1.
    pub midr: u64,
    /// MPIDR_EL1.
    pub mpidr: u64,
    /// CTR_EL0.
    pub ctr: u64,
    /// SCTLR_EL1.
    pub sctlr: u64,
    /// ACTLR_EL1: kept, without effect.
    pub actlr: u64,
    /// CPACR_EL1.
    pub cpacr: u64,
    /// TTBR0_EL1.
    pub ttbr0: u64,
    /// TTBR1_EL1.
    pub ttbr1: u64,
    /// TCR_EL1.
    pub tcr: u64,
    /// MAIR_EL1.
    pub mair: u64,
    /// AMAIR_EL1: kept, without effect.
    pub amair: u64,
    /// VBAR_EL1.
    pub vbar: u64,
    /// ESR_EL1.
    pub esr: u64,
    /// FAR_EL1.
    pub far: u64,
    /// ELR_EL1.
    pub elr: u64,
    /// SPSR_EL1.
    pub spsr: u64,
    /// PAR_EL1.
    pub par: u64,
    /// AFSR0_EL1: kept, without effect.
    pub afsr0: u64,
    /// AFSR1_EL1: kept, without effect.
    pub afsr1: u64,
    /// CONTEXTIDR_EL1.
    pub contextidr: u64,
    /// TPIDR_EL0.
    pub tpidr_el0: u64,
    /// TPIDRRO_EL0.
    pub tpidrro_el0: u64,
    /// TPIDR_EL1.
    pub tpidr_el1: u64,
    /// CSSELR_EL1.
    pub csselr: u64,
    /// CNTKCTL_EL1.
    pub cntkctl: u64,
    /// CNTFRQ_EL0.
    pub cntfrq: u64,
    /// MDSCR_EL1: kept, without effect (no breakpoint, watchpoint or single step).
    pub mdscr: u64,
    /// DBGBVR<n>_EL1 and DBGBCR<n>_EL1: kept, without effect.
    pub breakpoints: [(u64, u64); 2],
    /// DBGWVR<n>_EL1 and DBGWCR<n>_EL1: kept, without effect.
    pub watchpoints: [(u64, u64); 2],
    /// OSLAR_EL1.OSLK as OSLSR_EL1 shows it.
    pub os_lock: bool,
    /// APIAKey, APIBKey, APDAKey, APDBKey, APGAKey: low half, high half.
    pub keys: [[u64; 2]; 5],
    /// FEAT_PAuth is there: its instructions sign and check; else those in the hint space do nothing and the others are
    /// undefined.
    pub pauth: bool,
    /// EL0 may read the identification registers, as programs of Linux may (it serves the exception).
    pub identity_at_el0: bool,
    /// Performance monitors.
    pub pmu: Pmu,
    /// EL2, where it is there.
    pub el2: Option<Box<Hypervisor>>,
}

impl SystemState {
    /// Values after reset. Where the architecture leaves a register unknown, the value QEMU gives it.
    pub fn reset(id: u64) -> SystemState {
        let lines = 4; // log2 of the words in a line of 64 bytes
        SystemState {
            midr: 0x000f_c0d0,
            mpidr: 1 << 31 | (id & 0xf) | (id >> 4 & 0xff) << 8 | (id >> 12 & 0xff) << 16,
            ctr: 1 << 31 | lines << 24 | lines << 20 | lines << 16 | 0b11 << 14 | lines,
            sctlr: 0x30d5_0838,
            actlr: 0,
            cpacr: 0,
            ttbr0: 0,
            ttbr1: 0,
            tcr: 0,
            mair: 0,
            amair: 0,
            vbar: 0,
            esr: 0,
            far: 0,
            elr: 0,
            spsr: 0,
            par: 0,
            afsr0: 0,
            afsr1: 0,
            contextidr: 0,
            tpidr_el0: 0,
            tpidrro_el0: 0,
            tpidr_el1: 0,
            csselr: 0,
            cntkctl: 0,
            cntfrq: 62_500_000,
            mdscr: 0,
            breakpoints: [(0, 0); 2],
            watchpoints: [(0, 0); 2],
            os_lock: true,
            keys: [[0; 2]; 5],
            pauth: false,
            identity_at_el0: false,
            pmu: Pmu::default(),
            el2: None,
        }
    }
}
