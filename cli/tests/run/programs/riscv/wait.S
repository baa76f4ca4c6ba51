/* S mode: WFI goes on when an enabled interrupt is pending, though none is taken. */
#include "bare.h"
        begin 1
        number 2
        csrci sstatus, MSTATUS_SIE
        csrsi sie, MIP_SSIP
        csrsi sip, MIP_SSIP
        wfi
        csrci sip, MIP_SSIP
        end_of_checks
        host
