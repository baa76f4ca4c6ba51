//! PL011 UART: what a polling or transmit-interrupt driver sees. Source: Arm DDI 0183G, chapter 3.
//!
//! A byte written goes out at once, whether or not the UART is enabled (as on QEMU), so the transmitter is always empty.
//! Nothing is ever received; baud rate, line and DMA settings are kept and have no effect.

/// Bytes of address space.
pub const SIZE: u64 = 0x1000;

const DR: u64 = 0x000;
const RSR: u64 = 0x004;
const FR: u64 = 0x018;
const ILPR: u64 = 0x020;
const IBRD: u64 = 0x024;
const FBRD: u64 = 0x028;
const LCR_H: u64 = 0x02c;
const CR: u64 = 0x030;
const IFLS: u64 = 0x034;
const IMSC: u64 = 0x038;
const RIS: u64 = 0x03c;
const MIS: u64 = 0x040;
const ICR: u64 = 0x044;
const DMACR: u64 = 0x048;
const ID: u64 = 0xfe0;

/// Transmit FIFO empty, receive FIFO empty.
const FR_IDLE: u32 = 1 << 7 | 1 << 4;
/// Transmitter and receiver enabled, UART not.
const CR_RESET: u32 = 0x300;
/// Both FIFOs at half.
const IFLS_RESET: u32 = 0x12;
const INTERRUPTS: u32 = 0x7ff;
const TRANSMIT: u32 = 1 << 5;
/// Part 0x011, Arm, revision 1; PrimeCell.
const IDENTIFICATION: [u8; 8] = [0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1];

/// The registers of one UART.
#[derive(Clone, Debug)]
pub struct Pl011 {
    low_power: u32,
    baud_integer: u32,
    baud_fraction: u32,
    line_control: u32,
    control: u32,
    fifo_levels: u32,
    mask: u32,
    raised: u32,
    dma: u32,
}

impl Default for Pl011 {
    fn default() -> Pl011 {
        Pl011 {
            low_power: 0,
            baud_integer: 0,
            baud_fraction: 0,
            line_control: 0,
            control: CR_RESET,
            fifo_levels: IFLS_RESET,
            mask: 0,
            raised: 0,
            dma: 0,
        }
    }
}

impl Pl011 {
    /// Reads the register at this offset; reserved ones read as zero.
    pub fn read(&self, offset: u64) -> u32 {
        match offset {
            FR => FR_IDLE,
            ILPR => self.low_power,
            IBRD => self.baud_integer,
            FBRD => self.baud_fraction,
            LCR_H => self.line_control,
            CR => self.control,
            IFLS => self.fifo_levels,
            IMSC => self.mask,
            RIS => self.raised,
            MIS => self.raised & self.mask,
            DMACR => self.dma,
            ID..SIZE if offset.is_multiple_of(4) => IDENTIFICATION[(offset - ID) as usize / 4].into(),
            // DR and RSR: nothing received, no error.
            _ => 0,
        }
    }

    /// Writes the register at this offset; `Some` byte when one goes out on the line.
    pub fn write(&mut self, offset: u64, value: u32) -> Option<u8> {
        match offset {
            DR => {
                self.raised |= TRANSMIT;
                return Some(value as u8);
            }
            ILPR => self.low_power = value & 0xff,
            IBRD => self.baud_integer = value & 0xffff,
            FBRD => self.baud_fraction = value & 0x3f,
            LCR_H => self.line_control = value & 0xff,
            CR => self.control = value & 0xff87,
            IFLS => self.fifo_levels = value & 0x3f,
            IMSC => self.mask = value & INTERRUPTS,
            ICR => self.raised &= !value,
            DMACR => self.dma = value & 7,
            // A write to RSR clears errors, of which there are none.
            RSR => {}
            _ => {}
        }
        None
    }

    /// Level of the combined interrupt output.
    pub fn interrupt(&self) -> bool {
        self.raised & self.mask != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polling_driver_finds_room_and_its_byte_goes_out() {
        let mut uart = Pl011::default();
        let (full, busy, nothing_received) = (1 << 5, 1 << 3, 1 << 4);
        assert_eq!(uart.read(FR) & (full | busy | nothing_received), nothing_received);
        assert_eq!(uart.write(DR, 0x141), Some(b'A'));
        assert_eq!(uart.read(FR) & (full | busy), 0);
    }

    #[test]
    fn registers_have_the_reset_values_and_widths_of_the_manual() {
        let mut uart = Pl011::default();
        assert_eq!((uart.read(CR), uart.read(IFLS), uart.read(IMSC)), (0x300, 0x12, 0));
        for (register, kept) in [(IBRD, 0xffff), (FBRD, 0x3f), (LCR_H, 0xff), (IMSC, 0x7ff), (DMACR, 7)] {
            assert_eq!(uart.write(register, u32::MAX), None);
            assert_eq!(uart.read(register), kept, "{register:#x}");
        }
    }

    #[test]
    fn the_transmit_interrupt_is_raised_by_a_byte_and_cleared_through_icr() {
        let mut uart = Pl011::default();
        uart.write(DR, 0);
        assert!(!uart.interrupt());
        assert_eq!((uart.read(RIS), uart.read(MIS)), (TRANSMIT, 0));
        uart.write(IMSC, TRANSMIT);
        assert!(uart.interrupt());
        uart.write(ICR, TRANSMIT);
        assert_eq!((uart.interrupt(), uart.read(RIS)), (false, 0));
    }

    #[test]
    fn the_identification_is_that_of_a_primecell_uart() {
        let uart = Pl011::default();
        let word = |at: u64| (0..4).map(|n| uart.read(at + 4 * n) << (8 * n)).sum::<u32>();
        assert_eq!((word(0xfe0), word(0xff0)), (0x0014_1011, 0xb105_f00d));
    }
}
