//! Cost against a parameter of the core model.

use super::{Axis, Line, Look, Panel, Plot, draw_panels};
use crate::error::Error;
use crate::sensitivity::{Parameter, Quantity, Values};
use std::collections::{BTreeMap, BTreeSet};

/// Most charts of a plot: enough for the operations of one machine.
const CHARTS: usize = 6;

/// Cycles against the value of the parameter, a chart for each quantity, a line for each scheme. `None` where the parameter
/// takes words, or fewer than two numbers.
///
/// # Errors
/// [`Error::Plot`].
pub fn sweep_lines(title: &str, key: &str, quantities: &BTreeMap<Quantity, Values<'_>>) -> Result<Option<Plot>, Error> {
    let schemes: Vec<&str> =
        quantities.values().flat_map(|v| v.keys().copied()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut panels = Vec::new();
    for (Quantity(what), values) in quantities.iter().take(CHARTS) {
        let line = |(n, scheme): (usize, &&str)| {
            let points: Vec<(f64, f64)> = values.get(scheme).into_iter().flatten().filter_map(point).collect();
            let look = Look { colour: n, dash: n, marker: n };
            Line { name: scheme.to_string(), look, points, marked: None }
        };
        let mut lines: Vec<Line> = schemes.iter().enumerate().map(line).collect();
        lines.retain(|line| line.points.len() > 1);
        let most = |of: fn(&(f64, f64)) -> f64| lines.iter().flat_map(|l| &l.points).map(of).fold(0.0, f64::max);
        let (x, y) = (Axis::linear(key, 0.0, most(|p| p.0)), Axis::linear("cycles", 0.0, most(|p| p.1)));
        if !lines.is_empty() {
            panels.push(Panel { title: what.clone(), x, y, lines });
        }
    }
    if panels.is_empty() { Ok(None) } else { draw_panels(title, &panels, 2, (460, 340)).map(Some) }
}

fn point((at, thousandths): (&Parameter<'_>, &u64)) -> Option<(f64, f64)> {
    match at {
        Parameter::Number(number) => Some((*number as f64, *thousandths as f64 / 1000.0)),
        Parameter::Word(_) => None,
    }
}
