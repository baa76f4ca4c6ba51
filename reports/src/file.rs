//! Writes files whole or not at all.

use crate::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file through a temporary one in the same folder, so that no reader ever sees a part of it. A device or a pipe
/// is written to directly.
///
/// # Errors
/// [`Error::Write`], naming the path; then nothing is left behind and an older file stays as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_whole(path, bytes).map_err(|source| Error::Write { path: path.into(), source })
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let special = fs::metadata(path).is_ok_and(|old| !old.is_file() && !old.is_dir());
    if special {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let temporary = beside(&target)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let outcome = fill(&mut file, bytes).and_then(|()| fs::rename(&temporary, &target));
    if outcome.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
    }
    outcome
}

fn fill(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name in the same folder that no other process uses.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.tmp", std::process::id()));
    Ok(target.with_file_name(hidden))
}
