//! What the identification registers say: only what is there (Arm ARM D24.2).

use super::state::{SystemState, ZERO_BLOCK};
use super::sysreg::code;

/// DCZID_EL0.BS: log2 of the words in the block of DC ZVA.
pub(super) const ZERO_BLOCK_WORDS: u64 = (ZERO_BLOCK / 4).ilog2() as u64;

/// FPCR: AHP, DN, FZ, RMode.
pub(super) const FPCR_WRITABLE: u32 = 0x07c0_0000;
/// FPSR: QC, IDC, IXC, UFC, OFC, DZC, IOC.
pub(super) const FPSR_WRITABLE: u32 = 0x0800_009f;
/// TCR_EL1: T0SZ to HPD1, without the reserved bits 6 and 35.
pub(super) const TCR_WRITABLE: u64 = ((1 << 43) - 1) & !(1 << 6 | 1 << 35);

/// TCR_EL2: T0SZ to HPD, with HA and HD.
pub(super) const TCR_EL2_WRITABLE: u64 = 0x0177_ff3f;
/// TCR_EL2: bits that read as one.
pub(super) const TCR_EL2_ONES: u64 = 1 << 31 | 1 << 23;

const PFR0: u16 = code(3, 0, 0, 4, 0);
const PFR1: u16 = code(3, 0, 0, 4, 1);
const ZFR0: u16 = code(3, 0, 0, 4, 4);
const SMFR0: u16 = code(3, 0, 0, 4, 5);
const DFR0: u16 = code(3, 0, 0, 5, 0);
const DFR1: u16 = code(3, 0, 0, 5, 1);
const ISAR0: u16 = code(3, 0, 0, 6, 0);
const ISAR1: u16 = code(3, 0, 0, 6, 1);
const ISAR2: u16 = code(3, 0, 0, 6, 2);
const MMFR0: u16 = code(3, 0, 0, 7, 0);
const MMFR1: u16 = code(3, 0, 0, 7, 1);
const MMFR2: u16 = code(3, 0, 0, 7, 2);
const MMFR3: u16 = code(3, 0, 0, 7, 3);

/// Name of an AArch64 identification register.
pub(super) fn identity_name(code: u16) -> Option<&'static str> {
    Some(match code {
        PFR0 => "id_aa64pfr0_el1",
        PFR1 => "id_aa64pfr1_el1",
        ZFR0 => "id_aa64zfr0_el1",
        SMFR0 => "id_aa64smfr0_el1",
        DFR0 => "id_aa64dfr0_el1",
        DFR1 => "id_aa64dfr1_el1",
        ISAR0 => "id_aa64isar0_el1",
        ISAR1 => "id_aa64isar1_el1",
        ISAR2 => "id_aa64isar2_el1",
        MMFR0 => "id_aa64mmfr0_el1",
        MMFR1 => "id_aa64mmfr1_el1",
        MMFR2 => "id_aa64mmfr2_el1",
        MMFR3 => "id_aa64mmfr3_el1",
        _ => return None,
    })
}

/// Fields of four bits: bit number of the lowest, value.
fn fields(list: &[(u32, u64)]) -> u64 {
    list.iter().fold(0, |all, &(low, value)| all | (value & 0xf) << low)
}

/// Value of an identification register; those not named here are zero.
pub(super) fn identity(s: &SystemState, code: u16) -> u64 {
    let pauth = u64::from(s.pauth);
    match code {
        // EL0, EL1 and where it is there EL2 in AArch64 alone, FP and Advanced SIMD (0) without half precision, GICv3 system
        // registers, DIT; nothing is speculated with, so nothing leaks (CSV2, CSV3).
        PFR0 => fields(&[(0, 1), (4, 1), (8, u64::from(s.el2.is_some())), (24, 1), (48, 1), (56, 1), (60, 1)]),
        // BTI, SSBS with MSR and MRS.
        PFR1 => fields(&[(0, 1), (4, 2)]),
        // Armv8 debug with two breakpoints and two watchpoints, PMUv3.
        DFR0 => fields(&[(0, 6), (8, 1), (12, 1), (20, 1)]),
        // AES and PMULL, SHA1, SHA256, CRC32, atomics, RDM, DotProd, FlagM2, TLBI of ranges and to the outer shareable
        // domain.
        ISAR0 => fields(&[(4, 2), (8, 1), (12, 1), (16, 1), (20, 2), (28, 1), (44, 1), (52, 2), (56, 2)]),
        // DC CVAP; QARMA5 (APA, GPA), LRCPC2, SB, DGH.
        ISAR1 => fields(&[(0, 1), (4, pauth), (20, 2), (24, pauth), (36, 1), (48, 1)]),
        // 48-bit physical addresses, 16-bit ASIDs, granules of 16 KB, 64 KB (0) and 4 KB (0).
        MMFR0 => fields(&[(0, 5), (4, 2), (20, 1)]),
        // Access flag and dirty state by hardware, hierarchical permission disables, LORegions (of which there are none),
        // PAN with AT.
        MMFR1 => fields(&[(0, 2), (12, 1), (16, 1), (20, 2)]),
        // Common-not-private translations, UAO, LSE2.
        MMFR2 => fields(&[(0, 1), (4, 1), (32, 1)]),
        _ => 0,
    }
}

/// CLIDR_EL1: split first level, unified second; nothing to clean to the point of unification where IDC is set.
pub(super) fn cache_levels(s: &SystemState) -> u64 {
    let unification = if s.ctr >> 28 & 1 == 1 { 0 } else { 1 };
    0b100 << 3 | 0b011 | unification << 21 | 2 << 24 | unification << 27
}

/// CCSIDR_EL1 of the cache that CSSELR_EL1 selects: 32 KB, 4 ways; 512 KB, 8 ways, both of 64-byte lines. What is said
/// of geometry is for show: nothing is done by set and way.
pub(super) fn cache_size(s: &SystemState) -> u64 {
    let describe = |bytes: u64, ways: u64| (bytes / 64 / ways - 1) << 13 | (ways - 1) << 3 | 2;
    match s.csselr {
        0 | 1 => describe(32 << 10, 4),
        2 => describe(512 << 10, 8),
        _ => 0,
    }
}
