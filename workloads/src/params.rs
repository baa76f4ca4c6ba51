//! Parameters of a guest run, written into the image before it starts.
//!
//! The guest has a symbol `cmodx_params`: an array of 16 little-endian u64 in a section of its own. Patching the ELF file
//! keeps simulator and QEMU on the same bytes, and needs no channel that only one of them has. The unpatched image runs
//! [`Params::default`], a short self-test. `guest/params.rs` is the guest's side of this file.

pub use cmodx_trampolines::catalogue::Preemption;

use crate::tracer::Tracer;
use goblin::elf::{Elf, program_header::PT_LOAD};

/// First word of the array: "CMDXPRM" and a version byte, so that a host never patches a guest of another layout.
pub const MAGIC: u64 = u64::from_le_bytes(*b"CMDXPRM\x02");

/// Words in the array.
pub const WORDS: usize = 16;

/// Name of the symbol.
pub const SYMBOL: &str = "cmodx_params";

/// Flag of a toggle run: wrong calls are counted and do not fail it.
pub const WRONG_ALLOWED: u64 = 2;
/// Flag: remote `fence.i` by the guest's own IPIs, whose completion it waits for, and not by the SBI (RISC-V).
pub const FENCE_BY_IPI: u64 = 4;
/// Flag for the host alone: the board's SBI answers `remote_fence_i` when the request is sent, as its text permits, and not
/// when it is done (RISC-V).
pub const FENCE_UNWAITED: u64 = 8;
/// Flag of a check: it begins with sites traced.
pub const TRACED: u64 = 16;
/// Flag: a hart takes part in stop_machine in its interrupt handler, wherever the thread is, and not in a thread of its own
/// as Linux does: the schedule that was asked about in July 2025 for kernels without preemption, an interrupt between the two
/// instructions of a pair and the stop in it. It breaks `pair-stop` without any preemption.
pub const STOP_IN_INTERRUPT: u64 = 32;

/// What the guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Times calls of one traced function.
    Overhead,
    /// Times enabling, retargeting and disabling many sites at once.
    Latency,
    /// Toggles sites while all other harts call them, and checks every call.
    Toggle,
    /// Only prepares what the relaxed world then runs.
    Check,
}

/// What a guest run is asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    /// Word 1: what to do (0 overhead, 1 latency, 2 toggle, 3 check).
    pub mode: Mode,
    /// Word 2: harts to start, the boot hart included; at most 64 (8 in a machine of 8).
    pub harts: u64,
    /// Word 3: calls. Overhead: calls timed. Toggle: least number of calls that each calling hart makes.
    pub calls: u64,
    /// Word 4: ops that trace the timed function (overhead); at most 256.
    pub relevant: u64,
    /// Word 5: ops that trace another function (overhead); at most 256.
    pub irrelevant: u64,
    /// Word 6: sites patched at once (latency, toggle); at most what the image has.
    pub sites: u64,
    /// Word 7: rounds of enable, retarget, disable (latency, toggle).
    pub rounds: u64,
    /// Word 8: seed of the callers' choice of sites.
    pub seed: u64,
    /// Word 9: flags: [`WRONG_ALLOWED`], [`FENCE_BY_IPI`], [`FENCE_UNWAITED`], [`TRACED`], [`STOP_IN_INTERRUPT`].
    pub flags: u64,
    /// Word 10: where threads may be preempted (0 none, 1 voluntary, 2 full).
    pub preemption: Preemption,
    /// Word 11: calling threads on each hart but the patching one (latency, toggle). More than one need a tick.
    pub threads: u64,
    /// Word 12: mean nanoseconds between the timer interrupts of a hart; 0 for none.
    pub tick: u64,
    /// Word 13: kind of the tracers ([`Tracer::word`]). Overhead runs of another kind than ops take no numbers of tracers.
    pub tracer: Tracer,
}

impl Default for Params {
    /// What an unpatched image does: a short toggle run on two harts.
    fn default() -> Params {
        Params {
            mode: Mode::Toggle,
            harts: 2,
            calls: 100,
            relevant: 1,
            irrelevant: 0,
            sites: 16,
            rounds: 3,
            seed: 1,
            flags: 0,
            preemption: Preemption::None,
            threads: 1,
            tick: 0,
            tracer: Tracer::Ops,
        }
    }
}

/// An image that cannot take parameters.
#[derive(Debug, thiserror::Error)]
pub enum ParamsError {
    /// Not an ELF file that can be read.
    #[error("cannot read the guest image: {0}")]
    Elf(#[from] goblin::error::Error),
    /// The symbol is missing or lies outside the loaded bytes.
    #[error("the guest image has no {SYMBOL} array of {WORDS} words in its loaded bytes")]
    NoSymbol,
    /// The array starts with another magic number.
    #[error("{SYMBOL} starts with {found:#018x}, not {MAGIC:#018x}: the image was built for another version")]
    Magic {
        /// What stands there.
        found: u64,
    },
}

impl Params {
    /// The array's bytes as the guest reads them.
    pub fn to_bytes(&self) -> [u8; WORDS * 8] {
        let mode = match self.mode {
            Mode::Overhead => 0,
            Mode::Latency => 1,
            Mode::Toggle => 2,
            Mode::Check => 3,
        };
        let preemption = match self.preemption {
            Preemption::None => 0,
            Preemption::Voluntary => 1,
            Preemption::Full => 2,
        };
        let words = [
            MAGIC,
            mode,
            self.harts,
            self.calls,
            self.relevant,
            self.irrelevant,
            self.sites,
            self.rounds,
            self.seed,
            self.flags,
            preemption,
            self.threads,
            self.tick,
            self.tracer.word(),
        ];
        let mut bytes = [0; WORDS * 8];
        for (slot, word) in bytes.chunks_exact_mut(8).zip(words) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }
}

/// The image with these parameters in it.
///
/// # Errors
/// [`ParamsError`] when the file is no ELF or has no parameter array of this version.
pub fn patch_elf(image: &[u8], params: &Params) -> Result<Vec<u8>, ParamsError> {
    let at = params_offset(image)?;
    let mut patched = image.to_vec();
    patched[at..at + WORDS * 8].copy_from_slice(&params.to_bytes());
    Ok(patched)
}

/// File offset of the parameter array, checked to lie in the file and to start with the magic number.
fn params_offset(image: &[u8]) -> Result<usize, ParamsError> {
    let elf = Elf::parse(image)?;
    let symbol = elf.syms.iter().find(|s| elf.strtab.get_at(s.st_name) == Some(SYMBOL)).ok_or(ParamsError::NoSymbol)?;
    let segment = elf
        .program_headers
        .iter()
        .filter(|p| p.p_type == PT_LOAD)
        .find(|p| symbol.st_value >= p.p_vaddr && symbol.st_value - p.p_vaddr < p.p_filesz)
        .ok_or(ParamsError::NoSymbol)?;
    let at = segment.p_offset.checked_add(symbol.st_value - segment.p_vaddr).and_then(|at| usize::try_from(at).ok());
    let at = at.ok_or(ParamsError::NoSymbol)?;
    let end = at.checked_add(WORDS * 8).ok_or(ParamsError::NoSymbol)?;
    let array = image.get(at..end).ok_or(ParamsError::NoSymbol)?;
    let mut magic = [0; 8];
    magic.copy_from_slice(&array[..8]);
    match u64::from_le_bytes(magic) {
        MAGIC => Ok(at),
        found => Err(ParamsError::Magic { found }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::image;
    use cmodx_trampolines::catalogue::SCHEMES;

    #[test]
    fn an_unpatched_image_holds_the_default_parameters() {
        for scheme in SCHEMES {
            let image = image(scheme.arch, scheme.id).expect("an image");
            let patched = patch_elf(image, &Params::default()).expect("it takes parameters");
            assert!(patched == image, "{} on {}: the guest's defaults are others", scheme.id, scheme.arch);
        }
    }

    #[test]
    fn patching_changes_the_parameters_alone() {
        let image = image(SCHEMES[0].arch, SCHEMES[0].id).expect("an image");
        let params = Params {
            mode: Mode::Latency,
            harts: 8,
            calls: u64::MAX,
            relevant: 2,
            irrelevant: 3,
            sites: 4,
            rounds: 5,
            seed: 6,
            flags: WRONG_ALLOWED,
            preemption: Preemption::Full,
            threads: 9,
            tick: 10,
            tracer: Tracer::DirectNear,
        };
        let patched = patch_elf(image, &params).expect("it takes parameters");
        let at = params_offset(&patched).expect("they are still there");
        let words: Vec<u64> =
            patched[at..at + 112].chunks(8).map(|w| u64::from_le_bytes(w.try_into().expect("8 bytes"))).collect();
        assert_eq!(words, [MAGIC, 1, 8, u64::MAX, 2, 3, 4, 5, 6, 2, 2, 9, 10, 1]);
        assert!(image[..at] == patched[..at] && image[at + 128..] == patched[at + 128..]);
    }

    #[test]
    fn images_that_take_no_parameters_are_refused() {
        let image = image(SCHEMES[0].arch, SCHEMES[0].id).expect("an image");
        assert!(matches!(patch_elf(b"no ELF", &Params::default()), Err(ParamsError::Elf(_))));
        assert!(patch_elf(&image[..image.len() / 2], &Params::default()).is_err());
        let mut other = image.to_vec();
        let at = params_offset(image).expect("the array");
        other[at + 7] = 1;
        assert!(matches!(patch_elf(&other, &Params::default()), Err(ParamsError::Magic { .. })));
    }
}
