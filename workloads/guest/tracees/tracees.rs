//! The functions that are traced: compiled with the scheme's site layout, as a kernel's functions are.

#[path = "corpus.rs"]
pub mod corpus;
#[path = "measured.rs"]
pub mod measured;
