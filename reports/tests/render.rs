//! What people see of results: golden files, and claims that no golden file can make.

#![allow(dead_code, reason = "each test file uses its part of the samples")]

mod sample;

use cmodx_reports::compare::{Options, compare};
use cmodx_reports::history::History;
use cmodx_reports::{Results, finding, tables};

#[test]
fn text_is_as_agreed() {
    sample::golden("report.txt", &sample::results().render_text());
}

#[test]
fn markdown_is_as_agreed() {
    sample::golden("report.md", &sample::results().render_markdown());
}

#[test]
fn html_is_as_agreed() {
    sample::golden("report.html", &sample::results().render_html().unwrap());
}

#[test]
fn html_is_self_contained_and_says_what_each_plot_shows() {
    let html = sample::results().render_html().unwrap();
    for forbidden in ["<script", "http://", "https://", "url(", "@import", "<link", "<img"] {
        let found = html.replace("http://www.w3.org/2000/svg", "").contains(forbidden);
        assert!(!found, "{forbidden}");
    }
    assert_eq!(html.matches("<svg role=\"img\"").count(), html.matches("<svg").count());
    assert_eq!(html.matches("</title>").count(), 1 + html.matches("<svg").count());
    for line in html.split("href=\"#").skip(1) {
        let anchor = line.split('"').next().unwrap();
        let there = html.contains(&format!("id=\"{anchor}\"")) || html.contains(&format!("id={anchor}>"));
        assert!(there, "{anchor} leads nowhere");
    }
}

#[test]
fn the_summary_is_computed_from_the_records() {
    let html = sample::results().render_html().unwrap();
    let one = "riscv64/pair-stop on sifive-u74: a call with tracing disabled takes 6.00 cycles, 1.00 cycles more than \
               without ftrace; one tracer costs 50.50 cycles more than disabled;";
    assert!(html.contains(one));
    let mut slower = sample::overheads();
    slower.iter_mut().filter(|row| (row.relevant, row.irrelevant) == (1, 0)).for_each(|row| row.cycles += 100_000);
    let slower = Results::from_measurements(sample::run(), &slower, &[], &[], &[]).unwrap().render_html().unwrap();
    assert!(slower.contains("one tracer costs 51.50 cycles more than disabled"));
}

#[test]
fn names_cannot_break_out_of_the_page() {
    let mut run = sample::run();
    run.args.push("<script>alert(1)</script>".into());
    let mut rows = sample::overheads();
    rows.iter_mut().for_each(|row| row.setup.scheme.push_str("<b>&\""));
    let html = Results::from_measurements(run, &rows, &[], &[], &[]).unwrap().render_html().unwrap();
    assert!(!html.contains("<script") && !html.contains("<b>&"));
}

#[test]
fn every_rendering_is_the_same_twice() {
    let (a, b) = (sample::results(), sample::results());
    assert_eq!(a.render_html().unwrap(), b.render_html().unwrap());
    assert_eq!(a.render_text(), b.render_text());
    assert_eq!(a.render_markdown(), b.render_markdown());
}

#[test]
fn numbers_at_the_end_of_their_range_render() {
    for extreme in [0, u64::MAX] {
        let mut results = sample::results();
        for row in &mut results.overheads {
            (row.calls, row.cycles, row.instructions) = (extreme, extreme, extreme);
            row.cycles_per_call_milli = extreme;
            row.over_none_milli = Some(i64::MIN);
            row.overhead_milli = Some(if row.irrelevant == 0 { i64::MIN } else { i64::MAX });
        }
        results.latencies.iter_mut().for_each(|row| (row.cycles, row.setup.harts) = (extreme, extreme as u32));
        for row in &mut results.sizes {
            (row.sites, row.site_bytes, row.total_bytes, row.baseline_bytes) =
                (extreme, extreme, extreme, u64::MAX - extreme);
        }
        results.verdicts.iter_mut().for_each(|row| (row.calls, row.bad_passes) = (extreme, extreme));
        results.run.commit = Some("é".repeat(40));
        results.run.commit_time = Some(extreme);
        assert!(results.render_html().unwrap().ends_with("</html>\n"));
        assert!(!results.render_text().is_empty() && !results.render_markdown().is_empty());
        let comparison =
            compare(&sample::results(), &results, &Options { allow_incomparable: true, ..Options::default() });
        assert!(!comparison.text().is_empty());
        let history = History { entries: vec![sample::results(), results], left_out: 0 };
        assert!(history.render_html().unwrap().ends_with("</html>\n"));
    }
}

#[test]
fn a_single_row_renders() {
    let one = &sample::overheads()[..1];
    let results = Results::from_measurements(sample::run(), one, &sample::latencies()[..1], &sample::sizes()[..1], &[]);
    assert!(results.unwrap().render_html().unwrap().contains("5.00"));
}

#[test]
fn a_finding_reads_as_agreed() {
    let results = sample::results();
    let text = finding::render(&results.findings[0], "cmodx bench --scheme pair-live");
    sample::golden("finding.txt", &text);
}

#[test]
fn a_finding_read_back_from_its_file_reads_the_same() {
    let results = sample::results();
    let read = Results::parse_jsonl(results.to_jsonl().as_bytes(), std::path::Path::new("x")).unwrap();
    assert_eq!(read.render_findings(), results.render_findings());
}

/// Every string and number of the JSON twin is in the text, and the other way round for hexadecimal numbers.
#[test]
fn text_and_json_of_a_finding_hold_the_same_facts() {
    fn leaves(value: &serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::Array(items) => items.iter().for_each(|item| leaves(item, out)),
            serde_json::Value::Object(fields) => fields.values().for_each(|item| leaves(item, out)),
            serde_json::Value::String(text) => out.push(text.clone()),
            serde_json::Value::Number(number) => out.push(number.to_string()),
            _ => {}
        }
    }
    let finding = &sample::results().findings[0];
    let text = finding::render(finding, "");
    let mut facts = Vec::new();
    leaves(&serde_json::to_value(finding).unwrap(), &mut facts);
    for fact in &facts {
        let words = fact.replace('-', " ");
        assert!(text.contains(fact.as_str()) || text.contains(&words), "{fact} is missing in\n{text}");
    }
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.starts_with("0x")) {
        assert!(facts.iter().any(|fact| fact.contains(word)), "{word} is in the text alone");
    }
}

#[test]
fn two_schemes_stand_side_by_side() {
    let results = sample::results();
    let pick = |scheme: &str| {
        let subject =
            tables::subjects(&results).into_iter().find(|s| s.arch == "riscv64" && s.scheme == scheme).unwrap();
        tables::grid_rows(&results, subject)
    };
    let section =
        tables::ops_grids(("pair-stop", &pick("pair-stop")), ("flush-batched", &pick("call-ops/flush-batched")));
    sample::golden("side-by-side.txt", &section.table.text());
}

#[test]
fn the_grid_has_every_row_in_order_with_its_overhead() {
    let results = sample::results();
    let subject = tables::subjects(&results).into_iter().find(|s| s.scheme == "pair-stop").unwrap();
    let text = tables::ops_grid(&results, subject).table.text();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.contains("||") && !line.contains('e'))
        .map(|line| line.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    let keys: Vec<(u32, u32)> = rows.iter().map(|row| (row[0].parse().unwrap(), row[1].parse().unwrap())).collect();
    assert_eq!(keys, sample::GRID);
    let one = rows.iter().find(|row| (row[0], row[1]) == ("1", "0")).unwrap();
    assert_eq!(one[2..], ["5,650,037", "56.50", "50.50"]);
    assert_eq!(rows[0][4], "-");
}

#[test]
fn nothing_measured_renders_without_tables() {
    let empty = Results::empty(sample::run());
    assert!(empty.is_empty());
    assert_eq!(empty.render_text(), "cmodx 0.1.0, commit 3fa91c07d2b8; again: cmodx report --no-host\n");
}

#[test]
fn commands_are_quoted_for_a_shell() {
    let mut run = sample::run();
    run.args = vec!["bench".into(), "--scheme".into(), "it's mine".into(), String::new()];
    assert_eq!(run.command(), r"cmodx bench --scheme 'it'\''s mine' ''");
}
