//! Builds guest programs with the Rust toolchain alone.
