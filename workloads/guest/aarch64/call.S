// A call that is checked: the function and its arguments stand in the thread's record; x0 = result, x1 = what was wrong.
//
// Temporaries hold addresses where nothing is mapped, so that a broken site that jumps through one of them faults and is
// seen. A fault comes back at `recovered` (trap.rs). x18 belongs to the platform and stays.

.include "offsets.inc"
.equ KEPT, 0x5a0

.section .text.call, "ax", @progbits
.balign 8
.globl checked_call
.type checked_call, @function
checked_call:
    sub     sp, sp, #96
    stp     x29, x30, [sp]
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    mrs     x10, sp_el0
    mov     x9, sp
    str     x9, [x10, #THREAD_RECOVER_SP]
    adr     x9, recovered
    str     x9, [x10, #THREAD_RECOVER_PC]
    .irp n, 19,20,21,22,23,24,25,26,27,29
    mov     x\n, #KEPT+\n
    .endr
    ldr     x28, [x10, #THREAD_FUNCTION]
    .irp n, 0,1,2,3,4,5,6,7
    ldr     x\n, [x10, #THREAD_ARGUMENTS+8*\n]
    .endr
    .irp n, 9,10,11,12,13,14,15,16,17
    mov     x\n, #0x0b000000+0x10000*\n
    .endr
    blr     x28
.globl checked_call_return
checked_call_return:
    mrs     x10, sp_el0
    str     xzr, [x10, #THREAD_RECOVER_PC]
    ldr     x12, [x10, #THREAD_RECOVER_SP]
    mov     x1, #0
    mov     x11, sp
    cmp     x11, x12
    b.ne    1f
    .irp n, 19,20,21,22,23,24,25,26,27,29
    cmp     x\n, #KEPT+\n
    b.ne    1f
    .endr
    ldr     x11, [x10, #THREAD_FUNCTION]
    cmp     x28, x11
    b.eq    2f
1:  mov     x1, #1
    mov     sp, x12
    b       2f
recovered:
    mov     x0, #0
    mov     x1, #2
2:  ldp     x29, x30, [sp]
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    add     sp, sp, #96
    ret
.size checked_call, . - checked_call
