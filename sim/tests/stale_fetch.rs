//! What makes an instruction copy stale and what mends it, on small programs of one or two harts.
//!
//! The first two are the hardware experiment on an FU540: `store "c.li a0,3"; run; store "c.li a0,7"; run` prints 3 3 without
//! FENCE.I and 3 7 with it.

use cmodx_isa::Isa;
use cmodx_isa::riscv::{Insn, Op, Reg, Riscv, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::timed::{End, Limits, Machine};

const BASE: u64 = 0x8000_0000;
/// Where the program writes code: lines away from itself.
const CODE: i64 = 0x200;
/// `c.li a0, 3; ret` and `c.li a0, 7; ret` as one word.
const LI_3_RET: i64 = 0x8082_450d;
const LI_7_RET: i64 = 0x8082_451d;

/// `li rd, value` for 32-bit values.
fn li(rd: Reg, value: i64) -> [Insn; 2] {
    let high = (value + 0x800) & !0xfff;
    [asm::lui(rd, (high as i32) as i64), asm::i(Op::Addiw, rd, rd, ((value - high) << 52) >> 52)]
}

/// Stores a word at sp and calls it.
fn store_and_call(word: i64, fence: bool) -> Vec<Insn> {
    let mut code = li(Reg::T0, word).to_vec();
    code.push(asm::s(Op::Sw, Reg::SP, Reg::T0, 0));
    if fence {
        code.push(asm::fence_i());
    }
    code.push(asm::jalr(Reg::RA, Reg::SP, 0));
    code
}

/// Ends the run with exit code a0: writes `a0 << 16 | 0x3333` to the test finisher.
fn exit() -> Vec<Insn> {
    let mut code = vec![asm::i(Op::Slli, Reg::A0, Reg::A0, 16)];
    code.extend(li(Reg::T0, 0x3333));
    code.push(asm::r(Op::Or, Reg::A0, Reg::A0, Reg::T0));
    code.push(asm::lui(Reg::T1, 0x10_0000));
    code.push(asm::s(Op::Sw, Reg::T1, Reg::A0, 0));
    code.push(asm::jal(Reg::ZERO, 0));
    code
}

/// Runs a program, which starts with sp = the address to write code to, and gives its exit code.
fn run(core: &CoreModel, body: Vec<Insn>) -> u32 {
    let mut code = vec![asm::auipc(Reg::SP, 0), asm::addi(Reg::SP, Reg::SP, CODE)];
    code.extend(body);
    code.extend(exit());
    let bytes: Vec<u8> = code.iter().flat_map(|insn| insn.encode().unwrap().to_le_bytes()).collect();
    assert!(bytes.len() < CODE as usize);
    let image = Image::flat(cmodx_isa::Arch::Riscv64, BASE, bytes);
    let board = RiscvVirt::new(1, Options { firmware: false, ..Options::default() });
    let mut machine = Machine::new(core, 1, 1 << 20, board, &image).unwrap();
    match machine.run(Limits { instructions: 10_000, ..Limits::NONE }) {
        End::Exit { code } => code,
        end => panic!("{end:?}"),
    }
}

/// Code for 3, code for 7, and the two results as one number.
fn three_then_seven(fence: bool) -> Vec<Insn> {
    let mut code = store_and_call(LI_3_RET, true);
    code.push(asm::addi(Reg::A1, Reg::A0, 0));
    code.extend(store_and_call(LI_7_RET, fence));
    code.extend([asm::i(Op::Slli, Reg::A1, Reg::A1, 4), asm::r(Op::Or, Reg::A0, Reg::A0, Reg::A1)]);
    code
}

fn core(name: &str) -> CoreModel {
    CoreModel::built_in(name).unwrap()
}

#[test]
fn without_fence_i_a_hart_runs_its_old_code() {
    for name in ["sifive-u74", "ideal"] {
        assert_eq!(run(&core(name), three_then_seven(false)), 0x33, "{name}");
    }
}

#[test]
fn fence_i_makes_a_hart_run_its_new_code() {
    for name in ["sifive-u74", "ideal"] {
        assert_eq!(run(&core(name), three_then_seven(true)), 0x37, "{name}");
    }
}

#[test]
fn a_coherent_instruction_cache_needs_no_fence_i() {
    let mut core = core("sifive-u74");
    core.coherence.dic = true;
    // The store must have left the store buffer: a data fence waits for it.
    let mut code = store_and_call(LI_3_RET, true);
    code.push(asm::addi(Reg::A1, Reg::A0, 0));
    code.extend(li(Reg::T0, LI_7_RET));
    code.extend([asm::s(Op::Sw, Reg::SP, Reg::T0, 0), Riscv::decode(0x0330_000f), asm::jalr(Reg::RA, Reg::SP, 0)]);
    code.extend([asm::i(Op::Slli, Reg::A1, Reg::A1, 4), asm::r(Op::Or, Reg::A0, Reg::A0, Reg::A1)]);
    assert_eq!(run(&core, code), 0x37);
}

/// An instruction at BASE + `at`, `li a0, 3` and then `li a1, 7`, while only the line of its first halfword is fetched anew:
/// a0 and a1 as one number after the change.
fn half_fetched_anew(at: i64) -> u32 {
    let mut core = core("sifive-u74");
    core.l1i.prefetch = false;
    // Lines so far apart compete for the same place.
    let way = core.l1i.size as i64 / core.l1i.ways as i64;
    let rivals = 4 * core.l1i.ways;
    let [place, rival] = [8, 9].map(|number| Reg::new(number).unwrap());
    let half = |value, offset| {
        let mut code = li(Reg::T0, value).to_vec();
        code.push(asm::s(Op::Sh, place, Reg::T0, offset));
        code
    };
    let mut code = li(Reg::T0, at - CODE).to_vec();
    code.push(asm::r(Op::Add, place, Reg::SP, Reg::T0));
    for (value, offset) in [(0x0513, 0), (0x0030, 2), (0x8082, 4)] {
        code.extend(half(value, offset));
    }
    code.extend(li(Reg::T1, way));
    let next = asm::r(Op::Add, rival, rival, Reg::T1);
    code.push(asm::addi(rival, place, 0));
    (0..rivals).for_each(|_| code.extend([next, asm::s(Op::Sh, rival, Reg::T0, 0)]));
    code.extend([asm::fence_i(), asm::jalr(Reg::RA, place, 0)]);
    code.extend(half(0x0593, 0));
    code.extend(half(0x0070, 2));
    code.extend([asm::addi(Reg::A0, Reg::ZERO, 0), asm::addi(Reg::A1, Reg::ZERO, 0), Riscv::decode(0x0330_000f)]);
    code.push(asm::addi(rival, place, 0));
    (0..rivals).for_each(|_| code.extend([next, asm::jalr(Reg::RA, rival, 0)]));
    code.push(asm::jalr(Reg::RA, place, 0));
    code.extend([asm::i(Op::Slli, Reg::A0, Reg::A0, 4), asm::r(Op::Or, Reg::A0, Reg::A0, Reg::A1)]);
    run(&core, code)
}

#[test]
fn an_instruction_across_two_lines_or_two_pages_is_torn_and_one_within_a_line_is_not() {
    // New first half, old second half: `li a1, 3`, which nobody wrote.
    assert_eq!([0x403e, 0x3ffe].map(half_fetched_anew), [0x03, 0x03]);
    assert_eq!([0x4004, 0x403c, 0x3ffc].map(half_fetched_anew), [0x07, 0x07, 0x07]);
}
