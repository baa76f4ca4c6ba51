//! The guest images: the catalogue's, built from `guest/` and the schemes' folders when this crate is built, and what is built at
//! run time: users' own schemes ([`crate::own_scheme`]), and images with more sites.

use crate::sources::{self, BuildError};
use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::Scheme;
use std::path::Path;
use std::sync::RwLock;

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// Functions written by hand that are patched and called besides the generated tracees (`workloads/guest/tracees/corpus.rs`).
const CORPUS: u32 = 100;

/// Functions that only overhead runs call (`workloads/guest/tracees/measured.rs`).
const MEASURED: u32 = 3;

/// The most sites that can be patched at once: what the guest has room for (`workloads/guest/ftrace/sites.rs`).
pub const MOST_SITES: u32 = 45_056 - MEASURED;

/// An image built at run time.
#[derive(Clone, Copy)]
struct Built {
    scheme: &'static Scheme,
    sites: u32,
    elf: &'static [u8],
}

/// They come at the start of a run and stay.
static BUILT: RwLock<Vec<Built>> = RwLock::new(Vec::new());

/// The image of a scheme, whatever number of sites it has; see [`image_with`].
pub fn image(arch: Arch, scheme_id: &str) -> Option<&'static [u8]> {
    image_with(arch, scheme_id, 0)
}

/// The image of a scheme with at least so many sites: an ELF file that boots in the simulator and under QEMU. `None` when
/// there is no such scheme for this instruction set, or no such image of it.
pub fn image_with(arch: Arch, scheme_id: &str, sites: u32) -> Option<&'static [u8]> {
    let built_in = || IMAGES.iter().find(|(a, id, _)| *a == arch && *id == scheme_id).map(|(_, _, elf)| *elf);
    let fits = |b: &&Built| b.scheme.arch == arch && b.scheme.id == scheme_id && b.sites >= sites;
    let built = || BUILT.read().unwrap_or_else(|e| e.into_inner()).iter().find(fits).map(|b| b.elf);
    let small = sites <= TRACEES + CORPUS;
    small.then(built_in).flatten().or_else(built)
}

/// Builds what is missing for so many sites of each scheme.
///
/// # Errors
/// [`BuildError`] when it cannot be built.
pub fn provide(schemes: &[&'static Scheme], sites: u32) -> Result<(), BuildError> {
    let missing = |s: &&&'static Scheme| s.layout.patchable.is_some() && image_with(s.arch, s.id, sites).is_none();
    let missing: Vec<&'static Scheme> = schemes.iter().filter(missing).copied().collect();
    if missing.is_empty() { Ok(()) } else { build_and_add(&missing, None, sites) }
}

/// Builds images with at least so many sites, from the scheme's own folder if one is given, and adds them.
pub(crate) fn build_and_add(schemes: &[&'static Scheme], own: Option<&Path>, sites: u32) -> Result<(), BuildError> {
    let tracees = TRACEES.max(sites.min(MOST_SITES).saturating_sub(CORPUS));
    let images = sources::build(schemes, own, tracees)?;
    let mut built = BUILT.write().unwrap_or_else(|e| e.into_inner());
    for (scheme, elf) in schemes.iter().zip(images) {
        built.push(Built { scheme, sites: tracees + CORPUS, elf: elf.leak() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_trampolines::catalogue::SCHEMES;
    use goblin::elf::Elf;

    #[test]
    fn every_scheme_has_an_image_with_ten_thousand_sites_or_none() {
        for scheme in SCHEMES {
            let image = image(scheme.arch, scheme.id).expect("an image");
            let elf = Elf::parse(image).expect("an ELF file");
            let symbol =
                |name| elf.syms.iter().find(|s| elf.strtab.get_at(s.st_name) == Some(name)).map(|s| s.st_value);
            let table = symbol("sites_start").expect("the table")..symbol("sites_end").expect("the table");
            let sites = if scheme.layout.patchable.is_some() { u64::from(TRACEES + CORPUS + MEASURED) } else { 0 };
            assert_eq!((table.end - table.start) / 8, sites, "{} on {}", scheme.id, scheme.arch);
            assert_eq!(symbol("ftrace_trampoline").is_some(), sites != 0, "{} on {}", scheme.id, scheme.arch);
        }
        assert!(image(Arch::Riscv64, "no-such-scheme").is_none());
        assert!(image_with(Arch::Riscv64, "none", TRACEES + CORPUS + 1).is_none());
    }

    #[test]
    fn images_name_no_folder_of_the_machine_they_were_built_on() {
        let here = env!("CARGO_MANIFEST_DIR").as_bytes();
        let out = env!("OUT_DIR").as_bytes();
        for (arch, id, elf) in IMAGES {
            for path in [here, out] {
                assert!(!elf.windows(path.len()).any(|w| w == path), "{id} on {arch}");
            }
        }
    }
}
