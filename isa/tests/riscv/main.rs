//! RV64 against implementations that share nothing with this one: LLVM's disassembler and QEMU.

mod conditional;
mod counters;
mod disassembly;
#[path = "../common/elf.rs"]
mod elf;
mod encoding;
mod extensions;
mod firmware;
mod llvm;
mod machine;
#[path = "../common/oracle.rs"]
mod oracle;
mod paging;
mod privileged;
mod program;
mod protection;
#[path = "../common/random.rs"]
mod random;
mod stream;
mod user_mode;

/// The seed of the comparisons with QEMU: 1, or `CMODX_DIFFERENTIAL_SEED` for a campaign of others.
fn campaign_seed() -> u64 {
    from_environment("CMODX_DIFFERENTIAL_SEED", 1)
}

/// A number from the environment, or the one that stands otherwise.
fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => otherwise,
    }
}
