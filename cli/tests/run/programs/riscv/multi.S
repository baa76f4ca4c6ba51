/* HARTS harts: a counter under a lock of LR and SC, atomics, and an IPI for each. */
#include "bare.h"
        .section .text.init, "ax", @progbits
        .globl _start
        .option norvc
_start:
        csrr s0, mhartid
        la t0, handler
        csrw mtvec, t0
        li s2, HARTS
        li s3, 200
        la s4, lock
        la s5, sum
4:      lr.w.aq t0, (s4)
        bnez t0, 4b
        li t1, 1
        sc.w.rl t0, t1, (s4)
        bnez t0, 4b
        fence
        ld t1, 0(s5)
        addi t1, t1, 1
        sd t1, 0(s5)
        fence
        amoswap.w.rl zero, zero, (s4)
        addi s3, s3, -1
        bnez s3, 4b
        la t0, done
        li t1, 1
        amoadd.w zero, t1, (t0)
        beqz s0, first
        /* The others wait for their IPI. */
        li t0, 8
        csrw mie, t0
5:      wfi
        csrr t0, mip
        andi t0, t0, 8
        beqz t0, 5b
        slli t0, s0, 2
        li t1, 0x2000000
        add t0, t0, t1
        sw zero, 0(t0)
        la t0, woken
        li t1, 1
        amoadd.w zero, t1, (t0)
6:      wfi
        j 6b
first:  la t0, done
7:      lw t1, 0(t0)
        bne t1, s2, 7b
        fence
        li TESTNUM, 3
        ld t1, 0(s5)
        li t2, 200
        mul t2, t2, s2
        bne t1, t2, out
        li TESTNUM, 5
        li t0, 0x2000000
        addi t1, s2, -1
8:      beqz t1, 9f
        slli t2, t1, 2
        add t2, t2, t0
        li t3, 1
        sw t3, 0(t2)
        addi t1, t1, -1
        j 8b
9:      la t0, woken
        addi t2, s2, -1
10:     lw t1, 0(t0)
        bne t1, t2, 10b
        li TESTNUM, 1
out:    la t0, tohost
        sw TESTNUM, 0(t0)
        sw zero, 4(t0)
        j out
        .balign 4
handler:
        li TESTNUM, 0x7fff
        j out
        .data
        .balign 64
lock:   .word 0
        .balign 64
sum:    .dword 0
        .balign 64
done:   .word 0
        .balign 64
woken:  .word 0
        host
