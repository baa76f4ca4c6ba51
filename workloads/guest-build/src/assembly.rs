//! `.S` files: includes flattened, with a map from the flat text's lines to where they came from.
//!
//! `.include` is resolved here because the assembler inside `rustc` would look in its working directory, and because its
//! messages name lines of one `<inline asm>` text that nobody wrote.

use crate::Error;
use std::path::{Path, PathBuf};

/// A flattened assembly source.
pub(crate) struct Flat {
    /// The text to assemble.
    pub text: String,
    /// For each line of `text`: its file, and its line there (from 1).
    lines: Vec<(PathBuf, usize)>,
}

impl Flat {
    /// Reads a source and everything that it includes; names are relative to the including file or else to `common`.
    pub fn read(file: &Path, common: &Path) -> Result<Flat, Error> {
        let mut flat = Flat { text: String::new(), lines: Vec::new() };
        let text = std::fs::read_to_string(file).map_err(Error::io(file))?;
        flat.append(file, &text, common, &mut vec![file.to_path_buf()])?;
        Ok(flat)
    }

    fn append(&mut self, file: &Path, text: &str, common: &Path, open: &mut Vec<PathBuf>) -> Result<(), Error> {
        for (n, line) in text.lines().enumerate() {
            let Some(name) = included(line) else {
                self.text.push_str(line);
                self.text.push('\n');
                self.lines.push((file.to_path_buf(), n + 1));
                continue;
            };
            let beside = file.with_file_name(name);
            let include = if beside.is_file() { beside } else { common.join(name) };
            if open.contains(&include) {
                return Err(Error::IncludeCycle { file: file.into(), line: n + 1, include });
            }
            let text = std::fs::read_to_string(&include).map_err(|source| Error::Include {
                file: file.into(),
                line: n + 1,
                include: include.clone(),
                source,
            })?;
            open.push(include.clone());
            self.append(&include, &text, common, open)?;
            open.pop();
        }
        Ok(())
    }

    /// Replaces `<inline asm>:LINE` in a message by the file and line it stands for.
    pub fn locate(&self, message: &str) -> String {
        const MARK: &str = "<inline asm>:";
        let mut out = String::new();
        let mut rest = message;
        while let Some(at) = rest.find(MARK) {
            out.push_str(&rest[..at]);
            let number = &rest[at + MARK.len()..];
            let digits = number.len() - number.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let place = number[..digits].parse::<usize>().ok().and_then(|n| self.lines.get(n.checked_sub(1)?));
            match place {
                Some((file, line)) => out.push_str(&format!("{}:{line}", file.display())),
                None => out.push_str(&rest[at..at + MARK.len() + digits]),
            }
            rest = &number[digits..];
        }
        out.push_str(rest);
        out
    }
}

/// The file that an `.include "name"` line names.
fn included(line: &str) -> Option<&str> {
    line.trim().strip_prefix(".include")?.trim().strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_included_file_and_its_own_line() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a.S"), dir.path().join("b.inc"));
        std::fs::write(&a, "nop\n.include \"b.inc\"\nret\n").unwrap();
        std::fs::write(&b, "one\ntwo\n").unwrap();
        let flat = Flat::read(&a, dir.path()).unwrap();
        assert_eq!(flat.text, "nop\none\ntwo\nret\n");
        assert_eq!(
            flat.locate("x <inline asm>:3:1: bad <inline asm>:4:9"),
            format!("x {}:2:1: bad {}:3:9", b.display(), a.display())
        );
        assert_eq!(flat.locate("<inline asm>:99: bad"), "<inline asm>:99: bad");
    }

    #[test]
    fn an_include_cycle_is_an_error_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let a = dir.path().join("a.S");
        std::fs::write(&a, "nop\n.include \"a.S\"\n").unwrap();
        assert!(matches!(Flat::read(&a, dir.path()), Err(Error::IncludeCycle { line: 2, .. })));
        std::fs::write(&a, "\n\n.include \"none.S\"\n").unwrap();
        assert!(matches!(Flat::read(&a, dir.path()), Err(Error::Include { line: 3, .. })));
    }
}
