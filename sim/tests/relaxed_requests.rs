//! What stands in place of runtime functions: each part of each request, left out once, turns the verdict of a program.

use cmodx_isa::Arch;
use cmodx_sim::relaxed::litmus::assemble_block;
use cmodx_sim::relaxed::memory::Image;
use cmodx_sim::relaxed::model::{Model, Rule};
use cmodx_sim::relaxed::native::{IDLE, MAILBOX_BYTES, Native, Part, Request, Runtime};
use cmodx_sim::relaxed::program::{Examined, HartStart, Program};
use cmodx_sim::verdict::Verdict;

const SITE: u64 = 0x1000;
const HANDLER: u64 = 0x2000;
const STOPPED_FUNCTION: u64 = 0x3000;
const PATCHER: u64 = 0x4000;
const DATA: u64 = 0x8000;
const MAILBOX: u64 = 0xa000;

/// Says whether what the patcher and the caller have in x5 and x10, in this order, is bad.
type Bad = fn([u64; 4]) -> bool;

/// A patcher that executes `before`, a request and `after`, and a caller that executes `call`, which begins at its only
/// voluntary point.
struct Protocol {
    native: Native,
    before: &'static str,
    after: &'static str,
    call: &'static str,
    bad: Bad,
}

fn code(image: &mut Image, base: u64, text: &str) -> u64 {
    let (_, bytes) = assemble_block(Arch::Riscv64, base, text).unwrap();
    let end = base + bytes.len() as u64;
    image.add(base, bytes).unwrap();
    end
}

fn word(text: &str) -> u64 {
    let bytes = assemble_block(Arch::Riscv64, 0, text).unwrap().1;
    u32::from_le_bytes(bytes.try_into().unwrap()) as u64
}

/// A patcher and one hart that it asks, where these functions have something in their place.
fn runtime(functions: Vec<(u64, Native)>) -> Runtime {
    Runtime {
        mailbox: MAILBOX,
        functions,
        asker: 0,
        harts: 2,
        points: vec![SITE],
        preemptible: false,
        preempt_counts: Vec::new(),
        saved_pcs: Vec::new(),
        fence_completes: true,
        without: Vec::new(),
    }
}

impl Protocol {
    fn program(&self) -> Program {
        let mut image = Image::default();
        image.add(DATA, vec![0; 0x100]).unwrap();
        image.add(MAILBOX, vec![0; MAILBOX_BYTES as usize]).unwrap();
        code(&mut image, HANDLER, "mret");
        code(&mut image, SITE, self.call);
        code(&mut image, STOPPED_FUNCTION, "sw x7,8(x6)\nsw x8,12(x6)\nret");
        let function = code(&mut image, PATCHER, self.before);
        let end = code(&mut image, function, &format!("nop\n{}", self.after));
        let mut program = Program::new(Model::IrDecodeW, image);
        let mut patcher = vec![(1, function + 4), (6, SITE), (10, STOPPED_FUNCTION)];
        patcher.extend([(7, word("addi x5,x0,2")), (8, word("addi x10,x0,2")), (9, 1), (20, DATA), (21, DATA + 64)]);
        let start = |pc, registers| HartStart {
            pc,
            registers,
            vector: Some(HANDLER),
            observed: vec![5, 10],
            ..HartStart::default()
        };
        program.harts.push(HartStart { stops: vec![end], ..start(PATCHER, patcher) });
        program.harts.push(start(SITE, vec![(1, IDLE), (9, 1), (20, DATA), (21, DATA + 64)]));
        program.runtime = Some(runtime(vec![(function, self.native)]));
        program
    }

    fn is_safe(&self, program: &Program) -> bool {
        let judge = |r: &[Vec<u64>], _: &[u128]| {
            let bad = (self.bad)([r[0][0], r[0][1], r[1][0], r[1][1]]);
            bad.then(|| "bad".to_owned())
        };
        match program.examine(&judge).verdict {
            Verdict::Safe => true,
            Verdict::Unsafe { execution, .. } => {
                program.replay(&execution).unwrap();
                false
            }
            other => panic!("{other}"),
        }
    }
}

/// New code, then every hart executes FENCE.I, then it is announced: a call that saw that executes the new code.
const PUBLISH: Protocol = Protocol {
    native: Native::Ask(Request::FenceI),
    before: "sw x8,8(x6)\nfence w,o",
    after: "sw x9,0(x20)",
    call: "nop\nlw x5,0(x20)\naddi x10,x0,1\nret",
    bad: |r| r[2] == 1 && r[3] == 1,
};
/// Each of the two writes and looks at what the other one writes, and one interrupts the other in between: one of them sees it.
const BARRIER: Protocol = Protocol {
    native: Native::Ask(Request::Interrupt),
    before: "sw x9,0(x20)",
    after: "lw x5,0(x21)",
    call: "nop\nsw x9,0(x21)\nlw x10,0(x20)\nret",
    bad: |r| r[0] == 0 && r[3] == 0,
};
/// What a caller may still have found before it was unlinked is freed after a grace period.
const fn free(request: Request) -> Protocol {
    Protocol {
        native: Native::Ask(request),
        before: "sw x9,0(x20)",
        after: "sw x9,0(x21)",
        call: "nop\nlw x5,0(x20)\nlw x10,0(x21)\nret",
        bad: |r| r[2] == 0 && r[3] == 1,
    }
}
/// Two words are patched while the machine is stopped.
const STOP: Protocol = Protocol {
    native: Native::Stop,
    before: "nop",
    after: "nop",
    call: "nop\nnop\naddi x5,x0,1\naddi x10,x0,1\nret",
    bad: |r| r[2] != r[3],
};

#[test]
fn every_part_of_every_request_matters_to_some_program() {
    use Part::*;
    let protocols: [(Protocol, &[Part]); 5] = [
        (PUBLISH, &[Whole, Wait, Synchronization]),
        (BARRIER, &[Whole, Wait]),
        (free(Request::Quiesce), &[Whole, Wait]),
        (free(Request::Tasks), &[Whole, Wait]),
        (STOP, &[Whole, Wait, Synchronization]),
    ];
    for (protocol, parts) in &protocols {
        let whole = protocol.program();
        assert!(protocol.is_safe(&whole), "{:?}", protocol.native);
        for &part in *parts {
            let mut without = whole.clone();
            without.runtime.as_mut().unwrap().without = vec![(1, part)];
            assert!(!protocol.is_safe(&without), "{:?} without {part:?}", protocol.native);
        }
    }
}

#[test]
fn requests_and_answers_order_by_the_rules_that_they_name() {
    let turned = |protocol: &Protocol, rule: Rule| {
        let mut program = protocol.program();
        program.rules = Some(program.model.rules().flipped(rule));
        !protocol.is_safe(&program)
    };
    let tasks = free(Request::Tasks);
    for rule in [Rule::Release, Rule::Interrupt] {
        assert!(turned(&tasks, rule), "quiescence of threads without {rule:?}");
    }
    // A wait is a branch too, which orders later stores but not later loads.
    assert!(turned(&BARRIER, Rule::Acquire));
    assert!(turned(&PUBLISH, Rule::FenceI));
}

#[test]
fn firmware_orders_no_more_than_the_fence_before_the_call_does() {
    let bare = Protocol { before: "sw x8,8(x6)\nnop", ..PUBLISH };
    assert!(!bare.is_safe(&bare.program()));
    let mut sent = PUBLISH.program();
    sent.runtime.as_mut().unwrap().fence_completes = false;
    assert!(!PUBLISH.is_safe(&sent), "a call that returns when it is sent");
}

#[test]
fn a_grace_period_of_harts_does_not_wait_for_preempted_threads() {
    for (request, safe) in [(Request::Quiesce, false), (Request::Tasks, true)] {
        let protocol = free(request);
        let mut program = protocol.program();
        program.runtime.as_mut().unwrap().preemptible = true;
        assert_eq!(protocol.is_safe(&program), safe, "{request:?}");
        // A thread with a preempt count is not preempted.
        let counted = program.runtime.as_mut().unwrap();
        counted.preempt_counts = vec![DATA + 0x80; 2];
        program.image.change(DATA + 0x80, &[1]);
        assert!(protocol.is_safe(&program), "{request:?}");
    }
}

#[test]
fn what_needs_more_memory_than_it_may_take_is_bounded_and_says_so() {
    let mut program = free(Request::Tasks).program();
    program.bounds.bytes = 1 << 12;
    let verdict = program.examine(&|_: &[Vec<u64>], _: &[u128]| None).verdict;
    let Verdict::SafeBounded { bound } = verdict else { panic!("{verdict}") };
    assert!(bound.contains("MiB of memory"), "{bound}");
}

/// On Arm a patcher makes code of two lines visible and says where it is; a caller that has seen it goes there.
fn published_code(maintenance: &str, every_order: bool) -> Examined {
    const CODE: u64 = 0x5000;
    let mut image = Image::default();
    let mut put = |base: u64, text: &str| {
        let bytes = assemble_block(Arch::Aarch64, base, text).unwrap().1;
        let end = base + bytes.len() as u64;
        image.add(base, bytes).unwrap();
        end
    };
    put(CODE, "mov x10,#1\nb .+60");
    put(CODE + 64, "mov x12,#1\nret");
    put(SITE, "ldr x5,[x20]\ncbz x5,.+16\nisb\nmov x10,#2\nbr x5\nret");
    let end = put(PATCHER, &format!("str w7,[x6]\nstr w7,[x6,#4]\nstr w8,[x11]\n{maintenance}\nstr x6,[x20]"));
    put(HANDLER, "eret");
    image.add(DATA, vec![0; 0x100]).unwrap();
    image.add(MAILBOX, vec![0; MAILBOX_BYTES as usize]).unwrap();
    let mut program = Program::new(Model::Dic0Idc0, image);
    program.every_order = every_order;
    let branch = u32::from_le_bytes(assemble_block(Arch::Aarch64, CODE, "b .+64").unwrap().1.try_into().unwrap());
    let second = u32::from_le_bytes(assemble_block(Arch::Aarch64, 0, "mov x12,#2").unwrap().1.try_into().unwrap());
    let registers = vec![(6, CODE), (7, branch.into()), (8, second.into()), (11, CODE + 64), (20, DATA), (30, IDLE)];
    let start = |pc| HartStart { pc, registers: registers.clone(), vector: Some(HANDLER), ..HartStart::default() };
    program.harts.push(HartStart { stops: vec![end], ..start(PATCHER) });
    program.harts.push(HartStart { observed: vec![10, 12], ..start(SITE) });
    program.runtime = Some(runtime(Vec::new()));
    let judge = |r: &[Vec<u64>], _: &[u128]| (r[1][0] == 1 || r[1][1] == 1).then(|| "old code".to_owned());
    program.examine(&judge)
}

#[test]
fn maintenance_whose_order_nobody_can_tell_changes_no_answer() {
    const CLEAN: &str = "dc cvau,x6\ndc cvau,x11";
    const INVALIDATE: &str = "ic ivau,x6\nic ivau,x11";
    for (maintenance, safe) in [
        (format!("{CLEAN}\ndsb ish\n{INVALIDATE}\ndsb ish"), true),
        (format!("{CLEAN}\ndsb ish\n{INVALIDATE}\ndmb ish"), false),
        (format!("{CLEAN}\ndmb ish\n{INVALIDATE}\ndsb ish"), false),
        (format!("{INVALIDATE}\ndsb ish\n{CLEAN}\ndsb ish"), false),
        (format!("{CLEAN}\ndsb ish\nic ivau,x6\ndsb ish"), false),
        (format!("dc cvau,x6\ndsb ish\n{INVALIDATE}\ndsb ish"), false),
    ] {
        let (few, all) = (published_code(&maintenance, false), published_code(&maintenance, true));
        assert_eq!(few.verdict == Verdict::Safe, safe, "{maintenance}: {}", few.verdict);
        assert_eq!(all.verdict == Verdict::Safe, safe, "{maintenance}: {}", all.verdict);
        assert_eq!((few.bad_ends, few.good_ends), (all.bad_ends, all.good_ends), "{maintenance}");
        assert!(!safe || 4 * few.lists < all.lists, "{} lists in place of {}", few.lists, all.lists);
    }
}
