//! Results as JSON Lines: a `run` line, one line per record sorted by kind and id, an `end` line.

use crate::error::Error;
use crate::records::{Run, SCHEMA};
use crate::results::Results;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::path::Path;

#[derive(Serialize)]
struct Line<'a, T> {
    kind: &'static str,
    #[serde(flatten)]
    record: &'a T,
}

/// The last line: a file without it, or with another number of lines, is not whole.
#[derive(Serialize, Deserialize)]
struct End {
    /// Lines of the file, this one included (what `wc -l` says).
    lines: u64,
}

impl Results {
    /// The results as they stand in a file.
    pub fn to_jsonl(&self) -> String {
        let mut text = String::new();
        let mut lines = 1;
        push(&mut text, "run", &self.run, &mut lines);
        self.calls.iter().for_each(|r| push(&mut text, "call", r, &mut lines));
        self.checks.iter().for_each(|r| push(&mut text, "check", r, &mut lines));
        self.counterexamples.iter().for_each(|r| push(&mut text, "counterexample", r, &mut lines));
        self.findings.iter().for_each(|r| push(&mut text, "finding", r, &mut lines));
        self.latencies.iter().for_each(|r| push(&mut text, "latency", r, &mut lines));
        self.overheads.iter().for_each(|r| push(&mut text, "overhead", r, &mut lines));
        self.races.iter().for_each(|r| push(&mut text, "race", r, &mut lines));
        self.sizes.iter().for_each(|r| push(&mut text, "size", r, &mut lines));
        self.verdicts.iter().for_each(|r| push(&mut text, "verdict", r, &mut lines));
        let end = End { lines };
        push(&mut text, "end", &end, &mut lines);
        text
    }

    /// Writes a results file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Write`], naming the path.
    pub fn write_jsonl(&self, path: &Path) -> Result<(), Error> {
        crate::file::write(path, self.to_jsonl().as_bytes())
    }

    /// Reads a results file.
    ///
    /// # Errors
    /// When it cannot be read, is not whole, was written under another major version of the schema, or has a line that
    /// is no record.
    pub fn read_jsonl(path: &Path) -> Result<Results, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.into(), source })?;
        Results::parse_jsonl(&bytes, path)
    }

    /// Reads results from bytes; `path` is where they came from, for errors only.
    ///
    /// # Errors
    /// As [`Results::read_jsonl`].
    pub fn parse_jsonl(bytes: &[u8], path: &Path) -> Result<Results, Error> {
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let lines: Vec<&[u8]> = bytes.split(|&byte| byte == b'\n').collect();
        let wrong = |line, what| Error::Line { path: path.into(), line, what };
        let mut results = Results::empty(Run::new(""));
        let mut end: Option<End> = None;
        for (line, text) in (1..).zip(&lines) {
            let (kind, value) = parse(path, line, text)?;
            match (kind.as_str(), line) {
                _ if end.is_some() => return Err(wrong(line, "a line after the `end` line")),
                ("run", 1) => {
                    check_schema(path, &value)?;
                    results.run = record(path, line, &kind, value)?;
                }
                (_, 1) => return Err(wrong(1, "no results of cmodx: the first line is not a `run` line")),
                ("run", _) => return Err(wrong(line, "a second `run` line")),
                ("overhead", _) => results.overheads.push(record(path, line, &kind, value)?),
                ("call", _) => results.calls.push(record(path, line, &kind, value)?),
                ("latency", _) => results.latencies.push(record(path, line, &kind, value)?),
                ("size", _) => results.sizes.push(record(path, line, &kind, value)?),
                ("verdict", _) => results.verdicts.push(record(path, line, &kind, value)?),
                ("finding", _) => results.findings.push(record(path, line, &kind, value)?),
                ("race", _) => results.races.push(record(path, line, &kind, value)?),
                ("check", _) => results.checks.push(record(path, line, &kind, value)?),
                ("counterexample", _) => results.counterexamples.push(record(path, line, &kind, value)?),
                ("end", _) => end = Some(record(path, line, &kind, value)?),
                // Kinds that a later minor version added.
                _ => {}
            }
        }
        match end {
            None => return Err(Error::NoEnd { path: path.into(), lines: lines.len() }),
            Some(End { lines: counted }) if counted != lines.len() as u64 => {
                return Err(Error::LineCount { path: path.into(), counted, lines: lines.len() });
            }
            Some(_) => {}
        }
        results.sort()?;
        Ok(results)
    }
}

fn push<T: Serialize>(text: &mut String, kind: &'static str, record: &T, lines: &mut u64) {
    text.push_str(&serde_json::to_string(&Line { kind, record }).expect("records are strings and integers only"));
    text.push('\n');
    *lines += 1;
}

fn parse(path: &Path, line: usize, text: &[u8]) -> Result<(String, Value), Error> {
    let value: Value =
        serde_json::from_slice(text).map_err(|source| Error::Json { path: path.into(), line, source })?;
    match value.get("kind").and_then(Value::as_str) {
        Some(kind) => Ok((kind.to_string(), value)),
        None => Err(Error::Line { path: path.into(), line, what: "no record: it has no `kind`" }),
    }
}

/// The same major version, with or without a minor one (`cmodx-results/1`, `cmodx-results/1.2`).
fn check_schema(path: &Path, run: &Value) -> Result<(), Error> {
    let found = run.get("schema").and_then(Value::as_str).unwrap_or("");
    match found.strip_prefix(SCHEMA) {
        Some(rest) if rest.is_empty() || rest.starts_with('.') => Ok(()),
        _ => Err(Error::Schema { path: path.into(), found: found.into() }),
    }
}

fn record<T: DeserializeOwned>(path: &Path, line: usize, kind: &str, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|source| Error::Record { path: path.into(), line, kind: kind.into(), source })
}
