//! Results of commit after commit: one file each in a folder, and a page of what changed when.
//!
//! Simulated cycles have no noise, so a curve is piecewise constant and every change is a step with a commit to its name.

use crate::compare::{Comparison, Options, compare};
use crate::error::Error;
use crate::file;
use crate::html::{date, figure, folded, page};
use crate::number::{milli, thousands};
use crate::plots::{Axis, Line, Look, Panel, draw_panels};
use crate::records::Run;
use crate::results::Results;
use crate::table::{Align, Table, escape};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Results in the order of their commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Oldest first.
    pub entries: Vec<Results>,
    /// Commits that have results and are not on the line of commits asked for.
    pub left_out: usize,
}

/// The name of the file that keeps these results: `<commit-time>-<commit12>.jsonl`.
///
/// # Errors
/// [`Error::NotACommit`] for results of no commit, or of more than a commit.
pub fn file_name(run: &Run) -> Result<String, Error> {
    match (run.commit12(), run.commit_time) {
        _ if run.dirty => Err(Error::NotACommit { why: "the tool was built with uncommitted changes" }),
        (None, _) => Err(Error::NotACommit { why: "the tool was built outside a repository" }),
        (_, None) => Err(Error::NotACommit { why: "the time of the commit is unknown" }),
        (Some(commit), Some(time)) => Ok(format!("{time}-{commit}.jsonl")),
    }
}

/// Keeps results in a folder, which is made if need be; a commit's older results are replaced.
///
/// # Errors
/// [`Error::NotACommit`], [`Error::Write`].
pub fn save(folder: &Path, results: &Results) -> Result<PathBuf, Error> {
    let path = folder.join(file_name(&results.run)?);
    fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.into(), source })?;
    file::write(&path, results.to_jsonl().as_bytes())?;
    Ok(path)
}

/// Reads a folder of results: in the order of commit times, or, given `git rev-list --first-parent` (newest first), in that
/// order and without commits that are not on it.
///
/// # Errors
/// [`Error::NoHistory`] when there is nothing; otherwise what is wrong with the first bad file.
pub fn load(folder: &Path, first_parents: Option<&[String]>) -> Result<History, Error> {
    let unreadable = |source| Error::Read { path: folder.into(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.extension().is_some_and(|extension| extension == "jsonl") && !hidden {
            paths.push(path);
        }
    }
    // Directories are read in no order at all; errors too must come in one.
    paths.sort();
    let mut entries = paths.iter().map(|path| Results::read_jsonl(path)).collect::<Result<Vec<_>, _>>()?;
    let found = entries.len();
    entries.sort_by_key(|entry| (entry.run.commit_time, entry.run.commit.clone()));
    if let Some(commits) = first_parents {
        let place: BTreeMap<&str, usize> = commits.iter().rev().map(String::as_str).zip(0..).collect();
        let at = |entry: &Results| entry.run.commit.as_deref().and_then(|commit| place.get(commit)).copied();
        entries.retain(|entry| at(entry).is_some());
        entries.sort_by_key(at);
    }
    if entries.is_empty() {
        return Err(Error::NoHistory { path: folder.into() });
    }
    Ok(History { left_out: found - entries.len(), entries })
}

/// One curve: what it shows, and its value at every commit that has one.
struct Curve {
    title: String,
    unit: &'static str,
    values: BTreeMap<usize, u64>,
}

impl Curve {
    fn label(&self, value: u64) -> String {
        if self.unit == "cycles per call" { milli(value) } else { thousands(value) }
    }
}

impl History {
    /// What every commit changed against the one before, where anything changed: the place of the commit, and the
    /// comparison.
    pub fn steps(&self) -> Vec<(usize, Comparison)> {
        let options = Options { allow_incomparable: true, ..Options::default() };
        let pairs = self.entries.windows(2).map(|pair| compare(&pair[0], &pair[1], &options));
        (1..).zip(pairs).filter(|(_, comparison)| !comparison.table().is_empty()).collect()
    }

    fn name(&self, at: usize) -> String {
        self.entries[at].run.commit12().map_or_else(|| "unknown".into(), |commit| commit.chars().take(8).collect())
    }

    fn headline(&self, at: usize) -> String {
        let run = &self.entries[at].run;
        let when = run.commit_time.map_or_else(String::new, |time| format!(" of {}", date(time)));
        format!("commit {}{when}", run.commit12().unwrap_or("unknown"))
    }

    /// One line for every commit that changed something, oldest first.
    pub fn text(&self) -> String {
        let steps = self.steps();
        let mut text = String::new();
        for (at, comparison) in &steps {
            let _ = writeln!(text, "{}: {}", self.headline(*at), comparison.summary());
        }
        let _ = writeln!(text, "{} commits, {} of them changed something", self.entries.len(), steps.len());
        text
    }

    /// The curves that a reader asks for first; the tables of steps have all.
    fn curves(&self) -> BTreeMap<String, Vec<Curve>> {
        let mut curves: BTreeMap<(String, usize, String), Curve> = BTreeMap::new();
        let mut put = |at: usize, scheme: String, rank: usize, title: String, unit, value| {
            let curve = Curve { title: title.clone(), unit, values: BTreeMap::new() };
            curves.entry((scheme, rank, title)).or_insert(curve).values.insert(at, value);
        };
        let most_sites = self.entries.iter().flat_map(|entry| &entry.latencies).map(|row| row.sites).max();
        for (at, entry) in self.entries.iter().enumerate() {
            for row in &entry.overheads {
                let rows = [(0, 0), (1, 0), (1, 1), (2, 0)];
                let Some(rank) = rows.iter().position(|key| *key == (row.relevant, row.irrelevant)) else { continue };
                let scheme = format!("{}/{}", row.setup.arch, row.setup.scheme);
                let title = format!("call {}|{}, {}", row.relevant, row.irrelevant, row.setup.machine());
                put(at, scheme, rank, title, "cycles per call", row.cycles_per_call_milli);
            }
            for row in entry.latencies.iter().filter(|row| row.action == "enable" && Some(row.sites) == most_sites) {
                let scheme = format!("{}/{}", row.setup.arch, row.setup.scheme);
                let title = format!("enable {}, {}", thousands(row.sites), row.setup.machine());
                put(at, scheme, 4, title, "cycles", row.cycles);
            }
            for row in entry.sizes.iter().filter(|row| row.scheme != "none") {
                let scheme = format!("{}/{}", row.arch, row.scheme);
                put(at, scheme, 5, format!("text of {}", row.functions_of), "bytes", row.total_bytes);
            }
        }
        let mut by_scheme: BTreeMap<String, Vec<Curve>> = BTreeMap::new();
        for ((scheme, ..), curve) in curves {
            by_scheme.entry(scheme).or_default().push(curve);
        }
        by_scheme
    }

    fn panel(&self, curve: &Curve) -> Panel {
        let values = || curve.values.values().copied();
        let (least, most) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
        let steps = steps(&curve.values);
        let named: BTreeSet<usize> = [0, self.entries.len() - 1].into_iter().chain(steps.iter().copied()).collect();
        let look = Look { colour: 0, dash: 0, marker: 0 };
        let lines = runs(&curve.values).into_iter().map(|run| {
            let mut points: Vec<(f64, f64)> = Vec::new();
            let mut marked = Vec::new();
            for (at, value) in &run {
                if let Some(&(_, before)) = points.last() {
                    points.push((*at as f64, before));
                }
                if steps.contains(at) || run.len() == 1 {
                    marked.push(points.len());
                }
                points.push((*at as f64, *value as f64));
            }
            Line { name: String::new(), look, points, marked: Some(marked) }
        });
        Panel {
            title: curve.title.clone(),
            x: Axis::items("commits", self.entries.len(), self.labels(named)),
            y: Axis::around(curve.unit, least, most, |value| curve.label(value)),
            lines: lines.collect(),
        }
    }

    /// Names of commits, without those that would stand on top of the one before.
    fn labels(&self, named: BTreeSet<usize>) -> Vec<(usize, String)> {
        // 14 pixels for a line of text, of 240 that a chart is wide.
        let room = (self.entries.len() * 14).div_ceil(240);
        let mut labels: Vec<(usize, String)> = Vec::new();
        for at in named {
            if labels.last().is_none_or(|(last, _)| at >= last + room) {
                labels.push((at, self.name(at)));
            }
        }
        labels
    }

    /// A page with a small chart for every scheme and metric, and the steps in tables.
    ///
    /// # Errors
    /// [`Error::Plot`].
    pub fn render_html(&self) -> Result<String, Error> {
        let (first, last) = (self.headline(0), self.headline(self.entries.len() - 1));
        let title = format!("What patching code costs, commit by commit: {}", self.name(self.entries.len() - 1));
        let mut body = format!("<h1>{}</h1>\n", escape(&title));
        let count = self.entries.len();
        let _ = writeln!(body, "<p>{count} commits, from {} to {}.</p>", escape(&first), escape(&last));
        if self.left_out > 0 {
            let _ = writeln!(body, "<p>Left out: {} commits that are not on this line of commits.</p>", self.left_out);
        }
        self.step_tables(&mut body);
        body.push_str(
            "<h2 id=curves>Curves</h2>\n<p class=note>A marker and a commit's name stand where a curve steps. ",
        );
        body.push_str("The vertical axes do not start at 0. Every step of every metric is in the tables above.</p>\n");
        for (scheme, curves) in self.curves() {
            let panels: Vec<Panel> = curves.iter().map(|curve| self.panel(curve)).collect();
            let plot = draw_panels(&format!("{scheme} over commits"), &panels, 3, (330, 250))?;
            let _ = write!(body, "<h3>{}</h3>\n{}", escape(&scheme), figure(&plot));
            body.push_str(&folded("the numbers of these charts, where one of them steps", &self.values(&curves)));
        }
        Ok(page(&title, &body))
    }

    /// The values of curves at the first and the last commit, and at every commit where one of them steps.
    fn values(&self, curves: &[Curve]) -> Table {
        let mut table = Table::new().words("commit");
        for curve in curves {
            table = table.column(curve.unit, &curve.title, Align::Right);
        }
        let ends = [0, self.entries.len() - 1];
        let rows: BTreeSet<usize> = curves.iter().flat_map(|curve| steps(&curve.values)).chain(ends).collect();
        for at in rows {
            let value = |curve: &Curve| curve.values.get(&at).map_or_else(|| "-".into(), |value| curve.label(*value));
            table.row(std::iter::once(self.name(at)).chain(curves.iter().map(value)));
        }
        table
    }

    fn step_tables(&self, body: &mut String) {
        let steps = self.steps();
        body.push_str("<h2 id=steps>Steps</h2>\n");
        if steps.is_empty() {
            body.push_str("<p>No commit changed anything.</p>\n");
        }
        for (at, comparison) in steps.iter().rev() {
            let _ = write!(
                body,
                "<details id=\"{}\"><summary><b>{}</b>: {}</summary>\n{}</details>\n",
                self.name(*at),
                escape(&self.headline(*at)),
                escape(&comparison.summary()),
                comparison.table().html()
            );
        }
    }
}

/// Where a curve has another value than before.
fn steps(values: &BTreeMap<usize, u64>) -> BTreeSet<usize> {
    let pairs = values.iter().zip(values.iter().skip(1));
    pairs.filter(|((_, old), (_, new))| old != new).map(|(_, (at, _))| *at).collect()
}

/// A curve, cut where commits lack it.
fn runs(values: &BTreeMap<usize, u64>) -> Vec<Vec<(usize, u64)>> {
    let mut runs: Vec<Vec<(usize, u64)>> = Vec::new();
    for (&at, &value) in values {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|(last, _)| last + 1 == at) => run.push((at, value)),
            _ => runs.push(vec![(at, value)]),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_cut_where_commits_lack_it_and_steps_where_it_changes() {
        let values = BTreeMap::from([(0, 5), (1, 5), (2, 7), (5, 7), (6, 5)]);
        assert_eq!(steps(&values), BTreeSet::from([2, 6]));
        assert_eq!(runs(&values), [vec![(0, 5), (1, 5), (2, 7)], vec![(5, 7), (6, 5)]]);
    }
}
