//! The toggle campaign: how many toggles a scheme survives while threads are preempted and migrate.
//!
//! ```text
//! cargo run --release -p cmodx-workloads --example campaign -- ARCH/SCHEME PREEMPTION TOGGLES SEEDS [CORE [SITES [FLAGS]]]
//! ```
//! A toggle is one site enabled, retargeted or disabled. One hart of eight patches; on each of the other seven, three threads
//! call. `SEEDS` runs share the toggles; each seed gives other sites to call and another phase to every tick. Prints one line
//! a run and ends with 1 when a scheme did not do what it claims.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Preemption, find};
use cmodx_workloads::toggling::{self, Amount};
use rayon::prelude::*;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(why) => {
            eprintln!("campaign: {why}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [name, model, toggles, seeds, rest @ ..] = &args[..] else {
        return Err("arguments: ARCH/SCHEME PREEMPTION TOGGLES SEEDS [CORE [SITES [FLAGS]]]".into());
    };
    let number = |text: &str| text.parse::<u64>().map_err(|_| format!("not a number: {text}"));
    let (arch, id) = name.split_once('/').ok_or("the scheme lacks its instruction set")?;
    let arch =
        [Arch::Riscv64, Arch::Aarch64].into_iter().find(|a| a.name() == arch).ok_or("no such instruction set")?;
    let scheme = find(arch, id).ok_or("no such scheme")?;
    let preemption = Preemption::ALL.into_iter().find(|p| p.name() == model).ok_or("no such preemption model")?;
    let default_core = if arch == Arch::Riscv64 { "sifive-u74" } else { "cortex-a55" };
    let core = rest.first().map_or(default_core, String::as_str);
    let core = CoreModel::built_in(core).map_err(|e| e.to_string())?;
    let sites = rest.get(1).map_or(Ok(100), |s| number(s))?;
    let flags = rest.get(2).map_or(Ok(0), |s| number(s))?;
    let (toggles, seeds) = (number(toggles)?, number(seeds)?);
    let rounds = toggles.div_ceil(3 * sites * seeds);
    let amount = Amount { rounds, sites: sites as u32, flags, ..Amount::preempted(preemption) };
    let runs: Vec<_> =
        (1..=seeds).into_par_iter().map(|seed| toggling::measure(scheme, &core, Amount { seed, ..amount })).collect();
    let mut as_claimed = true;
    let mut seen = 0;
    for (n, run) in runs.into_iter().enumerate() {
        let run = run.map_err(|e| e.to_string())?;
        println!(
            "{name} {model} {} seed {}: {} toggles, {} calls, {} traced, {} wrong ({} faults, {} by tracers), {} bad passes, {} ticks, \
             {} preemptions, {} migrations, {} frames moved",
            core.name,
            n + 1,
            run.toggles * sites,
            run.calls,
            run.traced,
            run.wrong,
            run.wrong_trapped,
            run.wrong_tracers,
            run.bad_passes,
            run.ticks,
            run.preemptions,
            run.migrations,
            run.frames_fixed
        );
        seen += run.wrong + run.bad_passes;
        as_claimed &= !run.claims_safe || run.wrong + run.bad_passes == 0;
    }
    let claims = scheme.claim.holds_under(preemption);
    println!("{name} {model}: claims {}, {seen} wrong calls and bad passes", if claims { "safety" } else { "nothing" });
    Ok(as_claimed && (claims || seen > 0))
}
