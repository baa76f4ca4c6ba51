//! One hart alone against a list of messages: all that it can do.
//!
//! The list holds every message that there is, other harts' and its own. A store of the hart makes one of its own
//! messages of the list, or appends a new one. A run in which all own messages were made and none appended is part of an
//! execution; what was appended after the others were made could stand next in the list (promise-first exploration,
//! theorem 7.1 of the supplement to Pulte et al., PLDI 2019).

use super::arch::{RelaxedIsa, views_of};
use super::context::Relaxed;
use super::fast_hash::FastSet;
use super::memory::{Times, Touch};
use super::message::{Message, Time};
use super::native::Request;
use super::step::{Effect, Setting, Step};
use super::tape::Tape;
use super::thread::{Stop, Thread};
use super::view::{OTHER, raise};
use cmodx_isa::{Access, AccessKind, Arch, Class, Fault, FaultKind, Flow, RegSet};
use std::collections::BTreeSet;

/// How a run of one hart may end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// Why it stopped.
    pub stop: Stop,
    /// The registers that are observed.
    pub registers: Vec<u64>,
}

/// All that one hart can do against a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunResult {
    /// The ends of runs that made exactly the own messages of the list.
    pub ends: BTreeSet<End>,
    /// Messages that could stand next in the list; quiet ones together that can stand one behind the other.
    pub next: BTreeSet<Vec<Message>>,
    /// Some run makes the own messages of the list, all of them and no others, up to some point.
    pub keeps_promises: bool,
    /// Some run was cut short by a bound.
    pub bounded: bool,
    /// That bound was the one on memory.
    pub out_of_memory: bool,
    /// Number of states looked at.
    pub states: u64,
    /// New knowledge of who touches what; the rest is void when there is some.
    pub found: Vec<(u64, Touch)>,
    /// The granules that were touched, sorted.
    pub touched: Vec<u64>,
    /// Requests sent (see [`super::native`]), by number.
    pub requests: BTreeSet<(u8, Request)>,
    /// Addresses of the barriers and cache operations that a hart which sends requests executed.
    pub barriers: BTreeSet<u64>,
}

/// A hart and the rules for its end.
#[derive(Clone, Debug)]
pub struct HartPlan<I: RelaxedIsa> {
    /// Address of the first instruction.
    pub pc: u64,
    /// Its registers.
    pub hart: I::Hart,
    /// Where it is done.
    pub stops: Vec<u64>,
    /// Where it must not come.
    pub forbidden: Vec<u64>,
    /// Addresses whose execution is observed: bit for each, as one more value behind the registers. At most 8.
    pub marks: Vec<u64>,
    /// Registers to observe at the end.
    pub observed: Vec<u8>,
    /// Exceptions go to the guest's handler; else they stop the hart.
    pub takes_exceptions: bool,
    /// Most states that one run may look at.
    pub max_states: u64,
    /// Most bytes that the states of one run may take.
    pub max_bytes: usize,
}

/// The instruction ECALL.
const ECALL: u32 = 0x73;

/// Runs a hart.
#[derive(Debug)]
pub struct Runner<'a, I: RelaxedIsa> {
    plan: &'a HartPlan<I>,
    pub(super) setting: Setting<'a>,
    /// States that the registers other than the general ones were in: [`Thread::system`] counts them.
    systems: Vec<I::Hart>,
    /// The hart that instructions work on, and which of `systems` it is in.
    scratch: I::Hart,
    loaded: u16,
    found: Vec<(u64, Touch)>,
    touched: FastSet<u64>,
    /// Requests sent, by number, and addresses of barriers executed, where the hart is one that asks.
    pub(super) requests: BTreeSet<(u8, Request)>,
    barriers: BTreeSet<u64>,
}

/// True for what touches registers and the pc alone, and always does the same.
const fn only_computes(class: Class) -> bool {
    matches!(
        class,
        Class::Alu
            | Class::AluShifted
            | Class::Branch
            | Class::Jump
            | Class::Call
            | Class::IndirectJump
            | Class::IndirectCall
            | Class::Return
            | Class::Nop
    )
}

/// True for what nobody else can notice as long as the memory that it touches is private.
const fn is_local(class: Class) -> bool {
    only_computes(class)
        || matches!(class, Class::Mul | Class::Load | Class::LoadPair | Class::Store | Class::StorePair)
}

/// How one step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stepped {
    dead: bool,
    bounded: bool,
    /// Nothing that follows can add a message that stands next in the list.
    nothing_next: bool,
}

impl<'a, I: RelaxedIsa> Runner<'a, I> {
    /// A hart that follows `plan` in `setting`.
    pub fn new(plan: &'a HartPlan<I>, setting: Setting<'a>) -> Runner<'a, I> {
        let mut system = plan.hart.clone();
        I::set_registers(&mut system, &super::arch::Registers { x: [0; 32], flags: 0 });
        let scratch = system.clone();
        Runner {
            plan,
            setting,
            systems: vec![system],
            scratch,
            loaded: 0,
            found: Vec::new(),
            touched: FastSet::default(),
            requests: BTreeSet::new(),
            barriers: BTreeSet::new(),
        }
    }

    /// The hart before its first instruction.
    pub fn start(&self) -> Thread {
        let own = |m: &Message| m.hart == self.setting.hart;
        let promised = (0..self.setting.list.len()).filter(|i| own(&self.setting.list[*i]));
        Thread::new(self.plan.pc, I::registers(&self.plan.hart), promised.fold(0, |set, i| set | 1 << (i + 1)))
    }

    /// All that the hart can do.
    pub fn run(mut self) -> RunResult {
        let mut result = RunResult::default();
        let mut seen: FastSet<Thread> = FastSet::default();
        let mut stack = vec![self.start()];
        let mut tape = Tape::new();
        let mut bytes = 0;
        while let Some(mut thread) = stack.pop() {
            loop {
                result.states += 1;
                result.out_of_memory = bytes > self.plan.max_bytes;
                if result.states > self.plan.max_states || result.out_of_memory {
                    result.bounded = true;
                    return self.told(result);
                }
                if self.at_end(&mut thread) {
                    self.note(&mut thread, &mut result);
                    self.quiet_end(&thread, &mut result);
                    self.end(&thread, &mut result);
                    break;
                }
                if self.may_wait(&thread)
                    && let from = thread.pc
                    && let Some(stepped) = self.step_alone(&mut thread)
                {
                    result.bounded |= stepped.bounded;
                    if thread.pc <= from && !self.is_new(&thread, &mut seen, &mut bytes) {
                        break;
                    }
                    continue;
                }
                if !self.may_choose(&thread) {
                    let from = thread.pc;
                    let stepped = self.step(&mut thread, &mut tape, None);
                    debug_assert!(!tape.advance(), "a step that was to make no choice made one");
                    result.bounded |= stepped.bounded;
                    if stepped.dead || (thread.pc <= from && !self.is_new(&thread, &mut seen, &mut bytes)) {
                        self.quiet_end(&thread, &mut result);
                        break;
                    }
                    continue;
                }
                let offers = self.offers(&thread);
                loop {
                    let mut next = thread.clone();
                    let stepped = self.attempt(&mut next, &mut tape, None, &offers).0;
                    result.bounded |= stepped.bounded;
                    if stepped.dead {
                        self.quiet_end(&thread, &mut result);
                    } else {
                        self.note(&mut next, &mut result);
                        let idle = next.promised == 0 && !next.appended.is_empty() && stepped.nothing_next;
                        if idle {
                            self.quiet_end(&next, &mut result);
                        } else if self.is_new(&next, &mut seen, &mut bytes) {
                            stack.push(next);
                        }
                    }
                    if !tape.advance() {
                        break;
                    }
                }
                break;
            }
        }
        self.told(result)
    }

    /// The result with what the runner has noticed on the way.
    fn told(mut self, mut result: RunResult) -> RunResult {
        self.found.sort_unstable_by_key(|(g, t)| (*g, t.harts, t.public, t.loud));
        self.found.dedup();
        result.found = self.found;
        result.touched = self.touched.into_iter().collect();
        result.touched.sort_unstable();
        result.requests = self.requests;
        result.barriers = self.barriers;
        result
    }

    /// Gives out the messages that could stand next, once the promises are kept.
    fn note(&self, thread: &mut Thread, result: &mut RunResult) {
        if thread.promised == 0 {
            result.keeps_promises |= thread.appended.is_empty();
            for i in Times(thread.possible as u128) {
                result.next.insert(vec![thread.appended[i as usize]]);
            }
            thread.possible = 0;
        }
    }

    /// Gives out the quiet messages that could stand next, where this way of going on ends.
    fn quiet_end(&self, thread: &Thread, result: &mut RunResult) {
        if thread.promised == 0 && thread.quieted != 0 {
            result.next.insert(Times(thread.quieted as u128).map(|i| thread.appended[i as usize]).collect());
        }
    }

    /// Remembers a state; false when it was there already. What it takes is counted twice: it may also wait to be gone on from.
    fn is_new(&self, thread: &Thread, seen: &mut FastSet<Thread>, bytes: &mut usize) -> bool {
        let new = seen.insert(thread.clone());
        *bytes += if new { 2 * thread.bytes() } else { 0 };
        new
    }

    fn end(&self, thread: &Thread, result: &mut RunResult) {
        let stop = thread.stop.expect("the hart has stopped");
        result.bounded |= stop == Stop::Bound;
        if thread.promised == 0 && thread.appended.is_empty() {
            result.ends.insert(self.end_of(thread));
        }
    }

    /// The end that a stopped hart has come to.
    pub fn end_of(&self, thread: &Thread) -> End {
        let observed = self.plan.observed.iter().map(|r| thread.registers.x[*r as usize & 31]);
        let marks = (!self.plan.marks.is_empty()).then_some(thread.marked as u64);
        let registers = observed.chain(marks).collect();
        End { stop: thread.stop.unwrap_or(Stop::Bound), registers }
    }

    /// True when the hart is at an end.
    pub fn at_end(&self, thread: &mut Thread) -> bool {
        if thread.stop.is_none() {
            if self.plan.stops.contains(&thread.pc) {
                thread.stop = Some(Stop::Done);
            } else if self.plan.forbidden.contains(&thread.pc) {
                thread.stop = Some(Stop::Forbidden(thread.pc));
            }
        }
        thread.stop.is_some()
    }

    /// False when the next step makes no choice for certain.
    fn may_choose(&self, thread: &Thread) -> bool {
        let at = super::message::Footprint::new(thread.pc, 4);
        if at.granules().any(|g| self.setting.sharing.of(g).is_some()) || self.waiting_ipis(thread) > 0 {
            return true;
        }
        if self.setting.runtime.is_some() && (self.is_native(thread.pc) || !self.offers(thread).is_empty()) {
            return true;
        }
        let Some(word) = self.setting.image.read(at) else { return true };
        let class = I::class(&I::decode(word as u32));
        !only_computes(class) && !matches!(class, Class::Fence | Class::FenceI | Class::Dsb | Class::Isb)
    }

    /// Number of IPIs that have been sent to this hart and not been taken.
    fn waiting_ipis(&self, thread: &Thread) -> usize {
        let Some(at) = self.setting.ipis.get(self.setting.hart as usize).copied().flatten() else { return 0 };
        let first = thread.interrupted as usize;
        let messages = self.setting.list.iter().chain(&thread.appended);
        messages.skip(first).filter(|m| m.writes(at)).count()
    }

    fn load(&mut self, thread: &Thread) {
        if self.loaded != thread.system {
            self.scratch = self.systems[thread.system as usize].clone();
            self.loaded = thread.system;
        }
        I::set_registers(&mut self.scratch, &thread.registers);
    }

    /// Takes the registers back, those that seldom change too when they may have.
    fn unload(&mut self, thread: &mut Thread, all: bool) {
        thread.registers = I::registers(&self.scratch);
        if all {
            let mut system = self.scratch.clone();
            I::set_registers(&mut system, &super::arch::Registers { x: [0; 32], flags: 0 });
            let known = self.systems.iter().position(|s| *s == system);
            let number = known.unwrap_or_else(|| {
                self.systems.push(system);
                self.systems.len() - 1
            });
            thread.system = number as u16;
            self.loaded = thread.system;
        }
    }

    /// True when the hart touched memory in a way that was not known.
    pub fn found_new(&self) -> bool {
        !self.found.is_empty()
    }

    /// Makes one step: takes an interrupt, or executes an instruction. Returns whether this way leads nowhere.
    pub fn advance(&mut self, thread: &mut Thread, tape: &mut Tape, effects: &mut Vec<Effect>) -> bool {
        self.step(thread, tape, Some(effects)).dead
    }

    fn step(&mut self, thread: &mut Thread, tape: &mut Tape, effects: Option<&mut Vec<Effect>>) -> Stepped {
        if self.may_wait(thread)
            && let Some(stepped) = self.step_alone(thread)
        {
            return stepped;
        }
        let offers = self.offers(thread);
        self.attempt(thread, tape, effects, &offers).0
    }

    /// Executes an instruction that nobody else can notice.
    fn step_alone(&mut self, thread: &mut Thread) -> Option<Stepped> {
        let mut next = thread.clone();
        let mut tape = Tape::new();
        let (stepped, shared) = self.attempt(&mut next, &mut tape, None, &[]);
        if shared || stepped.dead || next.stop.is_some() || !tape.taken().is_empty() {
            return None;
        }
        *thread = next;
        Some(stepped)
    }

    /// One step: how it went, and whether others can notice it.
    fn attempt(
        &mut self,
        thread: &mut Thread,
        tape: &mut Tape,
        effects: Option<&mut Vec<Effect>>,
        offers: &[(Request, Time)],
    ) -> (Stepped, bool) {
        let waiting = self.waiting_ipis(thread);
        self.load(thread);
        let mut found = std::mem::take(&mut self.found);
        let mut touched = std::mem::take(&mut self.touched);
        let setting = self.setting;
        let mut step = Step {
            setting: &setting,
            thread,
            tape,
            found: &mut found,
            touched: &mut touched,
            effects,
            own_fetch: 0,
            address: 0,
            data: 0,
            loaded: 0,
            status: 0,
            dead: false,
            bounded: false,
            shared: false,
        };
        let taken = !offers.is_empty() && self.answer(&mut step, offers);
        if !taken && !self.native(&mut step) && (waiting == 0 || !self.interrupt(&mut step, waiting)) {
            self.execute(&mut step);
        }
        step.check_promises();
        let nothing_next = step.nothing_next();
        let stepped = Stepped { dead: step.dead, bounded: step.bounded, nothing_next };
        let shared = step.shared;
        (self.found, self.touched) = (found, touched);
        (stepped, shared)
    }

    /// True where the hart's own registers let an interrupt in.
    pub(super) fn takes_interrupts(&self, thread: &Thread) -> bool {
        let mut hart = self.systems[thread.system as usize].clone();
        I::set_ipi(&mut hart, true);
        I::interrupt(&hart).is_some()
    }

    /// The registers that are observed.
    pub(super) fn observed(&self) -> &'a [u8] {
        &self.plan.observed
    }

    /// Lets the hart take one of the IPIs that wait for it, or none.
    fn interrupt(&mut self, step: &mut Step<'_>, waiting: usize) -> bool {
        I::set_ipi(&mut self.scratch, true);
        let trap = I::interrupt(&self.scratch);
        I::set_ipi(&mut self.scratch, false);
        let Some(trap) = trap else { return false };
        let choice = step.tape.choose(1 + waiting);
        if choice == 0 {
            return false;
        }
        let at = self.setting.ipis[self.setting.hart as usize].expect("a hart that an IPI waits for");
        let messages = self.setting.list.iter().chain(&step.thread.appended).enumerate();
        let first = step.thread.interrupted as usize;
        let mut sent = messages.skip(first).filter(|(_, m)| m.writes(at)).map(|(i, _)| i as Time + 1);
        let time = sent.nth(choice - 1).expect("a choice is one of them");
        step.interrupt(time);
        step.thread.pc = I::enter(&mut self.scratch, trap, step.thread.pc);
        self.unload(step.thread, true);
        true
    }

    /// An exception: to the guest's handler, or the end.
    fn except(&mut self, step: &mut Step<'_>, trap: I::Trap, pc: u64) {
        if !self.plan.takes_exceptions {
            step.thread.stop = Some(Stop::Fault(pc));
            return;
        }
        let vector = I::enter(&mut self.scratch, trap, pc);
        // A handler that cannot be fetched would fault for ever.
        if vector == pc {
            step.thread.stop = Some(Stop::Fault(pc));
            return;
        }
        step.thread.pc = vector;
        if I::ARCH == Arch::Aarch64 {
            step.synchronize();
        }
        self.unload(step.thread, true);
    }

    /// A call of SBI.
    fn firmware(&mut self, step: &mut Step<'_>, pc: u64) {
        const RFENCE: u64 = 0x5246_4e43;
        let x = &mut step.thread.registers.x;
        if (x[17], x[16]) != (RFENCE, 0) {
            step.unsupported("this call of SBI");
            return;
        }
        (x[10], x[11]) = (0, 0);
        (step.thread.views[10], step.thread.views[11]) = (0, 0);
        self.ask(step, Request::FenceI, pc + 4);
    }

    fn execute(&mut self, step: &mut Step<'_>) {
        let pc = step.thread.pc;
        if let Some(mark) = self.plan.marks.iter().position(|m| *m == pc) {
            step.thread.marked |= 1 << mark;
        }
        let Some(fetched) = step.fetch::<I>(pc) else {
            if step.thread.stop.is_none() && !step.dead {
                let fault = Fault { at: pc, access: Access::Fetch, kind: FaultKind::Unmapped };
                self.except(step, I::fault(fault), pc);
            }
            return;
        };
        let insn = I::decode(fetched.word);
        let (class, operands) = (I::class(&insn), I::operands(&insn));
        let join = |set: RegSet, views: &[Time]| views_of(set).map(|i| views[i]).max().unwrap_or(0);
        step.own_fetch = fetched.view;
        step.shared |= !is_local(class);
        if matches!(class, Class::Fence | Class::FenceI | Class::Dsb | Class::Isb | Class::CacheOp)
            && self.setting.runtime.is_some_and(|r| r.asker == self.setting.hart)
        {
            self.barriers.insert(pc);
        }
        step.address = join(operands.address, &step.thread.views);
        step.data = join(RegSet(operands.reads.0 & !operands.address.0), &step.thread.views);
        let reads = step.address.max(step.data);
        if class == Class::TlbOp {
            step.unsupported("maintenance of translations");
            return;
        }
        let mut world = Relaxed::<I> { step, hart: &mut self.scratch, operand_alone: I::stores_operand_alone(&insn) };
        let flow = I::execute(&mut world, insn, pc);
        if step.dead || step.thread.stop.is_some() {
            return;
        }
        match flow {
            Ok(flow) => {
                step.thread.pc = match flow {
                    Flow::Next => pc.wrapping_add(I::insn_length(&insn) as u64),
                    Flow::Jump(to) => to,
                };
            }
            Err(_) if fetched.word == ECALL && I::ARCH == Arch::Riscv64 && self.setting.runtime.is_some() => {
                self.firmware(step, pc);
                return;
            }
            Err(trap) => {
                self.except(step, trap, pc);
                return;
            }
        }
        if class.is_branch() {
            step.branch(reads);
        }
        let system = class == Class::System;
        let result = match operands.access {
            _ if class == Class::StoreExclusive => step.status,
            AccessKind::Load | AccessKind::Atomic => step.loaded,
            AccessKind::Store => step.address,
            AccessKind::None if class.is_branch() => 0,
            AccessKind::None if system => reads.max(step.thread.views[OTHER]),
            AccessKind::None => reads,
        };
        for i in views_of(operands.writes) {
            step.thread.views[i] = result;
        }
        if let Some(base) = I::moved_base(&insn) {
            step.thread.views[base as usize & 31] = step.address;
        }
        if system {
            raise(&mut step.thread.views[OTHER], reads);
        }
        if class == Class::TrapReturn && I::ARCH == Arch::Aarch64 {
            step.synchronize();
        }
        let all = matches!(class, Class::System | Class::TrapReturn | Class::Exception | Class::Hint);
        self.unload(step.thread, all);
    }
}
