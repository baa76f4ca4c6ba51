//! Real kernels: what their call sites cost, counted in a `vmlinux` and modelled on function tables.
//!
//! Kernel text never enters this project. A `vmlinux` is read from the user's own disk; the tables in `data/` hold
//! offsets and sizes of functions, no code.

pub mod layout;
pub mod table;

pub use layout::{Alignment, Layout, lay_out, predict};
pub use table::{Function, FunctionTable, TableError, embedded};
