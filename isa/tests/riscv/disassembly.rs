//! Legal here exactly when legal for LLVM, and written the same way.

use super::llvm::{compare, explained, llvm, words_of};
use super::oracle;
use super::random::Random;
use cmodx_isa::Isa;
use cmodx_isa::riscv::{Extension, Extensions, Op, Riscv, compressed, table};
use std::collections::BTreeSet;

#[test]
fn every_halfword_is_what_llvm_says() {
    let words: Vec<u32> = (0..=u16::MAX).filter(|half| half & 3 != 3).map(|half| half as u32).collect();
    compare("every_halfword_is_what_llvm_says", &words);
    assert!(compressed::ROWS.len() > 30);
}

#[test]
fn random_words_are_what_llvm_says() {
    let mut random = Random(3);
    let mut words = Vec::new();
    for row in table::ROWS {
        for _ in 0..600 {
            // The row with random operands, and the same with one bit wrong.
            let word = row.pattern.bits | random.next() as u32 & !row.pattern.mask;
            words.push(word);
            words.push((word ^ 1 << random.below(30) << 2) | 3);
        }
    }
    while words.len() < 260_000 {
        words.push(random.next() as u32 | 3);
    }
    compare("random_words_are_what_llvm_says", &words);
}

#[test]
fn what_needs_an_extension_that_is_off_is_what_llvm_says() {
    const TEST: &str = "what_needs_an_extension_that_is_off_is_what_llvm_says";
    let mut random = Random(4);
    let mut words = Vec::new();
    let patterns = compressed::ROWS.iter().map(|row| row.pattern).chain(table::ROWS.iter().map(|row| row.pattern));
    for pattern in patterns {
        words.extend((0..8).map(|_| pattern.bits | random.next() as u32 & !pattern.mask));
    }
    words.iter_mut().filter(|word| **word & 3 != 3).for_each(|word| *word &= 0xffff);
    let single: Vec<Extensions> = Extension::ALL.iter().map(|&e| Extensions::ALL.without(e).consistent()).collect();
    let mut differences = Vec::new();
    let mut off = vec![0; single.len()];
    for (number, &extensions) in single.iter().chain(&[Extensions::NONE]).enumerate() {
        let Some(theirs) = llvm(TEST, extensions, &words) else { return };
        for (&word, theirs) in words.iter().zip(&theirs) {
            let insn = Riscv::decode(word);
            let ours = insn.op != Op::Illegal && extensions.allow(insn);
            if ours != theirs.is_some() && explained(word, &insn, theirs.as_deref()).is_none() {
                let text = Riscv::disassemble(&insn, 0);
                differences.push(format!("{extensions}: {word:08x} {text}: legal here {ours}, LLVM {theirs:?}"));
            }
            if insn.op != Op::Illegal && !ours && number < off.len() {
                off[number] += 1;
            }
        }
    }
    let shown = &differences[..differences.len().min(20)];
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), shown.join("\n"));
    for (extension, off) in Extension::ALL.iter().zip(off) {
        println!("without {}: {off} of {} words illegal", extension.name(), words.len());
    }
}

/// What a compiler and hand-written assembly make: the C library, the mathematical one, the compiler's own, for each
/// optimization level programs of this project.
#[test]
fn words_of_compilers_are_what_llvm_says() {
    const TEST: &str = "words_of_compilers_are_what_llvm_says";
    const GCC: (&str, &str) = ("riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross");
    let mut words = BTreeSet::new();
    for library in ["libc.a", "libm.a", "libgcc.a", "libgcc_eh.a"] {
        let Some(output) = oracle::run(TEST, GCC.0, GCC.1, &[&format!("-print-file-name={library}")], &[]) else {
            return;
        };
        let path = String::from_utf8(output.stdout).expect("a path in UTF-8");
        words_of(TEST, path.trim(), &mut words).expect("the oracles are there");
    }
    let programs = concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/tests/run/programs");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let object = folder.path().join("program.o").display().to_string();
    let sources = std::fs::read_dir(programs).expect("programs of the command's tests");
    let sources = sources.map(|entry| entry.expect("a readable folder").path());
    for source in sources.filter(|path| path.extension().is_some_and(|extension| extension == "c")) {
        let source = source.display().to_string();
        for options in [["-O0", "-march=rv64g"], ["-O2", "-march=rv64gc"], ["-O3", "-march=rv64gc_zba_zbb_zbc_zbs"]] {
            let arguments = [options[0], options[1], "-c", &source, "-o", &object];
            let output = oracle::run(TEST, GCC.0, GCC.1, &arguments, &[]).expect("the oracles are there");
            assert!(output.status.success(), "{source}: {}", String::from_utf8_lossy(&output.stderr));
            words_of(TEST, &object, &mut words).expect("the oracles are there");
        }
    }
    assert!(words.len() > 50_000, "only {} different words", words.len());
    compare(TEST, &words.into_iter().collect::<Vec<_>>());
}
