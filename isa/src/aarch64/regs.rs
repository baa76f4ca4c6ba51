//! State of a PE: general registers, vector registers, PSTATE and system registers.

use super::flags::Flags;
use super::state::SystemState;

/// DAIF bit that masks debug exceptions.
pub const DAIF_D: u8 = 8;
/// DAIF bit that masks SError.
pub const DAIF_A: u8 = 4;
/// DAIF bit that masks IRQ.
pub const DAIF_I: u8 = 2;
/// DAIF bit that masks FIQ.
pub const DAIF_F: u8 = 1;

/// Architectural state of one PE, without its pc.
#[derive(Clone, Debug, PartialEq)]
pub struct Hart {
    /// x0 to x30, and the stack pointer in use.
    pub x: [u64; 32],
    /// SP_EL0 to SP_EL3; 0 in place of the one in use.
    banks: [u64; 4],
    /// v0 to v31.
    pub v: [u128; 32],
    /// Condition flags.
    pub flags: Flags,
    /// Interrupt masks, bit 3 to bit 0: D, A, I, F.
    pub daif: u8,
    /// Exception level, 0 to 2; [`Hart::set_level`] sets it.
    pub el: u8,
    /// The stack pointer of the current level is used (SPSel), else SP_EL0; [`Hart::set_level`] sets it.
    pub spsel: bool,
    /// Privileged access never: EL1 may not touch data that EL0 can access.
    pub pan: bool,
    /// Unprivileged loads and stores act as privileged ones.
    pub uao: bool,
    /// Data-independent timing was asked for.
    pub dit: bool,
    /// Speculative store bypass is allowed.
    pub ssbs: bool,
    /// How control came to the next instruction (BTYPE): 0 otherwise than by an indirect branch, 1 by one that may go to
    /// `bti c` and `bti j`, 2 by a call, 3 by a jump out of a guarded page through another register than x16 and x17.
    pub btype: u8,
    /// The next instruction raises an illegal state exception.
    pub illegal: bool,
    /// Data accesses are made with the rights of EL0: set while LDTR or STTR runs.
    pub as_user: bool,
    /// Level of the IRQ line, set by the board.
    pub irq: bool,
    /// Level of the FIQ line, set by the board.
    pub fiq: bool,
    /// Event register of WFE. The machine sets it when another hart executes SEV and when the reservation is lost.
    pub event: bool,
    /// Floating-point control.
    pub fpcr: u32,
    /// Floating-point status.
    pub fpsr: u32,
    /// System registers.
    pub system: SystemState,
}

impl Hart {
    /// A PE as QEMU's `virt` machine (GICv3, without EL2) starts an ELF given by `-kernel`: EL1h, MMU and caches off,
    /// every interrupt masked. MPIDR_EL1 has 16 PEs to a cluster, as there.
    pub fn kernel(id: u64) -> Hart {
        Hart {
            x: [0; 32],
            banks: [0; 4],
            v: [0; 32],
            flags: Flags::default(),
            daif: DAIF_D | DAIF_A | DAIF_I | DAIF_F,
            el: 1,
            spsel: true,
            pan: false,
            uao: false,
            dit: false,
            ssbs: false,
            btype: 0,
            illegal: false,
            as_user: false,
            irq: false,
            fiq: false,
            event: false,
            fpcr: 0,
            fpsr: 0,
            system: SystemState::reset(id),
        }
    }

    /// Reads Xn, with 31 as zero.
    #[inline(always)]
    pub fn get(&self, n: u8) -> u64 {
        if n == 31 { 0 } else { self.x[n as usize & 31] }
    }

    /// Writes Xn; 31 is discarded.
    #[inline(always)]
    pub fn set(&mut self, n: u8, value: u64) {
        if n != 31 {
            self.x[n as usize & 31] = value;
        }
    }

    /// Reads Xn, with 31 as the stack pointer.
    #[inline(always)]
    pub fn get_sp(&self, n: u8) -> u64 {
        self.x[n as usize & 31]
    }

    /// Writes Xn, with 31 as the stack pointer.
    #[inline(always)]
    pub fn set_sp(&mut self, n: u8, value: u64) {
        self.x[n as usize & 31] = value;
    }

    /// Which stack pointer is in use.
    fn bank(&self) -> usize {
        if self.spsel { self.el as usize & 3 } else { 0 }
    }

    /// Goes to an exception level, with its own stack pointer or SP_EL0.
    pub fn set_level(&mut self, el: u8, spsel: bool) {
        let before = self.bank();
        self.banks[before] = self.x[31];
        (self.el, self.spsel) = (el, spsel);
        let now = self.bank();
        self.x[31] = std::mem::take(&mut self.banks[now]);
    }

    /// The stack pointer in use.
    #[inline(always)]
    pub fn stack_pointer(&self) -> u64 {
        self.x[31]
    }

    /// SP_EL0 to SP_EL3, in use or not.
    pub fn stack_pointer_of(&self, level: u8) -> u64 {
        if self.bank() == level as usize { self.x[31] } else { self.banks[level as usize & 3] }
    }

    /// Writes one of them.
    pub fn set_stack_pointer_of(&mut self, level: u8, value: u64) {
        if self.bank() == level as usize {
            self.x[31] = value;
        } else {
            self.banks[level as usize & 3] = value;
        }
    }

    /// Sets what CTR_EL0 promises about instruction coherence: IDC (no data cache clean needed) and DIC (no instruction
    /// cache invalidation needed).
    pub fn set_coherence(&mut self, idc: bool, dic: bool) {
        self.system.ctr = self.system.ctr & !(3 << 28) | (idc as u64) << 28 | (dic as u64) << 29;
    }

    /// Sets the smallest line sizes in bytes (powers of two, at least 4) that CTR_EL0 reports.
    pub fn set_line_size(&mut self, instruction: u64, data: u64) {
        let words = |bytes: u64| u64::from(bytes.max(4).trailing_zeros() - 2) & 0xf;
        self.system.ctr = self.system.ctr & !0xf_000f | words(instruction) | words(data) << 16;
    }

    /// Puts FEAT_PAuth in or takes it away. Without it (as after reset) its hints do nothing.
    pub fn set_pointer_authentication(&mut self, present: bool) {
        self.system.pauth = present;
    }

    /// Level of the interrupt of the performance monitors: a counter has overflowed that is to interrupt.
    pub fn counter_interrupt(&self) -> bool {
        self.system.pmu.interrupt()
    }

    /// Sets MIDR_EL1: the core that is modelled.
    pub fn set_midr(&mut self, midr: u64) {
        self.system.midr = midr;
    }

    /// Sets CNTFRQ_EL0: frequency of the system counter in Hz.
    pub fn set_counter_frequency(&mut self, hertz: u64) {
        self.system.cntfrq = hertz;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hart_starts_as_qemu_virt_starts_a_kernel() {
        let hart = Hart::kernel(17);
        assert_eq!((hart.el, hart.spsel, hart.daif), (1, true, 0xf));
        assert_eq!(hart.system.mpidr, 0x8000_0101);
        assert_eq!(hart.system.sctlr & 1, 0);
    }

    #[test]
    fn each_level_has_its_stack_pointer_and_may_use_that_of_el0() {
        let mut hart = Hart::kernel(0);
        hart.x[31] = 0x1000;
        hart.set_level(1, false);
        assert_eq!((hart.stack_pointer(), hart.stack_pointer_of(0), hart.stack_pointer_of(1)), (0, 0, 0x1000));
        hart.x[31] = 0x2000;
        hart.set_stack_pointer_of(1, 0x3000);
        hart.set_level(0, false);
        assert_eq!((hart.stack_pointer(), hart.stack_pointer_of(1)), (0x2000, 0x3000));
        hart.set_stack_pointer_of(0, 0x4000);
        hart.set_level(1, true);
        assert_eq!((hart.stack_pointer(), hart.stack_pointer_of(0)), (0x3000, 0x4000));
    }

    #[test]
    fn coherence_sets_ctr_only_where_asked() {
        let mut hart = Hart::kernel(0);
        let before = hart.system.ctr;
        hart.set_coherence(true, false);
        assert_eq!(hart.system.ctr ^ before, 1 << 28);
        hart.set_line_size(64, 64);
        assert_eq!(hart.system.ctr & 0xf_000f, 0x4_0004);
    }
}
