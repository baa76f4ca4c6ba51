//! The sanitizer on small programs: what it reports, and what it does not.

use cmodx_isa::Arch;
use cmodx_isa::Isa;
use cmodx_isa::riscv::{Insn, Op, Reg, Riscv, asm};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::Board;
use cmodx_sim::platform::aarch64_virt::{self, Aarch64Virt};
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::sanitizer::{Missing, Race, Why};
use cmodx_sim::timed::{Limits, Machine};

/// Where programs write code, and where they have a flag: lines away from themselves.
const CODE: i64 = 0x200;
const FLAG: i64 = 0x300;

fn races<B: Board>(core: &CoreModel, harts: usize, board: B, image: &Image) -> Vec<Race> {
    let run = |timed: bool, plainly: bool, board: B| {
        let mut machine = Machine::new(core, harts, 1 << 20, board, image).unwrap();
        if !timed {
            machine = machine.without_timing();
        }
        if plainly {
            machine.run_plainly();
        }
        machine.sanitize();
        machine.run(Limits { instructions: 6_000, ..Limits::NONE });
        machine.sanitizer().unwrap().races().copied().collect::<Vec<_>>()
    };
    let found = run(true, false, board.clone());
    assert_eq!(found, run(true, true, board.clone()), "shortcuts change what is found");
    let pairs = |races: &[Race]| races.iter().map(|r| (r.fetch.store.pc, r.fetch.fetch.pc, r.why)).collect::<Vec<_>>();
    assert_eq!(pairs(&found), pairs(&run(false, false, board)), "it takes no timing to race");
    found
}

const RISCV: u64 = 0x8000_0000;
const AARCH64: u64 = 0x4000_0000;

fn x(number: u8) -> Reg {
    Reg::new(number).unwrap()
}

/// `li rd, value` for 32-bit values.
fn li(rd: Reg, value: u32) -> [Insn; 2] {
    let value = value as i32 as i64;
    let high = (value + 0x800) & !0xfff;
    [asm::lui(rd, (high as i32) as i64), asm::i(Op::Addiw, rd, rd, ((value - high) << 52) >> 52)]
}

fn bytes(code: &[Insn]) -> Vec<u8> {
    code.iter().flat_map(|insn| insn.encode().unwrap().to_le_bytes()).collect()
}

/// Of a program for some harts, with sp = CODE, s0 = FLAG and a5 = the hart's number; `patched` stands at CODE first.
fn riscv(harts: usize, body: &[Insn], patched: &[Insn]) -> Vec<Race> {
    riscv_words(harts, body, &patched.iter().map(|insn| insn.encode().unwrap()).collect::<Vec<_>>())
}

fn riscv_words(harts: usize, body: &[Insn], patched: &[u32]) -> Vec<Race> {
    let mut code = vec![
        asm::auipc(Reg::SP, 0),
        asm::addi(x(8), Reg::SP, FLAG),
        asm::addi(Reg::SP, Reg::SP, CODE),
        asm::i(Op::Csrrs, x(15), Reg::ZERO, 0xf14),
    ];
    code.extend(body);
    code.push(asm::jal(Reg::ZERO, 0));
    let mut bytes = [bytes(&code), vec![0; 0x400]].concat();
    assert!(code.len() < CODE as usize / 4);
    let patched: Vec<u8> = patched.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes[CODE as usize..][..patched.len()].copy_from_slice(&patched);
    let board = RiscvVirt::new(harts, Options { firmware: false, ..Options::default() });
    let core = CoreModel::built_in("sifive-u74").unwrap();
    races(&core, harts, board, &Image::flat(Arch::Riscv64, RISCV, bytes))
}

fn ret() -> Insn {
    asm::jalr(Reg::ZERO, Reg::RA, 0)
}

fn call() -> Insn {
    asm::jalr(Reg::RA, Reg::SP, 0)
}

/// Stores an instruction at CODE + offset.
fn put(insn: Insn, offset: i64) -> Vec<Insn> {
    [&li(Reg::T0, insn.encode().unwrap())[..], &[asm::s(Op::Sw, Reg::SP, Reg::T0, offset)]].concat()
}

fn fence() -> Insn {
    Riscv::decode(0x0330_000f)
}

#[test]
fn code_that_a_hart_stores_and_runs_needs_fence_i_even_if_it_runs_the_right_bytes() {
    let new = asm::addi(Reg::A0, Reg::ZERO, 7);
    for (called_before, fence_i) in [(true, true), (false, true), (true, false), (false, false)] {
        let before = if called_before { vec![call()] } else { vec![] };
        // All stores have reached memory.
        let after = if fence_i { vec![fence(), asm::fence_i()] } else { vec![fence()] };
        let body = [before, put(new, 0), after, vec![call()]].concat();
        let found = riscv(1, &body, &[asm::addi(Reg::A0, Reg::ZERO, 3), ret()]);
        let Some(race) = found.first() else {
            assert!(fence_i, "not reported, {called_before}");
            continue;
        };
        assert!(!fence_i, "{found:?}");
        assert_eq!((found.len(), race.why, race.missing, race.count), (1, Why::OwnStore, Missing::FenceI, 1));
        // By luck the bytes are right where nothing was fetched before.
        assert_eq!(race.fetch.is_stale(), called_before);
        assert_eq!((race.fetch.new, race.fetch.fetch.at), (new.encode().unwrap(), RISCV + CODE as u64));
        assert_eq!(race.fetch.old, asm::addi(Reg::A0, Reg::ZERO, 3).encode().unwrap());
        assert_eq!((race.fetch.store.at, race.fetch.store.size), (RISCV + CODE as u64, 4));
        assert_eq!((race.last, race.hart, race.fetch.store.hart), (None, HartId(0), HartId(0)));
    }
}

#[test]
fn a_store_that_waits_in_the_store_buffer_counts() {
    let new = asm::addi(Reg::A0, Reg::ZERO, 7);
    let body = [vec![call()], put(new, 0), vec![call()]].concat();
    let found = riscv(1, &body, &[asm::nop(), ret()]);
    assert_eq!(found.iter().map(|r| r.why).collect::<Vec<_>>(), [Why::OwnStore]);
    let word = |insn: Insn| u32::from_le_bytes(bytes(&[insn]).try_into().unwrap());
    let fetch = &found[0].fetch;
    assert_eq!((fetch.fetch.word, fetch.old, fetch.new), (word(asm::nop()), word(asm::nop()), word(new)));
    assert!(fetch.is_stale());
}

#[test]
fn what_nobody_fetches_is_not_reported() {
    // The word behind the return.
    let body = [vec![call()], put(asm::nop(), 8), vec![fence(), call()]].concat();
    assert_eq!(riscv(1, &body, &[asm::nop(), ret()]), []);
}

/// Hart 1 calls for ever, in rounds that begin with this; hart 0 waits a little and patches.
fn caller_and_patcher(each_round: &[Insn], patch: &[Insn]) -> Vec<Insn> {
    let mut rounds = each_round.to_vec();
    rounds.push(call());
    rounds.push(asm::jal(Reg::ZERO, -4 * rounds.len() as i64));
    let mut body = vec![asm::s(Op::Beq, x(15), Reg::ZERO, 4 + 4 * rounds.len() as i64)];
    body.extend(&rounds);
    body.extend(li(Reg::T1, 200));
    body.extend([asm::addi(Reg::T1, Reg::T1, -1), asm::s(Op::Bne, Reg::T1, Reg::ZERO, -4)]);
    body.extend(patch);
    body
}

#[test]
fn one_aligned_word_may_be_changed_under_another_hart_and_two_may_not() {
    let patched = [asm::nop(), asm::nop(), ret()];
    let [one, other] = [0, 4].map(|offset| put(asm::addi(Reg::A0, Reg::A0, 1), offset));
    let flag = vec![fence(), asm::s(Op::Sw, x(8), x(8), 0)];
    let both = [one.clone(), other].concat();
    assert_eq!(riscv(2, &caller_and_patcher(&[], &one), &patched), []);
    let found = riscv(2, &caller_and_patcher(&[], &both), &patched);
    let second = found.iter().find(|r| r.fetch.fetch.at == RISCV + CODE as u64 + 4).expect("the second of the two");
    assert_eq!((second.why, second.missing), (Why::Sequence, Missing::FenceI));
    assert_eq!((second.hart, second.fetch.store.hart), (HartId(1), HartId(0)));
    assert_eq!(second.before.unwrap().fetch.at, RISCV + CODE as u64);
    assert!(second.count > 10, "{second:?}");
    // It waits for the flag, and then synchronizes: the recipe of the manual, with and without its FENCE.I.
    let wait = [asm::i(Op::Lw, Reg::T2, x(8), 0), asm::s(Op::Beq, Reg::T2, Reg::ZERO, -4)];
    let told = [both, flag].concat();
    assert!(!riscv(2, &caller_and_patcher(&wait, &told), &patched).is_empty());
    let synchronized = [&wait[..], &[asm::fence_i()]].concat();
    assert_eq!(riscv(2, &caller_and_patcher(&synchronized, &told), &patched), []);
}

#[test]
fn what_is_not_one_unit_may_not_be_changed_under_another_hart() {
    // c.nop; addi a0, a0, 1 across two words; c.nop; ret.
    let addi = asm::addi(Reg::A0, Reg::A0, 1).encode().unwrap();
    let patched = [0x0001 | addi << 16, addi >> 16 | 0x0001 << 16, 0x0000_8067];
    // The second half becomes that of addi a0, a0, 2.
    let patch = [&li(Reg::T0, 0x0025)[..], &[asm::s(Op::Sh, Reg::SP, Reg::T0, 4)]].concat();
    let found = riscv_words(2, &caller_and_patcher(&[], &patch), &patched);
    let whys: Vec<_> = found.iter().map(|r| (r.why, r.fetch.fetch.pc - RISCV)).collect();
    assert_eq!(whys, [(Why::NotOneUnit, CODE as u64 + 2)]);
    let fetch = &found[0].fetch;
    assert_eq!((fetch.old, fetch.new), (addi, asm::addi(Reg::A0, Reg::A0, 2).encode().unwrap()));
}

/// A hart of AArch64 calls x1 = CODE, stores `new` there, does this maintenance and calls again.
fn aarch64(core: &CoreModel, new: u32, maintenance: &[u32]) -> Vec<Race> {
    const BLR: u32 = 0xd63f_0020;
    let adr = 0x1000_0001 | ((CODE as u32) >> 2) << 5;
    let load = [0x5280_0000 | (new & 0xffff) << 5, 0x72a0_0000 | (new >> 16) << 5];
    let mut code = vec![adr, BLR, load[0], load[1], 0xb900_0020];
    code.extend(maintenance);
    code.extend([BLR, 0x1400_0000]);
    code.resize(CODE as usize / 4, 0);
    code.extend([0xd503_201f, 0xd65f_03c0]); // nop; ret
    let bytes = code.iter().flat_map(|word: &u32| word.to_le_bytes()).collect();
    let board = Aarch64Virt::new(1, aarch64_virt::Options::default());
    races(core, 1, board, &Image::flat(Arch::Aarch64, AARCH64, bytes))
}

const DC: u32 = 0xd50b_7b21;
const IC: u32 = 0xd50b_7521;
const DSB: u32 = 0xd503_3b9f;
const ISB: u32 = 0xd503_3fdf;
/// `mov x2, #7`: not of those that may be changed live.
const MOV: u32 = 0xd280_00e2;

#[test]
fn each_part_of_the_maintenance_of_aarch64_is_missed() {
    let core = CoreModel::built_in("cortex-a55").unwrap();
    let cases: [(&[u32], Option<Missing>); 7] = [
        (&[DC, DSB, IC, DSB, ISB], None),
        (&[DSB, IC, DSB, ISB], Some(Missing::Clean)),
        (&[DC, DSB, ISB], Some(Missing::Invalidate)),
        (&[DC, DSB, IC, DSB], Some(Missing::Context)),
        // Not complete: no DSB behind the DC, none behind the IC.
        (&[DC, IC, DSB, ISB], Some(Missing::Invalidate)),
        (&[DC, DSB, IC, ISB], Some(Missing::Invalidate)),
        (&[], Some(Missing::Clean)),
    ];
    for (maintenance, missing) in cases {
        let found = aarch64(&core, MOV, maintenance);
        assert_eq!(found.iter().map(|r| r.missing).collect::<Vec<_>>(), missing.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_the_core_promises_need_not_be_done() {
    let mut core = CoreModel::built_in("cortex-a55").unwrap();
    core.coherence.idc = true;
    let kinds = |core: &CoreModel, maintenance: &[u32]| {
        aarch64(core, MOV, maintenance).iter().map(|r| r.missing).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&core, &[DSB, IC, DSB, ISB]), []);
    assert_eq!(kinds(&core, &[DSB, ISB]), [Missing::Invalidate]);
    core.coherence.dic = true;
    assert_eq!(kinds(&core, &[DSB, ISB]), []);
    assert_eq!(kinds(&core, &[DSB]), [Missing::Context]);
}

#[test]
fn instructions_of_arms_list_may_be_changed_live() {
    let core = CoreModel::built_in("cortex-a55").unwrap();
    const B: u32 = 0x1400_0001;
    assert_eq!(aarch64(&core, B, &[]), []);
    assert_eq!(aarch64(&core, MOV, &[]).iter().map(|r| r.why).collect::<Vec<_>>(), [Why::OwnStore]);
}
