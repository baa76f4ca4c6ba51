/* M mode: environment calls, breakpoints, accesses to nothing, misaligned data, the cycle counter, PMP registers. */
#include "bare.h"
        begin 3
        .option norvc
        /* Each of these traps: cause in s4, value in s5, back at s3. */
        number 2
        li s4, FETCH_ACCESS
        li t0, 1
        slli t0, t0, 63
        la t1, 1f
        or s5, t0, t1
        la s3, 1f
        mv s6, s5
        jr s5
1:      number 3
        li s5, 1 << 45
        li s4, LOAD_ACCESS
        la s6, 2f
        la s3, 1f
2:      ld a0, 0(s5)
        j fail
1:      number 4
        li s4, STORE_ACCESS
        la s6, 2f
        la s3, 1f
2:      sd a0, 0(s5)
        j fail
1:      number 5
        li s4, BREAKPOINT
        la s6, 2f
        la s3, 1f
        mv s5, s6
2:      ebreak
        j fail
1:      number 7
        la a0, data
        li a1, 0x0706050403020100
        sd a1, 0(a0)
        li a2, 0x0f0e0d0c0b0a0908
        sd a2, 8(a0)
        ld a3, 1(a0)
        li a4, 0x0807060504030201
        bne a3, a4, fail
        lw a3, 7(a0)
        expect a3, 0x0a090807
        sh zero, 5(a0)
        ld a3, 0(a0)
        li a4, 0x0700000403020100
        bne a3, a4, fail

        number 9
        csrr a0, mcycle
        nop
        nop
        csrr a1, mcycle
        bgeu a0, a1, fail
        number 12
        /* PMP: addresses keep their bits; NAPOT and TOR of the finest grain read back. */
        csrw pmpcfg2, zero
        li a0, 0x2aaaaaaaaaaaaa
        csrw pmpaddr8, a0
        csrr a1, pmpaddr8
        bne a0, a1, fail
        li a0, 0x18
        csrw pmpcfg2, a0
        csrr a1, pmpaddr8
        li a0, 0x2aaaaaaaaaaaaa
        bne a0, a1, fail
        csrw pmpcfg2, zero
        /* A locked entry stays, and so does the address below a locked top of range. */
        number 13
        la a0, data
        srli a0, a0, 2
        csrw pmpaddr9, a0
        addi a1, a0, 2
        csrw pmpaddr10, a1
        li a2, 0x880000
        csrw pmpcfg2, a2
        csrw pmpaddr9, zero
        csrr a3, pmpaddr9
        bne a3, a0, fail
        csrw pmpaddr10, zero
        csrr a3, pmpaddr10
        bne a3, a1, fail
        number 14
        li t0, 0x9f
        csrw pmpcfg0, t0
        csrr t0, pmpcfg0
        expect t0, 0x9f
        end_of_checks

        .balign 4
        .globl machine_handler
machine_handler:
        csrr t5, mcause
        bne t5, s4, fail
        csrr t5, mtval
        beqz t5, 1f
        bne t5, s5, fail
1:      csrr t5, mepc
        bne t5, s6, fail
        csrw mepc, s3
        mret
        .data
        .balign 64
data:   .zero 64
        host
