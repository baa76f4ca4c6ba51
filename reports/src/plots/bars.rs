//! Bars that lie: names at the left, numbers at the end.

use super::{Area, Axis, Drawn, GREY, Plot, anchored, colour, draw, legend, legend_height, text_width};
use crate::error::Error;
use crate::number::{milli, percent};
use crate::records::{Call, Overhead, Size};
use crate::tables::kind_costs;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};
use std::collections::BTreeSet;

/// A row: a bar of coloured parts with a name, or a heading.
struct Bar {
    name: String,
    /// Length and colour of each part, from 0 to the right; negative ones to the left.
    parts: Vec<(f64, usize)>,
    /// What stands at the end.
    label: String,
    /// Pixels above it.
    gap: i32,
}

impl Bar {
    /// How far it reaches to the right of 0.
    fn right(&self) -> f64 {
        self.parts.iter().map(|(length, _)| length.max(0.0)).sum()
    }

    /// How far it reaches to the left of 0, negative.
    fn left(&self) -> f64 {
        self.parts.iter().map(|(length, _)| length.min(0.0)).sum()
    }
}

fn axis_of(title: &str, bars: &[Bar]) -> Axis {
    let least = bars.iter().map(Bar::left).fold(0.0, f64::min);
    Axis::linear(title, least, bars.iter().map(Bar::right).fold(0.0, f64::max))
}

const WIDTH: i32 = 920;
const BAR: i32 = 16;

fn draw_bars(title: &str, axis: &Axis, names: &[&str], colours: &[usize], bars: &[Bar]) -> Result<Plot, Error> {
    let left = bars.iter().map(|bar| text_width(&bar.name)).max().unwrap_or(0) + 12;
    let right = bars.iter().map(|bar| text_width(&bar.label)).max().unwrap_or(0) + 12;
    let head = legend_height(names, WIDTH) + 4;
    let body: i32 = bars.iter().map(|bar| bar.gap + BAR + 2).sum::<i32>() + 8;
    draw(title, (WIDTH, head + body + 46), |root| {
        legend(root, names, |n, x, y| {
            let style = colour(colours[n]).filled();
            Ok(root.draw(&Rectangle::new([(x, y - 6), (x + 28, y + 6)], style))?)
        })?;
        let scale = |value: f64| {
            let share = (value - axis.from) / (axis.to - axis.from);
            left + (share * f64::from(WIDTH - left - right)).round() as i32
        };
        draw_axis(root, axis, scale, (head, head + body))?;
        let mut y = head + 4;
        for bar in bars {
            y += bar.gap;
            let middle = y + BAR / 2;
            let style = anchored(HPos::Right, VPos::Center);
            root.draw(&Text::new(bar.name.clone(), (left - 8, middle), style))?;
            let (mut below, mut above) = (0.0, 0.0);
            for (length, n) in &bar.parts {
                let start = if *length < 0.0 { &mut below } else { &mut above };
                let mut ends = [scale(*start), scale(*start + length)];
                ends.sort_unstable();
                root.draw(&Rectangle::new([(ends[0], y), (ends[1], y + BAR)], colour(*n).filled()))?;
                *start += length;
            }
            let end = scale(bar.right()) + 5;
            root.draw(&Text::new(bar.label.clone(), (end, middle), anchored(HPos::Left, VPos::Center)))?;
            y += BAR + 2;
        }
        Ok(())
    })
}

fn draw_axis(root: &Area<'_>, axis: &Axis, scale: impl Fn(f64) -> i32, (top, bottom): (i32, i32)) -> Drawn {
    for (at, label) in &axis.ticks {
        let x = scale(*at);
        root.draw(&PathElement::new(vec![(x, top), (x, bottom)], GREY.mix(0.3).stroke_width(1)))?;
        root.draw(&Text::new(label.clone(), (x, bottom + 5), anchored(HPos::Center, VPos::Top)))?;
    }
    root.draw(&PathElement::new(vec![(scale(0.0), top), (scale(0.0), bottom)], GREY.stroke_width(1)))?;
    let middle = (scale(axis.from) + scale(axis.to)) / 2;
    root.draw(&Text::new(axis.title.clone(), (middle, bottom + 24), anchored(HPos::Center, VPos::Top)))?;
    Ok(())
}

/// Cycles of a call on one machine: disabled, traced by one, traced by one while another traces elsewhere, traced by two.
/// `None` without such rows.
///
/// # Errors
/// [`Error::Plot`].
pub fn overhead_bars(title: &str, rows: &[&Overhead]) -> Result<Option<Plot>, Error> {
    const KINDS: [((u32, u32), &str); 4] = [
        ((0, 0), "disabled (0|0)"),
        ((1, 0), "one tracer (1|0)"),
        ((1, 1), "one tracer, one elsewhere (1|1)"),
        ((2, 0), "list of two tracers (2|0)"),
    ];
    // Grey for no ftrace: nothing is measured against a colour.
    const NONE: usize = 6;
    let schemes: BTreeSet<(bool, &str)> =
        rows.iter().map(|row| (row.setup.scheme != "none", row.setup.scheme.as_str())).collect();
    let mut bars = Vec::new();
    for (traced, scheme) in schemes {
        let mut first = true;
        for (n, (at, _)) in KINDS.iter().enumerate() {
            let here = |row: &&&Overhead| row.setup.scheme == scheme && (row.relevant, row.irrelevant) == *at;
            let Some(row) = rows.iter().find(here) else { continue };
            let name = if !first {
                String::new()
            } else if traced {
                scheme.into()
            } else {
                "no ftrace".into()
            };
            let colour = if traced { n } else { NONE };
            bars.push(Bar {
                name,
                parts: vec![(row.cycles_per_call_milli as f64 / 1000.0, colour)],
                label: milli(row.cycles_per_call_milli),
                gap: if first { 8 } else { 0 },
            });
            first = false;
        }
    }
    if bars.is_empty() {
        return Ok(None);
    }
    let axis = axis_of("cycles per call", &bars);
    let names = KINDS.map(|(_, name)| name);
    draw_bars(title, &axis, &names, &[0, 1, 2, 3], &bars).map(Some)
}

/// What the cycles of a call go to on one machine: traced by one, and by two. `None` without such rows.
///
/// # Errors
/// [`Error::Plot`].
pub fn path_bars(title: &str, rows: &[&Overhead]) -> Result<Option<Plot>, Error> {
    const PARTS: [&str; 5] = ["site", "trampoline", "list", "tracer", "caller and body"];
    const COLOURS: [usize; 5] = [0, 1, 2, 3, 6];
    let mut bars: Vec<Bar> = Vec::new();
    let shown = rows.iter().filter(|row| matches!((row.relevant, row.irrelevant), (1, 0) | (2, 0)));
    for row in shown {
        let per_call = |cycles: u64| cycles as f64 / row.calls.max(1) as f64;
        let parts = row.path.cycles();
        let rest = row.cycles.saturating_sub(parts.iter().sum());
        let parts = parts.into_iter().chain([rest]).map(per_call).zip(COLOURS).collect();
        let (name, gap) = if row.relevant == 1 { (row.setup.scheme.clone(), 8) } else { ("two tracers".into(), 0) };
        bars.push(Bar { name, parts, label: milli(row.cycles_per_call_milli), gap });
    }
    if bars.is_empty() {
        return Ok(None);
    }
    draw_bars(title, &axis_of("cycles per call", &bars), &PARTS, &COLOURS, &bars).map(Some)
}

/// Cycles of a call on one machine by kind of tracer, for schemes that take more than ops. `None` without such calls.
///
/// # Errors
/// [`Error::Plot`].
pub fn kind_bars(title: &str, grid: &[&Overhead], calls: &[&Call]) -> Result<Option<Plot>, Error> {
    let costs = kind_costs(grid, calls);
    let mut kinds: Vec<&str> = Vec::new();
    for cost in &costs {
        if !kinds.contains(&cost.tracer.as_str()) {
            kinds.push(&cost.tracer);
        }
    }
    let bar = |cost: &crate::tables::KindCost<'_>| Bar {
        name: if cost.first { cost.scheme.into() } else { String::new() },
        parts: vec![(cost.milli as f64 / 1000.0, kinds.iter().position(|k| *k == cost.tracer).unwrap_or(0))],
        label: milli(cost.milli),
        gap: if cost.first { 8 } else { 0 },
    };
    let bars: Vec<Bar> = costs.iter().map(bar).collect();
    if bars.is_empty() {
        return Ok(None);
    }
    let axis = axis_of("cycles per call", &bars);
    let colours: Vec<usize> = (0..kinds.len()).collect();
    draw_bars(title, &axis, &kinds, &colours, &bars).map(Some)
}

/// Growth of text over no ftrace: sites, literals and padding, for every set of functions and scheme. `None` without such
/// rows.
///
/// # Errors
/// [`Error::Plot`].
pub fn size_bars(title: &str, groups: &[((&str, &str), Vec<&Size>)]) -> Result<Option<Plot>, Error> {
    let mut bars = Vec::new();
    for ((_, functions_of), rows) in groups {
        let rows: Vec<&&Size> = rows.iter().filter(|row| row.scheme != "none" && row.baseline_bytes > 0).collect();
        if rows.is_empty() {
            continue;
        }
        bars.push(Bar { name: format!("{functions_of}:"), parts: Vec::new(), label: String::new(), gap: 8 });
        for row in rows {
            let share = |bytes: i128| 100.0 * bytes as f64 / row.baseline_bytes as f64;
            let growth = i128::from(row.total_bytes) - i128::from(row.baseline_bytes);
            // Functions are padded without ftrace too: what counts is what comes on top, which may be less than nothing.
            let padding = growth - i128::from(row.site_bytes) - i128::from(row.literal_bytes);
            let parts = [row.site_bytes.into(), row.literal_bytes.into(), padding];
            bars.push(Bar {
                name: row.scheme.clone(),
                parts: parts.iter().enumerate().map(|(n, bytes)| (share(*bytes), n)).collect(),
                label: row.over_none_ppm.map_or_else(String::new, |ppm| format!("{} %", percent(ppm, true))),
                gap: 0,
            });
        }
    }
    if bars.is_empty() {
        return Ok(None);
    }
    let axis = axis_of("% over no ftrace", &bars);
    draw_bars(title, &axis, &["sites", "literals", "padding on top of none's"], &[0, 1, 2], &bars).map(Some)
}
