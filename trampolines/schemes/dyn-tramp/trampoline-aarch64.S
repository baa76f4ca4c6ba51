// dyn-tramp's template, AArch64: position-independent, its ops and func at its end. x30 = func+8, x9 = the traced call's return
// address.

.include "offsets.inc"
.include "aarch64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.globl ftrace_trampoline_ops
.globl ftrace_trampoline_func
.globl ftrace_trampoline_end
.type ftrace_trampoline, @function
ftrace_trampoline:
    save_arguments
    ldr     x2, ftrace_trampoline_ops
    sub     x0, x30, #4
    mov     x1, x9
    mov     x3, sp
    ldr     x4, ftrace_trampoline_func
    blr     x4
    restore_arguments
    ret     x9
    .balign 8
ftrace_trampoline_ops:
    .quad   0
ftrace_trampoline_func:
    .quad   0
ftrace_trampoline_end:
.size ftrace_trampoline, . - ftrace_trampoline

// Room for 16 copies of 192 bytes (scheme.rs).
.balign 64
.globl dyn_tramps
.globl dyn_tramps_end
.type dyn_tramps, @object
dyn_tramps:
    .rept 16*192/4
    brk     #0
    .endr
dyn_tramps_end:
.size dyn_tramps, . - dyn_tramps
