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

// Saves all registers: x0-x29 0-232, x30 as the traced function will see it 240, sp 248, pc 256; a frame record follows. A
// tracer may change any of them but sp.
.balign 64
.globl ftrace_regs_trampoline
.type ftrace_regs_trampoline, @function
ftrace_regs_trampoline:
    sub     sp, sp, #288
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    str     x9, [sp, #240]
    add     x10, sp, #288
    str     x10, [sp, #248]
    str     x30, [sp, #256]
    stp     x29, x9, [sp, #272]
    add     x29, sp, #272
    bic     x2, x30, #7
    ldr     x2, [x2, #-16]
    // The literal may have changed since the site or the other trampoline led here: an ops that asked for less goes there.
    ldr     x10, [x2, #OPS_DIRECT_CALL]
    adr     x11, ftrace_regs_trampoline
    cmp     x10, x11
    b.ne    3f
    sub     x0, x30, #4
    mov     x1, x9
    mov     x3, sp
    ldr     x4, [x2, #OPS_FUNC]
    blr     x4
    ldp     x0, x1, [sp, #0]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x8, [sp, #64]
    ldr     x30, [sp, #240]
    ldr     x9, [sp, #256]
    add     sp, sp, #288
    ret     x9
3:  ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x10, x11, [sp, #80]
    ldr     x29, [sp, #232]
    add     sp, sp, #288
    b       ftrace_trampoline
.size ftrace_regs_trampoline, . - ftrace_regs_trampoline
