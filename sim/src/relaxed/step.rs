//! The rules for loads, stores, branches and interrupts: one instruction of one hart. Those for barriers and cache
//! maintenance stand in [`super::barrier`].
//!
//! Pulte et al. (PLDI 2019, figures 5 and 6) give the rules for data; those for DC, IC and fetches are ours, made to agree
//! with the axiomatic models. Each term of a view stands behind the [`Rule`] that asks for it.

use super::fast_hash::FastSet;
use super::memory::{Image, Sharing, Timeline, Times, Touch};
use super::message::{Footprint, GRANULE, Message, Payload, Time};
use super::model::{Rule, Rules};
use super::native::Runtime;
use super::tape::Tape;
use super::thread::{Forward, Reservation, Stop, Thread};
use super::view::{raise, when};
use cmodx_isa::{AccessOrder, Arch};

/// What does not change while a hart runs against a list.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The architecture.
    pub arch: Arch,
    /// The rules.
    pub rules: Rules,
    /// Initial memory.
    pub image: &'a Image,
    /// The messages that concern the hart.
    pub list: &'a [Message],
    /// Who touches what.
    pub sharing: &'a Sharing,
    /// The hart's number.
    pub hart: u8,
    /// For each hart, where a store sends it an IPI.
    pub ipis: &'a [Option<Footprint>],
    /// Runtime functions in place of their code.
    pub runtime: Option<&'a Runtime>,
    /// Bytes in a cache line.
    pub line: u64,
    /// The longest list.
    pub max_messages: usize,
    /// Fetches that may see two instructions which must not replace each other while they are executed stop the hart.
    pub strict_fetch: bool,
    /// Every 4-byte RISC-V instruction is fetched in two halves, as if it stood at an address that is 2 modulo 4.
    pub split_words: bool,
    /// No message is quiet (see [`super::quiet`]), and what leads nowhere is followed to where it is seen to.
    pub every_order: bool,
}

impl Setting<'_> {
    /// True when a store there sends an interrupt: the O of fences orders it.
    pub(super) fn is_output(&self, at: Footprint) -> bool {
        self.ipis.contains(&Some(at)) || self.runtime.is_some_and(|r| r.is_output(at))
    }
}

/// What happened, for a counterexample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read these bytes from the write at this time.
    Read(Footprint, Time, u128),
    /// Made this message.
    Made(Time),
    /// Took the IPI sent at this time.
    Interrupt(Time),
    /// Fetched these bytes from the write at this time.
    Fetched(Footprint, Time),
    /// Did this in place of code.
    Runtime(&'static str),
}

/// One instruction while it runs.
#[derive(Debug)]
pub struct Step<'a> {
    /// Where.
    pub setting: &'a Setting<'a>,
    /// The hart.
    pub thread: &'a mut Thread,
    /// Its choices.
    pub tape: &'a mut Tape,
    /// New knowledge of who touches what.
    pub found: &'a mut Vec<(u64, Touch)>,
    /// The granules that were touched, those that nobody writes too.
    pub touched: &'a mut FastSet<u64>,
    /// What happened, when it is to be kept.
    pub effects: Option<&'a mut Vec<Effect>>,
    /// View of the fetch of this instruction.
    pub own_fetch: Time,
    /// View of its address operands.
    pub address: Time,
    /// View of its other operands.
    pub data: Time,
    /// View of what it loaded.
    pub loaded: Time,
    /// View of the result of a conditional store.
    pub status: Time,
    /// This way of falling of the choices leads nowhere.
    pub dead: bool,
    /// A message was not made because there are as many as there may be.
    pub bounded: bool,
    /// It did something that others can notice, or that depends on them.
    pub shared: bool,
}

impl Step<'_> {
    #[inline(always)]
    pub(super) fn rule(&self, rule: Rule, view: Time) -> Time {
        when(self.setting.rules.has(rule), view)
    }

    #[inline(always)]
    pub(super) fn has(&self, rule: Rule) -> bool {
        self.setting.rules.has(rule)
    }

    /// Memory as this hart sees it.
    pub(super) fn memory(&self) -> Timeline<'_> {
        Timeline { image: self.setting.image, list: self.setting.list, own: &self.thread.appended }
    }

    pub(super) fn effect(&mut self, effect: Effect) {
        if let Some(effects) = &mut self.effects {
            effects.push(effect);
        }
    }

    /// Notes that this hart touches the bytes; true when they are shared.
    pub(super) fn touch(&mut self, at: Footprint, writes: bool, public: bool) -> bool {
        let mut shared = false;
        for granule in at.granules() {
            self.touched.insert(granule);
            let known = self.setting.sharing.of(granule);
            let touch = Touch { harts: 1 << self.setting.hart, public, loud: false };
            match known {
                Some(k) if k.harts & touch.harts != 0 && (k.public || !public) => shared |= k.shared(),
                Some(k) => {
                    self.found.push((granule, touch));
                    shared |= k.shared();
                }
                None if writes => self.found.push((granule, touch)),
                None => {}
            }
        }
        if shared && *at.granules().start() != *at.granules().end() {
            for granule in at.granules() {
                if self.setting.sharing.of(granule).is_some_and(|k| !k.public) {
                    self.found.push((granule, Touch { harts: 0, public: true, loud: false }));
                }
            }
        }
        shared
    }

    /// Own messages that are still to be made make these times unreadable for loads of the bytes: a load may not read
    /// them, nor anything later.
    fn first_promise(&self, at: Footprint) -> Time {
        if !self.has(Rule::StoreCoherence) {
            return Time::MAX;
        }
        Times(self.thread.promised).find(|t| self.memory().at(*t).writes(at)).unwrap_or(Time::MAX)
    }

    /// The first message still to be made that only a release makes: no load or store of memory that stands before it in the
    /// program may come after it.
    fn first_release(&self) -> Time {
        let Some(runtime) = self.setting.runtime else { return Time::MAX };
        if !self.has(Rule::Release) || self.setting.every_order {
            return Time::MAX;
        }
        let releases = |t: &Time| self.memory().at(*t).footprint().is_some_and(|at| runtime.releases(at));
        Times(self.thread.promised).find(releases).unwrap_or(Time::MAX)
    }

    /// Reads; the value, the time that it was read from, and the view of the result.
    pub(super) fn read(&mut self, at: Footprint, order: AccessOrder) -> Option<(u128, Time, Time)> {
        let o = self.thread.order;
        let riscv = self.setting.arch == Arch::Riscv64;
        let mut before = self.rule(Rule::LoadAddress, self.address);
        raise(&mut before, self.rule(Rule::LoadNew, o.read_new));
        raise(&mut before, self.rule(Rule::AcquireRelease, when(order.acquire && !order.pc, o.release)));
        raise(&mut before, self.rule(Rule::Release, when(riscv && order.release, o.read_old.max(o.write_old))));
        raise(&mut before, self.rule(Rule::FetchOwnAccess, self.own_fetch));
        raise(&mut before, self.rule(Rule::FetchLoads, o.fetched));
        let (value, time, seen) =
            if self.touch(at, false, false) { self.read_shared(at, order, before)? } else { self.read_private(at)? };
        let view = before.max(seen);
        self.thread.raise_coherence(at, when(time != 0, view));
        let acquire = self.rule(Rule::Acquire, when(order.acquire, view));
        let (address, earlier_address) = (self.address, self.has(Rule::StoreEarlierAddress));
        let o = &mut self.thread.order;
        raise(&mut o.read_old, view);
        raise(&mut o.capture, when(earlier_address, address));
        raise(&mut o.release, when(riscv && order.release, view));
        for new in [&mut o.read_new, &mut o.write_new, &mut o.output_new] {
            raise(new, acquire);
        }
        Some((value, time, view))
    }

    fn read_shared(&mut self, at: Footprint, order: AccessOrder, before: Time) -> Option<(u128, Time, Time)> {
        self.shared = true;
        let floor = before.max(self.rule(Rule::LoadCoherence, self.thread.coherence(at)));
        let memory = self.memory();
        let last = (memory.len() as Time).min(self.first_promise(at).min(self.first_release()).saturating_sub(1));
        let oldest = memory.latest(at, floor);
        if oldest > last {
            self.dead = true;
            return None;
        }
        let later = memory.writes(at, floor + 1, last);
        self.chooses(at, later);
        let choice = self.tape.choose(1 + later.count());
        let time = if choice == 0 { oldest } else { later.nth(choice - 1) };
        let value = self.memory().value(at, time)?;
        let forward = self.thread.forward.iter().find(|f| f.time == time && f.at.covers(at));
        let forwarded = forward.filter(|f| {
            let barred = f.atomic && (self.setting.arch == Arch::Riscv64 || order.acquire);
            self.has(Rule::Forward) && !(barred && self.has(Rule::NoForwardAtomic))
        });
        let seen = forwarded.map_or(time, |f| f.view);
        if forwarded.is_none() {
            self.reads_back(at, time);
        }
        self.effect(Effect::Read(at, time, value));
        Some((value, time, seen))
    }

    fn read_private(&mut self, at: Footprint) -> Option<(u128, Time, Time)> {
        let mut value = self.setting.image.read(at)?;
        let mut view = 0;
        for granule in at.granules() {
            let Some(piece) = self.thread.private(granule) else { continue };
            raise(&mut view, piece.view);
            for i in 0..at.bytes as u64 {
                let address = at.at + i;
                let byte = address % GRANULE;
                if address / GRANULE == granule && piece.mask >> byte & 1 != 0 {
                    let new = (piece.value >> (8 * byte) & 0xff) as u128;
                    value = value & !(0xff << (8 * i)) | new << (8 * i);
                }
            }
        }
        Some((value, 0, view))
    }

    /// What every store of this hart comes after from now on.
    fn store_floor(&self) -> Time {
        let o = &self.thread.order;
        self.rule(Rule::StoreNew, o.write_new).max(o.capture).max(self.rule(Rule::FetchStores, o.fetched))
    }

    /// Writes. `half` is the other half of an atomic or exclusive pair: the time that was read. The time of
    /// the message, 0 for private memory.
    pub(super) fn write(&mut self, at: Footprint, value: u128, order: AccessOrder, half: Option<Time>) -> Option<Time> {
        let output = self.setting.is_output(at);
        let o = self.thread.order;
        let mut before = if output {
            self.rule(Rule::StoreNew, o.output_new).max(o.capture).max(self.rule(Rule::FetchStores, o.fetched))
        } else {
            self.store_floor()
        };
        raise(&mut before, self.rule(Rule::StoreAddress, self.address));
        raise(&mut before, self.rule(Rule::StoreData, self.data));
        raise(&mut before, self.rule(Rule::Release, when(order.release, o.read_old.max(o.write_old))));
        raise(&mut before, self.rule(Rule::FetchOwnAccess, self.own_fetch));
        let time = if self.touch(at, true, output) {
            raise(&mut before, self.rule(Rule::StoreCoherence, self.thread.coherence(at)));
            let payload = Payload::Write { at, value };
            let time = self.make(payload, before, at, half)?;
            self.thread.raise_coherence(at, time);
            let view = self.address.max(self.data);
            self.thread.remember(Forward { time, at, view, atomic: half.is_some() });
            time
        } else {
            self.setting.image.read(at)?;
            self.write_private(at, value);
            0
        };
        let riscv = self.setting.arch == Arch::Riscv64;
        let acquire = self.rule(Rule::Acquire, when(riscv && order.acquire, time));
        let (address, earlier_address) = (self.address, self.has(Rule::StoreEarlierAddress));
        let o = &mut self.thread.order;
        raise(if output { &mut o.output_old } else { &mut o.write_old }, time);
        raise(&mut o.capture, when(earlier_address, address));
        raise(&mut o.release, when(order.release, time));
        for new in [&mut o.read_new, &mut o.write_new, &mut o.output_new] {
            raise(new, acquire);
        }
        Some(time)
    }

    fn write_private(&mut self, at: Footprint, value: u128) {
        let view = self.address.max(self.data);
        for i in 0..at.bytes as u64 {
            let address = at.at + i;
            let byte = address % GRANULE;
            let piece = self.thread.private_mut(address / GRANULE);
            let new = (value >> (8 * i) & 0xff) as u64;
            piece.value = piece.value & !(0xff << (8 * byte)) | new << (8 * byte);
            piece.mask |= 1 << byte;
            piece.view = view;
        }
    }

    /// Makes a message that comes after `before`: one that was promised, or a new one.
    pub(super) fn make(&mut self, payload: Payload, before: Time, at: Footprint, since: Option<Time>) -> Option<Time> {
        self.shared = true;
        let quiet = self.writes_quietly(payload, since.is_some());
        if !quiet {
            self.orders_maintenance();
        }
        let message = Message { hart: self.setting.hart, payload };
        let len = self.setting.list.len() as Time;
        let new = len + self.thread.appended.len() as Time + 1;
        let atomic = self.has(Rule::Atomicity);
        let memory = self.memory();
        let alone = |time: Time| {
            let Some(since) = since else { return true };
            !atomic || (since + 1..time).all(|t| memory.at(t).hart == message.hart || !memory.at(t).writes(at))
        };
        // A message that overlaps one still to be made cannot stand behind it: coherence would lose the promise.
        let first = if at.bytes == 0 { Time::MAX } else { self.first_promise(at) };
        let in_memory = matches!(payload, Payload::Write { .. }) && !self.setting.is_output(at);
        let first = if in_memory { first.min(self.first_release()) } else { first };
        let fits = |time: Time| {
            let placed = time > before && time <= first && since.is_none_or(|s| s < time);
            placed && *memory.at(time) == message && alone(time)
        };
        let promises = Times(Times(self.thread.promised).filter(|time| fits(*time)).fold(0, |set, t| set | 1 << t));
        let room = (new as usize) <= self.setting.max_messages;
        let ways = promises.count() + usize::from(room && first == Time::MAX && alone(new));
        self.bounded |= !room;
        if ways == 0 {
            self.dead = true;
            return None;
        }
        let choice = self.tape.choose(ways);
        let time = if choice < promises.count() {
            let time = promises.nth(choice);
            self.thread.promised &= !(1 << time);
            time
        } else {
            if before <= len && self.thread.appended.len() < 64 {
                let set = if quiet { &mut self.thread.quieted } else { &mut self.thread.possible };
                *set |= 1 << self.thread.appended.len();
            }
            self.thread.appended.push(message);
            new
        };
        self.effect(Effect::Made(time));
        Some(time)
    }

    /// Reserves what was read.
    pub(super) fn reserve(&mut self, at: Footprint, time: Time) {
        self.thread.reserved = Some(Reservation { at, time });
    }

    /// Writes if the reservation holds, or fails, which it always may.
    pub(super) fn write_reserved(&mut self, at: Footprint, value: u128, order: AccessOrder) -> Option<bool> {
        let reserved = self.thread.reserved.take();
        self.status = 0;
        let Some(r) = reserved.filter(|r| r.at == at) else { return Some(false) };
        if self.tape.choose(2) == 0 {
            return Some(false);
        }
        let time = self.write(at, value, order, Some(r.time))?;
        self.status = self.rule(Rule::ScResult, time);
        Some(true)
    }

    /// A branch that depends on registers of this view.
    pub(super) fn branch(&mut self, view: Time) {
        let capture = self.rule(Rule::StoreControl, view);
        raise(&mut self.thread.order.capture, capture);
        raise(&mut self.thread.order.control, view);
    }

    /// Entry to the handler of the IPI sent at `time`.
    pub(super) fn interrupt(&mut self, time: Time) {
        let view = self.rule(Rule::Interrupt, time);
        let arm = self.setting.arch == Arch::Aarch64;
        let o = &mut self.thread.order;
        for view_of in [&mut o.read_old, &mut o.read_new, &mut o.write_new, &mut o.output_new, &mut o.capture] {
            raise(view_of, view);
        }
        raise(&mut o.fetch_new, when(arm, view));
        self.thread.interrupted = time;
        self.effect(Effect::Interrupt(time));
        if arm {
            self.synchronize();
        }
    }

    /// True when no message that the hart may still make could stand next in the list.
    pub(super) fn nothing_next(&self) -> bool {
        let len = self.setting.list.len() as Time;
        let o = &self.thread.order;
        let outputs = !(self.setting.runtime.is_some() || self.setting.ipis.iter().any(Option::is_some))
            || o.capture.max(self.rule(Rule::StoreNew, o.output_new)) > len;
        let invalidates = !self.has(Rule::FetchNeedsInvalidate)
            || self.rule(Rule::InvalidateBarrier, o.dsb).max(self.rule(Rule::InvalidateFetch, o.fetched)) > len;
        let cleans = !self.has(Rule::FetchNeedsClean)
            || self.rule(Rule::CleanBarrier, o.dsb).max(self.rule(Rule::CleanFetch, o.fetched)) > len;
        self.store_floor() > len && outputs && invalidates && cleans
    }

    /// Stops the hart when a promise can no longer be kept.
    pub(super) fn check_promises(&mut self) {
        if self.thread.promised == 0 {
            return;
        }
        let floor = self.store_floor();
        let lost = Times(self.thread.promised).take_while(|time| *time <= floor).any(|time| {
            let Some(at) = self.memory().at(time).footprint() else { return false };
            !self.setting.is_output(at)
        });
        self.dead |= lost;
    }

    /// Stops the hart for something that is not modelled.
    pub(super) fn unsupported(&mut self, what: &'static str) {
        self.thread.stop = Some(Stop::Unsupported(self.thread.pc, what));
    }

    pub(super) fn fetched(&mut self, at: Footprint, time: Time) {
        self.effect(Effect::Fetched(at, time));
    }
}
