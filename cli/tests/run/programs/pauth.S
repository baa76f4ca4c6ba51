// Signs and authenticates pointers at EL1; each step prints a number on the PL011. Ends through PSCI.

        .arch   armv8.3-a
        .equ    UART, 0x09000000

        .macro  print
        bl      hex
        .endm

        .globl  _start
_start:
        mov     x0, #0x40000000
        add     sp, x0, #0x400000
        mrs     x0, id_aa64isar1_el1
        ubfx    x0, x0, #4, #4
        print
        // Keys, and the bits that put them in use.
        ldr     x0, =0x0123456789abcdef
        msr     apiakeylo_el1, x0
        ldr     x0, =0xfedcba9876543210
        msr     apiakeyhi_el1, x0
        msr     apgakeylo_el1, x0
        mrs     x0, sctlr_el1
        orr     x0, x0, #(1 << 31)
        msr     sctlr_el1, x0
        isb
        // A pointer in the hint space, signed and authenticated.
        ldr     x17, =0x40081234
        ldr     x16, =0x40300000
        hint    #8                      // pacia1716
        mov     x20, x17
        mov     x0, x17
        print
        hint    #12                     // autia1716
        mov     x0, x17
        print
        // One that somebody has changed.
        eor     x17, x20, #4
        hint    #12
        mov     x0, x17
        print
        // Outside the hint space.
        ldr     x0, =0x123456789abcdef
        mov     x1, #42
        pacga   x0, x0, x1
        print
        mov     x0, x20
        xpaci   x0
        print
        movz    x0, #0x8400, lsl #16
        orr     x0, x0, #8
        hvc     #0
        b       .

#include "hex.inc"
