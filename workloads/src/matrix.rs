//! Many experiments at once: independent runs on all cores of the host, results in the order of the list.

use crate::guest_run::RunError;
use crate::measure::{Call, Latency, Overhead, TextSize, Toggling};
use crate::tracer::Tracer;
use crate::{latency, overhead, toggling};
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Claim, Preemption, Scheme};
use crossbeam::channel;
use rayon::prelude::*;

/// One experiment on one scheme and core.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which scheme.
    pub scheme: &'static Scheme,
    /// On which core.
    pub core: CoreModel,
    /// What to measure.
    pub what: What,
}

/// What a job measures.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// One row of the ftrace-ops grid.
    Overhead {
        /// Relevant and irrelevant tracers.
        row: (u32, u32),
        /// Calls timed.
        calls: u64,
    },
    /// A call that a tracer of another kind than ops sees.
    Call {
        /// Which.
        tracer: Tracer,
        /// Calls timed.
        calls: u64,
    },
    /// Enable, retarget, disable.
    Latency {
        /// Harts of the machine.
        harts: usize,
        /// Sites patched at once.
        sites: u32,
    },
    /// Concurrent toggling.
    Toggling(toggling::Amount),
}

/// What a job gave.
#[derive(Clone, Debug)]
enum Measured {
    Overhead(Overhead),
    Call(Call),
    Latency(latency::Changes),
    Toggling(Toggling),
}

/// Everything measured.
#[derive(Clone, Debug, Default)]
pub struct Measurements {
    /// Rows of the grid.
    pub overheads: Vec<Overhead>,
    /// Calls that tracers of other kinds than ops see.
    pub calls: Vec<Call>,
    /// Patching operations.
    pub latencies: Vec<Latency>,
    /// Text sizes.
    pub sizes: Vec<TextSize>,
    /// Concurrent runs.
    pub togglings: Vec<Toggling>,
}

/// Which experiments the default matrix has.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Calls of each row of the grid.
    pub calls: u64,
    /// Numbers of sites patched at once.
    pub sites: Vec<u32>,
    /// Numbers of harts for patching.
    pub harts: Vec<usize>,
    /// The concurrent runs; kinds of tracers other than ops are toggled as in the first, for a fifth of its rounds.
    pub togglings: Vec<toggling::Amount>,
}

impl Default for Scale {
    /// What `cmodx report` measures.
    fn default() -> Scale {
        let plain = toggling::Amount { rounds: 60, ..toggling::Amount::PLAIN };
        let full = toggling::Amount { sites: 24, rounds: 3, ..toggling::Amount::preempted(Preemption::Full) };
        let togglings = vec![plain, full];
        Scale { calls: 300, sites: vec![1, 100, 10_000], harts: vec![2, 8], togglings }
    }
}

/// The jobs for these schemes on those of the cores that fit, longest first.
pub fn jobs(schemes: &[&'static Scheme], cores: &[CoreModel], scale: &Scale) -> Vec<Job> {
    let mut jobs = Vec::new();
    for &scheme in schemes {
        let kinds = Tracer::of(scheme);
        for core in cores.iter().filter(|c| c.fits(scheme.arch)) {
            let mut add = |what| jobs.push(Job { scheme, core: core.clone(), what });
            if scheme.layout.patchable.is_none() {
                add(What::Overhead { row: (0, 0), calls: scale.calls });
                continue;
            }
            for &amount in &scale.togglings {
                add(What::Toggling(amount));
            }
            if scheme.claim == Claim::NegativeControl {
                // It is there to be caught; what it costs is what the scheme costs that it is a control of.
                continue;
            }
            for &harts in &scale.harts {
                for &sites in &scale.sites {
                    add(What::Latency { harts, sites });
                }
            }
            for &tracer in kinds.iter().filter(|kind| **kind != Tracer::Ops) {
                add(What::Call { tracer, calls: scale.calls });
                // What a negative control breaks it breaks with any kind; the others are toggled less with further kinds.
                let first = scale.togglings.first().filter(|first| scheme.claim.holds_under(first.preemption));
                if let Some(&first) = first {
                    add(What::Toggling(toggling::Amount { tracer, rounds: first.rounds.div_ceil(5), ..first }));
                }
            }
            for &row in overhead::GRID {
                add(What::Overhead { row, calls: scale.calls });
            }
        }
    }
    jobs.sort_by_key(|job| std::cmp::Reverse(job.weight()));
    jobs
}

impl Job {
    /// A rough measure of how long it takes.
    fn weight(&self) -> u64 {
        match self.what {
            What::Overhead { row, calls } => calls * (row.0 + row.1 + 1) as u64,
            What::Call { calls, .. } => calls,
            What::Latency { harts, sites } => harts as u64 * sites as u64 * 100,
            What::Toggling(amount) => amount.rounds * amount.harts as u64 * 1000,
        }
    }

    /// One line for a progress display.
    pub fn describe(&self) -> String {
        let (arch, id, core) = (self.scheme.arch, self.scheme.id, &self.core.name);
        match self.what {
            What::Overhead { row, .. } => format!("{arch} {id} {core}: {}|{} tracers", row.0, row.1),
            What::Call { tracer, .. } => format!("{arch} {id} {core}: tracer {}", tracer.name()),
            What::Latency { harts, sites } => format!("{arch} {id} {core}: {sites} sites, {harts} harts"),
            What::Toggling(amount) => {
                let (harts, preemption, tracer) = (amount.harts, amount.preemption.name(), amount.tracer.name());
                format!("{arch} {id} {core}: toggling, {harts} harts, preemption {preemption}, tracer {tracer}")
            }
        }
    }

    fn run(&self) -> Result<Measured, RunError> {
        Ok(match self.what {
            What::Overhead { row, calls } => {
                Measured::Overhead(overhead::measure(self.scheme, &self.core, row, calls)?)
            }
            What::Call { tracer, calls } => {
                Measured::Call(overhead::measure_call(self.scheme, &self.core, tracer, calls)?)
            }
            What::Latency { harts, sites } => {
                Measured::Latency(latency::measure(self.scheme, &self.core, harts, sites)?)
            }
            What::Toggling(amount) => Measured::Toggling(toggling::measure(self.scheme, &self.core, amount)?),
        })
    }
}

/// Runs all jobs on rayon's threads; `done` hears of each, with the number done so far. The order of the results is that of
/// the jobs, whatever the order of their ends.
///
/// # Errors
/// The first error, in the order of the jobs.
pub fn run(jobs: &[Job], mut done: impl FnMut(usize, &Job)) -> Result<Measurements, RunError> {
    let (sender, receiver) = channel::unbounded();
    let mut slots: Vec<Option<Result<Measured, RunError>>> = (0..jobs.len()).map(|_| None).collect();
    crossbeam::scope(|scope| {
        scope.spawn(move |_| {
            jobs.par_iter().enumerate().with_max_len(1).for_each_with(sender, |sender, (i, job)| {
                // The receiver outlives every sender: it ends when the last one is gone.
                let _ = sender.send((i, job.run()));
            });
        });
        for (count, (i, result)) in receiver.iter().enumerate() {
            done(count + 1, &jobs[i]);
            slots[i] = Some(result);
        }
    })
    .expect("no job panics");
    let mut all = Measurements::default();
    for slot in slots {
        match slot.expect("every job has sent its result")? {
            Measured::Overhead(overhead) => all.overheads.push(overhead),
            Measured::Call(call) => all.calls.push(call),
            Measured::Latency(changes) => {
                all.latencies.extend(changes.latencies);
                all.togglings.extend(changes.wrong);
            }
            Measured::Toggling(toggling) => all.togglings.push(toggling),
        }
    }
    Ok(all)
}
