//! Static Linux programs.

use super::drive::drive;
use crate::args::Run;
use anyhow::{Context, Result, bail};
use cmodx_isa::Arch;
use cmodx_isa::aarch64::Aarch64;
use cmodx_isa::riscv::Riscv;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::loader::Image;
use cmodx_sim::user::{Input, Process, Start, UserIsa};

/// Runs the program as a process.
pub fn run(args: &Run, core: &CoreModel, image: Image) -> Result<u8> {
    if args.harts != 1 {
        bail!("--harts {}: a Linux program has one hart", args.harts);
    }
    match image.arch {
        Arch::Riscv64 => process::<Riscv>(args, core, image, args.isa.unwrap_or_default()),
        Arch::Aarch64 => process::<Aarch64>(args, core, image, ()),
    }
}

fn process<I: UserIsa>(args: &Run, core: &CoreModel, image: Image, features: I::Features) -> Result<u8> {
    let name = args.elf.display().to_string();
    let input = match &args.input {
        Some(path) => Input::Bytes(std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?),
        None => Input::Host,
    };
    let arguments = [vec![name.clone()], args.arguments.clone()].concat();
    let start = Start { arguments, input };
    let (process, image) = Process::<I>::new(image, args.memory << 20, start, features).context(name)?;
    drive(args, core, process, &image)
}
