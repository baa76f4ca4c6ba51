//! What can go wrong when a guest is built.

use std::path::PathBuf;

/// A guest could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `rustc` did not start or did not say what it is.
    #[error("cannot run the Rust compiler `{}`: {reason} (set RUSTC to the compiler of the pinned toolchain)", rustc.display())]
    NoCompiler {
        /// What was run.
        rustc: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// No linker was found.
    #[error("no linker for {target} found; tried {tried} (set CMODX_LD to one, or install the toolchain's rust-lld)")]
    NoLinker {
        /// Instruction set.
        target: &'static str,
        /// Names tried, in order.
        tried: String,
    },
    /// The compiler or assembler refused a source.
    #[error("cannot compile {unit}:\n{message}")]
    Compile {
        /// What was compiled.
        unit: String,
        /// What the compiler said, with lines of `.S` files mapped back to their sources.
        message: String,
    },
    /// The linker refused.
    #[error("cannot link {image} with {}:\n{message}", linker.display())]
    Link {
        /// Which image.
        image: String,
        /// The linker that ran.
        linker: PathBuf,
        /// What it said.
        message: String,
    },
    /// An `.include` that names a missing file.
    #[error("{}:{line}: cannot include {}: {source}", file.display(), include.display())]
    Include {
        /// File with the directive.
        file: PathBuf,
        /// Its line.
        line: usize,
        /// File that it names.
        include: PathBuf,
        /// Why it could not be read.
        source: std::io::Error,
    },
    /// An `.include` that leads back to itself.
    #[error("{}:{line}: {} includes itself", file.display(), include.display())]
    IncludeCycle {
        /// File with the directive.
        file: PathBuf,
        /// Its line.
        line: usize,
        /// File that it names.
        include: PathBuf,
    },
    /// A scheme folder without one of its files.
    #[error("{} has no {name}: a scheme is a folder with scheme.rs and, where it has a trampoline, trampoline-ARCH.S", folder.display())]
    IncompleteScheme {
        /// The folder.
        folder: PathBuf,
        /// The missing file.
        name: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Error {
    /// Wraps an I/O error with the path it is about.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { path, source }
    }
}
