//! Every word of the RISC-V guests' code, as rustc and its assembler made it, is for this implementation what it is for LLVM.

#[path = "../../isa/tests/riscv/llvm.rs"]
#[allow(dead_code, reason = "the instruction set's own tests use all of it")]
mod llvm;
#[path = "../../isa/tests/common/oracle.rs"]
mod oracle;

use cmodx_isa::Arch;
use cmodx_trampolines::catalogue::SCHEMES;
use cmodx_workloads::images::image;
use std::collections::BTreeSet;

#[test]
fn words_of_guests_are_what_llvm_says() {
    const TEST: &str = "words_of_guests_are_what_llvm_says";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("guest.elf");
    let mut words = BTreeSet::new();
    for scheme in SCHEMES.iter().filter(|scheme| scheme.arch == Arch::Riscv64) {
        let elf = image(scheme.arch, scheme.id).expect("every scheme of the catalogue has an image");
        std::fs::write(&path, elf).expect("the image can be written");
        if llvm::words_of(TEST, &path.display().to_string(), &mut words).is_none() {
            return;
        }
    }
    assert!(words.len() > 2000, "only {} different words", words.len());
    llvm::compare(TEST, &words.into_iter().collect::<Vec<_>>());
}
