# func-stub trampoline. t0 = func+4, ra = the traced call's return address, t1 = spoilt by the stub.

.include "offsets.inc"
.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    call_tracer_of -20, 4
.size ftrace_trampoline, . - ftrace_trampoline
