//! Cost against a count: calls against tracers, patching against sites.

use super::{Axis, Line, Look, Panel, Plot, draw_panels};
use crate::error::Error;
use crate::records::{Latency, Overhead};
use std::collections::BTreeSet;

/// Least and greatest of positive numbers.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (least, most) = values.filter(|v| *v > 0.0).fold((f64::MAX, 0.0_f64), |(a, b), v| (a.min(v), b.max(v)));
    if most == 0.0 { (1.0, 10.0) } else { (least, most) }
}

/// The schemes of these records, each with its colour.
fn schemes<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    all.filter(|scheme| *scheme != "none").collect::<BTreeSet<&str>>().into_iter().collect()
}

/// Cycles of a call against the number of tracers: on the called function, and elsewhere. `None` without such rows.
///
/// # Errors
/// [`Error::Plot`].
pub fn ops_lines(title: &str, rows: &[&Overhead]) -> Result<Option<Plot>, Error> {
    type Count = fn(&Overhead) -> Option<u32>;
    let on_function: Count = |row| (row.irrelevant == 0).then_some(row.relevant);
    let elsewhere: Count = |row| (row.relevant == 1).then_some(row.irrelevant);
    let cycles = |row: &Overhead| row.cycles_per_call_milli as f64 / 1000.0;
    let rows: Vec<&Overhead> = rows.iter().copied().filter(|row| row.setup.scheme != "none").collect();
    let (least, most) = range(rows.iter().map(|row| cycles(row)));
    let schemes = schemes(rows.iter().map(|row| row.setup.scheme.as_str()));
    let kinds: [(&str, Count); 2] = [
        ("n tracers on the function, none elsewhere (n|0)", on_function),
        ("1 tracer on it, n elsewhere (1|n)", elsewhere),
    ];
    let panels = kinds.map(|(title, count)| {
        let line = |(n, scheme): (usize, &&str)| {
            let of_scheme = rows.iter().filter(|row| row.setup.scheme == **scheme);
            let mut points: Vec<(f64, f64)> = of_scheme
                .filter_map(|row| Some((Axis::count_position(count(row)?), cycles(row).max(1e-3).log10())))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let look = Look { colour: n, dash: n, marker: n };
            Line { name: scheme.to_string(), look, points, marked: None }
        };
        let counts: BTreeSet<u32> = rows.iter().filter_map(|row| count(row)).collect();
        Panel {
            title: title.into(),
            x: Axis::counts("tracers n", counts),
            y: Axis::log("cycles per call", least, most),
            lines: schemes.iter().enumerate().map(line).collect(),
        }
    });
    let drawable: Vec<Panel> = panels.into_iter().filter(|panel| panel.x.ticks.len() > 1).collect();
    if drawable.is_empty() { Ok(None) } else { draw_panels(title, &drawable, 2, (460, 340)).map(Some) }
}

/// Cycles of a patching operation against the number of sites: a chart for every action, a colour for every scheme, a dash
/// for every number of harts. `None` without such rows.
///
/// # Errors
/// [`Error::Plot`].
pub fn latency_lines(title: &str, rows: &[&Latency]) -> Result<Option<Plot>, Error> {
    if rows.is_empty() {
        return Ok(None);
    }
    let (least, most) = range(rows.iter().map(|row| row.cycles as f64));
    let schemes = schemes(rows.iter().map(|row| row.setup.scheme.as_str()));
    let harts: BTreeSet<u32> = rows.iter().map(|row| row.setup.harts).collect();
    let sites: BTreeSet<u32> = rows.iter().map(|row| row.sites).collect();
    let panel = |action: &str| {
        let mut lines = Vec::new();
        for (n, scheme) in schemes.iter().enumerate() {
            for (dash, hart) in harts.iter().enumerate() {
                let here =
                    |row: &&&Latency| row.setup.scheme == *scheme && row.setup.harts == *hart && row.action == action;
                let mut points: Vec<(f64, f64)> = rows
                    .iter()
                    .filter(here)
                    .map(|row| (Axis::count_position(row.sites), (row.cycles.max(1) as f64).log10()))
                    .collect();
                points.sort_by(|a, b| a.0.total_cmp(&b.0));
                let look = Look { colour: n, dash, marker: n };
                lines.push(Line { name: format!("{scheme}, {hart} harts"), look, points, marked: None });
            }
        }
        lines.retain(|line| !line.points.is_empty());
        Panel {
            title: action.into(),
            x: Axis::counts("sites at once", sites.iter().copied()),
            y: Axis::log("cycles", least, most),
            lines,
        }
    };
    let panels = ["enable", "retarget", "disable"].map(panel);
    let drawable: Vec<Panel> = panels.into_iter().filter(|panel| !panel.lines.is_empty()).collect();
    draw_panels(title, &drawable, 3, (330, 340)).map(Some)
}
