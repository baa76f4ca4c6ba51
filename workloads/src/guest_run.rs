//! One run of a guest image on a simulated machine, and what came out of it.

use crate::images;
use crate::marks::{self, Mark, Passed};
use crate::params::{self, Params};
use crate::path::{Code, Path};
use cmodx_isa::{Arch, Isa};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::finding::Finding;
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::lines::Lines;
use cmodx_sim::loader::{ElfError, Image};
use cmodx_sim::oracle::{Oracle, SiteRule};
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::Aarch64Virt;
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::refinement::Refinement;
use cmodx_sim::sanitizer::Race;
use cmodx_sim::timed::{Absence, Account, Adversary, End, Limits, Machine, MachineError, Probe};
use cmodx_trampolines::catalogue::Scheme;
use std::ops::Range;

/// RAM of a machine, in bytes: AArch64 guests have code more than 128 MiB behind their text.
pub const RAM: u64 = 256 << 20;

/// No guest of ours runs longer than this.
const LIMITS: Limits = Limits { instructions: 40_000_000_000, cycles: Cycle(40_000_000_000) };

/// A run that gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The catalogue has no guest for this scheme.
    #[error("there is no guest image for scheme {scheme} on {arch} with {sites} sites")]
    NoImage {
        /// Instruction set.
        arch: Arch,
        /// Scheme id.
        scheme: String,
        /// Sites that it needs.
        sites: u64,
    },
    /// The image does not take parameters.
    #[error(transparent)]
    Params(#[from] params::ParamsError),
    /// The image cannot be loaded.
    #[error(transparent)]
    Load(#[from] ElfError),
    /// The machine cannot be built.
    #[error(transparent)]
    Machine(#[from] MachineError),
    /// The guest did not end with its success message.
    #[error("guest {scheme} on {arch} ({what}): {why}")]
    Failed {
        /// Instruction set.
        arch: Arch,
        /// Scheme id.
        scheme: String,
        /// What was being run.
        what: String,
        /// The guest's last line, or how the run ended.
        why: String,
    },
    /// The guest printed no such line.
    #[error("guest {scheme} on {arch} printed no `{key}`")]
    Missing {
        /// Instruction set.
        arch: Arch,
        /// Scheme id.
        scheme: String,
        /// The line that was looked for.
        key: String,
    },
}

/// What is run on what.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    /// The scheme, which names the image.
    pub scheme: &'a Scheme,
    /// Core of every hart.
    pub core: &'a CoreModel,
    /// Number of harts of the machine.
    pub harts: usize,
    /// What the guest is asked to do.
    pub params: Params,
}

/// Code that a pass through a site may leave for, besides the body: a trampoline, or a direct call's target.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Symbol; that of the array for one of many.
    pub name: &'static str,
    /// Where it lies.
    pub code: Range<u64>,
}

/// What is observed besides the guest's own output.
#[derive(Clone, Debug, Default)]
pub struct Observe {
    /// Judge every pass through the first so many sites.
    pub sites: usize,
    /// Of them, judge those only that are patched.
    pub patched_alone: bool,
    /// Symbols at which counters are taken.
    pub probes: Vec<&'static str>,
    /// Take the time at the guest's marks, and note what keeps harts from their code.
    pub marks: bool,
    /// Count what the cycles of the boot hart go to, by part of a call's path, between these symbols.
    pub path: Option<[&'static str; 2]>,
    /// Take no shortcut of the simulator: slower, with equal results.
    pub plainly: bool,
    /// Who decides whose turn it is, and the instructions after which the run is given up.
    pub against: Option<(Adversary, u64)>,
    /// Calls that go astray may end the guest in any way: that is an outcome, not an error.
    pub may_be_lost: bool,
    /// Report fetches of modified code that harts have not synchronized with.
    pub sanitize: bool,
    /// Check that each fetch sees what the architecture lets it see.
    pub refinement: bool,
}

/// What came out of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Lines `result KEY VALUE`, in order.
    pub results: Vec<(String, u64)>,
    /// Lines `measure KEY VALUE`, in order.
    pub measures: Vec<(String, u64)>,
    /// Counters at the probes.
    pub probes: Vec<Probe>,
    /// The guest's marks as harts came by.
    pub marks: Vec<Passed>,
    /// What kept harts from their code.
    pub absences: Vec<Absence>,
    /// What the boot hart's cycles went to.
    pub path: Path,
    /// The first bad passes.
    pub findings: Vec<Finding>,
    /// All of them, counted.
    pub bad_passes: u64,
    /// How the guest ended, where that is not as it should.
    pub lost: Option<String>,
    /// Stores to the sites that the adversary has seen.
    pub stores: u64,
    /// Fetches of modified code that harts have not synchronized with, if that was asked for.
    pub races: Vec<Race>,
    /// Source lines of the guest, where races are to be named.
    pub lines: Lines,
    /// Whether each fetch has seen what it may, if that was asked for.
    pub refinement: Option<Refinement>,
    /// The image that ran, for its symbols.
    pub image: Image,
    /// SHA-256 of its loaded bytes without parameters, hex.
    pub guest: String,
}

impl Outcome {
    /// The value of a `measure` line.
    pub fn measure(&self, key: &str) -> Option<u64> {
        self.measures.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
    }

    /// The value of a `result` line.
    pub fn result(&self, key: &str) -> Option<u64> {
        self.results.iter().find(|(k, _)| k == key).map(|(_, v)| *v)
    }
}

impl Guest<'_> {
    /// Runs the guest to its end.
    ///
    /// # Errors
    /// [`RunError`] when there is no image, the machine cannot be built, or the guest does not end with `cmodx: ok`.
    pub fn run(&self, observe: &Observe) -> Result<Outcome, RunError> {
        let scheme = self.scheme;
        let elf = images::image_with(scheme.arch, scheme.id, u32::try_from(self.params.sites).unwrap_or(u32::MAX))
            .ok_or_else(|| RunError::NoImage {
                arch: scheme.arch,
                scheme: scheme.id.into(),
                sites: self.params.sites,
            })?;
        let guest = Image::parse(elf)?.digest().iter().map(|b| format!("{b:02x}")).collect();
        let image = Image::parse(&params::patch_elf(elf, &self.params)?)?;
        let outcome = match scheme.arch {
            Arch::Riscv64 => {
                let rfence_waits = self.params.flags & params::FENCE_UNWAITED == 0;
                let options = riscv_virt::Options { rfence_waits, ..Default::default() };
                self.run_on(RiscvVirt::new(self.harts, options), image, guest, observe)
            }
            Arch::Aarch64 => self.run_on(Aarch64Virt::new(self.harts, Default::default()), image, guest, observe),
        }?;
        let named = !outcome.races.is_empty();
        Ok(Outcome { lines: if named { Lines::parse(elf) } else { Lines::default() }, ..outcome })
    }

    fn run_on<B: Board>(&self, board: B, image: Image, guest: String, observe: &Observe) -> Result<Outcome, RunError> {
        let mut machine = Machine::new(self.core, self.harts, RAM, board, &image)?;
        if self.scheme.hypothetical() {
            machine.allow_hypothetical();
        }
        if observe.plainly {
            machine.run_plainly();
        }
        let mut probes: Vec<u64> =
            observe.probes.iter().map(|name| self.symbol(&image, name)).collect::<Result<_, _>>()?;
        if observe.sites > 0 {
            let mut sites = self.sites(&image, observe.sites)?;
            if observe.patched_alone {
                let functions = self.functions(&image)?;
                // The site stands at the function's start, or a landing pad behind it.
                let is_of = |site: &SiteRule, function: u64| (function..function + 16).contains(&site.start);
                sites.retain(|site| functions.iter().any(|&function| is_of(site, function)));
            }
            let mut oracle = self.oracle(&image, sites)?;
            if let Some(at) = self.wrong_call(&image) {
                oracle.hear_of_wrong_calls(at);
                probes.push(at);
            }
            machine.watch(oracle);
        }
        let marks =
            if observe.marks { marks::table(&image).ok_or_else(|| self.missing(marks::START))? } else { Vec::new() };
        if observe.marks {
            machine.watch_absences();
        }
        probes.extend(marks.iter().map(|(at, _)| at));
        machine.probe(&probes);
        let mut code = None;
        if let Some([from, to]) = observe.path {
            let (from, to) = (self.symbol(&image, from)?, self.symbol(&image, to)?);
            let parts = Code::of(&image, &self.sites(&image, usize::MAX)?, &self.exits(&image)?);
            machine.account(Account::new(HartId(0), from, to, parts.regions()));
            code = Some(parts);
        }
        if observe.sanitize {
            machine.sanitize();
        }
        if observe.refinement {
            machine.check_refinement(0..u64::MAX);
        }
        let mut stores = 0;
        let end = match &observe.against {
            None => machine.run(LIMITS),
            Some((adversary, instructions)) => {
                let mut adversary = adversary.clone();
                let end = machine.run_against(&mut adversary, Limits { instructions: *instructions, ..LIMITS });
                stores = adversary.stores();
                end
            }
        };
        let text = String::from_utf8_lossy(&machine.take_output()).into_owned();
        let (results, measures) = (lines(&text, "result"), lines(&text, "measure"));
        let last = text.lines().rev().find(|l| !l.trim().is_empty()).unwrap_or("").trim();
        let mut lost = None;
        if end != (End::Exit { code: 0 }) || last != "cmodx: ok" {
            let why = match &end {
                End::Exit { .. } if !last.is_empty() => last.to_string(),
                end => explain(end, &image),
            };
            if end == End::Limit || !observe.may_be_lost {
                return Err(self.failed(why));
            }
            lost = Some(why);
        }
        let (findings, bad_passes) =
            machine.oracle().map_or((Vec::new(), 0), |o| (o.findings().to_vec(), o.bad_passes()));
        Ok(Outcome {
            results,
            measures,
            probes: machine.probes().to_vec(),
            marks: marks::passed(&marks, machine.probes()),
            absences: machine.absences().to_vec(),
            path: code.zip(machine.accounted()).map_or_else(Path::default, |(code, account)| code.path(account)),
            findings,
            bad_passes,
            lost,
            stores,
            races: machine.sanitizer().map(|s| s.races().copied().collect()).unwrap_or_default(),
            lines: Lines::default(),
            refinement: machine.refinement().cloned(),
            image,
            guest,
        })
    }

    /// The error of a guest that ended in another way than it should.
    pub fn failed(&self, why: String) -> RunError {
        let p = &self.params;
        let what = format!("{:?} on {} harts of {}, {} sites", p.mode, self.harts, self.core.name, p.sites);
        RunError::Failed { arch: self.scheme.arch, scheme: self.scheme.id.into(), what, why }
    }

    /// The error of a guest that did not say something.
    pub fn missing(&self, key: &str) -> RunError {
        RunError::Missing { arch: self.scheme.arch, scheme: self.scheme.id.into(), key: key.into() }
    }

    fn symbol(&self, image: &Image, name: &str) -> Result<u64, RunError> {
        image.symbol(name).map(|s| s.addr).ok_or_else(|| self.missing(name))
    }

    /// Where a hart is that has found its last call wrong; `None` where harts make several calls at a time.
    fn wrong_call(&self, image: &Image) -> Option<u64> {
        let one_at_a_time = self.params.threads == 1 && self.params.tick == 0;
        let table = marks::table(image).filter(|_| one_at_a_time)?;
        table.into_iter().find(|(_, mark)| *mark == Mark::WrongCall).map(|(at, _)| at)
    }

    /// The judge of these sites: each may be left for its body or a trampoline.
    fn oracle(&self, image: &Image, sites: Vec<SiteRule>) -> Result<Oracle, RunError> {
        let exits = self.exits(image)?.into_iter().map(|exit| exit.code.start).collect();
        let mut oracle = Oracle::new(sites, exits, self.harts);
        if self.scheme.exits.contains(&"trap_entry") {
            oracle.permit_traps();
        }
        Ok(oracle)
    }

    /// The traced functions that the guest uses: those of the corpus first, then generated ones, as the guest numbers them.
    fn functions(&self, image: &Image) -> Result<Vec<u64>, RunError> {
        let read = |at, name| image.read_u64(at).ok_or_else(|| self.missing(name));
        let corpus = read(self.symbol(image, "corpus_count")?, "corpus_count")?;
        let tables = [self.symbol(image, "corpus_tracees")?, self.symbol(image, "generated_tracees")?];
        let entry = |n| if n < corpus { tables[0] + n * 8 } else { tables[1] + (n - corpus) * 8 };
        (0..self.params.sites).map(|n| read(entry(n), "tracees")).collect()
    }

    /// The first `count` sites.
    fn sites(&self, image: &Image, count: usize) -> Result<Vec<SiteRule>, RunError> {
        let layout = &self.scheme.layout;
        if layout.patchable.is_none() {
            return Ok(Vec::new());
        }
        let table = self.symbol(image, "sites_start")?..self.symbol(image, "sites_end")?;
        let mut sites = Vec::new();
        for entry in table.step_by(8).take(count) {
            let entry = image.read_u64(entry).ok_or_else(|| self.missing("sites_start"))?;
            let start = entry + layout.literal_bytes as u64;
            let stub = self.scheme.stub_before().map(|bytes| start - bytes);
            sites.push(SiteRule { start, end: start + layout.site_bytes as u64, stub });
        }
        Ok(sites)
    }

    /// The code that a pass through a site may leave for, besides the body.
    fn exits(&self, image: &Image) -> Result<Vec<Exit>, RunError> {
        let mut exits = Vec::new();
        for name in self.scheme.exit_symbols().chain(self.params.tracer.exits().iter().copied()) {
            let array = name.strip_suffix(']').and_then(|n| n.split_once('['));
            let (name, count) = array.map_or((name, 1), |(name, count)| (name, count.parse().unwrap_or(1)));
            let symbol = image.symbol(name).ok_or_else(|| self.missing(name))?;
            let size = symbol.size / count;
            exits.extend(
                (0..count).map(|n: u64| Exit { name, code: symbol.addr + n * size..symbol.addr + (n + 1) * size }),
            );
        }
        Ok(exits)
    }
}

/// The `KIND KEY VALUE` lines of a guest's output.
fn lines(text: &str, kind: &str) -> Vec<(String, u64)> {
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.trim().strip_prefix(kind)?.strip_prefix(' ')?.rsplit_once(' ')?;
            Some((key.to_string(), value.parse().ok()?))
        })
        .collect()
}

/// How a run ended, in words.
pub fn explain(end: &End, image: &Image) -> String {
    match end {
        End::Exit { code } => format!("ended with exit code {code}"),
        End::Reset => "asked for a reset".into(),
        End::Limit => "reached the limit of instructions or cycles".into(),
        End::Asleep => "every hart waits for something that cannot come".into(),
        End::Stopped { pc, reason, .. } => format!("{reason}, at {}", image.describe(*pc)),
        End::Lost { hart, cycle, from, handler, trap } => format!(
            "hart {hart} is lost at cycle {cycle}: {trap}; its trap handler {handler:#x} cannot be fetched, it came from {}",
            image.describe(*from)
        ),
    }
}

/// The instruction text of fetched bytes.
pub fn disassemble(arch: Arch, bytes: u32, pc: u64) -> String {
    match arch {
        Arch::Riscv64 => {
            let insn = cmodx_isa::riscv::Riscv::decode(bytes);
            cmodx_isa::riscv::Riscv::disassemble(&insn, pc)
        }
        Arch::Aarch64 => {
            let insn = cmodx_isa::aarch64::Aarch64::decode(bytes);
            cmodx_isa::aarch64::Aarch64::disassemble(&insn, pc)
        }
    }
}
