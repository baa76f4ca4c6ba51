//! The builder on real sources: reproducible images, and errors that name their place.

use cmodx_guest_build::image::{Recipe, build_all};
use cmodx_guest_build::{Error, Toolchain};
use cmodx_isa::Arch;
use goblin::elf::{Elf, program_header::PT_LOAD};
use std::path::{Path, PathBuf};

/// A small image: the runtime with ten generated tracees.
fn recipe(arch: Arch, scheme: PathBuf) -> Recipe {
    Recipe {
        arch,
        name: format!("{arch}-small"),
        guest: root().join("workloads/guest"),
        scheme,
        cfg: "call_ops".to_owned(),
        patchable: Some(if arch == Arch::Riscv64 { (8, 4) } else { (4, 2) }),
        compressed: true,
        function_align: 8,
        tracees: 10,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn build(recipe: &Recipe, work: &Path) -> Result<Vec<u8>, Error> {
    build_all(&Toolchain::find()?, std::slice::from_ref(recipe), work, 2).map(|mut images| images.remove(0))
}

/// A copy of the call-ops scheme's folder, to be spoilt.
fn scheme_copy(to: &Path) {
    for entry in std::fs::read_dir(root().join("trampolines/schemes/call-ops")).expect("the scheme's folder") {
        let path = entry.expect("a file").path();
        std::fs::copy(&path, to.join(path.file_name().expect("a name"))).expect("a copy");
    }
}

/// Bytes of the loaded segments.
fn loaded(image: &[u8]) -> Vec<u8> {
    let elf = Elf::parse(image).expect("an ELF file");
    let segments = elf.program_headers.iter().filter(|p| p.p_type == PT_LOAD);
    segments.flat_map(|p| image[p.file_range()].to_vec()).collect()
}

#[test]
fn the_same_sources_give_the_same_bytes_wherever_they_are_built() {
    for arch in [Arch::Riscv64, Arch::Aarch64] {
        let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let copy = tempfile::tempdir().expect("a folder");
        scheme_copy(copy.path());
        let first = build(&recipe(arch, root().join("trampolines/schemes/call-ops")), one.path()).expect("an image");
        let second = build(&recipe(arch, copy.path().to_owned()), other.path()).expect("an image");
        assert!(loaded(&first) == loaded(&second), "{arch}: loaded bytes differ");
        for folder in [one.path(), other.path(), copy.path(), &root().canonicalize().expect("a path")] {
            let name = folder.to_str().expect("UTF-8").as_bytes();
            assert!(!second.windows(name.len()).any(|w| w == name), "{arch}: the image names {}", folder.display());
        }
    }
}

#[test]
fn an_error_in_rust_code_names_file_and_line() {
    let (scheme, work) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    scheme_copy(scheme.path());
    let file = scheme.path().join("scheme.rs");
    let text = std::fs::read_to_string(&file).expect("scheme.rs");
    std::fs::write(&file, format!("{text}\npub fn wrong() -> u64 {{ missing }}\n")).expect("a change");
    let line = text.lines().count() + 2;
    let error = build(&recipe(Arch::Riscv64, scheme.path().to_owned()), work.path()).expect_err("an error").to_string();
    assert!(error.contains(&format!("scheme/scheme.rs:{line}:")) && error.contains("missing"), "{error}");
}

#[test]
fn an_error_in_assembly_names_file_and_line() {
    let (scheme, work) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    scheme_copy(scheme.path());
    let file = scheme.path().join("trampoline-aarch64.S");
    let text = std::fs::read_to_string(&file).expect("the trampoline");
    std::fs::write(&file, format!("{text}    mov x99, x0\n")).expect("a change");
    let line = text.lines().count() + 1;
    let error = build(&recipe(Arch::Aarch64, scheme.path().to_owned()), work.path()).expect_err("an error").to_string();
    assert!(error.contains(&format!("{}:{line}", file.display())), "{error}");
}

#[test]
fn a_folder_that_is_no_scheme_is_refused_by_name() {
    let (scheme, work) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let error = build(&recipe(Arch::Riscv64, scheme.path().to_owned()), work.path());
    assert!(matches!(error, Err(Error::IncompleteScheme { name, .. }) if name == "scheme.rs"));
}

#[test]
fn an_undefined_symbol_is_the_linkers_error() {
    let (scheme, work) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    scheme_copy(scheme.path());
    std::fs::remove_file(scheme.path().join("trampoline-riscv64.S")).expect("removed");
    let error = build(&recipe(Arch::Riscv64, scheme.path().to_owned()), work.path());
    assert!(matches!(error, Err(Error::Link { message, .. }) if message.contains("ftrace_trampoline")));
}

#[test]
fn a_missing_compiler_is_named() {
    let error = Toolchain::of(PathBuf::from("/nonexistent/rustc")).expect_err("an error").to_string();
    assert!(error.contains("/nonexistent/rustc") && error.contains("RUSTC"), "{error}");
}
