//! The ELF loader on files written byte by byte: what it reads, and one clear error for each kind of bad input.

#[path = "../../fuzz/bodies/elf_loader.rs"]
mod elf_loader;

use cmodx_isa::Arch;
use cmodx_sim::loader::{ElfError, Image, LoadError, SymbolKind};

const RAM: u64 = 0x8000_0000;
const VIRTUAL: u64 = 0xffff_ffff_8000_0000;

const MACHINE: usize = 0x12;
const TYPE: usize = 0x10;
const PROGRAM_HEADERS: usize = 64;
const SYMBOLS: usize = 0x120;
const TEXT: &[u8] = &[0x13, 0, 0, 0, 0x6f, 0, 0, 0];
const DATA: &[u8] = b"some data";

const GLOBAL: u8 = 1 << 4;
const FUNC: u8 = 2;
const OBJECT: u8 = 1;

/// Name, info, section, value, size.
const SYMBOL_TABLE: &[(&str, u8, u16, u64, u64)] = &[
    ("", 0, 0, 0, 0),
    ("main", GLOBAL | FUNC, 1, VIRTUAL + 4, 4),
    ("_start", GLOBAL, 1, VIRTUAL, 0),
    ("$x", 0, 1, VIRTUAL, 0),
    (".L0 ", 0, 1, VIRTUAL + 2, 0),
    ("alias_of_main", FUNC, 1, VIRTUAL + 4, 4),
    ("table", OBJECT, 2, VIRTUAL + 0x1000, 8),
    ("table", GLOBAL | OBJECT, 2, VIRTUAL + 0x1008, 1),
    ("STACK_SIZE", GLOBAL, 0xfff1, 0x4000, 0),
    ("elsewhere", GLOBAL, 0, 0, 0),
    ("guest.c", 4, 0xfff1, 0, 0),
];

fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// A guest of two segments, text and data, linked high and loaded low, with symbols.
fn guest() -> Vec<u8> {
    let (text_at, data_at) = (0x100, 0x110);
    let (mut names, mut table) = (vec![0], Vec::new());
    for &(name, info, section, value, size) in SYMBOL_TABLE {
        let name_at = if name.is_empty() { 0 } else { names.len() as u32 };
        names.extend(name.bytes().chain([0]));
        table.extend(name_at.to_le_bytes());
        table.extend([info, 0]);
        table.extend(section.to_le_bytes());
        table.extend(value.to_le_bytes());
        table.extend(size.to_le_bytes());
    }
    let names_at = SYMBOLS + table.len();
    let sections_at = (names_at + names.len()).next_multiple_of(8);
    let mut file = vec![0; sections_at + 5 * 64];

    put(&mut file, 0, b"\x7fELF\x02\x01\x01");
    put(&mut file, TYPE, &2u16.to_le_bytes());
    put(&mut file, MACHINE, &243u16.to_le_bytes());
    put(&mut file, 0x14, &1u32.to_le_bytes());
    put(&mut file, 0x18, &(VIRTUAL + 4).to_le_bytes());
    put(&mut file, 0x20, &(PROGRAM_HEADERS as u64).to_le_bytes());
    put(&mut file, 0x28, &(sections_at as u64).to_le_bytes());
    for (at, value) in [(0x34, 64u16), (0x36, 56), (0x38, 2), (0x3a, 64), (0x3c, 5), (0x3e, 0)] {
        put(&mut file, at, &value.to_le_bytes());
    }
    let mut program = |index: usize, flags: u32, fields: [u64; 6]| {
        let at = PROGRAM_HEADERS + 56 * index;
        put(&mut file, at, &1u32.to_le_bytes());
        put(&mut file, at + 4, &flags.to_le_bytes());
        for (n, field) in fields.into_iter().enumerate() {
            put(&mut file, at + 8 + 8 * n, &field.to_le_bytes());
        }
    };
    program(0, 6, [data_at, VIRTUAL + 0x1000, RAM + 0x1000, DATA.len() as u64, 0x2000, 8]);
    program(1, 5, [text_at, VIRTUAL, RAM, TEXT.len() as u64, TEXT.len() as u64, 8]);
    put(&mut file, text_at as usize, TEXT);
    put(&mut file, data_at as usize, DATA);
    put(&mut file, SYMBOLS, &table);
    put(&mut file, names_at, &names);
    let mut section = |index: usize, kind: u32, at: usize, size: usize, link: u32, entry: u64| {
        let header = sections_at + 64 * index;
        put(&mut file, header + 4, &kind.to_le_bytes());
        put(&mut file, header + 0x18, &(at as u64).to_le_bytes());
        put(&mut file, header + 0x20, &(size as u64).to_le_bytes());
        put(&mut file, header + 0x28, &link.to_le_bytes());
        put(&mut file, header + 0x38, &entry.to_le_bytes());
    };
    section(1, 1, text_at as usize, TEXT.len(), 0, 0);
    section(2, 1, data_at as usize, DATA.len(), 0, 0);
    section(3, 2, SYMBOLS, table.len(), 4, 24);
    section(4, 3, names_at, names.len(), 0, 0);
    file
}

/// The guest with some bytes replaced.
fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = guest();
    put(&mut file, at, bytes);
    file
}

fn error(file: &[u8]) -> ElfError {
    Image::parse(file).expect_err("the file is bad")
}

fn message(file: &[u8]) -> String {
    error(file).to_string()
}

#[test]
fn segments_come_in_order_with_their_bytes_sizes_and_rights() {
    let image = Image::parse(&guest()).expect("the guest is good");
    assert_eq!((image.arch, image.entry), (Arch::Riscv64, RAM + 4));
    let [text, data] = image.segments.as_slice() else { panic!("two segments") };
    assert_eq!((text.addr, text.linked_at, text.mem_size, text.bytes.as_slice()), (RAM, VIRTUAL, 8, TEXT));
    assert_eq!((text.read, text.write, text.execute), (true, false, true));
    assert_eq!((data.addr, data.mem_size, data.bytes.as_slice()), (RAM + 0x1000, 0x2000, DATA));
    assert_eq!((data.read, data.write, data.execute), (true, true, false));
    assert_eq!(
        image.loaded(0..u64::MAX).map(|(at, bytes)| (at, bytes.len())).collect::<Vec<_>>(),
        [(RAM, 8), (RAM + 0x1000, 9)]
    );
    assert_eq!(image.physical(VIRTUAL + 0x2fff), Some(RAM + 0x2fff));
    assert_eq!(image.physical(VIRTUAL + 0x3000), None);
}

#[test]
fn symbols_are_found_by_name_and_a_global_one_comes_first() {
    let image = Image::parse(&guest()).expect("the guest is good");
    let table = image.symbol("table").expect("it is defined");
    assert_eq!((table.addr, table.size, table.kind), (VIRTUAL + 0x1008, 1, SymbolKind::Object));
    let absolute = image.symbol("STACK_SIZE").expect("it is defined");
    assert_eq!((absolute.addr, absolute.kind), (0x4000, SymbolKind::Absolute));
    for absent in ["$x", ".L0 ", "elsewhere", "guest.c", "", "mai"] {
        assert_eq!(image.symbol(absent), None, "{absent}");
    }
    assert!(image.symbols.is_sorted_by_key(|symbol| symbol.addr));
}

#[test]
fn addresses_are_described_by_the_symbol_that_covers_them() {
    let image = Image::parse(&guest()).expect("the guest is good");
    for (addr, text) in [
        (VIRTUAL, "_start"),
        (VIRTUAL + 2, "_start+0x2"),
        (VIRTUAL + 4, "alias_of_main"),
        (VIRTUAL + 7, "alias_of_main+0x3"),
        (VIRTUAL + 8, "0xffffffff80000008"),
        (VIRTUAL + 0x1007, "table+0x7"),
        (0x4000, "0x4000"),
        (0, "0x0"),
    ] {
        assert_eq!(image.describe(addr), text);
    }
}

#[test]
fn the_digest_covers_what_is_loaded_and_nothing_else() {
    let digest = |file: &[u8]| Image::parse(file).expect("it is good").digest();
    let whole = digest(&guest());
    assert_ne!(whole, digest(&with(0x100, &[0x17])), "a byte of text");
    assert_ne!(whole, digest(&with(PROGRAM_HEADERS + 0x18, &(RAM + 0x1008).to_le_bytes())), "an address");
    assert_ne!(whole, digest(&with(PROGRAM_HEADERS + 0x28, &0x2001u64.to_le_bytes())), "a size");
    assert_eq!(whole, digest(&with(SYMBOLS + 24 + 16, &[3])), "the size of a symbol");
}

#[test]
fn what_is_no_elf_file_is_shown() {
    assert_eq!(message(b"#!/bin/sh\n"), "not an ELF file: it starts with [23, 21, 2f, 62], expected [7f, 45, 4c, 46]");
    assert_eq!(message(b""), "not an ELF file: it starts with [], expected [7f, 45, 4c, 46]");
}

#[test]
fn other_classes_byte_orders_and_machines_are_named() {
    assert_eq!(message(&with(4, &[1])), "32-bit ELF: EI_CLASS at offset 0x4 is 1, expected 2 (64-bit)");
    assert_eq!(message(&with(5, &[2])), "big-endian ELF: EI_DATA at offset 0x5 is 2, expected 1 (little-endian)");
    assert_eq!(
        message(&with(MACHINE, &62u16.to_le_bytes())),
        "wrong machine: e_machine at offset 0x12 is 62 (x86-64), expected 243 (RISC-V) or 183 (AArch64)"
    );
    let arm = Image::parse(&with(MACHINE, &183u16.to_le_bytes())).expect("AArch64 is known");
    assert_eq!(arm.arch, Arch::Aarch64);
}

#[test]
fn objects_core_files_and_dynamic_programs_are_refused() {
    assert_eq!(
        message(&with(TYPE, &1u16.to_le_bytes())),
        "not an executable: e_type at offset 0x10 is 1 (REL), expected 2 (EXEC)"
    );
    assert_eq!(error(&with(TYPE, &4u16.to_le_bytes())), ElfError::NotExecutable { found: 4 });
    let interpreter = with(PROGRAM_HEADERS, &3u32.to_le_bytes());
    assert_eq!(
        message(&interpreter),
        "program header 0 asks for the interpreter \"some data\": only static executables can be loaded"
    );
    assert!(Image::parse(&with(TYPE, &3u16.to_le_bytes())).is_ok(), "static position-independent executables are");
}

#[test]
fn segments_that_overlap_lie_outside_ram_or_wrap_around_are_refused() {
    let overlap = with(PROGRAM_HEADERS + 0x18, &(RAM + 7).to_le_bytes());
    assert_eq!(
        message(&overlap),
        "program header 0: segment 0x80000007-0x80002007 overlaps that of program header 1, 0x80000000-0x80000008"
    );
    let image = Image::parse(&guest()).expect("the guest is good");
    assert_eq!(image.check_ram(RAM..RAM + 0x3000), Ok(()));
    for ram in [RAM + 1..RAM + 0x3000, RAM + 0x10_0000..RAM + 0x20_0000] {
        let error = image.check_ram(ram.clone()).expect_err("outside");
        assert_eq!(error, ElfError::OutsideRam { header: 1, segment: RAM..RAM + 8, ram });
    }
    assert_eq!(
        image.check_ram(RAM..RAM + 0x2fff).expect_err("outside").to_string(),
        "program header 0: segment 0x80001000-0x80003000 lies outside RAM, which is 0x80000000-0x80002fff"
    );
    assert_eq!(
        message(&with(PROGRAM_HEADERS + 0x28, &u64::MAX.to_le_bytes())),
        "program header 0: p_vaddr at offset 0x50 is 0xffffffff80001000, expected an address with room for \
         0xffffffffffffffff bytes"
    );
}

/// The guest with one segment that begins with its headers, as `ld -Ttext` makes it: text at RAM, headers below.
fn guest_behind_its_headers() -> Vec<u8> {
    let mut file = guest();
    let segment = PROGRAM_HEADERS + 56;
    for (distance, value) in [(0x08, 0), (0x10, VIRTUAL - 0x100), (0x18, RAM - 0x100), (0x20, 0x108), (0x28, 0x108)] {
        put(&mut file, segment + distance, &u64::to_le_bytes(value));
    }
    file
}

#[test]
fn headers_may_lie_outside_ram_and_code_may_not() {
    let image = Image::parse(&guest_behind_its_headers()).expect("the guest is good");
    let ram = RAM..RAM + 0x3000;
    assert_eq!((image.segments[0].addr, image.segments[0].needed()), (RAM - 0x100, RAM..RAM + 8));
    assert_eq!(image.check_ram(ram.clone()), Ok(()));
    let loaded: Vec<_> = image.loaded(ram.clone()).map(|(at, bytes)| (at, bytes.len())).collect();
    assert_eq!(loaded, [(RAM, 8), (RAM + 0x1000, 9)]);
    let mut code_between = guest_behind_its_headers();
    put(&mut code_between, 0xf8, &[0x13]);
    let image = Image::parse(&code_between).expect("the guest is good");
    assert!(image.check_ram(ram).is_err());
}

#[test]
fn a_moved_image_keeps_its_distances() {
    let image = Image::parse(&guest()).expect("the guest is good").moved(0x1000);
    assert_eq!((image.entry, image.segments[0].addr), (RAM + 0x1004, RAM + 0x1000));
    assert_eq!(image.describe(VIRTUAL + 0x1000), "_start");
    assert_eq!(image.symbol("STACK_SIZE").map(|symbol| symbol.addr), Some(0x4000), "no address");
}

#[test]
fn an_image_moved_beyond_the_last_address_lies_outside_ram() {
    // Only its data reach so far: the end of a segment that would wrap around is beyond any RAM.
    let data = with(PROGRAM_HEADERS + 24, &(u64::MAX - RAM - 0xfff).to_le_bytes());
    let image = Image::parse(&data).expect("it ends below the last address").moved(RAM);
    assert_eq!(image.segments[1].range().end, u64::MAX);
    let refused = image.check_ram(0..RAM + (RAM << 8));
    assert!(matches!(refused, Err(ElfError::OutsideRam { header: 0, .. })), "{refused:?}");
}

#[test]
fn header_fields_that_cannot_be_are_located() {
    assert_eq!(
        message(&with(PROGRAM_HEADERS + 0x28, &1u64.to_le_bytes())),
        "program header 0: p_memsz at offset 0x68 is 0x1, expected at least p_filesz, 0x9"
    );
    assert_eq!(
        message(&with(0x36, &32u16.to_le_bytes())),
        "ELF header: e_phentsize at offset 0x36 is 0x20, expected 0x38"
    );
    assert_eq!(error(&with(0x38, &0u16.to_le_bytes())), ElfError::NoSegments { headers: 0 });
    assert_eq!(
        message(&with(0x18, &(VIRTUAL + 0x1000).to_le_bytes())),
        "the entry point 0xffffffff80001000 (e_entry at offset 0x18) lies in no executable segment"
    );
    let names: usize = SYMBOL_TABLE.iter().map(|symbol| symbol.0.len() + 1).sum::<usize>() + 1;
    assert_eq!(
        message(&with(SYMBOLS + 24, &0x1000u32.to_le_bytes())),
        format!("symbol 1: st_name at offset 0x138 is 0x1000, expected an offset into {names:#x} bytes of names")
    );
}

#[test]
fn what_reaches_beyond_the_end_of_the_file_is_named() {
    let length = guest().len();
    assert_eq!(message(&guest()[..20]), "truncated: the ELF header at offset 0x0 needs 64 bytes, but the file has 20");
    assert_eq!(
        message(&guest()[..0x80]),
        "truncated: the table of 2 program headers at offset 0x40 needs 112 bytes, but the file has 128"
    );
    assert_eq!(
        message(&guest()[..0x110]),
        "truncated: the segment of program header 0 at offset 0x110 needs 9 bytes, but the file has 272"
    );
    let cut = length - 1;
    let sections_at = length - 5 * 64;
    assert_eq!(
        message(&guest()[..cut]),
        format!(
            "truncated: the table of 5 section headers at offset {sections_at:#x} needs 320 bytes, but the file has {cut}"
        )
    );
    let what = "the segment of program header 0".to_owned();
    assert_eq!(
        error(&with(PROGRAM_HEADERS + 8, &u64::MAX.to_le_bytes())),
        ElfError::Truncated { what, offset: u64::MAX, size: 9, length: length as u64 }
    );
}

#[test]
fn errors_of_files_name_the_file() {
    let missing = Image::load("no/such/guest.elf".as_ref()).expect_err("there is none");
    assert!(matches!(missing, LoadError::Read { .. }));
    assert!(missing.to_string().starts_with("cannot read no/such/guest.elf: "), "{missing}");
    let source = Image::load("Cargo.toml".as_ref()).expect_err("it is text");
    assert!(source.to_string().starts_with("Cargo.toml: not an ELF file"), "{source}");
}

#[test]
fn no_prefix_of_a_file_is_taken_for_the_whole() {
    let file = guest();
    for length in 0..file.len() {
        let error = error(&file[..length]);
        let named = matches!(error, ElfError::Truncated { .. } | ElfError::NotElf { .. });
        assert!(named, "{length} bytes: {error}");
    }
}

/// The generator of Marsaglia, "Xorshift RNGs" (2003), with shifts 13, 7, 17.
fn random(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state as usize
}

/// A second of the loader's fuzz target (`fuzz/`), with a fixed seed.
#[test]
fn damaged_files_are_refused_or_run_and_never_panic() {
    // Whole and loaded at its place, so that what is accepted is also run.
    let file = guest();
    let mut state = 0x1234_5678_9abc_def1;
    let started = std::time::Instant::now();
    let (mut loaded, mut refused) = (0, 0);
    while started.elapsed() < std::time::Duration::from_secs(1) {
        let mut damaged = file.clone();
        for _ in 0..=(loaded + refused) % 4 {
            let at = random(&mut state) % damaged.len();
            let values = [random(&mut state) as u8, 0, 0xff, 0x7f, 0x80];
            damaged[at] = values[random(&mut state) % values.len()];
        }
        match Image::parse(&damaged) {
            Ok(_) => loaded += 1,
            Err(_) => refused += 1,
        }
        elf_loader::check(&damaged);
    }
    println!("{loaded} loaded, {refused} refused");
    assert!(loaded > 100 && refused > 100, "both happen: {loaded} loaded, {refused} refused");
}
