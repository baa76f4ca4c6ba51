//! Many checks: by shards, by seeds, and in rounds that a file remembers.

use crate::args::CheckArgs;
use crate::provenance;
use anyhow::{Result, bail};
use cmodx_reports::Results;
use std::path::Path;

/// Checks between two writes of the file that a run resumes from.
const ROUND: usize = 32;

/// What one invocation looks at: all of it, or each K-th of N from K.
pub fn mine<T>(cases: Vec<T>, args: &CheckArgs) -> Vec<T> {
    let mine = |(i, case): (usize, T)| args.shard.is_none_or(|s| i % s.of == s.number - 1).then_some(case);
    cases.into_iter().enumerate().filter_map(mine).collect()
}

/// As many at a time as the file is written for.
pub fn rounds<T: Clone>(cases: &[T]) -> Vec<Vec<T>> {
    cases.chunks(ROUND).map(<[T]>::to_vec).collect()
}

/// Answers round by round; what is not `is_open` any more is not done (again). What the checkpoint holds counts as done.
pub fn answers<T>(
    rounds: Vec<Vec<T>>,
    args: &CheckArgs,
    is_open: impl Fn(&T, &Results) -> bool,
    answers: impl Fn(&[T]) -> Result<Results>,
) -> Result<Results> {
    let mut results = resumed(args.checkpoint.as_deref(), args)?;
    for round in rounds {
        let open: Vec<T> = round.into_iter().filter(|case| is_open(case, &results)).collect();
        if open.is_empty() {
            continue;
        }
        results = results.merged(answers(&open)?)?;
        if let Some(path) = &args.checkpoint {
            results.write_jsonl(path)?;
        }
    }
    Ok(results)
}

/// What the checkpoint holds.
fn resumed(path: Option<&Path>, args: &CheckArgs) -> Result<Results> {
    let run = provenance::run(args.no_host);
    let Some(path) = path.filter(|path| path.exists()) else { return Ok(Results::empty(run)) };
    let kept = Results::read_jsonl(path)?;
    if kept.run.commit != run.commit || kept.run.args != run.args {
        bail!("{}: holds the results of another commit or of other arguments", path.display());
    }
    Ok(Results::empty(run).merged(kept)?)
}
