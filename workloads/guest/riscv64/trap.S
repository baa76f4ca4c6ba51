# Trap entry: saves everything, so that handlers may change any register of the interrupted code (trap.rs: Frame).

.include "offsets.inc"

.section .text.trap, "ax", @progbits
.balign 4
.globl trap_entry
.type trap_entry, @function
trap_entry:
    addi    sp, sp, -288
    sd      x1, 8(sp)
    sd      x3, 24(sp)
    sd      x4, 32(sp)
    .irp n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    sd      x\n, 8*\n(sp)
    .endr
    addi    t0, sp, 288
    sd      t0, 16(sp)
    csrr    t1, sepc
    csrr    t2, sstatus
    sd      t1, 256(sp)
    sd      t2, 264(sp)
    csrr    a1, scause
    csrr    a2, stval
    mv      a0, sp
    call    trap
    ld      t1, 256(sp)
    ld      t2, 264(sp)
    csrw    sepc, t1
    csrw    sstatus, t2
    .irp n, 1,3,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    ld      x\n, 8*\n(sp)
    .endr
    ld      sp, 16(sp)
    sret
.size trap_entry, . - trap_entry
