# Switching threads: saves what a call must keep, goes on where the next thread did the same (schedule.rs).

.include "offsets.inc"

.section .text.switch, "ax", @progbits
.balign 8
.globl switch_to
.type switch_to, @function
switch_to:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    sd      s\n, 8+8*\n(sp)
    .endr
    sd      sp, THREAD_SP(a0)
    ld      sp, THREAD_SP(a1)
    mv      tp, a1
    ld      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    ld      s\n, 8+8*\n(sp)
    .endr
    addi    sp, sp, 112
    ret
.size switch_to, . - switch_to

# A thread's first instructions: s0 = its function, s1 = the argument (cpu.rs: first_context). It never returns.
.balign 8
.globl thread_entry
.type thread_entry, @function
thread_entry:
    mv      a0, s1
    mv      t0, s0
    li      s0, 0
    li      ra, 0
    jr      t0
.size thread_entry, . - thread_entry
