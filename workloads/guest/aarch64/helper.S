// A function without site that may sleep (schedule.rs: might_resched), and spoils all that the calling convention lets it
// spoil.

.section .text.helper, "ax", @progbits
.balign 8
.globl untraced_helper
.type untraced_helper, @function
untraced_helper:
    stp     x29, x30, [sp, #-16]!
    bl      might_resched
    ldp     x29, x30, [sp], #16
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
    mov     x\n, #0x0b000000+0x10000*\n
    .endr
    ret
.size untraced_helper, . - untraced_helper

// A direct call's target: counts, then goes on in the traced function. x30 = func+8, x9 = its return address.
.balign 8
.globl direct_probe
.type direct_probe, @function
direct_probe:
    adrp    x10, direct_hits
    add     x10, x10, :lo12:direct_hits
    ldr     x11, [x10]
    add     x11, x11, #1
    str     x11, [x10]
    mov     x10, x30
    mov     x30, x9
    ret     x10
.size direct_probe, . - direct_probe
