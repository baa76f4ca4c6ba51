//! Ablation: what of a protocol is needed? Each barrier, cache operation and request of the patcher is left out, one at a
//! time, and so is alignment; what turns the verdict is needed.

use super::boot::Boot;
use super::harness::Case;
use super::located::place;
use super::matrix::Answer;
use crate::guest_run::RunError;
use cmodx_isa::Arch;
use cmodx_sim::relaxed::message::Footprint;
use cmodx_sim::relaxed::native::{Part, Request};
use cmodx_sim::verdict::Verdict;

/// A case with something left out.
#[derive(Clone, Debug)]
pub struct Ablated {
    /// What was left out, where.
    pub part: String,
    /// What came of it.
    pub answer: Answer,
    /// The verdict turned to unsafe.
    pub needed: bool,
}

/// The instruction that does nothing.
const fn nop(arch: Arch) -> u32 {
    match arch {
        Arch::Riscv64 => 0x0000_0013,
        Arch::Aarch64 => 0xd503_201f,
    }
}

/// Leaves out each part of the protocol that the whole case was seen to use. Empty when the whole case is not safe.
///
/// # Errors
/// [`RunError::Missing`] when the guest lacks what the harness needs.
pub fn ablate(whole: &Answer, boot: &Boot) -> Result<Vec<Ablated>, RunError> {
    if !matches!(whole.examined.verdict, Verdict::Safe | Verdict::SafeBounded { .. }) {
        return Ok(Vec::new());
    }
    let case = &whole.case;
    let program = case.program(boot)?;
    let mut variants: Vec<(String, Case)> = Vec::new();
    for &at in &whole.examined.barriers {
        let Some(word) = boot.memory.read(Footprint::new(at, 4)) else { continue };
        let text = crate::guest_run::disassemble(case.scheme.arch, word as u32, at);
        let known = place(at, &program, boot);
        let line = known.line.map_or_else(String::new, |line| format!(" ({line})"));
        let name = format!("{text} at {}{line}", known.symbol.unwrap_or_else(|| format!("{at:#x}")));
        let mut changed = case.clone();
        changed.changed.push((at, nop(case.scheme.arch).to_le_bytes().to_vec()));
        variants.push((name, changed));
    }
    for &(number, request) in &whole.examined.requests {
        for (part, what) in [
            (Part::Whole, "the whole of it"),
            (Part::Wait, "waiting for it"),
            (Part::Synchronization, "what the others do to their fetches"),
        ] {
            let applies = match (request, part) {
                (_, Part::Whole) => true,
                (Request::FenceI, _) => true,
                (Request::Stop, Part::Synchronization) => true,
                (Request::Interrupt, Part::Synchronization) => case.scheme.arch == Arch::Aarch64,
                _ => false,
            };
            if applies {
                let mut changed = case.clone();
                changed.without.push((number, part));
                variants.push((format!("request {number}, {}: {what}", request.name()), changed));
            }
        }
    }
    if case.scheme.arch == Arch::Riscv64 {
        let mut changed = case.clone();
        changed.split_words = true;
        variants.push(("alignment of functions to more than 2 bytes".to_owned(), changed));
    }
    let without = |(part, case): (String, Case)| {
        let answer = case.answer(boot)?;
        let needed = matches!(answer.examined.verdict, Verdict::Unsafe { .. });
        Ok(Ablated { part, answer, needed })
    };
    variants.into_iter().map(without).collect()
}
