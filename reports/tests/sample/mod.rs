//! Measurements made up for the tests: the shape of real ones, with figures that follow simple rules.

use cmodx_isa::Arch;
use cmodx_reports::{Results, Run};
use cmodx_sim::finding::{FetchedInsn, Finding, FindingKind, Writer};
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::timed::Spent;
use cmodx_workloads::marks::{Disturbance, Split};
use cmodx_workloads::measure::{Action, Call, Latency, LocatedFinding, Overhead, Path, Setup, TextSize, Toggling};
use cmodx_workloads::tracer::Tracer;

/// The rows of the ftrace-ops grid.
pub const GRID: &[(u32, u32)] = &[
    (0, 0),
    (0, 1),
    (0, 2),
    (0, 10),
    (0, 100),
    (0, 200),
    (1, 0),
    (1, 1),
    (1, 2),
    (1, 10),
    (1, 100),
    (1, 200),
    (2, 0),
    (10, 0),
    (100, 0),
    (200, 0),
];

const SCHEMES: &[(Arch, &str, &str)] = &[
    (Arch::Riscv64, "none", "sifive-u74"),
    (Arch::Riscv64, "pair-stop", "sifive-u74"),
    (Arch::Riscv64, "pair-live", "sifive-u74"),
    (Arch::Riscv64, "call-ops/flush-per-site", "sifive-u74"),
    (Arch::Riscv64, "call-ops/flush-batched", "sifive-u74"),
    (Arch::Aarch64, "none", "cortex-a55"),
    (Arch::Aarch64, "call-ops", "cortex-a55"),
];

fn setup(arch: Arch, scheme: &str, core: &str, harts: u32) -> Setup {
    let hash = |seed: usize| format!("{:016x}", 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed as u64 + 1)).repeat(4);
    Setup {
        arch,
        scheme: scheme.into(),
        core: core.into(),
        harts,
        config: hash(core.len() + harts as usize),
        guest: hash(100 + scheme.len()),
    }
}

/// The run that the samples belong to.
pub fn run() -> Run {
    Run {
        commit: Some("3fa91c07d2b85e6a1f4c9b7e8d0a2c4e6f8091a3".into()),
        commit_time: Some(1_763_820_000),
        args: vec!["report".into(), "--no-host".into()],
        ..Run::new("0.1.0")
    }
}

pub fn overheads() -> Vec<Overhead> {
    let mut rows = Vec::new();
    for &(arch, scheme, core) in SCHEMES {
        let none = scheme == "none";
        for &(relevant, irrelevant) in GRID.iter().filter(|&&row| !none || row == (0, 0)) {
            let direct = scheme.starts_with("call-ops");
            let listed = relevant > 1 || relevant == 1 && irrelevant > 0 && !direct;
            let (r, i) = (u64::from(relevant), u64::from(irrelevant));
            let milli = match (none, relevant, listed) {
                (true, ..) => 5_000,
                (_, 0, _) => 6_000 + u64::from(direct) * 250,
                (_, _, true) => 90_000 + 24_000 * r + 17_000 * i + 45 * (r + i) * (r + i),
                (_, _, false) => 52_000 + u64::from(!direct) * 4_500,
            };
            let calls = 100_000;
            rows.push(Overhead {
                setup: setup(arch, scheme, core, 1),
                relevant,
                irrelevant,
                calls,
                cycles: milli * calls / 1000 + 37,
                instructions: milli * calls / 1600,
                icache_misses: 12 + r + i,
                dcache_misses: if r + i > 64 { calls * (r + i - 64) } else { 3 * (r + i) },
                mispredicts: 9,
                path: path(calls, r, listed),
            });
        }
    }
    rows
}

fn path(calls: u64, tracers: u64, listed: bool) -> Path {
    let spent = |instructions: u64| Spent { instructions: calls * instructions, cycles: calls * instructions * 3 / 2 };
    let traced = u64::from(tracers > 0);
    Path {
        site: spent(2),
        trampoline: spent(34 * traced),
        list: spent(if listed { 9 * tracers } else { 0 }),
        tracer: spent(tracers),
    }
}

pub fn calls() -> Vec<Call> {
    let kinds = [(Tracer::DirectNear, 9_500), (Tracer::DirectFar, 14_250), (Tracer::DirectList, 141_000)];
    let schemes = SCHEMES.iter().filter(|(_, scheme, _)| scheme.starts_with("call-ops"));
    let row = |&(arch, scheme, core): &(Arch, &str, &str), (tracer, milli): (Tracer, u64)| Call {
        setup: setup(arch, scheme, core, 1),
        tracer,
        calls: 100_000,
        cycles: milli * 100,
        instructions: milli * 60,
        icache_misses: 12,
        dcache_misses: 3,
        mispredicts: 9,
        path: path(100_000, 1, tracer == Tracer::DirectList),
    };
    schemes.flat_map(|scheme| kinds.map(|kind| row(scheme, kind))).collect()
}

pub fn latencies() -> Vec<Latency> {
    let mut rows = Vec::new();
    for &(arch, scheme, core) in SCHEMES.iter().filter(|row| row.1 != "none") {
        for harts in [2u32, 8] {
            for action in [Action::Enable, Action::Retarget, Action::Disable] {
                for sites in [1u32, 100, 10_000] {
                    let (n, h) = (u64::from(sites), u64::from(harts));
                    let (fixed, each) = match scheme {
                        "pair-stop" => (2_400 * h, 61),
                        "pair-live" => (900, 58),
                        "call-ops/flush-per-site" => (700, 130 + 240 * h),
                        "call-ops/flush-batched" => (1_500 * h, 92),
                        _ => (400, 74),
                    };
                    rows.push(Latency {
                        setup: setup(arch, scheme, core, harts),
                        action,
                        sites,
                        cycles: fixed + each * n + action as u64 * 11,
                        instructions: 300 + 41 * n,
                        split: Split {
                            stores: fixed / 4 + 31 * n,
                            cache: 9 * n,
                            ipis: fixed / 8,
                            quiescence: fixed / 2,
                        },
                        disturbance: Disturbance {
                            total: (h - 1) * (fixed / 2),
                            longest: fixed / 2,
                            histogram: vec![(5, h - 1), ((fixed / 2).ilog2(), h - 1)],
                        },
                    });
                }
            }
        }
    }
    rows
}

pub fn sizes() -> Vec<TextSize> {
    let mut rows = Vec::new();
    let kernels = [("riscv64-6.12", Arch::Riscv64, 39_507u64), ("riscv64-7.2", Arch::Riscv64, 43_709)];
    let kernels =
        kernels.into_iter().chain([("arm64-6.12", Arch::Aarch64, 43_880), ("arm64-7.2", Arch::Aarch64, 48_440)]);
    for (functions_of, arch, sites) in kernels {
        let (body_bytes, padded) = (sites * 310, if arch == Arch::Aarch64 { 3 * sites } else { 0 });
        for &(_, scheme, _) in SCHEMES.iter().filter(|row| row.0 == arch) {
            let (site, literal, padding) = match scheme {
                "none" => (0, 0, padded),
                "pair-stop" | "pair-live" => (8 * sites, 0, padded + sites + 17),
                // Alignment of the literal can save what alignment of the function cost.
                "call-ops" => (8 * sites, 8 * sites, padded / 3),
                _ => (8 * sites, 8 * sites, padded + 3 * sites + 140),
            };
            rows.push(TextSize {
                functions_of: functions_of.into(),
                arch,
                scheme: scheme.into(),
                functions: sites + 1_200,
                sites: if scheme == "none" { 0 } else { sites },
                body_bytes,
                site_bytes: site,
                literal_bytes: literal,
                padding_bytes: padding,
                metadata_bytes: if site > 0 { 32 * sites } else { 0 },
                total_bytes: body_bytes + site + literal + padding,
                baseline_bytes: body_bytes + padded,
            });
        }
    }
    rows
}

/// A torn pass as `pair-live` makes it: the old first instruction, the new second one.
pub fn torn() -> LocatedFinding {
    let site = 0x8000_1000;
    let writer = Writer {
        hart: HartId(1),
        cycle: Cycle(4_127),
        pc: 0x8000_421c,
        at: site,
        size: 8,
        value: 0x0002_82e7_0007_f297,
    };
    let old = FetchedInsn {
        pc: site,
        bytes: 0x0000_0013,
        length: 4,
        cycle: Cycle(4_128),
        copied: Cycle(3_880),
        writer: None,
        memory: Some(0x0007_f297),
    };
    let new = FetchedInsn {
        pc: site + 4,
        bytes: 0x0002_82e7,
        length: 4,
        cycle: Cycle(4_129),
        copied: Cycle(4_128),
        writer: Some(writer),
        memory: None,
    };
    LocatedFinding {
        finding: Finding {
            kind: FindingKind::TornFetch,
            site,
            hart: HartId(0),
            cycle: Cycle(4_131),
            fetched: vec![old, new],
            went_to: 0x1_0000,
            allowed: vec![0x8000_1008, 0x8000_2000],
            last_sync: Some(Cycle(12)),
            interrupted: vec![Cycle(4_127)],
        },
        symbols: vec![
            (site, "tracee_3".into()),
            (site + 4, "tracee_3+0x4".into()),
            (0x8000_1008, "tracee_3+0x8".into()),
            (0x8000_2000, "ftrace_caller".into()),
            (0x8000_421c, "patch_pair+0x1c".into()),
        ],
        disassembly: vec!["nop".into(), "jalr t0, 0(t0)".into()],
    }
}

pub fn togglings() -> Vec<Toggling> {
    let runs = SCHEMES.iter().filter(|row| row.1 != "none");
    let run = |&(arch, scheme, core): &(Arch, &str, &str)| {
        let bad = scheme == "pair-live";
        Toggling {
            run: "toggling".into(),
            setup: setup(arch, scheme, core, 4),
            tracer: Tracer::Ops,
            toggles: 2_000,
            calls: 184_310,
            traced: 91_877,
            wrong: u64::from(bad) * 3,
            bad_passes: u64::from(bad) * 41,
            findings: if bad { vec![torn()] } else { Vec::new() },
            races: Vec::new(),
            claims_safe: !bad,
            wrong_trapped: 0,
            wrong_tracers: 0,
            preemption: cmodx_workloads::params::Preemption::None,
            ticks: 0,
            preemptions: 0,
            migrations: 0,
            frames_fixed: 0,
            lost: None,
            trial: None,
        }
    };
    runs.map(run).collect()
}

/// Everything together.
pub fn results() -> Results {
    Results::from_measurements(run(), &overheads(), &latencies(), &sizes(), &togglings())
        .and_then(|results| results.with_calls(&calls()))
        .expect("the samples are sound")
}

/// Compares with a golden file, or writes it when `BLESS` is set.
pub fn golden(name: &str, actual: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, actual).expect("golden file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    for (line, (expected, actual)) in (1..).zip(expected.lines().zip(actual.lines())) {
        assert_eq!(actual, expected, "{name}:{line} differs; BLESS=1 accepts it");
    }
    assert_eq!(actual.lines().count(), expected.lines().count(), "{name} has another length; BLESS=1 accepts it");
}
