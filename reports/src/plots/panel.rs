//! Charts of lines, side by side under one legend.

use super::{Area, Axis, Drawn, GREY, Look, Plot, anchored, colour, dash, draw, legend, legend_height, marker};
use crate::error::Error;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// A curve.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub name: String,
    pub look: Look,
    /// In drawing coordinates, ascending.
    pub points: Vec<(f64, f64)>,
    /// Which points have a marker; `None` for all.
    pub marked: Option<Vec<usize>>,
}

/// One chart.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub lines: Vec<Line>,
}

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

const TOP: i32 = 26;
const RIGHT: i32 = 24;

/// Draws charts in rows of `columns`, each of this size, with one legend above for what they share.
pub(crate) fn draw_panels(title: &str, panels: &[Panel], columns: usize, size: (i32, i32)) -> Result<Plot, Error> {
    let mut entries: Vec<&Line> = Vec::new();
    for line in panels.iter().flat_map(|panel| &panel.lines) {
        if !line.name.is_empty() && !entries.iter().any(|entry| entry.name == line.name) {
            entries.push(line);
        }
    }
    let names: Vec<&str> = entries.iter().map(|line| line.name.as_str()).collect();
    let columns = columns.min(panels.len()).max(1);
    let rows = panels.len().div_ceil(columns) as i32;
    let width = size.0 * columns as i32;
    let head = legend_height(&names, width);
    draw(title, (width, head + rows * size.1), |root| {
        let (top, below) = root.split_vertically(head);
        legend(&top, &names, |n, x, y| swatch(&top, entries[n].look, x, y))?;
        let left = 28 + panels.iter().map(|panel| panel.y.label_width()).max().unwrap_or(0);
        for (panel, area) in panels.iter().zip(below.split_evenly((rows as usize, columns))) {
            draw_panel(panel, &area, left)?;
        }
        Ok(())
    })
}

fn swatch(area: &Area<'_>, look: Look, x: i32, y: i32) -> Drawn {
    let style = colour(look.colour).stroke_width(2);
    let (on, off) = dash(look.dash).unwrap_or((28, 0));
    let mut at = x;
    while at < x + 28 {
        area.draw(&PathElement::new(vec![(at, y), ((at + on).min(x + 28), y)], style))?;
        at += on + off;
    }
    let shape: Vec<(i32, i32)> = marker(look.marker).iter().map(|(dx, dy)| (x + 14 + dx, y + dy)).collect();
    area.draw(&PathElement::new(shape, style))?;
    Ok(())
}

fn draw_panel(panel: &Panel, area: &Area<'_>, left: i32) -> Drawn {
    let (width, height) = area.dim_in_pixel();
    let (width, height) = (width as i32, height as i32);
    let labels = panel.x.label_height();
    let bottom = labels + 22;
    area.draw(&Text::new(panel.title.clone(), (left, 6), anchored(HPos::Left, VPos::Top)))?;
    let middle = left + (width - left - RIGHT) / 2;
    area.draw(&Text::new(panel.x.title.clone(), (middle, height - 8), anchored(HPos::Center, VPos::Bottom)))?;
    let upright = anchored(HPos::Center, VPos::Top).transform(FontTransform::Rotate270);
    let centre = TOP + (height - TOP - bottom) / 2;
    area.draw(&Text::new(panel.y.title.clone(), (4, centre), upright))?;
    let mut chart: Chart<'_, '_> = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_right(RIGHT)
        .margin_left(20)
        .margin_bottom(bottom - labels)
        .x_label_area_size(labels)
        .y_label_area_size(left - 20)
        .build_cartesian_2d(panel.x.from..panel.x.to, panel.y.from..panel.y.to)?;
    draw_axes(panel, &chart)?;
    for line in &panel.lines {
        draw_line(line, &mut chart)?;
    }
    Ok(())
}

/// Grid lines and labels at the ticks, and nowhere else.
fn draw_axes(panel: &Panel, chart: &Chart<'_, '_>) -> Drawn {
    let area = chart.plotting_area();
    let (x, y) = (&panel.x, &panel.y);
    let grid = GREY.mix(0.3).stroke_width(1);
    for at in x.positions() {
        area.draw(&PathElement::new(vec![(at, y.from), (at, y.to)], grid))?;
        let label = match x.upright {
            true => {
                Text::new(x.label(at), (-6, 6), anchored(HPos::Right, VPos::Top).transform(FontTransform::Rotate270))
            }
            false => Text::new(x.label(at), (0, 7), anchored(HPos::Center, VPos::Top)),
        };
        area.draw(&(EmptyElement::at((at, y.from)) + label))?;
    }
    for at in y.positions() {
        area.draw(&PathElement::new(vec![(x.from, at), (x.to, at)], grid))?;
        let label = Text::new(y.label(at), (-7, 0), anchored(HPos::Right, VPos::Center));
        area.draw(&(EmptyElement::at((x.from, at)) + label))?;
    }
    let frame = vec![(x.from, y.to), (x.from, y.from), (x.to, y.from)];
    area.draw(&PathElement::new(frame, GREY.stroke_width(1)))?;
    Ok(())
}

fn draw_line(line: &Line, chart: &mut Chart<'_, '_>) -> Drawn {
    let style = colour(line.look.colour).stroke_width(2);
    let points = line.points.iter().copied();
    match dash(line.look.dash) {
        None => chart.draw_series(LineSeries::new(points, style))?,
        Some((on, off)) => chart.draw_series(DashedLineSeries::new(points, on, off, style))?,
    };
    let shape = marker(line.look.marker);
    for (n, at) in line.points.iter().enumerate() {
        if line.marked.as_ref().is_none_or(|marked| marked.contains(&n)) {
            chart.plotting_area().draw(&(EmptyElement::at(*at) + PathElement::new(shape.clone(), style)))?;
        }
    }
    Ok(())
}
