//! A kernel's `vmlinux`: its code, its function symbols, its table of ftrace sites.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::ops::Range;
use std::path::Path;

use cmodx_isa::Arch;
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHN_UNDEF, SHT_NOBITS, SHT_SYMTAB};
use goblin::elf::sym::{STT_FUNC, STT_NOTYPE, Symtab};

use super::elf::{ELF64_LE, ElfFile, string_at};
use super::error::ImageError;
use super::sites::{self, SiteTable};

/// Bytes at the end of the address space that no kernel maps.
const LAST_PAGE: u64 = 0x1000;

/// A kernel as linked. Its code stays in memory for the survey and goes nowhere else.
#[derive(Debug)]
pub struct Image {
    /// The file, as messages and tables name it.
    pub name: String,
    /// Instruction set.
    pub arch: Arch,
    /// Functions of all code sections that have a size, ascending by address, one for each address.
    pub functions: Vec<FunctionSymbol>,
    /// The sites it lists.
    pub sites: SiteTable,
    /// Code sections, ascending by address.
    code: Vec<Code>,
    /// Index of `.text` in `code`.
    text: usize,
    symbols: Vec<Symbol>,
    names: Vec<u8>,
}

/// A function's symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionSymbol {
    /// Its address.
    pub address: u64,
    /// Its size, bytes; the largest of the symbols at this address.
    pub size: u64,
}

/// A section of instructions.
#[derive(Debug)]
pub struct Code {
    /// Section name.
    pub name: String,
    /// Address of the first byte.
    pub address: u64,
    /// Contents.
    pub bytes: Vec<u8>,
    /// Index among the file's sections.
    section: usize,
}

impl Code {
    /// Address behind the last byte.
    pub fn end(&self) -> u64 {
        self.address.saturating_add(self.bytes.len() as u64)
    }

    /// The bytes at these addresses, if they all lie here.
    pub fn slice(&self, addresses: Range<u64>) -> Option<&[u8]> {
        let start = usize::try_from(addresses.start.checked_sub(self.address)?).ok()?;
        let end = usize::try_from(addresses.end.checked_sub(self.address)?).ok()?;
        self.bytes.get(start..end)
    }
}

/// A symbol, without its name's bytes.
#[derive(Clone, Copy, Debug)]
struct Symbol {
    address: u64,
    size: u64,
    kind: u8,
    section: usize,
    name: usize,
}

impl Image {
    /// Reads a `vmlinux`.
    ///
    /// # Errors
    /// When the file cannot be read or is not a linked RISC-V or AArch64 kernel with symbols and ftrace sites.
    pub fn read(path: &Path) -> Result<Image, ImageError> {
        let name = path.display().to_string();
        let io = |source| ImageError::Io { file: name.clone(), source };
        if path.is_dir() {
            return Err(io(std::io::ErrorKind::IsADirectory.into()));
        }
        let file = File::open(path).map_err(io)?;
        Image::from_source(name, file)
    }

    /// Reads a `vmlinux` that is in memory.
    ///
    /// # Errors
    /// As [`Image::read`].
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Image, ImageError> {
        Image::from_source(name.to_owned(), Cursor::new(bytes))
    }

    fn from_source<R: Read + Seek>(name: String, source: R) -> Result<Image, ImageError> {
        let mut file = ElfFile::open(name, source)?;
        let (symbols, names) = read_symbols(&mut file)?;
        let code = read_code(&mut file)?;
        let Some(text) = code.iter().position(|c| c.name == ".text") else {
            return Err(ImageError::NoText { file: file.name });
        };
        let mut image = Image {
            name: file.name.clone(),
            arch: file.arch,
            functions: function_symbols(&symbols, &code),
            sites: SiteTable { live: Vec::new(), zeroed: 0, form: sites::TableForm::Absolute },
            code,
            text,
            symbols,
            names,
        };
        if image.functions.is_empty() {
            return Err(ImageError::NoSymbols { file: file.name });
        }
        let bounds = match (image.symbol("__start_mcount_loc"), image.symbol("__stop_mcount_loc")) {
            (Some(start), Some(stop)) if start > stop => {
                return Err(file.malformed(format!("__start_mcount_loc {start:#x} lies behind __stop_mcount_loc")));
            }
            (Some(start), Some(stop)) => Some(start..stop),
            _ => None,
        };
        image.sites = sites::read(&mut file, bounds, |site| image.code_at(site..site.saturating_add(8)).is_some())?;
        Ok(image)
    }

    /// The section `.text`.
    pub fn text(&self) -> &Code {
        &self.code[self.text]
    }

    /// Address that function offsets count from: `_stext`, which is where `.text` begins, or that where it is missing.
    pub fn text_start(&self) -> u64 {
        self.symbol("_stext").filter(|&a| a <= self.text().end()).unwrap_or(self.text().address)
    }

    /// The bytes of code at these addresses, if one code section holds them all.
    pub fn code_at(&self, addresses: Range<u64>) -> Option<&[u8]> {
        self.code.iter().find_map(|code| code.slice(addresses.clone()))
    }

    /// Address of the first symbol of this name that the kernel defines.
    pub fn symbol(&self, name: &str) -> Option<u64> {
        let defined =
            |s: &&Symbol| s.section != SHN_UNDEF as usize && string_at(&self.names, s.name) == name.as_bytes();
        self.symbols.iter().find(defined).map(|s| s.address)
    }

    /// The function that begins at this address.
    pub fn function(&self, address: u64) -> Option<FunctionSymbol> {
        let index = self.functions.binary_search_by_key(&address, |f| f.address).ok()?;
        Some(self.functions[index])
    }

    /// Address and size of everything in `.text` that has a symbol with a size: functions, and code of assembly
    /// sources whose symbols lack a type. Ascending; several may have the same address.
    pub fn sized_text(&self) -> Vec<FunctionSymbol> {
        let text = self.text().section;
        let sized = |s: &&Symbol| s.section == text && s.size > 0 && matches!(s.kind, STT_FUNC | STT_NOTYPE);
        let mut all: Vec<_> = self
            .symbols
            .iter()
            .filter(sized)
            .map(|s| FunctionSymbol { address: s.address, size: s.size })
            .filter(|f| f.address >= self.text().address && f.address < self.text().end())
            .collect();
        all.sort_unstable_by_key(|f| (f.address, f.size));
        all
    }
}

fn read_symbols<R: Read + Seek>(file: &mut ElfFile<R>) -> Result<(Vec<Symbol>, Vec<u8>), ImageError> {
    let none = || ImageError::NoSymbols { file: file.name.clone() };
    let index = file.sections.iter().position(|s| s.header.sh_type == SHT_SYMTAB).ok_or_else(none)?;
    let names = file.sections[index].header.sh_link as usize;
    if names >= file.sections.len() {
        return Err(file.malformed(format!("symbol names in section {names} of {}", file.sections.len())));
    }
    let bytes = file.section_bytes(index)?;
    let names = file.section_bytes(names)?;
    let count = bytes.len() / goblin::elf::sym::sym64::SIZEOF_SYM;
    let table = Symtab::parse(&bytes, 0, count, ELF64_LE).map_err(|e| file.malformed(format!("symbol table: {e}")))?;
    let symbols = table
        .iter()
        .map(|s| Symbol {
            address: s.st_value,
            size: s.st_size,
            kind: s.st_type(),
            section: s.st_shndx,
            name: s.st_name,
        })
        .collect();
    Ok((symbols, names))
}

fn read_code<R: Read + Seek>(file: &mut ElfFile<R>) -> Result<Vec<Code>, ImageError> {
    let wanted = u64::from(SHF_ALLOC | SHF_EXECINSTR);
    let mut code = Vec::new();
    let mut total = 0;
    for section in 0..file.sections.len() {
        let header = &file.sections[section].header;
        if header.sh_flags & wanted == wanted && header.sh_type != SHT_NOBITS && header.sh_size > 0 {
            let (name, address) = (file.sections[section].name.clone(), header.sh_addr);
            total = header.sh_size.saturating_add(total);
            if total > file.length {
                return Err(file.malformed(format!("the code sections up to {name} are larger than the file")));
            }
            // Nothing is mapped in the last page, where error pointers lie; sites a little behind the code stay numbers.
            if address.checked_add(header.sh_size).is_none_or(|end| end > u64::MAX - LAST_PAGE) {
                return Err(file.malformed(format!("section {name} leaves the address space")));
            }
            code.push(Code { name, address, bytes: file.section_bytes(section)?, section });
        }
    }
    code.sort_by_key(|c| c.address);
    Ok(code)
}

fn function_symbols(symbols: &[Symbol], code: &[Code]) -> Vec<FunctionSymbol> {
    let in_code = |s: &&Symbol| {
        code.iter()
            .any(|c| c.section == s.section && s.address >= c.address && s.size <= c.end().saturating_sub(s.address))
    };
    let mut functions: Vec<_> = symbols
        .iter()
        .filter(|s| s.kind == STT_FUNC && s.size > 0)
        .filter(in_code)
        .map(|s| FunctionSymbol { address: s.address, size: s.size })
        .collect();
    // The largest of an address comes first, and is the one kept.
    functions.sort_unstable_by_key(|f| (f.address, std::cmp::Reverse(f.size)));
    functions.dedup_by_key(|f| f.address);
    functions
}
