// call-ops trampoline, AArch64. x30 = func+8, x9 = the traced call's return address.

.include "offsets.inc"
.include "aarch64/trampoline.inc"

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
    save_arguments
    sub     x0, x30, #4
    mov     x1, x9
    mov     x2, x11
    mov     x3, sp
    ldr     x4, [x2, #OPS_FUNC]
    blr     x4
    ldr     x17, [sp, #72]
    restore_arguments
    cbnz    x17, 2f
    ret     x9
    // A direct call wants what the site left: x9 = return address of the traced call, x30 = func+8.
2:  mov     x10, x9
    mov     x9, x30
    mov     x30, x10
1:  br      x17
.size ftrace_trampoline, . - ftrace_trampoline
