//! A vmlinux of a few hundred bytes, written by hand from the ELF specification.
//!
//! The section headers come right after the ELF header and the tables last, so that every truncation cuts off
//! something that a survey needs.

use std::collections::BTreeMap;

pub const EM_X86_64: u16 = 62;
pub const EM_AARCH64: u16 = 183;
pub const EM_RISCV: u16 = 243;

pub const SHT_PROGBITS: u32 = 1;
pub const SHT_SYMTAB: u32 = 2;
pub const SHT_STRTAB: u32 = 3;
pub const SHT_RELA: u32 = 4;
pub const SHT_NOBITS: u32 = 8;
pub const SHT_RELR: u32 = 19;

const ALLOC: u64 = 2;
const EXEC: u64 = 4;

pub const NOTYPE: u8 = 0;
pub const FUNC: u8 = 2;

/// Where the code begins.
pub const TEXT: u64 = 0xffff_ffff_8000_2000;
/// Where the table of sites begins.
pub const TABLE: u64 = 0xffff_ffff_8100_0000;

#[derive(Clone)]
pub struct Section {
    pub name: &'static str,
    pub kind: u32,
    pub flags: u64,
    pub address: u64,
    pub bytes: Vec<u8>,
    pub link: u32,
}

#[derive(Clone)]
pub struct Symbol {
    pub name: &'static str,
    pub kind: u8,
    pub section: u16,
    pub address: u64,
    pub size: u64,
}

/// The parts of a file, free to be spoilt before [`Vmlinux::bytes`] joins them.
#[derive(Clone)]
pub struct Vmlinux {
    pub machine: u16,
    pub kind: u16,
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
}

/// What code is made of.
#[derive(Clone, Copy)]
pub struct Instructions {
    pub machine: u16,
    pub nop: &'static [u8],
    pub ret: &'static [u8],
}

pub const RISCV: Instructions = Instructions { machine: EM_RISCV, nop: &[0x01, 0x00], ret: &[0x82, 0x80] };
pub const AARCH64: Instructions =
    Instructions { machine: EM_AARCH64, nop: &[0x1f, 0x20, 0x03, 0xd5], ret: &[0xc0, 0x03, 0x5f, 0xd6] };

/// One function: its name, bytes of body, whether it has a site.
pub type Function = (&'static str, usize, bool);

impl Vmlinux {
    /// A kernel with these functions. `before` bytes of nops stand before the entry of a function with a site, then
    /// `head` at the entry and 8 bytes of nops; functions are aligned to `align` with zeros. The table lists the sites
    /// and has one zero.
    pub fn new(ins: Instructions, before: usize, head: &[u8], align: usize, functions: &[Function]) -> Vmlinux {
        let nops = |bytes: usize| ins.nop.repeat(bytes / ins.nop.len());
        let (mut text, mut table, mut symbols) = (Vec::new(), vec![0; 8], Vec::new());
        for &(name, body, sited) in functions {
            text.resize(text.len().next_multiple_of(align), 0);
            if sited {
                table.extend((TEXT + text.len() as u64).to_le_bytes());
                text.extend(nops(before));
            }
            let start = text.len();
            if sited {
                text.extend_from_slice(head);
                text.extend(nops(8));
            }
            text.extend(ins.ret.repeat(body / ins.ret.len()));
            let (address, size) = (TEXT + start as u64, (text.len() - start) as u64);
            symbols.push(Symbol { name, kind: FUNC, section: 1, address, size });
        }
        let marks = [
            ("_stext", 1, TEXT),
            ("__start_mcount_loc", 2, TABLE),
            ("__stop_mcount_loc", 2, TABLE + table.len() as u64),
        ];
        symbols.extend(marks.map(|(name, section, address)| Symbol { name, kind: NOTYPE, section, address, size: 0 }));
        let progbits =
            |name, flags, address, bytes| Section { name, kind: SHT_PROGBITS, flags, address, bytes, link: 0 };
        Vmlinux {
            machine: ins.machine,
            kind: 2,
            sections: vec![progbits(".text", ALLOC | EXEC, TEXT, text), progbits(".init.data", ALLOC, TABLE, table)],
            symbols,
        }
    }

    /// Linux 6.16 on RISC-V.
    pub fn riscv_call_ops() -> Vmlinux {
        Vmlinux::new(RISCV, 8, &[], 8, FUNCTIONS)
    }

    /// Linux 6.3 on AArch64.
    pub fn aarch64_call_ops() -> Vmlinux {
        Vmlinux::new(AARCH64, 8, &[], 8, FUNCTIONS)
    }

    pub fn section(&mut self, name: &str) -> &mut Section {
        self.sections.iter_mut().find(|s| s.name == name).expect("a section of that name")
    }

    /// Adds a section that is loaded.
    pub fn add(&mut self, name: &'static str, kind: u32, bytes: Vec<u8>) {
        self.sections.push(Section { name, kind, flags: ALLOC, address: 0xffff_ffff_8200_0000, bytes, link: 0 });
    }

    pub fn without_symbol(mut self, name: &str) -> Vmlinux {
        self.symbols.retain(|s| s.name != name);
        self
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut strings = Strings::default();
        let mut symtab = vec![0; 24];
        for symbol in &self.symbols {
            symtab.extend(strings.offset(symbol.name).to_le_bytes());
            symtab.extend([symbol.kind | 1 << 4, 0]);
            symtab.extend(symbol.section.to_le_bytes());
            symtab.extend(symbol.address.to_le_bytes());
            symtab.extend(symbol.size.to_le_bytes());
        }
        let plain = |name, kind, bytes, link| Section { name, kind, flags: 0, address: 0, bytes, link };
        let mut sections = vec![plain("", 0, Vec::new(), 0)];
        sections.extend(self.sections.iter().cloned());
        if !self.symbols.is_empty() {
            let strtab = sections.len() as u32 + 1;
            sections.push(plain(".symtab", SHT_SYMTAB, symtab, strtab));
            sections.push(plain(".strtab", SHT_STRTAB, strings.bytes, 0));
        }
        let names_index = sections.len() as u16;
        sections.push(plain(".shstrtab", SHT_STRTAB, Vec::new(), 0));
        let mut names = Strings::default();
        let name_offsets: Vec<u32> = sections.iter().map(|s| names.offset(s.name)).collect();
        sections[names_index as usize].bytes = names.bytes;

        let mut file = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for half in [self.kind, self.machine] {
            file.extend(half.to_le_bytes());
        }
        file.extend(1u32.to_le_bytes());
        for word in [TEXT, 0, 64] {
            file.extend(word.to_le_bytes());
        }
        file.extend(0u32.to_le_bytes());
        for half in [64, 56, 0, 64, sections.len() as u16, names_index] {
            file.extend(half.to_le_bytes());
        }
        let mut offset = file.len() + sections.len() * 64;
        for (section, name) in sections.iter().zip(name_offsets) {
            let size = section.bytes.len() as u64;
            file.extend(name.to_le_bytes());
            file.extend(section.kind.to_le_bytes());
            for word in [section.flags, section.address, offset as u64, size] {
                file.extend(word.to_le_bytes());
            }
            file.extend(section.link.to_le_bytes());
            file.extend(0u32.to_le_bytes());
            let entry_size = if section.kind == SHT_SYMTAB { 24u64 } else { 0 };
            for word in [8, entry_size] {
                file.extend(word.to_le_bytes());
            }
            if section.kind != SHT_NOBITS {
                offset += section.bytes.len();
            }
        }
        for section in sections.iter().filter(|s| s.kind != SHT_NOBITS) {
            file.extend(&section.bytes);
        }
        file
    }
}

/// The functions of the small kernels here.
pub const FUNCTIONS: &[Function] =
    &[("schedule", 20, true), ("memset", 12, false), ("vfs_read", 60, true), ("ftrace_caller", 40, false)];

/// A RELA relocation.
pub fn rela(place: u64, kind: u32, addend: u64) -> Vec<u8> {
    [place, u64::from(kind), addend].into_iter().flat_map(u64::to_le_bytes).collect()
}

#[derive(Default)]
struct Strings {
    bytes: Vec<u8>,
    offsets: BTreeMap<&'static str, u32>,
}

impl Strings {
    fn offset(&mut self, string: &'static str) -> u32 {
        if self.bytes.is_empty() {
            self.bytes.push(0);
            self.offsets.insert("", 0);
        }
        *self.offsets.entry(string).or_insert_with(|| {
            let offset = self.bytes.len() as u32;
            self.bytes.extend(string.as_bytes());
            self.bytes.push(0);
            offset
        })
    }
}
