//! What a program reads from its standard input.

use std::io::{IsTerminal, Read};

/// Where its bytes come from.
#[derive(Clone, Debug)]
pub enum Input {
    /// These bytes, from the first one on.
    Bytes(Vec<u8>),
    /// This process's own standard input, when the program asks for it.
    Host,
}

impl Default for Input {
    fn default() -> Input {
        Input::Bytes(Vec::new())
    }
}

impl Input {
    /// The next bytes, at most `length`. Fewer only at the end, so that what a program sees does not depend on the sizes in which
    /// a pipe is filled; from a terminal a line at a time.
    pub fn read(&mut self, length: usize) -> std::io::Result<Vec<u8>> {
        match self {
            Input::Bytes(bytes) => {
                let rest = bytes.split_off(length.min(bytes.len()));
                Ok(std::mem::replace(bytes, rest))
            }
            Input::Host => {
                let mut stdin = std::io::stdin().lock();
                let mut read = Vec::new();
                if !stdin.is_terminal() {
                    stdin.take(length as u64).read_to_end(&mut read)?;
                    return Ok(read);
                }
                let mut byte = [0];
                while read.len() < length && read.last() != Some(&b'\n') && stdin.read(&mut byte)? == 1 {
                    read.push(byte[0]);
                }
                Ok(read)
            }
        }
    }
}
