//! What self-checking programs in M mode ask of the whole machine, rather than of one instruction: translation across changes of
//! privilege, timers behind control registers, PMP, updates of page table entries. Each program ends with 0 or with the number of what failed.

use super::compiler::{Program, Target};

/// Ends the run; `fail_unless a, b, number` ends it with a number where two registers differ.
const ENVIRONMENT: &str = "
    .option norvc
    .macro end number
        li t0, 0x100000
        li t1, \\number << 16 | 0x3333
        sw t1, 0(t0)
    9:  j 9b
    .endm
    .macro fail_unless left, right, number
        beq \\left, \\right, 8f
        end \\number
    8:
    .endm
    .globl _start
";

fn passes(test: &str, source: &str) {
    let source = format!("{ENVIRONMENT}{source}\n");
    let Some(program) = Program::assemble(test, Target::Riscv64, &source, &["-Wl,-Ttext=0x80000000", "-Wl,-N"]) else {
        return;
    };
    for timing in ["in-order", "none"] {
        let (code, _, stderr) = program.run(&["--timing", timing, "--max-instructions", "1000000"]);
        assert_eq!(code, 0, "timing {timing}: {stderr}");
    }
}

#[test]
fn stimecmp_drives_the_timer_as_soon_as_menvcfg_lets_it() {
    passes(
        "stimecmp_drives_the_timer_as_soon_as_menvcfg_lets_it",
        "
    _start:
        csrw 0x14d, zero            # stimecmp
        li s0, 1 << 5               # STIP
        csrr a0, mip
        and a0, a0, s0
        fail_unless a0, zero, 1
        li t0, 1
        slli t0, t0, 63             # STCE
        csrs 0x30a, t0              # menvcfg
        csrr a0, mip
        and a0, a0, s0
        fail_unless a0, s0, 2
        end 0",
    );
}

#[test]
fn wfi_in_m_mode_waits_for_the_timer_and_goes_on_without_a_trap() {
    passes(
        "wfi_in_m_mode_waits_for_the_timer_and_goes_on_without_a_trap",
        "
    _start:
        li s0, 0x200bff8            # mtime
        ld s1, 0(s0)
        addi s1, s1, 500
        li t0, 0x2004000            # mtimecmp
        sd s1, 0(t0)
        li t0, 1 << 7               # MTIE
        csrw mie, t0
        wfi
        ld a0, 0(s0)
        sltu a0, a0, s1
        fail_unless a0, zero, 1
        csrr a0, mip
        fail_unless a0, t0, 2
        end 0"
            .replace("fail_unless a0, t0, 2", "andi a0, a0, 1 << 7\n li s2, 1 << 7\n fail_unless a0, s2, 2")
            .as_str(),
    );
}

/// Page tables: the first gigabyte of RAM at its own address for S mode, and at 0xc0000000 for U mode.
const TABLES: &str = "
    .macro translate
        la s0, root
        li t0, (0x80000000 >> 2) | 0xcf     # D A X W R V
        sd t0, 16(s0)
        li t0, (0x80000000 >> 2) | 0xdf     # and U
        sd t0, 24(s0)
        srli t0, s0, 12
        li t1, 8
        slli t1, t1, 60
        or t0, t0, t1
        csrw satp, t0
        sfence.vma
        li t0, -1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
    .endm
    .macro enter mode, at
        li t0, 3 << 11
        csrc mstatus, t0
        li t0, \\mode << 11
        csrs mstatus, t0
        csrw mepc, \\at
        mret
    .endm
";

#[test]
fn a_translation_for_one_privilege_serves_no_other() {
    passes(
        "a_translation_for_one_privilege_serves_no_other",
        &format!(
            "{TABLES}
    _start:
        translate
        la t0, machine
        csrw mtvec, t0
        la t0, supervisor
        csrw stvec, t0
        li t0, 1 << 8               # ECALL from U mode goes to S mode
        csrw medeleg, t0
        la s3, data
        li s4, 0x40000000           # from S mode's address to U mode's
        add s5, s3, s4
        la t2, in_s
        enter 1, t2
    in_s:
        ld a0, 0(s3)                # S mode's page
        la t0, in_u
        add t0, t0, s4
        csrw sepc, t0
        li t0, 1 << 8
        csrc sstatus, t0
        sret
    in_u:
        li s6, 1
        ld a0, 0(s3)                # S mode's page from U mode: 13 to M mode
    back_in_u:
        ld a0, 0(s5)                # U mode's page
        ecall
        .balign 4
    supervisor:
        li s6, 2
        ld a0, 0(s5)                # U mode's page from S mode without SUM: 13 to M mode
        end 3
        .balign 4
    machine:
        csrr a0, mcause
        li a1, 13
        fail_unless a0, a1, 4
        li a1, 1
        bne s6, a1, second
        csrr a0, mtval
        fail_unless a0, s3, 5
        la t2, back_in_u
        add t2, t2, s4
        enter 0, t2
    second:
        csrr a0, mtval
        fail_unless a0, s5, 6
        end 0
        .balign 8
    data: .dword 42
        .balign 4096
    root: .zero 4096
    "
        ),
    );
}

#[test]
fn accessed_and_dirty_fault_until_svadu_sets_them() {
    passes(
        "accessed_and_dirty_fault_until_svadu_sets_them",
        &format!(
            "{TABLES}
    _start:
        translate
        li t0, (0x80000000 >> 2) | 0x0f     # no A, no D: at 0xc0000000
        sd t0, 24(s0)
        la t0, machine
        csrw mtvec, t0
        li s6, 0
        la s5, data
        li t0, 0x40000000
        add s5, s5, t0
        la t2, in_s
        enter 1, t2
    in_s:
        ld a0, 0(s5)                # without A: 13
    again:
        ld a0, 0(s5)                # Svadu: sets A
        ld a1, 24(s0)
        andi a1, a1, 0xc0
        li a2, 0x40
        fail_unless a1, a2, 1
        sd a0, 0(s5)                # sets D
        ld a1, 24(s0)
        andi a1, a1, 0xc0
        li a2, 0xc0
        fail_unless a1, a2, 2
        li s6, 1
        ecall
        .balign 4
    machine:
        csrr a0, mcause
        bnez s6, last
        li a1, 13
        fail_unless a0, a1, 3
        ld a1, 24(s0)
        andi a1, a1, 0xc0
        fail_unless a1, zero, 4
        li t0, 1
        slli t0, t0, 61             # ADUE
        csrs 0x30a, t0
        sfence.vma
        la t2, again
        enter 1, t2
    last:
        li a1, 9
        fail_unless a0, a1, 5
        end 0
        .balign 8
    data: .dword 42
        .balign 4096
    root: .zero 4096
    "
        ),
    );
}

#[test]
fn pmp_guards_memory_from_lower_modes_and_locked_entries_from_all() {
    passes(
        "pmp_guards_memory_from_lower_modes_and_locked_entries_from_all",
        &format!(
            "{TABLES}
    _start:
        la t0, machine
        csrw mtvec, t0
        la s3, data
        srli t0, s3, 2
        csrw pmpaddr0, t0           # NA4
        li t0, -1
        csrw pmpaddr1, t0
        li t0, 0x1f11               # all else open; data readable
        csrw pmpcfg0, t0
        sd zero, 8(s3)
        sw zero, 0(s3)              # M mode is not bound by what is not locked
        li s6, 1
        la t2, in_u
        enter 0, t2
    in_u:
        lw a0, 0(s3)
        sw a0, 0(s3)                # 7
        end 1
        .balign 4
    machine:
        csrr a0, mcause
        li a1, 7
        fail_unless a0, a1, 2
        csrr a0, mtval
        fail_unless a0, s3, 3
        li a1, 2
        beq s6, a1, last
        li s6, 2
        li t0, 0x80
        csrs pmpcfg0, t0
        sw zero, 0(s3)              # locked: 7 in M mode
        end 4
    last:
        end 0
        .balign 16
    data: .dword 0, 0
    "
        ),
    );
}

#[test]
fn misaligned_accesses_cross_lines_and_pages() {
    passes(
        "misaligned_accesses_cross_lines_and_pages",
        "
    _start:
        la s0, page
        li s1, 0x1122334455667788
        li s2, 4093
        add s2, s0, s2
        sd s1, 0(s2)
        ld a0, 0(s2)
        fail_unless a0, s1, 1
        lwu a0, 3(s2)
        li a1, 0x22334455
        fail_unless a0, a1, 2
        sh s1, 61(s0)
        lhu a0, 61(s0)
        li a1, 0x7788
        fail_unless a0, a1, 3
        lbu a0, 62(s0)
        li a1, 0x77
        fail_unless a0, a1, 4
        end 0
        .balign 4096
    page: .zero 8192",
    );
}
