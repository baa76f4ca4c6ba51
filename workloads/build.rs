//! Builds one guest image for every scheme of the catalogue and embeds them.

use cmodx_guest_build::image::{Recipe, build_all};
use cmodx_guest_build::{Error, Toolchain};
use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::SCHEMES;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Generated tracees of every image: the largest number of sites that the latency experiments patch at once.
const TRACEES: u32 = 10_000;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot build the guest images: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Error> {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let guest = here.join("guest");
    let schemes = here.parent().unwrap_or(Path::new(".")).join("trampolines/schemes");
    for path in [&guest, &schemes] {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rerun-if-env-changed=CMODX_LD");
    let recipes: Vec<Recipe> = SCHEMES
        .iter()
        .map(|scheme| Recipe {
            arch: scheme.arch,
            name: format!("{}-{}", scheme.arch, scheme.cfg),
            guest: guest.clone(),
            scheme: schemes.join(scheme.folder),
            cfg: scheme.cfg.to_owned(),
            patchable: scheme.layout.patchable,
            compressed: scheme.compressed(),
            function_align: scheme.layout.function_align,
            tracees: TRACEES,
        })
        .collect();
    embed_sources(&[("guest", &guest), ("schemes", &schemes)], &out)?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let images = build_all(&Toolchain::find()?, &recipes, &out.join("guests"), jobs)?;

    let mut table = format!("/// Generated tracees of every image.\npub(crate) const TRACEES: u32 = {TRACEES};\n");
    table.push_str("static IMAGES: &[(Arch, &str, &[u8])] = &[\n");
    for ((scheme, recipe), image) in SCHEMES.iter().zip(&recipes).zip(images) {
        let path = out.join(format!("{}.elf", recipe.name));
        std::fs::write(&path, image).map_err(|source| Error::Io { path: path.clone(), source })?;
        let arch = match scheme.arch {
            Arch::Riscv64 => "Riscv64",
            Arch::Aarch64 => "Aarch64",
        };
        let file = format!("/{}.elf", recipe.name);
        let _ = writeln!(
            table,
            "    (Arch::{arch}, {:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), {file:?}))),",
            scheme.id
        );
    }
    table.push_str("];\n");
    let path = out.join("images.rs");
    std::fs::write(&path, table).map_err(|source| Error::Io { path: path.clone(), source })
}

/// Writes the sources of guests into a table of (path, text): images that are not built here are built from them at run time.
fn embed_sources(roots: &[(&str, &Path)], out: &Path) -> Result<(), Error> {
    let mut table = "static SOURCES: &[(&str, &str)] = &[\n".to_owned();
    for (name, root) in roots {
        let mut files = Vec::new();
        collect(root, &mut files)?;
        files.sort();
        for file in files {
            let path = Path::new(name).join(file.strip_prefix(root).unwrap_or(&file));
            let (path, file) = (path.display().to_string(), file.display().to_string());
            let _ = writeln!(table, "    ({path:?}, include_str!({file:?})),");
        }
    }
    table.push_str("];\n");
    let path = out.join("sources.rs");
    std::fs::write(&path, table).map_err(|source| Error::Io { path: path.clone(), source })
}

/// All files below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Io { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
