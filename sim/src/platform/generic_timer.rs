//! Generic timer of one PE: the EL1 virtual and physical timers, the EL2 physical timer and the system counter. Source: Arm ARM (DDI 0487),
//! chapter D12.
//!
//! Who may reach them (CNTKCTL_EL1, CNTHCTL_EL2), and that there is an EL2, is the instruction set's affair.

use super::Ticks;
use super::gicv3::system;
use cmodx_isa::SystemReg;

const CNTFRQ: SystemReg = system(3, 3, 14, 0, 0);
const CNTPCT: SystemReg = system(3, 3, 14, 0, 1);
const CNTVCT: SystemReg = system(3, 3, 14, 0, 2);
const CNTP_TVAL: SystemReg = system(3, 3, 14, 2, 0);
const CNTP_CTL: SystemReg = system(3, 3, 14, 2, 1);
const CNTP_CVAL: SystemReg = system(3, 3, 14, 2, 2);
const CNTV_TVAL: SystemReg = system(3, 3, 14, 3, 0);
const CNTV_CTL: SystemReg = system(3, 3, 14, 3, 1);
const CNTV_CVAL: SystemReg = system(3, 3, 14, 3, 2);
const CNTVOFF: SystemReg = system(3, 4, 14, 0, 3);
const CNTHP_TVAL: SystemReg = system(3, 4, 14, 2, 0);
const CNTHP_CTL: SystemReg = system(3, 4, 14, 2, 1);
const CNTHP_CVAL: SystemReg = system(3, 4, 14, 2, 2);

const CTL_ENABLE: u64 = 1 << 0;
const CTL_IMASK: u64 = 1 << 1;
const CTL_ISTATUS: u64 = 1 << 2;

/// Frequency of the system counter in Hz, as QEMU's board has it.
pub const FREQUENCY: u64 = 62_500_000;

/// One of the two timers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timer {
    control: u64,
    compare: Ticks,
}

impl Timer {
    fn expired(&self, now: Ticks) -> bool {
        self.control & CTL_ENABLE != 0 && now >= self.compare
    }

    /// Level of the interrupt output.
    pub fn interrupt(&self, now: Ticks) -> bool {
        self.expired(now) && self.control & CTL_IMASK == 0
    }

    /// When the output rises or has risen, if it is to.
    pub fn deadline(&self) -> Option<Ticks> {
        (self.control & (CTL_ENABLE | CTL_IMASK) == CTL_ENABLE).then_some(self.compare)
    }

    fn control(&self, now: Ticks) -> u64 {
        self.control | if self.expired(now) { CTL_ISTATUS } else { 0 }
    }

    fn value(&self, now: Ticks) -> u64 {
        self.compare.wrapping_sub(now) & 0xffff_ffff
    }

    fn set_value(&mut self, now: Ticks, value: u64) {
        self.compare = now.wrapping_add(i64::from(value as i32) as u64);
    }
}

/// The timers of one PE.
#[derive(Clone, Copy, Debug, Default)]
pub struct GenericTimer {
    /// CNTV_*, in time of the virtual counter.
    virtual_timer: Timer,
    /// CNTP_*.
    physical_timer: Timer,
    /// CNTHP_*.
    hypervisor_timer: Timer,
    /// CNTVOFF_EL2: what the virtual counter is behind.
    offset: Ticks,
}

impl GenericTimer {
    /// Levels of the interrupt outputs: virtual, physical, EL2's.
    pub fn interrupts(&self, now: Ticks) -> [bool; 3] {
        let behind = now.wrapping_sub(self.offset);
        [self.virtual_timer.interrupt(behind), self.physical_timer.interrupt(now), self.hypervisor_timer.interrupt(now)]
    }

    /// When each output rises or has risen, if it is to.
    pub fn deadlines(&self) -> [Option<Ticks>; 3] {
        let real = |deadline: Ticks| deadline.checked_add(self.offset);
        [self.virtual_timer.deadline().and_then(real), self.physical_timer.deadline(), self.hypervisor_timer.deadline()]
    }

    /// Reads a timer or counter register; `None` for other registers.
    pub fn read(&self, now: Ticks, register: SystemReg) -> Option<u64> {
        let behind = now.wrapping_sub(self.offset);
        let (timer, now) = match register {
            CNTFRQ => return Some(FREQUENCY),
            CNTPCT => return Some(now),
            CNTVCT => return Some(behind),
            CNTVOFF => return Some(self.offset),
            CNTP_TVAL | CNTP_CTL | CNTP_CVAL => (&self.physical_timer, now),
            CNTV_TVAL | CNTV_CTL | CNTV_CVAL => (&self.virtual_timer, behind),
            CNTHP_TVAL | CNTHP_CTL | CNTHP_CVAL => (&self.hypervisor_timer, now),
            _ => return None,
        };
        Some(match register {
            CNTP_TVAL | CNTV_TVAL | CNTHP_TVAL => timer.value(now),
            CNTP_CTL | CNTV_CTL | CNTHP_CTL => timer.control(now),
            _ => timer.compare,
        })
    }

    /// Writes a timer register or CNTVOFF_EL2; false for others, and for counters, which cannot be written.
    pub fn write(&mut self, now: Ticks, register: SystemReg, value: u64) -> bool {
        let behind = now.wrapping_sub(self.offset);
        let (timer, now) = match register {
            CNTVOFF => {
                self.offset = value;
                return true;
            }
            CNTP_TVAL | CNTP_CTL | CNTP_CVAL => (&mut self.physical_timer, now),
            CNTV_TVAL | CNTV_CTL | CNTV_CVAL => (&mut self.virtual_timer, behind),
            CNTHP_TVAL | CNTHP_CTL | CNTHP_CVAL => (&mut self.hypervisor_timer, now),
            _ => return false,
        };
        match register {
            CNTP_TVAL | CNTV_TVAL | CNTHP_TVAL => timer.set_value(now, value),
            CNTP_CTL | CNTV_CTL | CNTHP_CTL => timer.control = value & (CTL_ENABLE | CTL_IMASK),
            _ => timer.compare = value,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_expires_when_the_counter_reaches_its_compare_value() {
        let mut timers = GenericTimer::default();
        timers.write(0, CNTV_CVAL, 100);
        assert!(!timers.virtual_timer.interrupt(200), "not enabled");
        assert_eq!(timers.virtual_timer.deadline(), None);
        timers.write(0, CNTV_CTL, CTL_ENABLE);
        assert_eq!(timers.virtual_timer.deadline(), Some(100));
        assert!(!timers.virtual_timer.interrupt(99) && timers.virtual_timer.interrupt(100));
        assert_eq!(timers.read(100, CNTV_CTL), Some(CTL_ENABLE | CTL_ISTATUS));
        assert!(!timers.physical_timer.interrupt(u64::MAX));
    }

    #[test]
    fn the_mask_hides_the_interrupt_but_not_the_status() {
        let mut timers = GenericTimer::default();
        timers.write(0, CNTP_CTL, u64::MAX);
        assert!(!timers.physical_timer.interrupt(5));
        assert_eq!(timers.read(5, CNTP_CTL), Some(7));
        assert_eq!(timers.physical_timer.deadline(), None);
    }

    #[test]
    fn the_virtual_timer_counts_from_the_offset() {
        let mut timers = GenericTimer::default();
        timers.write(1000, CNTVOFF, 400);
        assert_eq!((timers.read(1000, CNTVCT), timers.read(1000, CNTPCT)), (Some(600), Some(1000)));
        timers.write(1000, CNTV_TVAL, 50);
        timers.write(1000, CNTV_CTL, CTL_ENABLE);
        assert_eq!((timers.read(1000, CNTV_CVAL), timers.deadlines()[0]), (Some(650), Some(1050)));
        assert_eq!((timers.interrupts(1049)[0], timers.interrupts(1050)[0]), (false, true));
    }

    #[test]
    fn the_timer_value_is_a_signed_distance_of_32_bits() {
        let mut timers = GenericTimer::default();
        timers.write(1000, CNTP_TVAL, 50);
        assert_eq!(timers.read(1000, CNTP_CVAL), Some(1050));
        assert_eq!(timers.read(1060, CNTP_TVAL), Some(0xffff_fff6));
        timers.write(1000, CNTP_TVAL, 0xffff_ffff);
        assert_eq!(timers.read(1000, CNTP_CVAL), Some(999));
    }

    #[test]
    fn counters_read_the_system_counter_and_cannot_be_written() {
        let mut timers = GenericTimer::default();
        assert_eq!((timers.read(7, CNTVCT), timers.read(7, CNTPCT)), (Some(7), Some(7)));
        assert!(!timers.write(7, CNTVCT, 0));
        assert_eq!(timers.read(7, system(3, 0, 14, 1, 0)), None);
    }
}
