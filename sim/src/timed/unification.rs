//! What the point of unification still holds of lines that are dirty and not cleaned: their bytes before the first store.

use super::cache::LineNumber;
use super::mix::Mix;
use crate::core_model::LINE;
use crate::ids::{Cycle, HartId};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// A line as it was.
#[derive(Clone)]
pub struct Old {
    /// What instruction fills read.
    pub bytes: [u8; LINE as usize],
    /// What was stored before is in it: the cycle, and who stored then.
    pub since: (Cycle, HartId),
}

/// Old lines. Who patches code stores to a line and cleans it soon: the line that came last is at hand.
#[derive(Clone, Default)]
pub struct Unification {
    last: Option<(LineNumber, Old)>,
    others: HashMap<LineNumber, Old, BuildHasherDefault<Mix>>,
}

impl Unification {
    /// What is held of a line, if that is old.
    pub fn get(&self, line: LineNumber) -> Option<&Old> {
        match &self.last {
            Some((last, old)) if *last == line => Some(old),
            _ => self.others.get(&line),
        }
    }

    /// Keeps a line as it is, unless an older state of it is kept.
    pub fn keep(&mut self, line: LineNumber, old: Old) {
        if self.get(line).is_none()
            && let Some((line, old)) = self.last.replace((line, old))
        {
            self.others.insert(line, old);
        }
    }

    /// The line is what memory holds.
    pub fn remove(&mut self, line: LineNumber) {
        match &self.last {
            Some((last, _)) if *last == line => self.last = None,
            _ => {
                self.others.remove(&line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_state_of_each_line_is_kept_until_it_is_removed() {
        let mut kept = Unification::default();
        let lines = [1, 2, 3].map(LineNumber);
        for byte in [1, 2] {
            for line in lines {
                kept.keep(line, Old { bytes: [10 * line.0 as u8 + byte; LINE as usize], since: (Cycle(0), HartId(0)) });
            }
        }
        let seen = |kept: &Unification| lines.map(|line| kept.get(line).map_or(0, |old| old.bytes[0]));
        assert_eq!(seen(&kept), [11, 21, 31]);
        kept.remove(lines[2]);
        assert_eq!(seen(&kept), [11, 21, 0]);
        kept.remove(lines[0]);
        kept.remove(lines[0]);
        assert_eq!(seen(&kept), [0, 21, 0]);
    }
}
