//! One self-contained page: inline style, inline SVG, no script. Every plot has its numbers in a table under it.

use crate::error::Error;
use crate::finding;
use crate::plots::{self, Plot};
use crate::race;
use crate::records::Run;
use crate::results::Results;
use crate::sensitivity;
use crate::summary::sentences;
use crate::table::{Table, escape};
use crate::tables;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

const TERMS: &[(&str, &str)] = &[
    ("hart", "a hardware thread: what RISC-V calls a hart and Arm a PE."),
    ("site", "the bytes at the entry of a traced function that are patched."),
    ("literal", "the data word beside a site that says which ops to call."),
    ("ops", "a tracer's descriptor: the function to call and the functions it wants to see."),
    ("trampoline", "the code that a site branches to; it saves registers and calls the tracer."),
    ("scheme", "a site layout, its trampoline and the way its bytes are patched."),
    ("r|i", "a row of the grid: r tracers on the called function (relevant), i on another one (irrelevant)."),
    ("disabled", "the row 0|0: the site is there and does nothing. Overhead is measured from it."),
    ("none", "a guest built without ftrace: no sites at all."),
    ("list", "several tracers on one function: the trampoline walks all ops and asks each whether it wants the call."),
    (
        "direct call",
        "a trampoline of the tracer's own in the place of a tracer: near the site, far, or beside another tracer (list).",
    ),
    ("patch latency", "cycles from the request to its return on the patcher's hart, while other harts call the sites."),
    ("stale fetch", "an instruction fetched from a copy that is older than memory."),
    ("torn fetch", "old and new bytes in one instruction, or in one pass through a site."),
    ("bad pass", "a pass through a site that ended where the scheme promises it never does."),
    ("survived", "nothing went wrong in this run; that is no proof."),
    ("negative control", "a scheme known to be unsafe: it shows that the judge sees."),
    ("config", "SHA-256 of the core model and topology; results compare only where it is the same."),
    ("guest", "SHA-256 of the bytes that ran."),
];

impl Results {
    /// The report as one HTML file.
    ///
    /// # Errors
    /// [`Error::Plot`].
    pub fn render_html(&self) -> Result<String, Error> {
        let mut body = String::new();
        let title = title(&self.run);
        let _ = writeln!(body, "<h1>{}</h1>", escape(&title));
        provenance(&mut body, self);
        navigation(&mut body, self);
        words(&mut body, self);
        sensitivity(&mut body, self)?;
        overheads(&mut body, self)?;
        sizes(&mut body, self)?;
        latencies(&mut body, self)?;
        verdicts(&mut body, self);
        races(&mut body, self);
        checks(&mut body, self);
        glossary(&mut body);
        Ok(page(&title, &body))
    }
}

/// A whole page.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        escape(title)
    )
}

/// A plot as a figure.
pub(crate) fn figure(plot: &Plot) -> String {
    format!("<figure>\n{}</figure>\n", plot.svg)
}

/// A table that opens on demand.
pub(crate) fn folded(summary: &str, table: &Table) -> String {
    format!("<details><summary>{}</summary>\n{}</details>\n", escape(summary), table.html())
}

/// Name of an anchor.
fn anchor(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

fn title(run: &Run) -> String {
    let commit = run.commit12().map_or_else(|| "no commit".to_string(), |commit| format!("commit {commit}"));
    let date = run.commit_time.map_or_else(String::new, |time| format!(" of {}", date(time)));
    format!("What patching code costs: cmodx, {commit}{date}")
}

/// `2025-11-22`, of seconds since 1970 (proleptic Gregorian, UTC).
pub(crate) fn date(seconds: u64) -> String {
    let days = (seconds / 86_400) as i64;
    // Years start in March here, so that the leap day is the last one.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn provenance(body: &mut String, results: &Results) {
    let run = &results.run;
    body.push_str("<dl class=run>\n");
    let mut facts: Vec<(String, String)> = vec![
        ("tool".into(), format!("cmodx {}", run.tool)),
        ("commit".into(), run.commit.clone().unwrap_or_else(|| "unknown".into())),
        (
            "uncommitted changes".into(),
            if run.dirty { "yes: these results are not those of the commit" } else { "no" }.into(),
        ),
        ("command".into(), run.command()),
    ];
    facts
        .extend(results.configurations().into_iter().map(|(machine, hash)| (format!("config {machine}"), hash.into())));
    facts.extend(run.host.iter().flatten().map(|(name, value)| (format!("host {name}"), value.clone())));
    for (name, value) in facts {
        let _ = writeln!(body, "<dt>{}</dt><dd>{}</dd>", escape(&name), escape(&value));
    }
    body.push_str("</dl>\n");
}

fn navigation(body: &mut String, results: &Results) {
    let sections = [
        ("overhead", "Calls", !results.overheads.is_empty()),
        ("size", "Text size", !results.sizes.is_empty()),
        ("latency", "Patch latency", !results.latencies.is_empty()),
        ("safety", "Safety", !results.verdicts.is_empty()),
        ("races", "Races", !results.races.is_empty()),
        ("checks", "Verdicts", !results.checks.is_empty()),
        ("terms", "Terms", true),
    ];
    body.push_str("<nav>");
    for (id, name, _) in sections.iter().filter(|(_, _, there)| *there) {
        let _ = write!(body, "<a href=\"#{id}\">{name}</a> ");
    }
    let grids = grids(results);
    body.push_str(if grids.is_empty() { "" } else { "<br>Schemes: " });
    for subject in grids {
        let name = format!("{}/{} on {}", subject.arch, subject.scheme, subject.core);
        let _ = write!(body, "<a href=\"#{}\">{}</a> ", grid_anchor(&subject), escape(&name));
    }
    body.push_str("</nav>\n");
}

/// Every grid of more than the row 0|0.
fn grids(results: &Results) -> Vec<tables::Subject<'_>> {
    tables::subjects(results).into_iter().filter(|s| tables::grid_rows(results, *s).len() > 1).collect()
}

fn grid_anchor(subject: &tables::Subject<'_>) -> String {
    anchor(&format!("{}-{}-{}-x{}", subject.arch, subject.scheme, subject.core, subject.harts))
}

fn words(body: &mut String, results: &Results) {
    let sentences = sentences(results);
    if sentences.is_empty() {
        if results.is_empty() {
            body.push_str("<p>Nothing was measured.</p>\n");
        }
        return;
    }
    body.push_str("<h2 id=summary>In words</h2>\n<ul>\n");
    for sentence in sentences {
        let _ = writeln!(body, "<li>{}</li>", escape(&sentence));
    }
    body.push_str("</ul>\n");
}

fn sensitivity(body: &mut String, results: &Results) -> Result<(), Error> {
    let sweeps = sensitivity::sweeps(results);
    if sweeps.is_empty() {
        return Ok(());
    }
    body.push_str("<h2 id=sensitivity>What depends on a parameter of the core model</h2>\n");
    for ((sweep, quantities), section) in sweeps.iter().zip(sensitivity::sections(results)) {
        let _ = writeln!(body, "<h3>{}</h3>\n<p>{}</p>", escape(&section.title), escape(&section.note));
        let plot = plots::sweep_lines(&section.title, sweep.key, quantities)?;
        body.push_str(&plot.as_ref().map_or_else(String::new, figure));
        body.push_str(&folded("the numbers", &section.table));
    }
    Ok(())
}

fn overheads(body: &mut String, results: &Results) -> Result<(), Error> {
    if results.overheads.is_empty() {
        return Ok(());
    }
    body.push_str("<h2 id=overhead>What a call costs</h2>\n");
    for ((arch, machine), rows) in tables::overheads_by_machine(results) {
        let _ = writeln!(body, "<h3>{} on {}</h3>", escape(arch), escape(&machine));
        let title = format!("Cycles per call by scheme, {arch} on {machine}");
        body.push_str(&plots::overhead_bars(&title, &rows)?.as_ref().map_or_else(String::new, figure));
        let title = format!("Cycles per call against the number of tracers, {arch} on {machine}");
        body.push_str(&plots::ops_lines(&title, &rows)?.as_ref().map_or_else(String::new, figure));
        let here = |kinds: &tables::Kinds<'_>| kinds.arch == arch && kinds.machine == machine;
        let kinds = tables::calls_by_machine(results).into_iter().find(here);
        let calls = kinds.as_ref().map_or(&[][..], |kinds| &kinds.calls);
        let title = format!("Where the cycles of a call go, {arch} on {machine}");
        body.push_str(&plots::path_bars(&title, &rows)?.as_ref().map_or_else(String::new, figure));
        body.push_str(&folded(&format!("the numbers: {}", tables::PATH), &tables::path_table(&rows, calls)));
        if let Some(kinds) = kinds {
            let title = format!("Cycles per call by kind of tracer, {arch} on {machine}");
            let plot = plots::kind_bars(&title, &kinds.grid, &kinds.calls)?;
            body.push_str(&plot.as_ref().map_or_else(String::new, figure));
            body.push_str(&folded("the numbers by kind of tracer", &tables::kind_table(&kinds.grid, &kinds.calls)));
        }
        body.push_str(&folded(
            "the numbers of the other plots, with instructions, misses and mispredicts",
            &tables::call_detail(&rows),
        ));
        for subject in grids(results)
            .into_iter()
            .filter(|s| s.arch == arch && rows[0].setup.core == s.core && rows[0].setup.harts == s.harts)
        {
            let section = tables::ops_grid(results, subject);
            let _ = write!(
                body,
                "<details><summary>{}, {}</summary>\n<div id=\"{}\">\n{}</div></details>\n",
                escape(&section.title),
                escape(&section.note),
                grid_anchor(&subject),
                section.table.html()
            );
        }
    }
    Ok(())
}

fn sizes(body: &mut String, results: &Results) -> Result<(), Error> {
    let groups = tables::sizes_by_functions(results);
    if groups.is_empty() {
        return Ok(());
    }
    body.push_str("<h2 id=size>What sites add to the text</h2>\n");
    let plot = plots::size_bars("Growth of text over no ftrace, by kernel and scheme", &groups)?;
    body.push_str(&plot.as_ref().map_or_else(String::new, figure));
    for section in tables::size_sections(results) {
        heading(body, &section);
        body.push_str(&section.table.html());
    }
    Ok(())
}

fn latencies(body: &mut String, results: &Results) -> Result<(), Error> {
    if results.latencies.is_empty() {
        return Ok(());
    }
    body.push_str("<h2 id=latency>How long patching takes</h2>\n");
    for ((arch, core), rows) in tables::latencies_by_core(results) {
        let _ = writeln!(body, "<h3>{} on {}</h3>", escape(arch), escape(core));
        let title = format!("Patch latency against the number of sites, {arch} on {core}");
        body.push_str(&plots::latency_lines(&title, &rows)?.as_ref().map_or_else(String::new, figure));
        body.push_str(&folded("the numbers", &tables::latency_table(&rows)));
        body.push_str(&folded(
            "where the time of enabling goes, and what it costs other harts",
            &tables::enable_table(&rows),
        ));
    }
    Ok(())
}

fn verdicts(body: &mut String, results: &Results) {
    if results.verdicts.is_empty() {
        return;
    }
    body.push_str("<h2 id=safety>What went wrong while sites were toggled</h2>\n");
    body.push_str("<p class=note><b>survived</b> is what happened in this run, no proof.</p>\n");
    let runs = results.verdicts.iter().any(|verdict| verdict.trial.is_none());
    let mut table = if runs { tables::verdict_table(&results.verdicts).html() } else { String::new() };
    if let Some(trials) = crate::trials::section(results) {
        let _ = write!(table, "<h3>{}</h3>\n<p class=note>{}</p>\n{}", trials.title, trials.note, trials.table.html());
    }
    for finding in &results.findings {
        let id = escape(&finding.id);
        let link = format!("<td><a href=\"#{}\">{id}</a></td>", anchor(&finding.id));
        table = table.replace(&format!("<td>{id}</td>"), &link);
    }
    body.push_str(&table);
    for finding in &results.findings {
        let text = finding::render(finding, &results.run.command());
        let _ = writeln!(body, "<pre id=\"{}\">{}</pre>", anchor(&finding.id), escape(&text));
    }
}

fn races(body: &mut String, results: &Results) {
    if results.races.is_empty() {
        return;
    }
    body.push_str("<h2 id=races>Fetches of changed code that were not synchronized</h2>\n");
    for race in &results.races {
        let text = race::render(race, &results.run.command());
        let _ = writeln!(body, "<pre id=\"{}\">{}</pre>", anchor(&race.id), escape(&text));
    }
}

fn checks(body: &mut String, results: &Results) {
    if results.checks.is_empty() {
        return;
    }
    body.push_str("<h2 id=checks>What the architecture allows to go wrong</h2>\n");
    for section in crate::check::table::sections(results) {
        heading(body, &section);
        let mut table = section.table.html();
        for found in &results.counterexamples {
            let (id, link) = (escape(&found.id), anchor(&found.id));
            table = table.replace(&format!(" {id}<"), &format!(" <a href=\"#{link}\">{id}</a><"));
        }
        body.push_str(&table);
    }
    for found in &results.counterexamples {
        let text = crate::check::render::render(found, "RESULTS");
        let lanes = crate::check::render::lanes(found);
        let _ = writeln!(body, "<pre id=\"{}\">{}</pre>", anchor(&found.id), escape(&text));
        let _ = writeln!(body, "<details><summary>lanes</summary>\n<pre>{}</pre></details>", escape(&lanes));
    }
}

fn heading(body: &mut String, section: &tables::Section) {
    let _ = writeln!(body, "<h3>{}</h3>\n<p class=note>{}</p>", escape(&section.title), escape(&section.note));
}

fn glossary(body: &mut String) {
    body.push_str("<h2 id=terms>Terms</h2>\n<dl class=terms>\n");
    for (term, meaning) in TERMS {
        let _ = writeln!(body, "<dt>{term}</dt><dd>{meaning}</dd>");
    }
    body.push_str("</dl>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // From `date -u -d @N +%F`.
        let cases = [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (1_763_820_000, "2025-11-22"),
            (4_107_542_400, "2100-03-01"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(date(seconds), expected);
        }
    }
}
