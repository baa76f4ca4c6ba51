//! The pinned `rustc` and the linker.

use crate::Error;
use cmodx_isa::Arch;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler, and where to look for linkers.
#[derive(Clone, Debug)]
pub struct Toolchain {
    rustc: PathBuf,
    /// What `rustc -vV` says: part of every object's identity.
    version: String,
    rust_lld: Option<PathBuf>,
}

impl Toolchain {
    /// Finds `$RUSTC` or `rustc`, and its `rust-lld`.
    ///
    /// # Errors
    /// [`Error::NoCompiler`] when it does not run.
    pub fn find() -> Result<Toolchain, Error> {
        Toolchain::of(PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"))))
    }

    /// Uses this compiler, and its `rust-lld`.
    ///
    /// # Errors
    /// [`Error::NoCompiler`] when it does not run.
    pub fn of(rustc: PathBuf) -> Result<Toolchain, Error> {
        let ask = |args: &[&str]| -> Result<String, Error> {
            let failed = |reason: String| Error::NoCompiler { rustc: rustc.clone(), reason };
            let out = Command::new(&rustc).args(args).output().map_err(|e| failed(e.to_string()))?;
            if !out.status.success() {
                return Err(failed(String::from_utf8_lossy(&out.stderr).into_owned()));
            }
            Ok(String::from_utf8_lossy(&out.stdout).into_owned())
        };
        let version = ask(&["-vV"])?;
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.trim());
        let host = version.lines().find_map(|l| l.strip_prefix("host: ")).unwrap_or_default();
        let rust_lld = sysroot.join("lib/rustlib").join(host).join("bin/rust-lld");
        Ok(Toolchain { rust_lld: rust_lld.is_file().then_some(rust_lld), rustc, version })
    }

    /// What `rustc -vV` says.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A `rustc` command for this target. Unstable features are allowed for the crate of this name alone, in the child alone.
    pub(crate) fn rustc(&self, arch: Arch, crate_name: &str) -> Command {
        let mut command = Command::new(&self.rustc);
        command
            .env("RUSTC_BOOTSTRAP", crate_name)
            .env_remove("RUSTFLAGS")
            .args(["--edition", "2024", "--crate-type", "lib", "--crate-name", crate_name])
            .args(["-C", "codegen-units=1", "-C", "panic=abort", "-C", "force-unwind-tables=no"])
            .args(["--target", triple(arch)]);
        command
    }

    /// Links objects into an image.
    pub(crate) fn link(&self, arch: Arch, objects: &[PathBuf], script: &Path, output: &Path) -> Result<(), Error> {
        let (linker, flavor) = self.linker(arch)?;
        let mut command = Command::new(&linker);
        if flavor {
            command.args(["-flavor", "gnu"]);
        }
        let emulation = match arch {
            Arch::Riscv64 => "elf64lriscv",
            Arch::Aarch64 => "aarch64linux",
        };
        // Relaxation would rewrite the very instructions that are measured.
        command.args([
            "-m",
            emulation,
            "--no-relax",
            "--build-id=none",
            "-z",
            "max-page-size=0x1000",
            "--fatal-warnings",
        ]);
        command.arg("-T").arg(script).arg("-o").arg(output).args(objects);
        let failed =
            |message: String| Error::Link { image: output.display().to_string(), linker: linker.clone(), message };
        let out = command.output().map_err(|e| failed(e.to_string()))?;
        if !out.status.success() {
            return Err(failed(String::from_utf8_lossy(&out.stderr).into_owned()));
        }
        Ok(())
    }

    /// The first linker there is: `$CMODX_LD`, the toolchain's `rust-lld`, `ld.lld`, GNU. True when it wants `-flavor gnu`.
    fn linker(&self, arch: Arch) -> Result<(PathBuf, bool), Error> {
        let wants_flavor = |path: &Path| path.file_stem().is_some_and(|n| n == "rust-lld" || n == "lld");
        if let Some(path) = std::env::var_os("CMODX_LD").filter(|p| !p.is_empty()).map(PathBuf::from) {
            let flavor = wants_flavor(&path);
            return Ok((path, flavor));
        }
        if let Some(path) = &self.rust_lld {
            return Ok((path.clone(), true));
        }
        let gnu: &[&str] = match arch {
            Arch::Riscv64 => &["riscv64-unknown-elf-ld", "riscv64-linux-gnu-ld"],
            Arch::Aarch64 => &["aarch64-none-elf-ld", "aarch64-linux-gnu-ld"],
        };
        let names: Vec<&str> = std::iter::once("ld.lld").chain(gnu.iter().copied()).collect();
        let runs = |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success());
        match names.iter().copied().find(runs) {
            Some(name) => Ok((PathBuf::from(name), false)),
            None => Err(Error::NoLinker { target: arch.name(), tried: format!("rust-lld, {}", names.join(", ")) }),
        }
    }
}

/// Targets whose compiled code stays with the integer registers, as a kernel's does. The softfloat one also keeps accesses
/// aligned, which memory without translation (Device memory) demands.
fn triple(arch: Arch) -> &'static str {
    match arch {
        Arch::Riscv64 => "riscv64gc-unknown-none-elf",
        Arch::Aarch64 => "aarch64-unknown-none-softfloat",
    }
}
