/* M mode with MPRV, and S mode: one large page over RAM at 0, its A and D bits, misaligned large pages, aliases of one page. */
#include "bare.h"
#define VALID 1
#define PAGE_R 2
#define PAGE_W 4
#define PAGE_X 8
#define PAGE_U 16
#define PAGE_A 64
#define PAGE_D 128
        begin 3
        .option norvc
        li a0, LEVELS
        slli a0, a0, 60
        la a1, root
        srli a1, a1, 12
        or a1, a1, a0
        csrw satp, a1
        csrr a0, satp
        bne a0, a1, fail
        sfence.vma
        /* Tables above the last one lead to the next in their first entry; there it is a gigabyte page over RAM. */
        la s0, root
        .rept LEVELS - 8
        li t0, 4096
        add t0, s0, t0
        srli t1, t0, 2
        ori t1, t1, VALID
        sd t1, 0(s0)
        mv s0, t0
        .endr
        li s1, (0x80000000 >> 2) | VALID | PAGE_R | PAGE_W | PAGE_X | PAGE_U | PAGE_A
        sd s1, 0(s0)
        la s5, word
        li t0, 0x80000000
        sub s5, s5, t0
        sub s6, s0, t0
        li a1, MSTATUS_MPP_S | MSTATUS_MPRV
        csrs mstatus, a1
        number 2
        li t2, 1
        sw t2, 0(s5)            /* a user page without SUM */
        number 3
        li a1, MSTATUS_SUM
        csrs sstatus, a1
        lw t0, 0(s5)
        bnez t0, fail
        sw t2, 0(s5)            /* sets D, or traps for software to do it */
        lw t0, 0(s5)
        bne t0, t2, fail
        li t0, MSTATUS_MPRV
        csrc mstatus, t0
        ld t0, 0(s0)
        andi t0, t0, PAGE_A | PAGE_D
        expect t0, PAGE_A | PAGE_D
        csrs mstatus, a1
        li t0, MSTATUS_MPRV | MSTATUS_MPP_S
        csrs mstatus, t0
        number 4
        ld a0, 0(s6)
        ori a0, a0, 1 << 10     /* not aligned to its size */
        sd a0, 0(s6)
        sfence.vma
        sd a0, 0(s6)
        j fail
aliases:
        /* Pages at 0x40000000 and 0x40001000 by tables of every level; the code in them tells which one runs. */
        li t0, MSTATUS_MPRV
        csrc mstatus, t0
        number 5
        la t0, small
        la t1, first_page
        srli t1, t1, 2
        ori t1, t1, VALID | PAGE_X | PAGE_R | PAGE_A
        sd t1, 0(t0)
        la t2, second_page
        srli t2, t2, 2
        ori t2, t2, VALID | PAGE_X | PAGE_R | PAGE_A
        sd t2, 8(t0)
        la t0, middle
        la t3, small
        srli t3, t3, 2
        ori t3, t3, VALID
        sd t3, 0(t0)
        la t0, last
        la t3, middle
        srli t3, t3, 2
        ori t3, t3, VALID
        sd t3, 8(t0)
        sfence.vma
        li s7, 0x40000000
        jal s8, supervise
        expect a0, 111
        number 6
        li s7, 0x40001000
        jal s8, supervise
        expect a0, 222
        number 7
        /* Remapped: the second page at the first address. Nothing was written to code, so no FENCE.I is needed. */
        la t0, small
        sd t2, 0(t0)
        sfence.vma
        li s7, 0x40000000
        jal s8, supervise
        expect a0, 222
        number 8
        sd t1, 0(t0)
        sfence.vma s7, zero
        jal s8, supervise
        expect a0, 111
        number 9
        /* A page that may not be executed. */
        andi t3, t1, ~PAGE_X
        sd t3, 0(t0)
        sfence.vma
        jal s8, supervise
        expect a0, FETCH_PAGE
#ifdef NAPOT
        number 10
        /* 64 KiB: the low four bits of the page number say so, and give way to those of the address. */
        la t1, napot_data
        srli t1, t1, 2
        li t2, 8 << 10
        or t1, t1, t2
        ori t1, t1, VALID | PAGE_R | PAGE_W | PAGE_A | PAGE_D
        li t2, 1
        slli t2, t2, 63
        or t1, t1, t2
        .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
        sd t1, 8 * (16 + \n)(t0)
        .endr
        sfence.vma
        li t2, 0x40010000
        la t3, napot_data
        li t4, 16
        li a1, MSTATUS_MPP_S | MSTATUS_MPRV
1:      sd t4, 0(t3)
        csrs mstatus, a1
        ld a2, 0(t2)
        addi a2, a2, 100
        sd a2, 8(t2)
        csrc mstatus, a1
        ld a3, 8(t3)
        addi a3, a3, -100
        bne a3, t4, fail
        li a4, 4096
        add t2, t2, a4
        add t3, t3, a4
        addi t4, t4, -1
        bnez t4, 1b
        number 11
        /* Any other size is reserved. */
        li t2, 4 << 10
        or t1, t1, t2
        sd t1, 8 * 16(t0)
        sfence.vma
        li t2, 0x40010000
        csrs mstatus, a1
        ld a0, 0(t2)
        j fail
napot_reserved:
        csrc mstatus, a1
#endif
        end_of_checks

supervise:
        csrw mepc, s7
        li a0, MSTATUS_MPP
        csrc mstatus, a0
        li a0, MSTATUS_MPP_S
        csrs mstatus, a0
        mret

        .balign 4
        .globl machine_handler
machine_handler:
        csrr t0, mcause
        li t1, BREAKPOINT
        beq t0, t1, came_back
        li t1, FETCH_PAGE
        beq t0, t1, not_executable
#ifdef NAPOT
        li t1, LOAD_PAGE
        bne t0, t1, 1f
        li t1, 11
        bne TESTNUM, t1, fail
        la t0, napot_reserved
        csrw mepc, t0
        li t0, MSTATUS_MPP
        csrs mstatus, t0
        mret
1:
#endif
        li t1, STORE_PAGE
        bne t0, t1, fail
        li t1, 2
        bne TESTNUM, t1, 1f
        csrr t1, mtval
        bne t1, s5, fail
        ld t0, 0(s0)
        andi t0, t0, PAGE_D
        bnez t0, fail
        csrr t0, mepc
        addi t0, t0, 4
        csrw mepc, t0
        mret                    /* to M mode, MPP becomes U: loads and stores are those of U mode now */
1:      li t1, 3
        bne TESTNUM, t1, 1f
        ld t0, 0(s0)
        andi t1, t0, PAGE_D
        bnez t1, fail
        ori t0, t0, PAGE_D
        sd t0, 0(s0)
        sfence.vma
        mret
1:      li t1, 4
        bne TESTNUM, t1, fail
        la t0, aliases
        csrw mepc, t0
        li t0, MSTATUS_MPP
        csrs mstatus, t0
        mret
not_executable:
        csrr t1, mtval
        bne t1, s7, fail
        mv a0, t0
came_back:
        csrw mepc, s8
        li t0, MSTATUS_MPP
        csrs mstatus, t0
        la t0, first_page
        srli t1, t0, 2
        ori t1, t1, VALID | PAGE_X | PAGE_R | PAGE_A
        la t0, second_page
        srli t2, t0, 2
        ori t2, t2, VALID | PAGE_X | PAGE_R | PAGE_A
        la t0, small
        mret

        .data
        .balign 4096
root:
#if LEVELS > 8
        .zero 4096 * (LEVELS - 8)
#endif
last:   .zero 4096
middle: .zero 4096
small:  .zero 4096
first_page:
        .option push
        .option norvc
        li a0, 111
        ebreak
        .balign 4096
second_page:
        li a0, 222
        ebreak
        .option pop
        .balign 4096
word:   .dword 0
#ifdef NAPOT
        .balign 65536
napot_data:
        .zero 65536
#endif
        host
