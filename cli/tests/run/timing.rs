//! `--timing none`: the same results, a cycle an instruction, and instruction copies that still go stale.

use super::compiler::{Program, Target};

/// Counts a loop, then prints whether cycles and instructions were equal; runs code that it has written, without FENCE.I and with it.
const STALE: &str = "
    .globl _start
_start:
    la t0, code
    jalr t0
    mv s0, a0
    la t0, code
    li t1, 0x451d       # c.li a0, 7
    sh t1, 0(t0)
    .if FENCE
    fence.i
    .endif
    jalr t0
    slli a0, a0, 4
    or a0, a0, s0
    slli a0, a0, 16
    li t1, 0x3333
    or a0, a0, t1
    li t0, 0x100000
    sw a0, 0(t0)
1:  j 1b
    .balign 64
code:
    c.li a0, 3
    ret
";

#[test]
fn copies_go_stale_until_fence_i_with_and_without_timing() {
    let test = "copies_go_stale_until_fence_i_with_and_without_timing";
    for (fence, code) in [("-Wa,--defsym,FENCE=0", 0x33), ("-Wa,--defsym,FENCE=1", 0x73)] {
        let Some(program) =
            Program::assemble(test, Target::Riscv64, STALE, &[fence, "-Wl,-Ttext=0x80000000", "-Wl,-N"])
        else {
            return;
        };
        for timing in ["none", "in-order"] {
            assert_eq!(program.run(&["--timing", timing]).0, code, "{fence}, timing {timing}");
        }
    }
}

#[test]
fn without_timing_every_instruction_takes_a_cycle() {
    let test = "without_timing_every_instruction_takes_a_cycle";
    let source = "
        .globl _start
    _start:
        li t0, 1000
        rdcycle s0
        rdinstret s1
    1:  lw t1, 0(sp)
        div t1, t0, t1
        addi t0, t0, -1
        bnez t0, 1b
        rdcycle s2
        rdinstret s3
        sub s2, s2, s0
        sub s3, s3, s1
        sub a0, s2, s3
        snez a0, a0
        slli a0, a0, 16
        li t1, 0x3333
        or a0, a0, t1
        li t0, 0x100000
        sw a0, 0(t0)
    2:  j 2b";
    let source = source.replace("li t0, 1000", "la sp, _start\n li t0, 1000");
    let Some(program) = Program::assemble(test, Target::Riscv64, &source, &["-Wl,-Ttext=0x80000000"]) else { return };
    assert_eq!(program.run(&["--timing", "none"]).0, 0);
    assert_eq!(program.run(&["--timing", "in-order"]).0, 1, "a division takes longer");
}
