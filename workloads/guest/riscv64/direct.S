# Targets of direct calls. t0 = where the traced function goes on, ra = the traced call's return address. The near ones lie
# beside the trampoline, the far ones more than 2 KiB from it, out of reach of the offset in a jalr.

.include "offsets.inc"

# Counts, then goes on in the traced function.
.macro probe name
    .balign 8
    .globl \name
    .type \name, @function
\name:
    la      t1, direct_hits
    ld      t2, 0(t1)
    addi    t2, t2, 1
    sd      t2, 0(t1)
    jr      t0
    .size \name, . - \name
.endm

# Hands all that it is given to direct_check (ftrace/direct.rs), then goes on in the traced function.
.macro check name, kind
    .balign 8
    .globl \name
    .type \name, @function
\name:
    addi    sp, sp, -80
    .irp n, 0,1,2,3,4,5,6,7
    sd      a\n, 8*\n(sp)
    .endr
    sd      t0, 64(sp)
    sd      ra, 72(sp)
    mv      a0, t0
    mv      a1, ra
    li      a2, \kind
    mv      a3, sp
    call    direct_check
    .irp n, 0,1,2,3,4,5,6,7
    ld      a\n, 8*\n(sp)
    .endr
    ld      t0, 64(sp)
    ld      ra, 72(sp)
    addi    sp, sp, 80
    jr      t0
    .size \name, . - \name
.endm

.section .text.trampoline.near, "ax", @progbits
probe direct_near_probe
check direct_near_a, KIND_A
check direct_near_b, KIND_B
check direct_near_freed, KIND_DEAD

.section .far, "ax", @progbits
probe direct_far_probe
check direct_far_a, KIND_A
check direct_far_b, KIND_B
check direct_far_freed, KIND_DEAD
