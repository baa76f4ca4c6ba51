//! The loops: one table an instruction set.

/// A loop.
pub struct Snippet {
    /// What it is about.
    pub name: &'static str,
    /// Its instructions.
    pub code: &'static str,
    /// Where llvm-mca gives something else.
    pub except: &'static [Except],
}

/// A difference from llvm-mca.
pub struct Except {
    /// Cores that it is about.
    pub cores: &'static [&'static str],
    /// Cycles of an iteration here.
    pub cycles: u64,
    /// Who is right, and why.
    pub why: &'static str,
}

const fn same(name: &'static str, code: &'static str) -> Snippet {
    Snippet { name, code, except: &[] }
}

const fn differs(name: &'static str, code: &'static str, except: &'static [Except]) -> Snippet {
    Snippet { name, code, except }
}

const fn except(cores: &'static [&'static str], cycles: u64, why: &'static str) -> Except {
    Except { cores, cycles, why }
}

/// The U74 has an early ALU: an operation whose operands are there at issue gives its result a cycle later. LLVM counts every
/// result from the late ALU, 3 to an address: right for what waits for a load only.
const EARLY: &str = "U74: LLVM has no early ALU";
/// llvm-mca writes results in program order. LLVM's X60 has an ALU of 1 cycle beside loads of 4 and multiplications of 6, so
/// that every add waits for all of an older load: no dual-issue core would be built so, and the model says nothing of it.
const ORDER: &str = "X60: llvm-mca holds short results behind longer ones";
/// The same rule taken to what writes no register, or a moved base: there is no result that could come too early.
const NO_RESULT: &str = "llvm-mca holds a store, a branch or a moved base behind an older result";
/// The ALU forwards its result after a cycle; LLVM forwards its flags not at all.
const FLAGS: &str = "LLVM forwards no flags";

const U74: &[&str] = &["sifive-u74"];
const X60: &[&str] = &["spacemit-x60"];
const A53: &[&str] = &["cortex-a53"];
const ARM: &[&str] = &["cortex-a55", "cortex-a53"];

/// s0 to s3 hold addresses of doublewords that hold their own address, a0 to a5 small numbers.
#[rustfmt::skip]
pub const RISCV: &[Snippet] = &[
    same("add chain", "add a0,a0,a1; add a0,a0,a1; add a0,a0,a1; add a0,a0,a1"),
    same("2 adds", "add a0,a1,a2; add a3,a1,a2"),
    same("3 adds", "add a0,a1,a2; add a3,a1,a2; add a4,a1,a2"),
    same("add, 2 dependent", "add a0,a1,a2; add a3,a0,a1; add a4,a0,a1"),
    same("two add chains", "add a0,a0,a2; add a1,a1,a2; xor a0,a0,a2; xor a1,a1,a2"),
    same("shift chain", "slli a0,a0,1; srli a0,a0,1; srai a0,a0,1"),
    same("compare chain", "slt a0,a0,a1; sltu a0,a0,a1; sltiu a0,a0,3"),
    same("lui addi", "lui a0,4; addi a0,a0,1; lui a1,5; addi a1,a1,1"),
    same("32-bit chain", "addw a0,a0,a1; subw a0,a0,a1; sllw a0,a0,a1"),
    same("8 adds", "add a0,a1,a2; add a3,a1,a2; add a4,a1,a2; add a5,a1,a2; add t0,a1,a2; add t1,a1,a2; add t2,a1,a2; add t3,a1,a2"),
    same("mul chain", "mul a0,a0,a1"),
    same("mulw chain", "mulw a0,a0,a1"),
    same("mulh chain", "mulhu a0,a0,a1; mulh a0,a0,a1"),
    same("2 muls", "mul a0,a1,a2; mul a3,a1,a2"),
    same("mul then add", "mul a0,a0,a1; add a0,a0,a1"),
    same("mul then 2 adds", "mul a0,a0,a1; add a0,a0,a1; add a0,a0,a2"),
    same("mulw then addw", "mulw a0,a0,a1; addw a0,a0,a1"),
    same("div chain", "div a0,a0,a1"),
    same("divw chain", "divw a0,a0,a1"),
    same("rem chain", "remu a0,a0,a1"),
    same("2 divs", "div a0,a1,a2; div a3,a1,a2"),
    same("div then mul", "div a0,a0,a1; mul a0,a0,a1"),
    same("load chain", "ld s0,0(s0)"),
    same("2 loads", "ld a0,0(s0); ld a1,0(s1)"),
    same("4 loads", "ld a0,0(s0); lw a1,0(s1); lbu a2,0(s2); lhu a3,0(s3)"),
    same("2 load chains", "ld s0,0(s0); ld s1,0(s1)"),
    same("load hidden by late ALU", "ld s0,0(s0); add a1,a1,s0"),
    same("load chain, 2 adds", "ld s0,0(s0); add a1,a1,s0; add a1,a1,s0"),
    same("load, xor, address", "ld a0,0(s0); xor s0,s0,a0; xor s0,s0,a0; ld s0,0(s0)"),
    differs("load then mul", "ld a0,0(s0); mul a1,a0,a2; ld a3,0(s1); mul a4,a3,a2", &[except(X60, 8, ORDER)]),
    same("2 stores", "sd a0,8(s0); sd a1,16(s1)"),
    same("4 stores", "sd a0,8(s0); sw a1,16(s1); sb a2,16(s2); sh a3,16(s3)"),
    differs("load and its store", "ld a0,0(s0); sd a0,8(s1)", &[except(U74, 2, NO_RESULT)]),
    differs("load and store apart", "ld a0,0(s0); sd a1,8(s1)", &[except(U74, 2, NO_RESULT)]),
    differs("add and its store", "add a0,a1,a2; sd a0,8(s1)", &[except(U74, 1, EARLY), except(X60, 1, NO_RESULT)]),
    same("fadd.d chain", "fadd.d fa0,fa0,fa1"),
    same("fadd.s chain", "fadd.s fa0,fa0,fa1"),
    same("fmul.d chain", "fmul.d fa0,fa0,fa1"),
    same("fmul.s chain", "fmul.s fa0,fa0,fa1"),
    same("fmadd.d chain", "fmadd.d fa0,fa1,fa2,fa0"),
    same("fmadd.s chain", "fmadd.s fa0,fa1,fa2,fa0"),
    same("2 fadd.d", "fadd.d fa0,fa1,fa2; fadd.d fa3,fa1,fa2"),
    same("fmul.d then fadd.d", "fmul.d fa0,fa0,fa1; fadd.d fa0,fa0,fa1"),
    same("fdiv.d chain", "fdiv.d fa0,fa0,fa1"),
    same("fdiv.s chain", "fdiv.s fa0,fa0,fa1"),
    same("2 fsqrt.d", "fsqrt.d fa0,fa1; fsqrt.d fa2,fa1"),
    same("fsgnj.d chain", "fsgnj.d fa0,fa0,fa1"),
    same("fmin.d chain", "fmin.d fa0,fa0,fa1"),
    same("there and back", "fmv.x.d a0,fa0; fmv.d.x fa0,a0"),
    same("convert there and back", "fcvt.l.d a0,fa0,rtz; fcvt.d.l fa0,a0"),
    same("2 fmv.d.x", "fmv.d.x fa0,a0; fmv.d.x fa1,a1"),
    same("fdiv.s, 3 fadd.s", "fdiv.s fa0,fa0,fa1; fadd.s fa2,fa3,fa1; fadd.s fa2,fa2,fa1; fadd.s fa2,fa2,fa1"),
    same("2 fld", "fld fa0,0(s0); fld fa1,0(s1)"),
    same("fld then fadd.d", "fld fa0,0(s0); fadd.d fa1,fa1,fa0"),
    same("2 fsd", "fsd fa0,8(s0); fsd fa1,8(s1)"),
    differs("pointer step", "addi s0,s0,0; ld a0,0(s0)", &[except(U74, 1, EARLY), except(X60, 1, ORDER)]),
    differs("post-step", "ld a0,0(s0); addi s0,s0,0", &[except(U74, 1, EARLY), except(X60, 1, ORDER)]),
    differs("mul and add apart", "mul a0,a1,a2; add a3,a1,a2", &[except(X60, 1, ORDER)]),
    differs("load and add apart", "ld a0,0(s0); add a3,a1,a2", &[except(X60, 1, ORDER)]),
];

/// x19 to x22 hold addresses of doublewords that hold their own address, x0 to x5 small numbers, x6 0.
#[rustfmt::skip]
pub const AARCH64: &[Snippet] = &[
    same("add chain", "add x0,x0,x1; add x0,x0,x1; add x0,x0,x1; add x0,x0,x1"),
    same("add chain, second operand", "add x0,x1,x0; sub x0,x1,x0; eor x0,x1,x0; orr x0,x1,x0"),
    same("move chain", "mov x0,x1; mov x1,x0"),
    same("2 adds", "add x0,x1,x2; add x3,x1,x2"),
    same("3 adds", "add x0,x1,x2; add x3,x1,x2; add x4,x1,x2"),
    same("add, 2 dependent", "add x0,x1,x2; add x3,x0,x1; add x4,x0,x1"),
    same("two add chains", "add x0,x0,x2; add x1,x1,x2; eor x0,x0,x2; eor x1,x1,x2"),
    same("shifted operand chain", "add x0,x1,x0,lsl #1; add x0,x1,x0,lsr #1"),
    same("unshifted operand chain", "add x0,x0,x1,lsl #1; add x0,x0,x1,lsl #2"),
    same("extended operand chain", "add x0,x1,w0,uxtw #1; add x0,x1,w0,uxtw"),
    same("logic with shift", "and x0,x1,x0,lsl #3; orr x0,x1,x0,lsr #2"),
    same("movz movk", "mov x0,#1; movk x0,#2,lsl #16; movk x0,#3,lsl #32"),
    same("select chain", "csel x0,x0,x1,eq; csinc x0,x0,x1,eq"),
    same("count chain", "clz x0,x0; rbit x0,x0; rev x0,x0"),
    same("8 adds", "add x0,x1,x2; add x3,x1,x2; add x4,x1,x2; add x5,x1,x2; add x7,x1,x2; add x8,x1,x2; add x9,x1,x2; add x10,x1,x2"),
    differs("adds chain", "adds x0,x0,x1; adc x0,x0,x1", &[except(ARM, 2, FLAGS)]),
    same("mul chain", "mul x0,x0,x1"),
    same("mul w chain", "mul w0,w0,w1"),
    same("smulh chain", "smulh x0,x0,x1"),
    same("2 muls", "mul x0,x1,x2; mul x3,x1,x2"),
    same("mul then add", "mul x0,x0,x1; add x0,x0,x1"),
    same("accumulate chain", "madd x0,x1,x2,x0"),
    same("mul then madd", "mul x0,x1,x2; madd x3,x1,x2,x0"),
    same("2 accumulate chains", "madd x0,x1,x2,x0; madd x3,x1,x2,x3"),
    same("factor chain", "madd x0,x0,x1,x2"),
    same("mul and shifted add", "mul x0,x0,x1; add x0,x1,x0,lsl #2"),
    same("sdiv chain", "sdiv x0,x0,x1"),
    same("udiv w chain", "udiv w0,w0,w1"),
    same("load chain", "ldr x19,[x19]"),
    same("2 loads", "ldr x0,[x19]; ldr x1,[x20]"),
    same("4 loads", "ldr x0,[x19]; ldr w1,[x20]; ldrb w2,[x21]; ldrh w3,[x22]"),
    same("2 load chains", "ldr x19,[x19]; ldr x20,[x20]"),
    same("load chain and add", "ldr x19,[x19]; add x1,x1,x19"),
    same("register offset chain", "ldr x19,[x19,x6]"),
    same("scaled offset chain", "ldr x19,[x19,x6,lsl #3]"),
    same("load then mul", "ldr x0,[x19]; mul x1,x0,x2"),
    same("pair loads", "ldp x0,x1,[x19]"),
    same("2 pair loads", "ldp x0,x1,[x19]; ldp x2,x3,[x20]"),
    same("pointer step", "add x19,x19,#0; ldr x0,[x19]"),
    differs("post-index load", "ldr x0,[x19],#0", &[except(ARM, 1, NO_RESULT)]),
    same("2 stores", "str x0,[x19,#8]; str x1,[x20,#8]"),
    same("pair stores", "stp x0,x1,[x19,#8]; stp x0,x1,[x20,#8]"),
    same("4 stores", "str x0,[x19,#8]; str w1,[x20,#8]; strb w2,[x21,#8]; strh w3,[x22,#8]"),
    same("load and store apart", "ldr x0,[x19]; str x1,[x20,#8]"),
    same("load and its store", "ldr x0,[x19]; str x0,[x20,#8]"),
    differs("add and its store", "add x0,x1,x2; str x0,[x20,#8]", &[except(A53, 3, NO_RESULT)]),
    same("load and add apart", "ldr x0,[x19]; add x3,x1,x2"),
    same("mul and add apart", "mul x0,x1,x2; add x3,x1,x2"),
    same("fadd chain", "fadd d0,d0,d1"),
    same("fadd s chain", "fadd s0,s0,s1"),
    same("fmul chain", "fmul d0,d0,d1"),
    same("fmadd chain", "fmadd d0,d1,d2,d0"),
    same("fmul then fadd", "fmul d0,d0,d1; fadd d0,d0,d1"),
    same("fadd and fmul apart", "fadd d0,d1,d2; fmul d3,d1,d2"),
    same("fmov there and back", "fmov x0,d0; fmov d0,x0"),
    same("fdiv s, 3 fmuls", "fdiv s0,s0,s1; fmul s2,s3,s1; fmul s2,s2,s1; fmul s2,s2,s1"),
    same("2 adds of 64 bits", "add v0.2s,v1.2s,v2.2s; add v3.2s,v1.2s,v2.2s"),
    same("2 adds of 128 bits", "add v0.4s,v1.4s,v2.4s; add v3.4s,v1.4s,v2.4s"),
    same("logic of 128 bits, chain", "eor v0.16b,v0.16b,v1.16b"),
    same("permutation chain", "zip1 v0.16b,v0.16b,v1.16b"),
    same("pair loads of words", "ldp w0,w1,[x19]"),
    same("fdiv chain", "fdiv d0,d0,d1"),
    same("fdiv s chain", "fdiv s0,s0,s1"),
    same("2 fdivs", "fdiv d0,d1,d2; fdiv d3,d1,d2"),
    same("2 fp loads", "ldr d0,[x19]; ldr d1,[x20]"),
    same("fp load then fadd", "ldr d0,[x19]; fadd d1,d1,d0"),
    differs("never taken cbz", "cbz x1,.+8; add x0,x0,x1", &[except(ARM, 1, NO_RESULT)]),
];
