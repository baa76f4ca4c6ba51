//! `cmodx history`.

use crate::args::History;
use crate::output;
use anyhow::Result;
use cmodx_reports::{Error, file, history};
use std::process::Command;

/// Plots the results of a folder over commits.
pub fn history(args: &History) -> Result<u8> {
    output::check_writable(&args.output)?;
    let history = match history::load(&args.dir, first_parents().as_deref()) {
        // The current folder belongs to another repository.
        Err(Error::NoHistory { .. }) => history::load(&args.dir, None)?,
        loaded => loaded?,
    };
    let page = history.render_html()?;
    if output::is_stdout(&args.output) {
        return output::answer(&page);
    }
    file::write(&args.output, page.as_bytes())?;
    eprintln!("wrote {}", args.output.display());
    Ok(0)
}

/// The commits of the repository in the current folder, newest first, if there is one: they give the order of the plots.
/// Elsewhere the times of the commits do.
fn first_parents() -> Option<Vec<String>> {
    let output = Command::new("git").args(["rev-list", "--first-parent", "HEAD"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(text.lines().map(str::to_string).collect())
}
