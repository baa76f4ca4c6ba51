//! A finding as text: what was stored, what was fetched, where it went. Rendered from the record alone.

use crate::records::{Facts, Fetched, Finding, Observation, Place, Writer};
use std::fmt::Write;

const RULE: &str = "==================================================================";

/// The report of one finding; `again` is the command that shows it again.
pub fn render(finding: &Finding, again: &str) -> String {
    let facts = &finding.facts;
    let writers = writers(facts);
    let mut text = format!(
        "{RULE}\nBUG: {} in {}   scheme {}/{}   core {}, {} {}   [{}]\n\n",
        facts.finding.replace('-', " "),
        name(&facts.site),
        facts.setup.arch,
        facts.setup.scheme,
        facts.setup.core,
        facts.setup.harts,
        if facts.setup.harts == 1 { "hart" } else { "harts" },
        finding.id,
    );
    for (n, writer) in (1..).zip(&writers) {
        store(&mut text, n, writer);
    }
    for (n, insn) in (writers.len() + 1..).zip(&facts.fetched) {
        fetch(&mut text, n, insn, facts, &writers);
    }
    summary(&mut text, facts);
    let _ = writeln!(text, "again:          {again}\n{RULE}");
    text.push_str(&observation(finding));
    text
}

/// The stores behind the fetched bytes, in the order in which they reached memory.
fn writers(facts: &Facts) -> Vec<&Writer> {
    let mut writers: Vec<&Writer> = Vec::new();
    for writer in facts.fetched.iter().filter_map(|insn| insn.writer.as_ref()) {
        if !writers.contains(&writer) {
            writers.push(writer);
        }
    }
    writers.sort_by_key(|writer| (writer.cycle, writer.hart, writer.at.address));
    writers
}

fn store(text: &mut String, n: usize, writer: &Writer) {
    let Writer { hart, cycle, pc, at, size, value } = writer;
    let _ = writeln!(text, "({n}) store of {size} bytes to {} by hart {hart} at cycle {cycle}:", both(at));
    let _ = writeln!(text, "      {:<28} value {value}", both(pc));
}

fn fetch(text: &mut String, n: usize, insn: &Fetched, facts: &Facts, writers: &[&Writer]) {
    let length = insn.bytes.len() / 2;
    let (hart, cycle) = (facts.hart, insn.cycle);
    let _ = writeln!(text, "({n}) fetch of {length} bytes from {} by hart {hart} at cycle {cycle}:", insn.pc.address);
    let disassembly = insn.disassembly.as_deref().unwrap_or("(no disassembly)");
    let _ = writeln!(text, "      {:<28} {disassembly}", name(&insn.pc));
    let from = match &insn.writer {
        Some(writer) => {
            let n = writers.iter().position(|w| *w == writer).map_or(0, |at| at + 1);
            format!("stored by ({n})")
        }
        None => "as loaded with the image".into(),
    };
    let _ = writeln!(text, "      bytes {}, {from}, copied from memory at cycle {}", insn.bytes, insn.copied);
    if let Some(memory) = &insn.memory {
        let _ = writeln!(text, "      stale: memory held {memory} at cycle {cycle}");
    }
}

fn summary(text: &mut String, facts: &Facts) {
    let list = |places: Vec<String>| if places.is_empty() { "nowhere".into() } else { places.join(", ") };
    let fetched = facts.fetched.iter().map(|insn| format!("{} {}", insn.pc.address, insn.bytes)).collect::<Vec<_>>();
    let cycles = facts.interrupted.iter().map(u64::to_string).collect::<Vec<_>>();
    let _ = writeln!(text, "\nbytes fetched:  {}", fetched.join("   "));
    let _ = writeln!(text, "went to:        {}", both(&facts.went_to));
    let _ = writeln!(text, "allowed:        {}", list(facts.allowed.iter().map(both).collect()));
    let _ = writeln!(text, "pass ended:     cycle {}, site {}", facts.cycle, both(&facts.site));
    let _ = match facts.last_sync {
        Some(cycle) => writeln!(text, "last sync:      hart {} synchronized its fetches at cycle {cycle}", facts.hart),
        None => writeln!(text, "last sync:      hart {} never synchronized its fetches", facts.hart),
    };
    let _ = match cycles.len() {
        0 => writeln!(text, "interrupted:    no"),
        _ => writeln!(text, "interrupted:    during the pass, at cycle {}", cycles.join(", ")),
    };
    let _ = writeln!(text, "machine:        config {}", facts.setup.config);
    let _ = writeln!(text, "guest:          {}", facts.setup.guest);
}

/// The last line, in herd's form: `Observation NAME Never|Sometimes|Always` and how often it was seen and was not.
fn observation(finding: &Finding) -> String {
    let Observation { verdict, bad, good } = &finding.observation;
    let word = match (bad, good) {
        (0, _) => "Never",
        (_, 0) => "Always",
        _ => "Sometimes",
    };
    format!("Observation {verdict} {word} {bad} {good}\n")
}

fn name(place: &Place) -> String {
    place.symbol.clone().unwrap_or_else(|| place.address.to_string())
}

fn both(place: &Place) -> String {
    let symbol = place.symbol.as_deref().unwrap_or("no symbol");
    format!("{} ({symbol})", place.address)
}
