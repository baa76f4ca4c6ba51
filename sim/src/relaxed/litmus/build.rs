//! From a litmus test to a system that can be explored: addresses, code, initial registers, what is observed.

use super::riscv::Labels;
use super::test::{Initial, Item, LitmusError, Place, Test, Value};
use super::{aarch64, riscv};
use crate::relaxed::arch::{Registers, RelaxedIsa};
use crate::relaxed::explore::System;
use crate::relaxed::memory::Image;
use crate::relaxed::message::{Footprint, MAX_MESSAGES};
use crate::relaxed::model::Rules;
use crate::relaxed::run::HartPlan;
use cmodx_isa::Arch;
use std::collections::BTreeMap;

/// Address of the first thread's code, and the distance to the next thread's.
const CODE: u64 = 0x1_0000;
/// Address of the first location, and the distance to the next.
const DATA: u64 = 0x100_0000;
const DATA_STEP: u64 = 64;

/// Bounds of one exploration.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Most states of one hart against one list. A state takes about a kilobyte of memory.
    pub states: u64,
    /// Most lists.
    pub lists: u64,
    /// Most messages in a list.
    pub messages: usize,
    /// Bytes in a cache line.
    pub line: u64,
}

impl Default for Bounds {
    /// Far beyond what litmus tests need; a line holds one instruction, as each is a location of its own to herd.
    fn default() -> Bounds {
        Bounds { states: 1_000_000, lists: 2_000_000, messages: MAX_MESSAGES, line: 4 }
    }
}

/// Where things are.
#[derive(Clone, Debug)]
pub struct Layout {
    arch: Arch,
    /// Address and size of each location.
    locations: BTreeMap<String, (u64, u64)>,
    /// Address of each label of each thread.
    labels: Vec<BTreeMap<String, u64>>,
    /// What is observed, in the order of the states.
    pub observed: Vec<Place>,
    /// Registers observed of each thread.
    registers: Vec<Vec<u8>>,
    /// Locations observed.
    memory: Vec<(String, Footprint)>,
}

impl Layout {
    /// Number of a register of a thread, and whether all its 64 bits count.
    fn register(arch: Arch, name: &str) -> Option<(u8, bool)> {
        match arch {
            Arch::Aarch64 => aarch64::register(name),
            Arch::Riscv64 => riscv::register(name).map(|n| (n, true)),
        }
    }

    /// The number that a value stands for.
    ///
    /// # Errors
    /// When it names what the test does not have.
    pub fn number(&self, value: &Value, line: usize) -> Result<u64, LitmusError> {
        let refuse = |what: String| LitmusError::new(line, what);
        match value {
            Value::Number(n) => Ok(*n as u64),
            Value::Address(name) => {
                let at = self.locations.get(name).map(|l| l.0);
                at.ok_or_else(|| refuse(format!("{name} is no location of this test")))
            }
            Value::Label(thread, name) => {
                let at = self.labels.get(*thread).and_then(|l| l.get(name)).copied();
                at.ok_or_else(|| refuse(format!("thread P{thread} has no label {name}")))
            }
            Value::Instruction(text) => {
                let words = assemble(self.arch, text, 0, &|_| None).map_err(refuse)?;
                match words[..] {
                    [word] => Ok(word as u64),
                    _ => Err(LitmusError::new(line, format!("{text:?} is more than one instruction"))),
                }
            }
        }
    }

    /// The value of a place in an outcome, and the mask of the bits that count.
    pub fn read(&self, place: &Place, registers: &[Vec<u64>], memory: &[u128]) -> (u64, u64) {
        match place {
            Place::Register(thread, name) => {
                let (n, wide) = Layout::register(self.arch, name).unwrap_or((0, true));
                let i = self.registers[*thread].iter().position(|r| *r == n);
                let mask = if wide { u64::MAX } else { u32::MAX as u64 };
                (i.map_or(0, |i| registers[*thread][i]) & mask, mask)
            }
            Place::Location(name) => {
                let i = self.memory.iter().position(|(n, _)| n == name);
                let (value, bytes) = i.map_or((0, 8), |i| (memory[i] as u64, self.memory[i].1.bytes));
                (value, u64::MAX >> (64 - 8 * bytes as u32))
            }
        }
    }

    /// Name of the location or label at this address.
    pub fn symbol(&self, address: u64) -> Option<String> {
        if let Some((name, _)) = self.locations.iter().find(|(_, l)| l.0 == address) {
            return Some(name.clone());
        }
        self.labels.iter().enumerate().find_map(|(thread, labels)| {
            let (name, _) = labels.iter().find(|(_, at)| **at == address)?;
            Some(format!("P{thread}:{name}"))
        })
    }
}

fn assemble(arch: Arch, text: &str, pc: u64, labels: Labels<'_>) -> Result<Vec<u32>, String> {
    match arch {
        Arch::Aarch64 => aarch64::assemble(text, pc, labels),
        Arch::Riscv64 => riscv::assemble(text, pc, labels),
    }
}

/// Lays the code of a thread out: its labels and its bytes.
fn thread_code(
    arch: Arch,
    items: &[(Item, usize)],
    base: u64,
) -> Result<(BTreeMap<String, u64>, Vec<u8>), LitmusError> {
    let mut labels = BTreeMap::new();
    let mut bytes = Vec::new();
    for known in [false, true] {
        bytes.clear();
        for (item, line) in items {
            let pc = base + bytes.len() as u64;
            match item {
                Item::Label(name) if !known => {
                    if labels.insert(name.clone(), pc).is_some() {
                        return Err(LitmusError::new(*line, format!("label {name} stands twice in a thread")));
                    }
                }
                Item::Label(_) => {}
                Item::Instruction(text) => {
                    // Lengths do not depend on labels, so any address does until all are known.
                    let resolve = |name: &str| if known { labels.get(name).copied() } else { Some(pc) };
                    let words = assemble(arch, text, pc, &resolve).map_err(|e| LitmusError::new(*line, e))?;
                    words.iter().for_each(|word| match arch {
                        Arch::Riscv64 if word & 3 != 3 => bytes.extend_from_slice(&(*word as u16).to_le_bytes()),
                        _ => bytes.extend_from_slice(&word.to_le_bytes()),
                    });
                }
            }
        }
    }
    Ok((labels, bytes))
}

/// Assembles a block of code at `base`: a label (`name:`) or an instruction a line. The labels and the bytes.
///
/// # Errors
/// With the line, when it is not understood.
pub fn assemble_block(arch: Arch, base: u64, text: &str) -> Result<(BTreeMap<String, u64>, Vec<u8>), LitmusError> {
    let lines = text.lines().enumerate().map(|(i, line)| (line.trim(), i + 1)).filter(|(line, _)| !line.is_empty());
    let item = |line: &str| match line.strip_suffix(':') {
        Some(label) => Item::Label(label.to_owned()),
        None => Item::Instruction(line.to_owned()),
    };
    let items: Vec<(Item, usize)> = lines.map(|(line, number)| (item(line), number)).collect();
    thread_code(arch, &items, base)
}

/// Makes a system of a test.
///
/// # Errors
/// With the line, when the test uses what is not supported or names what it does not have.
pub fn build<I: RelaxedIsa>(test: &Test, rules: Rules, bounds: Bounds) -> Result<(System<I>, Layout), LitmusError> {
    let threads = test.threads.len();
    let mut image = Image::default();
    let mut layout = Layout {
        arch: test.arch,
        locations: locations(test),
        labels: Vec::new(),
        observed: Vec::new(),
        registers: vec![Vec::new(); threads],
        memory: Vec::new(),
    };
    let overlap = |_| LitmusError::new(1, "the code of a thread is too long");
    let mut ends = Vec::new();
    for (i, items) in test.threads.iter().enumerate() {
        let base = CODE * (i as u64 + 1);
        let (labels, bytes) = thread_code(test.arch, items, base)?;
        layout.labels.push(labels);
        ends.push(base + bytes.len() as u64);
        image.add(base, bytes).map_err(overlap)?;
    }
    observe(test, &mut layout)?;
    let mut registers = vec![Registers { x: [0; 32], flags: 0 }; threads];
    let mut contents: BTreeMap<String, u64> = BTreeMap::new();
    for entry in &test.initial {
        let Initial { place, value: Some(value), line, .. } = entry else { continue };
        let number = layout.number(value, *line)?;
        match place {
            Place::Location(name) => {
                contents.insert(name.clone(), number);
            }
            Place::Register(thread, name) => {
                let (n, wide) = register(&layout, *thread, name, *line)?;
                let zero =
                    if test.arch == Arch::Riscv64 { n == 0 } else { n == 31 && !name.eq_ignore_ascii_case("sp") };
                if !zero {
                    registers[*thread].x[n as usize] = if wide { number } else { number as u32 as u64 };
                }
            }
        }
    }
    for (name, (at, bytes)) in &layout.locations {
        let mut cell = vec![0; DATA_STEP as usize];
        let value = contents.get(name).copied().unwrap_or(0);
        cell[..*bytes as usize].copy_from_slice(&value.to_le_bytes()[..*bytes as usize]);
        image.add(*at, cell).map_err(overlap)?;
    }
    let plans = registers.iter().enumerate().map(|(i, registers)| {
        let mut hart = I::reset(i as u64);
        I::set_registers(&mut hart, registers);
        HartPlan {
            pc: CODE * (i as u64 + 1),
            hart,
            stops: ends.clone(),
            forbidden: Vec::new(),
            marks: Vec::new(),
            observed: layout.registers[i].clone(),
            takes_exceptions: false,
            max_states: bounds.states,
            max_bytes: 1 << 29,
        }
    });
    let system = System {
        harts: plans.collect(),
        image,
        ipis: vec![None; threads],
        runtime: None,
        observed: layout.memory.iter().map(|(_, at)| *at).collect(),
        line: bounds.line,
        rules,
        strict_fetch: false,
        split_words: false,
        every_order: false,
        max_messages: bounds.messages,
        max_lists: bounds.lists,
        max_total: u64::MAX,
        max_bytes: 1 << 29,
        width: usize::MAX,
        seed: 0,
    };
    Ok((system, layout))
}

/// All locations that the test names, with their sizes: what its types say, 8 bytes for what holds an address, else 4.
fn locations(test: &Test) -> BTreeMap<String, (u64, u64)> {
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    let mut note = |name: &str, bytes: Option<u64>| {
        let size = sizes.entry(name.to_owned()).or_insert(0);
        *size = (*size).max(bytes.unwrap_or(0));
    };
    for entry in &test.initial {
        let holds_address = matches!(entry.value, Some(Value::Address(_) | Value::Label(..)));
        match &entry.place {
            Place::Location(name) => note(name, entry.bytes.or(holds_address.then_some(8))),
            Place::Register(..) => {}
        }
        if let Some(Value::Address(name)) = &entry.value {
            note(name, None);
        }
    }
    let mut place = |place: &Place| {
        if let Place::Location(name) = place {
            note(name, None);
        }
    };
    test.locations.iter().for_each(&mut place);
    test.condition.for_each(&mut |p, _| place(p));
    let at = |i: usize| DATA + DATA_STEP * i as u64;
    sizes
        .into_iter()
        .enumerate()
        .map(|(i, (name, bytes))| (name, (at(i), if bytes == 0 { 4 } else { bytes })))
        .collect()
}

fn register(layout: &Layout, thread: usize, name: &str, line: usize) -> Result<(u8, bool), LitmusError> {
    if thread >= layout.registers.len() {
        return Err(LitmusError::new(line, format!("there is no thread P{thread}")));
    }
    let number = Layout::register(layout.arch, name);
    number.ok_or_else(|| LitmusError::new(line, format!("register {name} of thread P{thread}")))
}

/// Notes what the condition and `locations` ask for.
fn observe(test: &Test, layout: &mut Layout) -> Result<(), LitmusError> {
    let mut places: Vec<Place> = test.locations.clone();
    test.condition.for_each(&mut |place, _| places.push(place.clone()));
    places.sort();
    places.dedup();
    for place in &places {
        match place {
            Place::Register(thread, name) => {
                let (n, _) = register(layout, *thread, name, test.condition_line)?;
                if !layout.registers[*thread].contains(&n) {
                    layout.registers[*thread].push(n);
                }
            }
            Place::Location(name) => {
                let (at, bytes) = layout.locations[name];
                layout.memory.push((name.clone(), Footprint::new(at, bytes)));
            }
        }
    }
    layout.observed = places;
    Ok(())
}
