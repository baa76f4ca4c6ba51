//! A counterexample as text. Rendered from the record alone.

use super::facts::{Counterexample, Event, Sent};
use crate::records::Place;
use std::fmt::Write;

const RULE: &str = "==================================================================";

/// The report; `file` is where the record can be replayed from.
pub fn render(found: &Counterexample, file: &str) -> String {
    let site = &found.site;
    let what = found.reason.split_once(": ").map_or(found.reason.as_str(), |(_, what)| what);
    let mut text = format!(
        "{RULE}\nBUG: {what}   scheme {}/{}   {} under preemption {}   model {}   [{}]\n\n",
        site.arch, site.scheme, site.operation, site.preemption, site.model, found.id
    );
    if let Some(part) = &site.ablated {
        let _ = writeln!(text, "left out: {part}\n");
    }
    let none = Vec::new();
    let events = found.lanes.get(found.hart as usize).map_or(&none, |lane| &lane.events);
    let fetches: Vec<&Event> = events.iter().filter(|e| e.fetched.is_some()).collect();
    let reads: Vec<&Event> = events.iter().filter(|e| e.read.is_some()).collect();
    let mut shown: Vec<u16> =
        fetches.iter().filter_map(|e| e.fetched).chain(reads.iter().filter_map(|e| e.read)).collect();
    shown.retain(|n| *n > 0);
    shown.sort_unstable();
    shown.dedup();
    for number in &shown {
        if let Some(message) = found.messages.get(*number as usize - 1) {
            store(&mut text, *number, message);
        }
    }
    for event in &fetches {
        let from = source(event.fetched);
        let _ = writeln!(text, "fetch from {} by hart {}: {from}", both(&event.pc), found.hart);
        let _ = writeln!(text, "      {:<36} {:<28} {}", name(&event.pc), line(&event.line), event.text);
    }
    for event in &reads {
        let from = source(event.read);
        let _ = writeln!(text, "load by hart {}: {from}", found.hart);
        let _ = writeln!(text, "      {:<36} {:<28} {}", name(&event.pc), line(&event.line), event.text);
    }
    let took = found.lanes.iter().flat_map(|l| &l.events).filter(|e| e.took.is_some()).count();
    let steps: u64 = found.lanes.iter().map(|l| l.steps).sum();
    let ended = found.lanes.get(found.hart as usize).map_or("", |l| l.end.as_str());
    let _ = writeln!(text, "\nhart {} came to:  {} ({ended})", found.hart, found.reason);
    let _ = writeln!(
        text,
        "schedule:       {} messages, {took} interrupts and requests taken, {steps} steps (no execution with fewer messages is bad)",
        found.messages.len()
    );
    if found.unobserved {
        text.push_str(
            "label:          allowed, unobserved: a fetch reads a write that comes after a later store of its own hart, which no\n\
             \x20               published run of hardware has shown\n",
        );
    }
    let _ = writeln!(text, "guest:          {}", site.guest);
    let _ = writeln!(text, "replay:         cmodx replay {file} {}\n{RULE}", found.id);
    text.push_str(&observation(found));
    text
}

/// The last line, in herd's form.
pub fn observation(found: &Counterexample) -> String {
    let e = &found.explored;
    let word = match (e.bad, e.good) {
        (0, _) => "Never",
        (_, 0) => "Always",
        _ => "Sometimes",
    };
    format!(
        "Observation {} {word} {} {} (unsafe)   explored {} lists of messages, {} states\n",
        found.check, e.bad, e.good, e.lists, e.states
    )
}

fn store(text: &mut String, number: u16, message: &Sent) {
    let at = message.at.as_ref().map_or_else(|| "all lines".to_owned(), both);
    let what = match message.what.as_str() {
        "write" => format!("store of {} bytes to {at}", message.size),
        other => format!("{other} of {at}"),
    };
    let _ = writeln!(text, "({number}) {what} by hart {}:", message.hart);
    let value = message.value.map_or_else(String::new, |v| format!("   value {v}"));
    let _ = writeln!(text, "      {:<36} {:<28} {}{value}", name(&message.pc), line(&message.line), message.text);
}

fn source(from: Option<u16>) -> String {
    match from {
        None | Some(0) => "as it was before".to_owned(),
        Some(n) => format!("stored by ({n})"),
    }
}

/// One column for each hart, one row for each event, in an order in which they can happen.
pub fn lanes(found: &Counterexample) -> String {
    const WIDTH: usize = 52;
    let mut text = String::new();
    let titles: Vec<String> = found
        .lanes
        .iter()
        .enumerate()
        .map(|(h, lane)| format!("{:<WIDTH$}", format!("hart {h} ({})", lane.role)))
        .collect();
    let _ = writeln!(text, "{}", titles.join("| ").trim_end());
    let _ = writeln!(text, "{}", vec!["-".repeat(WIDTH); found.lanes.len()].join("+-"));
    let mut next = vec![0; found.lanes.len()];
    let mut row = |hart: usize, event: &Event| {
        for (n, part) in words(event).into_iter().enumerate() {
            let indented = if n == 0 { part } else { format!("    {part}") };
            let cells: Vec<String> = (0..found.lanes.len())
                .map(|h| format!("{:<WIDTH$}", if h == hart { cut(&indented, WIDTH) } else { String::new() }))
                .collect();
            let _ = writeln!(text, "{}", cells.join("| ").trim_end());
        }
    };
    for (number, message) in (1u16..).zip(&found.messages) {
        let hart = message.hart as usize;
        let Some(lane) = found.lanes.get(hart) else { continue };
        let Some(upto) = lane.events.iter().position(|e| e.made.contains(&number)) else { continue };
        while next[hart] <= upto {
            row(hart, &lane.events[next[hart]]);
            next[hart] += 1;
        }
    }
    for (hart, lane) in found.lanes.iter().enumerate() {
        for event in &lane.events[next[hart]..] {
            row(hart, event);
        }
    }
    text
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() < width { text.to_owned() } else { text.chars().take(width - 2).chain(['~']).collect() }
}

/// What happened in an event: the place and instruction, then each thing that it did.
fn words(event: &Event) -> Vec<String> {
    let mut lines = Vec::new();
    if !event.text.is_empty() {
        lines.push(format!("{}  {}", name(&event.pc), event.text));
    } else if event.took.is_some() {
        lines.push(format!("at {}", name(&event.pc)));
    } else {
        lines.push(name(&event.pc));
    }
    if let Some(from) = event.took {
        lines.push(format!("takes ({from})"));
    }
    lines.extend(event.did.iter().cloned());
    if event.fetched.is_some() {
        lines.push(format!("fetched: {}", source(event.fetched)));
    }
    if event.read.is_some() {
        lines.push(format!("reads: {}", source(event.read)));
    }
    lines.extend(event.made.iter().map(|n| format!("makes ({n})")));
    lines
}

fn name(place: &Place) -> String {
    // The runtime's own addresses lie above all memory.
    match &place.symbol {
        Some(symbol) => symbol.clone(),
        None if place.address.0 >= 0xffff_ff00_0000_0000 => "(runtime)".to_owned(),
        None => place.address.to_string(),
    }
}

fn both(place: &Place) -> String {
    match &place.symbol {
        Some(symbol) => format!("{} ({symbol})", place.address),
        None => place.address.to_string(),
    }
}

fn line(line: &Option<String>) -> String {
    line.as_deref().map_or_else(String::new, |l| l.strip_prefix("guest/").unwrap_or(l).to_owned())
}
