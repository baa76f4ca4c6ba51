//! The rules for fetches.
//!
//! A fetch reads memory like a load, but is held back by less: no coherence among fetches, no forwarding, and on Arm a
//! floor that rises with cleaning and invalidation alone. It may read every write from its floor on, later ones too.

use super::arch::RelaxedIsa;
use super::memory::Times;
use super::message::{Footprint, MAX_MESSAGES, Payload, Time};
use super::model::Rule;
use super::step::Step;
use super::thread::Stop;
use super::view::{raise, when};
use cmodx_isa::Isa;

/// What was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The bits; a 16-bit instruction stands in the low half.
    pub word: u32,
    /// The view of the fetch.
    pub view: Time,
}

impl Step<'_> {
    /// Fetches the instruction at `pc`: `None` when memory has none there, or (with the reason in the thread) when the
    /// hart stops.
    ///
    /// RISC-V fetches aligned words whole (Ziccif for ILEN = 32): a 4-byte instruction at pc % 4 = 2 comes in two parts,
    /// and what stands behind a 2-byte instruction is fetched again.
    pub(super) fn fetch<I: RelaxedIsa>(&mut self, pc: u64) -> Option<Fetched> {
        let whole = Footprint::new(pc, 4);
        if !I::HALFWORDS {
            return if pc.is_multiple_of(4) { self.fetch_part::<I>(whole, true) } else { None };
        }
        let half = Footprint::new(pc, 2);
        let aligned = !self.setting.split_words && pc.is_multiple_of(4) && self.setting.image.read(whole).is_some();
        let first = self.fetch_part::<I>(if aligned { whole } else { half }, true)?;
        if <I as Isa>::length(first.word as u16) == 2 {
            return Some(Fetched { word: first.word & 0xffff, ..first });
        }
        if aligned {
            return Some(first);
        }
        let second = self.fetch_part::<I>(Footprint::new(pc + 2, 2), false)?;
        Some(Fetched { word: first.word & 0xffff | second.word << 16, view: first.view.max(second.view) })
    }

    /// Reads one part. `starts`: an instruction starts with it.
    fn fetch_part<I: RelaxedIsa>(&mut self, at: Footprint, starts: bool) -> Option<Fetched> {
        let o = &self.thread.order;
        let after = o.fetch_new.max(when(self.has(Rule::FetchOrder), o.fetched));
        let (word, time) = if self.touch(at, false, true) {
            self.fetch_written::<I>(at, after, starts)?
        } else {
            (self.setting.image.read(at)? as u32, 0)
        };
        let view = after.max(time);
        raise(&mut self.thread.order.fetched, view);
        Some(Fetched { word, view })
    }

    fn fetch_written<I: RelaxedIsa>(&mut self, at: Footprint, after: Time, starts: bool) -> Option<(u32, Time)> {
        let floor = self.fetch_floor(at, when(self.has(Rule::FetchFloor), after));
        let (memory, last) = (self.memory(), self.last_fetched());
        let later = memory.writes(at, floor + 1, memory.len() as Time);
        // Where there is nothing to choose a request that comes before the fetch shows no more than one behind it.
        self.shared |= later.0 != 0 || floor > last;
        let later = Times(later.0 & !(u128::MAX << last << 1));
        self.chooses(at, later);
        self.fetches_after(at, after);
        let memory = self.memory();
        if later.count() > 0 && self.setting.strict_fetch {
            let mut old = memory.value(at, floor)? as u32;
            for time in later {
                let new = memory.value(at, time)? as u32;
                let live = !self.setting.split_words && starts && I::may_change_live(old, new, at.at);
                if old != new && !live {
                    self.thread.stop = Some(Stop::Unpredictable(at.at));
                    return None;
                }
                old = new;
            }
        }
        let choice = self.tape.choose(1 + later.count());
        let time = if choice == 0 { floor } else { later.nth(choice - 1) };
        let word = self.memory().value(at, time)? as u32;
        self.fetched(at, time);
        Some((word, time))
    }

    /// The last time that a fetch may come at: where fetches come before later stores, before all stores still to be made.
    fn last_fetched(&self) -> Time {
        let ordered = self.has(Rule::FetchStores) || self.has(Rule::FetchOrder) && self.has(Rule::FetchOwnAccess);
        let store = |t: &Time| self.memory().at(*t).footprint().is_some();
        let first = Times(self.thread.promised).find(store).filter(|_| ordered);
        first.map_or(MAX_MESSAGES as Time, |t| t - 1)
    }

    /// The oldest write that a fetch ordered after `after` may read.
    fn fetch_floor(&self, at: Footprint, after: Time) -> Time {
        let memory = self.memory();
        if !self.has(Rule::FetchNeedsInvalidate) {
            return memory.latest(at, after);
        }
        let line = at.at & !(self.setting.line - 1);
        let invalidated = (1..=after).rev().find(|t| {
            let message = memory.at(*t);
            match message.payload {
                Payload::Invalidate { line: Some(l), .. } => l == line,
                Payload::Invalidate { line: None, local } => !local || message.hart == self.setting.hart,
                _ => false,
            }
        });
        let Some(invalidated) = invalidated else { return 0 };
        if !self.has(Rule::FetchNeedsClean) {
            return memory.latest(at, invalidated);
        }
        let cleaned = (1..invalidated).rev().find(|t| memory.at(*t).payload == Payload::Clean { line });
        cleaned.map_or(0, |t| memory.latest(at, t))
    }
}
