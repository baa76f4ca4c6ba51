//! UART, CLINT and PLIC.

use super::qemu;
use super::script::{Random, Step, assert_same, outcome, run_here, step_here};
use cmodx_isa::Size::{self, Byte, Double, Word};
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};

const CLINT: u64 = 0x200_0000;
const PLIC: u64 = 0xc00_0000;
const UART: u64 = 0x1000_0000;
const UART_SOURCE: u64 = 10;

fn board() -> RiscvVirt {
    RiscvVirt::new(2, Options { firmware: false, ..Options::default() })
}

fn compare(test: &str, steps: &[Step]) {
    let Some(printed) = qemu::riscv::print(test, steps) else { return };
    assert_same(steps, &run_here(&mut board(), steps), &outcome(steps, &printed));
}

#[test]
fn the_uart_answers_as_qemu_does() {
    let test = "the_uart_answers_as_qemu_does";
    // All but MCR (4): QEMU starts it with OUT2 set, the data sheet with zero.
    let mut steps: Vec<Step> = [0, 1, 2, 3, 5, 6, 7].map(|offset| Step::Read(UART + offset, Byte)).to_vec();
    let mut random = Random(0x5eed_0001);
    for _ in 0..3000 {
        // LSR and MSR cannot be written; modem control is left alone because it loops back into MSR.
        let offset = random.pick(&[0, 1, 1, 2, 3, 7]);
        let value = match offset {
            // Interrupt enables other than the transmitter's wait for input that never comes.
            1 => random.next() & 2,
            // FIFOs on or off.
            2 => random.next() & 7,
            _ => random.next() & 0xff,
        };
        steps.push(Step::Write(UART + offset, Byte, value));
        steps.push(Step::Read(UART + random.pick(&[0, 1, 2, 2, 3, 5, 7]), Byte));
    }
    compare(test, &steps);
}

#[test]
fn the_clint_answers_as_qemu_does() {
    let test = "the_clint_answers_as_qemu_does";
    let registers: [(u64, Size); 8] = [
        (0, Word),
        (4, Word),
        (0x4000, Double),
        (0x4008, Double),
        (0x4000, Word),
        (0x4004, Word),
        (0x4008, Word),
        (0x400c, Word),
    ];
    let mut random = Random(0x5eed_0002);
    let mut steps = Vec::new();
    // QEMU starts mtimecmp at zero, which the manual leaves open; here it starts at its largest value.
    for hart in 0..2 {
        steps.push(Step::Write(CLINT + 0x4000 + 8 * hart, Double, u64::MAX));
    }
    for _ in 0..2000 {
        let (offset, size) = random.pick(&registers);
        steps.push(Step::Write(CLINT + offset, size, random.next() & size.mask()));
        let (offset, size) = random.pick(&registers);
        steps.push(Step::Read(CLINT + offset, size));
    }
    compare(test, &steps);
}

/// Against the specification, QEMU 7.2 forgets a request whose line falls before the claim, does not look at the line again on
/// completion, and lets the threshold hide a request from a claim. So each episode raises the UART's line, claims with
/// threshold 0, lowers the line and completes.
#[test]
fn the_plic_answers_as_qemu_does() {
    let test = "the_plic_answers_as_qemu_does";
    let mut random = Random(0x5eed_0003);
    let mut board = board();
    let mut steps = Vec::new();
    let mut step = |steps: &mut Vec<Step>, step: Step| {
        steps.push(step);
        step_here(&mut board, step)
    };
    let claim = |context: u64| PLIC + 0x20_0004 + 0x1000 * context;
    for _ in 0..300 {
        step(&mut steps, Step::Write(UART + 1, Byte, 2));
        let mut claimed_by = None;
        for round in 0..20 {
            let context = random.below(4);
            let source = random.pick(&[1, 2, UART_SOURCE, UART_SOURCE, UART_SOURCE, 31, 32, 95]);
            let enable = PLIC + 0x2000 + 0x80 * context + 4 * random.below(3);
            let priority = PLIC + 4 * source;
            match random.below(4) {
                0 => step(&mut steps, Step::Write(priority, Word, random.below(8))),
                1 => step(&mut steps, Step::Write(enable, Word, random.word() & !1)),
                2 => step(&mut steps, Step::Write(claim(context) - 4, Word, random.below(8))),
                _ => None,
            };
            let looked_at = random.pick(&[priority, PLIC + 0x1000, enable, claim(context) - 4]);
            step(&mut steps, Step::Read(looked_at, Word));
            if claimed_by.is_none() && round >= 5 {
                step(&mut steps, Step::Write(claim(context) - 4, Word, 0));
                let source = step(&mut steps, Step::Read(claim(context), Word));
                claimed_by = (source == Some(UART_SOURCE)).then_some(context);
            }
        }
        // The claim that cannot fail.
        let context = claimed_by.unwrap_or(0);
        for (at, value) in
            [(PLIC + 4 * UART_SOURCE, 1), (PLIC + 0x2000 + 0x80 * context, 1 << UART_SOURCE), (claim(context) - 4, 0)]
        {
            step(&mut steps, Step::Write(at, Word, value));
        }
        if claimed_by.is_none() {
            assert_eq!(step(&mut steps, Step::Read(claim(context), Word)), Some(UART_SOURCE));
        }
        step(&mut steps, Step::Read(claim(context), Word));
        step(&mut steps, Step::Write(UART + 1, Byte, 0));
        step(&mut steps, Step::Write(claim(context), Word, UART_SOURCE));
        step(&mut steps, Step::Read(PLIC + 0x1000, Word));
    }
    compare(test, &steps);
}
