# global-op trampoline, RV64. t0 = func+8, ra = the traced call's return address.
#
# The saved registers (112 bytes) are those of Linux 7.2's ftrace_regs: epc 0, ra 8, sp 16, s0 24, t1 32, 40 unused, a0-a7
# 48-104; 13 stores, 12 loads. ra and t0 stay a matching pair for the return-address stack.

.include "offsets.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    addi    sp, sp, -112
    sd      t0, 0(sp)
    sd      ra, 8(sp)
    sd      s0, 24(sp)
    sd      t1, 32(sp)
    addi    t1, sp, 112
    sd      t1, 16(sp)
    .irp n, 0,1,2,3,4,5,6,7
    sd      a\n, 48+8*\n(sp)
    .endr
    # First the ops, then func: whoever changes them waits between the two stores (scheme.rs).
2:  auipc   a2, %pcrel_hi(function_trace_op)
    ld      a2, %pcrel_lo(2b)(a2)
    addi    a0, t0, -4
    mv      a1, ra
    mv      a3, sp
3:  auipc   ra, %pcrel_hi(function_trace_func)
    ld      ra, %pcrel_lo(3b)(ra)
    jalr    ra
    ld      t0, 0(sp)
    ld      ra, 8(sp)
    ld      s0, 24(sp)
    ld      t1, 32(sp)
    .irp n, 0,1,2,3,4,5,6,7
    ld      a\n, 48+8*\n(sp)
    .endr
    addi    sp, sp, 112
    jr      t0
.size ftrace_trampoline, . - ftrace_trampoline
