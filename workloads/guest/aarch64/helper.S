// A function without site that spoils all that the calling convention lets it spoil, except the return address.

.section .text.helper, "ax", @progbits
.balign 8
.globl untraced_helper
untraced_helper:
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
    mov     x\n, #0x0b000000+0x10000*\n
    .endr
    ret
