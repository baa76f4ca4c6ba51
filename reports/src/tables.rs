//! Tables of results, in the forms that their readers paste.

use crate::number::{milli, percent, thousands};
use crate::records::{Call, Latency, Overhead, Size, Verdict};
use crate::results::Results;
use crate::table::{Align, Table};
use std::collections::BTreeSet;

/// A table with its heading.
#[derive(Clone, Debug)]
pub struct Section {
    /// What it shows.
    pub title: String,
    /// How to read it.
    pub note: String,
    /// The numbers.
    pub table: Table,
}

/// A scheme on a machine: what one ftrace-ops grid is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject<'a> {
    /// Instruction set.
    pub arch: &'a str,
    /// Core model.
    pub core: &'a str,
    /// Number of harts.
    pub harts: u32,
    /// Scheme.
    pub scheme: &'a str,
}

impl<'a> Subject<'a> {
    /// What a grid row is about.
    pub fn of(row: &'a Overhead) -> Subject<'a> {
        let setup = &row.setup;
        Subject { arch: &setup.arch, core: &setup.core, harts: setup.harts, scheme: &setup.scheme }
    }
}

/// Every scheme and machine of which there is a row, sorted.
pub fn subjects(results: &Results) -> BTreeSet<Subject<'_>> {
    results.overheads.iter().map(Subject::of).collect()
}

/// The rows of one grid: relevant tracers ascending, irrelevant ones within.
pub fn grid_rows<'a>(results: &'a Results, subject: Subject<'_>) -> Vec<&'a Overhead> {
    let mut rows: Vec<&Overhead> = results.overheads.iter().filter(|row| Subject::of(row) == subject).collect();
    rows.sort_by_key(|row| (row.relevant, row.irrelevant));
    rows
}

/// The ftrace-ops grid of one scheme, as it is pasted into commit messages. The overhead is over the row 0|0.
pub fn ops_grid(results: &Results, subject: Subject<'_>) -> Section {
    let rows = grid_rows(results, subject);
    let mut table = Table::new()
        .column("Number of tracers", "Relevant", Align::Right)
        .column("Number of tracers", "Irrelevant", Align::Right)
        .heavy("Total time", "(cycles)", Align::Right)
        .column("Per-call average time (cycles)", "Total", Align::Right)
        .column("Per-call average time (cycles)", "Overhead", Align::Right);
    for (row, rule) in ruled(&rows) {
        if rule {
            table.rule();
        }
        table.row(tracers(row).into_iter().chain(costs(Some(row))));
    }
    let machine = rows.first().map_or_else(String::new, |row| row.setup.machine());
    Section { title: format!("{}/{} on {machine}", subject.arch, subject.scheme), note: calls_note(&rows), table }
}

/// Two grids side by side (WITHOUT and WITH a change): the rows of either, with a dash where one has none.
pub fn ops_grids(left: (&str, &[&Overhead]), right: (&str, &[&Overhead])) -> Section {
    let mut table = Table::new().column("Number of tracers", "Relevant", Align::Right).column(
        "Number of tracers",
        "Irrelevant",
        Align::Right,
    );
    for (name, _) in [left, right] {
        let group = format!("{name} (cycles)");
        table = table.heavy(&group, "Total time", Align::Right).column(&group, "Per call", Align::Right).column(
            &group,
            "Overhead",
            Align::Right,
        );
    }
    let key = |row: &Overhead| (row.relevant, row.irrelevant);
    let keys: BTreeSet<(u32, u32)> = left.1.iter().chain(right.1).map(|row| key(row)).collect();
    let find = |rows: &[&Overhead], at| rows.iter().find(|row| key(row) == at).map(|row| costs(Some(row)));
    let mut last = None;
    for at in keys {
        if last.is_some_and(|last| last != at.0.min(2)) {
            table.rule();
        }
        last = Some(at.0.min(2));
        let sides = [left.1, right.1].map(|rows| find(rows, at).unwrap_or_else(|| costs(None)));
        table.row([thousands(at.0), thousands(at.1)].into_iter().chain(sides.into_iter().flatten()));
    }
    let all: Vec<&Overhead> = left.1.iter().chain(right.1).copied().collect();
    Section { title: format!("{} against {}", left.0, right.0), note: calls_note(&all), table }
}

/// Rows, with true where the number of relevant tracers steps from none to one and from one to a list.
fn ruled<'a>(rows: &'a [&'a Overhead]) -> impl Iterator<Item = (&'a Overhead, bool)> {
    let step = |n: usize| n > 0 && rows[n].relevant.min(2) != rows[n - 1].relevant.min(2);
    rows.iter().enumerate().map(move |(n, row)| (*row, step(n)))
}

fn tracers(row: &Overhead) -> [String; 2] {
    [thousands(row.relevant), thousands(row.irrelevant)]
}

fn costs(row: Option<&Overhead>) -> [String; 3] {
    let Some(row) = row else { return ["-", "-", "-"].map(String::from) };
    // As in the kernel's commits: rows without a relevant tracer are the ground that overhead is measured from.
    let overhead = row.overhead_milli.filter(|_| row.relevant > 0).map_or_else(|| "-".into(), milli);
    [thousands(row.cycles), milli(row.cycles_per_call_milli), overhead]
}

fn calls_note(rows: &[&Overhead]) -> String {
    let calls: BTreeSet<u64> = rows.iter().map(|row| row.calls).collect();
    match (calls.first(), calls.last()) {
        (Some(least), Some(most)) if least == most => format!("{} calls a row", thousands(*least)),
        (Some(least), Some(most)) => format!("{} to {} calls a row", thousands(*least), thousands(*most)),
        _ => "no calls".into(),
    }
}

/// What the calls of one machine cost beside cycles, per call: every scheme and row.
pub fn call_detail(rows: &[&Overhead]) -> Table {
    let mut table = Table::new()
        .words("scheme")
        .numbers("relevant")
        .numbers("irrelevant")
        .numbers("cycles/call")
        .numbers("over 0|0")
        .numbers("over none")
        .numbers("insns/call")
        .numbers("L1I misses")
        .numbers("L1D misses")
        .numbers("mispredicts");
    for (n, row) in rows.iter().enumerate() {
        if n > 0 && rows[n - 1].setup.scheme != row.setup.scheme {
            table.rule();
        }
        let or_dash = |number: Option<i64>| number.map_or_else(|| "-".into(), milli);
        let [relevant, irrelevant] = tracers(row);
        table.row([
            row.setup.scheme.clone(),
            relevant,
            irrelevant,
            milli(row.cycles_per_call_milli),
            or_dash(row.overhead_milli),
            or_dash(row.over_none_milli),
            milli(i128::from(row.instructions) * 1000 / i128::from(row.calls.max(1))),
            thousands(row.icache_misses),
            thousands(row.dcache_misses),
            thousands(row.mispredicts),
        ]);
    }
    table
}

/// Where the cycles of a call go, on one machine: the rows with tracers, then other kinds.
pub fn path_table(grid: &[&Overhead], calls: &[&Call]) -> Table {
    let mut table = Table::new().words("scheme").words("tracers").numbers("cycles/call");
    for title in ["site", "trampoline", "list", "tracer", "caller and body"] {
        table = table.column("of them (cycles)", title, Align::Right);
    }
    let of_grid = grid.iter().filter(|row| row.setup.scheme != "none");
    let of_grid = of_grid.map(|row| {
        let tracers = format!("{}|{}", row.relevant, row.irrelevant);
        (row.setup.scheme.as_str(), tracers, row.cycles, row.calls, row.path)
    });
    let of_calls = calls.iter();
    let of_calls = of_calls.map(|row| (row.setup.scheme.as_str(), row.tracer.clone(), row.cycles, row.calls, row.path));
    let mut rows: Vec<_> = of_grid.chain(of_calls).collect();
    // By scheme alone: the rest stays as it came.
    rows.sort_by_key(|row| row.0);
    for (n, (scheme, tracers, cycles, calls, path)) in rows.iter().enumerate() {
        if n > 0 && rows[n - 1].0 != *scheme {
            table.rule();
        }
        let per_call = |cycles: u64| milli(i128::from(cycles) * 1000 / i128::from((*calls).max(1)));
        let parts = path.cycles();
        let rest = cycles.saturating_sub(parts.iter().sum());
        let cells = [*cycles].into_iter().chain(parts).chain([rest]).map(per_call);
        table.row([scheme.to_string(), tracers.clone()].into_iter().chain(cells));
    }
    table
}

/// What a call costs by kind of tracer, on one machine: the grid's rows of one and two ops, then the calls.
pub fn kind_table(grid: &[&Overhead], calls: &[&Call]) -> Table {
    let mut table = Table::new()
        .words("scheme")
        .words("tracer")
        .numbers("cycles/call")
        .numbers("over 0|0")
        .numbers("insns/call")
        .numbers("L1I misses")
        .numbers("L1D misses")
        .numbers("mispredicts");
    for (n, cost) in kind_costs(grid, calls).iter().enumerate() {
        if n > 0 && cost.first {
            table.rule();
        }
        table.row([
            cost.scheme.into(),
            cost.tracer.clone(),
            milli(cost.milli),
            cost.over.map_or_else(|| "-".into(), milli),
            milli(i128::from(cost.counts[0]) * 1000 / i128::from(cost.calls.max(1))),
            thousands(cost.counts[1]),
            thousands(cost.counts[2]),
            thousands(cost.counts[3]),
        ]);
    }
    table
}

/// What a call costs that one kind of tracer sees.
pub(crate) struct KindCost<'a> {
    pub scheme: &'a str,
    /// `ops`, `two ops`, or the name of another kind.
    pub tracer: String,
    /// True for the first of a scheme.
    pub first: bool,
    /// Cycles of a call, in thousandths.
    pub milli: u64,
    /// Over disabled tracing.
    pub over: Option<i64>,
    pub calls: u64,
    /// Instructions, L1I misses, L1D misses, mispredicted branches of all calls.
    pub counts: [u64; 4],
}

/// The costs of schemes that take more than ops, scheme by scheme.
pub(crate) fn kind_costs<'a>(grid: &[&'a Overhead], calls: &[&'a Call]) -> Vec<KindCost<'a>> {
    let schemes: BTreeSet<&str> = calls.iter().map(|row| row.setup.scheme.as_str()).collect();
    let mut costs = Vec::new();
    for scheme in schemes {
        let start = costs.len();
        for (key, name) in [((1, 0), "ops"), ((2, 0), "two ops")] {
            let here = |row: &&&Overhead| row.setup.scheme == scheme && (row.relevant, row.irrelevant) == key;
            let Some(row) = grid.iter().find(here) else { continue };
            costs.push(KindCost {
                scheme,
                tracer: name.into(),
                first: false,
                milli: row.cycles_per_call_milli,
                over: row.overhead_milli,
                calls: row.calls,
                counts: [row.instructions, row.icache_misses, row.dcache_misses, row.mispredicts],
            });
        }
        costs.extend(calls.iter().filter(|row| row.setup.scheme == scheme).map(|row| KindCost {
            scheme,
            tracer: row.tracer.clone(),
            first: false,
            milli: row.cycles_per_call_milli,
            over: row.overhead_milli,
            calls: row.calls,
            counts: [row.instructions, row.icache_misses, row.dcache_misses, row.mispredicts],
        }));
        costs[start].first = true;
    }
    costs
}

/// The calls of one machine, and the rows of the grid that they stand beside.
pub struct Kinds<'a> {
    /// Instruction set.
    pub arch: &'a str,
    /// Core and number of harts.
    pub machine: String,
    /// Rows of the grid.
    pub grid: Vec<&'a Overhead>,
    /// Calls.
    pub calls: Vec<&'a Call>,
}

/// Calls grouped by instruction set and machine.
pub fn calls_by_machine(results: &Results) -> Vec<Kinds<'_>> {
    let groups = grouped(&results.calls, |row| (row.setup.arch.as_str(), row.setup.machine()));
    let kinds = |((arch, machine), calls): ((_, String), _)| {
        let here = |row: &&Overhead| row.setup.arch == arch && row.setup.machine() == machine;
        Kinds { arch, grid: results.overheads.iter().filter(here).collect(), machine, calls }
    };
    groups.into_iter().map(kinds).collect()
}

/// What the columns of a path hold.
pub const PATH: &str = "from the issue of each instruction to that of the next; `caller and body` is the loop that calls and the \
    traced function itself";

/// What the columns on other harts hold.
pub const LOSSES: &str = "other harts: handlers, remote fences and standing still, not the refills of instruction caches \
    afterwards; losses by size: 7\u{d7}64 is seven of 64 to 127 cycles";

/// Patching operations of one instruction set and core: a row for every scheme, number of harts and of sites.
pub fn latency_table(rows: &[&Latency]) -> Table {
    const ACTIONS: [&str; 3] = ["enable", "retarget", "disable"];
    let mut table = Table::new().words("scheme").numbers("harts").numbers("sites");
    for action in ACTIONS {
        let group = format!("{action} (cycles)");
        table = table.heavy(&group, "total", Align::Right).column(&group, "per site", Align::Right);
    }
    let key = |row: &Latency| (row.setup.scheme.clone(), row.setup.harts, row.sites);
    let keys: BTreeSet<(String, u32, u32)> = rows.iter().map(|row| key(row)).collect();
    let mut last = None;
    for at in keys {
        if last.as_ref().is_some_and(|last| *last != (at.0.clone(), at.1)) {
            table.rule();
        }
        last = Some((at.0.clone(), at.1));
        let of = |action: &str| rows.iter().find(|row| row.action == action && key(row) == at);
        let cells = ACTIONS.iter().flat_map(|action| match of(action) {
            Some(row) => [thousands(row.cycles), row.cycles_per_site_milli.map_or_else(|| "-".into(), milli)],
            None => ["-", "-"].map(String::from),
        });
        table.row([at.0.clone(), thousands(at.1), thousands(at.2)].into_iter().chain(cells));
    }
    table
}

/// What the time of enabling goes to, and what it costs the other harts: a row for every scheme, number of harts and of sites.
pub fn enable_table(rows: &[&Latency]) -> Table {
    let mut table = Table::new().words("scheme").numbers("harts").numbers("sites");
    for title in ["bookkeeping", "stores", "cache ops", "IPIs", "quiescence"] {
        table = table.column("patcher (cycles)", title, Align::Right);
    }
    table = table.heavy("other harts (cycles)", "lost", Align::Right);
    table = table.column("other harts (cycles)", "longest", Align::Right);
    table = table.column("other harts (cycles)", "losses by size", Align::Left);
    let mut enables: Vec<&&Latency> = rows.iter().filter(|row| row.action == "enable").collect();
    enables.sort_by_key(|row| (&row.setup.scheme, row.setup.harts, row.sites));
    let mut last = None;
    for row in enables {
        if last.is_some_and(|last| last != &row.setup.scheme) {
            table.rule();
        }
        last = Some(&row.setup.scheme);
        let losses: Vec<String> = row
            .losses
            .iter()
            .map(|(n, count)| format!("{}\u{d7}{}", thousands(*count), thousands(1u64 << n)))
            .collect();
        table.row([
            row.setup.scheme.clone(),
            thousands(row.setup.harts),
            thousands(row.sites),
            thousands(row.bookkeeping_cycles),
            thousands(row.store_cycles),
            thousands(row.cache_cycles),
            thousands(row.ipi_cycles),
            thousands(row.quiescence_cycles),
            thousands(row.lost_cycles),
            thousands(row.longest_loss),
            if losses.is_empty() { "-".into() } else { losses.join(" ") },
        ]);
    }
    table
}

/// Text sizes of one set of functions, names last as `size` has them.
pub fn size_table(rows: &[&Size]) -> Table {
    let mut table = Table::new();
    for title in ["bodies", "sites", "literals", "padding", "text", "hex", "bytes/site", "over none %", "metadata"] {
        table = table.numbers(title);
    }
    table = table.words("scheme");
    for row in rows {
        let growth = i128::from(row.total_bytes) - i128::from(row.baseline_bytes);
        let per_site = (row.sites > 0 && row.site_bytes > 0).then(|| milli(growth * 1000 / i128::from(row.sites)));
        table.row([
            thousands(row.body_bytes),
            thousands(row.site_bytes),
            thousands(row.literal_bytes),
            thousands(row.padding_bytes),
            thousands(row.total_bytes),
            format!("{:x}", row.total_bytes),
            per_site.unwrap_or_else(|| "-".into()),
            row.over_none_ppm.map_or_else(|| "-".into(), |ppm| percent(ppm, true)),
            thousands(row.metadata_bytes),
            row.scheme.clone(),
        ]);
    }
    table
}

/// Concurrent runs: how each ended, and what its scheme claims.
pub fn verdict_table(rows: &[Verdict]) -> Table {
    let mut table = Table::new()
        .words("scheme")
        .words("machine")
        .words("tracer")
        .words("preemption")
        .words("verdict")
        .words("claim")
        .numbers("toggles")
        .numbers("calls")
        .numbers("traced")
        .numbers("wrong")
        .numbers("bad passes")
        .words("finding");
    for row in rows.iter().filter(|row| row.trial.is_none()) {
        let claim = match (row.claims_safe, row.as_claimed()) {
            (true, true) => "safe, kept",
            (true, false) => "safe, BROKEN",
            (false, true) => "not safe here, fails as it should",
            (false, false) => "not safe here, not caught in this run",
        };
        table.row([
            format!("{}/{}", row.setup.arch, row.setup.scheme),
            row.setup.machine(),
            row.tracer.clone(),
            row.preemption.clone(),
            row.verdict.name().into(),
            claim.into(),
            thousands(row.toggles),
            thousands(row.calls),
            thousands(row.traced),
            thousands(row.wrong),
            thousands(row.bad_passes),
            row.counterexample.clone().unwrap_or_else(|| "-".into()),
        ]);
    }
    table
}

/// Latencies grouped by instruction set and core.
pub fn latencies_by_core(results: &Results) -> Vec<((&str, &str), Vec<&Latency>)> {
    grouped(&results.latencies, |row| (row.setup.arch.as_str(), row.setup.core.as_str()))
}

/// Sizes grouped by whose functions they are.
pub fn sizes_by_functions(results: &Results) -> Vec<((&str, &str), Vec<&Size>)> {
    let mut groups = grouped(&results.sizes, |row| (row.arch.as_str(), row.functions_of.as_str()));
    for (_, rows) in &mut groups {
        rows.sort_by_key(|row| (row.scheme != "none", row.over_none_ppm, row.scheme.as_str()));
    }
    groups
}

/// Grid rows grouped by instruction set and machine, the scheme `none` first.
pub fn overheads_by_machine(results: &Results) -> Vec<((&str, String), Vec<&Overhead>)> {
    let mut groups = grouped(&results.overheads, |row| (row.setup.arch.as_str(), row.setup.machine()));
    for (_, rows) in &mut groups {
        rows.sort_by_key(|row| {
            let scheme = row.setup.scheme.as_str();
            (scheme != "none", scheme, row.relevant, row.irrelevant)
        });
    }
    groups
}

fn grouped<'a, T, K: Ord>(rows: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<(K, Vec<&'a T>)> {
    let mut groups: std::collections::BTreeMap<K, Vec<&T>> = std::collections::BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups.into_iter().collect()
}

/// Text sizes, a table for every set of functions.
pub fn size_sections(results: &Results) -> Vec<Section> {
    let section = |((_, functions_of), rows): ((&str, &str), Vec<&Size>)| {
        let (functions, sites) = (rows[0].functions, rows.iter().map(|row| row.sites).max().unwrap_or(0));
        Section {
            title: format!("Text size, functions of {functions_of}"),
            note: format!("bytes; {} functions, {} with a site", thousands(functions), thousands(sites)),
            table: size_table(&rows),
        }
    };
    sizes_by_functions(results).into_iter().map(section).collect()
}

/// All tables of the results, the grids first.
pub fn sections(results: &Results) -> Vec<Section> {
    let grids = subjects(results).into_iter().filter(|subject| grid_rows(results, *subject).len() > 1);
    let mut sections = crate::sensitivity::sections(results);
    sections.extend(grids.map(|subject| ops_grid(results, subject)));
    for ((arch, machine), rows) in overheads_by_machine(results) {
        let disabled: Vec<&Overhead> =
            rows.into_iter().filter(|row| (row.relevant, row.irrelevant) == (0, 0)).collect();
        sections.push(Section {
            title: format!("Disabled tracing against no ftrace, {arch} on {machine}"),
            note: "no tracer anywhere: what every call pays; misses and mispredicts of all calls".into(),
            table: call_detail(&disabled),
        });
    }
    for ((arch, machine), rows) in overheads_by_machine(results) {
        let kinds = calls_by_machine(results).into_iter().find(|k| k.arch == arch && k.machine == machine);
        sections.push(Section {
            title: format!("Where the cycles of a call go, {arch} on {machine}"),
            note: PATH.into(),
            table: path_table(&rows, &kinds.map_or_else(Vec::new, |kinds| kinds.calls)),
        });
    }
    for kinds in calls_by_machine(results) {
        sections.push(Section {
            title: format!("A call by kind of tracer, {} on {}", kinds.arch, kinds.machine),
            note: "direct calls go straight from the site (near), through the trampoline (far), or through the list; \
                   misses and mispredicts of all calls"
                .into(),
            table: kind_table(&kinds.grid, &kinds.calls),
        });
    }
    for ((arch, core), rows) in latencies_by_core(results) {
        sections.push(Section {
            title: format!("Patch latency, {arch} on {core}"),
            note: "from the request to its return, on the patcher's hart, while the other harts call the sites".into(),
            table: latency_table(&rows),
        });
        sections.push(Section {
            title: format!("Where the time of enabling goes, {arch} on {core}"),
            note: LOSSES.into(),
            table: enable_table(&rows),
        });
    }
    sections.extend(size_sections(results));
    if results.verdicts.iter().any(|verdict| verdict.trial.is_none()) {
        sections.push(Section {
            title: "Sites toggled while other harts call them".into(),
            note: "`survived` is what happened in this run, no proof".into(),
            table: verdict_table(&results.verdicts),
        });
    }
    sections.extend(crate::trials::section(results));
    sections.extend(crate::check::table::sections(results));
    sections
}
