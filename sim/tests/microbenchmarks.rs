//! Small programs whose cycles can be derived by hand from the core model's parameters, on every model of a real core (prefetch
//! off, least recently used line replaced, so that each cycle has one cause). They are RV64 programs throughout: caches, prediction
//! and what crosses harts know no instruction set. Cycles are those between two passages of a probe.

use cmodx_isa::Arch;
use cmodx_isa::riscv::{Insn, Op, Reg, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::timed::{Limits, Machine, Probe};

const BASE: u64 = 0x8000_0000;

fn x(number: u8) -> Reg {
    Reg::new(number).unwrap()
}

/// Where data begins, as an offset from [`BASE`].
const DATA: i64 = 0x1_0000;
/// CLINT: one word a hart that raises its software interrupt.
const MSIP: i64 = 0x200_0000;

/// Models of real cores.
fn models() -> impl Iterator<Item = CoreModel> {
    ["sifive-u74", "spacemit-x60", "cortex-a55", "cortex-a53"].into_iter().map(|name| {
        let plain = [("l1i.prefetch", "false"), ("l1d.replacement", "lru"), ("l2.replacement", "lru")];
        let mut model = with(&CoreModel::built_in(name).unwrap(), &plain);
        model.arch = vec!["riscv64".into()];
        model
    })
}

/// The model with some parameters changed.
fn with(model: &CoreModel, changes: &[(&str, &str)]) -> CoreModel {
    changes.iter().fold(model.clone(), |model, (key, value)| model.with(key, value).unwrap())
}

/// Cycles from the issue of a load or an ALU operation to that of the branch or the store that needs it, which reads it late.
fn to_late(latency: u8, late: u8) -> u64 {
    latency.saturating_sub(late).max(1) as u64
}

/// Cycles by which a branch directly behind the ALU operation that makes its operand is resolved later than at issue.
fn resolved_late(model: &CoreModel) -> u64 {
    if model.latency.alu > 1 { model.late.branch as u64 } else { 0 }
}

/// Cycles to a line that is dirty in the L1D of another hart, which has an L2 of its own where `l2.harts` is 1.
fn from_other(model: &CoreModel) -> u64 {
    let cluster = if model.l2.harts == 1 { model.l2.other_cluster as u64 } else { 0 };
    model.l2.cycles + model.l1d.remote_dirty as u64 + cluster
}

fn bytes(code: &[Insn]) -> Vec<u8> {
    code.iter().flat_map(|insn| insn.encode().unwrap().to_le_bytes()).collect()
}

/// Offset of the instruction that would come next.
fn here(code: &[Insn]) -> i64 {
    4 * code.len() as i64
}

/// Puts the address of an offset from [`BASE`] into a register.
fn address(code: &mut Vec<Insn>, register: Reg, offset: i64) {
    let distance = offset - here(code);
    let high = (distance + 0x800) & !0xfff;
    code.push(asm::auipc(register, high));
    code.push(asm::addi(register, register, distance - high));
}

/// Jumps back to an offset.
fn back(code: &mut Vec<Insn>, to: i64) {
    let distance = to - here(code);
    code.push(asm::jal(Reg::ZERO, distance));
}

/// Runs until each hart has passed the probe so often; what it saw of each.
fn run(model: &CoreModel, harts: usize, image: Vec<u8>, probes: &[i64], passes: usize) -> Vec<Vec<Probe>> {
    let image = Image::flat(Arch::Riscv64, BASE, image);
    let board = RiscvVirt::new(harts, Options { firmware: false, ..Options::default() });
    let mut machine = Machine::new(model, harts, 16 << 20, board, &image).unwrap();
    let at: Vec<u64> = probes.iter().map(|offset| BASE + *offset as u64).collect();
    machine.probe(&at);
    for slice in 1..5000 {
        machine.run(Limits { instructions: slice * 2000, ..Limits::NONE });
        let of = |hart: u16| machine.probes().iter().filter(|p| p.hart == HartId(hart)).copied().collect();
        let seen: Vec<Vec<Probe>> = (0..harts as u16).map(of).collect();
        if seen.iter().all(|of_hart| of_hart.len() > passes) {
            return seen;
        }
    }
    panic!("a hart never came by {passes} times");
}

/// Cycles of the last passage.
fn last(probes: &[Probe]) -> u64 {
    probes[probes.len() - 1].cycle.0 - probes[probes.len() - 2].cycle.0
}

/// A ring of lines each of which holds the address of the next.
fn ring(lines: u64) -> Vec<u8> {
    let mut data = vec![0; lines as usize * 64];
    for line in 0..lines {
        let next = BASE + DATA as u64 + (line + 1) % lines * 64;
        data[line as usize * 64..][..8].copy_from_slice(&next.to_le_bytes());
    }
    data
}

/// Cycles of one load of a chase around so many lines.
fn chase(model: &CoreModel, lines: u64) -> u64 {
    const UNROLLED: u64 = 64;
    let mut code = Vec::new();
    address(&mut code, Reg::A0, DATA);
    let top = here(&code);
    code.extend(vec![asm::ld(Reg::A0, Reg::A0, 0); UNROLLED as usize]);
    back(&mut code, top);
    let mut image = bytes(&code);
    image.resize(DATA as usize, 0);
    image.extend(ring(lines));
    // Once around to fill the caches, once more to measure.
    let passes = (2 * lines / UNROLLED).max(8) as usize;
    let probes = &run(model, 1, image, &[top], passes)[0];
    // The jump issues while the next load waits for its address: it costs nothing.
    assert_eq!(last(probes) % UNROLLED, 0);
    last(probes) / UNROLLED
}

#[test]
fn the_staircase_of_a_pointer_chase_has_the_parameters_as_its_steps() {
    for model in models() {
        let load = model.latency.load as u64;
        let lines = |bytes: u32| bytes as u64 / 64;
        // Half of L1D stays in it. Twice of it, least recently used first, misses in it every time, and stays in L2, which is
        // eight times as large at least. Twice of L2 misses in both every time.
        assert!(model.l2.size >= 8 * model.l1d.size);
        let steps = [lines(model.l1d.size) / 2, lines(model.l1d.size) * 2, lines(model.l2.size) * 2];
        let expected = [load, load + model.l2.cycles, load + model.l2.cycles + model.dram.cycles];
        assert_eq!(steps.map(|lines| chase(&model, lines)), expected, "{}", model.name);
    }
}

/// Cycles of a store and a load of the same place, each needing the other.
fn store_and_load(model: &CoreModel, store: Op) -> u64 {
    const PAIRS: u64 = 32;
    let mut code = Vec::new();
    address(&mut code, x(8), DATA);
    let top = here(&code);
    for _ in 0..PAIRS {
        code.push(asm::s(store, x(8), Reg::A1, 0));
        code.push(asm::ld(Reg::A1, x(8), 0));
    }
    back(&mut code, top);
    let probes = &run(model, 1, bytes(&code), &[top], 20)[0];
    last(probes) / PAIRS
}

#[test]
fn a_load_takes_its_value_from_the_store_buffer_and_waits_where_that_has_only_part_of_it() {
    let mut pairs = Vec::new();
    for model in models() {
        // The store issues when its data can be had: on the U74 3 - late.data = 1 cycle behind the load. The load issues with it,
        // or in the next cycle where there is one memory pipe, and finds the store waiting: 2 cycles a pair on the U74.
        let store = to_late(model.latency.load, model.late.data);
        let pipe = (model.issue.memory == 1) as u64;
        assert_eq!(store_and_load(&model, Op::Sd), store + pipe, "{}", model.name);
        pairs.push(store + pipe);
        // What forwarding adds is between the load and the store.
        let slower = with(&model, &[("store_buffer.forward", "5")]);
        let late = to_late(model.latency.load + 5, model.late.data);
        assert_eq!(store_and_load(&slower, Op::Sd), late + pipe, "{}", model.name);
        // A byte is part of what the load wants: it waits until the store may leave, drain_delay cycles behind the store's issue,
        // and takes its value from L1D.
        let delay = model.store_buffer.drain_delay as u64;
        assert_eq!(store_and_load(&model, Op::Sb), store + delay, "{}", model.name);
    }
    assert_eq!(pairs, [2, 4, 3, 5]);
}

/// Mispredictions of 100 passes over a branch that is taken every other time.
fn alternating(model: &CoreModel) -> u64 {
    let mut code = Vec::new();
    let top = here(&code);
    code.push(asm::addi(Reg::A0, Reg::A0, 1));
    code.push(asm::i(Op::Andi, Reg::A1, Reg::A0, 1));
    code.push(asm::s(Op::Beq, Reg::A1, Reg::ZERO, 8));
    code.push(asm::nop());
    back(&mut code, top);
    let probes = &run(model, 1, bytes(&code), &[top], 600)[0];
    probes[600].stats.mispredicts - probes[500].stats.mispredicts
}

#[test]
fn an_alternating_branch_is_learned_by_history_and_only_by_history() {
    // Where the branch goes around the addition, it may make that conditional, and is not predicted.
    for model in models().map(|model| with(&model, &[("branch.short_forward", "false")])) {
        assert_eq!(alternating(&model), 0, "{}", model.name);
        // A two-bit counter that sees taken and not taken in turn stays around its middle: wrong at least every other time.
        let without = with(&model, &[("branch.history_bits", "0"), ("branch.local_bits", "0")]);
        assert!((50..=100).contains(&alternating(&without)), "{} {}", model.name, alternating(&without));
    }
}

/// Cycles and mispredictions of a pass through a loop of so many turns, when it has been passed often.
fn turns(model: &CoreModel, turns: i64) -> (u64, u64) {
    let t1 = Reg::T1;
    let mut code = Vec::new();
    let top = here(&code);
    code.push(asm::addi(t1, Reg::ZERO, turns));
    code.push(asm::addi(t1, t1, -1));
    code.push(asm::s(Op::Bne, t1, Reg::ZERO, -4));
    back(&mut code, top);
    let probes = &run(model, 1, bytes(&code), &[top], 400)[0];
    let (before, after) = (&probes[300], &probes[400]);
    let mispredicts = after.stats.mispredicts - before.stats.mispredicts;
    assert_eq!(mispredicts % 100, 0, "each pass is like the others");
    (last(probes), mispredicts / 100)
}

#[test]
fn the_end_of_a_loop_is_foreseen_while_it_stands_in_a_history() {
    for model in models() {
        let branch = &model.branch;
        // The counter is set in cycle 0; each turn decrements in one cycle and branches in the next, since nothing behind a taken
        // branch issues in its cycle: the last branch of n turns in 2n, the jump behind it in 2n + 1, the next pass a cycle later.
        // A branch that reads late is what makes the ALU's result reach it in a cycle.
        assert_eq!(to_late(model.latency.alu, model.late.branch), 1);
        let history = if branch.local_bits > 0 { branch.local_history_bits } else { branch.history_bits };
        let short = (history - 2) as u64;
        assert_eq!(turns(&model, short as i64), (2 * short + 2, 0), "{}", model.name);
        // When both histories hold nothing but taken branches, the last one is taken for one more of them, and the jump issues
        // `mispredict` cycles behind it, `late.branch` more where it was resolved late.
        let long = (branch.history_bits.max(branch.local_history_bits) + 3) as u64;
        let lost = branch.mispredict as u64 + resolved_late(&model);
        assert_eq!(turns(&model, long as i64), (2 * long + 1 + lost, 1), "{}", model.name);
    }
}

/// A branch that nobody can predict goes around an addition. What a probe saw of 100 passes.
fn coins(model: &CoreModel) -> Vec<Probe> {
    let mut code = vec![asm::lui(Reg::T0, 0x41c6_5000), asm::addi(Reg::T0, Reg::T0, -0x193)];
    let top = here(&code);
    code.extend([
        asm::r(Op::Mul, Reg::A0, Reg::A0, Reg::T0),
        asm::addi(Reg::A0, Reg::A0, 1013),
        asm::i(Op::Srli, Reg::A1, Reg::A0, 30),
        asm::i(Op::Andi, Reg::A1, Reg::A1, 1),
        asm::s(Op::Beq, Reg::A1, Reg::ZERO, 8),
        asm::r(Op::Add, x(12), x(12), Reg::T0),
    ]);
    back(&mut code, top);
    run(model, 1, bytes(&code), &[top], 200)[0][100..].to_vec()
}

#[test]
fn a_branch_around_one_operation_takes_equally_long_both_ways_where_it_makes_that_conditional() {
    // Of the cores, only the U74 does this.
    let [u74] = models().filter(|model| model.branch.short_forward).collect::<Vec<_>>().try_into().expect("one core");
    // Behind the multiplication everything executes late: addi in cycle 1, srli in 2, andi in 3. The pair reads its condition at
    // issue, and issues latency.alu + late.alu = 3 cycles behind the andi, in 6; the jump in 7, whichever way the branch goes, and
    // the next multiplication in 8.
    let pairs = coins(&u74);
    assert!(pairs.windows(2).all(|two| two[1].cycle.0 - two[0].cycle.0 == 8), "{pairs:?}");
    let mispredicts = |probes: &[Probe]| probes[100].stats.mispredicts - probes[0].stats.mispredicts;
    assert_eq!(mispredicts(&pairs), 0);
    let predicted = coins(&with(&u74, &[("branch.short_forward", "false")]));
    assert!((25..=75).contains(&mispredicts(&predicted)), "{}", mispredicts(&predicted));
}

/// Mispredictions of one descent through so many nested calls.
fn nested_calls(model: &CoreModel, depth: i64) -> u64 {
    let mut code = Vec::new();
    address(&mut code, Reg::SP, DATA);
    let top = here(&code);
    code.push(asm::jal(Reg::RA, 8));
    back(&mut code, top);
    // Each function saves ra, calls the next one behind it, and returns; the last one only returns.
    for level in 1..depth {
        code.push(asm::s(Op::Sd, Reg::SP, Reg::RA, 8 * level));
        code.push(asm::jal(Reg::RA, 12));
        code.push(asm::ld(Reg::RA, Reg::SP, 8 * level));
        code.push(asm::jalr(Reg::ZERO, Reg::RA, 0));
    }
    code.push(asm::jalr(Reg::ZERO, Reg::RA, 0));
    let probes = &run(model, 1, bytes(&code), &[top], 40)[0];
    probes[40].stats.mispredicts - probes[39].stats.mispredicts
}

#[test]
fn returns_are_predicted_to_the_depth_of_the_stack_and_wrong_one_by_one_beyond() {
    for model in models() {
        // A stack of twelve that is pushed n times has lost the n - 12 oldest.
        let depth = model.branch.return_stack as i64;
        let wrong = [depth - 1, depth, depth + 1, depth + 3].map(|n| nested_calls(&model, n));
        assert_eq!(wrong, [0, 0, 1, 3], "{}", model.name);
    }
}

/// Cycles of an atomic addition and a jump when each of two harts adds to its own counter, so many bytes from the other's.
fn counters(model: &CoreModel, apart: i64) -> [u64; 2] {
    let mut code = vec![asm::i(Op::Csrrs, Reg::T0, Reg::ZERO, 0xf14)];
    address(&mut code, x(8), DATA);
    code.push(asm::addi(Reg::T1, Reg::ZERO, apart));
    code.push(asm::r(Op::Mul, Reg::T0, Reg::T0, Reg::T1));
    code.push(asm::r(Op::Add, x(8), x(8), Reg::T0));
    let top = here(&code);
    code.push(asm::amo(Op::AmoaddD, Reg::ZERO, Reg::T1, x(8), 0));
    back(&mut code, top);
    let seen = run(model, 2, bytes(&code), &[top], 100);
    [last(&seen[0]), last(&seen[1])]
}

#[test]
fn counters_in_one_line_cost_its_way_between_the_harts_at_every_addition() {
    for model in models() {
        // Apart: the atomic issues alone, the jump in the next cycle, and nothing behind a taken jump issues in its cycle.
        assert_eq!(counters(&model, 64), [2, 2], "{}", model.name);
        // In one line: each addition finds it dirty in the other L1D, and holds its hart for l2 + remote_dirty (and the way between
        // clusters); the jump then issues, and the next addition a cycle later.
        let way = from_other(&model);
        assert_eq!(counters(&model, 8), [way + 1, way + 1], "{}", model.name);
    }
}

/// Cycles until a lock that two harts hand to each other comes back.
fn round_trip(model: &CoreModel) -> u64 {
    let t2 = x(7);
    // Each hart waits until the word equals its own number, and then stores the other's.
    let mut code = vec![asm::i(Op::Csrrs, Reg::T0, Reg::ZERO, 0xf14), asm::i(Op::Xori, Reg::T1, Reg::T0, 1)];
    address(&mut code, x(8), DATA);
    let top = here(&code);
    code.push(asm::ld(t2, x(8), 0));
    code.push(asm::s(Op::Bne, t2, Reg::T0, -4));
    let taken = here(&code);
    code.push(asm::s(Op::Sd, x(8), Reg::T1, 0));
    back(&mut code, top);
    let probes = &run(model, 2, bytes(&code), &[taken], 60)[0];
    (probes[60].cycle.0 - probes[20].cycle.0) / 40
}

#[test]
fn handing_a_lock_over_takes_a_store_on_its_way_out_and_a_load_of_a_dirty_line() {
    for start in models() {
        let cycles = round_trip(&start);
        // One way: the store waits drain_delay and takes the line away; the other hart's next poll misses, and finds it dirty (load,
        // l2, remote_dirty). The store's own way to ownership (upgrade) goes on beside that poll.
        let way = start.store_buffer.drain_delay as u64 + poll(&start);
        // That poll still reads the old value, since the store lands while it is under way. The next one hits and sees the new
        // one. Between the polls stand branches, and the one that leaves the loop may mispredict, late.
        let more = start.latency.load as u64 + 3 * 2 + (start.branch.mispredict + start.late.branch) as u64;
        assert!((2 * way..=2 * (way + more)).contains(&cycles), "{}: {cycles}, one way {way}", start.name);
        // Each of these stands in a way once, `upgrade` not at all: that is told by what a round trip gains when one grows by 100,
        // give or take the polls (2 cycles each, until the way is over) that it is rounded to.
        for (key, value, expected) in [
            ("l2.cycles", start.l2.cycles + 100, 200),
            ("l1d.remote_dirty", start.l1d.remote_dirty as u64 + 100, 200),
            ("store_buffer.drain_delay", start.store_buffer.drain_delay as u64 + 100, 200),
            ("l1d.upgrade", start.l1d.upgrade as u64 + 20, 0),
        ] {
            let grown = round_trip(&with(&start, &[(key, &value.to_string())]));
            assert!(grown.abs_diff(cycles).abs_diff(expected) <= 8, "{} {key}: {cycles} to {grown}", start.name);
        }
    }
}

/// Cycles of a load that finds its line dirty in another L1D.
fn poll(model: &CoreModel) -> u64 {
    model.latency.load as u64 + from_other(model)
}

#[test]
fn an_interprocessor_interrupt_takes_its_latency_a_trap_and_the_device_accesses_around_it() {
    const HANDLER: i64 = 0x400;
    let (mine, other) = (x(9), x(18));
    let t2 = x(7);
    let mut code = vec![
        asm::i(Op::Csrrs, Reg::T0, Reg::ZERO, 0xf14),
        asm::i(Op::Xori, Reg::T1, Reg::T0, 1),
        asm::i(Op::Slli, mine, Reg::T0, 2),
        asm::i(Op::Slli, other, Reg::T1, 2),
        asm::lui(t2, MSIP),
        asm::r(Op::Add, mine, mine, t2),
        asm::r(Op::Add, other, other, t2),
    ];
    address(&mut code, t2, HANDLER);
    code.push(asm::i(Op::Csrrw, Reg::ZERO, t2, 0x305));
    code.push(asm::addi(t2, Reg::ZERO, 8));
    code.push(asm::i(Op::Csrrw, Reg::ZERO, t2, 0x304));
    code.push(asm::i(Op::Csrrs, Reg::ZERO, t2, 0x300));
    code.push(asm::addi(t2, Reg::ZERO, 1));
    // Hart 0 begins; then both wait for interrupts.
    code.push(asm::s(Op::Bne, Reg::T0, Reg::ZERO, 8));
    code.push(asm::s(Op::Sw, other, t2, 0));
    let wait = here(&code);
    code.push(Insn::new(Op::Wfi));
    back(&mut code, wait);
    let mut image = bytes(&code);
    image.resize(HANDLER as usize, 0);
    // The handler puts its own interrupt down, raises the other hart's, and returns.
    image.extend(bytes(&[asm::s(Op::Sw, mine, Reg::ZERO, 0), asm::s(Op::Sw, other, t2, 0), Insn::new(Op::Mret)]));
    for model in models() {
        let seen = run(&model, 2, image.clone(), &[HANDLER], 40);
        let round_trip = last(&seen[0]);
        // One way: the interrupt arrives ipi_latency behind the store, the trap takes entry, the store that puts it down device;
        // the store that raises the next one issues then. WFI has long been reached when the interrupt comes.
        let trap = &model.trap;
        let way = (trap.ipi_latency + trap.entry + trap.device) as u64;
        assert!((2 * way..=2 * way + 4).contains(&round_trip), "{}: {round_trip}, one way {way}", model.name);
    }
}
