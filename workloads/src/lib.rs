//! Guest programs and the experiments run on them.

pub mod images;
pub mod kernel;
pub mod measure;
pub mod params;
