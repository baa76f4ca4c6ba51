//! Bad input gets one clear error that names the file and the place, exit code 2, and leaves nothing behind.

use assert_cmd::Command;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const RISCV: u16 = 243;
const X86_64: u16 = 62;
const BASE: u64 = 0x8020_0000;

/// An ELF64 file with one segment of code, and no symbols.
fn elf(machine: u16, code: &[u8]) -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend(2u16.to_le_bytes()); // ET_EXEC
    file.extend(machine.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    file.extend(BASE.to_le_bytes()); // e_entry
    file.extend(64u64.to_le_bytes()); // e_phoff
    file.extend(0u64.to_le_bytes()); // e_shoff
    file.extend(0u32.to_le_bytes());
    for half in [64u16, 56, 1, 64, 0, 0] {
        file.extend(half.to_le_bytes());
    }
    file.extend(1u32.to_le_bytes()); // PT_LOAD
    file.extend(7u32.to_le_bytes()); // rwx
    for word in [120, BASE, BASE, code.len() as u64, code.len() as u64, 8] {
        file.extend(word.to_le_bytes());
    }
    file.extend(code);
    file
}

/// `lui a0, 0x50000; jr a0`: to an address where nothing is.
fn jump_into_the_void() -> Vec<u8> {
    let words = [0x5000_0537u32, 0x0005_0067];
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("a file in a temporary folder");
        path
    }

    fn entries(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("the folder");
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// Runs cmodx in the folder; it must fail with exit code 2 and one line of error that holds all of `said`.
fn refused(folder: &Folder, args: &[&str], said: &[&str]) {
    let before = folder.entries();
    let output = Command::cargo_bin("cmodx").unwrap().current_dir(folder.0.path()).args(args).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{args:?}: {error}");
    assert!(error.starts_with("error: "), "{args:?}: {error}");
    for part in said {
        assert!(error.contains(part), "{args:?}: {error} (no {part:?})");
    }
    assert!(output.stdout.is_empty(), "{args:?}: an answer beside the error");
    assert_eq!(folder.entries(), before, "{args:?}: something was left behind");
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn a_truncated_program_is_refused_at_every_length() {
    let folder = Folder::new();
    let whole = elf(RISCV, &jump_into_the_void());
    for length in [0, 1, 3, 15, 63, 64, 100, 119, whole.len() - 1] {
        let path = folder.file("cut.elf", &whole[..length]);
        refused(&folder, &["run", name(&path)], &["cut.elf"]);
        refused(&folder, &["kernel", "survey", name(&path)], &["cut.elf"]);
    }
}

#[test]
fn a_32_bit_program_is_refused_by_its_class() {
    let folder = Folder::new();
    let mut file = elf(RISCV, &jump_into_the_void());
    file[4] = 1;
    let path = folder.file("small.elf", &file);
    refused(&folder, &["run", name(&path)], &["small.elf", "32-bit"]);
    refused(&folder, &["kernel", "survey", name(&path)], &["small.elf", "32-bit"]);
}

#[test]
fn an_x86_kernel_is_refused_by_its_machine() {
    let folder = Folder::new();
    let path = folder.file("vmlinux", &elf(X86_64, &[0x90; 64]));
    refused(&folder, &["kernel", "survey", name(&path)], &["vmlinux", "x86"]);
    refused(&folder, &["run", name(&path)], &["vmlinux", "x86"]);
}

#[test]
fn a_kernel_without_symbols_is_refused() {
    let folder = Folder::new();
    let path = folder.file("vmlinux", &elf(RISCV, &jump_into_the_void()));
    refused(&folder, &["kernel", "survey", name(&path)], &["vmlinux", "symbol"]);
}

#[test]
fn a_guest_that_jumps_into_the_void_is_named_with_the_place() {
    let folder = Folder::new();
    let path = folder.file("lost.elf", &elf(RISCV, &jump_into_the_void()));
    refused(&folder, &["run", name(&path)], &["lost.elf", "hart 0", "access fault", "0x50000000"]);
}

#[test]
fn files_that_are_not_there_are_named() {
    let folder = Folder::new();
    refused(&folder, &["run", "nothing.elf"], &["nothing.elf"]);
    refused(&folder, &["kernel", "survey", "nothing"], &["nothing"]);
    refused(&folder, &["compare", "a.jsonl", "b.jsonl"], &["a.jsonl"]);
    refused(&folder, &["report", "nothing.jsonl"], &["nothing.jsonl"]);
    refused(&folder, &["history", "no-such-folder"], &["no-such-folder"]);
    refused(&folder, &["run", "nothing.elf", "--core", "core.toml"], &["nothing.elf"]);
}

#[test]
fn an_unwritable_output_is_refused_before_anything_is_measured() {
    let folder = Folder::new();
    refused(&folder, &["report", "-o", "no/such/folder/report.html"], &["no/such/folder/report.html"]);
    refused(&folder, &["bench", "-o", "no/such/folder/x.jsonl"], &["no/such/folder/x.jsonl"]);
    refused(&folder, &["report", "-o", "."], &["."]);
}

#[test]
fn results_that_are_no_results_are_refused_with_the_line() {
    let folder = Folder::new();
    folder.file("broken.jsonl", b"{\"kind\":\"run\"\n");
    refused(&folder, &["report", "broken.jsonl"], &["broken.jsonl"]);
    folder.file("other.jsonl", b"not results at all\n");
    refused(&folder, &["compare", "other.jsonl", "other.jsonl"], &["other.jsonl:1"]);
}

#[test]
fn names_that_do_not_exist_are_refused() {
    let folder = Folder::new();
    refused(&folder, &["bench", "--scheme", "jump-around"], &["jump-around"]);
    refused(&folder, &["bench", "--core", "pentium"], &["pentium", "sifive-u74"]);
    refused(&folder, &["bench", "--arch", "x86"], &["x86"]);
    let path = folder.file("ok.elf", &elf(RISCV, &jump_into_the_void()));
    refused(&folder, &["run", name(&path), "--harts", "65"], &["65"]);
    refused(&folder, &["run", name(&path), "--core", "cortex-a55"], &["cortex-a55", "riscv64"]);
    folder.file("core.toml", b"name = 1\n");
    refused(&folder, &["run", name(&path), "--core", "core.toml"], &["core.toml:1"]);
}
