//! Islands of real kernels: every site reaches one, and no fewer would do.

use cmodx_isa::Arch;
use cmodx_workloads::kernel::islands::{CallReach, ISLAND_BYTES, islands, one_call_layout};
use cmodx_workloads::kernel::{Function, FunctionTable, embedded};

#[test]
fn every_site_of_the_riscv_kernels_reaches_an_island_and_bl_needs_none() {
    for table in embedded() {
        let reach = CallReach::of(table.arch);
        let plan = islands(&table, &one_call_layout(table.arch), reach);
        let sites = table.text().iter().filter(|f| f.site_offset.is_some()).count() as u64;
        assert_eq!(plan.sites, sites, "{}", table.name);
        assert!(plan.farthest <= reach.back, "{}: {}", table.name, plan.farthest);
        // Each serves at most its reach to both sides.
        let least = plan.text_bytes.div_ceil(reach.back + reach.forward);
        let count = plan.places.len() as u64;
        assert!((least..=least + 1).contains(&count), "{}: {count}, bound {least}", table.name);
        match table.arch {
            Arch::Riscv64 => assert_eq!(plan.island_bytes, count * ISLAND_BYTES),
            Arch::Aarch64 => assert_eq!((count, plan.island_bytes), (1, 0)),
        }
    }
}

#[test]
fn islands_stand_as_late_as_the_first_waiting_site_allows() {
    // Functions of 400 bytes, of which 8 are a site as shipped: 392 + 12 bytes each, at multiples of 8.
    let functions = (0..6).map(|n| Function { offset: n * 400, size: 400, site_offset: Some(0) }).collect();
    let table = FunctionTable { name: "six".into(), arch: Arch::Riscv64, text_bytes: 2400, functions };
    let reach = CallReach { instruction: "short", back: 1000, forward: 1000 };
    let plan = islands(&table, &one_call_layout(Arch::Riscv64), reach);
    // Sites at 8, 416 and 824. Behind the third function, at 1220, is too far from the first site, so the island stands
    // before it, and the site moves to 832. Those at 1240 and 1648 are within 1000 of the island, the one at 2056 is not.
    assert_eq!(plan.places, [812, 2452]);
    assert_eq!((plan.island_bytes, plan.farthest), (16, 804));
}
