//! `cmodx litmus`.

use crate::args::{Litmus, LitmusCommand};
use crate::{FINDING, output};
use anyhow::{Context, Result, bail};
use cmodx_isa::Arch;
use cmodx_reports::file;
use cmodx_sim::relaxed::litmus::{Options, batch, generate};
use std::fmt::Write;
use std::path::Path;

/// Runs tests, or writes generated ones.
pub fn litmus(args: &Litmus) -> Result<u8> {
    match &args.generate {
        Some(LitmusCommand::Generate { arch, shape, output }) => generate_tests(arch, shape.as_deref(), output),
        None => run(args),
    }
}

fn run(args: &Litmus) -> Result<u8> {
    let expected = args.kinds.as_deref().map(batch::verdicts).transpose()?;
    let files = batch::files(&args.files)?;
    if files.is_empty() {
        bail!("{}: no litmus tests there", args.files.join(", "));
    }
    let options = Options { model: args.model, classic_fencei: args.classic_fencei, ..Options::default() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build()?;
    let batch = pool.install(|| batch::run_files(&files, &options))?;
    let mut text = String::new();
    let mut refused = 0;
    for entry in &batch.entries {
        match &entry.result {
            Ok(outcome) => writeln!(text, "{}", outcome.render())?,
            Err(error) => {
                refused += 1;
                eprintln!("error: {}: {error}", entry.path.display());
            }
        }
    }
    if let Some(expected) = &expected {
        let differences = batch.differences(expected);
        for difference in &differences {
            writeln!(text, "{}: {}", difference.test, difference.what)?;
        }
        writeln!(text, "{} of {} tests differ from the expected verdicts", differences.len(), batch.entries.len())?;
        output::answer(&text)?;
        return Ok(if !differences.is_empty() { FINDING } else { no_answer_if(refused) });
    }
    output::answer(&text)?;
    Ok(no_answer_if(refused))
}

/// Tests that could not be run leave the question open.
fn no_answer_if(refused: usize) -> u8 {
    if refused > 0 { crate::NO_ANSWER } else { 0 }
}

fn generate_tests(arch: &str, shape: Option<&str>, folder: &Path) -> Result<u8> {
    let Some(arch) = [Arch::Riscv64, Arch::Aarch64].into_iter().find(|a| a.name() == arch) else {
        bail!("no instruction set is named `{arch}`; there are riscv64 and aarch64");
    };
    let shapes: Vec<&str> = match shape {
        Some(shape) => vec![shape],
        None => generate::shapes().collect(),
    };
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut count = 0;
    for shape in shapes {
        let known = || generate::shapes().collect::<Vec<_>>().join(", ");
        let tests =
            generate::generate(arch, shape).with_context(|| format!("no shape `{shape}`; there are {}", known()))?;
        for test in tests {
            file::write(&folder.join(format!("{}.litmus", test.name)), test.text.as_bytes())?;
            count += 1;
        }
    }
    eprintln!("wrote {count} tests to {}", folder.display());
    Ok(0)
}
