//! What the experiments return. Quantities are integers in the unit that the field names; `reports` makes records of them.

use crate::marks::{Disturbance, Split};
pub use crate::path::Path;
pub use crate::races::LocatedRace;
use crate::tracer::Tracer;
use cmodx_isa::Arch;
use cmodx_sim::finding::Finding;
pub use cmodx_sim::timed::Strategy;
use cmodx_trampolines::catalogue::Preemption;

/// The machine and scheme that a measurement was made on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setup {
    /// Instruction set.
    pub arch: Arch,
    /// Scheme id, as the catalogue has it (`call-ops/flush-batched`); `none` for a guest without ftrace.
    pub scheme: String,
    /// Core model (`sifive-u74`).
    pub core: String,
    /// Number of harts.
    pub harts: u32,
    /// SHA-256 of the resolved core model and topology, hex.
    pub config: String,
    /// SHA-256 of the guest's loaded bytes, hex.
    pub guest: String,
}

/// Cost of calling one traced function: one row of the ftrace-ops grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overhead {
    /// Machine and scheme.
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
    /// What the cycles and instructions went to.
    pub path: Path,
}

/// Cost of calling one function that a tracer of another kind than ops sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Machine and scheme.
    pub setup: Setup,
    /// Kind of the tracer.
    pub tracer: Tracer,
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
    /// What the cycles and instructions went to.
    pub path: Path,
}

/// What the patcher did to the sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// From untraced to one tracer.
    Enable,
    /// From one tracer to another.
    Retarget,
    /// From one tracer to untraced.
    Disable,
}

impl Action {
    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Action::Enable => "enable",
            Action::Retarget => "retarget",
            Action::Disable => "disable",
        }
    }
}

/// How long one patching operation took while the other harts called the sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Machine and scheme.
    pub setup: Setup,
    /// What was done.
    pub action: Action,
    /// To how many sites at once.
    pub sites: u32,
    /// Cycles from the request to its return, on the patcher's hart.
    pub cycles: u64,
    /// Instructions the patcher executed for it.
    pub instructions: u64,
    /// What the cycles went to.
    pub split: Split,
    /// What it cost the other harts.
    pub disturbance: Disturbance,
}

/// Text bytes of a kernel's functions under a scheme's site layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSize {
    /// Whose functions: a kernel (`riscv64-7.2`) or `corpus`.
    pub functions_of: String,
    /// Instruction set.
    pub arch: Arch,
    /// Scheme id or layout id; `none` for no ftrace.
    pub scheme: String,
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
    /// Data: the compiler's table of sites and the runtime's records of them.
    pub metadata_bytes: u64,
    /// Total of the same functions without ftrace.
    pub baseline_bytes: u64,
}

/// A concurrent run: sites toggled while other harts call them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toggling {
    /// Machine and scheme.
    pub setup: Setup,
    /// The run's name in results: `toggling`, or `latency-N` of calls beside changes of N sites.
    pub run: String,
    /// Kind of the tracers.
    pub tracer: Tracer,
    /// Enable, retarget and disable operations done.
    pub toggles: u64,
    /// Calls made by all other harts.
    pub calls: u64,
    /// Of them, those that a tracer saw.
    pub traced: u64,
    /// Calls that the guest itself found wrong.
    pub wrong: u64,
    /// Of the wrong ones, those that ended in a fault.
    pub wrong_trapped: u64,
    /// Of the wrong ones, those with a tracer that got another's ops, a freed one, or a wrong argument.
    pub wrong_tracers: u64,
    /// Bad passes that the oracle saw (counted whole, the first ones kept).
    pub bad_passes: u64,
    /// How the guest ended, where calls that went astray destroyed it; then nothing was counted but bad passes.
    pub lost: Option<String>,
    /// What decided whose turn it was; none for the machine's own order.
    pub trial: Option<Trial>,
    /// The first bad passes.
    pub findings: Vec<LocatedFinding>,
    /// What the sanitizer has found, if it was on.
    pub races: Vec<LocatedRace>,
    /// True when the scheme claims to survive this; a negative control claims the opposite.
    pub claims_safe: bool,
    /// Where threads could be preempted.
    pub preemption: Preemption,
    /// Timer interrupts of all harts.
    pub ticks: u64,
    /// Threads switched at the end of an interrupt.
    pub preemptions: u64,
    /// Threads moved to another hart.
    pub migrations: u64,
    /// Register frames of preempted threads that the scheme has moved.
    pub frames_fixed: u64,
}

/// What decided whose turn it was, and what else it takes to run a guest so again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How turns are given.
    pub strategy: Strategy,
    /// Of the adversary and of the guest's own choices.
    pub seed: u64,
    /// Sites that are patched together.
    pub sites: u32,
    /// Rounds of enable, retarget and disable.
    pub rounds: u64,
}

/// A finding with names for its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedFinding {
    /// The bad pass.
    pub finding: Finding,
    /// Name, or name+offset, of every address in it, ascending by address.
    pub symbols: Vec<(u64, String)>,
    /// Disassembly of every fetched instruction, in the finding's order.
    pub disassembly: Vec<String>,
}
