//! Straight-line code against llvm-mca: cycles of an iteration of the same loop, in the steady state.
//!
//! Each snippet is unrolled some times between two passages of a probe, so that the loop's branch vanishes; the caches
//! are warm and loads chase a pointer to itself. llvm-mca assumes the same: no taken branch, no miss. The two may differ by
//! 10 %; where they differ by more, the snippet says which of them is right and why.

use cmodx_sim::core_model::CoreModel;

#[path = "straight_line/campaign.rs"]
mod campaign;
#[path = "straight_line/machine.rs"]
mod machine;
#[path = "straight_line/oracle.rs"]
mod oracle;
#[path = "straight_line/random.rs"]
mod random;
#[path = "straight_line/snippets.rs"]
mod snippets;

use oracle::Mca;
use snippets::{AARCH64, RISCV, Snippet};

/// More than 10 % apart.
fn differ(ours: u64, theirs: u64) -> bool {
    ours.abs_diff(theirs) * 10 > theirs
}

fn compare(mca: &Mca, snippets: &[Snippet]) {
    let core = mca.core;
    let model = CoreModel::built_in(core).expect("a core model");
    let codes: Vec<&str> = snippets.iter().map(|snippet| snippet.code).collect();
    let Some(theirs) = mca.cycles(&codes, 1000) else { return };
    let Some(ours) = machine::cycles(&model, mca.triple, &codes) else { return };
    let mut wrong = Vec::new();
    let mut excepted = 0;
    for (snippet, (ours, theirs)) in snippets.iter().zip(ours.into_iter().zip(theirs)) {
        let equal = !differ(ours, theirs);
        let expected = snippet.except.iter().find(|e| e.cores.contains(&core));
        let line = format!("{:32} {:6.2} {:6.2}", snippet.name, ours as f64 / 100.0, theirs as f64 / 100.0);
        println!("{line}  {}", expected.map_or("", |e| e.why));
        match expected {
            None if !equal => wrong.push(format!("{line}: more than 10 % apart")),
            Some(_) if equal => wrong.push(format!("{line}: listed as different, but equal")),
            Some(e) if ours.abs_diff(e.cycles * 100) > e.cycles * 10 => {
                wrong.push(format!("{line}: {} expected", e.cycles))
            }
            Some(_) => excepted += 1,
            None => {}
        }
    }
    println!("{core}: {} loops, {excepted} of them differ for a stated reason", snippets.len());
    assert!(snippets.len() - excepted >= 40, "{core}: only {} loops agree", snippets.len() - excepted);
    assert!(wrong.is_empty(), "{core} (name, cmodx, llvm-mca):\n{}", wrong.join("\n"));
}

const U74: Mca = Mca { program: "llvm-mca-19", triple: "riscv64", core: "sifive-u74" };
/// The first release whose llvm-mca has a model of this core is 21.
const X60: Mca = Mca { program: "llvm-mca-22", triple: "riscv64", core: "spacemit-x60" };
const A55: Mca = Mca { program: "llvm-mca-19", triple: "aarch64", core: "cortex-a55" };
const A53: Mca = Mca { program: "llvm-mca-19", triple: "aarch64", core: "cortex-a53" };

#[test]
fn sifive_u74_takes_the_cycles_that_llvm_mca_gives() {
    compare(&U74, RISCV);
}

#[test]
fn spacemit_x60_takes_the_cycles_that_llvm_mca_gives() {
    compare(&X60, RISCV);
}

#[test]
fn cortex_a55_takes_the_cycles_that_llvm_mca_gives() {
    compare(&A55, AARCH64);
}

#[test]
fn cortex_a53_takes_the_cycles_that_llvm_mca_gives() {
    compare(&A53, AARCH64);
}
