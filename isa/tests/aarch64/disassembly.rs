//! Legal here exactly when legal for LLVM, and written the same way.

use super::oracle;
use super::random::Random;
use cmodx_isa::Isa;
use cmodx_isa::aarch64::{Aarch64, Insn, Op, ROWS, sysreg};

/// The extensions that the tables have rows of.
const ATTRIBUTES: &str = "-mattr=+neon,+fp-armv8,+crc,+lse,+lor,+rcpc,+rcpc-immo,+flagm,+altnzcv,+pan,+pan-rwv,+dit,\
                          +ssbs,+sb,+ccpp,+tlb-rmi,+bti,+ras,+spe,+tracev8.4,+perfmon,+clrbhb,+uaops,+pauth,+rdm,+dotprod,+aes,+sha2,+specrestrict,+el3";

/// What LLVM makes of each word: text, or `None` where it knows no instruction.
fn llvm(test: &str, words: &[u32]) -> Option<Vec<Option<String>>> {
    let mut input = String::new();
    for word in words {
        let list: Vec<String> = word.to_le_bytes().iter().map(|byte| format!("{byte:#04x}")).collect();
        input += &format!("[{}]\n", list.join(" "));
    }
    let arguments = ["-disassemble", "-triple=aarch64", ATTRIBUTES];
    let output = oracle::run(test, "llvm-mc-19", "llvm-19", &arguments, input.as_bytes())?;
    let mut known = vec![true; words.len()];
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if let Some(rest) = line.strip_prefix("<stdin>:") {
            if line.contains("potentially undefined") {
                continue;
            }
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
fn explained(word: u32, insn: &Insn, ours: &str, theirs: Option<&str>) -> Option<&'static str> {
    let theirs = theirs?;
    match insn.op {
        Op::Msr | Op::Mrs if sysreg::name(insn.imm as u16).starts_with('s') => {
            Some("a system register that is not here: we give its number, LLVM the name")
        }
        Op::Msr | Op::Mrs if theirs.contains("S3_") || theirs.contains("S2_") => {
            Some("a register that cannot be read or cannot be written: LLVM gives its number, we the name")
        }
        Op::Undefined if word >> 22 == 0xd50 >> 2 && word >> 19 & 3 == 0 => {
            Some("unallocated with op0 = 0, or a field of PSTATE that is not here (SME, ALLINT, TCO, …)")
        }
        Op::Sys if ours.starts_with("sys ") => Some("a system instruction that is not here (EL2, MTE, …)"),
        Op::PrfmRegister if theirs.starts_with("rprfm") => Some("FEAT_RPRFM is a hint in the space of PRFM"),
        Op::Bfm if theirs.starts_with("bf") && ours.starts_with("bfc") => Some("LLVM writes bfc only for Armv8.2"),
        _ if theirs.starts_with("hint #") => Some("LLVM names hints only with their extension"),
        _ => None,
    }
}

/// Mnemonic and operands, numbers in one form.
fn normalized(text: &str) -> Vec<String> {
    let text = text.split("//").next().unwrap_or_default();
    text.split([' ', ',', '[', ']'])
        .filter(|token| !token.is_empty())
        .map(|token| {
            let number = token.strip_prefix('#').unwrap_or(token);
            let hex = number.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
            match hex.or_else(|| number.parse::<i64>().ok().map(|n| n as u64)) {
                Some(number) => format!("{number:#x}"),
                None => token.to_lowercase(),
            }
        })
        .collect()
}

pub fn compare(test: &str, words: &[u32]) {
    let Some(texts) = llvm(test, words) else { return };
    let mut reasons = std::collections::BTreeMap::new();
    let mut differences = Vec::new();
    for (&word, theirs) in words.iter().zip(&texts) {
        let insn = Aarch64::decode(word);
        let ours = Aarch64::disassemble(&insn, 0);
        let same = match theirs {
            Some(text) => insn.op != Op::Undefined && normalized(&ours) == normalized(text),
            None => insn.op == Op::Undefined,
        };
        if same {
            continue;
        }
        match explained(word, &insn, &ours, theirs.as_deref()) {
            Some(reason) => *reasons.entry(reason).or_insert(0u64) += 1,
            None => differences.push(format!("{word:#010x}: {ours}, LLVM {}", theirs.as_deref().unwrap_or("invalid"))),
        }
    }
    for (reason, count) in reasons {
        println!("{count} words: {reason}");
    }
    // One example for each mnemonic tells more than forty of the first.
    let mut seen = std::collections::BTreeSet::new();
    let examples = differences.iter().filter(|line| {
        let mut words = line.split(' ').skip(1);
        seen.insert((words.next(), line.split("LLVM ").nth(1).and_then(|text| text.split(' ').next())))
    });
    let shown = examples.take(60).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} of {} words differ:\n{shown}", differences.len(), words.len());
}

#[test]
fn random_words_of_every_row_are_written_as_llvm_writes_them() {
    let mut random = Random(3);
    let mut words = Vec::new();
    for row in ROWS {
        for _ in 0..300 {
            words.push(row.pattern.bits | random.next() as u32 & !row.pattern.mask);
        }
    }
    compare("random_words_of_every_row_are_written_as_llvm_writes_them", &words);
}

#[test]
fn random_words_are_legal_here_exactly_when_llvm_knows_them() {
    let mut random = Random(4);
    let words: Vec<u32> = (0..200_000).map(|_| random.next() as u32).collect();
    compare("random_words_are_legal_here_exactly_when_llvm_knows_them", &words);
}
