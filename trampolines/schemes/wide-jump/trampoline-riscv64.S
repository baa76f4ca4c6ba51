# wide-jump trampoline. t0 = func+8, ra = the traced call's return address.

.include "offsets.inc"
.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    call_tracer_only -16, 4
.size ftrace_trampoline, . - ftrace_trampoline
