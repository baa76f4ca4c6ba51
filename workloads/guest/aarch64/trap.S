// Exception vectors: save everything, so that handlers may change any register of the interrupted code (trap.rs: Frame).

.include "offsets.inc"

.section .text.trap, "ax", @progbits

// kind: 0 synchronous, 1 IRQ, 2 unexpected.
.macro enter kind
    .balign 0x80
    sub     sp, sp, #288
    stp     x0, x1, [sp]
    mov     x1, #\kind
    b       trap_entry
.endm

.balign 0x800
.globl vectors
vectors:
    enter   2
    enter   2
    enter   2
    enter   2
    enter   0
    enter   1
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2
    enter   2

.type trap_entry, @function
trap_entry:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    add     x2, sp, #288
    stp     x30, x2, [sp, #240]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x2, x3, [sp, #256]
    mov     x0, sp
    bl      trap
    ldp     x2, x3, [sp, #256]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x30, x2, [sp, #240]
    // The handler may have moved the stack pointer (recovery): go there last, through x2's home below it.
    mov     x3, sp
    mov     sp, x2
    ldp     x4, x5, [x3, #32]
    ldp     x6, x7, [x3, #48]
    ldp     x8, x9, [x3, #64]
    ldp     x10, x11, [x3, #80]
    ldp     x12, x13, [x3, #96]
    ldp     x14, x15, [x3, #112]
    ldp     x16, x17, [x3, #128]
    ldp     x18, x19, [x3, #144]
    ldp     x20, x21, [x3, #160]
    ldp     x22, x23, [x3, #176]
    ldp     x24, x25, [x3, #192]
    ldp     x26, x27, [x3, #208]
    ldp     x28, x29, [x3, #224]
    ldp     x0, x1, [x3]
    ldp     x2, x3, [x3, #16]
    eret
.size trap_entry, . - trap_entry
