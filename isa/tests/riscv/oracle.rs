//! Programs that the tests compare with.

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs an installed program to its end, with this input.
///
/// `None`, with a line that says NOT RUN, when `CMODX_NO_ORACLES=1` waives the comparison.
///
/// # Panics
/// When the program is not installed and the comparison is not waived.
pub fn run(test: &str, program: &str, package: &str, arguments: &[&str], input: &[u8]) -> Option<Output> {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|value| value == "1") {
        println!("NOT RUN: {test} (CMODX_NO_ORACLES=1; it compares with {program})");
        return None;
    }
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| {
        panic!(
            "{program} cannot be run ({error}); {test} compares with it. Install it (Debian: apt-get install {package}) \
             or set CMODX_NO_ORACLES=1 to skip such tests"
        )
    });
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_vec();
    // A program that ends early closes the pipe; its output then tells why.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the output can be read");
    writer.join().expect("the writer ends");
    Some(output)
}
