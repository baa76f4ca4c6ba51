//! Models: what an architecture promises, as a set of rules.
//!
//! Each [`Rule`] is one sentence of the model and can be left out alone: the models differ by rules, and the tests take
//! every rule away once to see that a litmus test notices.

use cmodx_isa::Arch;
use std::fmt;
use std::str::FromStr;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One rule of a model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Rule] = &[$(Rule::$name),*];
        }
    };
}

rules! {
    /// A load comes after what decided its address.
    LoadAddress,
    /// A load comes after what earlier barriers and acquire loads ordered before loads.
    LoadNew,
    /// A load reads nothing older than what its hart has read or written there.
    LoadCoherence,
    /// A strong acquire load comes after earlier strong release stores.
    AcquireRelease,
    /// An acquire comes before later accesses.
    Acquire,
    /// A load may take its value from an own store that is not yet in memory.
    Forward,
    /// What an atomic or exclusive store wrote is not forwarded to an acquire load, or on RISC-V to any load.
    NoForwardAtomic,
    /// A store comes after what decided its address.
    StoreAddress,
    /// A store comes after what decided its value.
    StoreData,
    /// A store comes after what earlier barriers and acquire loads ordered before stores.
    StoreNew,
    /// A store comes after what decided control flow.
    StoreControl,
    /// A store comes after what decided the addresses of earlier accesses.
    StoreEarlierAddress,
    /// A store comes after what its hart has read or written there.
    StoreCoherence,
    /// A release comes after earlier accesses.
    Release,
    /// No other hart writes between the two halves of an atomic or of an exclusive pair.
    Atomicity,
    /// On RISC-V what depends on the result of a store-conditional comes after it.
    ScResult,
    /// An atomic that acquires and releases orders all that precedes before all that follows (Arm).
    FullAtomic,
    /// A barrier orders earlier loads.
    FenceReadsBefore,
    /// A barrier orders earlier stores.
    FenceWritesBefore,
    /// A barrier orders later loads.
    FenceReadsAfter,
    /// A barrier orders later stores.
    FenceWritesAfter,
    /// A fetch is no older than what fetches are ordered after.
    FetchFloor,
    /// Fetches come one after the other.
    FetchOrder,
    /// A fetch may be older than memory until copies of its line are dropped (CTR_EL0.DIC = 0).
    FetchNeedsInvalidate,
    /// What is fetched after an invalidation may be older than memory until its line is cleaned (CTR_EL0.IDC = 0).
    FetchNeedsClean,
    /// The loads and stores of an instruction come after its fetch.
    FetchOwnAccess,
    /// Every store comes after all earlier fetches.
    FetchStores,
    /// Every load comes after all earlier fetches.
    FetchLoads,
    /// FENCE.I orders earlier loads and stores before later fetches.
    FenceI,
    /// FENCE.I orders earlier fetches before later fetches.
    FenceIFetch,
    /// Context synchronization orders what decided control flow and addresses before later fetches.
    SyncControl,
    /// Context synchronization orders what DSB waited for before later fetches.
    SyncDsb,
    /// DSB waits for loads and stores.
    DsbAccess,
    /// DSB waits for cleaning.
    DsbClean,
    /// DSB waits for invalidation of instruction copies.
    DsbInvalidate,
    /// DSB comes before later loads and stores.
    DsbBeforeAccess,
    /// DMB orders earlier cleaning before later loads and stores.
    DmbClean,
    /// DMB orders earlier loads, stores and cleaning before later cleaning.
    DmbBeforeClean,
    /// Cleaning comes after what decided its address.
    CleanAddress,
    /// Cleaning comes after what decided control flow.
    CleanControl,
    /// Cleaning comes after DSB, and after DMB where the rule [`Rule::DmbBeforeClean`] says so.
    CleanBarrier,
    /// Cleaning comes after earlier fetches.
    CleanFetch,
    /// Cleaning comes after what its hart has read or written in the line.
    CleanCoherence,
    /// Invalidation comes after what decided its address.
    InvalidateAddress,
    /// Invalidation comes after what decided control flow.
    InvalidateControl,
    /// Invalidation comes after DSB.
    InvalidateBarrier,
    /// Invalidation comes after earlier fetches.
    InvalidateFetch,
    /// What follows the entry to an interrupt comes after the message that raised it.
    Interrupt,
}

const _: () = assert!(Rule::ALL.len() <= 64);

/// A set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules(u64);

impl Rules {
    /// True when the rule is one of them.
    #[inline(always)]
    pub const fn has(self, rule: Rule) -> bool {
        self.0 >> rule as u8 & 1 != 0
    }

    /// The set with this rule too.
    pub const fn with(self, rule: Rule) -> Rules {
        Rules(self.0 | 1 << rule as u8)
    }

    /// The set without this rule.
    pub const fn without(self, rule: Rule) -> Rules {
        Rules(self.0 & !(1 << rule as u8))
    }

    /// The set with the rule taken out if it is in, put in if it is not.
    pub const fn flipped(self, rule: Rule) -> Rules {
        Rules(self.0 ^ 1 << rule as u8)
    }
}

/// What an architecture promises about fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Model {
    /// RISC-V: aligned fetches are atomic, and nothing more.
    Ziccif,
    /// RISC-V: and a fetch comes before later stores of its hart.
    IrDecodeW,
    /// RISC-V: and a fetch comes before all later accesses of its hart.
    IrDecode,
    /// RISC-V: Ziccif, and FENCE.I also orders earlier fetches (the manual since September 2026).
    FenceiFetch,
    /// RISC-V: fetches come in order and see stores without FENCE.I.
    Ziccid,
    /// Arm: CTR_EL0.DIC = 0 and IDC = 0.
    Dic0Idc0,
    /// Arm: CTR_EL0.DIC = 0 and IDC = 1.
    Dic0Idc1,
    /// Arm: CTR_EL0.DIC = 1 and IDC = 1.
    Dic1Idc1,
}

impl Model {
    /// All models, RISC-V first.
    pub const ALL: [Model; 8] = [
        Model::Ziccif,
        Model::IrDecodeW,
        Model::IrDecode,
        Model::FenceiFetch,
        Model::Ziccid,
        Model::Dic0Idc0,
        Model::Dic0Idc1,
        Model::Dic1Idc1,
    ];

    /// The model taken when none is named.
    pub const fn default_of(arch: Arch) -> Model {
        match arch {
            Arch::Riscv64 => Model::IrDecodeW,
            Arch::Aarch64 => Model::Dic0Idc0,
        }
    }

    /// The architecture that it belongs to.
    pub const fn arch(self) -> Arch {
        match self {
            Model::Dic0Idc0 | Model::Dic0Idc1 | Model::Dic1Idc1 => Arch::Aarch64,
            _ => Arch::Riscv64,
        }
    }

    /// The name used in results and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Model::Ziccif => "ziccif",
            Model::IrDecodeW => "ir-decode-w",
            Model::IrDecode => "ir-decode",
            Model::FenceiFetch => "fencei-fetch",
            Model::Ziccid => "ziccid",
            Model::Dic0Idc0 => "dic0-idc0",
            Model::Dic0Idc1 => "dic0-idc1",
            Model::Dic1Idc1 => "dic1-idc1",
        }
    }

    /// Its rules.
    pub fn rules(self) -> Rules {
        use Rule::*;
        let all = Rules(u64::MAX >> (64 - Rule::ALL.len()));
        let without = |rules: Rules, list: &[Rule]| list.iter().fold(rules, |rules, rule| rules.without(*rule));
        let riscv = without(
            all,
            &[
                FullAtomic,
                FetchOrder,
                FetchNeedsInvalidate,
                FetchNeedsClean,
                FetchStores,
                FetchLoads,
                FenceIFetch,
                SyncControl,
                SyncDsb,
                DsbAccess,
                DsbClean,
                DsbInvalidate,
                DsbBeforeAccess,
                DmbClean,
                DmbBeforeClean,
                CleanAddress,
                CleanControl,
                CleanBarrier,
                CleanFetch,
                CleanCoherence,
                InvalidateAddress,
                InvalidateControl,
                InvalidateBarrier,
                InvalidateFetch,
            ],
        );
        let arm = without(all, &[ScResult, FetchOwnAccess, FenceI, FenceIFetch]);
        match self {
            Model::Ziccif => riscv,
            Model::IrDecodeW => riscv.with(FetchStores),
            Model::IrDecode => riscv.with(FetchStores).with(FetchLoads),
            Model::FenceiFetch => riscv.with(FenceIFetch),
            Model::Ziccid => riscv.with(FetchOrder),
            Model::Dic0Idc0 => arm,
            Model::Dic0Idc1 => arm.without(FetchNeedsClean),
            Model::Dic1Idc1 => arm.without(FetchNeedsClean).without(FetchNeedsInvalidate),
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no model has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no model {0:?}; models are {names}", names = Model::ALL.map(Model::name).join(", "))]
pub struct UnknownModel(pub String);

impl FromStr for Model {
    type Err = UnknownModel;

    fn from_str(name: &str) -> Result<Model, UnknownModel> {
        Model::ALL.into_iter().find(|m| m.name() == name).ok_or_else(|| UnknownModel(name.to_owned()))
    }
}
