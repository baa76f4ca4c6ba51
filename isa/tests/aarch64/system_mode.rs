//! Bare programs at EL1 and EL0, run here and under QEMU's virt machine: the same exceptions, and the same memory at the
//! end.

use super::machine::{Machine, Region};
use super::{elf, oracle};
use cmodx_isa::aarch64::{Aarch64, Cause, Hart, Trap};
use cmodx_isa::{Arch, Isa};
use std::path::Path;

pub const CODE: u64 = 0x4008_0000;
pub const DATA: u64 = 0x4020_0000;
const RAM: u64 = 0x4000_0000;
const RAM_SIZE: usize = 2 << 30;

/// Assembles a file of the folder `system`.
pub fn assemble(test: &str, file: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aarch64/system");
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let (object, binary) = (scratch.path().join("program.o"), scratch.path().join("program.bin"));
    let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
    let (object, binary) = (text(&object), text(&binary));
    let source = text(&folder.join(file));
    let package = "binutils-aarch64-linux-gnu";
    let arguments = ["-march=armv8.5-a", "-I", &text(&folder), "-o", &object, &source];
    let output = oracle::run(test, "aarch64-linux-gnu-as", package, &arguments, &[])?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let arguments = ["-O", "binary", "-j", ".text", &object, &binary];
    let output = oracle::run(test, "aarch64-linux-gnu-objcopy", package, &arguments, &[])?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(binary).expect("the program was written"))
}

/// Runs until the first semihosting call; exceptions go to the vectors of the program.
pub fn here(hart: Hart, code: &[u8], data: &[u8]) -> Vec<u8> {
    const LONGEST: u64 = 10_000_000;
    let mut ram = vec![0; RAM_SIZE];
    let place = |at: u64| (at - RAM) as usize;
    ram[place(CODE)..][..code.len()].copy_from_slice(code);
    ram[place(DATA)..][..data.len()].copy_from_slice(data);
    let regions = vec![Region { at: RAM, bytes: ram }];
    let mut machine = Machine::new(hart, CODE, regions);
    loop {
        assert!(machine.retired < LONGEST, "the program runs for ever, now at {:#x}", machine.pc);
        let Err(trap) = machine.step() else { continue };
        if trap.is_semihosting() {
            return machine.regions[0].bytes[place(DATA)..][..data.len()].to_vec();
        }
        machine.retired += 1;
        machine.pc = Aarch64::enter(&mut machine.hart, trap, machine.pc);
    }
}

/// Runs on QEMU's virt machine; what the program writes.
pub fn qemu(test: &str, cpu: &str, code: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    qemu_machine(test, "virt,gic-version=3", cpu, code, data)
}

fn qemu_machine(test: &str, machine: &str, cpu: &str, code: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file").into_temp_path();
    std::fs::write(&file, elf::executable(Arch::Aarch64, (CODE, code), (DATA, data), &[]))
        .expect("the file can be written");
    let path = file.to_str().expect("a path in UTF-8");
    let console =
        ["-semihosting-config", "enable=on,target=native", "-display", "none", "-monitor", "none", "-nic", "none"];
    let mut arguments = vec!["-M", machine, "-cpu", cpu, "-m", "2048M", "-serial", "none", "-kernel", path];
    arguments.extend(console);
    // Asked directly first, so that a QEMU that is missing is named and not the program that limits its time.
    oracle::run(test, "qemu-system-aarch64", "qemu-system-arm", &["--version"], &[])?;
    let limited: Vec<&str> = ["-s", "KILL", "20", "qemu-system-aarch64"].into_iter().chain(arguments).collect();
    let output = oracle::run(test, "timeout", "coreutils", &limited, &[])?;
    assert!(output.status.success(), "QEMU: {} {}", output.status, String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// The records of exceptions, one a line.
pub fn records(bytes: &[u8]) -> Vec<String> {
    bytes
        .chunks(48)
        .map(|record| {
            let word = |n: usize| u64::from_le_bytes(record[8 * n..8 * n + 8].try_into().expect("8 bytes"));
            format!(
                "vector {:#05x} ESR {:#010x} ELR {:#x} SPSR {:#x} FAR {:#x} DAIF {:#x}",
                word(0),
                word(1),
                word(2),
                word(3),
                word(4),
                word(5)
            )
        })
        .collect()
}

#[test]
fn exceptions_are_taken_as_under_qemu() {
    const TEST: &str = "exceptions_are_taken_as_under_qemu";
    compare(TEST, "max,pauth=off", "exceptions.s", 0x4000, 0x3000, Hart::kernel(0));
}

/// Runs a program here and there; the differences between the records, and what QEMU recorded.
fn compare(test: &str, cpu: &str, file: &str, size: usize, results: usize, hart: Hart) -> Option<Vec<String>> {
    let code = assemble(test, file)?;
    let data = vec![0; size];
    let machine = if hart.el == 2 { "virt,gic-version=3,virtualization=on" } else { "virt,gic-version=3" };
    let theirs = qemu_machine(test, machine, cpu, &code, &data)?;
    let ours = here(hart, &code, &data);
    let part = |bytes: &[u8]| records(&bytes[..results / 48 * 48]);
    let (ours_told, theirs_told) = (part(&ours), part(&theirs));
    let pairs = ours_told.iter().zip(&theirs_told).enumerate();
    let differences: Vec<String> =
        pairs.filter(|(_, (a, b))| a != b).map(|(n, (a, b))| format!("record {n:#x}:\nhere {a}\nQEMU {b}")).collect();
    assert!(
        differences.is_empty(),
        "{} records: {}",
        differences.len(),
        differences[..differences.len().min(20)].join("\n")
    );
    Some(theirs_told)
}

#[test]
fn branches_into_guarded_pages_land_where_they_may_under_qemu() {
    const TEST: &str = "branches_into_guarded_pages_land_where_they_may_under_qemu";
    let Some(told) = compare(TEST, "max,pauth=off", "bti.s", 0x40000, 0x20000, Hart::kernel(0)) else { return };
    let refused = told.iter().filter(|record| record.contains("ESR 0x36")).count();
    let landed = told.iter().filter(|record| record.contains("ESR 0xf2000077")).count();
    assert!(refused > 200 && landed > 200, "{refused} refused, {landed} landed");
}

#[test]
fn el2_is_left_and_entered_as_under_qemu() {
    const TEST: &str = "el2_is_left_and_entered_as_under_qemu";
    let mut hart = Hart::kernel(0);
    hart.start_at_el2();
    let Some(told) = compare(TEST, "max,pauth=off", "hypervisor.s", 0x8000, 0x6000, hart) else { return };
    let taken = told.iter().filter(|record| record.contains("vector 0x2")).count();
    assert!(taken > 80, "{taken} exceptions to EL2");
}

#[test]
fn a_stack_pointer_that_is_not_aligned_faults_when_sctlr_asks_for_it() {
    const SA: u64 = 1 << 3;
    for (sctlr, faults) in [(0, false), (SA, true)] {
        let mut hart = Hart::kernel(0);
        hart.system.sctlr = sctlr;
        hart.set_stack_pointer_of(1, DATA + 8);
        let regions = vec![Region { at: DATA, bytes: vec![0; 4096] }];
        let mut machine = Machine::new(hart, CODE, regions);
        let load = Aarch64::decode(0xf940_03e0); // ldr x0, [sp]
        let outcome = Aarch64::execute(&mut machine, load, CODE);
        let expected = Trap::sync(Cause::SpAlignment, 0);
        assert_eq!(outcome.err(), faults.then_some(expected));
    }
}
