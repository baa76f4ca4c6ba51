//! The pipeline as it went: where each instruction was in which cycle, and what held it.
//!
//! Written as Kanata 0004, the log that Konata shows. Lane 0 has the stages: `F` fetch and decode up to the issue stage, `I`
//! waits to issue, `E` from issue to the write of the result, `M` what a miss adds, `W` the write. Lane 1 says what a wait is
//! for: a register, `unit`, `order` (an older result is written first), `slot` (what issues in the same cycle), `stores` (the
//! store buffer), `icache`, `interrupt`, `front` (fetch of another kind). What an instruction costs those behind it is in its
//! notes, and counted as `mispredict`, `held` (barriers, atomics, devices, page walks), `taken` (nothing behind a taken branch
//! issues in its cycle), `target` (one whose target was not foreseen) and `trap` (into a handler and out of it): so each cycle of
//! a hart is counted once.
//!
//! The model has no stages before issue; `F` is drawn as long as a misprediction costs, which is what refills them. Left out:
//! instructions of a wrong path, for which one flushed row stands.

use super::pipeline::Wait;
use crate::ids::{Cycle, HartId};
use cmodx_isa::{Arch, Class};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What an instruction did, when it has issued.
#[derive(Clone, Debug)]
pub struct Stages {
    pub hart: HartId,
    pub pc: u64,
    pub arch: Arch,
    pub class: Class,
    /// Disassembly.
    pub text: String,
    /// When it issued.
    pub at: Cycle,
    pub late: bool,
    /// It is a branch that makes the next instruction conditional.
    pub conditional: bool,
    /// Cycles to the write of its result.
    pub completes: u64,
    /// Cycles that a miss adds.
    pub extra: u64,
    /// Cycles for which it holds the hart.
    pub held: u64,
    /// Cycles that a wrong prediction costs.
    pub mispredicted: Option<u64>,
    /// When the next one can issue.
    pub next: Cycle,
    /// It was fetched at this cycle, and memory holds other bytes by now.
    pub stale: Option<Cycle>,
    pub destinations: u128,
    /// Interrupts and instruction cache misses of the hart so far.
    pub events: (u64, u64),
    /// It raised an exception.
    pub trapped: bool,
}

impl Stages {
    /// What control on its way elsewhere costs beyond a wrong prediction, and its name.
    fn redirects(&self) -> (&'static str, u64) {
        let known = self.held + self.mispredicted.unwrap_or(0);
        let cycles = self.next.0.saturating_sub(self.at.0 + known);
        let name = match self.class {
            _ if self.trapped => "trap",
            Class::TrapReturn => "trap",
            _ if self.class.is_branch() && cycles <= 1 => "taken",
            _ if self.class.is_branch() => "target",
            _ => "held",
        };
        (name, cycles)
    }
}

/// An instruction before it issues.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    pc: u64,
    seen: Cycle,
    /// Until when it waits for `wait`; what comes on top is for the store buffer.
    ready: Cycle,
    wait: Wait,
    events: (u64, u64),
}

/// What is known of one hart.
#[derive(Clone, Debug)]
struct Lane {
    /// When its next instruction could issue at the earliest.
    arrived: Cycle,
    attempt: Option<Attempt>,
    events: (u64, u64),
    /// Row of the last writer of each register.
    writers: Vec<Option<u64>>,
    retired: u64,
}

/// Rows of all harts.
#[derive(Clone, Debug)]
pub struct PipeView {
    lanes: Vec<Lane>,
    /// Cycles from fetch to issue.
    front: u64,
    /// Lines with their cycles; `None` where only the waits are counted.
    lines: Option<Vec<(u64, String)>>,
    rows: u64,
    waits: BTreeMap<String, u64>,
}

impl PipeView {
    /// Nothing seen yet of harts whose clocks and events stand here; `front` cycles from fetch to issue. Without `rows` only
    /// the waits are counted.
    pub fn new(harts: impl Iterator<Item = (Cycle, (u64, u64))>, front: u64, rows: bool) -> PipeView {
        let lane = |(arrived, events)| Lane { arrived, attempt: None, events, writers: vec![None; 128], retired: 0 };
        let lines = rows.then(Vec::new);
        PipeView { lanes: harts.map(lane).collect(), front, lines, rows: 0, waits: BTreeMap::new() }
    }

    /// An instruction stands before issue at `now`, and waits for this until `ready`.
    pub fn attempt(&mut self, hart: HartId, pc: u64, now: Cycle, ready: Cycle, wait: Wait, events: (u64, u64)) {
        let lane = &mut self.lanes[hart.index()];
        if lane.attempt.is_none_or(|a| a.pc != pc) {
            lane.attempt = Some(Attempt { pc, seen: now, ready, wait, events });
        }
    }

    /// An instruction has been executed.
    pub fn executed(&mut self, s: &Stages) {
        let lane = &mut self.lanes[s.hart.index()];
        let (arrived, before) = (lane.arrived, lane.events);
        lane.arrived = s.next;
        lane.events = s.events;
        let attempt = lane.attempt.take().filter(|a| a.pc == s.pc);
        let mut attempt =
            attempt.unwrap_or(Attempt { pc: s.pc, seen: s.at, ready: s.at, wait: Wait::Nothing, events: s.events });
        let seen = attempt.seen.max(arrived).min(s.at);
        attempt.ready = attempt.ready.max(seen).min(s.at);
        let front = match attempt.events {
            (interrupts, _) if interrupts > before.0 => "interrupt",
            (_, misses) if misses > before.1 => "icache",
            _ => "front",
        };
        let wait = reason(attempt.wait, s.arch);
        let cause = |c: &mut BTreeMap<String, u64>, name: &str, cycles: u64| {
            if cycles > 0 {
                *c.entry(name.into()).or_default() += cycles;
            }
        };
        cause(&mut self.waits, front, seen.0 - arrived.0.min(seen.0));
        let counted = if matches!(attempt.wait, Wait::Register(_)) { "operand" } else { &wait };
        cause(&mut self.waits, counted, attempt.ready.0 - seen.0);
        cause(&mut self.waits, "stores", s.at.0 - attempt.ready.0);
        cause(&mut self.waits, "mispredict", s.mispredicted.unwrap_or(0));
        cause(&mut self.waits, "held", s.held);
        let (name, cycles) = s.redirects();
        cause(&mut self.waits, name, cycles);
        if self.lines.is_some() {
            self.row(s, arrived, seen, &attempt, front, &wait);
        }
    }

    fn row(&mut self, s: &Stages, arrived: Cycle, seen: Cycle, attempt: &Attempt, front: &str, wait: &str) {
        let id = self.rows;
        let fetched = arrived.0.saturating_sub(self.front);
        self.begin(fetched, s.hart, &format!("{:x}: {}", s.pc, s.text));
        self.notes(fetched, id, s);
        let end = s.at.0 + s.completes;
        self.stage(id, 0, "F", fetched, seen.0);
        self.stage(id, 1, front, arrived.0, seen.0);
        self.stage(id, 0, "I", seen.0, s.at.0);
        self.stage(id, 1, wait, seen.0, attempt.ready.0);
        self.stage(id, 1, "stores", attempt.ready.0, s.at.0);
        self.stage(id, 0, "E", s.at.0, end);
        self.stage(id, 0, "M", end, end + s.extra);
        self.stage(id, 0, "W", end + s.extra, end + s.extra + 1);
        let lane = &mut self.lanes[s.hart.index()];
        if let Wait::Register(number) = attempt.wait
            && let Some(producer) = lane.writers[number as usize]
        {
            self.line(s.at.0, format!("W\t{id}\t{producer}\t0"));
        }
        let lane = &mut self.lanes[s.hart.index()];
        for (number, writer) in lane.writers.iter_mut().enumerate() {
            if s.destinations >> number & 1 != 0 {
                *writer = Some(id);
            }
        }
        let retired = lane.retired;
        lane.retired += !s.trapped as u64;
        self.line(end + s.extra + 1, format!("R\t{id}\t{retired}\t{}", s.trapped as u8));
        if let Some(cycles) = s.mispredicted {
            self.flushed(s, cycles);
        }
    }

    fn notes(&mut self, at: u64, id: u64, s: &Stages) {
        let mut notes = Vec::new();
        if let Some(copied) = s.stale {
            notes.push(format!("stale: fetched in cycle {}, memory has changed since", copied.0));
        }
        if s.late {
            notes.push("executes late: an operand is not there at issue".into());
        }
        if s.conditional {
            notes.push("makes the next one conditional: one pair, nothing predicted".into());
        }
        if s.extra > 0 {
            notes.push(format!("result {} cycles later than from L1D", s.extra));
        }
        if let Some(cycles) = s.mispredicted {
            notes.push(format!("mispredicted: {cycles} cycles"));
        }
        match s.redirects() {
            ("target", cycles) => notes.push(format!("target not foreseen: {cycles} cycles")),
            ("trap", cycles) if cycles > 0 => notes.push(format!("{cycles} cycles to what comes next")),
            _ => {}
        }
        if s.held > 0 {
            notes.push(format!("holds the hart for {} cycles", s.held));
        }
        if s.trapped {
            notes.push("raises an exception".into());
        }
        for note in notes {
            self.line(at, format!("L\t{id}\t2\t{note}\\n"));
        }
    }

    /// The row of what was fetched behind a branch and thrown away.
    fn flushed(&mut self, s: &Stages, cycles: u64) {
        let id = self.rows;
        let from = (s.at.0 + 1).saturating_sub(self.front);
        let until = (s.at.0 + 1).max((s.at.0 + cycles).saturating_sub(self.front));
        self.begin(from, s.hart, &format!("wrong path behind {:x}, flushed", s.pc));
        self.stage(id, 0, "F", from, until);
        self.line(until, format!("R\t{id}\t0\t1"));
    }

    fn begin(&mut self, at: u64, hart: HartId, label: &str) {
        let id = self.rows;
        self.rows += 1;
        self.line(at, format!("I\t{id}\t{id}\t{hart}"));
        self.line(at, format!("L\t{id}\t0\t{}", label.replace('\t', " ")));
    }

    fn stage(&mut self, id: u64, lane: u8, name: &str, from: u64, until: u64) {
        if from < until {
            self.line(from, format!("S\t{id}\t{lane}\t{name}"));
            self.line(until, format!("E\t{id}\t{lane}\t{name}"));
        }
    }

    fn line(&mut self, at: u64, text: String) {
        self.lines.as_mut().expect("rows are kept").push((at, text));
    }

    /// The log.
    pub fn kanata(&self) -> String {
        let mut lines: Vec<&(u64, String)> = self.lines.iter().flatten().collect();
        // Lines of one cycle stay in the order of their instructions.
        lines.sort_by_key(|(at, _)| *at);
        let mut now = lines.first().map_or(0, |(at, _)| *at);
        let mut log = format!("Kanata\t0004\nC=\t{now}\n");
        for (at, text) in lines {
            if *at > now {
                writeln!(log, "C\t{}", at - now).expect("a string grows");
                now = *at;
            }
            log += text;
            log.push('\n');
        }
        log
    }

    /// Cycles lost by what: `operand`, the names of lane 1, and what instructions cost those behind them. Of one hart they add up
    /// to the cycles of its clock.
    pub fn waits(&self) -> impl Iterator<Item = (&str, u64)> {
        self.waits.iter().map(|(name, cycles)| (name.as_str(), *cycles))
    }
}

/// The name of a wait in lane 1.
fn reason(wait: Wait, arch: Arch) -> String {
    match wait {
        Wait::Nothing | Wait::Slot => "slot".into(),
        Wait::Completion => "order".into(),
        Wait::Unit => "unit".into(),
        Wait::Register(31) if arch == Arch::Aarch64 => "sp".into(),
        Wait::Register(number @ 0..=31) => format!("x{number}"),
        Wait::Register(number @ 32..=63) => format!("f{}", number - 32),
        Wait::Register(_) => "flags".into(),
    }
}
