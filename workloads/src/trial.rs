//! Whole guests against an adversary: the real runtime, more harts than the relaxed world can explore, one seed at a time.
//!
//! What is run is what [`toggling`](crate::toggling) runs; the adversary ([`cmodx_sim::timed::Adversary`]) gives the turns and plays with
//! the instruction caches. A run in which nothing goes wrong proves nothing; one in which something does is a finding, and its
//! seed brings it back.

use crate::guest_run::{Guest, Observe, Outcome, RunError};
use crate::measure::{Strategy, Toggling, Trial};
use crate::toggling::{Amount, guest, judged};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::refinement::Refinement;
use cmodx_sim::timed::Adversary;
use cmodx_trampolines::catalogue::{Preemption, Scheme};

/// Instructions after which a run is given up.
const INSTRUCTIONS: u64 = 500_000_000;

/// What is run, apart from the trial itself.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Which scheme.
    pub scheme: &'static Scheme,
    /// On which core.
    pub core: CoreModel,
    /// Harts of the machine: one patches, the others call.
    pub harts: usize,
    /// Where threads may be preempted.
    pub preemption: Preemption,
}

impl Subject {
    /// Runs the guest in one way.
    ///
    /// # Errors
    /// [`RunError`] when there is no such guest, or no end of it.
    pub fn run(&self, trial: Trial) -> Result<Toggling, RunError> {
        let guest = self.guest(trial);
        let outcome = self.watched(&guest, trial, false)?;
        let name = format!("{}-seed-{}", strategy_name(trial.strategy), trial.seed);
        Ok(Toggling { trial: Some(trial), ..judged(&guest, &outcome, name)? })
    }

    /// Runs it and holds each fetch against what the architecture allows.
    ///
    /// # Errors
    /// Those of [`Subject::run`].
    pub fn refinement(&self, trial: Trial) -> Result<Option<Refinement>, RunError> {
        Ok(self.watched(&self.guest(trial), trial, true)?.refinement)
    }

    /// Stores to the sites that such a run has.
    ///
    /// # Errors
    /// Those of [`Subject::run`].
    pub fn stores(&self, trial: Trial) -> Result<u64, RunError> {
        let trial = Trial { strategy: Strategy::Pct { depth: 1, stores: 0 }, seed: 0, ..trial };
        Ok(self.watched(&self.guest(trial), trial, false)?.stores)
    }

    fn guest(&self, trial: Trial) -> Guest<'_> {
        let plain =
            Amount { harts: self.harts, sites: trial.sites, rounds: trial.rounds, seed: trial.seed, ..Amount::PLAIN };
        let amount = if self.preemption == Preemption::None { plain } else { plain.under(self.preemption) };
        guest(self.scheme, &self.core, amount)
    }

    fn watched(&self, guest: &Guest<'_>, trial: Trial, refinement: bool) -> Result<Outcome, RunError> {
        let adversary = Adversary::new(trial.strategy, trial.seed, self.harts);
        guest.run(&Observe {
            sites: usize::MAX,
            patched_alone: true,
            against: Some((adversary, INSTRUCTIONS)),
            may_be_lost: true,
            refinement,
            ..Observe::default()
        })
    }
}

/// The word for a strategy in names of results.
pub const fn strategy_name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Random => "turns",
        Strategy::Pct { .. } => "pct",
    }
}
