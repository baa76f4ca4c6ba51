//! What tests of whole guests run, and on what.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{SCHEMES, Scheme};

/// A core of this instruction set with real caches.
pub fn core(arch: Arch) -> CoreModel {
    CoreModel::built_in(if arch == Arch::Riscv64 { "sifive-u74" } else { "cortex-a55" }).unwrap()
}

/// One instruction a cycle.
pub fn ideal() -> CoreModel {
    CoreModel::built_in("ideal").unwrap()
}

/// The schemes that patch anything.
pub fn with_sites() -> impl Iterator<Item = &'static Scheme> {
    SCHEMES.iter().filter(|s| s.layout.patchable.is_some())
}
