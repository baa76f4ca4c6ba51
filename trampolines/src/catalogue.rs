//! Every scheme: site layout, reach, legal contents, claims. Ids are stable.

use cmodx_isa::Arch;

/// How the compiler and linker lay out a call site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteLayout {
    /// Arguments of `-Z patchable-function-entry`: nops in all and of them before the entry (2-byte nops on RISC-V with C,
    /// 4-byte nops on AArch64). `None` without ftrace.
    pub patchable: Option<(u8, u8)>,
    /// Least alignment of functions in bytes (`-Z min-function-alignment`).
    pub function_align: u8,
    /// Bytes before the entry: the literals, and a stub where the scheme has one there.
    pub literal_bytes: u8,
    /// Bytes of instructions at the entry that belong to the site.
    pub site_bytes: u8,
    /// Offset of the live-patched bytes from the entry.
    pub patched_offset: u8,
}

/// Where the threads of a kernel may be preempted, from nowhere to everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preemption {
    /// Nowhere: a thread gives up its hart between calls only.
    None,
    /// Also in functions that say that they may sleep.
    Voluntary,
    /// At any instruction boundary where the thread's preempt count is 0.
    Full,
}

impl Preemption {
    /// All models, weakest first.
    pub const ALL: [Preemption; 3] = [Preemption::None, Preemption::Voluntary, Preemption::Full];

    /// The name used in results.
    pub const fn name(self) -> &'static str {
        match self {
            Preemption::None => "none",
            Preemption::Voluntary => "voluntary",
            Preemption::Full => "full",
        }
    }
}

/// What a scheme says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Every call reaches the body or a live tracer, also while sites are patched and threads are preempted anywhere.
    Safe,
    /// The same, as long as threads are preempted nowhere ([`Preemption::None`]) or at voluntary points alone.
    SafeWithoutPreemption,
    /// Known to break: it is here to show that the judge sees it.
    NegativeControl,
}

impl Claim {
    /// Whether the scheme claims to survive under this model.
    pub const fn holds_under(self, preemption: Preemption) -> bool {
        match self {
            Claim::Safe => true,
            Claim::SafeWithoutPreemption => !matches!(preemption, Preemption::Full),
            Claim::NegativeControl => false,
        }
    }
}

/// One scheme on one instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Stable id (`call-ops/flush-batched`).
    pub id: &'static str,
    /// Instruction set.
    pub arch: Arch,
    /// One line for `cmodx list`.
    pub summary: &'static str,
    /// Public source: commit, message or paper.
    pub source: &'static str,
    /// Where its bytes lie.
    pub layout: SiteLayout,
    /// What it claims.
    pub claim: Claim,
    /// Folder under `schemes/` with its guest code.
    pub folder: &'static str,
    /// Symbols of the addresses, besides the body, that a pass through a site may leave for; `NAME[N]` is an array of N
    /// trampolines, `func-N` a stub of the site's own, N bytes before it. `trap_entry`: also by an exception, which the scheme
    /// handles.
    pub exits: &'static [&'static str],
    /// Value of the guest's `--cfg scheme="…"` that selects it.
    pub cfg: &'static str,
}

/// RISC-V without ftrace.
const RV_NONE: SiteLayout =
    SiteLayout { patchable: None, function_align: 2, literal_bytes: 0, site_bytes: 0, patched_offset: 0 };
/// RISC-V 6.3 to 6.15: four c.nop at the entry, made auipc + jalr.
const RV_PAIR: SiteLayout =
    SiteLayout { patchable: Some((4, 0)), function_align: 4, literal_bytes: 0, site_bytes: 8, patched_offset: 0 };
/// RISC-V 6.16: a literal of 8 bytes, auipc, nop or jalr.
const RV_CALL_OPS: SiteLayout =
    SiteLayout { patchable: Some((8, 4)), function_align: 8, literal_bytes: 8, site_bytes: 8, patched_offset: 4 };
/// The same with 4-byte nops, as the compiler leaves them where it has no compressed instructions.
const RV_CALL_OPS_NO_RVC: SiteLayout = SiteLayout { patchable: Some((4, 2)), ..RV_CALL_OPS };
/// The same with too little alignment: the patched instruction is still aligned, the literal may not be.
const RV_CALL_OPS_ALIGN_4: SiteLayout = SiteLayout { function_align: 4, ..RV_CALL_OPS };
/// The same with too little alignment for either.
const RV_CALL_OPS_ALIGN_2: SiteLayout = SiteLayout { function_align: 2, ..RV_CALL_OPS };
/// RISC-V, the 2024 RFC: a literal of 8 bytes, nop + nop or auipc + jalr.
const RV_PAIR_OPS: SiteLayout =
    SiteLayout { patchable: Some((8, 4)), function_align: 8, literal_bytes: 8, site_bytes: 8, patched_offset: 0 };
/// RISC-V: two literals and a return instruction before the function; auipc, and a pair of 8 aligned bytes.
const RV_PAIR64_BOUNCE: SiteLayout =
    SiteLayout { patchable: Some((16, 10)), function_align: 8, literal_bytes: 20, site_bytes: 12, patched_offset: 4 };
/// RISC-V: a literal and a stub of two instructions before the function, nop or jal.
const RV_FUNC_STUB: SiteLayout =
    SiteLayout { patchable: Some((10, 8)), function_align: 8, literal_bytes: 16, site_bytes: 4, patched_offset: 0 };
/// RISC-V: a literal before the function, nop or jal.
const RV_JAL_ISLANDS: SiteLayout =
    SiteLayout { patchable: Some((6, 4)), function_align: 8, literal_bytes: 8, site_bytes: 4, patched_offset: 0 };
/// RISC-V: four instructions and two pointers, all in the function.
const RV_JUMP_OVER: SiteLayout =
    SiteLayout { patchable: Some((16, 0)), function_align: 8, literal_bytes: 0, site_bytes: 32, patched_offset: 0 };
/// AArch64 without ftrace.
const A64_NONE: SiteLayout =
    SiteLayout { patchable: None, function_align: 4, literal_bytes: 0, site_bytes: 0, patched_offset: 0 };
/// AArch64 6.3: a literal of 8 bytes, mov x9, lr, nop or bl.
const A64_CALL_OPS: SiteLayout =
    SiteLayout { patchable: Some((4, 2)), function_align: 8, literal_bytes: 8, site_bytes: 8, patched_offset: 4 };

/// RISC-V 6.16 without CALL_OPS: auipc, nop or jalr.
const RV_GLOBAL: SiteLayout =
    SiteLayout { patchable: Some((4, 0)), function_align: 4, literal_bytes: 0, site_bytes: 8, patched_offset: 4 };
/// One jal or nop of 4 bytes.
const RV_JAL: SiteLayout =
    SiteLayout { patchable: Some((2, 0)), function_align: 4, literal_bytes: 0, site_bytes: 4, patched_offset: 0 };
/// AArch64 before 6.3: mov x9, lr, nop or bl.
const A64_GLOBAL: SiteLayout =
    SiteLayout { patchable: Some((2, 0)), function_align: 4, literal_bytes: 0, site_bytes: 8, patched_offset: 4 };
/// mov x9, lr, adrp, blr.
const A64_PAIR: SiteLayout =
    SiteLayout { patchable: Some((3, 0)), function_align: 4, literal_bytes: 0, site_bytes: 12, patched_offset: 4 };

/// All schemes, by instruction set, the baseline first.
pub const SCHEMES: &[Scheme] = &[
    Scheme {
        id: "none",
        arch: Arch::Riscv64,
        summary: "no ftrace at all: the baseline of every overhead",
        source: "baseline",
        layout: RV_NONE,
        claim: Claim::Safe,
        folder: "none",
        exits: &[],
        cfg: "none",
    },
    Scheme {
        id: "pair-stop",
        arch: Arch::Riscv64,
        summary: "auipc+jalr <-> nop+nop under stop_machine (Linux 6.3 to 6.15)",
        source: "Linux commits 6724a76cff85, c97bf629963e",
        layout: RV_PAIR,
        claim: Claim::SafeWithoutPreemption,
        folder: "pair",
        exits: &["ftrace_trampoline"],
        cfg: "pair_stop",
    },
    Scheme {
        id: "pair-live",
        arch: Arch::Riscv64,
        summary: "auipc+jalr <-> nop+nop, patched live: the negative control",
        source: "the same site as pair-stop without its stop_machine",
        layout: RV_PAIR,
        claim: Claim::NegativeControl,
        folder: "pair",
        exits: &["ftrace_trampoline"],
        cfg: "pair_live",
    },
    Scheme {
        id: "pair-trap",
        arch: Arch::Riscv64,
        summary: "auipc+jalr <-> nop+nop behind an ebreak whose handler makes the call; RCU-tasks between phases",
        source: "LM 20240306165904.108141-1-puranjay12@gmail.com, option (a) of the answer; x86's int3 patching",
        layout: RV_PAIR,
        claim: Claim::Safe,
        folder: "pair",
        exits: &["ftrace_trampoline", "trap_entry"],
        cfg: "pair_trap",
    },
    Scheme {
        id: "pair-fixup",
        arch: Arch::Riscv64,
        summary: "auipc+jalr <-> nop+nop under stop_machine, then preempted threads are moved out of changed pairs",
        source: "LM 20240306165904.108141-1-puranjay12@gmail.com, option (b) of the answer",
        layout: RV_PAIR,
        claim: Claim::Safe,
        folder: "pair",
        exits: &["ftrace_trampoline"],
        cfg: "pair_fixup",
    },
    Scheme {
        id: "pair-ops/stop",
        arch: Arch::Riscv64,
        summary: "literal, auipc+jalr <-> nop+nop under stop_machine (2024 RFC)",
        source: "LM 20240306165904.108141-1-puranjay12@gmail.com",
        layout: RV_PAIR_OPS,
        claim: Claim::SafeWithoutPreemption,
        folder: "pair-ops",
        exits: &["ftrace_trampoline"],
        cfg: "pair_ops_stop",
    },
    Scheme {
        id: "pair-ops/live",
        arch: Arch::Riscv64,
        summary: "literal, auipc+jalr <-> nop+nop, patched live: a negative control",
        source: "LM 20240306165904.108141-1-puranjay12@gmail.com, without stop_machine",
        layout: RV_PAIR_OPS,
        claim: Claim::NegativeControl,
        folder: "pair-ops",
        exits: &["ftrace_trampoline"],
        cfg: "pair_ops_live",
    },
    Scheme {
        id: "pair64/plain",
        arch: Arch::Riscv64,
        summary: "literal, auipc+jalr <-> nop+nop by one aligned 8-byte store, live: a negative control",
        source: "derived: what Ziccif's 4 bytes do not give",
        layout: RV_PAIR_OPS,
        claim: Claim::NegativeControl,
        folder: "pair-ops",
        exits: &["ftrace_trampoline"],
        cfg: "pair64_plain",
    },
    Scheme {
        id: "call-ops/flush-per-site",
        arch: Arch::Riscv64,
        summary: "literal, auipc, nop <-> jalr; one machine-wide flush per literal (Linux 6.16, as shipped)",
        source: "Linux commits b2137c3b6d7a, c217157bcd1d",
        layout: RV_CALL_OPS,
        claim: Claim::Safe,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops_flush_per_site",
    },
    Scheme {
        id: "call-ops/flush-batched",
        arch: Arch::Riscv64,
        summary: "literal, auipc, nop <-> jalr; literals, one flush, sites, one flush",
        source: "derived: what the RISC-V fetch rules ask of Linux 6.16's scheme",
        layout: RV_CALL_OPS,
        claim: Claim::Safe,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops_flush_batched",
    },
    Scheme {
        id: "global-op",
        arch: Arch::Riscv64,
        summary: "auipc, nop <-> jalr; one ops and func for all sites, waits as RCU-tasks-rude",
        source: "Linux kernel/trace/ftrace.c; 7 March 2024, Zenx_Q0UiwMbSAdP@FVFF77S0Q05N",
        layout: RV_GLOBAL,
        claim: Claim::SafeWithoutPreemption,
        folder: "global-op",
        exits: &["ftrace_trampoline"],
        cfg: "global_op",
    },
    Scheme {
        id: "dyn-tramp",
        arch: Arch::Riscv64,
        summary: "nop <-> jal; a trampoline for every ops, made at run time",
        source: "after Linux's x86: arch/x86/kernel/ftrace.c; no kernel does it on this ISA",
        layout: RV_JAL,
        claim: Claim::Safe,
        folder: "dyn-tramp",
        exits: &["ftrace_trampoline", "dyn_tramps[16]"],
        cfg: "dyn_tramp",
    },
    Scheme {
        id: "call-ops/no-rvc",
        arch: Arch::Riscv64,
        summary: "flush-batched, for code without compressed instructions",
        source: "Linux commit c217157bcd1d, without CONFIG_RISCV_ISA_C",
        layout: RV_CALL_OPS_NO_RVC,
        claim: Claim::Safe,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops_no_rvc",
    },
    Scheme {
        id: "call-ops/align-4",
        arch: Arch::Riscv64,
        summary: "flush-batched with functions aligned to 4: literals in two words, safe while all ops lie within 4 GiB",
        source: "derived: what the alignment of the literal is for",
        layout: RV_CALL_OPS_ALIGN_4,
        claim: Claim::Safe,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops_align_4",
    },
    Scheme {
        id: "call-ops/align-2",
        arch: Arch::Riscv64,
        summary: "flush-batched with functions aligned to 2: torn instructions, a negative control",
        source: "derived: what Ziccif asks of the patched instruction",
        layout: RV_CALL_OPS_ALIGN_2,
        claim: Claim::NegativeControl,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops_align_2",
    },
    Scheme {
        id: "pair64/bounce",
        arch: Arch::Riscv64,
        summary: "fixed auipc, then two instructions by one aligned 8-byte store; every mixture of them is harmless",
        source: "derived from option D of LM 87il1oedx8.fsf (Brendan Sweeney)",
        layout: RV_PAIR64_BOUNCE,
        claim: Claim::Safe,
        folder: "pair64",
        exits: &["ftrace_trampoline", "func-4", "direct_far_a", "direct_far_b"],
        cfg: "pair64_bounce",
    },
    Scheme {
        id: "func-stub",
        arch: Arch::Riscv64,
        summary: "literal and stub before the function, nop <-> jal to the stub",
        source: "option C of LM 87il1oedx8.fsf",
        layout: RV_FUNC_STUB,
        claim: Claim::Safe,
        folder: "func-stub",
        exits: &["func-8"],
        cfg: "func_stub",
    },
    Scheme {
        id: "jal-islands",
        arch: Arch::Riscv64,
        summary: "literal, nop <-> jal to the nearest of several islands (+-1 MiB)",
        source: "option B of LM 87il1oedx8.fsf",
        layout: RV_JAL_ISLANDS,
        claim: Claim::Safe,
        folder: "jal-islands",
        exits: &["island_before", "island_behind"],
        cfg: "jal_islands",
    },
    Scheme {
        id: "jump-over",
        arch: Arch::Riscv64,
        summary: "first instruction j body <-> auipc, then load and jump through a pointer in the function",
        source: "option E of LM 87il1oedx8.fsf (Andy Chiu's older series)",
        layout: RV_JUMP_OVER,
        claim: Claim::Safe,
        folder: "jump-over",
        exits: &["ftrace_trampoline", "direct_far_a", "direct_far_b"],
        cfg: "jump_over",
    },
    Scheme {
        id: "wide-jump/hypothetical",
        arch: Arch::Riscv64,
        summary: "HYPOTHETICAL: literal, a made-up 64-bit nop <-> a made-up 64-bit jump with its whole target",
        source: "none: an instruction that does not exist",
        layout: RV_PAIR_OPS,
        claim: Claim::Safe,
        folder: "wide-jump",
        exits: &["ftrace_trampoline", "direct_far_a", "direct_far_b"],
        cfg: "wide_jump",
    },
    Scheme {
        id: "none",
        arch: Arch::Aarch64,
        summary: "no ftrace at all: the baseline of every overhead",
        source: "baseline",
        layout: A64_NONE,
        claim: Claim::Safe,
        folder: "none",
        exits: &[],
        cfg: "none",
    },
    Scheme {
        id: "call-ops",
        arch: Arch::Aarch64,
        summary: "literal, mov x9,lr, nop <-> bl (Linux 6.3)",
        source: "Linux commit baaf553d3bc3",
        layout: A64_CALL_OPS,
        claim: Claim::Safe,
        folder: "call-ops",
        exits: &["ftrace_trampoline"],
        cfg: "call_ops",
    },
    Scheme {
        id: "global-op",
        arch: Arch::Aarch64,
        summary: "mov x9,lr, nop <-> bl; one ops and func for all sites, waits as RCU-tasks-rude",
        source: "Linux kernel/trace/ftrace.c; 7 March 2024, Zenx_Q0UiwMbSAdP@FVFF77S0Q05N",
        layout: A64_GLOBAL,
        claim: Claim::SafeWithoutPreemption,
        folder: "global-op",
        exits: &["ftrace_trampoline"],
        cfg: "global_op",
    },
    Scheme {
        id: "dyn-tramp",
        arch: Arch::Aarch64,
        summary: "mov x9,lr, nop <-> bl; a trampoline for every ops, made at run time",
        source: "after Linux's x86: arch/x86/kernel/ftrace.c; no kernel does it on this ISA",
        layout: A64_GLOBAL,
        claim: Claim::Safe,
        folder: "dyn-tramp",
        exits: &["ftrace_trampoline", "dyn_tramps[16]"],
        cfg: "dyn_tramp",
    },
    Scheme {
        id: "pair-stop",
        arch: Arch::Aarch64,
        summary: "mov x9,lr, adrp+blr <-> nop+nop under stop_machine",
        source: "our construction: the counterpart of RISC-V's pair-stop",
        layout: A64_PAIR,
        claim: Claim::SafeWithoutPreemption,
        folder: "adrp-pair",
        exits: &["ftrace_trampoline"],
        cfg: "adrp_pair_stop",
    },
    Scheme {
        id: "pair-live",
        arch: Arch::Aarch64,
        summary: "mov x9,lr, adrp+blr <-> nop+nop, patched live: the negative control",
        source: "the same site as pair-stop without its stop_machine",
        layout: A64_PAIR,
        claim: Claim::NegativeControl,
        folder: "adrp-pair",
        exits: &["ftrace_trampoline"],
        cfg: "adrp_pair_live",
    },
];

impl Scheme {
    /// False when its tracees are compiled without compressed instructions (RISC-V).
    pub fn compressed(&self) -> bool {
        !self.cfg.ends_with("no_rvc")
    }

    /// Whether it needs an instruction that exists in no manual: only a machine that was told to runs it.
    pub fn hypothetical(&self) -> bool {
        self.folder == "wide-jump"
    }

    /// The exits that are symbols of the image.
    pub fn exit_symbols(&self) -> impl Iterator<Item = &'static str> {
        self.exits.iter().copied().filter(|exit| stub_distance(exit).is_none())
    }

    /// Bytes from a site back to a stub of its own that a pass may leave for.
    pub fn stub_before(&self) -> Option<u64> {
        self.exits.iter().find_map(|exit| stub_distance(exit))
    }
}

fn stub_distance(exit: &str) -> Option<u64> {
    exit.strip_prefix("func-")?.parse().ok()
}

/// Finds a scheme.
pub fn find(arch: Arch, id: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|s| s.arch == arch && s.id == id)
}
