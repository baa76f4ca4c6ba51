//! The store buffer of one hart: stores wait here between issue and L1D, leave in order, and are seen by nobody else until then.
//!
//! Each access of the hart itself sees its own waiting stores (forwarding). Left out: merging of neighbouring stores.

use crate::core_model::StoreBuffer as Model;
use crate::ids::Cycle;
use cmodx_isa::Size;

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
    /// It reaches memory together with the next one.
    pub joined: bool,
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
    /// A ring; its length is a power of two.
    ring: Vec<Pending>,
    /// Where the oldest stands.
    first: usize,
    /// How many there are.
    waiting: usize,
    capacity: usize,
    delay: u64,
    /// Stores that may leave in one cycle.
    per_cycle: u8,
    last_ready: Cycle,
    /// The cycle in which a store left last, and how many did.
    left: (Cycle, u8),
    /// When the oldest entry leaves for L1D, or reaches memory if it is on its way already.
    next: Cycle,
    /// True when the oldest entry has its line and reaches memory at `next`.
    writing: bool,
    /// Somebody outside waits for one of these stores: they must go at their own cycles.
    pub heeded: bool,
}

impl StoreBuffer {
    /// An empty buffer.
    pub fn new(model: &Model) -> StoreBuffer {
        StoreBuffer {
            ring: vec![
                Pending { at: 0, size: Size::Byte, value: 0, pc: 0, ready: Cycle(0), joined: false };
                (model.entries as usize).next_power_of_two()
            ],
            first: 0,
            waiting: 0,
            capacity: model.entries as usize,
            delay: model.drain_delay as u64,
            per_cycle: model.per_cycle,
            last_ready: Cycle(0),
            left: (Cycle(0), 0),
            next: Cycle::NEVER,
            writing: false,
            heeded: false,
        }
    }

    /// Becomes what another buffer of the same model is.
    pub fn copy_from(&mut self, other: &StoreBuffer) {
        let mut ring = std::mem::take(&mut self.ring);
        ring.clone_from(&other.ring);
        *self = StoreBuffer { ring, ..*other };
    }

    /// What waits, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Pending> + Clone {
        (0..self.waiting).map(|age| &self.ring[self.place(age)])
    }

    /// Where the store stands that so many came before.
    #[inline(always)]
    fn place(&self, age: usize) -> usize {
        (self.first + age) & (self.ring.len() - 1)
    }

    /// Makes room for more: an instruction may store more than the buffer has places for.
    #[cold]
    fn grow(&mut self) {
        self.ring.rotate_left(self.first);
        self.first = 0;
        self.ring.resize(2 * self.ring.len(), self.ring[0]);
    }

    /// True when no store waits.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// True when `stores` more do not fit.
    #[inline(always)]
    pub fn is_full_for(&self, stores: usize) -> bool {
        self.waiting + stores > self.capacity.max(stores)
    }

    /// True when there are places for so many more.
    #[inline(always)]
    pub fn has_places(&self, stores: usize) -> bool {
        self.waiting + stores <= self.ring.len()
    }

    /// When something happens here next.
    #[inline(always)]
    pub fn next(&self) -> Cycle {
        self.next
    }

    /// Nothing happens here before `until`.
    pub fn hold(&mut self, until: Cycle) {
        if self.waiting > 0 {
            self.next = self.next.max(until);
        }
    }

    /// True when the oldest store has its line and is about to reach memory.
    pub fn is_writing(&self) -> bool {
        self.writing
    }

    /// A store issues at `now`.
    #[inline(always)]
    pub fn push(&mut self, at: u64, size: Size, value: u64, pc: u64, now: Cycle) {
        let ready = now.after(self.delay).max(self.last_ready);
        self.last_ready = ready;
        if self.waiting == 0 {
            self.next = self.may_leave(ready);
        }
        if self.waiting == self.ring.len() {
            self.grow();
        }
        let place = self.place(self.waiting);
        self.ring[place] = Pending { at, size, value, pc, ready, joined: false };
        self.waiting += 1;
    }

    /// The store of the instruction at `pc`, if it is the youngest, and the next one are one: they reach memory together.
    pub fn join_next(&mut self, pc: u64) {
        let youngest = self.place(self.waiting.wrapping_sub(1));
        if self.waiting > 0 && self.ring[youngest].pc == pc {
            self.ring[youngest].joined = true;
        }
    }

    /// The first cycle from `at` on in which one more may leave.
    #[inline(always)]
    fn may_leave(&self, at: Cycle) -> Cycle {
        let (cycle, count) = self.left;
        if at > cycle { at } else { cycle.after((count >= self.per_cycle) as u64) }
    }

    /// The oldest store.
    pub fn oldest(&self) -> Option<&Pending> {
        (self.waiting > 0).then(|| &self.ring[self.first])
    }

    /// The oldest store got its line and will reach memory at `done`.
    pub fn start_writing(&mut self, done: Cycle) {
        self.writing = true;
        self.next = done;
    }

    /// The oldest store reached memory at `now`.
    pub fn pop(&mut self, now: Cycle) {
        self.first = self.place(1);
        self.waiting = self.waiting.saturating_sub(1);
        self.writing = false;
        self.left = (now, if self.left.0 == now { self.left.1 + 1 } else { 1 });
        self.next = match self.oldest() {
            Some(next) => self.may_leave(next.ready),
            None => {
                self.heeded = false;
                Cycle::NEVER
            }
        };
    }

    /// What a load of `size` bytes at `at` must take from here.
    #[inline(always)]
    pub fn forward(&self, at: u64, size: Size) -> Forward {
        if self.waiting == 0 {
            return Forward::None;
        }
        let end = at + size.bytes();
        for age in (0..self.waiting).rev() {
            let store = &self.ring[self.place(age)];
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

    fn buffer(drain_delay: u8, per_cycle: u8) -> StoreBuffer {
        StoreBuffer::new(&Model { entries: 4, drain_delay, per_cycle, forward: 0 })
    }

    #[test]
    fn the_youngest_store_that_covers_a_load_is_forwarded() {
        let mut buffer = buffer(1, 1);
        buffer.push(0x100, Size::Double, 0x1111_2222_3333_4444, 0, Cycle(0));
        buffer.push(0x104, Size::Word, 0x5555_6666, 0, Cycle(1));
        assert_eq!(buffer.forward(0x104, Size::Half), Forward::Value(0x6666));
        assert_eq!(buffer.forward(0x100, Size::Word), Forward::Value(0x3333_4444));
        assert_eq!(buffer.forward(0x100, Size::Double), Forward::Partial);
        assert_eq!(buffer.forward(0x108, Size::Byte), Forward::None);
    }

    #[test]
    fn stores_leave_in_order_one_a_cycle() {
        let mut buffer = buffer(2, 1);
        buffer.push(0x100, Size::Byte, 1, 0, Cycle(10));
        buffer.push(0x200, Size::Byte, 2, 0, Cycle(10));
        assert_eq!(buffer.next(), Cycle(12));
        buffer.pop(Cycle(30));
        assert_eq!((buffer.oldest().unwrap().value, buffer.next()), (2, Cycle(31)));
        buffer.pop(Cycle(31));
        assert_eq!((buffer.is_empty(), buffer.next()), (true, Cycle::NEVER));
    }

    #[test]
    fn a_second_port_lets_two_leave_in_one_cycle_and_the_third_in_the_next() {
        let mut buffer = buffer(2, 2);
        for at in [0x100, 0x108, 0x110] {
            buffer.push(at, Size::Double, 0, 0, Cycle(10));
        }
        let mut left = Vec::new();
        while !buffer.is_empty() {
            left.push(buffer.next().0);
            buffer.pop(buffer.next());
        }
        assert_eq!(left, [12, 12, 13]);
    }
}
