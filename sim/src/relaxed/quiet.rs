//! Quiet messages: those whose place in the list nobody can tell.
//!
//! A patcher writes much that nobody looks at before it is announced: the instructions of a trampoline, an ops, what it
//! poisons after a grace period. Their orders are many and all the same. A granule is *quiet* until somebody is seen to
//! be able to tell:
//!
//! 1. some hart could read or fetch more than one write there;
//! 2. it is written by another hart than the asker (see [`super::native`]), or by an atomic, or together with what is loud;
//! 3. the asker reads its own write from memory and not from its store buffer, or fetches there without being synchronized
//!    with all quiet messages that it made;
//! 4. the asker does anything that orders, but DSB, or makes what is not quiet, before DSB has waited for cleaning or
//!    invalidation there.
//!
//! Cleaning and invalidation of a line are quiet as long as all of the line is: they move the floor of fetches, which shows
//! where a fetch may read more than one write.
//!
//! Then it is loud for good and exploration starts again, so that what it ends with saw none of these. Quiet messages that
//! could all stand next are proposed together, in the order of the program, and not one without the others.
//!
//! Nothing is lost. Take an execution where a quiet message n stands before another, m, that its hart makes first, and move
//! n to the place right behind m. What n passes does not come after n: by 2 and 3 nothing comes after n alone but cleaning of
//! its line, which moves with it, and what a barrier orders after n it orders after m too (by 4 if m is maintenance, which
//! DSB alone waits for). Whoever had seen something
//! behind n and then read n could, after the move, read n or what was there before: still what it did read, and by 1
//! the granule would be loud. Each move leaves fewer messages out of order. Then move each quiet message forward to the one
//! before it, if it could have stood next there: it comes after nothing that it passes. Who reads there read it (and still
//! does) or would have, after the move, two writes to choose from, or the old one still: by 1 the granule would be loud.

use super::memory::{Sharing, Times, Touch};
use super::message::{Footprint, Payload, Time};
use super::step::Step;

impl Sharing {
    /// True when nobody can tell the place of a write to these bytes in the list.
    pub fn quiet(&self, at: Footprint) -> bool {
        at.granules().all(|g| self.of(g).is_some_and(|touch| !touch.loud))
    }

    /// The same of maintenance of this line: what nobody is known to write there does not matter.
    fn quiet_line(&self, line: Footprint) -> bool {
        line.granules().all(|g| self.of(g).is_none_or(|touch| !touch.loud))
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
        if self.is_asker() && self.setting.sharing.quiet(at) && self.quiet_since(view).next().is_some() {
            self.make_loud(at);
        }
    }

    /// What of an own message decides whether it is quiet, and whether it is maintenance of a line.
    fn place(&self, payload: Payload) -> Option<(Footprint, bool)> {
        match payload {
            Payload::Write { at, .. } => Some((at, false)),
            Payload::Clean { line } | Payload::Invalidate { line: Some(line), .. } => {
                Some((Footprint::new(line, self.setting.line), true))
            }
            Payload::Invalidate { line: None, .. } => None,
        }
    }

    fn is_quiet(&self, at: Footprint, maintenance: bool) -> bool {
        if maintenance { self.setting.sharing.quiet_line(at) } else { self.setting.sharing.quiet(at) }
    }

    /// The places of quiet messages that the hart has made later than `view`.
    fn quiet_since(&self, view: Time) -> impl Iterator<Item = (Footprint, bool)> {
        let memory = self.memory();
        let made = move |time: &Time| self.thread.promised >> *time & 1 == 0;
        let own = move |time: Time| (memory.at(time).hart == self.setting.hart).then_some(memory.at(time).payload);
        let places = (view + 1..=memory.len() as Time).filter(made).filter_map(own);
        places.filter_map(|payload| self.place(payload)).filter(|(at, maintenance)| self.is_quiet(*at, *maintenance))
    }

    /// The hart orders something, or makes a message whose place others can tell.
    pub(super) fn orders_maintenance(&mut self) {
        let o = &self.thread.order;
        if o.clean_old.max(o.invalidate_old) > o.dsb && self.is_asker() {
            let lines: Vec<Footprint> = self.quiet_since(o.dsb).filter(|place| place.1).map(|place| place.0).collect();
            lines.into_iter().for_each(|line| self.make_line_loud(line));
        }
    }

    fn make_line_loud(&mut self, line: Footprint) {
        for granule in line.granules() {
            if self.setting.sharing.of(granule).is_some_and(|touch| !touch.loud) {
                self.found.push((granule, Touch { harts: 0, public: false, loud: true }));
            }
        }
    }

    /// True when the message that is about to be made is quiet; `atomic`: it is half of an atomic or exclusive pair.
    pub(super) fn writes_quietly(&mut self, payload: Payload, atomic: bool) -> bool {
        let Some((at, maintenance)) = self.place(payload) else { return false };
        if self.setting.runtime.is_none() || self.setting.every_order {
            return false;
        }
        let quiet = self.is_quiet(at, maintenance) && !atomic && self.is_asker();
        if !quiet {
            if maintenance { self.make_line_loud(at) } else { self.make_loud(at) }
        }
        quiet
    }
}
