//! Legal here exactly when legal for LLVM, and written the same way.

use super::oracle;
use super::random::Random;
use cmodx_isa::riscv::{Extension, Extensions, Insn, Op, Riscv, compressed, table};
use cmodx_isa::{Class, Isa};
use std::collections::BTreeSet;

/// LLVM's options for a machine with these extensions.
fn attributes(extensions: Extensions) -> String {
    let mut text = "-mattr=+zicsr,+zihintpause".to_string();
    // Those that add no instruction have no need of an option.
    let silent =
        [Extension::Zicntr, Extension::Zihpm, Extension::Sstc, Extension::Svadu, Extension::Svnapot, Extension::Svpbmt];
    for extension in Extension::ALL.iter().filter(|&&e| extensions.has(e) && !silent.contains(&e)) {
        let experimental = if *extension == Extension::Zacas { "experimental-" } else { "" };
        text += &format!(",+{experimental}{}", extension.name());
    }
    text
}

/// What LLVM makes of each word: text, or `None` where it knows no instruction.
fn llvm(test: &str, extensions: Extensions, words: &[u32]) -> Option<Vec<Option<String>>> {
    let mut input = String::new();
    for word in words {
        let bytes = word.to_le_bytes();
        let length = Riscv::length(*word as u16) as usize;
        let list: Vec<String> = bytes[..length].iter().map(|byte| format!("{byte:#04x}")).collect();
        input += &format!("[{}]\n", list.join(" "));
    }
    let arguments = ["-disassemble", "-triple=riscv64", &attributes(extensions), "-M", "no-aliases"];
    let output = oracle::run(test, "llvm-mc-19", "llvm-19", &arguments, input.as_bytes())?;
    let mut known = vec![true; words.len()];
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if let Some(rest) = line.strip_prefix("<stdin>:") {
            assert!(line.contains("invalid instruction encoding"), "LLVM says {line}");
            let number: usize = rest.split(':').next().and_then(|n| n.parse().ok()).expect("a line number");
            known[number - 1] = false;
        }
    }
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut texts = stdout.lines().map(|line| line.trim().replace('\t', " ")).filter(|line| line != ".text");
    let result: Vec<_> = known.iter().map(|known| known.then(|| texts.next().expect("a line a word"))).collect();
    assert_eq!(texts.next(), None, "as many lines as known words");
    Some(result)
}

/// Words that this implementation and LLVM take differently, with the reason.
fn explained(word: u32, insn: &Insn, theirs: Option<&str>) -> Option<&'static str> {
    match (insn.op, theirs) {
        (Op::Fence | Op::FenceTso | Op::FenceI | Op::Pause, None) => {
            Some("reserved fields of fences are ignored, as the manual demands; LLVM knows only the assembler's form")
        }
        (Op::Illegal, Some("c.unimp")) if word == 0 => Some("the defined illegal instruction"),
        (Op::Illegal, Some(text)) if text.starts_with("c.lui ") && text.ends_with(", 0") => {
            Some("reserved: C.LUI is valid only when its immediate is not zero")
        }
        (Op::Illegal, Some(text)) if text.starts_with("fcvtmod.w.d ") && !text.ends_with(", rtz") => {
            Some("reserved: FCVTMOD.W.D has no rounding mode but RTZ")
        }
        (Op::Pause, Some("fence w, 0")) => Some("LLVM takes pause for an alias of fence"),
        _ => None,
    }
}

/// Mnemonic and operands, numbers in one form.
fn normalized(text: &str) -> Vec<String> {
    let text = text.replace("c.slli64", "c.slli").replace("c.srli64", "c.srli").replace("c.srai64", "c.srai");
    text.split([' ', ',', '(', ')'])
        .filter(|token| !token.is_empty())
        .map(|token| {
            let hex = token.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
            match hex.or_else(|| token.parse::<i64>().ok().map(|n| n as u64)) {
                Some(number) => format!("{number:#x}"),
                // The constants of FLI, whose digits are a matter of taste.
                None if token.contains('.') && token.parse::<f64>().is_ok() => format!("{:?}", token.parse::<f64>()),
                None => token.to_string(),
            }
        })
        .collect()
}

/// True when the texts say the same. LLVM leaves a shift amount of zero out of 16-bit shifts, and names registers that
/// this machine does not have.
fn same(insn: &Insn, ours: &str, theirs: &str) -> bool {
    let (mut a, mut b) = (normalized(ours), normalized(theirs));
    if insn.len == 2 && matches!(insn.op, Op::Slli | Op::Srli | Op::Srai) && insn.imm == 0 {
        a.retain(|token| token != "0x0");
        b.retain(|token| token != "0x0");
    }
    if insn.len == 2 && insn.op == Op::Lui && insn.rd == 0 {
        // A hint, whose immediate LLVM writes with a sign.
        a[2] = format!("{:#x}", insn.imm >> 12);
    }
    if matches!(insn.op, Op::FcvtDW | Op::FcvtDWu | Op::FcvtDS) {
        // These never round; LLVM leaves the mode out where it is the assembler's.
        a.retain(|token| token != "rne");
    }
    if insn.op != Op::Illegal
        && Riscv::class(insn) == Class::System
        && a[2].starts_with("0x")
        && !b[2].starts_with("0x")
    {
        a.remove(2);
        b.remove(2);
    }
    a == b
}

fn compare(test: &str, words: &[u32]) {
    let Some(theirs) = llvm(test, Extensions::ALL, words) else { return };
    let mut legal = 0;
    let mut differences = Vec::new();
    for (&word, theirs) in words.iter().zip(&theirs) {
        let insn = Riscv::decode(word);
        let ours = Riscv::disassemble(&insn, 0);
        let agree = match theirs {
            None => insn.op == Op::Illegal,
            Some(text) => insn.op != Op::Illegal && same(&insn, &ours, text),
        };
        legal += (insn.op != Op::Illegal) as u32;
        if !agree && explained(word, &insn, theirs.as_deref()).is_none() {
            differences.push(format!("{word:08x}: here {ours:?}, LLVM {theirs:?}"));
        }
    }
    println!("{} words compared with LLVM, {legal} of them instructions", words.len());
    let shown = &differences[..differences.len().min(20)];
    assert!(differences.is_empty(), "{} of {} differ:\n{}", differences.len(), words.len(), shown.join("\n"));
}

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

/// The words that objdump finds in the code of an object file or archive.
fn words_of(test: &str, file: &str, into: &mut BTreeSet<u32>) -> Option<()> {
    const PACKAGE: &str = "binutils-riscv64-linux-gnu";
    let output = oracle::run(test, "riscv64-linux-gnu-objdump", PACKAGE, &["-d", file], &[])?;
    assert!(output.status.success(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let encoding = line.split('\t').nth(1).map(str::trim);
        if let Some(word) = encoding.filter(|text| matches!(text.len(), 4 | 8)) {
            into.extend(u32::from_str_radix(word, 16).ok());
        }
    }
    Some(())
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
