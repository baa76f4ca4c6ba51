// Where the scheme's trampoline for tracers of all registers lies; 0 where it has none.

.weak ftrace_regs_trampoline
.section .rodata.regs, "a", @progbits
.balign 8
.globl regs_trampoline
regs_trampoline:
    .quad   ftrace_regs_trampoline
