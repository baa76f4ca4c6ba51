//! The store buffer of one hart: stores wait here between issue and L1D, leave in order, and are seen by nobody else until then.
//!
//! Each access of the hart itself sees its own waiting stores (forwarding). Left out: merging of neighbouring stores.

use crate::ids::Cycle;
use cmodx_isa::Size;
use std::collections::VecDeque;

/// A store on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Physical address.
    pub at: u64,
    /// Bytes.
    pub size: Size,
    /// Value in the low bytes.
    pub value: u64,
    /// Address of the store instruction.
    pub pc: u64,
    /// When it may leave for L1D.
    pub ready: Cycle,
}

/// What a load finds among the waiting stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forward {
    /// No waiting store touches it.
    None,
    /// One store holds all of it.
    Value(u64),
    /// Some bytes wait, others do not: the load must wait for the stores.
    Partial,
}

/// The buffer, oldest first.
#[derive(Clone)]
pub struct StoreBuffer {
    entries: VecDeque<Pending>,
    capacity: usize,
    delay: u64,
    last_ready: Cycle,
    /// When the oldest entry leaves for L1D, or reaches memory if it is on its way already.
    next: Cycle,
    /// True when the oldest entry has its line and reaches memory at `next`.
    writing: bool,
}

impl StoreBuffer {
    /// An empty buffer.
    pub fn new(entries: u8, delay: u8) -> StoreBuffer {
        StoreBuffer {
            entries: VecDeque::with_capacity(entries as usize),
            capacity: entries as usize,
            delay: delay as u64,
            last_ready: Cycle(0),
            next: Cycle::NEVER,
            writing: false,
        }
    }

    /// True when no store waits.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// True when `stores` more do not fit.
    #[inline(always)]
    pub fn is_full_for(&self, stores: usize) -> bool {
        self.entries.len() + stores > self.capacity.max(stores)
    }

    /// When something happens here next.
    #[inline(always)]
    pub fn next(&self) -> Cycle {
        self.next
    }

    /// True when the oldest store has its line and is about to reach memory.
    pub fn is_writing(&self) -> bool {
        self.writing
    }

    /// A store issues at `now`.
    #[inline(always)]
    pub fn push(&mut self, at: u64, size: Size, value: u64, pc: u64, now: Cycle) {
        let ready = now.after(self.delay).max(self.last_ready.after(1));
        self.last_ready = ready;
        if self.entries.is_empty() {
            self.next = ready;
        }
        self.entries.push_back(Pending { at, size, value, pc, ready });
    }

    /// The oldest store.
    pub fn oldest(&self) -> Option<&Pending> {
        self.entries.front()
    }

    /// The oldest store got its line and will reach memory at `done`.
    pub fn start_writing(&mut self, done: Cycle) {
        self.writing = true;
        self.next = done;
    }

    /// The oldest store reached memory at `now`.
    pub fn pop(&mut self, now: Cycle) {
        self.entries.pop_front();
        self.writing = false;
        self.next = match self.entries.front() {
            Some(next) => next.ready.max(now.after(1)),
            None => Cycle::NEVER,
        };
    }

    /// What a load of `size` bytes at `at` must take from here.
    #[inline(always)]
    pub fn forward(&self, at: u64, size: Size) -> Forward {
        if self.entries.is_empty() {
            return Forward::None;
        }
        let end = at + size.bytes();
        for store in self.entries.iter().rev() {
            let store_end = store.at + store.size.bytes();
            if store.at < end && at < store_end {
                if store.at <= at && end <= store_end {
                    return Forward::Value(store.value >> (8 * (at - store.at)) & size.mask());
                }
                return Forward::Partial;
            }
        }
        Forward::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_youngest_store_that_covers_a_load_is_forwarded() {
        let mut buffer = StoreBuffer::new(4, 1);
        buffer.push(0x100, Size::Double, 0x1111_2222_3333_4444, 0, Cycle(0));
        buffer.push(0x104, Size::Word, 0x5555_6666, 0, Cycle(1));
        assert_eq!(buffer.forward(0x104, Size::Half), Forward::Value(0x6666));
        assert_eq!(buffer.forward(0x100, Size::Word), Forward::Value(0x3333_4444));
        assert_eq!(buffer.forward(0x100, Size::Double), Forward::Partial);
        assert_eq!(buffer.forward(0x108, Size::Byte), Forward::None);
    }

    #[test]
    fn stores_leave_in_order_one_a_cycle() {
        let mut buffer = StoreBuffer::new(4, 2);
        buffer.push(0x100, Size::Byte, 1, 0, Cycle(10));
        buffer.push(0x200, Size::Byte, 2, 0, Cycle(10));
        assert_eq!(buffer.next(), Cycle(12));
        buffer.pop(Cycle(30));
        assert_eq!((buffer.oldest().unwrap().value, buffer.next()), (2, Cycle(31)));
        buffer.pop(Cycle(31));
        assert_eq!((buffer.is_empty(), buffer.next()), (true, Cycle::NEVER));
    }
}
