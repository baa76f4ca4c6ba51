//! Random loops, and what those that differ come down to.

use super::random::{self, Group, Loop, Random};
use super::{A53, A55, Mca, U74, X60, differ, machine};
use cmodx_sim::core_model::CoreModel;
use std::collections::BTreeMap;

/// Loops handed over at once.
const BATCH: usize = 400;
/// Iterations over which llvm-mca's mean is taken.
const ITERATIONS: u64 = 200;

/// Ours and llvm-mca's cycles of each loop, in hundredths.
fn both(model: &CoreModel, mca: &Mca, loops: &[Loop]) -> Option<Vec<(u64, u64)>> {
    let mut all = Vec::new();
    for loops in loops.chunks(BATCH) {
        let codes: Vec<String> = loops.iter().map(Loop::code).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let theirs = mca.cycles(&codes, ITERATIONS)?;
        all.extend(machine::cycles(model, mca.triple, &codes)?.into_iter().zip(theirs));
    }
    Some(all)
}

/// A loop that differs, with as few instructions as it can differ with.
struct Reduced {
    smallest: Loop,
    ours: u64,
    theirs: u64,
}

/// Takes instructions out while the loops still differ.
fn reduce(model: &CoreModel, mca: &Mca, differing: Vec<Reduced>) -> Option<Vec<Reduced>> {
    let (mut open, mut done) = (differing, Vec::new());
    while !open.is_empty() {
        let shorter: Vec<Vec<Loop>> = open
            .iter()
            .map(|r| {
                (0..r.smallest.instructions.len())
                    .map(|i| r.smallest.without(i))
                    .filter(|l| !l.instructions.is_empty())
                    .collect()
            })
            .collect();
        let flat: Vec<Loop> = shorter.iter().flatten().cloned().collect();
        let mut results = both(model, mca, &flat)?.into_iter();
        let mut next = Vec::new();
        for (reduced, candidates) in open.into_iter().zip(shorter) {
            let cycles: Vec<(u64, u64)> = results.by_ref().take(candidates.len()).collect();
            let found = candidates.into_iter().zip(cycles).find(|(_, (ours, theirs))| differ(*ours, *theirs));
            match found {
                Some((smallest, (ours, theirs))) => next.push(Reduced { smallest, ours, theirs }),
                None => done.push(reduced),
            }
        }
        open = next;
    }
    Some(done)
}

fn campaign(mca: &Mca, groups: &[&'static Group], seed: u64, count: usize) {
    let model = CoreModel::built_in(mca.core).expect("a core model");
    let mut random = Random(seed);
    let first_address = if mca.triple == "riscv64" { 0 } else { 19 };
    let loops: Vec<Loop> = (0..count).map(|_| random.next_loop(groups, first_address)).collect();
    let Some(cycles) = both(&model, mca, &loops) else { return };
    let differing: Vec<Reduced> = loops
        .into_iter()
        .zip(cycles)
        .filter(|(_, (ours, theirs))| differ(*ours, *theirs))
        .map(|(smallest, (ours, theirs))| Reduced { smallest, ours, theirs })
        .collect();
    println!("{}: {} of {count} loops within 10 %", mca.core, count - differing.len());
    let Some(reduced) = reduce(&model, mca, differing) else { return };
    let mut classes: BTreeMap<String, Vec<Reduced>> = BTreeMap::new();
    for one in reduced {
        classes.entry(one.smallest.groups().join(", ")).or_default().push(one);
    }
    let mut classes: Vec<_> = classes.into_iter().collect();
    classes.sort_by_key(|(_, members)| usize::MAX - members.len());
    for (class, members) in &classes {
        println!("{:4} {class}", members.len());
        for one in members.iter().take(3) {
            println!(
                "        {:6.2} {:6.2}  {}",
                one.ours as f64 / 100.0,
                one.theirs as f64 / 100.0,
                one.smallest.code()
            );
        }
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a number"))
}

fn run(mca: &Mca, groups: &[&'static [Group]]) {
    let groups: Vec<&Group> = groups.iter().copied().flatten().collect();
    campaign(mca, &groups, number("CMODX_SEED", 1), number("CMODX_LOOPS", 1000) as usize);
}

#[test]
#[ignore = "minutes"]
fn u74_random() {
    run(&U74, &[random::RISCV]);
}

#[test]
#[ignore = "minutes"]
fn x60_random() {
    run(&X60, &[random::RISCV, random::RISCV_B]);
}

#[test]
#[ignore = "minutes"]
fn a55_random() {
    run(&A55, &[random::AARCH64]);
}

#[test]
#[ignore = "minutes"]
fn a53_random() {
    run(&A53, &[random::AARCH64]);
}
