//! Core-local interruptor: software interrupts and timers of M mode. Source: SiFive FU540-C000 manual, chapter 9; the
//! layout is that of QEMU's `riscv.aclint` pair (RISC-V ACLINT specification 1.0-rc4, MSWI and MTIMER).
//!
//! `mtime` is the platform's clock and cannot be written: stores to it are ignored.

use super::Ticks;
use crate::ids::HartId;
use cmodx_isa::Size;

/// Bytes of address space.
pub const SIZE: u64 = 0x1_0000;
const MSIP: u64 = 0;
const MTIMECMP: u64 = 0x4000;
const MTIME: u64 = 0xbff8;

#[derive(Clone, Copy, Debug)]
struct PerHart {
    msip: bool,
    mtimecmp: Ticks,
}

/// Software interrupt and timer registers of all harts.
#[derive(Clone, Debug)]
pub struct Clint {
    harts: Vec<PerHart>,
}

/// The 4- or 8-byte register at `offset`, and how far the access is into it in bits.
fn locate(offset: u64, size: Size) -> Option<(u64, u32)> {
    match size {
        Size::Double if offset.is_multiple_of(8) => Some((offset, 0)),
        Size::Word if offset.is_multiple_of(4) && offset < MTIMECMP => Some((offset, 0)),
        Size::Word if offset.is_multiple_of(4) => Some((offset & !7, (offset & 4) as u32 * 8)),
        _ => None,
    }
}

impl Clint {
    /// For this many harts: no software interrupt pending, timers far in the future.
    pub fn new(harts: usize) -> Clint {
        Clint { harts: vec![PerHart { msip: false, mtimecmp: Ticks::MAX }; harts] }
    }

    /// Reads a register in words or doublewords. `None` for other sizes, misaligned offsets and harts that are not there.
    pub fn read(&self, now: Ticks, offset: u64, size: Size) -> Option<u64> {
        let (register, shift) = locate(offset, size)?;
        let value = match register {
            MTIME => now,
            MTIMECMP..MTIME => self.harts.get((register - MTIMECMP) as usize / 8)?.mtimecmp,
            MSIP..MTIMECMP => u64::from(self.harts.get((register - MSIP) as usize / 4)?.msip),
            _ => return None,
        };
        Some(value >> shift & size.mask())
    }

    /// Writes a register. `Some(Some(hart))` when the interrupt inputs of this hart may have changed; `None` where
    /// [`Clint::read`] gives none.
    pub fn write(&mut self, offset: u64, size: Size, value: u64) -> Option<Option<HartId>> {
        let (register, shift) = locate(offset, size)?;
        let hart = match register {
            MTIME => return Some(None),
            MTIMECMP..MTIME => {
                let hart = (register - MTIMECMP) as usize / 8;
                let old = &mut self.harts.get_mut(hart)?.mtimecmp;
                *old = *old & !(size.mask() << shift) | (value & size.mask()) << shift;
                hart
            }
            MSIP..MTIMECMP => {
                let hart = (register - MSIP) as usize / 4;
                self.harts.get_mut(hart)?.msip = value & 1 != 0;
                hart
            }
            _ => return None,
        };
        Some(Some(HartId(hart as u16)))
    }

    /// The software interrupt input of a hart (mip.MSIP).
    pub fn software(&self, hart: HartId) -> bool {
        self.harts[hart.index()].msip
    }

    /// When the timer interrupt input of a hart (mip.MTIP) is or becomes high.
    pub fn deadline(&self, hart: HartId) -> Ticks {
        self.harts[hart.index()].mtimecmp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn msip_has_one_writable_bit_for_each_hart() {
        let mut clint = Clint::new(2);
        assert_eq!(clint.write(4, Size::Word, u64::MAX), Some(Some(HartId(1))));
        assert_eq!(clint.read(0, 4, Size::Word), Some(1));
        assert!(clint.software(HartId(1)) && !clint.software(HartId(0)));
        clint.write(4, Size::Word, 0);
        assert!(!clint.software(HartId(1)));
        assert_eq!(clint.write(8, Size::Word, 1), None, "there is no third hart");
    }

    #[test]
    fn mtimecmp_is_written_whole_or_in_halves() {
        let mut clint = Clint::new(2);
        assert_eq!(clint.deadline(HartId(1)), Ticks::MAX);
        clint.write(MTIMECMP + 8, Size::Word, 0x1111_2222);
        assert_eq!(clint.deadline(HartId(1)), 0xffff_ffff_1111_2222);
        clint.write(MTIMECMP + 12, Size::Word, 0x3);
        assert_eq!(clint.deadline(HartId(1)), 0x3_1111_2222);
        assert_eq!(clint.read(0, MTIMECMP + 12, Size::Word), Some(3));
        assert_eq!(clint.write(MTIMECMP, Size::Double, 99), Some(Some(HartId(0))));
        assert_eq!(clint.read(0, MTIMECMP, Size::Double), Some(99));
    }

    #[test]
    fn mtime_is_the_platform_clock() {
        let clint = Clint::new(1);
        let now = 0x1_2345_6789;
        assert_eq!(clint.read(now, MTIME, Size::Double), Some(now));
        assert_eq!(clint.read(now, MTIME + 4, Size::Word), Some(1));
        assert_eq!(clint.read(now, MTIME, Size::Half), None);
        assert_eq!(clint.read(now, MTIME + 4, Size::Double), None);
    }
}
