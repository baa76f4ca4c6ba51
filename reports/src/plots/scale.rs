//! Axes: a range, and the ticks that people read.

use crate::number::thousands;

/// An axis in drawing coordinates; a logarithmic one has been transformed already.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// What it counts, with the unit.
    pub title: String,
    pub from: f64,
    pub to: f64,
    /// Position and label.
    pub ticks: Vec<(f64, String)>,
    /// Labels stand upright, where many long ones are side by side.
    pub upright: bool,
}

/// 1, 2 and 5 times powers of ten.
fn steps() -> impl Iterator<Item = f64> {
    (-3..16).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)))
}

/// A number as short as a tick needs it: `200`, `20k`, `2M`.
pub(crate) fn short(number: f64) -> String {
    match number {
        n if n >= 1e9 => format!("{}G", thousands((n / 1e9).round() as i128)),
        n if n >= 1e6 => format!("{}M", (n / 1e6).round()),
        n if n >= 1e4 => format!("{}k", (n / 1e3).round()),
        n if n >= 1.0 || n <= 0.0 => thousands(n.round() as i128),
        n => format!("{n}"),
    }
}

impl Axis {
    /// From 0, or from below `least` where that is negative, to beyond `most`.
    pub fn linear(title: &str, least: f64, most: f64) -> Axis {
        let most = if most > 0.0 { most } else { 1.0 };
        let step = steps().find(|step| (most - least.min(0.0)) / step <= 6.0).unwrap_or(most);
        let (below, above) = ((least.min(0.0) / step).floor() as i32, (most / step).ceil() as i32);
        let at = |n: i32| f64::from(n) * step;
        let label = |value: f64| if step < 1.0 { format!("{value:.1}") } else { short(value) };
        Axis {
            title: title.into(),
            from: at(below),
            to: at(above),
            ticks: (below..=above).map(|n| (at(n), label(at(n)))).collect(),
            upright: false,
        }
    }

    /// Linear around whole numbers, not down to 0: it shows steps.
    pub fn around(title: &str, least: u64, most: u64, label: impl Fn(u64) -> String) -> Axis {
        let length = (most - least).max(1) as f64 * 1.2;
        let step = steps().find(|step| *step >= 1.0 && length / step <= 5.0).unwrap_or(length) as u64;
        let (from, to) = (least / step * step, most.div_ceil(step).saturating_mul(step));
        let (from, to) = if from == to { (from.saturating_sub(step), to.saturating_add(step)) } else { (from, to) };
        let ticks = (0..=(to - from) / step).map(|n| from + n * step);
        let ticks = ticks.map(|tick| (tick as f64, label(tick))).collect();
        Axis { title: title.into(), from: from as f64, to: to as f64, ticks, upright: false }
    }

    /// Things in a row, some of them named.
    pub fn items(title: &str, count: usize, named: impl IntoIterator<Item = (usize, String)>) -> Axis {
        let ticks = named.into_iter().map(|(at, label)| (at as f64, label)).collect();
        Axis { title: title.into(), from: -0.5, to: count.max(1) as f64 - 0.5, ticks, upright: true }
    }

    /// Pixels that the longest label takes.
    pub fn label_width(&self) -> i32 {
        self.ticks.iter().map(|(_, label)| super::text_width(label)).max().unwrap_or(0)
    }

    /// Pixels that the labels need under a chart.
    pub fn label_height(&self) -> i32 {
        if self.upright { self.label_width() + 14 } else { 24 }
    }

    /// Logarithmic from below `least` to above `most`.
    pub fn log(title: &str, least: f64, most: f64) -> Axis {
        let (least, most) = (least.max(1e-3), most.max(least).max(1e-3));
        let from = steps().take_while(|step| *step <= least).last().unwrap_or(least);
        let to = steps().find(|step| *step >= most && *step > from).unwrap_or(most);
        let decades = (to / from).log10();
        let power = |tick: f64| (tick.log10().round() - tick.log10()).abs() < 1e-6;
        let ticks = steps().filter(|tick| (from * 0.999..=to * 1.001).contains(tick));
        let ticks = ticks.filter(|tick| decades <= 2.0 || power(*tick));
        Axis {
            title: title.into(),
            from: from.log10(),
            to: to.log10(),
            ticks: ticks.map(|tick| (tick.log10(), short(tick))).collect(),
            upright: false,
        }
    }

    /// Where a number stands on a logarithmic axis of counts that has room for 0 to the left of 1.
    pub fn count_position(count: u32) -> f64 {
        if count == 0 { -0.45 } else { f64::from(count).log10() }
    }

    /// Logarithmic over these counts, each with a tick.
    pub fn counts(title: &str, counts: impl IntoIterator<Item = u32>) -> Axis {
        let ticks: Vec<(f64, String)> =
            counts.into_iter().map(|count| (Axis::count_position(count), short(f64::from(count)))).collect();
        let ends = ticks.iter().fold((f64::MAX, f64::MIN), |(a, b), (x, _)| (a.min(*x), b.max(*x)));
        let (from, to) = if ticks.is_empty() { (0.0, 1.0) } else { ends };
        let room = ((to - from) * 0.06).max(0.15);
        Axis { title: title.into(), from: from - room, to: to + room, ticks, upright: false }
    }

    pub fn positions(&self) -> Vec<f64> {
        self.ticks.iter().map(|(at, _)| *at).collect()
    }

    /// The label of the tick at this position.
    pub fn label(&self, at: f64) -> String {
        let near = |tick: &&(f64, String)| (tick.0 - at).abs() < 1e-9;
        self.ticks.iter().find(near).map_or_else(String::new, |(_, label)| label.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_hold_their_data_and_start_and_end_at_round_numbers() {
        let axis = Axis::linear("", 0.0, 138.0);
        assert_eq!((axis.from, axis.to), (0.0, 150.0));
        let axis = Axis::linear("", -0.3, 5.5);
        assert_eq!((axis.from, axis.to), (-1.0, 6.0));
        let axis = Axis::log("", 6.0, 6_690.0);
        assert_eq!((axis.from, axis.to), (5_f64.log10(), 10_000_f64.log10()));
        assert_eq!(
            axis.ticks.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>(),
            ["10", "100", "1,000", "10k"]
        );
    }

    #[test]
    fn axes_of_no_or_equal_data_have_a_length() {
        for axis in [
            Axis::linear("", 0.0, 0.0),
            Axis::log("", 5.0, 5.0),
            Axis::counts("", []),
            Axis::counts("", [7]),
            Axis::around("", 7, 7, |n| n.to_string()),
            Axis::items("", 0, []),
        ] {
            assert!(axis.to > axis.from, "{axis:?}");
        }
    }
}
