/* U mode: a store to code is seen by fetch in the end, without FENCE.I (Ziccid). On a hart whose instruction cache keeps its copy
   this never ends. */
#include "bare.h"
        begin 0
        .option norvc
        number 2
        la a0, patched
        la a1, replacement
        lw a1, 0(a1)
        jal ra, patched
        expect a2, 1
        sw a1, 0(a0)
1:      jal ra, patched
        li t0, 2
        bne a2, t0, 1b
        end_of_checks
        .text
        .option norvc
        .balign 64
patched: li a2, 1
        ret
replacement: li a2, 2
        host
