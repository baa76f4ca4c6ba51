/* S mode on a firmware: HSM suspends the hart until an interrupt, with its registers kept and without. */
        .macro sbi extension, function
        li a7, \extension
        li a6, \function
        ecall
        .endm
        .macro end code
        li t0, 0x100000
        li t1, \code << 16 | 0x3333
        sw t1, 0(t0)
9:      j 9b
        .endm
        .globl _start
        .option norvc
_start: mv s0, a0
        csrci sstatus, 2
        li t0, 1 << 5
        csrs sie, t0
        rdtime s1
        li t0, 200000
        add s1, s1, t0
        mv a0, s1
        sbi 0x54494d45, 0
        li a0, 0
        li s2, 1234
        sbi 0x48534d, 3
        bnez a0, bad1
        rdtime t0
        bltu t0, s1, bad2
        li t0, 1234
        bne s2, t0, bad3
        csrr t0, sip
        andi t0, t0, 1 << 5
        beqz t0, bad4
        /* Without retention. */
        rdtime s1
        li t0, 200000
        add s1, s1, t0
        la t0, until
        sd s1, 0(t0)
        la t0, identity
        sd s0, 0(t0)
        mv a0, s1
        sbi 0x54494d45, 0
        li a0, 0x80000000
        slli a0, a0, 32
        srli a0, a0, 32
        la a1, resumed
        li a2, 4321
        sbi 0x48534d, 3
        j bad5
        .balign 4
resumed:
        la t0, identity
        ld t0, 0(t0)
        bne a0, t0, bad6
        li t0, 4321
        bne a1, t0, bad7
        la t0, until
        ld t0, 0(t0)
        rdtime t1
        bltu t1, t0, bad8
        csrr t0, satp
        bnez t0, bad9
        csrr t0, sstatus
        andi t0, t0, 2
        bnez t0, bad10
        /* A kind that nobody has. */
        li a0, 1
        sbi 0x48534d, 3
        li t0, -3
        bne a0, t0, bad11
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
1:      j 1b
        .irp n, 1,2,3,4,5,6,7,8,9,10,11
bad\n:  end \n
        .endr
        .data
        .balign 8
until:  .dword 0
identity: .dword 0
