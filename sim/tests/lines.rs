//! Source lines from a line table written byte by byte (DWARF 4, sections 6.2 and 7).

use cmodx_sim::lines::Lines;

const START: u64 = 0x8000_0000;

/// Lines 3 and 4 of src/guest.S at START and START + 4, four bytes each.
fn debug_line(start: u64) -> Vec<u8> {
    let mut program = vec![0, 9, 2];
    program.extend(start.to_le_bytes());
    program.extend([3, 2, 1]); // advance_line 2, copy
    program.extend([2, 4, 3, 1, 1]); // advance_pc 4, advance_line 1, copy
    program.extend([2, 4, 0, 1, 1]); // advance_pc 4, end_sequence
    let mut header = vec![1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
    header.extend(b"src\0\0guest.S\0\x01\0\0\0");
    let mut table = Vec::new();
    table.extend((2 + 4 + header.len() as u32 + program.len() as u32).to_le_bytes());
    table.extend(4u16.to_le_bytes());
    table.extend((header.len() as u32).to_le_bytes());
    table.extend(header);
    table.extend(program);
    table
}

/// An ELF file with these sections.
fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = vec![0; 64];
    let (mut names, mut headers) = (vec![0], vec![0; 64]);
    let mut section = |file: &mut Vec<u8>, names: &[u8], name: usize, kind: u32| {
        let mut header = [0; 64];
        header[..4].copy_from_slice(&(name as u32).to_le_bytes());
        header[4..8].copy_from_slice(&kind.to_le_bytes());
        header[0x18..0x20].copy_from_slice(&(file.len() as u64).to_le_bytes());
        header[0x20..0x28].copy_from_slice(&(names.len() as u64).to_le_bytes());
        file.extend(names);
        headers.extend(header);
    };
    for (name, bytes) in sections {
        let at = names.len();
        names.extend(name.bytes().chain([0]));
        section(&mut file, bytes, at, 1);
    }
    section(&mut file, &names, 0, 3);
    let sections_at = file.len() as u64;
    file.extend(headers);
    file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    file[0x10] = 2;
    file[0x12] = 243;
    file[0x28..0x30].copy_from_slice(&sections_at.to_le_bytes());
    let count = sections.len() as u16 + 2;
    for (at, value) in [(0x34, 64u16), (0x3a, 64), (0x3c, count), (0x3e, count - 1)] {
        file[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    file
}

/// One compilation unit whose only attribute is the offset of its line table.
fn guest(start: u64) -> Vec<u8> {
    let abbreviations = [1, 0x11, 0, 0x10, 0x17, 0, 0, 0];
    let unit = [12, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1, 0, 0, 0, 0];
    elf(&[(".debug_abbrev", &abbreviations), (".debug_info", &unit), (".debug_line", &debug_line(start))])
}

#[test]
fn an_address_names_the_file_and_line_whose_run_covers_it() {
    let lines = Lines::parse(&guest(START));
    for (offset, line) in [(0, 3), (3, 3), (4, 4), (7, 4)] {
        assert_eq!(lines.at(START + offset), Some(("src/guest.S", line)), "{offset}");
    }
    assert_eq!((lines.at(START - 1), lines.at(START + 8)), (None, None));
}

#[test]
fn code_that_the_linker_discarded_names_nothing() {
    let lines = Lines::parse(&guest(0));
    assert_eq!((lines.at(0), lines.at(4)), (None, None));
}

#[test]
fn missing_sections_and_other_files_have_no_lines() {
    assert_eq!(Lines::parse(&elf(&[(".debug_line", &debug_line(START))])), Lines::default());
    assert_eq!(Lines::parse(&elf(&[])), Lines::default());
    assert_eq!(Lines::parse(b"no ELF file"), Lines::default());
}

#[test]
fn damaged_debug_information_never_panics() {
    let file = guest(START);
    for at in 0..file.len() {
        Lines::parse(&file[..at]);
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut damaged = file.clone();
            damaged[at] = value;
            Lines::parse(&damaged).at(START);
        }
    }
}
