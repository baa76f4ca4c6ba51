//! Results in words: one sentence for what a reader asks first. Every number is computed from the records.

use crate::number::{milli, percent, thousands};
use crate::records::{Latency, Outcome, Overhead, Size};
use crate::results::Results;
use crate::tables::{latencies_by_core, overheads_by_machine, sizes_by_functions};

/// The sentences, in the order of the report.
pub fn sentences(results: &Results) -> Vec<String> {
    let mut all = overheads(results);
    all.extend(sizes(results));
    all.extend(latencies(results));
    all.extend(verdicts(results));
    all.extend(crate::check::table::sentences(results));
    all
}

fn overheads(results: &Results) -> Vec<String> {
    let mut sentences = Vec::new();
    for ((arch, machine), rows) in overheads_by_machine(results) {
        let mut schemes: Vec<&str> = rows.iter().map(|row| row.setup.scheme.as_str()).collect();
        schemes.dedup();
        for scheme in schemes.into_iter().filter(|scheme| *scheme != "none") {
            let at = |key: (u32, u32)| {
                let here = |row: &&&Overhead| row.setup.scheme == scheme && (row.relevant, row.irrelevant) == key;
                rows.iter().find(here)
            };
            let mut parts = Vec::new();
            if let Some((off, more)) = at((0, 0)).and_then(|row| Some((row, row.over_none_milli?))) {
                let call = milli(off.cycles_per_call_milli);
                parts.push(format!(
                    "a call with tracing disabled takes {call} cycles, {} than without ftrace",
                    more_or_less(more)
                ));
            }
            let over = |key| at(key).and_then(|row| row.overhead_milli);
            if let Some(one) = over((1, 0)) {
                parts.push(format!("one tracer costs {} than disabled", more_or_less(one)));
                if let Some(elsewhere) = over((1, 1)) {
                    let change = elsewhere.saturating_sub(one);
                    let word = if change == 0 { "nothing".into() } else { more_or_less(change) };
                    parts.push(format!("a second one on another function adds {word}"));
                }
            }
            if let Some(two) = over((2, 0)) {
                parts.push(format!("two tracers on the function cost {} than disabled", more_or_less(two)));
            }
            if !parts.is_empty() {
                sentences.push(format!("{arch}/{scheme} on {machine}: {}.", parts.join("; ")));
            }
        }
    }
    sentences
}

/// `3.20 cycles more`.
fn more_or_less(change: i64) -> String {
    match change {
        0 => "no more".into(),
        1.. => format!("{} cycles more", milli(change)),
        _ => format!("{} cycles less", milli(-i128::from(change))),
    }
}

fn sizes(results: &Results) -> Vec<String> {
    let mut sentences = Vec::new();
    for ((_, functions_of), rows) in sizes_by_functions(results) {
        // Rows stand in the order of their growth: equal ones are neighbours.
        let grown: Vec<&&Size> = rows.iter().filter(|row| row.scheme != "none").collect();
        let parts: Vec<String> = grown
            .chunk_by(|a, b| a.over_none_ppm == b.over_none_ppm)
            .filter_map(|equal| {
                let schemes: Vec<&str> = equal.iter().map(|row| row.scheme.as_str()).collect();
                Some(format!("{} % with {}", percent(equal[0].over_none_ppm?, true), schemes.join(" and ")))
            })
            .collect();
        if !parts.is_empty() {
            sentences.push(format!("Text of {functions_of} over no ftrace: {}.", parts.join(", ")));
        }
    }
    sentences
}

/// Enabling the most sites on the most harts: the schemes in order, each as a multiple of the fastest.
fn latencies(results: &Results) -> Vec<String> {
    let mut sentences = Vec::new();
    for ((arch, core), rows) in latencies_by_core(results) {
        let enable = rows.iter().filter(|row| row.action == "enable");
        let Some(most) = enable.clone().map(|row| (row.sites, row.setup.harts)).max() else { continue };
        let mut largest: Vec<_> = enable.filter(|row| (row.sites, row.setup.harts) == most).collect();
        largest.sort_by_key(|row| (row.cycles, row.id.as_str()));
        let fastest = largest[0].cycles.max(1);
        let part = |row: &&&&Latency| {
            let times = (u128::from(row.cycles) * 100 / u128::from(fastest)) as i128 * 10;
            let times = if row.cycles > fastest { format!(" ({} times)", milli(times)) } else { String::new() };
            format!("{} {}{times}", row.setup.scheme, thousands(row.cycles))
        };
        let parts: Vec<String> = largest.iter().map(|row| part(&row)).collect();
        let (sites, harts) = (thousands(most.0), thousands(most.1));
        sentences.push(format!(
            "Enabling {sites} sites at once, {arch} on {core} with {harts} harts, takes in cycles: {}.",
            parts.join(", ")
        ));
    }
    sentences
}

fn verdicts(results: &Results) -> Vec<String> {
    let verdicts = || results.verdicts.iter().filter(|row| row.trial.is_none());
    let claiming: Vec<_> = verdicts().filter(|row| row.claims_safe).collect();
    let mut sentences = Vec::new();
    if !claiming.is_empty() {
        let survived = claiming.iter().filter(|row| row.verdict == Outcome::Survived).count();
        sentences.push(format!(
            "{survived} of {} runs of schemes that claim to be safe survived having their sites toggled while other harts called them.",
            claiming.len()
        ));
    }
    for row in verdicts().filter(|row| !row.claims_safe || row.verdict == Outcome::Unsafe) {
        let who = format!("{}/{} on {}", row.setup.arch, row.setup.scheme, row.setup.machine());
        let how = match (row.claims_safe, row.verdict) {
            (true, _) => "claims to be safe and is UNSAFE",
            (false, Outcome::Unsafe) => "is unsafe, as a negative control must be",
            (false, Outcome::Survived) => "is a negative control and did NOT fail: the judge saw nothing",
        };
        let (bad, wrong, calls) = (thousands(row.bad_passes), thousands(row.wrong), thousands(row.calls));
        sentences.push(format!("{who} {how}: {bad} bad passes and {wrong} wrong results in {calls} calls."));
    }
    sentences
}
