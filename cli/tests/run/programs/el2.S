// Starts at EL2, sets it up as a kernel's first instructions do, and goes on at EL1; each step prints a number on the
// PL011. Ends through PSCI.

        .arch   armv8-a
        .equ    UART, 0x09000000
        .equ    GICD, 0x08000000
        .equ    GICR, 0x080a0000
        .equ    RESULT, 0x40300000

        // Prints x0 in hexadecimal and a newline; x1 to x4 are lost.
        .macro  print
        bl      hex
        .endm

        .globl  _start
_start:
        mov     x0, #0x40000000
        add     sp, x0, #0x400000
        mrs     x0, currentel
        print
        mrs     x0, mpidr_el1
        print
        // The hypervisor's registers.
        movz    x0, #0x30c5, lsl #16
        movk    x0, #0x0830
        msr     sctlr_el2, x0
        isb
        movz    x0, #0x8000, lsl #16
        msr     hcr_el2, x0
        isb
        mov     x0, #3
        msr     cnthctl_el2, x0
        mov     x0, #(1 << 40)
        msr     cntvoff_el2, x0
        mrs     x0, icc_sre_el2
        orr     x0, x0, #8
        orr     x0, x0, #1
        msr     icc_sre_el2, x0
        isb
        mrs     x0, icc_sre_el2
        print
        msr     ich_hcr_el2, xzr
        mrs     x0, midr_el1
        msr     vpidr_el2, x0
        movz    x0, #0x8000, lsl #16
        movk    x0, #5
        msr     vmpidr_el2, x0
        mov     x0, #0x33ff
        msr     cptr_el2, x0
        msr     hstr_el2, xzr
        mrs     x0, pmcr_el0
        ubfx    x0, x0, #11, #5
        msr     mdcr_el2, x0
        msr     vttbr_el2, xzr
        movz    x0, #0x30d0, lsl #16
        movk    x0, #0x0800
        msr     sctlr_el1, x0
        adr     x0, vectors2
        msr     vbar_el2, x0
        // EL2's timer through the interrupt controller, group 1.
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
        mov     w0, #(1 << 26)
        str     w0, [x1, #0x100]
        mov     x0, #0xff
        msr     icc_pmr_el1, x0
        mov     x0, #1
        msr     icc_igrpen1_el1, x0
        isb
        mov     x0, #0x3c5
        msr     spsr_el2, x0
        adr     x0, kernel
        msr     elr_el2, x0
        mov     x0, sp
        msr     sp_el1, x0
        eret

kernel:
        mrs     x0, currentel
        print
        mrs     x0, mpidr_el1
        print
        // The virtual counter is 2^40 behind the physical one.
        mrs     x0, cntpct_el0
        mrs     x1, cntvct_el0
        sub     x0, x0, x1
        mov     x1, #(1 << 29)
        add     x0, x0, x1
        lsr     x0, x0, #30
        print
        // A call to EL2 arms its timer, which interrupts EL1 though everything is masked there.
        hvc     #1
        ldr     x5, =RESULT
2:      ldr     x0, [x5]
        cbz     x0, 2b
        print
        mrs     x0, daif
        print
        // The second hart starts at EL2 too.
        str     xzr, [x5]
        movz    x0, #0xc400, lsl #16
        movk    x0, #3
        mov     x1, #1
        adr     x2, second
        mov     x3, #0x77
        smc     #0
        print
3:      ldr     x0, [x5]
        cbz     x0, 3b
        print
        ldr     x0, [x5, #8]
        print
        movz    x0, #0x8400, lsl #16
        movk    x0, #8
        smc     #0
        b       .

second:
        ldr     x5, =RESULT
        str     x0, [x5, #8]
        mrs     x0, currentel
        dmb     sy
        str     x0, [x5]
        b       .

#include "hex.inc"

        .balign 0x800
vectors2:
        .balign 0x80
        .rept   8
        b       .
        .balign 0x80
        .endr
        // From EL1: HVC.
        mrs     x0, esr_el2
        ldr     x6, =RESULT
        str     xzr, [x6]
        mov     x1, #100
        msr     cnthp_tval_el2, x1
        mov     x1, #1
        msr     cnthp_ctl_el2, x1
        movz    x1, #0x8000, lsl #16
        orr     x1, x1, #0x10
        msr     hcr_el2, x1
        eret
        .balign 0x80
        // From EL1: IRQ.
        mrs     x7, icc_iar1_el1
        ldr     x6, =RESULT
        msr     cnthp_ctl_el2, xzr
        msr     icc_eoir1_el1, x7
        str     x7, [x6]
        movz    x1, #0x8000, lsl #16
        msr     hcr_el2, x1
        eret
        .ltorg
