//! A case - scheme, operation, preemption, model - as a program of the relaxed world.

use super::boot::Boot;
use crate::guest_run::RunError;
use cmodx_isa::Arch;
use cmodx_sim::relaxed::execution::{Execution, ReplayError};
use cmodx_sim::relaxed::memory::Image;
use cmodx_sim::relaxed::model::Model;
use cmodx_sim::relaxed::native::{IDLE, MAILBOX_BYTES, Native, Part, Request, Runtime};
use cmodx_sim::relaxed::program::{Current, HartStart, Program, ProgramBounds};
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
    /// From untraced to one tracer, and then a call of the patcher's own.
    Own,
    /// As [`Operation::Enable`]; a call that executes the new instruction must not find the ops of before: the strongest that
    /// a site of instruction and literal can promise, and more than safety asks where that ops does nothing.
    Matched,
}

impl Operation {
    /// Those that decide whether a scheme is safe.
    pub const SAFETY: [Operation; 5] =
        [Operation::Enable, Operation::Retarget, Operation::Disable, Operation::Free, Operation::Own];
    /// All of them.
    pub const ALL: [Operation; 6] = [
        Operation::Enable,
        Operation::Retarget,
        Operation::Disable,
        Operation::Free,
        Operation::Own,
        Operation::Matched,
    ];

    /// The name used in results and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Enable => "enable",
            Operation::Retarget => "retarget",
            Operation::Disable => "disable",
            Operation::Free => "free",
            Operation::Own => "own-call",
            Operation::Matched => "enable-matched",
        }
    }

    /// The guest's entry point.
    const fn entry(self) -> &'static str {
        match self {
            Operation::Enable | Operation::Matched => "check_enable",
            Operation::Retarget => "check_retarget",
            Operation::Disable => "check_disable",
            Operation::Free => "check_free",
            Operation::Own => "check_own",
        }
    }

    /// Whether the sites are traced before.
    pub const fn begins_traced(self) -> bool {
        matches!(self, Operation::Retarget | Operation::Disable | Operation::Free)
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
        let bounds = ProgramBounds { lists: 200_000, states: 200_000, total: 25_000_000, ..ProgramBounds::default() };
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
    /// Parts of requests that are left out, by the request's number.
    pub without: Vec<(u8, Part)>,
    /// Every 4-byte RISC-V instruction is fetched in halves: functions are aligned to 2 bytes only.
    pub split_words: bool,
    /// Bytes that replace those of the guest.
    pub changed: Vec<(u64, Vec<u8>)>,
}

/// Bytes of a thread's stack in the guest.
const STACK: u64 = 1 << 14;
/// Bytes kept for the saved registers of a preempted thread.
const FRAME: u64 = 512;
/// Harts that the guest has records for.
const MOST_HARTS: u64 = 64;

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
        let limits = Limits::default();
        Case { scheme, operation, preemption, model, limits, without, split_words: false, changed }
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
        let traced = self.operation.begins_traced();
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
            let found = boot.image.symbol(name).filter(|s| s.size > 0).map(|s| (s.addr, s.size));
            found.ok_or_else(|| RunError::Missing { arch: scheme.arch, scheme: scheme.id.into(), key: name.into() })
        };
        let (stacks, all_stacks) = sized("stacks")?;
        let (threads, all_threads) = sized("threads")?;
        let (harts, all_harts) = sized("harts")?;
        let thread = all_threads / (all_stacks / STACK);
        let hart_bytes = all_harts / MOST_HARTS;
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
        let frames = mailbox + 0x1000;
        image.add(frames, vec![0; (FRAME * (callers as u64 + 1)) as usize]).map_err(overlap)?;
        for (at, bytes) in &self.changed {
            image.change(*at, bytes);
        }
        let mut program = Program::new(self.model, image);
        program.strict_fetch = true;
        // Where the compiler may put a function at 2 modulo 4, all are taken to stand there.
        program.split_words = self.split_words || (scheme.arch == Arch::Riscv64 && scheme.layout.function_align < 4);
        program.bounds = self.limits.bounds;
        let vector = symbol(if scheme.arch == Arch::Riscv64 { "trap_entry" } else { "vectors" })?;
        let (first, link, sp) = match scheme.arch {
            Arch::Riscv64 => (10, 1, 2),
            Arch::Aarch64 => (0, 30, 31),
        };
        let start = |hart: u64, pc: u64, back: u64| HartStart {
            pc,
            registers: vec![(link, back), (sp, stacks + (hart + 1) * STACK)],
            vector: Some(vector),
            current: Some(Current { thread: threads + hart * thread, hart: harts + hart * hart_bytes }),
            ..HartStart::default()
        };
        let entry = symbol(self.operation.entry())?;
        let mut patcher = HartStart { stops: vec![RETURN], ..start(0, entry, RETURN) };
        if self.operation == Operation::Own {
            patcher.observed = vec![first, first + 1];
        }
        program.harts.push(patcher);
        let call = symbol("check_call")?;
        let tracees = symbol("corpus_tracees")?;
        let mut points = vec![call];
        for hart in 1..=callers {
            let tracee = (hart as u64 - 1) % self.limits.sites as u64;
            let mut start = start(hart as u64, call, IDLE);
            start.registers.push((first, tracee));
            start.observed = vec![first, first + 1];
            if self.operation == Operation::Matched {
                start.marks = vec![number("check_idle_tracer")?];
            }
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
        let unsupported = Native::Unsupported("a function that is called on each hart");
        functions.extend(boot.function(scheme, "guest::ipi::on_each_hart").ok().map(|at| (at, unsupported)));
        let mut saved_pcs = Vec::new();
        if self.preemption == Preemption::Full && boot.function(scheme, "guest::thread::for_each_frame").is_ok() {
            // Each thread has a frame, in which the pc is 0 unless it is preempted.
            let (link, pc) = (number("check_thread_frame")?, number("check_frame_pc")?);
            for hart in 0..=callers as u64 {
                let frame = frames + hart * FRAME;
                program.image.change(threads + hart * thread + link, &frame.to_le_bytes());
                saved_pcs.push(frame + pc);
            }
        }
        program.runtime = Some(Runtime {
            mailbox,
            functions,
            asker: 0,
            harts: callers + 1,
            points,
            preemptible: self.preemption == Preemption::Full,
            preempt_counts: (0..=callers as u64).map(|h| threads + h * thread + preempt_count).collect(),
            saved_pcs,
            fence_completes: self.limits.fence_completes,
            without: self.without.clone(),
        });
        Ok(program)
    }

    /// Runs an execution again.
    ///
    /// # Errors
    /// [`RunError::Missing`] as for [`Case::program`]; the inner error when a step is not possible or does something else.
    pub fn replay(&self, boot: &Boot, execution: &Execution) -> Result<Result<(), ReplayError>, RunError> {
        Ok(self.program(boot)?.replay(execution))
    }
}
