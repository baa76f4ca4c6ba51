//! The same loops on the timed machine.

use super::oracle::{lines, oracle, strings};
use cmodx_isa::Arch;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::riscv_virt::{self, RiscvVirt};
use cmodx_sim::timed::{Limits, Machine};

/// Copies of a snippet between two passages.
const UNROLLED: u64 = 100;
/// Bytes that a program may have; the data stands behind it.
const STRIDE: usize = 0x4000;
/// Distance of the first passage's probe from the program's start.
const TOP: u64 = 256;
/// Passages until caches and predictor have settled.
const WARM: usize = 6;

/// One loop a snippet, each at a multiple of [`STRIDE`]: registers set up, a label `top` at [`TOP`], the snippet, a jump back.
fn assemble(triple: &str, snippets: &[&str]) -> Option<Vec<u8>> {
    let riscv = triple == "riscv64";
    let mut text = String::from(".text\n");
    for (i, code) in snippets.iter().enumerate() {
        text += &format!(".balign {STRIDE}\nstart{i}:\n");
        text += if riscv { RISCV_SETUP } else { AARCH64_SETUP };
        text += &format!(".balign 256\ntop{i}:\n.rept {UNROLLED}\n{}\n.endr\n", lines(code));
        text += &if riscv { format!("j top{i}\n") } else { format!("b top{i}\n") };
    }
    text += &format!(".balign {STRIDE}\n");
    let directory = tempfile::tempdir().expect("a folder for the object");
    let (object, flat) = (directory.path().join("loops.o"), directory.path().join("loops.bin"));
    let path = |p: &std::path::Path| p.display().to_string();
    let attributes = if riscv { "-mattr=+m,+a,+f,+d,+zba,+zbb,+zbs" } else { "-mattr=+fp-armv8,+neon" };
    let mut arguments = strings(&["-filetype=obj", attributes, "-o", &path(&object)]);
    arguments.push(format!("-triple={triple}"));
    oracle("llvm-mc-19", &arguments, &text)?;
    oracle("llvm-objcopy-19", &strings(&["-O", "binary", "--only-section=.text", &path(&object), &path(&flat)]), "")?;
    let bytes = std::fs::read(&flat).expect("the flat file");
    assert_eq!(bytes.len(), snippets.len() * STRIDE, "a snippet is too long");
    Some(bytes)
}

/// Points address registers to doublewords that hold their own address, and fills the others.
const RISCV_SETUP: &str = "
lui t0, 0x6
csrs mstatus, t0
auipc s0, 4
andi s0, s0, -64
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
and x19, x19, #~63
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

/// Cycles of an iteration of each snippet, in hundredths.
pub fn cycles(model: &CoreModel, triple: &str, snippets: &[&str]) -> Option<Vec<u64>> {
    let code = assemble(triple, snippets)?;
    let one = |code: &[u8]| {
        if triple == "riscv64" {
            let options = riscv_virt::Options { firmware: false, ..Default::default() };
            measured(model, Arch::Riscv64, 0x8000_0000, code, RiscvVirt::new(1, options))
        } else {
            let board = Aarch64Virt::new(1, aarch64_virt::Options::default());
            measured(model, Arch::Aarch64, 0x4000_0000, code, board)
        }
    };
    Some(code.chunks(STRIDE).map(one).collect())
}
