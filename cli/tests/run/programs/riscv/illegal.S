/* M mode: words without meaning, vectored interrupts, and what TW, TVM and TSR take away from S mode. */
#include "bare.h"
        .macro machine_sets
        li a7, 1
        ebreak
        .endm
        .macro machine_clears
        li a7, 0
        ebreak
        .endm
        begin 3
        .option norvc
        number 2
        la s2, 1f
1:      .word 0
        j fail
        number 3
        la s2, 1f
1:      .word 0xffffffff
        j fail

        number 4
        /* Vectored: supervisor software interrupts have number 1. */
        csrwi mip, MIP_SSIP
        csrwi mie, MIP_SSIP
        la t0, machine_handler + 1
        csrrw s0, mtvec, t0
        csrr t0, mtvec
        andi t0, t0, 1
        beqz t0, fail
        la s3, 2f
        csrsi mstatus, MSTATUS_MIE
1:      j 1b
2:      csrw mtvec, s0
        csrwi mstatus, 0

        /* Delegated, the interrupt wakes WFI and is not taken in M mode. */
        csrwi mip, MIP_SSIP
        csrwi mideleg, MIP_SSIP
        la t0, 1f
        csrw mepc, t0
        li t0, MSTATUS_MPP
        csrc mstatus, t0
        li t0, MSTATUS_MPP_S
        csrs mstatus, t0
        mret
1:
        number 5
        wfi
        csrci sip, MIP_SSIP
        number 6
        li s4, MSTATUS_TW
        la s2, 1f
        machine_sets
1:      wfi
        j fail
        machine_clears

        number 7
        sfence.vma
        csrr t0, satp
        li s4, MSTATUS_TVM
        la s2, 1f
        machine_sets
1:      sfence.vma
        j fail
        la s2, 1f
1:      csrr t0, satp
        j fail
        la s2, 1f
1:      csrw satp, zero
        j fail
        la s2, 1f
        .option push
        .option arch, +svinval
1:      sinval.vma x0, x0
        .option pop
        j fail
        machine_clears

        number 8
        la t0, 1f
        csrw sepc, t0
        li t0, MSTATUS_SPP
        csrs sstatus, t0
        sret
        j fail
1:      li s4, MSTATUS_TSR
        la s2, 1f
        machine_sets
1:      sret
        j fail
        machine_clears

        number 9
        la t0, 2f
        csrw sepc, t0
        li t0, MSTATUS_SPP
        csrc sstatus, t0
        sret
        j fail
2:      la s2, 1f
1:      sfence.vma
        j fail
        la s2, 1f
1:      sret
        j fail
        la s2, 1f
1:      wfi
        j fail
        la s2, 1f
1:      csrr t0, sstatus
        j fail
        end_of_checks

        .balign 256
        .globl machine_handler
machine_handler:
        j exception
        j software
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
        j fail
software:
        li t0, 4
        bne TESTNUM, t0, fail
        csrr t0, mcause
        li t1, 1 << 63 | 1
        bne t0, t1, fail
        csrwi mip, 0
        csrw mepc, s3
        mret
exception:
        csrr t0, mcause
        li t1, ILLEGAL
        bne t0, t1, 1f
        csrr t0, mepc
        bne t0, s2, fail
        lwu t1, 0(t0)
        csrr t2, mtval
        beqz t2, 3f
        bne t1, t2, fail
3:      addi t0, t0, 8
        csrw mepc, t0
        mret
1:      /* An ebreak asks for bits of mstatus to be set (a7 = 1) or cleared. */
        li t1, BREAKPOINT
        bne t0, t1, fail
        csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        beqz a7, 2f
        csrs mstatus, s4
        mret
2:      csrc mstatus, s4
        mret
        host
