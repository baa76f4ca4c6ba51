//! What the sanitizer has found in a program.

use crate::args::Run;
use crate::provenance;
use anyhow::Result;
use cmodx_reports::Results;
use cmodx_reports::race::{self, Race};
use cmodx_reports::records::Setup;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::lines::Lines;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::timed::Machine;
use cmodx_workloads::races;

/// Reports the races of a run on stderr, and writes them to the file that was asked for; true when there were any.
pub fn report<B: Board>(args: &Run, core: &CoreModel, machine: &Machine<B>, image: &Image) -> Result<bool> {
    let Some(sanitizer) = machine.sanitizer() else { return Ok(false) };
    let name = args.elf.file_name().map_or_else(|| args.elf.display().to_string(), |n| n.to_string_lossy().into());
    let setup = Setup {
        arch: image.arch.name().into(),
        scheme: name,
        core: core.name.clone(),
        harts: args.harts as u32,
        config: core.digest(args.harts),
        guest: image.digest().iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let located = races::locate(sanitizer.races(), image, &lines(args, image));
    let mut results = Results::empty(provenance::run(true));
    results.races = located.iter().map(|race| Race::new(race, setup.clone(), "run".into(), false)).collect();
    results.races.sort_by(|a, b| a.id.cmp(&b.id));
    let again = results.run.command();
    for race in &results.races {
        eprintln!("{}", race::render(race, &again));
    }
    if sanitizer.others() > 0 {
        eprintln!("{} more fetches raced, of pairs of instructions beyond the first 1024", sanitizer.others());
    }
    if let Some(path) = &args.races {
        results.write_jsonl(path)?;
    }
    Ok(!results.races.is_empty())
}

/// The line tables of the program, unless it was moved from where it was linked.
fn lines(args: &Run, image: &Image) -> Lines {
    let file = std::fs::read(&args.elf).unwrap_or_default();
    let linked = Image::parse(&file).is_ok_and(|linked| linked.entry == image.entry);
    if linked { Lines::parse(&file) } else { Lines::default() }
}
