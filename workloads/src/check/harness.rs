//! A case - scheme, operation, preemption, model - as a program of the relaxed world.

use super::boot::Boot;
use super::judge::CallJudge;
use crate::guest_run::RunError;
use cmodx_isa::Arch;
use cmodx_sim::relaxed::execution::{Execution, ReplayError};
use cmodx_sim::relaxed::memory::Image;
use cmodx_sim::relaxed::model::Model;
use cmodx_sim::relaxed::native::{IDLE, MAILBOX_BYTES, Native, Part, Request, Runtime};
use cmodx_sim::relaxed::program::{Current, Examined, HartStart, Program, ProgramBounds};
use cmodx_trampolines::catalogue::{Preemption, Scheme};

/// What the patcher does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// From untraced to one tracer.
    Enable,
    /// From one tracer to another.
    Retarget,
    /// From one tracer to untraced.
    Disable,
    /// From one tracer to untraced, then its ops is freed.
    Free,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 4] = [Operation::Enable, Operation::Retarget, Operation::Disable, Operation::Free];

    /// The name used in results and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Enable => "enable",
            Operation::Retarget => "retarget",
            Operation::Disable => "disable",
            Operation::Free => "free",
        }
    }
}

/// How much is explored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Harts that call traced functions, besides the patcher: 1 to 7.
    pub callers: u8,
    /// Sites that are patched together.
    pub sites: u32,
    /// SBI's remote FENCE.I returns when all harts have executed it.
    pub fence_completes: bool,
    /// Bounds of the exploration.
    pub bounds: ProgramBounds,
}

impl Default for Limits {
    fn default() -> Limits {
        let bounds = ProgramBounds { lists: 200_000, states: 200_000, ..ProgramBounds::default() };
        Limits { callers: 2, sites: 1, fence_completes: true, bounds }
    }
}

/// One thing to be checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// Whose code.
    pub scheme: &'static Scheme,
    /// What the patcher does.
    pub operation: Operation,
    /// Where threads leave the processor.
    pub preemption: Preemption,
    /// What the architecture promises.
    pub model: Model,
    /// How much is explored.
    pub limits: Limits,
    /// Parts of requests that are left out.
    pub without: Vec<(Request, Part)>,
    /// Bytes that replace those of the guest.
    pub changed: Vec<(u64, Vec<u8>)>,
}

/// What a check has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Verdict and counts.
    pub examined: Examined,
}

/// Number of threads that the guest has records and stacks for.
const THREADS: u64 = 578;

/// Where the patcher is done.
const RETURN: u64 = 0xffff_fe00_0000_0000;

/// What stands in place of real code, and why: the function of the guest, and what is modelled instead.
pub fn replaced(arch: Arch) -> &'static [(&'static str, &'static str)] {
    const COMMON: &[(&str, &str)] = &[
        ("ipi::synchronize", "each hart takes an interrupt and answers; the real one counts in shared memory"),
        ("rcu::synchronize_tasks_rude", "each hart passes a voluntary point, or under full preemption any boundary"),
        ("rcu::synchronize_tasks", "each thread passes a voluntary point and answers"),
        ("stop_machine_run", "each hart stops, the patcher runs the function, all synchronize their fetches and go on"),
    ];
    const RISCV: &[(&str, &str)] = &[
        COMMON[0],
        COMMON[1],
        COMMON[2],
        COMMON[3],
        ("ecall (SBI remote_fence_i)", "each hart executes fence.i at some boundary and answers: there is no firmware"),
    ];
    match arch {
        Arch::Riscv64 => RISCV,
        Arch::Aarch64 => COMMON,
    }
}

impl Case {
    /// A case with default limits and nothing left out.
    pub fn new(scheme: &'static Scheme, operation: Operation, preemption: Preemption, model: Model) -> Case {
        let (without, changed) = (Vec::new(), Vec::new());
        Case { scheme, operation, preemption, model, limits: Limits::default(), without, changed }
    }

    /// `<arch>/<scheme>/<operation>/<preemption>/<model>`.
    pub fn name(&self) -> String {
        let (arch, id, operation) = (self.scheme.arch, self.scheme.id, self.operation.name());
        format!("{arch}/{id}/{operation}/{}/{}", self.preemption.name(), self.model)
    }

    /// Boots the guest as the case needs it.
    ///
    /// # Errors
    /// [`RunError`] when the guest does not come to its end.
    pub fn boot(&self) -> Result<Boot, RunError> {
        let traced = self.operation != Operation::Enable;
        Boot::new(self.scheme, self.preemption, self.limits.callers as usize + 1, self.limits.sites, traced)
    }

    /// The program.
    ///
    /// # Errors
    /// [`RunError::Missing`] when the guest lacks what the harness needs.
    pub fn program(&self, boot: &Boot) -> Result<Program, RunError> {
        let scheme = self.scheme;
        let symbol = |name: &str| boot.symbol(scheme, name);
        let number = |name: &str| {
            let at = symbol(name)?;
            boot.word(at).ok_or_else(|| RunError::Missing {
                arch: scheme.arch,
                scheme: scheme.id.into(),
                key: name.into(),
            })
        };
        let sized = |name: &str| {
            let found = boot.image.symbol(name).filter(|s| s.size > 0);
            // Which of them there are as many of as stacks.
            let count = if name == "harts" { 64 } else { THREADS };
            let found = found.map(|s| (s.addr, s.size / count));
            found.ok_or_else(|| RunError::Missing { arch: scheme.arch, scheme: scheme.id.into(), key: name.into() })
        };
        let (threads, thread) = sized("threads")?;
        let (harts, hart_bytes) = sized("harts")?;
        let (stacks, stack) = sized("stacks")?;
        let preempt_count = number("check_preempt_count")?;
        let callers = self.limits.callers;
        let mailbox = (boot.range.end + 0xfff) & !0xfff;
        let mut image: Image = boot.memory.clone();
        let overlap = |e: cmodx_sim::relaxed::memory::OverlapError| RunError::Failed {
            arch: scheme.arch,
            scheme: scheme.id.into(),
            what: "preparing a check".into(),
            why: e.to_string(),
        };
        image.add(mailbox, vec![0; MAILBOX_BYTES as usize]).map_err(overlap)?;
        for (at, bytes) in &self.changed {
            image.change(*at, bytes);
        }
        let mut program = Program::new(self.model, image);
        program.strict_fetch = true;
        program.bounds = self.limits.bounds;
        let vector = symbol(if scheme.arch == Arch::Riscv64 { "trap_entry" } else { "vectors" })?;
        let (first, link, sp) = match scheme.arch {
            Arch::Riscv64 => (10, 1, 2),
            Arch::Aarch64 => (0, 30, 31),
        };
        let start = |hart: u64, pc: u64, back: u64| HartStart {
            pc,
            registers: vec![(link, back), (sp, stacks + (hart + 1) * stack)],
            vector: Some(vector),
            current: Some(Current { thread: threads + hart * thread, hart: harts + hart * hart_bytes }),
            ..HartStart::default()
        };
        let entry = symbol(&format!("check_{}", self.operation.name()))?;
        program.harts.push(HartStart { stops: vec![RETURN], ..start(0, entry, RETURN) });
        let call = symbol("check_call")?;
        let tracees = symbol("corpus_tracees")?;
        let mut points = vec![call];
        for hart in 1..=callers {
            let tracee = (hart as u64 - 1) % self.limits.sites as u64;
            let mut start = start(hart as u64, call, IDLE);
            start.registers.push((first, tracee));
            start.observed = vec![first, first + 1];
            program.harts.push(start);
            if self.preemption == Preemption::Voluntary
                && let Some(function) = boot.word(tracees + 8 * tracee)
            {
                points.push(function + scheme.layout.site_bytes as u64);
                points.push(symbol("might_resched")?);
            }
        }
        points.sort_unstable();
        points.dedup();
        let mut functions = Vec::new();
        for (path, native) in [
            ("guest::ipi::synchronize", Native::Ask(Request::Interrupt)),
            ("guest::rcu::synchronize_tasks", Native::Ask(Request::Tasks)),
            ("guest::rcu::synchronize_tasks_rude", Native::Ask(Request::Quiesce)),
            ("stop_machine_run", Native::Stop),
        ] {
            // What a scheme does not use is not in its image.
            functions.extend(boot.function(scheme, path).ok().map(|at| (at, native)));
        }
        program.runtime = Some(Runtime {
            mailbox,
            functions,
            asker: 0,
            harts: callers + 1,
            points,
            preemptible: self.preemption == Preemption::Full,
            preempt_counts: (0..=callers as u64).map(|h| threads + h * thread + preempt_count).collect(),
            fence_completes: self.limits.fence_completes,
            without: self.without.clone(),
        });
        Ok(program)
    }

    /// Explores and judges.
    ///
    /// # Errors
    /// [`RunError::Missing`] when the guest lacks what the harness needs.
    pub fn check(&self, boot: &Boot) -> Result<Checked, RunError> {
        let program = self.program(boot)?;
        Ok(Checked { examined: program.examine(&CallJudge { operation: self.operation }) })
    }

    /// Runs an execution again.
    ///
    /// # Errors
    /// [`RunError::Missing`] as for [`Case::check`]; the inner error when a step is not possible or does something else.
    pub fn replay(&self, boot: &Boot, execution: &Execution) -> Result<Result<(), ReplayError>, RunError> {
        Ok(self.program(boot)?.replay(execution))
    }
}
