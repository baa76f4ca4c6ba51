# A call that is checked: the function and its arguments stand in the thread's record; a0 = result, a1 = what was wrong.
#
# Temporaries hold addresses where nothing is mapped, so that a torn site that jumps through one of them faults and is seen.
# A fault comes back at `recovered` (trap.rs).

.include "offsets.inc"
.equ POISON, 0x40000
.equ KEPT, 0x5a0

.section .text.call, "ax", @progbits
.balign 8
.globl checked_call
.type checked_call, @function
checked_call:
    addi    sp, sp, -112
    sd      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    sd      s\n, 8+8*\n(sp)
    .endr
    sd      sp, THREAD_RECOVER_SP(tp)
    la      t0, recovered
    sd      t0, THREAD_RECOVER_PC(tp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10
    li      s\n, KEPT+\n
    .endr
    ld      s11, THREAD_FUNCTION(tp)
    .irp n, 0,1,2,3,4,5,6,7
    ld      a\n, THREAD_ARGUMENTS+8*\n(tp)
    .endr
    .irp n, 0,1,2,3,4,5,6
    li      t\n, POISON+0x1000*\n
    .endr
    jalr    s11
.globl checked_call_return
checked_call_return:
    sd      zero, THREAD_RECOVER_PC(tp)
    li      a1, 0
    ld      t1, THREAD_RECOVER_SP(tp)
    bne     sp, t1, 1f
    .irp n, 0,1,2,3,4,5,6,7,8,9,10
    li      t0, KEPT+\n
    bne     s\n, t0, 1f
    .endr
    ld      t0, THREAD_FUNCTION(tp)
    beq     s11, t0, 2f
1:  li      a1, 1
    mv      sp, t1
    j       2f
recovered:
    li      a0, 0
    li      a1, 2
2:  ld      ra, 0(sp)
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11
    ld      s\n, 8+8*\n(sp)
    .endr
    addi    sp, sp, 112
    ret
.size checked_call, . - checked_call
