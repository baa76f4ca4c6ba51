//! A64 against implementations that share nothing with this one: LLVM's disassembler and QEMU.

mod alignment;
mod compiled;
mod disassembly;
#[path = "../common/elf.rs"]
mod elf;
mod encoding;
mod machine;
#[path = "../common/oracle.rs"]
mod oracle;
mod pauth;
mod pmu;
#[path = "../common/random.rs"]
mod random;
mod stream;
mod system_mode;
mod system_stream;
mod translation;
mod user_mode;
