//! herd's text format.

use super::condition::parse_condition;
use super::test::{Initial, Item, LitmusError, Place, Quantifier, Test, Value};
use cmodx_isa::Arch;

/// Reads a test. `fallback` names it when the text does not.
///
/// # Errors
/// With line and construct, when the text is not a litmus test of the supported kind.
pub fn parse(source: &str, fallback: &str) -> Result<Test, LitmusError> {
    let text = without_comments(source)?;
    let open = text.find('{').ok_or_else(|| LitmusError::new(1, "no initial state: '{' is missing"))?;
    let line_of = |at: usize| 1 + text[..at].bytes().filter(|b| *b == b'\n').count();
    let close = text[open..].find('}').map(|i| open + i);
    let close =
        close.ok_or_else(|| LitmusError::new(line_of(open), "the initial state does not end: '}' is missing"))?;
    let (arch, name, cache_type) = header(&text[..open], fallback)?;
    let initial = initial_state(&text[open + 1..close], line_of(open))?;
    let rest = &text[close + 1..];
    let first_line = line_of(close);
    let end = code_end(rest).ok_or_else(|| {
        LitmusError::new(first_line, "no condition: none of exists, ~exists, forall stands at the start of a line")
    })?;
    let threads = code(&rest[..end], first_line)?;
    let condition_line = line_of(close + 1 + end);
    let (locations, quantifier, condition) = question(&rest[end..], condition_line)?;
    Ok(Test { arch, name, cache_type, initial, threads, locations, quantifier, condition, condition_line })
}

/// Replaces comments by blanks; lines stay where they are.
fn without_comments(source: &str) -> Result<String, LitmusError> {
    let mut text = String::with_capacity(source.len());
    let (mut depth, mut line, mut opened) = (0, 1, 1);
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (c, next) {
            ('(', Some('*')) => {
                chars.next();
                opened = if depth == 0 { line } else { opened };
                depth += 1;
            }
            ('*', Some(')')) if depth > 0 => {
                chars.next();
                depth -= 1;
            }
            ('\n', _) => {
                line += 1;
                text.push('\n');
            }
            _ if depth > 0 => {}
            _ => text.push(c),
        }
    }
    if depth > 0 { Err(LitmusError::new(opened, "a comment does not end")) } else { Ok(text) }
}

type Header = (Arch, String, Option<(bool, bool)>);

fn header(text: &str, fallback: &str) -> Result<Header, LitmusError> {
    let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let (i, first) = lines.next().ok_or_else(|| LitmusError::new(1, "no architecture in the first line"))?;
    let mut words = first.split_whitespace();
    let arch = match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
        "AARCH64" => Arch::Aarch64,
        "RISCV" => Arch::Riscv64,
        other => {
            return Err(LitmusError::new(i + 1, format!("architecture {other} (AArch64 and RISCV are supported)")));
        }
    };
    let name = words.next().unwrap_or(fallback).to_owned();
    let mut cache_type = None;
    for (i, line) in lines {
        if let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("CacheType")
        {
            if arch != Arch::Aarch64 {
                return Err(LitmusError::new(i + 1, "CacheType belongs to AArch64"));
            }
            let mut kinds = (false, false);
            for word in value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
                match word.to_ascii_uppercase().as_str() {
                    "IDC" => kinds.0 = true,
                    "DIC" => kinds.1 = true,
                    _ => return Err(LitmusError::new(i + 1, format!("CacheType {word}"))),
                }
            }
            cache_type = Some(kinds);
        }
    }
    Ok((arch, name, cache_type))
}

/// Splits at `separator` outside of quotes; each piece with the number of its first line.
fn split(text: &str, separator: char, first_line: usize) -> Vec<(&str, usize)> {
    let mut pieces = Vec::new();
    let (mut start, mut line, mut quoted) = (0, first_line, false);
    let mut start_line = None;
    for (i, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '\n' => line += 1,
            _ => {}
        }
        if !c.is_whitespace() && c != separator {
            start_line.get_or_insert(line);
        }
        if c == separator && !quoted {
            pieces.push((text[start..i].trim(), start_line.take().unwrap_or(line)));
            start = i + c.len_utf8();
        }
    }
    pieces.push((text[start..].trim(), start_line.unwrap_or(line)));
    pieces
}

fn initial_state(text: &str, first_line: usize) -> Result<Vec<Initial>, LitmusError> {
    let mut entries = Vec::new();
    for (entry, line) in split(text, ';', first_line) {
        if entry.is_empty() {
            continue;
        }
        let (left, value) = match entry.split_once('=') {
            Some((left, right)) => (left.trim(), Some(parse_value(right.trim(), line)?)),
            None => (entry, None),
        };
        let (kind, name) = match left.rfind([' ', '\t', '*', '\n']) {
            Some(i) => (left[..=i].trim(), left[i + 1..].trim()),
            None => ("", left),
        };
        if name.contains('[') && !name.starts_with('[') || left.ends_with(']') && !left.starts_with('[') {
            return Err(LitmusError::new(line, format!("array {left}")));
        }
        let bytes = match kind {
            "" => None,
            _ if kind.contains('*') => Some(8),
            "int" | "int32_t" | "uint32_t" | "ins_t" => Some(4),
            "int64_t" | "uint64_t" | "intptr_t" | "uintptr_t" | "long" => Some(8),
            "int16_t" | "uint16_t" => Some(2),
            "int8_t" | "uint8_t" => Some(1),
            other => return Err(LitmusError::new(line, format!("type {other}"))),
        };
        entries.push(Initial { place: parse_place(name, line)?, bytes, value, line });
    }
    Ok(entries)
}

/// Reads `0:X1`, `x`, `[x]`, `*x`.
pub(super) fn parse_place(text: &str, line: usize) -> Result<Place, LitmusError> {
    let refuse = || LitmusError::new(line, format!("{text:?} names neither a register of a thread nor a location"));
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).or(text.strip_prefix('*')).unwrap_or(text);
    if let Some((thread, register)) = inner.split_once(':') {
        let thread = thread.trim().trim_start_matches('P').parse().map_err(|_| refuse())?;
        let register = register.trim();
        return if is_name(register) { Ok(Place::Register(thread, register.to_owned())) } else { Err(refuse()) };
    }
    if is_name(inner.trim()) { Ok(Place::Location(inner.trim().to_owned())) } else { Err(refuse()) }
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
}

/// Reads a number, an address, a label or an instruction.
pub(super) fn parse_value(text: &str, line: usize) -> Result<Value, LitmusError> {
    let refuse = || LitmusError::new(line, format!("value {text:?}"));
    let quoted = |text: &str| text.trim().strip_prefix('"').and_then(|t| t.strip_suffix('"')).map(str::to_owned);
    if let Some(instruction) = text.strip_prefix("instr:") {
        return quoted(instruction).map(Value::Instruction).ok_or_else(refuse);
    }
    let (text, is_label) = match text.strip_prefix("label:") {
        Some(label) => (quoted(label).ok_or_else(refuse)?, true),
        None => (text.to_owned(), false),
    };
    if let Some((thread, label)) = text.split_once(':') {
        let thread = thread.trim().trim_start_matches('P').parse().map_err(|_| refuse())?;
        return if is_name(label.trim()) { Ok(Value::Label(thread, label.trim().to_owned())) } else { Err(refuse()) };
    }
    let name = text.trim_start_matches('&').trim();
    if is_name(name) && !is_label {
        return Ok(Value::Address(name.to_owned()));
    }
    parse_number(name).map(Value::Number).ok_or_else(refuse)
}

/// Reads a decimal, hexadecimal, octal or binary number, perhaps negative.
pub(super) fn parse_number(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let number = match (lower.get(..2), lower.get(2..)) {
        (Some("0x"), Some(hex)) => u64::from_str_radix(hex, 16).ok()? as i128,
        (Some("0b"), Some(binary)) => u64::from_str_radix(binary, 2).ok()? as i128,
        (Some("0o"), Some(octal)) => u64::from_str_radix(octal, 8).ok()? as i128,
        _ => lower.parse::<u64>().ok()? as i128,
    };
    Some(if negative { -number } else { number })
}

const QUESTIONS: [&str; 6] = ["exists", "~exists", "~ exists", "forall", "locations", "filter"];

/// Where the code ends: the start of the first line that begins a question.
fn code_end(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = line.trim_start();
        let begins = |word: &str| {
            start.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        if QUESTIONS.iter().any(|w| begins(w)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

fn code(text: &str, first_line: usize) -> Result<Vec<Vec<(Item, usize)>>, LitmusError> {
    let mut rows = split(text, ';', first_line).into_iter();
    let (names, line) =
        rows.next().filter(|r| !r.0.is_empty()).ok_or_else(|| LitmusError::new(first_line, "no threads"))?;
    let names: Vec<&str> = names.split('|').map(str::trim).collect();
    for (i, name) in names.iter().enumerate() {
        if *name != format!("P{i}") {
            return Err(LitmusError::new(line, format!("thread {name:?} where P{i} is expected")));
        }
    }
    let mut threads: Vec<Vec<(Item, usize)>> = vec![Vec::new(); names.len()];
    for (row, line) in rows {
        if row.is_empty() {
            continue;
        }
        let cells: Vec<&str> = row.split('|').collect();
        if cells.len() > threads.len() {
            return Err(LitmusError::new(line, format!("{} cells for {} threads", cells.len(), threads.len())));
        }
        for (thread, cell) in threads.iter_mut().zip(cells) {
            let mut rest = cell.trim();
            while let Some((label, after)) = rest.split_once(':').filter(|(l, _)| is_name(l.trim())) {
                thread.push((Item::Label(label.trim().to_owned()), line));
                rest = after.trim();
            }
            if !rest.is_empty() {
                thread.push((Item::Instruction(rest.to_owned()), line));
            }
        }
    }
    Ok(threads)
}

type Question = (Vec<Place>, Quantifier, super::test::Condition);

fn question(text: &str, first_line: usize) -> Result<Question, LitmusError> {
    let mut rest = text.trim_start();
    let mut line = first_line;
    let mut locations = Vec::new();
    if let Some(after) = rest.strip_prefix("locations") {
        let refuse = || LitmusError::new(line, "locations without a list in brackets");
        let (list, after) = after.trim_start().strip_prefix('[').and_then(|l| l.split_once(']')).ok_or_else(refuse)?;
        for place in list.split(';').map(str::trim).filter(|p| !p.is_empty()) {
            locations.push(parse_place(place, line)?);
        }
        line += text[..text.len() - after.len()].matches('\n').count();
        line += after[..after.len() - after.trim_start().len()].matches('\n').count();
        rest = after.trim_start();
    }
    if rest.is_empty() && !locations.is_empty() {
        return Ok((locations, Quantifier::ForAll, super::test::Condition::True));
    }
    let words = [("exists", Quantifier::Exists), ("forall", Quantifier::ForAll), ("~", Quantifier::NotExists)];
    let Some((word, quantifier)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
        let word = rest.split_whitespace().next().unwrap_or_default();
        return Err(LitmusError::new(line, format!("{word:?} where exists, ~exists or forall is expected")));
    };
    let mut rest = &rest[word.len()..];
    if quantifier == Quantifier::NotExists {
        let after = rest.trim_start().strip_prefix("exists");
        rest = after.ok_or_else(|| LitmusError::new(line, "~ without exists"))?;
    }
    Ok((locations, quantifier, parse_condition(rest, line)?))
}
