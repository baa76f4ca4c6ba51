//! llvm-mca, asked about many loops at once, and LLVM's assembler.

use std::io::Write;
use std::process::{Command, Stdio};

/// Which llvm-mca knows a core.
pub struct Mca {
    /// The program.
    pub program: &'static str,
    /// What it is asked for, as LLVM names it.
    pub triple: &'static str,
    /// The core, as LLVM and cmodx name it.
    pub core: &'static str,
}

/// Runs an installed program, gives its output; `None` when comparisons are waived.
pub fn oracle(program: &str, arguments: &[String], input: &str) -> Option<Vec<u8>> {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|value| value == "1") {
        println!("NOT RUN: comparison with {program} (CMODX_NO_ORACLES=1)");
        return None;
    }
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{program} cannot be run ({e}): install it, or set CMODX_NO_ORACLES=1"));
    let mut stdin = child.stdin.take().expect("piped");
    let text = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("a child can be waited for");
    writer.join().expect("no panic").expect("it reads all of its input");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    Some(output.stdout)
}

/// An argument list.
pub fn strings(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|a| a.to_string()).collect()
}

/// Instructions of a snippet, one a line.
pub fn lines(code: &str) -> String {
    code.split(';').map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}

impl Mca {
    /// Total cycles that llvm-mca gives for this many iterations of each snippet.
    fn total_cycles(&self, snippets: &[&str], iterations: u64) -> Option<Vec<u64>> {
        let mut input = String::new();
        for (i, code) in snippets.iter().enumerate() {
            input += &format!("# LLVM-MCA-BEGIN s{i}\n{}\n# LLVM-MCA-END\n", lines(code));
        }
        let mut arguments = strings(&["-instruction-info=false", "-resource-pressure=false"]);
        arguments.push(format!("-mtriple={}", self.triple));
        arguments.push(format!("-mcpu={}", self.core));
        arguments.push(format!("-iterations={iterations}"));
        let output = String::from_utf8(oracle(self.program, &arguments, &input)?).expect("text");
        let totals: Vec<u64> = output
            .lines()
            .filter_map(|line| line.strip_prefix("Total Cycles:"))
            .map(|number| number.trim().parse().expect("a number"))
            .collect();
        assert_eq!(totals.len(), snippets.len(), "{output}");
        Some(totals)
    }

    /// Cycles that llvm-mca gives for an iteration of each snippet in the steady state, in hundredths: the mean over some
    /// iterations behind the first hundred.
    pub fn cycles(&self, snippets: &[&str], iterations: u64) -> Option<Vec<u64>> {
        let (few, many) = (self.total_cycles(snippets, 100)?, self.total_cycles(snippets, 100 + iterations)?);
        Some(few.iter().zip(many).map(|(few, many)| (many - few) * 100 / iterations).collect())
    }
}
