//! RAM for the unit tests of devices and firmware.

use super::GuestMemory;

const SIZE: usize = 0x4000;

/// A small RAM.
pub(crate) struct Ram {
    base: u64,
    bytes: Vec<u8>,
}

impl Ram {
    pub(crate) fn at(base: u64) -> Ram {
        Ram { base, bytes: vec![0; SIZE] }
    }

    pub(crate) fn put(&mut self, at: u64, value: u64) {
        assert!(self.write_bytes(at, &value.to_le_bytes()), "{at:#x} is RAM");
    }

    pub(crate) fn get(&self, at: u64) -> u64 {
        let mut bytes = [0; 8];
        assert!(self.read_bytes(at, &mut bytes), "{at:#x} is RAM");
        u64::from_le_bytes(bytes)
    }

    fn range(&self, at: u64, length: usize) -> Option<std::ops::Range<usize>> {
        let from = usize::try_from(at.checked_sub(self.base)?).ok()?;
        let to = from.checked_add(length)?;
        (to <= self.bytes.len()).then_some(from..to)
    }
}

impl GuestMemory for Ram {
    fn read_bytes(&self, at: u64, bytes: &mut [u8]) -> bool {
        let range = self.range(at, bytes.len());
        range.map(|range| bytes.copy_from_slice(&self.bytes[range])).is_some()
    }

    fn write_bytes(&mut self, at: u64, bytes: &[u8]) -> bool {
        let range = self.range(at, bytes.len());
        range.map(|range| self.bytes[range].copy_from_slice(bytes)).is_some()
    }
}
