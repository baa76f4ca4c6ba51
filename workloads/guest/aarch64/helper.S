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
