/* A self-checking program in U mode on pages that pager.c brings and takes away. Same words as bare.h. */

#define TESTNUM gp

        .macro begin mode
        .text
        .globl user_start
        .balign 4
user_start:
        .endm

        .macro pass
        fence
        li a0, 1
        ecall
        .endm

        .macro end_of_checks
        pass
        .globl fail
fail:   slli a0, TESTNUM, 1
        ori a0, a0, 1
        ecall
        .endm

        .macro number n
        li TESTNUM, \n
        .endm

        .macro expect register, value
        li t6, \value
        bne \register, t6, fail
        .endm

        .macro host
        .endm
