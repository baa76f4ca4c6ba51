//! `cmodx replay`: a counterexample once more, step by step.

use crate::args::Replay;
use crate::{FINDING, output, trials};
use anyhow::{Context, Result, bail};
use cmodx_reports::Results;
use cmodx_reports::check::{Counterexample, case_of, execution_of};
use cmodx_reports::records::Verdict;

/// Runs it again and shows it.
pub fn replay(args: &Replay) -> Result<u8> {
    let results = Results::read_jsonl(&args.file)?;
    if let Some(verdict) = args.id.as_ref().and_then(|id| trial(&results, id)) {
        return trials::replay(&args.file, &results, verdict);
    }
    let found: Vec<&Counterexample> =
        results.counterexamples.iter().filter(|c| args.id.as_ref().is_none_or(|id| c.id.starts_with(id))).collect();
    let found = match found[..] {
        [one] => one,
        [] => bail!("{}: no such counterexample", args.file.display()),
        _ => {
            let ids: Vec<&str> = found.iter().map(|c| c.id.as_str()).collect();
            bail!("{}: say which one: {}", args.file.display(), ids.join(", "))
        }
    };
    let case = case_of(found)?;
    let execution = execution_of(found)?;
    let boot = case.boot()?;
    if boot.guest != found.site.guest {
        bail!("counterexample {} is of guest {}, this version's is {}", found.id, found.site.guest, boot.guest);
    }
    case.replay(&boot, &execution)?.with_context(|| format!("counterexample {} cannot be replayed", found.id))?;
    let file = args.file.display().to_string();
    let mut text = found.render(&file);
    if args.lanes {
        text += &format!("\n{}", found.lanes());
    }
    if let Some(seeds) = args.timed {
        let events = found.lanes.get(found.hart as usize).map_or(&[][..], |lane| &lane.events);
        let fetches = events.iter().filter(|event| event.fetched.is_some() && !event.text.is_empty());
        let pass: Vec<(u64, &str)> = fetches.map(|event| (event.pc.address.0, event.text.as_str())).collect();
        text += &format!("\n{}", trials::search(&case, &pass, seeds)?);
    }
    output::answer(&text)?;
    Ok(FINDING)
}

/// The run against an adversary that is named, or in which the named finding was made.
fn trial<'a>(results: &'a Results, id: &str) -> Option<&'a Verdict> {
    let finding = results.findings.iter().find(|f| f.id.starts_with(id)).map(|f| f.observation.verdict.as_str());
    let named = |v: &&Verdict| v.id == id || finding == Some(v.id.as_str());
    results.verdicts.iter().filter(|v| v.trial.is_some()).find(named)
}
