//! Quiet stores: those whose place in the list nobody can tell.
//!
//! A patcher writes much that nobody looks at before it is announced: the instructions of a trampoline, an ops, what it
//! poisons after a grace period. Their orders are many and all the same. A granule is *quiet* until somebody is seen to
//! be able to tell:
//!
//! 1. some hart could read or fetch more than one write there;
//! 2. it is written by another hart than the asker (see [`super::native`]), or by an atomic, or together with what is loud;
//! 3. the asker reads its own write from memory and not from its store buffer, or fetches there without being synchronized
//!    with all quiet writes that it made.
//!
//! Then it is loud for good and exploration starts again, so that what it ends with saw none of these. Quiet messages that
//! could all stand next are proposed together, in the order of the program, and not one without the others.
//!
//! Nothing is lost. Take an execution where a quiet message n stands before another, m, that its hart makes first, and move
//! n to the place right behind m. What n passes does not come after n: by 2 and 3 nothing comes after n alone but cleaning of
//! its line, which moves with it, and what a barrier orders after n it orders after m too. Whoever had seen something
//! behind n and then read n could, after the move, read n or what was there before: still what it did read, and by 1
//! the granule would be loud. Each move leaves fewer messages out of order. Then move each quiet message forward to the one
//! before it, if it could have stood next there: it comes after nothing that it passes. Who reads there read it (and still
//! does) or would have, after the move, two writes to choose from, or the old one still: by 1 the granule would be loud.

use super::memory::{Sharing, Times, Touch};
use super::message::{Footprint, Message, Payload, Time};
use super::step::Step;

impl Sharing {
    /// True when nobody can tell the place of a write to these bytes in the list.
    pub fn quiet(&self, at: Footprint) -> bool {
        at.granules().all(|g| self.of(g).is_some_and(|touch| !touch.loud))
    }
}

impl Step<'_> {
    fn is_asker(&self) -> bool {
        self.setting.runtime.is_some_and(|r| r.asker == self.setting.hart)
    }

    fn make_loud(&mut self, at: Footprint) {
        for granule in at.granules() {
            if self.setting.sharing.of(granule).is_none_or(|touch| !touch.loud) {
                self.found.push((granule, Touch { harts: 0, public: false, loud: true }));
            }
        }
    }

    /// A load or fetch of these bytes may read these writes too.
    pub(super) fn chooses(&mut self, at: Footprint, later: Times) {
        if self.setting.runtime.is_some() && later.0 != 0 {
            self.make_loud(at);
        }
    }

    /// Reads from memory what may be an own write.
    pub(super) fn reads_back(&mut self, at: Footprint, time: Time) {
        if time != 0 && self.is_asker() && self.memory().at(time).hart == self.setting.hart {
            self.make_loud(at);
        }
    }

    /// Fetches these bytes; the fetch comes after `view`.
    pub(super) fn fetches_after(&mut self, at: Footprint, view: Time) {
        if !self.is_asker() || !self.setting.sharing.quiet(at) {
            return;
        }
        let made = |time: Time| self.thread.promised >> time & 1 == 0;
        let own_and_quiet =
            |m: &Message| m.hart == self.setting.hart && m.footprint().is_some_and(|at| self.setting.sharing.quiet(at));
        let memory = self.memory();
        if (view + 1..=memory.len() as Time).any(|time| made(time) && own_and_quiet(memory.at(time))) {
            self.make_loud(at);
        }
    }

    /// True when the message that is about to be made is quiet; `atomic`: it is half of an atomic or exclusive pair.
    pub(super) fn writes_quietly(&mut self, payload: Payload, atomic: bool) -> bool {
        let Payload::Write { at, .. } = payload else { return false };
        if self.setting.runtime.is_none() || self.setting.every_order {
            return false;
        }
        if !self.setting.sharing.quiet(at) || atomic || !self.is_asker() {
            self.make_loud(at);
            return false;
        }
        true
    }
}
