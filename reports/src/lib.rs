//! Records, comparison, tables, plots and reports.
//!
//! [`Results::from_measurements`] makes records of what the experiments return. Everything else reads records alone, so
//! a report can be made again from a file at any time.

pub mod check;
pub mod compare;
pub mod error;
pub mod file;
pub mod finding;
pub mod history;
pub mod plots;
pub mod race;
pub mod records;
pub mod sensitivity;
pub mod table;
pub mod tables;
pub mod trials;

mod convert;
mod html;
mod jsonl;
mod number;
mod render;
mod results;
mod summary;

pub use error::Error;
pub use records::{JSON_SCHEMA, Run};
pub use results::Results;
