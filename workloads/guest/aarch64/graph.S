// Where a call returns to whose end is traced (ftrace/graph.rs): keeps the result registers x0-x7 and asks where to go on.

.section .text.graph, "ax", @progbits
.balign 8
.globl graph_return_trampoline
.type graph_return_trampoline, @function
graph_return_trampoline:
    sub     sp, sp, #80
    stp     x0, x1, [sp]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    str     x29, [sp, #64]
    mov     x0, sp
    bl      graph_return
    mov     x30, x0
    ldp     x0, x1, [sp]
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldr     x29, [sp, #64]
    add     sp, sp, #80
    ret
.size graph_return_trampoline, . - graph_return_trampoline
