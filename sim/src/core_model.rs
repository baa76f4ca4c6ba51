//! Core models: cache, predictor, pipeline and fence parameters of a named core, read from TOML.
//!
//! The files under `cores/` carry the source of every number. Latencies are in cycles of the core's clock.

use cmodx_isa::{Arch, Class};
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
    /// Branch prediction.
    pub branch: Branch,
    /// L1 instruction cache.
    pub l1i: InsnCache,
    /// L1 data cache.
    pub l1d: DataCache,
    /// Shared second level.
    pub l2: Level2,
    /// Cycles of a line from memory behind L2.
    pub dram_cycles: u64,
    /// Store buffer.
    pub store_buffer: StoreBuffer,
    /// Barriers and cache maintenance.
    pub fence: FenceCost,
    /// Traps, firmware, interprocessor interrupts.
    pub trap: TrapCost,
    /// What the caches promise to instruction fetch.
    pub coherence: Coherence,
}

/// How many instructions issue in one cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// All.
    pub width: u8,
    /// Loads.
    pub loads: u8,
    /// Stores.
    pub stores: u8,
    /// Loads and stores together.
    pub memory: u8,
    /// Branches and jumps.
    pub branches: u8,
    /// Multiplications and divisions.
    pub multiplies: u8,
}

/// Cycles from issue until a dependent instruction can issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Plain integer operation.
    pub alu: u8,
    /// With shifted or extended operand.
    pub alu_shifted: u8,
    /// Multiplication.
    pub mul: u8,
    /// Multiply-accumulate.
    pub mul_add: u8,
    /// 32-bit division (not pipelined).
    pub div32: u8,
    /// 64-bit division (not pipelined).
    pub div64: u8,
    /// Load that hits L1D.
    pub load: u8,
    /// Second register of a load pair, over the first.
    pub load_pair_extra: u8,
    /// Atomic read-modify-write on an owned line.
    pub atomic: u8,
    /// Read of a system register.
    pub system: u8,
    /// Floating-point and vector move or simple operation.
    pub fp_move: u8,
    /// Floating-point add, multiply, fused multiply-add, conversion, single precision.
    pub fp32: u8,
    /// The same, double precision.
    pub fp64: u8,
    /// Single-precision division.
    pub fp_div32: u8,
    /// Double-precision division.
    pub fp_div64: u8,
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
    /// Bits of global history mixed into their index.
    pub history_bits: u8,
    /// Branch target buffer entries (a power of two).
    pub btb_entries: u16,
    /// Return stack entries.
    pub return_stack: u8,
}

/// L1 instruction cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsnCache {
    /// Bytes.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Bytes of one beat of a line fill; each beat reads memory at its own cycle.
    pub beat_bytes: u8,
}

/// L1 data cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCache {
    /// Bytes.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Extra cycles when another hart's L1D holds the line dirty.
    pub remote_dirty: u8,
    /// Cycles to take ownership of a line that others share.
    pub upgrade: u8,
}

/// Second-level cache parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level2 {
    /// Bytes.
    pub size: u32,
    /// Ways.
    pub ways: u8,
    /// Cycles from an L1 miss to the first data.
    pub cycles: u64,
}

/// Store buffer parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreBuffer {
    /// Entries.
    pub entries: u8,
    /// Cycles from issue until the oldest store may leave for L1D.
    pub drain_delay: u8,
}

/// Cost of barriers and cache maintenance, beyond the waiting that they imply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceCost {
    /// Data barrier with an empty store buffer.
    pub data: u16,
    /// DSB with nothing outstanding.
    pub dsb: u16,
    /// ISB: refetch of the pipeline.
    pub isb: u16,
    /// FENCE.I, fixed part: pipeline flush.
    pub fence_i: u16,
    /// FENCE.I, for each valid line dropped.
    pub fence_i_per_line: u16,
    /// IC IVAU until it is complete everywhere.
    pub ic_ivau: u16,
    /// DC CVAU of a dirty line.
    pub dc_cvau: u16,
}

/// Cost of traps and of what crosses harts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrapCost {
    /// From the trapping instruction to the first of the handler.
    pub entry: u16,
    /// Return from a trap.
    pub exit: u16,
    /// Cycles spent in the firmware's handler of a call.
    pub firmware_call: u16,
    /// Cycles of the firmware's interrupt handler around a remote fence.
    pub firmware_ipi: u16,
    /// From the write that raises an interprocessor interrupt until the target sees it.
    pub ipi_latency: u16,
    /// Write of a control register: pipeline flush.
    pub system_write: u16,
    /// Access to a device register.
    pub device: u16,
    /// Page table walk, per level that misses nothing.
    pub walk_level: u16,
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
    ("cortex-a55", include_str!("../cores/cortex-a55.toml")),
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
        model.fence = FenceCost { data: 0, dsb: 0, isb: 0, fence_i: 0, fence_i_per_line: 0, ic_ivau: 0, dc_cvau: 0 };
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
            walk_level: 0,
        };
        model
    }

    /// Latency table by class; memory classes give the L1D hit.
    pub(crate) fn latencies(&self) -> [u8; Class::COUNT] {
        let l = &self.latency;
        let mut table = [l.alu; Class::COUNT];
        let mut set = |class: Class, cycles: u8| table[class as usize] = cycles;
        set(Class::AluShifted, l.alu_shifted);
        set(Class::Mul, l.mul);
        set(Class::MulAdd, l.mul_add);
        set(Class::Div32, l.div32);
        set(Class::Div64, l.div64);
        for class in [Class::Load, Class::LoadExclusive, Class::StoreExclusive] {
            set(class, l.load);
        }
        set(Class::LoadPair, l.load + l.load_pair_extra);
        set(Class::Atomic, l.atomic);
        set(Class::System, l.system);
        for class in [Class::FpMove, Class::SimdAlu, Class::SimdPermute] {
            set(class, l.fp_move);
        }
        for class in [Class::FpConvert, Class::FpAdd32, Class::FpMul32, Class::FpFma32, Class::SimdMul, Class::Crypto] {
            set(class, l.fp32);
        }
        for class in [Class::FpAdd64, Class::FpMul64, Class::FpFma64] {
            set(class, l.fp64);
        }
        set(Class::FpDiv32, l.fp_div32);
        set(Class::FpDiv64, l.fp_div64);
        set(Class::SimdStruct, l.load + l.load_pair_extra);
        table
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
            ("clock_khz", self.clock_khz),
            ("store_buffer.entries", self.store_buffer.entries as u64),
            ("trap.ipi_latency", self.trap.ipi_latency as u64),
            ("branch.return_stack", self.branch.return_stack as u64),
        ] {
            if value == 0 {
                return Err(format!("{what}: must be at least 1"));
            }
        }
        if !self.branch.btb_entries.is_power_of_two() || self.branch.direction_bits > 20 {
            return Err("branch: btb_entries must be a power of two and direction_bits at most 20".into());
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
        slower.fence.fence_i += 1;
        assert_ne!(model.digest(2), slower.digest(2));
        assert_ne!(model.digest(2), model.digest(8));
        assert_eq!(model.digest(2), model.clone().digest(2));
    }
}
