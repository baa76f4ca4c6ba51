//! Memory that the guest itself has made ready.

use crate::guest_run::{RAM, RunError, explain};
use crate::images;
use crate::params::{self, Mode, Params, TRACED};
use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::Cycle;
use cmodx_sim::lines::Lines;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::Aarch64Virt;
use cmodx_sim::platform::riscv_virt::RiscvVirt;
use cmodx_sim::relaxed::memory;
use cmodx_sim::timed::{End, Limits, Machine};
use cmodx_trampolines::catalogue::{Preemption, Scheme};

/// A guest that has booted and prepared, stopped before anything is patched live.
#[derive(Clone, Debug)]
pub struct Boot {
    /// Its memory.
    pub memory: memory::Image,
    /// Its symbols.
    pub image: Image,
    /// Its source lines.
    pub lines: Lines,
    /// SHA-256 of its loaded bytes without parameters, hex.
    pub guest: String,
    /// First address of `memory`, and the first behind it.
    pub range: std::ops::Range<u64>,
}

/// No guest prepares longer than this.
const LIMITS: Limits = Limits { instructions: 1_000_000_000, cycles: Cycle(4_000_000_000) };

impl Boot {
    /// Boots a scheme's guest with `harts` harts and `sites` sites, with these traced or not.
    ///
    /// # Errors
    /// [`RunError`] when the guest does not come to its end.
    pub fn new(
        scheme: &Scheme,
        preemption: Preemption,
        harts: usize,
        sites: u32,
        traced: bool,
    ) -> Result<Boot, RunError> {
        let elf = images::image_with(scheme.arch, scheme.id, sites).ok_or_else(|| RunError::NoImage {
            arch: scheme.arch,
            scheme: scheme.id.into(),
            sites: sites.into(),
        })?;
        let guest = Image::parse(elf)?.digest().iter().map(|b| format!("{b:02x}")).collect();
        let flags = if traced { TRACED } else { 0 };
        let params = Params {
            mode: Mode::Check,
            harts: harts as u64,
            sites: sites.into(),
            flags,
            preemption,
            ..Params::default()
        };
        let image = Image::parse(&params::patch_elf(elf, &params)?)?;
        let failed = |why: String| RunError::Failed {
            arch: scheme.arch,
            scheme: scheme.id.into(),
            what: "preparing a check".into(),
            why,
        };
        let core = CoreModel::built_in("ideal").map_err(|e| failed(e.to_string()))?;
        let start = image.segments.iter().map(|s| s.addr).min().unwrap_or(0);
        let end = image.segments.iter().map(|s| s.addr + s.mem_size).max().unwrap_or(0);
        let bytes = match scheme.arch {
            Arch::Riscv64 => run(RiscvVirt::new(harts, Default::default()), &core, harts, &image, start..end),
            Arch::Aarch64 => run(Aarch64Virt::new(harts, Default::default()), &core, harts, &image, start..end),
        };
        let mut memory = memory::Image::default();
        memory.add(start, bytes.map_err(failed)?).map_err(|e| failed(e.to_string()))?;
        Ok(Boot { memory, image, lines: Lines::parse(elf), guest, range: start..end })
    }

    /// The address of a symbol.
    ///
    /// # Errors
    /// [`RunError::Missing`] when the guest has no such symbol.
    pub fn symbol(&self, scheme: &Scheme, name: &str) -> Result<u64, RunError> {
        self.image.symbol(name).map(|s| s.addr).ok_or_else(|| missing(scheme, name))
    }

    /// The address of a Rust function of the guest, by its path.
    ///
    /// # Errors
    /// [`RunError::Missing`] when the guest has no such function.
    pub fn function(&self, scheme: &Scheme, path: &str) -> Result<u64, RunError> {
        let named = |at: u64| self.image.describe(at).ends_with(path);
        self.image.symbols.iter().map(|s| s.addr).find(|at| named(*at)).ok_or_else(|| missing(scheme, path))
    }

    /// A word of memory.
    pub fn word(&self, at: u64) -> Option<u64> {
        self.memory.read(cmodx_sim::relaxed::message::Footprint::new(at, 8)).map(|v| v as u64)
    }
}

fn missing(scheme: &Scheme, key: &str) -> RunError {
    RunError::Missing { arch: scheme.arch, scheme: scheme.id.into(), key: key.into() }
}

/// Runs to the end and returns what memory holds then.
fn run<B: Board>(
    board: B,
    core: &CoreModel,
    harts: usize,
    image: &Image,
    range: std::ops::Range<u64>,
) -> Result<Vec<u8>, String> {
    let mut machine = Machine::new(core, harts, RAM, board, image).map_err(|e| e.to_string())?.without_timing();
    let end = machine.run(LIMITS);
    let text = String::from_utf8_lossy(&machine.take_output()).into_owned();
    let last = text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("").trim();
    if end != (End::Exit { code: 0 }) || last != "cmodx: ok" {
        return Err(format!("{}: {last}", explain(&end, image)));
    }
    let bytes = machine.ram().slice(range.start, range.end - range.start);
    bytes.map(<[u8]>::to_vec).ok_or_else(|| "the guest is larger than memory".to_owned())
}
