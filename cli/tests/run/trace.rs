//! The commit log, line by line.

use super::compiler::{Program, Target};

const RISCV: &str = "
    .option norelax
    .globl _start
_start:
    li a0, 5
    c.addi a0, 1
    auipc a1, 0
    sw a0, 256(a1)
    lwu a2, 256(a1)
    csrw mscratch, a0
    addi a1, a1, 256
    amoadd.w a3, a2, (a1)
    li t0, 0x6000
    csrs mstatus, t0
    fcvt.d.w fa0, a0
    beqz a0, _start
    li t0, 0x100000
    li t1, 0x5555
    sw t1, 0(t0)
1:  j 1b
";

const AARCH64: &str = "
    .globl _start
_start:
    mov x0, #5
    adr x1, _start
    add x1, x1, #256
    stp x0, x0, [x1]
    ldr w2, [x1, #8]
    subs x3, x0, #5
    msr tpidr_el1, x0
    mov w0, #0x0008
    movk w0, #0x8400, lsl #16
    hvc #0
    b .
";

fn log(test: &str, target: Target, source: &str, text: &str) -> Option<Vec<String>> {
    let program = Program::assemble(test, target, source, &[text])?;
    let file = program.beside("log");
    let file_name = file.to_str().expect("UTF-8");
    assert_eq!(program.run(&["--trace", "commit", "--trace-file", file_name]), (0, String::new(), String::new()));
    let in_file = std::fs::read_to_string(&file).expect("the log");
    assert_eq!(program.run(&["--trace", "commit"]), (0, String::new(), in_file.clone()), "on stderr");
    Some(in_file.lines().map(String::from).collect())
}

#[test]
fn the_log_has_spikes_form() {
    let test = "the_log_has_spikes_form";
    let Some(log) = log(test, Target::Riscv64, RISCV, "-Wl,-Ttext=0x80000000") else { return };
    let expected = [
        "core   0: 3 0x0000000080000000 (0x4515) x10 0x0000000000000005",
        "core   0: 3 0x0000000080000002 (0x0505) x10 0x0000000000000006",
        "core   0: 3 0x0000000080000004 (0x00000597) x11 0x0000000080000004",
        "core   0: 3 0x0000000080000008 (0x10a5a023) mem 0x0000000080000104 0x00000006",
        "core   0: 3 0x000000008000000c (0x1005e603) x12 0x0000000000000006 mem 0x0000000080000104",
        "core   0: 3 0x0000000080000010 (0x34051073) c832_mscratch 0x0000000000000006",
        "core   0: 3 0x0000000080000014 (0x10058593) x11 0x0000000080000104",
        "core   0: 3 0x0000000080000018 (0x00c5a6af) x13 0x0000000000000006 mem 0x0000000080000104 mem 0x0000000080000104 0x0000000c",
        "core   0: 3 0x000000008000001c (0x6299) x5  0x0000000000006000",
        "core   0: 3 0x000000008000001e (0x3002a073) c768_mstatus 0x8000000a00006000",
        "core   0: 3 0x0000000080000022 (0xd2050553) f10 0x4018000000000000",
        "core   0: 3 0x0000000080000026 (0xdd69)",
    ];
    assert_eq!(log[..expected.len()], expected, "{log:#?}");
    assert!(log.last().expect("lines").contains("mem 0x0000000000100000 0x00005555"), "{log:#?}");
}

#[test]
fn aarch64_has_the_same_form() {
    let test = "aarch64_has_the_same_form";
    let Some(log) = log(test, Target::Aarch64, AARCH64, "-Wl,-Ttext=0x40080000") else { return };
    let expected = [
        "core   0: 1 0x0000000040080000 (0xd28000a0) x0  0x0000000000000005",
        "core   0: 1 0x0000000040080004 (0x10ffffe1) x1  0x0000000040080000",
        "core   0: 1 0x0000000040080008 (0x91040021) x1  0x0000000040080100",
        "core   0: 1 0x000000004008000c (0xa9000020) mem 0x0000000040080100 0x0000000000000005 mem 0x0000000040080108 0x0000000000000005",
        "core   0: 1 0x0000000040080010 (0xb9400822) x2  0x0000000000000005 mem 0x0000000040080108",
        "core   0: 1 0x0000000040080014 (0xf1001403) x3  0x0000000000000000 nzcv 0x0000000060000000",
        "core   0: 1 0x0000000040080018 (0xd518d080) tpidr_el1 0x0000000000000005",
    ];
    assert_eq!(log[..expected.len()], expected, "{log:#?}");
    // The call that firmware serves.
    assert!(log.last().expect("lines").starts_with("core   0: 1 0x0000000040080024 (0xd4000002) x0 "), "{log:#?}");
}
