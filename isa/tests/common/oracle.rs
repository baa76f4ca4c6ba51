//! Programs that the tests compare with.

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(60);

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
    let (mut stdout, mut stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    std::thread::scope(|scope| {
        // A program that ends early closes the pipe; its output then tells why.
        scope.spawn(move || drop(stdin.write_all(input)));
        let stdout = scope.spawn(move || read_all(&mut stdout));
        let stderr = scope.spawn(move || read_all(&mut stderr));
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if started.elapsed() > LIMIT {
                child.kill().expect("a child can be killed");
                child.wait().expect("a child can be waited for");
                panic!("{program} {arguments:?} has not ended after {LIMIT:?}; {test} compares with it");
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let (stdout, stderr) = (stdout.join().expect("it reads"), stderr.join().expect("it reads"));
        Some(Output { status, stdout, stderr })
    })
}

fn read_all(from: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}
