//! The command line: arguments to calls, nothing else.

mod args;
mod bench;
mod campaign;
mod check;
mod compare;
mod cores;
mod history;
mod kernel;
mod list;
mod litmus;
mod merge;
mod output;
mod progress;
mod provenance;
mod replay;
mod report;
mod run;
mod sweep;
mod trials;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Answered, and the answer is a finding.
const FINDING: u8 = 1;
/// Could not answer.
const NO_ANSWER: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let code = match &cli.command {
        Command::List { what, json } => list::list(*what, *json),
        Command::Bench(args) => bench::bench(args),
        Command::Report(args) => report::report(args),
        Command::Run(args) => run::run(args),
        Command::Trace(args) => run::trace(args),
        Command::Kernel { command } => kernel::kernel(command),
        Command::Check(args) => check::check(args),
        Command::Replay(args) => replay::replay(args),
        Command::Litmus(args) => litmus::litmus(args),
        Command::Compare(args) => compare::compare(args),
        Command::Merge(args) => merge::merge(args),
        Command::History(args) => history::history(args),
        Command::Schema => output::answer(cmodx_reports::JSON_SCHEMA),
    };
    match code {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            anstream::eprintln!("\x1b[1merror\x1b[0m: {}", in_one_line(&error));
            ExitCode::from(NO_ANSWER)
        }
    }
}

/// The error and its causes; a cause that is already part of what was said is not said again.
fn in_one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain().map(|cause| cause.to_string()) {
        if line.is_empty() {
            line = cause;
        } else if !line.contains(&cause) {
            line = format!("{line}: {cause}");
        }
    }
    line
}
