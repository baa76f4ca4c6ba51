//! `cmodx run` on programs that compilers and linkers made: how they end, what they print, what is traced.

mod bare;
mod compiler;
mod conformance;
mod el2;
mod machine_mode;
mod timing;
mod trace;
mod user;
