//! `cmodx list`.

use crate::args::Listed;
use crate::output;
use anyhow::Result;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::{Claim, SCHEMES};
use std::fmt::Write;

/// What can be measured, with a line each.
const WORKLOADS: &[(&str, &str)] = &[
    ("overhead", "calls of one traced function, over the ftrace-ops grid of relevant and irrelevant tracers"),
    ("latency", "enable, retarget and disable of many sites at once, while other harts call them"),
    ("toggling", "sites toggled while all other harts call them; every call and every pass is judged"),
    ("size", "text of real kernels' functions, laid out again under each scheme"),
];

/// Prints what exists.
pub fn list(what: Option<Listed>) -> Result<u8> {
    let mut text = String::new();
    let all = what.is_none();
    if all || what == Some(Listed::Schemes) {
        section(&mut text, all, "schemes");
        for scheme in SCHEMES {
            let claim = if scheme.claim == Claim::NegativeControl { "  [negative control]" } else { "" };
            writeln!(text, "{:8} {:26} {}{claim}", scheme.arch.name(), scheme.id, scheme.summary)?;
        }
    }
    if all || what == Some(Listed::Cores) {
        section(&mut text, all, "cores");
        for core in CoreModel::all()? {
            writeln!(text, "{:16} {}", core.name, core.summary)?;
        }
    }
    if all || what == Some(Listed::Workloads) {
        section(&mut text, all, "workloads");
        for (name, summary) in WORKLOADS {
            writeln!(text, "{name:10} {summary}")?;
        }
    }
    output::answer(&text)
}

fn section(text: &mut String, titled: bool, title: &str) {
    if titled {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(title);
        text.push_str(":\n");
    }
}
