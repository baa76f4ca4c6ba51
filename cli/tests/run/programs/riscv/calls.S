/* S mode and U mode under it: environment calls and breakpoints that are delegated. */
#include "bare.h"
        begin 1
        .option norvc
        number 2
        li s4, USER_ECALL
        li t0, MSTATUS_SPP
        csrc sstatus, t0
        la t0, 1f
        csrw sepc, t0
        sret
1:      la s3, 2f
        la s6, 1f
1:      ecall
        j fail
2:      number 3
        li s4, BREAKPOINT
        la s3, 2f
        la s6, 1f
1:      ebreak
        j fail
2:      number 4
        /* Back in S mode the breakpoint goes there too. */
        li s4, USER_ECALL
        la s3, 2f
        la s6, 1f
1:      ecall
        j fail
2:      li t0, 0
        /* The end is an ECALL from U mode, which is delegated: ask M mode by one from S mode. */
        la s3, in_s
        la s6, 1f
        li s7, 1
1:      ecall
        j fail
in_s:   number 5
        li s4, BREAKPOINT
        la s3, 2f
        la s6, 1f
1:      ebreak
        j fail
2:
        end_of_checks

        .balign 4
        .globl supervisor_handler
supervisor_handler:
        csrr t5, scause
        bne t5, s4, fail_in_s
        csrr t5, sepc
        bne t5, s6, fail_in_s
        csrw sepc, s3
        beqz s7, 1f
        li t5, MSTATUS_SPP
        csrs sstatus, t5
1:      sret
fail_in_s:
        slli TESTNUM, TESTNUM, 1
        ori TESTNUM, TESTNUM, 1
        ecall
        host
