//! Guest programs and the experiments run on them.

pub mod kernel;
pub mod measure;
