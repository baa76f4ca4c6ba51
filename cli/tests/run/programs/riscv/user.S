/* U mode, on physical memory (bare.h) or on pages that come and go (paged.h): integers, multiplication, atomics, floating point, 16-bit instructions, code that changes, misaligned data. */
#include ENVIRONMENT
        begin 0
        number 2
        li a0, -7
        li a1, 3
        mul a2, a0, a1
        expect a2, -21
        number 3
        div a2, a0, a1
        expect a2, -2
        rem a2, a0, a1
        expect a2, -1
        number 4
        div a2, a0, zero
        expect a2, -1
        li a1, 1
        slli a1, a1, 63
        li a0, -1
        div a2, a1, a0
        bne a2, a1, fail
        rem a2, a1, a0
        bnez a2, fail

        /* A store-conditional without a reservation, and with one elsewhere. */
        number 5
        la a0, cell
        la a1, other_cell
        li a5, 0xdead
        sc.w a4, a5, (a0)
        beqz a4, fail
        lw a4, 0(a0)
        bnez a4, fail
        number 6
        lr.w a4, (a0)
        sc.w a4, a5, (a1)
        beqz a4, fail
        number 7
        li a2, 1024
1:      lr.w a4, (a0)
        add a4, a4, a2
        sc.w a5, a4, (a0)
        bnez a5, 1b
        addi a2, a2, -1
        bnez a2, 1b
        lw a4, 0(a0)
        expect a4, 1024 * 1025 / 2
        /* Once it has succeeded the reservation is gone. */
        number 8
        lr.w a4, (a0)
        sc.w a5, a4, (a0)
        bnez a5, fail
        sc.w a5, a4, (a0)
        beqz a5, fail
        number 9
        li a1, -1
        amoswap.d a2, a1, (a0)
        amomaxu.w a2, zero, (a0)
        expect a2, -1
        amoadd.d.aqrl a2, a1, (a0)
        expect a2, -1
        ld a2, (a0)
        expect a2, -2

        number 10
        la a0, numbers
        fld fa0, 0(a0)
        fld fa1, 8(a0)
        fadd.d fa2, fa0, fa1
        fld fa3, 16(a0)
        feq.d a1, fa2, fa3
        beqz a1, fail
        number 11
        csrwi fflags, 0
        fdiv.d fa2, fa0, fa3
        csrr a1, fflags
        expect a1, 1
        number 12
        csrwi fflags, 0
        fcvt.d.w fa4, zero
        fdiv.d fa2, fa0, fa4
        fclass.d a1, fa2
        expect a1, 1 << 7
        csrr a1, fflags
        expect a1, 8
        number 13
        /* A narrower number that is not boxed reads as the canonical NaN. */
        fmv.d.x fa0, zero
        fclass.s a1, fa0
        expect a1, 1 << 9
        number 14
        li a1, 0x4b800001
        fmv.w.x fa0, a1
        fcvt.l.s a1, fa0, rtz
        expect a1, 16777218
        number 15
        li a1, 5
        csrw frm, a1
        csrr a1, fcsr
        srli a1, a1, 5
        expect a1, 5
        csrw fcsr, zero

        .option push
        .option rvc
        number 16
        c.li a0, 10
        c.addi a0, 5
        c.mv a1, a0
        c.slli a1, 4
        c.add a1, a0
        c.j 1f
        c.ebreak
1:      .option pop
        expect a1, 255

        /* 32 bits across two lines, and across two pages. */
        .irp size, 64, 4096
        number 17
        .balign \size
        .rept \size / 2 - 1
        .option push
        .option rvc
        c.nop
        .option pop
        .endr
        .option push
        .option norvc
        li a0, 0x123
        .option pop
        expect a0, 0x123
        li a0, 0
        .endr

        number 18
        la a0, patched
        la a1, replacement
        lw a1, 0(a1)
        jal ra, patched
        expect a2, 1
        sw a1, 0(a0)
        fence.i
        jal ra, patched
        expect a2, 2

        number 19
        la a0, bytes
        li a1, 0x1122334455667788
        sd a1, 3(a0)
        ld a2, 3(a0)
        bne a1, a2, fail
        lw a2, 5(a0)
        expect a2, 0x33445566
        lhu a2, 9(a0)
        expect a2, 0x1122
        sd a1, 61(a0)
        ld a2, 61(a0)
        bne a1, a2, fail
        end_of_checks

        .text
        .option push
        .option norvc
        .balign 4
patched: li a2, 1
        ret
replacement: li a2, 2
        .option pop
        .data
        .balign 1024
cell:   .dword 0
        .skip 1016
other_cell: .dword 0
numbers: .double 0.1, 0.2, 0.30000000000000004
        .balign 64
bytes:  .zero 128
        host
