//! Programs that are not litmus tests: machine code of several harts with interrupt handlers, judged as a whole.

use super::arch::{Registers, RelaxedIsa};
use super::execution::{Execution, Goal, HartExecution, ReplayError};
use super::explore::{Explored, System};
use super::memory::Image;
use super::message::{Footprint, MAX_MESSAGES, Message};
use super::model::{Model, Rules};
use super::native::Runtime;
use super::run::{End, HartPlan};
use super::thread::Stop;
use crate::verdict::{Judge, Verdict};
use cmodx_isa::Arch;
use cmodx_isa::aarch64::Aarch64;
use cmodx_isa::riscv::Riscv;

/// What a kernel keeps in registers of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Current {
    /// The running thread: tp, or SP_EL0.
    pub thread: u64,
    /// The hart: TPIDR_EL1.
    pub hart: u64,
}

/// How a hart starts and where it ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HartStart {
    /// Address of the first instruction.
    pub pc: u64,
    /// Values of general registers (31 is the stack pointer on AArch64); the others are zero.
    pub registers: Vec<(u8, u64)>,
    /// mtvec or VBAR_EL1: the hart takes IPIs, and exceptions go to the guest. Without it neither happens.
    pub vector: Option<u64>,
    /// The hart runs a kernel: in S mode or EL1, with exceptions and interrupts at `vector`.
    pub current: Option<Current>,
    /// Where a store sends this hart an IPI. On AArch64 ICC_SGI1R_EL1 does so too.
    pub ipi: Option<Footprint>,
    /// Where it is done.
    pub stops: Vec<u64>,
    /// Where it must never come.
    pub forbidden: Vec<u64>,
    /// Addresses whose execution the judge sees: bit for each, as one more value behind the registers. At most 8.
    pub marks: Vec<u64>,
    /// General registers that the judge sees.
    pub observed: Vec<u8>,
}

/// How far exploration goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramBounds {
    /// Most messages in a list, at most [`MAX_MESSAGES`].
    pub messages: usize,
    /// Most lists.
    pub lists: u64,
    /// Most states of one hart against one list. A state takes about a kilobyte of memory.
    pub states: u64,
    /// Most states in all runs together. Where they do not suffice, random walks follow.
    pub total: u64,
    /// Most bytes of the states of one run; and as many of the lists and what is kept of runs.
    pub bytes: usize,
    /// Most lists of one length; of more, as many are drawn by the seed.
    pub width: usize,
    /// What lists are drawn by.
    pub seed: u64,
}

impl Default for ProgramBounds {
    fn default() -> ProgramBounds {
        ProgramBounds {
            messages: MAX_MESSAGES,
            lists: 2_000_000,
            states: 1_000_000,
            total: u64::MAX,
            bytes: 1 << 29,
            width: usize::MAX,
            seed: 0,
        }
    }
}

/// A program, ready to be explored.
#[derive(Clone, Debug)]
pub struct Program {
    /// Initial memory. What is not there faults.
    pub image: Image,
    /// The harts.
    pub harts: Vec<HartStart>,
    /// Runtime functions in place of their code.
    pub runtime: Option<Runtime>,
    /// Memory whose last value the judge sees.
    pub observed: Vec<Footprint>,
    /// What the architecture promises. It names the instruction set.
    pub model: Model,
    /// Rules in place of those of the model, for ablation of the model itself.
    pub rules: Option<Rules>,
    /// Bytes in a cache line.
    pub line: u64,
    /// A fetch that may see two instructions which must not replace each other while they are executed is a violation.
    pub strict_fetch: bool,
    /// Every 4-byte RISC-V instruction is fetched in two halves, as if it stood at an address that is 2 modulo 4.
    pub split_words: bool,
    /// Every order of messages is explored, that of messages whose order nobody can tell too: to check that nothing is lost.
    pub every_order: bool,
    /// How far exploration goes.
    pub bounds: ProgramBounds,
}

/// What exploration has shown, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    /// What was shown.
    pub verdict: Verdict<Execution>,
    /// Distinct ends of single harts that are bad.
    pub bad_ends: usize,
    /// Distinct ends of single harts that are not.
    pub good_ends: usize,
    /// Distinct final states of all harts.
    pub outcomes: usize,
    /// Lists of messages.
    pub lists: u64,
    /// Runs of single harts.
    pub runs: u64,
    /// States of single harts.
    pub states: u64,
    /// Length of the longest list.
    pub longest: usize,
    /// Requests sent (see [`super::native`]), by number.
    pub requests: Vec<(u8, super::native::Request)>,
    /// Addresses of the barriers and cache operations that the hart which sends requests executed.
    pub barriers: Vec<u64>,
}

/// Lists of each length that random walks follow where the bound on all states did not suffice.
const WALKS: usize = 24;

/// What an execution must come to.
enum Bad<'a> {
    Outcome(&'a [Vec<u64>]),
    Incident(usize, &'a End),
}

impl Program {
    /// A program with memory and a model, without harts.
    pub fn new(model: Model, image: Image) -> Program {
        Program {
            image,
            harts: Vec::new(),
            runtime: None,
            observed: Vec::new(),
            model,
            rules: None,
            line: 64,
            strict_fetch: false,
            split_words: false,
            every_order: false,
            bounds: ProgramBounds::default(),
        }
    }

    /// Explores every execution and judges.
    pub fn examine(&self, judge: &dyn Judge) -> Examined {
        match self.model.arch() {
            Arch::Riscv64 => self.examine_as::<Riscv>(judge),
            Arch::Aarch64 => self.examine_as::<Aarch64>(judge),
        }
    }

    /// Runs an execution again.
    ///
    /// # Errors
    /// At the first step that is not possible or does something else.
    pub fn replay(&self, execution: &Execution) -> Result<(), ReplayError> {
        match self.model.arch() {
            Arch::Riscv64 => self.replay_as::<Riscv>(execution),
            Arch::Aarch64 => self.replay_as::<Aarch64>(execution),
        }
    }

    fn system<I: RelaxedIsa>(&self) -> System<I> {
        let plan = |(number, start): (usize, &HartStart)| {
            let mut registers = Registers { x: [0; 32], flags: 0 };
            for (n, value) in &start.registers {
                registers.x[*n as usize & 31] = *value;
            }
            let mut hart = match (start.current, start.vector) {
                (Some(current), vector) => {
                    if I::ARCH == Arch::Riscv64 {
                        registers.x[4] = current.thread;
                    }
                    I::kernel(number as u64, vector.unwrap_or(0), current)
                }
                (None, vector) => {
                    let mut hart = I::reset(number as u64);
                    if let Some(vector) = vector {
                        I::take_interrupts(&mut hart, vector);
                    }
                    hart
                }
            };
            I::promise(&mut hart, self.model, self.line);
            I::set_registers(&mut hart, &registers);
            HartPlan {
                pc: start.pc,
                hart,
                stops: start.stops.clone(),
                forbidden: start.forbidden.clone(),
                observed: start.observed.clone(),
                marks: start.marks.clone(),
                takes_exceptions: start.vector.is_some(),
                max_states: self.bounds.states,
                max_bytes: self.bounds.bytes,
            }
        };
        System {
            image: self.image.clone(),
            harts: self.harts.iter().enumerate().map(plan).collect(),
            ipis: self.harts.iter().map(|h| h.ipi).collect(),
            runtime: self.runtime.clone(),
            observed: self.observed.clone(),
            line: self.line,
            rules: self.rules.unwrap_or_else(|| self.model.rules()),
            strict_fetch: self.strict_fetch,
            split_words: self.split_words,
            every_order: self.every_order,
            max_messages: self.bounds.messages,
            max_lists: self.bounds.lists,
            max_total: self.bounds.total,
            max_bytes: self.bounds.bytes,
            width: self.bounds.width,
            seed: self.bounds.seed,
        }
    }

    fn examine_as<I: RelaxedIsa>(&self, judge: &dyn Judge) -> Examined {
        let system = self.system::<I>();
        let bad = |hart: usize, end: &End| judge.wrong_end(hart, &end.registers).is_some();
        let mut explored = system.explore_until(Some(&bad));
        let mut walked = None;
        let alone = self.bounds.total == u64::MAX || self.bounds.width != usize::MAX;
        if explored.bounded && explored.incidents.is_empty() && !alone {
            let walk = System { width: WALKS, max_total: self.bounds.total / 5, ..system.clone() };
            let further = walk.explore_knowing(explored.sharing.clone(), Some(&bad));
            walked = Some((explored.longest, further.longest));
            let (lists, runs, states) = (explored.lists, explored.runs, explored.states);
            let mut ends = std::mem::take(&mut explored.ends);
            let out_of_memory = explored.out_of_memory;
            explored = further;
            explored.ends.append(&mut ends);
            explored.out_of_memory |= out_of_memory;
            explored.lists += lists;
            explored.runs += runs;
            explored.states += states;
        }
        let shown = |hart: u8| !self.harts[hart as usize].observed.is_empty();
        let ends = explored.ends.iter().filter(|e| shown(e.hart));
        let bad_ends = ends.clone().filter(|e| bad(e.hart as usize, &e.end)).count();
        let stopped = |e: &&super::explore::Incident| e.end.stop != Stop::Done;
        let incidents = explored.incidents.keys().filter(stopped).count();
        Examined {
            verdict: self.judged(&system, &explored, walked, judge),
            bad_ends: bad_ends + incidents,
            good_ends: ends.count() - bad_ends,
            outcomes: explored.outcomes.len(),
            lists: explored.lists,
            runs: explored.runs,
            states: explored.states,
            longest: explored.longest,
            requests: explored.requests.iter().copied().collect(),
            barriers: explored.barriers.iter().copied().collect(),
        }
    }

    fn judged<I: RelaxedIsa>(
        &self,
        system: &System<I>,
        explored: &Explored,
        walked: Option<(usize, usize)>,
        judge: &dyn Judge,
    ) -> Verdict<Execution> {
        let mut unsupported = None;
        // Fewest messages first; among as many, the first in order.
        let mut worst: Option<(usize, String, Bad<'_>, &Vec<Message>)> = None;
        for (incident, list) in &explored.incidents {
            let hart = incident.hart;
            let reason = match incident.end.stop {
                Stop::Forbidden(at) => format!("hart {hart} comes to {at:#x}"),
                Stop::Fault(at) => format!("hart {hart} faults at {at:#x}"),
                Stop::Unpredictable(at) => {
                    format!("hart {hart} fetches {at:#x} while it is changed between instructions that must not be")
                }
                Stop::Unsupported(at, what) => {
                    unsupported.get_or_insert_with(|| format!("{what} at {at:#x} is not modelled"));
                    continue;
                }
                Stop::Done => match judge.wrong_end(hart as usize, &incident.end.registers) {
                    Some(reason) => reason,
                    None => continue,
                },
                Stop::Bound => continue,
            };
            if worst.as_ref().is_none_or(|w| list.len() < w.0) {
                worst = Some((list.len(), reason, Bad::Incident(hart as usize, &incident.end), list));
            }
        }
        for (outcome, list) in &explored.outcomes {
            if worst.as_ref().is_some_and(|w| w.0 <= list.len()) {
                continue;
            }
            if let Some(reason) = judge.wrong(&outcome.registers, &outcome.memory) {
                worst = Some((list.len(), reason, Bad::Outcome(&outcome.registers), list));
            }
        }
        if let Some((_, reason, bad, list)) = worst {
            return match self.shortest(system, explored, list, &bad) {
                Some(execution) => Verdict::Unsafe { reason, execution: Box::new(execution) },
                None => Verdict::Inconclusive { reason: format!("no execution was found that shows: {reason}") },
            };
        }
        if let Some(reason) = unsupported {
            return Verdict::Inconclusive { reason };
        }
        if explored.bounded {
            let b = self.bounds;
            if let Some((all, some)) = walked {
                let what = if explored.out_of_memory {
                    format!("{} MiB of memory", b.bytes >> 20)
                } else {
                    format!("{} states", b.total)
                };
                let bound = format!(
                    "{what}: all lists of {all} messages, then {WALKS} of each length up to {some}, seed {}",
                    b.seed
                );
                return Verdict::SafeBounded { bound };
            }
            let mut bound = format!("{} messages, {} lists, {} states a run", b.messages, b.lists, b.states);
            if explored.out_of_memory {
                bound += &format!(", {} MiB of memory", b.bytes >> 20);
            }
            if b.width != usize::MAX {
                bound += &format!(", {} lists of a length drawn by seed {}", b.width, b.seed);
            }
            return Verdict::SafeBounded { bound };
        }
        if explored.outcomes.is_empty() {
            return Verdict::Inconclusive { reason: "no execution ends".to_owned() };
        }
        Verdict::Safe
    }

    /// The execution without the quiet messages that it does not need: those come many at a time.
    fn shortest<I: RelaxedIsa>(
        &self,
        system: &System<I>,
        explored: &Explored,
        list: &[Message],
        bad: &Bad<'_>,
    ) -> Option<Execution> {
        let mut least = self.execution(system, explored, list, bad)?;
        let quiet = |m: &Message| m.footprint().is_some_and(|at| explored.sharing.quiet(at));
        for i in (0..list.len()).rev().filter(|i| quiet(&list[*i])) {
            let mut fewer = least.messages.clone();
            fewer.remove(i);
            least = self.execution(system, explored, &fewer, bad).unwrap_or(least);
        }
        Some(least)
    }

    fn execution<I: RelaxedIsa>(
        &self,
        system: &System<I>,
        explored: &Explored,
        list: &[Message],
        bad: &Bad<'_>,
    ) -> Option<Execution> {
        let run = |hart: usize| -> Option<HartExecution> {
            let find = |goal: &Goal<'_>| system.find_run(&explored.sharing, hart, list, goal);
            match bad {
                Bad::Incident(wrong, end) if *wrong == hart => find(&Goal::End(end)),
                Bad::Incident(..) => find(&Goal::PromisesKept),
                Bad::Outcome(registers) => {
                    find(&Goal::End(&End { stop: Stop::Done, registers: registers[hart].clone() }))
                }
            }
        };
        let harts = (0..self.harts.len()).map(run).collect::<Option<Vec<_>>>()?;
        Some(Execution { messages: list.to_vec(), touched: explored.sharing.entries(), harts })
    }

    fn replay_as<I: RelaxedIsa>(&self, execution: &Execution) -> Result<(), ReplayError> {
        self.system::<I>().replay(execution)
    }
}
