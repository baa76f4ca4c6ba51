//! Sites toggled while all other harts call them; the guest checks every call, the oracle every pass through a site.

use crate::guest_run::{Guest, Observe, Outcome, RunError, disassemble};
use crate::measure::{LocatedFinding, Toggling};
use crate::overhead::setup;
use crate::params::{Mode, Params, WRONG_ALLOWED};
use crate::races;
use crate::tracer::Tracer;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::finding::Finding;
use cmodx_trampolines::catalogue::{Preemption, Scheme};

/// How much is toggled.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Harts of the machine: one patches, the others call.
    pub harts: usize,
    /// Sites that are patched together.
    pub sites: u32,
    /// Rounds of enable, retarget and disable.
    pub rounds: u64,
    /// Seed of the callers' choice of sites and of the phase of every tick.
    pub seed: u64,
    /// Where threads may be preempted.
    pub preemption: Preemption,
    /// Calling threads on each hart but the patching one.
    pub threads: u64,
    /// Mean nanoseconds between the timer interrupts of a hart; 0 for none.
    pub tick: u64,
    /// Further flags of [`Params::flags`].
    pub flags: u64,
    /// Kind of the tracers.
    pub tracer: Tracer,
    /// Report fetches of modified code that harts have not synchronized with.
    pub sanitize: bool,
}

impl Amount {
    /// One thread a hart and no tick: the run that the default matrix has.
    pub const PLAIN: Amount = Amount {
        harts: 8,
        sites: 100,
        rounds: 100,
        seed: 1,
        preemption: Preemption::None,
        threads: 1,
        tick: 0,
        flags: 0,
        tracer: Tracer::Ops,
        sanitize: false,
    };

    /// Eight harts under this model: three threads on each that calls, a tick every 4 µs or so (some five thousand cycles,
    /// a dozen calls).
    pub const fn preempted(preemption: Preemption) -> Amount {
        Amount::PLAIN.under(preemption)
    }

    /// The same amount with the threads and the tick of [`Amount::preempted`].
    pub const fn under(self, preemption: Preemption) -> Amount {
        Amount { preemption, threads: 3, tick: 4_000, ..self }
    }
}

/// Runs it.
///
/// # Errors
/// [`RunError`] when there is no such guest, or no end of it.
pub fn measure(scheme: &Scheme, core: &CoreModel, amount: Amount) -> Result<Toggling, RunError> {
    let guest = guest(scheme, core, amount);
    let outcome = guest.run(&Observe {
        sites: usize::MAX,
        may_be_lost: true,
        sanitize: amount.sanitize,
        ..Observe::default()
    })?;
    judged(&guest, &outcome, "toggling".into())
}

/// The guest that does it.
pub(crate) fn guest<'a>(scheme: &'a Scheme, core: &'a CoreModel, amount: Amount) -> Guest<'a> {
    let params = Params {
        mode: Mode::Toggle,
        harts: amount.harts as u64,
        sites: amount.sites as u64,
        rounds: amount.rounds,
        seed: amount.seed,
        preemption: amount.preemption,
        threads: amount.threads,
        tick: amount.tick,
        flags: amount.flags | WRONG_ALLOWED,
        tracer: amount.tracer,
        ..Params::default()
    };
    Guest { scheme, core, harts: amount.harts, params }
}

/// What the calls of a run came to; `run` is its name in results.
pub(crate) fn judged(guest: &Guest<'_>, outcome: &Outcome, run: String) -> Result<Toggling, RunError> {
    let (scheme, params) = (guest.scheme, &guest.params);
    // Who was lost has said nothing more.
    let silent = outcome.lost.is_some().then_some(0);
    let said = |key: &str| {
        let value = outcome.result(key).or_else(|| outcome.measure(key));
        value.or(silent).ok_or_else(|| guest.missing(key))
    };
    Ok(Toggling {
        setup: setup(guest, &outcome.guest),
        run,
        tracer: params.tracer,
        toggles: said("toggles")?,
        calls: said("calls")?,
        traced: said("traced")?,
        wrong: said("wrong")?,
        wrong_trapped: said("wrong.trapped")?,
        wrong_tracers: said("wrong.tracers")?,
        bad_passes: outcome.bad_passes,
        lost: outcome.lost.clone(),
        trial: None,
        findings: outcome.findings.iter().map(|f| locate(f, outcome, scheme)).collect(),
        races: races::locate(outcome.races.iter(), &outcome.image, &outcome.lines),
        claims_safe: scheme.claim.holds_under(params.preemption),
        preemption: params.preemption,
        ticks: said("ticks")?,
        preemptions: said("preemptions")?,
        migrations: said("migrations")?,
        frames_fixed: said("frames.fixed")?,
    })
}

/// Names every address of a finding and disassembles what was fetched.
fn locate(finding: &Finding, outcome: &Outcome, scheme: &Scheme) -> LocatedFinding {
    let mut addresses = vec![finding.site, finding.went_to];
    addresses.extend(&finding.allowed);
    for fetched in &finding.fetched {
        addresses.push(fetched.pc);
        addresses.extend(fetched.writer.iter().flat_map(|w| [w.pc, w.at]));
    }
    addresses.sort_unstable();
    addresses.dedup();
    LocatedFinding {
        finding: finding.clone(),
        symbols: addresses.into_iter().map(|at| (at, outcome.image.describe(at))).collect(),
        disassembly: finding.fetched.iter().map(|f| disassemble(scheme.arch, f.bytes, f.pc)).collect(),
    }
}
