//! Verdicts on the schemes' own bytes.

use cmodx_sim::relaxed::model::Model;
use cmodx_sim::verdict::Verdict;
use cmodx_trampolines::catalogue::SCHEMES;
use cmodx_workloads::check::{Case, Operation, Preemption};
use std::time::Instant;

#[test]
#[ignore = "a survey for a reader"]
fn survey() {
    let only = std::env::var("ONLY").unwrap_or_default();
    for scheme in SCHEMES.iter().filter(|s| s.layout.patchable.is_some()) {
        for operation in Operation::SAFETY {
            let case = Case::new(scheme, operation, Preemption::None, Model::default_of(scheme.arch));
            if !case.name().contains(&only) {
                continue;
            }
            let start = Instant::now();
            let boot = case.boot().unwrap();
            println!("boot {:.3} s", start.elapsed().as_secs_f64());
            for preemption in Preemption::ALL {
                for model in Model::ALL.into_iter().filter(|m| m.arch() == scheme.arch) {
                    let case = Case::new(scheme, operation, preemption, model);
                    if !case.name().contains(&only) {
                        continue;
                    }
                    let start = Instant::now();
                    let checked = case.answer(&boot).unwrap();
                    let e = &checked.examined;
                    println!(
                        "{}: {}; {} outcomes, {} lists, {} runs, {} states, longest {}, {:.3} s",
                        case.name(),
                        e.verdict,
                        e.outcomes,
                        e.lists,
                        e.runs,
                        e.states,
                        e.longest,
                        start.elapsed().as_secs_f64()
                    );
                    if let Verdict::Unsafe { execution, .. } = &e.verdict {
                        case.replay(&boot, execution).unwrap().unwrap();
                        if std::env::var("SHOW").is_ok() {
                            println!("{}", execution.render());
                        }
                    }
                }
            }
        }
    }
}
