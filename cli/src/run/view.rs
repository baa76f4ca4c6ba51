//! The pipeline of a machine, instruction by instruction.

use crate::args::{Run, View};
use crate::output;
use anyhow::{Result, bail};
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::timed::{End, Limits, Machine};
use cmodx_workloads::guest_run::explain;
use std::fmt::Write as _;
use std::io::Write as _;

/// Instructions shown when nobody says how many.
const SHOWN: u64 = 10_000;

/// Runs the machine and writes what is asked for.
pub fn show<B: Board>(args: &Run, view: &View, machine: &mut Machine<B>, image: &Image) -> Result<u8> {
    if let Some(path) = view.kanata.as_ref().filter(|path| !output::is_stdout(path)) {
        output::check_writable(path)?;
    }
    let limits = |instructions| Limits { instructions, cycles: Cycle::NEVER };
    let mut end = End::Limit;
    if view.skip > 0 {
        end = machine.run(limits(view.skip));
        if end != End::Limit {
            bail!("{}: over before {} instructions: {}", args.elf.display(), view.skip, explain(&end, image));
        }
    }
    let before = total_cycles(args, machine);
    machine.view_pipeline(view.kanata.is_some());
    let shown = args.max_instructions.unwrap_or(SHOWN);
    if shown > 0 {
        end = machine.run(limits(view.skip.saturating_add(shown)));
    }
    // The answer is on stdout; what the guest says is not part of it.
    let said = [machine.take_output(), machine.take_errors()].concat();
    let _ = std::io::stderr().write_all(&said);
    if let (Some(path), Some(log)) = (&view.kanata, machine.kanata()) {
        if output::is_stdout(path) {
            output::answer(&log)?;
        } else {
            std::fs::write(path, log)?;
        }
    }
    if view.waits {
        output::answer(&waits(machine, total_cycles(args, machine) - before, view.skip))?;
    }
    match end {
        End::Limit | End::Exit { .. } => Ok(0),
        end => bail!("{}: {}", args.elf.display(), explain(&end, image)),
    }
}

/// Cycles of all harts.
fn total_cycles<B: Board>(args: &Run, machine: &Machine<B>) -> u64 {
    (0..args.harts as u16).map(|hart| machine.now(HartId(hart)).0).sum()
}

/// Cycles lost by cause, the greatest first.
fn waits<B: Board>(machine: &Machine<B>, cycles: u64, skipped: u64) -> String {
    let instructions = machine.instructions() - skipped;
    let mut text = format!("{instructions} instructions in {cycles} cycles of all harts\n");
    let mut waits = machine.waits();
    waits.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (cause, lost) in waits {
        let per_mille = lost * 1000 / cycles.max(1);
        let _ = writeln!(text, "{cause:>12} {lost:>14} cycles {:>5}.{} %", per_mille / 10, per_mille % 10);
    }
    text
}
