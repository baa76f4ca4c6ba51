//! Which operations a branch around them makes conditional, against what LLVM puts there for the SiFive U74.

use super::oracle;
use cmodx_isa::riscv::{Insn, Op, Reg, asm, table};
use std::collections::BTreeSet;
use std::fmt::Write;

/// One function of LLVM's language for each operation: `a` where `c` is less than `d`, else what the operation makes of it.
fn functions() -> String {
    let mut text = String::new();
    let mut function = |width: u8, operation: &str| {
        let extended = if width == 32 { "signext" } else { "" };
        let number = text.len();
        writeln!(
            text,
            "define {extended} i{width} @f{number}(i64 %c, i64 %d, i{width} {extended} %a, i{width} %b) {{
                %t = icmp slt i64 %c, %d
                {operation}
                %s = select i1 %t, i{width} %a, i{width} %r
                ret i{width} %s
            }}"
        )
        .expect("a string grows");
    };
    for operation in ["add", "sub", "shl", "lshr", "ashr", "and", "or", "xor", "mul"] {
        function(64, &format!("%r = {operation} i64 %a, %b"));
        function(64, &format!("%r = {operation} i64 %a, 5"));
        if !matches!(operation, "and" | "or" | "xor") {
            function(32, &format!("%r = {operation} i32 %a, %b"));
            function(32, &format!("%r = {operation} i32 %b, 5"));
        }
    }
    for operation in ["and", "or", "xor"] {
        function(64, &format!("%n = xor i64 %b, -1\n%r = {operation} i64 %a, %n"));
    }
    function(64, "%n = icmp slt i64 %a, %b\n%r = zext i1 %n to i64");
    text
}

#[test]
fn a_branch_makes_conditional_what_llvm_puts_behind_it_and_lui() {
    let arguments = ["-mtriple=riscv64", "-mcpu=sifive-u74", "-mattr=-c,+zbb", "-riscv-no-aliases"];
    let test = "a_branch_makes_conditional_what_llvm_puts_behind_it_and_lui";
    let Some(output) = oracle::run(test, "llc-19", "llvm-19", &arguments, functions().as_bytes()) else { return };
    let text = String::from_utf8(output.stdout).expect("assembly is text");
    let lines: Vec<&str> = text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).collect();
    let lines: Vec<&str> =
        lines.into_iter().filter(|l| l.starts_with(".LBB") || !l.is_empty() && !l.starts_with('.')).collect();
    let around =
        |w: &&[&str]| w[0].starts_with('b') && w[2].strip_suffix(':').is_some_and(|label| w[0].ends_with(label));
    let theirs: BTreeSet<&str> =
        lines.windows(3).filter(around).filter_map(|w| w[1].split_whitespace().next()).chain(["lui"]).collect();

    let behind = |op| Insn { rd: 10, ..Insn::new(op) };
    let branch = asm::s(Op::Bne, Reg::A0, Reg::A1, 8);
    let ours =
        table::ROWS.iter().filter(|row| branch.makes_conditional(&behind(row.op))).map(|row| row.mnemonic).collect();
    assert_eq!(theirs, ours);

    assert!(!asm::s(Op::Bne, Reg::A0, Reg::A1, 12).makes_conditional(&behind(Op::Add)), "it goes further");
    assert!(!asm::jal(Reg::ZERO, 8).makes_conditional(&behind(Op::Add)), "it has no condition");
    assert!(!branch.makes_conditional(&Insn::new(Op::Add)), "it writes nothing");
}
