//! Names and source lines of the addresses in an execution.

use super::boot::Boot;
use cmodx_sim::lines::Lines;
use cmodx_sim::relaxed::execution::{Action, Execution};
use cmodx_sim::relaxed::message::Payload;
use cmodx_sim::relaxed::program::Program;
use std::collections::BTreeMap;

/// What is known of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Name, or name+offset.
    pub symbol: Option<String>,
    /// File and line of the guest's source.
    pub line: Option<String>,
}

impl Place {
    /// The source line of an address, as `file:line`.
    pub fn line(lines: &Lines, at: u64) -> Option<String> {
        lines.at(at).map(|(file, line)| format!("{file}:{line}"))
    }
}

/// An execution with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The execution.
    pub execution: Execution,
    /// Every address in it.
    pub places: BTreeMap<u64, Place>,
}

impl Located {
    /// Names everything in an execution of this program.
    pub fn new(execution: Execution, program: &Program, boot: &Boot) -> Located {
        let mut addresses = Vec::new();
        for message in &execution.messages {
            match message.payload {
                Payload::Write { at, .. } => addresses.push(at.at),
                Payload::Clean { line } | Payload::Invalidate { line: Some(line), .. } => addresses.push(line),
                Payload::Invalidate { line: None, .. } => {}
            }
        }
        for step in execution.harts.iter().flat_map(|h| &h.steps) {
            addresses.push(step.pc);
            for action in &step.actions {
                match action {
                    Action::Fetch { at, .. } | Action::Read { at, .. } => addresses.push(at.at),
                    Action::Made { .. } | Action::Interrupt { .. } | Action::Runtime { .. } => {}
                }
            }
        }
        let places = addresses.into_iter().map(|at| (at, place(at, program, boot))).collect();
        Located { execution, places }
    }
}

/// What is known of an address of a program.
pub fn place(at: u64, program: &Program, boot: &Boot) -> Place {
    if let Some(mail) = program.runtime.as_ref().and_then(|r| r.describe(at)) {
        return Place { symbol: Some(mail), line: None };
    }
    let symbol = boot.image.symbol_at(at).map(|_| {
        let name = boot.image.describe(at);
        // The crate's own name tells nothing.
        let short = name.strip_prefix("runtime::").unwrap_or(&name);
        short.strip_prefix("guest::").unwrap_or(short).to_owned()
    });
    Place { symbol, line: Place::line(&boot.lines, at) }
}
