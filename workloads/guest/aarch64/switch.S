// Switching threads: saves what a call must keep, goes on where the next thread did the same (schedule.rs).

.include "offsets.inc"

.section .text.switch, "ax", @progbits
.balign 8
.globl switch_to
.type switch_to, @function
switch_to:
    sub     sp, sp, #96
    stp     x29, x30, [sp]
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mov     x9, sp
    str     x9, [x0, #THREAD_SP]
    ldr     x9, [x1, #THREAD_SP]
    mov     sp, x9
    msr     sp_el0, x1
    ldp     x29, x30, [sp]
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    add     sp, sp, #96
    ret
.size switch_to, . - switch_to

// A thread's first instructions: x19 = its function, x20 = the argument (cpu.rs: first_context). It never returns.
.balign 8
.globl thread_entry
.type thread_entry, @function
thread_entry:
    mov     x0, x20
    mov     x29, xzr
    mov     x30, xzr
    br      x19
.size thread_entry, . - thread_entry
