// EL2: set up as a kernel's first instructions do, left for EL1, and what HCR_EL2, CPTR_EL2, MDCR_EL2 and CNTHCTL_EL2
// then send back to it.

        .equ    SIZE, 0x8000
        .include "common.inc"

        // Records an exception taken to EL2, and goes on at EL1.
        .macro  vector2 at
        .balign 0x80
        mov     x27, #(\at | 0x2000)
        b       record2
        .endm

        // At EL1.
        .macro  one text:vararg
        adr     x29, 9f
        \text
9:      nop
        .endm

        // At EL0; an SVC brings it back if nothing else does.
        .macro  user text:vararg
        adr     x29, 9f
        adr     x26, 8f
        mov     x25, #0x3c0
        msr     spsr_el1, x25
        msr     elr_el1, x26
        eret
8:      \text
        svc     #0xabc
9:      nop
        .endm

        // At EL2; HVC brings it back.
        .macro  two text:vararg
        adr     x29, 9f
        adr     x0, 8f
        hvc     #0x14
8:      \text
        hvc     #0xabc
9:      nop
        .endm

        // Values for registers of EL2.
        .macro  hcr value
        ldr     x0, =(\value | 1 << 31)
        hvc     #0x10
        .endm
        .macro  set number, value
        ldr     x0, =\value
        hvc     #\number
        .endm

        .globl  _start
_start:
        ldr     x28, =DATA
        mrs     x0, currentel
        str     x0, [x28], #8
        mrs     x0, daif
        str     x0, [x28], #8
        mrs     x0, spsel
        str     x0, [x28], #8
        ldr     x0, =DATA + 0x7000
        mov     sp, x0
        msr     sp_el1, x0
        msr     sp_el0, x0
        ldr     x0, =0x30c50830
        msr     sctlr_el2, x0
        mrs     x0, sctlr_el2
        and     x0, x0, #0xffff
        str     x0, [x28], #8
        ldr     x0, =0x30d00800
        msr     sctlr_el1, x0
        mov     x0, #3
        msr     cnthctl_el2, x0
        mrs     x0, cnthctl_el2
        and     x0, x0, #3
        str     x0, [x28], #8
        msr     cntvoff_el2, xzr
        ldr     x0, =0x33ff
        msr     cptr_el2, x0
        msr     hstr_el2, xzr
        msr     vttbr_el2, xzr
        mrs     x0, pmcr_el0
        ubfx    x0, x0, #11, #5
        msr     mdcr_el2, x0
        ldr     x0, =0x410fd0c1
        msr     vpidr_el2, x0
        ldr     x0, =0x80000007
        msr     vmpidr_el2, x0
        movz    x0, #0x8000, lsl #16
        msr     hcr_el2, x0
        mrs     x0, hcr_el2
        str     x0, [x28], #8
        adr     x0, vector_table
        msr     vbar_el1, x0
        adr     x0, vector_table2
        msr     vbar_el2, x0
        mov     x0, #0x123
        msr     tpidr_el2, x0
        mrs     x0, tpidr_el2
        str     x0, [x28], #8
        msr     far_el1, xzr
        msr     far_el2, xzr
        msr     elr_el1, xzr
        msr     spsr_el1, xzr
        msr     esr_el1, xzr
        msr     nzcv, xzr
        isb
        mov     x0, #0x3c5
        msr     spsr_el2, x0
        adr     x0, kernel
        msr     elr_el2, x0
        eret

kernel:
        mrs     x0, currentel
        str     x0, [x28], #8
        mrs     x0, midr_el1
        str     x0, [x28], #8
        mrs     x0, mpidr_el1
        str     x0, [x28], #8
        mrs     x0, id_aa64pfr0_el1
        tst     x0, #0xf00
        cset    x0, ne
        str     x0, [x28], #8
        mov     x0, #(3 << 20)
        msr     cpacr_el1, x0
        mov     x0, #3
        msr     cntkctl_el1, x0
        isb
        // Records of 48 bytes from here on.
        ldr     x28, =DATA + 0x90

        one     hvc #0
        one     hvc #0xffff
        one     svc #1
        user    svc #2
        user    hvc #3
        user    smc #3
        // Registers of EL2 at EL1 and EL0, and those that are not there.
        .irp    r, hcr_el2, sctlr_el2, vbar_el2, elr_el2, spsr_el2, sp_el1, cnthctl_el2, vpidr_el2, tpidr_el2
        one     mrs x1, \r
        one     msr \r, x1
        user    mrs x1, \r
        .endr
        one     msr cntfrq_el0, x1
        one     mrs x1, s3_4_c15_c0_0
        one     at s1e2r, x1
        one     at s12e1r, x1
        one     tlbi alle2
        one     tlbi alle1is
        one     tlbi vmalls12e1
        // At EL2 they work; sp_el2 never does.
        two     mrs x1, sp_el1
        two     at s1e2r, x28
        two     at s12e1w, x28
        two     tlbi alle1
        two     tlbi vae2is, x28
        two     svc #4
        two     brk #4
        two     udf #4
        two     fmov d0, #1.0
        two     mrs x1, s3_4_c15_c0_0
        two     mrs x1, cntpct_el0
        two     msr daifclr, #15
        // SMC.
        hcr     1 << 19
        one     smc #5
        user    smc #5
        // Traps of registers.
        hcr     1 << 26
        .irp    r, sctlr_el1, ttbr0_el1, ttbr1_el1, tcr_el1, esr_el1, far_el1, afsr0_el1, afsr1_el1, mair_el1, amair_el1, contextidr_el1
        one     msr \r, x7
        .endr
        one     mrs x8, tcr_el1
        one     msr vbar_el1, x8
        adr     x0, vector_table
        msr     vbar_el1, x0
        hcr     1 << 30
        one     mrs x8, tcr_el1
        one     mrs x9, far_el1
        one     msr ttbr1_el1, x9
        hcr     1 << 21
        one     mrs x3, actlr_el1
        hcr     1 << 16
        one     mrs x3, revidr_el1
        one     mrs x3, aidr_el1
        one     mrs x3, midr_el1
        hcr     1 << 17
        one     mrs x3, ctr_el0
        one     mrs x3, ccsidr_el1
        one     mrs x3, clidr_el1
        one     msr csselr_el1, x3
        user    mrs x3, ctr_el0
        hcr     1 << 18
        one     mrs x3, id_aa64mmfr0_el1
        one     mrs x3, id_aa64isar1_el1
        one     mrs x3, s3_0_c0_c7_7
        one     mrs x3, mpidr_el1
        hcr     3 << 13
        one     wfi
        sevl
        one     wfe
        one     wfe
        user    wfi
        hcr     1 << 22
        one     dc isw, xzr
        hcr     1 << 23
        one     dc civac, x28
        one     dc cvac, x28
        one     dc ivac, x28
        one     dc cvau, x28
        hcr     1 << 24
        one     dc cvau, x28
        one     ic ivau, x28
        one     ic iallu
        one     dc civac, x28
        hcr     1 << 25
        one     tlbi vmalle1
        one     tlbi vae1is, x28
        one     tlbi rvae1, x28
        hcr     1 << 28
        one     dc zva, x28
        hcr     0
        // Floating point, CPACR_EL1, performance monitors, physical counter and timer.
        set     0x11, 0x37ff
        one     fmov d0, #1.0
        user    fmov d0, #1.0
        two     fmov d0, #1.0
        set     0x11, 0x800033ff
        one     mrs x1, cpacr_el1
        one     msr cpacr_el1, x1
        mov     x0, #0
        set     0x11, 0x37ff
        msr     cpacr_el1, xzr
        isb
        one     fmov d0, #1.0
        set     0x11, 0x33ff
        one     fmov d0, #1.0
        set     0x12, 0x46
        one     mrs x1, pmccntr_el0
        one     mrs x1, pmcr_el0
        one     msr pmintenset_el1, x1
        // Not MDCR_EL2.TPMCR: QEMU 7.2 does not look at it.
        set     0x12, 6
        set     0x13, 0
        one     mrs x1, cntpct_el0
        user    mrs x1, cntpct_el0
        set     0x13, 3
        msr     cntkctl_el1, xzr
        user    mrs x1, cntpct_el0
        // EL0 under EL2: from EL2 to EL0 with TGE, and the illegal return to EL1.
        .macro  guest text:vararg
        adr     x29, 9f
        adr     x0, 7f
        hvc     #0x14
7:      adr     x26, 8f
        mov     x25, #0x3c0
        msr     spsr_el2, x25
        msr     elr_el2, x26
        mov     x25, #0x88000000
        msr     hcr_el2, x25
        eret
8:      \text
        svc     #0xabc
9:      nop
        .endm
        guest   nop
        guest   svc #6
        guest   brk #6
        guest   udf #6
        guest   mrs x1, sctlr_el1
        guest   mrs x1, ctr_el0
        guest   br x28
        .macro  illegal saved, hcrvalue
        adr     x29, 9f
        adr     x0, 7f
        hvc     #0x14
7:      adr     x26, 8f
        ldr     x25, =\saved
        msr     spsr_el2, x25
        msr     elr_el2, x26
        ldr     x25, =\hcrvalue
        msr     hcr_el2, x25
        eret
8:      hvc     #0x99
9:      nop
        .endm
        illegal 0x3c5, 0x88000000
        illegal 0x3cd, 0x80000000
        illegal 0x3c1, 0x80000000
        illegal 0x3c7, 0x80000000
        illegal 0x3cb, 0x80000000
        illegal 0x3d3, 0x80000000
        illegal 0x3c8, 0x80000000
        illegal 0x3c9, 0x80000000
        illegal 0x3c4, 0x80000000
        illegal 0x1003c5, 0x80000000
        illegal 0xf04003c5, 0x80000000
        finish
        vectors

        .balign 0x800
vector_table2:
        .irp    n, 0x000, 0x080, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x400, 0x480, 0x500, 0x580, 0x600, 0x680, 0x700, 0x780
        vector2 \n
        .endr
record2:
        mrs     x26, esr_el2
        lsr     x25, x26, #4
        ldr     x24, =0x05a00001        // HVC #0x10 to #0x1f
        cmp     x25, x24
        b.eq    serve
        str     x27, [x28], #8
        str     x26, [x28], #8
        mrs     x27, elr_el2
        str     x27, [x28], #8
        mrs     x27, spsr_el2
        str     x27, [x28], #8
        mrs     x27, far_el2
        str     x27, [x28], #8
        mrs     x27, hcr_el2
        and     x27, x27, #(1 << 27)
        str     x27, [x28], #8
        mov     x27, #0x80000000
        msr     hcr_el2, x27
        mov     x27, #0x3c5
        msr     spsr_el2, x27
        msr     elr_el2, x29
        eret
serve:
        and     x26, x26, #15
        cmp     x26, #1
        b.lo    1f
        b.eq    2f
        cmp     x26, #3
        b.lo    3f
        b.eq    4f
        mov     x26, #0x3c9
        msr     spsr_el2, x26
        msr     elr_el2, x0
        eret
1:      msr     hcr_el2, x0
        eret
2:      msr     cptr_el2, x0
        eret
3:      msr     mdcr_el2, x0
        eret
4:      msr     cnthctl_el2, x0
        eret
        .ltorg
