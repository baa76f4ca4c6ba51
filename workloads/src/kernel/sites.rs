//! The table in which a kernel lists its ftrace sites.
//!
//! `__start_mcount_loc..__stop_mcount_loc` in a linked kernel, the sections `__patchable_function_entries` where the
//! linker script did not gather them. An entry is the address of the first patchable nop. A position-independent kernel
//! relocates its entries at boot; the link address stands in place (absolute, or under RELR), or in the addend of a
//! RELA relocation with zero in place. An entry that is zero all the same was cleared at build time: the weak function
//! it belonged to lost to a strong one.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::ops::Range;

use cmodx_isa::Arch;
use goblin::elf::reloc::{R_AARCH64_RELATIVE, R_RISCV_RELATIVE, RelocSection};
use goblin::elf::section_header::{SHF_ALLOC, SHT_NOBITS, SHT_RELA};
use serde::Serialize;

use super::elf::{ELF64_LE, ElfFile, Section};
use super::error::ImageError;

/// Bytes of an entry.
const ENTRY_BYTES: u64 = 8;
/// Section type of packed relative relocations (gABI; goblin does not name it).
const SHT_RELR: u32 = 19;

/// Where the link address of an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableForm {
    /// In place, without relocation.
    Absolute,
    /// In place, under packed relative relocations.
    Relr,
    /// In place or in the addend of a relative relocation.
    Rela,
}

impl TableForm {
    /// One phrase for people.
    pub const fn describe(self) -> &'static str {
        match self {
            TableForm::Absolute => "absolute, in place",
            TableForm::Relr => "in place, under RELR",
            TableForm::Rela => "under RELA",
        }
    }
}

/// The sites that a kernel lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteTable {
    /// Addresses of first patchable nops, ascending.
    pub live: Vec<u64>,
    /// Entries cleared at build time.
    pub zeroed: u64,
    /// Where addresses stand.
    pub form: TableForm,
}

/// Reads the table. `bounds` is what the two symbols say; `is_code` tells whether a site may lie there.
pub(super) fn read<R: Read + Seek>(
    file: &mut ElfFile<R>,
    bounds: Option<Range<u64>>,
    is_code: impl Fn(u64) -> bool,
) -> Result<SiteTable, ImageError> {
    let parts = match bounds {
        Some(bounds) if !bounds.is_empty() => vec![part_between(file, bounds)?],
        _ => parts_by_section(file)?,
    };
    if parts.is_empty() {
        return Err(ImageError::NoSiteTable { file: file.name.clone() });
    }
    let addends = relative_addends(file, &parts)?;
    let packed = under_relr(file, &parts)?;
    let mut table = SiteTable { live: Vec::new(), zeroed: 0, form: TableForm::Absolute };
    if packed {
        table.form = TableForm::Relr;
    }
    if !addends.is_empty() {
        table.form = TableForm::Rela;
    }
    for part in parts {
        let size = part.addresses.end - part.addresses.start;
        let bytes = file.section_part(part.section, part.start, size, "table of ftrace sites")?;
        for (place, entry) in part.addresses.step_by(ENTRY_BYTES as usize).zip(bytes.chunks_exact(ENTRY_BYTES as usize))
        {
            let in_place = u64::from_le_bytes(entry.try_into().expect("chunks of 8 bytes"));
            let value = if in_place == 0 { addends.get(&place).copied().unwrap_or(0) } else { in_place };
            if value == 0 {
                table.zeroed += 1;
            } else if is_code(value) {
                table.live.push(value);
            } else {
                return Err(ImageError::SiteOutsideCode { file: file.name.clone(), place, value });
            }
        }
    }
    table.live.sort_unstable();
    Ok(table)
}

/// A part of the table that lies in one section.
struct Part {
    /// Index of the section.
    section: usize,
    /// Where it begins in the section, bytes.
    start: u64,
    /// Its addresses; their number is a multiple of the entry size.
    addresses: Range<u64>,
}

fn part_between<R: Read + Seek>(file: &ElfFile<R>, addresses: Range<u64>) -> Result<Part, ImageError> {
    let size = addresses.end - addresses.start;
    if !size.is_multiple_of(ENTRY_BYTES) {
        return Err(ImageError::TableSize { file: file.name.clone(), address: addresses.start, bytes: size });
    }
    let holds = |section: &Section| {
        section.header.sh_flags & u64::from(SHF_ALLOC) != 0
            && section.header.sh_type != SHT_NOBITS
            && section.contains(addresses.start)
            && section.contains(addresses.end - 1)
    };
    let Some(section) = file.sections.iter().position(holds) else {
        let (start, end) = (addresses.start, addresses.end);
        return Err(file.malformed(format!("no section holds the table of ftrace sites {start:#x}..{end:#x}")));
    };
    Ok(Part { section, start: addresses.start - file.sections[section].header.sh_addr, addresses })
}

fn parts_by_section<R: Read + Seek>(file: &ElfFile<R>) -> Result<Vec<Part>, ImageError> {
    let mut parts = Vec::new();
    for (section, Section { name, header }) in file.sections.iter().enumerate() {
        if name != "__patchable_function_entries" || header.sh_size == 0 {
            continue;
        }
        let (address, bytes) = (header.sh_addr, header.sh_size);
        let Some(end) = address.checked_add(bytes) else {
            return Err(file.malformed(format!("section {name} leaves the address space")));
        };
        if !bytes.is_multiple_of(ENTRY_BYTES) {
            return Err(ImageError::TableSize { file: file.name.clone(), address, bytes });
        }
        parts.push(Part { section, start: 0, addresses: address..end });
    }
    Ok(parts)
}

/// Place and addend of every relative RELA relocation of the table.
fn relative_addends<R: Read + Seek>(file: &mut ElfFile<R>, parts: &[Part]) -> Result<BTreeMap<u64, u64>, ImageError> {
    let relative = match file.arch {
        Arch::Riscv64 => R_RISCV_RELATIVE,
        Arch::Aarch64 => R_AARCH64_RELATIVE,
    };
    let mut addends = BTreeMap::new();
    for index in loaded_sections(file, SHT_RELA) {
        let bytes = file.section_bytes(index)?;
        let relocations = RelocSection::parse(&bytes, 0, bytes.len(), true, ELF64_LE)
            .map_err(|e| file.malformed(format!("section {}: {e}", file.sections[index].name)))?;
        for relocation in &relocations {
            let place = relocation.r_offset;
            if !parts.iter().any(|part| part.addresses.contains(&place)) {
                continue;
            }
            if relocation.r_type != relative {
                let (file, arch, kind) = (file.name.clone(), file.arch, relocation.r_type);
                return Err(ImageError::Relocation { file, arch, kind, place });
            }
            addends.insert(place, relocation.r_addend.unwrap_or(0) as u64);
        }
    }
    Ok(addends)
}

/// Whether a packed relative relocation applies to the table (gABI, "Relative Relocation Table": an even word is an
/// address, an odd one a bitmap of the 63 words that follow).
fn under_relr<R: Read + Seek>(file: &mut ElfFile<R>, parts: &[Part]) -> Result<bool, ImageError> {
    let within = |place: u64| parts.iter().any(|part| part.addresses.contains(&place));
    for index in loaded_sections(file, SHT_RELR) {
        let bytes = file.section_bytes(index)?;
        let mut next = 0u64;
        for word in bytes.chunks_exact(8) {
            let word = u64::from_le_bytes(word.try_into().expect("chunks of 8 bytes"));
            if word & 1 == 0 {
                if within(word) {
                    return Ok(true);
                }
                next = word.wrapping_add(8);
            } else {
                for bit in 1..64 {
                    if word >> bit & 1 == 1 && within(next.wrapping_add(8 * (bit - 1))) {
                        return Ok(true);
                    }
                }
                next = next.wrapping_add(8 * 63);
            }
        }
    }
    Ok(false)
}

fn loaded_sections<R>(file: &ElfFile<R>, kind: u32) -> Vec<usize> {
    let wanted = |s: &Section| s.header.sh_type == kind && s.header.sh_flags & u64::from(SHF_ALLOC) != 0;
    (0..file.sections.len()).filter(|&i| wanted(&file.sections[i])).collect()
}
