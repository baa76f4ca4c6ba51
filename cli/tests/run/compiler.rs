//! Cross compilers, and the programs that they make.

use assert_cmd::Command;
use std::path::PathBuf;
use tempfile::TempDir;

/// Which compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Riscv64,
    Aarch64,
}

impl Target {
    pub const BOTH: [Target; 2] = [Target::Riscv64, Target::Aarch64];

    /// QEMU's user mode for it.
    pub fn qemu(self) -> &'static str {
        match self {
            Target::Riscv64 => "qemu-riscv64",
            Target::Aarch64 => "qemu-aarch64",
        }
    }

    fn triple(self) -> &'static str {
        match self {
            Target::Riscv64 => "riscv64-linux-gnu",
            Target::Aarch64 => "aarch64-linux-gnu",
        }
    }
}

/// Runs a program that a test compares with or needs. `None`, with a line that says NOT RUN, when `CMODX_NO_ORACLES=1` waives it.
pub fn oracle(test: &str, program: &str, package: &str, arguments: &[String]) -> Option<std::process::Output> {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|value| value == "1") {
        println!("NOT RUN: {test} (CMODX_NO_ORACLES=1; it needs {program})");
        return None;
    }
    let output = std::process::Command::new(program).args(arguments).output();
    Some(output.unwrap_or_else(|error| {
        panic!(
            "{program} cannot be run ({error}); {test} needs it. Install it (Debian: apt-get install {package}) or set \
             CMODX_NO_ORACLES=1 to skip such tests"
        )
    }))
}

/// A program in a folder of its own.
pub struct Program {
    folder: TempDir,
}

impl Program {
    /// Compiles this source; its suffix, `c` or `S`, says what it is.
    pub fn compile(test: &str, target: Target, suffix: &str, source: &str, options: &[&str]) -> Option<Program> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(format!("program.{suffix}"));
        std::fs::write(&file, source).expect("the source can be written");
        let program = Program { folder };
        let mut arguments: Vec<String> = options.iter().map(|option| (*option).to_string()).collect();
        let paths = [file, program.path()].map(|path| path.to_str().expect("a path in UTF-8").to_string());
        let [file, elf] = paths;
        arguments.splice(0..0, [file]);
        arguments.extend(["-o".into(), elf]);
        let compiler = format!("{}-gcc", target.triple());
        let package = format!(
            "gcc-{0} libc6-dev-{1}-cross",
            target.triple(),
            match target {
                Target::Riscv64 => "riscv64",
                Target::Aarch64 => "arm64",
            }
        );
        let output = oracle(test, &compiler, &package, &arguments)?;
        assert!(output.status.success(), "{compiler} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(program)
    }

    /// A program without any library, in assembly.
    pub fn assemble(test: &str, target: Target, source: &str, options: &[&str]) -> Option<Program> {
        let bare = ["-nostdlib", "-static", "-fno-pic", "-no-pie"];
        Program::compile(test, target, "S", source, &[&bare, options].concat())
    }

    /// The executable.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("program")
    }

    /// A file beside it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What `cmodx run` makes of it: exit code, stdout, stderr.
    pub fn run(&self, options: &[&str]) -> (i32, String, String) {
        self.run_with(options, &[])
    }

    /// The same with arguments for the program.
    pub fn run_with(&self, options: &[&str], arguments: &[&str]) -> (i32, String, String) {
        self.finish(self.start("run", options), arguments)
    }

    /// What another command makes of it.
    pub fn command(&self, name: &str, options: &[&str]) -> (i32, String, String) {
        self.finish(self.start(name, options), &[])
    }

    fn start(&self, name: &str, options: &[&str]) -> Command {
        let mut command = Command::cargo_bin("cmodx").expect("the binary is built");
        command.arg(name).args(options).arg(self.path());
        command
    }

    fn finish(&self, mut command: Command, arguments: &[&str]) -> (i32, String, String) {
        if !arguments.is_empty() {
            command.arg("--").args(arguments);
        }
        let output = command.output().expect("cmodx runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }
}
