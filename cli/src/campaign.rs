//! Many checks: by shards, by seeds, and in rounds that a file remembers.

use crate::args::CheckArgs;
use crate::provenance;
use anyhow::{Result, bail};
use cmodx_reports::Results;
use cmodx_reports::check::{Decision, check_id};
use cmodx_workloads::check::{Answer, Case};

/// Checks between two writes of the file that a run resumes from.
const ROUND: usize = 32;

/// The cases that one invocation looks at: all of them, or each K-th of N from K; with each seed, if there are any.
pub fn rounds(cases: Vec<Case>, args: &CheckArgs) -> Vec<Vec<Case>> {
    let mine = |(i, case): (usize, Case)| args.shard.is_none_or(|s| i % s.of == s.number - 1).then_some(case);
    let cases: Vec<Case> = cases.into_iter().enumerate().filter_map(mine).collect();
    let round = if args.checkpoint.is_some() { ROUND } else { cases.len().max(1) };
    match &args.seeds {
        None => cases.chunks(round).map(<[Case]>::to_vec).collect(),
        Some(seeds) => seeds
            .clone()
            .flat_map(|seed| {
                let with_seed = |case: &Case| {
                    let mut case = case.clone();
                    (case.limits.bounds.seed, case.limits.bounds.width) = (seed, args.width);
                    case
                };
                let cases: Vec<Case> = cases.iter().map(with_seed).collect();
                cases.chunks(round).map(<[Case]>::to_vec).collect::<Vec<_>>()
            })
            .collect(),
    }
}

/// Answers round by round. What the checkpoint holds is not done again, and without --keep-going nothing more is done with
/// what a seed has shown to be unsafe.
pub fn answers(
    rounds: Vec<Vec<Case>>,
    args: &CheckArgs,
    answers: impl Fn(&[Case]) -> Result<Vec<(Option<String>, Answer)>>,
) -> Result<Results> {
    let run = provenance::run(args.no_host);
    let mut results = Results::empty(run.clone());
    if let Some(path) = args.checkpoint.as_ref().filter(|path| path.exists()) {
        let kept = Results::read_jsonl(path)?;
        if kept.run.commit != run.commit || kept.run.args != run.args {
            bail!("{}: holds the results of another commit or of other arguments", path.display());
        }
        results = results.merged(kept)?;
    }
    for round in rounds {
        let open: Vec<Case> = round.into_iter().filter(|case| is_open(case, &results, args.keep_going)).collect();
        if open.is_empty() {
            continue;
        }
        results = results.merged(Results::from_checks(run.clone(), &answers(&open)?)?)?;
        if let Some(path) = &args.checkpoint {
            results.write_jsonl(path)?;
        }
    }
    Ok(results)
}

fn is_open(case: &Case, results: &Results, keep_going: bool) -> bool {
    let id = check_id(case, None);
    let found = |c: &&cmodx_reports::check::Check| {
        let site = (&*c.site.scheme, &*c.site.operation, &*c.site.preemption, &*c.site.model);
        c.verdict == Decision::Unsafe
            && site == (case.scheme.id, case.operation.name(), case.preemption.name(), case.model.name())
            && c.site.arch == case.scheme.arch.name()
    };
    let done = results.checks.iter().any(|c| c.id == id);
    !done && (keep_going || !results.checks.iter().any(|c| found(&c)))
}
