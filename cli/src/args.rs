//! The command line.

use crate::sweep::Sweep;
use clap::{Args, Parser, Subcommand, ValueEnum};
use cmodx_isa::Arch;
use cmodx_isa::riscv::Extensions;
use cmodx_reports::compare::Limit;
use cmodx_sim::relaxed::model::Model;
use std::path::PathBuf;

/// Is this way of patching code safe, and what does it cost?
///
/// cmodx runs real call sites, real trampolines and a concurrent patcher on simulated RV64 and AArch64 machines whose
/// instruction caches go stale.
#[derive(Debug, Parser)]
#[command(name = "cmodx", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 answered and clean; 1 answered, and the answer is a finding (unsafe, regressed); \
2 could not answer (bad arguments, unreadable input, a guest that fails); `run` passes the guest's own exit code on, but for what \
--sanitize finds.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what exists: schemes, cores, workloads.
    List {
        /// What to list; everything if left out.
        what: Option<Listed>,
        /// Write one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Measure overhead, patch latency, text size and survival of concurrent patching.
    Bench(Bench),
    /// Measure the default matrix (or read result files) and write one HTML report.
    Report(Report),
    /// Run a bare-metal ELF program.
    Run(Run),
    /// Look into a real kernel image.
    Kernel {
        /// What to do with it.
        #[command(subcommand)]
        command: Kernel,
    },
    /// Decide whether schemes are safe: every execution of their own bytes that the architecture allows.
    Check(CheckArgs),
    /// Run a counterexample of `check` again and show it.
    Replay(Replay),
    /// Run a program as `run` does and show where each instruction is in which cycle, or what cycles are lost to.
    Trace(PipelineTrace),
    /// Run litmus tests in herd's format under a model of instruction fetch.
    Litmus(Litmus),
    /// Compare two result files; exit code 1 when something got worse.
    Compare(Compare),
    /// Join the result files of shards or of different commands of one commit.
    Merge(Merge),
    /// Plot result files over commits.
    History(History),
    /// Print the JSON Schema of result files.
    Schema,
}

/// What `list` can list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// The patching schemes.
    Schemes,
    /// The core models.
    Cores,
    /// What can be measured.
    Workloads,
    /// What the relaxed world knows of instruction fetch.
    Models,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned text.
    #[default]
    Text,
    /// JSON Lines.
    Json,
    /// Markdown.
    Markdown,
}

/// How the answer is written on stdout.
#[derive(Clone, Copy, Debug, Args)]
pub struct Output {
    /// How to write the answer.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Short for --format json.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

impl Output {
    /// The format asked for.
    pub fn format(self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// What a measuring command measures.
#[derive(Debug, Args)]
pub struct Selection {
    /// Only this scheme (an id, or the part before its slash); may be repeated.
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Vec<String>,
    /// A scheme of your own: a folder with scheme.toml, scheme.rs and trampoline-ARCH.S; may be repeated. Alone, it is compared
    /// with the baseline; with --scheme, with those too. Needs the pinned Rust toolchain.
    #[arg(long, value_name = "DIR")]
    pub scheme_dir: Vec<PathBuf>,
    /// Only this core model: a name of `cmodx list cores` or a TOML file; may be repeated.
    #[arg(long, value_name = "CORE")]
    pub core: Vec<String>,
    /// Only this instruction set: riscv64 or aarch64.
    #[arg(long, value_name = "ARCH")]
    pub arch: Option<String>,
    /// Calls of each row of the overhead grid.
    #[arg(long, value_name = "N")]
    pub calls: Option<u64>,
    /// Harts of the patching experiments (default: 2 and 8); may be repeated. The concurrent runs take the first.
    #[arg(long, value_name = "N")]
    pub harts: Vec<usize>,
    /// Sites patched at once (default: 1, 100 and 10000); more than 10100 need the pinned Rust toolchain, to build such guests.
    /// May be repeated. The concurrent runs take the first.
    #[arg(long, value_name = "N")]
    pub sites: Vec<u32>,
    /// Where threads may be preempted in the concurrent runs: none, voluntary or full (default: none, and a shorter run of
    /// full); may be repeated.
    #[arg(long, value_name = "MODEL")]
    pub preemption: Vec<String>,
    /// Rounds of enable, retarget and disable of the concurrent run.
    #[arg(long, value_name = "N")]
    pub rounds: Option<u64>,
    /// Seed of the concurrent run.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// In the concurrent runs, report fetches of modified code that a hart has not synchronized with, even of the right bytes; exit
    /// code 1 for one in a scheme that claims to be safe.
    #[arg(long)]
    pub sanitize: bool,
    /// Leave facts about the host out of the results.
    #[arg(long)]
    pub no_host: bool,
    /// No progress display.
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// What is measured.
    #[command(flatten)]
    pub selection: Selection,
    /// Measure with each value of a parameter of the core model: KEY=A..B, KEY=A..B:STEP or KEY=X,Y,Z, with KEY as in the
    /// model's TOML file (fence_i.per_line=0..10); may be repeated, each parameter on its own.
    #[arg(long, value_name = "KEY=VALUES")]
    pub sweep: Vec<Sweep>,
    /// Write the results to this file (JSON Lines); `-` is stdout.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Also keep them in this folder as the results of the commit that the tool was built from.
    #[arg(long, value_name = "DIR")]
    pub save_history: Option<PathBuf>,
    /// How the answer is written.
    #[command(flatten)]
    pub out: Output,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Result file to render; measured anew if left out.
    pub results: Option<PathBuf>,
    /// The report.
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    pub output: PathBuf,
    /// Also write the results that were measured (JSON Lines).
    #[arg(long, value_name = "FILE", conflicts_with = "results")]
    pub save_results: Option<PathBuf>,
    /// What is measured.
    #[command(flatten)]
    pub selection: Selection,
}

/// Arguments of `run`.
#[derive(Clone, Debug, Args)]
pub struct Run {
    /// The program: an ELF file for riscv64 or aarch64.
    pub elf: PathBuf,
    /// Number of harts.
    #[arg(long, default_value_t = 1)]
    pub harts: usize,
    /// RAM in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub memory: u64,
    /// Core model: a name of `cmodx list cores` or a TOML file.
    #[arg(long)]
    pub core: Option<String>,
    /// What the hart's caches promise to instruction fetch, whatever the core model says.
    #[arg(long, value_enum, value_name = "MODEL")]
    pub coherence: Option<CoherenceModel>,
    /// Whether native firmware (SBI) serves the program; auto: unless it is loaded where firmware would be.
    #[arg(long, value_enum, default_value_t)]
    pub firmware: FirmwareChoice,
    /// The extensions of RISC-V harts, as an ISA string (rv64gc_zicntr_zba); all there are if left out. Instructions of others
    /// are illegal.
    #[arg(long, value_name = "STRING")]
    pub isa: Option<Extensions>,
    /// Exception level in which an AArch64 program starts: 1, or 2 with an EL2 as QEMU's `virtualization=on` has it.
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2), conflicts_with = "user")]
    pub el: u8,
    /// AArch64 harts have FEAT_PAuth, with QARMA5: pointers are signed and authenticated. Without it the instructions of the hint
    /// space do nothing, and the others are undefined.
    #[arg(long, conflicts_with = "user")]
    pub pauth: bool,
    /// Report fetches of modified code that a hart has not synchronized with, even of the right bytes, on stderr; exit code 1 if
    /// there are any.
    #[arg(long)]
    pub sanitize: bool,
    /// Write them to this file too, as result records (JSON Lines).
    #[arg(long, value_name = "FILE", requires = "sanitize")]
    pub races: Option<PathBuf>,
    /// Stop after this many instructions of all harts together, with exit code 2.
    #[arg(long, value_name = "N")]
    pub max_instructions: Option<u64>,
    /// Print counters of every hart on stderr at the end.
    #[arg(long)]
    pub stats: bool,
    /// What instructions cost: nothing but a cycle each, or what the core model says of its pipeline and caches. Instruction
    /// caches go stale in both.
    #[arg(long, value_enum, default_value_t)]
    pub timing: Timing,
    /// Run a static Linux program: serve its system calls.
    #[arg(long)]
    pub user: bool,
    /// What a Linux program reads from its standard input; that of this command if left out.
    #[arg(long, value_name = "FILE", requires = "user")]
    pub input: Option<PathBuf>,
    /// Arguments of a Linux program, behind `--`.
    #[arg(last = true, requires = "user", value_name = "ARG")]
    pub arguments: Vec<String>,
    /// Write every instruction executed on stderr, as Spike's commit log does.
    #[arg(long, value_enum, value_name = "KIND")]
    pub trace: Option<Trace>,
    /// Write the trace to this file instead.
    #[arg(long, value_name = "FILE", requires = "trace")]
    pub trace_file: Option<PathBuf>,
    /// What `trace` wants to see of the pipeline.
    #[arg(skip)]
    pub view: Option<View>,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub struct PipelineTrace {
    /// What is shown.
    #[command(flatten)]
    pub view: View,
    /// The program, as `run` takes it; --max-instructions is 10000 if left out.
    #[command(flatten)]
    pub run: Run,
}

/// What `trace` shows of the pipeline.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true)]
pub struct View {
    /// Write every instruction, stage by stage, as Kanata 0004 (for Konata); `-` is stdout.
    #[arg(long, value_name = "FILE")]
    pub kanata: Option<PathBuf>,
    /// Print the cycles that were lost, by cause.
    #[arg(long)]
    pub waits: bool,
    /// Begin after this many instructions.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub skip: u64,
}

/// What caches promise to instruction fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CoherenceModel {
    /// RISC-V: fetches see stores after FENCE.I alone.
    Ziccif,
    /// RISC-V: fetches see stores in the end.
    Ziccid,
    /// AArch64: data must be cleaned, instructions invalidated.
    Dic0Idc0,
    /// AArch64: instructions must be invalidated.
    Dic0Idc1,
    /// AArch64: neither.
    Dic1Idc1,
}

impl CoherenceModel {
    /// The instruction set that has such a promise.
    pub fn arch(self) -> Arch {
        match self {
            CoherenceModel::Ziccif | CoherenceModel::Ziccid => Arch::Riscv64,
            _ => Arch::Aarch64,
        }
    }

    /// CTR_EL0.DIC and IDC, or what they would be.
    pub fn dic_idc(self) -> (bool, bool) {
        match self {
            CoherenceModel::Ziccif | CoherenceModel::Dic0Idc1 => (false, true),
            CoherenceModel::Ziccid | CoherenceModel::Dic1Idc1 => (true, true),
            CoherenceModel::Dic0Idc0 => (false, false),
        }
    }
}

/// What instructions cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Timing {
    /// A cycle each.
    None,
    /// An in-order pipeline with predictor and caches.
    #[default]
    InOrder,
}

/// Traces of `run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Trace {
    /// Hart, privilege, pc, bits; registers and memory written.
    Commit,
}

/// Whether native firmware is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FirmwareChoice {
    /// By the program's load address, as QEMU's `virt` places it.
    #[default]
    Auto,
    /// Native SBI or PSCI.
    Native,
    /// The program is its own firmware.
    None,
}

/// Commands on kernel images.
#[derive(Debug, Subcommand)]
pub enum Kernel {
    /// Count the call sites of a vmlinux and what they cost in text; without a file, of four embedded function tables.
    Survey {
        /// An uncompressed vmlinux with its symbol table.
        vmlinux: Option<PathBuf>,
        /// How the answer is written.
        #[command(flatten)]
        out: Output,
    },
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Only this scheme (an id, or the part before its slash); may be repeated.
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Vec<String>,
    /// Only this instruction set: riscv64 or aarch64.
    #[arg(long, value_name = "ARCH")]
    pub arch: Option<String>,
    /// Only under this model of instruction fetch (see `cmodx list models`); may be repeated.
    #[arg(long, value_name = "MODEL")]
    pub model: Vec<Model>,
    /// How executions are chosen.
    #[arg(long, value_enum, default_value_t)]
    pub strategy: Strategy,
    /// Only under this preemption: none, voluntary or full; may be repeated.
    #[arg(long, value_name = "PREEMPTION")]
    pub preemption: Vec<String>,
    /// Only this operation: enable, retarget, disable, free, own-call, enable-matched; may be repeated.
    #[arg(long, value_name = "OPERATION")]
    pub operation: Vec<String>,
    /// Harts that call traced functions, besides the patcher.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=7))]
    pub callers: u8,
    /// Sites that are patched together.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=8))]
    pub sites: u32,
    /// States of single harts that a case may look at; where they do not suffice, random walks follow.
    #[arg(long, value_name = "N", default_value_t = 25_000_000)]
    pub states: u64,
    /// Memory for the states of one run, and as much for what is kept of a case: beyond it the answer is bounded.
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub memory: u64,
    /// SBI's remote fence.i returns as soon as it is sent, which is all that the SBI text promises.
    #[arg(long)]
    pub fence_sent: bool,
    /// Leave out each barrier, cache operation, request and alignment, one at a time, and say what is needed.
    #[arg(long)]
    pub ablate: bool,
    /// Random walks in place of every execution, or whole guests by random turns, with each of these seeds: faults beyond exhaustive
    /// size, no proof.
    #[arg(long, value_name = "A..B", value_parser = seeds)]
    pub seeds: Option<std::ops::Range<u64>>,
    /// Lists of messages of each length that a random walk follows.
    #[arg(long, value_name = "N", default_value_t = 8, requires = "seeds", value_parser = width)]
    pub width: usize,
    /// Of --strategy pct: steps that have to come in one order for the faults that are looked for.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub depth: u32,
    /// Of --strategy pct and turns: core model, a name of `cmodx list cores` or a TOML file; may be repeated (default: ideal).
    #[arg(long, value_name = "CORE")]
    pub core: Vec<String>,
    /// Of --strategy pct and turns: rounds of enable, retarget and disable.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub rounds: u64,
    /// Go on with further seeds where one has found a fault.
    #[arg(long, requires = "seeds")]
    pub keep_going: bool,
    /// Only each N-th case, from number K on; `cmodx merge` joins the results.
    #[arg(long, value_name = "K/N")]
    pub shard: Option<Shard>,
    /// Write results to this file on the way, and do not do again what it already holds.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    /// Exit with 0 and not with 2 when something could not be decided.
    #[arg(long)]
    pub allow_inconclusive: bool,
    /// Threads (default: all cores).
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Show every counterexample with its lanes, and what stands in place of real code.
    #[arg(short, long)]
    pub verbose: bool,
    /// Write the results to this file (JSON Lines); `-` is stdout.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Leave facts about the host out of the results.
    #[arg(long)]
    pub no_host: bool,
    /// No progress display.
    #[arg(short, long)]
    pub quiet: bool,
    /// How the answer is written.
    #[command(flatten)]
    pub out: Output,
}

/// How `check` chooses executions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Strategy {
    /// Every one that the model allows; random walks with --seeds.
    #[default]
    Exhaustive,
    /// Random walks over lists of messages; needs --seeds.
    Random,
    /// Whole guests with a clock, harts by priorities that change seldom, caches that lose and prefetch lines; needs --seeds.
    Pct,
    /// The same with anybody's turn; needs --seeds.
    Turns,
}

impl Strategy {
    /// Whether whole guests run in the timed world.
    pub fn is_timed(self) -> bool {
        matches!(self, Strategy::Pct | Strategy::Turns)
    }

    /// The word on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Strategy::Exhaustive => "exhaustive",
            Strategy::Random => "random",
            Strategy::Pct => "pct",
            Strategy::Turns => "turns",
        }
    }
}

/// One part of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
            _ => Err("not K/N with K from 1 to N".to_owned()),
        }
    }
}

fn width(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| (1..=1 << 20).contains(n)).ok_or_else(|| "not a number from 1 to 1048576".to_owned())
}

fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    ends.filter(|(a, b)| a < b).map(|(a, b)| a..b).ok_or_else(|| "not A..B with A < B".to_owned())
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// Result files.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// The file to write; `-` is stdout.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
}

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// A results file that `cmodx check -o` wrote.
    pub file: PathBuf,
    /// The counterexample's id, or the start of it; not needed when there is one only.
    pub id: Option<String>,
    /// Also one column for each hart.
    #[arg(long)]
    pub lanes: bool,
    /// Also look for a run of the whole guest in the timed world in which the scheme fails, among so many seeds of random turns.
    #[arg(long, value_name = "SEEDS", num_args = 0..=1, default_missing_value = "200")]
    pub timed: Option<u64>,
}

/// Arguments of `litmus`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Litmus {
    /// Generate tests instead.
    #[command(subcommand)]
    pub generate: Option<LitmusCommand>,
    /// Test files, folders of them, or @list of names.
    #[arg(required = true)]
    pub files: Vec<String>,
    /// The model, for tests of its instruction set: a name of `cmodx list models`. Without it the test's CacheType decides.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<Model>,
    /// FENCE.I orders no data: what tests without fetches assume.
    #[arg(long)]
    pub classic_fencei: bool,
    /// Threads (default: all cores).
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Compare with the verdicts of this file (test, Allow or Forbid, number of states) and exit with 1 on a difference.
    #[arg(long, value_name = "FILE")]
    pub kinds: Option<PathBuf>,
}

/// What else `litmus` does.
#[derive(Debug, Subcommand)]
pub enum LitmusCommand {
    /// Write tests of instruction fetch: shapes with all orderings between their events.
    Generate {
        /// riscv64 or aarch64.
        #[arg(long)]
        arch: String,
        /// Only this shape (MP.FR, SM, CoFF, ...); all if left out.
        #[arg(long)]
        shape: Option<String>,
        /// Folder to write them to; it is made if need be.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// The older results.
    pub old: PathBuf,
    /// The newer results.
    pub new: PathBuf,
    /// Allow a metric to grow by this much: METRIC=5% or METRIC=120; may be repeated.
    #[arg(long, value_name = "METRIC=LIMIT")]
    pub fail_over: Vec<Limit>,
    /// Do not fail when configurations or guests differ.
    #[arg(long)]
    pub allow_incomparable: bool,
    /// Write Markdown.
    #[arg(long)]
    pub markdown: bool,
    /// Write one JSON object.
    #[arg(long, conflicts_with = "markdown")]
    pub json: bool,
}

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct History {
    /// The folder that `bench --save-history` fills.
    pub dir: PathBuf,
    /// The page.
    #[arg(short, long, value_name = "FILE", default_value = "history.html")]
    pub output: PathBuf,
}

/// What these names stand for, of all there is; an unknown one is an error that tells the others.
pub fn named<T: Copy>(
    names: &[String],
    all: &[T],
    name: impl Fn(T) -> &'static str,
    what: &str,
) -> anyhow::Result<Vec<T>> {
    let find = |wanted: &String| {
        all.iter().copied().find(|t| name(*t) == wanted).ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|t| name(*t)).collect();
            anyhow::anyhow!("no {what} is named `{wanted}`; there are {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}
