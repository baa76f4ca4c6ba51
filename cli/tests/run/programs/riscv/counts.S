/* M mode: no trigger is there, which tselect and tdata1 say; every counter is there, and
   minstret is exact. */
#include "bare.h"
        begin 3
        number 2
        csrw tselect, zero
        csrr a1, tselect
        bnez a1, fail
        csrr a0, tdata1
        srli a0, a0, 60
        bnez a0, fail
        csrr a0, time
        number 8
        /* minstret: what is written is what the next instruction reads; then it goes on, across the end too. */
        li a0, -1
        csrw minstret, a0
        csrr a1, minstret
        csrr a2, minstret
        bne a1, a0, fail
        bnez a2, fail
        number 10
        csrr a0, cycle
        csrr a0, instret
        csrr a0, mhpmcounter3
        csrr a0, mhpmcounter31
        csrr a0, mhpmevent31

        end_of_checks
        host
