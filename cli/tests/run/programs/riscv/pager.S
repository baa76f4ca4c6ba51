/* Boot, traps and return for pager.c: M mode on physical addresses first, then S mode at the top of the address space. */
        .option norvc
        .section .text.init, "ax", @progbits
        .globl _start
_start:
        j reset
        .balign 4
lost:   la t0, tohost
        li t1, 0x7fd
        sw t1, 0(t0)
        sw zero, 4(t0)
        j lost
reset:  .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li x\n, 0
        .endr
        la t0, lost
        csrw mtvec, t0
        csrr a0, mhartid
        la sp, stacks
        addi t0, a0, 1
        slli t0, t0, 12
        add sp, sp, t0
        bnez a0, disturb
        la a1, user_start
        j boot

        /* void leave(const uint64_t *frame): registers x1-x31 and the pc at 0. */
        .globl leave
leave:  ld t0, 0(a0)
        csrw sepc, t0
        .irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        ld x\n, 8 * \n(a0)
        .endr
        ld a0, 80(a0)
        sret

        .balign 4
        .globl trapped
trapped:
        csrrw sp, sscratch, sp
        addi sp, sp, -256
        .irp n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        sd x\n, 8 * \n(sp)
        .endr
        addi t0, sp, 256
        csrrw t0, sscratch, t0
        sd t0, 16(sp)
        csrr t0, sepc
        sd t0, 0(sp)
        mv a0, sp
        csrr a1, scause
        csrr a2, stval
        call fault
        mv a0, sp
        j leave

        .section .tohost, "aw", @progbits
        .balign 64
        .globl tohost, fromhost
tohost: .dword 0
        .size tohost, 8
        .balign 64
fromhost: .dword 0
        .size fromhost, 8
        .bss
        .balign 4096
stacks: .zero 4 * 4096
