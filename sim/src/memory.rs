//! Guest RAM: the coherent bytes behind every cache.

use crate::platform::GuestMemory;
use cmodx_isa::Size;

/// A range of physical memory. Pages that the guest never touches cost the host nothing.
#[derive(Clone)]
pub struct Ram {
    base: u64,
    bytes: Vec<u8>,
}

impl Ram {
    /// `size` zero bytes from physical address `base`.
    pub fn new(base: u64, size: u64) -> Ram {
        Ram { base, bytes: vec![0; size as usize] }
    }

    /// First address.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// First address behind the end.
    pub fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// True when all of `len` bytes at `at` are RAM.
    #[inline(always)]
    pub fn contains(&self, at: u64, len: u64) -> bool {
        let offset = at.wrapping_sub(self.base);
        offset < self.bytes.len() as u64 && len <= self.bytes.len() as u64 - offset
    }

    /// The bytes at `at`, if all of them are RAM.
    #[inline(always)]
    pub fn slice(&self, at: u64, len: u64) -> Option<&[u8]> {
        let start = usize::try_from(at.wrapping_sub(self.base)).ok()?;
        self.bytes.get(start..start.checked_add(len as usize)?)
    }

    /// The same, to be written.
    #[inline(always)]
    pub fn slice_mut(&mut self, at: u64, len: u64) -> Option<&mut [u8]> {
        let start = usize::try_from(at.wrapping_sub(self.base)).ok()?;
        self.bytes.get_mut(start..start.checked_add(len as usize)?)
    }

    /// Where `N` bytes at `at` are.
    #[inline(always)]
    fn place<const N: usize>(&self, at: u64) -> Option<std::ops::Range<usize>> {
        let start = usize::try_from(at.wrapping_sub(self.base)).ok()?;
        Some(start..start.checked_add(N)?)
    }

    #[inline(always)]
    fn get<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        self.bytes.get(self.place::<N>(at)?)?.first_chunk().copied()
    }

    #[inline(always)]
    fn put<const N: usize>(&mut self, at: u64, value: [u8; N]) -> bool {
        let place = self.place::<N>(at);
        let bytes = place.and_then(|place| self.bytes.get_mut(place)?.first_chunk_mut());
        bytes.map(|bytes| *bytes = value).is_some()
    }

    /// Reads `size` bytes, little endian, zero-extended; `None` outside RAM.
    #[inline(always)]
    pub fn read(&self, at: u64, size: Size) -> Option<u64> {
        Some(match size {
            Size::Byte => self.get::<1>(at)?[0] as u64,
            Size::Half => u16::from_le_bytes(self.get(at)?) as u64,
            Size::Word => u32::from_le_bytes(self.get(at)?) as u64,
            Size::Double => u64::from_le_bytes(self.get(at)?),
        })
    }

    /// Writes the low `size` bytes of `value`; false outside RAM.
    #[inline(always)]
    pub fn write(&mut self, at: u64, size: Size, value: u64) -> bool {
        match size {
            Size::Byte => self.put(at, [value as u8]),
            Size::Half => self.put(at, (value as u16).to_le_bytes()),
            Size::Word => self.put(at, (value as u32).to_le_bytes()),
            Size::Double => self.put(at, value.to_le_bytes()),
        }
    }
}

impl GuestMemory for Ram {
    fn read_bytes(&self, at: u64, bytes: &mut [u8]) -> bool {
        match self.slice(at, bytes.len() as u64) {
            Some(from) => {
                bytes.copy_from_slice(from);
                true
            }
            None => false,
        }
    }

    fn write_bytes(&mut self, at: u64, bytes: &[u8]) -> bool {
        match self.slice_mut(at, bytes.len() as u64) {
            Some(to) => {
                to.copy_from_slice(bytes);
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_that_leaves_ram_is_refused_whole() {
        let mut ram = Ram::new(0x8000_0000, 0x1000);
        assert!(ram.write(0x8000_0ff8, Size::Double, 0x1122_3344_5566_7788));
        assert_eq!(ram.read(0x8000_0ffc, Size::Word), Some(0x1122_3344));
        assert_eq!(ram.read(0x8000_0ffd, Size::Word), None);
        assert!(!ram.write(0x7fff_ffff, Size::Half, 0));
        assert!(!ram.contains(u64::MAX, 2));
    }
}
