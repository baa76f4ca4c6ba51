# A function without site that spoils all that the calling convention lets it spoil, except the return address.

.section .text.helper, "ax", @progbits
.balign 8
.globl untraced_helper
untraced_helper:
    .irp n, 0,1,2,3,4,5,6
    li      t\n, 0x50000+0x1000*\n
    .endr
    .irp n, 0,1,2,3,4,5,6,7
    li      a\n, 0x60000+0x1000*\n
    .endr
    ret
