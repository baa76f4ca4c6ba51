//! OpenSBI, built by others: it boots here as it boots under QEMU, and serves a program in S mode.

use super::machine::{Machine, Region};
use super::program::{bare, x};
use super::{elf, oracle};
use cmodx_isa::Arch;
use cmodx_isa::riscv::{Hart, Insn, Op, asm, csr};
use std::io::Write;

/// What the firmware looks for is here and there the same.
const CPU: &str = "rv64,h=false,pmu-num=0";
const FIRMWARE: &str = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin";
const MEMORY: u64 = 0x8000_0000;
/// Where fw_jump jumps to.
const PAYLOAD: u64 = 0x8020_0000;
const DEVICE_TREE: u64 = 0x8220_0000;
const MEGABYTE: usize = 1 << 20;

/// A program in S mode that prints through the firmware, sees how an illegal instruction reaches it, and ends the run.
fn payload() -> Vec<u8> {
    let mut code = Vec::new();
    let mut add = |insn: Insn| code.extend_from_slice(&insn.encode().expect("it fits").to_le_bytes());
    let put = |add: &mut dyn FnMut(Insn), byte: u8| {
        add(asm::addi(x(10), x(0), byte.into()));
        add(asm::addi(x(17), x(0), 1));
        add(asm::ecall());
    };
    for byte in b"\nS mode says: " {
        put(&mut add, *byte);
    }
    // An illegal instruction comes back through the firmware: the handler stands 16 bytes ahead.
    add(asm::auipc(x(5), 0));
    add(asm::addi(x(5), x(5), 16));
    add(asm::i(Op::Csrrw, x(0), x(5), csr::STVEC as i64));
    add(asm::i(Op::Csrrs, x(0), x(0), csr::MSTATUS as i64));
    // scause is 2: prints it as a digit.
    add(asm::i(Op::Csrrs, x(10), x(0), csr::SCAUSE as i64));
    add(asm::addi(x(10), x(10), b'0'.into()));
    add(asm::addi(x(17), x(0), 1));
    add(asm::ecall());
    put(&mut add, b'\n');
    add(asm::lui(x(5), 0x10_0000));
    add(asm::lui(x(6), 0x5000));
    add(asm::addi(x(6), x(6), 0x555));
    add(asm::s(Op::Sw, x(5), x(6), 0));
    add(asm::jal(x(0), 0));
    code
}

/// The lines of a console, without carriage returns.
fn lines(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    text.lines().map(|line| line.trim_end().to_string()).collect()
}

#[test]
fn opensbi_boots_and_serves_s_mode_as_under_qemu() {
    const TEST: &str = "opensbi_boots_and_serves_s_mode_as_under_qemu";
    let directory = tempfile::tempdir().expect("a temporary directory");
    let tree = directory.path().join("virt.dtb");
    let machine = format!("virt,dumpdtb={}", tree.display());
    let arguments = ["-M", &machine, "-cpu", CPU, "-m", "64M", "-display", "none"];
    if oracle::run(TEST, "qemu-system-riscv64", "qemu-system-misc", &arguments, &[]).is_none() {
        return;
    }
    let tree = std::fs::read(&tree).expect("QEMU wrote its device tree");
    let firmware = std::fs::read(FIRMWARE)
        .unwrap_or_else(|error| panic!("{FIRMWARE}: {error}; Debian: apt-get install opensbi, or CMODX_NO_ORACLES=1"));

    let mut program = tempfile::NamedTempFile::new().expect("a temporary file");
    program
        .write_all(&elf::executable(Arch::Riscv64, (PAYLOAD, &payload()), (PAYLOAD + 0x1000, &[0; 8]), &[]))
        .expect("it can be written");
    let path = program.path().to_str().expect("a path in UTF-8");
    let output = bare(TEST, &["-cpu", CPU, "-bios", FIRMWARE, "-kernel", path]).expect("it ran before");
    let theirs = lines(&output);

    let mut memory = vec![0; 64 * MEGABYTE];
    memory[..firmware.len()].copy_from_slice(&firmware);
    for (at, bytes) in [(PAYLOAD, &payload()), (DEVICE_TREE, &tree)] {
        memory[(at - MEMORY) as usize..][..bytes.len()].copy_from_slice(bytes);
    }
    let device = |at, size| Region { at, bytes: vec![0; size] };
    let regions = vec![
        Region { at: MEMORY, bytes: memory },
        device(0x200_0000, 0x1_0000),  // CLINT
        device(0xc00_0000, 0x60_0000), // PLIC
        device(super::machine::CONSOLE, 0x100),
        device(super::machine::FINISHER, 0x1000),
    ];
    let mut hart = Hart::new(0);
    (hart.x[10], hart.x[11]) = (0, DEVICE_TREE);
    let mut machine = Machine::new(hart, MEMORY, regions);
    machine.run(50_000_000);
    println!("{} instructions until S mode ended", machine.retired);
    assert_eq!(lines(&machine.output), theirs);
    assert!(theirs.iter().any(|line| line == "S mode says: 2"), "the firmware passes illegal instructions on");
}
