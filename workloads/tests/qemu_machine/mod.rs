//! Runs guest images under QEMU: an oracle that shares nothing with the simulator.

use cmodx_isa::Arch;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How QEMU schedules its virtual harts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// One thread runs all harts in turn. QEMU before 8.1 can keep a stale translation for good when one thread translates
    /// a page while another stores to it, so guests that are patched live need this.
    One,
    /// One thread, switched by the number of instructions: fast, repeatable, and counters count instructions. QEMU's RISC-V
    /// machine never switches to the second hart in this mode.
    OneCounted,
    /// One thread for each hart.
    Many,
}

/// What a run printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The `result` lines as (key, value), in order.
    pub results: Vec<(String, u64)>,
    /// The `measure` lines as (key, value), in order.
    pub measures: Vec<(String, u64)>,
    /// The last line: `cmodx: ok` or `cmodx: FAILED …`.
    pub last: String,
    /// QEMU's exit code.
    pub code: Option<i32>,
}

impl Output {
    /// Value of a `measure` line.
    pub fn measure(&self, key: &str) -> u64 {
        let found = self.measures.iter().find(|(k, _)| k == key);
        found.unwrap_or_else(|| panic!("no `measure {key}` in {self:?}")).1
    }
}

/// False when the run must be left out because oracles were declined; fails when QEMU is missing.
pub fn qemu_is_there(arch: Arch) -> bool {
    let program = program(arch);
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|v| v == "1") {
        // Straight to stderr: the test harness would swallow it.
        let _ = writeln!(std::io::stderr(), "NOT RUN: {program} (CMODX_NO_ORACLES=1)");
        return false;
    }
    let there = Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    assert!(
        there,
        "{program} not found: apt-get install qemu-system-misc qemu-system-arm opensbi, or set CMODX_NO_ORACLES=1 to leave \
         out the tests that need it"
    );
    true
}

fn program(arch: Arch) -> &'static str {
    match arch {
        Arch::Riscv64 => "qemu-system-riscv64",
        Arch::Aarch64 => "qemu-system-aarch64",
    }
}

/// Runs an image with this many harts, in the fastest way that keeps live patching sound.
pub fn run_qemu(arch: Arch, elf: &[u8], harts: u64) -> Output {
    let threads = if arch == Arch::Aarch64 || harts == 1 { Threads::OneCounted } else { Threads::One };
    run_qemu_with(arch, elf, harts, threads, &[])
}

/// Runs an image; fails when QEMU does not end by itself in time.
pub fn run_qemu_with(arch: Arch, elf: &[u8], harts: u64, threads: Threads, more: &[&str]) -> Output {
    const LIMIT: Duration = Duration::from_secs(180);
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(elf).expect("the image is written");
    let mut command = Command::new(program(arch));
    match arch {
        Arch::Riscv64 => command.args(["-M", "virt"]),
        Arch::Aarch64 => command.args(["-M", "virt,gic-version=3", "-cpu", "max"]),
    };
    match threads {
        Threads::One => command.args(["-accel", "tcg,thread=single"]),
        Threads::OneCounted => command.args(["-accel", "tcg", "-icount", "shift=10,sleep=off"]),
        Threads::Many => command.args(["-accel", "tcg,thread=multi"]),
    };
    command.args(["-smp", &harts.to_string(), "-m", "256", "-display", "none", "-nic", "none", "-monitor", "none"]);
    command.args(["-serial", "stdio", "-kernel"]).arg(file.path()).args(more);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("QEMU starts");
    let mut stdout = child.stdout.take().expect("stdout is a pipe");
    let mut stderr = child.stderr.take().expect("stderr is a pipe");
    let read = |pipe: &mut dyn Read| {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes)
            .map(|_| String::from_utf8_lossy(&bytes).into_owned())
            .expect("the pipe is readable")
    };
    let (text, errors, code) = std::thread::scope(|scope| {
        let text = scope.spawn(move || read(&mut stdout));
        let errors = scope.spawn(move || read(&mut stderr));
        let start = Instant::now();
        let code = loop {
            match child.try_wait().expect("QEMU can be waited for") {
                Some(status) => break Some(status.code()),
                None if start.elapsed() > LIMIT => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        (text.join().expect("reader"), errors.join().expect("reader"), code)
    });
    let Some(code) = code else { panic!("QEMU did not end within {LIMIT:?}; it printed:\n{text}{errors}") };
    parse(&text, code).unwrap_or_else(|why| panic!("{why} in:\n{text}{errors}"))
}

/// The guest's lines; what firmware prints before them is passed over.
fn parse(text: &str, code: Option<i32>) -> Result<Output, String> {
    let mut output = Output { results: vec![], measures: vec![], last: String::new(), code };
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let pair = |key: &str, value: &str| match value.parse() {
            Ok(value) => Ok((key.to_owned(), value)),
            Err(_) => Err(format!("no number in `{line}`")),
        };
        match words[..] {
            ["result", key, value] => output.results.push(pair(key, value)?),
            ["measure", key, value] => output.measures.push(pair(key, value)?),
            ["cmodx:", ..] if output.last.is_empty() => output.last = line.to_owned(),
            _ if !output.last.is_empty() && !words.is_empty() => return Err(format!("`{line}` after the last line")),
            _ if !output.results.is_empty() => return Err(format!("unexpected line `{line}`")),
            _ => {}
        }
    }
    if output.last.is_empty() { Err("no last line".to_owned()) } else { Ok(output) }
}
