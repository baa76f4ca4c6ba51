//! Native PSCI: the power calls that a kernel makes by HVC or SMC. Source: Arm DEN 0022 (PSCI 1.1) and DEN 0028 (SMC Calling
//! Convention 1.1).
//!
//! CPU_SUSPEND is always a standby that ends at once. A call that is not known returns NOT_SUPPORTED. Both conduits work,
//! where QEMU's `virt` without EL2 and EL3 has HVC alone.

use super::gicv3::hart_of;
use super::{Effect, GuestMemory};
use crate::ids::{HartId, HartSet};

const SMCCC_VERSION: u32 = 0x8000_0000;
const SMCCC_ARCH_FEATURES: u32 = 0x8000_0001;
const VERSION: u32 = 0x8400_0000;
const CPU_SUSPEND: u32 = 0x8400_0001;
const CPU_SUSPEND_64: u32 = 0xc400_0001;
const CPU_OFF: u32 = 0x8400_0002;
const CPU_ON: u32 = 0x8400_0003;
const CPU_ON_64: u32 = 0xc400_0003;
const AFFINITY_INFO: u32 = 0x8400_0004;
const AFFINITY_INFO_64: u32 = 0xc400_0004;
const MIGRATE_INFO_TYPE: u32 = 0x8400_0006;
const SYSTEM_OFF: u32 = 0x8400_0008;
const SYSTEM_RESET: u32 = 0x8400_0009;
const FEATURES: u32 = 0x8400_000a;

/// PSCI 1.1, SMCCC 1.1: major in bits 31-16.
const PSCI_1_1: i64 = 0x1_0001;
const SMCCC_1_1: i64 = 0x1_0001;
/// Functions with this bit take 64-bit arguments; the others see the low words.
const SMC64: u32 = 1 << 30;

const SUCCESS: i64 = 0;
const NOT_SUPPORTED: i64 = -1;
const INVALID_PARAMETERS: i64 = -2;
const ALREADY_ON: i64 = -4;
const INVALID_ADDRESS: i64 = -9;

const AFFINITY_ON: i64 = 0;
const AFFINITY_OFF: i64 = 1;
/// There is no trusted OS that would have to migrate.
const NO_MIGRATION: i64 = 2;

/// Which PEs are on.
#[derive(Clone, Debug)]
pub struct Psci {
    harts: HartSet,
    on: HartSet,
}

impl Psci {
    /// For this many PEs, of which the first is on.
    pub fn new(harts: usize) -> Psci {
        Psci { harts: HartSet::first(harts), on: HartSet(1) }
    }

    /// The PEs that are on.
    pub fn on(&self) -> HartSet {
        self.on
    }

    /// Serves a call with these values in x0-x3 and returns the new x0.
    pub fn call(
        &mut self,
        caller: HartId,
        registers: [u64; 4],
        memory: &dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> u64 {
        let function = registers[0] as u32;
        let argument = |n: usize| if function & SMC64 != 0 { registers[n] } else { registers[n] & 0xffff_ffff };
        let result = match function {
            SMCCC_VERSION => SMCCC_1_1,
            SMCCC_ARCH_FEATURES => match argument(1) as u32 {
                SMCCC_VERSION | SMCCC_ARCH_FEATURES => SUCCESS,
                _ => NOT_SUPPORTED,
            },
            VERSION => PSCI_1_1,
            FEATURES if supported(argument(1) as u32) => SUCCESS,
            CPU_SUSPEND | CPU_SUSPEND_64 => SUCCESS,
            CPU_OFF => {
                self.on = self.on.without(caller);
                effects.push(Effect::StopHart);
                SUCCESS
            }
            CPU_ON | CPU_ON_64 => self.cpu_on(argument(1), argument(2), argument(3), memory, effects),
            AFFINITY_INFO | AFFINITY_INFO_64 => self.affinity_info(argument(1), argument(2)),
            MIGRATE_INFO_TYPE => NO_MIGRATION,
            SYSTEM_OFF => {
                effects.push(Effect::Shutdown { code: 0 });
                SUCCESS
            }
            SYSTEM_RESET => {
                effects.push(Effect::Reset);
                SUCCESS
            }
            _ => NOT_SUPPORTED,
        };
        result as u64
    }

    fn find(&self, affinity: u64) -> Option<HartId> {
        hart_of(affinity).filter(|hart| u32::from(hart.0) < self.harts.len())
    }

    fn cpu_on(
        &mut self,
        target: u64,
        entry: u64,
        argument: u64,
        memory: &dyn GuestMemory,
        effects: &mut Vec<Effect>,
    ) -> i64 {
        let Some(hart) = self.find(target) else { return INVALID_PARAMETERS };
        if self.on.contains(hart) {
            return ALREADY_ON;
        }
        if entry & 3 != 0 || !memory.read_bytes(entry, &mut [0; 4]) {
            return INVALID_ADDRESS;
        }
        self.on.0 |= 1 << hart.0;
        effects.push(Effect::StartHart { hart, entry, argument });
        SUCCESS
    }

    fn affinity_info(&self, target: u64, lowest_level: u64) -> i64 {
        let Some(hart) = self.find(target) else { return INVALID_PARAMETERS };
        match lowest_level {
            // Clusters cannot be switched off.
            1..=3 => AFFINITY_ON,
            0 if self.on.contains(hart) => AFFINITY_ON,
            0 => AFFINITY_OFF,
            _ => INVALID_PARAMETERS,
        }
    }
}

fn supported(function: u32) -> bool {
    matches!(
        function,
        SMCCC_VERSION
            | VERSION
            | CPU_SUSPEND
            | CPU_SUSPEND_64
            | CPU_OFF
            | CPU_ON
            | CPU_ON_64
            | AFFINITY_INFO
            | AFFINITY_INFO_64
            | MIGRATE_INFO_TYPE
            | SYSTEM_OFF
            | SYSTEM_RESET
            | FEATURES
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::Ram;

    const RAM: u64 = 0x4000_0000;

    /// x0 and the effects of a call by PE 0.
    fn call(psci: &mut Psci, registers: [u64; 4]) -> (i64, Vec<Effect>) {
        let mut effects = Vec::new();
        let x0 = psci.call(HartId(0), registers, &Ram::at(RAM), &mut effects);
        (x0 as i64, effects)
    }

    #[test]
    fn versions_are_1_1_and_features_say_what_is_there() {
        let mut psci = Psci::new(2);
        assert_eq!(call(&mut psci, [VERSION.into(), 0, 0, 0]).0, 0x1_0001);
        assert_eq!(call(&mut psci, [SMCCC_VERSION.into(), 0, 0, 0]).0, 0x1_0001);
        assert_eq!(call(&mut psci, [FEATURES.into(), CPU_ON_64.into(), 0, 0]).0, 0);
        assert_eq!(call(&mut psci, [FEATURES.into(), 0xc400_000e, 0, 0]).0, -1);
        assert_eq!(call(&mut psci, [MIGRATE_INFO_TYPE.into(), 0, 0, 0]).0, 2);
        assert_eq!(call(&mut psci, [0xc400_00ff, 0, 0, 0]), (-1, vec![]));
    }

    #[test]
    fn a_pe_is_switched_on_by_affinity_once() {
        let mut psci = Psci::new(18);
        let (on, info) = (CPU_ON_64.into(), AFFINITY_INFO_64.into());
        assert_eq!(call(&mut psci, [info, 0x101, 0, 0]).0, AFFINITY_OFF);
        let start = Effect::StartHart { hart: HartId(17), entry: RAM + 8, argument: 1 << 40 };
        assert_eq!(call(&mut psci, [on, 0x101, RAM + 8, 1 << 40]), (0, vec![start]));
        assert_eq!(call(&mut psci, [info, 0x101, 0, 0]).0, AFFINITY_ON);
        assert_eq!(call(&mut psci, [on, 0x101, RAM, 0]).0, -4);
        assert_eq!(call(&mut psci, [on, 0x102, RAM, 0]).0, -2, "there is no hart 18");
        assert_eq!(call(&mut psci, [on, 0x10, RAM, 0]).0, -2);
        assert_eq!(call(&mut psci, [on, 1, RAM + 2, 0]).0, -9);
        assert_eq!(call(&mut psci, [on, 1, 0x1000, 0]).0, -9);
        assert_eq!(call(&mut psci, [info, 0x200, 0, 0]).0, -2);
        assert_eq!(call(&mut psci, [info, 0, 4, 0]).0, -2);
    }

    #[test]
    fn a_32_bit_call_sees_low_words_alone() {
        let mut psci = Psci::new(2);
        let high = 0xffff_ffff_0000_0000;
        let (x0, effects) = call(&mut psci, [high | u64::from(CPU_ON), high | 1, high | RAM, high | 5]);
        assert_eq!((x0, effects), (0, vec![Effect::StartHart { hart: HartId(1), entry: RAM, argument: 5 }]));
    }

    #[test]
    fn off_stops_the_caller_and_the_system_calls_end_the_run() {
        let mut psci = Psci::new(1);
        assert_eq!(call(&mut psci, [SYSTEM_OFF.into(), 0, 0, 0]).1, [Effect::Shutdown { code: 0 }]);
        assert_eq!(call(&mut psci, [SYSTEM_RESET.into(), 0, 0, 0]).1, [Effect::Reset]);
        assert_eq!(call(&mut psci, [CPU_SUSPEND_64.into(), 0, 0, 0]), (0, vec![]));
        assert_eq!(call(&mut psci, [CPU_OFF.into(), 0, 0, 0]).1, [Effect::StopHart]);
        assert!(psci.on().is_empty());
    }
}
