//! Physical memory protection: 16 entries with a grain of 4 bytes (privileged manual, "Physical Memory Protection").

use super::csr::{PMP_ENTRIES, PMP_EXECUTE, PMP_LOCK, PMP_MODE, PMP_READ, PMP_TOR, PMP_WRITE};
use super::{Hart, Privilege};
use crate::Access;

/// A naturally aligned range of 4 bytes, as pmpcfg.A.
const NA4: u8 = 2 << 3;

/// True when `bytes` bytes at a physical address may be accessed with this privilege. The first entry that matches any
/// of them decides, and must match all. Where none matches, M mode may and the others may not.
pub(super) fn allows(hart: &Hart, privilege: Privilege, at: u64, bytes: u64, access: Access) -> bool {
    let c = &hart.csr;
    let machine = privilege == Privilege::Machine;
    for entry in 0..PMP_ENTRIES {
        let configuration = c.pmpcfg[entry];
        let (low, high) = match configuration & PMP_MODE {
            0 => continue,
            PMP_TOR => (if entry == 0 { 0 } else { c.pmpaddr[entry - 1] << 2 }, c.pmpaddr[entry] << 2),
            NA4 => (c.pmpaddr[entry] << 2, (c.pmpaddr[entry] << 2) + 4),
            _ => {
                let ones = c.pmpaddr[entry].trailing_ones();
                let size = 8u64 << ones;
                let low = c.pmpaddr[entry] << 2 & !(size - 1);
                (low, low.saturating_add(size))
            }
        };
        let end = at.saturating_add(bytes);
        if end <= low || at >= high || low >= high {
            continue;
        }
        if machine && configuration & PMP_LOCK == 0 {
            return at >= low && end <= high;
        }
        let needed = match access {
            Access::Fetch => PMP_EXECUTE,
            Access::Load => PMP_READ,
            Access::Store => PMP_WRITE,
        };
        return at >= low && end <= high && configuration & needed != 0;
    }
    machine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::riscv::csr::PMPADDR;

    fn hart(entries: &[(u8, u64)]) -> Hart {
        let mut hart = Hart::new(0);
        for (n, &(configuration, address)) in entries.iter().enumerate() {
            (hart.csr.pmpcfg[n], hart.csr.pmpaddr[n]) = (configuration, address);
        }
        hart
    }

    const NAPOT: u8 = 3 << 3;

    #[test]
    fn without_entries_only_machine_mode_reaches_memory() {
        let hart = hart(&[]);
        assert!(allows(&hart, Privilege::Machine, 0x8000_0000, 8, Access::Store));
        assert!(!allows(&hart, Privilege::Supervisor, 0x8000_0000, 8, Access::Load));
    }

    #[test]
    fn an_entry_of_all_ones_covers_all_of_memory() {
        let hart = hart(&[(NAPOT | PMP_READ, PMPADDR)]);
        assert!(allows(&hart, Privilege::User, 0, 8, Access::Load));
        assert!(allows(&hart, Privilege::User, (1 << 56) - 8, 8, Access::Load));
        assert!(!allows(&hart, Privilege::User, 0, 8, Access::Store));
    }

    #[test]
    fn the_first_matching_entry_decides_and_must_hold_all_bytes() {
        // 0x1000-0x1fff without rights, then everything readable.
        let hart = hart(&[(PMP_TOR, 0x1000 >> 2), (PMP_TOR | PMP_READ, 0x2000 >> 2), (NAPOT | 7, PMPADDR)]);
        assert!(!allows(&hart, Privilege::Supervisor, 0xff8, 8, Access::Load));
        assert!(!allows(&hart, Privilege::Supervisor, 0xffc, 8, Access::Load), "half of it in entry 0");
        assert!(allows(&hart, Privilege::Supervisor, 0x1000, 8, Access::Load));
        assert!(!allows(&hart, Privilege::Supervisor, 0x1000, 8, Access::Store));
        assert!(!allows(&hart, Privilege::Supervisor, 0x1ffc, 8, Access::Load), "half of it in entry 1");
        assert!(allows(&hart, Privilege::Supervisor, 0x2000, 8, Access::Store));
    }

    #[test]
    fn a_locked_entry_binds_machine_mode_too() {
        let hart = hart(&[(NA4 | PMP_READ | PMP_LOCK, 0x1000 >> 2)]);
        assert!(allows(&hart, Privilege::Machine, 0x1000, 4, Access::Load));
        assert!(!allows(&hart, Privilege::Machine, 0x1000, 4, Access::Store));
        assert!(!allows(&hart, Privilege::Machine, 0x1000, 8, Access::Load), "half outside");
    }
}
