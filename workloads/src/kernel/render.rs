//! The survey of a kernel as text and as JSON, both from one [`SurveyReport`].

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::error::ImageError;
use super::image::Image;
use super::islands::{CallReach, Islands, islands, one_call_layout};
use super::layout::{Layout, predict};
use super::share::Share;
use super::size::{SizeRow, growth_percent, sizes_of};
use super::survey::{Survey, function_table, survey};
use super::table::{FunctionTable, embedded};

/// What `kernel survey` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurveyReport {
    /// What was counted in the file; none where no file was given.
    pub survey: Option<Survey>,
    /// What the model says about the file's functions, or about the embedded kernels' where no file was given. Empty for
    /// a file whose scheme is not known.
    pub sizes: Vec<SizeRow>,
    /// How well the model predicts what was shipped, for each kernel in `sizes`.
    pub model_checks: Vec<ModelCheck>,
    /// Where islands would have to stand, for each kernel in `sizes`, if every site were one call instruction.
    pub islands: Vec<Islands>,
}

/// What the layout model is worth for one kernel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelCheck {
    /// Whose functions.
    pub functions_of: String,
    /// Sites whose shipped padding the model predicts to the byte.
    pub exact_padding: Share,
}

/// Surveys a file and lays its functions out under every scheme; without a file, lays out the embedded kernels.
///
/// # Errors
/// When the file is not a kernel that can be surveyed.
pub fn report(vmlinux: Option<&Path>) -> Result<SurveyReport, ImageError> {
    let Some(path) = vmlinux else {
        return Ok(SurveyReport::new(None, &embedded()));
    };
    let image = Image::read(path)?;
    let mut table = function_table(&image);
    if let (Some(table), Some(name)) = (&mut table, path.file_name()) {
        table.name = name.to_string_lossy().into_owned();
    }
    Ok(SurveyReport::new(Some(survey(&image)), table.as_slice()))
}

impl SurveyReport {
    /// A survey, if there is one, and the model's answers for these tables.
    pub fn new(survey: Option<Survey>, tables: &[FunctionTable]) -> SurveyReport {
        let check = |table: &FunctionTable| ModelCheck {
            functions_of: table.name.clone(),
            exact_padding: predict(table, &Layout::shipped(table)),
        };
        SurveyReport {
            survey,
            sizes: tables.iter().flat_map(sizes_of).map(|size| SizeRow::from(&size)).collect(),
            model_checks: tables.iter().map(check).collect(),
            islands: tables.iter().map(|t| islands(t, &one_call_layout(t.arch), CallReach::of(t.arch))).collect(),
        }
    }
}

/// The report as JSON: integers, and percentages derived from them to three digits.
pub fn json(report: &SurveyReport) -> String {
    let mut text = serde_json::to_string_pretty(report).expect("a report holds strings, numbers and lists only");
    text.push('\n');
    text
}

/// The report as text: tables aligned by column, thousands separated.
pub fn text(report: &SurveyReport) -> String {
    let mut out = String::new();
    if let Some(survey) = &report.survey {
        out.push_str(&survey_text(survey));
        out.push('\n');
    }
    out.push_str(&sizes_text(&report.sizes));
    out.push_str(&checks_text(&report.model_checks));
    out.push_str(&islands_text(&report.islands));
    if report.survey.is_none() {
        out.push_str("\nA kernel of your own: cmodx kernel survey VMLINUX\n");
    }
    out
}

fn survey_text(s: &Survey) -> String {
    let offset = |from_function: i64| format!("func{from_function:+}");
    let patched = s.patched_offset.map_or("an unknown place".to_owned(), |o| offset(o as i64));
    let mut out = format!("{}\n", s.file);
    writeln!(out, "{}, built for {} call sites; table of sites: {}", s.arch, s.built_for.name(), s.table.describe())
        .and_then(|()| writeln!(out, "entries point at {}, patched instruction at {patched}\n", offset(s.entry_offset)))
        .expect("a String takes all text");
    let count = |name: &str, count: u64| [name.to_owned(), thousands(count), String::new()];
    let missing = |name: &str| [name.to_owned(), "-".to_owned(), String::new()];
    let line = "literal in another 64-byte line than the entry";
    let mut rows = vec![
        ["", "count", "share"].map(String::from),
        count("live entries", s.live),
        count("zeroed at build (weak functions overridden)", s.zeroed),
        share("sites with a function symbol", s.with_function, 1),
        count(".text, bytes", s.text_bytes),
        share("  entry nops, bytes", s.entry_nops, 3),
        share("  literals, bytes", s.literals, 3),
        share("  alignment padding, bytes", s.padding, 3),
        share("site crosses 8 bytes", s.cross_8, 1),
        share("site crosses 64 bytes", s.cross_64, 1),
        share("site not 4-aligned", s.misaligned_4, 1),
        s.literal_in_other_line.map_or(missing(line), |of_sites| share(line, of_sites, 1)),
    ];
    let (farthest, jal) = ("farthest site from ftrace_caller, bytes", "sites within 1 MiB of it (one jal)");
    match &s.reach {
        Some(reach) => {
            let mebibytes = format!("{:.1} MiB", reach.farthest as f64 / f64::from(1 << 20));
            rows.push([farthest.into(), thousands(reach.farthest), mebibytes]);
            rows.push(share(jal, reach.within_jal, 1));
        }
        None => rows.extend([missing(farthest), missing(jal)]),
    }
    for (name, size) in [("p50", s.function_size.p50), ("p90", s.function_size.p90), ("p99", s.function_size.p99)] {
        rows.push(count(&format!("size of a .text function with a site, {name}, bytes"), size));
    }
    out + &align(&rows, &[Side::Left, Side::Right, Side::Right])
}

fn sizes_text(sizes: &[SizeRow]) -> String {
    if sizes.is_empty() {
        return "No text sizes: the call sites are of no known scheme, so site and body cannot be told apart.\n".into();
    }
    let mut out = String::from("Function text, laid out again (bytes; over the same functions without ftrace)\n\n");
    let mut rows = vec![
        ["functions of", "scheme", "sites", "bodies", "site", "literals", "padding", "total", "over none"]
            .map(String::from),
    ];
    for row in sizes {
        let over = match growth_percent(row.total_bytes, row.baseline_bytes) {
            0.0 => "0".into(),
            percent => format!("{percent:+.2} %"),
        };
        rows.push([
            row.functions_of.clone(),
            row.scheme.clone(),
            thousands(row.sites),
            thousands(row.body_bytes),
            thousands(row.site_bytes),
            thousands(row.literal_bytes),
            thousands(row.padding_bytes),
            thousands(row.total_bytes),
            over,
        ]);
    }
    let mut sides = [Side::Right; 9];
    sides[..2].fill(Side::Left);
    out.push_str(&align(&rows, &sides));
    out
}

fn share(name: &str, share: Share, digits: usize) -> [String; 3] {
    let percent = if share.count == 0 { "0".into() } else { format!("{:.digits$} %", share.percent()) };
    [name.to_owned(), thousands(share.count), percent]
}

fn checks_text(checks: &[ModelCheck]) -> String {
    if checks.is_empty() {
        return String::new();
    }
    let mut rows = vec![["functions of", "exact", "sites", "share"].map(String::from)];
    rows.extend(checks.iter().map(|check| {
        let share = check.exact_padding;
        [check.functions_of.clone(), thousands(share.count), thousands(share.of), format!("{:.1} %", share.percent())]
    }));
    let columns = [Side::Left, Side::Right, Side::Right, Side::Right];
    format!("\nSites whose shipped padding the model predicts to the byte\n\n{}", align(&rows, &columns))
}

fn islands_text(islands: &[Islands]) -> String {
    if islands.is_empty() {
        return String::new();
    }
    let mut rows =
        vec![["functions of", "call", "sites", "text", "islands", "bytes", "farthest site"].map(String::from)];
    rows.extend(islands.iter().map(|of| {
        let needed = if of.island_bytes == 0 { 0 } else { of.places.len() as u64 };
        let numbers = [of.sites, of.text_bytes, needed, of.island_bytes, of.farthest].map(thousands);
        let [sites, text, needed, bytes, farthest] = numbers;
        [of.functions_of.clone(), of.instruction.into(), sites, text, needed, bytes, farthest]
    }));
    let mut sides = [Side::Right; 7];
    sides[..2].fill(Side::Left);
    let title = "Islands for one trampoline, if a site were a literal and one call instruction (bytes; 0: it reaches all sites)";
    format!("\n{title}\n\n{}", align(&rows, &sides))
}

/// Where a column's text stands.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn align<const N: usize>(rows: &[[String; N]], sides: &[Side; N]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), side) in row.iter().zip(widths).zip(sides) {
            let gap = if line.is_empty() { "" } else { "  " };
            match side {
                Side::Left => write!(line, "{gap}{cell:<width$}"),
                Side::Right => write!(line, "{gap}{cell:>width$}"),
            }
            .expect("a String takes all text");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A number with commas between its thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn columns_line_up_and_lines_have_no_blanks_at_their_ends() {
        let rows = [["a", "10", ""], ["long", "9", "x"]].map(|row| row.map(String::from));
        assert_eq!(align(&rows, &[Side::Left, Side::Right, Side::Right]), "a     10\nlong   9  x\n");
    }
}
