// Accesses through random translation tables in TTBR1. The data begins with the results; the page named INPUT holds
// the values of TCR_EL1, TTBR1_EL1 and the list of tests: an address and a kind each, ended by a kind of 255.
// The program itself runs through TTBR0.

        .equ    SIZE, 0x70000
        .equ    INPUT, DATA + 0x10000
        .equ    LOW_TABLE, DATA + 0x11000
        .include "common.inc"

        .globl  _start
_start:
        adr     x0, vector_table
        msr     vbar_el1, x0
        msr     nzcv, xzr
        msr     far_el1, xzr
        mov     x0, #(3 << 20)
        msr     cpacr_el1, x0
        ldr     x20, =INPUT
        ldr     x0, [x20], #8
        msr     tcr_el1, x0
        ldr     x0, [x20], #8
        msr     ttbr1_el1, x0
        ldr     x0, =LOW_TABLE
        msr     ttbr0_el1, x0
        mov     x0, #0xff
        msr     mair_el1, x0
        isb
        tlbi    vmalle1
        dsb     sy
        mrs     x0, sctlr_el1
        bic     x0, x0, #2
        bic     x0, x0, #(1 << 19)
        orr     x0, x0, #(1 << 23)
        ldr     x1, [x20], #8           // WXN
        orr     x0, x0, x1
        orr     x0, x0, #1
        msr     sctlr_el1, x0
        isb
        ldr     x28, =DATA

next:
        ldr     x21, [x20], #8
        ldr     x22, [x20], #8
        cmp     x22, #255
        b.eq    done
        // Bit 4 of the kind: PAN.
        tst     x22, #16
        msr     pan, #0
        b.eq    1f
        msr     pan, #1
1:      and     x22, x22, #15
        mov     x23, #0xdead
        adr     x29, after
        adr     x24, table
        add     x24, x24, x22, lsl #3
        br      x24
table:
        ldr     w23, [x21]
        b       after
        str     w30, [x21]
        b       after
        ldtr    w23, [x21]
        b       after
        sttr    w30, [x21]
        b       after
        blr     x21
        b       after
        at      s1e1r, x21
        b       par
        at      s1e1w, x21
        b       par
        at      s1e0r, x21
        b       par
        at      s1e0w, x21
        b       par
        ldadd   wzr, w23, [x21]
        b       after
par:
        isb
        mrs     x23, par_el1
        // The attributes and the shareability are not compared: caches here have none.
        tbnz    x23, #0, after
        and     x23, x23, #0x0000fffffffff000
after:
        // What control came through is recorded too: x23 after every test, also behind the record of an exception.
        mov     x30, #0x03c0
        movk    x30, #0xd65f, lsl #16
        str     x23, [x28], #8
        tlbi    vmalle1
        dsb     sy
        isb
        b       next
done:
        // The blocks of the semihosting calls stand in the program, which is read-only.
        mrs     x0, sctlr_el1
        bic     x0, x0, #1
        msr     sctlr_el1, x0
        isb
        finish
        vectors
        .ltorg
