//! Programs without an operating system, on QEMU's `virt` boards.

use super::drive::drive;
use crate::args::{FirmwareChoice, Run};
use anyhow::{Result, ensure};
use cmodx_isa::riscv::Riscv;
use cmodx_isa::{Arch, Isa};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::htif::Htif;
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};

/// Where a program that needs firmware starts on QEMU's RISC-V `virt`: below lies the firmware itself.
const BEHIND_FIRMWARE: u64 = 0x8020_0000;

/// Runs the program on its board.
pub fn run(args: &Run, core: &CoreModel, image: Image) -> Result<u8> {
    match image.arch {
        Arch::Riscv64 => {
            ensure!(args.el == 1, "--el is for programs of AArch64");
            ensure!(!args.pauth, "--pauth is for programs of AArch64");
            let native = args.firmware == FirmwareChoice::Native;
            let image = placed(image, if native { BEHIND_FIRMWARE } else { RiscvVirt::RAM });
            let firmware = match args.firmware {
                FirmwareChoice::Auto => lowest(&image) >= BEHIND_FIRMWARE,
                choice => choice == FirmwareChoice::Native,
            };
            let options = riscv_virt::Options { firmware, htif: htif(&image), semihosting: true, ..Default::default() };
            let reset = Riscv::reset(0).with_extensions(args.isa.unwrap_or_default());
            drive(args, core, RiscvVirt::new(args.harts, options).resetting_to(reset), &image)
        }
        Arch::Aarch64 => {
            let image = placed(image, Aarch64Virt::RAM);
            let firmware = args.firmware != FirmwareChoice::None;
            let options = aarch64_virt::Options { firmware, semihosting: true, el2: args.el == 2, pauth: args.pauth };
            drive(args, core, Aarch64Virt::new(args.harts, options), &image)
        }
    }
}

/// The lowest address that the program needs.
fn lowest(image: &Image) -> u64 {
    let needed = image.segments.iter().map(|segment| segment.needed()).filter(|needed| !needed.is_empty());
    needed.map(|needed| needed.start).min().unwrap_or(0)
}

/// The image where it is linked; one that can run anywhere and is linked at zero, as they are, goes to `start`.
fn placed(image: Image, start: u64) -> Image {
    let linked_at_zero = image.segments.first().is_some_and(|segment| segment.addr < start & !0xfff_ffff);
    if image.relocatable && linked_at_zero { image.moved(start) } else { image }
}

/// HTIF's doublewords, where the program has them.
fn htif(image: &Image) -> Option<Htif> {
    let physical = |name| image.physical(image.symbol(name)?.addr);
    Some(Htif { tohost: physical("tohost")?, fromhost: physical("fromhost") })
}
