//! Translation tables of the EL1&0 and EL2 regimes, stage 1 (VMSAv8-64, Arm ARM D8).
//!
//! Granules of 4, 16 and 64 KB; virtual addresses of 25 to 48 bits; physical ones of at most 48; top byte ignore,
//! hierarchical permissions and their disables, PXN, UXN, WXN, PAN, access flag and dirty state by software or hardware.
//! Left out: 52-bit addresses, stage 2, the contiguous hint (each entry is taken for itself), memory attributes (all
//! memory is coherent and cacheable here).

use super::regs::Hart;
use super::sysreg::sctlr;
use crate::context::{Mapping, TableMemory};
use crate::trap::{Access, Fault, FaultKind};

mod descriptor {
    pub const VALID: u64 = 1;
    /// At levels 0 to 2: a table; at level 3: a page.
    pub const TABLE: u64 = 2;
    pub const AP_USER: u64 = 1 << 6;
    pub const AP_READ_ONLY: u64 = 1 << 7;
    pub const ACCESS_FLAG: u64 = 1 << 10;
    pub const NOT_GLOBAL: u64 = 1 << 11;
    pub const GUARDED: u64 = 1 << 50;
    pub const DIRTY_MODIFIER: u64 = 1 << 51;
    pub const PXN: u64 = 1 << 53;
    pub const UXN: u64 = 1 << 54;
    pub const PXN_TABLE: u64 = 1 << 59;
    pub const UXN_TABLE: u64 = 1 << 60;
    pub const NO_USER_TABLE: u64 = 1 << 61;
    pub const READ_ONLY_TABLE: u64 = 1 << 62;
    /// Bits 47-0 of an output address.
    pub const ADDRESS: u64 = 0x0000_ffff_ffff_f000;
}
use descriptor::*;

/// log2 of the granules that TG0 names.
const LOWER_GRANULES: [Option<u32>; 4] = [Some(12), Some(16), Some(14), None];

/// What TCR_EL1 says of the whole regime, where TCR_EL2 has it elsewhere.
struct Regime {
    physical_bits: u32,
    hardware_access_flag: bool,
    hardware_dirty: bool,
}

impl Regime {
    fn of(h: &Hart) -> Regime {
        let (tcr, size, flag) = h.at_el2().map_or((h.system.tcr, 32, 39), |el2| (el2.tcr, 16, 21));
        Regime {
            physical_bits: [32, 36, 40, 42, 44, 48, 48, 48][(tcr >> size & 7) as usize],
            hardware_access_flag: tcr >> flag & 1 == 1,
            hardware_dirty: tcr >> flag & 3 == 3,
        }
    }
}

/// What TCR_EL1 says of one half of the address space.
struct Half {
    table: u64,
    size_offset: u64,
    disabled: bool,
    top_byte_ignored: bool,
    no_hierarchy: bool,
    /// log2 of the granule; `None` for the reserved code.
    granule: Option<u32>,
}

impl Half {
    fn of(h: &Hart, at: u64) -> Half {
        if let Some(el2) = h.at_el2() {
            return Half {
                table: el2.ttbr0,
                size_offset: el2.tcr & 63,
                disabled: at >> 55 & 1 == 1,
                top_byte_ignored: el2.tcr >> 20 & 1 == 1,
                no_hierarchy: el2.tcr >> 24 & 1 == 1,
                granule: LOWER_GRANULES[(el2.tcr >> 14 & 3) as usize],
            };
        }
        let (tcr, s) = (h.system.tcr, &h.system);
        let bit = |n: u32| tcr >> n & 1 == 1;
        if at >> 55 & 1 == 0 {
            Half {
                table: s.ttbr0,
                size_offset: tcr & 63,
                disabled: bit(7),
                top_byte_ignored: bit(37),
                no_hierarchy: bit(41),
                granule: LOWER_GRANULES[(tcr >> 14 & 3) as usize],
            }
        } else {
            Half {
                table: s.ttbr1,
                size_offset: tcr >> 16 & 63,
                disabled: bit(23),
                top_byte_ignored: bit(38),
                no_hierarchy: bit(42),
                granule: [None, Some(14), Some(12), Some(16)][(tcr >> 30 & 3) as usize],
            }
        }
    }
}

/// The address space identifier in use: that of the TTBR that TCR_EL1.A1 names, of 8 or 16 bits.
pub fn asid(h: &Hart) -> u16 {
    let tcr = h.system.tcr;
    let table = if tcr >> 22 & 1 == 1 { h.system.ttbr1 } else { h.system.ttbr0 };
    let asid = (table >> 48) as u16;
    if tcr >> 36 & 1 == 1 { asid } else { asid & 0xff }
}

/// The address without a tag in its top byte, where TCR_EL1 says that there may be one.
pub fn untagged(h: &Hart, at: u64) -> u64 {
    if Half::of(h, at).top_byte_ignored { ((at << 8) as i64 >> 8) as u64 } else { at }
}

/// Permissions gathered along the walk.
#[derive(Clone, Copy)]
struct Rights {
    user: bool,
    writable: bool,
    pxn: bool,
    uxn: bool,
}

impl Rights {
    /// Read, write, execute in the state of the hart.
    fn in_state(self, h: &Hart) -> (bool, bool, bool) {
        let never_execute_writable = h.sctlr() & sctlr::WXN != 0;
        if h.el == 2 && !h.as_user {
            return (true, self.writable, !(self.uxn || self.writable && never_execute_writable));
        }
        let as_user = h.el == 0 || h.as_user;
        let data = if as_user { self.user } else { !(h.pan && self.user) };
        let write = data && self.writable;
        let never = if h.el == 0 {
            self.uxn || never_execute_writable && self.user && self.writable
        } else {
            self.pxn || self.writable && (self.user || never_execute_writable)
        };
        (data, write, !never)
    }
}

/// Walks the tables for an access.
pub(super) fn translate<M: TableMemory>(h: &Hart, memory: &mut M, at: u64, access: Access) -> Result<Mapping, Fault> {
    if h.sctlr() & sctlr::M == 0 {
        let everything =
            Mapping { physical: at, page: 4096, read: true, write: true, execute: true, global: true, guarded: false };
        return Ok(everything);
    }
    let fault = |kind| Err(Fault { at, access, kind });
    let half = Half::of(h, at);
    let Some(granule) = half.granule else {
        return fault(FaultKind::Translation(0));
    };
    if half.disabled || !(16..=39).contains(&half.size_offset) {
        return fault(FaultKind::Translation(0));
    }
    let virtual_bits = 64 - half.size_offset as u32;
    let sign_extended = ((at << 8) as i64 >> 8) as u64;
    let address = if half.top_byte_ignored { sign_extended } else { at };
    let upper = (address as i64) >> virtual_bits;
    if upper != 0 && upper != -1 {
        return fault(FaultKind::Translation(0));
    }

    let Regime { physical_bits, hardware_access_flag, hardware_dirty } = Regime::of(h);
    let too_large = |address: u64| address >> physical_bits != 0;
    let stride = granule - 3;
    let shift_of = |level: u32| granule + stride * (3 - level);
    let mut level = 4 - (virtual_bits - granule).div_ceil(stride);
    let first_index_bits = virtual_bits - shift_of(level);
    let mut table = half.table & 0x0000_ffff_ffff_fffe & !((8u64 << first_index_bits) - 1);
    let mut index_bits = first_index_bits;
    if too_large(table) {
        return fault(FaultKind::AddressSize(0));
    }
    let mut rights = Rights { user: true, writable: true, pxn: false, uxn: false };
    loop {
        let shift = shift_of(level);
        let reached = level as u8;
        let index = address >> shift & ((1 << index_bits) - 1);
        let entry = table + index * 8;
        let Some(found) = memory.read_entry(entry) else {
            return fault(FaultKind::Walk(reached));
        };
        if found & VALID == 0 {
            return fault(FaultKind::Translation(reached));
        }
        let offset_mask = (1u64 << shift) - 1;
        if level < 3 && found & TABLE != 0 {
            table = found & ADDRESS & !((1 << granule) - 1);
            if too_large(table) {
                return fault(FaultKind::AddressSize(reached));
            }
            if !half.no_hierarchy {
                rights.user &= found & NO_USER_TABLE == 0;
                rights.writable &= found & READ_ONLY_TABLE == 0;
                rights.pxn |= found & PXN_TABLE != 0;
                rights.uxn |= found & UXN_TABLE != 0;
            }
            level += 1;
            index_bits = stride;
            continue;
        }
        let block_allowed = level == 2 || level == 1 && granule == 12;
        if level == 3 && found & TABLE == 0 || level < 3 && !block_allowed {
            return fault(FaultKind::Translation(reached));
        }
        let base = found & ADDRESS & !offset_mask;
        if too_large(base) {
            return fault(FaultKind::AddressSize(reached));
        }
        if found & ACCESS_FLAG == 0 && !hardware_access_flag {
            return fault(FaultKind::AccessFlag(reached));
        }
        // A clean page that may become dirty is writable for stores alone: to everything else it is read-only, so that
        // the first store walks again.
        let dirtied =
            access == Access::Store && hardware_dirty && found & DIRTY_MODIFIER != 0 && found & AP_READ_ONLY != 0;
        let leaf = Rights {
            user: rights.user && found & AP_USER != 0,
            writable: rights.writable && (found & AP_READ_ONLY == 0 || dirtied),
            pxn: rights.pxn || found & PXN != 0,
            uxn: rights.uxn || found & UXN != 0,
        };
        let (read, write, execute) = leaf.in_state(h);
        let allowed = match access {
            Access::Fetch => execute,
            Access::Load => read,
            Access::Store => write,
        };
        if !allowed {
            return fault(FaultKind::Permission(reached));
        }
        let mut wanted = found | ACCESS_FLAG;
        if dirtied {
            wanted &= !AP_READ_ONLY;
        }
        if wanted != found && !memory.update_entry(entry, found, wanted) {
            continue;
        }
        return Ok(Mapping {
            physical: base | address & offset_mask,
            page: 1 << shift,
            read,
            write,
            execute,
            global: found & NOT_GLOBAL == 0,
            guarded: found & GUARDED != 0,
        });
    }
}
