//! Who has which addresses: program, heap, mappings, stack.

use super::PAGE;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of the stack, where there is room.
const STACK: u64 = 8 << 20;

/// The memory map of a process: the heap grows up from the program's end, mappings fill the space below the stack from the top.
#[derive(Clone, Debug)]
pub struct Space {
    heap_start: u64,
    heap_end: u64,
    stack: Range<u64>,
    /// Start and end of each mapping; they do not overlap.
    mappings: BTreeMap<u64, u64>,
}

/// Rounds up to whole pages; `None` when there is no such number.
pub fn pages(bytes: u64) -> Option<u64> {
    bytes.checked_next_multiple_of(PAGE)
}

impl Space {
    /// Behind a program that ends at `program_end`, in memory that ends at `end`.
    pub fn new(program_end: u64, end: u64) -> Space {
        let heap_start = program_end.next_multiple_of(PAGE);
        let end = end & !(PAGE - 1);
        let room = end.saturating_sub(heap_start);
        let stack = end - (STACK.min(room / 4) & !(PAGE - 1))..end;
        Space { heap_start, heap_end: heap_start, stack, mappings: BTreeMap::new() }
    }

    /// The stack.
    pub fn stack(&self) -> Range<u64> {
        self.stack.clone()
    }

    /// All of it, in bytes.
    pub fn size(&self) -> u64 {
        self.stack.end
    }

    /// Moves the end of the heap, if it can be there; the end, and what the heap has got anew.
    pub fn set_heap_end(&mut self, wanted: u64) -> (u64, Range<u64>) {
        let limit = self.mappings.keys().next().copied().unwrap_or(self.stack.start);
        let before = self.heap_end;
        if (self.heap_start..=limit).contains(&wanted) {
            self.heap_end = wanted;
        }
        (self.heap_end, before..self.heap_end.max(before))
    }

    /// Maps so many bytes (whole pages) where there is room; the address.
    pub fn map(&mut self, length: u64) -> Option<u64> {
        let mut top = self.stack.start;
        for (&start, &end) in self.mappings.iter().rev() {
            if top - end >= length {
                break;
            }
            top = start;
        }
        let start = top.checked_sub(length).filter(|&start| start >= pages(self.heap_end).unwrap_or(u64::MAX))?;
        self.mappings.insert(start, top);
        Some(start)
    }

    /// Maps exactly these addresses, in place of what is there; false when they are not free for mappings.
    pub fn map_at(&mut self, range: Range<u64>) -> bool {
        if range.start < self.heap_end || range.end > self.stack.start {
            return false;
        }
        self.unmap(range.clone());
        self.mappings.insert(range.start, range.end);
        true
    }

    /// Gives mappings up, where there are any.
    pub fn unmap(&mut self, range: Range<u64>) {
        let touched: Vec<_> = self
            .mappings
            .range(..range.end)
            .filter(|&(_, &end)| end > range.start)
            .map(|(&start, &end)| (start, end))
            .collect();
        for (start, end) in touched {
            self.mappings.remove(&start);
            if start < range.start {
                self.mappings.insert(start, range.start);
            }
            if end > range.end {
                self.mappings.insert(range.end, end);
            }
        }
    }

    /// Makes a mapping longer or shorter without moving it; false when something is in the way.
    pub fn resize(&mut self, at: u64, old: u64, new: u64) -> bool {
        if new <= old {
            self.unmap(at + new..at + old);
            return true;
        }
        let (from, to) = (at + old, at.saturating_add(new));
        let free = to <= self.stack.start && self.mappings.range(from..to).next().is_none();
        match self.mappings.get_mut(&at) {
            Some(end) if free && *end == from => {
                *end = to;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> Space {
        Space::new(0x1_2345, 0x1000_0000)
    }

    #[test]
    fn mappings_come_from_the_top_and_fill_gaps() {
        let mut space = space();
        let top = space.stack().start;
        let [a, b, c] = [1, 2, 1].map(|n| space.map(n * PAGE).unwrap());
        assert_eq!([a, b, c], [top - PAGE, top - 3 * PAGE, top - 4 * PAGE]);
        space.unmap(b..b + 2 * PAGE);
        assert_eq!(space.map(3 * PAGE), Some(top - 7 * PAGE));
        assert_eq!(space.map(2 * PAGE), Some(b));
        space.unmap(b + PAGE..b + 2 * PAGE);
        assert_eq!(space.map(PAGE), Some(b + PAGE));
        assert_eq!(space.map(0x1000_0000), None);
    }

    #[test]
    fn the_heap_grows_to_the_lowest_mapping_and_no_further() {
        let mut space = space();
        assert_eq!(space.set_heap_end(0), (0x1_3000, 0x1_3000..0x1_3000));
        assert_eq!(space.set_heap_end(0x1_4008), (0x1_4008, 0x1_3000..0x1_4008));
        let lowest = space.map(PAGE).unwrap();
        assert_eq!(space.set_heap_end(lowest + 1).0, 0x1_4008);
        assert!(!space.map_at(0x1_4000..0x1_5000), "the heap is there");
        assert!(space.map_at(0x10_0000..0x10_1000));
        assert_eq!(space.set_heap_end(0x20_0000).0, 0x1_4008);
    }

    #[test]
    fn a_mapping_grows_in_place_when_nothing_is_in_the_way() {
        let mut space = space();
        let upper = space.map(PAGE).unwrap();
        let lower = space.map(PAGE).unwrap();
        assert!(!space.resize(lower, PAGE, 2 * PAGE));
        space.unmap(upper..upper + PAGE);
        assert!(space.resize(lower, PAGE, 2 * PAGE));
        assert!(space.resize(lower, 2 * PAGE, PAGE));
        assert_eq!(space.map(PAGE), Some(upper));
    }
}
