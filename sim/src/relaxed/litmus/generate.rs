//! Litmus tests of fetch by shape and ordering, for both architectures.
//!
//! A shape says what each thread does and what is seen in the end; between two neighbours in a thread stands an ordering.
//! The family of a shape has a test for each way of choosing them.

use cmodx_isa::Arch;
use std::fmt::Write;

/// What a thread does. Code is named by a letter; it gives 1 until it is patched, then what the patch says.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// Writes 1 to a location.
    Write(char),
    /// Reads a location and sees this.
    Read(char, u64),
    /// Patches code to give this.
    Patch(char, u64),
    /// Executes code and gets this.
    Fetch(char, u64),
    /// Reads code as data and sees what gives this.
    ReadCode(char, u64),
}

use Event::{Fetch, Patch, Read, ReadCode, Write as Store};

/// Each shape with its threads.
const SHAPES: [(&str, &[&[Event]]); 15] = [
    ("SM", &[&[Patch('f', 2), Fetch('f', 1)]]),
    ("CoFF", &[&[Patch('f', 2)], &[Fetch('f', 2), Fetch('f', 1)]]),
    ("CoFR", &[&[Patch('f', 2)], &[Fetch('f', 2), ReadCode('f', 1)]]),
    ("CoRF", &[&[Patch('f', 2)], &[ReadCode('f', 2), Fetch('f', 1)]]),
    ("CoFW", &[&[Fetch('f', 2), Patch('f', 2)]]),
    ("MP.RF", &[&[Patch('f', 2), Store('x')], &[Read('x', 1), Fetch('f', 1)]]),
    ("MP.FR", &[&[Store('x'), Patch('f', 2)], &[Fetch('f', 2), Read('x', 0)]]),
    ("MP.FF", &[&[Patch('f', 2), Patch('g', 2)], &[Fetch('g', 2), Fetch('f', 1)]]),
    ("LB.RF", &[&[Read('x', 1), Patch('f', 2)], &[Fetch('f', 2), Store('x')]]),
    ("LB.FF", &[&[Fetch('g', 2), Patch('f', 2)], &[Fetch('f', 2), Patch('g', 2)]]),
    ("SB.RF", &[&[Patch('f', 2), Read('x', 0)], &[Store('x'), Fetch('f', 1)]]),
    ("SB.FF", &[&[Patch('f', 2), Fetch('g', 1)], &[Patch('g', 2), Fetch('f', 1)]]),
    ("ISA2.F", &[&[Patch('f', 2), Store('x')], &[Read('x', 1), Store('y')], &[Read('y', 1), Fetch('f', 1)]]),
    ("WRC.F", &[&[Patch('f', 2)], &[Fetch('f', 2), Store('x')], &[Read('x', 1), Fetch('f', 1)]]),
    (
        "FOW",
        &[&[Patch('f', 2), Patch('f', 3), Store('x')], &[Read('x', 1), Fetch('f', 2)], &[Read('x', 1), Fetch('f', 1)]],
    ),
];

/// Names of the shapes.
pub fn shapes() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|s| s.0)
}

/// Orderings with their instructions; `@` stands for the register that holds the address of the code at hand.
fn orderings(arch: Arch) -> &'static [(&'static str, &'static [&'static str])] {
    match arch {
        Arch::Aarch64 => &[
            ("po", &[]),
            ("dmb", &["DMB SY"]),
            ("isb", &["ISB"]),
            ("dsb-isb", &["DSB ISH", "ISB"]),
            ("dc", &["DC CVAU,@", "DSB ISH"]),
            ("ic", &["DSB ISH", "IC IVAU,@", "DSB ISH"]),
            ("cachesync", &["DC CVAU,@", "DSB ISH", "IC IVAU,@", "DSB ISH"]),
            ("cachesync-isb", &["DC CVAU,@", "DSB ISH", "IC IVAU,@", "DSB ISH", "ISB"]),
        ],
        Arch::Riscv64 => &[("po", &[]), ("fence", &["fence rw,rw"]), ("fence.i", &["fence.i"])],
    }
}

/// A generated test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Its name: the shape, and the orderings of the threads from the first to the last.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// All tests of a shape; `None` when there is no such shape. Cache maintenance stands only where a thread has code at hand
/// that it patches before or executes after.
pub fn generate(arch: Arch, shape: &str) -> Option<Vec<Generated>> {
    let (name, threads) = SHAPES.iter().find(|s| s.0 == shape)?;
    let slots: Vec<(usize, usize)> =
        threads.iter().enumerate().flat_map(|(t, events)| (1..events.len()).map(move |i| (t, i))).collect();
    let all = orderings(arch);
    let mut tests = Vec::new();
    let mut pick = vec![0; slots.len()];
    loop {
        let fits = pick.iter().zip(&slots).all(|(p, (t, i))| {
            let needs_code = all[*p].1.iter().any(|text| text.contains('@'));
            !needs_code || code_at_hand(threads[*t], *i).is_some()
        });
        if fits {
            let chosen: Vec<&str> = pick.iter().map(|p| all[*p].0).collect();
            let name = format!("{name}+{}", chosen.join("+"));
            tests.push(Generated { text: text(arch, &name, threads, &slots, &pick), name });
        }
        let Some(slot) = (0..pick.len()).rev().find(|s| pick[*s] + 1 < all.len()) else { break };
        pick[slot] += 1;
        pick[slot + 1..].fill(0);
    }
    Some(tests)
}

/// The code that stands next to place `i` of a thread.
fn code_at_hand(events: &[Event], i: usize) -> Option<char> {
    match (events[i - 1], events[i]) {
        (Patch(code, _), _) | (_, Fetch(code, _)) => Some(code),
        _ => None,
    }
}

/// How an architecture writes things.
struct Writer {
    arch: Arch,
    /// Thread, register and what it holds at the start.
    registers: Vec<(usize, usize, String)>,
    /// The last register that was given out.
    next: usize,
}

impl Writer {
    /// A register of a thread that holds this value at the start.
    fn holding(&mut self, thread: usize, value: String) -> usize {
        let known = self.registers.iter().find(|r| r.0 == thread && r.2 == value);
        if let Some((_, register, _)) = known {
            return *register;
        }
        self.next += 1;
        self.registers.push((thread, self.next, value));
        self.next
    }

    fn instruction(&self, gives: u64) -> String {
        match self.arch {
            Arch::Aarch64 => format!("MOV W28,#{gives}"),
            Arch::Riscv64 => format!("addi x31,x0,{gives}"),
        }
    }

    fn x(&self, n: usize) -> String {
        let letter = if self.arch == Arch::Aarch64 { 'X' } else { 'x' };
        format!("{letter}{n}")
    }
}

fn text(arch: Arch, name: &str, threads: &[&[Event]], slots: &[(usize, usize)], pick: &[usize]) -> String {
    let arm = arch == Arch::Aarch64;
    let fetches = |thread: usize, code: char| threads[thread].iter().any(|e| matches!(e, Fetch(c, _) if *c == code));
    let home = |code: char| (0..threads.len()).find(|t| fetches(*t, code)).unwrap_or(0);
    let mut writer = Writer { arch, registers: Vec::new(), next: 0 };
    let (mut columns, mut condition) = (Vec::new(), Vec::new());
    for (thread, events) in threads.iter().enumerate() {
        writer.next = 4;
        let mut lines: Vec<String> = Vec::new();
        for (i, event) in events.iter().enumerate() {
            if let Some(slot) = slots.iter().position(|s| *s == (thread, i)) {
                for line in orderings(arch)[pick[slot]].1 {
                    let code = code_at_hand(events, i).filter(|_| line.contains('@'));
                    let at = code.map(|c| writer.holding(thread, format!("P{}:{c}", home(c))));
                    lines.push(at.map_or((*line).to_owned(), |at| line.replace('@', &writer.x(at))));
                }
            }
            let mut seen = |writer: &mut Writer, value: String| {
                writer.next += 1;
                condition.push(format!("{thread}:{}={value}", writer.x(writer.next)));
                writer.next
            };
            match *event {
                Store(location) => {
                    let at = writer.holding(thread, location.to_string());
                    let value = writer.holding(thread, "1".to_owned());
                    lines.push(if arm { format!("STR W{value},[X{at}]") } else { format!("sw x{value},0(x{at})") });
                }
                Patch(code, gives) => {
                    let at = writer.holding(thread, format!("P{}:{code}", home(code)));
                    let value = format!("instr:\"{}\"", writer.instruction(gives));
                    let value = writer.holding(thread, value);
                    lines.push(if arm { format!("STR W{value},[X{at}]") } else { format!("sw x{value},0(x{at})") });
                }
                Read(location, value) => {
                    let at = writer.holding(thread, location.to_string());
                    let to = seen(&mut writer, value.to_string());
                    lines.push(if arm { format!("LDR W{to},[X{at}]") } else { format!("lw x{to},0(x{at})") });
                }
                ReadCode(code, gives) => {
                    let at = writer.holding(thread, format!("P{}:{code}", home(code)));
                    let value = format!("instr:\"{}\"", writer.instruction(gives));
                    let to = seen(&mut writer, value);
                    lines.push(if arm { format!("LDR W{to},[X{at}]") } else { format!("lw x{to},0(x{at})") });
                }
                Fetch(code, gives) => {
                    if home(code) == thread {
                        lines.push(if arm { format!("BL {code}") } else { format!("jal x1,{code}") });
                    } else {
                        let at = writer.holding(thread, format!("P{}:{code}", home(code)));
                        lines.push(if arm { format!("BLR X{at}") } else { format!("jalr x1,0(x{at})") });
                    }
                    let to = seen(&mut writer, gives.to_string());
                    lines.push(if arm { format!("MOV W{to},W28") } else { format!("or x{to},x31,x0") });
                }
            }
        }
        let mut codes: Vec<char> =
            events.iter().filter_map(|e| if let Fetch(c, _) = e { Some(*c) } else { None }).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.retain(|c| home(*c) == thread);
        if !codes.is_empty() {
            lines.push(if arm { "B out".to_owned() } else { "j out".to_owned() });
            for code in codes {
                lines.extend([format!("{code}:"), writer.instruction(1)]);
                lines.push(if arm { "RET".to_owned() } else { "ret".to_owned() });
            }
            lines.push("out:".to_owned());
        }
        columns.push(lines);
    }
    let mut text = format!("{} {name}\n{{\n", if arm { "AArch64" } else { "RISCV" });
    for (thread, register, value) in &writer.registers {
        let _ = writeln!(text, "{thread}:{}={value};", writer.x(*register));
    }
    text.push_str("}\n");
    let widths: Vec<usize> = columns.iter().map(|c| c.iter().map(String::len).max().unwrap_or(0).max(2)).collect();
    let heads: Vec<String> = (0..columns.len()).map(|t| format!("P{t}")).collect();
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let row = |cell: &dyn Fn(usize) -> String| {
        let cells: Vec<String> = widths.iter().enumerate().map(|(t, w)| format!("{:<w$}", cell(t))).collect();
        format!(" {} ;\n", cells.join(" | "))
    };
    text.push_str(&row(&|t| heads[t].clone()));
    for i in 0..rows {
        text.push_str(&row(&|t| columns[t].get(i).cloned().unwrap_or_default()));
    }
    let _ = writeln!(text, "exists ({})", condition.join(" /\\ "));
    text
}
