//! How fast the simulator's parts are on the host: `cargo bench -p cmodx-sim`.

use cmodx_isa::aarch64::Aarch64;
use cmodx_isa::riscv::{Insn, Op, Reg, Riscv, asm};
use cmodx_isa::{Arch, Isa};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::{Cycle, HartId};
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::relaxed::litmus;
use cmodx_sim::timed::cache::LineNumber;
use cmodx_sim::timed::fetch::InsnCache;
use cmodx_sim::timed::hierarchy::Hierarchy;
use cmodx_sim::timed::{Limits, Machine};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const BASE: u64 = 0x8000_0000;
/// Instructions of one measurement.
const INSTRUCTIONS: u64 = 200_000;

fn x(number: u8) -> Reg {
    Reg::new(number).expect("a register")
}

fn core() -> CoreModel {
    CoreModel::built_in("sifive-u74").expect("a built-in core model")
}

/// Words from a linear congruential generator: most decode to something.
fn words() -> Vec<u32> {
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        Some((*state >> 32) as u32)
    };
    let mut state = 1;
    std::iter::from_fn(|| next(&mut state)).take(4096).collect()
}

fn decode(c: &mut Criterion) {
    let words = words();
    let mut group = c.benchmark_group("decode");
    group.throughput(Throughput::Elements(words.len() as u64));
    group.bench_function("riscv64", |b| {
        b.iter(|| {
            for &word in &words {
                black_box(Riscv::decode(word));
            }
        });
    });
    group.bench_function("aarch64", |b| {
        b.iter(|| {
            for &word in &words {
                black_box(Aarch64::decode(word));
            }
        });
    });
    group.finish();
}

/// A loop without end: integer arithmetic, a load, a store, a branch that is taken every other time.
fn arithmetic() -> Vec<Insn> {
    vec![
        asm::auipc(x(8), 0x1_0000),
        asm::addi(x(5), x(5), 1),
        asm::i(Op::Andi, x(6), x(5), 1),
        asm::i(Op::Slli, x(7), x(5), 3),
        asm::i(Op::Andi, x(7), x(7), 0xf8),
        asm::r(Op::Add, x(7), x(7), x(8)),
        asm::ld(x(9), x(7), 0),
        asm::s(Op::Beq, x(6), Reg::ZERO, 8),
        asm::r(Op::Xor, x(9), x(9), x(5)),
        asm::r(Op::Add, x(10), x(10), x(9)),
        asm::sd(x(10), x(7), 0),
        asm::jal(Reg::ZERO, -40),
    ]
}

/// A loop without end: writes an instruction, fences, calls it.
fn patching() -> Vec<Insn> {
    vec![
        asm::auipc(x(8), 0x1000),
        asm::lui(x(5), 0x10_0000),
        asm::addi(x(5), x(5), 0x513),
        asm::lui(x(6), 0x8000),
        asm::addi(x(6), x(6), 0x67),
        asm::s(Op::Sw, x(8), x(5), 0),
        asm::s(Op::Sw, x(8), x(6), 4),
        asm::fence_i(),
        asm::jalr(x(1), x(8), 0),
        asm::jal(Reg::ZERO, -16),
    ]
}

fn machine(code: &[Insn], harts: usize, timed: bool) -> Machine<RiscvVirt> {
    let bytes = code.iter().flat_map(|insn| insn.encode().expect("an instruction").to_le_bytes()).collect();
    let image = Image::flat(Arch::Riscv64, BASE, bytes);
    let board = RiscvVirt::new(harts, Options { firmware: false, ..Options::default() });
    let machine = Machine::new(&core(), harts, 1 << 20, board, &image).expect("a machine");
    if timed { machine } else { machine.without_timing() }
}

fn execute(c: &mut Criterion) {
    let mut group = c.benchmark_group("execute");
    group.throughput(Throughput::Elements(INSTRUCTIONS)).sample_size(20);
    let limits = Limits { instructions: INSTRUCTIONS, cycles: Cycle::NEVER };
    for (name, code, harts, timed) in [
        ("timed", arithmetic(), 1, true),
        ("untimed", arithmetic(), 1, false),
        ("timed, 8 harts that share lines", arithmetic(), 8, true),
        ("patching", patching(), 1, true),
    ] {
        let machine = machine(&code, harts, timed);
        group.bench_function(name, |b| {
            b.iter_batched_ref(|| machine.clone(), |machine| machine.run(limits), BatchSize::LargeInput);
        });
    }
    group.finish();
}

fn caches(c: &mut Criterion) {
    let mut group = c.benchmark_group("caches");
    let mut hierarchy = Hierarchy::new(&core(), 2);
    let line = LineNumber::of(BASE);
    group.bench_function("load that hits", |b| b.iter(|| hierarchy.load(HartId(0), black_box(line), Cycle(0))));
    let mut next = 0;
    group.bench_function("load that misses L1D", |b| {
        b.iter(|| {
            next = (next + 1) % 4096;
            hierarchy.load(HartId(0), LineNumber(line.0 + next), Cycle(0))
        });
    });
    let mut lines = InsnCache::new(&core());
    group.bench_function("line filled and dropped", |b| {
        b.iter(|| {
            lines.start_fill(line, Cycle(0));
            while lines.next_beat() != Cycle::NEVER {
                lines.fill_beat(|_| &[0; 64]);
            }
            lines.drop_line(line);
        });
    });
    group.finish();
}

/// Message passing with a fence on one side only.
const MESSAGE: &str = "RISCV MP\n{ 0:x6=x; 0:x7=y; 1:x6=x; 1:x7=y; }\n P0 | P1 ;\n ori x5,x0,1 | lw x5,0(x7) ;\n sw x5,0(x6) | lw x8,0(x6) ;\n \
                       fence w,w | ;\n sw x5,0(x7) | ;\nexists (1:x5=1 /\\ 1:x8=0)\n";

fn explorer(c: &mut Criterion) {
    let options = litmus::Options::default();
    let outcome = litmus::run(MESSAGE, "MP", &options).expect("a litmus test");
    assert!(outcome.positive > 0, "{}", outcome.render());
    c.bench_function("explorer/message passing", |b| b.iter(|| litmus::run(MESSAGE, "MP", &options)));
}

criterion_group!(benches, decode, execute, caches, explorer);
criterion_main!(benches);
