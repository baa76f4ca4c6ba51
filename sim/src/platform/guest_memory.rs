//! Guest memory as firmware reads it: physical buffers of any length, and buffers behind the guest's page tables.

use super::GuestMemory;
use cmodx_isa::{Access, Isa, TableMemory};

/// Copied at once, so that a length that the guest made up allocates nothing before its range has proven to be RAM.
const CHUNK: u64 = 4096;

/// Copies `length` bytes from a physical address; `None` when part of the range is not RAM.
pub(crate) fn physical_bytes(memory: &dyn GuestMemory, at: u64, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut done = 0;
    while done < length {
        let step = CHUNK.min(length - done);
        bytes.resize((done + step) as usize, 0);
        if !memory.read_bytes(at.checked_add(done)?, &mut bytes[done as usize..]) {
            return None;
        }
        done += step;
    }
    Some(bytes)
}

/// The same from a virtual address, with the hart's own translation; `None` also when a page may not be read.
pub(super) fn virtual_bytes<I: Isa>(
    hart: &I::Hart,
    memory: &mut dyn GuestMemory,
    at: u64,
    length: u64,
) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < length {
        let here = at.checked_add(bytes.len() as u64)?;
        let in_page = (CHUNK - here % CHUNK).min(length - bytes.len() as u64);
        let physical = to_physical::<I>(hart, memory, here)?;
        bytes.extend(physical_bytes(memory, physical, in_page)?);
    }
    Some(bytes)
}

/// Reads a doubleword at a virtual address.
pub(super) fn virtual_word<I: Isa>(hart: &I::Hart, memory: &mut dyn GuestMemory, at: u64) -> Option<u64> {
    virtual_bytes::<I>(hart, memory, at, 8)?.try_into().ok().map(u64::from_le_bytes)
}

fn to_physical<I: Isa>(hart: &I::Hart, memory: &mut dyn GuestMemory, at: u64) -> Option<u64> {
    if I::translation_off(hart, Access::Load) {
        return Some(at);
    }
    let mapping = I::translate(hart, &mut Tables(memory), at, Access::Load).ok()?;
    mapping.read.then_some(mapping.physical)
}

struct Tables<'a>(&'a mut dyn GuestMemory);

impl TableMemory for Tables<'_> {
    fn read_entry(&mut self, at: u64) -> Option<u64> {
        let mut bytes = [0; 8];
        self.0.read_bytes(at, &mut bytes).then(|| u64::from_le_bytes(bytes))
    }

    fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool {
        self.read_entry(at) == Some(expected) && self.0.write_bytes(at, &new.to_le_bytes())
    }
}
