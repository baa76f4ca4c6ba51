//! `cmodx run`.

use crate::args::{FirmwareChoice, Run};
use crate::{cores, output};
use anyhow::{Context, Result, bail};
use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::htif::Htif;
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::timed::{End, Limits, Machine};
use cmodx_workloads::guest_run::explain;

/// Where a program that needs firmware starts on QEMU's RISC-V `virt`: below lies the firmware itself.
const BEHIND_FIRMWARE: u64 = 0x8020_0000;

/// Runs a program and passes its exit code on.
pub fn run(args: &Run) -> Result<u8> {
    let image = Image::load(&args.elf)?;
    let core = match &args.core {
        Some(name) => cores::find(name)?,
        None => CoreModel::built_in(if image.arch == Arch::Riscv64 { "sifive-u74" } else { "cortex-a55" })?,
    };
    if !(1..=64).contains(&args.harts) {
        bail!("a machine has 1 to 64 harts, not {}", args.harts);
    }
    if !(1..=65536).contains(&args.memory) {
        bail!("--memory {}: between 1 and 65536 MiB", args.memory);
    }
    match image.arch {
        Arch::Riscv64 => {
            let firmware = match args.firmware {
                FirmwareChoice::Auto => image.segments.iter().all(|s| s.addr >= BEHIND_FIRMWARE),
                choice => choice == FirmwareChoice::Native,
            };
            let options = riscv_virt::Options { firmware, htif: htif(&image), ..Default::default() };
            execute(args, &core, RiscvVirt::new(args.harts, options), &image)
        }
        Arch::Aarch64 => {
            let options = aarch64_virt::Options { semihosting: true, ..Default::default() };
            execute(args, &core, Aarch64Virt::new(args.harts, options), &image)
        }
    }
}

/// HTIF's doublewords, where the program has them.
fn htif(image: &Image) -> Option<Htif> {
    let physical = |name| image.physical(image.symbol(name)?.addr);
    Some(Htif { tohost: physical("tohost")?, fromhost: physical("fromhost") })
}

fn execute<B: Board>(args: &Run, core: &CoreModel, board: B, image: &Image) -> Result<u8> {
    let name = args.elf.display();
    let mut machine =
        Machine::new(core, args.harts, args.memory << 20, board, image).with_context(|| name.to_string())?;
    let mut limits = Limits { instructions: 0, cycles: Cycle::NEVER };
    let end = loop {
        let most = args.max_instructions.unwrap_or(u64::MAX);
        limits.instructions = machine.instructions().saturating_add(SLICE).min(most);
        let end = machine.run(limits);
        output::answer(&String::from_utf8_lossy(&machine.take_output()))?;
        if end != End::Limit || machine.instructions() >= most {
            break end;
        }
    };
    if args.stats {
        for hart in (0..args.harts as u16).map(HartId) {
            let (s, now) = (machine.stats(hart), machine.now(hart));
            eprintln!(
                "hart {hart}: {now} cycles, {} instructions, {} icache misses, {} dcache misses, {} mispredicts, \
                 {} interrupts, {} exceptions, {} remote fences, at {}",
                s.instructions,
                s.icache_misses,
                s.dcache_misses,
                s.mispredicts,
                s.interrupts,
                s.exceptions,
                s.remote_fences,
                image.describe(machine.pc(hart))
            );
        }
    }
    match end {
        End::Exit { code } => Ok(code.min(255) as u8),
        end => bail!("{name}: {}", explain(&end, image)),
    }
}

/// Instructions between two looks at the console.
const SLICE: u64 = 10_000_000;
