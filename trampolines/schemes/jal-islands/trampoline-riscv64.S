# jal-islands trampoline. t0 = func+4, ra = the traced call's return address, t1 = spoilt by the island.

.include "offsets.inc"
.include "riscv64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    call_tracer_of -12, 4
.size ftrace_trampoline, . - ftrace_trampoline

# Two islands, so that the patcher has a choice: one before all other text and one behind it. The auipc takes them to any
# trampoline within 2 GiB.
.macro island name
    .balign 4
    .globl \name
    .type \name, @function
\name:
    tail    ftrace_trampoline
    .size \name, . - \name
.endm

.section .text.boot, "ax", @progbits
island island_before
.section .last, "ax", @progbits
island island_behind
