//! The patching schemes under test.
//!
//! A scheme is a folder of guest code under `schemes/` and an entry of the [`catalogue`](catalogue::SCHEMES): where its bytes lie, what they
//! may be, what it claims. Nothing here knows the models that judge it.

pub mod catalogue;
