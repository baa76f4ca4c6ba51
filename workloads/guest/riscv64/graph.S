# Where a call returns to whose end is traced (ftrace/graph.rs): keeps the result registers a0 and a1 and asks where to go on.

.section .text.graph, "ax", @progbits
.balign 8
.globl graph_return_trampoline
.type graph_return_trampoline, @function
graph_return_trampoline:
    addi    sp, sp, -32
    sd      a0, 0(sp)
    sd      a1, 8(sp)
    sd      s0, 16(sp)
    mv      a0, sp
    call    graph_return
    mv      ra, a0
    ld      a0, 0(sp)
    ld      a1, 8(sp)
    ld      s0, 16(sp)
    addi    sp, sp, 32
    ret
.size graph_return_trampoline, . - graph_return_trampoline
