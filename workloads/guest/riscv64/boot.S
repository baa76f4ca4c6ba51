# First instructions of every hart.
#
# OpenSBI enters one hart, any of them, in S mode: a0 = hart id, a1 = device tree. It starts the others on request, with
# a0 = hart id and a1 = what the request carried, here the record of the thread that it boots with. No address is translated, interrupts are off.

.include "offsets.inc"

.section .text.boot, "ax", @progbits
.globl _start
_start:
    la      a1, threads
    la      t0, harts
    sd      t0, THREAD_HART(a1)
.globl secondary_start
secondary_start:
    csrw    sie, zero
    mv      tp, a1
    ld      t0, THREAD_ID(tp)
    addi    t0, t0, 1
    slli    t0, t0, STACK_SHIFT
    la      sp, stacks
    add     sp, sp, t0
    la      t0, trap_entry
    csrw    stvec, t0
    # Sites may have been written since this hart last fetched anything.
    fence.i
    li      s0, 0
    call    hart_start
1:  wfi
    j       1b
