//! A bar on a terminal; elsewhere one plain line every ten seconds. Always on stderr.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// A progress display.
pub struct Progress {
    bar: ProgressBar,
    last: Instant,
    plain: bool,
    total: usize,
}

impl Progress {
    /// A display of `total` steps; `quiet` shows nothing.
    pub fn new(total: usize, quiet: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let target = if quiet || !terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {elapsed} (left {eta}) {wide_msg}");
        let bar = ProgressBar::with_draw_target(Some(total as u64), target)
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress { bar, last: Instant::now(), plain: !terminal && !quiet, total }
    }

    /// So many steps are done, the last of them this one.
    pub fn step(&mut self, done: usize, what: String) {
        if self.plain && self.last.elapsed() >= Duration::from_secs(10) {
            self.last = Instant::now();
            eprintln!("{done} of {}: {what}", self.total);
        }
        self.bar.set_position(done as u64);
        self.bar.set_message(what);
    }

    /// Takes the display away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
