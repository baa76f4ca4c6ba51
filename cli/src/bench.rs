//! `cmodx bench`.

use crate::args::{self, Bench, Format, Selection};
use crate::progress::Progress;
use crate::sweep::{self, Sweep};
use crate::{FINDING, cores, output, provenance};
use anyhow::{Result, bail};
use cmodx_reports::Results;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Preemption, SCHEMES, Scheme};
use cmodx_workloads::matrix::{self, Scale};
use cmodx_workloads::{images, kernel, own_scheme};

/// Measures, then prints and keeps the results.
pub fn bench(args: &Bench) -> Result<u8> {
    if let Some(path) = &args.output {
        output::check_writable(path)?;
    }
    if args.save_history.is_some() {
        // Fails before anything long is measured.
        cmodx_reports::history::file_name(&provenance::run(true))?;
    }
    let results = measure(&args.selection, &args.sweep)?;
    if let Some(dir) = &args.save_history {
        let path = cmodx_reports::history::save(dir, &results)?;
        eprintln!("saved {}", path.display());
    }
    match &args.output {
        Some(path) if output::is_stdout(path) => output::answer(&results.to_jsonl())?,
        Some(path) => {
            results.write_jsonl(path)?;
            print(&results, args.out.format())?
        }
        None => print(&results, args.out.format())?,
    };
    Ok(verdict(&results))
}

fn print(results: &Results, format: Format) -> Result<u8> {
    match format {
        Format::Text => output::answer(&results.render_text()),
        Format::Json => output::answer(&results.to_jsonl()),
        Format::Markdown => output::answer(&results.render_markdown()),
    }
}

/// A scheme that broke though it claims safety is a finding; a negative control is none, whether it failed or not.
pub fn verdict(results: &Results) -> u8 {
    if results.unexpected().next().is_some() || results.unexpected_races().next().is_some() { FINDING } else { 0 }
}

/// Runs the selected part of the default matrix. Guests with more sites than the embedded ones have are built first.
pub fn measure(selection: &Selection, sweeps: &[Sweep]) -> Result<Results> {
    let most = selection.sites.iter().copied().max().unwrap_or(0);
    if most > images::MOST_SITES {
        bail!("--sites {most}: the guest has room for {} sites", images::MOST_SITES);
    }
    let schemes = schemes(selection, most)?;
    let cores = sweep::variants(cores_of(selection)?, sweeps)?;
    images::provide(&schemes, most)?;
    let mut scale = Scale::default();
    if let Some(calls) = selection.calls {
        scale.calls = calls;
    }
    if let Some(&first) = selection.harts.first() {
        scale.harts.clone_from(&selection.harts);
        scale.togglings.iter_mut().for_each(|amount| amount.harts = first);
    }
    if let Some(&first) = selection.sites.first() {
        scale.sites.clone_from(&selection.sites);
        scale.togglings.iter_mut().for_each(|amount| amount.sites = first);
    }
    if !selection.preemption.is_empty() {
        let all = &Preemption::ALL;
        let chosen = args::named(&selection.preemption, all, Preemption::name, "preemption")?;
        let plain = scale.togglings[0];
        let under = |model| if model == Preemption::None { plain } else { plain.under(model) };
        scale.togglings = chosen.into_iter().map(under).collect();
    }
    for amount in &mut scale.togglings {
        amount.rounds = selection.rounds.unwrap_or(amount.rounds);
        amount.seed = selection.seed.unwrap_or(amount.seed);
        amount.sanitize = selection.sanitize;
    }
    let jobs = matrix::jobs(&schemes, &cores, &scale);
    if jobs.is_empty() {
        bail!("nothing to measure: no selected core model is for the instruction set of a selected scheme");
    }
    let mut progress = Progress::new(jobs.len(), selection.quiet);
    let measured = matrix::run(&jobs, |done, job| progress.step(done, job.describe()));
    progress.finish();
    let mut measured = measured?;
    measured.sizes = kernel::sizes_under(&schemes);
    let run = provenance::run(selection.no_host);
    let (overheads, latencies) = (&measured.overheads, &measured.latencies);
    let results = Results::from_measurements(run, overheads, latencies, &measured.sizes, &measured.togglings)?;
    Ok(results.with_calls(&measured.calls)?)
}

fn schemes(selection: &Selection, sites: u32) -> Result<Vec<&'static Scheme>> {
    if let Some(arch) = &selection.arch
        && !SCHEMES.iter().any(|s| s.arch.name() == arch)
    {
        bail!("no instruction set is named `{arch}`; there are riscv64 and aarch64");
    }
    let of_arch = |s: &&'static Scheme| selection.arch.as_ref().is_none_or(|a| s.arch.name() == a);
    for id in &selection.scheme {
        if !SCHEMES.iter().filter(of_arch).any(|s| names(s, id)) {
            bail!("no scheme is named `{id}`; see `cmodx list schemes`");
        }
    }
    let mut own = Vec::new();
    for folder in &selection.scheme_dir {
        own.extend(own_scheme::load(folder, sites)?.into_iter().filter(of_arch));
    }
    let all = selection.scheme.is_empty() && own.is_empty();
    let chosen = |s: &&Scheme| all || selection.scheme.iter().any(|id| names(s, id));
    let mut wanted: Vec<&'static Scheme> = SCHEMES.iter().filter(of_arch).filter(chosen).chain(own).collect();
    // The baseline is always measured: every overhead is over it.
    let missing = |s: &&Scheme| {
        s.layout.patchable.is_none() && wanted.iter().any(|w| w.arch == s.arch) && !wanted.iter().any(|w| w == s)
    };
    let baselines: Vec<&'static Scheme> = SCHEMES.iter().filter(missing).collect();
    wanted.splice(0..0, baselines);
    Ok(wanted)
}

/// True when `id` is the scheme's id or the part before its slash.
fn names(scheme: &Scheme, id: &str) -> bool {
    scheme.id == id || scheme.id.split_once('/').is_some_and(|(family, _)| family == id)
}

fn cores_of(selection: &Selection) -> Result<Vec<CoreModel>> {
    if selection.core.is_empty() {
        return Ok(CoreModel::all()?);
    }
    selection.core.iter().map(|name| cores::find(name)).collect()
}
