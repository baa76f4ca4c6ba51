//! Control and status registers: their state, and which bits of them exist (WARL and WPRI fields).
//!
//! Source: privileged manual 1.13, chapters on machine- and supervisor-level CSRs. The instructions that access them by
//! number are Zicsr's.

use super::extension::{Extension, Extensions};
use std::borrow::Cow;

macro_rules! numbers {
    ($($name:ident $number:literal $text:literal;)*) => {
        $(#[doc = concat!("Number of ", $text, ".")] pub const $name: u16 = $number;)*

        /// The name of the register with this number, if it is one of this machine.
        pub fn name(number: u16) -> Option<Cow<'static, str>> {
            let family = |name: &str, n: u16| Some(Cow::Owned(format!("{name}{n}")));
            match number {
                $($name => Some(Cow::Borrowed($text)),)*
                HPMCOUNTER3..=HPMCOUNTER31 => family("hpmcounter", number - CYCLE),
                MHPMCOUNTER3..=MHPMCOUNTER31 => family("mhpmcounter", number - MCYCLE),
                MHPMEVENT3..=MHPMEVENT31 => family("mhpmevent", number - MCOUNTINHIBIT),
                PMPCFG0 | PMPCFG2 => family("pmpcfg", number - PMPCFG0),
                PMPADDR0..=PMPADDR15 => family("pmpaddr", number - PMPADDR0),
                _ => None,
            }
        }
    };
}

numbers! {
    FFLAGS 0x001 "fflags";
    FRM 0x002 "frm";
    FCSR 0x003 "fcsr";
    CYCLE 0xc00 "cycle";
    TIME 0xc01 "time";
    INSTRET 0xc02 "instret";
    SSTATUS 0x100 "sstatus";
    SIE 0x104 "sie";
    STVEC 0x105 "stvec";
    SCOUNTEREN 0x106 "scounteren";
    SENVCFG 0x10a "senvcfg";
    SSCRATCH 0x140 "sscratch";
    SEPC 0x141 "sepc";
    SCAUSE 0x142 "scause";
    STVAL 0x143 "stval";
    SIP 0x144 "sip";
    STIMECMP 0x14d "stimecmp";
    SATP 0x180 "satp";
    MVENDORID 0xf11 "mvendorid";
    MARCHID 0xf12 "marchid";
    MIMPID 0xf13 "mimpid";
    MHARTID 0xf14 "mhartid";
    MCONFIGPTR 0xf15 "mconfigptr";
    MSTATUS 0x300 "mstatus";
    MISA 0x301 "misa";
    MEDELEG 0x302 "medeleg";
    MIDELEG 0x303 "mideleg";
    MIE 0x304 "mie";
    MTVEC 0x305 "mtvec";
    MCOUNTEREN 0x306 "mcounteren";
    MENVCFG 0x30a "menvcfg";
    MCOUNTINHIBIT 0x320 "mcountinhibit";
    MSCRATCH 0x340 "mscratch";
    MEPC 0x341 "mepc";
    MCAUSE 0x342 "mcause";
    MTVAL 0x343 "mtval";
    MIP 0x344 "mip";
    MCYCLE 0xb00 "mcycle";
    MINSTRET 0xb02 "minstret";
    TSELECT 0x7a0 "tselect";
    TDATA1 0x7a1 "tdata1";
    TDATA2 0x7a2 "tdata2";
    TDATA3 0x7a3 "tdata3";
}

/// Number of the first and the last of a family of registers.
macro_rules! families {
    ($($first:ident $low:literal $last:ident $high:literal;)*) => {
        $(
            #[doc = concat!("Number of the first of its family, ", stringify!($first), ".")]
            pub const $first: u16 = $low;
            #[doc = concat!("Number of the last of its family, ", stringify!($last), ".")]
            pub const $last: u16 = $high;
        )*
    };
}

families! {
    HPMCOUNTER3 0xc03 HPMCOUNTER31 0xc1f;
    MHPMCOUNTER3 0xb03 MHPMCOUNTER31 0xb1f;
    MHPMEVENT3 0x323 MHPMEVENT31 0x33f;
    PMPCFG0 0x3a0 PMPCFG2 0x3a2;
    PMPADDR0 0x3b0 PMPADDR15 0x3bf;
}

/// mstatus.SIE: S-mode interrupts enabled.
pub const MSTATUS_SIE: u64 = 1 << 1;
/// mstatus.MIE: M-mode interrupts enabled.
pub const MSTATUS_MIE: u64 = 1 << 3;
/// mstatus.SPIE: SIE before the trap.
pub const MSTATUS_SPIE: u64 = 1 << 5;
/// mstatus.MPIE: MIE before the trap.
pub const MSTATUS_MPIE: u64 = 1 << 7;
/// mstatus.SPP: privilege before the trap into S mode.
pub const MSTATUS_SPP: u64 = 1 << 8;
/// mstatus.MPP: privilege before the trap into M mode.
pub const MSTATUS_MPP: u64 = 3 << 11;
/// mstatus.FS: state of the floating-point unit, 0 when off.
pub const MSTATUS_FS: u64 = 3 << 13;
/// mstatus.FS = Initial.
pub const MSTATUS_FS_INITIAL: u64 = 1 << 13;
/// mstatus.MPRV: loads and stores with the privilege in MPP.
pub const MSTATUS_MPRV: u64 = 1 << 17;
/// mstatus.SUM: S mode may access user pages.
pub const MSTATUS_SUM: u64 = 1 << 18;
/// mstatus.MXR: loads may read executable pages.
pub const MSTATUS_MXR: u64 = 1 << 19;
/// mstatus.TVM: satp and SFENCE.VMA trap in S mode.
pub const MSTATUS_TVM: u64 = 1 << 20;
/// mstatus.TW: WFI traps below M mode.
pub const MSTATUS_TW: u64 = 1 << 21;
/// mstatus.TSR: SRET traps in S mode.
pub const MSTATUS_TSR: u64 = 1 << 22;
/// mstatus.UXL and SXL, both 2: 64 bits.
pub const MSTATUS_XL: u64 = 2 << 32 | 2 << 34;
/// mstatus.SD: some unit's state is dirty.
pub const MSTATUS_SD: u64 = 1 << 63;

/// Supervisor software interrupt, in mip and mie.
pub const SSIP: u64 = 1 << 1;
/// Machine software interrupt.
pub const MSIP: u64 = 1 << 3;
/// Supervisor timer interrupt.
pub const STIP: u64 = 1 << 5;
/// Machine timer interrupt.
pub const MTIP: u64 = 1 << 7;
/// Supervisor external interrupt.
pub const SEIP: u64 = 1 << 9;
/// Machine external interrupt.
pub const MEIP: u64 = 1 << 11;

/// Exceptions that medeleg can delegate: all but ECALL from M mode.
pub const MEDELEG_BITS: u64 = 0xb3ff;
/// Interrupts that mideleg can delegate: the supervisor ones.
pub const MIDELEG_BITS: u64 = SSIP | STIP | SEIP;

/// menvcfg.FIOM: fences of I/O imply memory in modes below.
pub const MENVCFG_FIOM: u64 = 1;
/// menvcfg.CBIE: CBO.INVAL in modes below (0 illegal, 1 flush, 3 invalidate).
pub const MENVCFG_CBIE: u64 = 3 << 4;
/// menvcfg.CBCFE: CBO.CLEAN and CBO.FLUSH in modes below.
pub const MENVCFG_CBCFE: u64 = 1 << 6;
/// menvcfg.CBZE: CBO.ZERO in modes below.
pub const MENVCFG_CBZE: u64 = 1 << 7;
/// menvcfg.ADUE: hardware updates A and D bits (Svadu).
pub const MENVCFG_ADUE: u64 = 1 << 61;
/// menvcfg.PBMTE: page-based memory types (Svpbmt).
pub const MENVCFG_PBMTE: u64 = 1 << 62;
/// menvcfg.STCE: stimecmp (Sstc).
pub const MENVCFG_STCE: u64 = 1 << 63;

/// Bits of senvcfg that exist when menvcfg has them too.
pub const SENVCFG_WRITE: u64 = MENVCFG_FIOM | MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE;

/// Bits of mstatus that can be written.
pub const MSTATUS_WRITE: u64 =
    SSTATUS_WRITE | MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MPRV | MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR;
/// Bits of mstatus that can be written through sstatus.
pub const SSTATUS_WRITE: u64 = MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_FS | MSTATUS_SUM | MSTATUS_MXR;
/// Bits of mstatus that sstatus shows: with UXL and SD.
pub const SSTATUS_READ: u64 = SSTATUS_WRITE | 3 << 32 | MSTATUS_SD;
/// Fields of mstatus that decide about translation and permission of accesses.
pub const TRANSLATION_STATUS: u64 = MSTATUS_MPP | MSTATUS_MPRV | MSTATUS_SUM | MSTATUS_MXR;
/// Interrupts that exist.
pub const INTERRUPTS: u64 = SSIP | MSIP | STIP | MTIP | SEIP | MEIP;
/// mcountinhibit.CY: mcycle stands still.
pub const INHIBIT_CY: u64 = 1;
/// mcountinhibit.IR: minstret stands still.
pub const INHIBIT_IR: u64 = 4;

/// Bits of a pmpaddr register: addresses of 56 bits, shifted right by 2.
pub const PMPADDR: u64 = (1 << 54) - 1;
/// pmpcfg.R.
pub const PMP_READ: u8 = 1;
/// pmpcfg.W.
pub const PMP_WRITE: u8 = 2;
/// pmpcfg.X.
pub const PMP_EXECUTE: u8 = 4;
/// pmpcfg.A: how the address matches.
pub const PMP_MODE: u8 = 3 << 3;
/// pmpcfg.A = TOR: from the previous entry's address up to this one's.
pub const PMP_TOR: u8 = 1 << 3;
/// pmpcfg.L: locked, and binding for M mode too.
pub const PMP_LOCK: u8 = 1 << 7;
/// Number of PMP entries.
pub const PMP_ENTRIES: usize = 16;

/// State behind the control and status registers. Fields hold legal values only; the CSR instructions
/// see to that for the guest, and who sets them from outside must do so too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csr {
    /// Identity of the hart.
    pub mhartid: u64,
    /// Extensions that are there and on. The guest turns those that misa has letters for off and on again.
    pub extensions: Extensions,
    /// Extensions that are there.
    pub supported: Extensions,
    /// Global interrupt enables, privilege stack, memory privilege. SD is computed when it is read.
    pub mstatus: u64,
    /// Interrupt inputs: SSIP, STIP, SEIP, MSIP, MTIP and MEIP as the board and software set them.
    pub mip: u64,
    /// SEIP as written by M-mode software; reads of mip give it or'ed with the board's input.
    pub software_seip: bool,
    /// Interrupts enabled.
    pub mie: u64,
    /// Exceptions delegated to S mode.
    pub medeleg: u64,
    /// Interrupts delegated to S mode.
    pub mideleg: u64,
    /// Trap vector of M mode: base, and mode in the low bits (0 direct, 1 vectored).
    pub mtvec: u64,
    /// Scratch of M mode.
    pub mscratch: u64,
    /// Return address of the trap into M mode.
    pub mepc: u64,
    /// Cause of the trap into M mode.
    pub mcause: u64,
    /// Value of the trap into M mode.
    pub mtval: u64,
    /// Features of the modes below M.
    pub menvcfg: u64,
    /// Counters that S mode may read.
    pub mcounteren: u64,
    /// Counters that stand still: CY and IR.
    pub mcountinhibit: u64,
    /// What mcycle adds to the machine's clock; while inhibited, the value itself.
    pub mcycle: u64,
    /// What minstret adds to the machine's count; while inhibited, the value itself.
    pub minstret: u64,
    /// Configuration of the PMP entries.
    pub pmpcfg: [u8; PMP_ENTRIES],
    /// Addresses of the PMP entries.
    pub pmpaddr: [u64; PMP_ENTRIES],
    /// Trap vector of S mode.
    pub stvec: u64,
    /// Scratch of S mode.
    pub sscratch: u64,
    /// Return address of the trap into S mode.
    pub sepc: u64,
    /// Cause of the trap into S mode.
    pub scause: u64,
    /// Value of the trap into S mode.
    pub stval: u64,
    /// Features of U mode.
    pub senvcfg: u64,
    /// Counters that U mode may read.
    pub scounteren: u64,
    /// Address translation: MODE, ASID, PPN.
    pub satp: u64,
    /// Floating-point flags (bits 4-0) and rounding mode (bits 7-5).
    pub fcsr: u64,
}

impl Csr {
    /// mip as instructions read it: the inputs, and SEIP also when M-mode software set it.
    #[inline]
    pub fn pending_interrupts(&self) -> u64 {
        self.mip | if self.software_seip { SEIP } else { 0 }
    }

    /// After reset.
    pub fn new(hart_id: u64) -> Csr {
        Csr {
            mhartid: hart_id,
            extensions: Extensions::ALL,
            supported: Extensions::ALL,
            mstatus: MSTATUS_XL,
            mip: 0,
            software_seip: false,
            mie: 0,
            medeleg: 0,
            mideleg: 0,
            mtvec: 0,
            mscratch: 0,
            mepc: 0,
            mcause: 0,
            mtval: 0,
            menvcfg: 0,
            mcounteren: 0,
            mcountinhibit: 0,
            mcycle: 0,
            minstret: 0,
            pmpcfg: [0; PMP_ENTRIES],
            pmpaddr: [0; PMP_ENTRIES],
            stvec: 0,
            sscratch: 0,
            sepc: 0,
            scause: 0,
            stval: 0,
            senvcfg: 0,
            scounteren: 0,
            satp: 0,
            fcsr: 0,
        }
    }

    /// Bits of menvcfg that exist with the extensions that are there.
    pub fn menvcfg_bits(&self) -> u64 {
        let fields = [
            (Extension::Zicbom, MENVCFG_CBIE | MENVCFG_CBCFE),
            (Extension::Zicboz, MENVCFG_CBZE),
            (Extension::Svadu, MENVCFG_ADUE),
            (Extension::Svpbmt, MENVCFG_PBMTE),
            (Extension::Sstc, MENVCFG_STCE),
        ];
        let there = fields.into_iter().filter(|&(extension, _)| self.supported.has(extension));
        there.fold(MENVCFG_FIOM, |bits, (_, field)| bits | field)
    }

    /// misa as instructions read it.
    pub fn misa(&self) -> u64 {
        self.extensions.misa()
    }

    /// mstatus as instructions read it: with SD.
    pub fn status(&self) -> u64 {
        self.mstatus | if self.mstatus & MSTATUS_FS == MSTATUS_FS { MSTATUS_SD } else { 0 }
    }

    /// Writes fcsr and marks the floating-point state dirty.
    pub fn set_fcsr(&mut self, value: u64) {
        self.fcsr = value;
        self.mstatus |= MSTATUS_FS;
    }

    /// Writes the eight PMP configurations from entry `first` on. Locked ones and entries that do not exist stay; the
    /// reserved combination of W without R loses W.
    pub fn set_pmpcfg(&mut self, first: usize, value: u64) {
        for (entry, byte) in self.pmpcfg.iter_mut().skip(first).zip(value.to_le_bytes()) {
            if *entry & PMP_LOCK == 0 {
                *entry = if byte & 3 == PMP_WRITE { byte & !PMP_WRITE } else { byte } & 0x9f;
            }
        }
    }

    /// Writes the address of a PMP entry, unless it is locked: itself, or as the base of a locked range.
    pub fn set_pmpaddr(&mut self, entry: usize, value: u64) {
        let locked = |n: usize| self.pmpcfg.get(n).is_some_and(|cfg| cfg & PMP_LOCK != 0);
        let next_is_range = self.pmpcfg.get(entry + 1).is_some_and(|cfg| cfg & PMP_MODE == PMP_TOR);
        if entry < PMP_ENTRIES && !locked(entry) && !(locked(entry + 1) && next_is_range) {
            self.pmpaddr[entry] = value & PMPADDR;
        }
    }
}
