//! `cmodx check --strategy pct|turns`: whole guests against an adversary; and the replay of such a run.

use crate::args::{self, CheckArgs, Strategy};
use crate::progress::Progress;
use crate::{FINDING, campaign, check, cores, output, provenance};
use anyhow::{Context, Result, bail};
use cmodx_reports::Results;
use cmodx_reports::records::{Facts, Outcome, Verdict};
use cmodx_reports::trials;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Preemption, Scheme};
use cmodx_workloads::check::{Arch, Case, find_scheme};
use cmodx_workloads::measure::{self, Toggling, Trial};
use cmodx_workloads::trial::Subject;
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs the trials asked for, then prints and keeps what they came to.
pub fn run(args: &CheckArgs) -> Result<u8> {
    let Some(seeds) = &args.seeds else { bail!("--strategy {} needs --seeds A..B", args.strategy.name()) };
    for (given, option) in [
        (!args.model.is_empty(), "--model"),
        (!args.operation.is_empty(), "--operation"),
        (args.ablate, "--ablate"),
        (args.fence_sent, "--fence-sent"),
    ] {
        if given {
            bail!(
                "{option} is for the relaxed world: --strategy {} runs whole guests with a clock",
                args.strategy.name()
            );
        }
    }
    let subjects = subjects(args)?;
    let expected: Vec<Result<u64, _>> = match args.strategy {
        Strategy::Pct => subjects.par_iter().map(|subject| subject.stores(trial(args, 0, 0))).collect(),
        _ => subjects.iter().map(|_| Ok(0)).collect(),
    };
    let expected: Vec<u64> = expected.into_iter().collect::<Result<_, _>>()?;
    let subjects: Vec<(Subject, u64)> = subjects.into_iter().zip(expected).collect();
    let of_seed = |seed| subjects.iter().map(move |(subject, stores)| (subject.clone(), trial(args, *stores, seed)));
    let cases = campaign::mine(seeds.clone().flat_map(of_seed).collect(), args);
    let results = campaign::answers(
        campaign::rounds(&cases),
        args,
        |case, results| is_open(case, results, args.keep_going),
        |cases| Ok(Results::from_trials(provenance::run(args.no_host), &tried(cases, args.quiet)?)?),
    )?;
    check::keep(&results, args, |file| results.render_trials(file))?;
    Ok(if results.unexpected().next().is_some() { FINDING } else { 0 })
}

/// One round, on all cores of the host.
fn tried(cases: &[(Subject, Trial)], quiet: bool) -> Result<Vec<Toggling>> {
    let progress = std::sync::Mutex::new(Progress::new(cases.len(), quiet));
    let done = AtomicUsize::new(0);
    let run = |(subject, trial): &(Subject, Trial)| {
        let toggling = subject.run(*trial);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Ok(mut progress) = progress.lock() {
            progress.step(done, format!("{} {}: seed {}", subject.scheme.arch, subject.scheme.id, trial.seed));
        }
        toggling
    };
    let all: Vec<Result<Toggling, _>> = cases.par_iter().with_max_len(1).map(run).collect();
    if let Ok(progress) = progress.into_inner() {
        progress.finish();
    }
    Ok(all.into_iter().collect::<Result<_, _>>()?)
}

/// Without --keep-going nothing more is done with what a seed has shown to be unsafe.
fn is_open((subject, trial): &(Subject, Trial), results: &Results, keep_going: bool) -> bool {
    let same = |v: &&Verdict| {
        let setup = (&*v.setup.scheme, &*v.setup.core, &*v.preemption);
        v.setup.arch == subject.scheme.arch.name()
            && setup == (subject.scheme.id, &*subject.core.name, subject.preemption.name())
    };
    let of_this = || results.verdicts.iter().filter(same);
    let done = of_this().any(|v| v.trial.as_ref().is_some_and(|t| t.seed == trial.seed));
    !done && (keep_going || of_this().all(|v| v.verdict == Outcome::Survived))
}

fn subjects(args: &CheckArgs) -> Result<Vec<Subject>> {
    let cores = match &args.core[..] {
        [] => vec![CoreModel::built_in("ideal")?],
        names => names.iter().map(|name| cores::find(name)).collect::<Result<_>>()?,
    };
    let preemptions = args::named(&args.preemption, &Preemption::ALL, Preemption::name, "preemption")?;
    let preemptions = if preemptions.is_empty() { Preemption::ALL.to_vec() } else { preemptions };
    let mut subjects = Vec::new();
    for scheme in check::schemes(args)?.into_iter().filter(|s| s.layout.patchable.is_some()) {
        for core in cores.iter().filter(|core| core.fits(scheme.arch)) {
            for &preemption in &preemptions {
                subjects.push(Subject { scheme, core: core.clone(), harts: args.callers as usize + 1, preemption });
            }
        }
    }
    if subjects.is_empty() {
        bail!("nothing to run: no selected scheme has sites and a selected core");
    }
    Ok(subjects)
}

fn trial(args: &CheckArgs, stores: u64, seed: u64) -> Trial {
    let strategy = match args.strategy {
        Strategy::Pct => measure::Strategy::Pct { depth: args.depth, stores },
        _ => measure::Strategy::Random,
    };
    Trial { strategy, seed, sites: args.sites, rounds: args.rounds }
}

/// Looks for a run of the whole guest on the timed machine in which a pass executes these instructions, by address and text, at a
/// site, and goes wrong as it did in the relaxed world; else for one that fails in any way. What it comes to, as text.
pub fn search(case: &Case, pass: &[(u64, &str)], seeds: u64) -> Result<String> {
    let (scheme, preemption, limits) = (case.scheme, case.preemption, &case.limits);
    let (callers, sites) = (limits.callers, limits.sites);
    let subject = Subject { scheme, core: CoreModel::built_in("ideal")?, harts: callers as usize + 1, preemption };
    let mut other = None;
    for seed in 0..seeds {
        let toggling = subject.run(Trial { strategy: measure::Strategy::Random, seed, sites, rounds: 1 })?;
        let results = Results::from_trials(provenance::run(true), &[toggling])?;
        let Some(verdict) = results.verdicts.iter().find(|v| v.verdict == Outcome::Unsafe) else { continue };
        let same = results.findings.iter().any(|found| is_same(&found.facts, pass));
        if !same && other.is_some() {
            continue;
        }
        let (arch, id, preemption) = (scheme.arch, scheme.id, preemption.name());
        let again = format!(
            "cmodx check --arch {arch} --scheme {id} --preemption {preemption} --callers {callers} --sites {sites} --strategy turns \
             --seeds {seed}..{}",
            seed + 1
        );
        let found = trials::render(&results, verdict, &again);
        if same {
            return Ok(format!(
                "In the timed world the same pass goes wrong, with seed {seed} of random turns:\n\n{found}"
            ));
        }
        other = Some(format!(
            "In the timed world the whole guest fails too, but no pass did so in this way; with seed {seed} of random turns:\n\n{found}"
        ));
    }
    Ok(other.unwrap_or_else(|| {
        format!(
            "In the timed world the whole guest did not fail with any of {seeds} seeds of random turns: this may take loads out of \
             order or copies older than it has, or other seeds.\n"
        )
    }))
}

/// True when a bad pass of the timed world has the instructions of one of the relaxed world, as far as that says what they were.
fn is_same(facts: &Facts, pass: &[(u64, &str)]) -> bool {
    let text = |pc| facts.fetched.iter().find(|f| f.pc.address.0 == pc).map(|f| f.disassembly.as_deref());
    let mut both = pass.iter().filter_map(|(pc, wanted)| Some((text(*pc)?, *wanted))).peekable();
    both.peek().is_some() && both.all(|(found, wanted)| found == Some(wanted))
}

/// Runs a trial again and shows it; an error when it comes to something else.
pub fn replay(file: &Path, results: &Results, verdict: &Verdict) -> Result<u8> {
    let id = &verdict.id;
    let record = verdict.trial.as_ref().with_context(|| format!("{id} is no run against an adversary"))?;
    let trial = trials::trial_of(record);
    let trial = trial.with_context(|| format!("{id}: no strategy is named {:?}", record.strategy))?;
    let arch = [Arch::Riscv64, Arch::Aarch64].into_iter().find(|arch| arch.name() == verdict.setup.arch);
    let scheme: Option<&'static Scheme> = arch.and_then(|arch| find_scheme(arch, &verdict.setup.scheme));
    let scheme = scheme.with_context(|| format!("{id}: there is no such scheme"))?;
    let preemption = Preemption::ALL.into_iter().find(|p| p.name() == verdict.preemption);
    let preemption = preemption.with_context(|| format!("{id}: no preemption is named {:?}", verdict.preemption))?;
    let core = cores::find(&verdict.setup.core).with_context(|| id.clone())?;
    let subject = Subject { scheme, core, harts: verdict.setup.harts as usize, preemption };
    let again = trials::record(&subject.run(trial)?);
    for (what, then, now) in [
        ("guest", &verdict.setup.guest, &again.setup.guest),
        ("core model", &verdict.setup.config, &again.setup.config),
    ] {
        if then != now {
            bail!("{id} is of {what} {then}, this version's is {now}");
        }
    }
    if again != *verdict {
        bail!("{id} came to something else: {} bad passes and not {}", again.bad_passes, verdict.bad_passes);
    }
    output::answer(&trials::render(results, verdict, &format!("cmodx replay {} {id}", file.display())))?;
    Ok(if verdict.verdict == Outcome::Unsafe { FINDING } else { 0 })
}
