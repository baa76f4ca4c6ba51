/* Jumps to addresses that are even and no multiple of four, in the mode that MODE names; in M mode also without C. */
#include "bare.h"
        begin MODE
        .option norvc
        number 2
        li t1, 0
        la t0, 1f
        jalr t1, t0, 2
1:      .option rvc
        c.j 1f
        c.j 2f
        .option norvc
1:      j fail
2:      la t2, 1b - 4
        bne t1, t2, fail
        number 3
        /* Bit 0 of the target is dropped. */
        la t0, 1f
        addi t0, t0, 1
        jalr t1, t0, 0
1:      number 4
        li t1, 0
        la t0, 1f
        jalr t1, t0, 3
1:      .option rvc
        c.j 1f
        c.j 2f
        .option norvc
1:      j fail
2:      number 5
        .option rvc
        jal t1, 1f
        c.nop
1:      c.nop
        .option norvc
        number 6
        beqz zero, 1f
        .option rvc
        c.nop
1:      c.nop
        .option norvc
        bnez zero, fail
#if MODE == 3
        /* C cannot be turned off where the next instruction would be misaligned. */
        number 7
        .balign 4
        .option rvc
        c.nop
        csrci misa, 1 << 2
        c.nop
        .option norvc
        csrr t2, misa
        andi t2, t2, 1 << 2
        beqz t2, fail
        /* Turned off, MRET and reads of mepc mask bit 1. */
        number 8
        la t0, 1f
        addi t0, t0, -2
        csrw mepc, t0
        csrci misa, 1 << 2
        csrr t2, misa
        andi t2, t2, 1 << 2
        bnez t2, c_stays
        csrr t2, mepc
        addi t0, t0, -2
        bne t0, t2, fail
        li t2, MSTATUS_MPP
        csrs mstatus, t2
        mret
        .balign 4
        beqz zero, 1f
1:      /* A jump to such an address traps and links nothing. */
        number 9
        li t1, 77
        la t0, 1f
        la s2, 1f + 2
        la s3, 2f
1:      jalr t1, t0, 2
        j fail
2:      expect t1, 77
        la s2, 1f + 6
        la s3, 2f
        number 10
1:      .word 0x0060036f        /* jal t1, . + 6 */
        j fail
2:      expect t1, 77
        number 11
        la s2, 1f + 6
        la s3, 2f
1:      .word 0x00000363        /* beqz zero, . + 6 */
        j fail
2:      .word 0x00001363        /* bnez zero, . + 6: not taken */
        number 12
        /* A 16-bit instruction is illegal. */
        la s3, 2f
        li s2, 0
1:      .option rvc
        c.nop
        c.nop
        .option norvc
        j fail
2:      csrsi misa, 1 << 2
        .option rvc
        c.nop
        c.nop
        .option norvc
        number 13
        /* D needs F; without F its CSRs are gone. */
        li t0, MSTATUS_FS_INITIAL
        csrs mstatus, t0
        csrr s4, misa
        csrci misa, 1 << 3
        csrr t0, misa
        xor t0, t0, s4
        expect t0, 1 << 3
        li s2, 0
        la s3, 2f
        fcvt.d.w fa0, zero
        j fail
2:      fcvt.s.w fa0, zero
        csrw misa, s4
        li t0, 1 << 5
        csrc misa, t0
        csrr t0, misa
        xor t0, t0, s4
        expect t0, 1 << 5 | 1 << 3
        la s3, 2f
        csrr t0, fcsr
        j fail
2:      la s3, 2f
        flw fa0, 0(sp)
        j fail
2:      csrw misa, s4
        number 14
        /* F off and D on in one write: neither is on. */
        li t0, 1 << 5
        not t0, t0
        and t0, t0, s4
        csrw misa, t0
        csrr t0, misa
        xor t0, t0, s4
        expect t0, 1 << 5 | 1 << 3
        csrw misa, s4
        number 15
        li t0, 1 << 12 | 1
        csrc misa, t0
        la s3, 2f
        mul t0, t0, t0
        j fail
2:      la s3, 2f
        la t0, fail
        lr.w t0, (t0)
        j fail
2:      csrw misa, s4
        mul t0, t0, t0
        csrr t0, misa
        bne t0, s4, fail
        /* I and the width stay. */
        csrw misa, zero
        csrr t0, misa
        srli t0, t0, 62
        expect t0, 2
        csrr t0, misa
        andi t0, t0, 1 << 8
        beqz t0, fail
        csrw misa, s4
c_stays:
#endif
        end_of_checks

        .balign 4
        .globl machine_handler
machine_handler:
        csrr t5, mcause
        beqz s2, 1f
        bnez t5, fail
        csrr t5, mtval
        bne t5, s2, fail
        csrw mepc, s3
        mret
1:      li t6, ILLEGAL
        bne t5, t6, fail
        csrw mepc, s3
        mret
        host
