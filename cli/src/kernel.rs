//! `cmodx kernel`.

use crate::args::{Format, Kernel};
use crate::output;
use anyhow::Result;
use cmodx_workloads::kernel::render;
use std::path::Path;

/// Carries out a command on a kernel image.
pub fn kernel(command: &Kernel) -> Result<u8> {
    match command {
        Kernel::Survey { vmlinux, out } => survey(vmlinux.as_deref(), out.format()),
    }
}

fn survey(vmlinux: Option<&Path>, format: Format) -> Result<u8> {
    let report = render::report(vmlinux)?;
    match format {
        Format::Text => output::answer(&render::text(&report)),
        Format::Json => output::answer(&(render::json(&report).trim_end().to_string() + "\n")),
        Format::Markdown => anyhow::bail!("a survey has no Markdown form; use text or json"),
    }
}
