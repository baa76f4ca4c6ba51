//! What depends on a parameter of the core model: results whose core is named `base+key=value`, compared over the values.

use crate::number::{milli, thousands};
use crate::results::Results;
use crate::table::Table;
use crate::tables::Section;
use std::collections::{BTreeMap, BTreeSet};

/// A sweep: one parameter of one core model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sweep<'a> {
    /// Instruction set.
    pub arch: &'a str,
    /// Core model that is varied.
    pub core: &'a str,
    /// The parameter.
    pub key: &'a str,
}

/// What was measured: a quantity that schemes are ranked by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(pub String);

/// Values of one quantity, in thousandths of a cycle, by scheme and by the parameter's value.
pub type Values<'a> = BTreeMap<&'a str, BTreeMap<Parameter<'a>, u64>>;

/// A value of the parameter: numbers in their order, then words in theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parameter<'a> {
    /// A number.
    Number(u64),
    /// `true`, `false` or the name of a policy.
    Word(&'a str),
}

impl Parameter<'_> {
    fn text(self) -> String {
        match self {
            Parameter::Number(number) => number.to_string(),
            Parameter::Word(word) => word.into(),
        }
    }
}

/// Core, parameter and value of a core named `base+key=value`.
pub fn parts(core: &str) -> Option<(&str, &str, Parameter<'_>)> {
    let (base, setting) = core.split_once('+')?;
    let (key, value) = setting.split_once('=')?;
    Some((base, key, value.parse().map_or(Parameter::Word(value), Parameter::Number)))
}

/// Every sweep in the results, with its quantities.
pub fn sweeps(results: &Results) -> BTreeMap<Sweep<'_>, BTreeMap<Quantity, Values<'_>>> {
    let mut found: BTreeMap<Sweep<'_>, BTreeMap<Quantity, Values<'_>>> = BTreeMap::new();
    let overheads = results.overheads.iter().map(|row| {
        let what = format!("call, {}|{} tracers, harts: {}", row.relevant, row.irrelevant, row.setup.harts);
        (&row.setup, what, row.cycles_per_call_milli)
    });
    let latencies = results.latencies.iter().map(|row| {
        let what = format!("{} {} sites, harts: {}", row.action, row.sites, row.setup.harts);
        (&row.setup, what, row.cycles * 1000)
    });
    for (setup, what, value) in overheads.chain(latencies) {
        let Some((core, key, at)) = parts(&setup.core).filter(|_| setup.scheme != "none") else { continue };
        let sweep = found.entry(Sweep { arch: &setup.arch, core, key }).or_default();
        sweep.entry(Quantity(what)).or_default().entry(&setup.scheme).or_default().insert(at, value);
    }
    found
}

/// The schemes from cheapest to dearest at one value; equal ones by name.
fn ranking<'a>(values: &Values<'a>, at: Parameter<'a>) -> Vec<&'a str> {
    let mut ranked: Vec<(u64, &str)> = values.iter().filter_map(|(s, v)| Some((*v.get(&at)?, *s))).collect();
    ranked.sort();
    ranked.into_iter().map(|(_, scheme)| scheme).collect()
}

/// The values of a parameter at which the order of schemes is another than at the one before.
pub fn turns<'a>(values: &Values<'a>) -> Vec<Parameter<'a>> {
    let at: Vec<Parameter<'_>> =
        values.values().flat_map(|v| v.keys().copied()).collect::<BTreeSet<_>>().into_iter().collect();
    at.windows(2).filter(|pair| ranking(values, pair[0]) != ranking(values, pair[1])).map(|pair| pair[1]).collect()
}

/// One table a sweep: quantities and schemes down, values of the parameter across.
pub fn sections(results: &Results) -> Vec<Section> {
    sweeps(results).iter().map(|(sweep, quantities)| section(sweep, quantities)).collect()
}

fn section(sweep: &Sweep<'_>, quantities: &BTreeMap<Quantity, Values<'_>>) -> Section {
    let all = quantities.values().flat_map(|values| values.values()).flat_map(|v| v.keys().copied());
    let at: BTreeSet<Parameter<'_>> = all.collect();
    let mut table = Table::new().words("cycles of").words("scheme");
    for value in &at {
        table = table.numbers(&value.text());
    }
    let mut changes = Vec::new();
    for (n, (Quantity(what), values)) in quantities.iter().enumerate() {
        if n > 0 {
            table.rule();
        }
        for (scheme, by_value) in values {
            let cell = |value: &Parameter<'_>| by_value.get(value).map_or_else(|| "-".into(), |v| cycles(*v));
            table.row([what.clone(), scheme.to_string()].into_iter().chain(at.iter().map(cell)));
        }
        let turns = turns(values);
        if !turns.is_empty() {
            let at: Vec<String> = turns.into_iter().map(Parameter::text).collect();
            changes.push(format!("{what} (at {})", at.join(", ")));
        }
    }
    let note = match changes.is_empty() {
        true => "the order of the schemes is the same at every value".to_string(),
        false => format!("the order of the schemes changes for: {}", changes.join("; ")),
    };
    Section { title: format!("Sensitivity to {}, {} on {}", sweep.key, sweep.arch, sweep.core), note, table }
}

fn cycles(thousandths: u64) -> String {
    if thousandths.is_multiple_of(1000) { thousands(thousandths / 1000) } else { milli(thousandths) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_of_a_sweep_is_told_from_others() {
        let number = Some(("sifive-u74", "fence_i.per_line", Parameter::Number(3)));
        assert_eq!(parts("sifive-u74+fence_i.per_line=3"), number);
        assert_eq!(parts("a+l1i.prefetch=true"), Some(("a", "l1i.prefetch", Parameter::Word("true"))));
        assert_eq!(parts("sifive-u74"), None);
    }

    #[test]
    fn the_order_of_schemes_turns_where_one_overtakes_another() {
        let line = |values: [u64; 3]| [0, 2, 10].map(Parameter::Number).into_iter().zip(values).collect();
        let values: Values<'_> = [("a", line([5, 10, 50])), ("b", line([20, 20, 20]))].into_iter().collect();
        assert_eq!(turns(&values), [Parameter::Number(10)]);
        assert_eq!(ranking(&values, Parameter::Number(2)), ["a", "b"]);
        assert_eq!(ranking(&values, Parameter::Number(10)), ["b", "a"]);
    }
}
