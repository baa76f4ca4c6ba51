//! Islands: where dispatchers must stand in a kernel's text so that every site reaches one with a single call instruction.
//!
//! The text is that of the layout model ([`super::layout`]) under a scheme whose site is one such instruction. Islands stand
//! between functions and are laid out with them. The greedy choice, each island as late as the first site without one
//! allows, gives the least number for text laid out in this order: of sites that one island cannot serve together, each
//! needs another.

use cmodx_isa::Arch;
use serde::Serialize;

use super::layout::{Alignment, Layout, SHIPPED_SITE_BYTES, own_bytes};
use super::table::FunctionTable;

/// How far one call instruction goes, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallReach {
    /// Its name.
    pub instruction: &'static str,
    /// Towards lower addresses.
    pub back: u64,
    /// Towards higher addresses.
    pub forward: u64,
}

impl CallReach {
    /// The single call instruction of an instruction set: jal, or bl.
    pub const fn of(arch: Arch) -> CallReach {
        match arch {
            Arch::Riscv64 => CallReach { instruction: "jal", back: 1 << 20, forward: (1 << 20) - 2 },
            Arch::Aarch64 => CallReach { instruction: "bl", back: 1 << 27, forward: (1 << 27) - 4 },
        }
    }
}

/// Bytes of an island: auipc and jr; adrp, add and br would take 12, but no kernel's text needs one on AArch64.
pub const ISLAND_BYTES: u64 = 8;

/// Islands of one kernel, for one trampoline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Islands {
    /// Whose functions.
    pub functions_of: String,
    /// The instruction that must reach one.
    pub instruction: &'static str,
    /// Sites.
    pub sites: u64,
    /// Bytes from the first function to the last, islands included.
    pub text_bytes: u64,
    /// Their places, bytes from the start of the text, ascending.
    pub places: Vec<u64>,
    /// What they take. Where one place serves all sites the trampoline itself can stand there, and no island is needed.
    pub island_bytes: u64,
    /// The greatest distance of a site from the nearest place.
    pub farthest: u64,
}

/// Lays a kernel's functions out under `layout` and puts islands between them.
pub fn islands(table: &FunctionTable, layout: &Layout, reach: CallReach) -> Islands {
    let mut at = 0;
    let mut places: Vec<u64> = Vec::new();
    let mut sites: Vec<u64> = Vec::new();
    // The first site that no place serves yet.
    let mut waiting: Option<u64> = None;
    let text = table.text();
    for (i, function) in text.iter().enumerate() {
        let bytes = own_bytes(function, text.get(i + 1));
        let sited = function.site_offset.is_some();
        let extent = if sited {
            layout.literal_bytes + layout.site_bytes + bytes.saturating_sub(SHIPPED_SITE_BYTES)
        } else {
            bytes
        };
        let behind = (layout.alignment.apply(at) + extent).next_multiple_of(4);
        if let Some(first) = waiting
            && behind - first > reach.forward
        {
            let place = at.next_multiple_of(4);
            places.push(place);
            at = place + ISLAND_BYTES;
            waiting = None;
        }
        let start = layout.alignment.apply(at);
        if sited {
            let site = start + layout.literal_bytes;
            sites.push(site);
            if waiting.is_none() && places.last().is_none_or(|place| site - place > reach.back) {
                waiting = Some(site);
            }
        }
        at = start + extent;
    }
    if waiting.is_some() {
        places.push(at.next_multiple_of(4));
        at = at.next_multiple_of(4) + ISLAND_BYTES;
    }
    let farthest = sites.iter().map(|&site| nearest(&places, site)).max().unwrap_or(0);
    let island_bytes = if places.len() > 1 { places.len() as u64 * ISLAND_BYTES } else { 0 };
    Islands {
        functions_of: table.name.clone(),
        instruction: reach.instruction,
        sites: sites.len() as u64,
        text_bytes: at,
        places,
        island_bytes,
        farthest,
    }
}

/// Distance to the nearest place.
fn nearest(places: &[u64], site: u64) -> u64 {
    places.iter().map(|&place| place.abs_diff(site)).min().unwrap_or(u64::MAX)
}

/// The layout that islands are counted for: a literal and one call instruction, aligned to 8.
pub fn one_call_layout(arch: Arch) -> Layout {
    let id = "jal-islands";
    Layout { id, arch, site_bytes: 4, literal_bytes: 8, alignment: Alignment::gcc(arch).demanding(8) }
}
