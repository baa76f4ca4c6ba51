//! Records from what the checks return, and back again for a replay.

use super::facts::{Check, Counterexample, Decision, Event, Explored, Lane, Sent, Site};
use crate::error::Error;
use crate::records::{Hex, Place, Run};
use crate::results::Results;
use cmodx_workloads::check::located::Located;
use cmodx_workloads::check::relaxed::{Action, Execution, Model, Part, Payload, Verdict};
use cmodx_workloads::check::{Answer, Case, Operation, Preemption};
use cmodx_workloads::check::{Arch, Scheme};
use sha2::{Digest, Sha256};

impl Results {
    /// Makes records of checks, in whatever order they come; with each, what was left out of it.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] for the same check made twice.
    pub fn from_checks(run: Run, answers: &[(Option<String>, Answer)]) -> Result<Results, Error> {
        let mut results = Results::empty(run);
        for (ablated, answer) in answers {
            let (check, counterexample) = record(ablated.as_deref(), answer);
            results.checks.push(check);
            results.counterexamples.extend(counterexample);
        }
        results.counterexamples.sort_by(|a, b| a.id.cmp(&b.id));
        results.counterexamples.dedup_by(|a, b| a.id == b.id);
        results.sort()?;
        Ok(results)
    }
}

/// The id of a check's record; `ablated` is what was left out.
pub fn check_id(case: &Case, ablated: Option<&str>) -> String {
    let (scheme, limits) = (case.scheme, &case.limits);
    let (operation, preemption) = (case.operation.name(), case.preemption.name());
    let mut id = format!("{}/{}/check/{operation}/{preemption}/{}", scheme.arch.name(), scheme.id, case.model.name());
    if (limits.callers, limits.sites) != (2, 1) || !limits.fence_completes {
        let sent = if limits.fence_completes { "" } else { "-sent" };
        id += &format!("/{}callers-{}sites{sent}", limits.callers, limits.sites);
    }
    if limits.bounds.width != usize::MAX {
        id += &format!("/seed-{}", limits.bounds.seed);
    }
    if let Some(part) = ablated {
        id += &format!("/without {part}");
    }
    id
}

fn record(ablated: Option<&str>, answer: &Answer) -> (Check, Option<Counterexample>) {
    let case = &answer.case;
    let examined = &answer.examined;
    let site = Site {
        arch: case.scheme.arch.name().into(),
        scheme: case.scheme.id.into(),
        operation: case.operation.name().into(),
        preemption: case.preemption.name().into(),
        model: case.model.name().into(),
        callers: case.limits.callers.into(),
        sites: case.limits.sites,
        fence_completes: case.limits.fence_completes,
        ablated: ablated.map(str::to_owned),
        guest: answer.guest.clone(),
    };
    let explored = Explored {
        lists: examined.lists,
        runs: examined.runs,
        states: examined.states,
        longest: examined.longest as u64,
        bad: examined.bad_ends as u64,
        good: examined.good_ends as u64,
    };
    let id = check_id(case, ablated);
    let (verdict, reason) = match &examined.verdict {
        Verdict::Safe => (Decision::Safe, None),
        Verdict::SafeBounded { bound } => (Decision::SafeBounded, Some(bound.clone())),
        Verdict::Unsafe { reason, .. } => (Decision::Unsafe, Some(reason.clone())),
        Verdict::Inconclusive { reason } => (Decision::Inconclusive, Some(reason.clone())),
    };
    let counterexample = answer.counterexample.as_ref().map(|located| {
        let reason = reason.clone().unwrap_or_default();
        facts(&id, &site, case, located, reason, explored)
    });
    let check = Check {
        id,
        site,
        claims_safe: case.scheme.claim.holds_under(case.preemption),
        verdict,
        reason,
        complete: matches!(verdict, Decision::Safe | Decision::Unsafe),
        explored,
        counterexample: counterexample.as_ref().map(|c| c.id.clone()),
    };
    (check, counterexample)
}

fn facts(
    check: &str,
    site: &Site,
    case: &Case,
    located: &Located,
    reason: String,
    explored: Explored,
) -> Counterexample {
    let execution = &located.execution;
    let place = |address: u64| Place {
        address: Hex(address),
        symbol: located.places.get(&address).and_then(|p| p.symbol.clone()),
    };
    let line = |address: u64| located.places.get(&address).and_then(|p| p.line.clone());
    let lanes: Vec<Lane> = execution
        .harts
        .iter()
        .enumerate()
        .map(|(hart, lane)| Lane {
            role: if hart == 0 { "patcher" } else { "caller" }.into(),
            steps: lane.choices.len() as u64,
            events: lane.steps.iter().map(|step| event(step, &place, &line)).collect(),
            end: lane.end.clone(),
        })
        .collect();
    let maker = |number: u16| {
        lanes.iter().flat_map(|l| &l.events).find(|e| e.made.contains(&number)).cloned().unwrap_or_else(|| Event {
            pc: place(0),
            line: None,
            text: String::new(),
            fetched: None,
            read: None,
            made: Vec::new(),
            took: None,
            did: Vec::new(),
        })
    };
    let messages = (1u16..).zip(&execution.messages).map(|(number, message)| {
        let made = maker(number);
        let (what, at, size, value) = match message.payload {
            Payload::Write { at, value } => ("write", Some(place(at.at)), at.bytes, Some(Hex(value as u64))),
            Payload::Clean { line } => ("clean", Some(place(line)), 0, None),
            Payload::Invalidate { line, .. } => ("invalidate", line.map(&place), 0, None),
        };
        Sent {
            hart: message.hart.into(),
            what: what.into(),
            at,
            size,
            value,
            pc: made.pc,
            line: made.line,
            text: made.text,
        }
    });
    let messages: Vec<Sent> = messages.collect();
    let unobserved = lanes.iter().any(runs_ahead);
    let hart = reason.strip_prefix("hart ").and_then(|r| r.split([':', ' ']).next()).and_then(|n| n.parse().ok());
    let mut counterexample = Counterexample {
        id: String::new(),
        check: check.into(),
        site: site.clone(),
        reason,
        hart: hart.unwrap_or(0),
        messages,
        lanes,
        unobserved,
        explored,
        without: case.without.iter().map(|(n, part)| (*n, part.name().to_owned())).collect(),
        changed: case.changed.iter().map(|(at, bytes)| (Hex(*at), hex(bytes))).collect(),
        split_words: case.split_words,
        execution: serde_json::to_value(execution).expect("an execution is numbers and strings"),
    };
    let named = (&counterexample.check, &counterexample.site, &counterexample.messages, &counterexample.lanes);
    let json = serde_json::to_vec(&named).expect("facts are strings and integers only");
    counterexample.id = Sha256::digest(json).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    counterexample
}

fn event(
    step: &cmodx_workloads::check::relaxed::ExecutedStep,
    place: &dyn Fn(u64) -> Place,
    line: &dyn Fn(u64) -> Option<String>,
) -> Event {
    let mut event = Event {
        pc: place(step.pc),
        line: line(step.pc),
        text: step.text.clone(),
        fetched: None,
        read: None,
        made: Vec::new(),
        took: None,
        did: Vec::new(),
    };
    for action in &step.actions {
        match action {
            Action::Fetch { from, .. } => event.fetched = event.fetched.max(Some((*from).into())),
            Action::Read { from, .. } => event.read = event.read.max(Some((*from).into())),
            Action::Made { message } => event.made.push((*message).into()),
            Action::Interrupt { from } => event.took = Some((*from).into()),
            Action::Runtime { what } => event.did.push(what.clone()),
        }
    }
    event
}

/// True when some fetch reads a message that comes after one which its hart makes later.
fn runs_ahead(lane: &Lane) -> bool {
    let mut newest = 0;
    for event in &lane.events {
        if event.made.iter().any(|made| *made < newest) {
            return true;
        }
        newest = newest.max(event.fetched.unwrap_or(0));
    }
    false
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Why a counterexample cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// This version has no such thing.
    #[error("counterexample {id}: no {what} is named {name:?}")]
    Unknown {
        /// The counterexample.
        id: String,
        /// What it names.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// The steps cannot be read.
    #[error("counterexample {id}: not an execution: {source}")]
    Execution {
        /// The counterexample.
        id: String,
        /// What the parser met.
        source: serde_json::Error,
    },
}

/// The case that a counterexample is of.
///
/// # Errors
/// [`CaseError::Unknown`] when this version lacks the scheme, operation, preemption, model or part that it names.
pub fn case_of(counterexample: &Counterexample) -> Result<Case, CaseError> {
    let site = &counterexample.site;
    let unknown = |what, name: &str| CaseError::Unknown { id: counterexample.id.clone(), what, name: name.to_owned() };
    let arch = [Arch::Riscv64, Arch::Aarch64].into_iter().find(|a| a.name() == site.arch);
    let arch = arch.ok_or_else(|| unknown("instruction set", &site.arch))?;
    let scheme: &'static Scheme =
        cmodx_workloads::check::find_scheme(arch, &site.scheme).ok_or_else(|| unknown("scheme", &site.scheme))?;
    let operation = Operation::ALL.into_iter().find(|o| o.name() == site.operation);
    let operation = operation.ok_or_else(|| unknown("operation", &site.operation))?;
    let preemption = Preemption::ALL.into_iter().find(|p| p.name() == site.preemption);
    let preemption = preemption.ok_or_else(|| unknown("preemption", &site.preemption))?;
    let model: Model = site.model.parse().map_err(|_| unknown("model", &site.model))?;
    let mut case = Case::new(scheme, operation, preemption, model);
    case.limits.callers = u8::try_from(site.callers).map_err(|_| unknown("number of callers", "more than 255"))?;
    case.limits.sites = site.sites;
    case.limits.fence_completes = site.fence_completes;
    case.split_words = counterexample.split_words;
    for (number, part) in &counterexample.without {
        let part = Part::ALL.into_iter().find(|p| p.name() == part).ok_or_else(|| unknown("part", part))?;
        case.without.push((*number, part));
    }
    for (at, text) in &counterexample.changed {
        let digits = |i: usize| text.get(i..i + 2).and_then(|d| u8::from_str_radix(d, 16).ok());
        let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(digits).collect();
        case.changed.push((at.0, bytes.ok_or_else(|| unknown("byte string", text))?));
    }
    Ok(case)
}

/// The execution of a counterexample.
///
/// # Errors
/// [`CaseError::Execution`] when it is none.
pub fn execution_of(counterexample: &Counterexample) -> Result<Execution, CaseError> {
    let id = || counterexample.id.clone();
    serde_json::from_value(counterexample.execution.clone()).map_err(|source| CaseError::Execution { id: id(), source })
}
