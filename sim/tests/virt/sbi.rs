//! Native SBI against OpenSBI: the same calls, the same errors and values.

use super::qemu::{self, Call};
use super::script::Empty;
use cmodx_isa::riscv::{Cause, Hart, Trap};
use cmodx_sim::ids::HartId;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::platform::{Board, Firmware};

const RAM: u64 = 0x8000_0000;
const BASE: u64 = 0x10;
const TIME: u64 = 0x5449_4d45;
const IPI: u64 = 0x73_5049;
const RFENCE: u64 = 0x5246_4e43;
const HSM: u64 = 0x48_534d;
const SRST: u64 = 0x5352_5354;
const ALL: u64 = u64::MAX;

fn here(calls: &[Call]) -> Vec<[u64; 2]> {
    let mut board = RiscvVirt::new(1, Options::default());
    let mut hart = Hart::supervisor(0);
    let one = |&(extension, function, arguments): &Call| {
        hart.x[10..13].copy_from_slice(&arguments);
        (hart.x[16], hart.x[17]) = (function, extension);
        let trap = Trap::new(Cause::ECALL_S, 0);
        let served = board.firmware(HartId(0), 0, &mut hart, &trap, &mut Empty(RAM), &mut Vec::new());
        assert_eq!(served, Firmware::Done);
        [hart.x[10], hart.x[11]]
    };
    calls.iter().map(one).collect()
}

#[test]
fn calls_end_as_with_opensbi() {
    let mut calls: Vec<Call> = Vec::new();
    for extension in [0, 1, 2, 5, 8, BASE, TIME, IPI, RFENCE, HSM, SRST, 9, 0x12_3456] {
        calls.push((BASE, 3, [extension, 0, 0]));
    }
    // Not marchid and mimpid, where QEMU's core names its version.
    calls.extend([4, 7].map(|function| (BASE, function, [0; 3])));
    // Not masks with harts that are not there: an invalid parameter by the specification, ignored by OpenSBI.
    for [mask, base] in [[1, 0], [0, 0], [1, 1], [0, 1], [7, ALL], [0, ALL], [1, 0x1_0000], [1, ALL - 1]] {
        calls.push((IPI, 0, [mask, base, 0]));
        calls.push((RFENCE, 0, [mask, base, 0]));
        calls.push((RFENCE, 1, [mask, base, 0]));
        calls.push((RFENCE, 2, [mask, base, 0]));
    }
    calls.extend([(IPI, 1, [1, 0, 0]), (RFENCE, 9, [1, 0, 0]), (TIME, 1, [0; 3]), (0x12_3456, 0, [0; 3])]);
    calls.push((TIME, 0, [ALL, 0, 0]));
    for hart in [0, 1, 64, ALL] {
        calls.push((HSM, 2, [hart, 0, 0]));
        calls.push((HSM, 0, [hart, RAM + 0x20_0000, 0]));
    }
    calls.push((HSM, 7, [0; 3]));
    for kind in [1, 0x0fff_ffff, 0x8000_0001, 0x8fff_ffff] {
        calls.push((HSM, 3, [kind, RAM + 0x20_0000, 0]));
    }
    calls.extend([(SRST, 0, [3, 0, 0]), (SRST, 0, [0xefff_ffff, 0, 0]), (SRST, 1, [0; 3])]);
    calls.extend([(2, 0, [0, 55, 0]), (5, 0, [0, 55, 0]), (3, 0, [0, 55, 0])]);

    let Some(printed) = qemu::riscv::calls("calls_end_as_with_opensbi", &calls) else { return };
    let start = printed.len().checked_sub(16 * calls.len()).expect("the program printed all results");
    let theirs = printed[start..].chunks(16).map(|pair| {
        let value = |at: usize| u64::from_le_bytes(pair[at..at + 8].try_into().expect("eight bytes"));
        [value(0), value(8)]
    });
    let differences: Vec<String> = calls
        .iter()
        .zip(here(&calls).into_iter().zip(theirs))
        .filter(|(_, (ours, theirs))| ours != theirs)
        .map(|(call, (ours, theirs))| format!("{call:x?}: {ours:x?} here, {theirs:x?} by OpenSBI\n"))
        .collect();
    assert!(differences.is_empty(), "{}", differences.concat());
}
