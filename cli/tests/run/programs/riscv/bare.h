/* A self-checking program on physical memory: it comes out of reset as programs for conformance do, touching registers that a
   hart may not have and skipping the trap, goes to the mode that START names, and ends through tohost with 0 or with the number
   of the check that failed. Handlers of its own are optional: machine_handler, supervisor_handler. */

#define TESTNUM gp

#define MSTATUS_SIE 0x2
#define MSTATUS_MIE 0x8
#define MSTATUS_SPIE 0x20
#define MSTATUS_SPP 0x100
#define MSTATUS_MPP 0x1800
#define MSTATUS_MPP_S 0x800
#define MSTATUS_FS_INITIAL 0x2000
#define MSTATUS_FS 0x6000
#define MSTATUS_MPRV 0x20000
#define MSTATUS_SUM 0x40000
#define MSTATUS_TVM 0x100000
#define MSTATUS_TW 0x200000
#define MSTATUS_TSR 0x400000
#define MIP_SSIP 2

#define FETCH_MISALIGNED 0
#define FETCH_ACCESS 1
#define ILLEGAL 2
#define BREAKPOINT 3
#define LOAD_MISALIGNED 4
#define LOAD_ACCESS 5
#define STORE_MISALIGNED 6
#define STORE_ACCESS 7
#define USER_ECALL 8
#define SUPERVISOR_ECALL 9
#define MACHINE_ECALL 11
#define FETCH_PAGE 12
#define LOAD_PAGE 13
#define STORE_PAGE 15

        .macro begin mode
        .option push
        .option norvc
        .section .text.init, "ax", @progbits
        .balign 64
        .weak machine_handler
        .weak supervisor_handler
        .globl _start
_start:
        j reset
        .balign 4
trap:
        csrr t5, mcause
        addi t6, t5, -USER_ECALL
        beqz t6, finish
        addi t6, t5, -SUPERVISOR_ECALL
        beqz t6, finish
        addi t6, t5, -MACHINE_ECALL
        beqz t6, finish
        lla t5, handlers
        ld t5, 0(t5)
        beqz t5, 1f
        jr t5
1:      ori TESTNUM, TESTNUM, 0x539
finish:
        la t5, tohost
        sw TESTNUM, 0(t5)
        sw zero, 4(t5)
        j finish
        .balign 8
handlers:
        .dword machine_handler, supervisor_handler
reset:
        .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
        li x\n, 0
        .endr
        csrr a0, mhartid
1:      bnez a0, 1b
        /* Smrnmi, not there */
        la t0, 1f
        csrw mtvec, t0
        csrwi 0x744, 8
        .balign 4
1:      la t0, 1f
        csrw mtvec, t0
        csrwi satp, 0
        .balign 4
1:      la t0, 1f
        csrw mtvec, t0
        li t0, (1 << 53) - 1
        csrw pmpaddr0, t0
        li t0, 0x1f
        csrw pmpcfg0, t0
        .balign 4
1:      csrwi mie, 0
        la t0, 1f
        csrw mtvec, t0
        csrwi medeleg, 0
        csrwi mideleg, 0
        .balign 4
1:      li TESTNUM, 0
        la t0, trap
        csrw mtvec, t0
        li a0, 1
        slli a0, a0, 31
        bltz a0, not_rv64
        lla t0, handlers
        ld t0, 8(t0)
        beqz t0, 1f
        csrw stvec, t0
        li t0, 1 << LOAD_PAGE | 1 << STORE_PAGE | 1 << FETCH_PAGE | 1 << FETCH_MISALIGNED | 1 << USER_ECALL | 1 << BREAKPOINT
        csrw medeleg, t0
1:      csrwi mstatus, 0
        li t0, \mode << 11
        csrs mstatus, t0
        li t0, MIP_SSIP | 1 << 5
        .if \mode == 1
        csrs mideleg, t0
        .endif
        li t0, MSTATUS_FS_INITIAL
        csrs mstatus, t0
        csrwi fcsr, 0
        la t0, 1f
        csrw mepc, t0
        csrr a0, mhartid
        mret
not_rv64:
        li TESTNUM, 0x7ff
        j finish
        .option pop
1:
        .endm

        .macro pass
        fence
        li TESTNUM, 1
        li a7, 93
        li a0, 0
        ecall
        .endm

        /* Where checks go that do not hold. */
        .macro end_of_checks
        pass
        .globl fail
fail:   fence
1:      beqz TESTNUM, 1b
        slli TESTNUM, TESTNUM, 1
        ori TESTNUM, TESTNUM, 1
        li a7, 93
        addi a0, TESTNUM, 0
        ecall
        .endm

        .macro number n
        li TESTNUM, \n
        .endm

        /* Fails unless the register holds the value. */
        .macro expect register, value
        li t6, \value
        bne \register, t6, fail
        .endm

        .macro host
        .pushsection .tohost, "aw", @progbits
        .balign 64
        .globl tohost
tohost: .dword 0
        .size tohost, 8
        .balign 64
        .globl fromhost
fromhost: .dword 0
        .size fromhost, 8
        .popsection
        .endm
