// Pointer authentication. The page named INPUT holds the five keys, TCR_EL1, and pairs of a pointer and a modifier,
// ended by a modifier of zero.

        .equ    SIZE, 0x20000
        .equ    INPUT, DATA + 0x18000
        .include "common.inc"

        .macro  keep
        str     x0, [x28], #8
        .endm

        .globl  _start
_start:
        adr     x0, vector_table
        msr     vbar_el1, x0
        ldr     x20, =INPUT
        .irp    key, apiakeylo_el1, apiakeyhi_el1, apibkeylo_el1, apibkeyhi_el1, apdakeylo_el1, apdakeyhi_el1, apdbkeylo_el1, apdbkeyhi_el1, apgakeylo_el1, apgakeyhi_el1, tcr_el1
        ldr     x0, [x20], #8
        msr     \key, x0
        .endr
        mrs     x0, sctlr_el1
        orr     x0, x0, #(1 << 31)
        orr     x0, x0, #(1 << 30)
        orr     x0, x0, #(1 << 27)
        orr     x0, x0, #(1 << 13)
        msr     sctlr_el1, x0
        isb
        ldr     x28, =DATA
next:
        ldr     x1, [x20], #8
        ldr     x2, [x20], #8
        cbz     x2, done
        // Sign; authenticate what was signed, and the pointer as it is.
        .irp    k, ia, ib, da, db
        mov     x0, x1
        pac\k   x0, x2
        keep
        aut\k   x0, x2
        keep
        mov     x0, x1
        pac\k   x0, x2
        eor     x0, x0, #(1 << 52)
        aut\k   x0, x2
        keep
        mov     x0, x1
        aut\k   x0, x2
        keep
        .endr
        .irp    k, iza, izb, dza, dzb
        mov     x0, x1
        pac\k   x0
        keep
        aut\k   x0
        keep
        .endr
        pacga   x0, x1, x2
        keep
        mov     x0, x1
        xpaci   x0
        keep
        mov     x0, x1
        xpacd   x0
        keep
        // The hint space, and branches and loads through what was signed.
        mov     x17, x1
        mov     x16, x2
        pacia1716
        mov     x0, x17
        keep
        autia1716
        mov     x0, x17
        keep
        mov     sp, x2
        mov     x30, x1
        pacibsp
        mov     x0, x30
        keep
        xpaclri
        mov     x0, x30
        keep
        adr     x3, 1f
        pacia   x3, x2
        braa    x3, x2
        nop
1:      adr     x3, 2f
        paciza  x3
        blraaz  x3
        mov     x0, #1
        keep
        b       3f
2:      pacibsp
        retab
3:      mov     x3, x20
        pacdza  x3
        ldraa   x0, [x3, #8]
        keep
        ldraa   x0, [x3, #-16]!
        keep
        mov     x0, x3
        keep
        mov     x0, #0x3c5
        msr     spsr_el1, x0
        adr     x30, 4f
        pacibsp
        msr     elr_el1, x30
        eretab
        nop
4:      b       next
done:
        finish
        vectors
        .ltorg
