/* Zicboz in M mode, in S mode without and with the right to it, and the size of a block. */
#include "bare.h"
        begin 3
        .option norvc
        .option arch, +zicboz
        number 2
        la a0, blocks
        addi a1, a0, 0
        li t0, -1
        li t1, 48
1:      sd t0, 0(a1)
        addi a1, a1, 8
        addi t1, t1, -1
        bnez t1, 1b
        addi a1, a0, 128 + 37
        cbo.zero (a1)
        ld t1, 120(a0)
        bne t1, t0, fail
        ld t1, 128(a0)
        bnez t1, fail
        ld t1, 184(a0)
        bnez t1, fail
        ld t1, 192(a0)
        bne t1, t0, fail
        number 3
        csrw 0x30a, zero
        la t0, 1f
        csrw mepc, t0
        li t0, MSTATUS_MPP_S
        csrc mstatus, t0
        li t0, MSTATUS_MPP
        csrc mstatus, t0
        li t0, MSTATUS_MPP_S
        csrs mstatus, t0
        mret
1:      la s3, 1f
        cbo.zero (a0)
        j fail
1:      number 4
        cbo.zero (a0)
        ld t1, 0(a0)
        bnez t1, fail
        end_of_checks
        .balign 4
        .globl machine_handler
machine_handler:
        csrr t5, mcause
        li t6, ILLEGAL
        bne t5, t6, fail
        li t5, 3
        bne TESTNUM, t5, fail
        li t5, 1 << 7
        csrs 0x30a, t5
        csrw mepc, s3
        mret
        .data
        .balign 64
blocks: .zero 384
        host
