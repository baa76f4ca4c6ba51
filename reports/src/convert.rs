//! Makes records of what the experiments return.

use crate::error::Error;
use crate::race::Race;
use crate::records::{Call, Facts, Fetched, Finding, Hex, Latency, Observation, Outcome, Overhead, Place, Run, Setup};
use crate::records::{Path, Size, Trial, Verdict, Writer};
use crate::results::Results;
use cmodx_workloads::measure;
use cmodx_workloads::params::Preemption;
use cmodx_workloads::tracer::Tracer;
use cmodx_workloads::trial::strategy_name;
use sha2::{Digest, Sha256};

impl Results {
    /// Makes records of measurements, in whatever order they come.
    ///
    /// # Errors
    /// [`Error::NoCalls`] for a row without calls, [`Error::DuplicateId`] for the same measurement made twice.
    pub fn from_measurements(
        run: Run,
        overheads: &[measure::Overhead],
        latencies: &[measure::Latency],
        sizes: &[measure::TextSize],
        togglings: &[measure::Toggling],
    ) -> Result<Results, Error> {
        let mut results = Results {
            run,
            calls: Vec::new(),
            overheads: overheads.iter().map(|row| overhead(row, overheads)).collect::<Result<_, _>>()?,
            latencies: latencies.iter().map(latency).collect(),
            sizes: sizes.iter().map(size).collect(),
            verdicts: Vec::new(),
            findings: Vec::new(),
            races: Vec::new(),
            checks: Vec::new(),
            counterexamples: Vec::new(),
        };
        for run in togglings {
            let (verdict, findings) = toggling(run);
            for race in &run.races {
                let race = Race::new(race, verdict.setup.clone(), verdict.id.clone(), run.claims_safe);
                // The same race under another kind of tracer or preemption is another one only if its facts differ.
                if results.races.iter().all(|known| known.id != race.id) {
                    results.races.push(race);
                }
            }
            results.verdicts.push(verdict);
            for finding in findings {
                // The same pass reported twice is one finding.
                if !results.findings.contains(&finding) {
                    results.findings.push(finding);
                }
            }
        }
        results.sort()?;
        Ok(results)
    }

    /// The same with these calls; what they cost over disabled tracing needs the rows 0|0 that are there already.
    ///
    /// # Errors
    /// [`Error::NoCalls`], [`Error::DuplicateId`].
    pub fn with_calls(mut self, calls: &[measure::Call]) -> Result<Results, Error> {
        for row in calls {
            let record = call(row, &self.overheads)?;
            self.calls.push(record);
        }
        self.sort()?;
        Ok(self)
    }
}

fn setup(setup: &measure::Setup) -> Setup {
    Setup {
        arch: setup.arch.name().into(),
        scheme: setup.scheme.clone(),
        core: setup.core.clone(),
        harts: setup.harts,
        config: setup.config.clone(),
        guest: setup.guest.clone(),
    }
}

/// `numerator * scale / denominator`, rounded to nearest; none when there is nothing to divide by.
fn ratio(numerator: i128, scale: i128, denominator: u64) -> Option<i128> {
    let denominator = i128::from(denominator);
    (denominator != 0).then(|| (2 * numerator * scale + denominator).div_euclid(2 * denominator))
}

fn milli(quantity: u64, count: u64) -> Option<u64> {
    ratio(i128::from(quantity), 1000, count).and_then(|milli| u64::try_from(milli).ok())
}

fn overhead(row: &measure::Overhead, all: &[measure::Overhead]) -> Result<Overhead, Error> {
    let at = setup(&row.setup);
    let id = format!("{}/overhead/{}-{}", at.prefix(), row.relevant, row.irrelevant);
    let per_call = milli(row.cycles, row.calls).ok_or(Error::NoCalls { id: id.clone() })?;
    let over = |scheme: &str| {
        let base = all.iter().find(|base| {
            let (here, there) = (&row.setup, &base.setup);
            (base.relevant, base.irrelevant, there.scheme.as_str()) == (0, 0, scheme)
                && (there.arch, &there.core, there.harts, &there.config)
                    == (here.arch, &here.core, here.harts, &here.config)
        })?;
        i64::try_from(i128::from(per_call) - i128::from(milli(base.cycles, base.calls)?)).ok()
    };
    Ok(Overhead {
        relevant: row.relevant,
        irrelevant: row.irrelevant,
        calls: row.calls,
        cycles: row.cycles,
        instructions: row.instructions,
        icache_misses: row.icache_misses,
        dcache_misses: row.dcache_misses,
        mispredicts: row.mispredicts,
        path: path(&row.path),
        cycles_per_call_milli: per_call,
        overhead_milli: over(&row.setup.scheme),
        over_none_milli: over("none"),
        id,
        setup: at,
    })
}

fn path(path: &measure::Path) -> Path {
    Path {
        site_cycles: path.site.cycles,
        site_instructions: path.site.instructions,
        trampoline_cycles: path.trampoline.cycles,
        trampoline_instructions: path.trampoline.instructions,
        list_cycles: path.list.cycles,
        list_instructions: path.list.instructions,
        tracer_cycles: path.tracer.cycles,
        tracer_instructions: path.tracer.instructions,
    }
}

fn call(row: &measure::Call, grid: &[Overhead]) -> Result<Call, Error> {
    let setup = setup(&row.setup);
    let id = format!("{}/call/{}", setup.prefix(), row.tracer.name());
    let per_call = milli(row.cycles, row.calls).ok_or(Error::NoCalls { id: id.clone() })?;
    let disabled = grid.iter().find(|base| (base.relevant, base.irrelevant) == (0, 0) && base.setup == setup);
    let over = disabled.map(|base| i128::from(per_call) - i128::from(base.cycles_per_call_milli));
    Ok(Call {
        tracer: row.tracer.name().into(),
        calls: row.calls,
        cycles: row.cycles,
        instructions: row.instructions,
        icache_misses: row.icache_misses,
        dcache_misses: row.dcache_misses,
        mispredicts: row.mispredicts,
        path: path(&row.path),
        cycles_per_call_milli: per_call,
        overhead_milli: over.and_then(|over| i64::try_from(over).ok()),
        id,
        setup,
    })
}

fn latency(row: &measure::Latency) -> Latency {
    let setup = setup(&row.setup);
    let split = &row.split;
    let named = split.stores + split.cache + split.ipis + split.quiescence;
    Latency {
        id: format!("{}/latency/{}-{}", setup.prefix(), row.action.name(), row.sites),
        setup,
        action: row.action.name().into(),
        sites: row.sites,
        cycles: row.cycles,
        instructions: row.instructions,
        cycles_per_site_milli: milli(row.cycles, row.sites.into()),
        bookkeeping_cycles: row.cycles.saturating_sub(named),
        store_cycles: split.stores,
        cache_cycles: split.cache,
        ipi_cycles: split.ipis,
        quiescence_cycles: split.quiescence,
        lost_cycles: row.disturbance.total,
        longest_loss: row.disturbance.longest,
        losses: row.disturbance.histogram.clone(),
    }
}

fn size(row: &measure::TextSize) -> Size {
    let growth = i128::from(row.total_bytes) - i128::from(row.baseline_bytes);
    Size {
        id: format!("{}/{}/size/{}", row.arch, row.scheme, row.functions_of),
        arch: row.arch.name().into(),
        scheme: row.scheme.clone(),
        functions_of: row.functions_of.clone(),
        functions: row.functions,
        sites: row.sites,
        body_bytes: row.body_bytes,
        site_bytes: row.site_bytes,
        literal_bytes: row.literal_bytes,
        padding_bytes: row.padding_bytes,
        total_bytes: row.total_bytes,
        metadata_bytes: row.metadata_bytes,
        baseline_bytes: row.baseline_bytes,
        over_none_ppm: ratio(growth, 1_000_000, row.baseline_bytes).and_then(|ppm| i64::try_from(ppm).ok()),
    }
}

pub(crate) fn toggling(row: &measure::Toggling) -> (Verdict, Vec<Finding>) {
    let setup = setup(&row.setup);
    let mut id = format!("{}/verdict/{}", setup.prefix(), row.run);
    if row.tracer != Tracer::Ops {
        id = format!("{id}-{}", row.tracer.name());
    }
    if row.preemption != Preemption::None {
        id = format!("{id}-{}", row.preemption.name());
    }
    let seen = if row.bad_passes > 0 { row.bad_passes } else { row.wrong };
    let observation = Observation { verdict: id.clone(), bad: seen, good: row.calls.saturating_sub(seen) };
    let findings: Vec<Finding> = row
        .findings
        .iter()
        .map(|located| {
            let facts = facts(&setup, located);
            Finding { id: short_id(&facts), facts, observation: observation.clone() }
        })
        .collect();
    let bad = row.wrong > 0 || row.bad_passes > 0 || !findings.is_empty() || row.lost.is_some();
    let verdict = Verdict {
        id,
        setup,
        tracer: row.tracer.name().into(),
        preemption: row.preemption.name().into(),
        preemptions: row.preemptions,
        migrations: row.migrations,
        toggles: row.toggles,
        calls: row.calls,
        traced: row.traced,
        wrong: row.wrong,
        bad_passes: row.bad_passes,
        claims_safe: row.claims_safe,
        verdict: if bad { Outcome::Unsafe } else { Outcome::Survived },
        counterexample: findings.first().map(|finding| finding.id.clone()),
        lost: row.lost.clone(),
        trial: row.trial.map(trial),
    };
    (verdict, findings)
}

fn trial(trial: measure::Trial) -> Trial {
    let (depth, stores) = match trial.strategy {
        measure::Strategy::Random => (0, 0),
        measure::Strategy::Pct { depth, stores } => (depth, stores),
    };
    let strategy = strategy_name(trial.strategy).into();
    Trial { strategy, depth, stores, seed: trial.seed, sites: trial.sites, rounds: trial.rounds }
}

/// The trial that a record is of; none for a strategy that this version does not have.
pub fn trial_of(record: &Trial) -> Option<measure::Trial> {
    let strategies = [measure::Strategy::Random, measure::Strategy::Pct { depth: record.depth, stores: record.stores }];
    let strategy = strategies.into_iter().find(|strategy| strategy_name(*strategy) == record.strategy)?;
    Some(measure::Trial { strategy, seed: record.seed, sites: record.sites, rounds: record.rounds })
}

fn short_id(facts: &Facts) -> String {
    let json = serde_json::to_vec(facts).expect("facts are strings and integers only");
    Sha256::digest(json).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

fn facts(setup: &Setup, located: &measure::LocatedFinding) -> Facts {
    let finding = &located.finding;
    let place = |address: u64| Place {
        address: Hex(address),
        symbol: located.symbols.iter().find(|(at, _)| *at == address).map(|(_, name)| name.clone()),
    };
    let fetched = finding.fetched.iter().enumerate().map(|(n, insn)| Fetched {
        pc: place(insn.pc),
        bytes: memory_order(insn.bytes, insn.length),
        disassembly: located.disassembly.get(n).cloned(),
        cycle: insn.cycle.0,
        copied: insn.copied.0,
        writer: insn.writer.map(|store| Writer {
            hart: store.hart.0,
            cycle: store.cycle.0,
            pc: place(store.pc),
            at: place(store.at),
            size: store.size,
            value: Hex(store.value),
        }),
        memory: insn.memory.map(|now| memory_order(now, insn.length)),
    });
    Facts {
        setup: setup.clone(),
        finding: finding.kind.name().into(),
        site: place(finding.site),
        hart: finding.hart.0,
        cycle: finding.cycle.0,
        fetched: fetched.collect(),
        went_to: place(finding.went_to),
        allowed: finding.allowed.iter().map(|&address| place(address)).collect(),
        last_sync: finding.last_sync.map(|cycle| cycle.0),
        interrupted: finding.interrupted.iter().map(|cycle| cycle.0).collect(),
    }
}

/// The low `length` bytes of a little-endian word, as they lie in memory.
pub(crate) fn memory_order(word: u32, length: u8) -> String {
    word.to_le_bytes().iter().take(length.into()).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_round_to_nearest_on_both_sides_of_zero() {
        assert_eq!(ratio(1, 1000, 3), Some(333));
        assert_eq!(ratio(2, 1000, 3), Some(667));
        assert_eq!(ratio(-2, 1000, 3), Some(-667));
        assert_eq!(ratio(1, 1, 2), Some(1));
        assert_eq!(ratio(1, 1000, 0), None);
        assert_eq!(milli(u64::MAX, 1), None, "does not fit, and does not wrap");
    }

    #[test]
    fn bytes_stand_in_memory_order() {
        assert_eq!(memory_order(0x0007_e297, 4), "97e20700");
        assert_eq!(memory_order(0xffff_0001, 2), "0100");
    }
}
