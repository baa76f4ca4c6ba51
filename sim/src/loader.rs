//! Loads an ELF executable: the segments to copy into RAM, where to start, and its symbols.
//!
//! Addresses to load and to start at are physical (`p_paddr`), as for a program that starts with translation off; symbols
//! keep the addresses that they were linked at. No relocation is applied: a static position-independent executable is loaded
//! where its program headers say, or as a whole elsewhere ([`Image::moved`]), and relocates itself.
//!
//! Linkers put the headers of the file, and notes, in front of the first section: `ld -Ttext=0x80000000` makes a segment that
//! starts below. What of a segment holds nothing but headers and notes may lie outside RAM and is left out there.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use cmodx_isa::Arch;
use goblin::container::{Container, Ctx};
use goblin::elf::header::{
    EI_CLASS, EI_DATA, ELFCLASS64, ELFDATA2LSB, ELFMAG, EM_AARCH64, EM_RISCV, ET_DYN, ET_EXEC, et_to_str,
};
use goblin::elf::program_header::{PF_R, PF_W, PF_X, PT_INTERP, PT_LOAD, PT_NOTE};
use goblin::elf::section_header::{SHN_ABS, SHN_UNDEF, SHT_SYMTAB};
use goblin::elf::sym::{STB_LOCAL, STT_FUNC, STT_NOTYPE, STT_OBJECT, Symtab};
use goblin::elf::{Elf, Header, ProgramHeader, SectionHeader};
use sha2::{Digest, Sha256};

const HEADER_SIZE: u64 = 64;
const PROGRAM_HEADER_SIZE: u16 = 56;
const SECTION_HEADER_SIZE: u16 = 64;
const SYMBOL_SIZE: u64 = 24;
const SHNDX_OF_ABSOLUTE: usize = SHN_ABS as usize;
const SHNDX_OF_UNDEFINED: usize = SHN_UNDEF as usize;

/// What is wrong with an ELF file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ElfError {
    /// Another kind of file.
    #[error("not an ELF file: it starts with {found:02x?}, expected [7f, 45, 4c, 46]")]
    NotElf {
        /// The first bytes, at most four.
        found: Vec<u8>,
    },
    /// The file ends before something that a header announces.
    #[error("truncated: {what} at offset {offset:#x} needs {size} bytes, but the file has {length}")]
    Truncated {
        /// What is missing.
        what: String,
        /// Where in the file it should start.
        offset: u64,
        /// Its size in bytes.
        size: u64,
        /// Size of the file in bytes.
        length: u64,
    },
    /// Not a 64-bit file.
    #[error("{} ELF: EI_CLASS at offset 0x4 is {found}, expected 2 (64-bit)", if *found == 1 { "32-bit" } else { "unknown class of" })]
    NotClass64 {
        /// EI_CLASS.
        found: u8,
    },
    /// Not a little-endian file.
    #[error("{} ELF: EI_DATA at offset 0x5 is {found}, expected 1 (little-endian)", if *found == 2 { "big-endian" } else { "unknown byte order of" })]
    NotLittleEndian {
        /// EI_DATA.
        found: u8,
    },
    /// A machine that is not simulated.
    #[error("wrong machine: e_machine at offset 0x12 is {found} ({}), expected 243 (RISC-V) or 183 (AArch64)", machine_name(*found))]
    WrongMachine {
        /// e_machine.
        found: u16,
    },
    /// Not linked for execution.
    #[error("not an executable: e_type at offset 0x10 is {found} ({}), expected 2 (EXEC)", et_to_str(*found))]
    NotExecutable {
        /// e_type.
        found: u16,
    },
    /// A dynamically linked program.
    #[error("program header {header} asks for the interpreter {interpreter:?}: only static executables can be loaded")]
    NeedsInterpreter {
        /// Index of the program header.
        header: usize,
        /// The interpreter's path.
        interpreter: String,
    },
    /// A header field that cannot be.
    #[error("{header}: {field} at offset {offset:#x} is {found:#x}, expected {expected}")]
    BadField {
        /// Which header.
        header: String,
        /// Which field.
        field: &'static str,
        /// Where it is in the file.
        offset: u64,
        /// What would be right.
        expected: String,
        /// What is there.
        found: u64,
    },
    /// Nothing to load.
    #[error("no loadable segment among {headers} program headers")]
    NoSegments {
        /// How many program headers there are.
        headers: usize,
    },
    /// Two segments want the same memory.
    #[error("program header {second}: segment {:#x}-{:#x} overlaps that of program header {first}, {:#x}-{:#x}", second_range.start, second_range.end, first_range.start, first_range.end)]
    Overlap {
        /// Index of one program header.
        first: usize,
        /// Its physical addresses.
        first_range: Range<u64>,
        /// Index of the other.
        second: usize,
        /// Its physical addresses.
        second_range: Range<u64>,
    },
    /// A segment that the machine has no memory for.
    #[error("program header {header}: segment {:#x}-{:#x} lies outside RAM, which is {:#x}-{:#x}", segment.start, segment.end, ram.start, ram.end)]
    OutsideRam {
        /// Index of the program header.
        header: usize,
        /// Its physical addresses.
        segment: Range<u64>,
        /// The machine's RAM.
        ram: Range<u64>,
    },
    /// The entry point is not in memory that can be executed.
    #[error("the entry point {entry:#x} (e_entry at offset 0x18) lies in no executable segment")]
    BadEntry {
        /// e_entry.
        entry: u64,
    },
}

/// Why a file could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be read.
    #[error("cannot read {}: {problem}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: std::io::Error,
    },
    /// It is not what can be loaded.
    #[error("{}: {problem}", path.display())]
    Elf {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: ElfError,
    },
}

/// One loadable segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Physical address of its first byte (`p_paddr`).
    pub addr: u64,
    /// Address that it was linked at (`p_vaddr`).
    pub linked_at: u64,
    /// Bytes from the file.
    pub bytes: Vec<u8>,
    /// Size in memory; what `bytes` does not fill is zero.
    pub mem_size: u64,
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be executed.
    pub execute: bool,
    /// Index of its program header.
    pub header: usize,
    /// How many of its first bytes are headers of the file, notes and the zeroes behind them: the program runs without them.
    pub preamble: u64,
}

impl Segment {
    /// The physical addresses that it covers: up to the last one there is, where it was moved beyond that.
    pub fn range(&self) -> Range<u64> {
        self.addr..self.addr.saturating_add(self.mem_size)
    }

    /// Those of them that the program needs; empty when the segment is all headers and notes.
    pub fn needed(&self) -> Range<u64> {
        self.addr.saturating_add(self.preamble)..self.addr.saturating_add(self.mem_size)
    }

    /// The physical address of something linked at this address, if it is in this segment.
    fn physical(&self, linked_at: u64) -> Option<u64> {
        let offset = linked_at.checked_sub(self.linked_at)?;
        (offset < self.mem_size).then(|| self.addr.wrapping_add(offset))
    }
}

/// Program headers in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Physical address of the first.
    pub at: u64,
    /// How many.
    pub count: u64,
}

/// What a symbol names. Among symbols of one address, the earlier kind names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A function.
    Function,
    /// Data.
    Object,
    /// A label without type.
    Label,
    /// A value that is no address.
    Absolute,
}

/// A defined symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// Its address as linked.
    pub addr: u64,
    /// Its size in bytes; 0 when unknown.
    pub size: u64,
    /// What it names.
    pub kind: SymbolKind,
    /// Visible outside its object file.
    pub global: bool,
}

/// An executable, ready to be copied into RAM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Instruction set.
    pub arch: Arch,
    /// Physical address of the first instruction.
    pub entry: u64,
    /// Linked to run anywhere (ET_DYN).
    pub relocatable: bool,
    /// The program headers, where a segment holds them.
    pub headers: Option<Headers>,
    /// Segments with at least one byte, in order of physical address; they do not overlap.
    pub segments: Vec<Segment>,
    /// Symbols in order of address, then kind, then name. Sections, files, mapping symbols (`$x`, `$d`),
    /// labels of the assembler's own (`.L0`) and nameless ones are left out.
    pub symbols: Vec<Symbol>,
    by_name: BTreeMap<String, usize>,
}

impl Symbol {
    /// Its name without the mangling of Rust compilers.
    pub fn readable(&self) -> String {
        format!("{:#}", rustc_demangle::demangle(&self.name))
    }
}

impl Image {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// When it cannot be read, or as [`Image::parse`]; both name the file.
    pub fn load(path: &Path) -> Result<Image, LoadError> {
        let bytes = std::fs::read(path).map_err(|problem| LoadError::Read { path: path.into(), problem })?;
        Image::parse(&bytes).map_err(|problem| LoadError::Elf { path: path.into(), problem })
    }

    /// Parses the bytes of an ELF file.
    ///
    /// # Errors
    /// When they are not a whole, static, little-endian 64-bit executable for RISC-V or AArch64.
    pub fn parse(file: &[u8]) -> Result<Image, ElfError> {
        let header = parse_header(file)?;
        let arch = if header.e_machine == EM_RISCV { Arch::Riscv64 } else { Arch::Aarch64 };
        let (segments, headers) = parse_segments(file, &header)?;
        let symbols = parse_symbols(file, &header)?;
        let entry = segments
            .iter()
            .filter(|segment| segment.execute)
            .find_map(|segment| segment.physical(header.e_entry))
            .ok_or(ElfError::BadEntry { entry: header.e_entry })?;
        let mut by_name = BTreeMap::new();
        for (index, symbol) in symbols.iter().enumerate() {
            // Of several with one name, a global one; else the one of lowest address.
            let known = by_name.get(&symbol.name).map(|&at: &usize| &symbols[at]);
            if known.is_none_or(|known| symbol.global && !known.global) {
                by_name.insert(symbol.name.clone(), index);
            }
        }
        let relocatable = header.e_type == ET_DYN;
        Ok(Image { arch, entry, relocatable, headers, segments, symbols, by_name })
    }

    /// The image loaded and linked this much higher. Wraps around at the end of the address space, where nothing can be loaded.
    #[must_use]
    pub fn moved(mut self, by: u64) -> Image {
        self.entry = self.entry.wrapping_add(by);
        self.headers = self.headers.map(|Headers { at, count }| Headers { at: at.wrapping_add(by), count });
        for segment in &mut self.segments {
            segment.addr = segment.addr.wrapping_add(by);
            segment.linked_at = segment.linked_at.wrapping_add(by);
        }
        for symbol in self.symbols.iter_mut().filter(|symbol| symbol.kind != SymbolKind::Absolute) {
            symbol.addr = symbol.addr.wrapping_add(by);
        }
        self
    }

    /// A program without a file: bytes at a physical address, started at the first.
    pub fn flat(arch: Arch, addr: u64, bytes: Vec<u8>) -> Image {
        let mem_size = bytes.len() as u64;
        let (read, write, execute) = (true, true, true);
        let (header, preamble) = (0, 0);
        let segment = Segment { addr, linked_at: addr, bytes, mem_size, read, write, execute, header, preamble };
        let segments = vec![segment];
        let (relocatable, headers, symbols, by_name) = (false, None, Vec::new(), BTreeMap::new());
        Image { arch, entry: addr, relocatable, headers, segments, symbols, by_name }
    }

    /// The doubleword linked at this address, if the file gives it.
    pub fn read_u64(&self, linked_at: u64) -> Option<u64> {
        let segment = self.segments.iter().find(|segment| segment.physical(linked_at).is_some())?;
        let start = usize::try_from(linked_at - segment.linked_at).ok()?;
        let bytes = segment.bytes.get(start..start.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Checks that what the program needs of every segment lies in this range of physical addresses.
    ///
    /// # Errors
    /// Names the first segment that does not.
    pub fn check_ram(&self, ram: Range<u64>) -> Result<(), ElfError> {
        let outside = |segment: &&Segment| {
            let needed = segment.needed();
            !needed.is_empty() && (needed.start < ram.start || needed.end > ram.end)
        };
        match self.segments.iter().find(outside) {
            Some(segment) => Err(ElfError::OutsideRam { header: segment.header, segment: segment.range(), ram }),
            None => Ok(()),
        }
    }

    /// The symbol of this name.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.by_name.get(name).map(|&index| &self.symbols[index])
    }

    /// The symbol that an address belongs to, and the distance from it: one whose size covers the address, or a label of
    /// unknown size with no other symbol in between.
    pub fn symbol_at(&self, addr: u64) -> Option<(&Symbol, u64)> {
        let mut before = self.symbols[..self.symbols.partition_point(|symbol| symbol.addr <= addr)]
            .iter()
            .rev()
            .filter(|symbol| symbol.kind != SymbolKind::Absolute)
            .peekable();
        let start = before.peek()?.addr;
        let offset = addr - start;
        // From the back: the last one that fits is the one of the most telling kind.
        let fits = |symbol: &&Symbol| symbol.size == 0 || offset < symbol.size;
        before.take_while(|symbol| symbol.addr == start).filter(fits).last().map(|symbol| (symbol, offset))
    }

    /// An address as `name+0xoffset`, the name as its programmer wrote it, or in hexadecimal when no symbol covers it.
    pub fn describe(&self, addr: u64) -> String {
        match self.symbol_at(addr) {
            Some((symbol, 0)) => symbol.readable(),
            Some((symbol, offset)) => format!("{}+{offset:#x}", symbol.readable()),
            None => format!("{addr:#x}"),
        }
    }

    /// The physical address of something linked at this address.
    pub fn physical(&self, linked_at: u64) -> Option<u64> {
        self.segments.iter().find_map(|segment| segment.physical(linked_at))
    }

    /// What is copied into RAM: physical address and bytes, in order of address.
    pub fn loaded(&self, ram: Range<u64>) -> impl Iterator<Item = (u64, &[u8])> {
        self.segments.iter().filter_map(move |segment| {
            let (from, to) =
                (segment.addr.max(ram.start), segment.addr.saturating_add(segment.bytes.len() as u64).min(ram.end));
            let bytes = segment.bytes.get((from - segment.addr) as usize..to.checked_sub(segment.addr)? as usize)?;
            Some((from, bytes))
        })
    }

    /// SHA-256 over everything that a run can depend on: instruction set, entry, and each segment's address, size and bytes.
    /// Symbols and debug information do not count.
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.arch.name());
        digest.update(self.entry.to_le_bytes());
        for segment in &self.segments {
            for number in [segment.addr, segment.mem_size, segment.bytes.len() as u64] {
                digest.update(number.to_le_bytes());
            }
            digest.update(&segment.bytes);
        }
        digest.finalize().into()
    }
}

fn context() -> Ctx {
    Ctx::new(Container::Big, goblin::container::Endian::Little)
}

/// The bytes of something that a header announces.
fn slice(file: &[u8], what: impl Fn() -> String, offset: u64, size: u64) -> Result<&[u8], ElfError> {
    let end = offset.checked_add(size).filter(|&end| end <= file.len() as u64);
    match end {
        Some(end) => Ok(&file[offset as usize..end as usize]),
        None => Err(ElfError::Truncated { what: what(), offset, size, length: file.len() as u64 }),
    }
}

/// What goblin refuses although [`slice`] has found all its bytes: nothing, as far as its tables of fixed-size entries go.
fn unreadable(what: &str, offset: u64, file: &[u8]) -> ElfError {
    ElfError::Truncated { what: what.to_owned(), offset, size: 0, length: file.len() as u64 }
}

fn parse_header(file: &[u8]) -> Result<Header, ElfError> {
    if !file.starts_with(ELFMAG) {
        return Err(ElfError::NotElf { found: file.iter().take(4).copied().collect() });
    }
    let whole = slice(file, || "the ELF header".to_owned(), 0, HEADER_SIZE)?;
    if whole[EI_CLASS] != ELFCLASS64 {
        return Err(ElfError::NotClass64 { found: whole[EI_CLASS] });
    }
    if whole[EI_DATA] != ELFDATA2LSB {
        return Err(ElfError::NotLittleEndian { found: whole[EI_DATA] });
    }
    let header = Elf::parse_header(whole).map_err(|_| unreadable("the ELF header", 0, file))?;
    if !matches!(header.e_machine, EM_RISCV | EM_AARCH64) {
        return Err(ElfError::WrongMachine { found: header.e_machine });
    }
    if !matches!(header.e_type, ET_EXEC | ET_DYN) {
        return Err(ElfError::NotExecutable { found: header.e_type });
    }
    let field = |field, offset, expected: &str, found| {
        Err(ElfError::BadField { header: "ELF header".to_owned(), field, offset, expected: expected.to_owned(), found })
    };
    if header.e_phnum != 0 && header.e_phentsize != PROGRAM_HEADER_SIZE {
        return field("e_phentsize", 0x36, "0x38", header.e_phentsize.into());
    }
    if header.e_phnum == u16::MAX {
        return field("e_phnum", 0x38, "fewer than 0xffff program headers", header.e_phnum.into());
    }
    if header.e_shnum != 0 && header.e_shentsize != SECTION_HEADER_SIZE {
        return field("e_shentsize", 0x3a, "0x40", header.e_shentsize.into());
    }
    if header.e_shnum == 0 && header.e_shoff != 0 {
        return field("e_shnum", 0x3c, "from 1 to 0xfeff section headers", 0);
    }
    Ok(header)
}

/// The segments, and where in memory the program headers stand.
fn parse_segments(file: &[u8], header: &Header) -> Result<(Vec<Segment>, Option<Headers>), ElfError> {
    let (offset, count) = (header.e_phoff, usize::from(header.e_phnum));
    let size = u64::from(PROGRAM_HEADER_SIZE);
    slice(file, || format!("the table of {count} program headers"), offset, size * count as u64)?;
    let headers = ProgramHeader::parse(file, offset as usize, count, context())
        .map_err(|_| unreadable("the table of program headers", offset, file))?;
    let mut segments = Vec::new();
    let mut offsets = Vec::new();
    for (index, program) in headers.iter().enumerate() {
        let bytes =
            |what| slice(file, || format!("{what} of program header {index}"), program.p_offset, program.p_filesz);
        match program.p_type {
            PT_INTERP => {
                let name = bytes("the interpreter")?;
                let interpreter = String::from_utf8_lossy(name).trim_end_matches('\0').to_owned();
                return Err(ElfError::NeedsInterpreter { header: index, interpreter });
            }
            PT_LOAD => {
                let at = offset + size * index as u64;
                let field = |field, distance, expected, found| {
                    let header = format!("program header {index}");
                    ElfError::BadField { header, field, offset: at + distance, expected, found }
                };
                let bytes = bytes("the segment")?.to_vec();
                if program.p_memsz < program.p_filesz {
                    let expected = format!("at least p_filesz, {:#x}", program.p_filesz);
                    return Err(field("p_memsz", 0x28, expected, program.p_memsz));
                }
                for (name, distance, start) in [("p_vaddr", 0x10, program.p_vaddr), ("p_paddr", 0x18, program.p_paddr)]
                {
                    if start.checked_add(program.p_memsz).is_none() {
                        let expected = format!("an address with room for {:#x} bytes", program.p_memsz);
                        return Err(field(name, distance, expected, start));
                    }
                }
                let has = |flag| program.p_flags & flag != 0;
                segments.push(Segment {
                    addr: program.p_paddr,
                    linked_at: program.p_vaddr,
                    bytes,
                    mem_size: program.p_memsz,
                    read: has(PF_R),
                    write: has(PF_W),
                    execute: has(PF_X),
                    header: index,
                    preamble: 0,
                });
                offsets.push(program.p_offset);
            }
            _ => {}
        }
    }
    let mut unneeded = vec![0..HEADER_SIZE, offset..offset + size * count as u64];
    let notes = headers.iter().filter(|program| program.p_type == PT_NOTE);
    unneeded.extend(notes.map(|note| note.p_offset..note.p_offset.saturating_add(note.p_filesz)));
    let mut in_memory = None;
    for (segment, start) in segments.iter_mut().zip(offsets) {
        if let Some(distance) = offset.checked_sub(start).filter(|&d| d < segment.bytes.len() as u64) {
            in_memory = in_memory.or(Some(Headers { at: segment.addr + distance, count: count as u64 }));
        }
        segment.preamble = preamble(&segment.bytes, start, &unneeded);
    }
    segments.retain(|segment| segment.mem_size != 0);
    if segments.is_empty() {
        return Err(ElfError::NoSegments { headers: count });
    }
    segments.sort_by_key(|segment| (segment.addr, segment.header));
    for pair in segments.windows(2) {
        let [first, second] = pair else { continue };
        if second.addr < first.range().end {
            return Err(ElfError::Overlap {
                first: first.header,
                first_range: first.range(),
                second: second.header,
                second_range: second.range(),
            });
        }
    }
    Ok((segments, in_memory))
}

/// Length of the headers and notes that a segment whose bytes stand at `offset` of the file begins with, and of the zeroes
/// behind them.
fn preamble(bytes: &[u8], offset: u64, unneeded: &[Range<u64>]) -> u64 {
    let mut known = 0;
    while let Some(range) = unneeded.iter().find(|range| range.contains(&(offset + known))) {
        known = range.end - offset;
        // Padding in front of the next one.
        let next = unneeded.iter().map(|range| range.start).filter(|&start| start >= offset + known).min();
        let gap = bytes.get(known as usize..).unwrap_or_default().iter().take_while(|&&byte| byte == 0).count() as u64;
        if let Some(next) = next.filter(|next| *next <= offset + known + gap) {
            known = next - offset;
        }
    }
    if known == 0 {
        return 0;
    }
    let rest = bytes.get(known as usize..).unwrap_or_default();
    (known + rest.iter().take_while(|&&byte| byte == 0).count() as u64).min(bytes.len() as u64)
}

fn parse_symbols(file: &[u8], header: &Header) -> Result<Vec<Symbol>, ElfError> {
    let (offset, count) = (header.e_shoff, usize::from(header.e_shnum));
    let size = u64::from(SECTION_HEADER_SIZE);
    slice(file, || format!("the table of {count} section headers"), offset, size * count as u64)?;
    if count == 0 {
        return Ok(Vec::new());
    }
    let sections = SectionHeader::parse(file, offset as usize, count, context())
        .map_err(|_| unreadable("the table of section headers", offset, file))?;
    let Some((index, table)) = sections.iter().enumerate().find(|(_, section)| section.sh_type == SHT_SYMTAB) else {
        return Ok(Vec::new());
    };
    let field = |field, distance, expected, found| {
        let header = format!("section header {index}");
        Err(ElfError::BadField { header, field, offset: offset + size * index as u64 + distance, expected, found })
    };
    if table.sh_entsize != SYMBOL_SIZE || !table.sh_size.is_multiple_of(SYMBOL_SIZE) {
        return field("sh_entsize", 0x38, "0x18, a divisor of sh_size".to_owned(), table.sh_entsize);
    }
    let Some(names) = sections.get(table.sh_link as usize) else {
        return field("sh_link", 0x28, format!("a section below {count}"), table.sh_link.into());
    };
    let entries = slice(file, || format!("the symbol table of section {index}"), table.sh_offset, table.sh_size)?;
    let what = || format!("the symbol names of section {}", table.sh_link);
    let names = slice(file, what, names.sh_offset, names.sh_size)?;
    let entries = Symtab::parse(entries, 0, (table.sh_size / SYMBOL_SIZE) as usize, context())
        .map_err(|_| unreadable("the symbol table", table.sh_offset, file))?;
    let mut symbols = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let kind = match (entry.st_shndx, entry.st_type()) {
            (SHNDX_OF_UNDEFINED, _) => continue,
            (SHNDX_OF_ABSOLUTE, STT_FUNC | STT_OBJECT | STT_NOTYPE) => SymbolKind::Absolute,
            (_, STT_FUNC) => SymbolKind::Function,
            (_, STT_OBJECT) => SymbolKind::Object,
            (_, STT_NOTYPE) => SymbolKind::Label,
            _ => continue,
        };
        let Some(rest) = names.get(entry.st_name..) else {
            return Err(ElfError::BadField {
                header: format!("symbol {number}"),
                field: "st_name",
                offset: table.sh_offset + SYMBOL_SIZE * number as u64,
                expected: format!("an offset into {:#x} bytes of names", names.len()),
                found: entry.st_name as u64,
            });
        };
        let name = String::from_utf8_lossy(rest.split(|&byte| byte == 0).next().unwrap_or_default()).into_owned();
        if name.is_empty() || name.starts_with('$') || name.starts_with(".L") {
            continue;
        }
        let global = entry.st_bind() != STB_LOCAL;
        symbols.push(Symbol { name, addr: entry.st_value, size: entry.st_size, kind, global });
    }
    symbols.sort_by(|a, b| (a.addr, a.kind, &a.name).cmp(&(b.addr, b.kind, &b.name)));
    Ok(symbols)
}

/// What people call the machine with this number.
fn machine_name(machine: u16) -> &'static str {
    match machine {
        2 => "SPARC",
        3 => "x86",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "64-bit PowerPC",
        22 => "s390",
        40 => "32-bit Arm",
        43 => "SPARC v9",
        50 => "Itanium",
        62 => "x86-64",
        183 => "AArch64",
        243 => "RISC-V",
        247 => "BPF",
        258 => "LoongArch",
        _ => "not a machine known here",
    }
}
