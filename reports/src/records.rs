//! The records of schema `cmodx-results/1`.
//!
//! Every quantity is an integer in the unit that its name ends in; a quantity per call stands in thousandths of a cycle
//! (`_milli`), a share in parts per million (`_ppm`). Fields are written in the order in which they stand here.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Name and major version of the schema.
pub const SCHEMA: &str = "cmodx-results/1";

/// The schema as a JSON Schema (draft 2020-12) of one line.
pub const JSON_SCHEMA: &str = include_str!("../schema/cmodx-results-1.json");

/// What was run: the first line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// [`SCHEMA`].
    pub schema: String,
    /// Version of the tool.
    pub tool: String,
    /// Commit that the tool was built from, 40 hex digits; none outside a repository.
    pub commit: Option<String>,
    /// True when the tool was built from more than the commit holds.
    pub dirty: bool,
    /// When the commit was made, seconds since 1970.
    pub commit_time: Option<u64>,
    /// The arguments that make these results again.
    pub args: Vec<String>,
    /// Facts about the host, which differ between equal runs: left out where files are compared byte by byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<BTreeMap<String, String>>,
}

impl Run {
    /// A run of this version of the tool, of which nothing else is known.
    pub fn new(tool: impl Into<String>) -> Run {
        Run {
            schema: SCHEMA.into(),
            tool: tool.into(),
            commit: None,
            dirty: false,
            commit_time: None,
            args: Vec::new(),
            host: None,
        }
    }

    /// The first 12 digits of the commit.
    pub fn commit12(&self) -> Option<&str> {
        self.commit.as_deref().map(|c| c.get(..12).unwrap_or(c))
    }

    /// The command that makes these results again, quoted for a shell.
    pub fn command(&self) -> String {
        let plain = |a: &str| !a.is_empty() && a.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,:+%@".contains(c));
        let quoted = |a: &String| if plain(a) { a.clone() } else { format!("'{}'", a.replace('\'', r"'\''")) };
        std::iter::once("cmodx".to_string()).chain(self.args.iter().map(quoted)).collect::<Vec<_>>().join(" ")
    }
}

/// The machine and scheme that a measurement was made on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Setup {
    /// Instruction set: `riscv64`, `aarch64`.
    pub arch: String,
    /// Scheme; `none` for a guest without ftrace.
    pub scheme: String,
    /// Core model.
    pub core: String,
    /// Number of harts.
    pub harts: u32,
    /// SHA-256 of the resolved core model and topology.
    pub config: String,
    /// SHA-256 of the guest's loaded bytes.
    pub guest: String,
}

impl Setup {
    /// The start of the ids of what was measured here: `riscv64/pair-stop/sifive-u74x4` (`x4` = 4 harts, left out for one).
    pub fn prefix(&self) -> String {
        format!("{}/{}/{}", self.arch, self.scheme, self.machine())
    }

    /// Core and number of harts: `sifive-u74`, `sifive-u74x4`.
    pub fn machine(&self) -> String {
        if self.harts == 1 { self.core.clone() } else { format!("{}x{}", self.core, self.harts) }
    }
}

/// What the cycles and instructions of all calls went to; the rest is the caller's loop and the traced function's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Path {
    /// Cycles of the site's instructions.
    pub site_cycles: u64,
    /// The instructions.
    pub site_instructions: u64,
    /// Cycles of trampolines and islands.
    pub trampoline_cycles: u64,
    /// The instructions.
    pub trampoline_instructions: u64,
    /// Cycles of the walk over the list of ops.
    pub list_cycles: u64,
    /// The instructions.
    pub list_instructions: u64,
    /// Cycles of the tracers, and of what direct calls call.
    pub tracer_cycles: u64,
    /// The instructions.
    pub tracer_instructions: u64,
}

impl Path {
    /// Cycles by part: site, trampoline, list, tracer.
    pub const fn cycles(&self) -> [u64; 4] {
        [self.site_cycles, self.trampoline_cycles, self.list_cycles, self.tracer_cycles]
    }
}

/// One row of the ftrace-ops grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overhead {
    /// `<arch>/<scheme>/<machine>/overhead/<relevant>-<irrelevant>`.
    pub id: String,
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// Tracers attached to the called function.
    pub relevant: u32,
    /// Tracers attached to another function.
    pub irrelevant: u32,
    /// Calls made.
    pub calls: u64,
    /// Cycles for all calls.
    pub cycles: u64,
    /// Instructions for all calls.
    pub instructions: u64,
    /// L1 instruction cache misses during the calls.
    pub icache_misses: u64,
    /// L1 data cache misses during the calls.
    pub dcache_misses: u64,
    /// Mispredicted branches during the calls.
    pub mispredicts: u64,
    /// What the cycles went to.
    #[serde(flatten)]
    pub path: Path,
    /// Cycles of one call.
    pub cycles_per_call_milli: u64,
    /// Over the row 0|0 of the same scheme and machine.
    pub overhead_milli: Option<i64>,
    /// Over scheme `none` on the same machine.
    pub over_none_milli: Option<i64>,
}

/// Cost of calling one function that a tracer of another kind than ops sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// `<arch>/<scheme>/<machine>/call/<tracer>`.
    pub id: String,
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// Kind of the tracer (`direct-near`).
    pub tracer: String,
    /// Calls made.
    pub calls: u64,
    /// Cycles for all calls.
    pub cycles: u64,
    /// Instructions for all calls.
    pub instructions: u64,
    /// L1 instruction cache misses during the calls.
    pub icache_misses: u64,
    /// L1 data cache misses during the calls.
    pub dcache_misses: u64,
    /// Mispredicted branches during the calls.
    pub mispredicts: u64,
    /// What the cycles went to.
    #[serde(flatten)]
    pub path: Path,
    /// Cycles of one call.
    pub cycles_per_call_milli: u64,
    /// Over the grid's row 0|0 of the same scheme and machine.
    pub overhead_milli: Option<i64>,
}

/// How long one patching operation took while other harts called the sites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// `<arch>/<scheme>/<machine>/latency/<action>-<sites>`.
    pub id: String,
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// `enable`, `retarget` or `disable`.
    pub action: String,
    /// Sites patched at once.
    pub sites: u32,
    /// Cycles from the request to its return, on the patcher's hart.
    pub cycles: u64,
    /// Instructions that the patcher executed for it.
    pub instructions: u64,
    /// Cycles for one site.
    pub cycles_per_site_milli: Option<u64>,
    /// Cycles of finding out which sites must change, and how.
    #[serde(default)]
    pub bookkeeping_cycles: u64,
    /// Cycles of writing literals and instructions.
    #[serde(default)]
    pub store_cycles: u64,
    /// Cycles of cache maintenance and fences on the patcher's hart.
    #[serde(default)]
    pub cache_cycles: u64,
    /// Cycles of interrupts and remote fences: asking, and waiting for the answers.
    #[serde(default)]
    pub ipi_cycles: u64,
    /// Cycles of waiting for other harts or threads to be somewhere else.
    #[serde(default)]
    pub quiescence_cycles: u64,
    /// Cycles that the other harts spent in handlers, in remote fences and standing still.
    #[serde(default)]
    pub lost_cycles: u64,
    /// The longest single loss of them, cycles.
    #[serde(default)]
    pub longest_loss: u64,
    /// Losses by size: `[n, count]` for those of at least 2^n and less than 2^(n+1) cycles.
    #[serde(default)]
    pub losses: Vec<(u32, u64)>,
}

/// Text bytes of a kernel's functions under a scheme's site layout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// `<arch>/<scheme>/size/<functions_of>`.
    pub id: String,
    /// Instruction set.
    pub arch: String,
    /// Scheme or layout; `none` for no ftrace.
    pub scheme: String,
    /// Whose functions.
    pub functions_of: String,
    /// Functions laid out.
    pub functions: u64,
    /// Functions with a site.
    pub sites: u64,
    /// Bytes of the function bodies, without any site.
    pub body_bytes: u64,
    /// Bytes of patchable instructions.
    pub site_bytes: u64,
    /// Bytes of literals.
    pub literal_bytes: u64,
    /// Bytes of alignment padding.
    pub padding_bytes: u64,
    /// All of them together.
    pub total_bytes: u64,
    /// Data about sites: the compiler's table and the runtime's records.
    #[serde(default)]
    pub metadata_bytes: u64,
    /// Total of the same functions without ftrace.
    pub baseline_bytes: u64,
    /// Growth over no ftrace, of the baseline.
    pub over_none_ppm: Option<i64>,
}

/// How a concurrent run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// A call went wrong, or a pass through a site did.
    Unsafe,
    /// Nothing went wrong in this run: no proof.
    Survived,
}

impl Outcome {
    /// The word used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Outcome::Unsafe => "unsafe",
            Outcome::Survived => "survived",
        }
    }
}

/// A timed concurrent run: sites toggled while other harts call them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// `<arch>/<scheme>/<machine>/verdict/toggling`, followed by `-<tracer>` for another kind of tracer than ops and by
    /// `-<preemption>` where threads are preempted. Against an adversary `<strategy>-seed-<seed>` instead of `toggling`.
    pub id: String,
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// Kind of the tracers.
    #[serde(default = "ops")]
    pub tracer: String,
    /// Where threads may be preempted: `none`, `voluntary`, `full`.
    #[serde(default = "none")]
    pub preemption: String,
    /// Threads switched at the end of an interrupt.
    #[serde(default)]
    pub preemptions: u64,
    /// Threads moved to another hart.
    #[serde(default)]
    pub migrations: u64,
    /// Enable, retarget and disable operations done.
    pub toggles: u64,
    /// Calls made by the other harts.
    pub calls: u64,
    /// Of them, those that a tracer saw.
    pub traced: u64,
    /// Calls that the guest itself found wrong.
    pub wrong: u64,
    /// Bad passes that the oracle saw.
    pub bad_passes: u64,
    /// What the scheme says of itself; a negative control says false.
    pub claims_safe: bool,
    /// How it ended.
    pub verdict: Outcome,
    /// Id of the first finding.
    pub counterexample: Option<String>,
    /// How the guest ended, where calls that went astray destroyed it; then nothing was counted but bad passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// What decided whose turn it was; none for the machine's own order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<Trial>,
}

/// What decided whose turn it was, and what else it takes to run the guest so again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// `turns` (anybody's) or `pct` (by priorities that change seldom).
    pub strategy: String,
    /// Steps that have to come in one order for the faults that `pct` looks for; 0 for `turns`.
    pub depth: u32,
    /// Stores to the sites among which the changes of `pct` were drawn; 0 for `turns`.
    pub stores: u64,
    /// Of the adversary and of the guest's own choices.
    pub seed: u64,
    /// Sites that were patched together.
    pub sites: u32,
    /// Rounds of enable, retarget and disable.
    pub rounds: u64,
}

/// The preemption of records that do not name any.
fn none() -> String {
    "none".into()
}

/// The kind of tracers that records without one are about.
fn ops() -> String {
    "ops".into()
}

impl Verdict {
    /// True when the run ended as the scheme claims.
    pub fn as_claimed(&self) -> bool {
        (self.verdict == Outcome::Survived) == self.claims_safe
    }
}

/// One bad pass through a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// First 8 hex digits of the SHA-256 of the facts.
    pub id: String,
    /// The facts.
    #[serde(flatten)]
    pub facts: Facts,
    /// How often such a thing was seen in the run.
    pub observation: Observation,
}

/// The facts of a finding: what happened, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Machine and scheme.
    #[serde(flatten)]
    pub setup: Setup,
    /// `torn-fetch`, `wrong-target`, or `wrong-call`: the pass ended well, and the caller found that no tracer had seen the call that
    /// should have, or another one.
    pub finding: String,
    /// The site.
    pub site: Place,
    /// Whose pass it was.
    pub hart: u16,
    /// When the pass ended.
    pub cycle: u64,
    /// The instructions of the pass, in order.
    pub fetched: Vec<Fetched>,
    /// Where control went from the site.
    pub went_to: Place,
    /// Where the scheme lets it go.
    pub allowed: Vec<Place>,
    /// When this hart last synchronized its fetches; none if never.
    pub last_sync: Option<u64>,
    /// When this hart took interrupts during the pass.
    pub interrupted: Vec<u64>,
}

/// How often a pass through the sites was bad, in one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Id of the verdict that this finding belongs to.
    pub verdict: String,
    /// Bad passes.
    pub bad: u64,
    /// Calls that were not.
    pub good: u64,
}

/// An address with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The address.
    pub address: Hex,
    /// Name, or name+offset.
    pub symbol: Option<String>,
}

/// One fetched instruction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// Its address.
    pub pc: Place,
    /// Its bytes in memory order, hex.
    pub bytes: String,
    /// What these bytes mean.
    pub disassembly: Option<String>,
    /// When it issued.
    pub cycle: u64,
    /// When the hart's copy read these bytes from memory.
    pub copied: u64,
    /// Who had stored these bytes; none for bytes loaded with the image.
    pub writer: Option<Writer>,
    /// What memory held at `cycle`, in memory order, when it was something else: the fetch was stale.
    pub memory: Option<String>,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// Who stored.
    pub hart: u16,
    /// When the store reached memory.
    pub cycle: u64,
    /// The store instruction.
    pub pc: Place,
    /// Where it stored to.
    pub at: Place,
    /// Bytes stored.
    pub size: u8,
    /// Value stored.
    pub value: Hex,
}

/// A 64-bit address or value, written as `"0x1f"`: JSON numbers above 2^53 do not survive every reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hex(pub u64);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hex, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.strip_prefix("0x")
            .and_then(|digits| u64::from_str_radix(digits, 16).ok())
            .map(Hex)
            .ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no hexadecimal number like \"0x1f\"")))
    }
}
