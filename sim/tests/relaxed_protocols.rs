//! Patch protocols as programs: verdicts, counterexamples, and the time that exploration takes.

use cmodx_isa::Arch;
use cmodx_sim::relaxed::execution::Execution;
use cmodx_sim::relaxed::litmus::assemble_block;
use cmodx_sim::relaxed::memory::Image;
use cmodx_sim::relaxed::message::Footprint;
use cmodx_sim::relaxed::model::{Model, Rule};
use cmodx_sim::relaxed::program::{Examined, HartStart, Program};
use cmodx_sim::verdict::Verdict;
use std::collections::BTreeMap;
use std::time::Instant;

const SITE: u64 = 0x1000;
const HANDLER: u64 = 0x2000;
const PATCHER: u64 = 0x4000;
const DATA: u64 = 0x8000;

fn ipi(hart: u64) -> u64 {
    DATA + 0x100 * hart
}

fn acknowledged(hart: u64) -> u64 {
    DATA + 0x100 * hart + 0x40
}

fn code(image: &mut Image, arch: Arch, base: u64, text: &str) -> (BTreeMap<String, u64>, u64) {
    let (labels, bytes) = assemble_block(arch, base, text).unwrap();
    let end = base + bytes.len() as u64;
    image.add(base, bytes).unwrap();
    (labels, end)
}

fn data(image: &mut Image) {
    image.add(DATA, vec![0; 0x1000]).unwrap();
}

fn word(arch: Arch, text: &str) -> u64 {
    let bytes = assemble_block(arch, 0, text).unwrap().1;
    u32::from_le_bytes(bytes.try_into().unwrap()) as u64
}

/// Two words of a site are written in order and executed by one hart, without any synchronization.
fn two_words(model: Model) -> Program {
    let arch = Arch::Riscv64;
    let mut image = Image::default();
    let (_, site_end) = code(&mut image, arch, SITE, "addi x10,x0,1\naddi x11,x0,1");
    let (_, end) = code(&mut image, arch, PATCHER, "sw x7,4(x6)\nfence w,w\nsw x5,0(x6)");
    let mut program = Program::new(model, image);
    let (first, second) = (word(arch, "addi x10,x0,2"), word(arch, "addi x11,x0,2"));
    let registers = vec![(5, first), (6, SITE), (7, second)];
    program.harts.push(HartStart { pc: PATCHER, registers, stops: vec![end], ..HartStart::default() });
    let observed = vec![10, 11];
    program.harts.push(HartStart { pc: SITE, stops: vec![site_end], observed, ..HartStart::default() });
    program
}

/// One hart patches a word of a three-instruction site, interrupts the others, waits until each has acknowledged, and
/// then patches the next word and does so again. `flush` is what a handler does first.
fn broadcast(model: Model, harts: u64, flush: &str, wait: bool) -> Program {
    let arch = Arch::Riscv64;
    let mut image = Image::default();
    data(&mut image);
    let (_, site_end) = code(&mut image, arch, SITE, "addi x10,x0,1\naddi x11,x0,1\naddi x12,x0,1");
    code(&mut image, arch, HANDLER, &format!("{flush}\naddi x20,x20,1\nsw x20,0(x21)\nmret"));
    let mut text = String::new();
    for round in 0..2 {
        text += &format!("sw x{},{}(x6)\nfence w,o\n", 7 + round, 4 - 4 * round);
        for hart in 1..=harts {
            text += &format!("sw x{},0(x{})\n", 13 + round, 14 + hart);
        }
        for hart in (1..=harts).filter(|_| wait) {
            text += &format!("w{round}{hart}:\nlw x20,64(x{})\nbne x20,x{},w{round}{hart}\n", 14 + hart, 13 + round);
        }
        text += "fence rw,rw\n";
    }
    let (_, end) = code(&mut image, arch, PATCHER, &text);
    let mut program = Program::new(model, image);
    let mut registers = vec![(6, SITE), (7, word(arch, "addi x11,x0,2")), (8, word(arch, "addi x10,x0,2"))];
    registers.extend([(13, 1), (14, 2)]);
    registers.extend((1..=harts).map(|h| (14 + h as u8, ipi(h))));
    program.harts.push(HartStart { pc: PATCHER, registers, stops: vec![end], ..HartStart::default() });
    for hart in 1..=harts {
        program.harts.push(HartStart {
            pc: SITE,
            registers: vec![(21, acknowledged(hart))],
            vector: Some(HANDLER),
            ipi: Some(Footprint::new(ipi(hart), 4)),
            stops: vec![site_end],
            observed: vec![10, 11],
            ..HartStart::default()
        });
    }
    program
}

/// A pass that executed the first word new and the second, which was written long before, old.
fn torn(registers: &[Vec<u64>], _memory: &[u128]) -> Option<String> {
    let bad = registers[1..].iter().position(|r| r[..2] == [2, 1]);
    bad.map(|hart| format!("hart {} executes the first word new and the second one old", hart + 1))
}

fn examined(name: &str, program: &Program) -> (Examined, f64) {
    let start = Instant::now();
    let examined = program.examine(&torn);
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{name}: {}; {} outcomes, {} lists, {} runs, {} states, longest {}, {seconds:.4} s",
        examined.verdict, examined.outcomes, examined.lists, examined.runs, examined.states, examined.longest
    );
    (examined, seconds)
}

/// The execution that shows that a program is unsafe, after it was stored, read again and replayed.
fn counterexample(name: &str, program: &Program) -> Execution {
    let Verdict::Unsafe { execution, .. } = examined(name, program).0.verdict else { panic!("{name} is not unsafe") };
    let stored = serde_json::to_string(&*execution).unwrap();
    let read: Execution = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, *execution);
    program.replay(&read).unwrap_or_else(|e| panic!("{name}: {e}\n{}", read.render()));
    read
}

fn is_safe(name: &str, program: &Program) -> Examined {
    let (examined, _) = examined(name, program);
    assert_eq!(examined.verdict, Verdict::Safe, "{name}");
    examined
}

#[test]
fn two_words_without_synchronization_are_unsafe_but_where_fetches_are_in_order() {
    for model in [Model::Ziccif, Model::IrDecodeW, Model::IrDecode, Model::FenceiFetch] {
        let execution = counterexample("two words", &two_words(model));
        assert_eq!(execution.messages.len(), 2, "both writes and nothing else:\n{}", execution.render());
    }
    is_safe("two words", &two_words(Model::Ziccid));
}

#[test]
fn a_broadcast_between_two_words_is_safe_unless_nothing_orders_a_fetch_before_what_follows() {
    for harts in [1, 2] {
        for model in [Model::IrDecodeW, Model::IrDecode, Model::Ziccid, Model::FenceiFetch] {
            is_safe("broadcast", &broadcast(model, harts, "fence.i", true));
        }
        // Nothing orders the fetch of the new word before the acknowledgement that comes after it.
        counterexample("broadcast", &broadcast(Model::Ziccif, harts, "fence.i", true));
    }
}

#[test]
fn a_broadcast_needs_the_flush_and_the_wait() {
    counterexample("no flush", &broadcast(Model::IrDecodeW, 2, "nop", true));
    counterexample("no wait", &broadcast(Model::IrDecodeW, 2, "fence.i", false));
    is_safe("no flush", &broadcast(Model::Ziccid, 2, "nop", true));
    is_safe("no wait", &broadcast(Model::Ziccid, 2, "fence.i", false));
}

#[test]
fn what_follows_an_interrupt_comes_after_what_was_sent_before_it() {
    let mut program = broadcast(Model::IrDecodeW, 1, "fence.i", true);
    program.rules = Some(program.model.rules().without(Rule::Interrupt));
    counterexample("interrupts order nothing", &program);
}

#[test]
fn three_executing_harts_take_less_than_ten_seconds() {
    let (examined, seconds) = examined("broadcast to three", &broadcast(Model::IrDecodeW, 3, "fence.i", true));
    assert_eq!(examined.verdict, Verdict::Safe);
    assert!(examined.longest >= 14 && seconds < 10.0, "{examined:?} in {seconds} s");
}

#[test]
fn random_walks_find_a_fault_beyond_exhaustive_size_and_prove_nothing() {
    let mut program = broadcast(Model::IrDecodeW, 4, "nop", true);
    program.bounds.width = 200;
    program.bounds.seed = 7;
    counterexample("four harts, no flush", &program);
    let mut program = broadcast(Model::IrDecodeW, 4, "fence.i", true);
    program.bounds.width = 200;
    let (walked, _) = examined("four harts", &program);
    assert!(matches!(walked.verdict, Verdict::SafeBounded { .. }), "{}", walked.verdict);
    assert!(walked.longest >= 18 && walked.outcomes > 0, "{walked:?}");
    assert_eq!(walked, examined("four harts again", &program).0);
}

#[test]
fn verdict_counts_and_counterexample_do_not_depend_on_the_number_of_threads() {
    let programs = [
        broadcast(Model::IrDecodeW, 2, "nop", true),
        broadcast(Model::IrDecodeW, 2, "fence.i", true),
        two_words(Model::Ziccif),
    ];
    for program in &programs {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| program.examine(&torn))
        };
        let alone = on(1);
        assert_eq!(alone, on(2));
        assert_eq!(alone, on(8));
    }
}

#[test]
fn a_replay_refuses_what_is_not_possible() {
    let program = broadcast(Model::IrDecodeW, 2, "nop", true);
    let execution = counterexample("no flush", &program);
    let strict = broadcast(Model::IrDecodeW, 2, "fence.i", true);
    assert!(strict.replay(&execution).is_err(), "another handler does something else");
    let mut changed = execution.clone();
    changed.messages.swap(0, 1);
    assert!(program.replay(&changed).is_err(), "messages in another order");
    let mut changed = execution.clone();
    changed.harts[1].choices.pop();
    assert!(program.replay(&changed).is_err(), "a step is missing");
    let mut changed = execution;
    changed.harts[0].registers.push(1);
    assert!(program.replay(&changed).is_err(), "another end");
}

/// The Arm sequence, twice, with one round of IPIs between: which parts may be left out?
fn arm_sequence(model: Model, parts: [&str; 2]) -> Program {
    arm_sequence_with(model, parts, &[])
}

/// The same; words of its code are replaced by others, which the assembler has no text for.
fn arm_sequence_with(model: Model, parts: [&str; 2], replaced: &[(u32, u32)]) -> Program {
    let arch = Arch::Aarch64;
    let mut image = Image::default();
    data(&mut image);
    let (_, site_end) = code(&mut image, arch, SITE, "MOV W10,#1\nMOV W11,#1\nNOP");
    let replacing = |image: &mut Image, base: u64, text: &str| {
        let mut bytes = assemble_block(arch, base, text).unwrap().1;
        for word in bytes.chunks_exact_mut(4) {
            let is = u32::from_le_bytes(word.try_into().unwrap());
            if let Some((_, new)) = replaced.iter().find(|(old, _)| *old == is) {
                word.copy_from_slice(&new.to_le_bytes());
            }
        }
        let end = base + bytes.len() as u64;
        image.add(base, bytes).unwrap();
        end
    };
    replacing(&mut image, HANDLER + 0x280, "YIELD\nMOV W20,#1\nSTR W20,[X21]\nSEVL\nERET");
    let maintain = |part: &str, register: &str| part.replace('R', register);
    let text = format!(
        "STR W7,[X6,#4]\n{}\nSTR W13,[X15]\nw:\nLDR W20,[X15,#64]\nCBZ W20,w\nDMB SY\nSTR W8,[X6]\n{}",
        maintain(parts[0], "X16"),
        maintain(parts[1], "X6")
    );
    let end = replacing(&mut image, PATCHER, &text);
    let mut program = Program::new(model, image);
    program.line = 4;
    let words = (word(arch, "MOV W11,#2"), word(arch, "MOV W10,#2"));
    let registers = vec![(6, SITE), (16, SITE + 4), (7, words.0), (8, words.1), (13, 1), (15, ipi(1))];
    program.harts.push(HartStart { pc: PATCHER, registers, stops: vec![end], ..HartStart::default() });
    program.harts.push(HartStart {
        pc: SITE,
        registers: vec![(21, acknowledged(1))],
        vector: Some(HANDLER),
        ipi: Some(Footprint::new(ipi(1), 4)),
        stops: vec![site_end],
        observed: vec![10, 11],
        ..HartStart::default()
    });
    program
}

#[test]
fn the_arm_sequence_needs_its_clean_and_its_invalidation() {
    let whole = "DC CVAU,R\nDSB ISH\nIC IVAU,R\nDSB ISH";
    is_safe("whole", &arm_sequence(Model::Dic0Idc0, [whole, whole]));
    let (no_clean, no_invalidation) = ("DSB ISH\nIC IVAU,R\nDSB ISH", "DC CVAU,R\nDSB ISH");
    counterexample("no clean", &arm_sequence(Model::Dic0Idc0, [no_clean, whole]));
    is_safe("no clean", &arm_sequence(Model::Dic0Idc1, [no_clean, whole]));
    counterexample("no invalidation", &arm_sequence(Model::Dic0Idc1, [no_invalidation, whole]));
    is_safe("nothing", &arm_sequence(Model::Dic1Idc1, ["DSB ISH", "NOP"]));
}

#[test]
fn an_ipi_may_be_sent_through_the_interrupt_controller_of_arm() {
    let whole = "DC CVAU,R\nDSB ISH\nIC IVAU,R\nDSB ISH";
    let sent = word(Arch::Aarch64, "STR W13,[X15]") as u32;
    let (yields, sevl) = (word(Arch::Aarch64, "YIELD") as u32, word(Arch::Aarch64, "SEVL") as u32);
    // msr icc_sgi1r_el1, x13; mrs x20, icc_iar1_el1; msr icc_eoir1_el1, x20
    let replaced = [(sent, 0xd518_cbad), (yields, 0xd538_cc14), (sevl, 0xd518_cc34)];
    let with = |parts| {
        let mut program = arm_sequence_with(Model::Dic0Idc0, parts, &replaced);
        program.harts[0].registers.push((13, 1 << 1));
        program
    };
    let safe = is_safe("through the controller", &with([whole, whole]));
    let stored = is_safe("through memory", &arm_sequence(Model::Dic0Idc0, [whole, whole]));
    assert_eq!((safe.outcomes, safe.lists), (stored.outcomes, stored.lists));
    counterexample("no clean", &with(["DSB ISH\nIC IVAU,R\nDSB ISH", whole]));
}

#[test]
fn memory_that_one_hart_alone_touches_makes_no_messages() {
    let arch = Arch::Riscv64;
    let with_stack = |shared: bool| {
        let mut image = Image::default();
        data(&mut image);
        let save: String = (0..13).map(|i| format!("sd x{},{}(x2)\n", 5 + i, 8 * i)).collect();
        let restore: String = (0..13).map(|i| format!("ld x{},{}(x2)\n", 5 + i, 8 * i)).collect();
        let site = format!("{save}{restore}addi x10,x0,1\naddi x11,x0,1");
        let (_, site_end) = code(&mut image, arch, SITE, &site);
        let first = SITE + 4 * 26;
        let look = if shared { "ld x20,0(x21)\n" } else { "" };
        let (_, end) = code(&mut image, arch, PATCHER, &format!("{look}sw x7,4(x6)\nfence w,w\nsw x5,0(x6)"));
        let mut program = Program::new(Model::IrDecodeW, image);
        let words = (word(arch, "addi x10,x0,2"), word(arch, "addi x11,x0,2"));
        let registers = vec![(5, words.0), (6, first), (7, words.1), (21, DATA)];
        program.harts.push(HartStart { pc: PATCHER, registers, stops: vec![end], ..HartStart::default() });
        let registers = vec![(2, DATA)];
        let observed = vec![10, 11];
        program.harts.push(HartStart { pc: SITE, registers, stops: vec![site_end], observed, ..HartStart::default() });
        examined("a stack", &program).0
    };
    let private = with_stack(false);
    assert_eq!((private.longest, private.lists), (2, 3));
    assert_eq!(with_stack(true).longest, 3, "another hart looks at one of the words");
}

#[test]
fn a_fetch_of_a_word_that_may_not_change_live_is_a_violation_where_asked() {
    let mut program = two_words(Model::Ziccid);
    program.strict_fetch = true;
    is_safe("aligned words", &program);
    let mut program = arm_sequence(Model::Dic1Idc1, ["DSB ISH", "NOP"]);
    program.strict_fetch = true;
    let (examined, _) = examined("MOV is not in the list", &program);
    assert!(
        matches!(examined.verdict, Verdict::Unsafe { ref reason, .. } if reason.contains("changed")),
        "{}",
        examined.verdict
    );
}
