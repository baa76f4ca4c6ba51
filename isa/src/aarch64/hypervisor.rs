//! EL2 as far as a kernel's boot touches it: its registers, its translation regime, and what HCR_EL2, CPTR_EL2, MDCR_EL2
//! and CNTHCTL_EL2 route or trap to it (Arm ARM D1.3, D24.2).
//!
//! Left out: stage 2 translation, virtual interrupts and FEAT_VHE. The bits of HCR_EL2 that ask for them read as zero.

use super::features;
use super::regs::Hart;
use super::sysreg::{Register, sctlr};
use super::trap::Trap;

/// Bits of HCR_EL2 that have an effect here.
pub mod hcr {
    /// FIQ is taken to EL2.
    pub const FMO: u64 = 1 << 3;
    /// IRQ is taken to EL2.
    pub const IMO: u64 = 1 << 4;
    /// SError is taken to EL2.
    pub const AMO: u64 = 1 << 5;
    /// WFI is trapped.
    pub const TWI: u64 = 1 << 13;
    /// WFE is trapped.
    pub const TWE: u64 = 1 << 14;
    /// REVIDR_EL1 and AIDR_EL1 are trapped.
    pub const TID1: u64 = 1 << 16;
    /// Cache identification registers are trapped.
    pub const TID2: u64 = 1 << 17;
    /// Identification registers of features are trapped.
    pub const TID3: u64 = 1 << 18;
    /// SMC is trapped.
    pub const TSC: u64 = 1 << 19;
    /// ACTLR_EL1 is trapped.
    pub const TACR: u64 = 1 << 21;
    /// Cache maintenance by set and way is trapped.
    pub const TSW: u64 = 1 << 22;
    /// Cache maintenance to the point of coherency is trapped.
    pub const TPCP: u64 = 1 << 23;
    /// Cache maintenance to the point of unification is trapped.
    pub const TPU: u64 = 1 << 24;
    /// TLB maintenance is trapped.
    pub const TTLB: u64 = 1 << 25;
    /// Writes of the registers of translation are trapped.
    pub const TVM: u64 = 1 << 26;
    /// EL0 runs under EL2: its exceptions go there.
    pub const TGE: u64 = 1 << 27;
    /// DC ZVA is trapped.
    pub const TDZ: u64 = 1 << 28;
    /// HVC is undefined.
    pub const HCD: u64 = 1 << 29;
    /// Reads of the registers of translation are trapped.
    pub const TRVM: u64 = 1 << 30;
    /// EL1 is AArch64: there is nothing else.
    pub const RW: u64 = 1 << 31;
    /// The keys of pointer authentication are not trapped.
    pub const APK: u64 = 1 << 40;
    /// Pointer authentication is not trapped.
    pub const API: u64 = 1 << 41;
    /// Bits that can be written.
    pub(in super::super) const WRITABLE: u64 = FMO
        | IMO
        | AMO
        | TWI
        | TWE
        | TID1
        | TID2
        | TID3
        | TSC
        | TACR
        | TSW
        | TPCP
        | TPU
        | TTLB
        | TVM
        | TGE
        | TDZ
        | HCD
        | TRVM;
}

/// CPTR_EL2.TFP: floating point is trapped.
pub(super) const CPTR_TFP: u64 = 1 << 10;
/// CPTR_EL2.TCPAC: CPACR_EL1 is trapped.
pub(super) const CPTR_TCPAC: u64 = 1 << 31;
/// CPTR_EL2: bits that read as one without FEAT_SVE and FEAT_SME.
pub(super) const CPTR_ONES: u64 = 0x33ff & !CPTR_TFP;
/// MDCR_EL2.TPM: the performance monitors are trapped.
pub(super) const MDCR_TPM: u64 = 1 << 6;
/// MDCR_EL2.TPMCR: PMCR_EL0 is trapped.
pub(super) const MDCR_TPMCR: u64 = 1 << 5;
/// CNTHCTL_EL2.EL1PCTEN: the physical counter is not trapped.
pub(super) const EL1PCTEN: u64 = 1;
/// CNTHCTL_EL2.EL1PCEN: the physical timer is not trapped.
pub(super) const EL1PCEN: u64 = 2;
/// SCTLR_EL2: bits that read as one.
pub(super) const SCTLR_ONES: u64 = 0x30c5_0830;

/// Registers of EL2, named as in the manual without the level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hypervisor {
    /// HCR_EL2.
    pub hcr: u64,
    /// SCTLR_EL2.
    pub sctlr: u64,
    /// ACTLR_EL2: kept, without effect.
    pub actlr: u64,
    /// CPTR_EL2.
    pub cptr: u64,
    /// MDCR_EL2.
    pub mdcr: u64,
    /// HSTR_EL2 and HACR_EL2: kept, without effect.
    pub hstr: u64,
    /// TTBR0_EL2.
    pub ttbr0: u64,
    /// TCR_EL2.
    pub tcr: u64,
    /// VTTBR_EL2: kept, without effect.
    pub vttbr: u64,
    /// VTCR_EL2: kept, without effect.
    pub vtcr: u64,
    /// MAIR_EL2: kept, without effect.
    pub mair: u64,
    /// AMAIR_EL2: kept, without effect.
    pub amair: u64,
    /// AFSR0_EL2 and AFSR1_EL2: kept, without effect.
    pub afsr: [u64; 2],
    /// SPSR_EL2.
    pub spsr: u64,
    /// ELR_EL2.
    pub elr: u64,
    /// ESR_EL2.
    pub esr: u64,
    /// FAR_EL2.
    pub far: u64,
    /// HPFAR_EL2: kept, without effect.
    pub hpfar: u64,
    /// VBAR_EL2.
    pub vbar: u64,
    /// VPIDR_EL2: what EL1 reads as MIDR_EL1.
    pub vpidr: u64,
    /// VMPIDR_EL2: what EL1 reads as MPIDR_EL1.
    pub vmpidr: u64,
    /// TPIDR_EL2.
    pub tpidr: u64,
    /// CNTHCTL_EL2.
    pub cnthctl: u64,
    /// CNTVOFF_EL2.
    pub cntvoff: u64,
}

impl Hart {
    /// Puts EL2 in and goes there, as after a reset into it: EL2h, MMU off, everything masked.
    pub fn start_at_el2(&mut self) {
        self.system.el2 = Some(Box::new(Hypervisor {
            hcr: hcr::RW,
            sctlr: SCTLR_ONES,
            cptr: CPTR_ONES,
            mdcr: super::state::EVENT_COUNTERS as u64,
            vpidr: self.system.midr,
            vmpidr: self.system.mpidr,
            ..Hypervisor::default()
        }));
        self.set_level(2, true);
    }

    /// The registers of EL2, when the hart is there.
    #[inline(always)]
    pub(super) fn at_el2(&self) -> Option<&Hypervisor> {
        if self.el == 2 { self.system.el2.as_deref() } else { None }
    }

    /// SCTLR of the level in which the hart is.
    #[inline(always)]
    pub(super) fn sctlr(&self) -> u64 {
        self.at_el2().map_or(self.system.sctlr, |el2| el2.sctlr)
    }

    /// A bit of HCR_EL2 as it applies to the level in which the hart is: to EL0 and EL1, where EL2 is there.
    #[inline(always)]
    pub(super) fn hypervisor_asks(&self, bits: u64) -> bool {
        self.el < 2 && self.system.el2.as_ref().is_some_and(|el2| el2.hcr & bits != 0)
    }

    /// True when EL2 wants to see the SMC that this hart is about to make.
    pub fn smc_is_trapped(&self) -> bool {
        self.hypervisor_asks(hcr::TSC)
    }

    /// HVC is undefined where EL2 says so.
    pub(super) fn hypervisor_calls_disabled(&self) -> bool {
        self.system.el2.as_ref().is_some_and(|el2| el2.hcr & hcr::HCD != 0)
    }

    /// True when an interrupt that this bit of HCR_EL2 routes is taken to EL2.
    pub(super) fn interrupt_goes_to_el2(&self, bit: u64) -> bool {
        self.system.el2.as_ref().is_some_and(|el2| el2.hcr & (bit | hcr::TGE) != 0)
    }

    /// The offset of the virtual counter from the physical one.
    pub(super) fn counter_offset(&self) -> u64 {
        self.system.el2.as_ref().map_or(0, |el2| el2.cntvoff)
    }
}

impl Trap {
    /// The same exception of an instruction, taken to EL2 because EL2 asks for it.
    #[must_use]
    pub const fn to_el2(self) -> Trap {
        match self {
            Trap::Sync { cause, iss, .. } => Trap::Hypervisor { cause, iss },
            other => other,
        }
    }
}

/// A register of EL2, which is there.
pub(super) fn read_register(h: &Hart, register: Register) -> u64 {
    use Register::*;
    let Some(el2) = h.at_el2() else { return 0 };
    match register {
        Vpidr => el2.vpidr,
        Vmpidr => el2.vmpidr,
        SctlrEl2 => el2.sctlr,
        ActlrEl2 => el2.actlr,
        Hcr => el2.hcr,
        Mdcr => el2.mdcr,
        Cptr => el2.cptr,
        Hstr => el2.hstr,
        Ttbr0El2 => el2.ttbr0,
        TcrEl2 => el2.tcr,
        Vttbr => el2.vttbr,
        Vtcr => el2.vtcr,
        SpsrEl2 => el2.spsr,
        ElrEl2 => el2.elr,
        SpEl1 => h.stack_pointer_of(1),
        Afsr0El2 => el2.afsr[0],
        Afsr1El2 => el2.afsr[1],
        EsrEl2 => el2.esr,
        FarEl2 => el2.far,
        Hpfar => el2.hpfar,
        MairEl2 => el2.mair,
        AmairEl2 => el2.amair,
        VbarEl2 => el2.vbar,
        TpidrEl2 => el2.tpidr,
        Cntvoff => el2.cntvoff,
        Cnthctl => el2.cnthctl,
        // HACR_EL2, RVBAR_EL2.
        _ => 0,
    }
}

/// Writes a register of EL2; true when translation may have changed.
pub(super) fn write_register(h: &mut Hart, register: Register, value: u64) -> bool {
    use Register::*;
    if register == SpEl1 {
        h.set_stack_pointer_of(1, value);
        return false;
    }
    let keys = if h.system.pauth { sctlr::KEYS } else { 0 };
    let pauth = if h.system.pauth { hcr::API | hcr::APK } else { 0 };
    let Some(el2) = &mut h.system.el2 else { return false };
    match register {
        Vpidr => el2.vpidr = value & 0xffff_ffff,
        Vmpidr => el2.vmpidr = value,
        SctlrEl2 => el2.sctlr = value & (sctlr::WRITABLE_EL2 | keys) | SCTLR_ONES,
        ActlrEl2 => el2.actlr = value,
        Hcr => el2.hcr = value & (hcr::WRITABLE | pauth) | hcr::RW,
        Mdcr => el2.mdcr = value & 0xffff_ffff,
        Cptr => el2.cptr = value & (CPTR_TFP | CPTR_TCPAC) | CPTR_ONES,
        Hstr => el2.hstr = value & 0xffff_ffff,
        Ttbr0El2 => el2.ttbr0 = value,
        TcrEl2 => el2.tcr = value & features::TCR_EL2_WRITABLE | features::TCR_EL2_ONES,
        Vttbr => el2.vttbr = value,
        Vtcr => el2.vtcr = value & 0xffff_ffff,
        SpsrEl2 => el2.spsr = value & 0xffff_ffff,
        ElrEl2 => el2.elr = value,
        Afsr0El2 => el2.afsr[0] = value,
        Afsr1El2 => el2.afsr[1] = value,
        EsrEl2 => el2.esr = value,
        FarEl2 => el2.far = value,
        Hpfar => el2.hpfar = value,
        MairEl2 => el2.mair = value,
        AmairEl2 => el2.amair = value,
        VbarEl2 => el2.vbar = value & !0x7ff,
        TpidrEl2 => el2.tpidr = value,
        Cntvoff => el2.cntvoff = value,
        Cnthctl => el2.cnthctl = value & 0xff,
        _ => {}
    }
    matches!(register, SctlrEl2 | Ttbr0El2 | TcrEl2 | Hcr)
}
