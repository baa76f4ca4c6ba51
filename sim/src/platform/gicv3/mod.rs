//! Generic interrupt controller, version 3: distributor, redistributors and CPU interfaces of one board. Source: Arm GIC
//! architecture specification IHI 0069H.
//!
//! Built as QEMU's `virt` builds it without EL2 and EL3: one security state, SGIs 0-15, PPIs 16-31, 256 SPIs, 32 priority
//! levels. No ITS and no LPIs.

mod bank;
pub mod cpu_interface;
pub mod distributor;
pub mod redistributor;

use crate::ids::{HartId, HartSet};
use cmodx_isa::SystemReg;
use cpu_interface::{CpuInterface, End, SPURIOUS};
use distributor::{Distributor, FIRST_SPI};
use redistributor::Redistributor;

/// Interrupt group: 0 is signalled as FIQ, 1 as IRQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Group 0.
    Zero = 0,
    /// Group 1.
    One = 1,
}

/// An interrupt that waits for a PE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub intid: u32,
    /// Its priority: 0 is the highest.
    pub priority: u8,
    /// Its group.
    pub group: Group,
}

/// Affinity fields of MPIDR_EL1 of a hart: sixteen harts to a cluster, so that a GICv3 target list reaches all of one.
pub const fn affinity(hart: HartId) -> u64 {
    (hart.0 as u64 >> 4) << 8 | hart.0 as u64 & 0xf
}

/// The hart with this affinity, which may be beyond those that exist.
pub const fn hart_of(affinity: u64) -> Option<HartId> {
    if affinity & !0xff0f == 0 { Some(HartId((affinity >> 4 | affinity & 0xf) as u16)) } else { None }
}

/// Number of a system register in the form of [`SystemReg`].
pub(super) const fn system(op0: u32, op1: u32, crn: u32, crm: u32, op2: u32) -> SystemReg {
    SystemReg(op0 << 14 | op1 << 11 | crn << 7 | crm << 3 | op2)
}

const ICC_PMR: SystemReg = system(3, 0, 4, 6, 0);
const ICC_IAR0: SystemReg = system(3, 0, 12, 8, 0);
const ICC_EOIR0: SystemReg = system(3, 0, 12, 8, 1);
const ICC_HPPIR0: SystemReg = system(3, 0, 12, 8, 2);
const ICC_BPR0: SystemReg = system(3, 0, 12, 8, 3);
const ICC_AP0R0: SystemReg = system(3, 0, 12, 8, 4);
const ICC_AP1R0: SystemReg = system(3, 0, 12, 9, 0);
const ICC_DIR: SystemReg = system(3, 0, 12, 11, 1);
const ICC_RPR: SystemReg = system(3, 0, 12, 11, 3);
const ICC_SGI1R: SystemReg = system(3, 0, 12, 11, 5);
const ICC_ASGI1R: SystemReg = system(3, 0, 12, 11, 6);
const ICC_SGI0R: SystemReg = system(3, 0, 12, 11, 7);
const ICC_IAR1: SystemReg = system(3, 0, 12, 12, 0);
const ICC_EOIR1: SystemReg = system(3, 0, 12, 12, 1);
const ICC_HPPIR1: SystemReg = system(3, 0, 12, 12, 2);
const ICC_BPR1: SystemReg = system(3, 0, 12, 12, 3);
const ICC_CTLR: SystemReg = system(3, 0, 12, 12, 4);
const ICC_SRE: SystemReg = system(3, 0, 12, 12, 5);
const ICC_IGRPEN0: SystemReg = system(3, 0, 12, 12, 6);
const ICC_IGRPEN1: SystemReg = system(3, 0, 12, 12, 7);
const ICC_SRE_EL2: SystemReg = system(3, 4, 12, 9, 5);
const ICH_HCR_EL2: SystemReg = system(3, 4, 12, 11, 0);

/// System register access only, bypasses off.
const SRE_VALUE: u64 = 7;
/// The same, and EL1 may use its own.
const SRE_EL2_VALUE: u64 = 0xf;
const SGI_IRM: u64 = 1 << 40;

/// Levels of the interrupt inputs of a PE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// A group 1 interrupt is signalled.
    pub irq: bool,
    /// A group 0 interrupt is signalled.
    pub fiq: bool,
}

/// The interrupt controller of a board.
#[derive(Clone, Debug)]
pub struct Gic {
    distributor: Distributor,
    redistributors: Vec<Redistributor>,
    interfaces: Vec<CpuInterface>,
}

impl Gic {
    /// For this many PEs: everything off.
    pub fn new(harts: usize) -> Gic {
        let redistributor = |n| Redistributor::new(HartId(n as u16), n + 1 == harts);
        Gic {
            distributor: Distributor::default(),
            redistributors: (0..harts).map(redistributor).collect(),
            interfaces: vec![CpuInterface::default(); harts],
        }
    }

    /// Puts the CPU interface of a PE back to its state after reset. Its redistributor stays as it is.
    pub fn reset_interface(&mut self, hart: HartId) {
        self.interfaces[hart.index()] = CpuInterface::default();
    }

    /// The distributor.
    pub fn distributor(&mut self) -> &mut Distributor {
        &mut self.distributor
    }

    /// The redistributor of a PE; `None` beyond the last one.
    pub fn redistributor(&mut self, hart: usize) -> Option<&mut Redistributor> {
        self.redistributors.get_mut(hart)
    }

    /// Sets the line of a shared interrupt.
    pub fn set_spi(&mut self, intid: u32, high: bool) {
        self.distributor.bank_mut().set_line(intid, high);
    }

    /// Sets the line of a private interrupt.
    pub fn set_ppi(&mut self, hart: HartId, intid: u32, high: bool) {
        self.redistributors[hart.index()].bank_mut().set_line(intid, high);
    }

    /// What the PE's inputs are now.
    pub fn lines(&self, hart: HartId) -> Lines {
        let signalled = self.highest(hart).filter(|&pending| self.interfaces[hart.index()].signals(pending));
        let group = signalled.map(|pending| pending.group);
        Lines { irq: group == Some(Group::One), fiq: group == Some(Group::Zero) }
    }

    /// The pending interrupt of highest priority among those that reach the PE's interface.
    fn highest(&self, hart: HartId) -> Option<Pending> {
        let redistributor = &self.redistributors[hart.index()];
        if redistributor.asleep() {
            return None;
        }
        let (interface, forwarded) = (&self.interfaces[hart.index()], self.distributor.groups());
        let groups = [forwarded[0] && interface.enabled(Group::Zero), forwarded[1] && interface.enabled(Group::One)];
        let private = redistributor.best(groups);
        let shared = self.distributor.best(groups, affinity(hart));
        // Private interrupts have the lower numbers, and the lowest number goes first among equals.
        private.into_iter().chain(shared).min_by_key(|pending| pending.priority)
    }

    fn acknowledge(&mut self, hart: HartId, group: Group) -> u64 {
        let Some(pending) = self.highest(hart).filter(|pending| pending.group == group) else { return SPURIOUS };
        let interface = &mut self.interfaces[hart.index()];
        if !interface.signals(pending) {
            return SPURIOUS;
        }
        interface.acknowledge(pending);
        self.bank_of(hart, pending.intid).activate(pending.intid);
        pending.intid.into()
    }

    fn bank_of(&mut self, hart: HartId, intid: u32) -> &mut bank::Bank {
        if intid < FIRST_SPI { self.redistributors[hart.index()].bank_mut() } else { self.distributor.bank_mut() }
    }

    /// ICC_SGInR_EL1: makes an SGI pending in the targets that have it in this group.
    fn send_sgi(&mut self, from: HartId, value: u64, group: Group) {
        let intid = (value >> 24 & 0xf) as u32;
        let targets = if value & SGI_IRM != 0 {
            HartSet::first(self.redistributors.len()).without(from)
        } else {
            let cluster = (value >> 48 & 0xff) << 32 | (value >> 32 & 0xff) << 16 | (value >> 16 & 0xff) << 8;
            let selected = (value >> 44 & 0xf) << 4;
            let named =
                (0..16).filter(|bit| value >> bit & 1 != 0).filter_map(|bit| hart_of(cluster | (selected + bit)));
            let there = named.filter(|hart| hart.index() < self.redistributors.len());
            HartSet(there.fold(0, |set, hart| set | 1 << hart.0))
        };
        for hart in targets.iter() {
            self.redistributors[hart.index()].bank_mut().send(intid, group);
        }
    }

    fn finish(&mut self, hart: HartId, end: End) -> HartSet {
        let own = HartSet(1 << hart.0);
        match end {
            End::Nothing => own,
            End::Deactivate(intid) => {
                self.bank_of(hart, intid).deactivate(intid);
                if intid < FIRST_SPI { own } else { HartSet::first(self.redistributors.len()) }
            }
        }
    }

    /// Reads a CPU interface register; IAR acknowledges. `None` when it is not one that can be read.
    pub fn read_system(&mut self, hart: HartId, register: SystemReg) -> Option<u64> {
        let interface = &self.interfaces[hart.index()];
        Some(match register {
            ICC_IAR0 => self.acknowledge(hart, Group::Zero),
            ICC_IAR1 => self.acknowledge(hart, Group::One),
            ICC_HPPIR0 | ICC_HPPIR1 => {
                let group = if register == ICC_HPPIR0 { Group::Zero } else { Group::One };
                self.highest(hart).filter(|p| p.group == group).map_or(SPURIOUS, |pending| pending.intid.into())
            }
            ICC_PMR => interface.priority_mask(),
            ICC_BPR0 => interface.binary_point(Group::Zero),
            ICC_BPR1 => interface.binary_point(Group::One),
            ICC_AP0R0 => interface.active_priorities(Group::Zero),
            ICC_AP1R0 => interface.active_priorities(Group::One),
            ICC_RPR => interface.running_priority().into(),
            ICC_CTLR => interface.control(),
            ICC_SRE => SRE_VALUE,
            ICC_SRE_EL2 => SRE_EL2_VALUE,
            // No virtual interrupts: they stay off.
            ICH_HCR_EL2 => 0,
            ICC_IGRPEN0 => interface.enabled(Group::Zero).into(),
            ICC_IGRPEN1 => interface.enabled(Group::One).into(),
            _ => return None,
        })
    }

    /// Writes a CPU interface register. Returns the harts whose lines may have changed; `None` when it is not a register
    /// that can be written.
    pub fn write_system(&mut self, hart: HartId, register: SystemReg, value: u64) -> Option<HartSet> {
        let interface = &mut self.interfaces[hart.index()];
        match register {
            ICC_EOIR0 | ICC_EOIR1 => {
                let group = if register == ICC_EOIR0 { Group::Zero } else { Group::One };
                let end = interface.end(group, value);
                return Some(self.finish(hart, end));
            }
            ICC_DIR => {
                let end = interface.deactivate(value);
                return Some(self.finish(hart, end));
            }
            ICC_SGI0R | ICC_SGI1R => {
                let group = if register == ICC_SGI0R { Group::Zero } else { Group::One };
                self.send_sgi(hart, value, group);
                return Some(HartSet::first(self.redistributors.len()));
            }
            ICC_PMR => interface.set_priority_mask(value),
            ICC_BPR0 => interface.set_binary_point(Group::Zero, value),
            ICC_BPR1 => interface.set_binary_point(Group::One, value),
            ICC_AP0R0 => interface.set_active_priorities(Group::Zero, value),
            ICC_AP1R0 => interface.set_active_priorities(Group::One, value),
            ICC_CTLR => interface.set_control(value),
            ICC_IGRPEN0 => interface.set_enabled(Group::Zero, value & 1 != 0),
            ICC_IGRPEN1 => interface.set_enabled(Group::One, value & 1 != 0),
            // SRE is fixed; there is no other security state that ASGI1R could reach.
            ICC_SRE | ICC_ASGI1R | ICC_SRE_EL2 | ICH_HCR_EL2 => {}
            _ => return None,
        }
        Some(HartSet(1 << hart.0))
    }
}

#[cfg(test)]
mod tests;
