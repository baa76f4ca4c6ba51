//! Native PSCI against QEMU's: the same calls, the same answers.

use super::qemu;
use super::script::Empty;
use cmodx_isa::aarch64::{Cause, Trap};
use cmodx_sim::ids::HartId;
use cmodx_sim::platform::aarch64_virt::{Aarch64Virt, Options};
use cmodx_sim::platform::{Board, Firmware};

const VERSION: u64 = 0x8400_0000;
const CPU_ON: [u64; 2] = [0x8400_0003, 0xc400_0003];
const AFFINITY_INFO: [u64; 2] = [0x8400_0004, 0xc400_0004];
const MIGRATE_INFO_TYPE: u64 = 0x8400_0006;
const FEATURES: u64 = 0x8400_000a;
/// An address in RAM. No call here succeeds in starting a hart at it.
const ENTRY: u64 = Aarch64Virt::RAM + 0x300_0000;

fn here(calls: &[[u64; 4]]) -> Vec<u64> {
    let mut board = Aarch64Virt::new(2, Options::default());
    let mut hart = board.at_reset(HartId(0));
    let one = |arguments: &[u64; 4]| {
        hart.x[..4].copy_from_slice(arguments);
        let (trap, memory) = (Trap::sync(Cause::Hvc, 0), &mut Empty(Aarch64Virt::RAM));
        assert_eq!(board.firmware(HartId(0), 0, &mut hart, &trap, memory, &mut Vec::new()), Firmware::Done);
        hart.x[0]
    };
    calls.iter().map(one).collect()
}

#[test]
fn calls_end_as_with_qemu() {
    let mut calls = vec![[VERSION, 0, 0, 0], [MIGRATE_INFO_TYPE, 0, 0, 0]];
    for function in [VERSION, CPU_ON[0], CPU_ON[1], AFFINITY_INFO[0], AFFINITY_INFO[1], 0x8400_0008, 0x8400_0002] {
        calls.push([FEATURES, function, 0, 0]);
    }
    calls.extend([0x8400_0001, 0xc400_0001, 0x8400_000e, 0xc400_00ff].map(|function| [FEATURES, function, 0, 0]));
    for info in AFFINITY_INFO {
        calls.extend(
            [[0, 0], [1, 0], [2, 0], [0x100, 0], [0, 1], [1, 3]].map(|[target, level]| [info, target, level, 0]),
        );
    }
    calls.extend([[CPU_ON[1], 0, ENTRY, 0], [CPU_ON[0], 0, ENTRY, 0], [CPU_ON[1], 2, ENTRY, 0]]);

    let Some(printed) = qemu::aarch64::calls("calls_end_as_with_qemu", &calls) else { return };
    let start = printed.len().checked_sub(8 * calls.len()).expect("the program printed all results");
    let theirs = printed[start..].chunks(8).map(|bytes| u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
    let differences: Vec<String> = calls
        .iter()
        .zip(here(&calls).into_iter().zip(theirs))
        .filter(|(_, (ours, theirs))| ours != theirs)
        .map(|(call, (ours, theirs))| format!("{call:x?}: {ours:x} here, {theirs:x} by QEMU\n"))
        .collect();
    assert!(differences.is_empty(), "{}", differences.concat());
}
