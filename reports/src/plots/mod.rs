//! Plots as SVG text, drawn from records alone.
//!
//! Colours are those of Okabe and Ito, which people with any colour vision tell apart; dashes and markers say the same
//! again. Nothing is drawn in black or white but text, which a page may recolour.

mod bars;
mod lines;
mod panel;
mod scale;
mod sweep;

pub use bars::{kind_bars, overhead_bars, path_bars, size_bars};
pub use lines::{latency_lines, ops_lines};
pub(crate) use panel::{Line, Panel, draw_panels};
pub(crate) use scale::Axis;
pub use sweep::sweep_lines;

use crate::error::Error;
use crate::table::escape;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A plot with its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plot {
    /// What it shows.
    pub title: String,
    /// An `svg` element.
    pub svg: String,
}

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(crate) type Drawn = Result<(), Box<dyn std::error::Error>>;

const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(128, 128, 128),
    RGBColor(189, 170, 30),
];

/// Axes and grid: a grey that shows on light and on dark.
const GREY: RGBColor = RGBColor(128, 128, 128);

/// Size of text as the plotting library counts it; it writes 1/1.24 of this as the SVG's font size, 13 pixels.
const FONT: i32 = 16;

/// The colour of the n-th series.
pub(crate) fn colour(n: usize) -> RGBColor {
    COLOURS[n % COLOURS.len()]
}

/// Pixels that a text takes at most, without knowing the reader's font.
pub(crate) fn text_width(text: &str) -> i32 {
    text.chars().count() as i32 * 7 + 4
}

pub(crate) fn font() -> TextStyle<'static> {
    TextStyle::from(("sans-serif", FONT).into_font())
}

pub(crate) fn anchored(horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    font().pos(Pos::new(horizontal, vertical))
}

/// Draws on a canvas of this size and names the result.
pub(crate) fn draw(
    title: &str,
    (width, height): (i32, i32),
    on: impl FnOnce(&Area<'_>) -> Drawn,
) -> Result<Plot, Error> {
    let mut svg = String::new();
    let drawn = {
        let root = SVGBackend::with_string(&mut svg, (width as u32, height as u32)).into_drawing_area();
        on(&root).and_then(|()| Ok(root.present()?))
    };
    drawn.map_err(|why| Error::Plot { plot: title.into(), why: why.to_string() })?;
    let title = title.to_string();
    let head = format!("<svg role=\"img\" aria-label=\"{}\" ", escape(&title));
    let svg = svg.replacen("<svg ", &head, 1).replacen(">\n", &format!(">\n<title>{}</title>\n", escape(&title)), 1);
    Ok(Plot { title, svg })
}

/// How one series looks: in the plot and in the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub colour: usize,
    /// 0 is a solid line.
    pub dash: usize,
    /// Shape and size of the marker.
    pub marker: usize,
}

/// A marker around the origin, in pixels; later ones are smaller, so that equal curves all show.
pub(crate) fn marker(n: usize) -> Vec<(i32, i32)> {
    let r = 6 - (n as i32 / 2 % 3);
    match n % 6 {
        0 => vec![(-r, -r), (r, -r), (r, r), (-r, r), (-r, -r)],
        1 => vec![(0, -r - 1), (r + 1, 0), (0, r + 1), (-r - 1, 0), (0, -r - 1)],
        2 => vec![(0, -r), (r, r), (-r, r), (0, -r)],
        3 => vec![(0, r), (r, -r), (-r, -r), (0, r)],
        4 => vec![(-r, -r), (r, r), (0, 0), (-r, r), (r, -r)],
        _ => vec![(-r, 0), (r, 0), (0, 0), (0, -r), (0, r)],
    }
}

/// Lengths of dash and gap in pixels.
pub(crate) fn dash(n: usize) -> Option<(i32, i32)> {
    [None, Some((7, 4)), Some((2, 3)), Some((12, 3))][n % 4]
}

/// Height of a legend of these names on a canvas of this width.
pub(crate) fn legend_height(names: &[&str], width: i32) -> i32 {
    legend_places(names, width).last().map_or(0, |(_, y)| y + 22)
}

/// Where each entry of a legend starts: left to right, then in a new row.
fn legend_places(names: &[&str], width: i32) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (10, 4);
    let mut places = Vec::new();
    for name in names {
        let needs = 46 + text_width(name);
        if x > 10 && x + needs > width {
            (x, y) = (10, y + 20);
        }
        places.push((x, y));
        x += needs;
    }
    places
}

/// Draws a legend; `swatch` draws what stands before a name, given its left end and its middle.
pub(crate) fn legend(area: &Area<'_>, names: &[&str], mut swatch: impl FnMut(usize, i32, i32) -> Drawn) -> Drawn {
    let (width, _) = area.dim_in_pixel();
    for (n, (name, (x, y))) in names.iter().zip(legend_places(names, width as i32)).enumerate() {
        swatch(n, x, y + 9)?;
        area.draw(&Text::new((*name).to_string(), (x + 34, y + 9), anchored(HPos::Left, VPos::Center)))?;
    }
    Ok(())
}
