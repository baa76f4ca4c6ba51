//! Straight-line code against llvm-mca: cycles of an iteration of the same loop, in the steady state.
//!
//! Each snippet is unrolled [`UNROLLED`] times between two passages of a probe, so that the loop's branch vanishes; the caches
//! are warm and loads chase a pointer to itself. llvm-mca assumes the same: no taken branch, no miss. The two may differ by
//! 10 %; where they differ by more, the snippet says which of them is right and why.

use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::timed::{Limits, Machine};
use std::io::Write;
use std::process::{Command, Stdio};

#[path = "straight_line/snippets.rs"]
mod snippets;

use snippets::{AARCH64, RISCV, Snippet};

/// Copies of a snippet between two passages.
const UNROLLED: u64 = 100;
/// Bytes that a program may have; the data stands behind it.
const STRIDE: usize = 0x4000;
/// Passages until caches and predictor have settled.
const WARM: usize = 6;

/// Runs an installed program, gives its output; `None` when comparisons are waived.
fn oracle(program: &str, arguments: &[String], input: &str) -> Option<Vec<u8>> {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|value| value == "1") {
        println!("NOT RUN: comparison with {program} (CMODX_NO_ORACLES=1)");
        return None;
    }
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{program} cannot be run ({e}): install it, or set CMODX_NO_ORACLES=1"));
    let mut child = child;
    let mut stdin = child.stdin.take().expect("piped");
    let text = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("a child can be waited for");
    writer.join().expect("no panic").expect("it reads all of its input");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    Some(output.stdout)
}

fn strings(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|a| a.to_string()).collect()
}

/// Total cycles that llvm-mca gives for this many iterations of each snippet.
fn total_cycles(mca: &Mca, snippets: &[Snippet], iterations: u64) -> Option<Vec<u64>> {
    let mut input = String::new();
    for snippet in snippets {
        let name = snippet.name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        input += &format!("# LLVM-MCA-BEGIN {name}\n{}\n# LLVM-MCA-END\n", lines(snippet.code));
    }
    let mut arguments = strings(&["-instruction-info=false", "-resource-pressure=false"]);
    arguments.push(format!("-mtriple={}", mca.triple));
    arguments.push(format!("-mcpu={}", mca.core));
    arguments.push(format!("-iterations={iterations}"));
    let output = String::from_utf8(oracle(mca.program, &arguments, &input)?).expect("text");
    let totals: Vec<u64> = output
        .lines()
        .filter_map(|line| line.strip_prefix("Total Cycles:"))
        .map(|number| number.trim().parse().expect("a number"))
        .collect();
    assert_eq!(totals.len(), snippets.len(), "{output}");
    Some(totals)
}

fn lines(code: &str) -> String {
    code.split(';').map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}

/// Which llvm-mca knows a core.
struct Mca {
    program: &'static str,
    triple: &'static str,
    core: &'static str,
}

/// One loop a snippet, each at a multiple of [`STRIDE`]: registers set up, a label `top` at [`TOP`], the snippet, a jump back.
fn assemble(triple: &str, snippets: &[Snippet]) -> Option<Vec<u8>> {
    let riscv = triple == "riscv64";
    let mut text = String::from(".text\n");
    for (i, snippet) in snippets.iter().enumerate() {
        text += &format!(".balign {STRIDE}\nstart{i}:\n");
        text += if riscv { RISCV_SETUP } else { AARCH64_SETUP };
        text += &format!(".balign 256\ntop{i}:\n.rept {UNROLLED}\n{}\n.endr\n", lines(snippet.code));
        text += &if riscv { format!("j top{i}\n") } else { format!("b top{i}\n") };
    }
    text += &format!(".balign {STRIDE}\n");
    let directory = tempfile::tempdir().expect("a folder for the object");
    let (object, flat) = (directory.path().join("loops.o"), directory.path().join("loops.bin"));
    let path = |p: &std::path::Path| p.display().to_string();
    let attributes = if riscv { "-mattr=+m,+a,+f,+d" } else { "-mattr=+fp-armv8,+neon" };
    let mut arguments = strings(&["-filetype=obj", attributes, "-o", &path(&object)]);
    arguments.push(format!("-triple={triple}"));
    oracle("llvm-mc-19", &arguments, &text)?;
    oracle("llvm-objcopy-19", &strings(&["-O", "binary", "--only-section=.text", &path(&object), &path(&flat)]), "")?;
    Some(std::fs::read(&flat).expect("the flat file"))
}

/// Distance of the first passage's probe from the program's start.
const TOP: u64 = 256;

/// Points address registers to doublewords that hold their own address, and fills the others.
const RISCV_SETUP: &str = "
lui t0, 0x6
csrs mstatus, t0
auipc s0, 4
addi s1, s0, 64
addi s2, s0, 128
addi s3, s0, 192
sd s0, 0(s0)
sd s1, 0(s1)
sd s2, 0(s2)
sd s3, 0(s3)
li a0, 5
li a1, 7
li a2, 9
li a3, 11
li a4, 13
li a5, 3
fcvt.d.l fa0, a0
fcvt.d.l fa1, a1
fcvt.d.l fa2, a2
fcvt.d.l fa3, a3
";

const AARCH64_SETUP: &str = "
mov x9, #0x300000
msr cpacr_el1, x9
isb
adr x19, .
add x19, x19, #4, lsl #12
add x20, x19, #64
add x21, x19, #128
add x22, x19, #192
str x19, [x19]
str x20, [x20]
str x21, [x21]
str x22, [x22]
mov x0, #5
mov x1, #7
mov x2, #9
mov x3, #11
mov x4, #13
mov x5, #3
mov x6, #0
scvtf d0, x0
scvtf d1, x1
scvtf d2, x2
scvtf d3, x3
";

/// Cycles of an iteration on the timed machine, in hundredths.
fn measured<B: Board>(model: &CoreModel, arch: Arch, base: u64, code: &[u8], board: B) -> u64 {
    let image = Image::flat(arch, base, code.to_vec());
    let mut machine = Machine::new(model, 1, 1 << 20, board, &image).expect("a machine");
    machine.probe(&[base + TOP]);
    let mut instructions = 0;
    while machine.probes().len() <= WARM {
        instructions += 2_000;
        machine.run(Limits { instructions, ..Limits::NONE });
        assert!(machine.stats(HartId(0)).exceptions == 0 && instructions < 100_000, "at {:#x}", machine.pc(HartId(0)));
    }
    let probes = machine.probes();
    let passage = probes[WARM].cycle.0 - probes[WARM - 1].cycle.0;
    passage * 100 / UNROLLED
}

fn compare(core: &str, mca: &Mca, snippets: &[Snippet]) {
    let model = CoreModel::built_in(core).expect("a core model");
    let (Some(few), Some(many)) = (total_cycles(mca, snippets, 100), total_cycles(mca, snippets, 1100)) else { return };
    let Some(code) = assemble(mca.triple, snippets) else { return };
    let mut wrong = Vec::new();
    let mut excepted = 0;
    for (i, snippet) in snippets.iter().enumerate() {
        let code = &code[i * STRIDE..(i + 1) * STRIDE];
        let ours = if mca.triple == "riscv64" {
            let options = riscv_virt::Options { firmware: false, ..Default::default() };
            measured(&model, Arch::Riscv64, 0x8000_0000, code, RiscvVirt::new(1, options))
        } else {
            let board = Aarch64Virt::new(1, aarch64_virt::Options::default());
            measured(&model, Arch::Aarch64, 0x4000_0000, code, board)
        };
        let theirs = (many[i] - few[i]) / 10;
        let equal = ours.abs_diff(theirs) * 10 <= theirs;
        let expected = snippet.except.iter().find(|e| e.cores.contains(&core));
        let line = format!("{:32} {:6.2} {:6.2}", snippet.name, ours as f64 / 100.0, theirs as f64 / 100.0);
        println!("{line}  {}", expected.map_or("", |e| e.why));
        match expected {
            None if !equal => wrong.push(format!("{line}: more than 10 % apart")),
            Some(_) if equal => wrong.push(format!("{line}: listed as different, but equal")),
            Some(e) if ours.abs_diff(e.cycles * 100) > e.cycles * 10 => {
                wrong.push(format!("{line}: {} expected", e.cycles))
            }
            Some(_) => excepted += 1,
            None => {}
        }
    }
    println!("{core}: {} loops, {excepted} of them differ for a stated reason", snippets.len());
    assert!(snippets.len() - excepted >= 40, "{core}: only {} loops agree", snippets.len() - excepted);
    assert!(wrong.is_empty(), "{core} (name, cmodx, llvm-mca):\n{}", wrong.join("\n"));
}

#[test]
fn sifive_u74_takes_the_cycles_that_llvm_mca_gives() {
    compare("sifive-u74", &Mca { program: "llvm-mca-19", triple: "riscv64", core: "sifive-u74" }, RISCV);
}

#[test]
fn spacemit_x60_takes_the_cycles_that_llvm_mca_gives() {
    // The first release whose llvm-mca has a model of this core is 21.
    compare("spacemit-x60", &Mca { program: "llvm-mca-22", triple: "riscv64", core: "spacemit-x60" }, RISCV);
}

#[test]
fn cortex_a55_takes_the_cycles_that_llvm_mca_gives() {
    compare("cortex-a55", &Mca { program: "llvm-mca-19", triple: "aarch64", core: "cortex-a55" }, AARCH64);
}

#[test]
fn cortex_a53_takes_the_cycles_that_llvm_mca_gives() {
    compare("cortex-a53", &Mca { program: "llvm-mca-19", triple: "aarch64", core: "cortex-a53" }, AARCH64);
}
