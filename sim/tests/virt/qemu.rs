//! Scripts as machine code, and QEMU to run them.

use std::io::Write as _;
use std::process::Command;

use super::script::Step;
use cmodx_isa::Size;

/// Where results are kept until they are printed, from the start of RAM.
const RESULTS: u64 = 0x100_0000;

/// A call of the SBI: extension, function, a0 to a2.
pub type Call = (u64, u64, [u64; 3]);

/// Runs a raw program and returns what it printed. `None`, with a line that says NOT RUN, when `CMODX_NO_ORACLES=1` waives the
/// comparison.
fn run(test: &str, program: &str, package: &str, arguments: &[&str], load: [&str; 2], code: &[u8]) -> Option<Vec<u8>> {
    if std::env::var_os("CMODX_NO_ORACLES").is_some_and(|value| value == "1") {
        println!("NOT RUN: {test} (CMODX_NO_ORACLES=1; it compares with {program})");
        return None;
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(code).expect("room for the program");
    let load = load.map(|part| part.replace("FILE", &file.path().display().to_string()));
    let output = Command::new(program)
        .args(arguments)
        .args(["-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio"])
        .args(load)
        .output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "{program} cannot be run ({error}); {test} compares with it. Install it (Debian: apt-get install {package}) \
             or set CMODX_NO_ORACLES=1 to skip such tests"
        )
    });
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

fn bytes(code: &[u32]) -> Vec<u8> {
    code.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// RV64 in M mode, `-bios none`.
pub mod riscv {
    use super::{Call, RESULTS, Size, Step, bytes, run};

    const RAM: u64 = 0x8000_0000;
    const T0: u32 = 5;
    const T1: u32 = 6;
    const S0: u32 = 8;
    const S1: u32 = 9;

    /// auipc; ld; a jump over the value.
    fn li(code: &mut Vec<u32>, to: u32, value: u64) {
        code.extend([to << 7 | 0x17, 12 << 20 | to << 15 | 3 << 12 | to << 7 | 0x03, 0x00c0_006f]);
        code.extend([value as u32, (value >> 32) as u32]);
    }

    fn store(value: u32, at: u32, size: Size) -> u32 {
        value << 20 | at << 15 | (size as u32) << 12 | 0x23
    }

    fn load(to: u32, at: u32, size: Size) -> u32 {
        let unsigned = if size == Size::Double { 3 } else { 4 + size as u32 };
        at << 15 | unsigned << 12 | to << 7 | 0x03
    }

    fn addi(register: u32, by: u32) -> u32 {
        by << 20 | register << 15 | register << 7 | 0x13
    }

    /// Prints from the buffer's start to s0, and ends the run.
    fn print_and_finish(code: &mut Vec<u32>) {
        // Divisor latch off.
        li(code, T0, 0x1000_0003);
        code.push(store(0, T0, Size::Byte));
        li(code, T0, 0x1000_0000);
        li(code, S1, RAM + RESULTS);
        let bne_s1_s0_back_12 = 0x7f << 25 | S0 << 20 | S1 << 15 | 1 << 12 | 0x15 << 7 | 0x63;
        code.extend([load(T1, S1, Size::Byte), store(T1, T0, Size::Byte), addi(S1, 1), bne_s1_s0_back_12]);
        li(code, T0, 0x10_0000);
        li(code, T1, 0x5555);
        code.extend([store(T1, T0, Size::Word), 0x0000_006f]);
    }

    /// What a supervisor gets from OpenSBI on one hart: for each call, a0 and a1, behind what else was printed.
    pub fn calls(test: &str, calls: &[Call]) -> Option<Vec<u8>> {
        let mut code = Vec::new();
        li(&mut code, S0, RAM + RESULTS);
        for &(extension, function, arguments) in calls {
            for (register, value) in (10..).zip(arguments).chain([(16, function), (17, extension)]) {
                li(&mut code, register, value);
            }
            let ecall = 0x73;
            code.extend([ecall, store(10, S0, Size::Double), addi(S0, 8), store(11, S0, Size::Double), addi(S0, 8)]);
        }
        print_and_finish(&mut code);
        let arguments = ["-M", "virt", "-smp", "1", "-m", "64"];
        run(test, "qemu-system-riscv64", "qemu-system-misc opensbi", &arguments, ["-kernel", "FILE"], &bytes(&code))
    }

    /// What the script prints under `qemu-system-riscv64 -M virt`.
    pub fn print(test: &str, steps: &[Step]) -> Option<Vec<u8>> {
        let mut code = Vec::new();
        li(&mut code, S0, RAM + RESULTS);
        for &step in steps {
            match step {
                Step::Read(at, size) => {
                    li(&mut code, T0, at);
                    code.extend([load(T1, T0, size), store(T1, S0, Size::Double), addi(S0, 8)]);
                }
                Step::Write(at, size, value) => {
                    li(&mut code, T0, at);
                    li(&mut code, T1, value);
                    code.push(store(T1, T0, size));
                }
                Step::Get(_) | Step::Set(..) => panic!("{step:?}: no CSRs here"),
            }
        }
        print_and_finish(&mut code);
        let arguments = ["-M", "virt", "-smp", "2", "-m", "64", "-bios", "none"];
        // The second hart waits in a loop before the program.
        let secondary = [0xf140_2573, 0x0005_0463, 0x0000_006f];
        let code = bytes(&[&secondary[..], &code].concat());
        run(
            test,
            "qemu-system-riscv64",
            "qemu-system-misc",
            &arguments,
            ["-device", "loader,file=FILE,addr=0x80000000"],
            &code,
        )
    }
}

/// A64 at EL1.
pub mod aarch64 {
    use super::{RESULTS, Step, bytes, run};

    const RAM: u64 = 0x4000_0000;
    const RESULT: u32 = 19;
    const END: u32 = 20;

    /// movz, movk.
    fn mov(code: &mut Vec<u32>, to: u32, value: u64) {
        for part in 0..4u32 {
            let opcode = if part == 0 { 0xd280_0000 } else { 0xf280_0000 };
            code.push(opcode | part << 21 | ((value >> (16 * part)) as u32 & 0xffff) << 5 | to);
        }
    }

    /// Prints from the buffer's start to x19 and ends the run, under `qemu-system-aarch64 -M virt,gic-version=3`.
    fn finish(test: &str, mut code: Vec<u32>) -> Option<Vec<u8>> {
        // mov x20, x19.
        code.push(0xaa00_03e0 | RESULT << 16 | END);
        mov(&mut code, RESULT, RAM + RESULTS);
        mov(&mut code, 0, 0x900_0000);
        let compare = 0xeb00_001f | END << 16 | RESULT << 5;
        let not_equal_back_12 = 0x5400_0001 | (-3i32 as u32 & 0x7_ffff) << 5;
        code.extend([0x3840_1401 | RESULT << 5, 0xb900_0001, compare, not_equal_back_12]);
        mov(&mut code, 0, 0x8400_0008);
        code.extend([0xd400_0002, 0x1400_0000]);
        let arguments = ["-M", "virt,gic-version=3", "-cpu", "max", "-smp", "2", "-m", "64"];
        let load = ["-device", "loader,file=FILE,addr=0x40200000,cpu-num=0"];
        run(test, "qemu-system-aarch64", "qemu-system-arm", &arguments, load, &bytes(&code))
    }

    /// What PSCI answers: for each call with these values in x0 to x3, x0.
    pub fn calls(test: &str, calls: &[[u64; 4]]) -> Option<Vec<u8>> {
        let mut code = Vec::new();
        mov(&mut code, RESULT, RAM + RESULTS);
        for arguments in calls {
            for (register, &value) in (0..).zip(arguments) {
                mov(&mut code, register, value);
            }
            let (hvc, keep_x0) = (0xd400_0002, 0xf800_8400 | RESULT << 5);
            code.extend([hvc, keep_x0]);
        }
        finish(test, code)
    }

    /// What the script prints.
    pub fn print(test: &str, steps: &[Step]) -> Option<Vec<u8>> {
        let mut code = Vec::new();
        let keep_x1 = 0xf800_8400 | RESULT << 5 | 1;
        mov(&mut code, RESULT, RAM + RESULTS);
        for &step in steps {
            match step {
                Step::Read(at, size) => {
                    mov(&mut code, 0, at);
                    code.extend([(size as u32) << 30 | 0x3940_0001, keep_x1]);
                }
                Step::Write(at, size, value) => {
                    mov(&mut code, 0, at);
                    mov(&mut code, 1, value);
                    code.push((size as u32) << 30 | 0x3900_0001);
                }
                Step::Get(register) => code.extend([0xd520_0000 | register.0 << 5 | 1, keep_x1]),
                Step::Set(register, value) => {
                    mov(&mut code, 1, value);
                    code.push(0xd500_0000 | register.0 << 5 | 1);
                }
            }
        }
        finish(test, code)
    }
}
