//! The guests' sources, carried along: images that were not built with this crate are built at run time, by the same builder.

use cmodx_guest_build::image::{Recipe, build_all};
use cmodx_guest_build::{Error, Toolchain};
use cmodx_trampolines::catalogue::Scheme;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// An image that could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The compiler, the linker or a source is not as it should be.
    #[error("cannot build the guest: {0}")]
    Guest(#[from] Error),
}

/// Builds one image for each scheme, with so many generated tracees: from the scheme's own folder if one is given, else from
/// the catalogue's. Nothing of it stays on the disk.
///
/// # Errors
/// [`BuildError`]: no compiler, a folder that cannot be read or written, a source that the compiler refuses.
pub(crate) fn build(schemes: &[&'static Scheme], own: Option<&Path>, tracees: u32) -> Result<Vec<Vec<u8>>, BuildError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| BuildError::Io { path, source }
    };
    let work = tempfile::tempdir().map_err(io(&std::env::temp_dir()))?;
    for (name, text) in SOURCES {
        let path = work.path().join(name);
        let parent = path.parent().unwrap_or(work.path());
        std::fs::create_dir_all(parent).map_err(io(parent))?;
        std::fs::write(&path, text).map_err(io(&path))?;
    }
    let own = own.map(|folder| folder.canonicalize().map_err(io(folder))).transpose()?;
    let recipe = |scheme: &&'static Scheme| Recipe {
        arch: scheme.arch,
        name: format!("{}-{}", scheme.arch, scheme.cfg),
        guest: work.path().join("guest"),
        scheme: own.clone().unwrap_or_else(|| work.path().join("schemes").join(scheme.folder)),
        cfg: scheme.cfg.to_owned(),
        patchable: scheme.layout.patchable,
        compressed: scheme.compressed(),
        function_align: scheme.layout.function_align,
        tracees,
    };
    let recipes: Vec<Recipe> = schemes.iter().map(recipe).collect();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(build_all(&Toolchain::find()?, &recipes, &work.path().join("build"), jobs)?)
}
