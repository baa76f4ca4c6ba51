//! Runtime functions in place of their code: what harts ask of each other in a kernel, each as few messages as its meaning
//! has.
//!
//! A hart (the *asker*) calls a function of the runtime; the other harts answer. The real functions count harts in shared
//! memory and spin, which makes more messages than can be explored. Here a request is one message to all, and each hart's
//! answer one message back. (With a message to each hart the weakest order would be that in which all stand at the place of
//! the first: a request that is sent later orders more, and all are sent after the same.) What a hart does between taking the request and answering is the request's meaning:
//!
//! | request | taken | before the answer |
//! |---|---|---|
//! | [`Request::FenceI`] | at any boundary, whatever the hart's interrupt enables say (M mode) | FENCE.I |
//! | [`Request::Interrupt`] | where the hart takes interrupts | exception entry and return: context synchronization on Arm |
//! | [`Request::Quiesce`] | at voluntary points, and where threads are preempted | nothing |
//! | [`Request::Tasks`] | at voluntary points alone | nothing |
//! | [`Request::Stop`] | as [`Request::Quiesce`] | waits until the asker has finished, then FENCE.I or ISB, then answers again |
//!
//! The asker's request comes after all it did before (but for FENCE.I, where the guest's own `fence w,o` must see to it),
//! and what it does next comes after all answers. A request is taken at the last boundary before something that others
//! can notice: taking it earlier orders more and shows nothing else.

use super::arch::RelaxedIsa;
use super::message::{Footprint, Message, Time};
use super::model::Rule;
use super::run::Runner;
use super::step::{Effect, Step};
use super::thread::{Stop, Thread};
use super::view::{REGISTER_VIEWS, raise};
use cmodx_isa::{AccessOrder, Arch};

/// What a hart asks of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Request {
    /// SBI `remote_fence_i`: FENCE.I.
    FenceI,
    /// An interrupt was taken.
    Interrupt,
    /// The hart passed a point between calls.
    Quiesce,
    /// The thread that runs on the hart passed a voluntary point.
    Tasks,
    /// `stop_machine`: the hart stands still while the asker works.
    Stop,
}

impl Request {
    /// All of them.
    pub const ALL: [Request; 5] =
        [Request::FenceI, Request::Interrupt, Request::Quiesce, Request::Tasks, Request::Stop];

    /// What counterexamples call it.
    pub const fn name(self) -> &'static str {
        match self {
            Request::FenceI => "remote fence.i",
            Request::Interrupt => "interrupt",
            Request::Quiesce => "quiescence of harts",
            Request::Tasks => "quiescence of threads",
            Request::Stop => "stop_machine",
        }
    }
}

/// What stands in place of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// Asks all other harts, and waits for their answers.
    Ask(Request),
    /// Asks all other harts to stop, calls its first argument with its second, lets them go.
    Stop,
    /// Is not modelled: the hart stops, and the verdict is inconclusive.
    Unsupported(&'static str),
}

/// A part of a request that is left out, to see whether it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The whole request: the function returns at once.
    Whole,
    /// The asker does not wait for the answers.
    Wait,
    /// Who answers does not synchronize its fetches.
    Synchronization,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 3] = [Part::Whole, Part::Wait, Part::Synchronization];

    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Whole => "whole",
            Part::Wait => "wait",
            Part::Synchronization => "synchronization",
        }
    }
}

/// Most harts that take part.
pub const MAX_HARTS: u64 = 8;
/// Bytes of the mailbox that requests and answers go through.
pub const MAILBOX_BYTES: u64 = ANSWERS + ANSWERS_OF_HART * MAX_HARTS;

/// Requests stand first in the mailbox, 8 bytes each; then this; then what each hart answers to each of them.
const FINISHED: u64 = 0x38;
const ANSWERS: u64 = 0x40;
const ANSWERS_OF_HART: u64 = 0x40;
const LEFT: u64 = 0x38;

const MAGIC: u64 = 0xffff_ff00_0000_0000;
/// Where a hart that answers goes when its program is over: it goes on answering.
pub const IDLE: u64 = MAGIC;
/// A hart that stands still.
const STOPPED: u64 = MAGIC + 0x10;
/// The asker when the function that it called in a stopped machine returns.
const FINISH: u64 = MAGIC + 0x20;
/// The asker waits for answers to a request: one address for each.
const WAIT: u64 = MAGIC + 0x100;
/// The asker waits for all to have left.
const LEAVE: u64 = MAGIC + 0x30;

/// The runtime of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// [`MAILBOX_BYTES`] of memory that nobody else uses, aligned to 8.
    pub mailbox: u64,
    /// Functions and what stands in their place.
    pub functions: Vec<(u64, Native)>,
    /// The hart that asks.
    pub asker: u8,
    /// Number of harts, the asker included.
    pub harts: u8,
    /// Addresses that are voluntary points, besides [`IDLE`].
    pub points: Vec<u64>,
    /// Threads may be preempted wherever the hart takes interrupts.
    pub preemptible: bool,
    /// For each hart, the word that is not zero while its thread must not be preempted.
    pub preempt_counts: Vec<u64>,
    /// For each hart, the word that holds the pc of its thread while a stop has preempted that: it goes on at what stands
    /// there then. Empty when nobody looks there.
    pub saved_pcs: Vec<u64>,
    /// SBI's remote FENCE.I returns when all have executed it, and not as soon as it is sent.
    pub fence_completes: bool,
    /// What is left out: of which request, counted from 1 in the order in which the asker sends them.
    pub without: Vec<(u8, Part)>,
}

impl Runtime {
    /// Where a request to all others is written.
    pub fn request(&self, request: Request) -> Footprint {
        Footprint::new(self.mailbox + 8 * request as u64, 8)
    }

    /// Where the asker lets all go.
    pub fn finished(&self) -> Footprint {
        Footprint::new(self.mailbox + FINISHED, 8)
    }

    /// Where a hart answers.
    pub fn answer(&self, hart: u8, request: Request) -> Footprint {
        Footprint::new(self.mailbox + ANSWERS + ANSWERS_OF_HART * hart as u64 + 8 * request as u64, 8)
    }

    /// Where a hart says that it goes on after a stop.
    pub fn left(&self, hart: u8) -> Footprint {
        Footprint::new(self.mailbox + ANSWERS + ANSWERS_OF_HART * hart as u64 + LEFT, 8)
    }

    /// True when the two can change places for the asker: answers of different harts, of which it hears all or none.
    pub(super) fn both_answers(&self, one: &Message, other: &Message) -> bool {
        let answers = self.mailbox + ANSWERS..self.mailbox + MAILBOX_BYTES;
        let is_answer = |m: &Message| m.footprint().is_some_and(|at| answers.contains(&at.at));
        one.hart != other.hart && is_answer(one) && is_answer(other)
    }

    /// What a place in the mailbox is for.
    pub fn describe(&self, at: u64) -> Option<String> {
        if let Some(hart) = self.saved_pcs.iter().position(|saved| *saved == at) {
            return Some(format!("pc of hart {hart}'s preempted thread"));
        }
        let offset = at.checked_sub(self.mailbox).filter(|o| *o < MAILBOX_BYTES)?;
        if at == self.finished().at {
            return Some("stop_machine: go on".to_owned());
        }
        let Some(answer) = offset.checked_sub(ANSWERS) else {
            return Request::ALL.get(offset as usize / 8).map(|request| format!("{} asked of all", request.name()));
        };
        let (hart, slot) = (answer / ANSWERS_OF_HART, answer % ANSWERS_OF_HART);
        if slot == LEFT {
            return Some(format!("stop_machine: hart {hart} goes on"));
        }
        let request = Request::ALL.get(slot as usize / 8)?;
        Some(format!("{} answered by hart {hart}", request.name()))
    }

    /// The harts that answer.
    pub fn others(&self) -> impl Iterator<Item = u8> {
        let asker = self.asker;
        (0..self.harts).filter(move |h| *h != asker)
    }

    /// True for a place where a store is a request that firmware or an interrupt controller carries.
    pub fn is_output(&self, at: Footprint) -> bool {
        [Request::FenceI, Request::Interrupt].iter().any(|request| self.request(*request) == at)
    }

    /// True for a place where only releases write: all of the mailbox but what firmware is asked for.
    pub(super) fn releases(&self, at: Footprint) -> bool {
        (self.mailbox..self.mailbox + MAILBOX_BYTES).contains(&at.at) && at != self.request(Request::FenceI)
    }

    fn saved_pc(&self, hart: u8) -> Option<Footprint> {
        self.saved_pcs.get(hart as usize).map(|at| Footprint::new(*at, 8))
    }

    fn lacks(&self, number: u64, part: Part) -> bool {
        self.without.iter().any(|(n, p)| *n as u64 == number && *p == part)
    }

    fn native(&self, pc: u64) -> Option<Native> {
        self.functions.iter().find(|(at, _)| *at == pc).map(|(_, n)| *n)
    }
}

impl Step<'_> {
    /// What follows comes after the message at `time`.
    fn after(&mut self, time: Time) {
        let view = self.rule(Rule::Interrupt, time);
        let o = &mut self.thread.order;
        for view_of in [&mut o.read_old, &mut o.read_new, &mut o.write_new, &mut o.output_new, &mut o.capture] {
            raise(view_of, view);
        }
    }

    /// FENCE.I, or ISB.
    fn synchronize_fetches(&mut self) {
        if self.setting.arch == Arch::Riscv64 { self.fence_i() } else { self.synchronize() }
    }

    /// The code that this stands for is fetched too, though nobody writes it: its accesses come after what fetches come
    /// after now.
    fn as_fetched(&mut self) {
        let o = &self.thread.order;
        self.own_fetch = o.fetch_new.max(if self.has(Rule::FetchOrder) { o.fetched } else { 0 });
    }

    fn says(&mut self, at: Footprint, number: u64, order: AccessOrder) {
        self.as_fetched();
        if !self.dead {
            self.dead |= self.write(at, number as u128, order, None).is_none();
        }
    }

    /// Waits for this number: a loop whose branch depends on what was read.
    fn hears(&mut self, at: Footprint, number: u64) {
        self.as_fetched();
        if !self.dead {
            match self.read(at, AccessOrder::ACQUIRE) {
                Some((value, _, view)) if value == number as u128 => self.branch(view),
                _ => self.dead = true,
            }
        }
    }

    /// The pc that a preempted thread goes on at.
    fn resumes_at(&mut self, at: Footprint) -> u64 {
        self.as_fetched();
        let read = if self.dead { None } else { self.read(at, AccessOrder::PLAIN) };
        let Some((pc, _, view)) = read else {
            self.dead = true;
            return 0;
        };
        self.branch(view);
        pc as u64
    }

    fn tells(&mut self, what: &'static str) {
        self.effect(Effect::Runtime(what));
    }
}

impl<I: RelaxedIsa> Runner<'_, I> {
    /// True at an address where something stands in place of code.
    pub(super) fn is_native(&self, pc: u64) -> bool {
        self.setting.runtime.is_some_and(|r| pc >= MAGIC || r.native(pc).is_some())
    }

    /// The requests that this hart could take before its next instruction.
    pub(super) fn offers(&self, thread: &Thread) -> Vec<(Request, Time)> {
        let Some(runtime) = self.setting.runtime else { return Vec::new() };
        let hart = self.setting.hart;
        let mut offers = Vec::new();
        if hart == runtime.asker {
            return offers;
        }
        for request in Request::ALL {
            let at = runtime.request(request);
            let messages = self.setting.list.iter().chain(&thread.appended).enumerate();
            for (i, _) in messages.skip(thread.taken[request as usize] as usize).filter(|(_, m)| m.writes(at)) {
                offers.push((request, i as Time + 1));
            }
        }
        if !offers.is_empty() {
            let point = thread.pc == IDLE || runtime.points.contains(&thread.pc);
            let interrupts = thread.pc == IDLE || (thread.pc < MAGIC && self.takes_interrupts(thread));
            let preempted = runtime.preemptible && interrupts && self.preempt_count(thread) == 0;
            offers.retain(|(request, _)| match request {
                Request::FenceI => true,
                Request::Interrupt => interrupts,
                Request::Tasks => point,
                Request::Quiesce | Request::Stop => point || preempted,
            });
        }
        offers
    }

    fn preempt_count(&self, thread: &Thread) -> u64 {
        let Some(runtime) = self.setting.runtime else { return 0 };
        let Some(at) = runtime.preempt_counts.get(self.setting.hart as usize) else { return 0 };
        let initial = self.setting.image.read(Footprint::new(*at, 8)).unwrap_or(0) as u64;
        thread.private(at / 8).map_or(initial, |p| if p.mask == 0xff { p.value } else { initial })
    }

    /// True when requests taken here are no others than those taken behind an instruction that nobody can notice.
    pub(super) fn may_wait(&self, thread: &Thread) -> bool {
        let Some(runtime) = self.setting.runtime else { return false };
        !runtime.points.contains(&thread.pc) && !self.is_native(thread.pc)
    }

    /// Takes one of the requests, or none (false).
    pub(super) fn answer(&mut self, step: &mut Step<'_>, offers: &[(Request, Time)]) -> bool {
        let Some(runtime) = self.setting.runtime else { return false };
        if step.thread.pc == IDLE {
            self.forget(step.thread);
        }
        let choice = step.tape.choose(1 + offers.len());
        let Some((request, time)) = choice.checked_sub(1).map(|i| offers[i]) else { return false };
        let hart = self.setting.hart;
        let at = runtime.request(request);
        let number = step.memory().value(at, time).unwrap_or(0) as u64;
        step.effect(Effect::Interrupt(time));
        step.after(time);
        step.thread.taken[request as usize] = time;
        let synchronizes = !runtime.lacks(number, Part::Synchronization);
        let between = self.is_between(step.thread.pc);
        match request {
            Request::FenceI if synchronizes => {
                step.tells("fence.i");
                step.fence_i();
            }
            Request::Interrupt if synchronizes && self.setting.arch == Arch::Aarch64 => step.synchronize(),
            Request::Quiesce | Request::Stop if between && self.setting.arch == Arch::Aarch64 => step.synchronize(),
            _ => {}
        }
        let waits = !runtime.lacks(number, Part::Wait) && (request != Request::FenceI || runtime.fence_completes);
        let stops = request == Request::Stop && waits;
        if let Some(at) = runtime.saved_pc(hart).filter(|_| stops && between) {
            step.says(at, step.thread.pc, AccessOrder::PLAIN);
        }
        if waits {
            step.says(runtime.answer(hart, request), number, AccessOrder::RELEASE);
        }
        if stops {
            step.thread.resume = step.thread.pc;
            step.thread.pc = STOPPED;
        }
        true
    }

    /// Does what stands in place of the code at the hart's pc; false when nothing does.
    pub(super) fn native(&mut self, step: &mut Step<'_>) -> bool {
        let Some(runtime) = self.setting.runtime else { return false };
        let pc = step.thread.pc;
        match pc {
            IDLE => {
                self.forget(step.thread);
                step.thread.stop = Some(Stop::Done);
            }
            STOPPED => {
                let stop = step.thread.taken[Request::Stop as usize];
                let at = runtime.request(Request::Stop);
                let number = step.memory().value(at, stop).unwrap_or(0) as u64;
                step.tells("stands still until it may go on");
                step.hears(runtime.finished(), number);
                if !runtime.lacks(number, Part::Synchronization) {
                    step.synchronize_fetches();
                }
                step.says(runtime.left(self.setting.hart), number, AccessOrder::RELEASE);
                let back = step.thread.resume;
                step.thread.pc = match runtime.saved_pc(self.setting.hart) {
                    Some(at) if self.is_between(back) => step.resumes_at(at),
                    _ => back,
                };
            }
            FINISH => {
                step.tells("lets the others go on");
                step.says(runtime.finished(), step.thread.stop_number as u64, AccessOrder::RELEASE);
                if !runtime.lacks(step.thread.stop_number as u64, Part::Synchronization) {
                    step.synchronize_fetches();
                }
                step.thread.pc = LEAVE;
            }
            LEAVE => {
                for hart in runtime.others() {
                    step.hears(runtime.left(hart), step.thread.stop_number as u64);
                }
                step.thread.pc = step.thread.resume_stop;
            }
            _ if pc >= WAIT => {
                let request = Request::ALL[(pc - WAIT) as usize / 8];
                step.tells("waits for the answers");
                for hart in runtime.others() {
                    step.hears(runtime.answer(hart, request), step.thread.asked as u64);
                }
                if request == Request::Stop {
                    self.call_stopped(step);
                } else {
                    step.thread.pc = step.thread.resume;
                }
            }
            _ => match runtime.native(pc) {
                None => return false,
                Some(Native::Unsupported(what)) => step.unsupported(what),
                Some(Native::Ask(request)) => {
                    let back = self.link(step.thread);
                    self.ask(step, request, back);
                }
                Some(Native::Stop) => {
                    let back = self.link(step.thread);
                    step.thread.resume_stop = back;
                    self.ask(step, Request::Stop, back);
                    step.thread.stop_number = step.thread.asked;
                    if step.thread.pc == back {
                        self.call_stopped(step);
                    }
                }
            },
        }
        true
    }

    /// Sends a request to all others; goes on at `back` when they have answered.
    pub(super) fn ask(&mut self, step: &mut Step<'_>, request: Request, back: u64) {
        let Some(runtime) = self.setting.runtime else { return };
        step.thread.resume = back;
        step.thread.pc = back;
        step.thread.asked += 1;
        let number = step.thread.asked as u64;
        self.requests.insert((step.thread.asked, request));
        if runtime.lacks(number, Part::Whole) {
            return;
        }
        step.tells(request.name());
        // The order of firmware's request is what the guest's own fence makes it.
        let order = if request == Request::FenceI { AccessOrder::PLAIN } else { AccessOrder::RELEASE };
        step.says(runtime.request(request), number, order);
        let waits = !runtime.lacks(number, Part::Wait) && (request != Request::FenceI || runtime.fence_completes);
        if waits {
            step.thread.pc = WAIT + 8 * request as u64;
        }
    }

    /// All stand still: calls the function that stop_machine got.
    fn call_stopped(&mut self, step: &mut Step<'_>) {
        let Some(runtime) = self.setting.runtime else { return };
        let (first, link) = Self::registers_of_calls();
        let x = &mut step.thread.registers.x;
        step.thread.pc = x[first];
        x[first] = x[first + 1];
        let number = step.thread.stop_number as u64;
        let alone = runtime.lacks(number, Part::Whole) || runtime.lacks(number, Part::Wait);
        x[link] = if alone { step.thread.resume_stop } else { FINISH };
    }

    /// True at an address that is no voluntary point.
    fn is_between(&self, pc: u64) -> bool {
        pc != IDLE && self.setting.runtime.is_some_and(|r| !r.points.contains(&pc))
    }

    fn link(&self, thread: &Thread) -> u64 {
        thread.registers.x[Self::registers_of_calls().1]
    }

    /// Numbers of the first argument register and of the one with the return address.
    const fn registers_of_calls() -> (usize, usize) {
        match I::ARCH {
            Arch::Riscv64 => (10, 1),
            Arch::Aarch64 => (0, 30),
        }
    }

    /// The program is over: nothing of it matters but what is observed.
    fn forget(&self, thread: &mut Thread) {
        let Some(runtime) = self.setting.runtime else { return };
        let mut registers = super::arch::Registers { x: [0; 32], flags: 0 };
        for n in self.observed() {
            registers.x[*n as usize & 31] = thread.registers.x[*n as usize & 31];
        }
        thread.registers = registers;
        thread.views = [0; REGISTER_VIEWS];
        thread.private.clear();
        thread.forward.clear();
        thread.reserved = None;
        let mail = runtime.mailbox..runtime.mailbox + MAILBOX_BYTES;
        thread.coherence.retain(|(at, _)| mail.contains(&at.at));
    }
}
