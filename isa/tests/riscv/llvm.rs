//! What LLVM makes of words, and whether this implementation makes the same of them.

use super::oracle;
use cmodx_isa::riscv::{Extension, Extensions, Insn, Op, Riscv};
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
pub fn llvm(test: &str, extensions: Extensions, words: &[u32]) -> Option<Vec<Option<String>>> {
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
pub fn explained(word: u32, insn: &Insn, theirs: Option<&str>) -> Option<&'static str> {
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

pub fn compare(test: &str, words: &[u32]) {
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

/// The words that objdump finds in the code of an object file or archive.
pub fn words_of(test: &str, file: &str, into: &mut BTreeSet<u32>) -> Option<()> {
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
