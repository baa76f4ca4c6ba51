//! Races that the sanitizer has found, with names and source lines for their addresses.

use crate::check::located::Place;
use crate::guest_run::disassemble;
use cmodx_isa::Arch;
use cmodx_sim::lines::Lines;
use cmodx_sim::loader::Image;
pub use cmodx_sim::sanitizer::{Missing, Race, RacingFetch, Why};
use std::collections::BTreeMap;

/// A race with names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedRace {
    /// The race.
    pub race: Race,
    /// Every address in it.
    pub places: BTreeMap<u64, Place>,
    /// The instruction as it was fetched, and the one before it.
    pub disassembly: [Option<String>; 2],
}

/// Names all addresses of some races in this program.
pub fn locate<'a>(races: impl Iterator<Item = &'a Race>, image: &Image, lines: &Lines) -> Vec<LocatedRace> {
    races.map(|race| located(race, image, lines)).collect()
}

fn located(race: &Race, image: &Image, lines: &Lines) -> LocatedRace {
    let place =
        |at: u64| Place { symbol: image.symbol_at(at).map(|_| image.describe(at)), line: Place::line(lines, at) };
    let fetches = || std::iter::once(&race.fetch).chain(&race.before);
    let addresses = fetches().flat_map(|fetch| [fetch.fetch.pc, fetch.fetch.at, fetch.store.pc, fetch.store.at]);
    let text = |arch: Arch, word: u32, pc: u64| disassemble(arch, word, pc);
    let disassembly = [Some(&race.fetch), race.before.as_ref()]
        .map(|fetch| fetch.map(|fetch| text(image.arch, fetch.fetch.word, fetch.fetch.pc)));
    LocatedRace { race: *race, places: addresses.map(|at| (at, place(at))).collect(), disassembly }
}
