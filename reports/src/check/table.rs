//! The safety matrix: a row for each scheme and preemption, a column for each model.

use super::facts::{Check, Decision};
use crate::results::Results;
use crate::table::Table;
use crate::tables::Section;
use std::collections::{BTreeMap, BTreeSet};

/// Models in the order of what they promise.
const MODELS: [&str; 8] =
    ["ziccif", "fencei-fetch", "ir-decode-w", "ir-decode", "ziccid", "dic0-idc0", "dic0-idc1", "dic1-idc1"];

/// The matrices, one for each instruction set, and what was left out, if anything was.
pub fn sections(results: &Results) -> Vec<Section> {
    let mut sections = Vec::new();
    let whole: Vec<&Check> = results.checks.iter().filter(|c| c.site.ablated.is_none()).collect();
    let archs: BTreeSet<&str> = whole.iter().map(|c| c.site.arch.as_str()).collect();
    for arch in archs.into_iter().rev() {
        let rows: Vec<&Check> = whole.iter().filter(|c| c.site.arch == arch).copied().collect();
        sections.push(Section {
            title: format!("Safety of schemes on {arch}"),
            note: "every execution that the model allows, of the scheme's own bytes; the worst verdict of all operations, and \
                   which operation it is"
                .into(),
            table: matrix(&rows),
        });
    }
    if results.checks.iter().any(|c| c.site.ablated.is_some()) {
        sections.push(Section {
            title: "What is needed".into(),
            note: "one part of the protocol left out at a time; needed under the models where the verdict turns".into(),
            table: ablation(results),
        });
    }
    sections
}

fn matrix(rows: &[&Check]) -> Table {
    let models: Vec<&str> = MODELS.into_iter().filter(|m| rows.iter().any(|c| c.site.model == *m)).collect();
    let mut table = Table::new().words("scheme").words("preemption").words("claim");
    for model in &models {
        table = table.words(model);
    }
    let mut keys: Vec<(&str, &str)> =
        rows.iter().map(|c| (c.site.scheme.as_str(), c.site.preemption.as_str())).collect();
    let rank = |p: &str| ["none", "voluntary", "full"].iter().position(|known| *known == p);
    keys.sort_by_key(|(scheme, preemption)| (*scheme, rank(preemption)));
    keys.dedup();
    let mut last = "";
    for (scheme, preemption) in keys {
        if !last.is_empty() && last != scheme {
            table.rule();
        }
        last = scheme;
        let of: Vec<&&Check> =
            rows.iter().filter(|c| c.site.scheme == scheme && c.site.preemption == preemption).collect();
        let claim = if of.iter().any(|c| c.claims_safe) { "safe" } else { "none" };
        let cells = models.iter().map(|model| {
            let here = of.iter().filter(|c| c.site.model == *model);
            let worst = here.max_by_key(|c| (severity(c.verdict), std::cmp::Reverse(c.explored.longest)));
            worst.map_or_else(|| "-".to_owned(), |c| cell(c))
        });
        table.row([scheme.to_owned(), preemption.to_owned(), claim.to_owned()].into_iter().chain(cells));
    }
    table
}

const fn severity(verdict: Decision) -> u8 {
    match verdict {
        Decision::Safe => 0,
        Decision::SafeBounded => 1,
        Decision::Inconclusive => 2,
        Decision::Unsafe => 3,
    }
}

fn cell(check: &Check) -> String {
    match (&check.counterexample, check.verdict) {
        (Some(id), Decision::Unsafe) => format!("UNSAFE {} {id}", check.site.operation),
        (_, Decision::Safe) => "safe".to_owned(),
        (_, verdict) => format!("{} {}", verdict.name(), check.site.operation),
    }
}

fn ablation(results: &Results) -> Table {
    let mut table = Table::new()
        .words("scheme")
        .words("operation")
        .words("preemption")
        .words("left out")
        .words("needed under")
        .words("not needed under");
    let mut rows: BTreeMap<[&str; 5], [Vec<String>; 2]> = BTreeMap::new();
    for check in &results.checks {
        let site = &check.site;
        let Some(part) = &site.ablated else { continue };
        let key = [site.arch.as_str(), &site.scheme, &site.operation, &site.preemption, part];
        let lists = rows.entry(key).or_default();
        match check.verdict {
            Decision::Unsafe => lists[0].push(site.model.clone()),
            Decision::Safe | Decision::SafeBounded => lists[1].push(site.model.clone()),
            Decision::Inconclusive => lists[1].push(format!("{} (inconclusive)", site.model)),
        }
    }
    for ([arch, scheme, operation, preemption, part], lists) in rows {
        let list = |names: &[String]| if names.is_empty() { "-".to_owned() } else { names.join(", ") };
        table.row([
            format!("{arch}/{scheme}"),
            operation.to_owned(),
            preemption.to_owned(),
            part.to_owned(),
            list(&lists[0]),
            list(&lists[1]),
        ]);
    }
    table
}

/// What the matrix comes to, in sentences.
pub fn sentences(results: &Results) -> Vec<String> {
    let whole = || results.checks.iter().filter(|c| c.site.ablated.is_none());
    let mut sentences = Vec::new();
    if whole().next().is_none() {
        return sentences;
    }
    let claiming: Vec<&Check> = whole().filter(|c| c.claims_safe && !c.weak_reading()).collect();
    let safe = claiming.iter().filter(|c| c.verdict == Decision::Safe).count();
    sentences.push(format!(
        "{safe} of {} checks of schemes that claim to be safe found every execution good.",
        claiming.len()
    ));
    for check in claiming.iter().filter(|c| c.verdict == Decision::Unsafe) {
        let reason = check.reason.as_deref().unwrap_or("");
        sentences.push(format!("{} claims to be safe and is UNSAFE: {reason}.", check.id));
    }
    let mut readings: BTreeMap<(&str, &str, &str), BTreeSet<&str>> = BTreeMap::new();
    for check in whole().filter(|c| c.claims_safe && c.weak_reading() && c.verdict == Decision::Unsafe) {
        let site = &check.site;
        let key = (site.arch.as_str(), site.scheme.as_str(), site.preemption.as_str());
        readings.entry(key).or_default().insert(&site.model);
    }
    for ((arch, scheme, preemption), models) in readings {
        let models: Vec<&str> = models.into_iter().collect();
        sentences.push(format!(
            "{arch}/{scheme}, preemption {preemption}: safe under a stronger reading of the RISC-V text only; under {} nothing \
             orders a fetch before a later store.",
            models.join(" and ")
        ));
    }
    for name in results.silent_controls() {
        sentences.push(format!("{name} is a negative control and was NOT found unsafe: the judge saw nothing."));
    }
    sentences
}
