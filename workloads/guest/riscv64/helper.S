# A function without site that may sleep (schedule.rs: might_resched), and spoils all that the calling convention lets it
# spoil.

.section .text.helper, "ax", @progbits
.balign 8
.globl untraced_helper
.type untraced_helper, @function
untraced_helper:
    addi    sp, sp, -16
    sd      ra, 0(sp)
    call    might_resched
    ld      ra, 0(sp)
    addi    sp, sp, 16
    .irp n, 0,1,2,3,4,5,6
    li      t\n, 0x50000+0x1000*\n
    .endr
    .irp n, 0,1,2,3,4,5,6,7
    li      a\n, 0x60000+0x1000*\n
    .endr
    ret
.size untraced_helper, . - untraced_helper
