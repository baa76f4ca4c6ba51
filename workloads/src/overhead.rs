//! The cost of calling a traced function: the kernel's ftrace-ops grid (samples/ftrace/ftrace-ops.c, Linux commit
//! 081e5bf2), of which every later series of patches has shown the same rows.

use crate::guest_run::{Guest, Observe, RunError};
use crate::measure::{Call, Overhead, Setup};
use crate::params::{Mode, Params};
use crate::tracer::Tracer;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::timed::Stats;
use cmodx_trampolines::catalogue::Scheme;

/// Relevant and irrelevant tracers of each row, in the order of the published tables.
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

/// The loop that is timed lies between these symbols of the guest.
const PROBES: [&str; 2] = ["overhead_begin", "overhead_end"];

/// Measures one row of the grid.
///
/// # Errors
/// [`RunError`] when the guest fails or finds a wrong call.
pub fn measure(scheme: &Scheme, core: &CoreModel, row: (u32, u32), calls: u64) -> Result<Overhead, RunError> {
    run(scheme, core, Tracer::Ops, row, calls)
}

/// Measures a call that a tracer of another kind sees.
///
/// # Errors
/// [`RunError`] when the scheme does not take such tracers, or the guest fails or finds a wrong call.
pub fn measure_call(scheme: &Scheme, core: &CoreModel, tracer: Tracer, calls: u64) -> Result<Call, RunError> {
    let Overhead { setup, calls, cycles, instructions, icache_misses, dcache_misses, mispredicts, path, .. } =
        run(scheme, core, tracer, (1, 0), calls)?;
    Ok(Call { setup, tracer, calls, cycles, instructions, icache_misses, dcache_misses, mispredicts, path })
}

fn run(scheme: &Scheme, core: &CoreModel, tracer: Tracer, row: (u32, u32), calls: u64) -> Result<Overhead, RunError> {
    let params = Params {
        mode: Mode::Overhead,
        harts: 1,
        calls,
        relevant: row.0 as u64,
        irrelevant: row.1 as u64,
        tracer,
        ..Params::default()
    };
    let guest = Guest { scheme, core, harts: 1, params };
    let outcome = guest.run(&Observe { probes: PROBES.to_vec(), path: Some(PROBES), ..Observe::default() })?;
    let measured = |key: &str| outcome.measure(key).ok_or_else(|| guest.missing(key));
    if outcome.result("wrong") != Some(0) {
        return Err(guest.failed("it found wrong calls".into()));
    }
    let counted = |end: usize| {
        let at = outcome.image.symbol(PROBES[end]).map(|s| s.addr);
        let last = outcome.probes.iter().rev().find(|p| Some(p.at) == at && p.hart == HartId(0));
        last.map(|p| p.stats).ok_or_else(|| guest.missing(PROBES[end]))
    };
    let (before, after): (Stats, Stats) = (counted(0)?, counted(1)?);
    if after.instructions <= before.instructions {
        return Err(guest.failed(format!("{} and {} are one place", PROBES[0], PROBES[1])));
    }
    Ok(Overhead {
        setup: setup(&guest, &outcome.guest),
        relevant: row.0,
        irrelevant: row.1,
        calls,
        cycles: measured("cycles")?,
        instructions: measured("instructions")?,
        icache_misses: after.icache_misses - before.icache_misses,
        dcache_misses: after.dcache_misses - before.dcache_misses,
        mispredicts: after.mispredicts - before.mispredicts,
        path: outcome.path,
    })
}

/// The identity of a run in results.
pub(crate) fn setup(guest: &Guest<'_>, digest: &str) -> Setup {
    Setup {
        arch: guest.scheme.arch,
        scheme: guest.scheme.id.into(),
        core: guest.core.name.clone(),
        harts: guest.harts as u32,
        config: guest.core.digest(guest.harts),
        guest: digest.into(),
    }
}
