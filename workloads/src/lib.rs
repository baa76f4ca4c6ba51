//! Guest programs and the experiments run on them.

pub mod measure;
