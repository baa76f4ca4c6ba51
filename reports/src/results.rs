//! A set of results: what one file holds, and what every rendering starts from.

use crate::check::{Check, Counterexample, Decision};
use crate::error::Error;
use crate::race::Race;
use crate::records::{Call, Finding, Latency, Overhead, Run, Size, Verdict};
use std::collections::BTreeSet;

/// The records of one run, each kind sorted by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Results {
    /// What was run.
    pub run: Run,
    /// Rows of the ftrace-ops grid.
    pub overheads: Vec<Overhead>,
    /// Calls that tracers of other kinds see.
    pub calls: Vec<Call>,
    /// Patching operations.
    pub latencies: Vec<Latency>,
    /// Text sizes.
    pub sizes: Vec<Size>,
    /// Concurrent runs.
    pub verdicts: Vec<Verdict>,
    /// Bad passes.
    pub findings: Vec<Finding>,
    /// Fetches of modified code without synchronization.
    pub races: Vec<Race>,
    /// Verdicts of the relaxed world.
    pub checks: Vec<Check>,
    /// The executions that prove them.
    pub counterexamples: Vec<Counterexample>,
}

impl Results {
    /// No measurements.
    pub fn empty(run: Run) -> Results {
        Results {
            run,
            overheads: Vec::new(),
            calls: Vec::new(),
            latencies: Vec::new(),
            sizes: Vec::new(),
            verdicts: Vec::new(),
            findings: Vec::new(),
            races: Vec::new(),
            checks: Vec::new(),
            counterexamples: Vec::new(),
        }
    }

    /// True when nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.overheads.is_empty()
            && self.calls.is_empty()
            && self.latencies.is_empty()
            && self.sizes.is_empty()
            && self.verdicts.is_empty()
            && self.races.is_empty()
            && self.checks.is_empty()
    }

    /// The concurrent runs that broke a scheme that claims to survive them. A negative control that survives a run is none of
    /// them: one run proves nothing, neither way.
    pub fn unexpected(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| verdict.claims_safe && !verdict.as_claimed())
    }

    /// The races in schemes that claim to be safe.
    pub fn unexpected_races(&self) -> impl Iterator<Item = &Race> {
        self.races.iter().filter(|race| race.claims_safe)
    }

    /// The checks that go against what their scheme claims.
    pub fn against_claims(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.against_claim())
    }

    /// The negative controls that no check found unsafe, though every operation that is asked for was looked at. Where one is
    /// inconclusive the question is open.
    pub fn silent_controls(&self) -> Vec<String> {
        let controls = || self.checks.iter().filter(|c| !c.claims_safe && c.site.ablated.is_none());
        let name = |c: &Check| format!("{}/{}, preemption {}", c.site.arch, c.site.scheme, c.site.preemption);
        let mut names: Vec<String> = controls().map(name).collect();
        names.sort();
        names.dedup();
        let found = |c: &Check| matches!(c.verdict, Decision::Unsafe | Decision::Inconclusive);
        let seen = |n: &String| controls().any(|c| name(c) == *n && found(c));
        names.retain(|n| !seen(n));
        names
    }

    /// The records of both, under the first one's run. A finding or counterexample that both have is kept once.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] for any other record that both have.
    pub fn merged(mut self, other: Results) -> Result<Results, Error> {
        self.overheads.extend(other.overheads);
        self.calls.extend(other.calls);
        self.latencies.extend(other.latencies);
        self.sizes.extend(other.sizes);
        self.verdicts.extend(other.verdicts);
        let known: BTreeSet<String> = self.findings.iter().map(|f| f.id.clone()).collect();
        self.findings.extend(other.findings.into_iter().filter(|f| !known.contains(&f.id)));
        let known: BTreeSet<String> = self.races.iter().map(|r| r.id.clone()).collect();
        self.races.extend(other.races.into_iter().filter(|r| !known.contains(&r.id)));
        self.checks.extend(other.checks);
        let known: BTreeSet<String> = self.counterexamples.iter().map(|c| c.id.clone()).collect();
        self.counterexamples.extend(other.counterexamples.into_iter().filter(|c| !known.contains(&c.id)));
        self.sort()?;
        Ok(self)
    }

    /// Puts every kind in the order of its ids.
    pub(crate) fn sort(&mut self) -> Result<(), Error> {
        sort("overhead", &mut self.overheads, |r| &r.id)?;
        sort("call", &mut self.calls, |r| &r.id)?;
        sort("latency", &mut self.latencies, |r| &r.id)?;
        sort("size", &mut self.sizes, |r| &r.id)?;
        sort("verdict", &mut self.verdicts, |r| &r.id)?;
        sort("finding", &mut self.findings, |r| &r.id)?;
        sort("race", &mut self.races, |r| &r.id)?;
        sort("check", &mut self.checks, |r| &r.id)?;
        sort("counterexample", &mut self.counterexamples, |r| &r.id)
    }

    /// SHA-256 of every configuration measured, with the machines that have it, sorted.
    pub fn configurations(&self) -> BTreeSet<(String, &str)> {
        let overheads = self.overheads.iter().map(|r| &r.setup);
        let calls = self.calls.iter().map(|r| &r.setup);
        let latencies = self.latencies.iter().map(|r| &r.setup);
        let verdicts = self.verdicts.iter().map(|r| &r.setup);
        overheads.chain(calls).chain(latencies).chain(verdicts).map(|s| (s.machine(), s.config.as_str())).collect()
    }
}

fn sort<T>(kind: &'static str, records: &mut [T], id: impl Fn(&T) -> &str) -> Result<(), Error> {
    records.sort_by(|a, b| id(a).cmp(id(b)));
    match records.windows(2).find(|pair| id(&pair[0]) == id(&pair[1])) {
        Some(pair) => Err(Error::DuplicateId { kind, id: id(&pair[0]).into() }),
        None => Ok(()),
    }
}
