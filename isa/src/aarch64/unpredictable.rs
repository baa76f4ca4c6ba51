//! What happens where the architecture leaves a choice (CONSTRAINED UNPREDICTABLE, Arm ARM K1.2): a list, no code.
//!
//! **Loads and stores.**
//! - Writeback to a register that is also transferred (`ldr x1, [x1], #8`; `str`, `ldp`, `stp` likewise): a load leaves what it
//!   loaded in the register, a store writes the value from before.
//! - A pair loaded twice into one register (`ldp x1, x1, [x2]`, `ldxp`): the second value stays.
//! - `stxr`, `stxp` with the status register equal to a transferred or to the base register: what is stored and where are the
//!   values from before, then the status is written.
//! - `casp` with an odd first register is undefined.
//! - Exclusives whose size or address differs from that of the load-exclusive before: the address must lie in the line that is
//!   reserved.
//! - An access that crosses a page: each page is translated for itself, and nothing is written when the second one faults, except
//!   by pairs, whose first register may have been written.
//! - Accesses with the MMU off, and to memory that MAIR_EL1 calls Device, may be unaligned as those to Normal memory.
//!
//! **Branches and exceptions.**
//! - SPSR_ELx.BTYPE after a synchronous exception of the instruction itself: PSTATE.BTYPE as it was before the instruction.
//! - An illegal exception return keeps PSTATE.PAN, UAO, DIT and SSBS of SPSR_ELx.
//! - FIQ comes before IRQ when both are pending.
//!
//! **System instructions.**
//! - System registers and SYS operations that are not there are undefined, and so are unallocated fields of PSTATE; `hint` that
//!   means nothing is a NOP; `sysl` is undefined.
//! - Reserved barrier options act as SY on all accesses; every domain is the whole system.
//! - MSR of UAO, PAN, SSBS and DIT with CRm above 1 is undefined; SPSel takes its lowest bit.
//! - TLBI with a reserved granule drops nothing; the hints of level (TTL) are not looked at.
//! - Fields without meaning in system registers read as zero or one as the manual draws them, whatever is written.
//! - PMSELR_EL0.SEL of a counter that is not there: PMXEVCNTR_EL0 and PMXEVTYPER_EL0 read as zero and ignore writes.
//! - TCR_EL1.T0SZ and T1SZ outside of 16 to 39 and the reserved granule: a translation fault at level 0.
//! - A block descriptor at a level that has none, and the reserved encoding at level 3: a translation fault.
//! - The contiguous hint is not used: each entry is taken for itself.
//!
//! **Advanced SIMD.**
//! - Lists of registers wrap from v31 to v0. Lanes that a reserved size would have make the word undefined.
