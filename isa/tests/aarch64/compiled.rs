//! What compilers make: every word of their programs is written here as LLVM writes it, or unknown to both.

use super::disassembly::compare;
use super::oracle;
use std::collections::BTreeSet;
use std::path::Path;

const GCC: &str = "gcc-aarch64-linux-gnu libc6-dev-arm64-cross";
const BINUTILS: &str = "binutils-aarch64-linux-gnu";

/// Integers, floating point, vectors, atomics, switches, calls, exceptions to the straight path: what the code generator has
/// patterns for.
const PROGRAM: &str = include_str!("compiled.c");

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

fn run(test: &str, program: &str, package: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = oracle::run(test, program, package, arguments, &[])?;
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// The words of the sections of code in an ELF file.
fn words_of(test: &str, elf: &Path) -> Option<BTreeSet<u32>> {
    let binary = elf.with_extension("bin");
    let sections = [".text", ".init", ".fini", ".plt", ".iplt"];
    let mut arguments = vec!["-O", "binary"];
    arguments.extend(sections.iter().flat_map(|section| ["-j", section]));
    arguments.extend([text(elf), text(&binary)]);
    run(test, "aarch64-linux-gnu-objcopy", BINUTILS, &arguments)?;
    let bytes = std::fs::read(&binary).expect("the sections were written");
    Some(bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().expect("4 bytes"))).collect())
}

/// All members of an archive in one file, and the words of its code.
fn words_of_archive(test: &str, archive: &Path, folder: &Path) -> Option<BTreeSet<u32>> {
    let members = folder.join("members.o");
    let script = folder.join("script.ld");
    std::fs::write(&script, "SECTIONS { .text : { *(.text .text.*) } }").expect("room for a script");
    let arguments = [
        "-r",
        "-T",
        text(&script),
        "-o",
        text(&members),
        "--allow-multiple-definition",
        "--whole-archive",
        text(archive),
    ];
    run(test, "aarch64-linux-gnu-ld", BINUTILS, &arguments)?;
    words_of(test, &members)
}

#[test]
fn words_of_compiled_programs_are_written_as_llvm_writes_them() {
    const TEST: &str = "words_of_compiled_programs_are_written_as_llvm_writes_them";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (source, elf) = (folder.path().join("program.c"), folder.path().join("program"));
    std::fs::write(&source, PROGRAM).expect("room for the source");
    let mut words = BTreeSet::new();
    for level in ["-O0", "-O1", "-O2", "-O3", "-Os"] {
        for options in [&["-static"][..], &["-static", "-march=armv8.4-a+nofp16", "-mbranch-protection=standard"]] {
            let arguments: Vec<&str> = [&[level, text(&source), "-lm", "-o", text(&elf)], options].concat();
            if run(TEST, "aarch64-linux-gnu-gcc", GCC, &arguments).is_none() {
                return;
            }
            let Some(more) = words_of(TEST, &elf) else { return };
            words.extend(more);
        }
    }
    println!("{} different words", words.len());
    assert!(words.len() > 30_000, "{} words are few", words.len());
    compare(TEST, &words.into_iter().collect::<Vec<_>>());
}

/// The archives of the C library and of Rust's target libraries where they are installed: minutes.
#[test]
#[ignore = "a campaign: every word of libc.a, libm.a, libgcc.a and Rust's libraries"]
fn words_of_libraries_are_written_as_llvm_writes_them() {
    const TEST: &str = "words_of_libraries_are_written_as_llvm_writes_them";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut archives = Vec::new();
    for library in ["libc.a", "libm.a", "libgcc.a"] {
        let argument = format!("-print-file-name={library}");
        let Some(found) = run(TEST, "aarch64-linux-gnu-gcc", GCC, &[&argument]) else { return };
        archives.push(String::from_utf8(found).expect("a path in UTF-8").trim().to_owned());
    }
    for target in ["aarch64-unknown-none", "aarch64-unknown-linux-musl", "aarch64-unknown-linux-gnu"] {
        let found = run(TEST, "rustc", "rustc", &["--print", "target-libdir", "--target", target]);
        let libraries = found.map(|path| String::from_utf8(path).expect("a path in UTF-8").trim().to_owned());
        let Some(entries) = libraries.and_then(|path| std::fs::read_dir(path).ok()) else { continue };
        let files = entries.map(|entry| entry.expect("an entry of a folder").path());
        let rust = files.filter(|path| path.extension().is_some_and(|suffix| suffix == "rlib"));
        archives.extend(rust.map(|path| text(&path).to_owned()));
    }
    let mut words = BTreeSet::new();
    for archive in archives.iter().filter(|archive| archive.contains('/')) {
        let Some(more) = words_of_archive(TEST, Path::new(archive), folder.path()) else { return };
        println!("{archive}: {} different words", more.len());
        words.extend(more);
    }
    println!("{} different words", words.len());
    for chunk in words.into_iter().collect::<Vec<_>>().chunks(200_000) {
        compare(TEST, chunk);
    }
}
