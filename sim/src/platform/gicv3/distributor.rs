//! GIC distributor: which groups are forwarded, and the shared peripheral interrupts with their routing. Source: Arm IHI
//! 0069H, 12.9.
//!
//! One security state (GICD_CTLR.DS = 1), affinity routing always on, no LPIs, no extended ranges, no 1-of-N routing
//! (GICD_TYPER.No1N).

use super::Pending;
use super::bank::{Bank, ICPENDR, ISPENDR};
use cmodx_isa::Size;

/// Bytes of address space.
pub const SIZE: u64 = 0x1_0000;
/// Interrupts 32 to 287 are SPIs.
pub(super) const FIRST_SPI: u32 = 32;
const SPIS: u32 = 256;

const CTLR: u64 = 0x0000;
const TYPER: u64 = 0x0004;
const IIDR: u64 = 0x0008;
const SETSPI_NSR: u64 = 0x0040;
const CLRSPI_NSR: u64 = 0x0048;
const BANK_END: u64 = 0x0e00;
const IROUTER: u64 = 0x6000;
const IROUTER_END: u64 = 0x8000;
const PIDR2: u64 = 0xffe8;

/// EnableGrp0, EnableGrp1.
const CTLR_ENABLES: u32 = 0b11;
/// ARE and DS, which cannot be cleared.
const CTLR_FIXED: u32 = 1 << 4 | 1 << 6;
/// No1N, A3V, 16 INTID bits, MBIS, and the number of SPIs in units of 32.
const TYPER_VALUE: u32 = 1 << 25 | 1 << 24 | 15 << 19 | 1 << 16 | (SPIS / 32);
/// Implementer: Arm.
pub(super) const IIDR_ARM: u32 = 0x43b;
/// Architecture revision: GICv3.
pub(super) const PIDR2_GICV3: u32 = 0x3b;
/// Aff3 and Aff2, Aff1, Aff0.
const AFFINITY: u64 = 0xff_00ff_ffff;

/// Registers of the distributor.
#[derive(Clone, Debug)]
pub struct Distributor {
    enables: u32,
    bank: Bank,
    routes: Vec<u64>,
}

impl Default for Distributor {
    fn default() -> Distributor {
        Distributor { enables: 0, bank: Bank::new(FIRST_SPI, SPIS), routes: vec![0; SPIS as usize] }
    }
}

impl Distributor {
    /// Reads a register; reserved ones and other sizes read as zero.
    pub fn read(&self, offset: u64, size: Size) -> u64 {
        match offset {
            CTLR if size == Size::Word => u64::from(self.enables | CTLR_FIXED),
            TYPER if size == Size::Word => TYPER_VALUE.into(),
            IIDR if size == Size::Word => IIDR_ARM.into(),
            PIDR2 if size == Size::Word => PIDR2_GICV3.into(),
            IROUTER..IROUTER_END => {
                self.route(offset).map_or(0, |(spi, shift)| self.routes[spi] >> shift & size.mask())
            }
            _ if offset < BANK_END => self.bank.read(offset, size),
            _ => 0,
        }
    }

    /// Writes a register.
    pub fn write(&mut self, offset: u64, size: Size, value: u64) {
        match offset {
            CTLR if size == Size::Word => self.enables = value as u32 & CTLR_ENABLES,
            SETSPI_NSR if size == Size::Word => self.message(ISPENDR, value & 0x3ff),
            CLRSPI_NSR if size == Size::Word => self.message(ICPENDR, value & 0x3ff),
            IROUTER..IROUTER_END => {
                if let Some((spi, shift)) = self.route(offset) {
                    let mask = size.mask() << shift;
                    self.routes[spi] = (self.routes[spi] & !mask | value << shift & mask) & AFFINITY;
                }
            }
            _ if offset < BANK_END => self.bank.write(offset, size, value),
            _ => {}
        }
    }

    /// Sets or clears the pending state of one interrupt.
    fn message(&mut self, register: u64, intid: u64) {
        self.bank.write(register + intid / 32 * 4, Size::Word, 1 << (intid % 32));
    }

    /// Which SPI's IROUTER an offset is in, and how far in bits.
    fn route(&self, offset: u64) -> Option<(usize, u64)> {
        let spi = ((offset - IROUTER) / 8).checked_sub(FIRST_SPI.into())? as usize;
        (spi < self.routes.len()).then_some((spi, offset % 8 * 8))
    }

    /// The groups that are forwarded.
    pub(super) fn groups(&self) -> [bool; 2] {
        [self.enables & 1 != 0, self.enables & 2 != 0]
    }

    /// The SPI of highest priority that is routed to this affinity.
    pub(super) fn best(&self, groups: [bool; 2], affinity: u64) -> Option<Pending> {
        self.bank.best(groups, |intid| self.routes[(intid - FIRST_SPI) as usize] == affinity)
    }

    pub(super) fn bank_mut(&mut self) -> &mut Bank {
        &mut self.bank
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_keeps_the_enables_and_shows_one_security_state_with_affinity_routing() {
        let mut d = Distributor::default();
        assert_eq!(d.read(CTLR, Size::Word), 0x50);
        d.write(CTLR, Size::Word, 0xffff_ffff);
        assert_eq!(d.read(CTLR, Size::Word), 0x53);
        d.write(CTLR, Size::Word, 2);
        assert_eq!(d.groups(), [false, true]);
    }

    #[test]
    fn the_identification_registers_say_gicv3_with_288_interrupts() {
        let d = Distributor::default();
        assert_eq!(d.read(PIDR2, Size::Word) >> 4 & 0xf, 3);
        assert_eq!(32 * ((d.read(TYPER, Size::Word) & 0x1f) + 1), 288);
        assert_eq!(d.read(0x7ff0, Size::Double), 0);
    }

    #[test]
    fn a_spi_goes_to_the_affinity_that_its_router_names() {
        let mut d = Distributor::default();
        d.write(0x104, Size::Word, 2);
        d.bank_mut().set_line(33, true);
        assert_eq!(d.best([true, true], 0).map(|pending| pending.intid), Some(33));
        d.write(IROUTER + 8 * 33, Size::Double, 0x1_8000_0102);
        assert_eq!(d.read(IROUTER + 8 * 33, Size::Double), 0x1_0000_0102, "IRM reads as zero");
        assert_eq!(d.read(IROUTER + 8 * 33 + 4, Size::Word), 1);
        assert_eq!(d.best([true, true], 0), None);
        assert_eq!(d.best([true, true], 0x1_0000_0102).map(|pending| pending.intid), Some(33));
    }

    #[test]
    fn a_message_sets_and_clears_a_spi() {
        let mut d = Distributor::default();
        d.write(0x084, Size::Word, 1 << 8);
        d.write(0x104, Size::Word, 1 << 8);
        d.write(SETSPI_NSR, Size::Word, 40);
        assert_eq!(d.best([false, true], 0).map(|pending| pending.intid), Some(40));
        d.write(CLRSPI_NSR, Size::Word, 40);
        assert_eq!(d.best([false, true], 0), None);
    }
}
