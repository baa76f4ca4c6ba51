//! What can be wrong with results and with the files that hold them.

use std::path::PathBuf;

/// Why results could not be made, read, written or kept.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused to read.
    #[error("{}: cannot read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The operating system refused to write; nothing was left behind.
    #[error("{}: cannot write: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not JSON.
    #[error("{}:{line}: not JSON: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
        /// What the parser met.
        source: serde_json::Error,
    },
    /// A line is JSON, but not a record of its kind.
    #[error("{}:{line}: not a valid `{kind}` record: {source}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
        /// The kind that the line names.
        kind: String,
        /// What is missing or of the wrong type.
        source: serde_json::Error,
    },
    /// The file does not start with a `run` line, or a line has no kind.
    #[error("{}:{line}: {what}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
        /// What is wrong with the line.
        what: &'static str,
    },
    /// The file was written under another major version of the schema.
    #[error("{}:1: schema is {found:?}; this version reads {expected:?}", path.display(), expected = crate::records::SCHEMA)]
    Schema {
        /// The file.
        path: PathBuf,
        /// The schema that it names.
        found: String,
    },
    /// The file lacks its end.
    #[error("{}: cut short: {lines} lines and no `end` line", path.display())]
    NoEnd {
        /// The file.
        path: PathBuf,
        /// Lines that are there.
        lines: usize,
    },
    /// The file lacks lines, or has too many.
    #[error("{}: the `end` line counts {counted} lines, the file has {lines}", path.display())]
    LineCount {
        /// The file.
        path: PathBuf,
        /// Lines that the end line counts.
        counted: u64,
        /// Lines that are there.
        lines: usize,
    },
    /// Two records have the same id.
    #[error("two `{kind}` records have the id {id:?}")]
    DuplicateId {
        /// Their kind.
        kind: &'static str,
        /// Their id.
        id: String,
    },
    /// A measurement of no calls: nothing can be said per call.
    #[error("{id}: no calls were made")]
    NoCalls {
        /// The measurement.
        id: String,
    },
    /// Results that belong to no commit cannot be put into a history.
    #[error("a history keeps the results of commits: {why}")]
    NotACommit {
        /// What these results lack.
        why: &'static str,
    },
    /// A folder without results.
    #[error("{}: no results: a history is a folder of <commit-time>-<commit>.jsonl files", path.display())]
    NoHistory {
        /// The folder.
        path: PathBuf,
    },
    /// A plot could not be drawn.
    #[error("plot {plot:?}: {why}")]
    Plot {
        /// Its title.
        plot: String,
        /// What the plotting library says.
        why: String,
    },
}
