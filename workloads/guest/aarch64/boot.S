// First instructions of every PE.
//
// QEMU enters PE 0 at EL1; PSCI CPU_ON starts the others with x0 = what the call carried, here the record of the
// thread that they boot with.
// Nothing is translated, interrupts are masked.

.include "offsets.inc"

.section .text.boot, "ax", @progbits
.globl _start
_start:
    adrp    x0, threads
    add     x0, x0, :lo12:threads
    adrp    x1, harts
    add     x1, x1, :lo12:harts
    str     x1, [x0, #THREAD_HART]
.globl secondary_start
secondary_start:
    msr     daifset, #15
    ldr     x1, [x0, #THREAD_HART]
    msr     tpidr_el1, x1
    msr     spsel, #1
    msr     sp_el0, x0
    ldr     x1, [x0, #THREAD_ID]
    add     x1, x1, #1
    lsl     x1, x1, #STACK_SHIFT
    adrp    x2, stacks
    add     x2, x2, :lo12:stacks
    add     x2, x2, x1
    mov     sp, x2
    adrp    x1, vectors
    add     x1, x1, :lo12:vectors
    msr     vbar_el1, x1
    isb
    mov     x29, xzr
    mov     x30, xzr
    mrs     x0, mpidr_el1
    bl      hart_start
1:  wfi
    b       1b
