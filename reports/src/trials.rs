//! Runs of whole guests against an adversary: many seeds, one row.

use crate::convert;
use crate::error::Error;
use crate::finding;
use crate::number::thousands;
use crate::records::{Outcome, Run, Verdict};
use crate::results::Results;
use crate::table::Table;
use crate::tables::Section;
use cmodx_workloads::measure::Toggling;
use std::collections::BTreeMap;

pub use crate::convert::trial_of;

/// The record of one run, to compare with another one.
pub fn record(toggling: &Toggling) -> Verdict {
    convert::toggling(toggling).0
}

impl Results {
    /// Makes records of trials, in whatever order they come. Of each run the first finding is kept.
    ///
    /// # Errors
    /// [`Error::DuplicateId`] for the same trial made twice.
    pub fn from_trials(run: Run, trials: &[Toggling]) -> Result<Results, Error> {
        let mut results = Results::empty(run);
        for trial in trials {
            let (verdict, findings) = convert::toggling(trial);
            results.verdicts.push(verdict);
            // Different seeds may lead to one and the same pass.
            let new = findings.into_iter().take(1).filter(|new| results.findings.iter().all(|old| old.id != new.id));
            let new: Vec<_> = new.collect();
            results.findings.extend(new);
        }
        results.sort()?;
        Ok(results)
    }

    /// Trials as text: a table, and the first finding of each scheme. `file` is where they can be replayed from.
    pub fn render_trials(&self, file: &str) -> String {
        let mut text = String::new();
        if let Some(section) = section(self) {
            text += &format!("{} ({})\n\n{}\n", section.title, section.note, section.table.text());
        }
        let mut shown = Vec::new();
        for verdict in self.verdicts.iter().filter(|v| v.verdict == Outcome::Unsafe) {
            if shown.contains(&(&verdict.setup.arch, &verdict.setup.scheme)) {
                continue;
            }
            let Some(found) = self.findings.iter().find(|f| Some(&f.id) == verdict.counterexample.as_ref()) else {
                continue;
            };
            shown.push((&verdict.setup.arch, &verdict.setup.scheme));
            text += &(finding::render(found, &format!("cmodx replay {file} {}", verdict.id)) + "\n");
        }
        text.push_str(&self.provenance());
        text
    }
}

/// One run and what it came to, as text; `again` is the command that shows it again.
pub fn render(results: &Results, verdict: &Verdict, again: &str) -> String {
    let found = verdict.counterexample.as_ref().and_then(|id| results.findings.iter().find(|f| f.id == *id));
    let mut text =
        found.map_or_else(|| format!("again:          {again}\n"), |found| finding::render(found, again) + "\n");
    let lost = verdict.lost.as_ref().map_or_else(String::new, |why| format!("; the guest was lost: {why}"));
    text += &format!(
        "{}: {}; {} bad passes, {} wrong of {} calls{lost}\n",
        verdict.id,
        verdict.verdict.name(),
        thousands(verdict.bad_passes),
        thousands(verdict.wrong),
        thousands(verdict.calls),
    );
    text
}

/// The trials, a row for each scheme, machine, preemption and strategy; none without any.
pub fn section(results: &Results) -> Option<Section> {
    let mut groups: BTreeMap<_, Vec<&Verdict>> = BTreeMap::new();
    for verdict in &results.verdicts {
        let Some(trial) = &verdict.trial else { continue };
        let scheme = format!("{}/{}", verdict.setup.arch, verdict.setup.scheme);
        let key = (scheme, verdict.setup.machine(), &verdict.preemption, &trial.strategy, trial.depth, trial.sites);
        groups.entry(key).or_default().push(verdict);
    }
    let mut table = Table::new()
        .words("scheme")
        .words("machine")
        .words("preemption")
        .words("turns given by")
        .words("claim")
        .numbers("sites")
        .numbers("runs")
        .numbers("unsafe")
        .words("first seed")
        .numbers("toggles")
        .numbers("calls")
        .words("finding");
    for ((scheme, machine, preemption, strategy, depth, sites), runs) in &groups {
        let seed = |v: &&&Verdict| v.trial.as_ref().map_or(0, |trial| trial.seed);
        let bad = || runs.iter().filter(|v| v.verdict == Outcome::Unsafe);
        let first = bad().min_by_key(seed);
        let claims = runs.iter().any(|v| v.claims_safe);
        let claim = match (claims, first.is_some()) {
            (true, false) => "safe, kept",
            (true, true) => "safe, BROKEN",
            (false, true) => "not safe here, fails as it should",
            (false, false) => "not safe here, not caught in these runs",
        };
        let sum = |count: fn(&Verdict) -> u64| thousands(runs.iter().map(|v| count(v)).sum::<u64>());
        table.row([
            scheme.clone(),
            machine.clone(),
            preemption.to_string(),
            if *depth == 0 { strategy.to_string() } else { format!("{strategy}, depth {depth}") },
            claim.into(),
            thousands(u64::from(*sites)),
            thousands(runs.len() as u64),
            thousands(bad().count() as u64),
            first.as_ref().map_or_else(|| "-".into(), |v| seed(v).to_string()),
            sum(|v| v.toggles),
            sum(|v| v.calls),
            first.and_then(|v| v.counterexample.clone()).unwrap_or_else(|| "-".into()),
        ]);
    }
    (!groups.is_empty()).then(|| Section {
        title: "Whole guests against an adversary".into(),
        note: "random turns and instruction caches, one run a seed; that nothing went wrong is no proof".into(),
        table,
    })
}
