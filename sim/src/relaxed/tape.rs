//! Choices: an instruction is executed once for each way in which its choices can fall.

/// The choices of one instruction, in the order in which it makes them.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    /// What was chosen and of how many.
    choices: Vec<(u16, u16)>,
    at: usize,
    /// A choice was forced that did not exist.
    overrun: bool,
}

impl Tape {
    /// A tape without choices.
    pub fn new() -> Tape {
        Tape::default()
    }

    /// Chooses one of `of` (at least 1): what the tape says, or the first beyond its end.
    #[inline]
    pub fn choose(&mut self, of: usize) -> usize {
        if of <= 1 {
            return 0;
        }
        if self.at == self.choices.len() {
            self.choices.push((0, of as u16));
        }
        let choice = self.choices[self.at].0 as usize;
        self.at += 1;
        self.overrun |= choice >= of;
        choice.min(of - 1)
    }

    /// A tape that says what to choose.
    pub fn forced(choices: &[u16]) -> Tape {
        Tape { choices: choices.iter().map(|c| (*c, u16::MAX)).collect(), ..Tape::default() }
    }

    /// What was chosen so far.
    pub fn taken(&self) -> Vec<u16> {
        self.choices[..self.at].iter().map(|c| c.0).collect()
    }

    /// True when every choice that the tape forced was one of those that there were.
    pub fn in_range(&self) -> bool {
        !self.overrun
    }

    /// Goes to the next way for the choices to fall, from the start of the tape; false when there is none.
    #[inline]
    pub fn advance(&mut self) -> bool {
        self.at = 0;
        while let Some((choice, of)) = self.choices.last_mut() {
            *choice += 1;
            if choice < of {
                return true;
            }
            self.choices.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_comes_once() {
        let mut tape = Tape::new();
        let mut seen = Vec::new();
        loop {
            let first = tape.choose(3);
            let second = if first == 1 { tape.choose(2) } else { 0 };
            seen.push((first, second));
            if !tape.advance() {
                break;
            }
        }
        assert_eq!(seen, [(0, 0), (1, 0), (1, 1), (2, 0)]);
        assert!(!Tape::new().advance());
    }
}
