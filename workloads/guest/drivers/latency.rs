//! Latency: what enabling, retargeting and disabling many sites at once costs the patching hart. The first round is cold.

use crate::guest::drivers::rounds;

pub fn run() {
    rounds::run(true);
}
