//! `cmodx run`.

mod bare;
mod drive;
mod races;
mod user;
mod view;

use crate::args::{PipelineTrace, Run, Timing};
use crate::cores;
use anyhow::{Result, bail};
use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::loader::Image;

/// Runs a program and shows its way through the pipeline.
pub fn trace(args: &PipelineTrace) -> Result<u8> {
    if args.run.timing == Timing::None {
        bail!("--timing none has no pipeline to show");
    }
    if args.run.trace.is_some() {
        bail!("--trace belongs to `run`; `trace` shows the pipeline");
    }
    if args.run.sanitize {
        bail!("--sanitize belongs to `run`; `trace` shows the pipeline");
    }
    let view = Some(args.view.clone());
    run(&Run { view, ..args.run.clone() })
}

/// Runs a program and passes its exit code on.
pub fn run(args: &Run) -> Result<u8> {
    let image = Image::load(&args.elf)?;
    let mut core = match &args.core {
        Some(name) => cores::find(name)?,
        None => CoreModel::built_in(if image.arch == Arch::Riscv64 { "sifive-u74" } else { "cortex-a55" })?,
    };
    if !(1..=64).contains(&args.harts) {
        bail!("a machine has 1 to 64 harts, not {}", args.harts);
    }
    if !(1..=65536).contains(&args.memory) {
        bail!("--memory {}: between 1 and 65536 MiB", args.memory);
    }
    if args.isa.is_some() && image.arch != Arch::Riscv64 {
        bail!("--isa is for RISC-V programs; {} is for {}", args.elf.display(), image.arch);
    }
    if let Some(coherence) = args.coherence {
        if coherence.arch() != image.arch {
            bail!("--coherence is for {}; {} is for {}", coherence.arch(), args.elf.display(), image.arch);
        }
        (core.coherence.dic, core.coherence.idc) = coherence.dic_idc();
    }
    if args.user { user::run(args, &core, image) } else { bare::run(args, &core, image) }
}
