/* CSRs in the mode that MODE names (1 S, 3 M), then in U mode. */
#include "bare.h"
#if MODE == 3
#define scratch mscratch
#define status mstatus
#define epc mepc
#define cause mcause
#define back mret
#define PREVIOUS MSTATUS_MPP
#define handler machine_handler
#else
#define scratch sscratch
#define status sstatus
#define epc sepc
#define cause scause
#define back sret
#define PREVIOUS MSTATUS_SPP
#define handler machine_handler
#endif
        begin MODE
        number 2
        csrr a0, sstatus
        srli a0, a0, 32
        andi a0, a0, 3
        expect a0, 2
        number 3
        csrw scratch, zero
        csrrwi a0, scratch, 0xf
        bnez a0, fail
        csrrsi a0, scratch, 0x10
        expect a0, 0xf
        csrrci a0, scratch, 1
        expect a0, 0x1f
        li a1, 0xbad1dea
        csrrw a0, scratch, a1
        expect a0, 0x1e
        li a1, 0x2000
        csrrc a0, scratch, a1
        expect a0, 0xbad1dea
        csrrs a0, scratch, a1
        expect a0, 0xbad1dea
        csrr a0, scratch
        expect a0, 0xbad3dea
        number 4
        /* x0 and 0 as sources do not write: these registers are read-only. */
#if MODE == 3
        csrrs a0, cycle, x0
        csrrci a0, instret, 0
        number 5
        csrr a0, misa
        srli a1, a0, 62
        expect a1, 2
        andi a1, a0, 1 << 5
        beqz a1, 1f
        /* Stores of floating-point registers do nothing while they are off. */
        li a1, MSTATUS_FS
        csrs mstatus, a1
        fmv.w.x f0, x0
        csrc mstatus, a1
        la a1, word
        number 10
        fsw f0, 0(a1)
        lw a0, 0(a1)
        number 6
        expect a0, 1
1:      csrr a0, mhartid
        csrr a0, mimpid
        csrr a0, marchid
        csrr a0, mvendorid
        csrr a0, mconfigptr
        number 7
        li a0, MSTATUS_MPP
        csrs mstatus, a0
        csrr a1, mstatus
        and a1, a1, a0
        bne a0, a1, fail
        csrc mstatus, a0
#endif
        li t0, PREVIOUS
        csrc status, t0
        la t0, 1f
        csrw epc, t0
        back
1:      /* U mode: all of these are illegal. */
        number 10
        li a0, 255
        csrrw a0, cycle, x0
        expect a0, 255
        csrr a0, scratch
        expect a0, 255
        csrr a0, satp
        expect a0, 255
        sfence.vma
        sret
        mret
        wfi
        end_of_checks

        .balign 4
        .globl machine_handler
machine_handler:
        li t5, 10
        bne TESTNUM, t5, fail
        csrr t5, mcause
        li t6, ILLEGAL
        bne t5, t6, fail
        csrr t5, mepc
        /* The value is the instruction, or nothing. */
        csrr t6, mtval
        beqz t6, 1f
        lwu t4, 0(t5)
        bne t4, t6, fail
1:      addi t5, t5, 4
        csrw mepc, t5
        mret
        .data
        .balign 4
word:   .word 1
        host
