//! A litmus test as read from text.

use cmodx_isa::Arch;

/// Text that is not a litmus test of the supported kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LitmusError {
    /// Number of the line, from 1.
    pub line: usize,
    /// What stands there and why it is refused.
    pub what: String,
}

impl LitmusError {
    /// An error at this line.
    pub fn new(line: usize, what: impl Into<String>) -> LitmusError {
        LitmusError { line, what: what.into() }
    }
}

/// A value in an initial state or condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i128),
    /// The address of a location.
    Address(String),
    /// The address of a label of a thread.
    Label(usize, String),
    /// The bits of an instruction.
    Instruction(String),
}

/// Something that has a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A register of a thread, by the name that the test gives it.
    Register(usize, String),
    /// A location in memory.
    Location(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::Register(thread, name) => write!(f, "{thread}:{name}"),
            Place::Location(name) => f.write_str(name),
        }
    }
}

/// An entry of the initial state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initial {
    /// What has the value.
    pub place: Place,
    /// Bytes of its type, when one is given.
    pub bytes: Option<u64>,
    /// The value, when one is given.
    pub value: Option<Value>,
    /// The line of the test.
    pub line: usize,
}

/// An instruction or label of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A label.
    Label(String),
    /// An instruction.
    Instruction(String),
}

/// What is asked of the final states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// Some state satisfies the condition.
    Exists,
    /// No state satisfies it.
    NotExists,
    /// Every state satisfies it.
    ForAll,
}

impl Quantifier {
    /// The word of the test.
    pub const fn word(self) -> &'static str {
        match self {
            Quantifier::Exists => "exists",
            Quantifier::NotExists => "~exists",
            Quantifier::ForAll => "forall",
        }
    }
}

/// A condition on a final state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    True,
    /// Never.
    False,
    /// The place has this value.
    Equal(Place, Value),
    /// The condition does not hold.
    Not(Box<Condition>),
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// The second holds if the first does.
    Implies(Box<Condition>, Box<Condition>),
}

/// A litmus test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its architecture.
    pub arch: Arch,
    /// Its name.
    pub name: String,
    /// What it says of the caches of an Arm machine: IDC and DIC.
    pub cache_type: Option<(bool, bool)>,
    /// The initial state.
    pub initial: Vec<Initial>,
    /// The threads: items with their lines.
    pub threads: Vec<Vec<(Item, usize)>>,
    /// Places to show besides those of the condition.
    pub locations: Vec<Place>,
    /// What is asked.
    pub quantifier: Quantifier,
    /// Of which states.
    pub condition: Condition,
    /// The line where the condition starts.
    pub condition_line: usize,
}

impl Condition {
    /// Calls `f` for each place and the value that it is compared with.
    pub fn for_each(&self, f: &mut impl FnMut(&Place, &Value)) {
        match self {
            Condition::True | Condition::False => {}
            Condition::Equal(place, value) => f(place, value),
            Condition::Not(c) => c.for_each(f),
            Condition::And(list) | Condition::Or(list) => list.iter().for_each(|c| c.for_each(f)),
            Condition::Implies(a, b) => {
                a.for_each(f);
                b.for_each(f);
            }
        }
    }

    /// Whether it holds when `equal` says which comparisons do.
    pub fn holds(&self, equal: &impl Fn(&Place, &Value) -> bool) -> bool {
        match self {
            Condition::True => true,
            Condition::False => false,
            Condition::Equal(place, value) => equal(place, value),
            Condition::Not(c) => !c.holds(equal),
            Condition::And(list) => list.iter().all(|c| c.holds(equal)),
            Condition::Or(list) => list.iter().any(|c| c.holds(equal)),
            Condition::Implies(a, b) => !a.holds(equal) || b.holds(equal),
        }
    }
}
