//! What the CMODX sanitizer has found: its records, and a race as text. The text is rendered from the record alone.

use crate::records::{Hex, Place, Setup};
use cmodx_workloads::races::{LocatedRace, Missing, RacingFetch, Why};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A store and a fetch of modified code without the synchronization that must come between them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Race {
    /// First 8 hex digits of the SHA-256 of the facts.
    pub id: String,
    /// The facts.
    #[serde(flatten)]
    pub facts: Facts,
    /// How often the two instructions raced in the run.
    pub count: u64,
    /// The run, as its verdict is named after; `run` for a program of its own.
    pub run: String,
    /// True when the scheme claims to be safe; a program claims nothing.
    pub claims_safe: bool,
}

/// The facts of a race.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// Why the architecture does not allow it: `own-store`, `not-one-unit`, `sequence`, `not-listed`.
    pub why: String,
    /// What is missing: `fence.i`, `clean`, `invalidate`, `context`.
    pub missing: String,
    /// Who fetched.
    pub hart: u16,
    /// When it last synchronized its fetches; none if never.
    pub last_sync: Option<u64>,
    /// What it executed.
    pub fetch: Fetch,
    /// The instruction executed before it, of a sequence.
    pub before: Option<Fetch>,
}

/// An executed instruction, and the store that the hart has not synchronized with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetch {
    /// Its address.
    pub pc: Place,
    /// File and line of its source.
    pub line: Option<String>,
    /// Its bytes in memory order, hex.
    pub bytes: String,
    /// What they mean.
    pub disassembly: Option<String>,
    /// When it was executed.
    pub cycle: u64,
    /// When the hart's copy read these bytes from memory.
    pub copied: u64,
    /// The same bytes before the store.
    pub old: String,
    /// And when it was executed.
    pub new: String,
    /// The store.
    pub store: Store,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Who stored.
    pub hart: u16,
    /// When it reached memory.
    pub cycle: u64,
    /// The store instruction.
    pub pc: Place,
    /// File and line of its source.
    pub line: Option<String>,
    /// Where it stored to.
    pub at: Place,
    /// Bytes stored.
    pub size: u8,
}

impl Race {
    /// The record of a race in a run.
    pub fn new(located: &LocatedRace, setup: Setup, run: String, claims_safe: bool) -> Race {
        let race = &located.race;
        let missing = match race.missing {
            Missing::FenceI => "fence.i",
            Missing::Clean => "clean",
            Missing::Invalidate => "invalidate",
            Missing::Context => "context",
        };
        let [text, text_before] = &located.disassembly;
        let facts = Facts {
            setup,
            why: race.why.name().into(),
            missing: missing.into(),
            hart: race.hart.0,
            last_sync: race.last.map(|cycle| cycle.0),
            fetch: fetch(located, &race.fetch, text),
            before: race.before.as_ref().map(|before| fetch(located, before, text_before)),
        };
        let json = serde_json::to_vec(&facts).expect("facts are strings and integers only");
        let id = Sha256::digest(json).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Race { id, facts, count: race.count, run, claims_safe }
    }
}

fn fetch(located: &LocatedRace, racing: &RacingFetch, disassembly: &Option<String>) -> Fetch {
    let known = |at: u64| located.places.get(&at).cloned().unwrap_or_default();
    let place = |at: u64| Place { address: Hex(at), symbol: known(at).symbol };
    let RacingFetch { fetch, cycle, old, new, store } = racing;
    let bytes = |word: u32| crate::convert::memory_order(word, fetch.length.min(4));
    Fetch {
        pc: place(fetch.pc),
        line: known(fetch.pc).line,
        bytes: bytes(fetch.word),
        disassembly: disassembly.clone(),
        cycle: cycle.0,
        copied: fetch.copied[0].0,
        old: bytes(*old),
        new: bytes(*new),
        store: Store {
            hart: store.hart.0,
            cycle: store.cycle.0,
            pc: place(store.pc),
            line: known(store.pc).line,
            at: place(store.at),
            size: store.size,
        },
    }
}

impl Facts {
    /// True when old and new instructions of one sequence were executed.
    fn is_torn(&self) -> bool {
        let stale = |fetch: &Fetch| fetch.bytes != fetch.new;
        self.before.as_ref().is_some_and(|before| stale(before) != stale(&self.fetch))
    }

    fn why(&self) -> String {
        let own = Why::OwnStore.name();
        match self.why.as_str() {
            why if why == own => "the hart runs what it stored itself".into(),
            why if why == Why::NotOneUnit.name() => {
                "the instruction is not one aligned unit that one store covers".into()
            }
            why if why == Why::Sequence.name() && self.is_torn() => {
                "two instructions were changed, and the hart executed the old of one and the new of the other".into()
            }
            why if why == Why::Sequence.name() => {
                "two instructions were changed, and the hart executed both; it could have seen one old, one new".into()
            }
            _ => "the old or the new instruction is not of those that may be changed while they are executed".into(),
        }
    }

    fn missing(&self) -> String {
        let hart = self.hart;
        let since = match self.last_sync {
            Some(cycle) => format!("the last was at cycle {cycle}"),
            None => "there was none".into(),
        };
        match self.missing.as_str() {
            "fence.i" => format!("FENCE.I on hart {hart} after the store reached memory ({since})"),
            "clean" => "DC CVAU of the line after the store, completed by DSB".into(),
            "invalidate" => "IC IVAU of the line after the store was clean, completed by DSB".into(),
            _ => format!("a context synchronization event of hart {hart} after the maintenance ({since})"),
        }
    }
}

/// The report of one race; `again` is the command that shows it again.
pub fn render(race: &Race, again: &str) -> String {
    const RULE: &str = "==================================================================";
    let facts = &race.facts;
    let setup = &facts.setup;
    let what = if facts.is_torn() { "torn fetch" } else { "unsynchronized fetch" };
    let mut text = format!(
        "{RULE}\nBUG: {what} in {}   scheme {}/{}   core {}, {} {}   [{}]\n\n",
        name(&facts.fetch.pc),
        setup.arch,
        setup.scheme,
        setup.core,
        setup.harts,
        if setup.harts == 1 { "hart" } else { "harts" },
        race.id,
    );
    let fetches: Vec<&Fetch> = facts.before.iter().chain([&facts.fetch]).collect();
    let mut stores: Vec<&Store> = fetches.iter().map(|fetch| &fetch.store).collect();
    stores.sort_by_key(|store| (store.cycle, store.hart));
    stores.dedup();
    for (n, store) in (1..).zip(&stores) {
        let Store { hart, cycle, pc, line, at, size } = store;
        let _ = writeln!(text, "({n}) store of {size} bytes to {} by hart {hart} at cycle {cycle}:", at.address);
        let _ = writeln!(text, "      {:<28} {}", name(pc), source(line));
    }
    for (n, fetch) in (stores.len() + 1..).zip(&fetches) {
        let length = fetch.bytes.len() / 2;
        let (hart, cycle) = (facts.hart, fetch.cycle);
        let _ =
            writeln!(text, "({n}) fetch of {length} bytes from {} by hart {hart} at cycle {cycle}:", fetch.pc.address);
        let disassembly = fetch.disassembly.as_deref().unwrap_or("(no disassembly)");
        let _ = writeln!(text, "      {:<28} {}      {disassembly}", name(&fetch.pc), source(&fetch.line));
        let of = stores.iter().position(|store| *store == &fetch.store).map_or(0, |at| at + 1);
        let which = if fetch.bytes == fetch.new { "new" } else { "stale" };
        let Fetch { bytes, old, new, copied, .. } = fetch;
        let _ =
            writeln!(text, "      bytes {bytes} ({which}), copied at cycle {copied}; store ({of}) made {old} {new}");
    }
    let _ = writeln!(text, "\nnot allowed:    {}", facts.why());
    let _ = writeln!(text, "missing:        {}", facts.missing());
    let _ = writeln!(text, "seen:           {} times, this is the first", race.count);
    let _ = writeln!(text, "machine:        config {}", setup.config);
    let _ = writeln!(text, "guest:          {}", setup.guest);
    let _ = writeln!(text, "again:          {again}\n{RULE}");
    text
}

fn name(place: &Place) -> String {
    place.symbol.clone().unwrap_or_else(|| place.address.to_string())
}

fn source(line: &Option<String>) -> &str {
    line.as_deref().unwrap_or("(no source line)")
}
