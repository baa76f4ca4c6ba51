//! `cmodx report`.

use crate::args::Report;
use crate::{bench, output};
use anyhow::Result;
use cmodx_reports::{Results, file};

/// Measures the default matrix, or reads a result file, and writes one HTML page.
pub fn report(args: &Report) -> Result<u8> {
    for path in [Some(&args.output), args.save_results.as_ref()].into_iter().flatten() {
        output::check_writable(path)?;
    }
    let results = match &args.results {
        Some(path) => Results::read_jsonl(path)?,
        None => bench::measure(&args.selection, &[])?,
    };
    if let Some(path) = &args.save_results {
        results.write_jsonl(path)?;
    }
    let page = results.render_html()?;
    if output::is_stdout(&args.output) {
        output::answer(&page)?;
    } else {
        file::write(&args.output, page.as_bytes())?;
        eprintln!("wrote {}", args.output.display());
    }
    Ok(bench::verdict(&results))
}
