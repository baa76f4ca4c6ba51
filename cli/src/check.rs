//! `cmodx check`: is the scheme safe under everything that the architecture allows?

use crate::args::{self, CheckArgs, Format, Strategy};
use crate::progress::Progress;
use crate::{FINDING, NO_ANSWER, campaign, output, provenance, trials};
use anyhow::{Result, bail};
use cmodx_reports::Results;
use cmodx_reports::check::{Check, Decision, check_id};
use cmodx_sim::relaxed::model::Model;
use cmodx_trampolines::catalogue::{Preemption, SCHEMES, Scheme};
use cmodx_workloads::check::ablate::ablate;
use cmodx_workloads::check::{Answer, Case, Operation, harness, matrix};

/// Checks, then prints and keeps the answers.
pub fn check(args: &CheckArgs) -> Result<u8> {
    if let Some(path) = &args.output {
        output::check_writable(path)?;
    }
    if let Some(jobs) = args.jobs {
        rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global()?;
    }
    if args.strategy.is_timed() {
        return trials::run(args);
    }
    if args.strategy == Strategy::Random && args.seeds.is_none() {
        bail!("--strategy random needs --seeds A..B");
    }
    let cases = cases(args)?;
    let architectures: Vec<_> = cases.iter().map(|case| case.scheme.arch).collect();
    let cases = campaign::mine(cases, args);
    let with_seed = |case: &Case, seed| {
        let mut case = case.clone();
        (case.limits.bounds.seed, case.limits.bounds.width) = (seed, args.width);
        case
    };
    let each: Vec<Vec<Case>> = match &args.seeds {
        None => vec![cases],
        Some(seeds) => seeds.clone().map(|seed| cases.iter().map(|case| with_seed(case, seed)).collect()).collect(),
    };
    let rounds = match args.checkpoint {
        None => each,
        Some(_) => each.iter().flat_map(|cases| campaign::rounds(cases)).collect(),
    };
    let answered = |cases: &[Case]| Ok(Results::from_checks(provenance::run(args.no_host), &answers(cases, args)?)?);
    let results = campaign::answers(rounds, args, |case, results| is_open(case, results, args.keep_going), answered)?;
    if args.verbose {
        for arch in [cmodx_workloads::check::Arch::Riscv64, cmodx_workloads::check::Arch::Aarch64] {
            if architectures.contains(&arch) {
                for (function, instead) in harness::replaced(arch) {
                    eprintln!("{arch}: in place of {function}: {instead}");
                }
            }
        }
    }
    keep(&results, args, |file| results.render_checks(file, args.verbose))?;
    Ok(code(&results, args))
}

/// Writes the results where they are asked for; `text` renders them for a reader, who may replay them from the named file.
pub fn keep(results: &Results, args: &CheckArgs, text: impl Fn(&str) -> String) -> Result<()> {
    if let Some(path) = &args.output {
        if output::is_stdout(path) {
            return output::answer(&results.to_jsonl()).map(drop);
        }
        results.write_jsonl(path)?;
    }
    let file = args.output.as_ref().map_or("RESULTS".into(), |p| p.display().to_string());
    let answer = match args.out.format() {
        Format::Json => results.to_jsonl(),
        Format::Markdown => results.render_markdown(),
        Format::Text => text(&file),
    };
    output::answer(&answer).map(drop)
}

/// Without --keep-going nothing more is done with what a seed has shown to be unsafe.
fn is_open(case: &Case, results: &Results, keep_going: bool) -> bool {
    let id = check_id(case, None);
    let found = |c: &&Check| {
        let site = (&*c.site.scheme, &*c.site.operation, &*c.site.preemption, &*c.site.model);
        c.verdict == Decision::Unsafe
            && site == (case.scheme.id, case.operation.name(), case.preemption.name(), case.model.name())
            && c.site.arch == case.scheme.arch.name()
    };
    let done = results.checks.iter().any(|c| c.id == id);
    !done && (keep_going || !results.checks.iter().any(|c| found(&c)))
}

/// 1 for a verdict against a claim or a silent negative control, 2 for an open question, 0 otherwise.
fn code(results: &Results, args: &CheckArgs) -> u8 {
    // A negative control must be found out by all operations together.
    let whole = args.operation.is_empty() && args.shard.is_none();
    if results.against_claims().next().is_some() || (whole && !results.silent_controls().is_empty()) {
        return FINDING;
    }
    let open = results.checks.iter().any(|c| c.verdict == Decision::Inconclusive);
    if open && !args.allow_inconclusive { NO_ANSWER } else { 0 }
}

fn answers(cases: &[Case], args: &CheckArgs) -> Result<Vec<(Option<String>, Answer)>> {
    let mut progress = Progress::new(cases.len(), args.quiet);
    let whole = matrix::run(cases, |done, case| progress.step(done, case.name()));
    progress.finish();
    let whole = whole?;
    let mut answers = Vec::new();
    for answer in whole {
        if args.ablate {
            let boot = answer.case.boot()?;
            for part in ablate(&answer, &boot)? {
                answers.push((Some(part.part), part.answer));
            }
        }
        answers.push((None, answer));
    }
    Ok(answers)
}

/// What is asked for.
fn cases(args: &CheckArgs) -> Result<Vec<Case>> {
    let schemes = schemes(args)?;
    let operations = args::named(&args.operation, &Operation::ALL, Operation::name, "operation")?;
    let operations = match (operations.is_empty(), args.ablate) {
        (false, _) => operations,
        // Without safety at stake what a protocol keeps together still shows.
        (true, true) => vec![Operation::Enable, Operation::Matched, Operation::Disable, Operation::Own],
        (true, false) => Operation::SAFETY.to_vec(),
    };
    let preemptions = args::named(&args.preemption, &Preemption::ALL, Preemption::name, "preemption")?;
    let preemptions = if preemptions.is_empty() { Preemption::ALL.to_vec() } else { preemptions };
    let models: Vec<Model> = if args.model.is_empty() { Model::ALL.to_vec() } else { args.model.clone() };
    let mut cases = matrix::cases(&schemes, &operations, &preemptions, &models);
    for case in &mut cases {
        case.limits.callers = args.callers;
        case.limits.sites = args.sites;
        case.limits.bounds.total = args.states;
        case.limits.bounds.bytes = (args.memory as usize) << 20;
        case.limits.fence_completes = !args.fence_sent;
    }
    if cases.is_empty() {
        bail!(
            "nothing to check: no selected model is for the instruction set of a selected scheme with sites, or has its instructions"
        );
    }
    Ok(cases)
}

/// The schemes that are asked for.
pub fn schemes(args: &CheckArgs) -> Result<Vec<&'static Scheme>> {
    let names = |scheme: &Scheme, id: &str| scheme.id == id || scheme.id.split_once('/').is_some_and(|(f, _)| f == id);
    let of_arch = |s: &&Scheme| args.arch.as_ref().is_none_or(|a| s.arch.name() == a);
    if let Some(arch) = &args.arch
        && !SCHEMES.iter().any(|s| s.arch.name() == arch)
    {
        bail!("no instruction set is named `{arch}`; there are riscv64 and aarch64");
    }
    for id in &args.scheme {
        if !SCHEMES.iter().filter(of_arch).any(|s| names(s, id)) {
            bail!("no scheme is named `{id}`; see `cmodx list schemes`");
        }
    }
    // No model has the instructions of a hypothetical scheme; the timed world has.
    let known = |s: &&Scheme| args.strategy.is_timed() || !s.hypothetical();
    let wanted = |s: &&Scheme| args.scheme.is_empty() || args.scheme.iter().any(|id| names(s, id));
    Ok(SCHEMES.iter().filter(of_arch).filter(known).filter(wanted).collect())
}
