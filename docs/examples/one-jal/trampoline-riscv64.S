# one-jal trampoline. t0 = func+4, ra = the traced call's return address.

.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    li      t1, 0
    save_arguments
    addi    a0, t0, -4
    mv      a1, ra
    li      a2, 0                       # the list function asks the list, not an ops
2:  auipc   ra, %pcrel_hi(one_jal_tracer)
    ld      ra, %pcrel_lo(2b)(ra)
    mv      a3, sp
    jalr    ra
    restore_arguments
    bnez    t1, 1f
    jr      t0
1:  jr      t1
.size ftrace_trampoline, . - ftrace_trampoline
