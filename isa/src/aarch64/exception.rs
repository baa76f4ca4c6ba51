//! Exception entry and return (Arm ARM D1.3).

use super::regs::{DAIF_F, DAIF_I, Hart};
use super::sysreg::sctlr;
use super::trap::{Cause, Trap};

/// ESR_ELx.IL: the instruction was 32 bits long, or its length does not matter.
const ESR_IL: u64 = 1 << 25;

mod spsr {
    pub const DIT: u64 = 1 << 24;
    pub const UAO: u64 = 1 << 23;
    pub const PAN: u64 = 1 << 22;
    pub const IL: u64 = 1 << 20;
    pub const SSBS: u64 = 1 << 12;
    pub const AARCH32: u64 = 1 << 4;
}

/// PSTATE as SPSR_ELx holds it.
pub(super) fn pstate(h: &Hart) -> u64 {
    let flag = |set: bool, bit: u64| if set { bit } else { 0 };
    u64::from(h.nzcv) << 28
        | flag(h.dit, spsr::DIT)
        | flag(h.uao, spsr::UAO)
        | flag(h.pan, spsr::PAN)
        | flag(h.illegal, spsr::IL)
        | flag(h.ssbs, spsr::SSBS)
        | u64::from(h.daif) << 6
        | u64::from(h.el) << 2
        | u64::from(h.spsel)
}

/// The interrupt that would be taken now. FIQ and IRQ are masked by PSTATE at EL0 and EL1 alike; which of the two comes
/// first is not defined, FIQ is taken.
pub(super) fn interrupt(h: &Hart) -> Option<Trap> {
    if h.fiq && h.daif & DAIF_F == 0 {
        Some(Trap::Fiq)
    } else if h.irq && h.daif & DAIF_I == 0 {
        Some(Trap::Irq)
    } else {
        None
    }
}

/// Takes an exception to EL1. Returns the address of its vector.
///
/// A firmware call that reaches this point found no firmware, and HLT no semihosting: both are undefined.
pub(super) fn enter(h: &mut Hart, trap: Trap, pc: u64) -> u64 {
    let trap = match trap {
        Trap::Sync { cause: Cause::Hvc | Cause::Smc | Cause::Halt, .. } => Trap::UNDEFINED,
        other => other,
    };
    let from_lower = h.el < 1;
    let group = match (from_lower, h.spsel) {
        (false, false) => 0x000,
        (false, true) => 0x200,
        (true, _) => 0x400,
    };
    let kind = match trap {
        Trap::Sync { cause, iss, far } => {
            let class = match cause {
                Cause::InstructionAbort | Cause::DataAbort if !from_lower => cause.class() + 1,
                _ => cause.class(),
            };
            h.system.esr = u64::from(class) << 26 | ESR_IL | u64::from(iss & 0x01ff_ffff);
            if matches!(cause, Cause::InstructionAbort | Cause::DataAbort | Cause::PcAlignment) {
                h.system.far = far;
            }
            0x000
        }
        Trap::Irq => 0x080,
        Trap::Fiq => 0x100,
        Trap::SError => {
            h.system.esr = 0x2f << 26 | ESR_IL;
            0x180
        }
    };
    let after = matches!(trap, Trap::Sync { cause, .. } if cause.returns_after());
    h.system.elr = if after { pc.wrapping_add(4) } else { pc };
    h.system.spsr = pstate(h);
    h.el = 1;
    h.spsel = true;
    h.daif = 0xf;
    h.illegal = false;
    h.uao = false;
    if h.system.sctlr & sctlr::SPAN == 0 {
        h.pan = true;
    }
    h.ssbs = h.system.sctlr & sctlr::DSSBS != 0;
    h.system.vbar + group + kind
}

/// Restores PSTATE from SPSR_EL1 and returns the address to go on at. An illegal return leaves the level alone and sets
/// PSTATE.IL (Arm ARM D1.3.4.1).
pub(super) fn leave(h: &mut Hart) -> u64 {
    let saved = h.system.spsr;
    let (level, handler) = ((saved >> 2 & 3) as u8, saved & 1 != 0);
    let illegal = saved & (spsr::AARCH32 | 2) != 0 || level > h.el || level == 0 && handler;
    if illegal {
        h.illegal = true;
    } else {
        h.illegal = saved & spsr::IL != 0;
        h.el = level;
        h.spsel = handler;
    }
    h.nzcv = (saved >> 28 & 0xf) as u8;
    h.daif = (saved >> 6 & 0xf) as u8;
    h.dit = saved & spsr::DIT != 0;
    h.uao = saved & spsr::UAO != 0;
    h.pan = saved & spsr::PAN != 0;
    h.ssbs = saved & spsr::SSBS != 0;
    h.system.elr
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trap::{Access, Fault, FaultKind};

    #[test]
    fn a_data_abort_at_el1_uses_the_vector_of_the_same_level() {
        let mut h = Hart::kernel(0);
        h.system.vbar = 0x8000;
        let fault = Fault { at: 0x10, access: Access::Load, kind: FaultKind::Translation(0) };
        assert_eq!(enter(&mut h, Trap::from_fault(fault), 0x4000), 0x8200);
        assert_eq!((h.system.esr, h.system.far, h.system.elr), (0x25 << 26 | 1 << 25 | 4, 0x10, 0x4000));
        assert_eq!(h.system.spsr, 0x3c5);
    }

    #[test]
    fn svc_from_el0_returns_behind_it() {
        let mut h = Hart::kernel(0);
        (h.el, h.spsel, h.daif) = (0, false, 0);
        assert_eq!(enter(&mut h, Trap::sync(Cause::Svc, 7), 0x4000), 0x400);
        assert_eq!((h.system.esr >> 26, h.system.esr & 0xffff, h.system.elr), (0x15, 7, 0x4004));
        assert_eq!((h.el, h.daif), (1, 15));
        assert_eq!(leave(&mut h), 0x4004);
        assert_eq!((h.el, h.daif), (0, 0));
    }

    #[test]
    fn a_return_to_a_higher_level_is_illegal() {
        let mut h = Hart::kernel(0);
        h.system.spsr = 0x3c9;
        h.system.elr = 0x100;
        assert_eq!(leave(&mut h), 0x100);
        assert!(h.illegal && h.el == 1);
    }

    #[test]
    fn a_firmware_call_without_firmware_is_undefined() {
        let mut h = Hart::kernel(0);
        enter(&mut h, Trap::sync(Cause::Hvc, 0), 0x4000);
        assert_eq!((h.system.esr, h.system.elr), (1 << 25, 0x4000));
    }

    #[test]
    fn a_masked_interrupt_waits() {
        let mut h = Hart::kernel(0);
        h.irq = true;
        assert_eq!(interrupt(&h), None);
        h.daif = 0;
        assert_eq!(interrupt(&h), Some(Trap::Irq));
    }
}
