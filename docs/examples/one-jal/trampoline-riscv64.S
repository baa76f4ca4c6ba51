# one-jal trampoline. t0 = func+4, ra = the traced call's return address.
#
# The saved registers (112 bytes) are those of Linux 7.2's ftrace_regs: epc 0, ra 8, sp 16, s0 24, t1 32 (later: where a
# tracer asks a direct call to go, or 0), 40 unused, a0-a7 48-104; 13 stores, 12 loads. ra and t0 stay a matching pair
# for the return-address stack.

.include "offsets.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    li      t1, 0
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
    addi    a0, t0, -4
    mv      a1, ra
    li      a2, 0                       # the list function asks the list, not an ops
2:  auipc   ra, %pcrel_hi(one_jal_tracer)
    ld      ra, %pcrel_lo(2b)(ra)
    mv      a3, sp
    jalr    ra
    ld      t0, 0(sp)
    ld      ra, 8(sp)
    ld      s0, 24(sp)
    ld      t1, 32(sp)
    .irp n, 0,1,2,3,4,5,6,7
    ld      a\n, 48+8*\n(sp)
    .endr
    addi    sp, sp, 112
    bnez    t1, 1f
    jr      t0
1:  jr      t1
.size ftrace_trampoline, . - ftrace_trampoline
