//! RV64 against implementations that share nothing with this one: LLVM's disassembler and QEMU.

mod disassembly;
mod elf;
mod encoding;
mod extensions;
mod machine;
mod oracle;
mod paging;
mod privileged;
mod program;
mod protection;
mod random;
mod stream;
mod user_mode;
