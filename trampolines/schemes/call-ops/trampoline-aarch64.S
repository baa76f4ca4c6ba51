// call-ops trampoline, AArch64. x30 = func+8, x9 = the traced call's return address.
//
// The saved registers (112 bytes) are those of Linux's ftrace_regs: x0-x8 0-64, direct call's target or 0 72, fp 80,
// lr 88, sp 96, pc 104; two frame records follow, so that a backtrace shows the traced function and its caller.

.include "offsets.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    // With a landing pad before the mov, x30 is func+12: clearing the low bits serves both.
    bic     x11, x30, #7
    ldr     x11, [x11, #-16]
    ldr     x17, [x11, #OPS_DIRECT_CALL]
    cbnz    x17, 1f
    sub     sp, sp, #144
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    str     x8, [sp, #64]
    str     xzr, [sp, #72]
    str     x29, [sp, #80]
    str     x9, [sp, #88]
    add     x10, sp, #144
    str     x10, [sp, #96]
    str     x30, [sp, #104]
    stp     x29, x9, [sp, #112]
    add     x29, sp, #112
    stp     x29, x30, [sp, #128]
    add     x29, sp, #128
    sub     x0, x30, #4
    mov     x1, x9
    mov     x2, x11
    mov     x3, sp
    ldr     x4, [x2, #OPS_FUNC]
    blr     x4
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldr     x8, [sp, #64]
    ldr     x17, [sp, #72]
    ldr     x29, [sp, #80]
    ldr     x30, [sp, #88]
    ldr     x9, [sp, #104]
    add     sp, sp, #144
    cbnz    x17, 2f
    ret     x9
    // A direct call wants what the site left: x9 = return address of the traced call, x30 = func+8.
2:  mov     x10, x9
    mov     x9, x30
    mov     x30, x10
1:  br      x17
.size ftrace_trampoline, . - ftrace_trampoline
