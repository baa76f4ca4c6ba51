# global-op trampoline, RV64. t0 = func+8, ra = the traced call's return address.

.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    save_arguments
    # First the ops, then func: whoever changes them waits between the two stores (scheme.rs).
2:  auipc   a2, %pcrel_hi(function_trace_op)
    ld      a2, %pcrel_lo(2b)(a2)
    addi    a0, t0, -4
    mv      a1, ra
    mv      a3, sp
3:  auipc   ra, %pcrel_hi(function_trace_func)
    ld      ra, %pcrel_lo(3b)(ra)
    jalr    ra
    restore_arguments
    jr      t0
.size ftrace_trampoline, . - ftrace_trampoline
