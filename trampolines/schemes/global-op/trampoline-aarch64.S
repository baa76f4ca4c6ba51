// global-op trampoline, AArch64. x30 = func+8, x9 = the traced call's return address.

.include "offsets.inc"
.include "aarch64/trampoline.inc"

.section .text.trampoline, "ax", @progbits
.balign 64
.globl ftrace_trampoline
.type ftrace_trampoline, @function
ftrace_trampoline:
    save_arguments
    // First the ops, then func: whoever changes them waits between the two stores (scheme.rs).
    adrp    x2, function_trace_op
    ldr     x2, [x2, :lo12:function_trace_op]
    sub     x0, x30, #4
    mov     x1, x9
    mov     x3, sp
    adrp    x4, function_trace_func
    ldr     x4, [x4, :lo12:function_trace_func]
    blr     x4
    restore_arguments
    ret     x9
.size ftrace_trampoline, . - ftrace_trampoline
