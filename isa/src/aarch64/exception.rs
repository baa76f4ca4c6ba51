//! Exception entry and return (Arm ARM D1.3).

use super::flags::Flags;
use super::hypervisor::hcr;
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
    pub const BTYPE: u32 = 10;
    pub const AARCH32: u64 = 1 << 4;
}

/// PSTATE as SPSR_ELx holds it.
pub(super) fn pstate(h: &Hart) -> u64 {
    let flag = |set: bool, bit: u64| if set { bit } else { 0 };
    u64::from(h.flags.nzcv()) << 28
        | flag(h.dit, spsr::DIT)
        | flag(h.uao, spsr::UAO)
        | flag(h.pan, spsr::PAN)
        | flag(h.illegal, spsr::IL)
        | flag(h.ssbs, spsr::SSBS)
        | u64::from(h.btype) << spsr::BTYPE
        | u64::from(h.daif) << 6
        | u64::from(h.el) << 2
        | u64::from(h.spsel)
}

/// The interrupt that would be taken now. Which of FIQ and IRQ comes first is not defined, FIQ is taken.
pub(super) fn interrupt(h: &Hart) -> Option<Trap> {
    // PSTATE masks interrupts of its own level. Those of a higher one come through, those of a lower one wait.
    let taken = |mask: u8, route: u64| {
        let to = if h.interrupt_goes_to_el2(route) { 2 } else { 1 };
        to > h.el.max(1) || to == h.el.max(1) && h.daif & mask == 0
    };
    if h.fiq && taken(DAIF_F, hcr::FMO) {
        Some(Trap::Fiq)
    } else if h.irq && taken(DAIF_I, hcr::IMO) {
        Some(Trap::Irq)
    } else {
        None
    }
}

/// The level to which an exception is taken.
fn level_of(h: &Hart, trap: Trap) -> u8 {
    let Some(el2) = &h.system.el2 else { return 1 };
    let to_el2 = h.el == 2
        || match trap {
            Trap::Hypervisor { .. } | Trap::Sync { cause: Cause::Hvc, .. } => true,
            Trap::Sync { .. } => h.el == 0 && el2.hcr & hcr::TGE != 0,
            Trap::Irq => h.interrupt_goes_to_el2(hcr::IMO),
            Trap::Fiq => h.interrupt_goes_to_el2(hcr::FMO),
            Trap::SError => h.interrupt_goes_to_el2(hcr::AMO),
        };
    if to_el2 { 2 } else { 1 }
}

/// Takes an exception. Returns the address of its vector.
///
/// A firmware call that reaches this point found no firmware (SMC, and HVC where there is no EL2), and HLT no semihosting:
/// they are undefined.
pub(super) fn enter(h: &mut Hart, trap: Trap, pc: u64) -> u64 {
    let trap = match trap {
        Trap::Sync { cause: Cause::Hvc, .. } if h.system.el2.is_none() => Trap::UNDEFINED,
        Trap::Sync { cause: Cause::Smc | Cause::Halt, .. } => Trap::UNDEFINED,
        other => other,
    };
    let to = level_of(h, trap);
    let from_lower = h.el < to;
    let group = match (from_lower, h.spsel) {
        (false, false) => 0x000,
        (false, true) => 0x200,
        (true, _) => 0x400,
    };
    let syndrome = |class: u8, iss: u32| Some(u64::from(class) << 26 | ESR_IL | u64::from(iss & 0x01ff_ffff));
    let (kind, esr, far) = match trap {
        Trap::Sync { cause, iss, far } => {
            let class = match cause {
                Cause::InstructionAbort | Cause::DataAbort if !from_lower => cause.class() + 1,
                _ => cause.class(),
            };
            let has_address = matches!(cause, Cause::InstructionAbort | Cause::DataAbort | Cause::PcAlignment);
            (0x000, syndrome(class, iss), has_address.then_some(far))
        }
        Trap::Hypervisor { cause, iss } => (0x000, syndrome(cause.class(), iss), None),
        Trap::Irq => (0x080, None, None),
        Trap::Fiq => (0x100, None, None),
        Trap::SError => (0x180, syndrome(0x2f, 0), None),
    };
    let after = matches!(trap, Trap::Sync { cause, .. } if cause.returns_after());
    let elr = if after { pc.wrapping_add(4) } else { pc };
    let spsr = pstate(h);
    let s = &mut h.system;
    let (vbar, sctlr) = match &mut s.el2 {
        Some(el2) if to == 2 => {
            (el2.elr, el2.spsr, el2.esr, el2.far) = (elr, spsr, esr.unwrap_or(el2.esr), far.unwrap_or(el2.far));
            (el2.vbar, el2.sctlr)
        }
        _ => {
            (s.elr, s.spsr, s.esr, s.far) = (elr, spsr, esr.unwrap_or(s.esr), far.unwrap_or(s.far));
            (s.vbar, s.sctlr)
        }
    };
    h.set_level(to, true);
    h.daif = 0xf;
    h.illegal = false;
    h.btype = 0;
    h.uao = false;
    if to == 1 && sctlr & sctlr::SPAN == 0 {
        h.pan = true;
    }
    h.ssbs = sctlr & sctlr::DSSBS != 0;
    vbar + group + kind
}

/// Restores PSTATE from SPSR of the present level and returns the address to go on at. An illegal return leaves the level
/// alone and sets PSTATE.IL (Arm ARM D1.3.4.1).
pub(super) fn leave(h: &mut Hart) -> u64 {
    let (saved, address) = h.at_el2().map_or((h.system.spsr, h.system.elr), |el2| (el2.spsr, el2.elr));
    let (level, handler) = ((saved >> 2 & 3) as u8, saved & 1 != 0);
    let hosted = level == 1 && h.at_el2().is_some_and(|el2| el2.hcr & hcr::TGE != 0);
    let illegal = saved & (spsr::AARCH32 | 2) != 0 || level > h.el || level == 0 && handler || hosted;
    if illegal {
        h.illegal = true;
    } else {
        h.illegal = saved & spsr::IL != 0;
        h.set_level(level, handler);
    }
    h.flags = Flags::of((saved >> 28) as u8);
    h.daif = (saved >> 6 & 0xf) as u8;
    h.dit = saved & spsr::DIT != 0;
    h.uao = saved & spsr::UAO != 0;
    h.pan = saved & spsr::PAN != 0;
    h.ssbs = saved & spsr::SSBS != 0;
    h.btype = (saved >> spsr::BTYPE & 3) as u8;
    address
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
        h.set_level(0, false);
        h.daif = 0;
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
