//! System registers: which there are, who may use them, what reading and writing does (Arm ARM D24).
//!
//! Registers of devices (GICv3 CPU interface, generic timer) belong to the platform and are asked of the context. AArch32
//! is not there, so its identification registers read as zero. Of debug there are the registers that a kernel clears at
//! boot, without effect.

use super::exception;
use super::exec::system::trapped;
use super::features;
use super::flags::Flags;
use super::hypervisor::{self, hcr};
use super::insn::Insn;
use super::pmu;
use super::regs::Hart;
use super::trap::Trap;
use crate::context::{Context, Counter, SystemReg};

/// Bits of SCTLR_EL1 that have an effect here.
pub mod sctlr {
    /// MMU on.
    pub const M: u64 = 1;
    /// Every access is checked for alignment.
    pub const A: u64 = 1 << 1;
    /// Data is cacheable.
    pub const C: u64 = 1 << 2;
    /// SP is checked for alignment at EL1.
    pub const SA: u64 = 1 << 3;
    /// Ordered accesses may cross 16 bytes.
    pub const NAA: u64 = 1 << 6;
    /// SP is checked for alignment at EL0.
    pub const SA0: u64 = 1 << 4;
    /// EL0 may mask interrupts.
    pub const UMA: u64 = 1 << 9;
    /// Instructions are cacheable.
    pub const I: u64 = 1 << 12;
    /// EL0 may use DC ZVA.
    pub const DZE: u64 = 1 << 14;
    /// EL0 may read CTR_EL0.
    pub const UCT: u64 = 1 << 15;
    /// EL0 may execute WFI.
    pub const NTWI: u64 = 1 << 16;
    /// EL0 may execute WFE.
    pub const NTWE: u64 = 1 << 18;
    /// What is writable is never executable.
    pub const WXN: u64 = 1 << 19;
    /// Exceptions leave PSTATE.PAN alone.
    pub const SPAN: u64 = 1 << 23;
    /// EL0 may maintain caches.
    pub const UCI: u64 = 1 << 26;
    /// `paciasp` and `pacibsp` are no landing pads for BTYPE 3, at EL0.
    pub const BT0: u64 = 1 << 35;
    /// The same at EL1; at EL2 the bit of this number in SCTLR_EL2.
    pub const BT1: u64 = 1 << 36;
    /// PSTATE.SSBS on exception entry.
    pub const DSSBS: u64 = 1 << 44;
    /// Keys IA, IB, DA, DB sign and authenticate.
    pub const PAUTH: [u64; 4] = [1 << 31, 1 << 30, 1 << 27, 1 << 13];
    /// All of them.
    pub(in crate::aarch64) const KEYS: u64 = PAUTH[0] | PAUTH[1] | PAUTH[2] | PAUTH[3];
    /// Bits of SCTLR_EL2 that can be written.
    pub(in crate::aarch64) const WRITABLE_EL2: u64 = M | A | C | SA | NAA | I | WXN | BT1 | DSSBS;
    /// Bits that read as one: EOS, TSCXT, EIS, nTLSMD, LSMAOE, ITD, SED.
    pub(super) const ONES: u64 = 1 << 11 | 1 << 20 | 1 << 22 | 1 << 28 | 1 << 29 | 1 << 7 | 1 << 8;
    /// Bits that can be written.
    pub(super) const WRITABLE: u64 =
        M | A | C | SA | SA0 | NAA | UMA | I | DZE | UCT | NTWI | NTWE | WXN | SPAN | UCI | BT0 | BT1 | DSSBS;
}

/// Packs the fields of an encoding as in bits 20-5 of MRS.
pub const fn code(op0: u16, op1: u16, crn: u16, crm: u16, op2: u16) -> u16 {
    op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2
}

/// Lowest exception level that may access a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    El0,
    /// EL0 if a control register of EL1 allows; the exception is a trap, not undefined.
    El0If,
    El1,
    El2,
    Never,
}

struct Entry {
    first: u16,
    count: u16,
    name: &'static str,
    register: Register,
    read: Level,
    write: Level,
}

macro_rules! registers {
    ($( $name:ident $text:literal ($op0:literal $op1:literal $crn:literal $crm:literal $op2:literal) $count:literal
        $read:ident $write:ident; )*) => {
        /// A register of this table; families count as one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Register { $( $name, )* }

        /// Ascending by encoding.
        const REGISTERS: &[Entry] = &[ $( Entry {
            first: code($op0, $op1, $crn, $crm, $op2),
            count: $count,
            name: $text,
            register: Register::$name,
            read: Level::$read,
            write: Level::$write,
        }, )* ];
    };
}

// Name, text (# stands for the number within a family), encoding, members, who reads, who writes.
registers! {
    DebugValue0   "dbgbvr0_el1"       (2 0 0 0 4)   1 El1 El1;
    DebugControl0 "dbgbcr0_el1"       (2 0 0 0 5)   1 El1 El1;
    WatchValue0   "dbgwvr0_el1"       (2 0 0 0 6)   1 El1 El1;
    WatchControl0 "dbgwcr0_el1"       (2 0 0 0 7)   1 El1 El1;
    DebugValue1   "dbgbvr1_el1"       (2 0 0 1 4)   1 El1 El1;
    DebugControl1 "dbgbcr1_el1"       (2 0 0 1 5)   1 El1 El1;
    WatchValue1   "dbgwvr1_el1"       (2 0 0 1 6)   1 El1 El1;
    WatchControl1 "dbgwcr1_el1"       (2 0 0 1 7)   1 El1 El1;
    Mdccint       "mdccint_el1"       (2 0 0 2 0)   1 El1 El1;
    Mdscr         "mdscr_el1"         (2 0 0 2 2)   1 El1 El1;
    Mdrar         "mdrar_el1"         (2 0 1 0 0)   1 El1 Never;
    Oslar         "oslar_el1"         (2 0 1 0 4)   1 Never El1;
    Oslsr         "oslsr_el1"         (2 0 1 1 4)   1 El1 Never;
    Osdlr         "osdlr_el1"         (2 0 1 3 4)   1 El1 El1;
    Dbgprcr       "dbgprcr_el1"       (2 0 1 4 4)   1 El1 El1;
    DbgAuth       "dbgauthstatus_el1" (2 0 7 14 6)  1 El1 Never;
    Midr          "midr_el1"          (3 0 0 0 0)   1 El1 Never;
    Mpidr         "mpidr_el1"         (3 0 0 0 5)   1 El1 Never;
    Revidr        "revidr_el1"        (3 0 0 0 6)   1 El1 Never;
    Identity      "id_el1"            (3 0 0 1 0)  56 El1 Never;
    Sctlr         "sctlr_el1"         (3 0 1 0 0)   1 El1 El1;
    Actlr         "actlr_el1"         (3 0 1 0 1)   1 El1 El1;
    Cpacr         "cpacr_el1"         (3 0 1 0 2)   1 El1 El1;
    Ttbr0         "ttbr0_el1"         (3 0 2 0 0)   1 El1 El1;
    Ttbr1         "ttbr1_el1"         (3 0 2 0 1)   1 El1 El1;
    Tcr           "tcr_el1"           (3 0 2 0 2)   1 El1 El1;
    KeyA          "ap#key_el1"        (3 0 2 1 0)   4 El1 El1;
    KeyD          "ap#key_el1"        (3 0 2 2 0)   4 El1 El1;
    KeyG          "ap#key_el1"        (3 0 2 3 0)   2 El1 El1;
    Spsr          "spsr_el1"          (3 0 4 0 0)   1 El1 El1;
    Elr           "elr_el1"           (3 0 4 0 1)   1 El1 El1;
    SpEl0         "sp_el0"            (3 0 4 1 0)   1 El1 El1;
    SpSel         "spsel"             (3 0 4 2 0)   1 El1 El1;
    CurrentEl     "currentel"         (3 0 4 2 2)   1 El1 Never;
    Pan           "pan"               (3 0 4 2 3)   1 El1 El1;
    Uao           "uao"               (3 0 4 2 4)   1 El1 El1;
    Afsr0         "afsr0_el1"         (3 0 5 1 0)   1 El1 El1;
    Afsr1         "afsr1_el1"         (3 0 5 1 1)   1 El1 El1;
    Esr           "esr_el1"           (3 0 5 2 0)   1 El1 El1;
    Far           "far_el1"           (3 0 6 0 0)   1 El1 El1;
    Par           "par_el1"           (3 0 7 4 0)   1 El1 El1;
    Pmintenset    "pmintenset_el1"    (3 0 9 14 1)  1 El1 El1;
    Pmintenclr    "pmintenclr_el1"    (3 0 9 14 2)  1 El1 El1;
    Mair          "mair_el1"          (3 0 10 2 0)  1 El1 El1;
    Amair         "amair_el1"         (3 0 10 3 0)  1 El1 El1;
    Lorsa         "lorsa_el1"         (3 0 10 4 0)  1 El1 El1;
    Lorea         "lorea_el1"         (3 0 10 4 1)  1 El1 El1;
    Lorn          "lorn_el1"          (3 0 10 4 2)  1 El1 El1;
    Lorc          "lorc_el1"          (3 0 10 4 3)  1 El1 El1;
    Lorid         "lorid_el1"         (3 0 10 4 7)  1 El1 Never;
    Vbar          "vbar_el1"          (3 0 12 0 0)  1 El1 El1;
    Rvbar         "rvbar_el1"         (3 0 12 0 1)  1 El1 Never;
    Isr           "isr_el1"           (3 0 12 1 0)  1 El1 Never;
    Contextidr    "contextidr_el1"    (3 0 13 0 1)  1 El1 El1;
    TpidrEl1      "tpidr_el1"         (3 0 13 0 4)  1 El1 El1;
    Cntkctl       "cntkctl_el1"       (3 0 14 1 0)  1 El1 El1;
    Ccsidr        "ccsidr_el1"        (3 1 0 0 0)   1 El1 Never;
    Clidr         "clidr_el1"         (3 1 0 0 1)   1 El1 Never;
    Aidr          "aidr_el1"          (3 1 0 0 7)   1 El1 Never;
    Csselr        "csselr_el1"        (3 2 0 0 0)   1 El1 El1;
    Ctr           "ctr_el0"           (3 3 0 0 1)   1 El0If Never;
    Dczid         "dczid_el0"         (3 3 0 0 7)   1 El0 Never;
    Nzcv          "nzcv"              (3 3 4 2 0)   1 El0 El0;
    Daif          "daif"              (3 3 4 2 1)   1 El0If El0If;
    Dit           "dit"               (3 3 4 2 5)   1 El0 El0;
    Ssbs          "ssbs"              (3 3 4 2 6)   1 El0 El0;
    Fpcr          "fpcr"              (3 3 4 4 0)   1 El0 El0;
    Fpsr          "fpsr"              (3 3 4 4 1)   1 El0 El0;
    Pmcr          "pmcr_el0"          (3 3 9 12 0)  1 El0If El0If;
    Pmcntenset    "pmcntenset_el0"    (3 3 9 12 1)  1 El0If El0If;
    Pmcntenclr    "pmcntenclr_el0"    (3 3 9 12 2)  1 El0If El0If;
    Pmovsclr      "pmovsclr_el0"      (3 3 9 12 3)  1 El0If El0If;
    Pmswinc       "pmswinc_el0"       (3 3 9 12 4)  1 Never El0If;
    Pmselr        "pmselr_el0"        (3 3 9 12 5)  1 El0If El0If;
    Pmceid0       "pmceid0_el0"       (3 3 9 12 6)  1 El0If Never;
    Pmceid1       "pmceid1_el0"       (3 3 9 12 7)  1 El0If Never;
    Pmccntr       "pmccntr_el0"       (3 3 9 13 0)  1 El0If El0If;
    Pmxevtyper    "pmxevtyper_el0"    (3 3 9 13 1)  1 El0If El0If;
    Pmxevcntr     "pmxevcntr_el0"     (3 3 9 13 2)  1 El0If El0If;
    Pmuserenr     "pmuserenr_el0"     (3 3 9 14 0)  1 El0 El1;
    Pmovsset      "pmovsset_el0"      (3 3 9 14 3)  1 El0If El0If;
    TpidrEl0      "tpidr_el0"         (3 3 13 0 2)  1 El0 El0;
    TpidrroEl0    "tpidrro_el0"       (3 3 13 0 3)  1 El0 El1;
    Cntfrq        "cntfrq_el0"        (3 3 14 0 0)  1 El0If El1;
    Cntpct        "cntpct_el0"        (3 3 14 0 1)  1 El0If Never;
    Cntvct        "cntvct_el0"        (3 3 14 0 2)  1 El0If Never;
    Pmevcntr      "pmevcntr#_el0"     (3 3 14 8 0)  6 El0If El0If;
    Pmevtyper     "pmevtyper#_el0"    (3 3 14 12 0) 6 El0If El0If;
    Pmccfiltr     "pmccfiltr_el0"     (3 3 14 15 7) 1 El0If El0If;
    Vpidr         "vpidr_el2"         (3 4 0 0 0)   1 El2 El2;
    Vmpidr        "vmpidr_el2"        (3 4 0 0 5)   1 El2 El2;
    SctlrEl2      "sctlr_el2"         (3 4 1 0 0)   1 El2 El2;
    ActlrEl2      "actlr_el2"         (3 4 1 0 1)   1 El2 El2;
    Hcr           "hcr_el2"           (3 4 1 1 0)   1 El2 El2;
    Mdcr          "mdcr_el2"          (3 4 1 1 1)   1 El2 El2;
    Cptr          "cptr_el2"          (3 4 1 1 2)   1 El2 El2;
    Hstr          "hstr_el2"          (3 4 1 1 3)   1 El2 El2;
    Hacr          "hacr_el2"          (3 4 1 1 7)   1 El2 El2;
    Ttbr0El2      "ttbr0_el2"         (3 4 2 0 0)   1 El2 El2;
    TcrEl2        "tcr_el2"           (3 4 2 0 2)   1 El2 El2;
    Vttbr         "vttbr_el2"         (3 4 2 1 0)   1 El2 El2;
    Vtcr          "vtcr_el2"          (3 4 2 1 2)   1 El2 El2;
    SpsrEl2       "spsr_el2"          (3 4 4 0 0)   1 El2 El2;
    ElrEl2        "elr_el2"           (3 4 4 0 1)   1 El2 El2;
    SpEl1         "sp_el1"            (3 4 4 1 0)   1 El2 El2;
    Afsr0El2      "afsr0_el2"         (3 4 5 1 0)   1 El2 El2;
    Afsr1El2      "afsr1_el2"         (3 4 5 1 1)   1 El2 El2;
    EsrEl2        "esr_el2"           (3 4 5 2 0)   1 El2 El2;
    FarEl2        "far_el2"           (3 4 6 0 0)   1 El2 El2;
    Hpfar         "hpfar_el2"         (3 4 6 0 4)   1 El2 El2;
    MairEl2       "mair_el2"          (3 4 10 2 0)  1 El2 El2;
    AmairEl2      "amair_el2"         (3 4 10 3 0)  1 El2 El2;
    VbarEl2       "vbar_el2"          (3 4 12 0 0)  1 El2 El2;
    RvbarEl2      "rvbar_el2"         (3 4 12 0 1)  1 El2 Never;
    TpidrEl2      "tpidr_el2"         (3 4 13 0 2)  1 El2 El2;
    Cntvoff       "cntvoff_el2"       (3 4 14 0 3)  1 El2 El2;
    Cnthctl       "cnthctl_el2"       (3 4 14 1 0)  1 El2 El2;
}

const _: () = {
    assert!(REGISTERS.len() < 255);
    let mut i = 1;
    while i < REGISTERS.len() {
        assert!(
            REGISTERS[i - 1].first + REGISTERS[i - 1].count <= REGISTERS[i].first,
            "the registers are not ascending"
        );
        i += 1;
    }
};

/// Index in the table of the register with this encoding, 255 when it is not there.
pub(super) fn index(code: u16) -> u8 {
    let after = REGISTERS.partition_point(|entry| entry.first <= code);
    match after.checked_sub(1) {
        Some(n) if code - REGISTERS[n].first < REGISTERS[n].count => n as u8,
        _ => 255,
    }
}

/// Name of the register with this encoding in assembly text.
pub fn name(code: u16) -> String {
    if let Some(name) = features::identity_name(code).or_else(|| device_name(code)) {
        return name.to_owned();
    }
    if let Some(entry) = REGISTERS.get(index(code) as usize) {
        let member = code - entry.first;
        match entry.register {
            Register::Identity => {}
            Register::KeyA | Register::KeyD | Register::KeyG => {
                let key = match entry.register {
                    Register::KeyA => ["ia", "ib"],
                    Register::KeyD => ["da", "db"],
                    _ => ["ga", "ga"],
                }[usize::from(member >> 1)];
                return format!("ap{key}key{}_el1", if member & 1 == 0 { "lo" } else { "hi" });
            }
            _ => return entry.name.replace('#', &member.to_string()),
        }
    }
    let (op0, op1, crn, crm, op2) = (code >> 14, code >> 11 & 7, code >> 7 & 15, code >> 3 & 15, code & 7);
    format!("s{op0}_{op1}_c{crn}_c{crm}_{op2}")
}

/// Names of the registers that belong to devices.
fn device_name(wanted: u16) -> Option<&'static str> {
    const DEVICES: &[(u16, &str)] = &[
        (code(3, 0, 4, 6, 0), "icc_pmr_el1"),
        (code(3, 0, 12, 8, 0), "icc_iar0_el1"),
        (code(3, 0, 12, 8, 1), "icc_eoir0_el1"),
        (code(3, 0, 12, 8, 2), "icc_hppir0_el1"),
        (code(3, 0, 12, 8, 3), "icc_bpr0_el1"),
        (code(3, 0, 12, 8, 4), "icc_ap0r0_el1"),
        (code(3, 0, 12, 9, 0), "icc_ap1r0_el1"),
        (code(3, 0, 12, 11, 1), "icc_dir_el1"),
        (code(3, 0, 12, 11, 3), "icc_rpr_el1"),
        (code(3, 0, 12, 11, 5), "icc_sgi1r_el1"),
        (code(3, 0, 12, 11, 6), "icc_asgi1r_el1"),
        (code(3, 0, 12, 11, 7), "icc_sgi0r_el1"),
        (code(3, 0, 12, 12, 0), "icc_iar1_el1"),
        (code(3, 0, 12, 12, 1), "icc_eoir1_el1"),
        (code(3, 0, 12, 12, 2), "icc_hppir1_el1"),
        (code(3, 0, 12, 12, 3), "icc_bpr1_el1"),
        (code(3, 0, 12, 12, 4), "icc_ctlr_el1"),
        (code(3, 0, 12, 12, 5), "icc_sre_el1"),
        (code(3, 0, 12, 12, 6), "icc_igrpen0_el1"),
        (code(3, 0, 12, 12, 7), "icc_igrpen1_el1"),
        (code(3, 3, 14, 2, 0), "cntp_tval_el0"),
        (code(3, 3, 14, 2, 1), "cntp_ctl_el0"),
        (code(3, 3, 14, 2, 2), "cntp_cval_el0"),
        (code(3, 3, 14, 3, 0), "cntv_tval_el0"),
        (code(3, 3, 14, 3, 1), "cntv_ctl_el0"),
        (code(3, 3, 14, 3, 2), "cntv_cval_el0"),
        (code(3, 4, 12, 9, 5), "icc_sre_el2"),
        (code(3, 4, 12, 11, 0), "ich_hcr_el2"),
        (code(3, 4, 14, 2, 0), "cnthp_tval_el2"),
        (code(3, 4, 14, 2, 1), "cnthp_ctl_el2"),
        (code(3, 4, 14, 2, 2), "cnthp_cval_el2"),
    ];
    DEVICES.iter().find(|(code, _)| *code == wanted).map(|(_, name)| *name)
}

/// May the hart use this device register? EL0 the timers if CNTKCTL_EL1 says so, and the others never; EL1 the physical
/// timer unless CNTHCTL_EL2 says no; those of EL2 EL2 alone.
fn check_device(h: &Hart, i: Insn, code: u16, read: bool) -> Result<(), Trap> {
    const EL0PTEN: u64 = 1 << 9;
    const EL0VTEN: u64 = 1 << 8;
    const PHYSICAL_TIMER: u16 = self::code(3, 3, 14, 2, 0) >> 3;
    const VIRTUAL_TIMER: u16 = self::code(3, 3, 14, 3, 0) >> 3;
    let timer = code >> 3;
    if code >> 11 & 7 == 4 {
        return if h.at_el2().is_some() { Ok(()) } else { Err(Trap::UNDEFINED) };
    }
    if h.el == 0 {
        let allowed = match timer {
            PHYSICAL_TIMER => h.system.cntkctl & EL0PTEN,
            VIRTUAL_TIMER => h.system.cntkctl & EL0VTEN,
            _ => return Err(Trap::UNDEFINED),
        };
        if allowed == 0 {
            return Err(trapped(i, read));
        }
    }
    match &h.system.el2 {
        Some(el2) if h.el < 2 && timer == PHYSICAL_TIMER && el2.cnthctl & hypervisor::EL1PCEN == 0 => {
            Err(trapped(i, read).to_el2())
        }
        _ => Ok(()),
    }
}

/// Does EL2 ask to see the access of a lower level to this register?
fn wanted_by_el2(h: &Hart, register: Register, write: bool) -> bool {
    use Register::*;
    let Some(el2) = h.system.el2.as_deref().filter(|_| h.el < 2) else { return false };
    let routed = |bit: u64| el2.hcr & bit != 0;
    match register {
        Sctlr | Ttbr0 | Ttbr1 | Tcr | Esr | Far | Afsr0 | Afsr1 | Mair | Amair | Contextidr => {
            routed(if write { hcr::TVM } else { hcr::TRVM })
        }
        Cpacr => el2.cptr & hypervisor::CPTR_TCPAC != 0,
        Actlr => routed(hcr::TACR),
        Revidr | Aidr => routed(hcr::TID1),
        Ctr | Ccsidr | Clidr | Csselr => routed(hcr::TID2),
        Identity => routed(hcr::TID3),
        KeyA | KeyD | KeyG => h.system.pauth && !routed(hcr::APK),
        Cntpct => el2.cnthctl & hypervisor::EL1PCTEN == 0,
        Pmcr => el2.mdcr & (hypervisor::MDCR_TPM | hypervisor::MDCR_TPMCR) != 0,
        other if other.is_of_pmu() => el2.mdcr & hypervisor::MDCR_TPM != 0,
        _ => false,
    }
}

/// Does the control register let EL0 use a register of level `El0If`?
fn allowed_at_el0(h: &Hart, register: Register, write: bool) -> bool {
    use Register::*;
    let s = &h.system;
    match register {
        Ctr => s.sctlr & sctlr::UCT != 0,
        Daif => s.sctlr & sctlr::UMA != 0,
        Cntvct => s.cntkctl & 2 != 0,
        Cntpct => s.cntkctl & 1 != 0,
        Cntfrq => s.cntkctl & 3 != 0,
        Pmccntr if !write => s.pmu.user & (pmu::user::EN | pmu::user::CR) != 0,
        Pmevcntr | Pmxevcntr | Pmselr if !write => s.pmu.user & (pmu::user::EN | pmu::user::ER) != 0,
        Pmselr => s.pmu.user & (pmu::user::EN | pmu::user::ER) != 0,
        Pmswinc => s.pmu.user & (pmu::user::EN | pmu::user::SW) != 0,
        _ => s.pmu.user & pmu::user::EN != 0,
    }
}

fn is_identity(register: Register) -> bool {
    matches!(register, Register::Midr | Register::Mpidr | Register::Revidr | Register::Identity)
}

fn check(h: &Hart, i: Insn, entry: &Entry, write: bool) -> Result<(), Trap> {
    let level = if write { entry.write } else { entry.read };
    match level {
        Level::Never => Err(Trap::UNDEFINED),
        Level::El1 if h.el == 0 && h.system.identity_at_el0 && is_identity(entry.register) => Ok(()),
        Level::El1 if h.el == 0 => Err(Trap::UNDEFINED),
        Level::El2 if h.at_el2().is_none() => Err(Trap::UNDEFINED),
        // Only the highest level sets the frequency.
        _ if write && matches!(entry.register, Register::Cntfrq) && h.el < 2 && h.system.el2.is_some() => {
            Err(Trap::UNDEFINED)
        }
        Level::El0If if h.el == 0 && !allowed_at_el0(h, entry.register, write) => Err(trapped(i, !write)),
        _ if wanted_by_el2(h, entry.register, write) => Err(trapped(i, !write).to_el2()),
        _ if matches!(entry.register, Register::Fpcr | Register::Fpsr) => super::exec::check_fp(h),
        _ => Ok(()),
    }
}

/// The MMU is on for the level in which the hart is.
#[inline]
pub(super) fn translation_on(h: &Hart) -> bool {
    h.sctlr() & sctlr::M != 0
}

/// MRS.
#[inline(never)]
pub(super) fn read<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<u64, Trap> {
    use Register::*;
    let code = i.imm as u16;
    let Some(entry) = REGISTERS.get(i.option as usize) else {
        check_device(ctx.hart(), i, code, true)?;
        return ctx.read_system(SystemReg(u32::from(code))).ok_or(Trap::UNDEFINED);
    };
    check(ctx.hart(), i, entry, false)?;
    if matches!(entry.register, Pmovsclr | Pmovsset) {
        pmu::look(ctx);
    }
    let member = usize::from(code - entry.first);
    match entry.register {
        Cntpct => return Ok(ctx.counter(Counter::Time)),
        Cntvct => {
            let offset = ctx.hart().counter_offset();
            return Ok(ctx.counter(Counter::Time).wrapping_sub(offset));
        }
        Pmccntr => return Ok(pmu::read_cycles(ctx)),
        Pmevcntr => return pmu::read_event(ctx, member).ok_or(Trap::UNDEFINED),
        Pmxevcntr => {
            let selected = ctx.hart().system.pmu.select as usize;
            return Ok(pmu::read_event(ctx, selected).unwrap_or(0));
        }
        _ => {}
    }
    let h = ctx.hart();
    let s = &h.system;
    let above = s.el2.as_deref().filter(|_| h.el < 2);
    if entry.read == Level::El2 {
        return Ok(hypervisor::read_register(h, entry.register));
    }
    Ok(match entry.register {
        Cntvct | Cntpct | Pmccntr | Pmevcntr | Pmxevcntr => 0,
        DebugValue0 => s.breakpoints[0].0,
        DebugControl0 => s.breakpoints[0].1,
        DebugValue1 => s.breakpoints[1].0,
        DebugControl1 => s.breakpoints[1].1,
        WatchValue0 => s.watchpoints[0].0,
        WatchControl0 => s.watchpoints[0].1,
        WatchValue1 => s.watchpoints[1].0,
        WatchControl1 => s.watchpoints[1].1,
        Mdscr => s.mdscr,
        Oslsr => 1 << 3 | u64::from(s.os_lock) << 1,
        Mdccint | Mdrar | Oslar | Osdlr | Dbgprcr | DbgAuth | Revidr | Rvbar | Aidr | Pmswinc => 0,
        Lorsa | Lorea | Lorn | Lorc | Lorid => 0,
        Midr => above.map_or(s.midr, |el2| el2.vpidr),
        Mpidr => above.map_or(s.mpidr, |el2| el2.vmpidr),
        Identity => features::identity(s, code),
        Sctlr => s.sctlr,
        Actlr => s.actlr,
        Cpacr => s.cpacr,
        Ttbr0 => s.ttbr0,
        Ttbr1 => s.ttbr1,
        Tcr => s.tcr,
        KeyA | KeyD | KeyG if !s.pauth => return Err(Trap::UNDEFINED),
        KeyA => s.keys[member >> 1][member & 1],
        KeyD => s.keys[2 + (member >> 1)][member & 1],
        KeyG => s.keys[4][member & 1],
        Spsr => s.spsr,
        Elr => s.elr,
        SpEl0 if !h.spsel => return Err(Trap::UNDEFINED),
        SpEl0 => h.stack_pointer_of(0),
        SpSel => u64::from(h.spsel),
        CurrentEl => u64::from(h.el) << 2,
        Pan => u64::from(h.pan) << 22,
        Uao => u64::from(h.uao) << 23,
        Afsr0 => s.afsr0,
        Afsr1 => s.afsr1,
        Esr => s.esr,
        Far => s.far,
        Par => s.par,
        Pmintenset | Pmintenclr => s.pmu.interrupts,
        Mair => s.mair,
        Amair => s.amair,
        Vbar => s.vbar,
        Isr => u64::from(h.irq) << 7 | u64::from(h.fiq) << 6,
        Contextidr => s.contextidr,
        TpidrEl1 => s.tpidr_el1,
        Cntkctl => s.cntkctl,
        Ccsidr => features::cache_size(s),
        Clidr => features::cache_levels(s),
        Csselr => s.csselr,
        Ctr => s.ctr,
        Dczid => u64::from(h.el == 0 && s.sctlr & sctlr::DZE == 0) << 4 | features::ZERO_BLOCK_WORDS,
        Nzcv => u64::from(h.flags.nzcv()) << 28,
        Daif => u64::from(h.daif) << 6,
        Dit => u64::from(h.dit) << 24,
        Ssbs => u64::from(h.ssbs) << 12,
        Fpcr => u64::from(h.fpcr),
        Fpsr => u64::from(h.fpsr),
        Pmcr => s.pmu.control | pmu::control::FIXED,
        Pmcntenset | Pmcntenclr => s.pmu.enabled,
        Pmovsclr | Pmovsset => s.pmu.overflow,
        Pmselr => s.pmu.select,
        Pmceid0 => pmu::EVENTS_PRESENT,
        Pmceid1 => 0,
        Pmxevtyper => s.pmu.kind(s.pmu.select as usize),
        Pmevtyper => s.pmu.kind(member),
        Pmccfiltr => s.pmu.cycles.kind,
        Pmuserenr => s.pmu.user,
        TpidrEl0 => s.tpidr_el0,
        TpidrroEl0 => s.tpidrro_el0,
        Cntfrq => s.cntfrq,
        _ => return Err(Trap::UNDEFINED),
    })
}

/// MSR (register).
#[inline(never)]
pub(super) fn write<C: Context<Hart = Hart>>(ctx: &mut C, i: Insn) -> Result<(), Trap> {
    use Register::*;
    let code = i.imm as u16;
    let h = ctx.hart();
    let value = h.get(i.rd);
    let Some(entry) = REGISTERS.get(i.option as usize) else {
        check_device(h, i, code, false)?;
        return if ctx.write_system(SystemReg(u32::from(code)), value) { Ok(()) } else { Err(Trap::UNDEFINED) };
    };
    check(h, i, entry, true)?;
    if entry.register.is_of_pmu() {
        let member = usize::from(code - entry.first);
        return pmu::write_register(ctx, entry.register, member, SystemReg(u32::from(code)), value);
    }
    if entry.write == Level::El2 {
        if hypervisor::write_register(h, entry.register, value) {
            ctx.translation_changed();
        }
        if entry.register == Cntvoff {
            // The virtual timer of the platform counts from there.
            ctx.write_system(SystemReg(u32::from(code)), value);
        }
        return Ok(());
    }
    let member = usize::from(code - entry.first);
    let s = &mut h.system;
    let nibble = |low: u32| (value >> low & 0xf) as u8;
    match entry.register {
        DebugValue0 => s.breakpoints[0].0 = value,
        DebugControl0 => s.breakpoints[0].1 = value & 0x00ff_ffff,
        DebugValue1 => s.breakpoints[1].0 = value,
        DebugControl1 => s.breakpoints[1].1 = value & 0x00ff_ffff,
        WatchValue0 => s.watchpoints[0].0 = value,
        WatchControl0 => s.watchpoints[0].1 = value & 0x1fff_ffff,
        WatchValue1 => s.watchpoints[1].0 = value,
        WatchControl1 => s.watchpoints[1].1 = value & 0x1fff_ffff,
        Mdscr => s.mdscr = value & 0xffff_ffff,
        Oslar => s.os_lock = value & 1 != 0,
        Actlr => s.actlr = value,
        Cpacr => s.cpacr = value & (3 << 20),
        KeyA | KeyD | KeyG if !s.pauth => return Err(Trap::UNDEFINED),
        KeyA => s.keys[member >> 1][member & 1] = value,
        KeyD => s.keys[2 + (member >> 1)][member & 1] = value,
        KeyG => s.keys[4][member & 1] = value,
        Spsr => s.spsr = value & 0xffff_ffff,
        Elr => s.elr = value,
        SpEl0 if !h.spsel => return Err(Trap::UNDEFINED),
        SpEl0 => h.set_stack_pointer_of(0, value),
        SpSel => h.set_level(h.el, value & 1 != 0),
        Uao => h.uao = value >> 23 & 1 != 0,
        Afsr0 => s.afsr0 = value,
        Afsr1 => s.afsr1 = value,
        Esr => s.esr = value,
        Far => s.far = value,
        Par => s.par = value,
        Mair => s.mair = value,
        Amair => s.amair = value,
        Vbar => s.vbar = value & !0x7ff,
        TpidrEl1 => s.tpidr_el1 = value,
        Cntkctl => s.cntkctl = value & 0x3ff,
        Csselr => s.csselr = value & 0xf,
        Nzcv => h.flags = Flags::of(nibble(28)),
        Daif => h.daif = nibble(6),
        Dit => h.dit = value >> 24 & 1 != 0,
        Ssbs => h.ssbs = value >> 12 & 1 != 0,
        Fpcr => h.fpcr = value as u32 & features::FPCR_WRITABLE,
        Fpsr => h.fpsr = value as u32 & features::FPSR_WRITABLE,
        TpidrEl0 => s.tpidr_el0 = value,
        TpidrroEl0 => s.tpidrro_el0 = value,
        Cntfrq => s.cntfrq = value & 0xffff_ffff,

        Sctlr | Ttbr0 | Ttbr1 | Tcr | Contextidr | Pan => {
            match entry.register {
                Sctlr => s.sctlr = value & s.sctlr_writable() | sctlr::ONES,
                Ttbr0 => s.ttbr0 = value,
                Ttbr1 => s.ttbr1 = value,
                Tcr => s.tcr = value & features::TCR_WRITABLE,
                Contextidr => s.contextidr = value & 0xffff_ffff,
                _ => h.pan = value >> 22 & 1 != 0,
            }
            ctx.translation_changed();
        }

        // Writable without effect.
        Mdccint | Osdlr | Dbgprcr | Lorsa | Lorea | Lorn | Lorc => {}
        // Read-only: `check` has refused them.
        _ => return Err(Trap::UNDEFINED),
    }
    Ok(())
}

impl super::state::SystemState {
    fn sctlr_writable(&self) -> u64 {
        sctlr::WRITABLE | if self.pauth { sctlr::KEYS } else { 0 }
    }
}

/// PSTATE as one value, for traces and debuggers.
pub fn pstate(h: &Hart) -> u64 {
    exception::pstate(h)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_encodings_agree_with_the_manual() {
        assert_eq!(name(code(3, 0, 12, 0, 0)), "vbar_el1");
        assert_eq!(name(code(3, 3, 14, 8, 3)), "pmevcntr3_el0");
        assert_eq!(name(code(3, 0, 2, 2, 3)), "apdbkeyhi_el1");
        assert_eq!(name(code(3, 0, 12, 11, 5)), "icc_sgi1r_el1");
        assert_eq!(name(code(3, 5, 15, 0, 2)), "s3_5_c15_c0_2");
        assert_eq!(index(code(3, 5, 15, 0, 2)), 255);
    }
}
