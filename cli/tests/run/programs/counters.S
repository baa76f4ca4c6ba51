// The cycle counter and an event counter that counts cycles overflow, and interrupt as PPI 23. Prints on the PL011
// which interrupt came and which counters had overflowed, and ends through PSCI.

        .arch   armv8-a
        .equ    GICD, 0x08000000
        .equ    GICR, 0x080a0000
        .equ    UART, 0x09000000

        .globl  _start
_start:
        mov     x0, #0x40000000
        add     sp, x0, #0x400000
        adr     x0, vectors
        msr     vbar_el1, x0
        ldr     x1, =GICD
        mov     w0, #0x12
        str     w0, [x1]
        ldr     x1, =GICR
        str     wzr, [x1, #0x14]
1:      ldr     w0, [x1, #0x14]
        tbnz    w0, #2, 1b
        add     x1, x1, #0x10000
        mov     w0, #-1
        str     w0, [x1, #0x80]
        mov     w0, #(1 << 23)
        str     w0, [x1, #0x100]
        mov     x0, #0xff
        msr     icc_pmr_el1, x0
        mov     x0, #1
        msr     icc_igrpen1_el1, x0
        msr     daifclr, #2
        isb
        // First the cycle counter, of 64 bits.
        mov     x0, #-2000
        msr     pmccntr_el0, x0
        mov     x0, #(1 << 31)
        bl      count
        // Then event counter 1, of 32 bits.
        mov     x0, #0x11               // CPU_CYCLES
        msr     pmevtyper1_el0, x0
        mov     w0, #-3000
        msr     pmevcntr1_el0, x0
        mov     x0, #2
        bl      count
        movz    x0, #0x8400, lsl #16
        movk    x0, #8
        hvc     #0
        b       .

        // Lets these counters run until they interrupt.
count:
        mov     x10, x30
        mov     x9, #0
        msr     pmintenset_el1, x0
        msr     pmcntenset_el0, x0
        mov     x1, #0x41
        msr     pmcr_el0, x1
        isb
2:      cbz     x9, 2b
        mov     x0, x9
        bl      hex
        mov     x0, x11
        bl      hex
        mrs     x0, pmovsclr_el0
        bl      hex
        ret     x10

#include "hex.inc"

        .balign 0x800
vectors:
        .rept   5
        .balign 0x80
        b       .
        .endr
        .balign 0x80
        mrs     x9, icc_iar1_el1
        mrs     x11, pmovsset_el0
        mov     x12, #-1
        msr     pmcntenclr_el0, x12
        msr     pmintenclr_el1, x12
        msr     pmovsclr_el0, x11
        msr     icc_eoir1_el1, x9
        eret
        .ltorg
