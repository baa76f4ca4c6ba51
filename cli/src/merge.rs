//! `cmodx merge`.

use crate::args::Merge;
use crate::output;
use anyhow::{Context, Result, bail};
use cmodx_reports::Results;

/// Joins result files.
pub fn merge(args: &Merge) -> Result<u8> {
    let mut files = args.files.iter();
    let first = files.next().context("no result file")?;
    let mut results = Results::read_jsonl(first)?;
    for file in files {
        let more = Results::read_jsonl(file)?;
        if (&more.run.commit, more.run.dirty) != (&results.run.commit, results.run.dirty) {
            bail!("{} and {} are results of different commits", first.display(), file.display());
        }
        results = results.merged(more).with_context(|| file.display().to_string())?;
    }
    if output::is_stdout(&args.output) {
        return output::answer(&results.to_jsonl());
    }
    output::check_writable(&args.output)?;
    results.write_jsonl(&args.output)?;
    Ok(0)
}
