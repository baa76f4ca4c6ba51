//! What taking turns costs: instructions a second of one hart, of eight and of 64 that share little.
//!
//! ```text
//! cargo run --release -p cmodx-sim --example harts [MILLIONS]
//! ```
//! Each hart loads, adds and stores on a page of its own, and adds to a counter of all of them every 256 rounds. Prints millions of
//! instructions a second of CPU time, all harts together, and how often harts had gone ahead of others in vain.

use cmodx_isa::Arch;
use cmodx_isa::riscv::{Insn, Op, Reg, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::timed::{End, Limits, Machine};
use std::time::Duration;

const BASE: u64 = 0x8000_0000;
const MHARTID: i64 = 0xf14;

fn x(number: u8) -> Reg {
    Reg::new(number).expect("a register")
}

/// x8: the counter; x9: this hart's page.
fn program() -> Vec<u8> {
    let code: Vec<Insn> = vec![
        asm::auipc(x(8), 0x1_0000),
        asm::i(Op::Csrrs, x(9), Reg::ZERO, MHARTID),
        asm::addi(x(9), x(9), 1),
        asm::i(Op::Slli, x(9), x(9), 12),
        asm::r(Op::Add, x(9), x(9), x(8)),
        // Round
        asm::addi(x(5), x(5), 1),
        asm::i(Op::Andi, x(6), x(5), 0xff),
        asm::i(Op::Slli, x(7), x(6), 3),
        asm::r(Op::Add, x(7), x(7), x(9)),
        asm::ld(x(10), x(7), 0),
        asm::r(Op::Add, x(10), x(10), x(5)),
        asm::sd(x(10), x(7), 0),
        asm::s(Op::Bne, x(6), Reg::ZERO, -28),
        asm::amo(Op::AmoaddD, x(11), x(5), x(8), 0),
        asm::jal(Reg::ZERO, -36),
    ];
    code.iter().flat_map(|insn| insn.encode().expect("an instruction").to_le_bytes()).collect()
}

/// What this thread has had of the CPU, as Linux tells it.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds = text.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

fn main() {
    let millions = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(40);
    let core = CoreModel::built_in("sifive-u74").expect("a built-in core");
    let image = Image::flat(Arch::Riscv64, BASE, program());
    let mut one = 0.0;
    for harts in [1, 8, 64] {
        let board = RiscvVirt::new(harts, Options { firmware: false, ..Options::default() });
        let mut machine = Machine::new(&core, harts, 1 << 20, board, &image).expect("a machine");
        let began = cpu();
        assert_eq!(machine.run(Limits { instructions: millions * 1_000_000, ..Limits::NONE }), End::Limit);
        let speed = machine.instructions() as f64 / (cpu() - began).as_secs_f64() / 1e6;
        one = if harts == 1 { speed } else { one };
        let (ratio, back) = (100.0 * speed / one, machine.taken_back());
        println!(
            "{harts:2} harts: {speed:6.1} million instructions a second, {ratio:3.0} % of one, {back} times taken back"
        );
    }
}
