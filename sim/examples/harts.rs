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
use cmodx_sim::platform::{Board, aarch64_virt, riscv_virt};
use cmodx_sim::timed::{End, Limits, Machine};
use std::time::Duration;

const MHARTID: i64 = 0xf14;

fn x(number: u8) -> Reg {
    Reg::new(number).expect("a register")
}

/// x8: the counter; x9: this hart's page.
fn riscv() -> Vec<u8> {
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

/// The same; harts count themselves to find their pages.
fn aarch64() -> Vec<u8> {
    let code: [u32; 15] = [
        0x1008_0008, // adr x8, counter
        0xd280_002b, // mov x11, #1
        0x9101_010c, // add x12, x8, #64
        0xf82b_0189, // ldadd x11, x9, [x12]
        0x9100_0529, // add x9, x9, #1
        0x8b09_3109, // add x9, x8, x9, lsl #12
        // Round
        0x9100_04a5, // add x5, x5, #1
        0x9240_1ca6, // and x6, x5, #0xff
        0x8b06_0d27, // add x7, x9, x6, lsl #3
        0xf940_00ea, // ldr x10, [x7]
        0x8b05_014a, // add x10, x10, x5
        0xf900_00ea, // str x10, [x7]
        0xb5ff_ff46, // cbnz x6, round
        0xf825_010b, // ldadd x5, x11, [x8]
        0x17ff_fff8, // b round
    ];
    code.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// What this thread has had of the CPU, as Linux tells it.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds = text.split(' ').next().and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number"))
}

fn measure<B: Board>(core: &str, image: &Image, board: impl Fn(usize) -> B, instructions: u64) {
    let core = CoreModel::built_in(core).expect("a built-in core");
    let mut one = 0.0;
    for harts in [1, 8, 64] {
        let mut machine = Machine::new(&core, harts, 1 << 20, board(harts), image).expect("a machine");
        let began = cpu();
        assert_eq!(machine.run(Limits { instructions, ..Limits::NONE }), End::Limit);
        let speed = machine.instructions() as f64 / (cpu() - began).as_secs_f64() / 1e6;
        one = if harts == 1 { speed } else { one };
        let (name, ratio, back) = (&core.name, 100.0 * speed / one, machine.taken_back());
        println!(
            "{name}, {harts:2} harts: {speed:6.1} million instructions a second, {ratio:3.0} % of one, {back} times taken back"
        );
    }
}

fn main() {
    let millions = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(40);
    let image = Image::flat(Arch::Riscv64, 0x8000_0000, riscv());
    let options = riscv_virt::Options { firmware: false, ..Default::default() };
    let board = |harts| riscv_virt::RiscvVirt::new(harts, options);
    measure("sifive-u74", &image, board, millions * 1_000_000);
    let image = Image::flat(Arch::Aarch64, 0x4000_0000, aarch64());
    let options = aarch64_virt::Options { firmware: false, ..Default::default() };
    let board = |harts| aarch64_virt::Aarch64Virt::new(harts, options);
    measure("cortex-a55", &image, board, millions * 1_000_000);
}
