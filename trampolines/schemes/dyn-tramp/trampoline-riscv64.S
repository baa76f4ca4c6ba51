# dyn-tramp's template, RV64: position-independent, its ops and func at its end. t0 = func+4, ra = the traced call's return
# address.

.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.globl ftrace_trampoline_ops
.globl ftrace_trampoline_func
.globl ftrace_trampoline_end
.type ftrace_trampoline, @function
ftrace_trampoline:
    save_arguments
    addi    a0, t0, -4
    mv      a1, ra
2:  auipc   a2, %pcrel_hi(ftrace_trampoline_ops)
    ld      a2, %pcrel_lo(2b)(a2)
    mv      a3, sp
3:  auipc   ra, %pcrel_hi(ftrace_trampoline_func)
    ld      ra, %pcrel_lo(3b)(ra)
    jalr    ra
    restore_arguments
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
