//! NS16550A UART: what a polling or transmit-interrupt driver sees. Source: National Semiconductor PC16550D data sheet,
//! section 8 (registers); register stride 1 byte, as on QEMU's `virt`.
//!
//! A byte written goes out at once, so the transmitter is always empty. Nothing is ever received; the line settings are
//! kept and have no effect. Modem control in loopback is not modelled.

/// Receiver buffer (read), transmitter holding (write), divisor latch low (DLAB).
const RBR_THR_DLL: u64 = 0;
/// Interrupt enable, divisor latch high (DLAB).
const IER_DLM: u64 = 1;
/// Interrupt identification (read), FIFO control (write).
const IIR_FCR: u64 = 2;
const LCR: u64 = 3;
const MCR: u64 = 4;
const LSR: u64 = 5;
const MSR: u64 = 6;
const SCR: u64 = 7;

/// Transmitter holding register empty interrupt.
const IER_ETBEI: u8 = 1 << 1;
const IER_MASK: u8 = 0x0f;
const IIR_NONE: u8 = 0x01;
const IIR_THRE: u8 = 0x02;
const IIR_FIFOS: u8 = 0xc0;
const FCR_ENABLE: u8 = 1 << 0;
const FCR_CLEAR_TRANSMIT: u8 = 1 << 2;
const LCR_DLAB: u8 = 1 << 7;
const MCR_MASK: u8 = 0x1f;
/// Transmitter holding register empty, transmitter empty.
const LSR_IDLE: u8 = 0x60;
/// Carrier, data set ready, clear to send: a terminal is there.
const MSR_CONNECTED: u8 = 0xb0;

/// Bytes of address space.
pub const SIZE: u64 = 0x100;

/// The registers of one UART.
#[derive(Clone, Debug)]
pub struct Uart16550 {
    ier: u8,
    lcr: u8,
    mcr: u8,
    scr: u8,
    divisor: [u8; 2],
    fifos: bool,
    /// The transmitter became empty and nobody has read IIR since.
    transmit_event: bool,
}

impl Default for Uart16550 {
    /// After reset; the divisor, which the data sheet leaves open, is that of 9600 baud.
    fn default() -> Uart16550 {
        Uart16550 { ier: 0, lcr: 0, mcr: 0, scr: 0, divisor: [12, 0], fifos: false, transmit_event: false }
    }
}

impl Uart16550 {
    /// Reads the register at this offset; `None` beyond the last one.
    pub fn read(&mut self, offset: u64) -> Option<u8> {
        let latch = self.lcr & LCR_DLAB != 0;
        Some(match offset {
            RBR_THR_DLL if latch => self.divisor[0],
            IER_DLM if latch => self.divisor[1],
            RBR_THR_DLL => 0,
            IER_DLM => self.ier,
            IIR_FCR => {
                let fifos = if self.fifos { IIR_FIFOS } else { 0 };
                let pending = if self.interrupt() { IIR_THRE } else { IIR_NONE };
                // Reading IIR acknowledges the transmitter interrupt when that is what it shows.
                self.transmit_event &= pending != IIR_THRE;
                fifos | pending
            }
            LCR => self.lcr,
            MCR => self.mcr,
            LSR => LSR_IDLE,
            MSR => MSR_CONNECTED,
            SCR => self.scr,
            _ => return None,
        })
    }

    /// Writes the register at this offset. `Some(Some(byte))` when a byte goes out on the line, `None` beyond the last
    /// register.
    pub fn write(&mut self, offset: u64, value: u8) -> Option<Option<u8>> {
        let latch = self.lcr & LCR_DLAB != 0;
        match offset {
            RBR_THR_DLL if latch => self.divisor[0] = value,
            IER_DLM if latch => self.divisor[1] = value,
            RBR_THR_DLL => {
                self.transmit_event = true;
                return Some(Some(value));
            }
            IER_DLM => {
                // Enabling the interrupt while the transmitter is empty raises it.
                self.transmit_event |= value & !self.ier & IER_ETBEI != 0;
                self.ier = value & IER_MASK;
            }
            IIR_FCR => {
                let fifos = value & FCR_ENABLE != 0;
                // Clearing the transmitter's FIFO, as changing the mode does, makes it become empty.
                self.transmit_event |= fifos != self.fifos || value & FCR_CLEAR_TRANSMIT != 0;
                self.fifos = fifos;
            }
            LCR => self.lcr = value,
            MCR => self.mcr = value & MCR_MASK,
            LSR | MSR => {}
            SCR => self.scr = value,
            _ => return None,
        }
        Some(None)
    }

    /// Level of the interrupt output.
    pub fn interrupt(&self) -> bool {
        self.transmit_event && self.ier & IER_ETBEI != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polling_driver_finds_the_transmitter_empty_and_its_byte_goes_out() {
        let mut uart = Uart16550::default();
        assert_eq!(uart.read(LSR), Some(0x60));
        assert_eq!(uart.write(RBR_THR_DLL, b'x'), Some(Some(b'x')));
        assert_eq!(uart.read(LSR).map(|lsr| lsr & 1), Some(0), "nothing is ever received");
    }

    #[test]
    fn the_divisor_latch_hides_the_data_registers() {
        let mut uart = Uart16550::default();
        uart.write(LCR, LCR_DLAB | 3);
        assert_eq!(uart.write(RBR_THR_DLL, 0x0c), Some(None), "a divisor byte is no output");
        uart.write(IER_DLM, 0x01);
        assert_eq!((uart.read(RBR_THR_DLL), uart.read(IER_DLM)), (Some(0x0c), Some(0x01)));
        uart.write(LCR, 3);
        assert_eq!((uart.read(RBR_THR_DLL), uart.read(IER_DLM)), (Some(0), Some(0)));
        assert_eq!(uart.read(LCR), Some(3));
    }

    #[test]
    fn the_transmit_interrupt_is_raised_by_enabling_and_by_writing_and_dropped_by_reading_iir() {
        let mut uart = Uart16550::default();
        assert_eq!(uart.read(IIR_FCR), Some(IIR_NONE));
        uart.write(IER_DLM, IER_ETBEI);
        assert!(uart.interrupt());
        assert_eq!(uart.read(IIR_FCR), Some(IIR_THRE));
        assert!(!uart.interrupt());
        assert_eq!(uart.read(IIR_FCR), Some(IIR_NONE));
        uart.write(RBR_THR_DLL, b'y');
        assert!(uart.interrupt());
        uart.write(IER_DLM, 0);
        assert!(!uart.interrupt());
    }

    #[test]
    fn the_scratch_register_keeps_a_byte_and_fifos_show_in_iir() {
        let mut uart = Uart16550::default();
        uart.write(SCR, 0xa5);
        uart.write(IIR_FCR, FCR_ENABLE);
        assert_eq!((uart.read(SCR), uart.read(IIR_FCR)), (Some(0xa5), Some(IIR_FIFOS | IIR_NONE)));
        assert_eq!((uart.read(8), uart.write(8, 0)), (None, None));
    }
}
