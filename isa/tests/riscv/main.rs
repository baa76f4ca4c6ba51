//! RV64 against implementations that share nothing with this one: LLVM's disassembler and QEMU.

mod counters;
mod disassembly;
mod elf;
mod encoding;
mod extensions;
mod firmware;
mod machine;
mod oracle;
mod paging;
mod privileged;
mod program;
mod protection;
mod random;
mod stream;
mod user_mode;

/// The seed of the comparisons with QEMU: 1, or `CMODX_DIFFERENTIAL_SEED` for a campaign of others.
fn campaign_seed() -> u64 {
    match std::env::var("CMODX_DIFFERENTIAL_SEED") {
        Ok(text) => text.parse().expect("CMODX_DIFFERENTIAL_SEED is a number"),
        Err(_) => 1,
    }
}
