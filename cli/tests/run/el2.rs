//! A program that starts at EL2, as kernels do under a boot loader that leaves them there.

use super::compiler::{Program, Target, oracle};

#[test]
fn a_program_that_starts_at_el2_prints_as_under_qemu() {
    let test = "a_program_that_starts_at_el2_prints_as_under_qemu";
    let source = include_str!("programs/el2.S");
    let Some(program) = Program::assemble(test, Target::Aarch64, source, &["-Wl,-Ttext=0x40080000"]) else { return };
    let path = program.path().display().to_string();
    let options = ["-M", "virt,gic-version=3,virtualization=on", "-cpu", "max", "-smp", "2", "-m", "128"];
    let quiet = ["-nic", "none", "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", &path];
    let arguments: Vec<String> = options.iter().chain(&quiet).map(|part| (*part).to_string()).collect();
    let Some(expected) = oracle(test, "qemu-system-aarch64", "qemu-system-arm", &arguments) else { return };
    let expected = String::from_utf8_lossy(&expected.stdout).into_owned();
    assert_eq!(expected.lines().count(), 11, "{expected}");
    for timing in ["none", "in-order"] {
        let options = ["--el", "2", "--harts", "2", "--timing", timing, "--max-instructions", "1000000"];
        let (code, stdout, stderr) = program.run(&options);
        assert_eq!((code, stdout.as_str()), (0, expected.as_str()), "{stderr}");
    }
}
