//! Many tests: files, directories and lists, in parallel, compared with expected verdicts.

use super::outcome::{Options, Outcome, run};
use super::test::LitmusError;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file that cannot be read, or text in it that is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The system refused.
    #[error("{path}: {error}", path = path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The reason.
        error: std::io::Error,
    },
    /// A file of verdicts has a line of another form.
    #[error("{path}:{line}: {what}", path = path.display())]
    Verdicts {
        /// The file.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// What stands there.
        what: String,
    },
}

/// One file of a batch, and what came of it.
#[derive(Clone, Debug)]
pub struct BatchEntry {
    /// The file.
    pub path: PathBuf,
    /// The result.
    pub result: Result<Outcome, LitmusError>,
}

/// The results of many tests, in the order of the files.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// One for each file.
    pub entries: Vec<BatchEntry>,
}

/// What a test is expected to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The states that the condition describes are reachable; for `forall`, the condition fails in none.
    pub verdict: Verdict,
    /// The number of states.
    pub states: Option<usize>,
}

/// A verdict in a file of verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Some state satisfies the condition.
    Allow,
    /// None does.
    Forbid,
    /// Every state does.
    Require,
}

/// A difference between what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Name of the test.
    pub test: String,
    /// What differs.
    pub what: String,
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> BatchError {
    let path = path.to_owned();
    move |error| BatchError::Io { path, error }
}

/// The tests that arguments name: files, directories (every `.litmus` file in them, at any depth, sorted), and `@file` (a
/// list of names, one a line, relative to it).
///
/// # Errors
/// When a directory or list cannot be read.
pub fn files(arguments: &[String]) -> Result<Vec<PathBuf>, BatchError> {
    let mut found = Vec::new();
    for argument in arguments {
        if let Some(list) = argument.strip_prefix('@') {
            let list = Path::new(list);
            let text = std::fs::read_to_string(list).map_err(io(list))?;
            let base = list.parent().unwrap_or(Path::new(""));
            for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
                collect(&base.join(line), &mut found)?;
            }
        } else {
            collect(Path::new(argument), &mut found)?;
        }
    }
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), BatchError> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut inside = Vec::new();
    for entry in std::fs::read_dir(path).map_err(io(path))? {
        inside.push(entry.map_err(io(path))?.path());
    }
    inside.sort();
    for path in inside {
        if path.is_dir() || path.extension().is_some_and(|e| e == "litmus") {
            collect(&path, found)?;
        }
    }
    Ok(())
}

/// Runs tests in parallel on the threads of the current rayon pool.
///
/// # Errors
/// When a file cannot be read; a test that is refused is an entry of the batch.
pub fn run_files(paths: &[PathBuf], options: &Options) -> Result<Batch, BatchError> {
    let one = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).map_err(io(path))?;
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(BatchEntry { path: path.clone(), result: run(&source, &name, options) })
    };
    let entries = paths.par_iter().map(one).collect::<Result<_, BatchError>>()?;
    Ok(Batch { entries })
}

/// Reads expected verdicts: a line for each test, its name, `Allow`, `Forbid` or `Require` (or herd's words `Allowed`,
/// `Forbidden`, `Required`, `Never`, `Sometimes`, `Always`), and perhaps the number of states. `#` starts a comment, and a
/// first line that begins with `test` is a heading.
///
/// # Errors
/// When the file cannot be read or has another form.
pub fn verdicts(path: &Path) -> Result<BTreeMap<String, Expected>, BatchError> {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let mut expected = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        if words.is_empty() || i == 0 && words[0] == "test" {
            continue;
        }
        let refuse = |what: String| BatchError::Verdicts { path: path.to_owned(), line: i + 1, what };
        let verdict = match words.get(1).copied().unwrap_or_default() {
            "Allow" | "Allowed" | "Sometimes" => Verdict::Allow,
            "Forbid" | "Forbidden" | "Never" => Verdict::Forbid,
            "Require" | "Required" | "Always" => Verdict::Require,
            other => return Err(refuse(format!("verdict {other:?}"))),
        };
        let states = words.get(2).map(|w| w.parse().map_err(|_| refuse(format!("number of states {w:?}"))));
        expected.insert(words[0].to_owned(), Expected { verdict, states: states.transpose()? });
    }
    Ok(expected)
}

impl Batch {
    /// Compares with expected verdicts. Tests without an expectation are differences too, as are refused and bounded
    /// ones; expectations without a test are not.
    pub fn differences(&self, expected: &BTreeMap<String, Expected>) -> Vec<Difference> {
        self.entries.iter().filter_map(|entry| entry.difference(expected)).collect()
    }
}

impl BatchEntry {
    /// What differs from the expectation.
    fn difference(&self, expected: &BTreeMap<String, Expected>) -> Option<Difference> {
        let stem = self.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let outcome = match &self.result {
            Ok(outcome) => outcome,
            Err(error) => return Some(Difference { test: stem, what: error.to_string() }),
        };
        let difference = |what: String| Some(Difference { test: stem.clone(), what });
        let Some(expected) = expected.get(&stem).or_else(|| expected.get(&outcome.name)) else {
            return difference("no verdict is given for it".to_owned());
        };
        let agrees = match expected.verdict {
            _ if !outcome.asks() => true,
            Verdict::Allow => outcome.positive > 0,
            Verdict::Forbid => outcome.positive == 0,
            Verdict::Require => outcome.negative == 0,
        };
        if !agrees {
            let (verdict, word) = (expected.verdict, outcome.observation().word());
            return difference(format!("{verdict:?} is expected, {word} under {}", outcome.model));
        }
        if let Some(states) = expected.states.filter(|s| *s != outcome.states.len()) {
            return difference(format!(
                "{states} states are expected, {} under {}",
                outcome.states.len(),
                outcome.model
            ));
        }
        if outcome.bounded { difference("a bound was reached".to_owned()) } else { None }
    }
}
