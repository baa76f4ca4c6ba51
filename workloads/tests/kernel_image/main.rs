//! Reading a vmlinux: what is found in small ones made by hand, and what is said of files that are none.

mod compiled;
mod vmlinux;

use cmodx_isa::Arch;
use cmodx_workloads::kernel::render::{SurveyReport, json, text};
use cmodx_workloads::kernel::{BuiltFor, Image, ImageError, TableForm, function_table, sizes_of, survey};
use vmlinux::*;

fn read(vmlinux: &Vmlinux) -> Image {
    Image::parse("vmlinux", &vmlinux.bytes()).expect("a kernel that can be surveyed")
}

/// The error of a file, whose message must be one line that begins with the file's name.
fn error(bytes: &[u8]) -> ImageError {
    let error = Image::parse("vmlinux", bytes).expect_err("no kernel");
    let message = error.to_string();
    assert!(message.starts_with("vmlinux: ") && !message.contains('\n'), "{message:?}");
    error
}

/// Everything that is done with a kernel.
fn use_all(image: &Image) {
    let report = SurveyReport::new(Some(survey(image)), function_table(image).as_slice());
    assert!(text(&report).contains("live entries"));
    assert!(json(&report).contains("\"live\""));
}

#[test]
fn a_call_ops_kernel_is_counted_to_the_byte() {
    let image = read(&Vmlinux::riscv_call_ops());
    let s = survey(&image);
    // schedule: literal 0, function 8..36; memset 40..52; vfs_read: literal 56, function 64..132; ftrace_caller 136..176.
    assert_eq!((s.arch, s.built_for, s.table), (Arch::Riscv64, BuiltFor::CallOps, TableForm::Absolute));
    assert_eq!((s.live, s.zeroed, s.entry_offset, s.patched_offset), (2, 1, -8, Some(4)));
    assert_eq!(image.sites.live, [TEXT, TEXT + 56]);
    assert_eq!(s.text_bytes, 176);
    assert_eq!((s.entry_nops.count, s.literals.count), (16, 16));
    assert_eq!(s.padding.count, 4 + 4 + 4, "before memset, before the literal of vfs_read, before ftrace_caller");
    assert_eq!((s.cross_8.count, s.cross_64.count, s.misaligned_4.count), (0, 0, 0));
    assert_eq!(s.literal_in_other_line.map(|share| share.count), Some(1), "vfs_read begins a line");
    let reach = s.reach.expect("ftrace_caller");
    assert_eq!((reach.farthest, reach.within_jal.count), (136 - 12, 2));
    assert_eq!((s.function_size.p50, s.function_size.p99), (68, 68));
}

#[test]
fn a_call_ops_kernel_s_functions_are_laid_out_without_their_sites() {
    let table = function_table(&read(&Vmlinux::riscv_call_ops())).expect("a known scheme");
    let functions: Vec<_> = table.functions.iter().map(|f| (f.offset, f.size, f.site_offset)).collect();
    assert_eq!(functions, [(8, 28, Some(4)), (40, 12, None), (64, 68, Some(4)), (136, 40, None)]);
    let none = &sizes_of(&table)[0];
    assert_eq!((none.scheme.as_str(), none.total_bytes), ("none", 20 + 12 + 60 + 40));
}

#[test]
fn a_pair_kernel_shows_where_its_sites_cross() {
    let functions = [("a", 22, true), ("b", 26, true), ("c", 10, true)];
    let s = survey(&read(&Vmlinux::new(RISCV, 0, &[], 2, &functions)));
    // a at 0, b at 30, c at 64.
    assert_eq!((s.built_for, s.entry_offset, s.patched_offset), (BuiltFor::Pair, 0, Some(0)));
    assert_eq!((s.cross_8.count, s.cross_64.count, s.misaligned_4.count), (1, 0, 1));
    assert_eq!((s.literals.count, s.literal_in_other_line), (0, None));
    assert_eq!(s.reach, None, "no ftrace_caller");
    let functions = [("a", 48, true), ("b", 10, true)];
    let s = survey(&read(&Vmlinux::new(RISCV, 0, &[], 2, &functions)));
    assert_eq!((s.cross_8.count, s.cross_64.count), (0, 0), "b from 56 to 64 fills the line");
    let functions = [("a", 50, true), ("b", 10, true)];
    let s = survey(&read(&Vmlinux::new(RISCV, 0, &[], 2, &functions)));
    assert_eq!((s.cross_8.count, s.cross_64.count), (1, 1), "b from 58 to 66");
}

#[test]
fn a_site_behind_bti_c_is_patched_at_8() {
    let bti_c = [0x5f, 0x24, 0x03, 0xd5];
    let s = survey(&read(&Vmlinux::new(AARCH64, 8, &bti_c, 8, FUNCTIONS)));
    assert_eq!((s.built_for, s.entry_offset, s.patched_offset), (BuiltFor::CallOps, -8, Some(8)));
    assert_eq!(s.cross_8.count, 2);
}

#[test]
fn sites_of_no_known_scheme_are_counted_but_not_laid_out() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.section(".text").bytes.fill(0x82);
    let image = read(&kernel);
    let s = survey(&image);
    assert_eq!((s.built_for, s.live, s.patched_offset, s.entry_nops.count), (BuiltFor::Other, 2, None, 0));
    assert_eq!(function_table(&image), None);
    use_all(&image);
}

#[test]
fn sites_under_relr_stand_in_place() {
    let plain = read(&Vmlinux::aarch64_call_ops());
    // The first word names the entry of the first site, the bitmap the one after it.
    for (words, form) in [
        (vec![TABLE + 8, 0b11], TableForm::Relr),
        (vec![TABLE - 8 * 40, 1 | 1 << 41], TableForm::Relr),
        (vec![TABLE + 24, 0b11], TableForm::Absolute),
    ] {
        let mut kernel = Vmlinux::aarch64_call_ops();
        kernel.add(".relr.dyn", SHT_RELR, words.iter().copied().flat_map(u64::to_le_bytes).collect());
        let image = read(&kernel);
        assert_eq!((image.sites.form, &image.sites.live), (form, &plain.sites.live), "{words:x?}");
    }
}

#[test]
fn sites_under_rela_may_stand_in_the_addend() {
    for (mut kernel, relative) in [(Vmlinux::aarch64_call_ops(), 1027), (Vmlinux::riscv_call_ops(), 3)] {
        let plain = read(&kernel);
        let (first, second) = (plain.sites.live[0], plain.sites.live[1]);
        kernel.section(".init.data").bytes.fill(0);
        let relocations =
            [rela(TABLE + 8, relative, first), rela(TABLE + 16, relative, second), rela(TEXT, 999, 5)].concat();
        kernel.add(".rela.dyn", SHT_RELA, relocations);
        let image = read(&kernel);
        assert_eq!((image.sites.form, &image.sites.live), (TableForm::Rela, &plain.sites.live));
        assert_eq!(image.sites.zeroed, 1, "the entry that no relocation fills");
    }
}

#[test]
fn sites_are_found_in_sections_when_no_symbols_bound_them() {
    let mut kernel = Vmlinux::aarch64_call_ops().without_symbol("__start_mcount_loc");
    let plain = read(&Vmlinux::aarch64_call_ops());
    let table = kernel.section(".init.data").bytes.split_off(16);
    kernel.section(".init.data").name = "__patchable_function_entries";
    kernel.add("__patchable_function_entries", SHT_PROGBITS, table);
    let image = read(&kernel);
    assert_eq!((&image.sites.live, image.sites.zeroed), (&plain.sites.live, 1));
}

#[test]
fn every_truncation_is_told_and_none_panics() {
    for kernel in [Vmlinux::riscv_call_ops(), Vmlinux::aarch64_call_ops()] {
        let bytes = kernel.bytes();
        for length in 0..bytes.len() {
            let error = error(&bytes[..length]);
            let expected = match length {
                0..4 => matches!(error, ImageError::NotElf { .. }),
                _ => matches!(error, ImageError::Truncated { length: l, .. } if l == length as u64),
            };
            assert!(expected, "{length} of {} bytes: {error}", bytes.len());
        }
    }
}

#[test]
fn no_flipped_bit_panics() {
    let mut kernel = Vmlinux::aarch64_call_ops();
    kernel.add(".rela.dyn", SHT_RELA, rela(TABLE, 1027, TEXT));
    kernel.add(".relr.dyn", SHT_RELR, [TABLE, 0b111].into_iter().flat_map(u64::to_le_bytes).collect());
    for bytes in [kernel.bytes(), Vmlinux::riscv_call_ops().bytes()] {
        let mut read = 0;
        for position in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[position] ^= 1 << bit;
                match Image::parse("vmlinux", &damaged) {
                    Ok(image) => {
                        read += 1;
                        use_all(&image);
                    }
                    Err(error) => assert!(error.to_string().starts_with("vmlinux: "), "{error}"),
                }
            }
        }
        assert!(read > 0, "flips in code are no damage");
    }
}

#[test]
fn no_byte_of_ones_or_zeros_panics() {
    let bytes = Vmlinux::riscv_call_ops().bytes();
    for width in [1, 2, 4, 8] {
        for position in 0..bytes.len() - width {
            for value in [0x00, 0x7f, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[position..position + width].fill(value);
                if let Ok(image) = Image::parse("vmlinux", &damaged) {
                    use_all(&image);
                }
            }
        }
    }
}

#[test]
fn files_that_are_no_elf_say_what_they_are() {
    let message = |bytes: &[u8]| error(bytes).to_string();
    assert_eq!(message(b""), "vmlinux: not an ELF file: it is empty");
    assert_eq!(message(b"#!/bin/sh\n"), "vmlinux: not an ELF file");
    assert_eq!(message(&[0x1f, 0x8b, 8, 0]), "vmlinux: not an ELF file: gzip data, decompress it first");
    assert!(message(b"MZ\x01\x00").contains("a boot image"));
}

#[test]
fn other_machines_are_named() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.machine = EM_X86_64;
    let expected = "vmlinux: built for x86-64 (e_machine 62); only RISC-V and AArch64 kernels are surveyed";
    assert_eq!(error(&kernel.bytes()).to_string(), expected);
    kernel.machine = 21;
    assert!(error(&kernel.bytes()).to_string().contains("PPC64"));
}

#[test]
fn other_classes_and_byte_orders_are_refused() {
    let mut bytes = Vmlinux::riscv_call_ops().bytes();
    bytes[4] = 1;
    assert!(matches!(error(&bytes), ImageError::Class32 { .. }));
    (bytes[4], bytes[5]) = (2, 2);
    assert!(matches!(error(&bytes), ImageError::BigEndian { .. }));
    bytes[5] = 3;
    assert!(matches!(error(&bytes), ImageError::Malformed { .. }));
}

#[test]
fn an_object_file_is_not_a_kernel() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.kind = 1;
    assert!(matches!(error(&kernel.bytes()), ImageError::NotLinked { kind: 1, .. }));
}

#[test]
fn a_stripped_kernel_is_refused() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.symbols.clear();
    assert!(matches!(error(&kernel.bytes()), ImageError::NoSymbols { .. }));
}

#[test]
fn a_file_of_debug_information_alone_is_refused() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.section(".text").kind = SHT_NOBITS;
    assert!(matches!(error(&kernel.bytes()), ImageError::NoText { .. }));
}

#[test]
fn a_kernel_without_ftrace_is_refused() {
    let kernel = Vmlinux::riscv_call_ops().without_symbol("__stop_mcount_loc");
    assert!(matches!(error(&kernel.bytes()), ImageError::NoSiteTable { .. }));
}

#[test]
fn a_table_that_is_no_multiple_of_8_is_refused() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.symbols.iter_mut().find(|s| s.name == "__stop_mcount_loc").expect("bounds").address -= 4;
    assert!(matches!(error(&kernel.bytes()), ImageError::TableSize { address: TABLE, bytes: 20, .. }));
}

#[test]
fn a_table_outside_the_file_is_refused() {
    let mut kernel = Vmlinux::riscv_call_ops();
    for symbol in kernel.symbols.iter_mut().filter(|s| s.name.ends_with("mcount_loc")) {
        symbol.address += 0x1000;
    }
    assert!(matches!(error(&kernel.bytes()), ImageError::Malformed { .. }));
}

#[test]
fn a_site_outside_the_code_is_refused() {
    let mut kernel = Vmlinux::riscv_call_ops();
    kernel.section(".init.data").bytes[16..24].copy_from_slice(&TABLE.to_le_bytes());
    let expected = format!("vmlinux: ftrace site {TABLE:#x} (table entry at {:#x}) lies outside the code", TABLE + 16);
    assert_eq!(error(&kernel.bytes()).to_string(), expected);
}

#[test]
fn a_symbolic_relocation_of_the_table_is_refused() {
    let mut kernel = Vmlinux::aarch64_call_ops();
    kernel.add(".rela.dyn", SHT_RELA, rela(TABLE, 257, 0));
    assert!(matches!(error(&kernel.bytes()), ImageError::Relocation { kind: 257, place: TABLE, .. }));
}

#[test]
fn files_that_cannot_be_read_are_named() {
    for path in ["/", "/no/such/vmlinux"] {
        let error = Image::read(path.as_ref()).expect_err("no file");
        assert!(matches!(&error, ImageError::Io { file, .. } if file == path), "{error}");
    }
}

#[test]
fn a_survey_reads_as_aligned_tables() {
    let image = read(&Vmlinux::riscv_call_ops());
    let report = SurveyReport::new(Some(survey(&image)), function_table(&image).as_slice());
    assert_eq!(text(&report), include_str!("survey.txt"), "{}", text(&report));
}
