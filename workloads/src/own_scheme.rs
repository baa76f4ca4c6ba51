//! Users' own schemes: a folder of the same shape as those under `trampolines/schemes`, with a `scheme.toml` in the place of
//! rows in the catalogue, built into guest images at run time.

use crate::images;
use crate::sources::BuildError;
use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::{self, Claim, Scheme, SiteLayout};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A folder that gives no scheme.
#[derive(Debug, thiserror::Error)]
pub enum OwnSchemeError {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `scheme.toml` is not what it should be.
    #[error("{}: {reason}", path.display())]
    Description {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// The guest could not be built.
    #[error("{}: {source}", folder.display())]
    Build {
        /// The scheme's folder.
        folder: PathBuf,
        /// Why.
        source: BuildError,
    },
}

/// `scheme.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    /// Id of the scheme: not one of the catalogue.
    id: String,
    /// One line.
    summary: String,
    /// Where the idea comes from.
    source: String,
    /// What it says of itself.
    claim: ClaimName,
    /// Its sites on RISC-V.
    riscv64: Option<Sites>,
    /// Its sites on AArch64.
    aarch64: Option<Sites>,
}

/// A claim as `scheme.toml` writes it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ClaimName {
    Safe,
    SafeWithoutPreemption,
    NegativeControl,
}

/// The sites of one instruction set; the fields are those of [`SiteLayout`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sites {
    patchable: (u8, u8),
    function_align: u8,
    literal_bytes: u8,
    site_bytes: u8,
    patched_offset: u8,
    exits: Vec<String>,
}

/// Reads a scheme's folder and builds its guests, one for each instruction set that `scheme.toml` describes. The schemes are
/// there for the rest of the process: [`images::image`] knows their images, which have at least `sites` call sites.
///
/// # Errors
/// [`OwnSchemeError`]: a folder without a readable `scheme.toml`, an id that the catalogue or another folder has, a source
/// that the compiler refuses.
pub fn load(folder: &Path, sites: u32) -> Result<Vec<&'static Scheme>, OwnSchemeError> {
    let path = folder.join("scheme.toml");
    let text = std::fs::read_to_string(&path).map_err(|source| OwnSchemeError::Io { path: path.clone(), source })?;
    let refuse = |reason: String| OwnSchemeError::Description { path: path.clone(), reason };
    let description: Description = toml::from_str(&text).map_err(|e| refuse(e.to_string().trim_end().to_owned()))?;
    let id = description.id.as_str();
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.is_empty() || !id.chars().all(fine) {
        return Err(refuse(format!("the id `{id}` is not made of lower-case letters, digits and hyphens")));
    }
    let mut schemes: Vec<&'static Scheme> = Vec::new();
    let both = [(Arch::Riscv64, &description.riscv64), (Arch::Aarch64, &description.aarch64)];
    for (arch, sites) in both {
        let Some(sites) = sites else { continue };
        if catalogue::find(arch, id).is_some() || images::image(arch, id).is_some() {
            return Err(refuse(format!("there is a scheme `{id}` for {arch} already")));
        }
        sites.check().map_err(|reason| refuse(format!("[{arch}]: {reason}")))?;
        schemes.push(Box::leak(Box::new(description.scheme(arch, sites))));
    }
    if schemes.is_empty() {
        return Err(refuse("it has neither a [riscv64] nor an [aarch64] table".to_owned()));
    }
    let failed = |source| OwnSchemeError::Build { folder: folder.to_owned(), source };
    images::build_and_add(&schemes, Some(folder), sites).map_err(failed)?;
    Ok(schemes)
}

/// Text that lasts as long as the catalogue's.
fn keep(text: &str) -> &'static str {
    text.to_owned().leak()
}

impl Description {
    fn scheme(&self, arch: Arch, sites: &Sites) -> Scheme {
        let exits: Vec<&'static str> = sites.exits.iter().map(|name| keep(name)).collect();
        Scheme {
            id: keep(&self.id),
            arch,
            summary: keep(&self.summary),
            source: keep(&self.source),
            layout: SiteLayout {
                patchable: Some(sites.patchable),
                function_align: sites.function_align,
                literal_bytes: sites.literal_bytes,
                site_bytes: sites.site_bytes,
                patched_offset: sites.patched_offset,
            },
            claim: match self.claim {
                ClaimName::Safe => Claim::Safe,
                ClaimName::SafeWithoutPreemption => Claim::SafeWithoutPreemption,
                ClaimName::NegativeControl => Claim::NegativeControl,
            },
            folder: "",
            exits: exits.leak(),
            cfg: keep(&self.id.replace('-', "_")),
        }
    }
}

impl Sites {
    /// Whether the figures fit together.
    fn check(&self) -> Result<(), String> {
        let (nops, before) = self.patchable;
        if before > nops {
            return Err(format!("patchable = [{nops}, {before}]: more nops before the entry than there are"));
        }
        if !self.function_align.is_power_of_two() {
            return Err(format!("function_align = {} is no power of two", self.function_align));
        }
        if self.patched_offset >= self.site_bytes {
            return Err(format!(
                "patched_offset = {} lies behind the site's {} bytes",
                self.patched_offset, self.site_bytes
            ));
        }
        Ok(())
    }
}
