//! Many cases at once, each on memory that its guest has prepared.

use super::boot::Boot;
use super::harness::{Case, Operation};
use super::judge::CallJudge;
use super::located::Located;
use crate::guest_run::RunError;
use cmodx_sim::relaxed::model::Model;
use cmodx_sim::relaxed::program::Examined;
use cmodx_sim::verdict::Verdict;
use cmodx_trampolines::catalogue::{Preemption, Scheme};
use crossbeam::channel;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a case came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The case.
    pub case: Case,
    /// Verdict and counts.
    pub examined: Examined,
    /// SHA-256 of the guest's loaded bytes, hex.
    pub guest: String,
    /// The execution that shows that it is unsafe, with names.
    pub counterexample: Option<Located>,
}

/// What decides how a guest is prepared.
type Key = (&'static str, &'static str, Preemption, bool, u8, u32);

fn key(case: &Case) -> Key {
    let limits = &case.limits;
    let traced = case.operation.begins_traced();
    (case.scheme.arch.name(), case.scheme.id, case.preemption, traced, limits.callers, limits.sites)
}

/// The cases of these schemes: every operation under every preemption and model given that fits.
pub fn cases(
    schemes: &[&'static Scheme],
    operations: &[Operation],
    preemptions: &[Preemption],
    models: &[Model],
) -> Vec<Case> {
    let mut cases = Vec::new();
    for &scheme in schemes.iter().filter(|s| s.layout.patchable.is_some()) {
        for &operation in operations {
            for &preemption in preemptions {
                for &model in models.iter().filter(|m| m.arch() == scheme.arch) {
                    cases.push(Case::new(scheme, operation, preemption, model));
                }
            }
        }
    }
    cases
}

impl Case {
    /// Explores on prepared memory, judges, and names what a counterexample shows.
    ///
    /// # Errors
    /// [`RunError::Missing`] when the guest lacks what the harness needs.
    pub fn answer(&self, boot: &Boot) -> Result<Answer, RunError> {
        let program = self.program(boot)?;
        let examined = program.examine(&CallJudge { operation: self.operation });
        let counterexample = match &examined.verdict {
            Verdict::Unsafe { execution, .. } => Some(Located::new((**execution).clone(), &program, boot)),
            _ => None,
        };
        Ok(Answer { case: self.clone(), examined, guest: boot.guest.clone(), counterexample })
    }
}

/// Checks all cases on rayon's threads; `done` hears of each, with the number done so far. The order of the answers is that
/// of the cases, whatever the order of their ends.
///
/// # Errors
/// The first error, in the order of the cases.
pub fn run(cases: &[Case], mut done: impl FnMut(usize, &Case)) -> Result<Vec<Answer>, RunError> {
    let mut groups: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (i, case) in cases.iter().enumerate() {
        groups.entry(key(case)).or_default().push(i);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    let (sender, receiver) = channel::unbounded();
    let next = AtomicUsize::new(0);
    let mut slots: Vec<Option<Result<Answer, RunError>>> = (0..cases.len()).map(|_| None).collect();
    // Threads of their own: one of rayon's, while it waits for runs of its case, would begin another case, and that another
    // one; each keeps its memory.
    crossbeam::scope(|scope| {
        for _ in 0..rayon::current_num_threads() {
            let (sender, groups, next) = (sender.clone(), &groups, &next);
            scope.spawn(move |_| {
                while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // The receiver outlives every sender: it ends when the last one is gone.
                    match cases[group[0]].boot() {
                        Ok(boot) => group.iter().for_each(|i| {
                            let _ = sender.send((*i, cases[*i].answer(&boot)));
                        }),
                        Err(error) => {
                            let _ = sender.send((group[0], Err(error)));
                        }
                    }
                }
            });
        }
        drop(sender);
        for (count, (i, result)) in receiver.iter().enumerate() {
            done(count + 1, &cases[i]);
            slots[i] = Some(result);
        }
    })
    .expect("no case panics");
    let mut answers = Vec::new();
    let mut open = false;
    for slot in slots {
        match slot {
            Some(result) => answers.push(result?),
            None => open = true,
        }
    }
    assert!(!open, "a group that did not boot has sent its error");
    Ok(answers)
}
