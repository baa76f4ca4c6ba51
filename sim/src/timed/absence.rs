//! Times in which something else keeps a hart from its code: handlers of interrupts and exceptions, and firmware that carries
//! out a remote fence.

use crate::ids::{Cycle, HartId};

/// What a hart did instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instead {
    /// A trap handler of the guest, from the trap to the return from the outermost one.
    Handler,
    /// A fence for another hart, in the firmware.
    RemoteFence,
}

/// One such time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Whose.
    pub hart: HartId,
    /// When it began.
    pub from: Cycle,
    /// When the hart went on.
    pub to: Cycle,
    /// Why.
    pub instead: Instead,
}

/// All absences since they are watched, and the handlers that each hart is in.
///
/// Traps and returns are counted, not matched: a thread that leaves its handler on another hart, as under preemption, ends the
/// absence of the hart that it returns on.
#[derive(Clone, Debug, Default)]
pub struct Absences {
    harts: Vec<(u32, Cycle)>,
    list: Vec<Absence>,
}

impl Absences {
    /// None so far, on so many harts.
    pub fn new(harts: usize) -> Absences {
        Absences { harts: vec![(0, Cycle(0)); harts], list: Vec::new() }
    }

    /// What has ended so far, in the order of the ends.
    pub fn list(&self) -> &[Absence] {
        &self.list
    }

    /// A hart traps.
    pub(super) fn enter(&mut self, hart: HartId, now: Cycle) {
        let (depth, from) = &mut self.harts[hart.index()];
        if *depth == 0 {
            *from = now;
        }
        *depth += 1;
    }

    /// A hart returns from a trap.
    pub(super) fn leave(&mut self, hart: HartId, now: Cycle) {
        let (depth, from) = &mut self.harts[hart.index()];
        if *depth == 1 {
            self.list.push(Absence { hart, from: *from, to: now, instead: Instead::Handler });
        }
        *depth = depth.saturating_sub(1);
    }

    /// A hart has carried out a fence for another one; one that was in a handler was away already.
    pub(super) fn fence(&mut self, hart: HartId, from: Cycle, to: Cycle) {
        if self.harts[hart.index()].0 == 0 {
            self.list.push(Absence { hart, from, to, instead: Instead::RemoteFence });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_handlers_and_fences_in_handlers_are_one_absence() {
        let (a, b) = (HartId(0), HartId(1));
        let mut absences = Absences::new(2);
        absences.enter(a, Cycle(10));
        absences.enter(a, Cycle(12));
        absences.fence(a, Cycle(13), Cycle(14));
        absences.fence(b, Cycle(13), Cycle(20));
        absences.leave(a, Cycle(15));
        absences.leave(a, Cycle(18));
        // The first return of a hart that was started in a handler.
        absences.leave(a, Cycle(30));
        let away = |hart, from, to, instead| Absence { hart, from: Cycle(from), to: Cycle(to), instead };
        assert_eq!(absences.list(), [away(b, 13, 20, Instead::RemoteFence), away(a, 10, 18, Instead::Handler)]);
    }
}
