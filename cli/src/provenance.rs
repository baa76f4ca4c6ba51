//! What results say of the run that made them.

use cmodx_reports::Run;
use std::collections::BTreeMap;

/// The run line of this invocation.
pub fn run(no_host: bool) -> Run {
    let mut run = Run::new(env!("CARGO_PKG_VERSION"));
    run.commit = option_env!("CMODX_COMMIT").map(str::to_string);
    run.commit_time = option_env!("CMODX_COMMIT_TIME").and_then(|t| t.parse().ok());
    run.dirty = option_env!("CMODX_DIRTY") == Some("true");
    run.args = std::env::args().skip(1).collect();
    if !no_host {
        let facts = [("os", std::env::consts::OS.to_string()), ("arch", std::env::consts::ARCH.to_string())];
        run.host = Some(facts.map(|(key, value)| (key.to_string(), value)).into_iter().collect::<BTreeMap<_, _>>());
    }
    run
}
