// Runs random system instructions at EL1 and EL0; they stand behind this program. The data: results, at INPUT the
// registers x0 to x25 at the start. An exception is recorded, and the instruction behind it comes next, at the level where
// it was taken from; SVC #1 goes on at EL1, SVC #2 at EL0, SVC #3 ends the run.

        .equ    SIZE, 0x40000
        .equ    INPUT, DATA + 0x3f000
        .include "common.inc"

        .globl  _start
_start:
        adr     x0, vector_table
        msr     vbar_el1, x0
        ldr     x28, =DATA
        ldr     x0, =INPUT
        mov     sp, x0
        msr     sp_el0, x0
        .irp    r, far_el1, elr_el1, spsr_el1, esr_el1, cntkctl_el1, pmuserenr_el0, contextidr_el1, tpidr_el0, tpidr_el1, tpidrro_el0, csselr_el1, mair_el1, amair_el1, afsr0_el1, afsr1_el1, ttbr0_el1, ttbr1_el1, par_el1, pmselr_el0, fpcr, fpsr, tcr_el1
        .ifc    \r, fpcr
        mov     x1, #(3 << 20)
        msr     cpacr_el1, x1
        isb
        .endif
        msr     \r, xzr
        .endr
        mov     x1, #-1
        msr     pmcntenclr_el0, x1
        msr     pmovsclr_el0, x1
        msr     pmintenclr_el1, x1
        msr     nzcv, xzr
        // EL0 may mask interrupts, wait and maintain caches.
        mrs     x1, sctlr_el1
        ldr     x2, =0x0485c200
        orr     x1, x1, x2
        bic     x1, x1, #2
        msr     sctlr_el1, x1
        isb
        .irp    n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
        ldr     x\n, [x0, #(8 * \n)]
        .endr
        ldr     x1, [x0, #8]
        ldr     x0, [x0]
        adr     x30, stream
        ret
        .ltorg

done:
        // The registers at the end, behind the records.
        ldr     x28, =DATA + 0x3e000
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
        str     x\n, [x28], #8
        .endr
        finish

        .balign 0x800
vector_table:
        .irp    n, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
        vector  \n
        .endr
record:
        str     x27, [x28], #8
        mrs     x27, esr_el1
        str     x27, [x28], #8
        mrs     x26, elr_el1
        str     x26, [x28], #8
        mrs     x29, spsr_el1
        str     x29, [x28], #8
        mrs     x30, far_el1
        str     x30, [x28], #8
        mrs     x30, daif
        str     x30, [x28], #8
        // Not again the state that is illegal.
        bic     x29, x29, #(1 << 20)
        lsr     x30, x27, #26
        cmp     x30, #0x15
        b.ne    1f
        and     x27, x27, #0xffff
        sub     x26, x26, #4
        cmp     x27, #3
        b.eq    done
        cmp     x27, #1
        b.lo    1f
        bic     x29, x29, #15
        b.hi    1f
        orr     x29, x29, #4
        orr     x29, x29, #1
1:      add     x26, x26, #4
        msr     elr_el1, x26
        msr     spsr_el1, x29
        eret
        .balign 4
stream:
