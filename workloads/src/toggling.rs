//! Sites toggled while all other harts call them; the guest checks every call, the oracle every pass through a site.

use crate::guest_run::{Guest, Observe, Outcome, RunError, disassemble};
use crate::measure::{LocatedFinding, Toggling};
use crate::overhead::setup;
use crate::params::{Mode, Params};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::finding::Finding;
use cmodx_trampolines::catalogue::{Claim, Scheme};

/// How much is toggled.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Harts of the machine: one patches, the others call.
    pub harts: usize,
    /// Sites that are patched together.
    pub sites: u32,
    /// Rounds of enable, retarget and disable.
    pub rounds: u64,
    /// Seed of the callers' choice of sites.
    pub seed: u64,
}

/// Runs it.
///
/// # Errors
/// [`RunError`] when the guest does not come to its end.
pub fn measure(scheme: &Scheme, core: &CoreModel, amount: Amount) -> Result<Toggling, RunError> {
    let params = Params {
        mode: Mode::Toggle,
        harts: amount.harts as u64,
        sites: amount.sites as u64,
        rounds: amount.rounds,
        seed: amount.seed,
        ..Params::default()
    };
    let guest = Guest { scheme, core, harts: amount.harts, params };
    let outcome = guest.run(&Observe { sites: usize::MAX, ..Observe::default() })?;
    let said = |key: &str| outcome.result(key).or_else(|| outcome.measure(key)).ok_or_else(|| guest.missing(key));
    Ok(Toggling {
        setup: setup(&guest, &outcome.guest),
        toggles: said("toggles")?,
        calls: said("calls")?,
        traced: said("traced")?,
        wrong: said("wrong")?,
        bad_passes: outcome.bad_passes,
        findings: outcome.findings.iter().map(|f| locate(f, &outcome, scheme)).collect(),
        claims_safe: scheme.claim == Claim::Safe,
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
