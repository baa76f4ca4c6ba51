//! A guest image: the runtime and one scheme, the trampoline, the traced functions.
//!
//! Three kinds of object go into it. The runtime, drivers and protocol are one Rust crate without call sites. Boot code,
//! trap entry and trampoline are assembly. The traced functions ("tracees") are crates of their own, compiled as the
//! scheme's site layout asks.

use crate::unit::{Source, Unit};
use crate::{Error, Toolchain};
use cmodx_isa::Arch;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one image is made of.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Instruction set.
    pub arch: Arch,
    /// Name of the image's file.
    pub name: String,
    /// Folder of the guest runtime.
    pub guest: PathBuf,
    /// Folder of the scheme: `scheme.rs`, and `trampoline-ARCH.S` where it has one.
    pub scheme: PathBuf,
    /// Value of `--cfg scheme="…"`.
    pub cfg: String,
    /// Arguments of `-Z patchable-function-entry`: nops in all, nops before the entry. `None` for tracees without sites.
    pub patchable: Option<(u8, u8)>,
    /// Whether the tracees may have compressed instructions (RISC-V).
    pub compressed: bool,
    /// Least alignment of the tracees in bytes.
    pub function_align: u8,
    /// Number of generated tracees.
    pub tracees: u32,
}

/// Builds all images, each as the bytes of its ELF file, with this many compilers at a time.
///
/// # Errors
/// The first error in the order of the recipes: a source refused by the compiler, a missing file or linker.
pub fn build_all(toolchain: &Toolchain, recipes: &[Recipe], work: &Path, jobs: usize) -> Result<Vec<Vec<u8>>, Error> {
    std::fs::create_dir_all(work).map_err(Error::io(work))?;
    let images: Vec<Vec<Unit>> = recipes.iter().map(Recipe::units).collect::<Result<_, _>>()?;
    let mut units: Vec<&Unit> = Vec::new();
    for unit in images.iter().flatten() {
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    // The generated tracees take longest: first, so that no compiler waits for them at the end.
    units.sort_by_key(|u| u.name != GENERATED);
    let objects = in_parallel(&units, jobs, |unit| unit.make(toolchain, work));
    let mut made: Vec<(&Unit, PathBuf)> = Vec::new();
    for (unit, object) in units.into_iter().zip(objects) {
        made.push((unit, object?));
    }
    let object_of = |unit: &Unit| made.iter().find(|(u, _)| *u == unit).map(|(_, object)| object.clone());
    let mut elves = Vec::new();
    for (recipe, units) in recipes.iter().zip(&images) {
        let objects: Vec<PathBuf> = units.iter().filter_map(object_of).collect();
        elves.push(recipe.link(toolchain, &objects, work)?);
    }
    Ok(elves)
}

/// Crate name of the generated tracees.
const GENERATED: &str = "tracees_generated";

/// Language features that guest crates use.
const HEADER: &str =
    "#![feature(no_core, lang_items, rustc_attrs, intrinsics, auto_traits, decl_macro, asm_experimental_arch)]
#![no_core]
#![no_builtins]
#![allow(internal_features, dead_code)]
";

impl Recipe {
    /// All objects of the image, in link order.
    fn units(&self) -> Result<Vec<Unit>, Error> {
        let mut units = Vec::new();
        let mut assembly = vec![];
        let folder = self.guest.join(self.arch.name());
        for entry in std::fs::read_dir(&folder).map_err(Error::io(&folder))? {
            assembly.push(entry.map_err(Error::io(&folder))?.path());
        }
        assembly.retain(|p| p.extension().is_some_and(|e| e == "S"));
        assembly.sort();
        let trampoline = self.scheme.join(format!("trampoline-{}.S", self.arch));
        assembly.extend(trampoline.is_file().then_some(trampoline));
        for file in assembly {
            let stem: String = file.file_stem().map(|s| s.to_string_lossy().replace('-', "_")).unwrap_or_default();
            units.push(self.unit(&stem, Source::Assembly { file, common: self.guest.clone() }));
        }
        units.push(self.unit("runtime", self.runtime()?));
        units.push(self.unit("tracees", self.tracees()));
        units.push(self.unit(GENERATED, self.generated()));
        Ok(units)
    }

    fn unit(&self, name: &str, source: Source) -> Unit {
        let remap = vec![(self.guest.clone(), "guest"), (self.scheme.clone(), "scheme")];
        Unit { arch: self.arch, name: name.to_owned(), source, remap }
    }

    /// Runtime, drivers and the scheme's protocol: one crate, no sites.
    fn runtime(&self) -> Result<Source, Error> {
        let scheme = self.scheme.join("scheme.rs");
        if !scheme.is_file() {
            return Err(Error::IncompleteScheme { folder: self.scheme.clone(), name: "scheme.rs".to_owned() });
        }
        let root = format!(
            "{HEADER}#[macro_use] #[path = {:?}] mod mini_core;\n#[path = {:?}] mod guest;\n#[path = {:?}] mod scheme;\n",
            self.prelude(),
            self.guest.join("main.rs"),
            scheme
        );
        let args = ["-C", "opt-level=2", "-C", "overflow-checks=off", "-C", "debuginfo=1"];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.extend(["--cfg".to_owned(), format!("scheme={:?}", self.cfg)]);
        Ok(Source::Rust { root, folders: vec![self.guest.clone(), self.scheme.clone()], args })
    }

    /// The traced functions written by hand.
    fn tracees(&self) -> Source {
        let tracees = self.guest.join("tracees");
        let root = format!(
            "{HEADER}#[macro_use] #[path = {:?}] mod mini_core;\n#[path = {:?}] mod tracees;\n",
            self.prelude(),
            tracees.join("tracees.rs")
        );
        Source::Rust { root, folders: vec![tracees, self.guest.join("prelude")], args: self.site_args("1") }
    }

    /// Many small distinct functions `fn(x) -> x op constant` and the table of them.
    fn generated(&self) -> Source {
        let mut root = format!("{HEADER}#[macro_use] #[path = {:?}] mod mini_core;\n", self.prelude());
        for n in 0..self.tracees {
            // An odd constant that differs from all others: multiplication by an odd number permutes the residues.
            let c = (u64::from(n) * 2 + 1).wrapping_mul(0x9E37_79B9);
            let body = match n % 4 {
                0 => format!("x + {c:#x}"),
                1 => format!("x ^ {c:#x}"),
                2 => format!("x * {c:#x}"),
                _ => format!("(x << 1u64) - {c:#x}"),
            };
            let _ = writeln!(root, "#[unsafe(no_mangle)] extern \"C\" fn t{n}(x: u64) -> u64 {{ {body} }}");
        }
        let count = self.tracees;
        let _ = writeln!(root, "#[unsafe(no_mangle)] static generated_count: u64 = {count};");
        let _ =
            write!(root, "#[unsafe(no_mangle)] static generated_tracees: [extern \"C\" fn(u64) -> u64; {count}] = [");
        for n in 0..count {
            let _ = write!(root, "t{n}, ");
        }
        root.push_str("];\n");
        Source::Rust { root, folders: vec![self.guest.join("prelude")], args: self.site_args("0") }
    }

    fn prelude(&self) -> PathBuf {
        self.guest.join("prelude/mini_core.rs")
    }

    /// How functions with sites are compiled. Equal functions must stay apart: each is a site.
    fn site_args(&self, debuginfo: &str) -> Vec<String> {
        let mut args = vec!["-Zmerge-functions=disabled".to_owned(), format!("-Cdebuginfo={debuginfo}")];
        args.extend(["-Copt-level=2", "-Coverflow-checks=off"].map(str::to_owned));
        args.push(format!("-Zmin-function-alignment={}", self.function_align));
        if self.arch == Arch::Riscv64 && !self.compressed {
            args.push("-Ctarget-feature=-c,-zca".to_owned());
        }
        if let Some((total, before)) = self.patchable {
            args.push(format!("-Zpatchable-function-entry={total},{before}"));
        }
        args
    }

    fn link(&self, toolchain: &Toolchain, objects: &[PathBuf], work: &Path) -> Result<Vec<u8>, Error> {
        let output = work.join(format!("{}.elf", self.name));
        let script = self.guest.join(self.arch.name()).join("link.ld");
        toolchain.link(self.arch, objects, &script, &output)?;
        std::fs::read(&output).map_err(Error::io(&output))
    }
}

/// Maps in parallel; results keep the order of the items.
fn in_parallel<T: Sync, R: Send>(items: &[T], jobs: usize, f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1).min(items.len()) {
            scope.spawn(|| {
                while let Some((n, item)) =
                    { Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, items.get(n)?))) }
                {
                    let result = f(item);
                    results.lock().unwrap_or_else(|e| e.into_inner())[n] = Some(result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(|e| e.into_inner()).into_iter().flatten().collect()
}
