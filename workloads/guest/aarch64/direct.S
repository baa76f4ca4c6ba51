// Targets of direct calls. x30 = func+8, x9 = the traced call's return address. The near ones lie with the other code, the
// far ones more than 128 MiB away, out of reach of bl.

.include "offsets.inc"

// Counts, then goes on in the traced function.
.macro probe name
    .balign 8
    .globl \name
    .type \name, @function
\name:
    adrp    x10, direct_hits
    add     x10, x10, :lo12:direct_hits
    ldr     x11, [x10]
    add     x11, x11, #1
    str     x11, [x10]
    mov     x10, x30
    mov     x30, x9
    ret     x10
    .size \name, . - \name
.endm

// Hands all that it is given to direct_check (ftrace/direct.rs), then goes on in the traced function.
.macro check name, kind
    .balign 8
    .globl \name
    .type \name, @function
\name:
    sub     sp, sp, #96
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x9, x30, [sp, #64]
    str     x8, [sp, #80]
    mov     x0, x30
    mov     x1, x9
    mov     x2, #\kind
    mov     x3, sp
    adrp    x16, direct_check
    add     x16, x16, :lo12:direct_check
    blr     x16
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x30, x10, [sp, #64]
    ldr     x8, [sp, #80]
    add     sp, sp, #96
    ret     x10
    .size \name, . - \name
.endm

.section .text.direct, "ax", @progbits
probe direct_near_probe
check direct_near_a, KIND_A
check direct_near_b, KIND_B
check direct_near_freed, KIND_DEAD

.section .far, "ax", @progbits
probe direct_far_probe
check direct_far_a, KIND_A
check direct_far_b, KIND_B
check direct_far_freed, KIND_DEAD
