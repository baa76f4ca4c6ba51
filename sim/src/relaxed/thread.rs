//! The state of one hart that runs alone against a list of messages.

use super::arch::Registers;
use super::message::{Footprint, Message, Time};
use super::view::{REGISTER_VIEWS, Views, raise};

/// An own write that later loads may read before it is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Forward {
    /// The write.
    pub time: Time,
    /// What it was written.
    pub at: Footprint,
    /// What decided its address and value.
    pub view: Time,
    /// It was made by an atomic or exclusive store.
    pub atomic: bool,
}

/// A reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reservation {
    /// What is reserved.
    pub at: Footprint,
    /// The write that was read.
    pub time: Time,
}

/// A piece of memory that no other hart touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Private {
    /// Number of the granule.
    pub granule: u64,
    /// Its bytes.
    pub value: u64,
    /// Which of them were written.
    pub mask: u8,
    /// What decided the last value.
    pub view: Time,
}

/// Why a hart stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// It reached an address where it is to stop.
    Done,
    /// It reached this address, which is forbidden.
    Forbidden(u64),
    /// The instruction at this address raised an exception that no handler takes.
    Fault(u64),
    /// It fetched this address, where old or new instruction may not be replaced while it is executed.
    Unpredictable(u64),
    /// The instruction at this address did something that is not modelled.
    Unsupported(u64, &'static str),
    /// It made as many steps as it may.
    Bound,
}

/// One hart between two instructions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    /// Address of the next instruction.
    pub pc: u64,
    /// General registers.
    pub registers: Registers,
    /// Which of the states of the other registers it is in (see [`super::run`]).
    pub system: u16,
    /// View of each register.
    pub views: [Time; REGISTER_VIEWS],
    /// The other views.
    pub order: Views,
    /// For each footprint that was accessed: nothing older may be read or written there.
    pub coherence: Vec<(Footprint, Time)>,
    /// Own writes that may be forwarded.
    pub forward: Vec<Forward>,
    /// The reservation.
    pub reserved: Option<Reservation>,
    /// Own messages of the list that have not been made yet, as a mask of times.
    pub promised: u128,
    /// Own messages beyond the list.
    pub appended: Vec<Message>,
    /// Those of them that could stand next in the list: bit for each.
    pub possible: u64,
    /// Quiet ones that could stand there together (see [`super::quiet`]).
    pub quieted: u64,
    /// Private memory, by granule.
    pub private: Vec<Private>,
    /// The last IPI taken.
    pub interrupted: Time,
    /// The last request of each kind that was taken (see [`super::native`]).
    pub taken: [Time; 5],
    /// Which of the marked addresses were executed.
    pub marked: u8,
    /// Number of requests sent.
    pub asked: u8,
    /// Where a hart that waits in the runtime goes on.
    pub resume: u64,
    /// Where it goes on when the stop that it asked for is over.
    pub resume_stop: u64,
    /// The number of that stop.
    pub stop_number: u8,
    /// Why it stopped.
    pub stop: Option<Stop>,
}

impl Thread {
    /// A hart at `pc` with these registers, and the own messages that it is to make.
    pub fn new(pc: u64, registers: Registers, promised: u128) -> Thread {
        Thread {
            pc,
            registers,
            system: 0,
            views: [0; REGISTER_VIEWS],
            order: Views::default(),
            coherence: Vec::new(),
            forward: Vec::new(),
            reserved: None,
            promised,
            appended: Vec::new(),
            possible: 0,
            quieted: 0,
            private: Vec::new(),
            interrupted: 0,
            taken: [0; 5],
            marked: 0,
            asked: 0,
            resume: 0,
            resume_stop: 0,
            stop_number: 0,
            stop: None,
        }
    }

    /// Bytes of memory that it takes.
    pub fn bytes(&self) -> usize {
        size_of::<Thread>()
            + size_of_val(&self.coherence[..])
            + size_of_val(&self.forward[..])
            + size_of_val(&self.appended[..])
            + size_of_val(&self.private[..])
    }

    /// The coherence view of these bytes.
    #[inline]
    pub fn coherence(&self, at: Footprint) -> Time {
        self.coherence.iter().filter(|(f, _)| f.overlaps(at)).map(|(_, t)| *t).max().unwrap_or(0)
    }

    /// Raises the coherence view of these bytes.
    pub fn raise_coherence(&mut self, at: Footprint, by: Time) {
        if by == 0 {
            return;
        }
        match self.coherence.binary_search_by_key(&at, |(f, _)| *f) {
            Ok(i) => raise(&mut self.coherence[i].1, by),
            Err(i) => self.coherence.insert(i, (at, by)),
        }
    }

    /// Remembers an own write for forwarding, in place of those that it hides.
    pub fn remember(&mut self, forward: Forward) {
        self.forward.retain(|f| !forward.at.covers(f.at));
        self.forward.push(forward);
    }

    /// The private bytes of a granule.
    pub fn private(&self, granule: u64) -> Option<&Private> {
        self.private.binary_search_by_key(&granule, |p| p.granule).ok().map(|i| &self.private[i])
    }

    /// The private bytes of a granule, to be changed.
    pub fn private_mut(&mut self, granule: u64) -> &mut Private {
        let i = match self.private.binary_search_by_key(&granule, |p| p.granule) {
            Ok(i) => i,
            Err(i) => {
                self.private.insert(i, Private { granule, value: 0, mask: 0, view: 0 });
                i
            }
        };
        &mut self.private[i]
    }
}
