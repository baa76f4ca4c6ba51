//! Core models: cache, predictor, pipeline and fence parameters of a named core, read from TOML.
//!
//! The files under `cores/` carry the source of every number. Latencies are in cycles of the core's clock.

mod cost;
mod issue;
mod memory;
mod sweep;

pub use cost::{CacheOpCost, FenceCost, FenceICost, TrapCost};
pub(crate) use issue::distance;
pub use issue::{Consumer, FloatDivisionBlocks, Forward, Issue, Late, Latency, Producer};
pub use memory::{DataCache, Dram, InsnCache, Level2, Replacement, StoreBuffer, TlbSizes, WritePolicy};

use cmodx_isa::Arch;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A core model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreModel {
    /// Name on the command line and in results.
    pub name: String,
    /// One line for `cmodx list cores`.
    pub summary: String,
    /// Instruction sets it is for: `riscv64`, `aarch64`.
    pub arch: Vec<String>,
    /// Clock of the core in kHz.
    pub clock_khz: u64,
    /// Issue rules.
    pub issue: Issue,
    /// Result latencies.
    pub latency: Latency,
    /// Operands that are read late.
    #[serde(default)]
    pub late: Late,
    /// Exceptions from the latencies by producer and consumer.
    #[serde(default)]
    pub forward: Forward,
    /// Branch prediction.
    pub branch: Branch,
    /// L1 instruction cache.
    pub l1i: InsnCache,
    /// L1 data cache.
    pub l1d: DataCache,
    /// Second level.
    pub l2: Level2,
    /// Memory behind L2.
    pub dram: Dram,
    /// Translation buffers.
    pub tlb: TlbSizes,
    /// Store buffer.
    pub store_buffer: StoreBuffer,
    /// Barriers.
    pub fence: FenceCost,
    /// FENCE.I.
    pub fence_i: FenceICost,
    /// Cache maintenance.
    pub cache_op: CacheOpCost,
    /// Traps, firmware, interprocessor interrupts.
    pub trap: TrapCost,
    /// What the caches promise to instruction fetch.
    pub coherence: Coherence,
}

/// Branch prediction parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// Cycles lost by a misprediction.
    pub mispredict: u8,
    /// Cycles lost by a taken branch that was predicted.
    pub taken_bubble: u8,
    /// Cycles lost by a direct jump or predicted-taken branch whose target the BTB does not hold.
    pub btb_miss: u8,
    /// log2 of the number of two-bit direction counters.
    pub direction_bits: u8,
    /// Bits of global history mixed into their index (gshare).
    pub history_bits: u8,
    /// log2 of the number of branches whose own history is kept, which competes with the global one (tournament); 0: none.
    pub local_bits: u8,
    /// Bits of each such history, and log2 of the number of its three-bit counters.
    pub local_history_bits: u8,
    /// Branch target buffer entries (a power of two).
    pub btb_entries: u16,
    /// Return stack entries.
    pub return_stack: u8,
    /// A branch around one plain integer operation makes that conditional: the two issue together, in a cycle of their own, when
    /// their operands and the old value of the destination can be had at issue; nothing is predicted.
    pub short_forward: bool,
    /// log2 of the number of targets of indirect jumps kept by history; 0: they are predicted from the branch target buffer.
    pub indirect_bits: u8,
}

/// What the caches promise to instruction fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coherence {
    /// Instruction copies follow stores without FENCE.I or IC (RISC-V Ziccid; CTR_EL0.DIC).
    pub dic: bool,
    /// Stores reach the point of unification without DC CVAU (CTR_EL0.IDC); always so on RISC-V.
    pub idc: bool,
}

/// A core model that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CoreModelError {
    /// No such name among the built-in models.
    #[error("no core model is named `{name}`; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The text is no core model.
    #[error("{name}: {message}")]
    Invalid {
        /// File or model name, with the line where one is known.
        name: String,
        /// What is wrong.
        message: String,
    },
}

/// The built-in models, as shipped.
const BUILT_IN: &[(&str, &str)] = &[
    ("sifive-u74", include_str!("../cores/sifive-u74.toml")),
    ("spacemit-x60", include_str!("../cores/spacemit-x60.toml")),
    ("cortex-a55", include_str!("../cores/cortex-a55.toml")),
    ("cortex-a53", include_str!("../cores/cortex-a53.toml")),
    ("ideal", include_str!("../cores/ideal.toml")),
];

/// Bytes of a cache line, on every core model.
pub const LINE: u64 = 64;

impl CoreModel {
    /// Reads a model from TOML; `name` is used in errors.
    pub fn parse(name: &str, text: &str) -> Result<CoreModel, CoreModelError> {
        let invalid = |message: String| CoreModelError::Invalid { name: name.into(), message };
        let model: CoreModel = toml::from_str(text).map_err(|error| CoreModelError::Invalid {
            name: format!("{name}:{}", line_of(text, error.span())),
            message: error.message().into(),
        })?;
        model.check().map_err(invalid)?;
        Ok(model)
    }

    /// A built-in model by name.
    pub fn built_in(name: &str) -> Result<CoreModel, CoreModelError> {
        let (_, text) = BUILT_IN.iter().find(|(n, _)| *n == name).ok_or_else(|| CoreModelError::Unknown {
            name: name.into(),
            known: BUILT_IN.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", "),
        })?;
        CoreModel::parse(name, text)
    }

    /// All built-in models, in the order of `cmodx list cores`.
    pub fn all() -> Result<Vec<CoreModel>, CoreModelError> {
        BUILT_IN.iter().map(|(name, _)| CoreModel::built_in(name)).collect()
    }

    /// True when the model is meant for this instruction set.
    pub fn fits(&self, arch: Arch) -> bool {
        self.arch.iter().any(|a| a == arch.name())
    }

    /// SHA-256 over every parameter and the number of harts, hex: equal when and only when results are comparable.
    pub fn digest(&self, harts: usize) -> String {
        let text = toml::to_string(self).expect("a parsed core model can be written");
        let hash = Sha256::digest(format!("{text}harts = {harts}\n"));
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The same caches with no cost of anything but instructions themselves.
    pub(crate) fn without_costs(&self) -> CoreModel {
        let mut model = self.clone();
        model.fence = FenceCost { data: 0, ordered: 0, dsb: 0, isb: 0 };
        model.fence_i = FenceICost { flush: 0, per_line: 0 };
        model.cache_op = CacheOpCost { ic_ivau: 0, dc_cvau: 0 };
        model.trap = TrapCost {
            entry: 0,
            exit: 0,
            // The instruction that calls.
            firmware_call: 1,
            firmware_ipi: 0,
            // A message that arrives when it is sent could arrive in the past of its receiver.
            ipi_latency: 1,
            system_write: 0,
            device: 0,
        };
        model.tlb = TlbSizes { l2_cycles: 0, walk_level: 0, ..model.tlb };
        model.l1i.prefetch = false;
        model
    }

    fn check(&self) -> Result<(), String> {
        for arch in &self.arch {
            if ![Arch::Riscv64, Arch::Aarch64].iter().any(|a| a.name() == arch) {
                return Err(format!("arch: `{arch}` is not an instruction set; use riscv64 or aarch64"));
            }
        }
        for (what, size, ways) in [
            ("l1i", self.l1i.size, self.l1i.ways),
            ("l1d", self.l1d.size, self.l1d.ways),
            ("l2", self.l2.size, self.l2.ways),
        ] {
            let lines = size as u64 / LINE;
            if ways == 0 || !lines.is_multiple_of(ways as u64) || !(lines / ways as u64).is_power_of_two() {
                return Err(format!(
                    "{what}: {size} bytes in {ways} ways of {LINE}-byte lines give no power of two of sets"
                ));
            }
        }
        let beat = self.l1i.beat_bytes;
        if !matches!(beat, 4 | 8 | 16 | 32 | 64) {
            return Err(format!("l1i.beat_bytes: {beat} is not 4, 8, 16, 32 or 64"));
        }
        for (what, value) in [
            ("issue.width", self.issue.width as u64),
            ("issue.loads", self.issue.loads as u64),
            ("issue.stores", self.issue.stores as u64),
            ("issue.memory", self.issue.memory as u64),
            ("issue.branches", self.issue.branches as u64),
            ("issue.multiplies", self.issue.multiplies as u64),
            ("issue.float", self.issue.float as u64),
            ("issue.second_pipe", self.issue.second_pipe as u64),
            ("issue.load_pair_slots", self.issue.load_pair_slots as u64),
            ("tlb.insn_entries", self.tlb.insn_entries as u64),
            ("tlb.data_entries", self.tlb.data_entries as u64),
            ("clock_khz", self.clock_khz),
            ("store_buffer.entries", self.store_buffer.entries as u64),
            ("store_buffer.per_cycle", self.store_buffer.per_cycle as u64),
            ("trap.ipi_latency", self.trap.ipi_latency as u64),
            ("branch.return_stack", self.branch.return_stack as u64),
        ] {
            if value == 0 {
                return Err(format!("{what}: must be at least 1"));
            }
        }
        for (what, bits) in [
            ("direction_bits", self.branch.direction_bits),
            ("history_bits", self.branch.history_bits),
            ("indirect_bits", self.branch.indirect_bits),
            ("local_bits", self.branch.local_bits),
        ] {
            if bits > 20 {
                return Err(format!("branch.{what}: {bits} is more than 20"));
            }
        }
        if self.branch.local_history_bits > 15 {
            return Err(format!("branch.local_history_bits: {} is more than 15", self.branch.local_history_bits));
        }
        if !self.branch.btb_entries.is_power_of_two() {
            return Err(format!("branch.btb_entries: {} is no power of two", self.branch.btb_entries));
        }
        if self.tlb.l2_entries != 0 && !self.tlb.l2_entries.is_power_of_two() {
            return Err(format!("tlb.l2_entries: {} is neither 0 nor a power of two", self.tlb.l2_entries));
        }
        let width = self.issue.width;
        if width > 8 || self.issue.load_pair_slots > width {
            return Err(format!("issue: width is at most 8 and load_pair_slots at most width ({width})"));
        }
        for (producer, to) in &self.forward {
            for (consumer, &cycles) in to {
                if cycles == 0 {
                    return Err(format!("forward: {producer:?} to {consumer:?} takes at least a cycle"));
                }
            }
        }
        Ok(())
    }
}

/// Number of the line that a span starts on, from 1.
fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let before = span.and_then(|s| text.get(..s.start)).unwrap_or("");
    1 + before.matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_model_is_valid_and_named_as_its_file() {
        for (name, _) in BUILT_IN {
            assert_eq!(&CoreModel::built_in(name).unwrap().name, name);
        }
    }

    #[test]
    fn a_wrong_model_is_refused_with_its_place() {
        let good = BUILT_IN[0].1;
        let typo = good.replace("mispredict", "misspredict");
        let error = CoreModel::parse("my.toml", &typo).unwrap_err().to_string();
        assert!(error.contains("my.toml") && error.contains("misspredict"), "{error}");
        let sets = good.replacen("ways = 4", "ways = 3", 1);
        assert!(CoreModel::parse("my.toml", &sets).unwrap_err().to_string().contains("power of two"));
        assert!(CoreModel::built_in("pentium").unwrap_err().to_string().contains("sifive-u74"));
    }

    #[test]
    fn the_digest_changes_with_every_parameter_and_the_number_of_harts() {
        let model = CoreModel::built_in("sifive-u74").unwrap();
        let mut slower = model.clone();
        slower.fence_i.flush += 1;
        assert_ne!(model.digest(2), slower.digest(2));
        assert_ne!(model.digest(2), model.digest(8));
        assert_eq!(model.digest(2), model.clone().digest(2));
    }
}
