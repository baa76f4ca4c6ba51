//! GIC redistributor: one for each PE, with its SGIs and PPIs. Source: Arm IHI 0069H, 12.10 and 12.11.
//!
//! No LPIs. As the manual has it, a redistributor whose GICR_WAKER says that the PE sleeps forwards nothing.

use super::bank::Bank;
use super::distributor::{IIDR_ARM, PIDR2_GICV3};
use super::{Pending, affinity};
use crate::ids::HartId;
use cmodx_isa::Size;

/// Bytes of address space of one redistributor: RD_base and SGI_base, 64 KiB each.
pub const SIZE: u64 = 0x2_0000;

const IIDR: u64 = 0x0004;
const TYPER: u64 = 0x0008;
const TYPER_HIGH: u64 = 0x000c;
const WAKER: u64 = 0x0014;
const PIDR2: u64 = 0xffe8;
const SGI_BASE: u64 = 0x1_0000;
const BANK_END: u64 = 0x0e00;

const WAKER_PROCESSOR_SLEEP: u64 = 1 << 1;
const WAKER_CHILDREN_ASLEEP: u64 = 1 << 2;
const TYPER_LAST: u64 = 1 << 4;

/// Registers of one redistributor.
#[derive(Clone, Debug)]
pub struct Redistributor {
    hart: HartId,
    last: bool,
    asleep: bool,
    bank: Bank,
}

impl Redistributor {
    /// Of this PE; `last` when no other redistributor follows in memory.
    pub fn new(hart: HartId, last: bool) -> Redistributor {
        Redistributor { hart, last, asleep: true, bank: Bank::new(0, 32) }
    }

    fn typer(&self) -> u64 {
        let affinity = affinity(self.hart);
        let packed = affinity >> 32 << 24 | affinity & 0xff_ffff;
        packed << 32 | u64::from(self.hart.0) << 8 | if self.last { TYPER_LAST } else { 0 }
    }

    /// Reads a register; reserved ones and other sizes read as zero.
    pub fn read(&self, offset: u64, size: Size) -> u64 {
        match (offset, size) {
            (IIDR, Size::Word) => IIDR_ARM.into(),
            (TYPER, Size::Word | Size::Double) => self.typer() & size.mask(),
            (TYPER_HIGH, Size::Word) => self.typer() >> 32,
            (WAKER, Size::Word) if self.asleep => WAKER_PROCESSOR_SLEEP | WAKER_CHILDREN_ASLEEP,
            (PIDR2, Size::Word) => PIDR2_GICV3.into(),
            (SGI_BASE.., _) if offset < SGI_BASE + BANK_END => self.bank.read(offset - SGI_BASE, size),
            _ => 0,
        }
    }

    /// Writes a register.
    pub fn write(&mut self, offset: u64, size: Size, value: u64) {
        match (offset, size) {
            (WAKER, Size::Word) => self.asleep = value & WAKER_PROCESSOR_SLEEP != 0,
            (SGI_BASE.., _) if offset < SGI_BASE + BANK_END => self.bank.write(offset - SGI_BASE, size, value),
            _ => {}
        }
    }

    /// The SGI or PPI of highest priority.
    pub(super) fn best(&self, groups: [bool; 2]) -> Option<Pending> {
        self.bank.best(groups, |_| true)
    }

    /// True when the PE does not want interrupts.
    pub(super) fn asleep(&self) -> bool {
        self.asleep
    }

    pub(super) fn bank_mut(&mut self) -> &mut Bank {
        &mut self.bank
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_register_names_the_pe_and_the_last_one() {
        let r = Redistributor::new(HartId(17), true);
        assert_eq!(r.read(TYPER, Size::Double), 0x0000_0101_0000_1110);
        assert_eq!((r.read(TYPER, Size::Word), r.read(TYPER_HIGH, Size::Word)), (0x1110, 0x101));
        assert_eq!(Redistributor::new(HartId(0), false).read(TYPER, Size::Double), 0);
    }

    #[test]
    fn a_pe_is_woken_by_clearing_processor_sleep() {
        let mut r = Redistributor::new(HartId(0), true);
        assert_eq!(r.read(WAKER, Size::Word), 0b110);
        r.write(WAKER, Size::Word, 0);
        assert_eq!(r.read(WAKER, Size::Word), 0);
        assert!(!r.asleep());
    }

    #[test]
    fn sgi_base_holds_the_bank_of_private_interrupts() {
        let mut r = Redistributor::new(HartId(0), true);
        r.write(SGI_BASE + 0x100, Size::Word, 1 << 27);
        r.bank_mut().set_line(27, true);
        assert_eq!(r.read(SGI_BASE + 0x200, Size::Word), 1 << 27);
        assert_eq!(r.best([true, false]).map(|pending| pending.intid), Some(27));
    }
}
