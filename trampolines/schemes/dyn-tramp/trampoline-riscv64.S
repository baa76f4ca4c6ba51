# dyn-tramp's template, RV64: position-independent, its ops and func at its end. t0 = func+4, ra = the traced call's return
# address.
#
# The saved registers (112 bytes) are those of Linux 7.2's ftrace_regs: epc 0, ra 8, sp 16, s0 24, t1 32, 40 unused, a0-a7
# 48-104; 13 stores, 12 loads. ra and t0 stay a matching pair for the return-address stack.

.include "offsets.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.globl ftrace_trampoline_ops
.globl ftrace_trampoline_func
.globl ftrace_trampoline_end
.type ftrace_trampoline, @function
ftrace_trampoline:
    addi    sp, sp, -112
    sd      t0, 0(sp)
    sd      ra, 8(sp)
    sd      s0, 24(sp)
    sd      t1, 32(sp)
    addi    t1, sp, 112
    sd      t1, 16(sp)
    .irp n, 0,1,2,3,4,5,6,7
    sd      a\n, 48+8*\n(sp)
    .endr
    addi    a0, t0, -4
    mv      a1, ra
2:  auipc   a2, %pcrel_hi(ftrace_trampoline_ops)
    ld      a2, %pcrel_lo(2b)(a2)
    mv      a3, sp
3:  auipc   ra, %pcrel_hi(ftrace_trampoline_func)
    ld      ra, %pcrel_lo(3b)(ra)
    jalr    ra
    ld      t0, 0(sp)
    ld      ra, 8(sp)
    ld      s0, 24(sp)
    ld      t1, 32(sp)
    .irp n, 0,1,2,3,4,5,6,7
    ld      a\n, 48+8*\n(sp)
    .endr
    addi    sp, sp, 112
    jr      t0
    .balign 8
ftrace_trampoline_ops:
    .quad   0
ftrace_trampoline_func:
    .quad   0
ftrace_trampoline_end:
.size ftrace_trampoline, . - ftrace_trampoline

# Room for 16 copies of 192 bytes (scheme.rs).
.balign 64
.globl dyn_tramps
.globl dyn_tramps_end
.type dyn_tramps, @object
dyn_tramps:
    .option push
    .option norvc
    .rept 16*192/4
    ebreak
    .endr
    .option pop
dyn_tramps_end:
.size dyn_tramps, . - dyn_tramps
