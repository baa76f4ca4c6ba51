//! Reading the parts of a large ELF file that are wanted, and no others.
//!
//! A `vmlinux` with debug information has a gigabyte, of which a survey needs 30 MB. Header, section headers and symbols
//! are parsed with goblin from the bytes of just that part.

use std::io::{Read, Seek, SeekFrom};

use cmodx_isa::Arch;
use goblin::container::{Container, Ctx, Endian};
use goblin::elf::header::{EM_AARCH64, EM_RISCV, EM_X86_64, ET_DYN, ET_EXEC, Header, machine_to_str};
use goblin::elf::section_header::{SHF_COMPRESSED, SHN_XINDEX, SHT_NOBITS, SHT_STRTAB, SectionHeader};

use super::error::ImageError;

/// Bytes of an ELF64 header.
const HEADER_BYTES: u64 = 64;
/// Bytes of an ELF64 section header.
const SECTION_HEADER_BYTES: u64 = 64;
/// How goblin is to read.
pub(super) const ELF64_LE: Ctx = Ctx { container: Container::Big, le: Endian::Little };

/// An ELF64 little-endian program for a known instruction set.
pub(super) struct ElfFile<R> {
    /// Name for messages.
    pub name: String,
    /// Instruction set.
    pub arch: Arch,
    /// Sections, in the file's order.
    pub sections: Vec<Section>,
    /// Bytes of the file.
    pub length: u64,
    source: R,
}

/// One section: its header, named.
pub(super) struct Section {
    /// Name.
    pub name: String,
    /// The rest.
    pub header: SectionHeader,
}

impl Section {
    /// Whether this address lies in it.
    pub fn contains(&self, address: u64) -> bool {
        address.checked_sub(self.header.sh_addr).is_some_and(|distance| distance < self.header.sh_size)
    }
}

impl<R: Read + Seek> ElfFile<R> {
    /// Reads and checks the headers.
    pub fn open(name: String, mut source: R) -> Result<Self, ImageError> {
        let length = source.seek(SeekFrom::End(0)).map_err(|source| ImageError::Io { file: name.clone(), source })?;
        let mut file = ElfFile { name, arch: Arch::Riscv64, sections: Vec::new(), length, source };
        let head = file.read(0, length.min(HEADER_BYTES), "ELF header")?;
        file.check_ident(&head)?;
        let head = file.read(0, HEADER_BYTES, "ELF header")?;
        let header: Header =
            goblin::elf::Elf::parse_header(&head).map_err(|e| file.malformed(format!("ELF header: {e}")))?;
        file.arch = match header.e_machine {
            EM_RISCV => Arch::Riscv64,
            EM_AARCH64 => Arch::Aarch64,
            machine => {
                let name = if machine == EM_X86_64 { "x86-64" } else { machine_to_str(machine) };
                return Err(ImageError::Machine { file: file.name, machine, name });
            }
        };
        if !matches!(header.e_type, ET_EXEC | ET_DYN) {
            return Err(ImageError::NotLinked { file: file.name, kind: header.e_type });
        }
        file.sections = file.read_sections(&header)?;
        Ok(file)
    }

    fn check_ident(&self, head: &[u8]) -> Result<(), ImageError> {
        let file = || self.name.clone();
        if !head.starts_with(b"\x7fELF") {
            let hint = match head {
                [0x1f, 0x8b, ..] => ": gzip data, decompress it first",
                [b'M', b'Z', ..] => ": a boot image; the vmlinux with its symbols is wanted",
                [] => ": it is empty",
                _ => "",
            };
            return Err(ImageError::NotElf { file: file(), hint });
        }
        match (head.get(4), head.get(5)) {
            (Some(1), _) => Err(ImageError::Class32 { file: file() }),
            (Some(2), Some(2)) => Err(ImageError::BigEndian { file: file() }),
            (Some(2), Some(1)) | (_, None) => Ok(()),
            (Some(class), Some(data)) => Err(self.malformed(format!("ELF class {class}, data encoding {data}"))),
            (None, Some(_)) => unreachable!("byte 5 without byte 4"),
        }
    }

    fn read_sections(&mut self, header: &Header) -> Result<Vec<Section>, ImageError> {
        if header.e_shoff == 0 {
            return Err(ImageError::NoSymbols { file: self.name.clone() });
        }
        if u64::from(header.e_shentsize) != SECTION_HEADER_BYTES {
            return Err(self.malformed(format!("section headers of {} bytes", header.e_shentsize)));
        }
        // Numbers that do not fit the ELF header stand in the first section header (gABI, "Sections").
        let first = self.section_headers(header.e_shoff, 1)?.remove(0);
        let count = if header.e_shnum == 0 { first.sh_size } else { header.e_shnum.into() };
        let names =
            if u32::from(header.e_shstrndx) == SHN_XINDEX { first.sh_link as usize } else { header.e_shstrndx.into() };
        let headers = self.section_headers(header.e_shoff, count)?;
        let Some(names) = headers.get(names).filter(|h| h.sh_type == SHT_STRTAB).cloned() else {
            return Err(self.malformed(format!("section {names} does not hold the section names")));
        };
        let names = self.read(names.sh_offset, names.sh_size, "section names")?;
        Ok(headers
            .into_iter()
            .map(|header| Section {
                name: String::from_utf8_lossy(string_at(&names, header.sh_name)).into_owned(),
                header,
            })
            .collect())
    }

    fn section_headers(&mut self, offset: u64, count: u64) -> Result<Vec<SectionHeader>, ImageError> {
        let size = count.saturating_mul(SECTION_HEADER_BYTES);
        let bytes = self.read(offset, size, "section header table")?;
        SectionHeader::parse_from(&bytes, 0, count as usize, ELF64_LE)
            .map_err(|e| self.malformed(format!("section header table: {e}")))
    }

    /// The bytes of a section, as the file has them; none for a section without contents.
    pub fn section_bytes(&mut self, index: usize) -> Result<Vec<u8>, ImageError> {
        let (size, what) = (self.sections[index].header.sh_size, format!("section {}", self.sections[index].name));
        self.section_part(index, 0, size, &what)
    }

    /// `size` bytes of a section from `start`.
    pub fn section_part(&mut self, index: usize, start: u64, size: u64, what: &str) -> Result<Vec<u8>, ImageError> {
        let header = &self.sections[index].header;
        if header.sh_type == SHT_NOBITS {
            return Ok(Vec::new());
        }
        if header.sh_flags & u64::from(SHF_COMPRESSED) != 0 {
            return Err(self.malformed(format!("{what} is compressed")));
        }
        let offset = header.sh_offset.saturating_add(start);
        self.read(offset, size, what)
    }

    fn read(&mut self, offset: u64, size: u64, what: &str) -> Result<Vec<u8>, ImageError> {
        let end = offset.saturating_add(size);
        if end > self.length {
            let (file, what) = (self.name.clone(), what.to_owned());
            return Err(ImageError::Truncated { file, what, offset, end, length: self.length });
        }
        let mut bytes = vec![0; size as usize];
        let io = |source| ImageError::Io { file: self.name.clone(), source };
        self.source.seek(SeekFrom::Start(offset)).map_err(io)?;
        self.source.read_exact(&mut bytes).map_err(io)?;
        Ok(bytes)
    }

    /// The error of a structure that contradicts itself.
    pub fn malformed(&self, what: String) -> ImageError {
        ImageError::Malformed { file: self.name.clone(), what }
    }
}

/// The string at an offset of a string table; empty when the offset leads outside.
pub(super) fn string_at(table: &[u8], offset: usize) -> &[u8] {
    let rest = table.get(offset..).unwrap_or_default();
    &rest[..rest.iter().position(|&b| b == 0).unwrap_or(rest.len())]
}
