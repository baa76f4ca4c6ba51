// Every way into an exception that needs no device: from EL1 with both stack pointers and from EL0.

        .equ    SIZE, 0x4000
        .include "common.inc"

        // Runs an instruction at EL1 with SP_EL1.
        .macro  handler text:vararg
        adr     x29, 9f
        \text
9:      nop
        .endm

        // At EL1 with SP_EL0.
        .macro  thread text:vararg
        adr     x29, 9f
        msr     spsel, #0
        \text
        msr     spsel, #1
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

        .globl  _start
_start:
        ldr     x28, =DATA
        adr     x0, vector_table
        msr     vbar_el1, x0
        ldr     x0, =DATA + 0x3000
        mov     sp, x0
        msr     sp_el0, x0
        msr     far_el1, xzr
        msr     nzcv, xzr
        mov     x0, #0
        msr     cpacr_el1, x0
        // EL0 may do nothing: not UMA, DZE, UCT, nTWI, nTWE, UCI; no alignment checks.
        mrs     x0, sctlr_el1
        .irp    n, 1, 3, 4, 9, 14, 15, 16, 18, 26
        bic     x0, x0, #(1 << \n)
        .endr
        msr     sctlr_el1, x0
        isb

        handler svc #0
        handler svc #0xffff
        handler brk #0x123
        handler udf #7
        handler .inst 0x00000000
        handler .inst 0xffffffff
        handler mrs x0, s3_5_c15_c0_0
        handler fmov d0, #1.0
        handler ldr q0, [sp]
        handler mrs x0, fpcr
        thread  svc #1
        thread  brk #2
        user    svc #5
        user    brk #6
        user    hvc #0
        user    smc #0
        user    udf #7
        user    fadd s0, s1, s2
        user    mrs x0, fpsr
        user    mrs x3, sctlr_el1
        user    msr vbar_el1, x4
        user    mrs x5, ctr_el0
        user    mrs x6, daif
        user    msr daif, x6
        // Not msr daifset and daifclr: QEMU 7.2 exchanges op1 and op2 in the syndrome.
        user    mrs x7, cntvct_el0
        user    mrs x8, cntpct_el0
        user    mrs x9, cntfrq_el0
        user    mrs x10, pmccntr_el0
        user    msr pmcr_el0, x11
        user    mrs x12, pmuserenr_el0
        user    msr pmuserenr_el0, x12
        user    dc zva, x13
        user    dc cvau, x14
        user    dc civac, x14
        user    ic ivau, x15
        user    ic iallu
        user    dc ivac, x16
        user    tlbi vmalle1
        user    at s1e1r, x17
        user    wfi
        user    eret
        user    mrs x18, dczid_el0
        user    mrs x19, currentel
        user    mrs x20, tpidr_el0
        user    msr tpidrro_el0, x20
        user    msr spsel, #1
        user    msr pan, #1

        // The same, allowed: UMA, UCT, UCI, DZE, nTWI, nTWE and the counters.
        mrs     x0, sctlr_el1
        orr     x0, x0, #(1 << 9)
        orr     x0, x0, #(1 << 14)
        orr     x0, x0, #(1 << 15)
        orr     x0, x0, #(1 << 26)
        msr     sctlr_el1, x0
        mov     x0, #3
        msr     cntkctl_el1, x0
        mov     x0, #(1 << 20)
        msr     cpacr_el1, x0
        isb
        ldr     x13, =DATA + 0x3800
        mov     x14, x13
        user    mrs x6, daif
        user    msr daifset, #2
        user    msr daifclr, #2
        user    dc zva, x13
        user    dc cvau, x14
        user    ic ivau, x14
        user    fmov d0, #1.0
        handler fmov d0, #1.0
        mov     x0, #(3 << 20)
        msr     cpacr_el1, x0
        isb
        user    fmov d0, #1.0

        // Alignment of the pc, and of accesses that must lie within 16 aligned bytes (QEMU 7.2: be aligned). (QEMU does not check SP.)
        ldr     x1, =DATA + 0x300b
        handler ldxr x0, [x1]
        handler ldar x0, [x1]
        handler stlr x0, [x1]
        // Not stxr: QEMU looks at the reservation first and lets it fail.
        handler ldadd x2, x3, [x1]
        handler cas x2, x3, [x1]
        mrs     x0, sctlr_el1
        orr     x0, x0, #2
        msr     sctlr_el1, x0
        isb
        handler ldr x0, [x1]
        handler strh w0, [x1]
        handler ldp w0, w2, [x1]
        handler ldrb w0, [x1]
        adr     x2, _start
        add     x2, x2, #2
        handler br x2

        // Illegal returns.
        .macro  illegal saved
        adr     x29, 9f
        adr     x26, 8f
        mov     x25, #\saved
        msr     spsr_el1, x25
        msr     elr_el1, x26
        eret
8:      nop
        nop
9:      nop
        .endm
        illegal 0x3c9
        illegal 0x3cd
        illegal 0x3c1
        illegal 0x3c2
        illegal 0x3c7
        illegal 0x003c5
        mov     x25, #0x10
        lsl     x25, x25, #16
        add     x25, x25, #0x3c5
        adr     x29, 9f
        adr     x26, 8f
        msr     spsr_el1, x25
        msr     elr_el1, x26
        eret
8:      nop
9:      nop

        // PSTATE across an exception: PAN, UAO, DIT, flags; SCTLR_EL1.SPAN clear sets PAN.
        mrs     x0, sctlr_el1
        bic     x0, x0, #2
        bic     x0, x0, #(1 << 23)
        msr     sctlr_el1, x0
        isb
        msr     pan, #0
        msr     uao, #1
        mov     x0, #0xa0000000
        msr     nzcv, x0
        handler svc #9
        mrs     x0, pan
        str     x0, [x28], #8
        mrs     x0, uao
        str     x0, [x28], #8
        mrs     x0, nzcv
        str     x0, [x28], #8
        msr     daifclr, #0xf
        handler svc #10
        msr     daifset, #0xf

        finish
        vectors
        .ltorg
