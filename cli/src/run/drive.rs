//! A machine run to its end, with what it says on the way.

use super::{races, view};
use crate::args::{Run, Timing, Trace};
use crate::{FINDING, output};
use anyhow::{Context, Result, bail};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::timed::{End, Limits, Machine};
use cmodx_workloads::guest_run::explain;
use std::fs::File;
use std::io::{BufWriter, Write};

/// Instructions between two looks at the console.
const SLICE: u64 = 10_000_000;
/// The same while every one of them leaves a line.
const TRACED_SLICE: u64 = 100_000;

/// Runs the image on this board and gives its exit code.
pub fn drive<B: Board>(args: &Run, core: &CoreModel, board: B, image: &Image) -> Result<u8> {
    let name = args.elf.display();
    let mut machine =
        Machine::new(core, args.harts, args.memory << 20, board, image).with_context(|| name.to_string())?;
    if args.timing == Timing::None {
        machine = machine.without_timing();
    }
    if let Some(view) = &args.view {
        return view::show(args, view, &mut machine, image);
    }
    if args.sanitize {
        machine.sanitize();
    }
    if let Some(path) = &args.races {
        output::check_writable(path)?;
    }
    let mut trace = Log::open(args)?;
    let slice = match &trace {
        Some(_) => {
            machine.log_commits();
            TRACED_SLICE
        }
        None => SLICE,
    };
    let most = args.max_instructions.unwrap_or(u64::MAX);
    let mut limits = Limits { instructions: 0, cycles: Cycle::NEVER };
    let end = loop {
        limits.instructions = machine.instructions().saturating_add(slice).min(most);
        let end = machine.run(limits);
        output::bytes(&machine.take_output())?;
        // The guest's own errors; where they cannot be written, nobody could be told.
        let _ = std::io::stderr().write_all(&machine.take_errors());
        if let Some(trace) = &mut trace {
            trace.write(&machine.take_commits())?;
        }
        if end != End::Limit || machine.instructions() >= most {
            break end;
        }
    };
    if let Some(trace) = trace {
        trace.close()?;
    }
    if args.stats {
        print_stats(args, &machine, image);
    }
    let raced = races::report(args, core, &machine, image)?;
    match end {
        End::Exit { .. } if raced => Ok(FINDING),
        End::Exit { code } => Ok(code.min(255) as u8),
        end => bail!("{name}: {}", explain(&end, image)),
    }
}

fn print_stats<B: Board>(args: &Run, machine: &Machine<B>, image: &Image) {
    for hart in (0..args.harts as u16).map(HartId) {
        let (s, now) = (machine.stats(hart), machine.now(hart));
        eprintln!(
            "hart {hart}: {now} cycles, {} instructions, {} icache misses, {} dcache misses, {} mispredicts, \
             {} interrupts, {} exceptions, {} remote fences, at {}",
            s.instructions,
            s.icache_misses,
            s.dcache_misses,
            s.mispredicts,
            s.interrupts,
            s.exceptions,
            s.remote_fences,
            image.describe(machine.pc(hart))
        );
    }
}

/// Where the trace goes.
struct Log {
    name: String,
    to: Box<dyn Write>,
}

impl Log {
    fn open(args: &Run) -> Result<Option<Log>> {
        let Some(Trace::Commit) = args.trace else { return Ok(None) };
        Ok(Some(match &args.trace_file {
            Some(path) => {
                let name = path.display().to_string();
                let file = File::create(path).with_context(|| format!("{name}: cannot write"))?;
                Log { name, to: Box::new(BufWriter::new(file)) }
            }
            None => Log { name: "stderr".into(), to: Box::new(BufWriter::new(std::io::stderr())) },
        }))
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.to.write_all(text.as_bytes()).with_context(|| self.name.clone())
    }

    fn close(mut self) -> Result<()> {
        self.to.flush().with_context(|| self.name.clone())
    }
}
