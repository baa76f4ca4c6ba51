//! Executions as values: a list of messages, and what each hart did against it.
//!
//! An execution can be stored, read again and replayed: every step says what it chose, and a replay fails where a choice
//! is not possible.

use super::arch::RelaxedIsa;
use super::explore::System;
use super::fast_hash::FastMap;
use super::memory::Sharing;
use super::message::{Footprint, Message, Payload, Time};
use super::run::{End, Runner};
use super::step::Effect;
use super::tape::Tape;
use super::thread::{Stop, Thread};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fmt::Write;

/// A time of a hart's own list as one of the whole list; 0 stays 0. A message beyond the list, which no execution has, gets
/// the last time there can be.
fn whole_time(places: &[Time], time: Time) -> Time {
    if time == 0 { 0 } else { places.get(time as usize - 1).copied().unwrap_or(Time::MAX) }
}

/// What an instruction did to memory, or what came between two instructions. Times are positions in
/// [`Execution::messages`], from 1; 0 is the initial state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Fetched bytes that some hart writes.
    Fetch {
        /// The bytes.
        at: Footprint,
        /// The write that was fetched.
        from: Time,
    },
    /// Read shared memory.
    Read {
        /// The bytes.
        at: Footprint,
        /// The write that was read.
        from: Time,
        /// The value, in decimal.
        value: String,
    },
    /// Made a message.
    Made {
        /// Which one.
        message: Time,
    },
    /// Took an IPI.
    Interrupt {
        /// The message that sent it.
        from: Time,
    },
    /// Did something in place of code.
    Runtime {
        /// What.
        what: String,
    },
}

/// One step of a hart that touched what others can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutedStep {
    /// Address of the instruction; for an interrupt, of the one that was not executed.
    pub pc: u64,
    /// What the instruction is, as text; empty for an interrupt.
    pub text: String,
    /// What it did.
    pub actions: Vec<Action>,
}

/// What one hart did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HartExecution {
    /// How the choices fell, a number for each step of the hart: instructions and interrupts.
    pub choices: Vec<Vec<u16>>,
    /// The steps that touched what others can see.
    pub steps: Vec<ExecutedStep>,
    /// Observed registers at the end.
    pub registers: Vec<u64>,
    /// Where and why it stopped, as text; empty when the rest of what it does does not matter.
    pub end: String,
}

/// Who touches a granule that some hart writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchedGranule {
    /// Its number: address / 8.
    pub granule: u64,
    /// The harts, as a mask.
    pub harts: u64,
    /// Writes to it are messages even when one hart alone touches it.
    pub public: bool,
}

/// An execution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// The messages in order, with their harts.
    pub messages: Vec<Message>,
    /// Which granules of memory are touched by whom: without it, which messages concern a hart is not known.
    pub touched: Vec<TouchedGranule>,
    /// The harts.
    pub harts: Vec<HartExecution>,
}

/// A replay that does not follow its execution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hart {hart}, step {step}: {what}")]
pub struct ReplayError {
    /// Number of the hart.
    pub hart: usize,
    /// Number of its step, from 0.
    pub step: usize,
    /// What differs.
    pub what: String,
}

/// What a hart of an execution must come to.
#[derive(Clone, Debug)]
pub(super) enum Goal<'a> {
    /// This end.
    End(&'a End),
    /// All own messages of the list are made.
    PromisesKept,
}

impl<I: RelaxedIsa> System<I> {
    /// The shortest run of a hart against the list that comes to the goal: the fewest steps, and among those the one whose
    /// choices come first.
    pub(super) fn find_run(
        &self,
        sharing: &Sharing,
        hart: usize,
        list: &[Message],
        goal: &Goal<'_>,
    ) -> Option<HartExecution> {
        let own = self.project(sharing, hart, list);
        let mut runner = Runner::new(&self.harts[hart], self.setting(sharing, hart, &own));
        let start = runner.start();
        let mut seen: FastMap<Thread, usize> = FastMap::default();
        // Each node: the node before it and the choices that lead here.
        let mut nodes: Vec<(usize, Vec<u16>)> = vec![(0, Vec::new())];
        let mut queue = VecDeque::from([(start.clone(), 0)]);
        seen.insert(start, 0);
        while let Some((mut thread, node)) = queue.pop_front() {
            let ended = runner.at_end(&mut thread);
            let kept = thread.promised == 0 && thread.appended.is_empty();
            let reached = match goal {
                Goal::End(end) => ended && kept && runner.end_of(&thread) == **end,
                Goal::PromisesKept => thread.promised == 0,
            };
            if reached {
                let mut choices = Vec::new();
                let mut at = node;
                while at != 0 {
                    choices.push(nodes[at].1.clone());
                    at = nodes[at].0;
                }
                choices.reverse();
                return self.perform(sharing, hart, list, &choices).ok();
            }
            if ended {
                continue;
            }
            let mut tape = Tape::new();
            loop {
                let mut next = thread.clone();
                let dead = runner.advance(&mut next, &mut tape, &mut Vec::new());
                if !dead && next.appended.is_empty() && !seen.contains_key(&next) {
                    nodes.push((node, tape.taken()));
                    seen.insert(next.clone(), nodes.len() - 1);
                    queue.push_back((next, nodes.len() - 1));
                }
                if !tape.advance() {
                    break;
                }
            }
        }
        None
    }

    /// Runs a hart against the list with these choices.
    fn perform(
        &self,
        sharing: &Sharing,
        hart: usize,
        list: &[Message],
        choices: &[Vec<u16>],
    ) -> Result<HartExecution, ReplayError> {
        let own = self.project(sharing, hart, list);
        let concerned = |i: &usize| sharing.concerns(hart as u8, &list[*i], self.line);
        let places: Vec<Time> = (0..list.len()).filter(concerned).map(|i| i as Time + 1).collect();
        let mut runner = Runner::new(&self.harts[hart], self.setting(sharing, hart, &own));
        let mut thread = runner.start();
        let mut steps = Vec::new();
        for (number, choice) in choices.iter().enumerate() {
            let error = |what: &str| ReplayError { hart, step: number, what: what.to_owned() };
            if runner.at_end(&mut thread) {
                return Err(error("the hart has stopped already"));
            }
            let pc = thread.pc;
            let mut tape = Tape::forced(choice);
            let mut effects = Vec::new();
            let dead = runner.advance(&mut thread, &mut tape, &mut effects);
            if dead || tape.taken() != *choice || !tape.in_range() {
                return Err(error("these choices are not possible"));
            }
            if !effects.is_empty() {
                steps.push(self.describe(&own, &places, pc, &effects));
            }
        }
        let ended = runner.at_end(&mut thread);
        if runner.found_new() {
            let what = "the hart touches memory that the execution does not list".to_owned();
            return Err(ReplayError { hart, step: choices.len(), what });
        }
        if thread.promised != 0 || !thread.appended.is_empty() {
            let what = "the hart's messages are not those of the list".to_owned();
            return Err(ReplayError { hart, step: choices.len(), what });
        }
        let end = if ended { format!("{:?}", thread.stop.unwrap_or(Stop::Bound)) } else { String::new() };
        let registers = runner.end_of(&thread).registers;
        Ok(HartExecution { choices: choices.to_vec(), steps, registers, end })
    }

    fn describe(&self, own: &[Message], places: &[Time], pc: u64, effects: &[Effect]) -> ExecutedStep {
        let memory = super::memory::Timeline { image: &self.image, list: own, own: &[] };
        let mut word: Option<u32> = None;
        let mut interrupted = false;
        let actions = effects.iter().map(|effect| match *effect {
            Effect::Read(at, from, value) => {
                Action::Read { at, from: whole_time(places, from), value: value.to_string() }
            }
            Effect::Runtime(what) => {
                interrupted = true;
                Action::Runtime { what: what.to_owned() }
            }
            Effect::Made(time) => Action::Made { message: whole_time(places, time) },
            Effect::Interrupt(time) => {
                interrupted = true;
                Action::Interrupt { from: whole_time(places, time) }
            }
            Effect::Fetched(at, from) => {
                let bits = memory.value(at, from).unwrap_or(0) as u32;
                word = Some(word.map_or(bits, |low| low & 0xffff | bits << 16));
                Action::Fetch { at, from: whole_time(places, from) }
            }
        });
        let actions = actions.collect();
        let fixed = || {
            let half = self.image.read(Footprint::new(pc, 2))? as u32;
            Some(self.image.read(Footprint::new(pc, 4)).map_or(half, |w| w as u32))
        };
        let text = match word.or_else(fixed) {
            Some(word) if !interrupted => I::disassemble(&I::decode(word), pc),
            _ => String::new(),
        };
        ExecutedStep { pc, text, actions }
    }

    /// Runs an execution again, choice by choice.
    ///
    /// # Errors
    /// At the first step that is not possible or does something else.
    pub fn replay(&self, execution: &Execution) -> Result<(), ReplayError> {
        let sharing = &Sharing::from_entries(&execution.touched);
        if execution.harts.len() != self.harts.len() {
            let what = format!("{} harts for a system of {}", execution.harts.len(), self.harts.len());
            return Err(ReplayError { hart: 0, step: 0, what });
        }
        for (hart, recorded) in execution.harts.iter().enumerate() {
            let performed = self.perform(sharing, hart, &execution.messages, &recorded.choices)?;
            if performed != *recorded {
                let same = performed.steps.iter().zip(&recorded.steps).take_while(|(a, b)| a == b).count();
                let what = "the step does something else than was recorded".to_owned();
                return Err(ReplayError { hart, step: same, what });
            }
        }
        Ok(())
    }
}

impl Execution {
    /// Text for a reader: the messages, then what each hart did.
    pub fn render(&self) -> String {
        let mut text = String::from("messages\n");
        for (i, message) in self.messages.iter().enumerate() {
            let what = match message.payload {
                Payload::Write { at, value } => format!("write {:#x}+{} = {value:#x}", at.at, at.bytes),
                Payload::Clean { line } => format!("clean {line:#x}"),
                Payload::Invalidate { line: Some(line), .. } => format!("invalidate {line:#x}"),
                Payload::Invalidate { line: None, local: true } => "invalidate all, this hart".to_owned(),
                Payload::Invalidate { line: None, local: false } => "invalidate all".to_owned(),
            };
            let _ = writeln!(text, "  ({})  hart {}  {what}", i + 1, message.hart);
        }
        let from = |time: &Time| if *time == 0 { "initial".to_owned() } else { format!("({time})") };
        for (i, hart) in self.harts.iter().enumerate() {
            let _ = writeln!(text, "hart {i}");
            for step in &hart.steps {
                let actions: Vec<String> = step
                    .actions
                    .iter()
                    .map(|action| match action {
                        Action::Fetch { at, from: t } => format!("fetched {:#x}+{} from {}", at.at, at.bytes, from(t)),
                        Action::Read { at, from: t, value } => {
                            format!("read {:#x}+{} = {value} from {}", at.at, at.bytes, from(t))
                        }
                        Action::Made { message } => format!("made ({message})"),
                        Action::Interrupt { from: t } => format!("took the interrupt of {}", from(t)),
                        Action::Runtime { what } => what.clone(),
                    })
                    .collect();
                let _ = writeln!(text, "  {:#x}  {:<28} {}", step.pc, step.text, actions.join("; "));
            }
            if !hart.end.is_empty() {
                let _ = writeln!(text, "  {}  registers {:x?}", hart.end, hart.registers);
            }
        }
        text
    }
}
