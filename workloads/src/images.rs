//! The guest images: the catalogue's, built from `guest/` and the schemes' folders when this crate is built, and those of
//! users' own schemes ([`crate::own_scheme`]).

use cmodx_isa::Arch;
use std::sync::RwLock;

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// An image with its name.
type Named = (Arch, &'static str, &'static [u8]);

/// Images of users' own schemes. They come at the start of a run and stay.
static OWN: RwLock<Vec<Named>> = RwLock::new(Vec::new());

/// The image of a scheme: an ELF file that boots in the simulator and under QEMU. `None` when neither the catalogue nor the
/// user has such a scheme for this instruction set.
pub fn image(arch: Arch, scheme_id: &str) -> Option<&'static [u8]> {
    let named = |(a, id, _): &&Named| *a == arch && *id == scheme_id;
    let built_in = IMAGES.iter().find(named).map(|(_, _, elf)| *elf);
    built_in.or_else(|| OWN.read().unwrap_or_else(|e| e.into_inner()).iter().find(named).map(|(_, _, elf)| *elf))
}

/// Adds the image of a user's own scheme.
pub(crate) fn add(arch: Arch, scheme_id: &'static str, elf: &'static [u8]) {
    OWN.write().unwrap_or_else(|e| e.into_inner()).push((arch, scheme_id, elf));
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
            // 10,000 generated functions, a corpus of 100, the two measured ones.
            let sites = if scheme.layout.patchable.is_some() { 10_102 } else { 0 };
            assert_eq!((table.end - table.start) / 8, sites, "{} on {}", scheme.id, scheme.arch);
            assert_eq!(symbol("ftrace_trampoline").is_some(), sites != 0, "{} on {}", scheme.id, scheme.arch);
        }
        assert!(image(Arch::Riscv64, "no-such-scheme").is_none());
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
