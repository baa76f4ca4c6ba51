//! Conditions on final states.

use super::parse::{parse_place, parse_value};
use super::test::{Condition, LitmusError, Value};
use std::fmt;

/// Reads a condition; `line` is where it starts.
///
/// # Errors
/// When the text is none.
pub fn parse_condition(text: &str, line: usize) -> Result<Condition, LitmusError> {
    let mut parser = Parser { tokens: tokens(text, line)?, at: 0, line };
    let condition = parser.implication()?;
    match parser.tokens.get(parser.at) {
        None => Ok(condition),
        Some((token, line)) => Err(LitmusError::new(*line, format!("{token:?} after the condition"))),
    }
}

fn tokens(text: &str, first_line: usize) -> Result<Vec<(String, usize)>, LitmusError> {
    let mut tokens: Vec<(String, usize)> = Vec::new();
    let mut line = first_line;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() {
            line += usize::from(c == '\n');
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let operator = ["/\\", "\\/", "=>", "!=", "(", ")", "=", "~"].into_iter().find(|o| rest.starts_with(o));
        let length = match operator {
            Some(operator) => operator.len(),
            None => {
                let mut quoted = false;
                let ends = |c: char| c.is_whitespace() || "()=~\\/!;".contains(c);
                rest.char_indices()
                    .find(|(_, c)| {
                        quoted ^= *c == '"';
                        !quoted && ends(*c)
                    })
                    .map_or(rest.len(), |(i, _)| i)
            }
        };
        if length == 0 {
            return Err(LitmusError::new(line, format!("{c:?} in a condition")));
        }
        tokens.push((rest[..length].to_owned(), line));
        rest = &rest[length..];
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(String, usize)>,
    at: usize,
    line: usize,
}

impl Parser {
    fn take(&mut self, token: &str) -> bool {
        let taken = self.tokens.get(self.at).is_some_and(|(t, _)| t == token);
        self.at += usize::from(taken);
        taken
    }

    fn next(&mut self, wanted: &str) -> Result<(String, usize), LitmusError> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token.ok_or_else(|| LitmusError::new(self.line, format!("the condition ends where {wanted} is expected")))
    }

    fn implication(&mut self) -> Result<Condition, LitmusError> {
        let left = self.list("\\/")?;
        if self.take("=>") {
            return Ok(Condition::Implies(Box::new(left), Box::new(self.implication()?)));
        }
        Ok(left)
    }

    fn list(&mut self, operator: &str) -> Result<Condition, LitmusError> {
        let or = operator == "\\/";
        let mut parts = vec![if or { self.list("/\\")? } else { self.single()? }];
        while self.take(operator) {
            parts.push(if or { self.list("/\\")? } else { self.single()? });
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ if or => Condition::Or(parts),
            _ => Condition::And(parts),
        })
    }

    fn single(&mut self) -> Result<Condition, LitmusError> {
        if self.take("not") || self.take("~") {
            return Ok(Condition::Not(Box::new(self.single()?)));
        }
        if self.take("(") {
            let inner = self.implication()?;
            let (token, line) = self.next("')'")?;
            return if token == ")" { Ok(inner) } else { Err(LitmusError::new(line, format!("{token:?}, not ')'"))) };
        }
        if self.take("true") {
            return Ok(Condition::True);
        }
        if self.take("false") {
            return Ok(Condition::False);
        }
        let (place, line) = self.next("a place")?;
        let place = parse_place(&place, line)?;
        let (operator, line) = self.next("'='")?;
        let (value, _) = self.next("a value")?;
        let equal = Condition::Equal(place, parse_value(&value, line)?);
        match operator.as_str() {
            "=" => Ok(equal),
            "!=" => Ok(Condition::Not(Box::new(equal))),
            other => Err(LitmusError::new(line, format!("{other:?} where '=' is expected"))),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(n) => write!(f, "{n}"),
            Value::Address(name) => f.write_str(name),
            Value::Label(thread, name) => write!(f, "label:\"P{thread}:{name}\""),
            Value::Instruction(text) => write!(f, "instr:\"{text}\""),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Condition], operator: &str| {
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    write!(f, " {operator} ")?;
                }
                match part {
                    Condition::Or(_) | Condition::Implies(..) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Condition::True => f.write_str("true"),
            Condition::False => f.write_str("false"),
            Condition::Equal(super::test::Place::Location(name), value) => write!(f, "[{name}]={value}"),
            Condition::Equal(place, value) => write!(f, "{place}={value}"),
            Condition::Not(c) => write!(f, "not ({c})"),
            Condition::And(parts) => list(f, parts, "/\\"),
            Condition::Or(parts) => list(f, parts, "\\/"),
            Condition::Implies(a, b) => write!(f, "({a}) => ({b})"),
        }
    }
}
