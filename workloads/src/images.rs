//! The guest images, built from `guest/` and the schemes' folders when this crate is built.

use cmodx_isa::Arch;

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// The image of a scheme: an ELF file that boots in the simulator and under QEMU. `None` when the catalogue has no such
/// scheme for this instruction set.
pub fn image(arch: Arch, scheme_id: &str) -> Option<&'static [u8]> {
    IMAGES.iter().find(|(a, id, _)| *a == arch && *id == scheme_id).map(|(_, _, elf)| *elf)
}
