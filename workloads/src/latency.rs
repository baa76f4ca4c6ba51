//! How long it takes to enable, retarget and disable many sites at once while all other harts call them.

use crate::guest_run::{Guest, Observe, RunError};
use crate::marks;
use crate::measure::{Action, Latency, Toggling};
use crate::overhead::setup;
use crate::params::{Mode, Params, WRONG_ALLOWED};
use crate::toggling;
use cmodx_sim::core_model::CoreModel;
use cmodx_trampolines::catalogue::Scheme;

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The three actions.
    pub latencies: Vec<Latency>,
    /// The calls that went on beside them, if any was wrong.
    pub wrong: Option<Toggling>,
}

/// Measures the three actions on `sites` sites of a machine with `harts` harts.
///
/// # Errors
/// [`RunError`] when the guest fails.
pub fn measure(scheme: &Scheme, core: &CoreModel, harts: usize, sites: u32) -> Result<Changes, RunError> {
    let params = Params {
        mode: Mode::Latency,
        harts: harts as u64,
        sites: sites as u64,
        rounds: 1,
        flags: WRONG_ALLOWED,
        ..Params::default()
    };
    let guest = Guest { scheme, core, harts, params };
    let outcome = guest.run(&Observe { marks: true, ..Observe::default() })?;
    let setup = setup(&guest, &outcome.guest);
    let changes = marks::changes(&outcome.marks, &outcome.absences);
    let calls = toggling::judged(&guest, &outcome, format!("latency-{sites}"))?;
    let latencies = [Action::Enable, Action::Retarget, Action::Disable]
        .into_iter()
        .enumerate()
        .map(|(n, action)| {
            let measured = |what: &str| {
                let key = format!("{}.{what}.0", action.name());
                outcome.measure(&key).ok_or_else(|| guest.missing(&key))
            };
            let (cycles, instructions) = (measured("cycles")?, measured("instructions")?);
            let (split, disturbance) = changes.get(n).cloned().ok_or_else(|| guest.missing("marks of a change"))?;
            Ok(Latency { setup: setup.clone(), action, sites, cycles, instructions, split, disturbance })
        })
        .collect::<Result<_, RunError>>()?;
    Ok(Changes { latencies, wrong: Some(calls).filter(|calls| calls.wrong > 0) })
}
