//! Compares two sets of results, measurement by measurement.
//!
//! Simulated cycles have no noise: any difference is a change, and an increase is a regression unless a limit allows it.
//! Of every metric here, more is worse. Derived quantities are left out, since they follow from the measured ones;
//! findings are, since they are named after their facts and the verdict that they belong to is compared.

use crate::check::{Check, Decision};
use crate::number::{percent, signed, thousands};
use crate::records::{Outcome, Setup, Verdict};
use crate::results::Results;
use crate::table::Table;
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The metrics that are compared, by kind of record.
pub const METRICS: &[&str] = &[
    "overhead.cycles",
    "overhead.instructions",
    "overhead.icache_misses",
    "overhead.dcache_misses",
    "overhead.mispredicts",
    "call.cycles",
    "call.instructions",
    "call.icache_misses",
    "call.dcache_misses",
    "call.mispredicts",
    "latency.cycles",
    "latency.instructions",
    "latency.lost_cycles",
    "latency.longest_loss",
    "size.total_bytes",
    "size.site_bytes",
    "size.literal_bytes",
    "size.padding_bytes",
];

/// What to let pass.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much worse a metric may get before the comparison fails.
    pub fail_over: Vec<Limit>,
    /// Compare measurements of different configurations or guests too.
    pub allow_incomparable: bool,
}

/// How much worse a metric may get: `METRIC=5%` or `METRIC=100`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// One of [`METRICS`], or its last part for every kind (`cycles`).
    pub metric: String,
    /// How much.
    pub allowance: Allowance,
}

/// An increase that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Parts per million of the old value.
    Ppm(u64),
    /// In the metric's unit.
    Absolute(u64),
}

/// Why a limit was refused.
#[derive(Debug, thiserror::Error)]
pub enum LimitError {
    /// Not of the form METRIC=PCT% or METRIC=ABS.
    #[error("{0:?} is no limit: write METRIC=5% or METRIC=100")]
    Form(String),
    /// There is no such metric.
    #[error("{metric:?} is no metric; these are: {}", METRICS.join(", "))]
    Metric {
        /// The name given.
        metric: String,
    },
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Limit, LimitError> {
        let form = || LimitError::Form(text.into());
        let (metric, amount) = text.split_once('=').ok_or_else(form)?;
        if !METRICS.iter().any(|known| names(metric, known)) {
            return Err(LimitError::Metric { metric: metric.into() });
        }
        let allowance = match amount.strip_suffix('%') {
            Some(number) => Allowance::Ppm(ppm(number.trim_end()).ok_or_else(form)?),
            None => Allowance::Absolute(amount.parse().map_err(|_| form())?),
        };
        Ok(Limit { metric: metric.into(), allowance })
    }
}

/// `2.5` percent as parts per million.
fn ppm(number: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = !part.is_empty() && part.len() <= 4 && part.bytes().all(|digit| digit.is_ascii_digit());
    let part: u64 = digits.then(|| format!("{part:0<4}"))?.parse().ok()?;
    whole.parse::<u64>().ok()?.checked_mul(10_000)?.checked_add(part)
}

fn names(given: &str, metric: &str) -> bool {
    given == metric || metric.split_once('.').is_some_and(|(_, last)| last == given)
}

impl Limit {
    fn allows(&self, metric: &str, old: u64, new: u64) -> bool {
        let increase = i128::from(new) - i128::from(old);
        names(&self.metric, metric)
            && match self.allowance {
                Allowance::Ppm(ppm) => increase * 1_000_000 <= i128::from(old) * i128::from(ppm),
                Allowance::Absolute(most) => increase <= i128::from(most),
            }
    }
}

/// What became of a measurement, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Worse.
    Regressed,
    /// Of another configuration or guest, or with other parameters.
    Incomparable,
    /// In the old results only.
    Removed,
    /// In the new results only.
    New,
    /// Better.
    Improved,
    /// The same.
    Equal,
}

impl Class {
    /// The word used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Regressed => "regressed",
            Class::Incomparable => "incomparable",
            Class::Removed => "removed",
            Class::New => "new",
            Class::Improved => "improved",
            Class::Equal => "equal",
        }
    }
}

/// One metric of one measurement, or a whole measurement where `metric` is its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What became of it.
    pub class: Class,
    /// One of [`METRICS`]; `verdict`; or the kind of record.
    pub metric: String,
    /// The measurement.
    pub id: String,
    /// Before.
    pub old: Option<u64>,
    /// After.
    pub new: Option<u64>,
    /// Change in parts per million of the old value; none where there is nothing to divide by.
    pub ppm: Option<i64>,
    /// True when the comparison fails for it.
    pub fails: bool,
    /// What else there is to say.
    pub note: String,
}

/// What two sets of results say of each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// All changes, the worst first; equal ones last.
    pub changes: Vec<Change>,
    /// Measurements of different configurations were compared all the same.
    pub incomparable_allowed: bool,
    /// Measurements that both sets have.
    pub common: usize,
}

/// Compares the old results `a` with the new results `b`.
pub fn compare(a: &Results, b: &Results, options: &Options) -> Comparison {
    let (old, new) = (points(a), points(b));
    let mut changes = Vec::new();
    let mut common = 0;
    for (key, point) in &old {
        match new.get(key) {
            Some(other) => {
                common += 1;
                changes.extend(point.compare(key.1, other, options));
            }
            None => changes.push(Change::whole(Class::Removed, key, String::new())),
        }
    }
    changes.extend(
        new.keys().filter(|key| !old.contains_key(*key)).map(|key| Change::whole(Class::New, key, String::new())),
    );
    // Worst first: an unsafe verdict, then what grew most; of improvements the largest first.
    changes.sort_by_key(|change| {
        let grown = change.growth();
        let rank = if change.class == Class::Regressed { -grown } else { grown };
        (change.class, !change.fails, rank, change.id.clone(), change.metric.clone())
    });
    Comparison { changes, incomparable_allowed: options.allow_incomparable, common }
}

/// What of a record is compared.
struct Point<'a> {
    config: &'a str,
    guest: &'a str,
    /// A parameter that both must share.
    calls: Option<u64>,
    metrics: Vec<(&'static str, u64)>,
    verdict: Option<&'a Verdict>,
    check: Option<&'a Check>,
}

type Key<'a> = (&'static str, &'a str);

/// Every record by kind and id.
fn points(results: &Results) -> BTreeMap<Key<'_>, Point<'_>> {
    fn point<'a>(setup: &'a Setup, metrics: Vec<(&'static str, u64)>) -> Point<'a> {
        Point { config: &setup.config, guest: &setup.guest, calls: None, metrics, verdict: None, check: None }
    }
    let overheads = results.overheads.iter().map(|row| {
        let metrics = vec![
            ("overhead.cycles", row.cycles),
            ("overhead.instructions", row.instructions),
            ("overhead.icache_misses", row.icache_misses),
            ("overhead.dcache_misses", row.dcache_misses),
            ("overhead.mispredicts", row.mispredicts),
        ];
        (("overhead", row.id.as_str()), Point { calls: Some(row.calls), ..point(&row.setup, metrics) })
    });
    let calls = results.calls.iter().map(|row| {
        let metrics = vec![
            ("call.cycles", row.cycles),
            ("call.instructions", row.instructions),
            ("call.icache_misses", row.icache_misses),
            ("call.dcache_misses", row.dcache_misses),
            ("call.mispredicts", row.mispredicts),
        ];
        (("call", row.id.as_str()), Point { calls: Some(row.calls), ..point(&row.setup, metrics) })
    });
    let latencies = results.latencies.iter().map(|row| {
        let metrics = vec![
            ("latency.cycles", row.cycles),
            ("latency.instructions", row.instructions),
            ("latency.lost_cycles", row.lost_cycles),
            ("latency.longest_loss", row.longest_loss),
        ];
        (("latency", row.id.as_str()), point(&row.setup, metrics))
    });
    let sizes = results.sizes.iter().map(|row| {
        let metrics = vec![
            ("size.total_bytes", row.total_bytes),
            ("size.site_bytes", row.site_bytes),
            ("size.literal_bytes", row.literal_bytes),
            ("size.padding_bytes", row.padding_bytes),
        ];
        (("size", row.id.as_str()), Point { config: "", guest: "", calls: None, metrics, verdict: None, check: None })
    });
    let verdicts = results
        .verdicts
        .iter()
        .map(|row| (("verdict", row.id.as_str()), Point { verdict: Some(row), ..point(&row.setup, Vec::new()) }));
    let checks = results.checks.iter().map(|row| {
        let (config, guest) = ("", row.site.guest.as_str());
        let point = Point { config, guest, calls: None, metrics: Vec::new(), verdict: None, check: Some(row) };
        (("check", row.id.as_str()), point)
    });
    overheads.chain(calls).chain(latencies).chain(sizes).chain(verdicts).chain(checks).collect()
}

impl Point<'_> {
    fn compare(&self, id: &str, new: &Point<'_>, options: &Options) -> Vec<Change> {
        if let Some((old, new)) = self.check.zip(new.check) {
            return vec![checked(old, new)];
        }
        let verdicts = self.verdict.zip(new.verdict);
        // A verdict that turned is news whatever else changed: the change may well be what turned it.
        if let Some(change) = verdicts.and_then(|(old, new)| turned(old, new)) {
            return vec![change];
        }
        if let Some(why) = self.incomparable(new, options.allow_incomparable) {
            let kind = self.metrics.first().map_or("verdict", |(name, _)| name.split('.').next().unwrap_or(name));
            return vec![Change::whole(Class::Incomparable, &(kind, id), why)];
        }
        if let Some((old, new)) = verdicts {
            return vec![same_verdict(old, new)];
        }
        let other = self.hashes(new);
        let change = |(&(metric, old), &(_, new)): (&(&'static str, u64), &(&'static str, u64))| {
            let change = metric_change(id, metric, old, new, &options.fail_over);
            let note = if change.class == Class::Equal || other.is_empty() {
                change.note.clone()
            } else {
                format!("{}; {other}", change.note)
            };
            Change { note, ..change }
        };
        self.metrics.iter().zip(&new.metrics).map(change).collect()
    }

    /// Why the two cannot be compared, if so.
    fn incomparable(&self, new: &Point<'_>, allowed: bool) -> Option<String> {
        if self.calls != new.calls {
            return Some(format!("calls: {} -> {}", self.calls.unwrap_or(0), new.calls.unwrap_or(0)));
        }
        let hashes = self.hashes(new);
        (!allowed && !hashes.is_empty()).then_some(hashes)
    }

    /// The hashes in which the two differ; empty if in none.
    fn hashes(&self, new: &Point<'_>) -> String {
        let pairs = [("config", self.config, new.config), ("guest", self.guest, new.guest)];
        let differing = pairs.iter().filter(|(_, old, new)| old != new);
        let notes = differing.map(|(what, old, new)| format!("{what}: {} -> {}", short(old), short(new)));
        notes.collect::<Vec<_>>().join(", ")
    }
}

/// The first 8 digits of a hash.
fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}

fn turned(old: &Verdict, new: &Verdict) -> Option<Change> {
    if old.verdict == new.verdict {
        return None;
    }
    let note = format!("{} -> {}", old.verdict.name(), new.verdict.name());
    let found = new.counterexample.as_ref().map_or_else(String::new, |id| format!(" [{id}]"));
    let (class, why) = match (new.verdict, new.claims_safe) {
        (Outcome::Unsafe, _) => (Class::Regressed, ""),
        (Outcome::Survived, true) => (Class::Improved, ""),
        // The control shows that the judge sees: without it no verdict means anything.
        (Outcome::Survived, false) => (Class::Regressed, ": the negative control no longer fails"),
    };
    Some(Change {
        fails: class == Class::Regressed,
        ..Change::whole(class, &("verdict", &new.id), format!("{note}{found}{why}"))
    })
}

/// A check again. It decides by what is there, so another guest does not make it incomparable.
fn checked(old: &Check, new: &Check) -> Change {
    use Decision::*;
    let found = new.counterexample.as_ref().map_or_else(String::new, |id| format!(" [{id}]"));
    let note = format!("{} -> {}{found}", old.verdict.name(), new.verdict.name());
    let (class, note) = match (old.verdict, new.verdict) {
        (Safe | SafeBounded, SafeBounded) if new.explored.longest < old.explored.longest || old.verdict == Safe => {
            let bound = new.reason.as_deref().unwrap_or("a bound");
            (Class::Regressed, format!("weakened: {} -> {} ({bound})", old.verdict.name(), new.verdict.name()))
        }
        (a, b) if a == b => (Class::Equal, String::new()),
        // What was to show that the judge sees, and what was left out to show that it is needed.
        (Unsafe, _) if !new.claims_safe || new.site.ablated.is_some() => (Class::Regressed, note),
        (_, Unsafe) if new.site.ablated.is_some() => (Class::Improved, note),
        (Unsafe, _) | (Inconclusive, Safe | SafeBounded) | (SafeBounded, Safe) => (Class::Improved, note),
        (_, _) => (Class::Regressed, note),
    };
    Change { fails: class == Class::Regressed, ..Change::whole(class, &("check", &new.id), note) }
}

fn same_verdict(old: &Verdict, new: &Verdict) -> Change {
    let weakened = new.verdict == Outcome::Survived && new.toggles < old.toggles;
    let note = format!("weakened: survived {} toggles, {} before", thousands(new.toggles), thousands(old.toggles));
    let class = if weakened { Class::Regressed } else { Class::Equal };
    Change {
        fails: weakened,
        ..Change::whole(class, &("verdict", &new.id), if weakened { note } else { String::new() })
    }
}

fn metric_change(id: &str, metric: &str, old: u64, new: u64, limits: &[Limit]) -> Change {
    let class = match new.cmp(&old) {
        std::cmp::Ordering::Greater => Class::Regressed,
        std::cmp::Ordering::Less => Class::Improved,
        std::cmp::Ordering::Equal => Class::Equal,
    };
    let allowed = class == Class::Regressed && limits.iter().any(|limit| limit.allows(metric, old, new));
    let delta = i128::from(new) - i128::from(old);
    let ppm = (old > 0).then(|| delta * 1_000_000 / i128::from(old)).and_then(|ppm| i64::try_from(ppm).ok());
    Change {
        class,
        metric: metric.into(),
        id: id.into(),
        old: Some(old),
        new: Some(new),
        ppm,
        fails: class == Class::Regressed && !allowed,
        note: match (class, allowed) {
            (Class::Equal, _) => String::new(),
            (_, true) => format!("{}, within its limit", magnitude(ppm)),
            (_, false) => magnitude(ppm).into(),
        },
    }
}

/// A word for the size of a change.
fn magnitude(ppm: Option<i64>) -> &'static str {
    match ppm.map(i64::unsigned_abs) {
        Some(..2_000) => "very small",
        Some(..10_000) => "small",
        Some(..20_000) => "medium",
        Some(..50_000) => "large",
        _ => "very large",
    }
}

impl Change {
    fn whole(class: Class, (kind, id): &Key<'_>, note: String) -> Change {
        let (metric, id) = (kind.to_string(), id.to_string());
        Change { class, metric, id, old: None, new: None, ppm: None, fails: false, note }
    }

    /// Relative growth; what grew from nothing, and what is no number, stands above every number.
    fn growth(&self) -> i64 {
        self.ppm.unwrap_or(i64::MAX)
    }
}

impl Comparison {
    /// How many changes are of this class.
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.class == class).count()
    }

    /// 0: nothing got worse. 1: something did. 2: not everything, or nothing at all, could be compared.
    pub fn exit_code(&self) -> u8 {
        if self.changes.iter().any(|change| change.fails) {
            1
        } else if self.common == 0 || (!self.incomparable_allowed && self.count(Class::Incomparable) > 0) {
            2
        } else {
            0
        }
    }

    /// The changes as a table, the worst first; what is equal is counted in the last line only.
    pub fn table(&self) -> Table {
        let mut table = Table::new()
            .words("class")
            .words("metric")
            .numbers("old")
            .numbers("new")
            .numbers("change")
            .numbers("change %")
            .words("measurement")
            .words("note");
        for change in self.changes.iter().filter(|change| change.class != Class::Equal) {
            let number = |number: Option<u64>| number.map_or_else(|| "-".into(), thousands);
            let delta = change.old.zip(change.new).map(|(old, new)| signed(i128::from(new) - i128::from(old)));
            table.row([
                change.class.name().into(),
                change.metric.clone(),
                number(change.old),
                number(change.new),
                delta.unwrap_or_else(|| "-".into()),
                change.ppm.map_or_else(|| "-".into(), |ppm| percent(ppm, true)),
                change.id.clone(),
                change.note.clone(),
            ]);
        }
        table
    }

    /// One line: how many of each, and the worst.
    pub fn summary(&self) -> String {
        let count = |class: Class| format!("{} {}", thousands(self.count(class) as u64), class.name());
        let mut parts = [Class::Regressed, Class::Improved, Class::Equal, Class::Incomparable].map(count).to_vec();
        parts.extend([Class::New, Class::Removed].into_iter().filter(|class| self.count(*class) > 0).map(count));
        let worst = self.changes.first().filter(|change| change.class == Class::Regressed).map(|change| {
            let how = match (change.ppm, change.old) {
                (Some(ppm), _) => format!("{} % {}", percent(ppm, true), change.metric),
                (None, Some(_)) => format!("{} from 0", change.metric),
                (None, None) => change.note.clone(),
            };
            format!("; worst {how} {}", change.id)
        });
        let nothing = if self.common == 0 { "; no measurement is in both" } else { "" };
        format!("{}{}{nothing}", parts.join(", "), worst.unwrap_or_default())
    }

    /// For a terminal; the summary is the last line.
    pub fn text(&self) -> String {
        let table = self.table();
        let table = if table.is_empty() { String::new() } else { format!("{}\n", table.text()) };
        format!("{table}{}\n", self.summary())
    }

    /// For a comment on a change; the summary is the last line.
    pub fn markdown(&self) -> String {
        let table = self.table();
        let table = if table.is_empty() { String::new() } else { format!("{}\n", table.markdown()) };
        format!("{table}{}\n", self.summary())
    }

    /// As one JSON object.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("a comparison is strings and integers only")
    }
}
