//! Taking traps: which interrupt comes first, delegation, and entry into the handler.

use super::csr::{self, MSTATUS_MIE, MSTATUS_MPIE, MSTATUS_MPP, MSTATUS_SIE, MSTATUS_SPIE, MSTATUS_SPP};
use super::{Hart, Privilege, Trap};

/// Highest priority first (privileged manual, "Machine Interrupt Registers").
const PRIORITY: [u64; 6] = [csr::MEIP, csr::MSIP, csr::MTIP, csr::SEIP, csr::SSIP, csr::STIP];

/// The interrupt that the hart takes now.
pub(super) fn pending(hart: &Hart) -> Option<Trap> {
    let c = &hart.csr;
    let pending = c.pending_interrupts() & c.mie;
    if pending == 0 {
        return None;
    }
    let for_machine = pending & !c.mideleg;
    let for_supervisor = pending & c.mideleg;
    let machine_enabled = hart.privilege < Privilege::Machine || c.mstatus & MSTATUS_MIE != 0;
    let supervisor_enabled = hart.privilege < Privilege::Supervisor
        || hart.privilege == Privilege::Supervisor && c.mstatus & MSTATUS_SIE != 0;
    let candidates = if machine_enabled && for_machine != 0 {
        for_machine
    } else if supervisor_enabled {
        for_supervisor
    } else {
        0
    };
    PRIORITY.iter().find(|&&bit| candidates & bit != 0).map(|bit| Trap::interrupt(bit.trailing_zeros()))
}

/// Enters the handler and returns its address.
pub(super) fn enter(hart: &mut Hart, trap: Trap, pc: u64) -> u64 {
    let (privilege, cause) = (hart.privilege, trap.cause);
    let c = &mut hart.csr;
    let delegated = if cause.is_interrupt() { c.mideleg } else { c.medeleg } >> cause.number() & 1 != 0;
    let vector = if delegated && privilege <= Privilege::Supervisor {
        c.sepc = pc;
        c.scause = cause.0;
        c.stval = trap.tval;
        let spie = if c.mstatus & MSTATUS_SIE != 0 { MSTATUS_SPIE } else { 0 };
        let spp = if privilege == Privilege::Supervisor { MSTATUS_SPP } else { 0 };
        c.mstatus = c.mstatus & !(MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP) | spie | spp;
        hart.privilege = Privilege::Supervisor;
        hart.csr.stvec
    } else {
        c.mepc = pc;
        c.mcause = cause.0;
        c.mtval = trap.tval;
        let mpie = if c.mstatus & MSTATUS_MIE != 0 { MSTATUS_MPIE } else { 0 };
        let mpp = (privilege as u64) << MSTATUS_MPP.trailing_zeros();
        c.mstatus = c.mstatus & !(MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP) | mpie | mpp;
        hart.privilege = Privilege::Machine;
        hart.csr.mtvec
    };
    let base = vector & !3;
    let vectored = vector & 3 == 1 && cause.is_interrupt();
    if vectored { base.wrapping_add(4 * cause.number()) } else { base }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::riscv::Cause;

    #[test]
    fn interrupts_come_in_the_manuals_order() {
        let mut hart = Hart::new(0);
        hart.csr.mie = csr::INTERRUPTS;
        hart.csr.mip = csr::INTERRUPTS;
        hart.csr.mstatus |= MSTATUS_MIE;
        let mut order = Vec::new();
        while let Some(trap) = pending(&hart) {
            order.push(trap.cause);
            hart.csr.mip &= !(1 << trap.cause.number());
        }
        let expected = [
            Cause::MACHINE_EXTERNAL,
            Cause::MACHINE_SOFTWARE,
            Cause::MACHINE_TIMER,
            Cause::SUPERVISOR_EXTERNAL,
            Cause::SUPERVISOR_SOFTWARE,
            Cause::SUPERVISOR_TIMER,
        ];
        assert_eq!(order, expected);
    }

    #[test]
    fn delegated_interrupts_wait_for_machine_mode_to_end_and_come_after_its_own() {
        let mut hart = Hart::supervisor(0);
        hart.csr.mie = csr::INTERRUPTS;
        hart.csr.mip = csr::SEIP | csr::MTIP;
        hart.csr.mstatus |= MSTATUS_SIE;
        assert_eq!(pending(&hart).map(|trap| trap.cause), Some(Cause::MACHINE_TIMER));
        hart.csr.mip = csr::SEIP;
        assert_eq!(pending(&hart).map(|trap| trap.cause), Some(Cause::SUPERVISOR_EXTERNAL));
        hart.csr.mstatus &= !MSTATUS_SIE;
        assert_eq!(pending(&hart), None);
        hart.privilege = Privilege::Machine;
        hart.csr.mstatus |= MSTATUS_SIE | MSTATUS_MIE;
        assert_eq!(pending(&hart), None);
    }

    #[test]
    fn vectored_mode_spreads_interrupts_alone() {
        let mut hart = Hart::supervisor(0);
        hart.csr.stvec = 0x8000_0001;
        let mut other = hart.clone();
        assert_eq!(enter(&mut hart, Trap::interrupt(9), 0x1234), 0x8000_0000 + 4 * 9);
        assert_eq!((hart.csr.sepc, hart.csr.scause), (0x1234, 1 << 63 | 9));
        assert_eq!(enter(&mut other, Trap::new(Cause::BREAKPOINT, 0x1234), 0x1234), 0x8000_0000);
    }
}
