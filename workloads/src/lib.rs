//! Guest programs and the experiments run on them.

pub mod check;
pub mod guest_run;
pub mod images;
pub mod kernel;
pub mod latency;
pub mod marks;
pub mod matrix;
pub mod measure;
pub mod overhead;
pub mod own_scheme;
pub mod params;
pub mod path;
pub mod races;
pub mod sources;
pub mod toggling;
pub mod tracer;
pub mod trial;
