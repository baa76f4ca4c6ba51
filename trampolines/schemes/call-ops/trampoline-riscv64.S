# call-ops trampoline, RV64. t0 = func+8, ra = the traced call's return address.

.include "offsets.inc"
.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    call_tracer_of -16, 4
.size ftrace_trampoline, . - ftrace_trampoline

# Saves all registers, in the order of Linux's pt_regs: epc 0, ra 8, sp 16, gp 24, tp 32, t0 40, t1 48, t2 56, s0 64, s1 72,
# a0-a7 80-136, s2-s11 144-216, t3-t6 224-248. A tracer may change any of them but sp, gp and tp; t0 holds where to go on.
.balign 64
.globl ftrace_regs_trampoline
.type ftrace_regs_trampoline, @function
ftrace_regs_trampoline:
    addi    sp, sp, -256
    sd      t0, 0(sp)
    sd      ra, 8(sp)
    sd      gp, 24(sp)
    sd      tp, 32(sp)
    sd      t0, 40(sp)
    sd      t1, 48(sp)
    sd      t2, 56(sp)
    sd      s0, 64(sp)
    sd      s1, 72(sp)
    sd      a0, 80(sp)
    sd      a1, 88(sp)
    sd      a2, 96(sp)
    sd      a3, 104(sp)
    sd      a4, 112(sp)
    sd      a5, 120(sp)
    sd      a6, 128(sp)
    sd      a7, 136(sp)
    sd      s2, 144(sp)
    sd      s3, 152(sp)
    sd      s4, 160(sp)
    sd      s5, 168(sp)
    sd      s6, 176(sp)
    sd      s7, 184(sp)
    sd      s8, 192(sp)
    sd      s9, 200(sp)
    sd      s10, 208(sp)
    sd      s11, 216(sp)
    sd      t3, 224(sp)
    sd      t4, 232(sp)
    sd      t5, 240(sp)
    sd      t6, 248(sp)
    addi    t1, sp, 256
    sd      t1, 16(sp)
    ld      a2, -16(t0)
    # The literal may have changed since the other trampoline led here: an ops that asked for less goes back there.
    ld      t1, OPS_DIRECT_CALL(a2)
    lla     t2, ftrace_regs_trampoline
    bne     t1, t2, 3f
    addi    a0, t0, -4
    mv      a1, ra
    ld      ra, OPS_FUNC(a2)
    mv      a3, sp
    jalr    ra
    ld      ra, 8(sp)
    ld      t1, 48(sp)
    ld      t2, 56(sp)
    ld      s0, 64(sp)
    ld      s1, 72(sp)
    ld      a0, 80(sp)
    ld      a1, 88(sp)
    ld      a2, 96(sp)
    ld      a3, 104(sp)
    ld      a4, 112(sp)
    ld      a5, 120(sp)
    ld      a6, 128(sp)
    ld      a7, 136(sp)
    ld      s2, 144(sp)
    ld      s3, 152(sp)
    ld      s4, 160(sp)
    ld      s5, 168(sp)
    ld      s6, 176(sp)
    ld      s7, 184(sp)
    ld      s8, 192(sp)
    ld      s9, 200(sp)
    ld      s10, 208(sp)
    ld      s11, 216(sp)
    ld      t3, 224(sp)
    ld      t4, 232(sp)
    ld      t5, 240(sp)
    ld      t6, 248(sp)
    ld      t0, 0(sp)
    addi    sp, sp, 256
    jr      t0
3:  ld      a2, 96(sp)
    ld      t2, 56(sp)
    addi    sp, sp, 256
    j       ftrace_trampoline
.size ftrace_regs_trampoline, . - ftrace_regs_trampoline
