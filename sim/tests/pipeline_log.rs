//! The pipeline's log in Kanata 0004: what a reader of the format relies on, and what it says of a small program.

use cmodx_isa::riscv::{Insn, Op, Reg, Riscv, asm};
use cmodx_isa::{Arch, Isa};
use cmodx_sim::core_model::CoreModel;
use cmodx_sim::ids::HartId;
use cmodx_sim::loader::Image;
use cmodx_sim::platform::riscv_virt::{Options, RiscvVirt};
use cmodx_sim::timed::{Limits, Machine};
use std::collections::BTreeMap;

const BASE: u64 = 0x8000_0000;

fn x(number: u8) -> Reg {
    Reg::new(number).unwrap()
}

/// A row as Konata shows it.
#[derive(Debug, Default)]
struct Row {
    label: String,
    notes: String,
    /// Name, lane, first cycle, cycle behind the last.
    stages: Vec<(String, u8, u64, u64)>,
    producers: Vec<u64>,
    flushed: bool,
    retired: Option<u64>,
}

impl Row {
    fn stage(&self, name: &str) -> Option<(u64, u64)> {
        self.stages.iter().find(|s| s.0 == name && s.1 == 0).map(|s| (s.2, s.3))
    }

    fn issued(&self) -> u64 {
        self.stage("E").expect("it has issued").0
    }
}

/// Reads a log, and checks on the way what the format demands.
fn parse(log: &str) -> BTreeMap<u64, Row> {
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some("Kanata\t0004"));
    let mut now = None;
    let mut rows: BTreeMap<u64, Row> = BTreeMap::new();
    let mut open: BTreeMap<(u64, u8), (String, u64)> = BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |n: usize| fields[n].parse::<u64>().unwrap_or_else(|_| panic!("{line}"));
        match fields[0] {
            "C=" => assert_eq!(now.replace(number(1)), None, "the clock is set once"),
            "C" => {
                assert!(number(1) > 0, "{line}");
                now = now.map(|cycle| cycle + number(1));
            }
            "I" => {
                let old = rows.insert(number(1), Row::default());
                assert!(old.is_none(), "{line}: begun twice");
            }
            kind => {
                let now = now.expect("a cycle first");
                let id = number(1);
                let row = rows.get_mut(&id).unwrap_or_else(|| panic!("{line}: before its I"));
                assert_eq!(row.retired, None, "{line}: after its R");
                match kind {
                    "L" if fields[2] == "0" => row.label += fields[3],
                    "L" => row.notes += fields[3],
                    "S" => {
                        let lane = number(2) as u8;
                        let old = open.insert((id, lane), (fields[3].into(), now));
                        assert!(old.is_none(), "{line}: a stage is open in this lane");
                    }
                    "E" => {
                        let lane = number(2) as u8;
                        let (name, from) = open.remove(&(id, lane)).unwrap_or_else(|| panic!("{line}: not open"));
                        assert_eq!(name, fields[3]);
                        row.stages.push((name, lane, from, now));
                    }
                    "W" => row.producers.push(number(2)),
                    "R" => (row.retired, row.flushed) = (Some(number(2)), fields[3] == "1"),
                    _ => panic!("{line}: no such record"),
                }
            }
        }
    }
    assert!(open.is_empty(), "open at the end: {open:?}");
    assert!(rows.values().all(|row| row.retired.is_some()), "each row ends");
    rows
}

/// The log of a program's first instructions on the U74, the cycles that it counts by cause, and those of the hart's clock.
fn log_and_waits(code: &[Insn], instructions: u64) -> (BTreeMap<u64, Row>, BTreeMap<String, u64>, u64) {
    let bytes: Vec<u8> = code.iter().flat_map(|insn| insn.encode().unwrap().to_le_bytes()).collect();
    let image = Image::flat(Arch::Riscv64, BASE, bytes);
    let board = RiscvVirt::new(1, Options { firmware: false, ..Options::default() });
    let mut machine = Machine::new(&CoreModel::built_in("sifive-u74").unwrap(), 1, 1 << 20, board, &image).unwrap();
    machine.view_pipeline(true);
    machine.run(Limits { instructions, ..Limits::NONE });
    (parse(&machine.kanata().unwrap()), machine.waits().into_iter().collect(), machine.now(HartId(0)).0)
}

fn log(code: &[Insn], instructions: u64) -> BTreeMap<u64, Row> {
    log_and_waits(code, instructions).0
}

fn row<'a>(rows: &'a BTreeMap<u64, Row>, part: &str, n: usize) -> &'a Row {
    rows.values().filter(|row| row.label.contains(part)).nth(n).unwrap_or_else(|| panic!("no {part}"))
}

#[test]
fn each_instruction_goes_through_its_stages_and_waits_for_what_its_lane_says() {
    // The second turn of the loop is warm, and its branch has been learned by the last: load, the add that needs it, a pair, a multiplication.
    const TURNS: i64 = 30;
    let mut code = vec![asm::auipc(x(8), 0x1000), asm::addi(x(12), Reg::ZERO, TURNS)];
    code.extend([
        asm::ld(Reg::A0, x(8), 0),
        asm::r(Op::Add, Reg::A1, Reg::A0, Reg::A0),
        asm::r(Op::Mul, x(13), x(12), x(12)),
        asm::r(Op::Mul, x(14), x(13), x(12)),
        asm::addi(x(12), x(12), -1),
        asm::s(Op::Bne, x(12), Reg::ZERO, -20),
    ]);
    code.extend([asm::nop(); 4]);
    let rows = log(&code, 6 * TURNS as u64 + 6);
    let (load, add) = (row(&rows, "ld", 1), row(&rows, "add a1", 1));
    // Late ALU: one cycle behind the load, with the note, an arrow, and the register as the reason of the wait.
    assert_eq!(add.issued(), load.issued() + 1);
    assert!(add.notes.contains("late"), "{add:?}");
    assert!(add.producers.iter().any(|id| rows[id].label.contains("ld")), "{add:?}");
    assert!(add.stages.iter().any(|s| s.1 == 1 && s.0 == "x10"), "{add:?}");
    // mul after mul: three cycles.
    assert_eq!(row(&rows, "mul a4", 1).issued(), row(&rows, "mul a3", 1).issued() + 3);
    // The first load misses in both levels.
    let first = row(&rows, "ld", 0);
    let miss = first.stage("M").expect("a miss");
    assert_eq!(miss.1 - miss.0, 21 + 120);
    // The loop's end is a misprediction: a flushed row, and the next instruction comes no earlier than the penalty.
    let exit = row(&rows, "bne", TURNS as usize - 1);
    assert!(exit.notes.contains("mispredicted"), "{exit:?}");
    assert!(rows.values().any(|row| row.flushed && row.label.contains("wrong path")));
    assert!(row(&rows, "80000020:", 0).issued() >= exit.issued() + 5);
    // Retired in order, without gaps.
    let retired: Vec<u64> = rows.values().filter(|row| !row.flushed).map(|row| row.retired.unwrap()).collect();
    assert_eq!(retired, (0..retired.len() as u64).collect::<Vec<_>>());
    for row in rows.values().filter(|row| !row.flushed) {
        let mut in_lane: Vec<_> = row.stages.iter().filter(|s| s.1 == 0).collect();
        in_lane.sort_by_key(|s| s.2);
        assert!(in_lane.windows(2).all(|pair| pair[0].3 == pair[1].2), "stages follow each other: {row:?}");
    }
}

#[test]
fn stale_bytes_are_noted_with_the_cycle_of_their_fetch() {
    // Overwrites the instruction at the end of its own line, waits until the store has left, and runs into it.
    let target = 4 * 12;
    let mut code = vec![
        asm::auipc(x(8), 0),
        asm::addi(Reg::A0, Reg::ZERO, 0x13),
        asm::s(Op::Sw, x(8), Reg::A0, target),
        // fence rw, rw
        Riscv::decode(0x0330_000f),
    ];
    code.extend(vec![asm::r(Op::Mul, Reg::A1, Reg::A1, Reg::A1); 8]);
    code.push(asm::addi(x(12), Reg::ZERO, 7));
    code.extend([asm::nop(); 4]);
    let rows = log(&code, 14);
    let stale = row(&rows, "7", 0);
    assert!(stale.notes.contains("stale: fetched in cycle"), "{stale:?}");
    assert_eq!(rows.values().filter(|row| row.notes.contains("stale")).count(), 1);
}

/// A program that comes by all that costs cycles: an interrupt that it sends itself, a call, FENCE.I, a full store buffer,
/// divisions, misses, a jump whose target is not foreseen.
fn everything() -> Vec<Insn> {
    const HANDLER: i64 = 4 * 80;
    let word = Riscv::decode;
    let mut code = vec![
        asm::auipc(x(8), 0),
        asm::addi(x(5), x(8), HANDLER),
        // csrw mtvec, t0
        word(0x3052_9073),
        asm::addi(x(6), Reg::ZERO, 8),
        // csrw mie, t1; csrsi mstatus, 8; lui t2, 0x2000: the CLINT
        word(0x3043_1073),
        word(0x3004_6073),
        word(0x0200_03b7),
        asm::addi(x(6), Reg::ZERO, 1),
        asm::s(Op::Sw, x(7), x(6), 0),
    ];
    code.extend([asm::r(Op::Mul, x(10), x(10), x(10)); 24]);
    // ecall; fence.i
    code.extend([word(0x73), word(0x100f), asm::auipc(x(11), 0x1000)]);
    code.extend([asm::s(Op::Sd, x(11), x(10), 0); 12]);
    code.extend([asm::ld(x(12), x(11), 64), asm::ld(x(13), x(11), 0), asm::r(Op::Add, x(13), x(13), x(12))]);
    // A byte is stored, the doubleword around it loaded.
    code.extend([asm::s(Op::Sb, x(11), x(10), 3), asm::ld(x(13), x(11), 0)]);
    code.extend([asm::r(Op::Div, x(14), x(6), x(6)), asm::r(Op::Div, x(14), x(6), x(6))]);
    code.extend([asm::jal(Reg::ZERO, 8), asm::nop(), asm::jal(Reg::ZERO, 0)]);
    code.resize(HANDLER as usize / 4, asm::nop());
    // csrr s1, mcause; an interrupt clears what raised it, a call goes on behind itself.
    code.extend([word(0x3420_24f3), asm::s(Op::Blt, x(9), Reg::ZERO, 20)]);
    // csrr t1, mepc; addi t1, t1, 4; csrw mepc, t1; mret
    code.extend([word(0x3410_2373), asm::addi(x(6), x(6), 4), word(0x3413_1073), word(0x3020_0073)]);
    code.extend([asm::s(Op::Sw, x(7), Reg::ZERO, 0), word(0x3020_0073)]);
    code
}

#[test]
fn each_cycle_of_a_hart_is_counted_once_and_what_instructions_cost_stands_in_their_notes() {
    let (rows, waits, clock) = log_and_waits(&everything(), 150);
    let causes = ["stores", "icache", "interrupt", "held", "target", "taken", "trap", "operand", "unit", "slot"];
    assert!(causes.iter().all(|cause| waits.contains_key(*cause)), "{waits:?}");
    assert_eq!(waits.values().sum::<u64>(), clock, "{waits:?}");
    let notes = |part: &str| row(&rows, part, 0).notes.clone();
    // trap.entry, trap.exit, fence_i.flush, branch.btb_miss.
    assert!(notes("ecall").contains("12 cycles to what comes next"), "{}", notes("ecall"));
    assert!(notes("mret").contains("10 cycles to what comes next"), "{}", notes("mret"));
    assert!(notes("fence.i").contains("holds the hart for 14 cycles"), "{}", notes("fence.i"));
    let jump = row(&rows, "jal", 0);
    assert!(jump.notes.contains("target not foreseen: 2 cycles"), "{jump:?}");
    // The last of twelve stores waits until the line of the first is there.
    let store = row(&rows, "sd a0, 0(a1)", 8);
    assert!(
        store.stages.iter().any(|(name, lane, from, to)| name == "stores" && *lane == 1 && to - from > 100),
        "{store:?}"
    );
    // So does what loads a doubleword of which a byte is still on its way: it issues when that has left.
    let load = row(&rows, "ld a3, 0(a1)", 1);
    assert!(load.stages.iter().any(|(name, lane, ..)| name == "stores" && *lane == 1), "{load:?}");
    // From one instruction to the next the clock runs through: it arrives where the one before it let it.
    let issued: Vec<u64> = rows.values().filter(|row| !row.label.contains("wrong path")).map(Row::issued).collect();
    assert!(issued.is_sorted() && *issued.last().unwrap() <= clock, "{issued:?}");
}
