//! One object file: what it is made of, and making it.

use crate::assembly::Flat;
use crate::{Error, Toolchain};
use cmodx_isa::Arch;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A source to be made into an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Unit {
    /// Instruction set.
    pub arch: Arch,
    /// Name of the crate and of the object.
    pub name: String,
    /// What it is.
    pub source: Source,
    /// Folders whose names must not show in the object, and what stands for them.
    pub remap: Vec<(PathBuf, &'static str)>,
}

/// The kinds of source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// A `.S` file.
    Assembly {
        /// The file.
        file: PathBuf,
        /// Folder for includes that are not beside it.
        common: PathBuf,
    },
    /// A crate whose root is this text; it may refer to files in these folders.
    Rust {
        /// Text of the crate root.
        root: String,
        /// Folders that its modules come from.
        folders: Vec<PathBuf>,
        /// Further arguments of `rustc`.
        args: Vec<String>,
    },
}

/// Wraps assembly text; it needs no language items, as the crate holds nothing else.
const STUB: &str = "#![feature(no_core, rustc_attrs)]
#![no_core]
#![allow(internal_features)]
#[rustc_builtin_macro] macro_rules! global_asm { () => {} }
#[rustc_builtin_macro] macro_rules! include_str { () => {} }
";

impl Unit {
    /// Makes the object in `work`, unless one made of the same is there; returns its path.
    pub fn make(&self, toolchain: &Toolchain, work: &Path) -> Result<PathBuf, Error> {
        let flat = match &self.source {
            Source::Assembly { file, common } => Some(Flat::read(file, common)?),
            Source::Rust { .. } => None,
        };
        let stem = format!("{}-{}-{:016x}", self.arch, self.name, self.key(toolchain, flat.as_ref())?);
        let object = work.join(format!("{stem}.o"));
        if object.is_file() {
            return Ok(object);
        }
        let root = work.join(format!("{stem}.rs"));
        let mut command = toolchain.rustc(self.arch, &self.name);
        let text = match (&self.source, &flat) {
            (Source::Rust { root, args, .. }, _) => {
                command.args(args);
                root.clone()
            }
            (Source::Assembly { .. }, flat) => {
                let flat_file = work.join(format!("{stem}.s"));
                let text = flat.as_ref().map(|f| f.text.as_str()).unwrap_or_default();
                std::fs::write(&flat_file, text).map_err(Error::io(&flat_file))?;
                format!("{STUB}global_asm!(include_str!({:?}), options(raw));\n", flat_file.display().to_string())
            }
        };
        std::fs::write(&root, text).map_err(Error::io(&root))?;
        for (folder, name) in &self.remap {
            command.arg(format!("--remap-path-prefix={}={name}", folder.display()));
        }
        // The object appears whole or not at all: a run cut short must not leave half of one behind.
        let half = work.join(format!("{stem}.half"));
        command.arg(format!("--remap-path-prefix={}=build", work.display()));
        command.arg(format!("--emit=obj={}", half.display())).arg(&root);
        // rustc puts intermediate files, named after the crate alone, where it runs: a folder for each.
        let folder = work.join(format!("{stem}.d"));
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
        let out = command.current_dir(&folder).output().map_err(|e| self.failed(e.to_string()))?;
        std::fs::remove_dir_all(&folder).map_err(Error::io(&folder))?;
        if !out.status.success() {
            let message = String::from_utf8_lossy(&out.stderr);
            let message = flat.map_or(message.clone().into_owned(), |f| f.locate(&message));
            return Err(self.failed(message));
        }
        std::fs::rename(&half, &object).map_err(Error::io(&object))?;
        Ok(object)
    }

    fn failed(&self, message: String) -> Error {
        let unit = match &self.source {
            Source::Assembly { file, .. } => file.display().to_string(),
            Source::Rust { .. } => format!("{} for {}", self.name, self.arch),
        };
        Error::Compile { unit, message }
    }

    /// A hash of everything that the object depends on.
    fn key(&self, toolchain: &Toolchain, flat: Option<&Flat>) -> Result<u64, Error> {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        toolchain.version().hash(&mut hasher);
        format!("{:?}", toolchain.rustc(self.arch, &self.name)).hash(&mut hasher);
        if let Some(flat) = flat {
            flat.text.hash(&mut hasher);
        }
        if let Source::Rust { folders, .. } = &self.source {
            for folder in folders {
                hash_folder(folder, &mut hasher)?;
            }
        }
        Ok(hasher.finish())
    }
}

/// Hashes names and contents of all Rust files below a folder, in order of their names.
fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> Result<(), Error> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        entries.push(entry.map_err(Error::io(folder))?.path());
    }
    entries.sort();
    for path in entries {
        if path.is_dir() {
            hash_folder(&path, hasher)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            path.hash(hasher);
            std::fs::read(&path).map_err(Error::io(&path))?.hash(hasher);
        }
    }
    Ok(())
}
