//! Running one test, and its result as herd prints it.

use super::build::{Bounds, Layout, build};
use super::parse::parse;
use super::test::{Condition, LitmusError, Place, Quantifier, Test, Value};
use crate::relaxed::arch::RelaxedIsa;
use crate::relaxed::model::{Model, Rule, Rules};
use cmodx_isa::Arch;
use cmodx_isa::aarch64::Aarch64;
use cmodx_isa::riscv::Riscv;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How tests are run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The model for tests of its architecture. Without it the test's CacheType decides, else the default model.
    pub model: Option<Model>,
    /// FENCE.I orders nothing: what tests of data alone assume, which know no fetches.
    pub classic_fencei: bool,
    /// A rule to take out of the model, or to put in where it is not: tests of the tests.
    pub flipped: Option<Rule>,
    /// Bounds of exploration.
    pub bounds: Bounds,
}

/// Whether the states that a condition describes are reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// None of them is.
    Never,
    /// Some are, and others.
    Sometimes,
    /// No other is.
    Always,
}

impl Observation {
    /// herd's word.
    pub const fn word(self) -> &'static str {
        match self {
            Observation::Never => "Never",
            Observation::Sometimes => "Sometimes",
            Observation::Always => "Always",
        }
    }
}

/// The result of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Name of the test.
    pub name: String,
    /// What was asked.
    pub quantifier: Quantifier,
    /// Of which states.
    pub condition: String,
    /// The model that judged.
    pub model: Model,
    /// The reachable states, sorted.
    pub states: Vec<String>,
    /// Number of states that satisfy the condition.
    pub positive: usize,
    /// Number of states that do not.
    pub negative: usize,
    /// Something was left out because of a bound: states may be missing.
    pub bounded: bool,
    /// Lists of messages explored.
    pub lists: u64,
    /// States of single harts that were looked at.
    pub thread_states: u64,
}

impl Outcome {
    /// Whether the states that the condition describes are reachable.
    pub fn observation(&self) -> Observation {
        match (self.positive, self.negative) {
            (0, _) => Observation::Never,
            (_, 0) => Observation::Always,
            _ => Observation::Sometimes,
        }
    }

    /// False for a test without a condition, which asks for its states alone.
    pub fn asks(&self) -> bool {
        !(self.quantifier == Quantifier::ForAll && self.condition == "true")
    }

    /// True when the test says what is the case.
    pub fn ok(&self) -> bool {
        match self.quantifier {
            Quantifier::Exists => self.positive > 0,
            Quantifier::NotExists => self.positive == 0,
            Quantifier::ForAll => self.negative == 0,
        }
    }

    /// The text that herd prints, but for times: `Positive` and `Negative` count states, where herd counts executions.
    pub fn render(&self) -> String {
        let kind = match self.quantifier {
            Quantifier::Exists => "Allowed",
            Quantifier::NotExists => "Forbidden",
            Quantifier::ForAll => "Required",
        };
        let mut text = format!("Test {} {kind}\nStates {}\n", self.name, self.states.len());
        for state in &self.states {
            text.push_str(state);
            text.push('\n');
        }
        let Outcome { name, condition, positive, negative, .. } = self;
        let word = self.observation().word();
        let _ = writeln!(text, "{}", if self.ok() { "Ok" } else { "No" });
        let _ = writeln!(text, "Witnesses\nPositive: {positive} Negative: {negative}");
        let _ = writeln!(text, "Condition {} ({condition})", self.quantifier.word());
        let _ = writeln!(text, "Observation {name} {word} {positive} {negative}");
        text
    }
}

/// Runs the test in `source`; `name` is its name where the text gives none.
///
/// # Errors
/// With line and construct, when the text is not a test that can be run whole.
pub fn run(source: &str, name: &str, options: &Options) -> Result<Outcome, LitmusError> {
    let test = parse(source, name)?;
    match test.arch {
        Arch::Aarch64 => run_test::<Aarch64>(&test, options),
        Arch::Riscv64 => run_test::<Riscv>(&test, options),
    }
}

/// The model that judges a test.
fn model_of(test: &Test, options: &Options) -> Result<Model, LitmusError> {
    if let Some(model) = options.model.filter(|m| m.arch() == test.arch) {
        return Ok(model);
    }
    match test.cache_type {
        None => Ok(Model::default_of(test.arch)),
        Some((false, false)) => Ok(Model::Dic0Idc0),
        Some((true, false)) => Ok(Model::Dic0Idc1),
        Some((true, true)) => Ok(Model::Dic1Idc1),
        Some((false, true)) => Err(LitmusError::new(1, "CacheType=DIC without IDC")),
    }
}

fn rules_of(model: Model, options: &Options) -> Rules {
    let rules = model.rules();
    let rules = if options.classic_fencei { rules.without(Rule::FenceI).without(Rule::FenceIFetch) } else { rules };
    options.flipped.map_or(rules, |rule| rules.flipped(rule))
}

fn run_test<I: RelaxedIsa>(test: &Test, options: &Options) -> Result<Outcome, LitmusError> {
    let model = model_of(test, options)?;
    let (system, layout) = build::<I>(test, rules_of(model, options), options.bounds)?;
    let wanted = wanted(test, &layout)?;
    let explored = system.explore();
    if let Some(incident) = explored.incidents.keys().next() {
        let what = format!("thread P{} stops: {:?}", incident.hart, incident.end.stop);
        return Err(LitmusError::new(test.condition_line, what));
    }
    let asks_instruction = instruction_places(&test.condition);
    let mut states: BTreeMap<String, bool> = BTreeMap::new();
    for outcome in explored.outcomes.keys() {
        let read = |place: &Place| layout.read(place, &outcome.registers, &outcome.memory);
        let equal = |place: &Place, value: &Value| {
            let (is, mask) = read(place);
            is == wanted[&value.to_string()] & mask
        };
        let holds = test.condition.holds(&equal);
        let text: Vec<String> = layout
            .observed
            .iter()
            .map(|place| {
                let (value, mask) = read(place);
                let value = show::<I>(&layout, value, mask, asks_instruction.contains(place));
                match place {
                    Place::Location(name) => format!("[{name}]={value};"),
                    place => format!("{place}={value};"),
                }
            })
            .collect();
        states.insert(text.join(" "), holds);
    }
    let positive = states.values().filter(|holds| **holds).count();
    Ok(Outcome {
        name: test.name.clone(),
        quantifier: test.quantifier,
        condition: test.condition.to_string(),
        model,
        positive,
        negative: states.len() - positive,
        states: states.into_keys().collect(),
        bounded: explored.bounded,
        lists: explored.lists,
        thread_states: explored.states,
    })
}

/// The numbers of the values of the condition, which must all be known.
fn wanted(test: &Test, layout: &Layout) -> Result<BTreeMap<String, u64>, LitmusError> {
    let mut numbers = BTreeMap::new();
    let mut error = None;
    test.condition.for_each(&mut |_, value| match layout.number(value, test.condition_line) {
        Ok(number) => {
            numbers.insert(value.to_string(), number);
        }
        Err(e) => error = Some(e),
    });
    error.map_or(Ok(numbers), Err)
}

/// The places that the condition compares with instructions.
fn instruction_places(condition: &Condition) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    condition.for_each(&mut |place, value| {
        if matches!(value, Value::Instruction(_)) {
            places.insert(place.clone());
        }
    });
    places
}

/// A value as a state shows it.
fn show<I: RelaxedIsa>(layout: &Layout, value: u64, mask: u64, instruction: bool) -> String {
    if let Some(name) = layout.symbol(value) {
        return name;
    }
    if instruction && let Ok(word) = u32::try_from(value) {
        return format!("instr:\"{}\"", I::disassemble(&I::decode(word), 0));
    }
    let unused = 64 - mask.count_ones();
    let signed = (value << unused) as i64 >> unused;
    signed.to_string()
}
