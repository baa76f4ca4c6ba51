//! GIC CPU interface: the system registers ICC_*_EL1 of one PE. Source: Arm IHI 0069H, 12.2 and 4.8 (priorities).
//!
//! One security state, 32 priority levels, system register access only (ICC_SRE_EL1 fixed at 7). Group 0 interrupts are
//! signalled as FIQ, group 1 as IRQ. No virtual interrupts.

use super::bank::PRIORITY_MASK;
use super::{Group, Pending};

/// No interrupt to acknowledge.
pub(super) const SPURIOUS: u64 = 1023;
/// From here on, INTIDs have special meanings.
const FIRST_SPECIAL: u64 = 1020;
/// Nothing is active.
const IDLE: u8 = 0xff;
/// Smallest binary points: with five bits, all of them may be group priority.
const MIN_BPR0: u8 = 2;
const MIN_BPR1: u8 = 3;
const CTLR_CBPR: u64 = 1 << 0;
const CTLR_EOI_MODE: u64 = 1 << 1;
/// Five priority bits, 24 INTID bits, affinity 3 valid.
const CTLR_FIXED: u64 = 4 << 8 | 1 << 11 | 1 << 15;

/// Registers of one CPU interface.
#[derive(Clone, Debug)]
pub struct CpuInterface {
    control: u64,
    priority_mask: u8,
    binary_point: [u8; 2],
    enabled: [bool; 2],
    /// ICC_AP0R0, ICC_AP1R0: bit n set while an interrupt of priority 8n is active.
    active: [u32; 2],
}

impl Default for CpuInterface {
    fn default() -> CpuInterface {
        CpuInterface {
            control: 0,
            priority_mask: 0,
            binary_point: [MIN_BPR0, MIN_BPR1],
            enabled: [false; 2],
            active: [0; 2],
        }
    }
}

/// What has to be done to an interrupt after a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing.
    Nothing,
    /// It is not active any more.
    Deactivate(u32),
}

impl CpuInterface {
    /// ICC_CTLR_EL1.
    pub fn control(&self) -> u64 {
        self.control | CTLR_FIXED
    }

    /// Writes ICC_CTLR_EL1: CBPR and EOImode.
    pub fn set_control(&mut self, value: u64) {
        self.control = value & (CTLR_CBPR | CTLR_EOI_MODE);
    }

    /// ICC_PMR_EL1.
    pub fn priority_mask(&self) -> u64 {
        self.priority_mask.into()
    }

    /// Writes ICC_PMR_EL1.
    pub fn set_priority_mask(&mut self, value: u64) {
        self.priority_mask = value as u8 & PRIORITY_MASK;
    }

    /// ICC_BPRn_EL1. With CBPR set, group 1 shows the value of group 0 plus one.
    pub fn binary_point(&self, group: Group) -> u64 {
        let own = self.binary_point[group as usize];
        if group == Group::One && self.control & CTLR_CBPR != 0 { (self.binary_point[0] + 1).min(7) } else { own }
            .into()
    }

    /// Writes ICC_BPRn_EL1.
    pub fn set_binary_point(&mut self, group: Group, value: u64) {
        let least = [MIN_BPR0, MIN_BPR1][group as usize];
        if group == Group::Zero || self.control & CTLR_CBPR == 0 {
            self.binary_point[group as usize] = (value as u8 & 7).max(least);
        }
    }

    /// ICC_IGRPENn_EL1.
    pub fn enabled(&self, group: Group) -> bool {
        self.enabled[group as usize]
    }

    /// Writes ICC_IGRPENn_EL1.
    pub fn set_enabled(&mut self, group: Group, value: bool) {
        self.enabled[group as usize] = value;
    }

    /// ICC_APnR0_EL1.
    pub fn active_priorities(&self, group: Group) -> u64 {
        self.active[group as usize].into()
    }

    /// Writes ICC_APnR0_EL1.
    pub fn set_active_priorities(&mut self, group: Group, value: u64) {
        self.active[group as usize] = value as u32;
    }

    /// ICC_RPR_EL1: priority of what is active, 0xff when nothing is.
    pub fn running_priority(&self) -> u8 {
        let all = self.active[0] | self.active[1];
        if all == 0 { IDLE } else { (all.trailing_zeros() as u8) << 3 }
    }

    /// The bits of a priority that decide about preemption.
    fn group_mask(&self, group: Group) -> u8 {
        // The binary point of group 1 is one higher for the same split. CBPR gives both groups that of group 0.
        let point = match group {
            Group::One if self.control & CTLR_CBPR == 0 => self.binary_point[1],
            _ => self.binary_point[0] + 1,
        };
        (0xffu32 << point) as u8
    }

    /// True when this interrupt is signalled to the PE.
    pub(super) fn signals(&self, pending: Pending) -> bool {
        let (mask, running) = (self.group_mask(pending.group), self.running_priority());
        let preempts = running == IDLE || pending.priority & mask < running & mask;
        pending.priority < self.priority_mask && preempts
    }

    /// Takes note that the PE has acknowledged an interrupt.
    pub(super) fn acknowledge(&mut self, pending: Pending) {
        self.active[pending.group as usize] |= 1 << ((pending.priority & self.group_mask(pending.group)) >> 3);
    }

    /// ICC_EOIRn_EL1: drops the running priority, and deactivates unless EOImode splits that off.
    pub(super) fn end(&mut self, group: Group, value: u64) -> End {
        let intid = value & 0xff_ffff;
        let highest = self.active.map(u32::trailing_zeros);
        let (mine, other) = (highest[group as usize], highest[1 - group as usize]);
        // An end of interrupt for a group that is not the one running is ignored.
        if intid >= FIRST_SPECIAL || mine == 32 || mine > other {
            return End::Nothing;
        }
        self.active[group as usize] &= !(1 << mine);
        if self.control & CTLR_EOI_MODE != 0 { End::Nothing } else { End::Deactivate(intid as u32) }
    }

    /// ICC_DIR_EL1: deactivates, when EOImode leaves that to it.
    pub(super) fn deactivate(&self, value: u64) -> End {
        let intid = value & 0xff_ffff;
        let split = self.control & CTLR_EOI_MODE != 0;
        if split && intid < FIRST_SPECIAL { End::Deactivate(intid as u32) } else { End::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(intid: u32, priority: u8, group: Group) -> Pending {
        Pending { intid, priority, group }
    }

    fn open() -> CpuInterface {
        let mut cpu = CpuInterface::default();
        cpu.set_priority_mask(0xff);
        cpu
    }

    #[test]
    fn the_priority_mask_keeps_five_bits_and_stops_equal_priorities() {
        let mut cpu = CpuInterface::default();
        assert!(!cpu.signals(pending(1, 0, Group::One)), "masked after reset");
        cpu.set_priority_mask(0xff);
        assert_eq!(cpu.priority_mask(), 0xf8);
        assert!(cpu.signals(pending(1, 0xf0, Group::One)));
        assert!(!cpu.signals(pending(1, 0xf8, Group::One)));
    }

    #[test]
    fn only_a_higher_group_priority_preempts() {
        let mut cpu = open();
        cpu.acknowledge(pending(1, 0x80, Group::One));
        assert_eq!(cpu.running_priority(), 0x80);
        assert!(!cpu.signals(pending(2, 0x80, Group::One)));
        assert!(cpu.signals(pending(2, 0x78, Group::One)));
        let mut coarse = open();
        coarse.set_binary_point(Group::One, 5);
        coarse.acknowledge(pending(1, 0x98, Group::One));
        assert_eq!(coarse.running_priority(), 0x80);
        assert!(!coarse.signals(pending(2, 0x88, Group::One)));
        assert!(coarse.signals(pending(2, 0x60, Group::One)));
    }

    #[test]
    fn ends_of_interrupts_unwind_the_running_priority() {
        let mut cpu = open();
        cpu.acknowledge(pending(1, 0x80, Group::One));
        cpu.acknowledge(pending(2, 0x40, Group::One));
        assert_eq!(cpu.active_priorities(Group::One), 1 << 16 | 1 << 8);
        assert_eq!(cpu.end(Group::One, 2), End::Deactivate(2));
        assert_eq!(cpu.running_priority(), 0x80);
        assert_eq!(cpu.end(Group::Zero, 1), End::Nothing, "the running interrupt is of group 1");
        assert_eq!(cpu.end(Group::One, 1023), End::Nothing);
        assert_eq!(cpu.end(Group::One, 1), End::Deactivate(1));
        assert_eq!(cpu.running_priority(), 0xff);
    }

    #[test]
    fn eoi_mode_splits_priority_drop_from_deactivation() {
        let mut cpu = open();
        cpu.acknowledge(pending(5, 0, Group::One));
        assert_eq!(cpu.deactivate(5), End::Nothing);
        cpu.set_control(u64::MAX);
        assert_eq!(cpu.end(Group::One, 5), End::Nothing);
        assert_eq!(cpu.running_priority(), 0xff);
        assert_eq!(cpu.deactivate(5), End::Deactivate(5));
    }

    #[test]
    fn binary_points_have_a_least_value_and_can_be_common() {
        let mut cpu = open();
        cpu.set_binary_point(Group::Zero, 0);
        cpu.set_binary_point(Group::One, 0);
        assert_eq!((cpu.binary_point(Group::Zero), cpu.binary_point(Group::One)), (2, 3));
        cpu.set_control(CTLR_CBPR);
        cpu.set_binary_point(Group::Zero, 7);
        cpu.set_binary_point(Group::One, 4);
        assert_eq!(cpu.binary_point(Group::One), 7);
        assert_eq!(cpu.control() >> 8 & 7, 4);
        cpu.acknowledge(pending(1, 0xf0, Group::One));
        assert_eq!(cpu.running_priority(), 0, "no bit of the priority is left to the group");
    }
}
