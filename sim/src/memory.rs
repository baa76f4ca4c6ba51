//! Guest RAM: the coherent bytes behind every cache.

use crate::core_model::LINE;
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

    /// A line, where `at` is a multiple of its size from the start of RAM.
    #[inline(always)]
    pub fn line(&self, at: u64) -> Option<&[u8; LINE as usize]> {
        self.bytes.as_chunks().0.get(self.piece::<{ LINE as usize }>(at))
    }

    /// The bytes at `at`, to be written.
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

    /// Which one of the pieces of `N` bytes that RAM consists of is at `at`: none that is there where `at` is not aligned, which leaves bits
    /// at the top.
    #[inline(always)]
    fn piece<const N: usize>(&self, at: u64) -> usize {
        at.wrapping_sub(self.base).rotate_right(N.trailing_zeros()) as usize
    }

    #[inline(always)]
    fn get_aligned<const N: usize>(&self, at: u64) -> Option<[u8; N]> {
        self.bytes.as_chunks().0.get(self.piece::<N>(at)).copied()
    }

    #[inline(always)]
    fn put_aligned<const N: usize>(&mut self, at: u64, value: [u8; N]) -> bool {
        let place = self.piece::<N>(at);
        self.bytes.as_chunks_mut().0.get_mut(place).map(|bytes| *bytes = value).is_some()
    }

    /// What [`Ram::read`] reads; `None` also where it is not aligned to its size from the start of RAM.
    #[inline(always)]
    pub fn read_aligned(&self, at: u64, size: Size) -> Option<u64> {
        Some(match size {
            Size::Byte => self.get_aligned::<1>(at)?[0] as u64,
            Size::Half => u16::from_le_bytes(self.get_aligned(at)?) as u64,
            Size::Word => u32::from_le_bytes(self.get_aligned(at)?) as u64,
            Size::Double => u64::from_le_bytes(self.get_aligned(at)?),
        })
    }

    /// What [`Ram::write`] writes; false also where it is not aligned to its size from the start of RAM.
    #[inline(always)]
    pub fn write_aligned(&mut self, at: u64, size: Size, value: u64) -> bool {
        match size {
            Size::Byte => self.put_aligned(at, [value as u8]),
            Size::Half => self.put_aligned(at, (value as u16).to_le_bytes()),
            Size::Word => self.put_aligned(at, (value as u32).to_le_bytes()),
            Size::Double => self.put_aligned(at, value.to_le_bytes()),
        }
    }

    /// Two neighbours of words or doubles, aligned as [`Ram::read_aligned`] wants it.
    #[inline(always)]
    pub fn read_pair(&self, at: u64, size: Size) -> Option<(u64, u64)> {
        if size == Size::Word {
            let place = self.piece::<4>(at);
            let &[first, second] = self.bytes.as_chunks().0.get(place..place.wrapping_add(2))?.first_chunk()?;
            return Some((u32::from_le_bytes(first) as u64, u32::from_le_bytes(second) as u64));
        }
        let place = self.piece::<8>(at);
        let &[first, second] = self.bytes.as_chunks().0.get(place..place.wrapping_add(2))?.first_chunk()?;
        Some((u64::from_le_bytes(first), u64::from_le_bytes(second)))
    }

    /// Writes two such neighbours; false when that cannot be done, and nothing is.
    #[inline(always)]
    pub fn write_pair(&mut self, at: u64, size: Size, values: (u64, u64)) -> bool {
        if size == Size::Word {
            return self.put_pair(at, [(values.0 as u32).to_le_bytes(), (values.1 as u32).to_le_bytes()]);
        }
        self.put_pair(at, [values.0.to_le_bytes(), values.1.to_le_bytes()])
    }

    #[inline(always)]
    fn put_pair<const N: usize>(&mut self, at: u64, values: [[u8; N]; 2]) -> bool {
        let place = self.piece::<N>(at);
        let pieces = self.bytes.as_chunks_mut().0.get_mut(place..place.wrapping_add(2));
        let pieces = pieces.and_then(|pieces| pieces.first_chunk_mut());
        pieces.map(|pieces| *pieces = values).is_some()
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
    fn aligned_accesses_are_what_others_are_and_fail_elsewhere() {
        let mut ram = Ram::new(0x8000_0004, 0x1004);
        for (at, byte) in (0x8000_0004..0x8000_1008).zip(1u64..) {
            ram.write(at, Size::Byte, byte * 7);
        }
        let places = (0x7fff_fff0u64..0x8000_0020).chain(0x8000_0ff0..0x8000_1020);
        for at in places {
            for size in [Size::Byte, Size::Half, Size::Word, Size::Double] {
                let aligned = at.wrapping_sub(0x8000_0004) % size.bytes() == 0;
                let expected = ram.read(at, size).filter(|_| aligned);
                assert_eq!(ram.read_aligned(at, size), expected, "{size:?} at {at:#x}");
                let mut other = ram.clone();
                assert_eq!(other.write_aligned(at, size, !0x1122), expected.is_some());
                assert_eq!(other.read_aligned(at, size), expected.map(|_| !0x1122 & size.mask()));
                if matches!(size, Size::Word | Size::Double) {
                    let second = ram.read_aligned(at + size.bytes(), size);
                    let pair = expected.zip(second);
                    assert_eq!(ram.read_pair(at, size), pair);
                    let mut other = ram.clone();
                    assert_eq!(other.write_pair(at, size, (3, 4)), pair.is_some());
                    assert_eq!(other.read_pair(at, size), pair.map(|_| (3, 4)));
                    assert!(pair.is_some() || other.bytes == ram.bytes);
                }
            }
        }
    }

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
