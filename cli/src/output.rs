//! Where answers go.

use anyhow::{Context, Result};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes the answer to stdout. A reader that has gone away is no error.
pub fn answer(text: &str) -> Result<u8> {
    bytes(text.as_bytes())?;
    Ok(0)
}

/// Writes what a guest has printed to stdout, as it is. A reader that has gone away is no error.
pub fn bytes(bytes: &[u8]) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("stdout"),
        _ => Ok(()),
    }
}

/// True for the file name that stands for stdout.
pub fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Fails early, before anything long is measured, when a file cannot be written where it is asked for.
pub fn check_writable(path: &Path) -> Result<()> {
    if is_stdout(path) || std::fs::metadata(path).is_ok_and(|old| !old.is_file() && !old.is_dir()) {
        return Ok(());
    }
    let cannot = || format!("{}: cannot write", path.display());
    if path.is_dir() {
        return Err(std::io::Error::from(ErrorKind::IsADirectory)).with_context(cannot);
    }
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::tempfile_in(parent).with_context(cannot)?;
    Ok(())
}
