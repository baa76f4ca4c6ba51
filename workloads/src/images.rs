//! The guest images, built from `guest/` and the schemes' folders when this crate is built.

use cmodx_isa::Arch;
use cmodx_sim::oracle::SiteRule;
use cmodx_trampolines::catalogue::Scheme;
use goblin::elf::program_header::PT_LOAD;
use goblin::elf::{Elf, ProgramHeader};

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// The image of a scheme: an ELF file that boots in the simulator and under QEMU. `None` when the catalogue has no such
/// scheme for this instruction set.
pub fn image(arch: Arch, scheme_id: &str) -> Option<&'static [u8]> {
    IMAGES.iter().find(|(a, id, _)| *a == arch && *id == scheme_id).map(|(_, _, elf)| *elf)
}

/// What a judge of a run has to watch: the sites of an image, and where a pass through one may leave it for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Every site's instructions, ascending.
    pub sites: Vec<SiteRule>,
    /// Addresses of the trampolines.
    pub exits: Vec<u64>,
}

/// An image whose sites cannot be found.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// Not an ELF file that can be read.
    #[error("cannot read the guest image: {0}")]
    Elf(#[from] goblin::error::Error),
    /// A symbol that every guest with sites has is missing.
    #[error("the guest image has no symbol {0}")]
    NoSymbol(&'static str),
    /// The table of sites lies outside the loaded bytes.
    #[error("the guest's table of sites, {start:#x} to {end:#x}, lies outside its loaded bytes")]
    Table {
        /// First byte of the table.
        start: u64,
        /// First byte behind it.
        end: u64,
    },
}

/// Finds the sites of an image in the table that the compiler left, as the guest itself does.
///
/// # Errors
/// [`WatchError`] when the file is no ELF or lacks the table or the trampoline.
pub fn watch(image: &[u8], scheme: &Scheme) -> Result<Watch, WatchError> {
    if scheme.layout.patchable.is_none() {
        return Ok(Watch { sites: Vec::new(), exits: Vec::new() });
    }
    let elf = Elf::parse(image)?;
    let symbol = |name: &'static str| {
        let found = elf.syms.iter().find(|s| elf.strtab.get_at(s.st_name) == Some(name));
        found.map(|s| s.st_value).ok_or(WatchError::NoSymbol(name))
    };
    let (start, end) = (symbol("sites_start")?, symbol("sites_end")?);
    let bytes = loaded(image, &elf, start, end).ok_or(WatchError::Table { start, end })?;
    let rule = |entry: &[u8]| {
        let mut word = [0; 8];
        word.copy_from_slice(entry);
        let start = u64::from_le_bytes(word) + u64::from(scheme.layout.literal_bytes);
        SiteRule { start, end: start + u64::from(scheme.layout.site_bytes) }
    };
    Ok(Watch { sites: bytes.chunks_exact(8).map(rule).collect(), exits: vec![symbol("ftrace_trampoline")?] })
}

/// The file's bytes that are loaded to these addresses.
fn loaded<'a>(image: &'a [u8], elf: &Elf, start: u64, end: u64) -> Option<&'a [u8]> {
    let holds =
        |p: &&ProgramHeader| p.p_type == PT_LOAD && start >= p.p_vaddr && start <= end && end - p.p_vaddr <= p.p_filesz;
    let segment = elf.program_headers.iter().find(holds)?;
    let from = usize::try_from(segment.p_offset.checked_add(start - segment.p_vaddr)?).ok()?;
    image.get(from..from.checked_add(usize::try_from(end - start).ok()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmodx_trampolines::catalogue::SCHEMES;

    #[test]
    fn every_scheme_has_an_image_with_ten_thousand_sites_or_none() {
        for scheme in SCHEMES {
            let image = image(scheme.arch, scheme.id).expect("an image");
            let watch = watch(image, scheme).expect("its sites");
            if scheme.layout.patchable.is_none() {
                assert!(watch.sites.is_empty() && watch.exits.is_empty());
                continue;
            }
            // 10,000 generated functions, a corpus of 100, the two measured ones.
            assert_eq!(watch.sites.len(), 10_102, "{} on {}", scheme.id, scheme.arch);
            assert!(watch.sites.windows(2).all(|w| w[0].end <= w[1].start));
            assert!(watch.sites.iter().all(|s| s.start % u64::from(scheme.layout.function_align) == 0));
            assert_eq!(watch.exits.len(), 1);
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
