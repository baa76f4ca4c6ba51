//! Source lines of a guest, from the line tables of its DWARF debug information.
//!
//! Debug information only helps to read a report, so nothing here is an error: what is missing, compressed or damaged names no
//! lines.

use std::collections::BTreeMap;

use gimli::{Dwarf, EndianSlice, FileEntry, LineProgramHeader, LittleEndian, SectionId, UnitRef};
use goblin::elf::Elf;
use goblin::elf::section_header::{SHF_COMPRESSED, SHT_NOBITS};

type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// Addresses that come from one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    start: u64,
    end: u64,
    file: u32,
    line: u32,
}

/// The line tables of one ELF file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// In order of address.
    runs: Vec<Run>,
    files: Vec<String>,
}

impl Lines {
    /// Reads the line tables of an ELF file. Empty when it has none that can be read.
    pub fn parse(file: &[u8]) -> Lines {
        let mut lines = Lines::default();
        let Ok(elf) = Elf::parse(file) else { return lines };
        let section = |id: SectionId| -> Result<Reader<'_>, gimli::Error> {
            Ok(Reader::new(section_bytes(&elf, file, id.name()).unwrap_or_default(), LittleEndian))
        };
        let Ok(dwarf) = Dwarf::load(section) else { return lines };
        let mut units = dwarf.units();
        while let Ok(Some(header)) = units.next() {
            if let Ok(unit) = dwarf.unit(header) {
                // Rows before the damage count.
                let _ = lines.add_unit(UnitRef::new(&dwarf, &unit));
            }
        }
        lines.runs.sort();
        lines
    }

    /// The file, as the compiler recorded it, and the line that an address comes from.
    pub fn at(&self, addr: u64) -> Option<(&str, u32)> {
        let after = self.runs.partition_point(|run| run.start <= addr);
        let run = self.runs[..after].last().filter(|run| addr < run.end)?;
        Some((&self.files[run.file as usize], run.line))
    }

    fn add_unit(&mut self, unit: UnitRef<'_, Reader<'_>>) -> Result<(), gimli::Error> {
        let Some(program) = unit.line_program.clone() else { return Ok(()) };
        let mut rows = program.rows();
        // The run that the next row ends, and whether its sequence was discarded by the linker (which leaves it at zero).
        let mut open: Option<Run> = None;
        let mut discarded = None;
        let mut known = BTreeMap::new();
        while let Some((header, row)) = rows.next_row()? {
            let discarded_here = *discarded.get_or_insert(row.address() == 0);
            if let Some(run) = open.take()
                && run.start < row.address()
                && !discarded_here
            {
                self.runs.push(Run { end: row.address(), ..run });
            }
            if row.end_sequence() {
                discarded = None;
            } else if let (Some(line), Some(file)) = (row.line(), row.file(header)) {
                let known = match known.get(&row.file_index()) {
                    Some(&known) => known,
                    None => {
                        self.files.push(path(unit, header, file)?);
                        let new = (self.files.len() - 1) as u32;
                        known.insert(row.file_index(), new);
                        new
                    }
                };
                let line = u32::try_from(line.get()).unwrap_or(u32::MAX);
                open = Some(Run { start: row.address(), end: row.address(), file: known, line });
            }
        }
        Ok(())
    }
}

/// Directory and name; without the directory when it is the one that the compiler ran in.
fn path<'a>(
    unit: UnitRef<'_, Reader<'a>>,
    header: &LineProgramHeader<Reader<'a>>,
    file: &FileEntry<Reader<'a>>,
) -> Result<String, gimli::Error> {
    let name = unit.attr_string(file.path_name())?.to_string_lossy().into_owned();
    match file.directory(header) {
        Some(directory) if file.directory_index() != 0 => {
            Ok(format!("{}/{name}", unit.attr_string(directory)?.to_string_lossy()))
        }
        _ => Ok(name),
    }
}

fn section_bytes<'a>(elf: &Elf<'_>, file: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let named = |section: &&goblin::elf::SectionHeader| elf.shdr_strtab.get_at(section.sh_name) == Some(name);
    let section = elf.section_headers.iter().find(named)?;
    if section.sh_type == SHT_NOBITS || section.sh_flags & u64::from(SHF_COMPRESSED) != 0 {
        return None;
    }
    let start = usize::try_from(section.sh_offset).ok()?;
    file.get(start..start.checked_add(usize::try_from(section.sh_size).ok()?)?)
}
