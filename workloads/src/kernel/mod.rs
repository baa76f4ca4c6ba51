//! Real kernels: what their call sites cost, counted in a `vmlinux` and modelled on function tables.
//!
//! Kernel text never enters this project. A `vmlinux` is read from the user's own disk; the tables in `data/` hold
//! offsets and sizes of functions, no code.

mod elf;
pub mod error;
pub mod image;
pub mod islands;
pub mod layout;
pub mod render;
pub mod share;
pub mod sites;
pub mod size;
pub mod survey;
pub mod table;

pub use error::ImageError;
pub use image::Image;
pub use layout::{Alignment, Layout, lay_out, predict};
pub use render::SurveyReport;
pub use share::Share;
pub use sites::{SiteTable, TableForm};
pub use size::{SizeRow, growth_percent, size_table, sizes_of, sizes_under};
pub use survey::{BuiltFor, Survey, function_table, survey};
pub use table::{Function, FunctionTable, TableError, embedded};
