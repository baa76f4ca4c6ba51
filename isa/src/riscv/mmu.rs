//! Address translation: Sv39, Sv48 and Sv57 with Svnapot, Svpbmt and Svade or Svadu (privileged manual, "Sv39").
//!
//! Levels in faults are the manual's: 0 is that of 4 KiB pages. Memory types (PBMT) are checked and otherwise ignored.
//! Reserved bits of a leaf or of a pointer to the next table, U, A and D of a pointer included, make a page fault.

use super::csr::{MENVCFG_ADUE, MENVCFG_PBMTE, MSTATUS_MXR, MSTATUS_SUM};
use super::{Extension, Hart, Privilege, pmp};
use crate::{Access, Fault, FaultKind, Mapping, TableMemory};

const VALID: u64 = 1 << 0;
const READ: u64 = 1 << 1;
const WRITE: u64 = 1 << 2;
const EXECUTE: u64 = 1 << 3;
const USER: u64 = 1 << 4;
const GLOBAL: u64 = 1 << 5;
const ACCESSED: u64 = 1 << 6;
const DIRTY: u64 = 1 << 7;
const RESERVED: u64 = 0x7f << 54;
const MEMORY_TYPE: u64 = 3 << 61;
const NAPOT: u64 = 1 << 63;

/// Bytes of an entry; 512 of them make a table.
const ENTRY: u64 = 8;
const PAGE_BITS: u32 = 12;
const INDEX_BITS: u32 = 9;
/// Physical page number: bits 53-10 of an entry, bits 43-0 of satp.
const PPN: u64 = (1 << 44) - 1;

/// True when accesses of this kind are not translated.
#[inline]
pub(super) fn off(hart: &Hart, access: Access) -> bool {
    hart.csr.satp >> 60 == 0 || hart.effective_privilege(access) == Privilege::Machine
}

/// Walks the tables. A mapping whose page is not dirty yet does not permit writes: a store through it must walk again.
pub(super) fn translate<M: TableMemory>(
    hart: &Hart,
    memory: &mut M,
    at: u64,
    access: Access,
) -> Result<Mapping, Fault> {
    let fault = |kind| Fault { at, access, kind };
    let levels = match hart.csr.satp >> 60 {
        8 => 3,
        9 => 4,
        10 => 5,
        _ => {
            let all = Mapping {
                physical: at,
                page: 1 << PAGE_BITS,
                read: true,
                write: true,
                execute: true,
                global: true,
                guarded: false,
            };
            return Ok(all);
        }
    };
    let unused = 64 - (PAGE_BITS + INDEX_BITS * levels);
    if ((at << unused) as i64 >> unused) as u64 != at {
        return Err(fault(FaultKind::Translation(levels as u8 - 1)));
    }
    let mut table = (hart.csr.satp & PPN) << PAGE_BITS;
    let mut level = levels - 1;
    let mut global = false;
    loop {
        let place = table + (at >> (PAGE_BITS + INDEX_BITS * level) & 0x1ff) * ENTRY;
        let walk_fault = fault(FaultKind::Walk(level as u8));
        let invalid = fault(FaultKind::Translation(level as u8));
        if !pmp::allows(hart, Privilege::Supervisor, place, ENTRY, Access::Load) {
            return Err(walk_fault);
        }
        let entry = memory.read_entry(place).ok_or(walk_fault)?;
        let types_on = hart.csr.menvcfg & MENVCFG_PBMTE != 0;
        let memory_type = entry & MEMORY_TYPE;
        if entry & VALID == 0
            || entry & (READ | WRITE) == WRITE
            || entry & RESERVED != 0
            || memory_type == MEMORY_TYPE
            || memory_type != 0 && !types_on
        {
            return Err(invalid);
        }
        global |= entry & GLOBAL != 0;
        let ppn = entry >> 10 & PPN;
        if entry & (READ | EXECUTE) == 0 {
            if level == 0 || entry & (USER | ACCESSED | DIRTY | MEMORY_TYPE | NAPOT) != 0 {
                return Err(invalid);
            }
            table = ppn << PAGE_BITS;
            level -= 1;
            continue;
        }

        let mut page_bits = PAGE_BITS + INDEX_BITS * level;
        let mut base = ppn << PAGE_BITS;
        if entry & NAPOT != 0 {
            // The only size defined is 64 KiB, written as 1000 in the low bits of the page number.
            if level != 0 || ppn & 15 != 8 || !hart.csr.extensions.has(Extension::Svnapot) {
                return Err(invalid);
            }
            page_bits = 16;
            base &= !0xffff;
        }
        let offset = (1u64 << page_bits) - 1;
        if base & offset != 0 {
            return Err(invalid);
        }

        let status = hart.csr.mstatus;
        let user = entry & USER != 0;
        let (data, fetch) = match hart.effective_privilege(access) {
            Privilege::User => (user, user),
            _ => (!user || status & MSTATUS_SUM != 0, !user),
        };
        let readable = entry & READ != 0 || entry & EXECUTE != 0 && status & MSTATUS_MXR != 0;
        let read = data && readable;
        let write = data && entry & WRITE != 0;
        let execute = fetch && entry & EXECUTE != 0;
        let permitted = match access {
            Access::Fetch => execute,
            Access::Load => read,
            Access::Store => write,
        };
        if !permitted {
            return Err(fault(FaultKind::Permission(level as u8)));
        }

        let needed = if access == Access::Store { ACCESSED | DIRTY } else { ACCESSED };
        if entry & needed != needed {
            if hart.csr.menvcfg & MENVCFG_ADUE == 0 {
                return Err(fault(FaultKind::AccessFlag(level as u8)));
            }
            if !pmp::allows(hart, Privilege::Supervisor, place, ENTRY, Access::Store) {
                return Err(walk_fault);
            }
            if !memory.update_entry(place, entry, entry | needed) {
                continue;
            }
        }
        let dirty = (entry | needed & DIRTY) & DIRTY != 0;
        return Ok(Mapping {
            physical: base | at & offset,
            page: offset + 1,
            read,
            write: write && dirty,
            execute,
            global,
            guarded: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::riscv::csr;
    use std::collections::BTreeMap;

    /// Page tables as a map from address to entry.
    #[derive(Default)]
    struct Tables(BTreeMap<u64, u64>);

    impl TableMemory for Tables {
        fn read_entry(&mut self, at: u64) -> Option<u64> {
            Some(self.0.get(&at).copied().unwrap_or(0))
        }

        fn update_entry(&mut self, at: u64, expected: u64, new: u64) -> bool {
            let entry = self.0.entry(at).or_insert(0);
            let same = *entry == expected;
            if same {
                *entry = new;
            }
            same
        }
    }

    const ROOT: u64 = 0x8000_0000;
    const RW: u64 = VALID | READ | WRITE | ACCESSED | DIRTY;

    fn hart(mode: u64) -> Hart {
        let mut hart = Hart::supervisor(0);
        hart.csr.satp = mode << 60 | ROOT >> PAGE_BITS;
        hart
    }

    /// Maps `at` by tables at ROOT, ROOT + 4096, … down to `level`, and gives the leaf's place.
    fn map(tables: &mut Tables, levels: u32, at: u64, level: u32, leaf: u64) -> u64 {
        let mut table = ROOT;
        for l in (level..levels).rev() {
            let place = table + (at >> (12 + 9 * l) & 511) * 8;
            if l == level {
                tables.0.insert(place, leaf);
                return place;
            }
            table = ROOT + 4096 * (levels - l) as u64;
            tables.0.insert(place, table >> 2 | VALID);
        }
        unreachable!("a leaf lies below the root")
    }

    #[test]
    fn pages_of_every_size_map_in_every_mode() {
        for (mode, levels) in [(8, 3), (9, 4), (10, 5)] {
            for level in 0..levels {
                let mut tables = Tables::default();
                let size = 1u64 << (12 + 9 * level);
                let top = 1u64 << (11 + 9 * levels);
                let low = 0x12_3456_7890 % top;
                for at in [low, low | top.wrapping_neg()] {
                    let target = 0x55 << 48 | size;
                    map(&mut tables, levels, at, level, target >> 2 | RW);
                    let mapping = translate(&hart(mode), &mut tables, at, Access::Load).expect("mapped");
                    assert_eq!(mapping.physical, target & !(size - 1) | at & (size - 1));
                    assert_eq!((mapping.page, mapping.read, mapping.write, mapping.execute), (size, true, true, false));
                }
            }
        }
    }

    #[test]
    fn addresses_that_are_not_canonical_fault() {
        let mut tables = Tables::default();
        for (mode, bits) in [(8, 39), (9, 48), (10, 57)] {
            let fault = translate(&hart(mode), &mut tables, 1 << (bits - 1), Access::Load).unwrap_err();
            assert!(matches!(fault.kind, FaultKind::Translation(_)));
        }
    }

    #[test]
    fn user_pages_need_sum_and_are_never_fetched_by_the_supervisor() {
        let mut tables = Tables::default();
        map(&mut tables, 3, 0x5000, 0, 0x9000_0000 >> 2 | RW | EXECUTE | USER);
        let mut hart = hart(8);
        let kind =
            |hart: &Hart, tables: &mut Tables, access| translate(hart, tables, 0x5000, access).map_err(|f| f.kind);
        assert_eq!(kind(&hart, &mut tables, Access::Load), Err(FaultKind::Permission(0)));
        hart.csr.mstatus |= csr::MSTATUS_SUM;
        assert!(kind(&hart, &mut tables, Access::Load).is_ok());
        assert_eq!(kind(&hart, &mut tables, Access::Fetch), Err(FaultKind::Permission(0)));
        hart.privilege = Privilege::User;
        assert!(kind(&hart, &mut tables, Access::Fetch).is_ok());
    }

    #[test]
    fn mxr_makes_executable_pages_readable() {
        let mut tables = Tables::default();
        map(&mut tables, 3, 0x5000, 0, 0x9000_0000 >> 2 | VALID | EXECUTE | ACCESSED);
        let mut hart = hart(8);
        assert!(translate(&hart, &mut tables, 0x5000, Access::Load).is_err());
        hart.csr.mstatus |= csr::MSTATUS_MXR;
        assert!(translate(&hart, &mut tables, 0x5000, Access::Load).is_ok());
    }

    #[test]
    fn accessed_and_dirty_fault_or_are_set_by_the_walk() {
        let mut tables = Tables::default();
        let clean = 0x9000_0000 >> 2 | VALID | READ | WRITE;
        let place = map(&mut tables, 3, 0x5000, 0, clean);
        let mut hart = hart(8);
        let fault = translate(&hart, &mut tables, 0x5000, Access::Load).unwrap_err();
        assert_eq!(fault.kind, FaultKind::AccessFlag(0));
        hart.csr.menvcfg |= MENVCFG_ADUE;
        assert!(!translate(&hart, &mut tables, 0x5000, Access::Load).expect("mapped").write, "not dirty yet");
        assert_eq!(tables.0[&place], clean | ACCESSED);
        assert!(translate(&hart, &mut tables, 0x5000, Access::Store).expect("mapped").write);
        assert_eq!(tables.0[&place], clean | ACCESSED | DIRTY);
    }

    #[test]
    fn napot_entries_map_64_kib_and_other_sizes_are_reserved() {
        let mut tables = Tables::default();
        let entry = (0x9000_0000 | 8 << 12) >> 2 | RW | NAPOT;
        map(&mut tables, 3, 0x3_5678, 0, entry);
        let mapping = translate(&hart(8), &mut tables, 0x3_5678, Access::Load).expect("mapped");
        assert_eq!((mapping.physical, mapping.page), (0x9000_5678, 65536));
        map(&mut tables, 3, 0x3_5678, 0, (0x9000_0000 | 4 << 12) >> 2 | RW | NAPOT);
        assert!(translate(&hart(8), &mut tables, 0x3_5678, Access::Load).is_err());
    }

    #[test]
    fn memory_types_are_reserved_until_enabled() {
        let mut tables = Tables::default();
        map(&mut tables, 3, 0x5000, 0, 0x9000_0000 >> 2 | RW | 1 << 61);
        let mut hart = hart(8);
        assert!(translate(&hart, &mut tables, 0x5000, Access::Load).is_ok());
        hart.csr.menvcfg &= !MENVCFG_PBMTE;
        assert!(translate(&hart, &mut tables, 0x5000, Access::Load).is_err());
    }

    #[test]
    fn a_table_that_pmp_closes_is_an_access_fault() {
        let mut tables = Tables::default();
        map(&mut tables, 3, 0x5000, 0, 0x9000_0000 >> 2 | RW);
        let mut hart = hart(8);
        hart.csr.pmpcfg[0] = 0;
        let fault = translate(&hart, &mut tables, 0x5000, Access::Load).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Walk(2));
    }
}
