//! What a core model says of each kind of instruction, laid out for the issue stage.

use crate::core_model::{Consumer, CoreModel, FloatDivisionBlocks, Issue, Producer, distance};
use cmodx_isa::{AccessKind, Class, Operands, Width};

/// A timing class, or a variety of one that its operands make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind(u8);

/// Varieties of memory accesses and branches, numbered behind the classes. Behind those stand all classes once more, on vectors
/// of 128 bits.
#[derive(Clone, Copy)]
enum Variety {
    LoadOffset,
    LoadFloat,
    LoadMoved,
    LoadFloatMoved,
    LoadPairMoved,
    LoadWordPair,
    LoadWordPairMoved,
    StoreMoved,
    StorePairMoved,
    Conditional,
}

const VARIETIES: [(Variety, Class); 10] = [
    (Variety::LoadOffset, Class::Load),
    (Variety::LoadFloat, Class::Load),
    (Variety::LoadMoved, Class::Load),
    (Variety::LoadFloatMoved, Class::Load),
    (Variety::LoadPairMoved, Class::LoadPair),
    (Variety::LoadWordPair, Class::LoadPair),
    (Variety::LoadWordPairMoved, Class::LoadPair),
    (Variety::StoreMoved, Class::Store),
    (Variety::StorePairMoved, Class::StorePair),
    (Variety::Conditional, Class::Branch),
];

/// Where the classes stand once more.
const FULL: usize = Class::COUNT + VARIETIES.len();

impl Kind {
    /// A branch that makes the operation behind it conditional: both issue together, and nothing is predicted.
    pub const CONDITIONAL: Kind = Kind((Class::COUNT + Variety::Conditional as usize) as u8);

    /// The kind of an instruction.
    pub fn of(class: Class, operands: &Operands) -> Kind {
        let moved = operands.moved_base.0 != 0;
        let float = operands.writes.0 >> 32 & 0xffff_ffff != 0;
        let variety = match class {
            Class::Load if float && moved => Variety::LoadFloatMoved,
            Class::Load if float => Variety::LoadFloat,
            Class::Load if moved => Variety::LoadMoved,
            Class::Load if operands.address.0.count_ones() > 1 => Variety::LoadOffset,
            Class::LoadPair if operands.width == Width::Words && moved => Variety::LoadWordPairMoved,
            Class::LoadPair if operands.width == Width::Words => Variety::LoadWordPair,
            Class::LoadPair if moved => Variety::LoadPairMoved,
            Class::Store if moved => Variety::StoreMoved,
            Class::StorePair if moved => Variety::StorePairMoved,
            _ if operands.width == Width::Full => return Kind((FULL + class as usize) as u8),
            _ => return Kind(class as u8),
        };
        Kind((Class::COUNT + variety as usize) as u8)
    }

    #[inline(always)]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// True when those registers that form no address are data on their way to memory.
    pub(super) fn has_data(self) -> bool {
        let class = self.class();
        class.is_none_or(|c| {
            matches!(c, Class::Store | Class::StorePair | Class::StoreExclusive | Class::Atomic | Class::SimdStruct)
        })
    }

    /// The class; `None` for a variety.
    fn class(self) -> Option<Class> {
        let index = self.index();
        Class::ALL.get(if index < FULL { index } else { index - FULL }).copied()
    }
}

/// Units that one instruction can occupy for more than a cycle. The first is never busy.
pub(super) const UNITS: usize = 6;
const NO_UNIT: u8 = 0;
const LOAD: u8 = 1;
const STORE: u8 = 2;
const DIVIDER: u8 = 3;
const FLOAT_DIVIDER: u8 = 4;
const MEMORY: u8 = 5;

/// Set in [`super::Pipeline::used`] when a limit is exceeded: the highest bit of its byte, or of its half of one.
pub(super) const OVERFLOW: u64 = 0x8088_8080_8080_8080;

/// Limits, in the order of their bytes.
const WIDTH: u64 = 1;
const LOADS: u64 = 1 << 8;
const STORES: u64 = 1 << 16;
const MEMORY_OPS: u64 = 1 << 24;
const BRANCHES: u64 = 1 << 32;
const MULTIPLIES: u64 = 1 << 40;
/// Half a byte each: see [`OVERFLOW`].
const FLOATS: u64 = 1 << 48;
const FLOAT_MULTIPLIES: u64 = 1 << 52;
const SECOND_PIPE: u64 = 1 << 56;

/// Shift of the byte that says when a consumer can have a result.
const fn shift(consumer: Consumer) -> u8 {
    consumer as u8 * 8
}

/// Shift of the consumer that reads at issue.
pub(super) const ADDRESS: u8 = shift(Consumer::Address);

/// What a kind needs, takes and gives.
#[derive(Clone)]
pub(super) struct Row {
    /// One of each limit that must be left where it issues.
    pub needs: u64,
    /// One of each limit that it counts for.
    pub takes: u64,
    /// Cycles until each consumer can have the result, a byte each.
    pub cycles: u64,
    /// The same when it executes late.
    pub late_cycles: u64,
    /// Shifts of the consumers that its sources and its other sources are.
    pub reads: [u8; 2],
    pub unit: u8,
    /// Cycles of the unit.
    pub occupies: u8,
    /// Cycles from issue until its result is written; so large that it never waits where order does not matter.
    pub completes: u8,
    /// Cycles from issue until its result is written.
    pub written: u8,
    /// Younger ones wait for its completion.
    pub completes_in_order: bool,
    /// It can execute late.
    pub late: bool,
}

impl Row {
    /// The same on vectors of 128 bits.
    fn of_full_vectors(mut self, issue: &Issue) -> Row {
        if self.takes & FLOATS != 0 && issue.full_vector_pipes > 1 {
            self.takes += (issue.full_vector_pipes as u64 - 1) * FLOATS;
            self.needs = self.takes - WIDTH + issue.width as u64 * WIDTH;
        }
        self
    }
}

/// All rows of a core model.
#[derive(Clone)]
pub(super) struct Table {
    pub rows: Vec<Row>,
    /// [`super::Pipeline::used`] of a cycle in which nothing issues yet.
    pub empty: u64,
    /// Cycles of a moved base register, a byte a consumer.
    pub moved_base: u64,
    pub late_branch: u64,
}

impl Table {
    pub fn new(model: &CoreModel) -> Table {
        let issue = &model.issue;
        let limits = [
            issue.width,
            issue.loads,
            issue.stores,
            issue.memory,
            issue.branches,
            issue.multiplies,
            0,
            issue.second_pipe,
        ];
        // A byte overflows into its highest bit when more than the limit is added; so does half a byte.
        let mut empty = limits.map(|limit| 0x7f - limit.min(0x7f));
        empty[6] = ((7 - issue.float_multiplies.min(7)) << 4) | (7 - issue.float.min(7));
        let plain = (0..Class::COUNT).map(|i| row(model, Class::ALL[i], None));
        let varieties = VARIETIES.iter().map(|&(variety, class)| row(model, class, Some(variety)));
        let full = plain.clone().map(|row| row.of_full_vectors(issue));
        Table {
            rows: plain.chain(varieties).chain(full).collect(),
            empty: u64::from_le_bytes(empty),
            moved_base: cycles(model, Producer::MovedBase, 0),
            late_branch: model.late.branch as u64,
        }
    }
}

/// Cycles from this producer to each consumer.
fn cycles(model: &CoreModel, producer: Producer, more: u8) -> u64 {
    let of = |consumer| distance(&model.latency, &model.late, &model.forward, producer, consumer, more);
    u64::from_le_bytes(Consumer::ALL.map(of))
}

fn producer(class: Class, variety: Option<Variety>) -> Producer {
    match variety {
        Some(Variety::LoadOffset) => Producer::LoadOffset,
        Some(Variety::LoadFloat | Variety::LoadFloatMoved) => Producer::LoadFloat,
        Some(Variety::LoadWordPair | Variety::LoadWordPairMoved) => Producer::LoadWordPair,
        _ => Producer::of(class),
    }
}

fn row(model: &CoreModel, class: Class, variety: Option<Variety>) -> Row {
    let (issue, latency) = (&model.issue, &model.latency);
    let producer = producer(class, variety);
    let (needs, unit) = needs(model, class);
    let conditional = matches!(variety, Some(Variety::Conditional));
    let words = matches!(variety, Some(Variety::LoadWordPair | Variety::LoadWordPairMoved));
    let plain = matches!(variety, None | Some(Variety::LoadOffset | Variety::LoadFloat | Variety::LoadWordPair));
    let moved = !conditional && !plain;
    let slots = match class {
        Class::LoadPair => issue.load_pair_slots,
        _ => 1,
    } + if moved { issue.moved_base_slots } else { 0 };
    let occupies = match class {
        Class::LoadPair if words => issue.load_word_pair_occupies,
        Class::LoadPair => issue.load_pair_occupies,
        Class::Div32 => latency.div32_occupies,
        Class::Div64 => latency.div64_occupies,
        Class::FpDiv32 => latency.fp_div32_occupies,
        Class::FpDiv64 => latency.fp_div64_occupies,
        _ => 1,
    };
    let late = match class {
        Class::Alu | Class::AluShifted | Class::AluCompound => model.late.alu,
        Class::Branch if !conditional => model.late.branch,
        _ => 0,
    };
    let has_result = conditional || !matches!(access(class), Some(AccessKind::Store)) && !class.is_branch();
    let ordered = issue.in_order_completion && has_result && !issue.completes_out_of_order.contains(&producer);
    let completes = latency.of(producer).max(issue.depth);
    let takes = needs - WIDTH + slots.min(issue.width) as u64 * WIDTH;
    Row {
        // There is room for both of a pair.
        needs: if conditional { needs - WIDTH + issue.width as u64 * WIDTH } else { takes },
        takes,
        cycles: cycles(model, producer, 0),
        late_cycles: cycles(model, producer, late),
        reads: if conditional { [ADDRESS; 2] } else { reads(class).map(shift) },
        unit,
        occupies,
        completes: if ordered { completes } else { u8::MAX },
        written: if has_result { completes } else { issue.depth.max(1) },
        completes_in_order: ordered,
        late: late > 0,
    }
}

/// How a class touches memory, where the class says it.
fn access(class: Class) -> Option<AccessKind> {
    match class {
        Class::Load | Class::LoadPair | Class::LoadExclusive => Some(AccessKind::Load),
        Class::Store | Class::StorePair | Class::StoreExclusive => Some(AccessKind::Store),
        _ => None,
    }
}

/// Where a class reads its sources, and its other sources.
fn reads(class: Class) -> [Consumer; 2] {
    match class {
        Class::Alu | Class::AluShifted | Class::AluCompound => [Consumer::Alu, Consumer::Shifted],
        Class::Mul | Class::Mul32 | Class::MulAdd | Class::Div32 | Class::Div64 => {
            [Consumer::Multiply, Consumer::Accumulate]
        }
        Class::Branch => [Consumer::Branch; 2],
        _ if is_float(class) => [Consumer::Float, Consumer::Accumulate],
        _ => [Consumer::Address, Consumer::Data],
    }
}

/// Floating point, Advanced SIMD and what shares their units.
fn is_float(class: Class) -> bool {
    (Class::FpMove..=Class::SimdPermute).contains(&class) || class == Class::Crypto
}

/// What a class counts for in its cycle, and the unit that it occupies.
fn needs(model: &CoreModel, class: Class) -> (u64, u8) {
    // Where loads and stores share one port, what occupies it keeps both out.
    let port = |own| if model.issue.memory == 1 { MEMORY } else { own };
    // What shares the unit that divides waits for it, and occupies it for its own cycle alone.
    let blocked = |by: &[FloatDivisionBlocks]| {
        if by.contains(&model.issue.float_division_blocks) { FLOAT_DIVIDER } else { NO_UNIT }
    };
    let multiplier = if model.issue.float_multiplies == 0 { FLOATS } else { FLOAT_MULTIPLIES };
    match class {
        Class::Load | Class::LoadPair | Class::LoadExclusive => (WIDTH + LOADS + MEMORY_OPS, port(LOAD)),
        Class::Store | Class::StorePair | Class::StoreExclusive => (WIDTH + STORES + MEMORY_OPS, port(STORE)),
        _ if class.is_branch() => (WIDTH + BRANCHES + SECOND_PIPE, NO_UNIT),
        Class::Mul | Class::Mul32 | Class::MulAdd => (WIDTH + MULTIPLIES + SECOND_PIPE, NO_UNIT),
        Class::Div32 | Class::Div64 => (WIDTH + MULTIPLIES + SECOND_PIPE, DIVIDER),
        Class::FpDiv32 | Class::FpDiv64 => (WIDTH + multiplier + SECOND_PIPE, FLOAT_DIVIDER),
        Class::FpMul32 | Class::FpMul64 | Class::FpFma32 | Class::FpFma64 => {
            let by = [FloatDivisionBlocks::Multiplications, FloatDivisionBlocks::All];
            (WIDTH + multiplier + SECOND_PIPE, blocked(&by))
        }
        Class::FpCopy | Class::FpToInt | Class::FpFromInt if model.issue.float_moves_in_integer_pipes => {
            (WIDTH, NO_UNIT)
        }
        _ if is_float(class) => (WIDTH + FLOATS + SECOND_PIPE, blocked(&[FloatDivisionBlocks::All])),
        Class::Atomic
        | Class::Fence
        | Class::Dsb
        | Class::FenceI
        | Class::Isb
        | Class::CacheOp
        | Class::TlbOp
        | Class::System
        | Class::Exception
        | Class::TrapReturn
        | Class::Hint
        | Class::SimdStruct => (model.issue.width as u64 * WIDTH, NO_UNIT),
        _ => (WIDTH, NO_UNIT),
    }
}
