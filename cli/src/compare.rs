//! `cmodx compare`.

use crate::args::Compare;
use crate::output;
use anyhow::Result;
use cmodx_reports::Results;
use cmodx_reports::compare::{self, Options};

/// Compares two result files.
pub fn compare(args: &Compare) -> Result<u8> {
    let (old, new) = (Results::read_jsonl(&args.old)?, Results::read_jsonl(&args.new)?);
    let options = Options { fail_over: args.fail_over.clone(), allow_incomparable: args.allow_incomparable };
    let comparison = compare::compare(&old, &new, &options);
    if args.json {
        output::answer(&(comparison.json() + "\n"))?;
    } else if args.markdown {
        output::answer(&comparison.markdown())?;
    } else {
        output::answer(&comparison.text())?;
    }
    Ok(comparison.exit_code())
}
