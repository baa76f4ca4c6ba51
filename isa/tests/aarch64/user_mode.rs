//! Random streams of user-level instructions, run here and under QEMU's user mode: the same registers and memory at the end.

use super::machine::{Machine, Region};
use super::random::Random;
use super::stream::{self, Stream};
use super::{elf, oracle};
use cmodx_isa::aarch64::{Aarch64, Hart, ROWS};
use cmodx_isa::{Arch, Isa};
use std::io::Write;

const CODE: u64 = 0x10_0000;
const DATA: u64 = 0x40_0000;
/// Registers at the start, then what loads and stores reach, with the registers at the end in it.
const DATA_SIZE: usize = 0x18000;
const MIDDLE: u64 = DATA + 0x4000;
/// Offset from the middle of the registers at the end: x0 to x30, SP, NZCV, FPSR.
const RESULTS: u32 = 0x7000;
/// Offset of the vector registers, at the start from the data and at the end from the results.
const VECTORS: u32 = 0x200;
/// Where FPCR stands at the start.
const CONTROL: u32 = 8 * 31;

fn words(code: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        code.extend_from_slice(&word.to_le_bytes());
    }
}

/// movz and movk of a 32-bit value.
fn load_immediate(rd: u32, value: u32) -> [u32; 2] {
    [0xd280_0000 | (value & 0xffff) << 5 | rd, 0xf2a0_0000 | (value >> 16) << 5 | rd]
}

/// A stream between a prologue that loads all registers and an epilogue that stores them and writes the data to stdout.
fn program(stream: &Stream, count: usize) -> Vec<u8> {
    let mut code = Vec::new();
    words(&mut code, &load_immediate(0, DATA as u32));
    words(&mut code, &[0xf940_0001 | (CONTROL / 8) << 10, 0xd51b_4401]); // ldr x1, [x0, #CONTROL]; msr fpcr, x1
    for n in 0..32 {
        words(&mut code, &[0x3dc0_0000 | (VECTORS / 16 + n) << 10 | n]); // ldr qn, [x0, #VECTORS + 16n]
    }
    for n in 1..31 {
        words(&mut code, &[0xf940_0000 | n << 10 | n]); // ldr xn, [x0, #8n]
    }
    words(&mut code, &[0xd51b_4201]); // msr nzcv, x1
    words(&mut code, &[0x9100_0000 | u32::from(stream::MIDDLE) << 5 | 31]); // mov sp, x24
    words(&mut code, &[0xf940_0000]); // ldr x0, [x0]
    code.extend(stream.assemble(count));
    let store = |n: u32, at: u32| 0xf900_0000 | ((RESULTS / 8 + at) << 10) | u32::from(stream::MIDDLE) << 5 | n;
    for n in 0..31 {
        words(&mut code, &[store(n, n)]);
    }
    words(&mut code, &[0x9100_03e0, store(0, 31)]); // mov x0, sp
    words(&mut code, &[0xd53b_4200, store(0, 32)]); // mrs x0, nzcv
    words(&mut code, &[0xd53b_4420, store(0, 33)]); // mrs x0, fpsr
    for n in 0..32 {
        let at = (RESULTS + VECTORS) / 16 + n;
        words(&mut code, &[0x3d80_0000 | at << 10 | u32::from(stream::MIDDLE) << 5 | n]); // str qn, [x24, …]
    }
    for (register, value) in [(8, 64), (0, 1), (1, DATA as u32), (2, DATA_SIZE as u32)] {
        words(&mut code, &load_immediate(register, value));
    }
    words(&mut code, &[0xd400_0001]); // svc #0: write
    words(&mut code, &load_immediate(8, 94));
    words(&mut code, &load_immediate(0, 0));
    words(&mut code, &[0xd400_0001]); // svc #0: exit_group
    code
}

fn initial_data(random: &mut Random) -> Vec<u8> {
    let mut data: Vec<u8> = (0..DATA_SIZE / 8).flat_map(|_| random.value().to_le_bytes()).collect();
    // AHP, DN, FZ, RMode.
    let control = if random.below(2) == 0 { 0 } else { random.next() & 0x07c0_0000 };
    data[CONTROL as usize..][..8].copy_from_slice(&control.to_le_bytes());
    for n in stream::POINTERS.into_iter().chain([stream::MIDDLE]) {
        data[8 * n as usize..][..8].copy_from_slice(&MIDDLE.to_le_bytes());
    }
    data
}

/// Runs the program here until its first system call; counts the rows it executes.
fn here(code: &[u8], data: &[u8], executed: &mut [u64]) -> Result<Vec<u8>, String> {
    let mut hart = Hart::kernel(0);
    hart.set_level(0, false);
    hart.system.cpacr = 3 << 20;
    // As Linux sets it for user programs: cache maintenance and CTR_EL0 allowed.
    hart.system.sctlr |= 1 << 26 | 1 << 15 | 1 << 14;
    let regions = vec![Region { at: CODE, bytes: code.to_vec() }, Region { at: DATA, bytes: data.to_vec() }];
    let mut machine = Machine::new(hart, CODE, regions);
    loop {
        let insn = Aarch64::decode(machine.fetch().map_err(|fault| format!("{fault:?}"))?);
        match machine.step() {
            Ok(()) => executed[insn.op as usize] += 1,
            Err(trap) if trap.svc().is_some() => break,
            Err(trap) => {
                let text = Aarch64::disassemble(&insn, machine.pc);
                return Err(format!("{trap} in {text} at {:#x}", machine.pc));
            }
        }
    }
    Ok(machine.regions[1].bytes.clone())
}

fn qemu(test: &str, code: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&elf::executable(Arch::Aarch64, (CODE, code), (DATA, data), &[])).expect("the file can be written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    file.as_file().set_permissions(executable).expect("the file is ours");
    // A file that is open for writing cannot be executed.
    let path = file.into_temp_path();
    let path_text = path.to_str().expect("a path in UTF-8");
    let output = oracle::run(test, "qemu-aarch64", "qemu-user", &["-cpu", CPU, path_text], &[])?;
    assert!(output.status.success(), "QEMU: {} {}", output.status, String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// Every extension that QEMU 7.2 has, without pointer authentication: its codes depend on random keys.
const CPU: &str = "max,pauth=off";

/// The first difference between two memories, in words.
fn difference(ours: &[u8], theirs: &[u8]) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!("{} bytes here, {} from QEMU", ours.len(), theirs.len()));
    }
    let at = ours.chunks(8).zip(theirs.chunks(8)).position(|(a, b)| a != b)?;
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes[8 * at..8 * at + 8].try_into().expect("8 bytes"));
    let address = DATA + 8 * at as u64;
    let register = address.wrapping_sub(MIDDLE + u64::from(RESULTS)) / 8;
    let place = match register {
        0..=30 => format!("x{register}"),
        31 => "sp".to_owned(),
        32 => "nzcv".to_owned(),
        33 => "fpsr".to_owned(),
        64..128 => format!("{} half of v{}", ["low", "high"][register as usize & 1], (register - 64) / 2),
        _ => format!("memory at {address:#x}"),
    };
    Some(format!("{place} is {:#x} here, {:#x} under QEMU", word(ours), word(theirs)))
}

fn from_environment(name: &str, otherwise: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is a number")),
        Err(_) => otherwise,
    }
}

#[test]
fn random_streams_end_in_the_same_state_as_under_qemu() {
    const TEST: &str = "random_streams_end_in_the_same_state_as_under_qemu";
    const STREAM: usize = 10_000;
    let wanted = from_environment("CMODX_DIFFERENTIAL_INSTRUCTIONS", 300_000);
    let time = std::time::Duration::from_secs(from_environment("CMODX_DIFFERENTIAL_SECONDS", 0));
    let started = std::time::Instant::now();
    let seed = from_environment("CMODX_DIFFERENTIAL_SEED", 1);
    let mut random = Random(seed);
    let mut executed = vec![0u64; ROWS.len()];
    let mut runs = 0;
    while executed.iter().sum::<u64>() < wanted || started.elapsed() < time {
        let stream = Stream::new(&mut random, STREAM);
        let data = initial_data(&mut random);
        let compare = |count: usize, executed: &mut [u64]| {
            let code = program(&stream, count);
            let theirs = qemu(TEST, &code, &data)?;
            Some(here(&code, &data, executed).map_or_else(Some, |ours| difference(&ours, &theirs)))
        };
        let Some(outcome) = compare(stream.insns.len(), &mut executed) else { return };
        runs += 1;
        let Some(what) = outcome else { continue };
        // The shortest part that differs ends with the instruction that differs.
        let (mut same, mut differs) = (0, stream.insns.len());
        let mut what = what;
        while differs - same > 1 {
            let middle = (same + differs) / 2;
            match compare(middle, &mut executed.clone()).flatten() {
                Some(text) => (differs, what) = (middle, text),
                None => same = middle,
            }
        }
        let insn = stream.insns[differs - 1];
        let text = Aarch64::disassemble(&insn, 0);
        let control = u64::from_le_bytes(data[CONTROL as usize..][..8].try_into().expect("8 bytes"));
        panic!("stream {runs} of seed {seed}, FPCR {control:#x}, instruction {}: {what}: {text}", differs - 1);
    }
    let never: Vec<_> = ROWS.iter().filter(|row| executed[row.op as usize] == 0).collect();
    println!(
        "{} instructions in {runs} streams; rows executed: {} of {}",
        executed.iter().sum::<u64>(),
        ROWS.len() - never.len(),
        ROWS.len()
    );
    for row in never {
        let reason = stream::left_out(row).unwrap_or_else(|| panic!("{:?} is never executed", row.op));
        println!("not executed: {:?} ({reason})", row.op);
    }
}
