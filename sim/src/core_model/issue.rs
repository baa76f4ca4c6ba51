//! Issue rules, latencies and forwarding of a core model.
//!
//! A result is described by who made it (a *producer*, one key of [`Latency`]) and by who takes it (a *consumer*: where in the
//! pipeline the operand is read). The cycles between the issue of the one and of the other are, in this order of precedence:
//! `forward.<producer>.<consumer>`; else `latency.<producer>` less `late.<consumer>`, and at least 1.

use cmodx_isa::Class;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How many instructions issue in one cycle, and in which order they end.
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
    /// Floating point and Advanced SIMD.
    pub float: u8,
    /// Floating-point multiplications and divisions, where they have pipes of their own; 0: they count as `float`.
    pub float_multiplies: u8,
    /// Moves and conversions between integer and floating-point registers issue as integer operations.
    pub float_moves_in_integer_pipes: bool,
    /// What cannot issue while a floating-point division keeps its unit busy.
    pub float_division_blocks: FloatDivisionBlocks,
    /// Pipes of `float` that a vector of 128 bits takes. One that takes several is the first to issue in its cycle.
    pub full_vector_pipes: u8,
    /// Branches, multiplications, divisions and floating point together: what shares the second pipe.
    pub second_pipe: u8,
    /// Issue slots of a load of two registers.
    pub load_pair_slots: u8,
    /// Further issue slots of an access that moves its base register.
    pub moved_base_slots: u8,
    /// Cycles for which a load of two registers occupies the load unit.
    pub load_pair_occupies: u8,
    /// The same for two of 32 bits.
    pub load_word_pair_occupies: u8,
    /// Results are written in program order: an instruction whose result would come before that of an earlier one waits.
    pub in_order_completion: bool,
    /// Cycles from issue to the write of the shortest result; forwarding makes it available earlier.
    pub depth: u8,
    /// Producers whose results may be written later than those of younger instructions, in spite of
    /// `in_order_completion`.
    pub completes_out_of_order: BTreeSet<Producer>,
}

/// Floating-point operations that need the unit which divides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloatDivisionBlocks {
    /// Other divisions.
    Divisions,
    /// Multiplications too.
    Multiplications,
    /// All that counts as `float`.
    All,
}

/// Cycles from issue until a dependent instruction can issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Plain integer operation.
    pub alu: u8,
    /// With shifted or extended operand.
    pub alu_shifted: u8,
    /// Shift and add (RISC-V Zba), count of ones.
    pub alu_compound: u8,
    /// Multiplication.
    pub mul: u8,
    /// Multiplication of 32-bit values.
    pub mul32: u8,
    /// Multiply-accumulate.
    pub mul_add: u8,
    /// 32-bit division.
    pub div32: u8,
    /// 64-bit division.
    pub div64: u8,
    /// Cycles for which `div32` occupies the divider.
    pub div32_occupies: u8,
    /// Cycles for which `div64` occupies the divider.
    pub div64_occupies: u8,
    /// Load that hits L1D.
    pub load: u8,
    /// Load whose address is the sum of two registers.
    pub load_offset: u8,
    /// Load of two registers.
    pub load_pair: u8,
    /// Load of two registers of 32 bits.
    pub load_word_pair: u8,
    /// Load into a floating-point register.
    pub load_float: u8,
    /// Load-reserved, load-exclusive.
    pub load_exclusive: u8,
    /// Result of a store-conditional, store-exclusive.
    pub store_exclusive: u8,
    /// Atomic read-modify-write on an owned line.
    pub atomic: u8,
    /// Read of a system register.
    pub system: u8,
    /// Base register that an access moves.
    pub moved_base: u8,
    /// Floating-point move, sign injection.
    pub fp_move: u8,
    /// Floating-point minimum, maximum.
    pub fp_min_max: u8,
    /// Floating-point compare, classify.
    pub fp_compare: u8,
    /// Move between an integer and a floating-point register, floating-point immediate.
    pub fp_copy: u8,
    /// Floating-point conversion, also from an integer.
    pub fp_convert: u8,
    /// Conversion to an integer.
    pub fp_to_int: u8,
    /// Floating-point add, single precision.
    pub fp_add32: u8,
    /// Floating-point add, double precision.
    pub fp_add64: u8,
    /// Floating-point multiplication, single precision.
    pub fp_mul32: u8,
    /// Floating-point multiplication, double precision.
    pub fp_mul64: u8,
    /// Fused multiply-add, single precision.
    pub fp_fma32: u8,
    /// Fused multiply-add, double precision.
    pub fp_fma64: u8,
    /// Floating-point division and square root, single precision.
    pub fp_div32: u8,
    /// Floating-point division and square root, double precision.
    pub fp_div64: u8,
    /// Cycles for which `fp_div32` occupies the divider.
    pub fp_div32_occupies: u8,
    /// Cycles for which `fp_div64` occupies the divider.
    pub fp_div64_occupies: u8,
    /// Advanced SIMD integer operation.
    pub simd: u8,
    /// Advanced SIMD logic.
    pub simd_logic: u8,
    /// Advanced SIMD permutation, selection, count, immediate.
    pub simd_permute: u8,
    /// Advanced SIMD multiplication, cryptography.
    pub simd_mul: u8,
}

/// Cycles after issue at which an operand is read. An ALU that reads late also executes late when an operand was not there
/// at issue; its result then comes that many cycles later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// Operands of the ALU.
    pub alu: u8,
    /// Data of a store.
    pub data: u8,
    /// Condition of a branch. One that has to wait is resolved, and a misprediction found, that many cycles later.
    pub branch: u8,
}

/// Exceptions from the latencies: `forward.<producer>.<consumer>` cycles.
pub type Forward = BTreeMap<Producer, BTreeMap<Consumer, u8>>;

/// What makes a result; named as the keys of [`Latency`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the keys of `Latency` of the same names say what they are")]
pub enum Producer {
    Alu,
    AluShifted,
    AluCompound,
    Mul,
    Mul32,
    MulAdd,
    Div32,
    Div64,
    Load,
    LoadOffset,
    LoadPair,
    LoadWordPair,
    LoadFloat,
    LoadExclusive,
    StoreExclusive,
    Atomic,
    System,
    MovedBase,
    FpMove,
    FpMinMax,
    FpCompare,
    FpCopy,
    FpConvert,
    FpToInt,
    FpAdd32,
    FpAdd64,
    FpMul32,
    FpMul64,
    FpFma32,
    FpFma64,
    FpDiv32,
    FpDiv64,
    Simd,
    SimdLogic,
    SimdPermute,
    SimdMul,
}

/// Where an operand is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consumer {
    /// Address of an access, target of an indirect jump, everything that is not among the others.
    Address,
    /// Integer operation.
    Alu,
    /// Shifted or extended operand.
    Shifted,
    /// Data of a store.
    Data,
    /// Factor or dividend.
    Multiply,
    /// Addend of a multiply-add.
    Accumulate,
    /// Condition of a branch.
    Branch,
    /// Floating-point operation.
    Float,
}

impl Consumer {
    /// All of them, in the order of their numbers.
    pub const ALL: [Consumer; 8] = [
        Consumer::Address,
        Consumer::Alu,
        Consumer::Shifted,
        Consumer::Data,
        Consumer::Multiply,
        Consumer::Accumulate,
        Consumer::Branch,
        Consumer::Float,
    ];
}

impl Producer {
    /// The producer that a timing class is; `None` where the class makes no result that another instruction waits for
    /// beyond an ALU's.
    pub(crate) fn of(class: Class) -> Producer {
        match class {
            Class::AluShifted => Producer::AluShifted,
            Class::AluCompound => Producer::AluCompound,
            Class::Mul => Producer::Mul,
            Class::Mul32 => Producer::Mul32,
            Class::MulAdd => Producer::MulAdd,
            Class::Div32 => Producer::Div32,
            Class::Div64 => Producer::Div64,
            Class::Load => Producer::Load,
            Class::LoadPair | Class::SimdStruct => Producer::LoadPair,
            Class::LoadExclusive => Producer::LoadExclusive,
            Class::StoreExclusive => Producer::StoreExclusive,
            Class::Atomic => Producer::Atomic,
            Class::System => Producer::System,
            Class::FpMove => Producer::FpMove,
            Class::FpMinMax => Producer::FpMinMax,
            Class::FpCompare => Producer::FpCompare,
            Class::FpCopy => Producer::FpCopy,
            Class::FpConvert | Class::FpFromInt => Producer::FpConvert,
            Class::FpToInt => Producer::FpToInt,
            Class::FpAdd32 => Producer::FpAdd32,
            Class::FpAdd64 => Producer::FpAdd64,
            Class::FpMul32 => Producer::FpMul32,
            Class::FpMul64 => Producer::FpMul64,
            Class::FpFma32 => Producer::FpFma32,
            Class::FpFma64 => Producer::FpFma64,
            Class::FpDiv32 => Producer::FpDiv32,
            Class::FpDiv64 => Producer::FpDiv64,
            Class::SimdAlu => Producer::Simd,
            Class::SimdLogic => Producer::SimdLogic,
            Class::SimdPermute => Producer::SimdPermute,
            Class::SimdMul | Class::Crypto => Producer::SimdMul,
            _ => Producer::Alu,
        }
    }

    fn is_float(self) -> bool {
        self >= Producer::FpMove || self == Producer::LoadFloat
    }
}

impl Latency {
    /// Cycles of a producer.
    pub fn of(&self, producer: Producer) -> u8 {
        match producer {
            Producer::Alu => self.alu,
            Producer::AluShifted => self.alu_shifted,
            Producer::AluCompound => self.alu_compound,
            Producer::Mul => self.mul,
            Producer::Mul32 => self.mul32,
            Producer::MulAdd => self.mul_add,
            Producer::Div32 => self.div32,
            Producer::Div64 => self.div64,
            Producer::Load => self.load,
            Producer::LoadOffset => self.load_offset,
            Producer::LoadPair => self.load_pair,
            Producer::LoadWordPair => self.load_word_pair,
            Producer::LoadFloat => self.load_float,
            Producer::LoadExclusive => self.load_exclusive,
            Producer::StoreExclusive => self.store_exclusive,
            Producer::Atomic => self.atomic,
            Producer::System => self.system,
            Producer::MovedBase => self.moved_base,
            Producer::FpMove => self.fp_move,
            Producer::FpMinMax => self.fp_min_max,
            Producer::FpCompare => self.fp_compare,
            Producer::FpCopy => self.fp_copy,
            Producer::FpConvert => self.fp_convert,
            Producer::FpToInt => self.fp_to_int,
            Producer::FpAdd32 => self.fp_add32,
            Producer::FpAdd64 => self.fp_add64,
            Producer::FpMul32 => self.fp_mul32,
            Producer::FpMul64 => self.fp_mul64,
            Producer::FpFma32 => self.fp_fma32,
            Producer::FpFma64 => self.fp_fma64,
            Producer::FpDiv32 => self.fp_div32,
            Producer::FpDiv64 => self.fp_div64,
            Producer::Simd => self.simd,
            Producer::SimdLogic => self.simd_logic,
            Producer::SimdPermute => self.simd_permute,
            Producer::SimdMul => self.simd_mul,
        }
    }
}

/// Cycles from the issue of `producer`, with `more` cycles before its result, to that of `consumer`.
pub(crate) fn distance(
    latency: &Latency,
    late: &Late,
    forward: &Forward,
    producer: Producer,
    consumer: Consumer,
    more: u8,
) -> u8 {
    if let Some(&cycles) = forward.get(&producer).and_then(|to| to.get(&consumer)) {
        return cycles;
    }
    let stage = match consumer {
        Consumer::Alu | Consumer::Shifted => late.alu,
        Consumer::Data if !producer.is_float() => late.data,
        Consumer::Branch => late.branch,
        _ => 0,
    };
    latency.of(producer).saturating_add(more).saturating_sub(stage).max(1)
}
