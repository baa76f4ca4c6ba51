//! `cmodx run` on programs that compilers and linkers made: how they end, what they print, what is traced.

mod aarch64_user;
mod bare;
mod board;
mod compiler;
mod conformance;
mod integer_mix;
mod kanata;
mod machine_mode;
mod official;
mod timing;
mod trace;
mod user;
