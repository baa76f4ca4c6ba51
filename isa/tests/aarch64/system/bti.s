// Branch target identification: each way to branch, from and to pages that are guarded and not, onto each kind of
// instruction, at EL1 and EL0, with SCTLR_EL1.BT0 and BT1 clear and set; and returns with each BTYPE.
// The program stands at its own address, not guarded, and at ALIAS, guarded.

        .equ    SIZE, 0x40000
        .equ    ALIAS, 0x40000000       // from one place to the other
        .equ    TABLES, DATA + 0x3c000
        .include "common.inc"

        .globl  _start
_start:
        adr     x0, vector_table
        msr     vbar_el1, x0
        msr     far_el1, xzr
        msr     nzcv, xzr
        mov     x0, #(3 << 20)
        msr     cpacr_el1, x0
        // A table of level 1 and one of level 2 for each place: program read-only for all, data.
        ldr     x0, =TABLES
        add     x1, x0, #0x1000
        orr     x2, x1, #3
        str     x2, [x0, #8]
        ldr     x3, =0x400007c1         // block, AF, inner shareable, read-only, EL0 too
        str     x3, [x1]
        ldr     x4, =0x40200701
        str     x4, [x1, #8]
        add     x1, x1, #0x1000
        orr     x2, x1, #3
        str     x2, [x0, #16]
        orr     x3, x3, #(1 << 50)
        str     x3, [x1]
        msr     ttbr0_el1, x0
        ldr     x0, =0x0000000200803519 // 39 bits, IPS 40, TTBR1 off
        msr     tcr_el1, x0
        mov     x0, #0xff
        msr     mair_el1, x0
        dsb     sy
        isb
        tlbi    vmalle1
        dsb     sy
        mrs     x0, sctlr_el1
        bic     x0, x0, #2
        orr     x0, x0, #(1 << 23)
        orr     x0, x0, #1
        msr     sctlr_el1, x0
        isb
        ldr     x28, =DATA
        adr     x29, next
        mov     x21, #0
        mov     x19, #-1                // number of the case

next:
        add     x19, x19, #1
        // Bits: landing 0-3, target guarded 4, source 5-7, source guarded 8, EL0 9, BT 10.
        lsr     x0, x19, #11
        cbnz    x0, done
        mrs     x0, sctlr_el1
        bic     x0, x0, #(3 << 35)
        ubfx    x1, x19, #10, #1
        neg     x1, x1
        and     x1, x1, #(3 << 35)
        orr     x0, x0, x1
        msr     sctlr_el1, x0
        isb
        and     x1, x19, #15
        adr     x16, landings
        add     x16, x16, x1, lsl #3
        ubfx    x1, x19, #4, #1
        add     x16, x16, x1, lsl #30
        mov     x17, x16
        mov     x5, x16
        ubfx    x1, x19, #5, #3
        mov     x0, #0x3c5
        tbz     x19, #9, 1f
        mov     x0, #0x3c0
1:      cmp     x1, #5
        b.hs    returns
        adr     x20, sources
        add     x20, x20, x1, lsl #3
        ubfx    x1, x19, #8, #1
        add     x20, x20, x1, lsl #30
        msr     spsr_el1, x0
        msr     elr_el1, x20
        eret
        // Straight to the landing with BTYPE 1 to 3.
returns:
        sub     x1, x1, #4
        orr     x0, x0, x1, lsl #10
        msr     spsr_el1, x0
        msr     elr_el1, x16
        eret

        .balign 8
sources:
        br      x16
        brk     #1
        br      x17
        brk     #1
        br      x5
        brk     #1
        blr     x5
        brk     #1
        ret     x5
        brk     #1

        .macro  landing text:vararg
        .balign 8
        \text
        brk     #0x77
        .endm
        .balign 8
landings:
        landing nop
        landing hint #32
        landing hint #34
        landing hint #36
        landing hint #38
        landing paciasp
        landing pacibsp
        landing brk #5
        landing hlt #5
        landing svc #5
        landing udf #5
        landing b 1f
1:      landing ldr xzr, [x21]
        landing bl 2f
2:      landing autiasp
        landing .inst 0xffffffff

done:
        mrs     x0, sctlr_el1
        bic     x0, x0, #1
        msr     sctlr_el1, x0
        isb
        finish
        vectors
        .ltorg
