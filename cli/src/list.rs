//! `cmodx list`.

use crate::args::Listed;
use crate::output;
use anyhow::Result;
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::relaxed::model::Model;
use cmodx_trampolines::catalogue::{Claim, SCHEMES, Scheme};
use serde_json::{Value, json};
use std::fmt::Write;

/// What can be measured, with a line each.
const WORKLOADS: &[(&str, &str)] = &[
    ("overhead", "calls of one traced function, over the ftrace-ops grid of relevant and irrelevant tracers"),
    (
        "call",
        "calls of one traced function as tracers of other kinds see them: direct calls, all registers, function graph",
    ),
    ("latency", "enable, retarget and disable of many sites at once, while other harts call them"),
    ("toggling", "sites toggled while all other harts call them; every call and every pass is judged"),
    ("size", "text of real kernels' functions, laid out again under each scheme"),
];

/// Prints what exists.
pub fn list(what: Option<Listed>, json: bool) -> Result<u8> {
    let wanted = |listed| what.is_none_or(|what| what == listed);
    let cores = CoreModel::all()?;
    if json {
        let mut object = serde_json::Map::new();
        if wanted(Listed::Schemes) {
            object.insert("schemes".into(), SCHEMES.iter().map(scheme).collect());
        }
        if wanted(Listed::Cores) {
            let core = |c: &CoreModel| json!({"name": c.name, "arch": c.arch, "summary": c.summary});
            object.insert("cores".into(), cores.iter().map(core).collect());
        }
        if wanted(Listed::Workloads) {
            let workload = |(name, summary): &(&str, &str)| json!({"name": name, "summary": summary});
            object.insert("workloads".into(), WORKLOADS.iter().map(workload).collect());
        }
        if wanted(Listed::Models) {
            object.insert(
                "models".into(),
                Model::ALL.iter().map(|m| json!({"name": m.name(), "arch": m.arch().name()})).collect(),
            );
        }
        return output::answer(&format!("{}\n", Value::Object(object)));
    }
    let mut text = String::new();
    if wanted(Listed::Schemes) {
        section(&mut text, what, "schemes");
        for scheme in SCHEMES {
            let claim = if scheme.claim == Claim::NegativeControl { "  [negative control]" } else { "" };
            writeln!(text, "{:8} {:26} {}{claim}", scheme.arch.name(), scheme.id, scheme.summary)?;
        }
    }
    if wanted(Listed::Cores) {
        section(&mut text, what, "cores");
        for core in cores {
            writeln!(text, "{:16} {}", core.name, core.summary)?;
        }
    }
    if wanted(Listed::Workloads) {
        section(&mut text, what, "workloads");
        for (name, summary) in WORKLOADS {
            writeln!(text, "{name:10} {summary}")?;
        }
    }
    if wanted(Listed::Models) {
        section(&mut text, what, "models");
        for model in Model::ALL {
            writeln!(text, "{:8} {}", model.arch().name(), model.name())?;
        }
    }
    output::answer(&text)
}

fn scheme(scheme: &Scheme) -> Value {
    json!({
        "id": scheme.id,
        "arch": scheme.arch.name(),
        "summary": scheme.summary,
        "source": scheme.source,
        "claim": match scheme.claim {
            Claim::Safe => "safe",
            Claim::SafeWithoutPreemption => "safe without preemption",
            Claim::NegativeControl => "negative control",
        },
        "site_bytes": scheme.layout.site_bytes,
        "literal_bytes": scheme.layout.literal_bytes,
        "function_align": scheme.layout.function_align,
    })
}

/// A title, where more than one thing is listed.
fn section(text: &mut String, what: Option<Listed>, title: &str) {
    if what.is_none() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(title);
        text.push_str(":\n");
    }
}
