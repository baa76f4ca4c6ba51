//! Toggle: as many changes as asked for, while all other harts call.

use crate::guest::drivers::rounds;

pub fn run() {
    rounds::run(false);
}
